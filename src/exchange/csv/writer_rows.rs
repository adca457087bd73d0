//! Which facts go into which row of which file.

use super::facts::FactKind;
use super::same_person::link_cells;
use super::writer::CsvWriter;
use super::writer_ids::place_of;
use crate::exchange::report::ExchangeError;
use crate::model::case::{Case, OutreachTarget};
use crate::model::ids::{PersonId, SubjectKind};
use crate::model::nation::{Nation, NationLevel};
use crate::model::partial_date::PartialDate;
use crate::model::person::{ContactKind, Name, NameKind, ScreeningResult};
use crate::model::statement::{Evidence, Fact, Statement};
use crate::model::store_copy::CopySubject;
use crate::model::tie::{KinBasis, Side, UnionState};
use crate::model::waiting_family::{Acceptance, ApprovalState, WaitingFamily};
use crate::names::kin_words::read_kin_word;

/// A longer cell would not be read, in bytes.
const LONGEST_CELL: usize = 60 * 1024;

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

    fn date(self, date: Option<PartialDate>) -> Cells {
        let text = date.map(|date| date.to_string()).unwrap_or_default();
        self.text(&text)
    }

    fn number(self, number: Option<u8>) -> Cells {
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

type Written = Result<(), ExchangeError>;

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

fn write_person(writer: &mut CsvWriter, subject: &CopySubject) -> Written {
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

fn write_fact(writer: &mut CsvWriter, id: &str, statement: &Statement) -> Written {
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
        Fact::ImportantPlace(important) => (
            FactKind::from(important.meaning),
            (String::new(), "", None, Some(important.place)),
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

/// What a tie's row says.
struct Tie<'s> {
    kind: &'static str,
    other: u64,
    nature: &'static str,
    role: &'s str,
    side: Side,
    legal_state: &'static str,
    legal_date: Option<PartialDate>,
    court: &'s str,
    /// True where the subject is `from`.
    is_from: bool,
}

fn write_tie(writer: &mut CsvWriter, id: &str, statement: &Statement, number: u64) -> Written {
    let Some(tie) = tie(&statement.fact) else {
        writer.leave_out("stated kin in words that are not read back the same");
        return Ok(());
    };
    let evidence = &statement.evidence;
    let dates = [evidence.valid_from, evidence.valid_to];
    let mut ends = (number, tie.other);
    if tie.kind == "union" && ends.0 > ends.1 {
        ends = (ends.1, ends.0);
    }
    let nature = if tie.kind == "network" {
        ""
    } else {
        tie.nature
    };
    let word = format!("{nature} {}", told_apart_by(&tie));
    if !writer.is_first((tie.kind, ends.0, ends.1, word, tie.side, dates)) {
        writer.leave_out("ties told again");
        return Ok(());
    }
    let other = writer.names.of(tie.other).to_owned();
    let (from, to) = if tie.is_from {
        (id, other.as_str())
    } else {
        (other.as_str(), id)
    };
    let cells = Cells::new()
        .text(tie.kind)
        .text(from)
        .text(to)
        .text(tie.nature)
        .text(tie.role)
        .text(tie.side.word())
        .text(tie.legal_state)
        .date(tie.legal_date)
        .text(tie.court)
        .date(evidence.valid_from)
        .date(evidence.valid_to);
    writer.row("ties.csv", cells, evidence)
}

/// The reader tells stated kin and network ties apart by their words, others by their nature alone.
fn told_apart_by<'s>(tie: &Tie<'s>) -> &'s str {
    match tie.kind {
        "stated_kin" | "network" => tie.role,
        _ => "",
    }
}

/// Nothing for stated kin whose words do not say what is recorded.
fn tie(fact: &Fact) -> Option<Tie<'_>> {
    let plain = Tie {
        kind: "",
        other: 0,
        nature: "",
        role: "",
        side: Side::Unknown,
        legal_state: "",
        legal_date: None,
        court: "",
        is_from: false,
    };
    Some(match fact {
        Fact::Parent(tie) => Tie {
            kind: "parent",
            other: tie.parent.0,
            nature: tie.nature.word(),
            legal_state: tie.legal_state.word(),
            legal_date: tie.legal_date,
            court: &tie.court,
            ..plain
        },
        Fact::Union(tie) => Tie {
            kind: "union",
            other: tie.partner.0,
            nature: tie.kind.word(),
            legal_state: match tie.state {
                UnionState::Current => "current",
                UnionState::Ended => "ended",
            },
            is_from: true,
            ..plain
        },
        Fact::StatedKin(tie) => {
            let read = read_kin_word(tie.as_told.trim())?;
            if read.term != tie.term {
                return None;
            }
            Tie {
                kind: "stated_kin",
                other: tie.kin.0,
                nature: match tie.basis {
                    KinBasis::Told => "told",
                    KinBasis::NamedByChild => "named_by_child",
                    KinBasis::Custom => "custom",
                },
                role: &tie.as_told,
                side: tie.side,
                ..plain
            }
        }
        Fact::Network(tie) => Tie {
            kind: "network",
            other: tie.adult.0,
            nature: match tie.paid {
                Some(true) => "paid",
                Some(false) => "unpaid",
                None => "",
            },
            role: &tie.role,
            ..plain
        },
        Fact::HouseholdMember(tie) => Tie {
            kind: "household",
            other: tie.household.0,
            is_from: true,
            ..plain
        },
        Fact::Membership(tie) => Tie {
            kind: "membership",
            other: tie.nation.0,
            nature: tie.state.word(),
            role: &tie.confirmed_by,
            is_from: true,
            ..plain
        },
        _ => return None,
    })
}
