//! The record of access: one entry for each call that shows or changes something. Entries carry ids, field names, levels
//! and keyed hashes, and nothing of the content.

use super::ids::{PublicId, Revision, Subject, SubjectKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How much of somebody is shown, least first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum SeenLevel {
    /// That there is such a record.
    #[default]
    Existence,
    /// Something of them that does not say who they are.
    NonIdentifying,
    /// Who they are: a name or a date of birth.
    Identifying,
    /// How to reach them: a contact point or where they live.
    Contactable,
}

impl SeenLevel {
    pub const ALL: [SeenLevel; 4] = [
        SeenLevel::Existence,
        SeenLevel::NonIdentifying,
        SeenLevel::Identifying,
        SeenLevel::Contactable,
    ];

    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            SeenLevel::Existence => "existence",
            SeenLevel::NonIdentifying => "non-identifying",
            SeenLevel::Identifying => "identifying",
            SeenLevel::Contactable => "contactable",
        }
    }
}

/// What came of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AuditOutcome {
    #[default]
    Answered,
    /// More than one was meant: the choices were shown.
    Ambiguous,
    NotFound,
    Denied,
}

impl AuditOutcome {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            AuditOutcome::Answered => "answered",
            AuditOutcome::Ambiguous => "ambiguous",
            AuditOutcome::NotFound => "not found",
            AuditOutcome::Denied => "denied",
        }
    }
}

/// Bytes that are left of a keyed hash.
pub const HASH_BYTES: usize = 12;

/// A field of the request and what stood in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedField {
    /// The names of the fields that lead there, with dots between.
    pub field: String,
    pub value: AskedValue,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AskedValue {
    /// The resource name of a record: an id and no content.
    Name(String),
    /// HMAC-SHA256 with the store's key, cut.
    Hash([u8; HASH_BYTES]),
}

/// The records of one kind shown at one level, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub level: SeenLevel,
    pub kind: SubjectKind,
    ids: Vec<[u8; 16]>,
}

impl Seen {
    pub fn ids(&self) -> impl Iterator<Item = PublicId> {
        let ids = self.ids.iter();
        ids.map(|id| PublicId(u128::from_be_bytes(*id)))
    }

    pub fn has(&self, id: PublicId) -> bool {
        self.ids.binary_search(&id.0.to_be_bytes()).is_ok()
    }
}

/// Whom an answer shows, and how much of each: people, waiting families, households and cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    records: BTreeMap<(SubjectKind, PublicId), SeenLevel>,
    /// Everybody in the store, so many; nothing if single ones are named.
    everybody: Option<u64>,
    /// The placement order and its version.
    pub order: String,
}

impl Shown {
    /// The whole store is shown: so many records.
    pub fn everybody(records: u64) -> Shown {
        Shown {
            everybody: Some(records),
            ..Shown::default()
        }
    }

    /// Shows somebody at this level at least.
    pub fn add(&mut self, kind: SubjectKind, id: PublicId, level: SeenLevel) {
        let known = self.records.entry((kind, id)).or_insert(level);
        *known = level.max(*known);
    }

    /// Shows what the other shows too.
    pub fn merge(&mut self, other: &Shown) {
        for ((kind, id), level) in &other.records {
            self.add(*kind, *id, *level);
        }
        self.everybody = self.everybody.max(other.everybody);
        if self.order.is_empty() {
            self.order.clone_from(&other.order);
        }
    }

    /// The level at which somebody is shown; nothing if they are not.
    pub fn level(&self, kind: SubjectKind, id: PublicId) -> Option<SeenLevel> {
        self.records.get(&(kind, id)).copied()
    }

    /// Whether somebody is shown who is none of these.
    pub fn shows_others_than(&self, known: &[PublicId]) -> bool {
        self.everybody.is_some() || self.records.keys().any(|(_, id)| !known.contains(id))
    }

    fn by_level(&self) -> Vec<Seen> {
        let mut groups: BTreeMap<(SeenLevel, SubjectKind), Vec<[u8; 16]>> = BTreeMap::new();
        for ((kind, id), level) in &self.records {
            let group = groups.entry((*level, *kind)).or_default();
            group.push(id.0.to_be_bytes());
        }
        let groups = groups.into_iter();
        groups
            .map(|((level, kind), ids)| Seen { level, kind, ids })
            .collect()
    }
}

/// What a commit changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub revision: Revision,
    pub statements: u64,
    /// How many records, also those that are not named.
    pub records: u64,
    /// The first of them.
    pub subjects: Vec<Subject>,
    /// SHA-256 of the change event, which names them all.
    pub event: [u8; 32],
}

/// Records named in one entry; of an import that changed more, the change event names the others.
pub const MOST_CHANGED: usize = 256;

/// Something that was allowed although the rules forbid it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// What was overridden, as a short word.
    pub what: String,
    /// The reason given: words about the case, for the review, and no names.
    pub reason: String,
}

/// One entry of the record of access.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Seconds since 1970-01-01 UTC; set when it is written.
    pub at: i64,
    pub actor: String,
    pub on_behalf_of: String,
    pub roles: Vec<String>,
    /// What for, as the caller says.
    pub purpose: String,
    /// The case, by its resource name.
    pub case: String,
    /// The placement order that was used, with its version.
    pub order: String,
    /// The method, or the word of a command.
    pub method: String,
    pub outcome: AuditOutcome,
    pub asked: Vec<AskedField>,
    pub seen: Vec<Seen>,
    /// The whole store was shown, or written out: so many records.
    pub everybody: Option<u64>,
    pub changed: Option<Changed>,
    pub overrides: Vec<Override>,
}

impl AuditEntry {
    /// The same entry, showing this.
    pub fn showing(mut self, shown: &Shown) -> AuditEntry {
        self.seen = shown.by_level();
        self.everybody = shown.everybody;
        if !shown.order.is_empty() {
            self.order.clone_from(&shown.order);
        }
        self
    }

    /// How much of somebody was shown; nothing if they were not.
    pub fn level_of(&self, id: PublicId) -> Option<SeenLevel> {
        if self.everybody.is_some() {
            return Some(SeenLevel::Contactable);
        }
        let mut seen = self.seen.iter().rev();
        seen.find(|seen| seen.has(id)).map(|seen| seen.level)
    }
}

/// The end of the record: the last entry's place, its hash and time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    pub epoch: u32,
    /// Counts up from 1 without a gap, over all epochs.
    pub sequence: u64,
    pub at: i64,
    pub hash: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_seen_at_the_highest_level_at_which_they_are_shown() {
        let (a, b, kind) = (PublicId(7), PublicId(3), SubjectKind::Person);
        let mut shown = Shown::default();
        shown.add(kind, a, SeenLevel::Identifying);
        shown.add(kind, a, SeenLevel::Existence);
        shown.add(kind, b, SeenLevel::Existence);
        let mut more = Shown::default();
        more.add(kind, b, SeenLevel::Contactable);
        shown.merge(&more);
        let entry = AuditEntry::default().showing(&shown);
        assert_eq!(entry.level_of(a), Some(SeenLevel::Identifying));
        assert_eq!(entry.level_of(b), Some(SeenLevel::Contactable));
        assert_eq!(entry.level_of(PublicId(1)), None);
        assert_eq!(entry.seen.len(), 2);
        assert!(shown.shows_others_than(&[a]) && !shown.shows_others_than(&[a, b]));
        let all = AuditEntry::default().showing(&Shown::everybody(9));
        assert_eq!(all.level_of(a), Some(SeenLevel::Contactable));
    }
}
