//! What can go wrong, told by what the caller can do about it. Text of `Corrupt` and `Internal` is for the log only.

/// An error of a workflow.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field of the question or the input cannot be used as it is.
    #[error("{field}: {reason}")]
    InvalidInput { field: String, reason: String },
    /// The thing named does not exist (for this caller).
    #[error("no {what} \"{name}\"")]
    NotFound { what: &'static str, name: String },
    /// More than one thing is meant; the caller must choose.
    #[error("{field}: more than one is meant")]
    Ambiguous { field: String, choices: Vec<Choice> },
    #[error("{what} \"{name}\" exists already")]
    AlreadyExists { what: &'static str, name: String },
    /// Somebody else changed it since it was read (etag).
    #[error("{what} was changed since it was read: read it again, then repeat")]
    Conflict { what: String },
    /// The same request id was used for something else.
    #[error("request_id: used before for a different request")]
    RequestIdReused,
    #[error("not allowed: {reason}")]
    Denied { reason: String },
    /// The deadline passed or the caller went away.
    #[error("stopped before the answer was whole: {reason}")]
    Cancelled { reason: String },
    /// A place in the history that is not kept, or not of this store: start anew.
    #[error("{field}: {reason}")]
    OutOfRange { field: String, reason: String },
    /// Try again later.
    #[error("not available at the moment: {reason}")]
    Unavailable { reason: String },
    /// Stored data is damaged.
    #[error("stored data is damaged: {detail}")]
    Corrupt { detail: String },
    #[error("internal error: {detail}")]
    Internal { detail: String },
}

/// One of several things that could be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What to send instead.
    pub value: String,
    /// In words.
    pub label: String,
}

impl Error {
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Error {
        Error::InvalidInput {
            field: field.into(),
            reason: reason.into(),
        }
    }
}
