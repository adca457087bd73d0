//! Reads CSV files into a table for linkage: which columns hold what is told by flags or by a small file.

use super::arguments::Evaluate;
use crate::error::Error;
use crate::linkage::{Field, FieldKind, Table};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Records with their ids, by the number in which they came.
pub struct Records {
    pub table: Table,
    pub ids: Vec<String>,
    /// The column of the truth, where there is one.
    pub truth: Vec<String>,
}

/// A field and the columns that hold it.
struct Mapped {
    field: Field,
    columns: Vec<String>,
}

/// The columns that a file of columns names for a kind: one, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Columns {
    One(String),
    Several(Vec<String>),
}

/// Reads the file or files of a command.
pub fn read(command: &Evaluate) -> Result<Records, Error> {
    let mapped = mapping(command)?;
    let fields = mapped.iter().map(|mapped| mapped.field.clone()).collect();
    let mut records = Records {
        table: Table::new(fields),
        ids: Vec::new(),
        truth: Vec::new(),
    };
    read_file(&command.file, 0, &mapped, command, &mut records)?;
    if let Some(other) = &command.other {
        read_file(other, 1, &mapped, command, &mut records)?;
    }
    if records.table.len() < 2 {
        return Err(Error::invalid("file", "there are no two records to link"));
    }
    records.table.settle();
    Ok(records)
}

fn mapping(command: &Evaluate) -> Result<Vec<Mapped>, Error> {
    let mut mapped: Vec<Mapped> = Vec::new();
    if let Some(file) = &command.columns {
        let wrong = |why: String| Error::invalid("columns", format!("{}: {why}", file.display()));
        let text = std::fs::read_to_string(file).map_err(|why| wrong(why.to_string()))?;
        let lines: BTreeMap<String, Columns> =
            toml::from_str(&text).map_err(|why| wrong(why.to_string()))?;
        for (kind, columns) in lines {
            let columns = match columns {
                Columns::One(column) => vec![column],
                Columns::Several(columns) => columns,
            };
            for column in columns {
                map(&mut mapped, &kind, &column)?;
            }
        }
    }
    for flag in &command.column {
        let Some((kind, column)) = flag.split_once('=') else {
            return Err(Error::invalid(
                "column",
                format!("\"{flag}\" is not KIND=COLUMN"),
            ));
        };
        map(&mut mapped, kind, column)?;
    }
    if mapped.is_empty() {
        return Err(Error::invalid(
            "column",
            "say which columns hold what, as in --column given=first_name",
        ));
    }
    mapped.sort_by(|a, b| a.field.cmp(&b.field));
    Ok(mapped)
}

fn map(mapped: &mut Vec<Mapped>, kind: &str, column: &str) -> Result<(), Error> {
    let (kind, label) = kind.split_once(':').unwrap_or((kind, ""));
    let Some(kind) = FieldKind::ALL
        .into_iter()
        .find(|known| known.word() == kind.trim())
    else {
        let known: Vec<&str> = FieldKind::ALL.iter().map(|kind| kind.word()).collect();
        let reason = format!(
            "\"{kind}\" is no kind of column; there are: {}",
            known.join(", ")
        );
        return Err(Error::invalid("column", reason));
    };
    let field = Field {
        kind,
        label: label.trim().to_owned(),
    };
    let column = column.trim().to_owned();
    match mapped.iter_mut().find(|mapped| mapped.field == field) {
        Some(mapped) => mapped.columns.push(column),
        None => mapped.push(Mapped {
            field,
            columns: vec![column],
        }),
    }
    Ok(())
}

fn read_file(
    file: &Path,
    side: u8,
    mapped: &[Mapped],
    command: &Evaluate,
    records: &mut Records,
) -> Result<(), Error> {
    let wrong = |why: String| Error::invalid("file", format!("{}: {why}", file.display()));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_path(file)
        .map_err(|why| wrong(why.to_string()))?;
    let headers = reader
        .headers()
        .map_err(|why| wrong(why.to_string()))?
        .clone();
    let place = |name: &str| {
        headers
            .iter()
            .position(|header| header.trim_start_matches('\u{feff}') == name)
            .ok_or_else(|| {
                let known: Vec<&str> = headers.iter().collect();
                wrong(format!(
                    "there is no column \"{name}\"; there are: {}",
                    known.join(", ")
                ))
            })
    };
    let mut columns = Vec::new();
    for (field, mapped) in mapped.iter().enumerate() {
        for column in &mapped.columns {
            columns.push((field, place(column)?));
        }
    }
    let id = command.id.as_deref().map(place).transpose()?;
    let truth = command.truth_column.as_deref().map(place).transpose()?;
    let mut row = csv::StringRecord::new();
    while reader
        .read_record(&mut row)
        .map_err(|why| wrong(why.to_string()))?
    {
        let values: Vec<(usize, &str)> = columns
            .iter()
            .map(|(field, column)| (*field, row.get(*column).unwrap_or_default()))
            .collect();
        records.table.push(side, &values);
        let number = records.ids.len() + 1;
        records.ids.push(match id {
            Some(column) => row.get(column).unwrap_or_default().to_owned(),
            None => number.to_string(),
        });
        if let Some(column) = truth {
            records
                .truth
                .push(row.get(column).unwrap_or_default().to_owned());
        }
    }
    Ok(())
}
