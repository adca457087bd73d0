//! What a writer was told: one line for each acknowledged write, on disk before the writer goes on.

use kinpath::api::v1;
use std::fs::{File, read_to_string};
use std::io::Write;
use std::path::{Path, PathBuf};

/// One acknowledged write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub request_id: String,
    pub name: String,
    pub child: String,
    pub person: String,
    pub revision: String,
}

/// One writer's list. Lines are numbered, so that a missing one shows.
pub struct Ledger {
    path: PathBuf,
    file: File,
    lines: usize,
}

impl Ledger {
    pub fn create(path: PathBuf) -> Ledger {
        let file = File::create_new(&path).expect("a new ledger");
        Ledger {
            path,
            file,
            lines: 0,
        }
    }

    pub fn note(
        &mut self,
        request: &v1::RecordConnectionRequest,
        answer: &v1::RecordConnectionResponse,
    ) {
        self.lines += 1;
        let person = answer.person.as_ref().map_or("", |person| &person.name);
        writeln!(
            self.file,
            "{}\t{}\t{}\t{}\t{person}\t{}",
            self.lines, request.request_id, request.name_as_written, request.child, answer.revision
        )
        .and_then(|()| self.file.sync_all())
        .expect("the ledger can be written");
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the list back from disk; fails if a line is missing.
    pub fn entries(&self) -> Result<Vec<Entry>, String> {
        let text = read_to_string(&self.path).expect("the ledger can be read");
        let mut entries = Vec::new();
        for line in text.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            let &[number, request_id, name, child, person, revision] = cells.as_slice() else {
                return Err(format!("a line of the ledger cannot be read: {line}"));
            };
            if number != (entries.len() + 1).to_string() {
                return Err(format!(
                    "line {} of the ledger is missing",
                    entries.len() + 1
                ));
            }
            entries.push(Entry {
                request_id: request_id.to_owned(),
                name: name.to_owned(),
                child: child.to_owned(),
                person: person.to_owned(),
                revision: revision.to_owned(),
            });
        }
        if entries.len() != self.lines {
            return Err(format!(
                "line {} of the ledger is missing",
                entries.len() + 1
            ));
        }
        Ok(entries)
    }
}
