//! Small stores and short ways to write into them.

use crate::model::ids::{
    ExternalId, HouseholdId, NationId, PersonId, StewardId, Subject, SubjectKind,
};
use crate::model::person::{Name, NameKind};
use crate::model::statement::{Fact, SealClass, Source};
use crate::model::tie::{LegalState, NetworkTie, ParentNature, ParentTie};
use crate::store::{StatementDraft, Store, StoreOptions, Transaction};
use std::sync::Arc;

/// 21 November 2026, noon.
pub const NOW: i64 = 1_795_262_400;

pub fn options() -> StoreOptions {
    StoreOptions {
        cache_bytes: 8 << 20,
        clock: Arc::new(|| NOW),
        ..StoreOptions::default()
    }
}

pub fn on_every_backend(check: impl Fn(&Store)) {
    check(&Store::in_memory(&options()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    check(&Store::create(&folder.path().join("data"), &options()).unwrap());
}

pub fn transaction() -> Transaction {
    Transaction::new("a tester", "test")
}

pub fn external_id(xref: &str) -> Option<(StewardId, ExternalId)> {
    let external_id = ExternalId {
        source: "file".to_owned(),
        xref: xref.to_owned(),
    };
    Some((StewardId::AGENCY, external_id))
}

pub fn draft(fact: Fact) -> StatementDraft {
    let source = Source {
        document: "file 1".to_owned(),
        ..Source::default()
    };
    StatementDraft::new(fact, source)
}

pub fn sealed(fact: Fact) -> StatementDraft {
    StatementDraft {
        seal: SealClass::Adoption,
        ..draft(fact)
    }
}

pub fn name(full: &str) -> Fact {
    Fact::Name(Name {
        kind: NameKind::Legal,
        full: full.to_owned(),
        given: String::new(),
        family: String::new(),
    })
}

pub fn parent(parent: PersonId, nature: ParentNature) -> Fact {
    Fact::Parent(ParentTie {
        parent,
        nature,
        legal_state: LegalState::Unknown,
        legal_date: None,
        court: String::new(),
    })
}

pub fn network(adult: PersonId) -> Fact {
    Fact::Network(NetworkTie {
        adult,
        role: "teacher".to_owned(),
        paid: Some(true),
    })
}

/// Adds a person with a name to a transaction.
pub fn add_person(transaction: &mut Transaction, full: &str) -> PersonId {
    let subject = transaction.add_subject(SubjectKind::Person, None);
    transaction.add_statement(subject, draft(name(full)));
    person(subject)
}

/// Commits people with these names.
pub fn people(store: &Store, names: &[&str]) -> Vec<PersonId> {
    let mut transaction = transaction();
    for full in names {
        add_person(&mut transaction, full);
    }
    let committed = store.commit(transaction).unwrap();
    committed
        .subjects
        .iter()
        .map(|(subject, _)| person(*subject))
        .collect()
}

/// Commits one statement.
pub fn state(store: &Store, subject: Subject, draft: StatementDraft) -> crate::store::Committed {
    let mut transaction = transaction();
    transaction.add_statement(subject, draft);
    store.commit(transaction).unwrap()
}

pub fn person(subject: Subject) -> PersonId {
    match subject {
        Subject::Person(person) => person,
        other => panic!("{other:?} is no person"),
    }
}

pub fn household(subject: Subject) -> HouseholdId {
    match subject {
        Subject::Household(household) => household,
        other => panic!("{other:?} is no household"),
    }
}

pub fn nation(subject: Subject) -> NationId {
    match subject {
        Subject::Nation(nation) => nation,
        other => panic!("{other:?} is no nation"),
    }
}
