//! `people.csv`: each row a person with names, life dates, places, nations and contact points.

use super::cells::CellReader;
use super::communities::find_nation;
use super::reading::{IdColumns, Reading, StandingColumns, TakenId};
use super::table::{Column, Row, Table};
use crate::exchange::assembly::Standing;
use crate::exchange::report::shown;
use crate::model::ids::SubjectKind;
use crate::model::nation::{Membership, MembershipState};
use crate::model::partial_date::{PartialDate, Truth};
use crate::model::person::{Contact, ContactKind, Death, Gender, Name, NameKind, Residence};
use crate::model::statement::Fact;
use crate::names::normalize::join_parts;

struct Columns {
    id: IdColumns,
    full_name: Column,
    given_names: Column,
    family_name: Column,
    birth_family_name: Column,
    aliases: Column,
    gender: Column,
    birth_date: Column,
    birth_place: Column,
    deceased: Column,
    death_date: Column,
    places: Column,
    nations: Column,
    languages: Column,
    phones: Column,
    emails: Column,
    description: Column,
    standing: StandingColumns,
}

impl Columns {
    fn of(table: &mut Table<'_>, reading: &mut Reading) -> Columns {
        Columns {
            id: IdColumns::of(table, &mut reading.findings),
            full_name: table.column("full_name"),
            given_names: table.column("given_names"),
            family_name: table.column("family_name"),
            birth_family_name: table.column("birth_family_name"),
            aliases: table.column("aliases"),
            gender: table.column("gender"),
            birth_date: table.column("birth_date"),
            birth_place: table.column("birth_place"),
            deceased: table.column("deceased"),
            death_date: table.column("death_date"),
            places: table.column("places"),
            nations: table.column("nations"),
            languages: table.column("languages"),
            phones: table.column("phones"),
            emails: table.column("emails"),
            description: table.column("description"),
            standing: StandingColumns::of(table),
        }
    }
}

pub fn read_people(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open("people.csv", data, &mut reading.findings) else {
        return;
    };
    let columns = Columns::of(&mut table, reading);
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        read_person(reading, row, &columns);
    }
    reading.count_rows(&table);
    super::communities::settle_pending_ids(reading);
}

/// What a row says, understood but not yet given numbers.
struct PersonCells<'r> {
    names: Vec<Name>,
    gender: Gender,
    birth_date: Option<PartialDate>,
    birth_place: &'r str,
    death: Option<(bool, Option<PartialDate>)>,
    residences: Vec<(&'r str, Option<PartialDate>, Option<PartialDate>)>,
    nations: Vec<(&'r str, MembershipState)>,
}

fn read_person(reading: &mut Reading, row: Row<'_>, columns: &Columns) {
    let id = reading.take_id(row, columns.id, SubjectKind::Person);
    let standing = reading.standing(row, columns.standing);
    let today = reading.today;
    let mut cells = CellReader::new(row, &mut reading.findings);
    let person = PersonCells {
        names: read_names(&mut cells, columns),
        gender: read_gender(&mut cells, columns.gender),
        birth_date: cells.date(columns.birth_date),
        birth_place: cells.text(columns.birth_place),
        death: read_death(&mut cells, columns),
        residences: read_residences(&mut cells, columns.places),
        nations: read_nations(&mut cells, columns.nations),
    };
    let was_written_by_a_store = id.as_ref().is_some_and(|id| id.public_id.is_some());
    check_life(&mut cells, columns, &person, today, was_written_by_a_store);
    let description = cells.text(columns.description);
    if !description.is_empty() && !person.names.is_empty() {
        cells.warn(
            columns.description,
            "a description is kept only for people without a name",
        );
    }
    let is_faulty = cells.is_faulty();
    let (Some(id), Some(standing)) = (id, standing) else {
        return;
    };
    if !is_faulty {
        add_person(reading, row, columns, &id, person, standing);
    }
}

fn read_names(cells: &mut CellReader<'_, '_>, columns: &Columns) -> Vec<Name> {
    let given = cells.text(columns.given_names);
    let family = cells.text(columns.family_name);
    let full = cells.text(columns.full_name);
    let mut names = Vec::new();
    let full = if full.is_empty() {
        join_parts(given, family)
    } else {
        full.to_owned()
    };
    if !full.is_empty() {
        names.push(Name {
            kind: NameKind::Legal,
            full,
            given: given.to_owned(),
            family: family.to_owned(),
        });
    }
    let birth_family = cells.text(columns.birth_family_name);
    if !birth_family.is_empty() {
        names.push(Name {
            kind: NameKind::Birth,
            full: join_parts(given, birth_family),
            given: given.to_owned(),
            family: birth_family.to_owned(),
        });
    }
    for alias in cells.list(columns.aliases) {
        let (kind, full) = match alias.split_once('=') {
            None => (Some(NameKind::Alias), alias),
            Some((kind, full)) => (
                cells.word_in(columns.aliases, kind.trim(), &NameKind::ALL, NameKind::word),
                full.trim(),
            ),
        };
        if full.is_empty() {
            cells.fail(columns.aliases, format!("{} holds no name", shown(alias)));
        }
        names.push(Name {
            kind: kind.unwrap_or(NameKind::Alias),
            full: full.to_owned(),
            given: String::new(),
            family: String::new(),
        });
    }
    names
}

fn read_gender(cells: &mut CellReader<'_, '_>, column: Column) -> Gender {
    match cells.text(column).to_ascii_lowercase().as_str() {
        "" | "unknown" | "u" => Gender::Unknown,
        "female" | "f" => Gender::Female,
        "male" | "m" => Gender::Male,
        "other" | "x" => Gender::Other,
        other => {
            cells.fail(
                column,
                format!("{} is none of female, male, other, F, M, X", shown(other)),
            );
            Gender::Unknown
        }
    }
}

fn read_death(
    cells: &mut CellReader<'_, '_>,
    columns: &Columns,
) -> Option<(bool, Option<PartialDate>)> {
    let date = cells.date(columns.death_date);
    match (cells.yes_no(columns.deceased), date) {
        (Some(false), Some(_)) => {
            cells.fail(columns.deceased, "\"no\" contradicts the death_date");
            None
        }
        (None, None) => None,
        (dead, date) => Some((dead.unwrap_or(true), date)),
    }
}

fn read_residences<'r>(
    cells: &mut CellReader<'r, '_>,
    column: Column,
) -> Vec<(&'r str, Option<PartialDate>, Option<PartialDate>)> {
    let mut residences = Vec::new();
    for part in cells.list(column) {
        let (place, dates) = part.rsplit_once('@').unwrap_or((part, ""));
        let (from, to) = cells.validity_in(column, dates.trim());
        let place = place.trim();
        if place.is_empty() {
            cells.fail(column, format!("{} names no place", shown(part)));
        }
        residences.push((place, from, to));
    }
    residences
}

fn read_nations<'r>(
    cells: &mut CellReader<'r, '_>,
    column: Column,
) -> Vec<(&'r str, MembershipState)> {
    let mut nations = Vec::new();
    for part in cells.list(column) {
        let (nation, state) = part.split_once('=').unwrap_or((part, ""));
        let state = cells.word_in(
            column,
            state.trim(),
            &MembershipState::ALL,
            MembershipState::word,
        );
        nations.push((nation.trim(), state.unwrap_or_default()));
    }
    nations
}

fn check_life(
    cells: &mut CellReader<'_, '_>,
    columns: &Columns,
    person: &PersonCells<'_>,
    today: Option<crate::model::partial_date::Day>,
    was_written_by_a_store: bool,
) {
    let death_date = person.death.and_then(|(_, date)| date);
    if let (Some(birth), Some(death)) = (person.birth_date, death_date)
        && death.before(birth) == Truth::Yes
    {
        let reason = format!("the death ({death}) lies before the birth ({birth})");
        if was_written_by_a_store {
            cells.warn(columns.death_date, reason);
        } else {
            cells.fail(columns.death_date, reason);
        }
    }
    let Some(today) = today else {
        return;
    };
    for (column, date) in [
        (columns.birth_date, person.birth_date),
        (columns.death_date, death_date),
    ] {
        if let Some(date) = date
            && date.on_or_before(today) == Truth::No
        {
            cells.warn(
                column,
                format!("{date} lies in the future (today is {today})"),
            );
        }
    }
}

fn add_person(
    reading: &mut Reading,
    row: Row<'_>,
    columns: &Columns,
    id: &TakenId,
    person: PersonCells<'_>,
    standing: Standing,
) {
    let number = reading.add_subject(SubjectKind::Person, id);
    reading.note_birth(number, person.birth_date);
    let always = standing.always();
    let assembly = &mut reading.assembly;
    if person.names.is_empty() {
        let description = match row.cell(columns.description) {
            "" => "name unknown",
            description => description,
        };
        assembly.add_fact(number, Fact::Unnamed(description.to_owned()), always);
    }
    for name in person.names {
        assembly.add_fact(number, Fact::Name(name), always);
    }
    if person.gender != Gender::Unknown {
        assembly.add_fact(number, Fact::Gender(person.gender), always);
    }
    if person.birth_date.is_some() || !person.birth_place.is_empty() {
        let place =
            (!person.birth_place.is_empty()).then(|| assembly.place(person.birth_place, standing));
        let date = person.birth_date;
        assembly.add_fact(number, Fact::Birth { date, place }, always);
    }
    if let Some((dead, date)) = person.death {
        let place = None;
        assembly.add_fact(number, Fact::Death(Death { dead, date, place }), always);
    }
    for (place, from, to) in person.residences {
        let place = assembly.place(place, standing);
        assembly.add_fact(
            number,
            Fact::Residence(Residence { place }),
            standing.during(from, to),
        );
    }
    add_lists(reading, row, columns, number, standing);
    for (nation, state) in person.nations {
        let nation = find_nation(reading, row, columns.nations, nation, standing);
        let membership = Membership {
            nation,
            state,
            confirmed_by: String::new(),
        };
        reading
            .assembly
            .add_fact(number, Fact::Membership(membership), always);
    }
}

fn add_lists(
    reading: &mut Reading,
    row: Row<'_>,
    columns: &Columns,
    number: u64,
    standing: Standing,
) {
    let cells = CellReader::new(row, &mut reading.findings);
    for language in cells.list(columns.languages) {
        reading.assembly.add_fact(
            number,
            Fact::Language(language.to_owned()),
            standing.always(),
        );
    }
    for (column, kind) in [
        (columns.phones, ContactKind::Phone),
        (columns.emails, ContactKind::Email),
    ] {
        for value in cells.list(column) {
            let contact = Contact {
                kind,
                value: value.to_owned(),
            };
            reading
                .assembly
                .add_fact(number, Fact::Contact(contact), standing.always());
        }
    }
}
