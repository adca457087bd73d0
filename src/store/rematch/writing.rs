//! Writing what a nightly run finds, part by part, and forgetting runs that are no longer kept.

use super::keys;
use super::values::{Chunk, encode_numbers, encode_outcomes};
use crate::model::ids::PersonId;
use crate::model::rematch::{Run, RunNumber, RunState};
use crate::store::backend::{Batch, KeyRange, Table};
use crate::store::error::StoreError;
use crate::store::open::Store;
use crate::store::records::encode;
use crate::store::snapshot::Snapshot;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

/// The right to match children anew, held by one at a time.
pub struct RematchAlone<'a> {
    store: &'a Store,
    held: &'a AtomicBool,
}

impl Drop for RematchAlone<'_> {
    fn drop(&mut self) {
        self.held.store(false, Ordering::SeqCst);
    }
}

impl Store {
    /// The right to run; nothing while somebody else has it. No second process can have the store open.
    pub fn rematch_alone(&self) -> Option<RematchAlone<'_>> {
        let held = &self.shared.rematching;
        let was_held = held.swap(true, Ordering::SeqCst);
        // Not `then_some`: one made in vain would give up the right of whoever holds it.
        (!was_held).then(|| RematchAlone { store: self, held })
    }

    /// Whether somebody has the right to run.
    pub fn is_rematching(&self) -> bool {
        self.shared.rematching.load(Ordering::SeqCst)
    }
}

impl RematchAlone<'_> {
    /// Writes the record of a run.
    pub fn put_run(&self, run: &Run) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        put_run(&mut batch, run)?;
        self.commit(batch)
    }

    /// Writes a part of a run together with its record.
    pub fn put_chunk(&self, run: &Run, chunk: &Chunk) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        put_run(&mut batch, run)?;
        let table = Table::Rematch;
        let key = keys::outcomes(run.number, chunk.part);
        batch.put(table, key, encode_outcomes(run.number, &chunk.outcomes)?);
        for result in &chunk.results {
            let child = result.child;
            if let Some(list) = &result.list {
                batch.put(table, keys::list(child, run.number), encode(list)?);
            }
            if let Some(read) = &result.read {
                batch.put(table, keys::read(child, run.number), encode_numbers(read)?);
            }
            if !result.changes.is_empty() {
                let key = keys::changes(run.number, child);
                batch.put(table, key, encode(&result.changes)?);
            }
        }
        for (checksum, word) in &chunk.words {
            batch.put(table, keys::word(*checksum), encode(word)?);
        }
        self.commit(batch)
    }

    /// Ends a night, and forgets all but the last `keep` of those that were done, and the runs between nights before the
    /// last of these: their changes are told by the night that came after. Lists stay as long as a kept run has them.
    pub fn finish_night(&self, run: &Run, keep: usize) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot()?;
        let mut batch = Batch::default();
        put_run(&mut batch, run)?;
        let known = snapshot.rematch_runs(None, usize::MAX)?;
        let nights = known.iter().filter(|known| known.is_night());
        let mut nights: Vec<RunNumber> = nights.map(|known| known.number).collect();
        nights.retain(|number| *number != run.number);
        nights.insert(0, run.number);
        nights.truncate(keep.max(1));
        let oldest = nights.last().copied().unwrap_or(run.number);
        let night_before = nights.get(1).copied().unwrap_or(run.number);
        let mut kept = BTreeSet::from([run.number]);
        for known in &known {
            let is_night = nights.contains(&known.number);
            // Runs that were cancelled say that they were.
            let is_recent = known.number > night_before;
            let is_cancelled = known.state == RunState::Cancelled && known.number >= oldest;
            if is_night || is_recent || is_cancelled {
                kept.insert(known.number);
            } else {
                forget_run(&snapshot, known.number, &mut batch)?;
            }
        }
        let waiting = snapshot.rematch_outcomes_of(run.number)?.0;
        let waiting = waiting.iter().map(|outcome| outcome.child).collect();
        forget_lists(&snapshot, &kept, &waiting, &mut batch)?;
        forget_reads_before(&snapshot, run.number, &mut batch)?;
        self.commit(batch)
    }

    /// Ends a run that was stopped: nothing of it is left but its record.
    pub fn cancel(&self, run: &Run) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot()?;
        let mut batch = Batch::default();
        for range in [keys::outcomes_of(run.number), keys::changes_of(run.number)] {
            delete_range(&snapshot, &range, &mut batch)?;
        }
        for range in [keys::lists(), keys::reads()] {
            snapshot.ordered(&range, &mut |key, _| {
                if keys::parse_of_child(key).is_some_and(|(_, of)| of == run.number) {
                    batch.delete(Table::Rematch, key);
                }
                Ok(())
            })?;
        }
        put_run(&mut batch, run)?;
        self.commit(batch)
    }

    fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.store.shared.backend.commit(batch).map(|_| ())
    }
}

fn put_run(batch: &mut Batch, run: &Run) -> Result<(), StoreError> {
    batch.put(Table::Rematch, keys::run(run.number), encode(run)?);
    Ok(())
}

fn delete_range(
    snapshot: &Snapshot<'_>,
    range: &KeyRange,
    batch: &mut Batch,
) -> Result<(), StoreError> {
    snapshot.ordered(range, &mut |key, _| {
        batch.delete(Table::Rematch, key);
        Ok(())
    })
}

fn forget_run(
    snapshot: &Snapshot<'_>,
    run: RunNumber,
    batch: &mut Batch,
) -> Result<(), StoreError> {
    batch.delete(Table::Rematch, keys::run(run));
    for range in [keys::outcomes_of(run), keys::changes_of(run)] {
        delete_range(snapshot, &range, batch)?;
    }
    Ok(())
}

/// Forgets lists that no kept run has. A list holds from its run until the next one of its child. The last list of a child
/// who waits no longer says only that: it is of no use where no kept run has one before it.
fn forget_lists(
    snapshot: &Snapshot<'_>,
    kept: &BTreeSet<RunNumber>,
    waiting: &BTreeSet<PersonId>,
    batch: &mut Batch,
) -> Result<(), StoreError> {
    let mut held: Vec<RunNumber> = Vec::new();
    let mut of_child: Option<PersonId> = None;
    let mut settle = |child: Option<PersonId>, lists: &mut Vec<RunNumber>| {
        let Some(child) = child else {
            return;
        };
        let mut is_needed = false;
        for (position, &list) in lists.iter().enumerate() {
            let is_last = position + 1 == lists.len();
            let holds = match lists.get(position + 1) {
                Some(&next) => kept.range(list..next).next().is_some(),
                None => kept.range(list..).next().is_some(),
            };
            let is_end = is_last && !waiting.contains(&child) && !is_needed;
            is_needed |= holds;
            if !holds || is_end {
                batch.delete(Table::Rematch, keys::list(child, list));
            }
        }
        lists.clear();
    };
    snapshot.ordered(&keys::lists(), &mut |key, _| {
        let Some((child, run)) = keys::parse_of_child(key) else {
            return Err(StoreError::damaged("unreadable key of a list"));
        };
        if of_child != Some(child) {
            settle(of_child.replace(child), &mut held);
        }
        held.push(run);
        Ok(())
    })?;
    settle(of_child, &mut held);
    Ok(())
}

/// Of what was read only the last matters.
fn forget_reads_before(
    snapshot: &Snapshot<'_>,
    last: RunNumber,
    batch: &mut Batch,
) -> Result<(), StoreError> {
    let mut held: Option<(PersonId, Vec<u8>)> = None;
    snapshot.ordered(&keys::reads(), &mut |key, _| {
        let Some((child, run)) = keys::parse_of_child(key) else {
            return Err(StoreError::damaged("unreadable key of what was read"));
        };
        if run > last {
            return Ok(());
        }
        if let Some((other, older)) = held.replace((child, key.to_vec()))
            && other == child
        {
            batch.delete(Table::Rematch, older);
        }
        Ok(())
    })
}
