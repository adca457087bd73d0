//! Derives records and index entries of very many subjects at once, in parallel: for imports, `rebuild` and `verify`.
//! Statements are scanned twice, once for index entries and what ties put into other records, once for the records.

use super::backend::{Deadline, GO_ON, Order, ReadView, Run, Table};
use super::derive::{Contribution, contributions, record};
use super::error::StoreError;
use super::history::{self, History};
use super::index_entries::index_entries;
use super::index_keys::IndexKey;
use super::keys;
use super::records::source_hash;
use super::records::{decode, encode};
use super::search_bulk::SearchCollected;
use crate::lookup::keys::KeyMaker;
use rayon::prelude::*;
use std::ops::Range;

/// Subjects scanned as one piece of work.
const PIECE: u64 = 4096;
/// Into how many parts an index is cut.
const PARTS: usize = 16;

/// What the first scan finds.
pub struct Collected {
    /// Sorted by the subject they go to.
    pub contributions: Vec<Contribution>,
    /// Index entries, a sorted run for each piece.
    pub index: Vec<Run>,
    pub search: SearchCollected,
    pub subjects: u64,
    pub versions: u64,
}

/// Sees every subject of the first scan.
pub type Inspect<'a> = &'a (dyn Fn(&History) + Sync);

/// A range of subject numbers cut into pieces.
pub fn pieces(first: u64, end: u64) -> Vec<Range<u64>> {
    (first..end)
        .step_by(PIECE as usize)
        .map(|start| start..end.min(start + PIECE))
        .collect()
}

/// The first scan over a range of subjects.
pub fn collect(
    view: &dyn ReadView,
    first: u64,
    end: u64,
    inspect: Inspect<'_>,
) -> Result<Collected, StoreError> {
    let parts: Vec<Collected> = pieces(first, end)
        .into_par_iter()
        .map(|piece| collect_piece(view, piece, inspect))
        .collect::<Result<_, _>>()?;
    let mut all = Collected {
        contributions: Vec::new(),
        index: Vec::with_capacity(parts.len()),
        search: SearchCollected::default(),
        subjects: 0,
        versions: 0,
    };
    for part in parts {
        all.contributions.extend(part.contributions);
        all.index.extend(part.index);
        all.search.append(part.search);
        all.subjects += part.subjects;
        all.versions += part.versions;
    }
    all.contributions
        .par_sort_by_key(|contribution| contribution.other);
    Ok(all)
}

fn collect_piece(
    view: &dyn ReadView,
    piece: Range<u64>,
    inspect: Inspect<'_>,
) -> Result<Collected, StoreError> {
    let mut found = Vec::new();
    let mut index = Run::default();
    let mut search = SearchCollected::default();
    let mut maker = KeyMaker::default();
    let (mut subjects, mut versions) = (0, 0);
    history::read_range(
        view,
        piece.start,
        piece.end,
        Deadline::NONE,
        &mut |history| {
            inspect(&history);
            subjects += 1;
            versions += history.versions.len() as u64;
            contributions(&history, &mut |contribution| found.push(contribution));
            for (key, value) in index_entries(&history)? {
                index.push(&key, &value);
            }
            search.add(&history, &mut maker);
            Ok(())
        },
    )?;
    index.sort();
    Ok(Collected {
        contributions: found,
        index: vec![index],
        search,
        subjects,
        versions,
    })
}

/// The index entries of all sources, as one sorted run.
pub fn source_entries(view: &dyn ReadView, first: u64) -> Result<Run, StoreError> {
    let mut run = Run::default();
    let range = keys::number(first).to_vec()..keys::everything().end;
    view.scan(
        Table::Sources,
        &range,
        Order::Ascending,
        Deadline::NONE,
        &mut |key, value| {
            let id = keys::parse_number(key)
                .ok_or_else(|| StoreError::damaged("unreadable key in sources"))?;
            let hash = source_hash(&decode(value)?)?;
            run.push(&IndexKey::Source(hash).encode(), &encode(&id)?);
            GO_ON
        },
    )?;
    run.sort();
    Ok(run)
}

/// The second scan: the records of one piece, sorted. `contributions` are those of [`collect`].
pub fn records_of(
    view: &dyn ReadView,
    piece: Range<u64>,
    contributions: &[Contribution],
) -> Result<Run, StoreError> {
    let mut run = Run::default();
    let contributions = contributed_between(&piece, contributions);
    history::read_range(
        view,
        piece.start,
        piece.end,
        Deadline::NONE,
        &mut |history| {
            let number = history.subject.number();
            if let Some(value) = record(&history, contributed_to(number, contributions))? {
                run.push(&keys::number(number), &value);
            }
            Ok(())
        },
    )?;
    Ok(run)
}

/// Those contributions that go to one subject.
fn contributed_to(number: u64, contributions: &[Contribution]) -> &[Contribution] {
    contributed_between(&(number..number.saturating_add(1)), contributions)
}

fn contributed_between<'c>(
    subjects: &Range<u64>,
    contributions: &'c [Contribution],
) -> &'c [Contribution] {
    let first = contributions.partition_point(|contribution| contribution.other < subjects.start);
    let rest = &contributions[first..];
    let count = rest.partition_point(|contribution| contribution.other < subjects.end);
    &rest[..count]
}

/// A range of keys and the sorted entries within.
pub struct Part<'a> {
    pub range: Range<Vec<u8>>,
    pub entries: Vec<(&'a [u8], &'a [u8])>,
}

impl Part<'_> {
    /// The entries for loading; of two with the same key, which only a damaged store has, the first.
    pub fn to_run(&self) -> Run {
        let mut run = Run::default();
        let mut last: Option<&[u8]> = None;
        for (key, value) in &self.entries {
            if last != Some(key) {
                run.push(key, value);
            }
            last = Some(key);
        }
        run
    }
}

/// Merges sorted runs into parts that do not overlap and together cover all keys.
pub fn merge(runs: &[Run]) -> Vec<Part<'_>> {
    let bounds = bounds(runs);
    bounds
        .par_windows(2)
        .map(|bound| {
            let range = bound[0].clone()..bound[1].clone();
            let mut entries = Vec::new();
            for run in runs {
                let part = run.before(&range.start)..run.before(&range.end);
                entries.extend(part.map(|position| run.entry(position)));
            }
            entries.sort();
            entries.dedup();
            Part { range, entries }
        })
        .collect()
}

/// Keys that cut the runs into parts of about the same size.
fn bounds(runs: &[Run]) -> Vec<Vec<u8>> {
    const SAMPLES: usize = 64;
    let mut samples: Vec<&[u8]> = Vec::new();
    for run in runs {
        let step = (run.len() / SAMPLES).max(1);
        samples.extend(
            (0..run.len())
                .step_by(step)
                .map(|position| run.entry(position).0),
        );
    }
    samples.sort_unstable();
    let everything = keys::everything();
    let mut bounds = vec![everything.start];
    for part in 1..PARTS {
        if let Some(sample) = samples.get(part * samples.len() / PARTS)
            && bounds.last().is_some_and(|last| last.as_slice() < *sample)
        {
            bounds.push(sample.to_vec());
        }
    }
    bounds.push(everything.end);
    bounds
}
