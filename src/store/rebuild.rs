//! Makes node records and indexes anew from the statements.

use super::backend::{Backend, Batch, Run, Table, get};
use super::bulk::{self, Part};
use super::error::StoreError;
use super::keys;
use super::open::{Shared, Store};
use super::records::encode;
use super::search_bulk::SearchCollected;
use rayon::prelude::*;
use std::ops::Range;

impl Store {
    /// Makes everything derived anew. Nobody should read meanwhile; if it is cut off, the next opening finishes it.
    pub fn rebuild(&self) -> Result<(), StoreError> {
        let writer = self.shared.writer();
        rebuild(&self.shared, writer.state.next_subject)
    }
}

/// Rebuilds if a rebuild was cut off.
pub fn finish_if_cut_off(shared: &Shared) -> Result<(), StoreError> {
    if get(&*shared.backend.snapshot(), Table::Meta, keys::REBUILDING)?.is_none() {
        return Ok(());
    }
    let writer = shared.writer();
    rebuild(shared, writer.state.next_subject)
}

/// Rebuilds. The caller holds the writer's lock.
pub fn rebuild(shared: &Shared, next_subject: u64) -> Result<(), StoreError> {
    let backend = &*shared.backend;
    let mut begun = Batch::default();
    begun.put(Table::Meta, keys::REBUILDING, encode(&())?);
    backend.commit(begun)?;
    for table in [Table::Nodes, Table::Index, Table::Search] {
        backend.clear(table, &keys::everything())?;
    }
    derive_range(shared, 1, next_subject, 0)?;
    let mut done = Batch::default();
    done.delete(Table::Meta, keys::REBUILDING);
    backend.commit(done)?;
    Ok(())
}

/// Derives and stores records and index entries of a range of subjects, and the index entries of the sources from a
/// number on. Returns the subjects outside the range whose records must be made anew too.
pub fn derive_range(
    shared: &Shared,
    first: u64,
    end: u64,
    first_source: u64,
) -> Result<Vec<u64>, StoreError> {
    let backend = &*shared.backend;
    let view = backend.bulk_snapshot();
    backend.bulk_put(
        Table::Index,
        vec![bulk::source_entries(&*view, first_source)?],
    )?;
    let mut contributions = Vec::new();
    for stretch in stretches(first, end) {
        let collected = bulk::collect(&*view, stretch.start, stretch.end, &|_| {})?;
        put_indexes(backend, collected.index, collected.search)?;
        contributions.extend(collected.contributions);
    }
    contributions.par_sort_unstable_by_key(|contribution| contribution.other);
    for stretch in stretches(first, end) {
        let records: Vec<Run> = bulk::pieces(stretch.start, stretch.end)
            .into_par_iter()
            .map(|piece| bulk::records_of(&*view, piece, &contributions))
            .collect::<Result<_, _>>()?;
        backend.bulk_put(Table::Nodes, records)?;
    }
    let mut outside: Vec<u64> = contributions
        .iter()
        .map(|contribution| contribution.other)
        .filter(|other| !(first..end).contains(other))
        .collect();
    outside.dedup();
    Ok(outside)
}

/// Subjects whose index entries are held at once: few enough for memory, and few stretches however many there are.
fn stretches(first: u64, end: u64) -> impl Iterator<Item = Range<u64>> {
    const LEAST: u64 = 32_768;
    const MOST_STRETCHES: u64 = 16;
    let step = LEAST.max(end.saturating_sub(first).div_ceil(MOST_STRETCHES));
    let starts = (first..end).step_by(step as usize);
    starts.map(move |start| start..end.min(start + step))
}

fn put_indexes(
    backend: &dyn Backend,
    index: Vec<Run>,
    search: SearchCollected,
) -> Result<(), StoreError> {
    let parts = bulk::merge(&index);
    let runs: Vec<Run> = parts.par_iter().map(Part::to_run).collect();
    drop(parts);
    drop(index);
    backend.bulk_put(Table::Index, runs)?;
    backend.bulk_put(Table::Search, search.into_runs())
}
