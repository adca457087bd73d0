//! Backups: a consistent copy of the database with a manifest of SHA-256 hashes and the revision. The copy shares no
//! files with the store, so that damage to one does not reach the other.

use super::error::StoreError;
use super::head::HeadAnchor;
use super::migrations;
use super::open::Store;
use crate::model::ids::Revision;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const MANIFEST: &str = "manifest";
const FIRST_LINE: &str = "kinpath backup 1";
const ANOTHER: &str = "use another backup";

impl Store {
    /// Copies the store, as it stands after the last commit, into a folder that is empty or not there. Commits wait only
    /// while the files are linked, not while they are copied.
    pub fn backup(&self, destination: &Path) -> Result<Revision, StoreError> {
        let data = self
            .shared
            .data
            .as_ref()
            .ok_or_else(|| StoreError::Storage {
                detail: "a store in memory cannot be backed up".to_owned(),
            })?;
        make_empty(destination)?;
        let linked = data.join("backup");
        if linked.exists() {
            fs::remove_dir_all(&linked)?;
        }
        let revision = {
            let writer = self.shared.writer();
            self.shared.backend.checkpoint(&linked)?;
            writer.state.head
        };
        let copied = copy_and_describe(&linked, destination, revision);
        fs::remove_dir_all(&linked)?;
        copied.map(|()| revision)
    }
}

/// When the newest backup in a folder of backups was finished.
pub fn last_backup(backups: &Path) -> Option<SystemTime> {
    let finished = |entry: fs::DirEntry| {
        let manifest = fs::metadata(entry.path().join(MANIFEST)).ok()?;
        manifest.modified().ok()
    };
    let entries = fs::read_dir(backups).ok()?;
    entries.flatten().filter_map(finished).max()
}

/// Puts a backup into a folder that is empty or not there, to be opened as a store. Every file must be as the manifest
/// says; if one is not, nothing is left behind.
pub fn restore(backup: &Path, data: &Path) -> Result<Revision, StoreError> {
    let manifest = Manifest::read(backup)?;
    make_empty(data)?;
    let restored = copy_back(backup, data, &manifest);
    if restored.is_err() {
        fs::remove_dir_all(data)?;
    }
    restored.map(|()| manifest.revision)
}

fn copy_and_describe(
    linked: &Path,
    destination: &Path,
    revision: Revision,
) -> Result<(), StoreError> {
    let database = destination.join("db");
    fs::create_dir(&database)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(linked)? {
        names.push(entry?.file_name());
    }
    names.sort();
    let mut files = Vec::with_capacity(names.len());
    for name in names {
        let (hash, size) = copy(&linked.join(&name), &database.join(&name))?;
        files.push(FileLine {
            hash,
            size,
            name: name.to_string_lossy().into_owned(),
        });
    }
    sync_folder(&database)?;
    Manifest { revision, files }.write(destination)
}

fn copy_back(backup: &Path, data: &Path, manifest: &Manifest) -> Result<(), StoreError> {
    let database = data.join("db");
    fs::create_dir(&database)?;
    for file in &manifest.files {
        let from = backup.join("db").join(&file.name);
        let (hash, size) = copy(&from, &database.join(&file.name)).map_err(|error| {
            damaged(format!(
                "the backup's file {} cannot be read ({error})",
                file.name
            ))
        })?;
        if hash != file.hash || size != file.size {
            return Err(damaged(format!(
                "the backup's file {} is damaged",
                file.name
            )));
        }
    }
    sync_folder(&database)?;
    HeadAnchor::open(&data.join("head"))?.note(manifest.revision)?;
    // Last: a folder without it cannot be opened.
    migrations::write_format_file(data)?;
    sync_folder(data)
}

/// What a backup holds.
struct Manifest {
    revision: Revision,
    files: Vec<FileLine>,
}

struct FileLine {
    hash: String,
    size: u64,
    name: String,
}

impl Manifest {
    fn write(&self, folder: &Path) -> Result<(), StoreError> {
        let mut text = format!(
            "{FIRST_LINE}\nrevision {} {}\n",
            self.revision.epoch, self.revision.sequence
        );
        for file in &self.files {
            text.push_str(&format!("{} {} {}\n", file.hash, file.size, file.name));
        }
        text.push_str(&format!("end {}\n", hex(&Sha256::digest(text.as_bytes()))));
        let mut file = File::create(folder.join(MANIFEST))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        sync_folder(folder)
    }

    fn read(folder: &Path) -> Result<Manifest, StoreError> {
        let path = folder.join(MANIFEST);
        let text = fs::read_to_string(&path)
            .map_err(|error| damaged(format!("{} cannot be read ({error})", path.display())))?;
        Manifest::parse(&text).ok_or_else(|| damaged(format!("{} is damaged", path.display())))
    }

    fn parse(text: &str) -> Option<Manifest> {
        let (content, end) = text.rsplit_once("end ")?;
        if end.trim_end() != hex(&Sha256::digest(content.as_bytes())) {
            return None;
        }
        let mut lines = content.lines();
        if lines.next()? != FIRST_LINE {
            return None;
        }
        let (epoch, sequence) = lines.next()?.strip_prefix("revision ")?.split_once(' ')?;
        let revision = Revision {
            epoch: epoch.parse().ok()?,
            sequence: sequence.parse().ok()?,
        };
        let files = lines.map(FileLine::parse).collect::<Option<_>>()?;
        Some(Manifest { revision, files })
    }
}

impl FileLine {
    fn parse(line: &str) -> Option<FileLine> {
        let mut words = line.splitn(3, ' ');
        Some(FileLine {
            hash: words.next()?.to_owned(),
            size: words.next()?.parse().ok()?,
            name: words.next().filter(|name| !name.contains('/'))?.to_owned(),
        })
    }
}

fn damaged(detail: String) -> StoreError {
    StoreError::Damaged {
        detail,
        next: ANOTHER,
    }
}

/// Copies a file and syncs the copy. Returns hash and size of what was read.
fn copy(from: &Path, to: &Path) -> Result<(String, u64), StoreError> {
    const PORTION: usize = 1 << 20;
    let (mut from, mut to) = (File::open(from)?, File::create(to)?);
    let mut portion = vec![0; PORTION];
    let mut hash = Sha256::new();
    let mut size = 0;
    loop {
        let read = from.read(&mut portion)?;
        if read == 0 {
            break;
        }
        hash.update(&portion[..read]);
        to.write_all(&portion[..read])?;
        size += read as u64;
    }
    to.sync_all()?;
    Ok((hex(&hash.finalize()), size))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn make_empty(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder)?;
    if fs::read_dir(folder)?.next().is_some() {
        return Err(StoreError::NotEmpty {
            path: PathBuf::from(folder),
        });
    }
    Ok(())
}

fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)?.sync_all()?;
    Ok(())
}
