//! Writes what a store holds into files for other systems, from one snapshot.

use super::read_kin::{Question, walk_kin};
use crate::access::Permit;
use crate::error::Error;
use crate::exchange::csv::{CsvWriter, Names};
use crate::exchange::gedcom::{FamilyPlan, Version};
use crate::exchange::json_lines::{JsonLinesError, JsonLinesWriter, LineCounts};
use crate::exchange::report::ExchangeError;
use crate::model::audit::{SeenLevel, Shown};
use crate::model::ids::{PersonId, Revision, Subject, SubjectKind};
use crate::model::neighborhood::Node;
use crate::model::partial_date::Day;
use crate::model::reach::Reach;
use crate::model::same_person::LinkPolicy;
use crate::model::store_copy::CopyPart;
use crate::model::visibility::Visibility;
use crate::placement::ranking::weights;
use crate::store::{Snapshot, Store};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes the whole store as JSON Lines: every version of every statement, with ids, commits and times. The same
/// revision gives the same bytes. Only those who may see everything may take everything.
pub fn export_store(store: &Store, permit: &Permit, out: impl Write) -> Result<LineCounts, Error> {
    check_sees_everything(permit)?;
    let snapshot = permit.snapshot(store)?;
    shows_everybody(store, permit, &snapshot)?;
    write_store(&snapshot, out)
}

fn write_store(snapshot: &Snapshot<'_>, out: impl Write) -> Result<LineCounts, Error> {
    let mut writer = JsonLinesWriter::new(out).map_err(told)?;
    snapshot.copy(&mut |part| writer.write(&part).map_err(told))?;
    writer.finish().map_err(told)
}

/// What a CSV bundle got.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct BundleWritten {
    pub rows: u64,
    /// What the columns cannot hold, counted.
    pub left_out: BTreeMap<&'static str, u64>,
}

/// Writes what stands in the whole store as a CSV bundle into a folder that is new or empty.
pub fn export_bundle(
    store: &Store,
    permit: &Permit,
    folder: &Path,
) -> Result<BundleWritten, Error> {
    check_sees_everything(permit)?;
    let snapshot = permit.snapshot(store)?;
    shows_everybody(store, permit, &snapshot)?;
    write_bundle(&snapshot, folder)
}

fn write_bundle(snapshot: &Snapshot<'_>, folder: &Path) -> Result<BundleWritten, Error> {
    let mut names = Names::default();
    snapshot.copy(&mut |part| {
        names.note(&part);
        Ok::<_, Error>(())
    })?;
    let mut writer = CsvWriter::create(folder, names).map_err(not_written)?;
    snapshot.copy(&mut |part| match part {
        CopyPart::Subject(subject) => writer.write(&subject).map_err(not_written),
        _ => Ok(()),
    })?;
    let (rows, left_out) = writer.finish().map_err(not_written)?;
    Ok(BundleWritten { rows, left_out })
}

/// What to write as GEDCOM.
#[derive(Clone, Debug)]
pub struct ExportGedcom {
    pub version: Version,
    /// These people and their relatives; everybody if empty.
    pub people: Vec<PersonId>,
    /// Relatives up to this civil degree.
    pub degree: u8,
    /// Sealed statements too.
    pub with_sealed: bool,
    pub as_of: Day,
}

/// Writes people and families as GEDCOM. Returns how many of each.
pub fn export_gedcom(
    store: &Store,
    permit: &Permit,
    question: &ExportGedcom,
    out: impl Write,
) -> Result<(u64, u64), Error> {
    check_sees_everything(permit)?;
    let snapshot = permit.snapshot(store)?.as_of(question.as_of);
    write_gedcom(store, &snapshot, permit, question, out)
}

fn write_gedcom(
    store: &Store,
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &ExportGedcom,
    mut out: impl Write,
) -> Result<(u64, u64), Error> {
    let mut only = None;
    for person in &question.people {
        let people: &mut FxHashSet<u64> = only.get_or_insert_default();
        people.insert(person.0);
        let weights = weights().map_err(|error| Error::Internal {
            detail: error.to_string(),
        })?;
        let reach = Reach::everything(question.degree);
        let walk = Question {
            start: *person,
            as_of: question.as_of,
            reach,
            scale: weights.certainty,
            links: LinkPolicy::DECIDED_ONLY,
        };
        let walked = walk_kin(snapshot, permit, &walk)?.found;
        let kin = walked
            .kin
            .iter()
            .filter_map(|kin| walked.graph.node(kin.place));
        let with_own = kin.chain(walked.graph.person(*person));
        people.extend(with_own.flat_map(Node::record_ids).map(|record| record.0));
    }
    let mut plan = FamilyPlan::new(question.version, only, question.with_sealed);
    snapshot.copy(&mut |part| {
        plan.note(&part);
        Ok::<_, Error>(())
    })?;
    plan.settle();
    if question.people.is_empty() {
        shows_everybody(store, permit, snapshot)?;
    } else {
        let people = plan.people.keys();
        let people: Vec<Subject> = people.map(|n| SubjectKind::Person.subject(*n)).collect();
        let mut shown = Shown::default();
        for known in snapshot.identities(&people)?.into_iter().flatten() {
            shown.add(SubjectKind::Person, known.public_id, SeenLevel::Contactable);
        }
        permit.close_read(store, EXPORT, &shown)?;
    }
    let mut text = String::new();
    let mut failed = None;
    let mut flush = |text: &mut String| {
        if text.len() > FLUSH && failed.is_none() {
            failed = out.write_all(text.as_bytes()).err();
            text.clear();
        }
    };
    plan.write_head(&mut text);
    snapshot.copy(&mut |part| {
        if let CopyPart::Subject(subject) = &part {
            plan.write_person(subject, &mut text);
            flush(&mut text);
        }
        Ok::<_, Error>(())
    })?;
    plan.write_rest(&mut text, &mut flush);
    let written = match failed {
        Some(error) => Err(error),
        None => out.write_all(text.as_bytes()).and_then(|()| out.flush()),
    };
    written.map_err(|error| told(JsonLinesError::Io(error)))?;
    Ok((plan.people.len() as u64, plan.families.len() as u64))
}

/// Files to make.
#[derive(Clone, Debug)]
pub enum ExportFiles {
    /// The whole store with its history.
    WholeStore,
    /// What stands at present.
    Bundle,
    /// People and families.
    Gedcom(ExportGedcom),
}

/// What the files hold.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct FilesWritten {
    /// Everything recorded up to and including this revision.
    pub revision: Revision,
    /// By kind, in words.
    pub contents: BTreeMap<&'static str, u64>,
    /// What the form cannot hold, counted.
    pub left_out: BTreeMap<&'static str, u64>,
}

/// Makes the files in a folder that is new, from one snapshot, and syncs them. The same revision gives the same bytes.
pub fn export_files(
    store: &Store,
    permit: &Permit,
    question: &ExportFiles,
    folder: &Path,
) -> Result<FilesWritten, Error> {
    check_sees_everything(permit)?;
    let unwritable = |why: std::io::Error| told(JsonLinesError::Io(why));
    let new_file = |name: &str| {
        fs::create_dir_all(folder)?;
        Ok(BufWriter::with_capacity(
            FLUSH,
            File::create(folder.join(name))?,
        ))
    };
    let snapshot = permit.snapshot(store)?;
    let mut written = FilesWritten {
        revision: snapshot.revision(),
        ..FilesWritten::default()
    };
    if !matches!(question, ExportFiles::Gedcom(_)) {
        shows_everybody(store, permit, &snapshot)?;
    }
    match question {
        ExportFiles::WholeStore => {
            let out = new_file("store.jsonl").map_err(unwritable)?;
            let counts = write_store(&snapshot, out)?;
            written.contents = counts.in_words();
        }
        ExportFiles::Bundle => {
            let bundle = write_bundle(&snapshot, folder)?;
            written.contents = BTreeMap::from([("rows", bundle.rows)]);
            written.left_out = bundle.left_out;
        }
        ExportFiles::Gedcom(question) => {
            let out = new_file("tree.ged").map_err(unwritable)?;
            let snapshot = snapshot.as_of(question.as_of);
            let (people, families) = write_gedcom(store, &snapshot, permit, question, out)?;
            written.contents = BTreeMap::from([("people", people), ("families", families)]);
        }
    }
    for entry in fs::read_dir(folder).map_err(unwritable)? {
        let path = entry.map_err(unwritable)?.path();
        File::open(path)
            .and_then(|file| file.sync_all())
            .map_err(unwritable)?;
    }
    Ok(written)
}

/// The word of exports in the record of access.
const EXPORT: &str = "export";

/// Notes that everybody is about to be written out.
fn shows_everybody(store: &Store, permit: &Permit, snapshot: &Snapshot<'_>) -> Result<(), Error> {
    let shown = Shown::everybody(snapshot.ever_made().records);
    permit.close_read(store, EXPORT, &shown)
}

/// How much text is collected before it is written, in bytes.
const FLUSH: usize = 1 << 20;

fn not_written(error: ExchangeError) -> Error {
    Error::invalid("out", error.to_string())
}

/// Refuses whoever may not see all of a store.
pub(super) fn check_sees_everything(permit: &Permit) -> Result<(), Error> {
    if permit.visibility() == &Visibility::all() {
        return Ok(());
    }
    Err(Error::Denied {
        reason: "a whole store is only for those who may see everything in it".to_owned(),
    })
}

/// The error of a file as one of a workflow.
pub(super) fn told(error: JsonLinesError) -> Error {
    match error {
        JsonLinesError::Refused { line, reason } => {
            Error::invalid("file", format!("line {line}: {reason}"))
        }
        JsonLinesError::Io(error) => Error::Unavailable {
            reason: error.to_string(),
        },
    }
}
