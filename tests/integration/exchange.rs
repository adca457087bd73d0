//! A store out and in again, in every format.

use kinpath::access::Permit;
use kinpath::exchange::csv::read_folder;
use kinpath::exchange::gedcom::{Version, read_bytes};
use kinpath::exchange::report::ReadOptions;
use kinpath::model::partial_date::Day;
use kinpath::sample::{CommunityPlan, generate};
use kinpath::store::{ImportRequest, Store, StoreOptions};
use kinpath::workflow::{
    ExportGedcom, export_bundle, export_gedcom, export_store, import_store, resolve_person,
};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

fn bring(store: &Store, bundle: &dyn kinpath::model::bundle::BundleContent, id: &str) -> u64 {
    let request = ImportRequest::new(id, "test");
    let mut go_on = |_| ControlFlow::Continue(());
    let summary = store.import(bundle, &request, &mut go_on).unwrap();
    summary.new_statements + summary.changed_statements
}

fn community(folder: &Path) -> Store {
    let plan = CommunityPlan {
        people: 2_000,
        seed: 1,
    };
    generate(plan, &folder.join("sample"), &mut |_| {}).unwrap();
    let people = fs::read_to_string(folder.join("sample/people.csv")).unwrap();
    let ids: Vec<&str> = people
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .collect();
    let rows = [
        "person-1,person-2,0.934,undecided,,v1,family name=sounds alike=4.2=Josef and Joseph,,linkage",
        "person-3,person-2,,different,a cousin; she said so,,,,file 7|p. 2||the worker",
        "person-4,person-5,1,same,,v1,,adoption,",
    ];
    let columns = "one,other,probability,verdict,verdict_reason,parameters,reasons,sealed,source";
    let mut links = format!("{columns}\n{}\n", rows.join("\n"));
    for (position, id) in ids[1_000..1_005].iter().enumerate() {
        links = links.replace(&format!("person-{}", position + 1), id);
    }
    fs::write(folder.join("sample/same_person.csv"), links).unwrap();
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let read = read_folder(&folder.join("sample"), &ReadOptions::default()).unwrap();
    assert_eq!(read.errors, 0);
    bring(&store, &read.bundle, "sample");
    store
}

#[test]
fn a_whole_store_is_the_same_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let permit = Permit::local_operator();
    let store = community(folder.path());
    let mut first = Vec::new();
    export_store(&store, &permit, &mut first).unwrap();
    let data = folder.path().join("data");
    let options = StoreOptions::default();
    for length in [0, 30, first.len() / 2, first.len() - 1] {
        let cut = &first[..length];
        assert!(import_store(&permit, &data, &options, cut, &mut |_| {}).is_err());
    }
    let (other, _) = import_store(&permit, &data, &options, first.as_slice(), &mut |_| {}).unwrap();
    let mut second = Vec::new();
    export_store(&other, &permit, &mut second).unwrap();
    assert!(first == second);
    let report = other.verify(&mut |_| {}).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    let nodes = |store: &Store| {
        let snapshot = store.snapshot().unwrap();
        let visibility = permit.visibility();
        let named = snapshot.people_named("", 10_000, visibility).unwrap();
        let people: Vec<_> = named.iter().map(|found| found.person).collect();
        assert!(people.len() > 1_000);
        let past = snapshot.revision_at(i64::MAX).unwrap().unwrap();
        let sample = &people[..50];
        (
            snapshot.nodes(&people, visibility).unwrap(),
            snapshot.nodes_known_on(sample, past, visibility).unwrap(),
        )
    };
    assert!(nodes(&store) == nodes(&other));
    drop(other);
    assert!(import_store(&permit, &data, &options, first.as_slice(), &mut |_| {}).is_err());
}

#[test]
fn a_csv_bundle_is_written_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let permit = Permit::local_operator();
    let (one, two) = (
        folder.path().join("1/sample"),
        folder.path().join("2/sample"),
    );
    export_bundle(&community(folder.path()), &permit, &one).unwrap();
    let read = read_folder(&one, &ReadOptions::default()).unwrap();
    assert_eq!((read.errors, read.warnings), (0, 0), "{:?}", read.findings);
    let other = Store::in_memory(&StoreOptions::default()).unwrap();
    bring(&other, &read.bundle, "again");
    export_bundle(&other, &permit, &two).unwrap();
    for entry in fs::read_dir(&one).unwrap() {
        let name = entry.unwrap().file_name();
        let same = fs::read(one.join(&name)).unwrap() == fs::read(two.join(&name)).unwrap();
        assert!(same, "{name:?}");
    }
}

const TREE: &str = "0 HEAD\n1 GEDC\n2 VERS 5.5.1\n1 _PROG x\n0 @I1@ INDI\n1 NAME Ann Mary /Lee/ Jr\n2 NPFX Dr\n1 SEX F\n\
                    1 BIRT\n2 DATE ABT 1900\n2 PLAC Ashcroft\n2 SOUR @S1@\n3 PAGE 4\n3 QUAY 2\n1 BIRT\n2 DATE 1901\n\
                    1 CENS\n2 DATE 1911\n1 NOTE first\n2 CONT second\n1 FAMS @F1@\n1 _UID 123\n0 @I2@ INDI\n\
                    1 NAME Bo /Lee/\n1 SEX M\n1 FAMS @F1@\n0 @I3@ INDI\n1 NAME Cy /Lee/\n1 FAMC @F1@\n2 PEDI adopted\n\
                    1 ASSO @I2@\n2 RELA godparent\n0 @F1@ FAM\n1 HUSB @I2@\n1 WIFE @I1@\n1 CHIL @I3@\n1 MARR\n\
                    2 DATE 1920\n2 PLAC Hope\n0 @S1@ SOUR\n1 TITL Register\n0 TRLR\n";

fn tree() -> Store {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let read = read_bytes("tree.ged", TREE.as_bytes(), &ReadOptions::default());
    assert_eq!(read.errors, 0, "{:?}", read.findings);
    assert!(bring(&store, &read.bundle, "one") > 0);
    assert_eq!(bring(&store, &read.bundle, "two"), 0);
    store
}

fn written(store: &Store, version: Version) -> String {
    let question = ExportGedcom {
        version,
        people: Vec::new(),
        degree: 6,
        with_sealed: false,
        as_of: Day(20_000),
    };
    let mut out = Vec::new();
    export_gedcom(store, &Permit::local_operator(), &question, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_tree_keeps_what_is_not_understood() {
    let first = written(&tree(), Version::V5);
    for line in TREE
        .lines()
        .filter(|line| !line.contains("VERS") && !line.contains("TRLR"))
    {
        assert!(
            first.contains(&format!("{line}\n")),
            "{line} is missing in\n{first}"
        );
    }
}

#[test]
fn languages_are_told_in_the_words_of_each_version() {
    let text = "0 HEAD\n1 GEDC\n2 VERS 5.5.1\n1 LANG English\n0 @I1@ INDI\n1 NAME Ann /Lee/\n0 @U1@ SUBM\n\
                1 NAME Bo\n1 LANG Serbo_Croa\n1 LANG Klingon\n0 TRLR\n";
    let taken = |text: &str| {
        let store = Store::in_memory(&StoreOptions::default()).unwrap();
        let read = read_bytes("tree.ged", text.as_bytes(), &ReadOptions::default());
        assert_eq!(read.errors, 0, "{:?}", read.findings);
        bring(&store, &read.bundle, "one");
        store
    };
    let fifth = written(&taken(text), Version::V5);
    let seventh = written(&taken(&fifth), Version::V7);
    for line in ["1 LANG en\n", "1 LANG sh\n", "1 _LANG Klingon\n"] {
        assert!(seventh.contains(line), "{line} is missing in\n{seventh}");
    }
    let back = written(&taken(&seventh), Version::V5);
    for line in [
        "1 LANG English\n",
        "1 LANG Serbo_Croa\n",
        "1 LANG Klingon\n",
    ] {
        assert!(fifth.contains(line), "{line} is missing in\n{fifth}");
        assert!(back.contains(line), "{line} is missing in\n{back}");
    }
}

#[test]
fn a_tree_written_and_read_is_written_the_same() {
    for version in [Version::V5, Version::V7] {
        let first = written(&tree(), version);
        let read = read_bytes("tree.ged", first.as_bytes(), &ReadOptions::default());
        assert_eq!(read.errors, 0, "{:?}", read.findings);
        let other = Store::in_memory(&StoreOptions::default()).unwrap();
        bring(&other, &read.bundle, "one");
        assert_eq!(written(&other, version), first);
    }
}

/// Each with lines that its exports in its own version must hold, beside all of its own.
const HARD_TREES: &[&str] = &[
    // Two families of one couple, partners and children in their own order, a person without a name.
    "0 HEAD\n1 GEDC\n2 VERS 5.5.1\n0 @I1@ INDI\n1 NAME Peter /Sweet/\n1 SEX M\n1 FAMS @F1@\n1 FAMS @F2@\n\
     0 @I2@ INDI\n1 NAME NN\n1 SEX F\n1 FAMS @F1@\n1 FAMS @F2@\n0 @I3@ INDI\n1 NAME Bo /Sweet/\n1 FAMC @F2@\n\
     0 @I4@ INDI\n1 NAME Al /Sweet/\n1 FAMC @F2@\n0 @F1@ FAM\n1 HUSB @I1@\n1 WIFE @I2@\n1 MARR\n2 DATE 1912\n\
     1 DIV Y\n0 @F2@ FAM\n1 HUSB @I1@\n1 WIFE @I2@\n1 CHIL @I4@\n1 CHIL @I3@\n1 MARR\n2 DATE 1920\n0 TRLR\n",
    // Two husbands, restrictions of a part, sources of a whole record and in words, contact points.
    "0 HEAD\n1 GEDC\n2 VERS 5.5.1\n0 @I1@ INDI\n1 NAME Ann /Lee/\n2 NICK Annie\n2 _MARNM Poe\n1 SEX F\n\
     1 BIRT\n2 DATE 8 JAN 1699/00\n2 PLAC Hope, BC\n3 MAP\n4 LATI N49.4\n4 LONG W121.4\n2 RESN confidential\n\
     1 RESI in the old house\n2 ADDR 1 Main Street\n3 CONT Hope\n2 PHON 555\n1 FAMC @F1@\n2 PEDI foster\n2 STAT proven\n\
     1 NOTE @N1@\n1 SOUR @S1@\n2 PAGE 7\n1 SOUR as Rose told\n0 @I2@ INDI\n1 NAME Al /Lee/\n1 SEX M\n\
     1 FAMS @F1@\n0 @I3@ INDI\n1 NAME Cy /Poe/\n1 SEX M\n1 BURI\n2 DATE 1950\n1 FAMS @F1@\n1 FAMC @F9@\n\
     0 @F1@ FAM\n1 HUSB @I3@\n1 HUSB @I2@\n1 CHIL @I1@\n1 SOUR @S1@\n0 @N1@ NOTE a\n1 CONT b\n\
     0 @S1@ SOUR\n1 ABBR Register\n0 TRLR\n",
    "0 HEAD\n1 GEDC\n2 VERS 7.0\n0 @I1@ INDI\n1 RESN CONFIDENTIAL, LOCKED\n1 NAME Ann /Lee/\n2 TYPE MARRIED\n1 SEX X\n\
     1 ORDN\n2 DATE BET 1700 AND 1701\n3 PHRASE about then\n1 FAMC @VOID@\n2 PEDI SEALING\n1 ASSO @VOID@\n\
     2 PHRASE Mr Stockdale\n2 ROLE OTHER\n3 PHRASE Teacher\n1 ASSO @I2@\n2 ROLE GODP\n1 NOTE @@@ has four\n\
     1 SNOTE @N1@\n1 EXID 1\n2 TYPE http://example.com\n0 @I2@ INDI\n1 NAME Bo /Lee/\n0 @N1@ SNOTE x\n0 TRLR\n",
];

#[test]
fn hard_trees_stay_the_same_in_both_versions() {
    for tree in HARD_TREES {
        let version = match tree.contains("VERS 7") {
            true => Version::V7,
            false => Version::V5,
        };
        let first = stored(tree);
        let text = written_whole(&first, version);
        for line in tree.lines().skip(3).filter(|line| *line != "0 TRLR") {
            assert!(
                text.contains(&format!("{line}\n")),
                "{line} is missing in\n{text}"
            );
        }
        for version in [Version::V5, Version::V7] {
            let text = written_whole(&first, version);
            let again = written_whole(&stored(&text), version);
            assert_eq!(again, text);
        }
    }
}

fn stored(tree: &str) -> Store {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let read = read_bytes("tree.ged", tree.as_bytes(), &ReadOptions::default());
    assert_eq!(read.errors, 0, "{:?}", read.findings);
    bring(&store, &read.bundle, "one");
    store
}

fn written_whole(store: &Store, version: Version) -> String {
    let question = ExportGedcom {
        version,
        people: Vec::new(),
        degree: 6,
        with_sealed: true,
        as_of: Day(20_000),
    };
    let mut out = Vec::new();
    export_gedcom(store, &Permit::local_operator(), &question, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn lines_below_a_restriction_are_as_sealed_as_it() {
    let text = written(&stored(HARD_TREES[1]), Version::V5);
    assert!(text.contains("1 NAME Ann /Lee/"));
    assert!(
        !text.contains("1699/00") && !text.contains("1700"),
        "{text}"
    );
}

#[test]
fn lines_of_the_other_version_are_said_in_its_words() {
    let text = written_whole(&stored(HARD_TREES[1]), Version::V7);
    for lines in [
        "1 SNOTE @N1@\n",
        "0 @N1@ SNOTE a\n1 CONT b\n",
        "2 DATE 8 JAN 1700\n3 PHRASE 8 JAN 1699/00\n",
        "2 PEDI FOSTER\n",
        "2 STAT PROVEN\n",
        "1 TITL as Rose told\n",
        "1 FAMC @VOID@\n",
        "2 RESN CONFIDENTIAL\n",
    ] {
        assert!(text.contains(lines), "{lines} is missing in\n{text}");
    }
    let text = written_whole(&stored(HARD_TREES[2]), Version::V5);
    for lines in [
        "1 RESN confidential\n",
        "2 TYPE married\n",
        "3 _PHRASE about then\n",
        "2 RELA godparent\n",
        "1 NOTE @@@@ has four\n",
        "1 NOTE @N1@\n",
        "0 @N1@ NOTE x\n",
        "1 _EXID 1\n",
    ] {
        assert!(text.contains(lines), "{lines} is missing in\n{text}");
    }
}

#[test]
fn an_extract_names_no_source_but_those_it_cites() {
    let folder = tempfile::tempdir().unwrap();
    let store = community(folder.path());
    let permit = Permit::local_operator();
    let child = resolve_person(&store, &permit, "child", "sample:story-1").unwrap();
    let question = ExportGedcom {
        version: Version::V7,
        people: vec![child],
        degree: 1,
        with_sealed: false,
        as_of: Day(20_000),
    };
    let mut out = Vec::new();
    export_gedcom(&store, &permit, &question, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    // One document, told by several people; not the sister's adoption file, nor any other family's.
    let titles: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("1 TITL "))
        .collect();
    assert!(
        !titles.is_empty() && titles.iter().all(|title| *title == "file 2019-114"),
        "{titles:?}"
    );
    assert!(!text.contains("2010-377"));
}
