//! Between two nights: only those whom something recorded since can touch are matched again, for the date of the last
//! night and by its policy. Few are done at once, in one commit; many part by part, and gone on with if cut off.

use super::night::{Before, Night};
use super::readers::Readers;
use super::run::{Rematch, alone, end_cancelled, policy, threads};
use super::touched::Touched;
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::PersonId;
use crate::model::rematch::{Run, RunCounts, RunNumber, RunScope, RunState};
use crate::store::{RematchAlone, Snapshot, Store};

/// At most so many children are done in one commit.
pub const LOCAL_CHANGE: usize = 1000;

/// Matches again whom something recorded since the last run can touch. Nothing comes of it before the first night, where
/// nothing that was recorded changes a list, and where a policy is another than that of the last night: then the next night
/// sees to everyone. `readers` is kept from call to call; begin with nothing.
pub fn rematch_touched(
    store: &Store,
    permit: &Permit,
    how: &Rematch,
    readers: &mut Option<Readers>,
    progress: &mut dyn FnMut(&Run),
) -> Result<Option<Run>, Error> {
    let alone = alone(store)?;
    let present = permit.snapshot(store)?;
    if let Some(run) = cut_off(&present, &alone, how)? {
        *readers = None;
        return go_on(store, permit, &alone, run, how, progress).map(Some);
    }
    let Some(last) = present.last_rematch()? else {
        return Ok(None);
    };
    if last.policy != policy()? {
        return Ok(None);
    }
    if !present.imports_at_rest()? {
        return Err(Error::Unavailable {
            reason: "an import is not finished: finish it or take it back first".to_owned(),
        });
    }
    let known = match readers.take().filter(|known| known.run == last.number) {
        Some(known) => known,
        None => Readers::read(&present, last.number, last.revision)?,
    };
    let known = readers.insert(known);
    let head = present.revision();
    if known.seen == head {
        return Ok(None);
    }
    let moment = present.as_of(last.as_of);
    let touched = Touched::since(&moment, permit, known.seen)?;
    let children: Vec<PersonId> = known.touched_by(&touched).into_iter().collect();
    if children.is_empty() {
        known.seen = head;
        return Ok(None);
    }
    let mut run = begun(&moment, &last, children.len(), how)?;
    if children.len() > LOCAL_CHANGE {
        alone.put_run(&run)?;
        drop(moment);
        *readers = None;
        return go_on(store, permit, &alone, run, how, progress).map(Some);
    }
    let chunk = {
        let before = Before::between(&known.outcomes);
        let night = Night::new(store, permit, &moment, &run, before);
        night.part(&threads(how.threads)?, 0, &children)?
    };
    known.seen = head;
    if chunk.results.is_empty() && chunk.counts.failed == 0 {
        return Ok(None);
    }
    run.counts = run.counts.plus(chunk.counts);
    run.state = RunState::Done;
    run.ended = Some(how.now);
    alone.put_chunk(&run, &chunk)?;
    known.take_in(run.number, &chunk);
    progress(&run);
    Ok(Some(run))
}

/// A run between nights that was cut off. One by another policy is given up: the next night sees to everyone.
fn cut_off(
    present: &Snapshot<'_>,
    alone: &RematchAlone<'_>,
    how: &Rematch,
) -> Result<Option<Run>, Error> {
    let newest = present.rematch_runs(None, 1)?.into_iter().next();
    let Some(run) = newest.filter(|run| run.state == RunState::Running) else {
        return Ok(None);
    };
    if run.scope == RunScope::Everyone {
        return Err(Error::Unavailable {
            reason: "a night was cut off: go on with it first".to_owned(),
        });
    }
    if run.policy != policy()? {
        end_cancelled(alone, run, how.now)?;
        return Ok(None);
    }
    Ok(Some(run))
}

fn begun(moment: &Snapshot<'_>, last: &Run, children: usize, how: &Rematch) -> Result<Run, Error> {
    let newest = moment.rematch_runs(None, 1)?;
    Ok(Run {
        number: RunNumber(newest.first().map_or(1, |newest| newest.number.0 + 1)),
        revision: moment.revision(),
        as_of: last.as_of,
        scope: RunScope::Touched,
        previous: Some(last.number),
        policy: last.policy.clone(),
        counts: RunCounts {
            children: children as u64,
            ..RunCounts::default()
        },
        ..how.begun()
    })
}

/// Matches the many whom a change touches, part by part, from the first that is not done.
fn go_on(
    store: &Store,
    permit: &Permit,
    alone: &RematchAlone<'_>,
    mut run: Run,
    how: &Rematch,
    progress: &mut dyn FnMut(&Run),
) -> Result<Run, Error> {
    progress(&run);
    let present = permit.snapshot(store)?;
    let moment = present.known_on(run.revision)?.apart().as_of(run.as_of);
    let not_there = || Error::Internal {
        detail: format!("run {} has none before it", run.number.0),
    };
    let previous = run.previous.ok_or_else(not_there)?;
    let previous = moment.rematch_run(previous)?.ok_or_else(not_there)?;
    let readers = Readers::read(&moment, previous.number, previous.revision)?;
    let touched = Touched::since(&moment, permit, previous.revision)?;
    let children: Vec<PersonId> = readers.touched_by(&touched).into_iter().collect();
    let (_, parts_done) = moment.rematch_outcomes_of(run.number)?;
    run.counts.children = children.len() as u64;
    let before = Before::between(&readers.outcomes);
    let night = Night::new(store, permit, &moment, &run, before);
    night.go_through(alone, &mut run, (&children, parts_done), how, progress)?;
    run.state = RunState::Done;
    run.ended = Some(how.now);
    alone.put_run(&run)?;
    progress(&run);
    Ok(run)
}
