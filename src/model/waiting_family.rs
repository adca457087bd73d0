//! Approved households that wait for a child.

use super::ids::{PersonId, PlaceId};
use super::partial_date::PartialDate;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ApprovalState {
    Approved,
    InStudy,
    Withdrawn,
}

impl ApprovalState {
    pub const ALL: [ApprovalState; 3] = [
        ApprovalState::Approved,
        ApprovalState::InStudy,
        ApprovalState::Withdrawn,
    ];

    pub fn word(self) -> &'static str {
        match self {
            ApprovalState::Approved => "approved",
            ApprovalState::InStudy => "in_study",
            ApprovalState::Withdrawn => "withdrawn",
        }
    }
}

/// How far a family answers to a kind of need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Acceptance {
    Accept,
    WouldConsider,
    Decline,
}

/// A waiting family's profile. What is `None` or absent was not answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WaitingFamily {
    pub name: String,
    pub members: Vec<PersonId>,
    pub approval: Option<ApprovalState>,
    pub approved_on: Option<PartialDate>,
    pub approval_expires: Option<PartialDate>,
    /// How many more children the family can take.
    pub capacity: Option<u8>,
    /// Youngest and oldest age accepted, in whole years.
    pub age_from: Option<u8>,
    pub age_to: Option<u8>,
    pub on_hold: Option<bool>,
    pub place: Option<PlaceId>,
    pub languages: Vec<String>,
    /// Acceptance by need category and level accepted (0 to 3).
    pub accepts: Vec<(String, u8, Acceptance)>,
    pub last_confirmed: Option<PartialDate>,
}
