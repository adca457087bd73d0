//! Same-person links as messages.

use super::person::{date, person_summary, source};
use super::request::revision_text;
use super::written_words::NotTold;
use crate::api::v1;
use crate::model::lead::OtherRecord;
use crate::model::neighborhood::JoinedRecord;
use crate::model::partial_date::Day;
use crate::model::same_person::{LinkReason, Probability, SamePersonLink, Verdict};
use crate::workflow::{KnownCandidate, ProbablyKnown, ShownLink};

impl From<Verdict> for v1::Verdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Undecided => Self::Undecided,
            Verdict::Same => Self::Same,
            Verdict::Different => Self::Different,
        }
    }
}

impl TryFrom<v1::Verdict> for Verdict {
    type Error = NotTold;

    fn try_from(value: v1::Verdict) -> Result<Self, NotTold> {
        match value {
            v1::Verdict::Undecided => Ok(Verdict::Undecided),
            v1::Verdict::Same => Ok(Verdict::Same),
            v1::Verdict::Different => Ok(Verdict::Different),
            v1::Verdict::Unspecified => Err(NotTold),
        }
    }
}

/// A link with its two records, with ages on a day.
pub fn same_person_link(shown: &ShownLink, on: Day) -> v1::SamePersonLink {
    let link = &shown.link;
    let subject = format!("people/{}", shown.one.public_id);
    v1::SamePersonLink {
        one: Some(person_summary(&shown.one, on)),
        other: Some(person_summary(&shown.other, on)),
        probability: link.probability.map(Probability::value),
        reasons: link.reasons.iter().map(link_reason).collect(),
        parameters: link.parameters.clone(),
        verdict: v1::Verdict::from(link.verdict).into(),
        verdict_reason: link.verdict_reason.clone(),
        source: source(&shown.source),
        statement: format!("{subject}/statements/{}", shown.statement),
        words: shown.words.clone(),
        recorded_in: revision_text(shown.recorded_in),
        etag: shown.etag.clone(),
    }
}

/// What a statement says of two records.
pub fn same_person_tie(link: &SamePersonLink, other: String) -> v1::SamePersonTie {
    v1::SamePersonTie {
        other,
        probability: link.probability.map(Probability::value),
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

/// A record that was decided to be of the same person.
pub fn joined_record(record: &JoinedRecord) -> v1::OtherRecord {
    v1::OtherRecord {
        name: format!("people/{}", record.public_id),
        display_name: record.name.clone(),
        birth: record.birth.map(date),
        verdict: v1::Verdict::Same.into(),
        ..v1::OtherRecord::default()
    }
}

/// Another record of a lead.
pub fn other_record(other: &OtherRecord) -> v1::OtherRecord {
    v1::OtherRecord {
        verdict: v1::Verdict::from(other.verdict).into(),
        probability: other.probability.map(Probability::value),
        reasons: other.reasons.iter().map(link_reason).collect(),
        verdict_reason: other.verdict_reason.clone(),
        ..joined_record(&other.record)
    }
}

/// Somebody in a file who is probably recorded already.
pub fn probably_known(known: &ProbablyKnown) -> v1::ProbablyKnown {
    v1::ProbablyKnown {
        external_id: known.external_id.to_string(),
        display_name: known.name.clone(),
        candidates: known.candidates.iter().map(known_candidate).collect(),
    }
}

fn known_candidate(candidate: &KnownCandidate) -> v1::OtherRecord {
    v1::OtherRecord {
        name: format!("people/{}", candidate.public_id),
        display_name: candidate.name.clone(),
        birth: candidate.birth.map(date),
        verdict: v1::Verdict::Undecided.into(),
        probability: Some(candidate.probability.value()),
        reasons: candidate.reasons.iter().map(link_reason).collect(),
        ..v1::OtherRecord::default()
    }
}
