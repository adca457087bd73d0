//! Proves the search index: every posting and word that the statements stand for is there, and nothing else. Segments may be
//! cut in any way, so that what they hold is compared, not their bytes.

use super::error::StoreError;
use super::search_bulk::Posting;
use super::search_keys::{SegmentKey, read_segment};
use super::sections::Section;

/// A posting as it is stored.
pub type Stored = (u64, Section, u64, Vec<u8>);

/// The entries of one stored segment.
pub fn stored_entries(key: &[u8], value: &[u8], into: &mut Vec<Stored>) -> Result<(), StoreError> {
    let segment =
        SegmentKey::decode(key).ok_or_else(|| StoreError::damaged("no key of a segment"))?;
    let before = into.len();
    read_segment(segment.first, value, &mut |person, columns| {
        into.push((segment.key, segment.section, person, columns.to_vec()));
    })?;
    let holds_first = into
        .get(before)
        .is_some_and(|entry| entry.2 == segment.first);
    holds_first
        .then_some(())
        .ok_or_else(|| StoreError::damaged("a segment does not begin with its first person"))
}

/// Compares two sorted lists. Tells of each person once for each key. Returns how many entries are as they should be.
pub fn compare(expected: &[Posting<'_>], stored: &[Stored], found: &dyn Fn(String)) -> u64 {
    let mut right = 0;
    let (mut a, mut b) = (expected.iter().peekable(), stored.iter().peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (None, None) => return right,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(wanted), Some(held)) => (
                wanted.key,
                wanted.section,
                wanted.person,
                wanted.columns,
            )
                .cmp(&(held.0, held.1, held.2, held.3.as_slice())),
        };
        match order {
            std::cmp::Ordering::Equal => {
                right += 1;
                a.next();
                b.next();
            }
            std::cmp::Ordering::Less => {
                if let Some(wanted) = a.next() {
                    found(format!("person {} is missing under a key", wanted.person));
                }
            }
            std::cmp::Ordering::Greater => {
                if let Some(held) = b.next() {
                    found(format!(
                        "person {} stands under a key without a statement",
                        held.2
                    ));
                }
            }
        }
    }
}
