//! People by name: exact or by the beginning of a name.

use crate::access::Permit;
use crate::error::Error;
use crate::model::lead::PersonSummary;
use crate::store::Store;

#[derive(Clone, Debug)]
pub struct SearchPeople {
    pub name: String,
    /// At most this many, 1 to 1000.
    pub limit: usize,
}

/// People one of whose names, folded, begins with the text; whole matches first, then by name.
pub fn search_people(
    store: &Store,
    permit: &Permit,
    question: &SearchPeople,
) -> Result<Vec<PersonSummary>, Error> {
    let _ = (store, permit, question);
    todo!()
}
