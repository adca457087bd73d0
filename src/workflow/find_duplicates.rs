//! Finds records that probably speak of one person, over a whole store. Only facts that the caller may see are
//! compared; a record on one side of a sealed adoption is never compared with one of the other side, except for
//! callers cleared for that seal.

use crate::access::Permit;
use crate::error::Error;
use crate::linkage::{
    FieldEvidence, Groups, Kin, KinEvidence, Link, Model, NotLearnt, Parameters, PersonFacts, Plan,
    Table, Template, WordParts, frequencies, join, learn, link_some, odds_with_kin, pair_key,
    person_fields, prepare, push_person, reasons_with_kin, temper_by_own_counts,
};
use crate::model::audit::Shown;
use crate::model::ids::{NationId, PersonId, PlaceId, SubjectKind};
use crate::model::statement::{Certainty, Fact, SealClass, Statement};
use crate::model::store_copy::{CopyPart, CopySubject};
use crate::model::visibility::Visibility;
use crate::store::{Snapshot, Store};
use crate::workflow::likely_links::{add_own, things_of};
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

/// People as far as they were read.
struct Reading<'a> {
    permit: &'a Permit,
    snapshot: &'a Snapshot<'a>,
    things: NamesOfThings<'a>,
    table: Table,
    numbers: Vec<u64>,
    public_ids: Vec<String>,
    ties: ReadTies,
}

/// What of a person's facts is held, if the person is; hears the number of the record too.
type Choose<'c> = &'c mut dyn FnMut(u64, PersonFacts) -> Option<PersonFacts>;

/// Names of places and nations by number, looked up once each.
struct NamesOfThings<'a> {
    snapshot: &'a Snapshot<'a>,
    places: FxHashMap<PlaceId, Option<String>>,
    nations: FxHashMap<NationId, Option<String>>,
}

/// The ties of a person as read.
#[derive(Default)]
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
        let everybody = Shown::everybody(snapshot.ever_made().records);
        permit.close_read(store, "compare_people", &everybody)?;
        let mut reading = Reading::new(permit, &snapshot);
        reading.read_all(&mut |_, facts| Some(facts))?;
        Ok(reading.finish())
    }

    /// Reads everybody with a name, and their relatives: who has no name is compared with nobody, and an import may bring
    /// very many of them.
    pub fn read_named(store: &Store, permit: &Permit) -> Result<PeopleToLink, Error> {
        let snapshot = permit.snapshot(store)?;
        let mut reading = Reading::new(permit, &snapshot);
        let mut nameless = Vec::new();
        reading.read_all(&mut |number, facts| {
            if facts.names.is_empty() {
                nameless.push(number);
                return None;
            }
            Some(facts)
        })?;
        if !reading.numbers.is_empty() {
            for number in reading.ties.those_tied(&nameless) {
                reading.hold(number, String::new(), &PersonFacts::default());
            }
        }
        Ok(reading.finish())
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
        self.grouped_up_to(parameters, u32::MAX)
    }

    /// The same; more people than this under one key are not compared by that key.
    pub fn grouped_up_to(
        mut self,
        parameters: &Parameters,
        most: u32,
    ) -> Result<GroupedPeople, Error> {
        if parameters.fields != self.table.fields {
            return Err(Error::invalid(
                "parameters",
                "they were learnt for other kinds of fields than a store has",
            ));
        }
        prepare(&mut self.table, parameters);
        temper_by_own_counts(&mut self.table);
        let templates = parameters.templates.iter().map(|template| Template {
            most: template.most.min(most),
            ..template.clone()
        });
        let groups = Groups::of(
            &self.table,
            &templates.collect::<Vec<_>>(),
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

impl<'a> Reading<'a> {
    fn new(permit: &'a Permit, snapshot: &'a Snapshot<'a>) -> Reading<'a> {
        Reading {
            permit,
            snapshot,
            things: NamesOfThings {
                snapshot,
                places: FxHashMap::default(),
                nations: FxHashMap::default(),
            },
            table: Table::new(person_fields()),
            numbers: Vec::new(),
            public_ids: Vec::new(),
            ties: ReadTies::default(),
        }
    }

    fn read_all(&mut self, choose: Choose<'_>) -> Result<(), Error> {
        self.snapshot.copy(&mut |part| match part {
            CopyPart::Subject(subject) if subject.kind == SubjectKind::Person => {
                self.read_person(subject, choose)
            }
            _ => Ok(()),
        })
    }

    fn read_person(&mut self, subject: CopySubject, choose: Choose<'_>) -> Result<(), Error> {
        let mut facts = PersonFacts::default();
        let mut seen = false;
        for statement in subject.standing() {
            self.ties.note(subject.number, statement);
            let evidence = &statement.evidence;
            let visible = (self.permit.visibility()).sees(evidence.steward, evidence.seal);
            if visible && evidence.certainty != Certainty::Disproved {
                seen = true;
                add_fact(&mut facts, &statement.fact, &mut self.things)?;
            }
        }
        let held = seen.then(|| choose(subject.number, facts)).flatten();
        if let Some(facts) = held {
            self.hold(subject.number, subject.public_id, &facts);
        }
        Ok(())
    }

    fn hold(&mut self, number: u64, public_id: String, facts: &PersonFacts) {
        push_person(&mut self.table, facts);
        self.numbers.push(number);
        self.public_ids.push(public_id);
    }

    fn finish(mut self) -> PeopleToLink {
        self.table.settle();
        let came = self.table.came.iter().zip(0..);
        let places: FxHashMap<u64, u32> = came
            .map(|(came, place)| (self.numbers[*came as usize], place))
            .collect();
        let kin = self.ties.kin(&places, self.table.len());
        if !self.permit.visibility().sees_every(SealClass::Adoption) {
            keep_sides_apart(&mut self.table, &kin, &self.ties.sealed, &places);
        }
        PeopleToLink {
            table: self.table,
            kin,
            public_ids: self.public_ids,
            numbers: self.numbers,
            revision: self.snapshot.revision().sequence,
        }
    }
}

impl NamesOfThings<'_> {
    fn place(&mut self, id: PlaceId) -> Result<Option<String>, Error> {
        if let Some(known) = self.places.get(&id) {
            return Ok(known.clone());
        }
        let mut read = self.snapshot.places(&[id], &Visibility::all())?;
        let name = read.pop().flatten().map(|(_, place)| place.name);
        self.places.insert(id, name.clone());
        Ok(name)
    }

    fn nation(&mut self, id: NationId) -> Result<Option<String>, Error> {
        if let Some(known) = self.nations.get(&id) {
            return Ok(known.clone());
        }
        let mut read = self.snapshot.nations(&[id], &Visibility::all())?;
        let name = read.pop().flatten().map(|(_, nation)| nation.name);
        self.nations.insert(id, name.clone());
        Ok(name)
    }
}

fn add_fact(
    facts: &mut PersonFacts,
    fact: &Fact,
    things: &mut NamesOfThings<'_>,
) -> Result<(), Error> {
    let (place, nation) = things_of(fact);
    if let Some(place) = place {
        facts.places.extend(things.place(place)?);
    }
    if let Some(nation) = nation {
        facts.nations.extend(things.nation(nation)?);
    }
    add_own(facts, fact);
    Ok(())
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

    /// Those of some people who are an end of a tie. The people come in the order of their numbers.
    fn those_tied(&self, people: &[u64]) -> Vec<u64> {
        let lists = [&self.child_and_parent, &self.partners, &self.sealed];
        let ends = lists.into_iter().flatten().flat_map(|(a, b)| [*a, *b]);
        let mut tied: Vec<u64> = ends
            .filter(|end| people.binary_search(end).is_ok())
            .collect();
        tied.sort_unstable();
        tied.dedup();
        tied
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
