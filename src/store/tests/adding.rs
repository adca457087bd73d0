//! Commit groups add to records and index entries; what they leave is what making everything anew gives.

use super::fixture::*;
use crate::model::ids::{PersonId, Revision, StatementId, StewardId, Subject, SubjectKind};
use crate::model::person::{Caution, CautionKind, Contact, ContactKind, Death, Gender};
use crate::model::relation_word::{KinTerm, StatedLine};
use crate::model::statement::{Certainty, Fact, SealClass};
use crate::model::tie::{
    HouseholdMember, KinBasis, ParentNature, Side, StatedKin, Union, UnionKind, UnionState,
};
use crate::store::backend::{Deadline, GO_ON, Order, Table};
use crate::store::commit::commit_group;
use crate::store::{StatementDraft, Store, Transaction, keys, rebuild};
use proptest::prelude::*;

/// Numbers of which a step makes a statement: what is said, of whom, and how.
#[derive(Clone, Debug)]
struct Step {
    what: u8,
    of: u8,
    other: u8,
    how: u8,
    /// Which earlier statement is corrected, where one is.
    earlier: u8,
}

fn step() -> impl Strategy<Value = Step> {
    any::<[u8; 5]>().prop_map(|[what, of, other, how, earlier]| Step {
        what,
        of,
        other,
        how,
        earlier,
    })
}

/// Groups of transactions of steps.
fn groups() -> impl Strategy<Value = Vec<Vec<Vec<Step>>>> {
    let transaction = prop::collection::vec(step(), 1..5);
    let group = prop::collection::vec(transaction, 1..5);
    prop::collection::vec(group, 1..12)
}

/// What was committed so far.
struct World {
    people: Vec<PersonId>,
    home: Subject,
    statements: Vec<(Subject, StatementId)>,
}

fn begin(store: &Store) -> World {
    let mut first = transaction();
    let home = first.add_subject(SubjectKind::Household, None);
    let name = "home".to_owned();
    first.add_statement(home, draft(Fact::Household { name }));
    let home = store.commit(first).unwrap().subjects[0].0;
    World {
        people: people(store, &["Ann Joseph", "Ben Joseph", "Cy"]),
        home,
        statements: Vec::new(),
    }
}

fn pick<T: Copy>(list: &[T], number: u8) -> T {
    list[usize::from(number) % list.len()]
}

fn fact(step: &Step, other: PersonId, home: Subject) -> Fact {
    let text = format!("Word{} Name{}", step.other % 3, step.how % 3);
    match step.what % 13 {
        0 => name(&text),
        1 => Fact::Unnamed(text),
        2 => Fact::Gender(pick(&[Gender::Female, Gender::Male], step.other)),
        3 => Fact::Birth {
            date: format!("19{:02}", step.other % 100).parse().ok(),
            place: None,
        },
        4 => Fact::Death(Death {
            dead: step.other.is_multiple_of(2),
            date: None,
            place: None,
        }),
        5 => Fact::Contact(Contact {
            kind: ContactKind::Phone,
            value: text,
        }),
        6 => Fact::Language(text),
        7 => Fact::Caution(Caution {
            kind: CautionKind::NoContact,
            note: text,
        }),
        8 => parent(
            other,
            pick(
                &[
                    ParentNature::Birth,
                    ParentNature::Foster,
                    ParentNature::Step,
                ],
                step.how,
            ),
        ),
        9 => Fact::Union(Union {
            partner: other,
            kind: UnionKind::Married,
            state: UnionState::Current,
        }),
        10 => Fact::StatedKin(StatedKin {
            kin: other,
            term: KinTerm {
                up: 2,
                down: 1,
                half: false,
                line: StatedLine::Kin,
                courtesy: false,
            },
            as_told: text,
            side: Side::Unknown,
            basis: KinBasis::Told,
        }),
        11 => network(other),
        _ => Fact::HouseholdMember(HouseholdMember {
            household: household(home),
        }),
    }
}

fn add(world: &World, transaction: &mut Transaction, newcomers: &mut Vec<PersonId>, step: &Step) {
    let known: Vec<PersonId> = world.people.iter().chain(&*newcomers).copied().collect();
    let other = pick(&known, step.other);
    let mut said = draft(fact(step, other, world.home));
    said.seal = pick(
        &[SealClass::Open, SealClass::Open, SealClass::Adoption],
        step.how,
    );
    said.steward = StewardId(u32::from(step.how / 3 % 2));
    said.valid_to = (step.how.is_multiple_of(11))
        .then(|| "2001".parse().ok())
        .flatten();
    said.certainty = pick(
        &[
            Certainty::Reported,
            Certainty::Confirmed,
            Certainty::Reported,
            Certainty::Disproved,
        ],
        step.how / 5,
    );
    match step.of % 8 {
        0 => {
            let person = person(transaction.add_subject(SubjectKind::Person, None));
            newcomers.push(person);
            transaction.add_statement(Subject::Person(person), said);
        }
        1 if !world.statements.is_empty() => {
            let (subject, id) = pick(&world.statements, step.earlier);
            if transaction
                .statements
                .iter()
                .any(|(_, said)| said.id == Some(id))
            {
                return;
            }
            let correction = StatementDraft {
                id: Some(id),
                retracted: step.how % 3 == 1,
                ..said
            };
            transaction.add_statement(subject, correction);
        }
        _ => transaction.add_statement(Subject::Person(pick(&known, step.of / 8)), said),
    }
}

/// Commits one group and notes what came of it. Every seventh transaction fails on a subject that there is not.
fn commit(store: &Store, world: &mut World, group: &[Vec<Step>]) {
    let mut transactions = Vec::new();
    for steps in group {
        let mut one = transaction();
        let mut newcomers = Vec::new();
        for step in steps {
            add(world, &mut one, &mut newcomers, step);
        }
        if steps[0].earlier.is_multiple_of(7) {
            let nobody = Subject::Person(PersonId(1 << 40));
            one.add_statement(nobody, draft(name("Nobody")));
        }
        transactions.push(one);
    }
    let subjects: Vec<Vec<Subject>> = transactions
        .iter()
        .map(|one| one.statements.iter().map(|(subject, _)| *subject).collect())
        .collect();
    let results = commit_group(&store.shared, &mut store.shared.writer(), &transactions);
    for (subjects, result) in subjects.into_iter().zip(results) {
        let Ok(committed) = result else {
            continue;
        };
        for (subject, id) in subjects.into_iter().zip(&committed.statements) {
            let of_store = world
                .people
                .iter()
                .any(|known| Subject::Person(*known) == subject);
            if of_store && !world.statements.contains(&(subject, *id)) {
                world.statements.push((subject, *id));
            }
        }
        let new = committed
            .subjects
            .iter()
            .map(|(subject, _)| person(*subject));
        world.people.extend(new);
    }
}

/// Records and index entries.
fn derived(store: &Store) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut entries = Vec::new();
    let view = store.shared.backend.snapshot();
    for table in [Table::Nodes, Table::Index] {
        view.scan(
            table,
            &keys::everything(),
            Order::Ascending,
            Deadline::NONE,
            &mut |key, value| {
                entries.push((key.to_vec(), value.to_vec()));
                GO_ON
            },
        )
        .unwrap();
    }
    entries
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn groups_leave_what_rebuild_makes(groups in groups()) {
        let store = Store::in_memory(&options()).unwrap();
        let mut world = begin(&store);
        for group in &groups {
            commit(&store, &mut world, group);
            let report = store.verify(&mut |_| {}).unwrap();
            prop_assert!(report.is_clean(), "{:?}", report.findings);
        }
        prop_assert!(store.snapshot().unwrap().revision() > Revision::default());
        let before = derived(&store);
        let end = store.shared.writer().state.next_subject;
        rebuild::rebuild(&store.shared, end).unwrap();
        prop_assert_eq!(before, derived(&store));
    }
}
