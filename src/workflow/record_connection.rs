//! A specialist found somebody: one call makes the person, the placeholder parents needed, the ties and the evidence.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PersonId, Revision};
use crate::model::lead::PersonSummary;
use crate::model::partial_date::{Day, PartialDate};
use crate::model::person::Gender;
use crate::model::statement::{Certainty, Source};
use crate::model::tie::Side;
use crate::store::Store;

/// What was found.
#[derive(Clone, Debug)]
pub struct RecordConnection {
    /// The child of the case.
    pub child: PersonId,
    /// "mother's brother", "maternal aunt", "auntie", "teacher".
    pub relation: String,
    pub side: Side,
    /// The name as written; empty for somebody not yet named.
    pub name: String,
    pub gender: Gender,
    pub birth: Option<PartialDate>,
    pub dead: Option<bool>,
    pub place: String,
    pub phone: String,
    pub email: String,
    pub note: String,
    pub certainty: Certainty,
    pub source: Source,
    /// Where the words were ambiguous before: the chosen reading.
    pub choice: String,
    /// Same id and payload: same answer.
    pub request_id: String,
    /// Check and tell how it would be understood, without recording it.
    pub validate_only: bool,
    pub today: Day,
}

/// One thing that was recorded, in words: "Rose Adams is recorded as a child of Mary Adams (reported)".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    pub words: String,
}

/// How Kinpath understood it.
#[derive(Clone, Debug)]
pub struct RecordedConnection {
    /// The person recorded; absent with `validate_only`.
    pub person: Option<PersonSummary>,
    /// What they are to the child: "maternal uncle".
    pub relation: String,
    pub conclusions: Vec<Conclusion>,
    /// People made only to hold the path: "mother's father, name unknown".
    pub placeholders: Vec<PersonSummary>,
    pub revision: Revision,
}

/// Records it in one commit. Ambiguous words are `Error::Ambiguous` with the choices.
pub fn record_connection(
    store: &Store,
    permit: &Permit,
    request: &RecordConnection,
) -> Result<RecordedConnection, Error> {
    let _ = (store, permit, request);
    todo!()
}
