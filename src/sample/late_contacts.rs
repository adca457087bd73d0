//! Contacts found after the rest of a village was entered, so that a community has exactly as many people as were
//! asked for. Each is tied to a child in care, if there is one.

use super::bundle_files::{PersonRow, TieRow};
use super::cases::ChildInCare;
use super::dates::{self, TODAY, span};
use super::error::SampleError;
use super::newcomers::{Origin, newcomer};
use super::person_rows::gender_word;
use super::record::Recorder;
use super::villager::{Sex, person_id};
use crate::model::partial_date::Day;

/// Writes this many contacts, numbered from `next_number`.
pub fn write_late_contacts(
    recorder: &mut Recorder,
    cases: &[ChildInCare],
    count: u64,
    next_number: u64,
) -> Result<(), SampleError> {
    for number in next_number..next_number + count {
        let sex = recorder.dice.weighted(Sex::Female, &[(Sex::Male, 45)], 55);
        let origin = Origin {
            sex,
            born: Day(TODAY.0 - span(recorder.dice, 20.0, 75.0)),
            generation: 3,
            nation: None,
            fertility: 1.0,
        };
        let person = newcomer(recorder.lists, &origin, recorder.dice);
        let id = person_id(number);
        let choice = recorder.dice.position(cases.len());
        let child = cases.get(choice).map(|case| case.child);
        let source = recorder.case_source(child.unwrap_or(0));
        recorder.files.person(&PersonRow {
            id: id.clone(),
            full_name: person.full_name(),
            gender: gender_word(sex),
            birth_date: dates::remembered(person.born, recorder.dice),
            places: recorder.towns.near[recorder.dice.position(3)].clone(),
            source: source.clone(),
            ..PersonRow::default()
        })?;
        if let Some(child) = child {
            recorder.files.tie(&TieRow {
                kind: "network",
                from: &id,
                to: &recorder.village.people[child].id(),
                nature: "unpaid",
                role: "family_friend",
                source: &source,
                ..TieRow::default()
            })?;
        }
    }
    Ok(())
}
