//! What can go wrong in the store. Messages about opening say what to do next.

use crate::error::Error;
use crate::model::bundle::UnreadableFact;
use crate::model::ids::{ExternalId, Subject};
use std::path::PathBuf;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the store.
    #[error("{} is open in another process: stop that process, or use its service", path.display())]
    InUse { path: PathBuf },
    /// There is no store in this folder.
    #[error("there is no store in {}: make one with `kinpath import`, or check the path", path.display())]
    NoStore { path: PathBuf },
    /// The store was written by a program that knows more, or is not a store.
    #[error("the store has format {found}, this program knows up to {known}: {next}")]
    UnknownFormat {
        found: String,
        known: u32,
        next: &'static str,
    },
    /// What is stored cannot be trusted as it is.
    #[error("{detail}: {next}")]
    Damaged { detail: String, next: &'static str },
    /// The file with the store's keys is not there.
    #[error(
        "the keys of the store are not in {}: put the file there, or name it with --key-file; without it the store \
         cannot be opened", path.display()
    )]
    NoKeys { path: PathBuf },
    /// The file with the store's keys cannot be used.
    #[error("the keys in {} are refused: {reason}", path.display())]
    KeysRefused { path: PathBuf, reason: String },
    /// Commits that were acknowledged are missing.
    #[error(
        "commits {present} to {acknowledged} were acknowledged and are missing: restore a backup with `kinpath restore`, \
         or go on without them with `kinpath verify --accept-loss`"
    )]
    LostCommits { acknowledged: u64, present: u64 },
    /// Entries of the record of access that were acknowledged are missing.
    #[error(
        "entries {present} to {acknowledged} of the record of access were acknowledged and are missing: restore a backup \
         with `kinpath restore`, or go on without them with `kinpath verify --accept-loss`"
    )]
    LostEntries { acknowledged: u64, present: u64 },
    /// A folder must be empty.
    #[error("{} is not empty: choose an empty folder", path.display())]
    NotEmpty { path: PathBuf },
    /// A subject was changed since its etag was read.
    #[error("{} {} was changed since it was read", subject.kind().word(), subject.number())]
    Conflict { subject: Subject },
    /// A transaction or bundle names a subject that does not exist.
    #[error("there is no {} {}", subject.kind().word(), subject.number())]
    UnknownSubject { subject: Subject },
    #[error("external id {external_id} is in use")]
    ExternalIdInUse { external_id: ExternalId },
    /// The same request id with another payload.
    #[error("the request id was used for another request")]
    RequestIdReused,
    /// Input that cannot be stored as it is.
    #[error("{field}: {reason}")]
    Invalid { field: String, reason: String },
    /// The import id stands for another bundle, or for an import that is not finished.
    #[error("import \"{import_id}\": {reason}")]
    ImportRefused { import_id: String, reason: String },
    /// A whole store is being taken in.
    #[error("a whole store is being read in: come again when that is done")]
    Filling,
    #[error("stopped at the deadline")]
    DeadlinePassed,
    /// The store was closed while the call waited.
    #[error("the store is closed")]
    Closed,
    /// The disk or RocksDB refused.
    #[error("storage refused: {detail}")]
    Storage { detail: String },
}

/// What to do about damage found while reading.
pub const RUN_VERIFY: &str = "run `kinpath verify`, then restore a backup with `kinpath restore`";

impl StoreError {
    /// Stored bytes that do not mean what they should.
    pub fn damaged(detail: impl Into<String>) -> StoreError {
        StoreError::Damaged {
            detail: detail.into(),
            next: RUN_VERIFY,
        }
    }

    /// What is wrong, without what to do about it.
    pub fn reason(&self) -> String {
        match self {
            StoreError::Damaged { detail, .. } => detail.clone(),
            other => other.to_string(),
        }
    }

    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> StoreError {
        StoreError::Invalid {
            field: field.into(),
            reason: reason.into(),
        }
    }
}

impl From<UnreadableFact> for StoreError {
    fn from(error: UnreadableFact) -> StoreError {
        StoreError::invalid("bundle", error.to_string())
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> StoreError {
        StoreError::Storage {
            detail: error.to_string(),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        let text = error.to_string();
        match error {
            StoreError::InUse { .. }
            | StoreError::NoKeys { .. }
            | StoreError::KeysRefused { .. }
            | StoreError::UnknownFormat { .. }
            | StoreError::Closed
            | StoreError::Filling
            | StoreError::Storage { .. } => Error::Unavailable { reason: text },
            StoreError::NoStore { path } => Error::NotFound {
                what: "store",
                name: path.display().to_string(),
            },
            StoreError::Damaged { .. }
            | StoreError::LostCommits { .. }
            | StoreError::LostEntries { .. } => Error::Corrupt { detail: text },
            StoreError::NotEmpty { .. } => Error::invalid("folder", text),
            StoreError::Conflict { subject } => Error::Conflict {
                what: subject.kind().word().to_owned(),
            },
            StoreError::UnknownSubject { subject } => Error::NotFound {
                what: subject.kind().word(),
                name: subject.number().to_string(),
            },
            StoreError::ExternalIdInUse { external_id } => Error::AlreadyExists {
                what: "external id",
                name: external_id.to_string(),
            },
            StoreError::RequestIdReused => Error::RequestIdReused,
            StoreError::Invalid { field, reason } => Error::InvalidInput { field, reason },
            StoreError::ImportRefused { .. } => Error::invalid("import_id", text),
            StoreError::DeadlinePassed => Error::Cancelled { reason: text },
        }
    }
}
