//! Cautions on people, and the households that make a caution matter to others.

use super::bundle_files::{BundleFile, TieRow};
use super::dates::{self, TODAY, years, years_between};
use super::error::SampleError;
use super::record::Recorder;
use super::villager::{CoupleEnd, Place, Standing};
use crate::model::partial_date::Day;
use crate::model::person::CautionKind;

/// Share of living adults with a safety flag, and with an order of no contact.
const FLAGGED: f64 = 0.03;
const NO_CONTACT: f64 = 0.01;

/// Writes cautions for some of the living adults, and a household for each who is barred.
pub fn write_cautions(recorder: &mut Recorder) -> Result<(), SampleError> {
    let mut households = 0;
    for place in 0..recorder.village.people.len() {
        let person = &recorder.village.people[place];
        let adult = person.died.is_none() && years_between(person.born, TODAY) >= 19;
        if !adult || person.standing != Standing::Family {
            continue;
        }
        let roll = recorder.dice.share();
        if roll < NO_CONTACT {
            write_caution(recorder, place, CautionKind::NoContact)?;
        } else if roll < NO_CONTACT + FLAGGED {
            let kind = recorder.dice.weighted(
                CautionKind::BarredFromPlacement,
                &[
                    (CautionKind::SupervisorFirst, 30),
                    (CautionKind::FamilyViolenceException, 17),
                    (CautionKind::ProtectedAddress, 15),
                ],
                38,
            );
            write_caution(recorder, place, kind)?;
            if kind == CautionKind::BarredFromPlacement {
                write_shared_home(recorder, place, &mut households)?;
            }
        } else if roll < 0.07 && person.generation >= 2 {
            write_shared_home(recorder, place, &mut households)?;
        }
    }
    Ok(())
}

fn write_caution(
    recorder: &mut Recorder,
    place: Place,
    kind: CautionKind,
) -> Result<(), SampleError> {
    let notes: &[&str] = match kind {
        CautionKind::BarredFromPlacement => {
            &["record check 2019: not to care for children", "court order"]
        }
        CautionKind::NoContact => &[
            "no-contact declaration on adoption file",
            "protection order",
        ],
        CautionKind::FamilyViolenceException => {
            &["not to be notified: violence against the mother"]
        }
        CautionKind::ProtectedAddress => &["address must not be told"],
        CautionKind::SupervisorFirst => &["open investigation", "ask team leader before calling"],
    };
    let note = recorder.dice.word(notes);
    let from = dates::exact(Day(TODAY.0 - recorder.dice.between(60, years(9.0))));
    let sealed = match kind {
        CautionKind::ProtectedAddress => "address",
        CautionKind::NoContact if recorder.dice.chance(0.4) => "adoption",
        CautionKind::BarredFromPlacement if recorder.dice.chance(0.3) => "safety",
        _ => "",
    };
    let id = recorder.village.people[place].id();
    let source = recorder.case_source(place);
    let row = [&id, kind.word(), note, &from, "", sealed, &source];
    recorder.row(BundleFile::Cautions, &row)
}

/// The person's household: with the partner, else with the mother, else with a brother or sister.
fn write_shared_home(
    recorder: &mut Recorder,
    place: Place,
    households: &mut u32,
) -> Result<(), SampleError> {
    let village = recorder.village;
    let partner = village.couples.iter().find_map(|couple| match couple.end {
        CoupleEnd::Together if couple.first == place => Some(couple.second),
        CoupleEnd::Together if couple.second == place => Some(couple.first),
        _ => None,
    });
    let mother = village.open_parents(place).next();
    let sibling = mother.and_then(|mother| {
        village
            .open_children(mother)
            .find(|sibling| *sibling != place)
    });
    let alive = |other: &Place| village.people[*other].died.is_none();
    let Some(other) = [partner, mother, sibling].into_iter().flatten().find(alive) else {
        return Ok(());
    };
    *households += 1;
    let id = format!("household-{}-{households}", recorder.number + 1);
    let family = village.people[place].present_family();
    write_household(recorder, &id, family, &[place, other])
}

/// Writes a household and its members.
pub fn write_household(
    recorder: &mut Recorder,
    id: &str,
    family: &str,
    members: &[Place],
) -> Result<(), SampleError> {
    let Some(source) = members.first().map(|first| recorder.source(*first)) else {
        return Ok(());
    };
    let name = format!("{family} household");
    recorder.row(BundleFile::Households, &[id, &name, &source])?;
    for member in members {
        let from = format!("{}", 2025 - recorder.dice.between(0, 12));
        recorder.files.tie(&TieRow {
            kind: "household",
            from: &recorder.village.people[*member].id(),
            to: id,
            from_date: &from,
            source: &source,
            ..TieRow::default()
        })?;
    }
    Ok(())
}
