//! Relations and paths.

use super::person::{date, person_named, person_summary, source};
use super::same_person::link_reason;
use crate::api::v1;
use crate::model::lead::{PathStep, Relation};
use crate::model::partial_date::Day;
use crate::model::same_person::Probability;

/// A relation, with ages on a day.
pub fn relation(relation: &Relation, on: Day) -> v1::Relation {
    v1::Relation {
        words: relation.words.clone(),
        term: relation.term.clone(),
        side: v1::Side::from(relation.side).into(),
        line: v1::RelationLine::from(relation.line).into(),
        sibship: v1::Sibship::from(relation.sibship).into(),
        generations_up: Some(relation.up.into()),
        generations_down: Some(relation.down.into()),
        civil_degree: Some(relation.civil_degree.into()),
        unions: Some(relation.unions.into()),
        common_ancestors: relation
            .common_ancestors
            .iter()
            .map(|person| person_summary(person, on))
            .collect(),
        path: path(&relation.path),
        certainty: Some(relation.certainty),
    }
}

/// The steps of a path.
pub fn path(steps: &[PathStep]) -> Vec<v1::PathStep> {
    steps.iter().map(path_step).collect()
}

fn path_step(step: &PathStep) -> v1::PathStep {
    v1::PathStep {
        person: Some(person_named(&step.person)),
        words: step.words.clone(),
        certainty: v1::Certainty::from(step.certainty).into(),
        valid_from: step.from.map(date),
        valid_to: step.to.map(date),
        source: source(&step.source),
        link: step.link.as_ref().map(|link| v1::PathLink {
            probability: link.probability.map(Probability::value),
            verdict: v1::Verdict::from(link.verdict).into(),
            reasons: link.reasons.iter().map(link_reason).collect(),
        }),
    }
}
