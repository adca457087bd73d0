//! Everyone related to a person within a reach.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::PersonId;
use crate::model::lead::{PersonSummary, Relation};
use crate::model::partial_date::Day;
use crate::store::Store;

#[derive(Clone, Debug)]
pub struct ListRelatives {
    pub person: PersonId,
    /// Greatest civil degree, 1 to 12.
    pub degree: u8,
    pub as_of: Day,
}

/// A relative with every relation found, nearest first.
#[derive(Clone, Debug)]
pub struct Relative {
    pub person: PersonSummary,
    pub relations: Vec<Relation>,
}

/// Relatives by nearness, then by content.
pub fn list_relatives(
    store: &Store,
    permit: &Permit,
    question: &ListRelatives,
) -> Result<Vec<Relative>, Error> {
    let _ = (store, permit, question);
    todo!()
}
