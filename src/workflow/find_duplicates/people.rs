//! Reads everybody of a store once, in one scan, into compact columns.

use super::grouped::GroupedPeople;
use super::ties::ReadTies;
use crate::access::Permit;
use crate::error::Error;
use crate::linkage::{
    Kin, NotLearnt, Parameters, PersonFacts, Plan, Table, frequencies, learn, person_fields,
    push_person,
};
use crate::model::audit::Shown;
use crate::model::ids::{PersonId, PublicId};
use crate::model::statement::{Certainty, SealClass};
use crate::model::visibility::Visibility;
use crate::store::{Snapshot, StandingPerson, Store};
use crate::workflow::likely_links::NamesOfThings;
use rustc_hash::FxHashMap;

/// The people of a store, ready to be compared.
pub struct PeopleToLink {
    pub(super) table: Table,
    pub(super) kin: Kin,
    /// By the number in which each record came: its public id; nothing for people who are only somebody's relatives.
    pub(super) public_ids: Vec<PublicId>,
    /// The same with their numbers.
    pub(super) numbers: Vec<u64>,
    pub revision: u64,
}

/// People as far as they were read.
struct Reading {
    table: Table,
    numbers: Vec<u64>,
    public_ids: Vec<PublicId>,
    ties: ReadTies,
    nameless: Vec<u64>,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading {
            table: Table::new(person_fields()),
            numbers: Vec::new(),
            public_ids: Vec::new(),
            ties: ReadTies::default(),
            nameless: Vec::new(),
        }
    }
}

/// Who is held.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    Everybody,
    /// Everybody with a name, and their relatives.
    Named,
}

impl PeopleToLink {
    /// Reads everybody, as far as the caller may see.
    pub fn read(store: &Store, permit: &Permit) -> Result<PeopleToLink, Error> {
        read(store, permit, Held::Everybody)
    }

    /// Reads everybody with a name, and their relatives: who has no name is compared with nobody, and an import may bring
    /// very many of them.
    pub fn read_named(store: &Store, permit: &Permit) -> Result<PeopleToLink, Error> {
        read(store, permit, Held::Named)
    }

    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Learns parameters from these people.
    pub fn learn(mut self, provenance: &str, least_count: u64) -> Result<Parameters, Error> {
        let told = |why: NotLearnt| Error::invalid("data", why.to_string());
        let mut parameters = learn(&mut self.table, Plan::default(), provenance).map_err(told)?;
        parameters.frequencies = frequencies(&self.table, least_count);
        Ok(parameters)
    }

    /// Compares only these with all others: who is not one of them is not compared with others who are not.
    pub fn concerning(mut self, is_concerned: &dyn Fn(PersonId) -> bool) -> PeopleToLink {
        let came = self.table.came.iter();
        let person = came.map(|came| PersonId(self.numbers[*came as usize]));
        let concerned: Vec<bool> = person.map(is_concerned).collect();
        if concerned.contains(&false) {
            self.table.concerned = concerned;
        }
        self
    }

    /// Makes the keys; from here on people can be compared.
    pub fn grouped(self, parameters: &Parameters) -> Result<GroupedPeople, Error> {
        GroupedPeople::of(self, parameters)
    }
}

fn read(store: &Store, permit: &Permit, held: Held) -> Result<PeopleToLink, Error> {
    let snapshot = permit.snapshot(store)?;
    let everybody = Shown::everybody(snapshot.ever_made().records);
    permit.close_read(store, "compare_people", &everybody)?;
    let things = NamesOfThings::of(&snapshot, Visibility::all());
    let seen = permit.visibility();
    let mut all = Reading::default();
    snapshot.each_person(
        |piece: &mut Reading, person| piece.add(person, seen, &things, held),
        |piece| -> Result<(), Error> {
            all.append(piece);
            Ok(())
        },
    )?;
    if !all.numbers.is_empty() {
        for number in all.ties.those_tied(&all.nameless) {
            push_person(&mut all.table, &PersonFacts::default());
            all.numbers.push(number);
            all.public_ids.push(PublicId(0));
        }
    }
    Ok(all.finish(permit, &snapshot))
}

impl Reading {
    fn add(
        &mut self,
        person: &StandingPerson,
        seen: &Visibility,
        things: &NamesOfThings<'_>,
        held: Held,
    ) -> Result<(), Error> {
        let mut facts = PersonFacts::default();
        let mut is_seen = false;
        for statement in person.statements() {
            self.ties.note(person.number(), statement);
            let evidence = &statement.evidence;
            let visible = seen.sees(evidence.steward, evidence.seal);
            if visible && evidence.certainty != Certainty::Disproved {
                is_seen = true;
                things.add(&mut facts, &statement.fact)?;
            }
        }
        if !is_seen {
            return Ok(());
        }
        if held == Held::Named && facts.names.is_empty() {
            self.nameless.push(person.number());
            return Ok(());
        }
        push_person(&mut self.table, &facts);
        self.numbers.push(person.number());
        self.public_ids.push(person.public_id());
        Ok(())
    }

    fn append(&mut self, piece: Reading) {
        self.table.append(&piece.table);
        self.numbers.extend(piece.numbers);
        self.public_ids.extend(piece.public_ids);
        self.ties.append(piece.ties);
        self.nameless.extend(piece.nameless);
    }

    fn finish(mut self, permit: &Permit, snapshot: &Snapshot<'_>) -> PeopleToLink {
        self.table.settle();
        let came = self.table.came.iter().zip(0..);
        let places: FxHashMap<u64, u32> = came
            .map(|(came, place)| (self.numbers[*came as usize], place))
            .collect();
        let kin = self.ties.kin(&places, self.table.len());
        if !permit.visibility().sees_every(SealClass::Adoption) {
            self.ties.keep_sides_apart(&mut self.table, &kin, &places);
        }
        PeopleToLink {
            table: self.table,
            kin,
            public_ids: self.public_ids,
            numbers: self.numbers,
            revision: snapshot.revision().sequence,
        }
    }
}
