//! Every value but node records: first a version byte, then the CRC-32 of the rest, then postcard. Changing a type here
//! changes the format: raise the version and write a migration step.

use super::error::StoreError;
use super::sections::{Section, read_section, write_section};
use crate::model::ids::{
    ExternalId, PublicId, Revision, StatementId, StewardId, Subject, SubjectKind,
};
use crate::model::statement::{Source, Statement};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const VERSION: u8 = 1;
const CHECKSUM_BYTES: usize = 4;
const FRONT_BYTES: usize = 1 + CHECKSUM_BYTES;

/// Counters and the last commit. One record, put by every commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub head: Revision,
    /// Seconds since 1970-01-01 UTC; never goes back.
    pub committed_at: i64,
    /// The hash of the last audit entry.
    pub audit_hash: [u8; 32],
    pub next_subject: u64,
    pub next_statement: u64,
    pub next_source: u64,
    /// The last commit that touched a waiting family.
    pub families: Revision,
}

/// What stands before a subject's statements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    pub kind: SubjectKind,
    public_id: [u8; 16],
    /// With the agency whose external id it is, in the order given.
    pub external_ids: Vec<(StewardId, ExternalId)>,
    pub created: Revision,
}

impl Header {
    pub fn new(
        kind: SubjectKind,
        public_id: PublicId,
        external_ids: Vec<(StewardId, ExternalId)>,
        created: Revision,
    ) -> Header {
        Header {
            kind,
            public_id: public_id.0.to_be_bytes(),
            external_ids,
            created,
        }
    }

    pub fn public_id(&self) -> PublicId {
        PublicId(u128::from_be_bytes(self.public_id))
    }
}

/// Value of a tie in the reverse index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TieEntry {
    pub section: Section,
    /// The statement stands, is not disproved, and still names this other subject. Entries that are not live serve
    /// questions about the past.
    pub live: bool,
    /// No end is recorded.
    pub open: bool,
}

/// Who did what, chained by hashes so that no entry can be changed unseen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommitNote {
    pub actor: String,
    pub action: String,
    pub committed_at: i64,
    pub subjects: u64,
    pub statements: u64,
    /// Of the entry before.
    pub previous: [u8; 32],
}

/// What was answered to a request id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestRecord {
    pub payload: [u8; 32],
    pub revision: Revision,
    pub committed_at: i64,
    pub subjects: Vec<(Subject, [u8; 16])>,
    pub statements: Vec<StatementId>,
    pub answer: Vec<u8>,
}

/// A value with its front.
pub fn encode<T: Serialize>(record: &T) -> Result<Vec<u8>, StoreError> {
    let value = postcard::to_extend(record, front()).map_err(unwritable)?;
    Ok(finish(value))
}

pub fn decode<T: DeserializeOwned>(value: &[u8]) -> Result<T, StoreError> {
    from_payload(payload(value)?)
}

/// Reads postcard that must fill its bytes.
pub fn from_payload<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, StoreError> {
    match postcard::take_from_bytes(bytes) {
        Ok((record, [])) => Ok(record),
        Ok(_) => Err(StoreError::damaged("a record is longer than it says")),
        Err(error) => Err(StoreError::damaged(format!("unreadable record: {error}"))),
    }
}

/// Appends postcard.
pub fn append<T: Serialize>(out: Vec<u8>, record: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(record, out).map_err(unwritable)
}

/// The room before a payload; hand the whole to [`finish`].
pub fn front() -> Vec<u8> {
    let mut value = Vec::with_capacity(96);
    value.extend_from_slice(&[VERSION, 0, 0, 0, 0]);
    value
}

/// Fills in the checksum.
pub fn finish(mut value: Vec<u8>) -> Vec<u8> {
    let checksum = crc32fast::hash(&value[FRONT_BYTES..]).to_le_bytes();
    value[1..FRONT_BYTES].copy_from_slice(&checksum);
    value
}

/// The payload, if version and checksum hold.
pub fn payload(value: &[u8]) -> Result<&[u8], StoreError> {
    let (front, payload) = value
        .split_first_chunk::<FRONT_BYTES>()
        .ok_or_else(|| StoreError::damaged("a record is cut off"))?;
    let [version, checksum @ ..] = *front;
    if version != VERSION {
        return Err(StoreError::damaged(format!(
            "record version {version} is not known"
        )));
    }
    if crc32fast::hash(payload) != u32::from_le_bytes(checksum) {
        return Err(StoreError::damaged("a record's checksum does not hold"));
    }
    Ok(payload)
}

/// What one commit said of one subject: a section for each steward and seal class.
pub fn encode_block<'a>(
    statements: impl IntoIterator<Item = &'a Statement>,
) -> Result<Vec<u8>, StoreError> {
    let mut sections: BTreeMap<Section, Vec<&Statement>> = BTreeMap::new();
    for statement in statements {
        sections
            .entry(Section::of(&statement.evidence))
            .or_default()
            .push(statement);
    }
    let mut value = front();
    for (section, statements) in sections {
        let content = append(Vec::with_capacity(32 * statements.len()), &statements)?;
        write_section(&mut value, section, &content)?;
    }
    Ok(finish(value))
}

/// All statements of a block.
pub fn decode_block(value: &[u8]) -> Result<Vec<Statement>, StoreError> {
    let mut rest = payload(value)?;
    let mut statements = Vec::new();
    while let Some((section, content)) = read_section(&mut rest)? {
        let part: Vec<Statement> = from_payload(content)?;
        if part
            .iter()
            .any(|statement| Section::of(&statement.evidence) != section)
        {
            return Err(StoreError::damaged(
                "a statement stands in a section that is not its own",
            ));
        }
        if statements.is_empty() {
            statements = part;
        } else {
            statements.extend(part);
        }
    }
    Ok(statements)
}

/// Cheap to compute, changes with every block of a subject: the commit and the checksum of its last block.
pub fn etag(revision: Revision, block: &[u8]) -> String {
    let checksum = crc32fast::hash(block);
    format!(
        "{:x}-{:x}-{checksum:08x}",
        revision.epoch, revision.sequence
    )
}

/// What a source is found by.
pub fn source_hash(source: &Source) -> Result<[u8; 16], StoreError> {
    let hash: [u8; 32] = Sha256::digest(encode(source)?).into();
    let mut half = [0; 16];
    half.copy_from_slice(&hash[..16]);
    Ok(half)
}

fn unwritable(error: postcard::Error) -> StoreError {
    StoreError::invalid("record", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{SourceId, StewardId};
    use crate::model::statement::{Certainty, Evidence, Fact, SealClass};

    fn statement(id: u64, seal: SealClass) -> Statement {
        Statement {
            id: StatementId(id),
            fact: Fact::Language(format!("language {id}")),
            evidence: Evidence {
                source: SourceId(1),
                valid_from: None,
                valid_to: None,
                certainty: Certainty::Reported,
                seal,
                steward: StewardId::AGENCY,
            },
            retracted: false,
        }
    }

    #[test]
    fn blocks_read_back_by_section() {
        let statements = [
            statement(1, SealClass::Open),
            statement(2, SealClass::Adoption),
            statement(3, SealClass::Open),
        ];
        let value = encode_block(&statements).unwrap();
        let mut found = decode_block(&value).unwrap();
        found.sort_by_key(|statement| statement.id);
        assert_eq!(found, statements);
    }

    #[test]
    fn every_flipped_byte_is_noticed() {
        let value = encode_block(&[statement(1, SealClass::Open)]).unwrap();
        for position in 0..value.len() {
            let mut damaged = value.clone();
            damaged[position] ^= 0x10;
            assert!(decode_block(&damaged).is_err(), "byte {position}");
        }
        for length in 0..value.len() {
            assert!(decode_block(&value[..length]).is_err(), "length {length}");
        }
    }

    #[test]
    fn the_bytes_on_disk_do_not_change() {
        let entry = TieEntry {
            section: Section {
                steward: StewardId(300),
                seal: SealClass::Safety,
            },
            live: true,
            open: false,
        };
        let value = encode(&entry).unwrap();
        assert_eq!(value[0], VERSION);
        assert_eq!(value[FRONT_BYTES..], [0xac, 0x02, 3, 1, 0]);
        assert_eq!(decode::<TieEntry>(&value).unwrap(), entry);
    }
}
