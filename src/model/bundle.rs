//! What a file brings: subjects with facts, checked and ready to be committed. Numbers inside facts are local:
//! the position of the subject in [`Bundle::subjects`], and for sources in [`Bundle::sources`].

use super::ids::{ExternalId, PublicId, SubjectKind};
use super::statement::{Evidence, Fact, Source};

/// Everything that one import brings.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Bundle {
    pub subjects: Vec<BundleSubject>,
    pub sources: Vec<Source>,
}

/// One record, in the order of the file, so that people entered together lie together.
#[derive(Clone, Debug, PartialEq)]
pub struct BundleSubject {
    pub kind: SubjectKind,
    pub external_id: ExternalId,
    /// The id that it has already in another store, or in this one. Without it one is made of the external id.
    pub public_id: Option<PublicId>,
    /// Ties stand with their first end only: the child of a parent tie, the first partner of a union, the person
    /// who has the stated kin, the child of a network tie, the member of a nation or household.
    pub facts: Vec<BundleFact>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BundleFact {
    pub fact: Fact,
    /// Its `source` is the position in [`Bundle::sources`].
    pub evidence: Evidence,
}

/// Where in the input something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Origin {
    /// File name without its folder.
    pub file: String,
    /// 1 is the first line; 0 means the whole file.
    pub line: u64,
    /// The column or tag; empty where none is concerned.
    pub field: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The row cannot be taken.
    Error,
    /// The row is taken, with something left out or doubtful.
    Warning,
}

/// One thing found while checking input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    pub origin: Origin,
    /// In plain words: what is wrong, with the value where it helps, and what is expected.
    pub reason: String,
}
