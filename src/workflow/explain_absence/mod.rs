//! Why a person or family is no lead for a child: the tier they would be in, every rule that excludes them, and the
//! cheapest change that admits them. It asks the same walk and the same rules as FindFamily, so that both always agree.

mod families;
mod nearest_link;
mod people;

use super::find_family::gather::gather;
use super::find_family::{FindFamily, order_used};
use super::relations::summary;
use crate::access::Permit;
use crate::error::Error;
use crate::model::absence::{AbsenceAnswer, Obstacle, PersonOrFamily, Standing};
use crate::model::case::Purpose;
use crate::model::ids::PersonId;
use crate::model::lead::LeadTarget;
use crate::model::partial_date::Day;
use crate::store::{Snapshot, Store};

/// The question.
#[derive(Clone, Debug)]
pub struct ExplainAbsence {
    pub child: PersonId,
    pub who: PersonOrFamily,
    pub purpose: Purpose,
    pub as_of: Day,
    /// The placement order's id; nothing means the one that the case or the rules name.
    pub order: Option<String>,
}

/// Where somebody stands on one day.
struct Evaluation {
    who: LeadTarget,
    relation: String,
    /// 0 where no tier holds them.
    tier: u32,
    standing: Standing,
}

/// How often a later day is tried: after each wait something else may stand in the way.
const DAYS_TRIED: usize = 4;

/// Answers for any person or family that the caller may see. Whoever they may not see is not there.
pub fn explain_absence(
    store: &Store,
    permit: &Permit,
    question: &ExplainAbsence,
) -> Result<AbsenceAnswer, Error> {
    let snapshot = permit.snapshot(store)?.as_of(question.as_of);
    let gathered = gather(&snapshot, permit, &as_search(question))?;
    let mut found = match question.who {
        PersonOrFamily::Person(person) => {
            people::evaluate(&snapshot, permit, &gathered, question, person)?
        }
        PersonOrFamily::Family(family) => {
            families::evaluate(&snapshot, permit, &gathered, question, family)?
        }
    };
    if let Standing::Absent {
        obstacles, changes, ..
    } = &mut found.standing
    {
        let together = Together::of(store, permit, question, obstacles)?;
        *changes = together.changes();
    }
    let tiers = &gathered.order.tiers;
    let title = tiers.iter().find(|tier| tier.number == found.tier);
    Ok(AbsenceAnswer {
        child: summary(gathered.child(), question.as_of),
        who: found.who,
        relation: found.relation,
        purpose: question.purpose,
        as_of: question.as_of,
        revision: snapshot.revision(),
        order: order_used(&gathered.chosen),
        tier: found.tier,
        tier_title: title.map_or_else(String::new, |tier| tier.title.clone()),
        standing: found.standing,
    })
}

/// The search that would show them: the same order, walk and case.
fn as_search(question: &ExplainAbsence) -> FindFamily {
    FindFamily {
        child: question.child,
        purpose: question.purpose,
        as_of: question.as_of,
        order: question.order.clone(),
        leads_per_tier: usize::MAX,
        excluded_offset: 0,
        excluded_limit: 0,
    }
}

/// What together takes every obstacle away.
struct Together {
    /// Obstacles that time takes away, then those left after that.
    obstacles: Vec<Obstacle>,
}

impl Together {
    /// Waits first, as nothing is cheaper; what stands in the way on that day is asked again, because more than one thing
    /// may change with time.
    fn of(
        store: &Store,
        permit: &Permit,
        question: &ExplainAbsence,
        obstacles: &[Obstacle],
    ) -> Result<Together, Error> {
        let mut waited = Vec::new();
        let mut left = obstacles.to_vec();
        for _ in 0..DAYS_TRIED {
            let by_time = |obstacle: &Obstacle| waits_until(obstacle).is_some();
            let (now, others): (Vec<_>, Vec<_>) = left.into_iter().partition(by_time);
            left = others;
            let Some(day) = now.iter().filter_map(waits_until).max() else {
                break;
            };
            waited.extend(now);
            left = obstacles_on(store, permit, question, day)?;
        }
        waited.extend(left);
        Ok(Together { obstacles: waited })
    }

    /// The changes, cheapest first; none where one of the obstacles stays whatever is done.
    fn changes(self) -> Vec<crate::model::absence::Change> {
        let all: Option<Vec<_>> = self
            .obstacles
            .into_iter()
            .map(|obstacle| obstacle.change)
            .collect();
        let mut changes = all.unwrap_or_default();
        changes.sort_by_key(|change| change.kind);
        changes.dedup();
        changes
    }
}

fn waits_until(obstacle: &Obstacle) -> Option<Day> {
    use crate::model::absence::ChangeKind;
    let change = obstacle.change.as_ref()?;
    change.from.filter(|_| change.kind == ChangeKind::Time)
}

/// What stands in the way on a later day.
fn obstacles_on(
    store: &Store,
    permit: &Permit,
    question: &ExplainAbsence,
    day: Day,
) -> Result<Vec<Obstacle>, Error> {
    let later = ExplainAbsence {
        as_of: day,
        ..question.clone()
    };
    let snapshot: Snapshot<'_> = permit.snapshot(store)?.as_of(day);
    let gathered = gather(&snapshot, permit, &as_search(&later))?;
    let found = match later.who {
        PersonOrFamily::Person(person) => {
            people::evaluate(&snapshot, permit, &gathered, &later, person)?
        }
        PersonOrFamily::Family(family) => {
            families::evaluate(&snapshot, permit, &gathered, &later, family)?
        }
    };
    Ok(match found.standing {
        Standing::Lead { .. } => Vec::new(),
        Standing::Absent { obstacles, .. } => obstacles,
    })
}
