//! `facts.csv`: what is said of a person beyond their row in `people.csv`: further names, dates and places, each with a
//! source, certainty, seal and dates of its own.

use super::cells::CellReader;
use super::concerns::needed_subject;
use super::reading::{Reading, StandingColumns};
use super::table::{Column, Row, Table};
use crate::exchange::assembly::Standing;
use crate::model::ids::SubjectKind;
use crate::model::person::{
    Contact, ContactKind, Death, Gender, ImportantPlace, Name, NameKind, PlaceMeaning, Residence,
};
use crate::model::statement::{Fact, KeptLines};
use crate::names::normalize::join_parts;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum FactKind {
    Name,
    Unnamed,
    Gender,
    Birth,
    Death,
    Residence,
    School,
    Community,
    Territory,
    Phone,
    Email,
    Address,
    Language,
    Note,
    KeptLines,
}

impl FactKind {
    const ALL: [FactKind; 15] = [
        FactKind::Name,
        FactKind::Unnamed,
        FactKind::Gender,
        FactKind::Birth,
        FactKind::Death,
        FactKind::Residence,
        FactKind::School,
        FactKind::Community,
        FactKind::Territory,
        FactKind::Phone,
        FactKind::Email,
        FactKind::Address,
        FactKind::Language,
        FactKind::Note,
        FactKind::KeptLines,
    ];

    pub fn word(self) -> &'static str {
        match self {
            FactKind::Name => "name",
            FactKind::Unnamed => "unnamed",
            FactKind::Gender => "gender",
            FactKind::Birth => "birth",
            FactKind::Death => "death",
            FactKind::Residence => "residence",
            FactKind::School => "school",
            FactKind::Community => "community",
            FactKind::Territory => "territory",
            FactKind::Phone => "phone",
            FactKind::Email => "email",
            FactKind::Address => "address",
            FactKind::Language => "language",
            FactKind::Note => "note",
            FactKind::KeptLines => "kept_lines",
        }
    }

    /// Whether it needs no value.
    pub fn stands_without_value(self) -> bool {
        self.may_have_place() || self == FactKind::Name
    }

    fn may_have_place(self) -> bool {
        self.is_a_place() || matches!(self, FactKind::Birth | FactKind::Death)
    }

    /// Whether it says a place and nothing else.
    fn is_a_place(self) -> bool {
        self == FactKind::Residence || self.meaning().is_some()
    }

    fn meaning(self) -> Option<PlaceMeaning> {
        match self {
            FactKind::School => Some(PlaceMeaning::School),
            FactKind::Community => Some(PlaceMeaning::Community),
            FactKind::Territory => Some(PlaceMeaning::Territory),
            _ => None,
        }
    }
}

impl From<PlaceMeaning> for FactKind {
    fn from(meaning: PlaceMeaning) -> FactKind {
        match meaning {
            PlaceMeaning::School => FactKind::School,
            PlaceMeaning::Community => FactKind::Community,
            PlaceMeaning::Territory => FactKind::Territory,
        }
    }
}

struct Columns {
    of: Column,
    kind: Column,
    value: Column,
    nature: Column,
    given_names: Column,
    family_name: Column,
    date: Column,
    place: Column,
    from_date: Column,
    to_date: Column,
    standing: StandingColumns,
}

pub fn read_facts(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open("facts.csv", data, &mut reading.findings) else {
        return;
    };
    let columns = Columns {
        of: table.needed("of", &mut reading.findings),
        kind: table.needed("kind", &mut reading.findings),
        value: table.column("value"),
        nature: table.column("nature"),
        given_names: table.column("given_names"),
        family_name: table.column("family_name"),
        date: table.column("date"),
        place: table.column("place"),
        from_date: table.column("from_date"),
        to_date: table.column("to_date"),
        standing: StandingColumns::of(&mut table),
    };
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        read_row(reading, row, &columns);
    }
    reading.count_rows(&table);
}

fn read_row(reading: &mut Reading, row: Row<'_>, columns: &Columns) {
    let standing = reading.standing(row, columns.standing);
    let mut cells = CellReader::new(row, &mut reading.findings);
    cells.needed_text(columns.kind);
    let kind = cells.word(columns.kind, &FactKind::ALL, FactKind::word);
    let is_household = kind == Some(FactKind::KeptLines)
        && reading.kind_of(row.cell(columns.of)) == Some(SubjectKind::Household);
    let wanted = match kind {
        Some(FactKind::Territory) => SubjectKind::Nation,
        _ if is_household => SubjectKind::Household,
        _ => SubjectKind::Person,
    };
    let subject = needed_subject(reading, row, columns.of, wanted);
    let (Some(kind), Some(standing), Some(subject)) = (kind, standing, subject) else {
        return;
    };
    let mut cells = CellReader::new(row, &mut reading.findings);
    let (from, to) = (cells.date(columns.from_date), cells.date(columns.to_date));
    let is_faulty = cells.is_faulty();
    let fact = read_fact(reading, row, columns, kind, standing);
    let (Some(fact), false) = (fact, is_faulty) else {
        return;
    };
    if let Fact::Birth { date, .. } = &fact
        && reading.birth_of(subject).is_none()
    {
        reading.note_later_birth(subject, *date);
    }
    reading
        .assembly
        .add_fact(subject, fact, standing.during(from, to));
}

fn read_fact(
    reading: &mut Reading,
    row: Row<'_>,
    columns: &Columns,
    kind: FactKind,
    standing: Standing,
) -> Option<Fact> {
    let mut cells = CellReader::new(row, &mut reading.findings);
    let value = cells.text(columns.value).to_owned();
    let date = cells.date(columns.date);
    let place_name = cells.text(columns.place);
    let contact = |kind| {
        let value = value.clone();
        Some(Fact::Contact(Contact { kind, value }))
    };
    if !kind.stands_without_value() {
        cells.needed_text(columns.value);
    }
    let fact = match kind {
        FactKind::Name => Some(Fact::Name(read_name(&mut cells, columns, value))),
        FactKind::Unnamed => Some(Fact::Unnamed(value)),
        FactKind::Gender => {
            let gender = cells.word(columns.value, &GENDERS, Gender::word);
            Some(Fact::Gender(gender.unwrap_or_default()))
        }
        FactKind::Birth => Some(Fact::Birth { date, place: None }),
        FactKind::Death => {
            let dead = cells.yes_no(columns.value).unwrap_or(true);
            let place = None;
            Some(Fact::Death(Death { dead, date, place }))
        }
        FactKind::Residence | FactKind::School | FactKind::Community | FactKind::Territory => {
            cells.needed_text(columns.place);
            None
        }
        FactKind::Phone => contact(ContactKind::Phone),
        FactKind::Email => contact(ContactKind::Email),
        FactKind::Address => contact(ContactKind::Address),
        FactKind::Language => Some(Fact::Language(value)),
        FactKind::Note => Some(Fact::Note(value)),
        FactKind::KeptLines => Some(Fact::KeptLines(KeptLines {
            under: cells.text(columns.nature).to_owned(),
            // Cells are read without what is blank at their end; lines end with a line end.
            text: value + "\n",
        })),
    };
    if cells.is_faulty() {
        return None;
    }
    if !kind.may_have_place() || place_name.is_empty() {
        return fact;
    }
    let place = reading.assembly.place(place_name, standing);
    Some(match fact {
        Some(Fact::Birth { date, .. }) => Fact::Birth {
            date,
            place: Some(place),
        },
        Some(Fact::Death(death)) => Fact::Death(Death {
            place: Some(place),
            ..death
        }),
        _ => match kind.meaning() {
            Some(meaning) => Fact::ImportantPlace(ImportantPlace { place, meaning }),
            None => Fact::Residence(Residence { place }),
        },
    })
}

const GENDERS: [Gender; 3] = [Gender::Female, Gender::Male, Gender::Other];

/// The whole name, or its parts.
fn read_name(cells: &mut CellReader<'_, '_>, columns: &Columns, value: String) -> Name {
    let given = cells.text(columns.given_names).to_owned();
    let family = cells.text(columns.family_name).to_owned();
    let full = if value.is_empty() {
        join_parts(&given, &family)
    } else {
        value
    };
    if full.is_empty() {
        cells.needed_text(columns.value);
    }
    let kind = cells.word(columns.nature, &NameKind::ALL, NameKind::word);
    Name {
        kind: kind.unwrap_or(NameKind::Alias),
        full,
        given,
        family,
    }
}
