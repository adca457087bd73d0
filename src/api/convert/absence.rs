//! Why somebody is no lead, and what would help.

use super::lead::excluded;
use crate::api::v1;
use crate::model::absence::{Change, ChangeKind, NearMiss, Obstacle};
use crate::model::partial_date::Day;

/// One rule that excludes.
pub fn obstacle(obstacle: &Obstacle) -> v1::AbsenceObstacle {
    v1::AbsenceObstacle {
        rule: obstacle.rule.clone(),
        reason: obstacle.reason.clone(),
        change: obstacle.change.as_ref().map(admitting_change),
    }
}

/// What would take a rule away.
pub fn admitting_change(change: &Change) -> v1::AdmittingChange {
    v1::AdmittingChange {
        kind: v1::AdmittingChangeKind::from(change.kind).into(),
        words: change.words.clone(),
        from: change.from.map_or_else(String::new, |day| day.to_string()),
    }
}

/// Somebody who is nearly a lead.
pub fn near_miss(miss: &NearMiss, on: Day) -> v1::NearMiss {
    v1::NearMiss {
        excluded: Some(excluded(&miss.excluded, on)),
        change: Some(admitting_change(&miss.change)),
    }
}

impl From<ChangeKind> for v1::AdmittingChangeKind {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Time => Self::Time,
            ChangeKind::Answer => Self::Answer,
            ChangeKind::Record => Self::Record,
            ChangeKind::Decision => Self::Decision,
        }
    }
}
