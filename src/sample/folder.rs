//! The folder that a community is written into: must be new or empty; holds a README and, apart from the bundle,
//! the truth about second records.

use super::duplicates::Duplicate;
use super::error::SampleError;
use super::villager::person_id;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Makes the folder and its `truth` folder.
pub fn prepare(out: &Path) -> Result<(), SampleError> {
    let failed = |source| SampleError::File {
        path: out.to_path_buf(),
        source,
    };
    fs::create_dir_all(out).map_err(failed)?;
    if fs::read_dir(out).map_err(failed)?.next().is_some() {
        return Err(SampleError::FolderNotEmpty {
            folder: out.to_path_buf(),
        });
    }
    fs::create_dir(out.join("truth")).map_err(failed)
}

/// Writes `README.txt`: that everything is invented, and how to make it again.
pub fn write_readme(people: u64, seed: u64, out: &Path) -> Result<(), SampleError> {
    let text = format!(
        "This community is invented. It was made from seed {seed} by\n\n    \
         kinpath generate --people {people} --seed {seed} --out FOLDER\n\n\
         Nobody in it is real. First names and family names are common ones, put together by chance; every town,\n\
         nation, people, language, agency and file number is made up, and telephone numbers are of the kind kept\n\
         for fiction (555-01xx). Any likeness to a real person or community is chance.\n\n\
         The files form a CSV bundle (data/csv_bundle.md). The day of description is 2026-11-01. The same numbers\n\
         give the same bytes again. Some children are written by hand, for showing and testing: story-1, story-2,\n\
         and the sisters story-3 and story-3b (cases case-1, case-2, case-3 and case-3b).\n\n\
         truth/duplicates.csv is no part of the bundle: it tells which records are the same person.\n"
    );
    let path = out.join("README.txt");
    fs::write(&path, text).map_err(|source| SampleError::File { path, source })
}

/// `truth/duplicates.csv`: which records are one person.
pub struct TruthFile {
    path: PathBuf,
    writer: BufWriter<fs::File>,
}

impl TruthFile {
    pub fn create(out: &Path) -> Result<TruthFile, SampleError> {
        let path = out.join("truth").join("duplicates.csv");
        let file = fs::File::create(&path).map_err(|source| SampleError::File {
            path: path.clone(),
            source,
        })?;
        let mut truth = TruthFile {
            path,
            writer: BufWriter::new(file),
        };
        truth.write("record,copy\n")?;
        Ok(truth)
    }

    pub fn add(&mut self, copies: &[Duplicate]) -> Result<(), SampleError> {
        for Duplicate { record, copy } in copies {
            self.write(&format!("{},{}\n", person_id(*record), person_id(*copy)))?;
        }
        Ok(())
    }

    /// Writes what is still buffered and closes the file.
    pub fn finish(mut self) -> Result<(), SampleError> {
        self.writer.flush().map_err(|source| SampleError::File {
            path: self.path,
            source,
        })
    }

    fn write(&mut self, text: &str) -> Result<(), SampleError> {
        self.writer
            .write_all(text.as_bytes())
            .map_err(|source| SampleError::File {
                path: self.path.clone(),
                source,
            })
    }
}
