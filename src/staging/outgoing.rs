//! An export: files that are made once and then read piece by piece, by whoever has their id.

use super::incoming::{NamedFile, checksum};
use super::{Staging, failed, make_folder, read_whole, remove, write_whole};
use crate::error::Error;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

/// One export.
#[derive(Clone, Debug)]
pub struct Outgoing {
    folder: PathBuf,
}

impl Staging {
    /// Begins an export under an id that nobody has used.
    pub fn give(&self, id: u64) -> Result<Outgoing, Error> {
        self.make_room(0)?;
        let outgoing = self.outgoing(id);
        make_folder(&outgoing.folder)?;
        Ok(outgoing)
    }

    /// The export of an id, which may no longer be there.
    pub fn outgoing(&self, id: u64) -> Outgoing {
        Outgoing {
            folder: self.exports().join(format!("{id:016x}")),
        }
    }
}

impl Outgoing {
    /// The folder of the files, to be made by whoever fills it.
    pub fn content(&self) -> PathBuf {
        self.folder.join("files")
    }

    /// What is to be told at the end; nothing until all files are made.
    pub fn summary(&self) -> Result<Option<Vec<u8>>, Error> {
        read_whole(&self.folder.join("summary"))
    }

    /// The files that were made, by name.
    pub fn files(&self) -> Result<Vec<NamedFile>, Error> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.content()).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.push(NamedFile {
                name: name.into_owned(),
                size: fs::metadata(&path).map_err(failed)?.len(),
                sha256: checksum(&path)?,
            });
        }
        files.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(files)
    }

    /// All files are made.
    pub fn finish(&self, summary: &[u8]) -> Result<(), Error> {
        write_whole(&self.folder.join("summary"), summary)
    }

    /// At most this many bytes of a file, from an offset on; none at its end.
    pub fn read(&self, name: &str, offset: u64, most: usize) -> Result<Vec<u8>, Error> {
        let mut file = File::open(self.content().join(name)).map_err(failed)?;
        file.seek(SeekFrom::Start(offset)).map_err(failed)?;
        let mut bytes = Vec::with_capacity(most);
        file.take(most as u64)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        Ok(bytes)
    }

    /// Throws the export away.
    pub fn discard(&self) -> Result<(), Error> {
        remove(&self.folder)
    }
}
