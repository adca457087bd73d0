//! The reading of one file: opening it, what is kept while its records are read, and the list of what was not
//! understood. Errors are what makes the tree unreadable or a tie point nowhere; impossible dates and people who are
//! their own ancestors are warnings here and are kept, as old trees have them and walks can bear them.

use super::encoding::decode;
use super::lines::{Line, LineTree};
use super::{dates, families, gedzip, individuals, kept};
use crate::exchange::assembly::{Assembly, Standing};
use crate::exchange::family_check::BirthTie;
use crate::exchange::report::{ExchangeError, Findings, ReadBundle, ReadOptions, shown};
use crate::model::bundle::{Bundle, Origin};
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::person::Coordinates;
use crate::model::tie::ParentNature;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::Path;

/// Reads a file; its stem is the first part of every external id: `tudor:I58`.
pub fn read_file(path: &Path, options: &ReadOptions) -> Result<ReadBundle, ExchangeError> {
    let bytes = std::fs::read(path).map_err(|error| ExchangeError::unreadable(path, error))?;
    let bytes = if bytes.starts_with(gedzip::SIGNATURE) {
        gedzip::gedcom_of(&bytes).map_err(|reason| ExchangeError::unreadable(path, reason))?
    } else {
        bytes
    };
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok(read_bytes(&name, &bytes, options))
}

/// Reads the content of a file of this name.
pub fn read_bytes(name: &str, bytes: &[u8], options: &ReadOptions) -> ReadBundle {
    let mut findings = Findings::default();
    let origin = |line| Origin {
        file: name.to_owned(),
        line,
        field: String::new(),
    };
    let decoded = decode(bytes);
    if let Some((line, reason)) = decoded.doubt {
        findings.warning(origin(line), reason);
    }
    if decoded.text.trim().is_empty() {
        findings.error(origin(0), "the file is empty");
        return findings.finish(Bundle::default(), 0, options);
    }
    let first_line = decoded
        .text
        .trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n'])
        .lines()
        .next()
        .unwrap_or("");
    if first_line.split_whitespace().take(2).ne(["0", "HEAD"]) {
        let reason = format!(
            "the file begins with {}: a GEDCOM file begins with \"0 HEAD\"",
            shown(first_line)
        );
        findings.error(origin(1), reason);
        return findings.finish(Bundle::default(), 0, options);
    }
    let tree = LineTree::read(name, &decoded.text, &mut findings);
    let line_count = tree.len() as u64;
    let mut reading = Reading::new(name, tree, findings, options);
    reading.index_records();
    individuals::read_individuals(&mut reading);
    families::read_families(&mut reading);
    kept::keep_what_was_not_taken(&mut reading);
    reading
        .findings
        .finish(reading.assembly.into_bundle(), line_count, options)
}

/// Everything kept while one file is read.
pub struct Reading<'t> {
    pub file: String,
    pub tree: LineTree<'t>,
    pub assembly: Assembly,
    pub findings: Findings,
    pub today: Option<Day>,
    /// By line: understood, or known to hold nothing that we keep.
    taken: Vec<bool>,
    /// Records by reference.
    records: FxHashMap<&'t str, usize>,
    /// Subject numbers by reference.
    pub people: FxHashMap<&'t str, u64>,
    pub births: FxHashMap<u64, PartialDate>,
    pub birth_ties: Vec<BirthTie>,
    pub parent_ties: FxHashSet<(u64, u64, ParentNature)>,
    /// By record.
    pub record_standings: FxHashMap<usize, Standing>,
}

impl<'t> Reading<'t> {
    fn new(
        file: &str,
        tree: LineTree<'t>,
        findings: Findings,
        options: &ReadOptions,
    ) -> Reading<'t> {
        let stem = Path::new(file)
            .file_stem()
            .map(|stem| stem.to_string_lossy().replace(':', "_"));
        let source_name = stem
            .filter(|stem| !stem.is_empty())
            .unwrap_or_else(|| "gedcom".to_owned());
        Reading {
            file: file.to_owned(),
            taken: vec![false; tree.len()],
            tree,
            assembly: Assembly::new(&source_name),
            findings,
            today: options.today,
            records: FxHashMap::default(),
            people: FxHashMap::default(),
            births: FxHashMap::default(),
            birth_ties: Vec::new(),
            parent_ties: FxHashSet::default(),
            record_standings: FxHashMap::default(),
        }
    }

    fn index_records(&mut self) {
        let records: Vec<usize> = self.tree.records().collect();
        for &record in &records {
            let line = self.tree.line(record);
            if line.tag == "TRLR" {
                self.take(record);
            }
            if line.xref.is_empty() {
                if matches!(line.tag, "INDI" | "FAM") {
                    self.error(
                        record,
                        format!("the {} record has no reference between @ signs", line.tag),
                    );
                }
                continue;
            }
            if let Some(&first) = self.records.get(line.xref) {
                let first_line = self.tree.line(first).number;
                self.error(
                    record,
                    format!(
                        "the reference @{}@ is used already in line {first_line}",
                        line.xref
                    ),
                );
            } else {
                self.records.insert(line.xref, record);
            }
        }
        if let Some(&last) = records.last()
            && self.tree.line(last).tag != "TRLR"
        {
            let last_line = self.tree.len() - 1;
            self.error(last_line, "the file ends without \"0 TRLR\": it is cut off");
        }
    }

    /// The records with this tag that can be referred to, in the order of the file.
    pub fn records_of(&self, tag: &str) -> Vec<usize> {
        let is_wanted = |record: &usize| {
            let line = self.tree.line(*record);
            line.tag == tag && self.records.get(line.xref) == Some(record)
        };
        self.tree.records().filter(is_wanted).collect()
    }

    /// The record with this reference.
    pub fn record(&self, xref: &str) -> Option<usize> {
        self.records.get(xref).copied()
    }

    /// Marks a line as understood, with its continuations.
    pub fn take(&mut self, position: usize) -> Line<'t> {
        if let Some(taken) = self.taken.get_mut(position) {
            *taken = true;
        }
        let children: Vec<usize> = self.tree.children(position).collect();
        for child in children {
            if matches!(self.tree.line(child).tag, "CONC" | "CONT" | "") {
                self.taken[child] = true;
            }
        }
        self.tree.line(position)
    }

    /// Takes back that a line was understood: it is kept as written, with all below.
    pub fn give_back(&mut self, position: usize) {
        if let Some(taken) = self.taken.get_mut(position) {
            *taken = false;
        }
    }

    pub fn is_taken(&self, position: usize) -> bool {
        self.taken.get(position) == Some(&true)
    }

    /// The lines below with this tag, marked as understood.
    pub fn take_all(&mut self, position: usize, tag: &str) -> Vec<usize> {
        let found: Vec<usize> = self
            .tree
            .children(position)
            .filter(|child| self.tree.line(*child).tag == tag)
            .collect();
        for &child in &found {
            self.take(child);
        }
        found
    }

    /// The first line below with this tag, marked as understood.
    pub fn take_first(&mut self, position: usize, tag: &str) -> Option<usize> {
        let found = self.tree.child(position, tag)?;
        self.take(found);
        Some(found)
    }

    /// Its value without spaces around it; empty if there is none.
    pub fn take_value(&mut self, position: usize, tag: &str) -> &'t str {
        self.take_first(position, tag)
            .map_or("", |found| self.tree.line(found).value.trim())
    }

    /// The date of an event, with a warning if it cannot be kept as written.
    pub fn take_date(&mut self, event: usize) -> Option<PartialDate> {
        let line = self.take_first(event, "DATE")?;
        let text = self.tree.line(line).value;
        let read = dates::read_date(text);
        match (read.date, read.doubt) {
            (Some(date), Some(doubt)) => {
                self.warn(line, format!("{} is read as {date}: {doubt}", shown(text)));
            }
            (None, Some(doubt)) => self.warn(
                line,
                format!("the date {} is not taken: {doubt}", shown(text)),
            ),
            (_, None) => {}
        }
        if read.doubt.is_some() {
            self.give_back(line);
        }
        let date = read.date?;
        if let Some(today) = self.today
            && date.on_or_before(today) == Truth::No
        {
            self.warn(
                line,
                format!("{date} lies in the future (today is {today})"),
            );
        }
        Some(date)
    }

    /// The latitude and longitude below a PLAC line, if both can be read.
    pub fn take_coordinates(&mut self, place: usize) -> Option<Coordinates> {
        let map = self.take_first(place, "MAP")?;
        let latitude = read_degrees(self.take_value(map, "LATI"), 'N', 'S', 90.0);
        let longitude = read_degrees(self.take_value(map, "LONG"), 'E', 'W', 180.0);
        if latitude.is_none() || longitude.is_none() {
            self.warn(
                map,
                "latitude and longitude must be like N50.27 and W119.27: they are not taken",
            );
        }
        Some(Coordinates {
            latitude: latitude?,
            longitude: longitude?,
        })
    }

    /// The person that a line points to; nothing, with an error, if there is none.
    pub fn person_at(&mut self, position: usize) -> Option<u64> {
        let line = self.tree.line(position);
        match line.pointer() {
            // GEDCOM 7 writes so that there is somebody who has no record.
            Some("VOID") => None,
            Some(xref) => match self.people.get(xref) {
                Some(&person) => Some(person),
                None => {
                    self.error(
                        position,
                        format!("there is no person with the reference @{xref}@"),
                    );
                    None
                }
            },
            None => {
                self.error(
                    position,
                    format!(
                        "{} is not a reference to a person, like @I1@",
                        shown(line.value)
                    ),
                );
                None
            }
        }
    }

    pub fn error(&mut self, position: usize, reason: impl Into<String>) {
        let origin = self.origin(position);
        self.findings.error(origin, reason);
    }

    pub fn warn(&mut self, position: usize, reason: impl Into<String>) {
        let origin = self.origin(position);
        self.findings.warning(origin, reason);
    }

    fn origin(&self, position: usize) -> Origin {
        let line = self.tree.line(position);
        Origin {
            file: self.file.clone(),
            line: line.number,
            field: line.tag.to_owned(),
        }
    }
}

/// `N50.27` or `W119.27` as degrees north or east.
fn read_degrees(text: &str, positive: char, negative: char, limit: f64) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix(positive) {
        Some(digits) => (1.0, digits),
        None => (-1.0, text.strip_prefix(negative)?),
    };
    let degrees: f64 = digits.trim().parse().ok()?;
    (0.0..=limit).contains(&degrees).then_some(sign * degrees)
}
