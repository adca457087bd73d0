//! Which facts go into which row of which file.

use super::writer::CsvWriter;
use super::writer_ids::place_of;
use super::writer_people::{write_fact, write_person};
use crate::exchange::report::ExchangeError;
use crate::model::case::{Case, OutreachTarget};
use crate::model::ids::{PersonId, SubjectKind};
use crate::model::nation::{Nation, NationLevel};
use crate::model::partial_date::PartialDate;
use crate::model::statement::{Fact, Statement};
use crate::model::store_copy::CopySubject;
use crate::model::waiting_family::{Acceptance, ApprovalState, WaitingFamily};

/// The cells of a row.
pub struct Cells(pub Vec<String>);

impl Cells {
    pub fn new() -> Cells {
        Cells(Vec::with_capacity(20))
    }

    pub fn text(mut self, text: &str) -> Cells {
        self.0.push(text.trim().replace('\0', ""));
        self
    }

    pub fn date(self, date: Option<PartialDate>) -> Cells {
        let text = date.map(|date| date.to_string()).unwrap_or_default();
        self.text(&text)
    }

    pub fn number(self, number: Option<u8>) -> Cells {
        let text = number.map(|number| number.to_string()).unwrap_or_default();
        self.text(&text)
    }

    pub fn list<Part: AsRef<str>>(self, parts: impl IntoIterator<Item = Part>) -> Cells {
        let parts: Vec<String> = parts
            .into_iter()
            .map(|part| part.as_ref().trim().replace(';', ","))
            .collect();
        self.text(&parts.join(";"))
    }
}

pub type Written = Result<(), ExchangeError>;

pub fn write_subject(writer: &mut CsvWriter, subject: &CopySubject) -> Written {
    match subject.kind {
        SubjectKind::Person => write_person(writer, subject),
        SubjectKind::Place => write_place(writer, subject),
        _ => write_document(writer, subject),
    }
}

fn write_place(writer: &mut CsvWriter, subject: &CopySubject) -> Written {
    let standing = subject.standing();
    let (Some(place), Some(statement)) = (place_of(subject), standing.last()) else {
        return Ok(());
    };
    if !writer.names.is_described(subject.number) {
        writer.leave_out("places of the same name and region");
        return Ok(());
    }
    let degrees = |degrees: fn(crate::model::person::Coordinates) -> f64| {
        place
            .centre
            .map(|centre| degrees(centre).to_string())
            .unwrap_or_default()
    };
    let cells = Cells::new()
        .text(&place.name)
        .text(&place.region)
        .text(&degrees(|centre| centre.latitude))
        .text(&degrees(|centre| centre.longitude));
    writer.subject_row("places.csv", cells, &statement.evidence, &subject.public_id)
}

/// Nations, households, cases and waiting families: one row each, then what is said beside it.
fn write_document(writer: &mut CsvWriter, subject: &CopySubject) -> Written {
    let id = writer.names.of(subject.number).to_owned();
    let standing = subject.standing();
    let is_document = |statement: &&&Statement| {
        matches!(
            statement.fact,
            Fact::Nation(_) | Fact::Household { .. } | Fact::Case(_) | Fact::WaitingFamily(_)
        )
    };
    let documents = standing.iter().filter(is_document).count();
    match standing.iter().rev().find(is_document) {
        Some(statement) => write_row_of_document(writer, subject, &id, statement)?,
        None if subject.kind == SubjectKind::Household && !standing.is_empty() => {
            let nameless = Fact::Household {
                name: String::new(),
            };
            let statement = Statement {
                fact: nameless,
                ..standing[0].clone()
            };
            write_row_of_document(writer, subject, &id, &statement)?;
        }
        None => {}
    }
    for _ in 1..documents {
        writer.leave_out("further versions of one record by other people");
    }
    for statement in standing.iter().filter(|statement| !is_document(statement)) {
        write_beside(writer, &id, statement)?;
    }
    Ok(())
}

fn write_row_of_document(
    writer: &mut CsvWriter,
    subject: &CopySubject,
    id: &str,
    statement: &Statement,
) -> Written {
    let cells = Cells::new().text(id);
    let (file, cells) = match &statement.fact {
        Fact::Nation(nation) => ("nations.csv", nation_cells(writer, cells, nation)),
        Fact::Household { name } => ("households.csv", cells.text(name)),
        Fact::Case(case) => ("cases.csv", case_cells(writer, cells, case)),
        Fact::WaitingFamily(family) => ("families.csv", family_cells(writer, cells, family)),
        _ => return Ok(()),
    };
    writer.subject_row(file, cells, &statement.evidence, &subject.public_id)
}

fn nation_cells(writer: &CsvWriter, cells: Cells, nation: &Nation) -> Cells {
    let level = match nation.level {
        NationLevel::Community => "community",
        NationLevel::People => "people",
        NationLevel::Language => "language",
    };
    let whole = nation.part_of.map(|whole| writer.names.of(whole.0));
    cells
        .text(&nation.name)
        .list(&nation.other_names)
        .text(level)
        .text(whole.unwrap_or_default())
        .list(&nation.languages)
        .text(&nation.number)
        .list(&nation.agencies)
        .text(&nation.designated_representative)
        .text(&nation.governing_body)
        .list(ids(writer, &nation.offered_people))
}

fn case_cells(writer: &CsvWriter, cells: Cells, case: &Case) -> Cells {
    let needs = case
        .needs
        .iter()
        .map(|(category, level)| format!("{category}={level}"));
    cells
        .text(writer.names.of(case.child.0))
        .text(&case.legal_status)
        .date(case.legal_status_date)
        .date(case.in_care_since)
        .text(&case.primary_goal)
        .text(&case.concurrent_goal)
        .list(ids(writer, &case.siblings_in_care))
        .list(needs)
        .list(&case.wishes)
        .text(&case.region)
        .text(&case.worker)
        .text(&case.agency)
        .text(&case.placement_order)
        .text(if case.active { "yes" } else { "no" })
}

fn family_cells(writer: &CsvWriter, cells: Cells, family: &WaitingFamily) -> Cells {
    let accepts = family.accepts.iter().map(|(category, level, answer)| {
        let answer = match answer {
            Acceptance::Accept => "accept",
            Acceptance::WouldConsider => "would_consider",
            Acceptance::Decline => "decline",
        };
        format!("{category}={level}={answer}")
    });
    let place = family.place.map(|place| writer.names.of(place.0));
    let on_hold = match family.on_hold {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    cells
        .text(&family.name)
        .list(ids(writer, &family.members))
        .text(family.approval.map_or("", ApprovalState::word))
        .date(family.approved_on)
        .date(family.approval_expires)
        .number(family.capacity)
        .number(family.age_from)
        .number(family.age_to)
        .text(on_hold)
        .text(place.unwrap_or_default())
        .list(&family.languages)
        .list(accepts)
        .date(family.last_confirmed)
}

fn ids<'w>(writer: &'w CsvWriter, people: &'w [PersonId]) -> impl Iterator<Item = &'w str> {
    people.iter().map(|person| writer.names.of(person.0))
}

/// Inquiries, outreach, and lines kept of a file.
fn write_beside(writer: &mut CsvWriter, id: &str, statement: &Statement) -> Written {
    let cells = Cells::new().text(id);
    let (file, cells) = match &statement.fact {
        Fact::Inquiry(inquiry) => {
            let asked = inquiry.asked.map(|asked| writer.names.of(asked.0));
            let cells = cells
                .text(asked.unwrap_or_default())
                .text(&inquiry.asked_name)
                .date(inquiry.date)
                .text(inquiry.side.word())
                .text(inquiry.about.word())
                .text(inquiry.answer.word());
            ("inquiries.csv", cells)
        }
        Fact::Outreach(outreach) => {
            let whom = match outreach.whom {
                OutreachTarget::Person(person) => person.0,
                OutreachTarget::Nation(nation) => nation.0,
                OutreachTarget::WaitingFamily(family) => family.0,
            };
            let cells = cells
                .text(writer.names.of(whom))
                .text(outreach.purpose.word())
                .text(outreach.state.word())
                .date(outreach.date)
                .date(outreach.ask_again)
                .text(&outreach.note);
            ("outreach.csv", cells)
        }
        Fact::KeptLines(_) | Fact::ImportantPlace(_) => return write_fact(writer, id, statement),
        _ => return Ok(()),
    };
    writer.row(file, cells, &statement.evidence)
}
