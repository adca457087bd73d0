//! The order in which the files of a bundle are read, and what is kept between them: ids, births, nations by name.
//! Opening files is here; understanding them is in the file named after each.

use super::cells::CellReader;
use super::table::{Column, Row, Table};
use super::{
    cases, communities, concerns, facts, families, family_rules, people, same_person, ties,
};
use crate::exchange::assembly::{Assembly, Standing};
use crate::exchange::family_check::BirthTie;
use crate::exchange::report::{ExchangeError, Findings, ReadBundle, ReadOptions, shown};
use crate::model::bundle::Origin;
use crate::model::ids::{PublicId, SourceId, SubjectKind};
use crate::model::partial_date::PartialDate;
use crate::model::statement::{Certainty, SealClass, Source};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fs;
use std::io;
use std::path::Path;

const LONGEST_ID: usize = 200;

type ReadTable = fn(&mut Reading, &[u8]);

/// Files in the order of reading: what others refer to comes first. Only `people.csv` is needed.
const FILES: [(&str, ReadTable); 13] = [
    ("places.csv", communities::read_places),
    ("nations.csv", communities::read_nations),
    ("households.csv", communities::read_households),
    ("people.csv", people::read_people),
    ("facts.csv", facts::read_facts),
    ("ties.csv", ties::read_ties),
    ("cautions.csv", concerns::read_cautions),
    ("screenings.csv", concerns::read_screenings),
    ("cases.csv", cases::read_cases),
    ("families.csv", families::read_families),
    ("inquiries.csv", cases::read_inquiries),
    ("outreach.csv", cases::read_outreach),
    ("same_person.csv", same_person::read_same_person),
];

/// Reads a folder. Faults of the content are findings; an error means that the folder or a file could not be opened.
pub fn read_folder(path: &Path, options: &ReadOptions) -> Result<ReadBundle, ExchangeError> {
    let unreadable = |error: io::Error| ExchangeError::unreadable(path, error);
    let full_path = fs::canonicalize(path).map_err(unreadable)?;
    let mut unknown_files = Vec::new();
    for entry in fs::read_dir(&full_path).map_err(unreadable)? {
        let name = entry
            .map_err(unreadable)?
            .file_name()
            .to_string_lossy()
            .into_owned();
        let is_csv = name.to_lowercase().ends_with(".csv");
        if is_csv && !FILES.iter().any(|(known, _)| *known == name) {
            unknown_files.push(name);
        }
    }
    unknown_files.sort();
    let folder_name = full_path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut reading = Reading::new(&folder_name, options);
    for name in unknown_files {
        let reason = "this file is not part of a bundle and is left out";
        reading.findings.warning(whole_file(&name), reason);
    }
    reading.read_all(|name| {
        let file_path = full_path.join(name);
        match fs::read(&file_path) {
            Ok(data) => Ok(Some(data)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ExchangeError::unreadable(&file_path, error)),
        }
    })?;
    Ok(reading.into_result(options))
}

/// Reads a bundle that is already in memory, as (file name, content).
pub fn read_named_files(
    folder_name: &str,
    files: &[(&str, &[u8])],
    options: &ReadOptions,
) -> ReadBundle {
    let mut reading = Reading::new(folder_name, options);
    let outcome = reading.read_all(|name| {
        let file = files.iter().find(|(file_name, _)| *file_name == name);
        Ok(file.map(|(_, data)| data.to_vec()))
    });
    debug_assert!(outcome.is_ok(), "files in memory open always");
    reading.into_result(options)
}

/// What an id stands for.
#[derive(Clone, Copy, Debug)]
struct KnownId {
    kind: SubjectKind,
    /// Nothing if the row had errors.
    subject: Option<u32>,
    file: &'static str,
    line: u32,
}

/// Everything kept while the files of one bundle are read.
pub struct Reading {
    pub assembly: Assembly,
    pub findings: Findings,
    pub today: Option<crate::model::partial_date::Day>,
    ids: FxHashMap<Box<str>, KnownId>,
    public_ids: FxHashSet<PublicId>,
    sources: FxHashMap<String, SourceId>,
    /// Nations by folded name; nothing where two nations share it.
    pub nations_by_name: FxHashMap<String, Option<u64>>,
    /// Nations by id in the reference list; nothing where two of the bundle are the same.
    pub nations_by_reference: FxHashMap<&'static str, Option<u64>>,
    /// Ids that `nations.csv` names before people are read: nation, file line, column, id.
    pub pending_nation_ids: Vec<communities::PendingId>,
    /// By subject number.
    births: Vec<Option<PartialDate>>,
    pub birth_ties: Vec<BirthTie>,
    rows_read: u64,
}

impl Reading {
    fn new(folder_name: &str, options: &ReadOptions) -> Reading {
        // A colon would end the source's part of an external id.
        let source_name = match folder_name.replace(':', "_") {
            name if name.is_empty() => "bundle".to_owned(),
            name => name,
        };
        Reading {
            assembly: Assembly::new(&source_name),
            findings: Findings::default(),
            today: options.today,
            ids: FxHashMap::default(),
            public_ids: FxHashSet::default(),
            sources: FxHashMap::default(),
            nations_by_name: FxHashMap::default(),
            nations_by_reference: FxHashMap::default(),
            pending_nation_ids: Vec::new(),
            births: Vec::new(),
            birth_ties: Vec::new(),
            rows_read: 0,
        }
    }

    fn read_all(
        &mut self,
        mut open: impl FnMut(&str) -> Result<Option<Vec<u8>>, ExchangeError>,
    ) -> Result<(), ExchangeError> {
        for (name, read) in FILES {
            match open(name)? {
                Some(data) => read(self, &data),
                None if name == "people.csv" => {
                    self.findings.error(
                        whole_file(name),
                        "the file is missing: a bundle needs people.csv",
                    );
                    return Ok(());
                }
                None => {}
            }
        }
        family_rules::check_families(self);
        Ok(())
    }

    fn into_result(self, options: &ReadOptions) -> ReadBundle {
        self.findings
            .finish(self.assembly.into_bundle(), self.rows_read, options)
    }

    /// To be called when a table was read to its end.
    pub fn count_rows(&mut self, table: &Table<'_>) {
        self.rows_read += table.rows_read();
    }

    /// The standing of a row's facts, from its columns `source`, `certainty` and `sealed`.
    pub fn standing(&mut self, row: Row<'_>, columns: StandingColumns) -> Option<Standing> {
        let mut cells = CellReader::new(row, &mut self.findings);
        let certainty = cells
            .word(columns.certainty, &CERTAINTIES, Certainty::word)
            .unwrap_or_default();
        let seal = match cells.text(columns.sealed) {
            text if text.eq_ignore_ascii_case("yes") => SealClass::Adoption,
            text if text.eq_ignore_ascii_case("no") => SealClass::Open,
            _ => cells
                .word(columns.sealed, &SealClass::ALL, SealClass::word)
                .unwrap_or_default(),
        };
        let text = cells.text(columns.source);
        let source = match self.sources.get(text) {
            Some(&source) => source,
            None => {
                let source = read_source(&mut cells, columns.source, text);
                let number = self.assembly.source(source);
                if !cells.is_faulty() {
                    self.sources.insert(text.to_owned(), number);
                }
                number
            }
        };
        let standing = Standing {
            source,
            certainty,
            seal,
        };
        (!cells.is_faulty()).then_some(standing)
    }

    /// Takes an id for a new subject; nothing, with a finding, if it cannot be one.
    pub fn take_id(
        &mut self,
        row: Row<'_>,
        columns: IdColumns,
        kind: SubjectKind,
    ) -> Option<TakenId> {
        let public_id = self.public_id(row, columns.public_id);
        let column = columns.id;
        let mut cells = CellReader::new(row, &mut self.findings);
        let id = cells.needed_text(column);
        if id.is_empty() {
            return None;
        }
        if let Some(reason) = fault_of_id(id) {
            cells.fail(column, reason);
            return None;
        }
        if let Some(first) = self.ids.get(id) {
            let reason = format!(
                "the id {} is used already in {} line {}",
                shown(id),
                first.file,
                first.line
            );
            cells.fail(column, reason);
            return None;
        }
        let known = KnownId {
            kind,
            subject: None,
            file: row.file,
            line: row.line.try_into().unwrap_or(u32::MAX),
        };
        self.ids.insert(id.into(), known);
        Some(TakenId {
            id: id.to_owned(),
            public_id: public_id.ok()?,
        })
    }

    /// The public id that a row carries; a finding if it cannot be one, or stands twice.
    pub fn public_id(&mut self, row: Row<'_>, column: Column) -> Result<Option<PublicId>, Faulty> {
        let text = row.cell(column);
        if text.is_empty() {
            return Ok(None);
        }
        let mut cells = CellReader::new(row, &mut self.findings);
        let Ok(id) = text.parse() else {
            cells.fail(column, format!("{} is not a public id", shown(text)));
            return Err(Faulty);
        };
        if !self.public_ids.insert(id) {
            let reason = format!("the public id {} stands in an earlier row", shown(text));
            cells.fail(column, reason);
            return Err(Faulty);
        }
        Ok(Some(id))
    }

    /// Adds the subject of an id taken before.
    pub fn add_subject(&mut self, kind: SubjectKind, taken: &TakenId) -> u64 {
        let number = self.assembly.add_subject(kind, &taken.id);
        if let Some(known) = self.ids.get_mut(taken.id.as_str()) {
            known.subject = number.try_into().ok();
        }
        if let Some(public_id) = taken.public_id {
            self.assembly.set_public_id(number, public_id);
        }
        number
    }

    /// The subject that an id stands for; the reason if it does not stand for one of this kind.
    pub fn resolve(&self, id: &str, kind: SubjectKind) -> Result<u64, String> {
        match self.ids.get(id) {
            None => Err(format!(
                "there is no {} with the id {}",
                kind.word(),
                shown(id)
            )),
            Some(known) if known.kind != kind => Err(format!(
                "the id {} is a {} ({} line {}); a {} is needed",
                shown(id),
                known.kind.word(),
                known.file,
                known.line,
                kind.word()
            )),
            Some(known) => known.subject.map(u64::from).ok_or_else(|| {
                format!(
                    "{} is left out because of the errors in {} line {}",
                    shown(id),
                    known.file,
                    known.line
                )
            }),
        }
    }

    /// What kind of thing an id stands for.
    pub fn kind_of(&self, id: &str) -> Option<SubjectKind> {
        self.ids.get(id).map(|known| known.kind)
    }

    /// Notes when a person was born, for later checks.
    pub fn note_birth(&mut self, person: u64, date: Option<PartialDate>) {
        if date.is_some() {
            self.births.resize(person as usize, None);
            self.births.push(date);
        }
    }

    /// The same for a person read earlier.
    pub fn note_later_birth(&mut self, person: u64, date: Option<PartialDate>) {
        let position = person as usize;
        if self.births.len() <= position {
            self.births.resize(position + 1, None);
        }
        self.births[position] = date;
    }

    pub fn birth_of(&self, person: u64) -> Option<PartialDate> {
        self.births.get(person as usize).copied().flatten()
    }

    /// The id of a subject, for findings.
    pub fn id_of(&self, subject: u64) -> &str {
        self.assembly.xref(subject)
    }
}

const CERTAINTIES: [Certainty; 4] = [
    Certainty::Confirmed,
    Certainty::Reported,
    Certainty::Disputed,
    Certainty::Disproved,
];

/// The columns that say which record a row is.
#[derive(Clone, Copy)]
pub struct IdColumns {
    id: Column,
    public_id: Column,
}

impl IdColumns {
    pub fn of(table: &mut Table<'_>, findings: &mut Findings) -> IdColumns {
        IdColumns {
            id: table.needed("id", findings),
            public_id: table.column("public_id"),
        }
    }
}

/// The ids of a row that are free.
pub struct TakenId {
    pub id: String,
    pub public_id: Option<PublicId>,
}

/// A cell that cannot be taken; the findings say why.
pub struct Faulty;

/// The columns of which a row's standing is made. Files without one of them leave it empty.
#[derive(Clone, Copy)]
pub struct StandingColumns {
    certainty: Column,
    sealed: Column,
    source: Column,
}

impl StandingColumns {
    pub fn of(table: &mut Table<'_>) -> StandingColumns {
        StandingColumns {
            certainty: table.column("certainty"),
            sealed: table.column("sealed"),
            source: table.column("source"),
        }
    }
}

/// `document|page|date|asserter`; parts at the end may be left out.
fn read_source(cells: &mut CellReader<'_, '_>, column: Column, text: &str) -> Source {
    let mut parts = text.split('|').map(str::trim);
    let mut next = || parts.next().unwrap_or_default();
    let (document, page, date, asserter) = (next(), next(), next(), next());
    if parts.next().is_some() {
        cells.fail(
            column,
            format!("{} has more than document|page|date|asserter", shown(text)),
        );
    }
    Source {
        document: document.to_owned(),
        page: page.to_owned(),
        date: cells.date_in(column, date),
        asserter: asserter.to_owned(),
    }
}

pub fn fault_of_id(id: &str) -> Option<String> {
    if id.len() > LONGEST_ID {
        Some(format!(
            "the id has {} bytes; at most {LONGEST_ID} are taken",
            id.len()
        ))
    } else if id.contains([';', '\n', '\r', '\t']) {
        Some(format!(
            "the id {} holds a semicolon or line break",
            shown(id)
        ))
    } else if id.starts_with("place/") || id.starts_with("nation/") {
        Some(format!(
            "the id {} begins like the ids that are made for places and nations",
            shown(id)
        ))
    } else {
        None
    }
}

fn whole_file(name: &str) -> Origin {
    Origin {
        file: name.to_owned(),
        line: 0,
        field: String::new(),
    }
}
