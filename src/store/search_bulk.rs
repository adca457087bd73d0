//! The search index of very many people at once: entries are collected piece by piece, sorted by key, and cut into full
//! segments.

use super::backend::Run;
use super::history::History;
use super::records::{finish, front};
use super::search_entries::entries;
use super::search_keys::{SEGMENT, SegmentKey, SegmentWriter, word_key};
use super::sections::Section;
use crate::lookup::keys::KeyMaker;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Into how many parts the keys are cut; they are hashes, so that all parts are about the same.
const PARTS: u64 = 16;

/// The part of the search index that some subjects stand for.
#[derive(Default)]
pub struct SearchCollected {
    columns: Vec<u8>,
    spans: Vec<Span>,
    /// A key and the number of its span.
    postings: Vec<(u64, u32)>,
    words: FxHashSet<(Section, String)>,
}

/// One name of one person.
#[derive(Clone, Copy)]
struct Span {
    person: u64,
    section: Section,
    start: usize,
    length: u32,
}

/// A posting as it should stand.
pub struct Posting<'a> {
    pub key: u64,
    pub section: Section,
    pub person: u64,
    pub columns: &'a [u8],
}

impl SearchCollected {
    pub fn add(&mut self, history: &History, maker: &mut KeyMaker) {
        for entry in entries(history.subject, history.live(), maker) {
            // Four thousand million names are more than can be held here anyway.
            let number = self.spans.len() as u32;
            self.spans.push(Span {
                person: history.subject.number(),
                section: entry.section,
                start: self.columns.len(),
                length: entry.columns.len() as u32,
            });
            self.columns.extend_from_slice(&entry.columns);
            self.postings
                .extend(entry.keys.into_iter().map(|key| (key, number)));
            let words = entry.words.into_iter().map(|word| (entry.section, word));
            self.words.extend(words);
        }
    }

    /// Adds what was collected of later subjects.
    pub fn append(&mut self, later: SearchCollected) {
        let (numbers, bytes) = (self.spans.len() as u32, self.columns.len());
        self.columns.extend_from_slice(&later.columns);
        self.spans.extend(later.spans.into_iter().map(|span| Span {
            start: span.start + bytes,
            ..span
        }));
        let moved = later.postings.into_iter();
        self.postings
            .extend(moved.map(|(key, number)| (key, number + numbers)));
        self.words.extend(later.words);
    }

    /// All postings, ordered by key, section, person and columns, in parts that follow each other; each posting once.
    pub fn parts(&mut self) -> Vec<(std::ops::Range<u64>, Vec<Posting<'_>>)> {
        let (spans, columns) = (&self.spans, &self.columns);
        let bytes = |span: &Span| &columns[span.start..span.start + span.length as usize];
        self.postings.par_sort_unstable_by(|a, b| {
            let order = |(key, number): &(u64, u32)| {
                let span = &spans[*number as usize];
                (*key, span.section, span.person)
            };
            order(a)
                .cmp(&order(b))
                .then_with(|| bytes(&spans[a.1 as usize]).cmp(bytes(&spans[b.1 as usize])))
        });
        let postings = &self.postings;
        let step = u64::MAX / PARTS;
        (0..PARTS)
            .into_par_iter()
            .map(|part| {
                let end = if part + 1 == PARTS {
                    u64::MAX
                } else {
                    (part + 1) * step
                };
                let range = part * step..end;
                let first = postings.partition_point(|(key, _)| *key < range.start);
                let mut rest = &postings[first..];
                if part + 1 < PARTS {
                    rest = &rest[..rest.partition_point(|(key, _)| *key < range.end)];
                }
                let mut all = Vec::with_capacity(rest.len());
                for (key, number) in rest {
                    let span = &spans[*number as usize];
                    all.push(Posting {
                        key: *key,
                        section: span.section,
                        person: span.person,
                        columns: bytes(span),
                    });
                }
                all.dedup_by(|a, b| {
                    (a.key, a.section, a.person, a.columns)
                        == (b.key, b.section, b.person, b.columns)
                });
                (range, all)
            })
            .collect()
    }

    /// The words of family names, sorted, as entries.
    pub fn words(&self) -> Run {
        let mut maker = KeyMaker::default();
        let mut run = Run::default();
        let value = finish(front());
        for (section, word) in &self.words {
            for key in maker.word_keys(word) {
                run.push(&word_key(key, *section, word), &value);
            }
        }
        run.sort();
        run
    }

    /// For loading.
    pub fn into_runs(mut self) -> Vec<Run> {
        let words = self.words();
        let mut runs: Vec<Run> = self
            .parts()
            .par_iter()
            .map(|(_, part)| segments(part))
            .collect();
        runs.push(words);
        runs
    }
}

/// Postings cut into segments.
fn segments(postings: &[Posting<'_>]) -> Run {
    let mut run = Run::default();
    let mut open: Option<(u64, Section, SegmentWriter)> = None;
    for posting in postings {
        let fits = open.as_ref().is_some_and(|(key, section, writer)| {
            (*key, *section) == (posting.key, posting.section)
                && (writer.count < SEGMENT || writer.last() == posting.person)
        });
        if !fits {
            close(open.take(), &mut run);
        }
        let (_, _, writer) = open.get_or_insert_with(|| {
            (
                posting.key,
                posting.section,
                SegmentWriter::new(posting.person),
            )
        });
        writer.push(posting.person, posting.columns);
    }
    close(open, &mut run);
    run
}

fn close(open: Option<(u64, Section, SegmentWriter)>, run: &mut Run) {
    if let Some((key, section, writer)) = open {
        let first = writer.first();
        let stored = SegmentKey {
            key,
            section,
            first,
        };
        run.push(&stored.encode(), &writer.finish());
    }
}
