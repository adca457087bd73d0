//! Writes what a store holds into files for other systems, from one snapshot.

use crate::access::Permit;
use crate::error::Error;
use crate::exchange::json_lines::{JsonLinesError, JsonLinesWriter, LineCounts};
use crate::model::visibility::Visibility;
use crate::store::Store;
use std::io::Write;

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
