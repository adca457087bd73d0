//! A person's rows: their own, and one for each fact that it cannot hold.

use super::facts::FactKind;
use super::same_person::link_cells;
use super::writer::CsvWriter;
use super::writer_rows::{Cells, Written};
use super::writer_ties::write_tie;
use crate::model::person::{ContactKind, Name, NameKind, ScreeningResult};
use crate::model::statement::{Evidence, Fact, Statement};
use crate::model::store_copy::CopySubject;

/// A longer cell would not be read, in bytes.
const LONGEST_CELL: usize = 60 * 1024;

/// The facts that a person's own row holds.
#[derive(Default)]
struct PersonRow<'s> {
    /// Whose standing is the row's: the first name, or how an unnamed person is spoken of.
    leading: Option<&'s Statement>,
    aliases: Vec<&'s Name>,
    gender: Option<&'s Statement>,
    birth: Option<&'s Statement>,
    death: Option<&'s Statement>,
    languages: Vec<&'s str>,
    phones: Vec<&'s str>,
    emails: Vec<&'s str>,
}

pub fn write_person(writer: &mut CsvWriter, subject: &CopySubject) -> Written {
    let standing = subject.standing();
    let id = writer.names.of(subject.number).to_owned();
    let is_leading = |statement: &&&Statement| match &statement.fact {
        Fact::Name(name) => name.kind == NameKind::Legal,
        _ => false,
    };
    let spoken_of = |statement: &&&Statement| matches!(statement.fact, Fact::Unnamed(_));
    let leading = standing
        .iter()
        .find(is_leading)
        .or_else(|| standing.iter().find(spoken_of))
        .filter(|statement| has_no_dates(&statement.evidence))
        .copied();
    let Some(leading) = leading else {
        return write_nameless(writer, subject, &id, &standing);
    };
    let mut row = PersonRow {
        leading: Some(leading),
        ..PersonRow::default()
    };
    let mut others = Vec::new();
    for statement in &standing {
        if statement.id != leading.id && !row.take(statement, leading) {
            others.push(*statement);
        }
    }
    let cells = row.cells(writer, &id);
    writer.subject_row("people.csv", cells, &leading.evidence, &subject.public_id)?;
    others
        .into_iter()
        .try_for_each(|statement| write_of_person(writer, subject, &id, statement))
}

/// A person of whom no name stands without dates: the row says so, all else stands in `facts.csv`.
fn write_nameless(
    writer: &mut CsvWriter,
    subject: &CopySubject,
    id: &str,
    standing: &[&Statement],
) -> Written {
    let Some(first) = standing.first() else {
        return Ok(());
    };
    let row = PersonRow::default();
    let cells = row.cells(writer, id);
    writer.subject_row("people.csv", cells, &first.evidence, &subject.public_id)?;
    for statement in standing {
        if matches!(statement.fact, Fact::Unnamed(ref words) if words == "name unknown") {
            continue;
        }
        write_of_person(writer, subject, id, statement)?;
    }
    Ok(())
}

fn has_no_dates(evidence: &Evidence) -> bool {
    evidence.valid_from.is_none() && evidence.valid_to.is_none()
}

impl<'s> PersonRow<'s> {
    /// Whether the row can hold the statement, which it then does.
    fn take(&mut self, statement: &'s Statement, leading: &Statement) -> bool {
        let (evidence, of_row) = (&statement.evidence, &leading.evidence);
        let is_alike = evidence.source == of_row.source
            && evidence.certainty == of_row.certainty
            && evidence.seal == of_row.seal
            && has_no_dates(evidence);
        let is_listable = |text: &str| !text.contains(';') && !text.trim().is_empty();
        if !is_alike {
            return false;
        }
        match &statement.fact {
            Fact::Name(name)
                if matches!(leading.fact, Fact::Name(_))
                    && name.given.is_empty()
                    && name.family.is_empty()
                    && is_listable(&name.full) =>
            {
                self.aliases.push(name);
            }
            Fact::Gender(_) if self.gender.is_none() => self.gender = Some(statement),
            Fact::Birth { .. } if self.birth.is_none() => self.birth = Some(statement),
            Fact::Death(death) if self.death.is_none() && death.place.is_none() => {
                self.death = Some(statement);
            }
            Fact::Language(language) if is_listable(language) => self.languages.push(language),
            Fact::Contact(contact) if is_listable(&contact.value) => match contact.kind {
                ContactKind::Phone => self.phones.push(&contact.value),
                ContactKind::Email => self.emails.push(&contact.value),
                ContactKind::Address => return false,
            },
            _ => return false,
        }
        true
    }

    fn cells(&self, writer: &CsvWriter, id: &str) -> Cells {
        let none = ("", "", "", "");
        let (full, given, family, description) = match self.leading.map(|leading| &leading.fact) {
            Some(Fact::Name(name)) => (
                name.full.as_str(),
                name.given.as_str(),
                name.family.as_str(),
                "",
            ),
            Some(Fact::Unnamed(words)) => ("", "", "", words.as_str()),
            _ => none,
        };
        let aliases = self
            .aliases
            .iter()
            .map(|name| format!("{}={}", name.kind.word(), name.full));
        let gender = match self.gender.map(|statement| &statement.fact) {
            Some(Fact::Gender(gender)) => gender.word(),
            _ => "",
        };
        let (born, birth_place) = match self.birth.map(|statement| &statement.fact) {
            Some(Fact::Birth { date, place }) => (*date, *place),
            _ => (None, None),
        };
        let (deceased, died) = match self.death.map(|statement| &statement.fact) {
            Some(Fact::Death(death)) => (if death.dead { "yes" } else { "no" }, death.date),
            _ => ("", None),
        };
        Cells::new()
            .text(id)
            .text(full)
            .text(given)
            .text(family)
            .list(aliases)
            .text(gender)
            .date(born)
            .text(birth_place.map_or("", |place| writer.names.of(place.0)))
            .text(deceased)
            .date(died)
            .list(&self.languages)
            .list(&self.phones)
            .list(&self.emails)
            .text(description)
    }
}

fn write_of_person(
    writer: &mut CsvWriter,
    subject: &CopySubject,
    id: &str,
    statement: &Statement,
) -> Written {
    let evidence = &statement.evidence;
    match &statement.fact {
        Fact::Caution(caution) => {
            let cells = Cells::new()
                .text(id)
                .text(caution.kind.word())
                .text(&caution.note)
                .date(evidence.valid_from)
                .date(evidence.valid_to);
            writer.row("cautions.csv", cells, evidence)
        }
        Fact::Screening(screening) => {
            let result: fn(ScreeningResult) -> &'static str = ScreeningResult::word;
            let cells = Cells::new()
                .text(id)
                .text(&screening.kind)
                .text(result(screening.result))
                .date(screening.date)
                .date(screening.expires);
            writer.row("screenings.csv", cells, evidence)
        }
        Fact::SamePerson(link) => {
            let cells = link_cells(writer, id, link);
            writer.row("same_person.csv", cells, evidence)
        }
        Fact::Parent(_)
        | Fact::Union(_)
        | Fact::StatedKin(_)
        | Fact::Network(_)
        | Fact::HouseholdMember(_)
        | Fact::Membership(_) => write_tie(writer, id, statement, subject.number),
        _ => write_fact(writer, id, statement),
    }
}

pub fn write_fact(writer: &mut CsvWriter, id: &str, statement: &Statement) -> Written {
    let evidence = &statement.evidence;
    let (mut given, mut family) = ("", "");
    let (kind, (value, nature, date, place)) = match &statement.fact {
        Fact::Name(name) => {
            (given, family) = (&name.given, &name.family);
            (
                FactKind::Name,
                (name.full.clone(), name.kind.word(), None, None),
            )
        }
        Fact::Unnamed(words) => (FactKind::Unnamed, (words.clone(), "", None, None)),
        Fact::Gender(gender) => (FactKind::Gender, (gender.word().to_owned(), "", None, None)),
        Fact::Birth { date, place } => (FactKind::Birth, (String::new(), "", *date, *place)),
        Fact::Death(death) => {
            let dead = if death.dead { "yes" } else { "no" };
            (
                FactKind::Death,
                (dead.to_owned(), "", death.date, death.place),
            )
        }
        Fact::Residence(home) => (
            FactKind::Residence,
            (String::new(), "", None, Some(home.place)),
        ),
        Fact::Contact(contact) => {
            let kind = match contact.kind {
                ContactKind::Phone => FactKind::Phone,
                ContactKind::Email => FactKind::Email,
                ContactKind::Address => FactKind::Address,
            };
            (kind, (contact.value.clone(), "", None, None))
        }
        Fact::Language(language) => (FactKind::Language, (language.clone(), "", None, None)),
        Fact::Note(note) => (FactKind::Note, (note.clone(), "", None, None)),
        Fact::KeptLines(kept) => {
            let value = (kept.text.clone(), kept.under.as_str(), None, None);
            (FactKind::KeptLines, value)
        }
        Fact::ImportantPlace(important) => (
            FactKind::from(important.meaning),
            (String::new(), "", None, Some(important.place)),
        ),
        _ => return Ok(()),
    };
    let is_nameless = kind == FactKind::Name || !kind.stands_without_value();
    let lacks_value = value.trim().is_empty() && is_nameless;
    if lacks_value || value.len() > LONGEST_CELL || nature.len() > LONGEST_CELL {
        writer.leave_out("empty facts, and texts of more than 60 KiB");
        return Ok(());
    }
    let place = place
        .map_or("", |place| writer.names.of(place.0))
        .to_owned();
    let cells = Cells::new()
        .text(id)
        .text(kind.word())
        .text(&value)
        .text(nature)
        .text(given)
        .text(family)
        .date(date)
        .text(&place)
        .date(evidence.valid_from)
        .date(evidence.valid_to);
    writer.row("facts.csv", cells, evidence)
}
