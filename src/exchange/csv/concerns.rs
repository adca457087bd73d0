//! `cautions.csv` and `screenings.csv`: what to be careful about with a person, and what was checked.

use super::cells::{CellReader, origin};
use super::reading::{Reading, StandingColumns};
use super::table::{Column, Row, Table};
use crate::model::ids::SubjectKind;
use crate::model::person::{Caution, CautionKind, Screening, ScreeningResult};
use crate::model::statement::Fact;

pub fn read_cautions(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open("cautions.csv", data, &mut reading.findings) else {
        return;
    };
    let person_column = table.needed("person", &mut reading.findings);
    let kind_column = table.needed("kind", &mut reading.findings);
    let note = table.column("note");
    let (from_date, to_date) = (table.column("from_date"), table.column("to_date"));
    let standing_columns = StandingColumns::of(&mut table);
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        let person = needed_person(reading, row, person_column);
        let standing = reading.standing(row, standing_columns);
        let mut cells = CellReader::new(row, &mut reading.findings);
        cells.needed_text(kind_column);
        let kind = cells.word(kind_column, &CautionKind::ALL, CautionKind::word);
        let (from, to) = (cells.date(from_date), cells.date(to_date));
        let is_faulty = cells.is_faulty();
        if let (Some(person), Some(standing), Some(kind), false) =
            (person, standing, kind, is_faulty)
        {
            let note = row.cell(note).to_owned();
            reading.assembly.add_fact(
                person,
                Fact::Caution(Caution { kind, note }),
                standing.during(from, to),
            );
        }
    }
    reading.count_rows(&table);
}

pub fn read_screenings(reading: &mut Reading, data: &[u8]) {
    const RESULTS: [ScreeningResult; 3] = [
        ScreeningResult::Cleared,
        ScreeningResult::Pending,
        ScreeningResult::Concerns,
    ];
    let Some(mut table) = Table::open("screenings.csv", data, &mut reading.findings) else {
        return;
    };
    let person_column = table.needed("person", &mut reading.findings);
    let kind_column = table.needed("kind", &mut reading.findings);
    let result_column = table.needed("result", &mut reading.findings);
    let (date, expires) = (table.column("date"), table.column("expires"));
    let standing_columns = StandingColumns::of(&mut table);
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        let person = needed_person(reading, row, person_column);
        let standing = reading.standing(row, standing_columns);
        let mut cells = CellReader::new(row, &mut reading.findings);
        let kind = cells.needed_text(kind_column).to_owned();
        cells.needed_text(result_column);
        let result = cells.word(result_column, &RESULTS, ScreeningResult::word);
        let (date, expires) = (cells.date(date), cells.date(expires));
        let is_faulty = cells.is_faulty();
        if let (Some(person), Some(standing), Some(result), false) =
            (person, standing, result, is_faulty)
        {
            let screening = Screening {
                kind,
                result,
                date,
                expires,
            };
            reading
                .assembly
                .add_fact(person, Fact::Screening(screening), standing.always());
        }
    }
    reading.count_rows(&table);
}

/// The person whose id stands in a cell that must be filled.
pub fn needed_person(reading: &mut Reading, row: Row<'_>, column: Column) -> Option<u64> {
    needed_subject(reading, row, column, SubjectKind::Person)
}

/// The subject of this kind whose id stands in a cell that must be filled.
pub fn needed_subject(
    reading: &mut Reading,
    row: Row<'_>,
    column: Column,
    kind: SubjectKind,
) -> Option<u64> {
    let id = CellReader::new(row, &mut reading.findings).needed_text(column);
    if id.is_empty() {
        return None;
    }
    match reading.resolve(id, kind) {
        Ok(number) => Some(number),
        Err(reason) => {
            reading.findings.error(origin(&row, column.name), reason);
            None
        }
    }
}
