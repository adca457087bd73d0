//! Takes files into a store: reads and checks them, tells what was found, and commits what can be taken.

use super::export_records::{check_sees_everything, told};
use super::likely_links::{
    LinksOfImport, ProbablyKnown, probably_known, shown_by, suggest_links_of_import,
};
use super::link_nations::link_nations;
use super::write::Write;
use crate::access::Permit;
use crate::error::Error;
use crate::exchange::csv::read_folder;
use crate::exchange::gedcom::read_file;
use crate::exchange::json_lines::{JsonLinesReader, LineCounts};
use crate::exchange::report::{ExchangeError, ReadBundle, ReadOptions};
use crate::model::bundle::{BundleContent, Finding, Origin, Severity};
use crate::model::ids::Revision;
use crate::model::statement::Fact;
use crate::store::{
    ImportProgress, ImportRequest, ImportSummary, Stop, Store, StoreError, StoreOptions,
    UndoSummary, create_from_copy,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// How much of a file is read at once, in bytes.
const READ_AHEAD: usize = 1 << 20;

/// Makes a store of a JSON Lines export, in a folder that is new, empty or holds an empty store: the same public ids,
/// statements, commits and times. A file that is not whole leaves the store empty. `progress` hears how many records
/// were read.
pub fn import_store(
    permit: &Permit,
    data: &Path,
    options: &StoreOptions,
    input: impl BufRead,
    progress: &mut dyn FnMut(u64),
) -> Result<(Store, LineCounts), Error> {
    check_sees_everything(permit)?;
    let mut reader = JsonLinesReader::new(input).map_err(told)?;
    let store = create_from_copy(data, options, &mut || {
        let part = reader.next_part().map_err(told)?;
        progress(reader.counts().subjects);
        Ok::<_, Error>(part)
    })?;
    Ok((store, reader.counts()))
}

/// In which form files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// A folder of CSV files.
    Bundle,
    /// One GEDCOM or GEDZIP file.
    Gedcom,
    /// One JSON Lines file with a whole store.
    WholeStore,
}

/// Reads and checks a bundle or a GEDCOM file. Faults of the content are findings.
pub fn read_files(
    path: &Path,
    form: FileForm,
    options: &ReadOptions,
) -> Result<ReadBundle, ExchangeError> {
    match form {
        FileForm::Bundle => read_folder(path, options),
        FileForm::Gedcom => read_file(path, options),
        FileForm::WholeStore => Err(ExchangeError::unreadable(
            path,
            "a whole store is no bundle",
        )),
    }
}

/// What came of committing a bundle.
#[derive(Clone, Debug, Default)]
pub struct ImportedBundle {
    pub summary: ImportSummary,
    /// Who is new and probably recorded already, and how many links were suggested.
    pub links: LinksOfImport,
}

/// Commits what was read, or finishes committing it; then suggests likely same-person links. The same id stands for the
/// same content.
pub fn import_bundle(
    store: &Store,
    permit: &Permit,
    import_id: &str,
    bundle: &dyn BundleContent,
    progress: &mut dyn FnMut(ImportProgress),
) -> Result<ImportedBundle, Error> {
    check_sees_everything(permit)?;
    let request = ImportRequest {
        entry: Some(permit.entry("import")),
        ..ImportRequest::new(import_id, permit.actor())
    };
    let next = permit.snapshot(store)?.numbers().end;
    let summary = store.import(bundle, &request, &mut |step| {
        progress(step);
        ControlFlow::Continue(())
    })?;
    // Of an import that was cut off it is not known any longer which records it began with.
    let first_new = (!summary.resumed).then_some(next);
    let step = "likely links";
    let links = suggest_links_of_import(store, permit, bundle, first_new, &mut |done, of| {
        progress(ImportProgress { step, done, of });
    })?;
    if !links.probably_known.is_empty() {
        permit.close_read(store, "import", &shown_by(&links.probably_known))?;
    }
    Ok(ImportedBundle { summary, links })
}

/// Takes an import back, or tells what that would do. A request that did so before gets the same answer.
pub fn undo_import(
    store: &Store,
    permit: &Permit,
    import_id: &str,
    write: &Write,
) -> Result<UndoSummary, Error> {
    check_sees_everything(permit)?;
    if !store.has_import(import_id)? {
        return Err(Error::NotFound {
            what: "import",
            name: import_id.to_owned(),
        });
    }
    Ok(if write.validate_only {
        store.would_undo_import(import_id)?
    } else {
        store.undo_import(import_id, permit.actor(), write.request.as_ref())?
    })
}

/// Files to take in.
#[derive(Clone, Debug)]
pub struct ImportFiles {
    /// The folder of a bundle, or the file.
    pub path: PathBuf,
    pub form: FileForm,
    /// One id stands for one content.
    pub import_id: String,
    pub options: ReadOptions,
    /// Check everything and change nothing.
    pub validate_only: bool,
}

/// What was found in files and what was done with them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Errors first; at most 1,000.
    pub findings: Vec<Finding>,
    pub errors: u64,
    pub warnings: u64,
    /// Rows of a bundle, lines of other files.
    pub rows_read: u64,
    /// What the files hold, by kind, in words.
    pub contents: BTreeMap<&'static str, u64>,
    /// What was recorded, or would be; nothing if the files were refused.
    pub summary: Option<ImportSummary>,
    /// Who is new and probably recorded already. Nobody is merged.
    pub probably_known: Vec<ProbablyKnown>,
    /// Same-person links that were suggested for what was recorded.
    pub links: u64,
    /// Too many for a store to begin with: nobody was compared.
    pub links_not_compared: bool,
}

/// Checks files and takes them in whole, or not at all. `progress` hears the step, and how much of it is done.
pub fn import_files(
    store: &Store,
    permit: &Permit,
    question: &ImportFiles,
    stop: &Stop,
    progress: &mut dyn FnMut(&'static str, u64, u64),
) -> Result<ImportReport, Error> {
    check_sees_everything(permit)?;
    if question.form == FileForm::WholeStore {
        return import_whole(store, question, progress);
    }
    progress("reading", 0, 0);
    let mut read = match read_files(&question.path, question.form, &question.options) {
        Ok(read) => read,
        Err(why) => return Ok(unreadable(&question.path, &why)),
    };
    stop.check()?;
    let linked = link_nations(store, permit, &mut read.bundle)?;
    read.warnings += linked.len() as u64;
    read.findings.extend(linked);
    let mut report = ImportReport {
        contents: contents(&read.bundle)?,
        findings: read.findings,
        errors: read.errors,
        warnings: read.warnings,
        rows_read: read.rows_read,
        ..ImportReport::default()
    };
    if read.errors > 0 && !question.options.accept_valid_rows {
        return Ok(report);
    }
    if question.validate_only {
        progress("comparing", 0, 0);
        report.summary = Some(store.try_import(&read.bundle, &question.import_id, stop)?);
        report.probably_known = probably_known(store, permit, &read.bundle, &mut |done, of| {
            progress("likely links", done, of);
        })?;
        return Ok(report);
    }
    let id = &question.import_id;
    let imported = import_bundle(store, permit, id, &read.bundle, &mut |at| {
        progress(at.step, at.done, at.of);
    })?;
    report.summary = Some(imported.summary);
    report.probably_known = imported.links.probably_known;
    report.links = imported.links.suggested.recorded;
    report.links_not_compared = imported.links.not_compared;
    Ok(report)
}

/// Takes a whole store into this one, which must be empty.
fn import_whole(
    store: &Store,
    question: &ImportFiles,
    progress: &mut dyn FnMut(&'static str, u64, u64),
) -> Result<ImportReport, Error> {
    let file = File::open(&question.path).map_err(|why| Error::Unavailable {
        reason: format!("the file cannot be read ({})", why.kind()),
    })?;
    let size = file.metadata().map_or(0, |about| about.len());
    let mut input = CountedInput {
        input: BufReader::with_capacity(READ_AHEAD, file),
        read: 0,
    };
    let mut line = 1;
    let mut counts = LineCounts::default();
    let outcome = JsonLinesReader::new(&mut input)
        .map_err(told)
        .and_then(|mut reader| {
            let mut give = || {
                let part = reader.next_part().map_err(told);
                line = reader.line();
                counts = reader.counts();
                progress("reading", reader.input().read, size);
                part
            };
            if question.validate_only {
                store.check_copy(&mut give)
            } else {
                store.fill_from_copy(&mut give)
            }
        });
    let mut report = ImportReport {
        rows_read: line,
        contents: counts.in_words(),
        ..ImportReport::default()
    };
    match outcome {
        Ok(()) => {
            report.summary = Some(ImportSummary {
                revision: if question.validate_only {
                    Revision::default()
                } else {
                    store.snapshot()?.revision()
                },
                new_subjects: counts.subjects,
                new_statements: counts.statements,
                ..ImportSummary::default()
            });
            Ok(report)
        }
        Err(Error::InvalidInput { field, reason }) => {
            report.errors = 1;
            report.findings = vec![error_in(&question.path, line, field, reason)];
            Ok(report)
        }
        Err(other) => Err(other),
    }
}

/// A reader that tells how much was read from it.
struct CountedInput<R> {
    input: R,
    read: u64,
}

impl<R: BufRead> std::io::Read for CountedInput<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.read += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for CountedInput<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.read += amount as u64;
        self.input.consume(amount);
    }
}

fn unreadable(path: &Path, why: &ExchangeError) -> ImportReport {
    let (ExchangeError::Unreadable { reason, .. } | ExchangeError::Unwritable { reason, .. }) = why;
    ImportReport {
        findings: vec![error_in(path, 0, String::new(), reason.clone())],
        errors: 1,
        ..ImportReport::default()
    }
}

fn error_in(path: &Path, line: u64, field: String, reason: String) -> Finding {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Finding {
        severity: Severity::Error,
        origin: Origin {
            file: name.into_owned(),
            line,
            field,
        },
        reason,
    }
}

/// How many of what a bundle holds.
fn contents(bundle: &dyn BundleContent) -> Result<BTreeMap<&'static str, u64>, Error> {
    let mut counts = BTreeMap::new();
    for position in 0..bundle.len() {
        if let Some(kind) = bundle.kind(position) {
            *counts.entry(kind.plural()).or_default() += 1;
        }
        for fact in bundle.facts(position).map_err(StoreError::from)?.iter() {
            let what = match &fact.fact {
                Fact::Parent(_) => "parent ties",
                Fact::Union(_) => "unions",
                Fact::StatedKin(_) => "stated kin",
                Fact::Network(_) => "network ties",
                Fact::Membership(_) => "memberships of nations",
                Fact::HouseholdMember(_) => "memberships of households",
                Fact::Inquiry(_) => "inquiries",
                Fact::Outreach(_) => "outreach",
                _ => "other statements",
            };
            *counts.entry(what).or_default() += 1;
        }
    }
    Ok(counts)
}
