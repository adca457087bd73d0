//! Files on their way in and out, kept in a folder beside the store so that neither a broken connection nor a restart
//! loses them: uploads until they are imported, exports until they are taken. How much and for how long is bounded.
//! What the files mean is not known here.

mod incoming;
mod outgoing;

pub use incoming::{Incoming, NamedFile};
pub use outgoing::Outgoing;

use crate::error::Error;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The folder of files on their way.
#[derive(Clone, Debug)]
pub struct Staging {
    folder: PathBuf,
    most_bytes: u64,
    keep: Duration,
}

impl Staging {
    /// A folder that holds about this many bytes, each transfer for this long after its last change.
    pub fn new(folder: PathBuf, most_bytes: u64, keep: Duration) -> Staging {
        Staging {
            folder,
            most_bytes,
            keep,
        }
    }

    /// How long a transfer is kept after its last change.
    pub fn keep(&self) -> Duration {
        self.keep
    }

    fn imports(&self) -> PathBuf {
        self.folder.join("imports")
    }

    fn exports(&self) -> PathBuf {
        self.folder.join("exports")
    }

    /// Removes what has been kept for long enough.
    pub fn sweep(&self, now: SystemTime) -> Result<(), Error> {
        for (path, changed) in self.transfers()? {
            let is_old = now
                .duration_since(changed)
                .is_ok_and(|age| age >= self.keep);
            if is_old {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// Refuses another transfer of this many bytes if there is no room for it.
    pub fn make_room(&self, bytes: u64) -> Result<(), Error> {
        let mut used = 0;
        for (path, _) in self.transfers()? {
            used += size_of(&path)?;
        }
        if used.saturating_add(bytes) > self.most_bytes {
            return Err(Error::Unavailable {
                reason: format!(
                    "{} of {} bytes for files on their way are in use: finish what is under way, or raise \
                     exchange_bytes",
                    used, self.most_bytes
                ),
            });
        }
        Ok(())
    }

    /// Refuses a transfer that could never have room.
    pub fn check_size(&self, field: &str, bytes: u64) -> Result<(), Error> {
        if bytes > self.most_bytes {
            let reason = format!("more than the {} bytes that are taken", self.most_bytes);
            return Err(Error::invalid(field, reason));
        }
        Ok(())
    }

    /// Every transfer's folder and when it changed last.
    fn transfers(&self) -> Result<Vec<(PathBuf, SystemTime)>, Error> {
        let mut found = Vec::new();
        for folder in [self.imports(), self.exports()] {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(why) if why.kind() == io::ErrorKind::NotFound => continue,
                Err(why) => return Err(failed(why)),
            };
            for entry in entries {
                let path = entry.map_err(failed)?.path();
                // Gone meanwhile: somebody else removed it.
                if let Some(changed) = last_change(&path) {
                    found.push((path, changed));
                }
            }
        }
        Ok(found)
    }
}

/// When anything in a transfer changed last.
fn last_change(folder: &Path) -> Option<SystemTime> {
    let mut last = fs::metadata(folder).ok()?.modified().ok()?;
    for path in files_in(folder) {
        let changed = fs::metadata(&path).and_then(|about| about.modified());
        last = changed.map_or(last, |changed| last.max(changed));
    }
    Some(last)
}

fn size_of(folder: &Path) -> Result<u64, Error> {
    let sizes = files_in(folder)
        .into_iter()
        .filter_map(|path| fs::metadata(path).ok());
    Ok(sizes.map(|about| about.len()).sum())
}

/// The files in a folder and in the folders in it.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(_) => files.push(entry.path()),
                Err(_) => {}
            }
        }
    }
    files
}

/// Makes a folder that only this user can read, with those above it.
fn make_folder(path: &Path) -> Result<(), Error> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(path).map_err(failed)
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(failed(why)),
        _ => Ok(()),
    }
}

/// Writes a small file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let part = path.with_extension("part");
    let mut file = File::create(&part).map_err(failed)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    fs::rename(&part, path).map_err(failed)?;
    match path.parent() {
        Some(folder) => sync_folder(folder),
        None => Ok(()),
    }
}

fn sync_folder(folder: &Path) -> Result<(), Error> {
    let opened = File::open(folder).map_err(failed)?;
    opened.sync_all().map_err(failed)
}

/// A small file; nothing if it is not there.
fn read_whole(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(failed(why)),
    }
}

fn failed(why: io::Error) -> Error {
    Error::Unavailable {
        reason: format!("files on their way cannot be kept ({})", why.kind()),
    }
}

#[cfg(test)]
mod tests;
