//! `places.csv`, `nations.csv` and `households.csv`: what people live in and belong to.

use super::cells::{CellReader, origin};
use super::reading::{IdColumns, Reading, StandingColumns};
use super::table::{Column, Row, Table};
use crate::exchange::assembly::Standing;
use crate::exchange::nation_names::{nation_as_written, reference_id, told_nation};
use crate::exchange::report::shown;
use crate::model::bundle::Origin;
use crate::model::ids::{NationId, PersonId, SubjectKind};
use crate::model::nation::{Nation, NationLevel};
use crate::model::person::{Coordinates, ImportantPlace, Place, PlaceMeaning};
use crate::model::statement::{Fact, Source};
use crate::names::normalize::fold;

/// An id in `nations.csv` whose subject is not read yet.
pub struct PendingId {
    nation: u64,
    id: String,
    kind: SubjectKind,
    origin: Origin,
}

pub fn read_places(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open("places.csv", data, &mut reading.findings) else {
        return;
    };
    let name = table.needed("name", &mut reading.findings);
    let (region, lat, lon) = (
        table.column("region"),
        table.column("lat"),
        table.column("lon"),
    );
    let public_id = table.column("public_id");
    let standing_columns = StandingColumns::of(&mut table);
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        let standing = reading.standing(row, standing_columns);
        let Ok(taken) = reading.public_id(row, public_id) else {
            continue;
        };
        let mut cells = CellReader::new(row, &mut reading.findings);
        let place_name = cells.needed_text(name);
        let latitude = cells.number(lat, -90.0..=90.0);
        let longitude = cells.number(lon, -180.0..=180.0);
        if !cells.is_faulty() && latitude.is_some() != longitude.is_some() {
            cells.fail(lat, "lat and lon are needed both, or neither");
        }
        let (Some(standing), false) = (standing, cells.is_faulty()) else {
            continue;
        };
        let place = Place {
            name: place_name.to_owned(),
            region: row.cell(region).to_owned(),
            centre: latitude
                .zip(longitude)
                .map(|(latitude, longitude)| Coordinates {
                    latitude,
                    longitude,
                }),
        };
        let before = reading.assembly.subject_count();
        let number = reading.assembly.add_place(place, standing);
        if reading.assembly.subject_count() == before {
            let reason = format!(
                "the place {} with this region stands already in an earlier row",
                shown(place_name)
            );
            reading.findings.error(origin(&row, name.name), reason);
        } else if let Some(id) = taken {
            reading.assembly.set_public_id(number, id);
        }
    }
    reading.count_rows(&table);
}

struct NationColumns {
    id: IdColumns,
    name: Column,
    other_names: Column,
    level: Column,
    part_of: Column,
    languages: Column,
    number: Column,
    agencies: Column,
    designated_representative: Column,
    governing_body: Column,
    offered_people: Column,
    territory: Column,
    standing: StandingColumns,
}

pub fn read_nations(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open("nations.csv", data, &mut reading.findings) else {
        return;
    };
    let columns = NationColumns {
        id: IdColumns::of(&mut table, &mut reading.findings),
        name: table.needed("name", &mut reading.findings),
        other_names: table.column("other_names"),
        level: table.column("level"),
        part_of: table.column("part_of"),
        languages: table.column("languages"),
        number: table.column("number"),
        agencies: table.column("agencies"),
        designated_representative: table.column("designated_representative"),
        governing_body: table.column("governing_body"),
        offered_people: table.column("offered_people"),
        territory: table.column("territory"),
        standing: StandingColumns::of(&mut table),
    };
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        read_nation(reading, row, &columns);
    }
    reading.count_rows(&table);
}

fn read_nation(reading: &mut Reading, row: Row<'_>, columns: &NationColumns) {
    const LEVELS: [NationLevel; 3] = [
        NationLevel::Community,
        NationLevel::People,
        NationLevel::Language,
    ];
    let id = reading.take_id(row, columns.id, SubjectKind::Nation);
    let standing = reading.standing(row, columns.standing);
    let mut cells = CellReader::new(row, &mut reading.findings);
    let text = |column| row.cell(column).to_owned();
    let nation = Nation {
        name: cells.needed_text(columns.name).to_owned(),
        other_names: cells.texts(columns.other_names),
        level: cells
            .word(columns.level, &LEVELS, level_word)
            .unwrap_or(NationLevel::Community),
        part_of: None,
        languages: cells.texts(columns.languages),
        number: text(columns.number),
        agencies: cells.texts(columns.agencies),
        designated_representative: text(columns.designated_representative),
        governing_body: text(columns.governing_body),
        offered_people: Vec::new(),
    };
    let (Some(id), Some(standing), false) = (id, standing, cells.is_faulty()) else {
        return;
    };
    let mut pending: Vec<(Column, &str, SubjectKind)> = Vec::new();
    if !row.cell(columns.part_of).is_empty() {
        pending.push((
            columns.part_of,
            row.cell(columns.part_of),
            SubjectKind::Nation,
        ));
    }
    pending.extend(
        cells
            .list(columns.offered_people)
            .map(|id| (columns.offered_people, id, SubjectKind::Person)),
    );
    let number = reading.add_subject(SubjectKind::Nation, &id);
    for (column, id, kind) in pending {
        reading.pending_nation_ids.push(PendingId {
            nation: number,
            id: id.to_owned(),
            kind,
            origin: origin(&row, column.name),
        });
    }
    for name in nation.other_names.iter().chain([&nation.name]) {
        note_nation_name(reading, name, number);
    }
    note_reference(reading, &nation, number);
    let evidence = standing.always();
    reading
        .assembly
        .add_fact(number, Fact::Nation(Box::new(nation)), evidence);
    let territory = row.cell(columns.territory);
    if !territory.is_empty() {
        let place = reading.assembly.place(territory, standing);
        let meaning = PlaceMeaning::Territory;
        let fact = Fact::ImportantPlace(ImportantPlace { place, meaning });
        reading.assembly.add_fact(number, fact, standing.always());
    }
}

fn level_word(level: NationLevel) -> &'static str {
    match level {
        NationLevel::Community => "community",
        NationLevel::People => "people",
        NationLevel::Language => "language",
    }
}

fn note_nation_name(reading: &mut Reading, name: &str, number: u64) {
    reading
        .nations_by_name
        .entry(fold(name))
        .and_modify(|known| {
            if *known != Some(number) {
                *known = None;
            }
        })
        .or_insert(Some(number));
}

/// Fills in the ids of nations and people that `nations.csv` named before they were read.
pub fn settle_pending_ids(reading: &mut Reading) {
    for pending in std::mem::take(&mut reading.pending_nation_ids) {
        let number = match reading.resolve(&pending.id, pending.kind) {
            Ok(number) if number != pending.nation => number,
            Ok(_) => {
                reading
                    .findings
                    .error(pending.origin, "a nation cannot be part of itself");
                continue;
            }
            Err(reason) => {
                reading.findings.error(pending.origin, reason);
                continue;
            }
        };
        reading.assembly.change_facts(pending.nation, |fact| {
            let Fact::Nation(nation) = fact else {
                return false;
            };
            match pending.kind {
                SubjectKind::Nation => nation.part_of = Some(NationId(number)),
                _ => nation.offered_people.push(PersonId(number)),
            }
            true
        });
    }
}

/// The nation meant by an id or any of its names, in this bundle or in the reference list; a new one, with a warning, if
/// none of the bundle is.
pub fn find_nation(
    reading: &mut Reading,
    row: Row<'_>,
    column: Column,
    text: &str,
    standing: Standing,
) -> NationId {
    if let Ok(number) = reading.resolve(text, SubjectKind::Nation) {
        return NationId(number);
    }
    let folded = fold(text);
    let known = reading.nations_by_name.get(&folded).copied();
    if let Some(Some(number)) = known {
        return NationId(number);
    }
    let told = told_nation(text);
    if let Some(Some(number)) = told
        .reference
        .and_then(|id| reading.nations_by_reference.get(id))
    {
        let number = *number;
        let reason = format!("{}, which the bundle has", told.report);
        reading.findings.warning(origin(&row, column.name), reason);
        reading.nations_by_name.insert(folded, Some(number));
        return NationId(number);
    }
    let reason = match (known, told.reference) {
        (Some(_), _) => format!(
            "{} is the name of more than one nation: give the id; a new one is made",
            shown(text)
        ),
        (None, Some(_)) => format!(
            "{}; no nation of the bundle is that one, so it is made with the names and number of the reference list",
            told.report
        ),
        (None, None) => format!(
            "no nation has the id or name {}: one is made from the text; {}",
            shown(text),
            told.report
        ),
    };
    reading.findings.warning(origin(&row, column.name), reason);
    let number = reading
        .assembly
        .add_subject(SubjectKind::Nation, &format!("nation/{folded}"));
    reading.nations_by_name.insert(folded, Some(number));
    let mut evidence = standing.always();
    let mut nation = nation_as_written(text);
    if let (None, Some(id)) = (known, told.reference) {
        reading.nations_by_reference.insert(id, Some(number));
        evidence.source = reading.assembly.source(reference_source());
        nation = told.nation;
    }
    reading
        .assembly
        .add_fact(number, Fact::Nation(Box::new(nation)), evidence);
    NationId(number)
}

/// Where the names and the number of a nation come from that a file only names.
fn reference_source() -> Source {
    Source {
        document: "reference list of nations (data/nations)".to_owned(),
        page: String::new(),
        date: None,
        asserter: String::new(),
    }
}

/// Nations of the bundle are found by any name of the reference list; those of which two are the same are not.
fn note_reference(reading: &mut Reading, nation: &Nation, number: u64) {
    let Some(id) = reference_id(nation) else {
        return;
    };
    let known = reading.nations_by_reference.entry(id);
    known
        .and_modify(|known| *known = None)
        .or_insert(Some(number));
}

pub fn read_households(reading: &mut Reading, data: &[u8]) {
    let Some(mut table) = Table::open("households.csv", data, &mut reading.findings) else {
        return;
    };
    let id_columns = IdColumns::of(&mut table, &mut reading.findings);
    let name = table.column("name");
    let standing_columns = StandingColumns::of(&mut table);
    if !table.is_complete(&mut reading.findings) {
        return;
    }
    while let Some(row) = table.next_row(&mut reading.findings) {
        let id = reading.take_id(row, id_columns, SubjectKind::Household);
        let (Some(id), Some(standing)) = (id, reading.standing(row, standing_columns)) else {
            continue;
        };
        let number = reading.add_subject(SubjectKind::Household, &id);
        let fact = Fact::Household {
            name: row.cell(name).to_owned(),
        };
        reading.assembly.add_fact(number, fact, standing.always());
    }
    reading.count_rows(&table);
}
