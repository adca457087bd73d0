//! Every key of table `rematch`. Numbers are big-endian, so that keys sort as what they stand for.

use crate::model::ids::PersonId;
use crate::model::rematch::RunNumber;
use crate::store::backend::KeyRange;
use crate::store::keys::prefixed;

const RUN: u8 = b'r';
const OUTCOMES: u8 = b'o';
const CHANGES: u8 = b'c';
const LIST: u8 = b'l';
const READ: u8 = b's';
const WORD: u8 = b'w';

fn key<const N: usize>(tag: u8, numbers: [u64; N]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + 8 * N);
    key.push(tag);
    for number in numbers {
        key.extend_from_slice(&number.to_be_bytes());
    }
    key
}

fn numbers(key: &[u8]) -> Option<(u64, u64)> {
    let (first, rest) = key.get(1..)?.split_first_chunk::<8>()?;
    Some((
        u64::from_be_bytes(*first),
        u64::from_be_bytes(rest.try_into().ok()?),
    ))
}

pub fn run(run: RunNumber) -> Vec<u8> {
    key(RUN, [run.0])
}

pub fn runs() -> KeyRange {
    prefixed(&[RUN])
}

/// A part of what a run says of the children, in the order of their numbers.
pub fn outcomes(run: RunNumber, part: u64) -> Vec<u8> {
    key(OUTCOMES, [run.0, part])
}

pub fn outcomes_of(run: RunNumber) -> KeyRange {
    prefixed(&key(OUTCOMES, [run.0]))
}

pub fn changes(run: RunNumber, child: PersonId) -> Vec<u8> {
    key(CHANGES, [run.0, child.0])
}

pub fn changes_of(run: RunNumber) -> KeyRange {
    prefixed(&key(CHANGES, [run.0]))
}

pub fn list(child: PersonId, run: RunNumber) -> Vec<u8> {
    key(LIST, [child.0, run.0])
}

pub fn lists() -> KeyRange {
    prefixed(&[LIST])
}

/// The lists of a child up to and with that of a run.
pub fn lists_until(child: PersonId, run: RunNumber) -> KeyRange {
    key(LIST, [child.0])..list(child, RunNumber(run.0.saturating_add(1)))
}

/// Which subjects were read for a child's list.
pub fn read(child: PersonId, run: RunNumber) -> Vec<u8> {
    key(READ, [child.0, run.0])
}

pub fn reads() -> KeyRange {
    prefixed(&[READ])
}

pub fn reads_until(child: PersonId, run: RunNumber) -> KeyRange {
    key(READ, [child.0])..read(child, RunNumber(run.0.saturating_add(1)))
}

/// A short word that lists name by its CRC-32.
pub fn word(checksum: u32) -> Vec<u8> {
    key(WORD, [u64::from(checksum)])
}

/// Child and run of a list, or of what was read for one.
pub fn parse_of_child(key: &[u8]) -> Option<(PersonId, RunNumber)> {
    let (child, run) = numbers(key)?;
    Some((PersonId(child), RunNumber(run)))
}

/// Run and child of changes.
pub fn parse_changes(key: &[u8]) -> Option<(RunNumber, PersonId)> {
    let (run, child) = numbers(key)?;
    Some((RunNumber(run), PersonId(child)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_on_disk_do_not_change() {
        let hex = |key: Vec<u8>| -> String { key.iter().map(|b| format!("{b:02x}")).collect() };
        let (run, child) = (RunNumber(258), PersonId(3));
        let golden = [
            (super::run(run), "720000000000000102"),
            (outcomes(run, 2), "6f00000000000001020000000000000002"),
            (changes(run, child), "6300000000000001020000000000000003"),
            (list(child, run), "6c00000000000000030000000000000102"),
            (read(child, run), "7300000000000000030000000000000102"),
            (word(7), "770000000000000007"),
        ];
        for (key, expected) in golden {
            assert_eq!(hex(key), expected);
        }
    }

    #[test]
    fn keys_read_back_and_lie_in_their_ranges() {
        let (run, child) = (RunNumber(u64::MAX - 1), PersonId(9));
        assert_eq!(parse_of_child(&list(child, run)), Some((child, run)));
        assert_eq!(parse_changes(&changes(run, child)), Some((run, child)));
        assert!(lists_until(child, run).contains(&list(child, run)));
        assert!(!lists_until(child, RunNumber(4)).contains(&list(child, RunNumber(5))));
        assert!(!lists_until(child, run).contains(&list(PersonId(8), run)));
        assert!(changes_of(run).contains(&changes(run, child)));
    }
}
