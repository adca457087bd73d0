//! `cases.csv`, `inquiries.csv` and `outreach.csv`: a child in care, who was asked, and what was done about leads.

use super::cells::{CellReader, origin};
use super::concerns::{needed_person, needed_subject};
use super::reading::{IdColumns, Reading, StandingColumns};
use super::table::{Column, Row, Table};
use crate::exchange::report::shown;
use crate::model::case::{
    AskedAbout, Case, Inquiry, InquiryAnswer, Outreach, OutreachState, OutreachTarget, Purpose,
};
use crate::model::ids::{NationId, PersonId, SubjectKind, WaitingFamilyId};
use crate::model::person::{ImportantPlace, PlaceMeaning};
use crate::model::statement::Fact;
use crate::model::tie::Side;
use crate::names::need_words::unknown_need;

struct CaseColumns {
    id: IdColumns,
    child: Column,
    legal_status: Column,
    legal_status_date: Column,
    in_care_since: Column,
    primary_goal: Column,
    concurrent_goal: Column,
    siblings_in_care: Column,
    needs: Column,
    wishes: Column,
    region: Column,
    school: Column,
    worker: Column,
    agency: Column,
    placement_order: Column,
    active: Column,
    standing: StandingColumns,
}

pub fn read_cases(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open("cases.csv", data, &mut reading.findings) else {
        return;
    };
    let columns = CaseColumns {
        id: IdColumns::of(&mut table, &mut reading.findings),
        child: table.needed("child", &mut reading.findings),
        legal_status: table.column("legal_status"),
        legal_status_date: table.column("legal_status_date"),
        in_care_since: table.column("in_care_since"),
        primary_goal: table.column("primary_goal"),
        concurrent_goal: table.column("concurrent_goal"),
        siblings_in_care: table.column("siblings_in_care"),
        needs: table.column("needs"),
        wishes: table.column("wishes"),
        region: table.column("region"),
        school: table.column("school"),
        worker: table.column("worker"),
        agency: table.column("agency"),
        placement_order: table.column("placement_order"),
        active: table.column("active"),
        standing: StandingColumns::of(&mut table),
    };
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        read_case(reading, row, &columns);
    }
    reading.count_rows(&table);
}

fn read_case(reading: &mut Reading, row: Row<'_>, columns: &CaseColumns) {
    let id = reading.take_id(row, columns.id, SubjectKind::Case);
    let child = needed_person(reading, row, columns.child);
    let siblings = listed_people(reading, row, columns.siblings_in_care);
    let standing = reading.standing(row, columns.standing);
    let mut cells = CellReader::new(row, &mut reading.findings);
    if let (Some(child), Some(siblings)) = (child, &siblings)
        && siblings.contains(&PersonId(child))
    {
        cells.fail(
            columns.siblings_in_care,
            "the child stands among their own siblings",
        );
    }
    let text = |column| row.cell(column).to_owned();
    let case = Case {
        child: PersonId(child.unwrap_or_default()),
        legal_status: text(columns.legal_status),
        legal_status_date: cells.date(columns.legal_status_date),
        in_care_since: cells.date(columns.in_care_since),
        primary_goal: text(columns.primary_goal),
        concurrent_goal: text(columns.concurrent_goal),
        siblings_in_care: siblings.clone().unwrap_or_default(),
        needs: read_needs(&mut cells, columns.needs),
        wishes: cells.texts(columns.wishes),
        region: text(columns.region),
        worker: text(columns.worker),
        agency: text(columns.agency),
        placement_order: text(columns.placement_order),
        active: cells.yes_no(columns.active).unwrap_or(true),
    };
    let is_whole = child.is_some() && siblings.is_some() && !cells.is_faulty();
    if let (Some(id), Some(standing), true) = (id, standing, is_whole) {
        let number = reading.add_subject(SubjectKind::Case, &id);
        let school = row.cell(columns.school);
        if let (Some(child), false) = (child, school.is_empty()) {
            let place = reading.assembly.place(school, standing);
            let meaning = PlaceMeaning::School;
            let fact = Fact::ImportantPlace(ImportantPlace { place, meaning });
            reading.assembly.add_fact(child, fact, standing.always());
        }
        reading
            .assembly
            .add_fact(number, Fact::Case(Box::new(case)), standing.always());
    }
}

fn read_needs(cells: &mut CellReader<'_, '_>, column: Column) -> Vec<(String, u8)> {
    let mut needs = Vec::new();
    for part in cells.list(column) {
        match part.split_once('=') {
            Some((category, level)) if !category.trim().is_empty() && !level.trim().is_empty() => {
                if let Some(unknown) = unknown_need(category.trim()) {
                    cells.warn(column, unknown);
                }
                if let Some(level) = cells.number_in(column, level.trim(), 0..=3) {
                    needs.push((category.trim().to_owned(), level));
                }
            }
            _ => cells.fail(
                column,
                format!("{} is not like learning=2 (level 0 to 3)", shown(part)),
            ),
        }
    }
    needs
}

/// The people of a list of ids; nothing, with findings, if one is not known.
pub fn listed_people(reading: &mut Reading, row: Row<'_>, column: Column) -> Option<Vec<PersonId>> {
    let mut people = Some(Vec::new());
    for id in row
        .cell(column)
        .split(';')
        .map(str::trim)
        .filter(|id| !id.is_empty())
    {
        match reading.resolve(id, SubjectKind::Person) {
            Ok(number) => {
                if let Some(people) = &mut people {
                    people.push(PersonId(number));
                }
            }
            Err(reason) => {
                reading.findings.error(origin(&row, column.name), reason);
                people = None;
            }
        }
    }
    people
}

pub fn read_inquiries(reading: &mut Reading, data: &[u8]) {
    const SIDES: [Side; 4] = [Side::Maternal, Side::Paternal, Side::Both, Side::Unknown];
    let Some(mut table) = Table::open("inquiries.csv", data, &mut reading.findings) else {
        return;
    };
    let case_column = table.needed("case", &mut reading.findings);
    let about_column = table.needed("about", &mut reading.findings);
    let answer_column = table.needed("answer", &mut reading.findings);
    let (asked, asked_name) = (table.column("asked"), table.column("asked_name"));
    let (date, side) = (table.column("date"), table.column("side"));
    let standing_columns = StandingColumns::of(&mut table);
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        let case = needed_subject(reading, row, case_column, SubjectKind::Case);
        let asked_person = match row.cell(asked) {
            "" => Some(None),
            _ => needed_person(reading, row, asked).map(Some),
        };
        let standing = reading.standing(row, standing_columns);
        let mut cells = CellReader::new(row, &mut reading.findings);
        cells.needed_text(about_column);
        cells.needed_text(answer_column);
        let about = cells.word(about_column, &AskedAbout::ALL, AskedAbout::word);
        let answer = cells.word(answer_column, &InquiryAnswer::ALL, InquiryAnswer::word);
        let date = cells.date(date);
        let side = cells.word(side, &SIDES, Side::word).unwrap_or_default();
        let is_faulty = cells.is_faulty();
        let (Some(case), Some(asked_person), Some(standing)) = (case, asked_person, standing)
        else {
            continue;
        };
        if let (Some(about), Some(answer), false) = (about, answer, is_faulty) {
            let inquiry = Inquiry {
                asked: asked_person.map(PersonId),
                asked_name: row.cell(asked_name).to_owned(),
                date,
                side,
                about,
                answer,
            };
            reading
                .assembly
                .add_fact(case, Fact::Inquiry(inquiry), standing.always());
        }
    }
    reading.count_rows(&table);
}

pub fn read_outreach(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open("outreach.csv", data, &mut reading.findings) else {
        return;
    };
    let case_column = table.needed("case", &mut reading.findings);
    let whom_column = table.needed("whom", &mut reading.findings);
    let state_column = table.needed("state", &mut reading.findings);
    let (purpose, date) = (table.column("purpose"), table.column("date"));
    let (ask_again, note) = (table.column("ask_again"), table.column("note"));
    let standing_columns = StandingColumns::of(&mut table);
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        let case = needed_subject(reading, row, case_column, SubjectKind::Case);
        let whom = read_target(reading, row, whom_column);
        let standing = reading.standing(row, standing_columns);
        let mut cells = CellReader::new(row, &mut reading.findings);
        cells.needed_text(state_column);
        let state = cells.word(state_column, &OutreachState::ALL, OutreachState::word);
        let purpose = cells
            .word(purpose, &Purpose::ALL, Purpose::word)
            .unwrap_or_default();
        let (date, ask_again) = (cells.date(date), cells.date(ask_again));
        let is_faulty = cells.is_faulty();
        let (Some(case), Some(whom), Some(standing)) = (case, whom, standing) else {
            continue;
        };
        if let (Some(state), false) = (state, is_faulty) {
            let outreach = Outreach {
                whom,
                purpose,
                state,
                date,
                ask_again,
                note: row.cell(note).to_owned(),
            };
            reading
                .assembly
                .add_fact(case, Fact::Outreach(outreach), standing.always());
        }
    }
    reading.count_rows(&table);
}

fn read_target(reading: &mut Reading, row: Row<'_>, column: Column) -> Option<OutreachTarget> {
    let kind = match reading.kind_of(row.cell(column)) {
        Some(kind @ (SubjectKind::Nation | SubjectKind::WaitingFamily)) => kind,
        _ => SubjectKind::Person,
    };
    let number = needed_subject(reading, row, column, kind)?;
    Some(match kind {
        SubjectKind::Nation => OutreachTarget::Nation(NationId(number)),
        SubjectKind::WaitingFamily => OutreachTarget::WaitingFamily(WaitingFamilyId(number)),
        _ => OutreachTarget::Person(PersonId(number)),
    })
}
