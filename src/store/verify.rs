//! Proves the store: every checksum holds, every derived record and index entry is what the statements say and none is
//! missing, every commit has its change event and its place in the audit chain.

use super::audit::{AuditKeys, check_chain};
use super::backend::{Deadline, GO_ON, KeyRange, Order, ReadView, Run, Table};
use super::bulk::{self, Collected};
use super::error::StoreError;
use super::history::History;
use super::import_journal::read_journals;
use super::index_keys::IndexKey;
use super::keys;
use super::open::Store;
use super::records::{CommitNote, RequestRecord, State, decode};
use super::rematch::check_rematch;
use super::search_bulk::SearchCollected;
use super::search_keys;
use super::search_verify::{compare, stored_entries};
use super::stop::Stop;
use crate::model::change::ChangeEvent;
use crate::model::ids::Revision;
use crate::model::statement::Source;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// What was checked and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct VerifyReport {
    pub revision: Revision,
    pub subjects: u64,
    /// Versions of statements.
    pub statements: u64,
    pub records: u64,
    pub index_entries: u64,
    /// Names of people under the keys of the search index, and words of family names.
    pub search_entries: u64,
    pub sources: u64,
    pub commits: u64,
    pub requests: u64,
    /// Entries of the record of access.
    pub entries: u64,
    /// Entries of nightly runs.
    pub nightly: u64,
    /// The first thousand of what is wrong.
    pub findings: Vec<VerifyFinding>,
    /// All of them, counted.
    pub wrong: u64,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyFinding {
    pub table: &'static str,
    pub detail: String,
}

const FINDINGS: usize = 1000;

impl VerifyReport {
    pub fn is_clean(&self) -> bool {
        self.wrong == 0
    }
}

impl Store {
    /// Reads everything and checks it. Damage is told in the report; an error means that the check could not be made.
    /// `progress` hears the name of each step as it begins.
    pub fn verify(
        &self,
        progress: &mut dyn FnMut(&'static str),
    ) -> Result<VerifyReport, StoreError> {
        self.verify_until(&Stop::default(), progress)
    }

    /// The same; [`StoreError::DeadlinePassed`] soon after it was told to stop.
    pub fn verify_until(
        &self,
        stop: &Stop,
        progress: &mut dyn FnMut(&'static str),
    ) -> Result<VerifyReport, StoreError> {
        let snapshot = self.snapshot()?;
        let verify = Verify {
            view: &*snapshot.view,
            state: &snapshot.state,
            findings: Mutex::new(Vec::new()),
            wrong: AtomicU64::new(0),
            stop,
        };
        let mut report = VerifyReport {
            revision: snapshot.state.head,
            ..VerifyReport::default()
        };
        progress("sources");
        let sources = verify.sources(&mut report);
        stop.check()?;
        progress("commits");
        verify.commits(&mut report);
        verify.requests(&mut report);
        stop.check()?;
        progress("record of access");
        report.entries = verify.access(&self.shared.audit.keys)?;
        stop.check()?;
        progress("nightly runs");
        report.nightly = verify.nightly();
        stop.check()?;
        progress("statements");
        let derivable = verify.imports();
        let collected = verify.statements(&sources, &mut report);
        if let Some(mut collected) = collected.filter(|_| derivable) {
            stop.check()?;
            progress("index");
            collected.index.push(sources.index);
            report.index_entries = verify.index(&collected.index);
            collected.index = Vec::new();
            progress("search index");
            report.search_entries = verify.search(&mut collected.search);
            stop.check()?;
            progress("records");
            report.records = verify.records(&collected);
        }
        stop.check()?;
        report.wrong = verify.wrong.into_inner();
        report.findings = verify.findings.into_inner().unwrap_or_default();
        report
            .findings
            .sort_by(|a, b| (a.table, &a.detail).cmp(&(b.table, &b.detail)));
        Ok(report)
    }
}

struct Verify<'a> {
    view: &'a dyn ReadView,
    state: &'a State,
    findings: Mutex<Vec<VerifyFinding>>,
    wrong: AtomicU64,
    stop: &'a Stop,
}

/// The sources that there are.
struct Sources {
    known: Vec<bool>,
    index: Run,
}

impl Sources {
    fn has(&self, id: u64) -> bool {
        usize::try_from(id).is_ok_and(|id| self.known.get(id) == Some(&true))
    }
}

/// Says what is wrong with an entry.
type Check<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError>;

impl Verify<'_> {
    fn found(&self, table: Table, detail: impl Into<String>) {
        self.wrong.fetch_add(1, Ordering::Relaxed);
        let mut findings = self
            .findings
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if findings.len() < FINDINGS {
            findings.push(VerifyFinding {
                table: table.name(),
                detail: detail.into(),
            });
        }
    }

    /// Reads a range to its end; what `check` says of an entry is a finding, and so is a range that cannot be read.
    fn each(&self, table: Table, range: &KeyRange, check: Check<'_>) {
        let all = self.view.scan(
            table,
            range,
            Order::Ascending,
            Deadline::NONE,
            &mut |key, value| {
                self.stop.check()?;
                if let Err(error) = check(key, value) {
                    self.found(table, format!("{}: {}", readable(key), error.reason()));
                }
                GO_ON
            },
        );
        if let Err(error) = all {
            self.found(
                table,
                format!("cannot be read to the end: {}", error.reason()),
            );
        }
    }

    fn sources(&self, report: &mut VerifyReport) -> Sources {
        let mut known = Vec::new();
        self.each(Table::Sources, &keys::everything(), &mut |key, value| {
            let id = keys::parse_number(key)
                .filter(|id| *id < self.state.next_source)
                .ok_or_else(|| StoreError::damaged("no number of a source"))?;
            decode::<Source>(value)?;
            let position = id as usize;
            known.resize(known.len().max(position + 1), false);
            known[position] = true;
            report.sources += 1;
            Ok(())
        });
        let index = bulk::source_entries(self.view, 0).unwrap_or_default();
        Sources { known, index }
    }

    /// Change events and audit entries count up without a gap to the head, and the audit chain holds.
    fn commits(&self, report: &mut VerifyReport) {
        let everything = keys::everything();
        let mut events = 0;
        self.each(Table::Changes, &everything, &mut |key, value| {
            let event: ChangeEvent = decode(value)?;
            events += 1;
            in_sequence(key, events)?;
            let same = keys::parse_revision(key) == Some(event.revision);
            same.then_some(())
                .ok_or_else(|| StoreError::damaged("the event names another commit"))
        });
        let (mut entries, mut hash) = (0, [0; 32]);
        self.each(Table::Audit, &everything, &mut |key, value| {
            let previous = std::mem::replace(&mut hash, Sha256::digest(value).into());
            entries += 1;
            in_sequence(key, entries)?;
            let entry: CommitNote = decode(value)?;
            (entry.previous == previous)
                .then_some(())
                .ok_or_else(|| StoreError::damaged("the audit chain is broken before this entry"))
        });
        for (table, count) in [(Table::Changes, events), (Table::Audit, entries)] {
            if count != self.state.head.sequence {
                let head = self.state.head.sequence;
                self.found(table, format!("{count} entries for {head} commits"));
            }
        }
        if hash != self.state.audit_hash {
            self.found(Table::Audit, "the audit chain does not end at the head");
        }
        report.commits = events;
    }

    fn requests(&self, report: &mut VerifyReport) {
        self.each(Table::Requests, &keys::everything(), &mut |_, value| {
            report.requests += 1;
            decode::<RequestRecord>(value).map(|_| ())
        });
    }

    /// The record of access is one unbroken chain.
    fn access(&self, keys: &AuditKeys) -> Result<u64, StoreError> {
        let check = check_chain(self.view, keys, &[], self.stop)?;
        for finding in check.findings {
            let detail = format!("entry {}: {}", finding.sequence, finding.detail);
            self.found(Table::Access, detail);
        }
        Ok(check.entries)
    }

    /// Fingerprints agree with the lists.
    fn nightly(&self) -> u64 {
        let mut wrong = |detail| self.found(Table::Rematch, detail);
        let checked = check_rematch(self.view, self.state.next_subject, &mut wrong);
        checked.unwrap_or_else(|error| {
            self.found(Table::Rematch, error.reason());
            0
        })
    }

    /// Whether everything derived should be there.
    fn imports(&self) -> bool {
        match read_journals(self.view) {
            Ok(journals) => {
                let mut at_rest = true;
                for journal in journals
                    .iter()
                    .filter(|journal| !journal.state.is_at_rest())
                {
                    at_rest = false;
                    let detail = format!("import \"{}\" is not finished", journal.import_id);
                    self.found(Table::Meta, detail);
                }
                at_rest
            }
            Err(error) => {
                self.found(Table::Meta, error.reason());
                false
            }
        }
    }

    /// Reads all statements. Nothing if some cannot be read: then nothing can be said of what is derived.
    fn statements(&self, sources: &Sources, report: &mut VerifyReport) -> Option<Collected> {
        let inspect = |history: &History| self.inspect(history, sources);
        // One beyond the last number, so that stray subjects are noticed.
        let end = self.state.next_subject.saturating_add(1);
        match bulk::collect(self.view, 0, end, &inspect) {
            Ok(collected) => {
                report.subjects = collected.subjects;
                report.statements = collected.versions;
                self.stray_blocks(end);
                Some(collected)
            }
            Err(error) => {
                self.found(Table::Statements, error.reason());
                self.each_block_alone();
                None
            }
        }
    }

    fn stray_blocks(&self, first: u64) {
        let range = keys::number(first).to_vec()..keys::everything().end;
        self.each(Table::Statements, &range, &mut |_, _| {
            Err(StoreError::damaged("a subject beyond the last number"))
        });
    }

    /// Finds out which subjects cannot be read.
    fn each_block_alone(&self) {
        let nothing = |_: &History| {};
        bulk::pieces(0, self.state.next_subject)
            .into_par_iter()
            .for_each(|piece| {
                if bulk::collect(self.view, piece.start, piece.end, &nothing).is_ok() {
                    return;
                }
                for number in piece {
                    if let Err(error) = bulk::collect(self.view, number, number + 1, &nothing) {
                        self.found(
                            Table::Statements,
                            format!("subject {number}: {}", error.reason()),
                        );
                    }
                }
            });
    }

    fn inspect(&self, history: &History, sources: &Sources) {
        let number = history.subject.number();
        for version in &history.versions {
            let statement = &version.statement;
            if version.revision > self.state.head {
                let detail = format!("subject {number}: a commit beyond the head");
                self.found(Table::Statements, detail);
            }
            if !sources.has(statement.evidence.source.0) {
                let detail = format!(
                    "subject {number}: statement {} has no source",
                    statement.id.0
                );
                self.found(Table::Statements, detail);
            }
            let others = statement.fact.other_subjects();
            if others
                .iter()
                .any(|other| other.number() >= self.state.next_subject)
            {
                let detail = format!(
                    "subject {number}: statement {} names nobody",
                    statement.id.0
                );
                self.found(Table::Statements, detail);
            }
        }
    }

    fn index(&self, runs: &[Run]) -> u64 {
        let compare = |part: bulk::Part<'_>| {
            let entries = part.entries.iter().copied();
            self.compare(Table::Index, &part.range, entries)
        };
        bulk::merge(runs).into_par_iter().map(compare).sum()
    }

    fn search(&self, collected: &mut SearchCollected) -> u64 {
        let words = collected.words();
        let compared = self.compare(Table::Search, &search_keys::all_words(), words.iter());
        let segments = search_keys::all_segments();
        let last = search_keys::segments(&(u64::MAX..=u64::MAX)).end;
        let parts = collected.parts();
        let postings: u64 = parts
            .into_par_iter()
            .map(|(keys, expected)| {
                let mut range = search_keys::segments(&(keys.start..=keys.end));
                range.end = if keys.end == u64::MAX {
                    last.clone()
                } else {
                    search_keys::segments(&(keys.end..=keys.end)).start
                };
                let mut stored = Vec::with_capacity(expected.len());
                self.each(Table::Search, &range, &mut |key, value| {
                    stored_entries(key, value, &mut stored)
                });
                stored.sort_unstable();
                compare(&expected, &stored, &|detail| {
                    self.found(Table::Search, detail);
                })
            })
            .sum();
        for range in [
            keys::everything().start..segments.start,
            search_keys::all_words().end..keys::everything().end,
        ] {
            self.each(Table::Search, &range, &mut |_, _| {
                Err(StoreError::damaged("no entry of the search index"))
            });
        }
        compared + postings
    }

    fn records(&self, collected: &Collected) -> u64 {
        let mut pieces = bulk::pieces(0, self.state.next_subject);
        if let Some(last) = pieces.last_mut() {
            last.end = u64::MAX;
        }
        let check = |piece: std::ops::Range<u64>| {
            let range = keys::number(piece.start).to_vec()..keys::number(piece.end).to_vec();
            match bulk::records_of(self.view, piece, &collected.contributions) {
                Ok(records) => self.compare(Table::Nodes, &range, records.iter()),
                Err(error) => {
                    self.found(Table::Statements, error.reason());
                    0
                }
            }
        };
        pieces.into_par_iter().map(check).sum()
    }

    /// Compares what is stored in a range with what should be. Returns how many entries are as they should be.
    fn compare<'e>(
        &self,
        table: Table,
        range: &KeyRange,
        expected: impl Iterator<Item = (&'e [u8], &'e [u8])>,
    ) -> u64 {
        let mut expected = expected.peekable();
        let mut right = 0;
        self.each(table, range, &mut |key, value| {
            while let Some((missing, _)) = expected.next_if(|(wanted, _)| *wanted < key) {
                self.found(table, format!("{} is missing", readable(missing)));
            }
            match expected.next_if(|(wanted, _)| *wanted == key) {
                Some((_, wanted)) if wanted == value => {
                    right += 1;
                    Ok(())
                }
                Some(_) => Err(StoreError::damaged("is not what the statements say")),
                None => Err(StoreError::damaged("no statement stands behind it")),
            }
        });
        for (missing, _) in expected {
            self.found(table, format!("{} is missing", readable(missing)));
        }
        right
    }
}

/// A key in words where it can be read, else in hexadecimal digits. Never a name.
fn readable(key: &[u8]) -> String {
    match IndexKey::decode(key) {
        Some(IndexKey::PublicId(id)) => format!("public id {id}"),
        Some(IndexKey::ExternalId { external_id, .. }) => format!("external id {external_id}"),
        Some(IndexKey::PersonName { person, .. }) => format!("a name of person {person}"),
        Some(IndexKey::PlaceName { place, .. }) => format!("the name of place {place}"),
        Some(IndexKey::NationName { nation, .. }) => format!("a name of nation {nation}"),
        Some(IndexKey::Tie { other, subject, .. }) => format!("a tie of {subject} to {other}"),
        Some(IndexKey::OfKind { kind, number }) => format!("{} {number}", kind.word()),
        Some(IndexKey::Source(_)) => "a source".to_owned(),
        Some(IndexKey::SamePerson { position, .. }) => {
            format!("a same-person link of {}", position.subject.0)
        }
        None => match keys::parse_number(key) {
            Some(number) => format!("subject {number}"),
            None => key.iter().map(|byte| format!("{byte:02x}")).collect(),
        },
    }
}

fn in_sequence(key: &[u8], expected: u64) -> Result<(), StoreError> {
    match keys::parse_revision(key) {
        Some(revision) if revision.sequence == expected => Ok(()),
        _ => Err(StoreError::damaged("a commit is missing before this one")),
    }
}
