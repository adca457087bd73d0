//! Makes a store of a whole store's export.

use super::export_records::{check_sees_everything, told};
use crate::access::Permit;
use crate::error::Error;
use crate::exchange::json_lines::{JsonLinesReader, LineCounts};
use crate::store::{Store, StoreOptions, create_from_copy};
use std::io::BufRead;
use std::path::Path;

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
