//! Everything recorded of one person, each statement with its source.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{ExternalId, PersonId, Revision};
use crate::model::lead::PersonSummary;
use crate::model::partial_date::PartialDate;
use crate::model::statement::{Certainty, SealClass, Source};
use crate::store::Store;

/// One statement in words.
#[derive(Clone, Debug)]
pub struct ShownStatement {
    /// "name", "birth", "parent", "union", …
    pub kind: String,
    /// "Mary Joseph is the (birth) mother".
    pub words: String,
    pub certainty: Certainty,
    pub valid_from: Option<PartialDate>,
    pub valid_to: Option<PartialDate>,
    pub seal: SealClass,
    pub source: Source,
    pub recorded_in: Revision,
}

#[derive(Clone, Debug)]
pub struct PersonRecord {
    pub person: PersonSummary,
    pub external_ids: Vec<ExternalId>,
    pub statements: Vec<ShownStatement>,
    /// Changes with every change of the record.
    pub etag: String,
}

/// Everything the caller may see of a person; `known_on` asks for what was known after that revision.
pub fn show_person(
    store: &Store,
    permit: &Permit,
    person: PersonId,
    known_on: Option<Revision>,
) -> Result<PersonRecord, Error> {
    let _ = (store, permit, person, known_on);
    todo!()
}
