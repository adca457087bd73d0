//! Keys and values of table `search`. A posting stands under (key, section, first person): a segment of people who share the
//! key, with their columns. A word of a family name stands under (key, section, word).

use super::backend::KeyRange;
use super::error::StoreError;
use super::keys::prefixed;
use super::records::{finish, front, payload};
use super::sections::{Section, seal_byte, seal_of_byte};
use crate::lookup::columns::{put_number, take_number};
use crate::model::ids::StewardId;
use std::ops::RangeInclusive;

const POSTING: u8 = 1;
const WORD: u8 = 2;

/// People in one segment at most, but for one person's own entries, which are never parted.
pub const SEGMENT: usize = 128;

const SECTION_BYTES: usize = 5;

/// Where a segment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SegmentKey {
    pub key: u64,
    pub section: Section,
    pub first: u64,
}

impl SegmentKey {
    pub fn encode(self) -> Vec<u8> {
        let mut bytes = key_and_section(POSTING, self.key, self.section);
        bytes.extend_from_slice(&self.first.to_be_bytes());
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Option<SegmentKey> {
        let (key, section, rest) = split(POSTING, bytes)?;
        let first = u64::from_be_bytes(rest.try_into().ok()?);
        Some(SegmentKey {
            key,
            section,
            first,
        })
    }
}

/// A word of a family name under one of its keys.
pub fn word_key(key: u64, section: Section, word: &str) -> Vec<u8> {
    let mut bytes = key_and_section(WORD, key, section);
    bytes.extend_from_slice(word.as_bytes());
    bytes
}

pub fn parse_word(bytes: &[u8]) -> Option<(u64, Section, &str)> {
    let (key, section, word) = split(WORD, bytes)?;
    Some((key, section, std::str::from_utf8(word).ok()?))
}

fn key_and_section(tag: u8, key: u64, section: Section) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(24);
    bytes.push(tag);
    bytes.extend_from_slice(&key.to_be_bytes());
    bytes.extend_from_slice(&section.steward.0.to_be_bytes());
    bytes.push(seal_byte(section.seal));
    bytes
}

fn split(tag: u8, bytes: &[u8]) -> Option<(u64, Section, &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (key, rest) = rest.split_first_chunk::<8>()?;
    let ([s0, s1, s2, s3, seal], rest) = rest.split_first_chunk::<SECTION_BYTES>()?;
    let section = Section {
        steward: StewardId(u32::from_be_bytes([*s0, *s1, *s2, *s3])),
        seal: seal_of_byte(*seal)?,
    };
    (*found == tag).then_some((u64::from_be_bytes(*key), section, rest))
}

/// All segments of some keys, in all sections.
pub fn segments(keys: &RangeInclusive<u64>) -> KeyRange {
    let mut start = vec![POSTING];
    start.extend_from_slice(&keys.start().to_be_bytes());
    let mut last = vec![POSTING];
    last.extend_from_slice(&keys.end().to_be_bytes());
    start..prefixed(&last).end
}

/// All segments of some keys in one section come between those of other sections; this is the part of one key.
pub fn segments_of(key: u64, section: Section) -> KeyRange {
    prefixed(&key_and_section(POSTING, key, section))
}

/// All words under a key, in all sections.
pub fn words(key: u64) -> KeyRange {
    let mut start = vec![WORD];
    start.extend_from_slice(&key.to_be_bytes());
    prefixed(&start)
}

/// Everything under keys of postings, of words.
pub fn all_segments() -> KeyRange {
    prefixed(&[POSTING])
}

pub fn all_words() -> KeyRange {
    prefixed(&[WORD])
}

/// Writes a segment, entry by entry in the order of people.
pub struct SegmentWriter {
    value: Vec<u8>,
    first: u64,
    last: u64,
    pub count: usize,
}

impl SegmentWriter {
    pub fn new(first: u64) -> SegmentWriter {
        SegmentWriter {
            value: front(),
            first,
            last: first,
            count: 0,
        }
    }

    pub fn first(&self) -> u64 {
        self.first
    }

    pub fn last(&self) -> u64 {
        self.last
    }

    /// `person` is not before the last one.
    pub fn push(&mut self, person: u64, columns: &[u8]) {
        put_number(&mut self.value, person.saturating_sub(self.last));
        put_number(&mut self.value, columns.len() as u64);
        self.value.extend_from_slice(columns);
        self.last = person;
        self.count += 1;
    }

    pub fn finish(self) -> Vec<u8> {
        finish(self.value)
    }
}

/// Visits the entries of a segment: person and columns.
pub fn read_segment<'v>(
    first: u64,
    value: &'v [u8],
    visit: &mut dyn FnMut(u64, &'v [u8]),
) -> Result<(), StoreError> {
    let mut rest = payload(value)?;
    let mut person = first;
    while !rest.is_empty() {
        let entry = take_number(&mut rest).zip(take_number(&mut rest));
        let split = entry.and_then(|(step, length)| {
            let person = person.checked_add(step)?;
            let parts = rest.split_at_checked(usize::try_from(length).ok()?)?;
            Some((person, parts))
        });
        let Some((next, (columns, after))) = split else {
            return Err(StoreError::damaged(
                "a segment of the search index is cut off",
            ));
        };
        person = next;
        rest = after;
        visit(person, columns);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::statement::SealClass;
    use proptest::prelude::*;

    const SECTION: Section = Section {
        steward: StewardId(1),
        seal: SealClass::Adoption,
    };

    #[test]
    fn keys_on_disk_do_not_change() {
        let hex = |bytes: Vec<u8>| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
        let segment = SegmentKey {
            key: 0x0102,
            section: SECTION,
            first: 7,
        };
        assert_eq!(
            hex(segment.encode()),
            "01000000000000010200000001010000000000000007"
        );
        assert_eq!(
            hex(word_key(3, SECTION, "ab")),
            "02000000000000000300000001016162"
        );
        assert_eq!(hex(segments(&(1..=255)).end), "0100000000000001");
    }

    proptest! {
        #[test]
        fn segments_read_back(mut people in proptest::collection::vec((any::<u32>(), proptest::collection::vec(any::<u8>(), 0..9)), 1..20)) {
            people.sort();
            let mut writer = SegmentWriter::new(u64::from(people[0].0));
            for (person, columns) in &people {
                writer.push(u64::from(*person), columns);
            }
            let first = writer.first();
            let value = writer.finish();
            let mut read = Vec::new();
            read_segment(first, &value, &mut |person, columns| read.push((person as u32, columns.to_vec()))).unwrap();
            prop_assert_eq!(read, people);
            let cut = read_segment(first, &value[..value.len() - 1], &mut |_, _| {});
            prop_assert!(cut.is_err());
        }

        #[test]
        fn keys_read_back(key in any::<u64>(), first in any::<u64>(), word in "\\PC{0,9}") {
            let segment = SegmentKey { key, section: SECTION, first };
            prop_assert_eq!(SegmentKey::decode(&segment.encode()), Some(segment));
            prop_assert!(segments(&(key..=key)).contains(&segment.encode()));
            prop_assert!(segments_of(key, SECTION).contains(&segment.encode()));
            let stored = word_key(key, SECTION, &word);
            prop_assert_eq!(parse_word(&stored), Some((key, SECTION, word.as_str())));
            prop_assert!(words(key).contains(&stored));
        }
    }
}
