//! Every key of every table but `index`. Numbers are big-endian, so that keys sort as what they stand for.

use super::backend::KeyRange;
use crate::model::ids::Revision;

/// Table `meta`: counters and the last commit.
pub const STATE: &[u8] = b"state";
/// Table `meta`: the format version.
pub const FORMAT: &[u8] = b"format";
/// Table `meta`: the key of the hash that makes public ids of imported records.
pub const PUBLIC_ID_KEY: &[u8] = b"public_id_key";
/// Table `meta`: the end of the record of access, signed.
pub const AUDIT_HEAD: &[u8] = b"audit_head";
/// Table `meta`: the fingerprints of the store's keys.
pub const FINGERPRINTS: &[u8] = b"fingerprints";
/// Table `meta`: present in a store whose values are sealed.
pub const SEALED: &[u8] = b"sealed";
/// Table `meta`: present while `nodes` and `index` are being made anew.
pub const REBUILDING: &[u8] = b"rebuilding";
/// Table `meta`: the journal of one import follows.
const IMPORT: &[u8] = b"import/";
const UNDOING: &[u8] = b"undo-import/";

/// Table `meta`: the journal of an import.
pub fn import_journal(import_id: &str) -> Vec<u8> {
    [IMPORT, import_id.as_bytes()].concat()
}

/// Table `meta`: how far an import is taken back.
pub fn import_undoing(import_id: &str) -> Vec<u8> {
    [UNDOING, import_id.as_bytes()].concat()
}

/// All import journals.
pub fn import_journals() -> KeyRange {
    prefixed(IMPORT)
}

/// All keys of a table.
pub fn everything() -> KeyRange {
    vec![]..vec![u8::MAX; 64]
}

/// Table `nodes`, and `sources` with a source's number.
pub fn number(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

pub fn parse_number(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.try_into().ok()?))
}

/// Table `statements`: what one commit said of a subject. The first key of a subject, with the revision zero, is
/// its header.
pub fn block(subject: u64, revision: Revision) -> [u8; 20] {
    let mut key = [0; 20];
    key[..8].copy_from_slice(&subject.to_be_bytes());
    key[8..].copy_from_slice(&self::revision(revision));
    key
}

pub fn header(subject: u64) -> [u8; 20] {
    block(subject, Revision::default())
}

pub fn parse_block(key: &[u8]) -> Option<(u64, Revision)> {
    let (subject, revision) = key.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*subject), parse_revision(revision)?))
}

/// Header and blocks of the subjects from `first` up to but without `end`.
pub fn blocks(first: u64, end: u64) -> KeyRange {
    number(first).to_vec()..number(end).to_vec()
}

/// Header and blocks of one subject.
pub fn blocks_of(subject: u64) -> KeyRange {
    blocks(subject, subject.saturating_add(1))
}

/// Tables `changes` and `audit`; table `access` with the place of an entry.
pub fn revision(revision: Revision) -> [u8; 12] {
    let mut key = [0; 12];
    key[..4].copy_from_slice(&revision.epoch.to_be_bytes());
    key[4..].copy_from_slice(&revision.sequence.to_be_bytes());
    key
}

pub fn parse_revision(key: &[u8]) -> Option<Revision> {
    let (epoch, sequence) = key.split_first_chunk::<4>()?;
    Some(Revision {
        epoch: u32::from_be_bytes(*epoch),
        sequence: u64::from_be_bytes(sequence.try_into().ok()?),
    })
}

/// All keys that begin with these bytes.
pub fn prefixed(prefix: &[u8]) -> KeyRange {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return prefix.to_vec()..end;
        }
    }
    prefix.to_vec()..everything().end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn keys_on_disk_do_not_change() {
        let at = Revision {
            epoch: 2,
            sequence: 0x0102,
        };
        let golden = [
            (import_journal("x"), "696d706f72742f78"),
            (import_undoing("x"), "756e646f2d696d706f72742f78"),
            (number(258).to_vec(), "0000000000000102"),
            (
                block(3, at).to_vec(),
                "0000000000000003000000020000000000000102",
            ),
            (
                header(3).to_vec(),
                "0000000000000003000000000000000000000000",
            ),
            (revision(at).to_vec(), "000000020000000000000102"),
        ];
        for (key, expected) in golden {
            assert_eq!(hex(&key), expected);
        }
    }

    #[test]
    fn prefixes_end_where_they_must() {
        assert_eq!(prefixed(&[1, 2]), vec![1, 2]..vec![1, 3]);
        assert_eq!(prefixed(&[1, 255]), vec![1, 255]..vec![2]);
        assert_eq!(prefixed(&[255]), vec![255]..everything().end);
    }

    proptest! {
        #[test]
        fn blocks_read_back(subject in any::<u64>(), epoch in any::<u32>(), sequence in any::<u64>()) {
            let revision = Revision { epoch, sequence };
            prop_assert_eq!(parse_block(&block(subject, revision)), Some((subject, revision)));
        }

        #[test]
        fn blocks_sort_by_subject_and_commit(a in any::<(u64, u32, u64)>(), b in any::<(u64, u32, u64)>()) {
            let key = |(subject, epoch, sequence)| block(subject, Revision { epoch, sequence });
            prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(&b));
        }
    }
}
