//! The reading of one file: opening it, what is kept while its records are read, and the list of what was not
//! understood. Errors are what makes the tree unreadable or a tie point nowhere; impossible dates and people who are
//! their own ancestors are warnings here and are kept, as old trees have them and walks can bear them.

use super::encoding::decode;
use super::lines::{Line, LineTree};
use super::versions::is_said_by;
use super::writer::Version;
use super::writing_dates::gedcom_date;
use super::{dates, families, gedzip, individuals, kept};
use crate::exchange::assembly::{Assembly, Standing};
use crate::exchange::family_check::BirthTie;
use crate::exchange::report::{ExchangeError, Findings, ReadBundle, ReadOptions, shown};
use crate::model::bundle::Origin;
use crate::model::packed_bundle::PackedBundle;
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::person::Coordinates;
use crate::model::tie::ParentNature;
use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::hash::BuildHasher;
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
        return findings.finish(PackedBundle::default(), 0, options);
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
        if !begins_a_record(first_line) {
            findings.error(origin(1), reason);
            return findings.finish(PackedBundle::default(), 0, options);
        }
        findings.warning(origin(1), reason);
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

/// True for `0 @I1@ INDI` and its like: a GEDCOM file of which the head is missing.
fn begins_a_record(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let is_reference = |word: &str| word.len() > 2 && word.starts_with('@') && word.ends_with('@');
    words.next() == Some("0")
        && words.next().is_some_and(is_reference)
        && words.next().is_some_and(|tag| {
            tag.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        })
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Not understood: listed and kept.
    None,
    /// Understood; an export makes it anew.
    Taken,
    /// Understood, and kept as written, as no fact says all of it.
    TakenAndKept,
}

/// Everything kept while one file is read.
pub struct Reading<'t> {
    pub file: String,
    pub tree: LineTree<'t>,
    pub assembly: Assembly,
    pub findings: Findings,
    pub today: Option<Day>,
    /// By line.
    uses: Vec<Use>,
    /// Records by reference.
    records: HashTable<u32>,
    /// Records of people and subject numbers, both in rising order.
    people: Vec<(u32, u32)>,
    /// By subject number, in rising order.
    births: Vec<(u32, PartialDate)>,
    pub birth_ties: Vec<BirthTie>,
    /// Child, parent and nature.
    pub parent_ties: FxHashSet<(u32, u32, ParentNature)>,
    /// Values that an export gives to lines, where they differ from what stands there.
    rewritten: FxHashMap<usize, String>,
    /// Of the record asked for last.
    pub last_standing: Option<(usize, Standing)>,
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
            uses: vec![Use::None; tree.len()],
            tree,
            assembly: Assembly::new(&source_name),
            findings,
            today: options.today,
            records: HashTable::new(),
            people: Vec::new(),
            births: Vec::new(),
            birth_ties: Vec::new(),
            parent_ties: FxHashSet::default(),
            rewritten: FxHashMap::default(),
            last_standing: None,
        }
    }

    fn index_records(&mut self) {
        let mut last = None;
        let mut next = 0;
        while next < self.tree.len() {
            let record = next;
            next = self.tree.subtree(record).end;
            last = Some(record);
            let line = self.tree.line(record);
            if line.tag == "TRLR" {
                self.take(record);
            }
            if line.xref.is_empty() {
                continue;
            }
            let Some(first) = self.record(line.xref) else {
                self.note_record(line.xref, record);
                continue;
            };
            let first_line = self.tree.line(first).number;
            let reason = format!(
                "the reference @{}@ is used already in line {first_line}",
                line.xref
            );
            // Ties may be meant of the one person or family or the other; nothing of people hangs on other records.
            let is_of_people = |tag: &str| matches!(tag, "INDI" | "FAM");
            if is_of_people(line.tag) || is_of_people(self.tree.line(first).tag) {
                self.error(record, reason);
            } else {
                self.warn(record, format!("{reason}: the first record is meant by it"));
            }
        }
        self.check_end(last);
    }

    /// A file that ends in the middle of a line is cut off; one that ends with a whole line may be.
    fn check_end(&mut self, last_record: Option<usize>) {
        let Some(last) = last_record else {
            return;
        };
        if self.tree.line(last).tag == "TRLR" {
            return;
        }
        let last_line = self.tree.len() - 1;
        let reason = "the file ends without \"0 TRLR\"";
        if self.tree.ends_with_whole_line() && last > 0 {
            self.warn(last_line, format!("{reason}: it may be cut off"));
        } else {
            self.error(last_line, format!("{reason}: it is cut off"));
        }
    }

    /// The records with this tag, in the order of the file, but for those with the reference of an earlier one.
    pub fn records_of(&self, tag: &str) -> Vec<usize> {
        let is_wanted = |record: &usize| {
            let line = self.tree.line(*record);
            line.tag == tag && (line.xref.is_empty() || self.record(line.xref) == Some(*record))
        };
        let mut found = Vec::with_capacity(self.tree.records().filter(is_wanted).count());
        found.extend(self.tree.records().filter(is_wanted));
        found
    }

    /// The record with this reference.
    pub fn record(&self, xref: &str) -> Option<usize> {
        let is_same = |record: &u32| self.tree.line(*record as usize).xref == xref;
        let found = self.records.find(FxBuildHasher.hash_one(xref), is_same);
        found.map(|record| *record as usize)
    }

    fn note_record(&mut self, xref: &str, record: usize) {
        let tree = &self.tree;
        let hash = |record: &u32| FxBuildHasher.hash_one(tree.line(*record as usize).xref);
        // A tree has fewer lines than a u32 can count.
        self.records
            .insert_unique(FxBuildHasher.hash_one(xref), record as u32, hash);
    }

    /// Notes which person a record is of; records come in their order.
    pub fn note_person(&mut self, record: usize, person: u64) {
        self.people.push((record as u32, person as u32));
    }

    /// Notes when a person was born; people come in the order of their numbers.
    pub fn note_birth(&mut self, person: u64, date: PartialDate) {
        self.births.push((person as u32, date));
    }

    pub fn birth_of(&self, person: u64) -> Option<PartialDate> {
        let found = self
            .births
            .binary_search_by_key(&person, |(of, _)| u64::from(*of));
        found.ok().map(|position| self.births[position].1)
    }

    /// Marks a line as understood, with its continuations.
    pub fn take(&mut self, position: usize) -> Line<'t> {
        self.mark(position, Use::Taken);
        let children: Vec<usize> = self.tree.children(position).collect();
        for child in children {
            if matches!(self.tree.line(child).tag, "CONC" | "CONT" | "") {
                self.mark(child, Use::Taken);
            }
        }
        self.tree.line(position)
    }

    /// Takes back that a line was understood: it is kept as written, with all below.
    pub fn give_back(&mut self, position: usize) {
        self.mark(position, Use::None);
    }

    /// Keeps a line as written, with all below, although it was understood: it is not listed.
    pub fn keep_too(&mut self, position: usize) {
        self.mark(position, Use::TakenAndKept);
    }

    /// Keeps the DATE of an event as written.
    pub fn keep_date(&mut self, event: usize) {
        if let Some(line) = self.tree.child(event, "DATE") {
            self.keep_too(line);
        }
    }

    /// Takes note of the value that an export gives to a line.
    pub fn written_as(&mut self, position: usize, value: String) {
        if self.tree.own_text(position).trim() != value {
            self.rewritten.insert(position, value);
        }
    }

    /// The value that an export gives to a line.
    pub fn written_value(&self, position: usize) -> String {
        match self.rewritten.get(&position) {
            Some(value) => value.clone(),
            None => self.tree.own_text(position).trim().to_owned(),
        }
    }

    fn mark(&mut self, position: usize, now: Use) {
        if let Some(was) = self.uses.get_mut(position) {
            *was = now;
        }
    }

    /// True if an export makes the line anew, so that it need not be kept.
    pub fn is_taken(&self, position: usize) -> bool {
        self.uses.get(position) == Some(&Use::Taken)
    }

    /// True if something was made of the line, and it is kept all the same.
    pub fn is_kept_too(&self, position: usize) -> bool {
        self.uses.get(position) == Some(&Use::TakenAndKept)
    }

    /// True if nothing was made of the line.
    pub fn is_unused(&self, position: usize) -> bool {
        self.uses.get(position) == Some(&Use::None)
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
        let mut read = dates::read_date(text);
        // Words that mean the date, and say more of it than 7.0 can.
        for tag in ["PHRASE", "_PHRASE"] {
            let phrase = self.tree.child_value(line, tag);
            if is_said_by(phrase, text) {
                read.date = dates::read_date(phrase).date;
            }
        }
        let written = read.date.and_then(|date| gedcom_date(date, Version::V5));
        if written.and_then(|written| dates::read_date(&written).date) != read.date {
            self.keep_too(line);
        }
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
            self.keep_too(line);
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
            self.keep_too(map);
        }
        Some(Coordinates {
            latitude: latitude?,
            longitude: longitude?,
        })
    }

    /// The person that a record is of.
    pub fn person_of(&self, record: usize) -> Option<u64> {
        let found = self
            .people
            .binary_search_by_key(&record, |(of, _)| *of as usize);
        found
            .ok()
            .map(|position| u64::from(self.people[position].1))
    }

    /// The person that a line points to; nothing, with a warning, if there is none.
    pub fn person_at(&mut self, position: usize) -> Option<u64> {
        let line = self.tree.line(position);
        match line.pointer() {
            // GEDCOM 7 writes so that there is somebody who has no record.
            Some("VOID") => {
                self.keep_too(position);
                None
            }
            Some(xref) => match self.record(xref).and_then(|record| self.person_of(record)) {
                Some(person) => Some(person),
                None => {
                    self.leave(
                        position,
                        format!("there is no person with the reference @{xref}@"),
                    );
                    None
                }
            },
            None => {
                self.leave(
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

    /// Tells why nothing can be made of a line, which is kept as written.
    pub fn leave(&mut self, position: usize, reason: impl Into<String>) {
        let reason: String = reason.into();
        self.warn(position, format!("{reason}: it is kept as written"));
        self.keep_too(position);
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
