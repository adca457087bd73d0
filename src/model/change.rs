//! What a commit did, as told to those who follow changes: which subjects, never the content.

use super::ids::{Revision, Subject};
use serde::{Deserialize, Serialize};

/// One commit's change event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeEvent {
    pub revision: Revision,
    /// Seconds since 1970-01-01 UTC.
    pub committed_at: i64,
    /// What was done, as a short word: "record_connection", "import".
    pub action: String,
    /// The subjects whose answers may have changed.
    pub subjects: Vec<Subject>,
}
