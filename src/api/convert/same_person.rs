//! Same-person links as messages.

use crate::api::v1;
use crate::model::same_person::{LinkReason, SamePersonLink, Verdict};

impl From<Verdict> for v1::Verdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Undecided => Self::Undecided,
            Verdict::Same => Self::Same,
            Verdict::Different => Self::Different,
        }
    }
}

/// What a statement says of two records.
pub fn same_person_tie(link: &SamePersonLink, other: String) -> v1::SamePersonTie {
    v1::SamePersonTie {
        other,
        probability: link.probability.map(|probability| probability.value()),
        reasons: link.reasons.iter().map(link_reason).collect(),
        parameters: link.parameters.clone(),
        verdict: v1::Verdict::from(link.verdict).into(),
        verdict_reason: link.verdict_reason.clone(),
    }
}

/// How one field compares.
pub fn link_reason(reason: &LinkReason) -> v1::LinkReason {
    v1::LinkReason {
        field: reason.field.clone(),
        agreement: reason.agreement.clone(),
        weight: reason.weight.bits(),
        words: reason.words.clone(),
    }
}
