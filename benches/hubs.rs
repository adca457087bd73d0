//! Question: does a child cost more to ask about because its teacher has 2,000 children and its nation 5,000 members?
//!
//! Held to: at most 1.05 times the CPU.
//!
//! Two stores hold the same community and as much besides. In one, the children asked about have a teacher with 2,000
//! children and a nation with 5,000 members; in the other, the teacher and the nation have only them, and another teacher
//! and nation have the others. Each child is asked in both in turns; the least of the rounds counts. What a teacher and
//! a nation cost at all is told by a third store, which has neither.
//!
//! `cargo bench --bench hubs -- [people …]`, by default 10000 100000.

#[path = "support/mod.rs"]
mod support;

use kinpath::access::Permit;
use kinpath::model::case::Purpose;
use kinpath::model::ids::{NationId, PersonId, Subject, SubjectKind};
use kinpath::model::nation::{Membership, MembershipState, Nation, NationLevel};
use kinpath::model::person::{Name, NameKind};
use kinpath::model::statement::{Fact, Source};
use kinpath::model::tie::NetworkTie;
use kinpath::store::{StatementDraft, Store, StoreOptions, Transaction, restore};
use kinpath::workflow::{FindFamily, find_family};
use std::fs;
use support::{children, percentile, thread_cpu};

const ASKED: usize = 30;
const ROUNDS: usize = 40;
const TAUGHT: usize = 2_000;
const MEMBERS: usize = 5_000;
const A_TRANSACTION: usize = 500;

fn main() {
    for people in support::sizes(&[10_000, 100_000]) {
        let folder = support::community(people);
        let without = support::imported(&folder);
        let backup = support::fresh_folder("backup");
        without.backup(&backup).expect("backed up");
        let copy = |name: &str| {
            let data = support::fresh_folder(name);
            restore(&backup, &data).expect("restored");
            support::bring_keys(&without, &data);
            Store::open(&data, &StoreOptions::default()).expect("the store")
        };
        let (small, hubs) = (copy("small"), copy("hubs"));
        let asked = children(&without, ASKED);
        let others: Vec<PersonId> = support::people(&without, MEMBERS + ASKED)
            .into_iter()
            .filter(|person| !asked.contains(person))
            .collect();
        tie(&small, &asked, &others, Whose::TheirOwn);
        tie(&hubs, &asked, &others, Whose::Everybodys);
        report(people, &measure(&[&without, &small, &hubs], &asked));
        drop((without, small, hubs));
        let _ = fs::remove_dir_all(backup);
        for name in ["store", "small", "hubs"] {
            let _ = fs::remove_dir_all(support::fresh_folder(name));
        }
    }
}

/// Whose the teacher and the nation of the children asked about are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    TheirOwn,
    Everybodys,
}

/// Makes two teachers and two nations. The first are those of the children asked about.
fn tie(store: &Store, asked: &[PersonId], others: &[PersonId], whose: Whose) {
    let mut made = Transaction::new("bench", "make");
    for name in ["First", "Second"] {
        let teacher = made.add_subject(SubjectKind::Person, None);
        let named = Fact::Name(Name {
            kind: NameKind::Used,
            full: format!("{name} Teacher"),
            given: String::new(),
            family: String::new(),
        });
        made.add_statement(teacher, draft(named));
        let nation = made.add_subject(SubjectKind::Nation, None);
        let named = Fact::Nation(Box::new(Nation {
            name: format!("{name} Nation (invented)"),
            other_names: Vec::new(),
            level: NationLevel::Community,
            part_of: None,
            languages: Vec::new(),
            number: String::new(),
            agencies: Vec::new(),
            designated_representative: String::new(),
            governing_body: String::new(),
            offered_people: Vec::new(),
        }));
        made.add_statement(nation, draft(named));
    }
    let made = store.commit(made).expect("committed").subjects;
    let number = |position: usize| made[position].0.number();
    let (own, theirs) = match whose {
        Whose::TheirOwn => (0, 2),
        Whose::Everybodys => (0, 0),
    };
    let pupils = others.iter().take(TAUGHT.saturating_sub(asked.len()));
    let members = others.iter().take(MEMBERS.saturating_sub(asked.len()));
    let ties: Vec<(PersonId, Fact)> = asked
        .iter()
        .flat_map(|&child| [taught(child, number(own)), member(child, number(own + 1))])
        .chain(pupils.map(|&child| taught(child, number(theirs))))
        .chain(members.map(|&person| member(person, number(theirs + 1))))
        .collect();
    for some in ties.chunks(A_TRANSACTION) {
        let mut transaction = Transaction::new("bench", "tie");
        for (person, fact) in some {
            transaction.add_statement(Subject::Person(*person), draft(fact.clone()));
        }
        store.commit(transaction).expect("committed");
    }
}

fn taught(child: PersonId, teacher: u64) -> (PersonId, Fact) {
    let tie = NetworkTie {
        adult: PersonId(teacher),
        role: "teacher".to_owned(),
        paid: Some(true),
    };
    (child, Fact::Network(tie))
}

fn member(person: PersonId, nation: u64) -> (PersonId, Fact) {
    let membership = Membership {
        nation: NationId(nation),
        state: MembershipState::Member,
        confirmed_by: String::new(),
    };
    (person, Fact::Membership(membership))
}

fn draft(fact: Fact) -> StatementDraft {
    StatementDraft::new(fact, Source::default())
}

/// Microseconds for each child in each store, the least of the rounds.
fn measure(stores: &[&Store; 3], asked: &[PersonId]) -> Vec<[f64; 3]> {
    let permit = Permit::system("bench");
    let mut least = vec![[f64::MAX; 3]; asked.len()];
    // The first round only warms the caches.
    for round in 0..=ROUNDS {
        for (&child, least) in asked.iter().zip(&mut least) {
            for (store, least) in stores.iter().zip(least) {
                let question = FindFamily {
                    child,
                    purpose: Purpose::Placement,
                    as_of: support::today(),
                    order: None,
                    leads_per_tier: 20,
                    excluded_offset: 0,
                    excluded_limit: 20,
                };
                let before = thread_cpu();
                find_family(store, &permit, &question).expect("the answer is whole");
                let used = (thread_cpu() - before) * 1e6;
                if round > 0 {
                    *least = least.min(used);
                }
            }
        }
    }
    least
}

fn report(people: u64, least: &[[f64; 3]]) {
    println!(
        "{people} people, {} children, load {}",
        least.len(),
        support::load()
    );
    for (position, name) in ["with neither", "small ones", "large ones"]
        .iter()
        .enumerate()
    {
        let values: Vec<f64> = least.iter().map(|child| child[position]).collect();
        println!("  {name:<14} {} µs", support::spread(&values, 0));
    }
    let ratio = |above: usize, below: usize| -> Vec<f64> {
        least
            .iter()
            .map(|child| child[above] / child[below])
            .collect()
    };
    let large = ratio(2, 1);
    println!(
        "  large against small: median {:.3}, most {:.3} (held to 1.05)",
        percentile(&large, 50.0),
        percentile(&large, 100.0)
    );
    println!(
        "  small against neither: median {:.3}",
        percentile(&ratio(1, 0), 50.0)
    );
}
