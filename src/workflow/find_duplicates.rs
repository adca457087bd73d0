//! Finds records that probably speak of one person, over a whole store. Only facts that the caller may see are
//! compared; a record on one side of a sealed adoption is never compared with one of the other side, except for
//! callers cleared for that seal.

use crate::access::Permit;
use crate::error::Error;
use crate::linkage::{
    FieldEvidence, Groups, Kin, KinEvidence, Link, Model, NotLearnt, Parameters, PersonFacts, Plan,
    Table, WordParts, frequencies, join, learn, link_some, odds_with_kin, pair_key, person_fields,
    prepare, push_person, reasons_with_kin, temper_by_own_counts,
};
use crate::model::ids::{NationId, PersonId, PlaceId, SubjectKind};
use crate::model::statement::{Certainty, Fact, SealClass, Statement};
use crate::model::store_copy::{CopyPart, CopySubject};
use crate::store::Store;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// The people of a store, ready to be compared.
pub struct PeopleToLink {
    table: Table,
    kin: Kin,
    /// By the number in which each record came: its public id.
    public_ids: Vec<String>,
    /// The same with their numbers.
    numbers: Vec<u64>,
    pub revision: u64,
}

/// Two records that may be one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    pub a: String,
    pub b: String,
    pub probability: f64,
    pub reasons: Vec<FieldEvidence>,
    pub link: Link,
}

/// Names of places and nations by number.
#[derive(Default)]
struct NamesOfThings {
    places: FxHashMap<u64, String>,
    nations: FxHashMap<u64, String>,
}

/// The ties of a person as read.
struct ReadTies {
    child_and_parent: Vec<(u64, u64)>,
    partners: Vec<(u64, u64)>,
    /// Child and parent of sealed adoptions, and records linked under such a seal.
    sealed: Vec<(u64, u64)>,
}

impl PeopleToLink {
    /// Reads everybody, as far as the caller may see.
    pub fn read(store: &Store, permit: &Permit) -> Result<PeopleToLink, Error> {
        let snapshot = permit.snapshot(store)?;
        let mut things = NamesOfThings::default();
        snapshot.copy(&mut |part| {
            if let CopyPart::Subject(subject) = &part {
                things.note(subject);
            }
            Ok::<_, Error>(())
        })?;
        let mut table = Table::new(person_fields());
        let mut numbers: Vec<u64> = Vec::new();
        let mut public_ids = Vec::new();
        let mut ties = ReadTies {
            child_and_parent: Vec::new(),
            partners: Vec::new(),
            sealed: Vec::new(),
        };
        snapshot.copy(&mut |part| {
            let CopyPart::Subject(subject) = &part else {
                return Ok(());
            };
            if subject.kind == SubjectKind::Person {
                let mut facts = PersonFacts::default();
                let mut seen = false;
                for statement in subject.standing() {
                    ties.note(subject.number, statement);
                    let evidence = &statement.evidence;
                    let visible = permit.visibility().sees(evidence.steward, evidence.seal);
                    if visible && evidence.certainty != Certainty::Disproved {
                        seen = true;
                        add_fact(&mut facts, &statement.fact, &things);
                    }
                }
                if seen {
                    push_person(&mut table, &facts);
                    numbers.push(subject.number);
                    public_ids.push(subject.public_id.clone());
                }
            }
            Ok::<_, Error>(())
        })?;
        table.settle();
        let places: FxHashMap<u64, u32> = table
            .came
            .iter()
            .enumerate()
            .map(|(place, came)| (numbers[*came as usize], place as u32))
            .collect();
        let kin = ties.kin(&places, table.len());
        if !permit.visibility().sees_every(SealClass::Adoption) {
            keep_sides_apart(&mut table, &kin, &ties.sealed, &places);
        }
        Ok(PeopleToLink {
            table,
            kin,
            public_ids,
            numbers,
            revision: snapshot.revision().sequence,
        })
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

    /// Makes the keys; from here on people can be compared.
    pub fn grouped(mut self, parameters: &Parameters) -> Result<GroupedPeople, Error> {
        if parameters.fields != self.table.fields {
            return Err(Error::invalid(
                "parameters",
                "they were learnt for other kinds of fields than a store has",
            ));
        }
        prepare(&mut self.table, parameters);
        temper_by_own_counts(&mut self.table);
        let groups = Groups::of(
            &self.table,
            &parameters.templates,
            &WordParts::of(&self.table.names),
        );
        let model = parameters.model(&self.table);
        let expected = parameters.matches_per_record * self.table.len() as f64;
        Ok(GroupedPeople {
            people: self,
            groups,
            model,
            expected,
        })
    }
}

/// People with their keys.
pub struct GroupedPeople {
    people: PeopleToLink,
    groups: Groups,
    model: Model,
    expected: f64,
}

impl GroupedPeople {
    pub fn len(&self) -> usize {
        self.people.len()
    }

    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The probable duplicates of some records among those after them. The same whatever else was asked.
    pub fn duplicates(&self, records: Range<usize>, least: f64) -> Vec<Duplicate> {
        let linked = link_some(
            &self.people.table,
            &self.groups,
            &self.model,
            (least / 1000.0).max(1e-6),
            records,
        );
        linked
            .links
            .par_iter()
            .filter_map(|link| self.duplicate(link, least))
            .collect()
    }

    fn duplicate(&self, link: &Link, least: f64) -> Option<Duplicate> {
        let (table, kin) = (&self.people.table, &self.people.kin);
        let odds = odds_with_kin(table, kin, link.a, link.b, f64::from(link.odds))?;
        let link = Link {
            odds: odds as f32,
            ..*link
        };
        if link.probability() < least {
            return None;
        }
        let id = |place: u32| self.public_id(place).to_owned();
        Some(Duplicate {
            a: id(link.a),
            b: id(link.b),
            probability: link.probability(),
            reasons: reasons_with_kin(table, &self.model, kin, link.a, link.b),
            link,
        })
    }

    /// Of every record, by place, the first record of the same person, as far as links do not contradict one another:
    /// two whole birth dates of different years are never joined, nor people whom their ties tell apart.
    pub fn people_found(&self, links: &[Link]) -> Vec<u32> {
        let table = &self.people.table;
        let apart = |a: u32, b: u32| {
            table.births_contradict(a as usize, b as usize)
                || matches!(self.people.kin.evidence(table, a, b), KinEvidence::Apart(_))
                || !table.may_pair(a as usize, b as usize)
        };
        join(
            table.len(),
            links,
            self.expected.max(links.len() as f64),
            apart,
        )
        .of
    }

    /// The record at a place.
    pub fn person(&self, place: u32) -> PersonId {
        PersonId(self.people.numbers[self.people.table.came[place as usize] as usize])
    }

    /// The public id of the record at a place.
    pub fn public_id(&self, place: u32) -> &str {
        &self.people.public_ids[self.people.table.came[place as usize] as usize]
    }
}

impl NamesOfThings {
    fn note(&mut self, subject: &CopySubject) {
        for statement in subject.standing() {
            match &statement.fact {
                Fact::Place(place) => self.places.insert(subject.number, place.name.clone()),
                Fact::Nation(nation) => self.nations.insert(subject.number, nation.name.clone()),
                _ => None,
            };
        }
    }

    fn place(&self, place: PlaceId) -> Option<String> {
        self.places.get(&place.0).cloned()
    }

    fn nation(&self, nation: NationId) -> Option<String> {
        self.nations.get(&nation.0).cloned()
    }
}

fn add_fact(facts: &mut PersonFacts, fact: &Fact, things: &NamesOfThings) {
    match fact {
        Fact::Name(name) => facts.names.push(name.clone()),
        Fact::Gender(gender) => facts.gender = *gender,
        Fact::Birth { date, place } => {
            facts.births.extend(*date);
            facts
                .places
                .extend(place.and_then(|place| things.place(place)));
        }
        Fact::Death(death) => facts.deaths.extend(death.date.filter(|_| death.dead)),
        Fact::Residence(residence) => facts.places.extend(things.place(residence.place)),
        Fact::Membership(membership) => facts.nations.extend(things.nation(membership.nation)),
        _ => {}
    }
}

impl ReadTies {
    fn note(&mut self, subject: u64, statement: &Statement) {
        if statement.evidence.certainty == Certainty::Disproved {
            return;
        }
        match &statement.fact {
            Fact::Parent(tie) if statement.evidence.seal == SealClass::Adoption => {
                self.sealed.push((subject, tie.parent.0));
            }
            Fact::SamePerson(link) if statement.evidence.seal == SealClass::Adoption => {
                self.sealed.push((subject, link.other.0));
            }
            Fact::Parent(tie) if statement.evidence.seal == SealClass::Open => {
                self.child_and_parent.push((subject, tie.parent.0));
            }
            Fact::Union(tie) if statement.evidence.seal == SealClass::Open => {
                self.partners.push((subject, tie.partner.0));
            }
            _ => {}
        }
    }

    fn kin(&self, places: &FxHashMap<u64, u32>, records: usize) -> Kin {
        let mut kin = Kin::of_size(records);
        let both = |one: &u64, other: &u64| Some((*places.get(one)?, *places.get(other)?));
        for (child, parent) in self
            .child_and_parent
            .iter()
            .filter_map(|(child, parent)| both(child, parent))
        {
            kin.add_parent(child, parent);
        }
        for (one, other) in self
            .partners
            .iter()
            .filter_map(|(one, other)| both(one, other))
        {
            kin.add_partner(one, other);
        }
        kin
    }
}

/// No record near the adopted child may meet one near the parent of whom the seal keeps it apart: each side is the
/// record itself and everybody within two open ties.
fn keep_sides_apart(
    table: &mut Table,
    kin: &Kin,
    sealed: &[(u64, u64)],
    places: &FxHashMap<u64, u32>,
) {
    for (child, parent) in sealed {
        let (Some(child), Some(parent)) = (places.get(child), places.get(parent)) else {
            continue;
        };
        let far = near(kin, *parent);
        for one in near(kin, *child) {
            for other in far.iter().filter(|other| **other != one) {
                table.apart.insert(pair_key(one, *other));
            }
        }
    }
}

fn near(kin: &Kin, record: u32) -> Vec<u32> {
    let mut found = vec![record];
    let mut from = 0;
    for _ in 0..2 {
        let until = found.len();
        for place in from..until {
            let record = found[place] as usize;
            for list in [
                &kin.parents[record],
                &kin.children[record],
                &kin.partners[record],
            ] {
                found.extend_from_slice(list);
            }
        }
        from = until;
    }
    found.sort_unstable();
    found.dedup();
    found
}
