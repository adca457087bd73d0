//! Identifiers. Inside the store everything has a dense 64-bit number; outside only 128-bit public ids
//! that disclose nothing. External ids are the names that source files gave.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A person's number inside one store. People entered together lie together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PersonId(pub u64);

/// A nation's (band's, community's, people's) number inside one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NationId(pub u64);

/// A household's number inside one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HouseholdId(pub u64);

/// A place's number inside one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PlaceId(pub u64);

/// A case's number inside one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CaseId(pub u64);

/// A waiting family's number inside one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WaitingFamilyId(pub u64);

/// A source's number inside one store; the same document, page, date and asserter share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId(pub u64);

/// A statement's number inside one store. Later versions of a statement keep its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StatementId(pub u64);

/// Who decides about a record: an agency or a nation. `StewardId::AGENCY` is the operator of this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StewardId(pub u32);

impl StewardId {
    /// The agency that operates this store.
    pub const AGENCY: StewardId = StewardId(0);
}

/// Anything that statements are made about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    Person(PersonId),
    Nation(NationId),
    Household(HouseholdId),
    Place(PlaceId),
    Case(CaseId),
    WaitingFamily(WaitingFamilyId),
}

/// The kind of a subject, without its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SubjectKind {
    Person,
    Nation,
    Household,
    Place,
    Case,
    WaitingFamily,
}

impl SubjectKind {
    /// The word used in messages.
    pub fn word(self) -> &'static str {
        match self {
            SubjectKind::Person => "person",
            SubjectKind::Nation => "nation",
            SubjectKind::Household => "household",
            SubjectKind::Place => "place",
            SubjectKind::Case => "case",
            SubjectKind::WaitingFamily => "waiting family",
        }
    }

    /// The word for several.
    pub fn plural(self) -> &'static str {
        match self {
            SubjectKind::Person => "people",
            SubjectKind::Nation => "nations",
            SubjectKind::Household => "households",
            SubjectKind::Place => "places",
            SubjectKind::Case => "cases",
            SubjectKind::WaitingFamily => "waiting families",
        }
    }

    /// The subject of this kind with the given number.
    pub fn subject(self, number: u64) -> Subject {
        match self {
            SubjectKind::Person => Subject::Person(PersonId(number)),
            SubjectKind::Nation => Subject::Nation(NationId(number)),
            SubjectKind::Household => Subject::Household(HouseholdId(number)),
            SubjectKind::Place => Subject::Place(PlaceId(number)),
            SubjectKind::Case => Subject::Case(CaseId(number)),
            SubjectKind::WaitingFamily => Subject::WaitingFamily(WaitingFamilyId(number)),
        }
    }
}

impl Subject {
    /// The number, unique over all kinds in one store.
    pub fn number(self) -> u64 {
        match self {
            Subject::Person(PersonId(n))
            | Subject::Nation(NationId(n))
            | Subject::Household(HouseholdId(n))
            | Subject::Place(PlaceId(n))
            | Subject::Case(CaseId(n))
            | Subject::WaitingFamily(WaitingFamilyId(n)) => n,
        }
    }

    /// The kind of thing this is.
    pub fn kind(self) -> SubjectKind {
        match self {
            Subject::Person(_) => SubjectKind::Person,
            Subject::Nation(_) => SubjectKind::Nation,
            Subject::Household(_) => SubjectKind::Household,
            Subject::Place(_) => SubjectKind::Place,
            Subject::Case(_) => SubjectKind::Case,
            Subject::WaitingFamily(_) => SubjectKind::WaitingFamily,
        }
    }
}

/// A 128-bit id shown outside, written as 26 characters of Crockford's base 32 (digits and capital letters
/// without I, L, O, U). It discloses nothing about what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PublicId(pub u128);

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; 26];
        for (position, byte) in text.iter_mut().enumerate() {
            let shift = 5 * (25 - position);
            *byte = ALPHABET[((self.0 >> shift) & 31) as usize];
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// Text that is not a public id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a public id: it must be 26 characters, digits and letters without I, L, O, U")]
pub struct NotAPublicId;

impl FromStr for PublicId {
    type Err = NotAPublicId;

    fn from_str(text: &str) -> Result<Self, NotAPublicId> {
        if text.len() != 26 {
            return Err(NotAPublicId);
        }
        let mut value: u128 = 0;
        for (position, byte) in text.bytes().enumerate() {
            let upper = byte.to_ascii_uppercase();
            let digit = ALPHABET
                .iter()
                .position(|&a| a == upper)
                .ok_or(NotAPublicId)?;
            if position == 0 && digit > 7 {
                return Err(NotAPublicId);
            }
            value = (value << 5) | digit as u128;
        }
        Ok(PublicId(value))
    }
}

/// The name a source gave to a record: the source (file stem, system) and its own reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExternalId {
    pub source: String,
    pub xref: String,
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.xref)
    }
}

impl ExternalId {
    /// Reads `<source>:<xref>`; nothing where there is no colon or a part is empty.
    pub fn parse(text: &str) -> Option<ExternalId> {
        let (source, xref) = text.split_once(':')?;
        if source.is_empty() || xref.is_empty() {
            return None;
        }
        Some(ExternalId {
            source: source.to_owned(),
            xref: xref.to_owned(),
        })
    }
}

/// A point in the store's history. Epochs let several committers exist one day; within an epoch commits count up.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub struct Revision {
    pub epoch: u32,
    pub sequence: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_ids_read_back() {
        for value in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let text = PublicId(value).to_string();
            assert_eq!(text.len(), 26);
            assert_eq!(text.parse(), Ok(PublicId(value)));
            assert_eq!(text.to_lowercase().parse(), Ok(PublicId(value)));
        }
    }

    #[test]
    fn what_is_no_public_id_is_refused() {
        for text in [
            "",
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "0000000000000000000000000U",
            "00000000000000000000000001A",
        ] {
            assert_eq!(text.parse::<PublicId>(), Err(NotAPublicId), "{text}");
        }
    }
}
