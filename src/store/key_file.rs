//! The keys of a store, in a file outside its folder: without it nothing in the store can be proved, and later nothing
//! read. Made once, readable by its owner only; keys are added and never taken out. The store keeps a fingerprint of
//! each key, so that a wrong file is refused before anything is done with it.

use super::error::StoreError;
use super::open::Random;
use aws_lc_rs::{digest, hmac};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPurpose {
    /// Hashes in the record of access, and its chain.
    Audit,
    /// Signs the heads of the record of access.
    Signing,
    /// Seals values.
    Data,
    /// Hashes names and dates in keys of the index.
    Search,
}

impl KeyPurpose {
    const ALL: [KeyPurpose; 4] = [
        KeyPurpose::Audit,
        KeyPurpose::Signing,
        KeyPurpose::Data,
        KeyPurpose::Search,
    ];

    fn word(self) -> &'static str {
        match self {
            KeyPurpose::Audit => "audit",
            KeyPurpose::Signing => "signing",
            KeyPurpose::Data => "data",
            KeyPurpose::Search => "search",
        }
    }
}

/// The number of a key among those of its purpose; the highest one is in use.
pub type KeyId = u8;

/// 256 bits that are never printed.
#[derive(Clone)]
struct Key {
    purpose: KeyPurpose,
    id: KeyId,
    secret: [u8; 32],
}

/// All keys of one store.
#[derive(Clone)]
pub struct Keys(Vec<Key>);

/// What the store keeps of a key: the word of its purpose, its id, and a hash that does not give it away.
pub type Fingerprint = (String, KeyId, [u8; 8]);

const FIRST_LINE: &str = "kinpath keys 1";
const WARNING: &str =
    "# Keep a copy of this file elsewhere: without it, everything in the store is lost.";

impl Keys {
    /// One new key for each purpose.
    pub fn random(random: &Random) -> Result<Keys, StoreError> {
        let mut keys = Keys(Vec::new());
        for purpose in KeyPurpose::ALL {
            keys.add(purpose, random)?;
        }
        Ok(keys)
    }

    /// Adds a key that is in use from now on.
    pub fn add(&mut self, purpose: KeyPurpose, random: &Random) -> Result<KeyId, StoreError> {
        let last = self.of(purpose).map(|key| key.id).max().unwrap_or(0);
        let id = last.checked_add(1).ok_or_else(|| {
            StoreError::invalid(
                "keys",
                format!("255 keys for {} are too many", purpose.word()),
            )
        })?;
        let mut secret = [0; 32];
        secret[..16].copy_from_slice(&random()?.to_be_bytes());
        secret[16..].copy_from_slice(&random()?.to_be_bytes());
        self.0.push(Key {
            purpose,
            id,
            secret,
        });
        Ok(id)
    }

    fn of(&self, purpose: KeyPurpose) -> impl Iterator<Item = &Key> {
        self.0.iter().filter(move |key| key.purpose == purpose)
    }

    /// The key in use.
    pub fn active(&self, purpose: KeyPurpose) -> Result<(KeyId, &[u8; 32]), StoreError> {
        let key = self.of(purpose).max_by_key(|key| key.id);
        let key = key.ok_or_else(|| StoreError::damaged("a key is missing"))?;
        Ok((key.id, &key.secret))
    }

    /// Every key of a purpose.
    pub fn all(&self, purpose: KeyPurpose) -> impl Iterator<Item = (KeyId, &[u8; 32])> {
        self.of(purpose).map(|key| (key.id, &key.secret))
    }

    pub fn fingerprints(&self) -> Vec<Fingerprint> {
        let fingerprint = |key: &Key| {
            let mac = hmac::Key::new(hmac::HMAC_SHA256, &key.secret);
            let tag = hmac::sign(&mac, b"kinpath fingerprint");
            let mut short = [0; 8];
            short.copy_from_slice(&tag.as_ref()[..8]);
            (key.purpose.word().to_owned(), key.id, short)
        };
        self.0.iter().map(fingerprint).collect()
    }

    fn text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n{WARNING}\n");
        for key in &self.0 {
            let secret = hex(&key.secret);
            text.push_str(&format!("{} {} {secret}\n", key.purpose.word(), key.id));
        }
        text.push_str(&format!("end {}\n", checksum(&text)));
        text
    }

    fn parse(text: &str) -> Option<Keys> {
        let (content, end) = text.rsplit_once("end ")?;
        if end.trim_end() != checksum(content) || content.lines().next()? != FIRST_LINE {
            return None;
        }
        let lines = content.lines().skip(1);
        let keys = lines.filter(|line| !line.starts_with('#')).map(parse_line);
        keys.collect::<Option<_>>().map(Keys)
    }
}

fn parse_line(line: &str) -> Option<Key> {
    let mut words = line.split(' ');
    let purpose = words.next()?;
    let key = Key {
        purpose: KeyPurpose::ALL
            .into_iter()
            .find(|known| known.word() == purpose)?,
        id: words.next()?.parse().ok()?,
        secret: unhex(words.next()?)?,
    };
    words.next().is_none().then_some(key)
}

/// The file beside a data folder: `<data>.key`.
pub fn beside(data: &Path) -> Result<PathBuf, StoreError> {
    let full = match data.canonicalize() {
        Ok(full) => full,
        Err(_) => std::path::absolute(data)?,
    };
    let mut name = full.file_name().unwrap_or_default().to_owned();
    name.push(".key");
    Ok(full.with_file_name(name))
}

/// Reads the keys.
pub fn read(path: &Path) -> Result<Keys, StoreError> {
    let refused = |reason: &str| StoreError::KeysRefused {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(StoreError::NoKeys {
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(refused(&error.to_string())),
    };
    if about.permissions().mode() & 0o077 != 0 {
        return Err(refused(
            "others can read it: let only its owner (chmod 600), and think about who has read it",
        ));
    }
    let text = fs::read_to_string(path).map_err(|error| refused(&error.to_string()))?;
    Keys::parse(&text).ok_or_else(|| refused("it is damaged: put a copy in its place"))
}

/// Reads the keys, or makes them. True if they were made.
pub fn read_or_make(path: &Path, random: &Random) -> Result<(Keys, bool), StoreError> {
    match read(path) {
        Err(StoreError::NoKeys { .. }) => {
            let keys = Keys::random(random)?;
            write(path, &keys)?;
            Ok((keys, true))
        }
        read => Ok((read?, false)),
    }
}

/// Writes the file whole or not at all.
pub fn write(path: &Path, keys: &Keys) -> Result<(), StoreError> {
    let refused = |error: std::io::Error| StoreError::KeysRefused {
        path: path.to_owned(),
        reason: format!("it cannot be written ({error})"),
    };
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)
        .map_err(refused)?;
    file.write_all(keys.text().as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&new, path))
        .map_err(refused)?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = File::open(folder.unwrap_or(Path::new("."))).map_err(refused)?;
    folder.sync_all().map_err(refused)
}

/// Refuses a file that is not the one of the store.
pub fn check(path: &Path, keys: &Keys, stored: &[Fingerprint]) -> Result<(), StoreError> {
    let present = keys.fingerprints();
    if stored.iter().all(|known| present.contains(known)) {
        return Ok(());
    }
    Err(StoreError::KeysRefused {
        path: path.to_owned(),
        reason: "it holds the keys of another store, or lacks some of this one".to_owned(),
    })
}

fn checksum(text: &str) -> String {
    hex(&digest::digest(&digest::SHA256, text.as_bytes()).as_ref()[..8])
}

/// Bytes as text.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Text as bytes.
pub fn unhex<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    if text.len() != 2 * BYTES || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (position, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * position..2 * position + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreOptions;

    #[test]
    fn keys_are_written_read_and_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = beside(&folder.path().join("data")).unwrap();
        assert!(path.ends_with("data.key"));
        let random = StoreOptions::default().random;
        assert!(matches!(read(&path), Err(StoreError::NoKeys { .. })));
        let (mut keys, made) = read_or_make(&path, &random).unwrap();
        assert!(made);
        let stored = keys.fingerprints();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(keys.add(KeyPurpose::Data, &random).unwrap(), 2);
        write(&path, &keys).unwrap();
        let (again, made) = read_or_make(&path, &random).unwrap();
        assert!(!made && again.fingerprints() == keys.fingerprints());
        assert_eq!(again.active(KeyPurpose::Data).unwrap().0, 2);
        assert!(check(&path, &again, &stored).is_ok());
        let others = Keys::random(&random).unwrap();
        assert!(check(&path, &others, &stored).is_err());
    }

    #[test]
    fn a_file_that_others_can_read_or_that_is_damaged_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        read_or_make(&path, &StoreOptions::default().random).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read(&path), Err(StoreError::KeysRefused { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let changed = if text.contains('7') {
            text.replace('7', "8")
        } else {
            text.replace('a', "b")
        };
        fs::write(&path, changed).unwrap();
        assert!(matches!(read(&path), Err(StoreError::KeysRefused { .. })));
    }
}
