//! A run before, to be asked again: what it would have answered, and what happened since.

use super::causes::{Scene, explain};
use super::dates::Days;
use super::evidence::{Since, events};
use super::matching::{Matched, Told, tell_child};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::PersonId;
use crate::model::rematch::{
    Cause, Changed, ChildList, ListChange, Run, RunNumber, Standing, Target,
};
use crate::store::{Snapshot, Store};
use std::collections::BTreeSet;

/// A run before.
pub struct Earlier<'a> {
    permit: &'a Permit,
    /// The moment of the run now.
    now: &'a Snapshot<'a>,
    days: Days,
    run: Run,
    moment: Snapshot<'a>,
    /// The subjects touched since.
    changed: BTreeSet<u64>,
    /// What has another version now.
    policies: Vec<Cause>,
}

impl<'a> Earlier<'a> {
    /// Reads it; nothing if it is no longer kept.
    pub fn read(
        store: &'a Store,
        permit: &'a Permit,
        now: &'a Snapshot<'a>,
        of: &Run,
        number: RunNumber,
    ) -> Result<Option<Earlier<'a>>, Error> {
        let Some(run) = now.rematch_run(number)? else {
            return Ok(None);
        };
        let present = permit.snapshot(store)?;
        let changed = present.changed_after(run.revision)?;
        let moment = present.known_on(run.revision)?.as_of(run.as_of);
        let policies = of.policy.iter();
        let policies = policies.filter(|known| !run.policy.contains(known));
        let policies = policies.map(|(name, version)| Cause::Policy {
            name: name.clone(),
            version: version.clone(),
        });
        Ok(Some(Earlier {
            permit,
            now,
            days: Days {
                after: run.as_of,
                until: of.as_of,
            },
            policies: policies.collect(),
            run,
            moment,
            changed,
        }))
    }

    /// Puts in the causes, and who was a near miss.
    pub fn explain(
        &self,
        (child, old): (PersonId, &ChildList),
        matched: Option<&Matched>,
        told: &mut [ListChange],
    ) -> Result<(), Error> {
        let was = match old.waits {
            true => tell_child(&self.moment, self.permit, child, self.run.as_of).map(Some),
            false => Ok(None),
        };
        let was = match was {
            Err(Error::Cancelled { reason }) => return Err(Error::Cancelled { reason }),
            // What cannot be worked out any more explains nothing; the change itself stands.
            Err(_) => None,
            Ok(was) => was,
        };
        let mut read: BTreeSet<u64> = targets(told).collect();
        read.extend(was.iter().flat_map(|(_, read)| read));
        read.extend(matched.iter().flat_map(|matched| &matched.read));
        let since = Since {
            revision: self.run.revision,
            days: self.days,
            changed: &self.changed,
        };
        let events = events(self.now, self.permit, &read, &since)?;
        let was = was.map(|(was, _)| was);
        let now = matched.and_then(|matched| matched.told.as_ref());
        let scene = Scene {
            events: &events,
            answers: [was.as_ref(), now].map(|told| told.map(|told| &told.answer)),
            policies: &self.policies,
        };
        if let Some(was) = &was {
            mark_near_misses(told, was);
        }
        explain(told, &scene);
        Ok(())
    }
}

/// Whoever is suggested now and was left out by one rule alone.
fn mark_near_misses(told: &mut [ListChange], was: &Told) {
    for change in told {
        let Changed::Standing {
            target,
            before,
            after: Standing::Lead { .. },
        } = &mut change.what
        else {
            continue;
        };
        match (&*before, &*target) {
            (Standing::Absent, Target::WaitingFamily(family)) if was.near.contains(family) => {
                *before = Standing::NearMiss(None);
            }
            (Standing::Excluded(left_out), Target::Person(_)) => {
                let mut near = was.answer.near_misses.iter();
                if near.any(|miss| super::telling::is(&miss.excluded.target, *target)) {
                    *before = Standing::NearMiss(Some(*left_out));
                }
            }
            _ => {}
        }
    }
}

/// The numbers of those of whom changes are told.
fn targets(told: &[ListChange]) -> impl Iterator<Item = u64> + '_ {
    told.iter().filter_map(|change| match change.what {
        Changed::Standing { target, .. } => Some(target.subject().number()),
        _ => None,
    })
}
