//! Who could belong to this child, in the prescribed order.

use crate::access::Permit;
use crate::error::Error;
use crate::model::case::Purpose;
use crate::model::ids::PersonId;
use crate::model::lead::FamilyAnswer;
use crate::model::partial_date::Day;
use crate::store::Store;

/// The question.
#[derive(Clone, Debug)]
pub struct FindFamily {
    pub child: PersonId,
    pub purpose: Purpose,
    /// The date the answer is for: ages, ends of ties and ask-again dates are taken on this day.
    pub as_of: Day,
    /// The placement order's id; nothing means the case's, else the default.
    pub order: Option<String>,
    /// At most this many leads of each tier are returned (all are counted).
    pub leads_per_tier: usize,
    /// Which of the excluded to return.
    pub excluded_offset: usize,
    pub excluded_limit: usize,
}

/// Answers the question whole, or fails.
pub fn find_family(
    store: &Store,
    permit: &Permit,
    question: &FindFamily,
) -> Result<FamilyAnswer, Error> {
    let _ = (store, permit, question);
    todo!()
}
