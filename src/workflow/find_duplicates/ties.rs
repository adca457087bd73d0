//! The ties of everybody as they were read: what they say of pairs, and whom sealed adoptions keep apart.

use crate::linkage::{Kin, Table, pair_key};
use crate::model::statement::{Certainty, Fact, SealClass, Statement};
use rustc_hash::FxHashMap;

/// The ties of people by their numbers.
#[derive(Default)]
pub struct ReadTies {
    child_and_parent: Vec<(u64, u64)>,
    partners: Vec<(u64, u64)>,
    /// Child and parent of sealed adoptions, and records linked under such a seal.
    sealed: Vec<(u64, u64)>,
}

impl ReadTies {
    pub fn note(&mut self, subject: u64, statement: &Statement) {
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

    pub fn append(&mut self, more: ReadTies) {
        self.child_and_parent.extend(more.child_and_parent);
        self.partners.extend(more.partners);
        self.sealed.extend(more.sealed);
    }

    /// Those of some people who are an end of a tie. The people come in the order of their numbers.
    pub fn those_tied(&self, people: &[u64]) -> Vec<u64> {
        let lists = [&self.child_and_parent, &self.partners, &self.sealed];
        let ends = lists.into_iter().flatten().flat_map(|(a, b)| [*a, *b]);
        let mut tied: Vec<u64> = ends
            .filter(|end| people.binary_search(end).is_ok())
            .collect();
        tied.sort_unstable();
        tied.dedup();
        tied
    }

    /// The same by places in a table.
    pub fn kin(&self, places: &FxHashMap<u64, u32>, records: usize) -> Kin {
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

    /// No record near the adopted child may meet one near the parent of whom the seal keeps it apart: each side is the
    /// record itself and everybody within two open ties.
    pub fn keep_sides_apart(&self, table: &mut Table, kin: &Kin, places: &FxHashMap<u64, u32>) {
        for (child, parent) in &self.sealed {
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
