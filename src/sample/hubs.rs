//! Teachers, whom many children know. One teacher is tied to very many, over several villages, so that a hub's
//! weight can be felt.

use super::bundle_files::TieRow;
use super::dates::{TODAY, later, year_of, years, years_between};
use super::error::SampleError;
use super::newcomers::Contacts;
use super::record::Recorder;
use super::villager::{Place, Standing, person_id};

/// The teacher whom very many children know.
#[derive(Default)]
pub struct Hub {
    teacher: Option<u64>,
    ties_left: u64,
}

impl Hub {
    /// For a community of this size: 2,000 children from 100,000 people on, one in fifty people below.
    pub fn for_people(people: u64) -> Hub {
        Hub {
            teacher: None,
            ties_left: (people / 50).min(2_000),
        }
    }
}

/// Ties the village's schoolchildren to its teachers and, while there is room, to the hub.
pub fn write_teachers(
    recorder: &mut Recorder,
    contacts: &Contacts,
    hub: &mut Hub,
) -> Result<(), SampleError> {
    let village = recorder.village;
    if hub.teacher.is_none() {
        hub.teacher = contacts
            .teachers
            .first()
            .map(|place| village.people[*place].number);
    }
    let hub_teacher = hub.teacher.map(person_id);
    for place in 0..village.people.len() {
        let person = &village.people[place];
        let age = years_between(person.born, TODAY);
        if person.standing != Standing::Family || person.died.is_some() || !(5..19).contains(&age) {
            continue;
        }
        if let Some(teacher) = hub_teacher.as_deref().filter(|_| hub.ties_left > 0) {
            hub.ties_left -= 1;
            write_teacher(recorder, teacher, place)?;
        }
        let choice = recorder
            .dice
            .position(contacts.teachers.len().saturating_sub(1))
            + 1;
        if let Some(teacher) = contacts
            .teachers
            .get(choice)
            .filter(|_| recorder.dice.chance(0.3))
        {
            write_teacher(recorder, &village.people[*teacher].id(), place)?;
        }
    }
    Ok(())
}

fn write_teacher(recorder: &mut Recorder, teacher: &str, child: Place) -> Result<(), SampleError> {
    let person = &recorder.village.people[child];
    let from = year_of(later(person.born, years(5.0) + recorder.dice.between(0, 1500)).min(TODAY));
    let (from, to) = (from.to_string(), (from + 1).to_string());
    let past = to.as_str() < "2026";
    recorder.files.tie(&TieRow {
        kind: "network",
        from: teacher,
        to: &person.id(),
        nature: "paid",
        role: "teacher",
        from_date: &from,
        to_date: if past { &to } else { "" },
        source: "school register",
        ..TieRow::default()
    })
}
