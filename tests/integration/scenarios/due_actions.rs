//! The scenarios of `tests/scenarios/due_actions/`: a case each, and everything that is due in it; and a worker's list.

use super::family_lines::FamilyLines;
use super::find_family::day;
use super::world::World;
use kinpath::access::Permit;
use kinpath::model::permanence::{DueAction, DueState};
use kinpath::model::visibility::Visibility;
use kinpath::workflow::{DueAnswer, DueOf, ListDueActions, list_due_actions};
use serde::Deserialize;
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    title: String,
    story: String,
    as_of: String,
    child: String,
    family: FamilyLines,
    expect: Expected,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// Words that the count of days begins with.
    days: String,
    /// The rule that comes first.
    #[serde(default)]
    first: String,
    /// Everything that is due: "rule: state, last day, whom it is about", or what is missing.
    due: Vec<String>,
}

#[test]
fn every_scenario_lists_what_the_practice_expects() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/due_actions");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 3, "only {} scenarios", files.len());
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let scenario: Scenario =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        check(&scenario);
    }
}

fn check(scenario: &Scenario) {
    assert!(scenario.story.split_whitespace().count() >= 10);
    let world = World::of(&scenario.child, &scenario.family).unwrap();
    let child = world.person(&scenario.child).unwrap();
    let case = {
        let snapshot = world.store.snapshot().unwrap();
        let case = snapshot.case_of_child(child, &Visibility::all()).unwrap();
        case.unwrap().0
    };
    let answer = ask(&world, DueOf::Case(case), &scenario.as_of, None);
    let title = &scenario.title;
    let days = &answer.cases[0].words;
    assert!(days.starts_with(&scenario.expect.days), "{title}: {days}");
    let mut found: Vec<String> = answer.actions.iter().map(told).collect();
    if !scenario.expect.first.is_empty() {
        assert!(
            found[0].starts_with(&scenario.expect.first),
            "{title}: {}",
            found[0]
        );
    }
    assert!(answer.actions.iter().all(|one| !one.citation.is_empty()));
    let mut expected = scenario.expect.due.clone();
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "{title}");
}

fn told(action: &DueAction) -> String {
    let state = match action.state {
        DueState::Overdue => "overdue",
        DueState::DueNow => "due now",
        DueState::Ahead => "ahead",
        DueState::NeedsReview => "needs review",
    };
    let when = match action.due_by {
        Some(day) => day.to_string(),
        None => action
            .because
            .trim_start_matches("needs review: ")
            .to_owned(),
    };
    let parts = [state.to_owned(), when, action.about.clone()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}: {}", action.id, parts.join(", "))
}

fn ask(world: &World, of: DueOf, as_of: &str, within_days: Option<u32>) -> DueAnswer {
    let question = ListDueActions {
        of,
        as_of: day(as_of).unwrap(),
        within_days,
    };
    list_due_actions(&world.store, &Permit::local_operator(), &question).unwrap()
}

/// Three cases, of which two are open and the worker's.
fn three_cases() -> World {
    let people = "id,full_name,birth_date\na,Ann Ash,2015-02-01\nb,Ben Bay,2016-03-01\nc,Cy Cole,2017-04-01\n";
    let cases = "id,child,in_care_since,worker,placement_order,active\n\
                 1,a,2026-10-01,D. Marsh,us-title-iv-e,yes\n\
                 2,b,2026-11-01,d. marsh ,belonging-network,yes\n\
                 3,c,2026-09-01,P. Osei,us-title-iv-e,yes\n\
                 4,c,2020-09-01,D. Marsh,us-title-iv-e,no\n";
    World::of_files(&[
        ("people.csv", people.as_bytes().to_vec()),
        ("cases.csv", cases.as_bytes().to_vec()),
    ])
    .unwrap()
}

#[test]
fn a_workers_list_spans_their_open_cases() {
    let world = three_cases();
    let of = || DueOf::Worker("D. MARSH".to_owned());
    let answer = ask(&world, of(), "2026-11-21", None);
    let children: Vec<&str> = answer
        .cases
        .iter()
        .map(|one| one.child.name.as_str())
        .collect();
    assert_eq!(children, ["Ann Ash", "Ben Bay"]);
    assert_eq!(answer.actions[0].id, "relative-notice");
    assert_eq!(answer.actions[0].state, DueState::Overdue);
    let names: Vec<&str> = answer
        .actions
        .iter()
        .map(|one| one.child.name.as_str())
        .collect();
    assert!(names.contains(&"Ann Ash") && names.contains(&"Ben Bay"));
    assert!(!names.contains(&"Cy Cole"));
    let days: Vec<_> = answer.actions.iter().map(|one| one.due_by).collect();
    assert!(days.is_sorted());
    // Majority follows each case's own order: 18 and 19.
    let majority: Vec<String> = answer
        .actions
        .iter()
        .filter(|one| one.id == "majority")
        .map(|one| one.due_by.unwrap().to_string())
        .collect();
    assert_eq!(majority, ["2033-02-01", "2035-03-01"]);
    let soon = ask(&world, of(), "2026-11-21", Some(90));
    let limit = day("2027-02-19").unwrap();
    assert!(!soon.actions.is_empty());
    assert!(
        soon.actions
            .iter()
            .all(|one| one.due_from.unwrap() <= limit)
    );
    let nobody = ask(
        &world,
        DueOf::Worker("Nobody".to_owned()),
        "2026-11-21",
        None,
    );
    assert!(nobody.cases.is_empty() && nobody.actions.is_empty());
}
