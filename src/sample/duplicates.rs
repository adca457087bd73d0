//! The same relative entered again in another child's file: a second record with a damaged name and date, tied
//! only to that child. `truth/duplicates.csv` tells which records are one person; it is no part of the bundle.

use super::bundle_files::{PersonRow, TieRow};
use super::cases::ChildInCare;
use super::close_kin::{Kin, close_kin};
use super::dates::{self, TODAY, later, year_of, years_between};
use super::error::SampleError;
use super::names::misspelt;
use super::record::Recorder;
use super::villager::{Place, Sex, Villager, person_id};
use crate::model::partial_date::Day;
use crate::model::tie::Side;

/// Chance, at each case, that a grown relative stands in another file again; as kin are shared between cases, about
/// one in seven of a case's close relatives has a second record in the end.
const DUPLICATED: f64 = 0.10;

/// One person with two records.
pub struct Duplicate {
    pub record: u64,
    pub copy: u64,
}

/// Writes second records, at most `room` of them, numbered from `next_number`.
pub fn write_duplicates(
    recorder: &mut Recorder,
    cases: &[ChildInCare],
    room: usize,
    next_number: u64,
) -> Result<Vec<Duplicate>, SampleError> {
    let mut written: Vec<Duplicate> = Vec::new();
    let kin_of_cases: Vec<Vec<Kin>> = cases
        .iter()
        .map(|case| close_kin(recorder.village, case.child))
        .collect();
    let mut copied: Vec<Place> = Vec::new();
    for (position, kin) in kin_of_cases.iter().enumerate() {
        for relative in kin {
            let person = &recorder.village.people[relative.place];
            let grown = years_between(person.born, TODAY) >= 16;
            let chosen = grown && recorder.dice.chance(DUPLICATED);
            if !chosen || copied.contains(&relative.place) || written.len() >= room {
                continue;
            }
            let Some((other, word, side)) = other_file(&kin_of_cases, position, relative) else {
                continue;
            };
            copied.push(relative.place);
            let copy = next_number + written.len() as u64;
            let child = &cases[other];
            write_copy(recorder, person, copy, child)?;
            recorder.files.tie(&TieRow {
                kind: "stated_kin",
                from: &person_id(copy),
                to: &recorder.village.people[child.child].id(),
                nature: "told",
                role: word,
                side: side.word(),
                certainty: "reported",
                source: &recorder.source(child.child),
                ..TieRow::default()
            })?;
            written.push(Duplicate {
                record: person.number,
                copy,
            });
        }
    }
    Ok(written)
}

/// Another case in whose file the relative may stand too: of a child with the same relative, else of the next
/// child, who calls the person "auntie" or "uncle".
fn other_file(
    kin_of_cases: &[Vec<Kin>],
    position: usize,
    relative: &Kin,
) -> Option<(usize, &'static str, Side)> {
    let cases = kin_of_cases.len();
    for step in 1..cases {
        let other = (position + step) % cases;
        let found = kin_of_cases[other]
            .iter()
            .find(|kin| kin.place == relative.place);
        if let Some(kin) = found.filter(|kin| !matches!(kin.word, "mother" | "father")) {
            return Some((other, kin.word, kin.side));
        }
    }
    let word = if matches!(
        relative.word,
        "father" | "brother" | "uncle" | "grandfather" | "great-grandfather"
    ) {
        "uncle"
    } else {
        "auntie"
    };
    (cases > 1).then_some(((position + 1) % cases, word, Side::Unknown))
}

fn write_copy(
    recorder: &mut Recorder,
    person: &Villager,
    copy: u64,
    child: &ChildInCare,
) -> Result<(), SampleError> {
    let given = if recorder.dice.chance(0.6) {
        recorder.lists.damaged(&person.given, recorder.dice)
    } else {
        person.given.clone()
    };
    let old_name = !person.married_family.is_empty() && recorder.dice.chance(0.4);
    let family = if old_name {
        person.family.as_str()
    } else {
        person.present_family()
    };
    let family = if recorder.dice.chance(0.3) {
        misspelt(family, recorder.dice)
    } else {
        family.to_string()
    };
    let row = PersonRow {
        id: person_id(copy),
        full_name: format!("{given} {family}").trim().to_string(),
        gender: match person.sex {
            _ if recorder.dice.chance(0.2) => "",
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Other => "other",
        },
        birth_date: damaged_date(recorder, person.born),
        places: recorder.towns.near[recorder.dice.position(3)].clone(),
        certainty: "reported",
        source: recorder.source(child.child),
        ..PersonRow::default()
    };
    recorder.files.person(&row)
}

fn damaged_date(recorder: &mut Recorder, born: Day) -> String {
    let (year, month, day) = born.ymd();
    let dice = &mut *recorder.dice;
    match dice.between(0, 9) {
        0 if day <= 12 => format!("{year:04}-{day:02}-{month:02}"),
        0..=2 => format!("{:04}", year + dice.between(-1, 1)),
        3 => format!("{:04}~", year + dice.between(-2, 2)),
        4 => String::new(),
        5 => format!("{:03}X", year / 10),
        6 => dates::exact(later(born, dice.between(-9, 9))),
        7 => format!("{:04}", year_of(born)),
        _ => dates::exact(born),
    }
}
