//! One night: every waiting child at one moment and for one date, in parts. What is done of a part is written at once, so
//! that a run that was cut off goes on where it stopped, at the moment at which it began.

use super::causes::{Scene, explain};
use super::compare::changes;
use super::dates::Days;
use super::evidence::{Since, events};
use super::matching::{Matched, match_child};
use super::touched::Touched;
use crate::access::Permit;
use crate::error::Error;
use crate::model::audit::Shown;
use crate::model::ids::{CaseId, PersonId};
use crate::model::partial_date::Day;
use crate::model::rematch::{
    Cause, Changed, ChildList, Failure, Fingerprint, ListChange, Outcome, Run, RunCounts,
    RunNumber, RunScope, RunState,
};
use crate::placement::order::orders;
use crate::placement::ranking::weights;
use crate::store::{ChildResult, Chunk, RematchAlone, Snapshot, Store, fingerprint};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Children of one part, unless said otherwise.
pub const CHILDREN_A_PART: usize = 256;
/// Cases read together.
const CASES_TOGETHER: usize = 4096;

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Rematch {
    /// The date the answers are for. A run that was cut off keeps its own.
    pub as_of: Day,
    pub scope: RunScope,
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
    let night = Night::read(store, permit, &moment, &run)?;
    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(how.threads.max(1))
        .thread_name(|number| format!("rematch-{number}"))
        .build()
        .map_err(|error| Error::Unavailable {
            reason: format!("no threads for matching ({error})"),
        })?;
    for (part, children) in night
        .children
        .chunks((run.children_a_part as usize).max(1))
        .enumerate()
    {
        if (part as u64) < parts_done {
            continue;
        }
        permit.go_on()?;
        let done: Vec<Done> = threads.install(|| {
            children
                .par_iter()
                .map(|child| night.child(*child))
                .collect::<Result<_, _>>()
        })?;
        let chunk = chunk_of(part as u64, done);
        run.counts = run.counts.plus(chunk.counts);
        alone.put_chunk(&run, &chunk)?;
        progress(&run);
    }
    // It shows nobody: reading what it found is a read.
    permit.close_read(store, "rematch", &Shown::default())?;
    run.state = RunState::Done;
    run.ended = Some(how.now);
    alone.finish(&run, how.keep)?;
    progress(&run);
    Ok(run)
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

fn end_cancelled(alone: &RematchAlone<'_>, mut run: Run, now: i64) -> Result<Run, Error> {
    run.state = RunState::Cancelled;
    run.ended = Some(now);
    run.counts = RunCounts::default();
    alone.cancel(&run)?;
    Ok(run)
}

fn alone(store: &Store) -> Result<RematchAlone<'_>, Error> {
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
        if cut_off.policy == policy {
            let (_, parts) = snapshot.rematch_outcomes(cut_off.number)?;
            return Ok((cut_off.clone(), parts));
        }
        // Half a night by one policy and half by another would be no night at all.
        end_cancelled(alone, cut_off.clone(), how.now)?;
    }
    if !snapshot.imports_at_rest()? {
        return Err(Error::Unavailable {
            reason: "an import is not finished: finish it or take it back first".to_owned(),
        });
    }
    let last = runs.iter().find(|run| run.state == RunState::Done);
    let run = Run {
        number: RunNumber(runs.first().map_or(1, |newest| newest.number.0 + 1)),
        revision: snapshot.revision(),
        as_of: how.as_of,
        state: RunState::Running,
        scope: how.scope,
        previous: last.map(|last| last.number),
        policy,
        ranks_moved: how.ranks_moved,
        children_a_part: u32::try_from(how.children_a_part).unwrap_or(u32::MAX),
        began: how.now,
        ended: None,
        counts: RunCounts {
            children: waiting_children(&snapshot, permit)?.len() as u64,
            ..RunCounts::default()
        },
    };
    alone.put_run(&run)?;
    Ok((run, 0))
}

/// Every placement order with its version, and the weights.
fn policy() -> Result<Vec<(String, String)>, Error> {
    let internal = |error: String| Error::Internal { detail: error };
    let orders = orders().map_err(|error| internal(error.to_string()))?;
    let weights = weights().map_err(|error| internal(error.to_string()))?;
    let named = orders.ids().into_iter().filter_map(|id| orders.named(id));
    let mut policy: Vec<(String, String)> = named
        .map(|order| (order.id.clone(), order.version.clone()))
        .collect();
    policy.push(("weights".to_owned(), weights.version.clone()));
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

/// Who is matched: a waiting child, or one who waited before and no longer does.
#[derive(Clone, Copy)]
struct Child {
    id: PersonId,
    waits: bool,
}

/// What a run needs of the nights before.
struct Night<'a> {
    store: &'a Store,
    permit: &'a Permit,
    moment: &'a Snapshot<'a>,
    /// As it was begun.
    run: Run,
    children: Vec<Child>,
    before: BTreeMap<PersonId, Outcome>,
    earlier: Mutex<BTreeMap<RunNumber, Option<Arc<Earlier<'a>>>>>,
    /// What may have changed since the run before, where only that is matched.
    touched: Option<(RunNumber, Touched)>,
}

/// A night before, to be asked again.
struct Earlier<'a> {
    run: Run,
    moment: Snapshot<'a>,
    /// The subjects touched since.
    changed: BTreeSet<u64>,
    /// What has another version now.
    policies: Vec<Cause>,
}

/// A child done.
struct Done {
    outcome: Option<Outcome>,
    result: Option<ChildResult>,
    words: BTreeMap<u32, String>,
    /// Matched, and not taken over.
    is_anew: bool,
}

impl<'a> Night<'a> {
    fn read(
        store: &'a Store,
        permit: &'a Permit,
        moment: &'a Snapshot<'a>,
        run: &Run,
    ) -> Result<Night<'a>, Error> {
        let waiting = waiting_children(moment, permit)?;
        let before: BTreeMap<PersonId, Outcome> = match run.previous {
            Some(previous) => {
                let (outcomes, _) = moment.rematch_outcomes(previous)?;
                outcomes
                    .into_iter()
                    .map(|outcome| (outcome.child, outcome))
                    .collect()
            }
            None => BTreeMap::new(),
        };
        let everyone: BTreeSet<PersonId> = waiting.iter().chain(before.keys()).copied().collect();
        let children = everyone.into_iter().map(|id| Child {
            id,
            waits: waiting.contains(&id),
        });
        Ok(Night {
            store,
            permit,
            moment,
            run: run.clone(),
            children: children.collect(),
            before,
            earlier: Mutex::default(),
            touched: touched_since(permit, moment, run)?,
        })
    }

    /// Matches one child. Whatever goes wrong with one must not stop the others.
    fn child(&self, child: Child) -> Result<Done, Error> {
        match self.match_and_compare(child) {
            Ok(done) => Ok(done),
            Err(Error::Cancelled { reason }) => Err(Error::Cancelled { reason }),
            Err(error) => Ok(self.failed(child.id, &error)),
        }
    }

    /// The outcome of a child whose list is the one that it was; nothing where it must be matched.
    fn untouched(&self, child: Child) -> Result<Option<Done>, Error> {
        let (Some((previous, touched)), Some(before)) = (&self.touched, self.before.get(&child.id))
        else {
            return Ok(None);
        };
        if !child.waits || before.matched_in != Some(*previous) {
            return Ok(None);
        }
        let read = self.moment.rematch_read(child.id, self.run.number)?;
        if touched.meets(&read) {
            return Ok(None);
        }
        Ok(Some(Done {
            outcome: Some(Outcome {
                matched_in: Some(self.run.number),
                ..*before
            }),
            result: None,
            words: BTreeMap::new(),
            is_anew: false,
        }))
    }

    fn failed(&self, child: PersonId, error: &Error) -> Done {
        let before = self.before.get(&child);
        let failure = match error {
            Error::Corrupt { .. } => Failure::Damaged,
            Error::NotFound { .. } => Failure::NotThere,
            Error::InvalidInput { field, .. } if field == "order" => Failure::UnknownOrder,
            _ => Failure::Other,
        };
        Done {
            outcome: Some(Outcome {
                child,
                matched_in: before.and_then(|before| before.matched_in),
                fingerprint: before.map_or(Fingerprint::default(), |before| before.fingerprint),
                failure: Some(failure),
            }),
            result: None,
            words: BTreeMap::new(),
            is_anew: true,
        }
    }

    fn match_and_compare(&self, child: Child) -> Result<Done, Error> {
        if let Some(untouched) = self.untouched(child)? {
            return Ok(untouched);
        }
        let matched = match child.waits {
            true => Some(match_child(
                self.moment,
                self.permit,
                child.id,
                self.run.as_of,
            )?),
            false => None,
        };
        let list = matched
            .as_ref()
            .map_or_else(ChildList::default, |m| m.list.clone());
        let fingerprint = fingerprint(&list)?;
        let outcome = child.waits.then_some(Outcome {
            child: child.id,
            matched_in: Some(self.run.number),
            fingerprint,
            failure: None,
        });
        let before = self.before.get(&child.id);
        let was_matched_in = before.and_then(|before| before.matched_in);
        let is_unchanged = was_matched_in.is_some()
            && before.is_some_and(|before| before.fingerprint == fingerprint);
        if is_unchanged {
            let read = matched.map(|matched| matched.read).unwrap_or_default();
            let was_read = self.moment.rematch_read(child.id, self.run.number)?;
            let result = (read != was_read).then_some(ChildResult {
                child: child.id,
                list: None,
                read: Some(read),
                changes: Vec::new(),
            });
            return Ok(Done {
                outcome,
                result,
                words: BTreeMap::new(),
                is_anew: true,
            });
        }
        self.changed(child, matched, list, outcome, was_matched_in)
    }

    fn changed(
        &self,
        child: Child,
        matched: Option<Matched>,
        list: ChildList,
        outcome: Option<Outcome>,
        was_matched_in: Option<RunNumber>,
    ) -> Result<Done, Error> {
        if !child.waits && was_matched_in.is_none() {
            return Ok(Done {
                outcome: None,
                result: None,
                words: BTreeMap::new(),
                is_anew: true,
            });
        }
        let last = RunNumber(self.run.number.0 - 1);
        let old = match was_matched_in {
            Some(_) => self.moment.rematch_list(child.id, last)?,
            None => None,
        };
        let old = old.map_or_else(ChildList::default, |(_, list)| list);
        let mut told = match self.run.previous {
            Some(_) => changes(&old, &list, self.run.ranks_moved),
            None => Vec::new(),
        };
        let since = was_matched_in.or(self.run.previous);
        if !told.is_empty()
            && let Some(since) = since
            && let Some(earlier) = self.earlier(since)?
        {
            self.explain(child.id, &old, matched.as_ref(), &earlier, &mut told)?;
        }
        let (read, words) = matched.map_or_else(Default::default, |m| (m.read, m.words));
        Ok(Done {
            outcome,
            result: Some(ChildResult {
                child: child.id,
                list: Some(list),
                read: Some(read),
                changes: told,
            }),
            words,
            is_anew: true,
        })
    }

    fn explain(
        &self,
        child: PersonId,
        old: &ChildList,
        matched: Option<&Matched>,
        earlier: &Earlier<'_>,
        told: &mut [ListChange],
    ) -> Result<(), Error> {
        let was = match old.waits {
            true => Some(match_child(
                &earlier.moment,
                self.permit,
                child,
                earlier.run.as_of,
            )),
            false => None,
        };
        let was = match was {
            Some(Err(Error::Cancelled { reason })) => return Err(Error::Cancelled { reason }),
            Some(Ok(was)) => Some(was),
            // What cannot be worked out any more explains nothing; the change itself stands.
            Some(Err(_)) | None => None,
        };
        let mut read: BTreeSet<u64> = targets(told).collect();
        for known in [was.as_ref(), matched].into_iter().flatten() {
            read.extend(&known.read);
        }
        let since = Since {
            revision: earlier.run.revision,
            days: Days {
                after: earlier.run.as_of,
                until: self.run.as_of,
            },
            changed: &earlier.changed,
        };
        let events = events(self.moment, self.permit, &read, &since)?;
        let scene = Scene {
            events: &events,
            answers: [was.as_ref(), matched].map(|known| known.map(|known| &known.answer)),
            policies: &earlier.policies,
        };
        explain(told, &scene);
        Ok(())
    }

    /// A night before; nothing if it is no longer kept.
    fn earlier(&self, number: RunNumber) -> Result<Option<Arc<Earlier<'a>>>, Error> {
        let mut earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = earlier.get(&number) {
            return Ok(known.clone());
        }
        let read = self.read_earlier(number)?.map(Arc::new);
        earlier.insert(number, read.clone());
        Ok(read)
    }

    fn read_earlier(&self, number: RunNumber) -> Result<Option<Earlier<'a>>, Error> {
        let Some(run) = self.moment.rematch_run(number)? else {
            return Ok(None);
        };
        let present = self.permit.snapshot(self.store)?;
        let changed = present.changed_after(run.revision)?;
        let moment = present.known_on(run.revision)?.as_of(run.as_of);
        let policies = self.run.policy.iter();
        let policies = policies.filter(|known| !run.policy.contains(known));
        let policies = policies.map(|(name, version)| Cause::Policy {
            name: name.clone(),
            version: version.clone(),
        });
        Ok(Some(Earlier {
            policies: policies.collect(),
            run,
            moment,
            changed,
        }))
    }
}

/// What may have changed since the run before, if that is enough to look at: another date or policy can change anything.
fn touched_since(
    permit: &Permit,
    moment: &Snapshot<'_>,
    run: &Run,
) -> Result<Option<(RunNumber, Touched)>, Error> {
    let previous = match (run.scope, run.previous) {
        (RunScope::Touched, Some(previous)) => moment.rematch_run(previous)?,
        _ => None,
    };
    let Some(previous) =
        previous.filter(|known| known.as_of == run.as_of && known.policy == run.policy)
    else {
        return Ok(None);
    };
    let touched = Touched::since(moment, permit, previous.revision)?;
    Ok(Some((previous.number, touched)))
}

/// The numbers of those of whom changes are told.
fn targets(told: &[ListChange]) -> impl Iterator<Item = u64> + '_ {
    told.iter().filter_map(|change| match change.what {
        Changed::Standing { target, .. } => Some(target.subject().number()),
        _ => None,
    })
}

fn chunk_of(part: u64, done: Vec<Done>) -> Chunk {
    let mut chunk = Chunk {
        part,
        ..Chunk::default()
    };
    let mut words = BTreeMap::new();
    for one in done {
        if let Some(outcome) = one.outcome {
            chunk.counts.matched += 1;
            chunk.counts.anew += u64::from(one.is_anew);
            chunk.counts.failed += u64::from(outcome.failure.is_some());
            chunk.outcomes.push(outcome);
        }
        words.extend(one.words);
        if let Some(result) = one.result {
            chunk.counts.changed += u64::from(!result.changes.is_empty());
            chunk.counts.changes += result.changes.len() as u64;
            chunk.results.push(result);
        }
    }
    chunk.words = words.into_iter().collect();
    chunk
}
