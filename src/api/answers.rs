//! Answers requests from a store on behalf of one caller: message in, message out, no network. The gRPC services and the
//! command line on a local store both ask here, so that both give the same answer.

use super::convert::{day_or, person_reference};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::PersonId;
use crate::model::partial_date::Day;
use crate::store::Store;
use crate::workflow::resolve_person;
use std::sync::Arc;

/// Whose questions are answered, from which store, on which day. The methods stand with their services.
#[derive(Clone)]
pub struct Answers {
    pub(super) store: Arc<Store>,
    pub(super) permit: Permit,
    pub(super) today: Day,
}

impl Answers {
    /// Answers for this caller; `today` is the day that questions without a day are for.
    pub fn new(store: Arc<Store>, permit: Permit, today: Day) -> Answers {
        Answers {
            store,
            permit,
            today,
        }
    }

    /// The person that a field of a request stands for.
    pub(super) fn person(&self, field: &str, value: &str) -> Result<PersonId, Error> {
        let reference = person_reference(field, value)?;
        resolve_person(&self.store, &self.permit, field, reference)
    }

    /// The day that a request is for.
    pub(super) fn day(&self, text: &str) -> Result<Day, Error> {
        day_or("as_of", text, self.today)
    }
}
