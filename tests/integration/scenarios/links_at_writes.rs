//! Links at each write: a new person gets theirs at once, a change takes them away, a verdict stays, and what comes of many
//! writes is what one look at the whole store would give.

use super::likely_links::everybody;
use kinpath::access::Permit;
use kinpath::linkage::shipped;
use kinpath::model::ids::{PersonId, Subject};
use kinpath::model::person::{Name, NameKind};
use kinpath::model::same_person::{Pair, Verdict};
use kinpath::model::statement::{Fact, Source};
use kinpath::model::visibility::Visibility;
use kinpath::sample::register;
use kinpath::store::{StatementDraft, Store, StoreOptions};
use kinpath::workflow::{
    Decision, NewPerson, PeopleToLink, ShownLink, StatementInput, Target, Write, correct_statement,
    create_people, decide_same_person, links_of_person, suggest_links,
};
use std::collections::BTreeMap;

fn said(fact: Fact) -> StatementInput {
    StatementInput {
        draft: StatementDraft::new(fact, Source::default()),
        place: None,
    }
}

fn named(given: &str, family: &str) -> Fact {
    Fact::Name(Name {
        kind: NameKind::Legal,
        full: format!("{given} {family}").trim().to_owned(),
        given: given.to_owned(),
        family: family.to_owned(),
    })
}

/// Name, day of birth (may be empty), place (may be empty).
fn person(given: &str, family: &str, born: &str, place: &str) -> NewPerson {
    let mut statements = vec![said(named(given, family))];
    if let Ok(date) = born.parse() {
        let mut birth = said(Fact::Birth {
            date: Some(date),
            place: None,
        });
        birth.place = (!place.is_empty()).then(|| place.to_owned());
        statements.push(birth);
    }
    NewPerson {
        external_id: None,
        statements,
    }
}

fn create(store: &Store, new: NewPerson) -> PersonId {
    let made = create_people(
        store,
        &Permit::local_operator(),
        &Write::default(),
        vec![new],
    );
    match made.unwrap().unwrap().subjects[0].0 {
        Subject::Person(person) => person,
        other => panic!("{other:?} is no person"),
    }
}

fn links(store: &Store, person: PersonId) -> Vec<ShownLink> {
    let today = "2026-11-21".parse().unwrap();
    links_of_person(store, &Permit::local_operator(), person, today).unwrap()
}

/// Gives somebody another name.
fn rename(store: &Store, person: PersonId, given: &str, family: &str) {
    let permit = Permit::local_operator();
    let snapshot = store.snapshot().unwrap();
    let stated = snapshot.statements(Subject::Person(person), &Visibility::all(), None);
    let is_name = |fact: &Fact| matches!(fact, Fact::Name(_));
    let stated = stated.unwrap();
    let (_, name) = stated
        .iter()
        .find(|(_, stated)| is_name(&stated.fact))
        .unwrap();
    let target = Target {
        subject: Subject::Person(person),
        statement: store.public_id_of_statement(name.id).unwrap(),
        etag: String::new(),
    };
    let new = |_: &_| Ok(said(named(given, family)));
    correct_statement(store, &permit, &Write::default(), &target, &new).unwrap();
}

fn store() -> Store {
    Store::in_memory(&StoreOptions::default()).unwrap()
}

#[test]
fn a_link_comes_with_the_record_and_goes_with_the_change() {
    let store = store();
    let first = create(
        &store,
        person("Margaret", "Joseph", "1961-03-12", "Alert Bay"),
    );
    assert!(links(&store, first).is_empty());
    create(&store, person("Peter", "Wallas", "1950-01-01", "Alert Bay"));
    let second = create(&store, person("Marg", "Josef", "1961-03-12", "Alert Bay"));
    let found = links(&store, second);
    assert_eq!(found.len(), 1, "{found:?}");
    let link = &found[0].link;
    assert_eq!(link.verdict, Verdict::Undecided);
    assert!(link.probability.unwrap().value() >= 0.5, "{link:?}");
    assert!(link.reasons.len() >= 2, "{link:?}");
    assert_eq!(link.parameters, shipped().unwrap().edition);

    rename(&store, second, "Walter", "Hanuse");
    assert!(links(&store, second).is_empty());
    rename(&store, second, "Margaret", "Josef");
    assert_eq!(links(&store, second).len(), 1);

    let decision = Decision {
        one: first,
        other: second,
        verdict: Verdict::Different,
        reason: "two cousins".to_owned(),
        source: Source::default(),
        etag: String::new(),
    };
    let permit = Permit::local_operator();
    decide_same_person(&store, &permit, &Write::default(), &decision).unwrap();
    rename(&store, second, "Marg", "Joseph");
    let found = links(&store, second);
    let verdicts: Vec<Verdict> = found.iter().map(|found| found.link.verdict).collect();
    assert_eq!(verdicts, [Verdict::Different]);
    rename(&store, second, "Walter", "Hanuse");
    assert_eq!(links(&store, second).len(), 1, "a verdict stays");
    let again = suggest_links(&store, &permit, &[first, second]).unwrap();
    assert_eq!((again.recorded, again.replaced, again.withdrawn), (0, 0, 0));
}

/// Undecided links by pair.
fn all_links(store: &Store) -> BTreeMap<Pair, f64> {
    let snapshot = store.snapshot().unwrap();
    let people = everybody(store);
    let mut found = BTreeMap::new();
    let nodes = snapshot.nodes(&people, &Visibility::open_only()).unwrap();
    for node in nodes.into_iter().flatten() {
        for link in node.links {
            let probability = link.probability.unwrap().value();
            found.insert(Pair::of(node.id, link.other), probability);
        }
    }
    found
}

#[test]
fn many_writes_give_what_one_look_at_the_whole_store_gives() {
    let store = store();
    let mut entries = Vec::new();
    register(400, 11, &mut |entry| entries.push(entry.clone())).unwrap();
    for entry in &entries {
        create(
            &store,
            person(&entry.given, &entry.family, &entry.born, &entry.place),
        );
    }
    // Who was written while the store was small is looked at as it is now.
    suggest_links(&store, &Permit::local_operator(), &everybody(&store)).unwrap();
    let by_writes = all_links(&store);

    let open = Permit::local_operator().limited_to(Visibility::open_only());
    let people = PeopleToLink::read(&store, &open).unwrap();
    let grouped = people.grouped(shipped().unwrap()).unwrap();
    let of_store: BTreeMap<Pair, f64> = grouped
        .duplicates(0..grouped.len(), 0.5)
        .into_iter()
        .map(|found| {
            let ends = [found.link.a, found.link.b].map(|place| grouped.person(place));
            (Pair::of(ends[0], ends[1]), found.probability)
        })
        .collect();
    assert!(of_store.len() >= 50, "only {} pairs", of_store.len());
    let missing: Vec<_> = of_store
        .iter()
        .filter(|(pair, _)| !by_writes.contains_key(pair))
        .collect();
    let more: Vec<_> = by_writes
        .iter()
        .filter(|(pair, _)| !of_store.contains_key(pair))
        .collect();
    let farthest = of_store
        .iter()
        .filter_map(|(pair, whole)| Some((by_writes.get(pair)? - whole).abs()))
        .fold(0.0, f64::max);
    println!(
        "{} pairs of the store, {} by writes; missing {missing:?}, more {more:?}, farthest {farthest}",
        of_store.len(),
        by_writes.len()
    );
    assert!(missing.len() * 50 <= of_store.len(), "{missing:?}");
    assert!(more.len() * 20 <= of_store.len(), "{more:?}");
    assert!(farthest < 0.2, "{farthest}");
}
