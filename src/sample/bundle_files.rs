//! The files of one bundle, open for writing: one method a file, columns as in `data/csv_bundle.md`.

use super::error::SampleError;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// File names without `.csv`, with their columns.
pub const COLUMNS: [(&str, &str); 11] = [
    (
        "people",
        "id,full_name,given_names,family_name,birth_family_name,aliases,gender,birth_date,birth_place,deceased,death_date,places,nations,languages,phones,emails,description,certainty,sealed,source",
    ),
    (
        "ties",
        "kind,from,to,nature,role,side,legal_state,from_date,to_date,certainty,sealed,source",
    ),
    ("places", "name,region,lat,lon,source"),
    (
        "nations",
        "id,name,other_names,level,part_of,languages,number,agencies,designated_representative,governing_body,offered_people,source",
    ),
    ("households", "id,name,source"),
    (
        "cautions",
        "person,kind,note,from_date,to_date,sealed,source",
    ),
    (
        "screenings",
        "person,kind,result,date,expires,sealed,source",
    ),
    (
        "cases",
        "id,child,legal_status,legal_status_date,in_care_since,primary_goal,concurrent_goal,siblings_in_care,needs,wishes,region,worker,agency,placement_order,active,source",
    ),
    (
        "families",
        "id,name,members,approval,approved_on,approval_expires,capacity,age_from,age_to,on_hold,place,languages,accepts,last_confirmed,source",
    ),
    (
        "inquiries",
        "case,asked,asked_name,date,side,about,answer,source",
    ),
    (
        "outreach",
        "case,whom,purpose,state,date,ask_again,note,source",
    ),
];

/// One row of `people.csv`; fields as the columns.
#[derive(Default)]
pub struct PersonRow {
    pub id: String,
    pub full_name: String,
    pub given_names: String,
    pub family_name: String,
    pub birth_family_name: String,
    pub aliases: String,
    pub gender: &'static str,
    pub birth_date: String,
    pub birth_place: String,
    pub deceased: &'static str,
    pub death_date: String,
    pub places: String,
    pub nations: String,
    pub languages: String,
    pub phones: String,
    pub emails: String,
    pub description: String,
    pub certainty: &'static str,
    pub sealed: &'static str,
    pub source: String,
}

/// One row of `ties.csv`; fields as the columns.
#[derive(Default)]
pub struct TieRow<'a> {
    pub kind: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub nature: &'a str,
    pub role: &'a str,
    pub side: &'a str,
    pub legal_state: &'a str,
    pub from_date: &'a str,
    pub to_date: &'a str,
    pub certainty: &'a str,
    pub sealed: &'a str,
    pub source: &'a str,
}

/// One row of `nations.csv`; fields as the columns.
#[derive(Default)]
pub struct NationRow {
    pub id: String,
    pub name: String,
    pub other_names: String,
    pub level: &'static str,
    pub part_of: String,
    pub languages: String,
    pub number: String,
    pub agencies: String,
    pub designated_representative: String,
    pub governing_body: String,
    pub offered_people: String,
    pub source: String,
}

struct Table {
    path: PathBuf,
    writer: csv::Writer<BufWriter<File>>,
}

/// The open files.
pub struct BundleFiles {
    tables: Vec<Table>,
}

/// A file of the bundle, for rows whose fields are given as a list.
#[derive(Clone, Copy)]
pub enum BundleFile {
    People = 0,
    Ties,
    Places,
    Nations,
    Households,
    Cautions,
    Screenings,
    Cases,
    Families,
    Inquiries,
    Outreach,
}

impl BundleFiles {
    /// Creates all files with their headers.
    pub fn create(folder: &Path) -> Result<BundleFiles, SampleError> {
        let mut tables = Vec::new();
        for (name, columns) in COLUMNS {
            let path = folder.join(format!("{name}.csv"));
            let file = File::create(&path).map_err(|source| SampleError::File {
                path: path.clone(),
                source,
            })?;
            let buffered = BufWriter::with_capacity(1 << 18, file);
            let mut table = Table {
                path,
                writer: csv::Writer::from_writer(buffered),
            };
            table.write(columns.split(','))?;
            tables.push(table);
        }
        Ok(BundleFiles { tables })
    }

    /// Writes one row of a file, the fields in the order of its columns.
    pub fn row<'a>(
        &mut self,
        file: BundleFile,
        fields: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), SampleError> {
        match self.tables.get_mut(file as usize) {
            Some(table) => table.write(fields),
            None => Ok(()),
        }
    }

    pub fn person(&mut self, row: &PersonRow) -> Result<(), SampleError> {
        let fields: [&str; 20] = [
            &row.id,
            &row.full_name,
            &row.given_names,
            &row.family_name,
            &row.birth_family_name,
            &row.aliases,
            row.gender,
            &row.birth_date,
            &row.birth_place,
            row.deceased,
            &row.death_date,
            &row.places,
            &row.nations,
            &row.languages,
            &row.phones,
            &row.emails,
            &row.description,
            row.certainty,
            row.sealed,
            &row.source,
        ];
        self.row(BundleFile::People, fields)
    }

    pub fn tie(&mut self, row: &TieRow) -> Result<(), SampleError> {
        let fields = [
            row.kind,
            row.from,
            row.to,
            row.nature,
            row.role,
            row.side,
            row.legal_state,
            row.from_date,
            row.to_date,
            row.certainty,
            row.sealed,
            row.source,
        ];
        self.row(BundleFile::Ties, fields)
    }

    pub fn place(
        &mut self,
        name: &str,
        region: &str,
        latitude: &str,
        longitude: &str,
        source: &str,
    ) -> Result<(), SampleError> {
        self.row(
            BundleFile::Places,
            [name, region, latitude, longitude, source],
        )
    }

    pub fn nation(&mut self, row: &NationRow) -> Result<(), SampleError> {
        let fields: [&str; 12] = [
            &row.id,
            &row.name,
            &row.other_names,
            row.level,
            &row.part_of,
            &row.languages,
            &row.number,
            &row.agencies,
            &row.designated_representative,
            &row.governing_body,
            &row.offered_people,
            &row.source,
        ];
        self.row(BundleFile::Nations, fields)
    }

    /// Writes what is still buffered and closes the files.
    pub fn finish(self) -> Result<(), SampleError> {
        for mut table in self.tables {
            table.writer.flush().map_err(|source| SampleError::File {
                path: table.path.clone(),
                source,
            })?;
        }
        Ok(())
    }
}

impl Table {
    fn write<'a>(&mut self, fields: impl IntoIterator<Item = &'a str>) -> Result<(), SampleError> {
        self.writer
            .write_record(fields)
            .map_err(|source| SampleError::Csv {
                path: self.path.clone(),
                source,
            })
    }
}
