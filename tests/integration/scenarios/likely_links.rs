//! Records that may be of one person, as they are suggested when something is written or imported; and who may never be
//! compared. The scenarios stand in `tests/scenarios/likely_links/`, in plain lines.

use super::family_lines::{FamilyLines, bundle_files};
use super::world::World;
use kinpath::access::Permit;
use kinpath::exchange::csv::read_named_files;
use kinpath::linkage::shipped;
use kinpath::model::bundle::{Bundle, BundleSubject};
use kinpath::model::ids::{ExternalId, PersonId, Subject, SubjectKind};
use kinpath::model::same_person::Verdict;
use kinpath::model::visibility::Visibility;
use kinpath::store::{Store, StoreOptions};
use kinpath::workflow::{
    PeopleToLink, ProbablyKnown, import_bundle, links_of_person, probably_known, suggest_links,
};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    title: String,
    story: String,
    family: FamilyLines,
    file: Option<FamilyLines>,
    expect: Expectation,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Expectation {
    /// Links that the writes suggest, as everybody sees them.
    suggested: Vec<String>,
    /// Pairs more that those find who are cleared for adoption records, in the whole store.
    only_if_cleared: Vec<String>,
    /// What the report of the import says, before and after.
    probably_known: Vec<String>,
    /// All links after the import.
    suggested_after: Vec<String>,
}

pub fn open_caller() -> Permit {
    Permit::local_operator().limited_to(Visibility::open_only())
}

/// Undecided links of anybody, "one may be other", as somebody sees them.
pub fn suggested(world: &World, permit: &Permit) -> BTreeSet<String> {
    let today = "2026-11-21".parse().unwrap();
    let mut found = BTreeSet::new();
    for person in everybody(&world.store) {
        let links = links_of_person(&world.store, permit, person, today);
        for shown in links.unwrap_or_default() {
            if shown.link.verdict == Verdict::Undecided {
                found.insert(pair(&shown.one.name, &shown.other.name));
            }
        }
    }
    found
}

fn pair(one: &str, other: &str) -> String {
    format!("{} may be {}", one.min(other), one.max(other))
}

/// Pairs of the whole store, as somebody is told them.
pub fn duplicates(world: &World, permit: &Permit) -> BTreeSet<String> {
    let people = PeopleToLink::read(&world.store, permit).unwrap();
    let grouped = people.grouped(shipped().unwrap()).unwrap();
    let snapshot = world.store.snapshot().unwrap();
    let name = |place: u32| {
        let nodes = snapshot.nodes(&[grouped.person(place)], &Visibility::all());
        nodes.unwrap().pop().flatten().unwrap().name
    };
    let found = grouped.duplicates(0..grouped.len(), 0.5).into_iter();
    found
        .map(|found| pair(&name(found.link.a), &name(found.link.b)))
        .collect()
}

/// Looks at everybody as if they had just been written.
pub fn look_at_everybody(world: &World, permit: &Permit) {
    suggest_links(&world.store, permit, &everybody(&world.store)).unwrap();
}

pub fn everybody(store: &Store) -> Vec<PersonId> {
    let snapshot = store.snapshot().unwrap();
    let is_person = |number: &u64| {
        let said =
            snapshot.statements(Subject::Person(PersonId(*number)), &Visibility::all(), None);
        !said.unwrap().is_empty()
    };
    snapshot.numbers().filter(is_person).map(PersonId).collect()
}

pub fn bundle_of(lines: &FamilyLines) -> Bundle {
    let files = bundle_files("", lines).unwrap();
    let named: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (*name, text.as_slice()))
        .collect();
    let read = read_named_files("scenario", &named, &Default::default());
    assert_eq!(read.errors, 0, "{:?}", read.findings);
    read.bundle.unpacked().unwrap()
}

pub fn in_words(known: &[ProbablyKnown]) -> Vec<String> {
    let line = |known: &ProbablyKnown| {
        let names = known.candidates.iter().map(|candidate| {
            assert!(
                !candidate.reasons.is_empty(),
                "{} has no reason",
                candidate.name
            );
            candidate.name.as_str()
        });
        format!("{}: {}", known.name, names.collect::<Vec<_>>().join(", "))
    };
    known.iter().map(line).collect()
}

fn run(scenario: &Scenario) -> Result<(), String> {
    if scenario.story.split_whitespace().count() < 10 {
        return Err("the story is missing".to_owned());
    }
    let expect = &scenario.expect;
    let set = |lines: &[String]| lines.iter().cloned().collect::<BTreeSet<_>>();
    let same = |what: &str, found: BTreeSet<String>, expected: BTreeSet<String>| {
        let as_expected = found == expected;
        let told = || format!("{what}: {found:#?}, expected {expected:#?}");
        if as_expected { Ok(()) } else { Err(told()) }
    };
    let world = World::of("", &scenario.family)?;
    let cleared = Permit::local_operator();
    let linked_before = suggested(&world, &cleared);
    look_at_everybody(&world, &cleared);
    same(
        "suggested",
        suggested(&world, &open_caller()),
        set(&expect.suggested),
    )?;
    same(
        "to the cleared",
        suggested(&world, &cleared),
        set(&expect.suggested),
    )?;
    if linked_before.is_empty() && scenario.family.links.is_empty() {
        let of_store = duplicates(&world, &open_caller());
        same("duplicates", of_store.clone(), set(&expect.suggested))?;
        let more = duplicates(&world, &cleared)
            .difference(&of_store)
            .cloned()
            .collect();
        same("only if cleared", more, set(&expect.only_if_cleared))?;
    }
    let Some(file) = &scenario.file else {
        return Ok(());
    };
    let bundle = bundle_of(file);
    for permit in [&cleared, &open_caller()] {
        let known = probably_known(&world.store, permit, &bundle, &mut |_, _| {}).unwrap();
        let told = in_words(&known).into_iter().collect();
        same("told beforehand", told, set(&expect.probably_known))?;
    }
    let imported = import_bundle(&world.store, &cleared, "file", &bundle, &mut |_| {}).unwrap();
    let told = in_words(&imported.links.probably_known)
        .into_iter()
        .collect();
    same("told by the import", told, set(&expect.probably_known))?;
    same(
        "after",
        suggested(&world, &open_caller()),
        set(&expect.suggested_after),
    )?;
    let again = import_bundle(&world.store, &cleared, "file", &bundle, &mut |_| {}).unwrap();
    assert_eq!(again.links.suggested.recorded, 0);
    same(
        "again",
        suggested(&world, &open_caller()),
        set(&expect.suggested_after),
    )
}

#[test]
fn every_scenario_of_likely_links_is_as_expected() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/likely_links");
    let mut failures = Vec::new();
    let mut titles = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        let failure = match toml::from_str::<Scenario>(&text) {
            Err(error) => Err(error.to_string()),
            Ok(scenario) if !titles.insert(scenario.title.clone()) => {
                Err("another scenario has this title".to_owned())
            }
            Ok(scenario) => run(&scenario),
        };
        failures.extend(
            failure
                .err()
                .map(|why| format!("── {}\n{why}", file.display())),
        );
    }
    assert!(titles.len() >= 5, "only {} scenarios", titles.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_store_that_is_begun_with_very_many_is_filled_without_comparing_them() {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let begin_with = |people: usize| Bundle {
        subjects: (0..people)
            .map(|number| BundleSubject {
                kind: SubjectKind::Person,
                external_id: ExternalId {
                    source: "many".to_owned(),
                    xref: number.to_string(),
                },
                public_id: None,
                facts: Vec::new(),
            })
            .collect(),
        sources: Vec::new(),
    };
    let permit = Permit::local_operator();
    let import = |id: &str, people| {
        let bundle = begin_with(people);
        let imported = import_bundle(&store, &permit, id, &bundle, &mut |_| {});
        imported.unwrap().links.not_compared
    };
    assert!(!import("some", 50_000));
    assert!(import("many", 50_001));
}
