//! Writing what a nightly run finds, part by part, and forgetting runs that are no longer kept.

use super::keys;
use super::values::{Chunk, encode_numbers, encode_outcomes};
use crate::model::ids::PersonId;
use crate::model::rematch::{ChildList, Run, RunNumber, RunState};
use crate::store::backend::{Batch, KeyRange, Table};
use crate::store::error::StoreError;
use crate::store::open::Store;
use crate::store::records::{decode, encode};
use crate::store::snapshot::Snapshot;
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

    /// Ends a run, and forgets all but the last `keep` that were done. Their last lists stay as long as they hold.
    pub fn finish(&self, run: &Run, keep: usize) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot()?;
        let mut batch = Batch::default();
        put_run(&mut batch, run)?;
        let mut done: Vec<RunNumber> = snapshot
            .rematch_runs(None, usize::MAX)?
            .into_iter()
            .filter(|known| known.state == RunState::Done && known.number != run.number)
            .map(|known| known.number)
            .collect();
        done.insert(0, run.number);
        if let Some(&oldest) = done.get(..keep.max(1)).and_then(<[RunNumber]>::last) {
            forget_before(&snapshot, oldest, &mut batch)?;
        }
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

/// Forgets runs before the oldest that is kept, and lists that no kept run has.
fn forget_before(
    snapshot: &Snapshot<'_>,
    oldest: RunNumber,
    batch: &mut Batch,
) -> Result<(), StoreError> {
    for run in snapshot.rematch_runs(Some(oldest), usize::MAX)? {
        batch.delete(Table::Rematch, keys::run(run.number));
        for range in [keys::outcomes_of(run.number), keys::changes_of(run.number)] {
            delete_range(snapshot, &range, batch)?;
        }
    }
    // The last list that the oldest run may still have: of a child who waits no longer it is of no use.
    let mut held: Option<(PersonId, Vec<u8>, bool)> = None;
    snapshot.ordered(&keys::lists(), &mut |key, value| {
        let Some((child, run)) = keys::parse_of_child(key) else {
            return Err(StoreError::damaged("unreadable key of a list"));
        };
        let is_old = run <= oldest;
        let waits = !is_old || decode::<ChildList>(value)?.waits;
        if let Some((other, older, held_waits)) = held.take() {
            let replaced = other == child && is_old;
            if replaced || !held_waits {
                batch.delete(Table::Rematch, older);
            }
        }
        held = is_old.then(|| (child, key.to_vec(), waits));
        Ok(())
    })?;
    if let Some((_, key, false)) = held {
        batch.delete(Table::Rematch, key);
    }
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
