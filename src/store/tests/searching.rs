//! The search index: whoever should be found is, whatever is sealed is not there, and damage is noticed.

use super::fixture::*;
use crate::lookup::{BirthColumn, Found, Question, QuestionName, Search};
use crate::model::ids::{PersonId, Subject, SubjectKind};
use crate::model::statement::{Fact, SealClass};
use crate::model::visibility::Visibility;
use crate::store::backend::{Backend, Batch, Deadline, GO_ON, Order, Table};
use crate::store::{StatementDraft, Store, keys};
use proptest::prelude::*;

fn birth(edtf: &str) -> Fact {
    Fact::Birth {
        date: edtf.parse().ok(),
        place: None,
    }
}

fn question(name: &str, born: &str) -> Question {
    Question {
        names: vec![QuestionName::of_parts(name, "", "")],
        birth: born.parse().ok().and_then(BirthColumn::of),
        ..Question::default()
    }
}

fn find(store: &Store, question: &Question, visibility: &Visibility) -> Vec<Found> {
    let snapshot = store.snapshot().unwrap();
    let mut search = Search::new(question, 1000);
    snapshot.search(&mut search, visibility).unwrap();
    search.finish(10)
}

fn first(store: &Store, name: &str, born: &str) -> Option<PersonId> {
    let found = find(store, &question(name, born), &Visibility::all());
    found.first().map(|found| PersonId(found.person))
}

fn with_birth(store: &Store, names: &[&str], born: &str) -> PersonId {
    let mut new = transaction();
    let subject = new.add_subject(SubjectKind::Person, None);
    for full in names {
        new.add_statement(subject, draft(name(full)));
    }
    new.add_statement(subject, draft(birth(born)));
    person(store.commit(new).unwrap().subjects[0].0)
}

#[test]
fn people_are_found_as_they_are_misremembered() {
    on_every_backend(|store| {
        let margaret = with_birth(
            store,
            &["Margaret Ann Joseph", "Margaret Ann Quatsell"],
            "1961-03-12",
        );
        people(
            store,
            &[
                "Margaret Smith",
                "Peter Joseph",
                "Josephine Marks",
                "Sukhwinder",
            ],
        );
        for (name, born) in [
            ("Margaret Joseph", ""),
            ("margaret josph", ""),
            ("Marg Josef", "1961"),
            ("Peggy Joseph", "1961-03-12"),
            ("Joseph, Margaret", ""),
            ("Joseph Margaret", ""),
            ("M. Joseph", "1961~"),
            ("Ann Joseph", ""),
            ("Margaret Quatsel", ""),
            ("Margret Jozeph", "1961-12-03"),
            ("Margaret Unknown", "1961-03-12"),
        ] {
            assert_eq!(first(store, name, born), Some(margaret), "{name} {born}");
        }
        assert!(first(store, "Sukwinder", "").is_some());
        let nobody = find(
            store,
            &question("Bartholomew Zimmer", ""),
            &Visibility::all(),
        );
        assert!(
            nobody.iter().all(|found| found.probability < 0.05),
            "{nobody:?}"
        );
    });
}

#[test]
fn probabilities_are_shared_by_those_who_fit_alike() {
    let store = Store::in_memory(&options()).unwrap();
    people(&store, &["Rose Adams", "Rose Adams"]);
    let found = find(&store, &question("Rose Adams", ""), &Visibility::all());
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].probability, found[1].probability);
    assert!(
        found[0].probability <= 0.5 && found[0].probability > 0.4,
        "{found:?}"
    );
}

#[test]
fn marks_break_a_tie_and_hinder_nothing() {
    let store = Store::in_memory(&options()).unwrap();
    let both = people(&store, &["Ann Kwala", "Ann Ḵwala"]);
    assert_eq!(first(&store, "Ann Kwala", ""), Some(both[0]));
    assert_eq!(first(&store, "Ann K\u{332}wala", ""), Some(both[1]));
    assert_eq!(
        find(&store, &question("Ann Ḵwala", ""), &Visibility::all()).len(),
        2
    );
}

#[test]
fn corrected_names_are_found_in_place_of_the_old() {
    on_every_backend(|store| {
        let person = with_birth(store, &["Alma Crow"], "1950");
        let subject = Subject::Person(person);
        let snapshot = store.snapshot().unwrap();
        let stated = snapshot
            .statements(subject, &Visibility::all(), None)
            .unwrap();
        drop(snapshot);
        let named = stated
            .iter()
            .find(|(_, s)| matches!(s.fact, Fact::Name(_)))
            .unwrap();
        let correction = StatementDraft {
            id: Some(named.1.id),
            ..draft(name("Alma Wren"))
        };
        state(store, subject, correction);
        assert_eq!(first(store, "Alma Wren", ""), Some(person));
        assert!(find(store, &question("Crow", ""), &Visibility::all()).is_empty());
        let report = store.verify(&mut |_| {}).unwrap();
        assert!(report.is_clean(), "{:?}", report.findings);
        store.rebuild().unwrap();
        assert_eq!(first(store, "Alma Wren", ""), Some(person));
    });
}

#[test]
fn what_is_sealed_is_found_by_those_who_are_cleared_only() {
    let store = Store::in_memory(&options()).unwrap();
    let person = with_birth(&store, &["Nora Field"], "1990-05-06");
    state(&store, Subject::Person(person), sealed(name("Nora Birch")));
    let asked = question("Nora Birch", "1990-05-06");
    let open = find(&store, &asked, &Visibility::open_only());
    assert!(open.iter().all(|found| found.name.1 != "birch"), "{open:?}");
    let cleared = Visibility::open_only().with_seal(SealClass::Adoption);
    let found = find(&store, &asked, &cleared);
    assert_eq!(found[0].name.1, "birch");
    assert_eq!(found[0].person, person.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever sealed people there are, answers to those who may not see them stay the same to the last bit.
    #[test]
    fn sealed_people_move_no_answer(hidden in prop::collection::vec("(Ann|Anna|Rose|Josef) (Crow|Crowe|Joseph|Josephs)", 0..12)) {
        let store = Store::in_memory(&options()).unwrap();
        people(&store, &["Ann Crow", "Rose Joseph", "Anna Crowe"]);
        let asked = [question("Ann Crow", ""), question("Rose Josef", "1961"), question("Crow", "")];
        let before: Vec<_> = asked.iter().map(|q| find(&store, q, &Visibility::open_only())).collect();
        let mut new = transaction();
        for full in &hidden {
            let subject = new.add_subject(SubjectKind::Person, None);
            new.add_statement(subject, sealed(name(full)));
        }
        if !hidden.is_empty() {
            store.commit(new).unwrap();
        }
        let after: Vec<_> = asked.iter().map(|q| find(&store, q, &Visibility::open_only())).collect();
        prop_assert_eq!(before, after);
    }
}

#[test]
fn verify_notices_what_is_missing_and_what_is_too_much() {
    let store = Store::in_memory(&options()).unwrap();
    people(&store, &["Ann Crow"]);
    let mut entries: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let view = store.shared.backend.snapshot();
    view.scan(
        Table::Search,
        &keys::everything(),
        Order::Ascending,
        Deadline::NONE,
        &mut |key, value| {
            entries.push((key.to_vec(), value.to_vec()));
            GO_ON
        },
    )
    .unwrap();
    drop(view);
    assert!(entries.len() > 5);
    let backend: &dyn Backend = &*store.shared.backend;
    for (key, value) in &entries {
        let mut damage = Batch::default();
        damage.delete(Table::Search, key.clone());
        backend.commit(damage).unwrap();
        assert!(!store.verify(&mut |_| {}).unwrap().is_clean());
        let mut stray = key.clone();
        *stray.last_mut().unwrap() ^= 1;
        let mut damage = Batch::default();
        damage.put(Table::Search, key.clone(), value.clone());
        damage.put(Table::Search, stray.clone(), value.clone());
        backend.commit(damage).unwrap();
        assert!(!store.verify(&mut |_| {}).unwrap().is_clean());
        let mut mended = Batch::default();
        mended.delete(Table::Search, stray);
        backend.commit(mended).unwrap();
        assert!(store.verify(&mut |_| {}).unwrap().is_clean());
    }
}
