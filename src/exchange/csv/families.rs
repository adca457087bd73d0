//! `families.csv`: approved households that wait for a child.

use super::cases::listed_people;
use super::cells::CellReader;
use super::reading::{IdColumns, Reading, StandingColumns};
use super::table::{Column, Row, Table};
use crate::exchange::report::shown;
use crate::model::ids::SubjectKind;
use crate::model::statement::Fact;
use crate::model::waiting_family::{Acceptance, ApprovalState, WaitingFamily};
use crate::names::need_words::unknown_answer;

const OLDEST_CHILD: u8 = 25;

struct Columns {
    id: IdColumns,
    name: Column,
    members: Column,
    approval: Column,
    approved_on: Column,
    approval_expires: Column,
    capacity: Column,
    age_from: Column,
    age_to: Column,
    on_hold: Column,
    place: Column,
    languages: Column,
    accepts: Column,
    last_confirmed: Column,
    standing: StandingColumns,
}

pub fn read_families(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open("families.csv", data, &mut reading.findings) else {
        return;
    };
    let columns = Columns {
        id: IdColumns::of(&mut table, &mut reading.findings),
        name: table.column("name"),
        members: table.column("members"),
        approval: table.column("approval"),
        approved_on: table.column("approved_on"),
        approval_expires: table.column("approval_expires"),
        capacity: table.column("capacity"),
        age_from: table.column("age_from"),
        age_to: table.column("age_to"),
        on_hold: table.column("on_hold"),
        place: table.column("place"),
        languages: table.column("languages"),
        accepts: table.column("accepts"),
        last_confirmed: table.column("last_confirmed"),
        standing: StandingColumns::of(&mut table),
    };
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        read_family(reading, row, &columns);
    }
    reading.count_rows(&table);
}

fn read_family(reading: &mut Reading, row: Row<'_>, columns: &Columns) {
    let id = reading.take_id(row, columns.id, SubjectKind::WaitingFamily);
    let members = listed_people(reading, row, columns.members);
    let standing = reading.standing(row, columns.standing);
    let mut cells = CellReader::new(row, &mut reading.findings);
    let family = WaitingFamily {
        name: row.cell(columns.name).to_owned(),
        members: members.clone().unwrap_or_default(),
        approval: cells.word(columns.approval, &ApprovalState::ALL, ApprovalState::word),
        approved_on: cells.date(columns.approved_on),
        approval_expires: cells.date(columns.approval_expires),
        capacity: cells.number(columns.capacity, 0..=20),
        age_from: cells.number(columns.age_from, 0..=OLDEST_CHILD),
        age_to: cells.number(columns.age_to, 0..=OLDEST_CHILD),
        on_hold: cells.yes_no(columns.on_hold),
        place: None,
        languages: cells.texts(columns.languages),
        accepts: read_accepts(&mut cells, columns.accepts),
        last_confirmed: cells.date(columns.last_confirmed),
    };
    if let (Some(from), Some(to)) = (family.age_from, family.age_to)
        && from > to
    {
        cells.fail(
            columns.age_to,
            format!("{to} is less than age_from ({from})"),
        );
    }
    let is_whole = members.is_some() && !cells.is_faulty();
    if let (Some(id), Some(standing), true) = (id, standing, is_whole) {
        let place = match row.cell(columns.place) {
            "" => None,
            place => Some(reading.assembly.place(place, standing)),
        };
        let number = reading.add_subject(SubjectKind::WaitingFamily, &id);
        let fact = Fact::WaitingFamily(Box::new(WaitingFamily { place, ..family }));
        reading.assembly.add_fact(number, fact, standing.always());
    }
}

fn read_accepts(cells: &mut CellReader<'_, '_>, column: Column) -> Vec<(String, u8, Acceptance)> {
    const ANSWERS: [Acceptance; 3] = [
        Acceptance::Accept,
        Acceptance::WouldConsider,
        Acceptance::Decline,
    ];
    let mut accepts = Vec::new();
    for part in cells.list(column) {
        let pieces: Vec<&str> = part.split('=').map(str::trim).collect();
        let [category, level, answer] = pieces.as_slice() else {
            cells.fail(
                column,
                format!("{} is not like learning=2=accept", shown(part)),
            );
            continue;
        };
        if category.is_empty() || level.is_empty() || answer.is_empty() {
            cells.fail(
                column,
                format!("{} is not like learning=2=accept", shown(part)),
            );
            continue;
        }
        if let Some(unknown) = unknown_answer(category) {
            cells.warn(column, unknown);
        }
        let level = cells.number_in(column, level, 0..=3);
        let answer = cells.word_in(column, answer, &ANSWERS, |answer| match answer {
            Acceptance::Accept => "accept",
            Acceptance::WouldConsider => "would_consider",
            Acceptance::Decline => "decline",
        });
        if let (Some(level), Some(answer)) = (level, answer) {
            accepts.push(((*category).to_owned(), level, answer));
        }
    }
    accepts
}
