//! What a file brings: subjects with facts, checked and ready to be committed. Numbers inside facts are local:
//! the position of the subject in [`Bundle::subjects`], and for sources in [`Bundle::sources`].

use super::ids::{ExternalId, PublicId, SubjectKind};
use super::statement::{Evidence, Fact, Source};
use std::borrow::Cow;

/// What an import reads of a bundle, however it is held.
pub trait BundleContent: Sync {
    /// How many subjects there are.
    fn len(&self) -> usize;
    /// The kind of a subject; nothing for a position beyond the last.
    fn kind(&self, position: usize) -> Option<SubjectKind>;
    fn external_id(&self, position: usize) -> ExternalId;
    fn public_id(&self, position: usize) -> Option<PublicId>;
    fn fact_count(&self, position: usize) -> usize;
    /// What is said of a subject, in the order of the input.
    fn facts(&self, position: usize) -> Result<Cow<'_, [BundleFact]>, UnreadableFact>;
    fn sources(&self) -> &[Source];

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A fact that was held in bytes which do not read back: a fault of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fact of the record {position} of a bundle cannot be read back")]
pub struct UnreadableFact {
    pub position: usize,
}

/// Everything that one import brings.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Bundle {
    pub subjects: Vec<BundleSubject>,
    pub sources: Vec<Source>,
}

impl BundleContent for Bundle {
    fn len(&self) -> usize {
        self.subjects.len()
    }

    fn kind(&self, position: usize) -> Option<SubjectKind> {
        self.subjects.get(position).map(|subject| subject.kind)
    }

    fn external_id(&self, position: usize) -> ExternalId {
        self.subjects[position].external_id.clone()
    }

    fn public_id(&self, position: usize) -> Option<PublicId> {
        self.subjects[position].public_id
    }

    fn fact_count(&self, position: usize) -> usize {
        self.subjects[position].facts.len()
    }

    fn facts(&self, position: usize) -> Result<Cow<'_, [BundleFact]>, UnreadableFact> {
        Ok(Cow::Borrowed(&self.subjects[position].facts))
    }

    fn sources(&self) -> &[Source] {
        &self.sources
    }
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
