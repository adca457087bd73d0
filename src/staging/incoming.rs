//! An upload: what was announced, the bytes received so far, and at the end the report in their place.

use super::{Staging, failed, make_folder, read_whole, remove, sync_folder, write_whole};
use crate::error::Error;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file as it was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// How it is kept: a plain name, or a folder and a name.
    pub name: String,
    pub size: u64,
    pub sha256: [u8; 32],
}

/// One upload.
#[derive(Clone, Debug)]
pub struct Incoming {
    folder: PathBuf,
}

impl Staging {
    /// Takes up an upload, or begins it. `Error::RequestIdReused` if the id stands for another announcement. The id must
    /// be a plain name.
    pub fn receive(&self, id: &str, announced: &[u8], bytes: u64) -> Result<Incoming, Error> {
        let incoming = Incoming {
            folder: self.imports().join(id),
        };
        match incoming.announced()? {
            Some(before) if before == announced => return Ok(incoming),
            Some(_) => return Err(Error::RequestIdReused),
            None => {}
        }
        self.make_room(bytes)?;
        make_folder(&incoming.content())?;
        write_whole(&incoming.folder.join("announced"), announced)?;
        sync_folder(&self.imports())?;
        Ok(incoming)
    }

    /// An upload that was begun.
    pub fn incoming(&self, id: &str) -> Result<Option<Incoming>, Error> {
        let incoming = Incoming {
            folder: self.imports().join(id),
        };
        Ok(incoming.announced()?.map(|_| incoming))
    }
}

impl Incoming {
    /// What was announced.
    pub fn announced(&self) -> Result<Option<Vec<u8>>, Error> {
        read_whole(&self.folder.join("announced"))
    }

    /// What came of it; nothing until it is done.
    pub fn report(&self) -> Result<Option<Vec<u8>>, Error> {
        read_whole(&self.folder.join("report"))
    }

    /// When anything of it changed last.
    pub fn last_change(&self) -> Option<SystemTime> {
        super::last_change(&self.folder)
    }

    /// The folder of the files.
    pub fn content(&self) -> PathBuf {
        self.folder.join("files")
    }

    /// How many bytes of a file are safely on disk.
    pub fn received(&self, name: &str) -> Result<u64, Error> {
        let path = self.content().join(name);
        let Some(file) = open_if_there(&path)? else {
            return Ok(0);
        };
        let received = file.metadata().map_err(failed)?.len();
        file.sync_all().map_err(failed)?;
        sync_folder(path.parent().unwrap_or(&path))?;
        sync_folder(&self.content())?;
        Ok(received)
    }

    /// Adds bytes to a file. They must begin where bytes were received, and end where the file does.
    pub fn add(&self, file: &NamedFile, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let path = self.content().join(&file.name);
        let end = offset.saturating_add(bytes.len() as u64);
        if end > file.size {
            let reason = format!("the file was announced with {} bytes", file.size);
            return Err(Error::invalid("chunk.data", reason));
        }
        make_folder(path.parent().unwrap_or(&path))?;
        let mut kept = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        let received = kept.metadata().map_err(failed)?.len();
        if offset > received {
            let reason = format!("only {received} bytes were received: go on from there");
            return Err(Error::invalid("chunk.offset", reason));
        }
        kept.seek(SeekFrom::Start(offset)).map_err(failed)?;
        kept.write_all(bytes).map_err(failed)
    }

    /// Whether all bytes of a file are there. One whose checksum is not the announced one is thrown away and refused.
    pub fn is_whole(&self, file: &NamedFile, field: &str) -> Result<bool, Error> {
        let path = self.content().join(&file.name);
        if file.size == 0 {
            make_folder(path.parent().unwrap_or(&path))?;
            File::create(&path).map_err(failed)?;
        }
        if self.received(&file.name)? < file.size {
            return Ok(false);
        }
        if checksum(&path)? == file.sha256 {
            return Ok(true);
        }
        fs::remove_file(&path).map_err(failed)?;
        let reason =
            "the bytes received have another checksum: they were thrown away, send the file again";
        Err(Error::invalid(field, reason))
    }

    /// Puts the report in the place of the files.
    pub fn finish(&self, report: &[u8]) -> Result<(), Error> {
        write_whole(&self.folder.join("report"), report)?;
        remove(&self.content())
    }
}

fn open_if_there(path: &Path) -> Result<Option<File>, Error> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(failed(why)),
    }
}

/// The SHA-256 of a file's bytes.
pub(super) fn checksum(path: &Path) -> Result<[u8; 32], Error> {
    const PORTION: usize = 1 << 20;
    let mut file = File::open(path).map_err(failed)?;
    let mut portion = vec![0; PORTION];
    let mut hash = Sha256::new();
    loop {
        let read = file.read(&mut portion).map_err(failed)?;
        if read == 0 {
            return Ok(hash.finalize().into());
        }
        hash.update(&portion[..read]);
    }
}
