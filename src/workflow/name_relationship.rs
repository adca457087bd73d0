//! What one person is to another.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::PersonId;
use crate::model::lead::{PersonSummary, Relation};
use crate::model::partial_date::Day;
use crate::store::Store;

/// All relations between two people.
#[derive(Clone, Debug)]
pub struct NameRelationship {
    pub a: PersonSummary,
    pub b: PersonSummary,
    /// Nearest first; each reads "b is the … of a". Empty if they are not known to be related.
    pub relations: Vec<Relation>,
    /// Malécot's coefficient of kinship over the recorded birth parents: the chance that one gene drawn from each is
    /// the same by descent.
    pub kinship_coefficient: f64,
    /// What does not add up in the records on the way.
    pub contradictions: Vec<String>,
}

/// Names every relation of `b` to `a`, on a day.
pub fn name_relationship(
    store: &Store,
    permit: &Permit,
    a: PersonId,
    b: PersonId,
    as_of: Day,
) -> Result<NameRelationship, Error> {
    let _ = (store, permit, a, b, as_of);
    todo!()
}
