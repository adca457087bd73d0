//! What all evidence says of two people: their fields, their ties, and given names of their own. The same for a whole store
//! and for one record that was just written.

use super::kin::{Kin, KinEvidence};
use super::learning::OwnCounts;
use super::name_levels::has_other_given_names;
use super::parameters::{Model, Parameters};
use super::score::{FieldEvidence, PersonFacts, explain, person_fields, prepare, push_person};
use super::table::Table;

/// What it costs, in bits, that each record has a given name of its own.
const OTHER_GIVEN_NAMES: f64 = -6.0;

/// Log odds in bits of two records of a table whose fields alone gave `odds`, with what ties and given names say. Nothing
/// where ties tell that they are two people.
pub fn odds_with_kin(table: &Table, kin: &Kin, a: u32, b: u32, odds: f64) -> Option<f64> {
    match kin.evidence(table, a, b) {
        KinEvidence::Apart(_) => None,
        KinEvidence::Bits(bits, _) => Some(odds + bits + of_given_names(table, a, b)),
    }
}

fn of_given_names(table: &Table, a: u32, b: u32) -> f64 {
    if has_other_given_names(table, a as usize, b as usize) {
        OTHER_GIVEN_NAMES
    } else {
        0.0
    }
}

/// The reasons for what [`odds_with_kin`] says.
pub fn reasons_with_kin(
    table: &Table,
    model: &Model,
    kin: &Kin,
    a: u32,
    b: u32,
) -> Vec<FieldEvidence> {
    let mut reasons = explain(table, model, a as usize, b as usize).reasons;
    let given = of_given_names(table, a, b);
    if given != 0.0 {
        reasons.push(FieldEvidence {
            field: "other given names".to_owned(),
            level: 1,
            weight: given,
            words: "each has a given name unlike all of the other's".to_owned(),
        });
    }
    if let KinEvidence::Bits(bits, words) = kin.evidence(table, a, b)
        && bits != 0.0
    {
        reasons.push(FieldEvidence {
            field: "kin".to_owned(),
            level: 1,
            weight: bits,
            words: words.to_owned(),
        });
    }
    reasons
}

/// Compares a few people by frozen parameters as they would be compared in a store of `records` people, in which words are
/// as common as `counts` says.
pub struct Few<'p> {
    parameters: &'p Parameters,
    counts: &'p OwnCounts,
    model: Model,
}

/// A few people in a table, ready to be compared.
pub struct FewPeople<'f> {
    few: &'f Few<'f>,
    pub table: Table,
}

impl<'p> Few<'p> {
    pub fn new(parameters: &'p Parameters, counts: &'p OwnCounts, records: u64) -> Few<'p> {
        Few {
            parameters,
            counts,
            model: parameters.model_for(records),
        }
    }

    /// People in the order given.
    pub fn people<'f>(&'f self, people: &[&PersonFacts]) -> FewPeople<'f> {
        let mut table = Table::new(person_fields());
        for facts in people {
            push_person(&mut table, facts);
        }
        prepare(&mut table, self.parameters);
        self.counts.temper(&mut table);
        FewPeople { few: self, table }
    }
}

impl FewPeople<'_> {
    /// Log odds in bits by the fields alone; nothing below `least`.
    pub fn odds(&self, a: u32, b: u32, least: f64) -> Option<f64> {
        let model = &self.few.model;
        let compared = model.compare(&self.table, a as usize, b as usize, least);
        compared.map(|(_, odds)| odds)
    }

    /// Why two records are, or are not, one person.
    pub fn reasons(&self, kin: &Kin, a: u32, b: u32) -> Vec<FieldEvidence> {
        reasons_with_kin(&self.table, &self.few.model, kin, a, b)
    }
}
