//! The format version and the steps from one to the next. An unknown format is refused, an older one must be migrated.

use super::backend::{Backend, Batch, Table, get};
use super::error::StoreError;
use super::keys;
use super::records::{decode, encode};
use std::path::Path;

/// The format that this program writes. 2: households are listed in the index; the search index. 3: the
/// table of nightly runs. 4: the keys outside, the record of access, places that matter.
pub const FORMAT: u32 = 4;

/// From one format to the next. Must do no harm when it is done twice: a step that was cut off is done again.
pub struct Step {
    pub from: u32,
    /// What it changes, for the operator.
    pub what: &'static str,
    pub run: fn(&dyn Backend) -> Result<(), StoreError>,
}

/// Every step there is, oldest first.
const STEPS: &[Step] = &[
    Step {
        from: 1,
        what: "households are listed and people can be searched: records and indexes are made anew when the store is opened next",
        run: make_derived_anew,
    },
    Step {
        from: 2,
        what: "there is a table for nightly runs",
        run: add_nothing,
    },
    Step {
        from: 3,
        what: "there are keys in a file outside the folder, a record of who was shown or changed what, and places that matter",
        run: add_nothing,
    },
];

/// Opening made the new table already, empty; or nothing is stored otherwise than before.
fn add_nothing(_: &dyn Backend) -> Result<(), StoreError> {
    Ok(())
}

/// What is derived changed and the statements did not: the next opening derives it again, however often it is cut off.
fn make_derived_anew(backend: &dyn Backend) -> Result<(), StoreError> {
    let mut batch = Batch::default();
    batch.put(Table::Meta, keys::REBUILDING, encode(&())?);
    backend.commit(batch)?;
    Ok(())
}

const FILE_WORDS: &str = "kinpath store format";

/// Brings a store to the format of this program. Tells what was done.
pub fn migrate(backend: &dyn Backend) -> Result<Vec<&'static str>, StoreError> {
    run_steps(backend, STEPS, FORMAT)
}

fn run_steps(
    backend: &dyn Backend,
    steps: &[Step],
    target: u32,
) -> Result<Vec<&'static str>, StoreError> {
    let mut done = Vec::new();
    let mut format = stored_format(backend)?;
    while format != target {
        let step = steps
            .iter()
            .find(|step| step.from == format)
            .ok_or_else(|| unknown(format.to_string()))?;
        (step.run)(backend)?;
        format += 1;
        let mut batch = Batch::default();
        batch.put(Table::Meta, keys::FORMAT, encode(&format)?);
        backend.commit(batch)?;
        done.push(step.what);
    }
    Ok(done)
}

/// Refuses what this program does not write.
pub fn check_format(backend: &dyn Backend) -> Result<(), StoreError> {
    match stored_format(backend)? {
        FORMAT => Ok(()),
        older if older < FORMAT => Err(StoreError::UnknownFormat {
            found: older.to_string(),
            known: FORMAT,
            next: "back up the folder, then run `kinpath migrate`",
        }),
        newer => Err(unknown(newer.to_string())),
    }
}

/// Says in a file what the folder holds, readable without opening the database.
pub fn write_format_file(data: &Path) -> Result<(), StoreError> {
    let text = format!("{FILE_WORDS} {FORMAT}\n");
    std::fs::write(data.join("format"), text)?;
    Ok(())
}

/// Looks at that file first, so that a newer database is never opened.
pub fn check_format_file(data: &Path) -> Result<(), StoreError> {
    let text = match std::fs::read_to_string(data.join("format")) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(no_format_file(data));
        }
        Err(error) => return Err(error.into()),
    };
    let version = text.strip_prefix(FILE_WORDS).map(str::trim);
    match version.and_then(|version| version.parse::<u32>().ok()) {
        Some(version) if version <= FORMAT => Ok(()),
        _ => Err(unknown(text.trim().chars().take(40).collect())),
    }
}

fn no_format_file(data: &Path) -> StoreError {
    if data.join("db").exists() {
        StoreError::Damaged {
            detail: format!("the file {} is missing", data.join("format").display()),
            next: "restore a backup with `kinpath restore`",
        }
    } else {
        StoreError::NoStore {
            path: data.to_owned(),
        }
    }
}

fn stored_format(backend: &dyn Backend) -> Result<u32, StoreError> {
    let value =
        get(&*backend.snapshot(), Table::Meta, keys::FORMAT)?.ok_or(StoreError::Damaged {
            detail: "the store does not say its format".to_owned(),
            next: "restore a backup with `kinpath restore`",
        })?;
    decode(&value)
}

fn unknown(found: String) -> StoreError {
    StoreError::UnknownFormat {
        found,
        known: FORMAT,
        next: "use the version of kinpath that wrote it, or a newer one",
    }
}

#[cfg(test)]
mod tests {
    use super::super::backend::memory::MemoryBackend;
    use super::*;

    fn backend(format: u32) -> MemoryBackend {
        let backend = MemoryBackend::default();
        let mut batch = Batch::default();
        batch.put(Table::Meta, keys::FORMAT, encode(&format).unwrap());
        backend.commit(batch).unwrap();
        backend
    }

    fn mark(backend: &dyn Backend) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put(Table::Meta, *b"mark", Vec::new());
        backend.commit(batch).map(|_| ())
    }

    #[test]
    fn steps_run_in_order_up_to_the_target() {
        let steps = [
            Step {
                from: 2,
                what: "second",
                run: mark,
            },
            Step {
                from: 1,
                what: "first",
                run: mark,
            },
        ];
        let backend = backend(1);
        assert_eq!(run_steps(&backend, &steps, 3).unwrap(), ["first", "second"]);
        assert_eq!(stored_format(&backend).unwrap(), 3);
        assert!(run_steps(&backend, &steps, 3).unwrap().is_empty());
    }

    #[test]
    fn formats_that_are_not_known_are_refused() {
        assert!(check_format(&backend(FORMAT)).is_ok());
        let newer = check_format(&backend(FORMAT + 1));
        assert!(matches!(newer, Err(StoreError::UnknownFormat { .. })));
        assert!(migrate(&backend(FORMAT + 1)).is_err());
        let silent = check_format(&MemoryBackend::default());
        assert!(matches!(silent, Err(StoreError::Damaged { .. })));
    }
}
