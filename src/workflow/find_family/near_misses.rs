//! Those whom one rule excludes that time alone takes away soon: a cousin who comes of age in spring, an aunt who may be
//! asked again in a month.

use super::belonging::Heritage;
use super::gather::Gathered;
use super::show::person_left_out;
use super::tiers::{Assigned, Placing};
use crate::access::Permit;
use crate::error::Error;
use crate::model::absence::NearMiss;
use crate::model::case::Purpose;
use crate::placement::eligibility::obstacles;

/// How far ahead is looked, in months. A planning horizon of ours: a year of case reviews.
const MONTHS_AHEAD: i32 = 12;

/// The rules that a day ends.
const ENDED_BY_TIME: [&str; 3] = ["not_born", "minor", "declined"];

/// They stay among the excluded: a near miss is no lead.
pub fn near_misses(
    gathered: &Gathered,
    permit: &Permit,
    assigned: &Assigned<'_>,
    purpose: Purpose,
) -> Result<Vec<NearMiss>, Error> {
    let heritage = Heritage::of(gathered.child());
    let last = gathered.as_of.months_after(MONTHS_AHEAD);
    let mut near = Vec::new();
    let by_time = assigned
        .excluded
        .iter()
        .filter(|left_out| left_out.tier > 0 && ENDED_BY_TIME.contains(&left_out.rule));
    for left_out in by_time {
        permit.go_on()?;
        let person = &assigned.people[left_out.position];
        let candidate = Placing::of(gathered, &heritage, person).candidate;
        let mut all = obstacles(&candidate, purpose, gathered.order, gathered.as_of);
        let only = all.pop().filter(|_| all.is_empty());
        let Some(change) = only.and_then(|obstacle| obstacle.change) else {
            continue;
        };
        if change.from.is_some_and(|day| day <= last) {
            near.push(NearMiss {
                excluded: person_left_out(gathered, assigned, left_out),
                change,
            });
        }
    }
    // The excluded stand by content; sorting keeps that order among equals.
    near.sort_by_key(|miss| miss.change.from);
    Ok(near)
}
