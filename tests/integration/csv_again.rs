//! A CSV bundle that a store wrote, read again: elsewhere it gives the same people and answers, here it changes nothing,
//! and whatever a store held can be read back.

use kinpath::access::Permit;
use kinpath::exchange::csv::read_folder;
use kinpath::exchange::gedcom::{read_bytes, read_file};
use kinpath::exchange::report::{ReadBundle, ReadOptions};
use kinpath::model::bundle::BundleContent;
use kinpath::model::case::Purpose;
use kinpath::model::ids::Revision;
use kinpath::model::lead::FamilyAnswer;
use kinpath::model::partial_date::Day;
use kinpath::sample::{CommunityPlan, generate};
use kinpath::store::{ImportRequest, ImportSummary, Store, StoreOptions};
use kinpath::workflow::{FindFamily, export_bundle, find_family, resolve_person};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

fn bring(store: &Store, bundle: &dyn BundleContent, id: &str) -> ImportSummary {
    let request = ImportRequest::new(id, "test");
    let mut go_on = |_| ControlFlow::Continue(());
    store.import(bundle, &request, &mut go_on).unwrap()
}

fn new_store() -> Store {
    Store::in_memory(&StoreOptions::default()).unwrap()
}

/// A community of this many people, and the ids of its children in care.
fn community(folder: &Path, people: u64) -> (Store, Vec<String>) {
    let plan = CommunityPlan { people, seed: 7 };
    generate(plan, folder, &mut |_| {}).unwrap();
    let store = new_store();
    let read = read_folder(folder, &ReadOptions::default()).unwrap();
    assert_eq!(read.errors, 0);
    bring(&store, &read.bundle, "first");
    let cases = fs::read_to_string(folder.join("cases.csv")).unwrap();
    let child = |line: &str| line.split(',').nth(1).map(str::to_owned);
    (store, cases.lines().skip(1).filter_map(child).collect())
}

/// The store as a bundle, in a folder of this name.
fn written(store: &Store, folder: PathBuf) -> ReadBundle {
    export_bundle(store, &Permit::local_operator(), &folder).unwrap();
    read_folder(&folder, &ReadOptions::default()).unwrap()
}

/// Everything that is found for a child; the revision is the store's own.
fn answer(store: &Store, child: &str) -> FamilyAnswer {
    let permit = Permit::local_operator();
    let question = FindFamily {
        child: resolve_person(store, &permit, "child", child).unwrap(),
        purpose: Purpose::Placement,
        as_of: Day(20_700),
        order: None,
        leads_per_tier: 1_000,
        excluded_offset: 0,
        excluded_limit: 1_000,
    };
    FamilyAnswer {
        revision: Revision::default(),
        ..find_family(store, &permit, &question).unwrap()
    }
}

/// Numbers of subjects are the store's own and are no part of an answer.
fn shown(answer: &FamilyAnswer) -> String {
    let text = format!("{answer:?}");
    let parts = text.split("PersonId(");
    parts
        .map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()))
        .collect()
}

#[test]
fn elsewhere_the_same_people_are_found_in_the_same_order() {
    let folder = tempfile::tempdir().unwrap();
    let (store, children) = community(&folder.path().join("one/sample"), 3_000);
    assert!(children.len() >= 20, "{}", children.len());
    let read = written(&store, folder.path().join("two/sample"));
    assert_eq!((read.errors, read.warnings), (0, 0), "{:?}", read.findings);
    let other = new_store();
    bring(&other, &read.bundle, "elsewhere");
    let report = other.verify(&mut |_| {}).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    for child in children {
        let child = format!("sample:{child}");
        let (here, there) = (answer(&store, &child), answer(&other, &child));
        assert_eq!(here.child.public_id, there.child.public_id);
        assert!(shown(&here) == shown(&there), "{child}");
    }
}

#[test]
fn a_store_knows_its_own_people_under_any_source() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = community(&folder.path().join("sample"), 1_000);
    let read = written(&store, folder.path().join("another name"));
    let summary = bring(&store, &read.bundle, "back");
    assert_eq!(summary.new_subjects, 0);
    assert_eq!((summary.new_statements, summary.changed_statements), (0, 0));
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
}

#[test]
fn what_a_store_held_can_be_read_back_though_it_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let impossible = "0 HEAD\n1 GEDC\n2 VERS 5.5.1\n0 @A@ INDI\n1 NAME Ann /Lee/\n1 BIRT\n2 DATE 1950\n1 DEAT\n\
                      2 DATE 1940\n1 FAMS @F@\n1 FAMC @G@\n0 @B@ INDI\n1 NAME Bo /Lee/\n1 BIRT\n2 DATE 1949\n1 FAMC @F@\n\
                      1 FAMS @G@\n0 @F@ FAM\n1 WIFE @A@\n1 CHIL @B@\n0 @G@ FAM\n1 HUSB @B@\n1 CHIL @A@\n0 TRLR\n";
    let read = read_bytes("t.ged", impossible.as_bytes(), &ReadOptions::default());
    assert_eq!(read.errors, 0, "{:?}", read.findings);
    let store = new_store();
    bring(&store, &read.bundle, "first");
    let again = written(&store, folder.path().join("t"));
    assert_eq!(again.errors, 0, "{:?}", again.findings);
    assert!(again.warnings >= 2, "{:?}", again.findings);
    // The household that stands for the file gets a name, which is empty; nothing else is new.
    assert_eq!(bring(&store, &again.bundle, "back").new_statements, 1);

    // The same rows written by hand, without public ids, are faults.
    let people = folder.path().join("t/people.csv");
    let text = fs::read_to_string(&people).unwrap();
    let mut lines = text.lines().map(|line| line.rsplit_once(',').unwrap().0);
    let by_hand: Vec<&str> = lines.by_ref().collect();
    fs::write(&people, by_hand.join("\n")).unwrap();
    let read = read_folder(&folder.path().join("t"), &ReadOptions::default()).unwrap();
    assert!(read.errors >= 2, "{:?}", read.findings);
}

#[test]
fn a_public_id_stands_for_one_record() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = community(&folder.path().join("sample"), 200);
    let read = written(&store, folder.path().join("again"));
    let mut bundle = read.bundle.unpacked().unwrap();
    let taken = bundle.subjects[0].public_id;
    assert!(taken.is_some());
    let person = bundle.subjects.len() - 1;
    bundle.subjects[person].public_id = taken;
    let mut go_on = |_| ControlFlow::Continue(());
    let request = ImportRequest::new("twice", "test");
    assert!(store.import(&bundle, &request, &mut go_on).is_err());
    bundle.subjects.truncate(1);
    bundle.subjects[0].facts.clear();
    bundle.subjects[0].kind = kinpath::model::ids::SubjectKind::Case;
    let request = ImportRequest::new("another kind", "test");
    assert!(store.import(&bundle, &request, &mut go_on).is_err());
}

/// Trees that were collected elsewhere: KINPATH_GEDCOM names a folder of them. Without it there is nothing to ask.
#[test]
fn every_tree_goes_through_a_bundle() {
    let Ok(trees) = std::env::var("KINPATH_GEDCOM") else {
        eprintln!("skipped: KINPATH_GEDCOM names no folder with GEDCOM files");
        return;
    };
    let mut count = 0;
    for entry in fs::read_dir(trees).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
        if extension.is_none_or(|extension| extension != "ged") {
            continue;
        }
        let Ok(read) = read_file(&path, &ReadOptions::default()) else {
            continue;
        };
        let store = new_store();
        bring(&store, &read.bundle, "tree");
        let folder = tempfile::tempdir().unwrap();
        let Ok(again) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            written(&store, folder.path().join("tree"))
        })) else {
            panic!("{path:?}");
        };
        if read.bundle.unpacked().unwrap().subjects.is_empty() {
            continue;
        }
        assert_eq!(again.errors, 0, "{path:?} {:?}", &again.findings[..1]);
        let other = new_store();
        bring(&other, &again.bundle, "tree");
        assert!(other.verify(&mut |_| {}).unwrap().is_clean());
        let second = bring(&store, &again.bundle, "back");
        if (second.new_subjects, second.new_statements) != (0, 1) {
            eprintln!("{path:?}: {second:?}");
        }
        count += 1;
    }
    eprintln!("{count} trees went through");
}
