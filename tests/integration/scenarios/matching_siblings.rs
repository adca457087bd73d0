//! Brothers and sisters, and the two directions of matching, through the store.

use super::family_lines::FamilyLines;
use super::world::World;
use kinpath::access::Permit;
use kinpath::model::lead::LeadTarget;
use kinpath::model::partial_date::Day;
use kinpath::model::visibility::Visibility;
use kinpath::workflow::{
    FamiliesMatched, MatchView, MatchWaitingChildren, MatchWaitingFamilies, SiblingPlan,
    match_waiting_children, match_waiting_families,
};

fn today() -> Day {
    Day::from_ymd(2026, 11, 21).expect("a day")
}

/// Sam, 11, and his sisters Kim, 14, and Liv, 8, are to stay together.
fn world(status: &str, families: &[&str]) -> World {
    let owned = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect();
    let lines = FamilyLines {
        people: owned(&[
            "Sam Reed, boy, born 2015-03",
            "Kim Reed, girl, born 2012-07",
            "Liv Reed, girl, born 2018-02",
            "Ann Reed, woman, born 1990, died 2022",
            "June Alder, woman, born 1980",
        ]),
        ties: owned(&[
            "Ann Reed is mother of Sam Reed",
            "Ann Reed is mother of Kim Reed",
            "Ann Reed is mother of Liv Reed",
            "June Alder is teacher of Sam Reed (network)",
        ]),
        case: owned(&[status, "siblings in care: Kim Reed; Liv Reed"]),
        waiting_families: owned(families),
        ..FamilyLines::default()
    };
    World::of("Sam Reed", &lines).unwrap()
}

const OPEN: &str = "legal status: continuing custody order";

fn matched(world: &World, view: MatchView) -> FamiliesMatched {
    let question = MatchWaitingFamilies {
        child: world.person("Sam Reed").unwrap(),
        as_of: today(),
        order: None,
        view,
        offset: 0,
        limit: 20,
        sibling_plan: true,
    };
    match_waiting_families(&world.store, &Permit::system("a test"), &question).unwrap()
}

fn plan(families: &[&str]) -> SiblingPlan {
    let answer = matched(&world(OPEN, families), MatchView::Open);
    answer.plan.expect("several children have a plan")
}

fn name(target: &LeadTarget) -> String {
    match target {
        LeadTarget::WaitingFamily { name, .. } => name.clone(),
        LeadTarget::Person(person) => person.name.clone(),
    }
}

/// "Elm family: Sam Reed, Kim Reed" for each home of the best split, then who has none.
fn best_split(plan: &SiblingPlan) -> Vec<String> {
    let split = plan.splits.first().expect("a split");
    let names = |people: &[kinpath::model::lead::PersonSummary]| -> String {
        let names: Vec<&str> = people.iter().map(|one| one.name.as_str()).collect();
        names.join(", ")
    };
    let homes = split.homes.iter();
    let mut told: Vec<String> = homes
        .map(|home| format!("{}: {}", name(&home.family), names(&home.children)))
        .collect();
    told.sort();
    if !split.unplaced.is_empty() {
        told.push(format!("no home: {}", names(&split.unplaced)));
    }
    told
}

const OAK: &str =
    "Oak family: approved 2025-01, until 2027-12, room for 3, ages 5 to 15, available";
const ELM: &str =
    "Elm family: approved 2025-01, until 2027-12, room for 2, ages 5 to 15, available";
const ASH: &str =
    "Ash family: approved 2025-01, until 2027-12, room for 3, ages 5 to 12, available";
const FIR: &str =
    "Fir family: approved 2025-01, until 2027-12, room for 1, ages 13 to 18, available";

#[test]
fn together_where_a_home_takes_all() {
    let plan = plan(&[OAK, ELM, ASH]);
    assert_eq!(plan.together, 1);
    assert!(plan.splits.is_empty() && plan.if_separated.is_empty());
}

#[test]
fn where_no_home_takes_all_the_best_split_with_what_stands_in_the_way() {
    let plan = plan(&[ELM, ASH, FIR]);
    assert_eq!(plan.together, 0);
    // Ash takes the younger two, Kim goes to Elm or to Fir: one pair stays together, and nobody is without a home.
    let split = &plan.splits[0];
    assert!(split.unplaced.is_empty() && split.pairs_together == 1);
    let obstacles: Vec<&str> = split
        .homes
        .iter()
        .flat_map(|home| &home.not_all_because)
        .map(|no| no.words.as_str())
        .collect();
    assert!(obstacles.iter().all(|words| words.contains("room for")
        || words.contains("a child is 14")
        || words.contains("a child is 8")));
    let nearest: Vec<String> = plan
        .together_if
        .iter()
        .map(|shown| format!("{}: {}", name(&shown.family), shown.found.would_admit()))
        .collect();
    assert_eq!(
        nearest,
        [
            "Elm family: capacity 1 more",
            "Ash family: ages accepted up to 14"
        ]
    );
    assert!(!plan.if_separated.is_empty());
}

#[test]
fn together_only_by_a_near_miss() {
    let plan = plan(&[ELM]);
    assert_eq!(plan.together, 0);
    assert_eq!(plan.together_if[0].found.would_admit(), "capacity 1 more");
    let told = best_split(&plan);
    assert!(told[0].starts_with("Elm family: "), "{told:?}");
    assert!(told[1].starts_with("no home: "), "{told:?}");
    assert_eq!(plan.splits[0].unplaced.len(), 1);
}

#[test]
fn both_directions_say_the_same() {
    let knows = format!("{OAK}, member June Alder");
    let world = world(OPEN, &[&knows, ELM]);
    let families = matched(&world, MatchView::Open);
    let oak = &families.matches[0];
    assert_eq!(name(&oak.family), "Oak family");
    assert_eq!(oak.attachment, "June Alder: teacher");
    let snapshot = world.store.snapshot().unwrap();
    let list = snapshot.all_waiting_families(&Visibility::all()).unwrap();
    for (id, _, family) in list.iter() {
        let question = MatchWaitingChildren {
            family: *id,
            as_of: today(),
            near_misses: true,
            offset: 0,
            limit: 20,
        };
        let permit = Permit::system("a test");
        let children = match_waiting_children(&world.store, &permit, &question).unwrap();
        assert_eq!(children.children.len(), 1, "{}", family.name);
        let found = &children.children[0].found;
        let same = match family.name.as_str() {
            "Oak family" => oak.clone(),
            _ => matched(&world, MatchView::NearMisses).matches[0].clone(),
        };
        assert_eq!(found.found, same.found);
        assert_eq!(found.attachment, same.attachment);
        assert_eq!(children.open + children.near_misses, 1);
    }
}

#[test]
fn a_closed_tier_says_why_and_shows_nobody() {
    let world = world("legal status: temporary custody", &[OAK]);
    let answer = matched(&world, MatchView::Open);
    assert!(answer.closed_because.contains("Continuing Custody Order"));
    assert_eq!((answer.open, answer.excluded), (0, 0));
    assert!(answer.matches.is_empty() && answer.plan.is_none());
    let notes: Vec<&String> = answer
        .notes
        .iter()
        .filter(|note| note.contains("Kim"))
        .collect();
    assert_eq!(notes.len(), 1, "{:?}", answer.notes);
}
