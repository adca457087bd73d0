//! Sections: a value is cut by (steward, seal class) into parts that can be read separately, so that each can later be
//! sealed with a key of its own and is simply absent for those who may not see it.

use super::error::StoreError;
use crate::model::ids::StewardId;
use crate::model::statement::{Evidence, SealClass};
use crate::model::visibility::Visibility;
use serde::{Deserialize, Serialize};

/// Whose statements a part of a value stems from, and how they are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Section {
    pub steward: StewardId,
    pub seal: SealClass,
}

impl Section {
    pub fn of(evidence: &Evidence) -> Section {
        Section {
            steward: evidence.steward,
            seal: evidence.seal,
        }
    }

    pub fn visible_to(self, visibility: &Visibility) -> bool {
        visibility.sees(self.steward, self.seal)
    }
}

const HEADER_BYTES: usize = 4 + 1 + 4;

/// Appends one section: steward and length in four bytes each, big-endian, around the seal's number.
pub fn write_section(
    out: &mut Vec<u8>,
    section: Section,
    content: &[u8],
) -> Result<(), StoreError> {
    let length = u32::try_from(content.len())
        .map_err(|_| StoreError::invalid("statements", "too large for one commit"))?;
    out.extend_from_slice(&section.steward.0.to_be_bytes());
    out.push(seal_byte(section.seal));
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(content);
    Ok(())
}

/// Takes the next section off the front of `rest`; nothing at the end.
pub fn read_section<'a>(rest: &mut &'a [u8]) -> Result<Option<(Section, &'a [u8])>, StoreError> {
    if rest.is_empty() {
        return Ok(None);
    }
    let cut_off = || StoreError::damaged("a section is cut off");
    let (header, after) = rest
        .split_first_chunk::<HEADER_BYTES>()
        .ok_or_else(cut_off)?;
    let [s0, s1, s2, s3, seal, l0, l1, l2, l3] = *header;
    let section = Section {
        steward: StewardId(u32::from_be_bytes([s0, s1, s2, s3])),
        seal: seal_of_byte(seal)
            .ok_or_else(|| StoreError::damaged(format!("there is no seal class {seal}")))?,
    };
    let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
    let (content, after) = after.split_at_checked(length).ok_or_else(cut_off)?;
    *rest = after;
    Ok(Some((section, content)))
}

/// The number of a seal class on disk.
pub fn seal_byte(seal: SealClass) -> u8 {
    seal as u8
}

pub fn seal_of_byte(byte: u8) -> Option<SealClass> {
    SealClass::ALL
        .into_iter()
        .find(|seal| seal_byte(*seal) == byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_read_back_and_cuts_are_noticed() {
        let section = Section {
            steward: StewardId(7),
            seal: SealClass::Adoption,
        };
        let mut bytes = Vec::new();
        write_section(&mut bytes, section, b"abc").unwrap();
        write_section(&mut bytes, section, b"").unwrap();
        let mut rest = &bytes[..];
        assert_eq!(
            read_section(&mut rest).unwrap(),
            Some((section, &b"abc"[..]))
        );
        assert_eq!(read_section(&mut rest).unwrap(), Some((section, &b""[..])));
        assert_eq!(read_section(&mut rest).unwrap(), None);
        for length in 1..HEADER_BYTES + 3 {
            assert!(read_section(&mut &bytes[..length]).is_err(), "{length}");
        }
    }
}
