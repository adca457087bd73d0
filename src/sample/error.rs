//! What can go wrong while a sample community is written or measured.

use std::path::PathBuf;

/// An error of [`super::generate`] or [`super::measure_shape`].
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The plan asks for a community that cannot be made.
    #[error("people: {asked} is too few, at least {least} are needed")]
    TooFewPeople { asked: u64, least: u64 },
    /// The folder holds something already; nothing was changed.
    #[error("{}: the folder is not empty", folder.display())]
    FolderNotEmpty { folder: PathBuf },
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// A CSV file could not be read or written.
    #[error("{}: {source}", path.display())]
    Csv { path: PathBuf, source: csv::Error },
    /// A list built into the program, or a file being measured, does not have the form expected.
    #[error("{what}: {reason}")]
    Malformed { what: String, reason: String },
}

impl SampleError {
    pub(super) fn malformed(what: impl Into<String>, reason: impl ToString) -> SampleError {
        SampleError::Malformed {
            what: what.into(),
            reason: reason.to_string(),
        }
    }
}
