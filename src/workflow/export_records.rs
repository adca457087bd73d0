//! Writes what a store holds into files for other systems, from one snapshot.

use crate::access::Permit;
use crate::error::Error;
use crate::exchange::csv::{CsvWriter, Names};
use crate::exchange::json_lines::{JsonLinesError, JsonLinesWriter, LineCounts};
use crate::exchange::report::ExchangeError;
use crate::model::store_copy::CopyPart;
use crate::model::visibility::Visibility;
use crate::store::Store;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// Writes the whole store as JSON Lines: every version of every statement, with ids, commits and times. The same
/// revision gives the same bytes. Only those who may see everything may take everything.
pub fn export_store(store: &Store, permit: &Permit, out: impl Write) -> Result<LineCounts, Error> {
    check_sees_everything(permit)?;
    let mut writer = JsonLinesWriter::new(out).map_err(told)?;
    store
        .snapshot()?
        .copy(&mut |part| writer.write(&part).map_err(told))?;
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
    let snapshot = store.snapshot()?;
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
