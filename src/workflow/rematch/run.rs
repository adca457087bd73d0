//! One night: every waiting child at one moment and for one date, in parts. What is done of a part is written at once, so
//! that a run that was cut off goes on where it stopped, at the moment at which it began.

use super::night::{Before, Night};
use crate::access::Permit;
use crate::error::Error;
use crate::model::audit::Shown;
use crate::model::ids::{CaseId, PersonId, Revision};
use crate::model::partial_date::Day;
use crate::model::rematch::{Run, RunCounts, RunNumber, RunScope, RunState};
use crate::placement::matching::attributes;
use crate::placement::order::orders;
use crate::placement::ranking::weights;
use crate::store::{Chunk, RematchAlone, Snapshot, Store};
use rayon::ThreadPool;
use std::collections::BTreeSet;

/// Children of one part, unless said otherwise.
pub const CHILDREN_A_PART: usize = 256;
/// Cases read together.
const CASES_TOGETHER: usize = 4096;

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Rematch {
    /// The date the answers are for. A run that was cut off keeps its own.
    pub as_of: Day,
    /// Seconds since 1970-01-01 UTC.
    pub now: i64,
    /// At most so many processors.
    pub threads: usize,
    /// A move within a tier counts as news from so many ranks on.
    pub ranks_moved: u32,
    /// The last so many runs are kept.
    pub keep: usize,
    /// So many children are written at once. A run that was cut off keeps its own.
    pub children_a_part: usize,
}

/// Runs, or goes on with a run that was cut off. Told to stop, it leaves what is done; call again to go on. `progress` hears
/// the record of the run after each part.
pub fn rematch(
    store: &Store,
    permit: &Permit,
    how: &Rematch,
    progress: &mut dyn FnMut(&Run),
) -> Result<Run, Error> {
    let alone = alone(store)?;
    let (mut run, parts_done) = begin_or_resume(store, permit, &alone, how)?;
    progress(&run);
    let present = permit.snapshot(store)?;
    let moment = present.known_on(run.revision)?.apart().as_of(run.as_of);
    let before = Before::night(&moment, run.previous)?;
    let mut children = waiting_children(&moment, permit)?;
    children.extend(before.children());
    let children: Vec<PersonId> = children.into_iter().collect();
    let night = Night::new(store, permit, &moment, &run, before);
    night.go_through(&alone, &mut run, (&children, parts_done), how, progress)?;
    // It shows nobody: reading what it found is a read.
    permit.close_read(store, "rematch", &Shown::default())?;
    run.state = RunState::Done;
    run.ended = Some(how.now);
    alone.finish_night(&run, how.keep)?;
    progress(&run);
    Ok(run)
}

impl Night<'_> {
    /// Matches the children part by part, but for the parts that are done, and writes each.
    pub(super) fn go_through(
        &self,
        alone: &RematchAlone<'_>,
        run: &mut Run,
        (children, parts_done): (&[PersonId], u64),
        how: &Rematch,
        progress: &mut dyn FnMut(&Run),
    ) -> Result<(), Error> {
        let threads = threads(how.threads)?;
        let parts = children.chunks((run.children_a_part as usize).max(1));
        for (part, children) in (0..).zip(parts).skip(parts_done as usize) {
            let chunk: Chunk = self.part(&threads, part, children)?;
            run.counts = run.counts.plus(chunk.counts);
            alone.put_chunk(run, &chunk)?;
            progress(run);
        }
        Ok(())
    }
}

/// Threads of a run's own, so that it takes no more processors than it may.
pub(super) fn threads(count: usize) -> Result<ThreadPool, Error> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(count.max(1))
        .thread_name(|number| format!("rematch-{number}"))
        .build()
        .map_err(|error| Error::Unavailable {
            reason: format!("no threads for matching ({error})"),
        })
}

/// Ends a run that was cut off or stopped: nothing of it is left but its record.
pub fn cancel_rematch(
    store: &Store,
    permit: &Permit,
    number: RunNumber,
    now: i64,
) -> Result<Run, Error> {
    let alone = alone(store)?;
    let run = permit.snapshot(store)?.rematch_run(number)?;
    let run = run.ok_or_else(|| not_found(number))?;
    if run.state != RunState::Running {
        return Ok(run);
    }
    end_cancelled(&alone, run, now)
}

pub fn not_found(number: RunNumber) -> Error {
    Error::NotFound {
        what: "nightly run",
        name: number.0.to_string(),
    }
}

pub(super) fn end_cancelled(
    alone: &RematchAlone<'_>,
    mut run: Run,
    now: i64,
) -> Result<Run, Error> {
    run.state = RunState::Cancelled;
    run.ended = Some(now);
    run.counts = RunCounts::default();
    alone.cancel(&run)?;
    Ok(run)
}

pub(super) fn alone(store: &Store) -> Result<RematchAlone<'_>, Error> {
    store.rematch_alone().ok_or_else(|| Error::Unavailable {
        reason: "another nightly run is under way".to_owned(),
    })
}

/// The record of the run, and how many parts of it are done.
fn begin_or_resume(
    store: &Store,
    permit: &Permit,
    alone: &RematchAlone<'_>,
    how: &Rematch,
) -> Result<(Run, u64), Error> {
    let snapshot = permit.snapshot(store)?;
    let policy = policy()?;
    let runs = snapshot.rematch_runs(None, usize::MAX)?;
    if let Some(cut_off) = runs.iter().find(|run| run.state == RunState::Running) {
        if cut_off.policy == policy && cut_off.scope == RunScope::Everyone {
            let (_, parts) = snapshot.rematch_outcomes_of(cut_off.number)?;
            return Ok((cut_off.clone(), parts));
        }
        // Half a night by one policy and half by another would be no night at all; and a night sees whatever a run between
        // nights would have.
        end_cancelled(alone, cut_off.clone(), how.now)?;
    }
    if !snapshot.imports_at_rest()? {
        return Err(Error::Unavailable {
            reason: "an import is not finished: finish it or take it back first".to_owned(),
        });
    }
    let last = runs.iter().find(|run| run.is_night());
    let run = Run {
        number: RunNumber(runs.first().map_or(1, |newest| newest.number.0 + 1)),
        revision: snapshot.revision(),
        as_of: how.as_of,
        scope: RunScope::Everyone,
        previous: last.map(|last| last.number),
        policy,
        counts: RunCounts {
            children: waiting_children(&snapshot, permit)?.len() as u64,
            ..RunCounts::default()
        },
        ..how.begun()
    };
    alone.put_run(&run)?;
    Ok((run, 0))
}

impl Rematch {
    /// The record of a run that begins: what it looks at is yet to be put in.
    pub(super) fn begun(&self) -> Run {
        Run {
            number: RunNumber(0),
            revision: Revision::default(),
            as_of: self.as_of,
            state: RunState::Running,
            scope: RunScope::Everyone,
            previous: None,
            policy: Vec::new(),
            ranks_moved: self.ranks_moved,
            children_a_part: u32::try_from(self.children_a_part).unwrap_or(u32::MAX),
            began: self.now,
            ended: None,
            counts: RunCounts::default(),
        }
    }
}

/// Every placement order with its version, and the weights.
pub(super) fn policy() -> Result<Vec<(String, String)>, Error> {
    let internal = |error: String| Error::Internal { detail: error };
    let orders = orders().map_err(|error| internal(error.to_string()))?;
    let weights = weights().map_err(|error| internal(error.to_string()))?;
    let named = orders.ids().into_iter().filter_map(|id| orders.named(id));
    let mut policy: Vec<(String, String)> = named
        .map(|order| (order.id.clone(), order.version.clone()))
        .collect();
    policy.push(("weights".to_owned(), weights.version.clone()));
    let matching = attributes().map_err(|error| internal(error.to_string()))?;
    policy.push(("matching".to_owned(), matching.version.clone()));
    Ok(policy)
}

/// Children whose case is active, each once, by number.
pub fn waiting_children(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
) -> Result<BTreeSet<PersonId>, Error> {
    let ids: Vec<CaseId> = snapshot.all_cases()?;
    let mut children = BTreeSet::new();
    for ids in ids.chunks(CASES_TOGETHER) {
        permit.go_on()?;
        let cases = snapshot.cases(ids, permit.visibility())?;
        let active = cases.into_iter().flatten().filter(|(_, case)| case.active);
        children.extend(active.map(|(_, case)| case.child));
    }
    Ok(children)
}
