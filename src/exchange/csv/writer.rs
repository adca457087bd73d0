//! Writes a bundle subject by subject, in the order of their numbers, so that reading it and writing it again gives the
//! same bytes. Only what stands is written; [`README`] says what the columns cannot hold.

use super::same_person;
use super::writer_ids::Names;
use super::writer_rows::{self, Cells};
use crate::exchange::report::ExchangeError;
use crate::model::partial_date::PartialDate;
use crate::model::statement::{Evidence, Source};
use crate::model::store_copy::CopySubject;
use crate::model::tie::Side;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

/// What stands in the folder beside the files.
pub const README: &str = "\
A Kinpath CSV bundle: what stands at present. Format: data/csv_bundle.md of the program.

Not in these files, as no column holds it: earlier and withdrawn versions of statements, and when and by whom each was\n\
entered; statements of other stewards than the operator are the operator's here; the dates of validity of\n\
cases, waiting families, inquiries, outreach and screenings; of several places of one name and region all but the first,\n\
of the same tie told several times all but the first. A semicolon in a list is written as a comma, a | in a source as /.\n\
Use the JSON Lines export to move a whole store.
";

/// The files of a bundle with their columns.
const FILES: [(&str, &[&str]); 13] = [
    (
        "places.csv",
        &[
            "name",
            "region",
            "lat",
            "lon",
            "certainty",
            "source",
            "public_id",
        ],
    ),
    (
        "nations.csv",
        &[
            "id",
            "name",
            "other_names",
            "level",
            "part_of",
            "languages",
            "number",
            "agencies",
            "designated_representative",
            "governing_body",
            "offered_people",
            "certainty",
            "sealed",
            "source",
            "public_id",
        ],
    ),
    (
        "households.csv",
        &["id", "name", "certainty", "sealed", "source", "public_id"],
    ),
    (
        "people.csv",
        &[
            "id",
            "full_name",
            "given_names",
            "family_name",
            "aliases",
            "gender",
            "birth_date",
            "birth_place",
            "deceased",
            "death_date",
            "languages",
            "phones",
            "emails",
            "description",
            "certainty",
            "sealed",
            "source",
            "public_id",
        ],
    ),
    (
        "facts.csv",
        &[
            "of",
            "kind",
            "value",
            "nature",
            "given_names",
            "family_name",
            "date",
            "place",
            "from_date",
            "to_date",
            "certainty",
            "sealed",
            "source",
        ],
    ),
    (
        "ties.csv",
        &[
            "kind",
            "from",
            "to",
            "nature",
            "role",
            "side",
            "legal_state",
            "legal_date",
            "court",
            "from_date",
            "to_date",
            "certainty",
            "sealed",
            "source",
        ],
    ),
    (
        "cautions.csv",
        &[
            "person",
            "kind",
            "note",
            "from_date",
            "to_date",
            "certainty",
            "sealed",
            "source",
        ],
    ),
    (
        "screenings.csv",
        &[
            "person",
            "kind",
            "result",
            "date",
            "expires",
            "certainty",
            "sealed",
            "source",
        ],
    ),
    (
        "cases.csv",
        &[
            "id",
            "child",
            "legal_status",
            "legal_status_date",
            "in_care_since",
            "primary_goal",
            "concurrent_goal",
            "siblings_in_care",
            "needs",
            "wishes",
            "region",
            "worker",
            "agency",
            "placement_order",
            "active",
            "certainty",
            "sealed",
            "source",
            "public_id",
        ],
    ),
    (
        "families.csv",
        &[
            "id",
            "name",
            "members",
            "approval",
            "approved_on",
            "approval_expires",
            "capacity",
            "age_from",
            "age_to",
            "on_hold",
            "place",
            "languages",
            "accepts",
            "last_confirmed",
            "certainty",
            "sealed",
            "source",
            "public_id",
        ],
    ),
    (
        "inquiries.csv",
        &[
            "case",
            "asked",
            "asked_name",
            "date",
            "side",
            "about",
            "answer",
            "certainty",
            "sealed",
            "source",
        ],
    ),
    (
        "outreach.csv",
        &[
            "case",
            "whom",
            "purpose",
            "state",
            "date",
            "ask_again",
            "note",
            "certainty",
            "sealed",
            "source",
        ],
    ),
    ("same_person.csv", same_person::COLUMNS),
];

/// What tells two ties apart in a bundle, as the reader does: kind, both ends, word and dates.
type TieKey = (
    &'static str,
    u64,
    u64,
    String,
    Side,
    [Option<PartialDate>; 2],
);

/// A bundle being written.
pub struct CsvWriter {
    pub names: Names,
    files: BTreeMap<&'static str, csv::Writer<BufWriter<File>>>,
    ties: FxHashSet<TieKey>,
    left_out: BTreeMap<&'static str, u64>,
    rows: u64,
}

impl CsvWriter {
    /// Begins a bundle in a folder that is new or empty. `names` must have seen the whole store.
    pub fn create(folder: &Path, names: Names) -> Result<CsvWriter, ExchangeError> {
        let failed = |why: std::io::Error| ExchangeError::unwritable(folder, why);
        fs::create_dir_all(folder).map_err(failed)?;
        if fs::read_dir(folder).map_err(failed)?.next().is_some() {
            return Err(ExchangeError::unwritable(folder, "the folder is not empty"));
        }
        fs::write(folder.join("README.txt"), README).map_err(failed)?;
        let mut files = BTreeMap::new();
        for (name, columns) in FILES {
            let file = BufWriter::new(File::create(folder.join(name)).map_err(failed)?);
            let mut writer = csv::Writer::from_writer(file);
            writer
                .write_record(columns)
                .map_err(|why| ExchangeError::unwritable(folder, why))?;
            files.insert(name, writer);
        }
        Ok(CsvWriter {
            names,
            files,
            ties: FxHashSet::default(),
            left_out: BTreeMap::new(),
            rows: 0,
        })
    }

    /// Writes the rows of one subject.
    pub fn write(&mut self, subject: &CopySubject) -> Result<(), ExchangeError> {
        writer_rows::write_subject(self, subject)
    }

    /// Ends the files. Returns how many rows were written, and what was left out.
    pub fn finish(mut self) -> Result<(u64, BTreeMap<&'static str, u64>), ExchangeError> {
        for (name, file) in &mut self.files {
            file.flush()
                .map_err(|why| ExchangeError::unwritable(Path::new(name), why))?;
        }
        Ok((self.rows, self.left_out))
    }

    /// Writes one row: its own cells, then certainty, seal (not for places) and source.
    pub fn row(
        &mut self,
        file: &'static str,
        cells: Cells,
        evidence: &Evidence,
    ) -> Result<(), ExchangeError> {
        let cells = self.with_standing(file, cells, evidence);
        self.put(file, &cells)
    }

    /// Writes the row that stands for a subject itself, which carries its public id.
    pub fn subject_row(
        &mut self,
        file: &'static str,
        cells: Cells,
        evidence: &Evidence,
        public_id: &str,
    ) -> Result<(), ExchangeError> {
        let mut cells = self.with_standing(file, cells, evidence);
        cells.push(public_id.to_owned());
        self.put(file, &cells)
    }

    fn with_standing(&self, file: &str, cells: Cells, evidence: &Evidence) -> Vec<String> {
        let Cells(mut cells) = cells;
        cells.push(evidence.certainty.word().to_owned());
        if file != "places.csv" {
            cells.push(evidence.seal.word().to_owned());
        }
        cells.push(
            self.names
                .source(evidence.source)
                .map_or_else(String::new, source_cell),
        );
        cells
    }

    fn put(&mut self, file: &'static str, cells: &[String]) -> Result<(), ExchangeError> {
        self.rows += 1;
        match self.files.get_mut(file) {
            Some(writer) => writer
                .write_record(cells)
                .map_err(|why| ExchangeError::unwritable(Path::new(file), why)),
            None => Ok(()),
        }
    }

    /// Counts something that the columns cannot hold.
    pub fn leave_out(&mut self, what: &'static str) {
        *self.left_out.entry(what).or_insert(0) += 1;
    }

    /// False for a tie that was written already.
    pub fn is_first(&mut self, key: TieKey) -> bool {
        self.ties.insert(key)
    }
}

/// `document|page|date|asserter`, without empty parts at the end.
fn source_cell(source: &Source) -> String {
    let plain = |text: &str| text.replace('|', "/").trim().to_owned();
    let date = source.date.map(|date| date.to_string()).unwrap_or_default();
    let parts = [
        plain(&source.document),
        plain(&source.page),
        date,
        plain(&source.asserter),
    ];
    parts.join("|").trim_end_matches('|').to_owned()
}
