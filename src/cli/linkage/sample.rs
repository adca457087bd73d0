//! `linkage sample`: writes invented historical people.

use super::arguments::Sample;
use crate::cli::maintenance::say;
use crate::cli::stop::Stop;
use crate::error::Error;
use crate::sample::{Carelessness, RegisterEntry, historical_people, register};

/// The columns of the published set of historical people.
const COLUMNS: [&str; 11] = [
    "unique_id",
    "cluster",
    "full_name",
    "first_and_surname",
    "first_name",
    "surname",
    "dob",
    "birth_place",
    "postcode_fake",
    "gender",
    "occupation",
];

/// Writes the records.
pub fn sample(command: &Sample) -> Result<(), Stop> {
    if let Some(entries) = command.register {
        return write_register(command, entries);
    }
    if !(0.0..=2.0).contains(&command.level) {
        return Err(Stop::Usage("the level lies between 0 and 2".to_owned()));
    }
    let carelessness = Carelessness::of_level(command.level);
    let records = historical_people(command.people, command.seed, carelessness).map_err(|why| {
        Error::Internal {
            detail: why.to_string(),
        }
    })?;
    let wrong =
        |why: csv::Error| Error::invalid("out", format!("{}: {why}", command.out.display()));
    let mut writer = csv::Writer::from_path(&command.out).map_err(wrong)?;
    writer.write_record(COLUMNS).map_err(wrong)?;
    for record in &records {
        let both = format!("{} {}", record.first_name, record.surname);
        let row = [
            &record.id,
            &record.cluster,
            &record.full_name,
            both.trim(),
            &record.first_name,
            &record.surname,
            &record.born,
            &record.birth_place,
            &record.postcode,
            &record.gender,
            &record.occupation,
        ];
        writer.write_record(row).map_err(wrong)?;
    }
    writer
        .flush()
        .map_err(|why| Error::invalid("out", why.to_string()))?;
    say(&format!(
        "{}: {} records of {} people",
        command.out.display(),
        records.len(),
        command.people
    ))
}

fn write_register(command: &Sample, entries: usize) -> Result<(), Stop> {
    let wrong =
        |why: csv::Error| Error::invalid("out", format!("{}: {why}", command.out.display()));
    let mut writer = csv::Writer::from_path(&command.out).map_err(wrong)?;
    let columns = [
        "id", "person", "given", "family", "born", "place", "sex", "damage",
    ];
    let mut written = writer.write_record(columns);
    let mut write = |entry: &RegisterEntry| {
        let (id, person) = (entry.id.as_str(), entry.person.as_str());
        let row = [
            id,
            person,
            &entry.given,
            &entry.family,
            &entry.born,
            &entry.place,
            &entry.sex,
            entry.damage,
        ];
        if written.is_ok() {
            written = writer.write_record(row);
        }
    };
    register(entries, command.seed, &mut write).map_err(|why| Error::Internal {
        detail: why.to_string(),
    })?;
    written.map_err(wrong)?;
    writer
        .flush()
        .map_err(|why| Error::invalid("out", why.to_string()))?;
    say(&format!("{}: {entries} entries", command.out.display()))
}
