//! JSON Lines: a whole store, one JSON object a line (format: `data/json_lines.md`). The first line names format and
//! revision, the last counts the others and holds their checksum, so that a file that was cut off or changed is refused.

use crate::model::store_copy::CopyPart;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;
/// Longer lines are refused, in bytes: a commit of 50,000 subjects has a megabyte, a person a few thousand.
const LONGEST_LINE: u64 = 256 << 20;

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FirstLine {
    kinpath_store: u32,
}

/// How much was written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineCounts {
    pub sources: u64,
    pub commits: u64,
    pub imports: u64,
    pub subjects: u64,
    /// Versions of statements.
    pub statements: u64,
}

impl LineCounts {
    /// By kind, in words.
    pub fn in_words(&self) -> BTreeMap<&'static str, u64> {
        BTreeMap::from([
            ("commits", self.commits),
            ("records", self.subjects),
            ("sources", self.sources),
            ("versions of statements", self.statements),
        ])
    }

    fn count(&mut self, part: &CopyPart) {
        match part {
            CopyPart::Store(_) => {}
            CopyPart::Source(_) => self.sources += 1,
            CopyPart::Commit(_) => self.commits += 1,
            CopyPart::Import(_) => self.imports += 1,
            CopyPart::Subject(subject) => {
                let versions = subject.commits.iter().map(|block| block.statements.len());
                self.subjects += 1;
                self.statements += versions.sum::<usize>() as u64;
            }
        }
    }
}

/// The last line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LastLine {
    end: End,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct End {
    counts: LineCounts,
    /// SHA-256 of all lines before, with their line ends, in hexadecimal figures.
    sha256: String,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum JsonLinesError {
    #[error("line {line}: {reason}")]
    Refused { line: u64, reason: String },
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Writes parts as lines.
pub struct JsonLinesWriter<W: Write> {
    out: W,
    hash: Sha256,
    counts: LineCounts,
    line: Vec<u8>,
}

impl<W: Write> JsonLinesWriter<W> {
    /// Begins a file.
    pub fn new(out: W) -> Result<JsonLinesWriter<W>, JsonLinesError> {
        let mut writer = JsonLinesWriter {
            out,
            hash: Sha256::new(),
            counts: LineCounts::default(),
            line: Vec::new(),
        };
        writer.put(&FirstLine {
            kinpath_store: FORMAT,
        })?;
        Ok(writer)
    }

    pub fn write(&mut self, part: &CopyPart) -> Result<(), JsonLinesError> {
        self.counts.count(part);
        self.put(part)
    }

    /// Writes the last line.
    pub fn finish(mut self) -> Result<LineCounts, JsonLinesError> {
        let end = End {
            counts: self.counts,
            sha256: hex(&self.hash.clone().finalize()),
        };
        self.put(&LastLine { end })?;
        self.out.flush()?;
        Ok(self.counts)
    }

    fn put(&mut self, value: &impl Serialize) -> Result<(), JsonLinesError> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value).map_err(io::Error::from)?;
        self.line.push(b'\n');
        self.hash.update(&self.line);
        self.out.write_all(&self.line)?;
        Ok(())
    }
}

/// Reads lines as parts; the end of the parts is only told once counts and checksum hold.
pub struct JsonLinesReader<R: BufRead> {
    input: R,
    hash: Sha256,
    counts: LineCounts,
    line: Vec<u8>,
    number: u64,
    is_done: bool,
}

impl<R: BufRead> JsonLinesReader<R> {
    /// Opens a file: reads its first line.
    pub fn new(input: R) -> Result<JsonLinesReader<R>, JsonLinesError> {
        let mut reader = JsonLinesReader {
            input,
            hash: Sha256::new(),
            counts: LineCounts::default(),
            line: Vec::new(),
            number: 0,
            is_done: false,
        };
        let is_there = reader.read_line()?;
        let first = serde_json::from_slice::<FirstLine>(&reader.line);
        match first {
            Ok(first) if first.kinpath_store == FORMAT => {}
            Ok(first) => {
                let found = first.kinpath_store;
                return Err(reader.refused(format!("format {found} is not known, only {FORMAT}")));
            }
            Err(_) if !is_there => return Err(reader.refused("the file is empty")),
            Err(_) => {
                let reason = "a whole store begins with a line like {\"kinpathStore\":1}";
                return Err(reader.refused(reason));
            }
        }
        reader.hash_line();
        Ok(reader)
    }

    /// The next part; nothing once the whole file was read and found whole.
    pub fn next_part(&mut self) -> Result<Option<CopyPart>, JsonLinesError> {
        if self.is_done {
            return Ok(None);
        }
        if !self.read_line()? || self.line.last() != Some(&b'\n') {
            return Err(self.refused("the file is cut off: its last line is missing"));
        }
        if self.line.starts_with(b"{\"end\":") {
            self.check_end()?;
            return Ok(None);
        }
        let part: CopyPart =
            serde_json::from_slice(&self.line).map_err(|error| self.refused(error.to_string()))?;
        self.hash_line();
        self.counts.count(&part);
        Ok(Some(part))
    }

    /// The number of the line that was read last.
    pub fn line(&self) -> u64 {
        // At the end it was tried to read one more.
        self.number - u64::from(self.is_done)
    }

    /// What is read from.
    pub fn input(&self) -> &R {
        &self.input
    }

    /// What was read so far.
    pub fn counts(&self) -> LineCounts {
        self.counts
    }

    fn check_end(&mut self) -> Result<(), JsonLinesError> {
        let last: LastLine =
            serde_json::from_slice(&self.line).map_err(|error| self.refused(error.to_string()))?;
        if last.end.counts != self.counts {
            let told = "the last line counts other lines than the file has";
            return Err(self.refused(told));
        }
        if last.end.sha256 != hex(&self.hash.clone().finalize()) {
            return Err(self.refused("the checksum does not hold: the file was changed"));
        }
        if self.read_line()? {
            return Err(self.refused("there are lines after the last one"));
        }
        self.is_done = true;
        Ok(())
    }

    fn hash_line(&mut self) {
        self.hash.update(&self.line);
    }

    /// False at the end of the file.
    fn read_line(&mut self) -> Result<bool, JsonLinesError> {
        self.line.clear();
        self.number += 1;
        let mut limited = (&mut self.input).take(LONGEST_LINE);
        let read = limited.read_until(b'\n', &mut self.line)?;
        if read as u64 == LONGEST_LINE && self.line.last() != Some(&b'\n') {
            return Err(self.refused("the line is too long"));
        }
        Ok(read > 0)
    }

    fn refused(&self, reason: impl Into<String>) -> JsonLinesError {
        JsonLinesError::Refused {
            line: self.number,
            reason: reason.into(),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::Revision;
    use crate::model::store_copy::CopyCommit;

    fn part(sequence: u64) -> CopyPart {
        CopyPart::Commit(CopyCommit {
            revision: Revision { epoch: 1, sequence },
            committed_at: 5,
            actor: "a".to_owned(),
            action: "import".to_owned(),
            statements: 0,
            subjects: Vec::new(),
        })
    }

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = JsonLinesWriter::new(&mut bytes).unwrap();
        for sequence in 1..4 {
            writer.write(&part(sequence)).unwrap();
        }
        writer.finish().unwrap();
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<CopyPart>, JsonLinesError> {
        let mut reader = JsonLinesReader::new(bytes)?;
        let mut parts = Vec::new();
        while let Some(part) = reader.next_part()? {
            parts.push(part);
        }
        Ok(parts)
    }

    #[test]
    fn what_is_written_reads_back() {
        assert_eq!(read(&written()).unwrap(), [part(1), part(2), part(3)]);
    }

    #[test]
    fn a_file_cut_off_anywhere_or_changed_is_refused() {
        let whole = written();
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "length {length}");
        }
        let text = String::from_utf8(whole).unwrap();
        let changed = text.replace("\"import\"", "\"IMPORT\"");
        assert!(read(changed.as_bytes()).is_err());
        assert!(read(format!("{text}x\n").as_bytes()).is_err());
        assert!(read(b"0 HEAD\n").is_err());
    }
}
