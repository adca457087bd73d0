//! One CSV file as a table: header, rows, and everything that can be wrong with them before a cell is understood.

use crate::exchange::report::{Findings, shown};
use crate::model::bundle::Origin;
use csv::StringRecord;
use std::io::Read;

/// No cell may be longer, in bytes.
const LONGEST_CELL: usize = 64 * 1024;
/// No file may have more columns.
const MOST_COLUMNS: usize = 200;
/// Stands after the end of the data. If a quote is still open there, it is swallowed, and so we know.
const END_MARK: &[u8] = b"\n\x01\n";
const END_CELL: &str = "\u{1}";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A column that the reader knows; without a position if the file does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub position: Option<usize>,
}

/// A CSV file being read.
pub struct Table<'d> {
    file: &'static str,
    data: &'d [u8],
    reader: csv::Reader<std::io::Chain<&'d [u8], &'static [u8]>>,
    record: StringRecord,
    header: Vec<String>,
    known: Vec<bool>,
    missing_needed: bool,
    lines: LineCounter<'d>,
    rows_read: u64,
}

/// One row whose form is right.
#[derive(Clone, Copy)]
pub struct Row<'t> {
    pub file: &'static str,
    pub line: u64,
    record: &'t StringRecord,
}

impl<'t> Row<'t> {
    /// The cell without spaces around it; empty if the file does not have the column.
    pub fn cell(&self, column: Column) -> &'t str {
        column
            .position
            .and_then(|position| self.record.get(position))
            .unwrap_or_default()
            .trim()
    }
}

impl<'d> Table<'d> {
    /// Reads the header. Nothing if the file cannot be read as a table at all; the finding says why.
    pub fn open(file: &'static str, data: &'d [u8], findings: &mut Findings) -> Option<Table<'d>> {
        let data = data.strip_prefix(BYTE_ORDER_MARK).unwrap_or(data);
        let whole_file = Origin {
            file: file.to_owned(),
            line: 0,
            field: String::new(),
        };
        if data.iter().all(u8::is_ascii_whitespace) {
            findings.error(
                whole_file,
                "the file is empty: the first line must name the columns",
            );
            return None;
        }
        if data.starts_with(b"\xff\xfe") || data.starts_with(b"\xfe\xff") {
            findings.error(whole_file, "the file is in UTF-16: save it as UTF-8");
            return None;
        }
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 18)
            .from_reader(data.chain(END_MARK));
        let mut table = Table {
            file,
            data,
            reader,
            record: StringRecord::new(),
            header: Vec::new(),
            known: Vec::new(),
            missing_needed: false,
            lines: LineCounter::new(data),
            rows_read: 0,
        };
        let line = match table.read_record(findings) {
            Step::Row(line) => line,
            Step::Refused | Step::End => return None,
        };
        table.take_header(line, findings).then_some(table)
    }

    fn take_header(&mut self, line: u64, findings: &mut Findings) -> bool {
        let names = self.record.iter().map(|name| name.trim().to_lowercase());
        self.header = names.collect();
        self.known = vec![false; self.header.len()];
        if self.header.len() > MOST_COLUMNS {
            let reason = format!(
                "the header has {} columns; at most {MOST_COLUMNS} are taken",
                self.header.len()
            );
            findings.error(self.origin(line, ""), reason);
            return false;
        }
        let mut is_sound = true;
        for (position, name) in self.header.iter().enumerate() {
            if !name.is_empty() && self.header[..position].contains(name) {
                findings.error(
                    self.origin(line, name),
                    format!("the column {} stands twice", shown(name)),
                );
                is_sound = false;
            }
        }
        is_sound
    }

    /// A column that may be absent.
    pub fn column(&mut self, name: &'static str) -> Column {
        let position = self.header.iter().position(|header| header == name);
        if let Some(position) = position {
            self.known[position] = true;
        }
        Column { name, position }
    }

    /// A column that must be there.
    pub fn needed(&mut self, name: &'static str, findings: &mut Findings) -> Column {
        let column = self.column(name);
        if column.position.is_none() {
            let hint = match self.header.as_slice() {
                [only] if only.contains(';') => {
                    " (the columns seem to be separated by semicolons: use commas)"
                }
                [only] if only.contains('\t') => {
                    " (the columns seem to be separated by tabs: use commas)"
                }
                _ => "",
            };
            findings.error(
                self.origin(1, name),
                format!("the column \"{name}\" is needed and missing{hint}"),
            );
            self.missing_needed = true;
        }
        column
    }

    /// To be called once all columns were asked for: reports the others. False if a needed one is missing.
    pub fn is_complete(&self, findings: &mut Findings) -> bool {
        for (name, known) in self.header.iter().zip(&self.known) {
            if !known && !self.missing_needed {
                findings.warning(
                    self.origin(1, name),
                    format!("the column {} is not known and is left out", shown(name)),
                );
            }
        }
        !self.missing_needed
    }

    /// The next row whose form is right; faulty ones are reported and passed over.
    pub fn next_row(&mut self, findings: &mut Findings) -> Option<Row<'_>> {
        loop {
            let line = match self.read_record(findings) {
                Step::Row(line) => line,
                Step::Refused => continue,
                Step::End => return None,
            };
            if self.record.len() == 1
                && self
                    .record
                    .get(0)
                    .is_some_and(|cell| cell.trim().is_empty())
            {
                continue;
            }
            self.rows_read += 1;
            if self.record.len() == self.header.len() {
                return Some(Row {
                    file: self.file,
                    line,
                    record: &self.record,
                });
            }
            let reason = format!(
                "the row has {} cells, the header has {}; a comma inside a cell needs quotes around the cell",
                self.record.len(),
                self.header.len()
            );
            findings.error(self.origin(line, ""), reason);
        }
    }

    /// Rows seen so far, faulty ones too.
    pub fn rows_read(&self) -> u64 {
        self.rows_read
    }

    fn origin(&self, line: u64, field: &str) -> Origin {
        Origin {
            file: self.file.to_owned(),
            line,
            field: field.chars().take(60).collect(),
        }
    }

    fn read_record(&mut self, findings: &mut Findings) -> Step {
        let start = self.reader.position().byte();
        let outcome = self.reader.read_record(&mut self.record);
        let line = self.lines.line_at(start);
        match outcome {
            Ok(false) => Step::End,
            Ok(true)
                if start as usize + 1 >= self.data.len() && self.record.iter().eq([END_CELL]) =>
            {
                Step::End
            }
            Ok(true) => match self.fault_in_record() {
                None => Step::Row(line),
                Some((position, reason)) => {
                    let field = self.header.get(position).cloned().unwrap_or_default();
                    findings.error(self.origin(line, &field), reason);
                    self.rows_read += 1;
                    Step::Refused
                }
            },
            Err(error) => {
                let reason = match error.kind() {
                    csv::ErrorKind::Utf8 { .. } => {
                        "the row is not valid UTF-8: save the file as UTF-8 (a spreadsheet may call it \"CSV UTF-8\")"
                    }
                    _ => "the row cannot be read",
                };
                findings.error(self.origin(line, ""), reason);
                self.rows_read += 1;
                Step::Refused
            }
        }
    }

    /// The first cell that cannot be taken as text, and why.
    fn fault_in_record(&self) -> Option<(usize, String)> {
        let bytes = self.record.as_slice().as_bytes();
        let is_plain = |byte: &u8| *byte >= 0x20 && *byte != 0x7f;
        if bytes.len() <= LONGEST_CELL && bytes.iter().all(is_plain) {
            return None;
        }
        for (position, cell) in self.record.iter().enumerate() {
            if cell.contains(END_CELL) && cell.as_bytes().ends_with(END_MARK) {
                return Some((
                    position,
                    "a quote opens in this row and is never closed".to_owned(),
                ));
            }
            if cell.len() > LONGEST_CELL {
                let reason = format!(
                    "the cell has {} bytes; at most {LONGEST_CELL} are taken",
                    cell.len()
                );
                return Some((position, reason));
            }
            let is_junk = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r');
            if let Some(junk) = cell.chars().find(|c| is_junk(*c)) {
                let code = u32::from(junk);
                let reason =
                    format!("the cell holds the control character {code:#04x}: this is not text");
                return Some((position, reason));
            }
        }
        None
    }
}

enum Step {
    /// A record, beginning on this line.
    Row(u64),
    /// A record that was reported.
    Refused,
    End,
}

/// Finds the line of a growing position. (The csv crate counts lines, but is one short after CR LF.)
struct LineCounter<'d> {
    data: &'d [u8],
    position: usize,
    line: u64,
}

impl<'d> LineCounter<'d> {
    fn new(data: &'d [u8]) -> LineCounter<'d> {
        LineCounter {
            data,
            position: 0,
            line: 1,
        }
    }

    /// The line of the first byte from here on that does not end a line.
    fn line_at(&mut self, position: u64) -> u64 {
        let target = (position as usize).min(self.data.len());
        while self.position < self.data.len() {
            let byte = self.data[self.position];
            if self.position >= target && byte != b'\n' && byte != b'\r' {
                break;
            }
            let next = self.data.get(self.position + 1);
            if byte == b'\n' || (byte == b'\r' && next != Some(&b'\n')) {
                self.line += 1;
            }
            self.position += 1;
        }
        self.line
    }
}
