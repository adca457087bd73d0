//! The head anchor: a small file beside the database that names the last acknowledged commit, so that a lost end of the
//! log is noticed when the store is opened. Written after each synced commit group and before its acknowledgement, not
//! synced itself: the death of the process loses nothing of it, a power cut at most what the system had not yet written
//! back (usually half a minute).

use super::error::StoreError;
use crate::model::ids::Revision;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

/// The open anchor file.
pub struct HeadAnchor(File);

impl HeadAnchor {
    /// Opens the file, making it if there is none.
    pub fn open(path: &Path) -> Result<HeadAnchor, StoreError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)?;
        Ok(HeadAnchor(file))
    }

    /// Notes a commit. The line always has the same length, so that one write replaces it.
    pub fn note(&mut self, head: Revision) -> Result<(), StoreError> {
        let line = line(head);
        self.0.seek(SeekFrom::Start(0))?;
        self.0.write_all(line.as_bytes())?;
        Ok(())
    }
}

/// The commit that the file names; nothing if there is no file.
pub fn read_anchor(path: &Path) -> Result<Option<Revision>, StoreError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut words = text.split_whitespace();
    let mut number = || words.next()?.parse::<u64>().ok();
    let head = number().zip(number()).and_then(|(epoch, sequence)| {
        Some(Revision {
            epoch: u32::try_from(epoch).ok()?,
            sequence,
        })
    });
    match head {
        Some(head) if line(head) == text => Ok(Some(head)),
        _ => Err(StoreError::Damaged {
            detail: format!("the file {} is damaged", path.display()),
            next: "run `kinpath verify --accept-loss`: it checks the store and writes the file anew",
        }),
    }
}

fn line(head: Revision) -> String {
    let numbers = format!("{:010} {:020}", head.epoch, head.sequence);
    format!("{numbers} {:08x}\n", crc32fast::hash(numbers.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_note_is_read_and_damage_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("head");
        assert_eq!(read_anchor(&path).unwrap(), None);
        let mut anchor = HeadAnchor::open(&path).unwrap();
        for sequence in [9, 10, 123_456] {
            let head = Revision { epoch: 1, sequence };
            anchor.note(head).unwrap();
            assert_eq!(read_anchor(&path).unwrap(), Some(head));
        }
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[15] = b'7';
        std::fs::write(&path, bytes).unwrap();
        assert!(read_anchor(&path).is_err());
    }
}
