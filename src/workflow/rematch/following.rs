//! Following changes run by run: each comes at least once, and whoever was away too long is told so.

use super::told::{NightChanges, ToldChild, night_changes};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::PersonId;
use crate::model::rematch::{Run, RunNumber, RunState};
use crate::store::Store;

/// How far a watcher has been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowedChanges {
    pub run: RunNumber,
    /// The last child of it.
    pub child: PersonId,
}

/// Up to now.
pub fn last_followed(store: &Store, permit: &Permit) -> Result<FollowedChanges, Error> {
    let last = permit.snapshot(store)?.last_rematch()?;
    Ok(FollowedChanges {
        run: last.map_or(RunNumber(0), |last| last.number),
        child: PersonId(u64::MAX),
    })
}

/// The next changes after what was told, of one run at a time, and how far that leads. `Error::OutOfRange` where runs are
/// no longer kept that were not told.
pub fn follow_night_changes(
    store: &Store,
    permit: &Permit,
    whose: &NightChanges,
    after: FollowedChanges,
) -> Result<(Vec<(Run, ToldChild)>, FollowedChanges), Error> {
    let present = permit.snapshot(store)?;
    // Most looks find nothing: those read no more than this.
    let newest = present.rematch_runs(None, 1)?;
    let is_last = newest.first().is_some_and(|run| run.number == after.run);
    if is_last && after.child == PersonId(u64::MAX) {
        return Ok((Vec::new(), after));
    }
    let mut runs = present.rematch_runs(None, usize::MAX)?;
    runs.reverse();
    let is_kept = runs.iter().any(|run| run.number == after.run);
    let oldest = runs.first().map(|run| run.number);
    let from_the_start = after.run == RunNumber(0) && oldest.is_none_or(|oldest| oldest.0 == 1);
    if !is_kept && !from_the_start {
        return Err(Error::OutOfRange {
            field: "resume_token".to_owned(),
            reason: "what changed since is no longer kept run by run: list the changes of the \
                     last night, then watch from now on"
                .to_owned(),
        });
    }
    let mut at = after;
    for run in runs.into_iter().filter(|run| run.number >= after.run) {
        if run.state == RunState::Running {
            break;
        }
        let is_same = run.number == after.run;
        let from = match (is_same, after.child.0.checked_add(1)) {
            (true, None) => continue,
            (true, Some(next)) => PersonId(next),
            (false, _) => PersonId(0),
        };
        at = FollowedChanges {
            run: run.number,
            child: PersonId(u64::MAX),
        };
        if run.state != RunState::Done {
            continue;
        }
        let question = NightChanges {
            run: Some(run.number),
            untold_only: true,
            from,
            ..whose.clone()
        };
        let told = night_changes(store, permit, &question)?;
        if let Some(next) = told.next {
            at.child = PersonId(next.0.saturating_sub(1));
        }
        if !told.children.is_empty() {
            let children = told.children.into_iter();
            let told = children.map(|child| (told.run.clone(), child));
            return Ok((told.collect(), at));
        }
    }
    Ok((Vec::new(), at))
}
