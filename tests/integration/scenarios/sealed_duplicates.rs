//! The record before a sealed adoption and the record after it are the ideal duplicate: equal names, equal birth dates.
//! Only somebody cleared for the seal ever has them compared, listed or linked.

use super::world::World;
use kinpath::access::Permit;
use kinpath::linkage::shipped;
use kinpath::model::same_person::{Probability, Verdict};
use kinpath::model::statement::Source;
use kinpath::model::visibility::Visibility;
use kinpath::workflow::{
    Decision, PeopleToLink, Suggestion, Write, decide_same_person, links_of_person,
    record_suggestions,
};
use proptest::prelude::*;

const TODAY: &str = "2026-11-21";

/// A birth mother with the record of her child, an adoptive mother with the child's later record, and the sealed tie.
fn world(name: &str, born: &str) -> World {
    let people = format!(
        "id,full_name,gender,birth_date,source\nbefore,{name},female,{born},file 1\nafter,{name},female,{born},file 2\n\
         mother,Ann Reed,female,1980-01-02,file 1\nadopter,Eve Fox,female,1975-03-04,file 2\n"
    );
    let ties = "kind,from,to,nature,sealed,source\nparent,mother,before,birth,,file 1\n\
                parent,adopter,after,adoptive,,file 2\nparent,mother,after,birth,adoption,file 2\n";
    World::of_files(&[
        ("people.csv", people.into_bytes()),
        ("ties.csv", ties.as_bytes().to_vec()),
    ])
    .unwrap()
}

/// How many pairs somebody is told.
fn pairs(world: &World, permit: &Permit) -> usize {
    let people = PeopleToLink::read(&world.store, permit).unwrap();
    let grouped = people.grouped(shipped().unwrap()).unwrap();
    grouped.duplicates(0..grouped.len(), 0.01).len()
}

fn suggestion(world: &World) -> Suggestion {
    Suggestion {
        one: world.person("before").unwrap(),
        other: world.person("after").unwrap(),
        probability: Probability::new(0.97).unwrap(),
        reasons: Vec::new(),
    }
}

fn links(world: &World, permit: &Permit) -> Vec<Verdict> {
    let before = world.person("before").unwrap();
    let today = TODAY.parse().unwrap();
    let links = links_of_person(&world.store, permit, before, today).unwrap();
    links.into_iter().map(|shown| shown.link.verdict).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn two_sides_of_a_sealed_adoption_are_told_to_nobody_who_is_not_cleared(
        given in "[A-Z][a-z]{3,8}", family in "[A-Z][a-z]{3,8}", year in 2005..2020, day in 10..28,
    ) {
        let world = world(&format!("{given} {family}"), &format!("{year}-05-{day}"));
        let cleared = Permit::local_operator();
        let open = Permit::local_operator().limited_to(Visibility::open_only());
        prop_assert_eq!(pairs(&world, &open), 0);
        prop_assert_eq!(pairs(&world, &cleared), 1);
        let found = [suggestion(&world)];
        let by_open = record_suggestions(&world.store, &open, "test", &found).unwrap();
        prop_assert_eq!((by_open.recorded, links(&world, &cleared).len()), (0, 0));
        let by_cleared = record_suggestions(&world.store, &cleared, "test", &found).unwrap();
        prop_assert_eq!(by_cleared.recorded, 1);
        prop_assert_eq!(links(&world, &cleared), vec![Verdict::Undecided]);
        prop_assert_eq!(links(&world, &open), vec![]);
        let again = record_suggestions(&world.store, &cleared, "test", &found).unwrap();
        prop_assert_eq!((again.recorded, again.left), (0, 1));
    }
}

#[test]
fn what_somebody_decided_is_not_suggested_again() {
    let world = world("Kim Reed", "2010-05-14");
    let cleared = Permit::local_operator();
    let mut found = [suggestion(&world)];
    let record =
        |found: &[Suggestion]| record_suggestions(&world.store, &cleared, "test", found).unwrap();
    assert_eq!(record(&found).recorded, 1);
    found[0].probability = Probability::new(0.6).unwrap();
    assert_eq!(record(&found).replaced, 1);
    assert_eq!(links(&world, &cleared), vec![Verdict::Undecided]);
    let decision = Decision {
        one: found[0].one,
        other: found[0].other,
        verdict: Verdict::Different,
        reason: "cousins".to_owned(),
        source: Source::default(),
        etag: String::new(),
    };
    decide_same_person(&world.store, &cleared, &Write::default(), &decision).unwrap();
    found[0].probability = Probability::new(0.99).unwrap();
    assert_eq!(record(&found).left, 1);
    assert_eq!(links(&world, &cleared), vec![Verdict::Different]);
}
