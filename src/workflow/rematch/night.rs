//! One run at work: each child matched at one moment, and compared with the list that the child had.

use super::compare::changes;
use super::earlier::Earlier;
use super::matching::{Matched, match_child};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::PersonId;
use crate::model::rematch::{
    ChildList, Failure, Fingerprint, ListChange, Outcome, Run, RunNumber, RunScope,
};
use crate::store::{ChildResult, Chunk, Snapshot, Store, fingerprint};
use rayon::ThreadPool;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What is kept of each child.
pub type Outcomes = BTreeMap<PersonId, Outcome>;

/// What the runs before left.
pub struct Before<'a> {
    /// As of the run against which changes are told.
    told: Cow<'a, Outcomes>,
    /// As of the last run of all; nothing where that is the same.
    kept: Option<Outcomes>,
}

impl<'a> Before<'a> {
    /// For a night.
    pub fn night(moment: &Snapshot<'_>, previous: Option<RunNumber>) -> Result<Before<'a>, Error> {
        let last = moment.last_rematch()?.map(|last| last.number);
        let told = match previous {
            Some(previous) => moment.rematch_outcomes(previous)?,
            None => Outcomes::new(),
        };
        let kept = match last.filter(|last| Some(*last) != previous) {
            Some(last) => Some(moment.rematch_outcomes(last)?),
            None => None,
        };
        Ok(Before {
            told: Cow::Owned(told),
            kept,
        })
    }

    /// For a run between nights.
    pub fn between(outcomes: &'a Outcomes) -> Before<'a> {
        Before {
            told: Cow::Borrowed(outcomes),
            kept: None,
        }
    }

    /// Who waited.
    pub fn children(&self) -> impl Iterator<Item = PersonId> + '_ {
        let kept = self.kept.iter().flat_map(BTreeMap::keys);
        self.told.keys().chain(kept).copied()
    }

    fn of(&self, child: PersonId) -> Option<&Outcome> {
        self.told.get(&child)
    }

    /// The list that the store has of a child.
    fn kept(&self, child: PersonId) -> Option<Fingerprint> {
        let outcome = self.kept.as_ref().unwrap_or(&self.told).get(&child)?;
        outcome.matched_in.map(|_| outcome.fingerprint)
    }
}

/// What a run needs of the runs before.
pub struct Night<'a> {
    store: &'a Store,
    permit: &'a Permit,
    moment: &'a Snapshot<'a>,
    /// As it was begun.
    run: Run,
    before: Before<'a>,
    earlier: Mutex<BTreeMap<RunNumber, Option<Arc<Earlier<'a>>>>>,
}

/// A child done.
struct Done {
    outcome: Option<Outcome>,
    result: Option<ChildResult>,
    words: BTreeMap<u32, String>,
}

impl<'a> Night<'a> {
    pub fn new(
        store: &'a Store,
        permit: &'a Permit,
        moment: &'a Snapshot<'a>,
        run: &Run,
        before: Before<'a>,
    ) -> Night<'a> {
        Night {
            store,
            permit,
            moment,
            run: run.clone(),
            before,
            earlier: Mutex::default(),
        }
    }

    /// Matches some children, who stand by number.
    pub fn part(
        &self,
        threads: &ThreadPool,
        part: u64,
        children: &[PersonId],
    ) -> Result<Chunk, Error> {
        self.permit.go_on()?;
        let done: Vec<Done> = threads.install(|| {
            let children = children.par_iter();
            children
                .map(|child| self.child(*child))
                .collect::<Result<_, _>>()
        })?;
        Ok(chunk_of(part, done))
    }

    /// Matches one child. Whatever goes wrong with one must not stop the others.
    fn child(&self, child: PersonId) -> Result<Done, Error> {
        match self.match_and_compare(child) {
            Ok(done) => Ok(done),
            Err(Error::Cancelled { reason }) => Err(Error::Cancelled { reason }),
            Err(error) => Ok(self.failed(child, &error)),
        }
    }

    fn failed(&self, child: PersonId, error: &Error) -> Done {
        let before = self.before.of(child);
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
        }
    }

    fn match_and_compare(&self, child: PersonId) -> Result<Done, Error> {
        let case = self.moment.case_of_child(child, self.permit.visibility())?;
        let waits = case.is_some_and(|(_, case)| case.active);
        let before = self.before.of(child);
        let before = before.and_then(|one| Some((one.matched_in?, one.fingerprint)));
        let is_other = |list: &ChildList| -> Result<bool, Error> {
            let fingerprint = fingerprint(list)?;
            Ok(before.is_none_or(|(_, known)| known != fingerprint))
        };
        let tells = |list: &ChildList| -> Result<bool, Error> {
            Ok(self.run.previous.is_some() && is_other(list)?)
        };
        let matched = match waits {
            true => Some(match_child(
                self.moment,
                self.permit,
                child,
                self.run.as_of,
                &tells,
            )?),
            false => None,
        };
        let nobody = ChildList::default();
        let list = matched.as_ref().map_or(&nobody, |matched| &matched.list);
        let fingerprint = fingerprint(list)?;
        let changes = match is_other(list)? && (waits || before.is_some()) {
            true => self.changes(child, list, matched.as_ref(), before.map(|(run, _)| run))?,
            false => Vec::new(),
        };
        let is_kept = self.before.kept(child) == Some(fingerprint);
        let must_be_kept = !is_kept && (waits || self.before.kept(child).is_some());
        let outcome = match (waits, self.run.scope) {
            (true, _) => Some(Outcome {
                child,
                matched_in: Some(self.run.number),
                fingerprint,
                failure: None,
            }),
            (false, RunScope::Touched) => Some(Outcome::gone(child)),
            (false, RunScope::Everyone) => None,
        };
        let (list, read, words) =
            matched.map_or_else(Default::default, |m| (m.list, m.read, m.words));
        let last = RunNumber(self.run.number.0 - 1);
        let is_read_anew = must_be_kept || read != self.moment.rematch_read(child, last)?;
        let is_nothing = !must_be_kept && !is_read_anew && changes.is_empty();
        Ok(Done {
            outcome,
            result: (!is_nothing).then_some(ChildResult {
                child,
                list: must_be_kept.then_some(list),
                read: is_read_anew.then_some(read),
                changes,
            }),
            words: if must_be_kept { words } else { BTreeMap::new() },
        })
    }

    /// What changed against the list that the child had, with the causes.
    fn changes(
        &self,
        child: PersonId,
        list: &ChildList,
        matched: Option<&Matched>,
        was_matched_in: Option<RunNumber>,
    ) -> Result<Vec<ListChange>, Error> {
        let Some(previous) = self.run.previous else {
            return Ok(Vec::new());
        };
        let old = match was_matched_in {
            Some(_) => self.moment.rematch_list(child, previous)?,
            None => None,
        };
        let old = old.map_or_else(ChildList::default, |(_, list)| list);
        let mut told = changes(&old, list, self.run.ranks_moved);
        let since = was_matched_in.unwrap_or(previous);
        // Of what is no news no causes are kept.
        if told.iter().any(|change| change.is_news)
            && let Some(earlier) = self.earlier(since)?
        {
            earlier.explain((child, &old), matched, &mut told)?;
            for quiet in told.iter_mut().filter(|change| !change.is_news) {
                quiet.causes = Vec::new();
            }
        }
        Ok(told)
    }

    /// A run before; nothing if it is no longer kept.
    fn earlier(&self, number: RunNumber) -> Result<Option<Arc<Earlier<'a>>>, Error> {
        let mut earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = earlier.get(&number) {
            return Ok(known.clone());
        }
        let read = Earlier::read(self.store, self.permit, self.moment, &self.run, number)?;
        let read = read.map(Arc::new);
        earlier.insert(number, read.clone());
        Ok(read)
    }
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
            chunk.counts.anew += 1;
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
