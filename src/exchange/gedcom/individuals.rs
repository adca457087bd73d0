//! INDI records: names, sex, birth and death, places lived, contact points.

use super::nations::{FileNations, read_nations};
use super::person_names::read_names;
use super::reader::Reading;
use crate::exchange::report::shown;
use crate::model::ids::{PlaceId, SubjectKind};
use crate::model::partial_date::{End, PartialDate};
use crate::model::person::{Contact, ContactKind, Death, Gender, Residence};
use crate::model::statement::{Evidence, Fact};
use crate::names::normalize::join_parts;

/// Gives every person a number, then reads what is said of each.
pub fn read_individuals(reading: &mut Reading<'_>) {
    let records = reading.records_of("INDI");
    let mut nations = FileNations::default();
    for record in records {
        let line = reading.take(record);
        let person = if line.xref.is_empty() {
            let made = format!("line-{}", line.number);
            reading.assembly.add_subject(SubjectKind::Person, &made)
        } else {
            reading.assembly.add_subject(SubjectKind::Person, line.xref)
        };
        reading.note_person(record, person);
        read_names(reading, record, person);
        read_sex(reading, record, person);
        read_birth(reading, record, person);
        read_death(reading, record, person);
        read_residences(reading, record, person);
        read_nations(reading, &mut nations, record, person);
        read_contacts(reading, record, record, person);
        read_notes(reading, record, person);
    }
}

/// Notes in the record itself; those in records of their own are kept as they stand.
fn read_notes(reading: &mut Reading<'_>, record: usize, person: u64) {
    for line in reading.take_all(record, "NOTE") {
        let text = reading.tree.text(line).trim().to_owned();
        if text.is_empty() || reading.tree.line(line).pointer().is_some() {
            reading.keep_too(line);
            continue;
        }
        let standing = reading.standing(record, line);
        reading
            .assembly
            .add_fact(person, Fact::Note(text), standing.always());
    }
}

fn read_sex(reading: &mut Reading<'_>, record: usize, person: u64) {
    let Some(line) = reading.take_first(record, "SEX") else {
        return;
    };
    let value = reading.tree.line(line).value.trim();
    let gender = match value.to_uppercase().as_str() {
        "F" | "FEMALE" => Gender::Female,
        "M" | "MALE" => Gender::Male,
        "X" | "O" => Gender::Other,
        "U" | "N" | "?" | "" | "UNKNOWN" => {
            reading.keep_too(line);
            return;
        }
        _ => {
            reading.give_back(line);
            reading.warn(
                line,
                format!(
                    "the sex {} is not one of M, F, X, U and is not taken",
                    shown(value)
                ),
            );
            return;
        }
    };
    let standing = reading.standing(record, line);
    reading
        .assembly
        .add_fact(person, Fact::Gender(gender), standing.always());
}

fn read_birth(reading: &mut Reading<'_>, record: usize, person: u64) {
    // The first is the preferred one; others are listed as not taken.
    if let Some(birth) = reading.take_first(record, "BIRT") {
        let date = reading.take_date(birth);
        let standing = reading.standing(record, birth);
        let place = take_place(reading, record, birth);
        if date.is_some() || place.is_some() {
            if let Some(date) = date {
                reading.note_birth(person, date);
            }
            reading
                .assembly
                .add_fact(person, Fact::Birth { date, place }, standing.always());
            return;
        }
        reading.keep_too(birth);
    }
    for tag in ["CHR", "BAPM"] {
        let Some(baptism) = reading.take_first(record, tag) else {
            continue;
        };
        let standing = reading.standing(record, baptism);
        let date = reading.take_date(baptism).and_then(not_after);
        reading.keep_too(baptism);
        if let Some(date) = date {
            reading.note_birth(person, date);
            let birth = Fact::Birth {
                date: Some(date),
                place: None,
            };
            reading.assembly.add_fact(person, birth, standing.always());
            return;
        }
    }
}

/// At some time until the last day of a date: `[..date]`.
pub fn not_after(date: PartialDate) -> Option<PartialDate> {
    let end = match date {
        PartialDate::Single(point) => point,
        PartialDate::Interval(_, End::At(point)) | PartialDate::OneOf(_, End::At(point)) => point,
        PartialDate::Interval(..) | PartialDate::OneOf(..) => return None,
    };
    Some(PartialDate::OneOf(End::Open, End::At(end)))
}

fn read_death(reading: &mut Reading<'_>, record: usize, person: u64) {
    if let Some(death) = reading.take_first(record, "DEAT") {
        let value = reading.tree.line(death).value.trim().to_uppercase();
        if value == "N" {
            reading.warn(death, "DEAT N is not a form of GEDCOM and is not taken");
            reading.give_back(death);
            return;
        }
        let date = reading.take_date(death);
        let standing = reading.standing(record, death);
        let place = take_place(reading, record, death);
        let death = Death {
            dead: true,
            date,
            place,
        };
        reading
            .assembly
            .add_fact(person, Fact::Death(death), standing.always());
        return;
    }
    for tag in ["BURI", "CREM"] {
        if let Some(burial) = reading.take_first(record, tag) {
            let date = reading.take_date(burial).and_then(not_after);
            let standing = reading.standing(record, burial);
            reading.keep_too(burial);
            let death = Death {
                dead: true,
                date,
                place: None,
            };
            reading
                .assembly
                .add_fact(person, Fact::Death(death), standing.always());
            return;
        }
    }
}

fn read_residences(reading: &mut Reading<'_>, record: usize, person: u64) {
    for residence in reading.take_all(record, "RESI") {
        let date = reading.take_date(residence);
        let standing = reading.standing(record, residence);
        let has_contacts = read_contacts(reading, record, residence, person);
        match take_place(reading, record, residence) {
            Some(place) => {
                let (from, to) = bounds(date);
                let fact = Fact::Residence(Residence { place });
                let evidence = standing.during(from, to);
                if date.is_some() && during(&evidence) != date {
                    reading.keep_date(residence);
                }
                reading.assembly.add_fact(person, fact, evidence);
            }
            None if has_contacts => reading.keep_too(residence),
            None => reading.give_back(residence),
        }
    }
}

/// From when until when something was true, as one date.
pub fn during(evidence: &Evidence) -> Option<PartialDate> {
    let point = |date: Option<PartialDate>| match date {
        Some(PartialDate::Single(point)) => End::At(point),
        _ => End::Unknown,
    };
    match (evidence.valid_from, evidence.valid_to) {
        (from, None) => from,
        (from, to) => Some(PartialDate::Interval(point(from), point(to))),
    }
}

/// The beginning and end of a residence; a single date is its beginning.
fn bounds(date: Option<PartialDate>) -> (Option<PartialDate>, Option<PartialDate>) {
    match date {
        Some(PartialDate::Interval(first, last)) => {
            let point = |end| match end {
                End::At(point) => Some(PartialDate::Single(point)),
                End::Open | End::Unknown => None,
            };
            (point(first), point(last))
        }
        date => (date, None),
    }
}

fn take_place(reading: &mut Reading<'_>, record: usize, event: usize) -> Option<PlaceId> {
    let line = reading.take_first(event, "PLAC")?;
    let name = reading
        .tree
        .line(line)
        .value
        .trim()
        .trim_matches(',')
        .trim();
    if name.is_empty() {
        return None;
    }
    let standing = reading.standing(record, record);
    let place = reading.assembly.place(name, standing);
    if let Some(centre) = reading.take_coordinates(line) {
        reading.assembly.set_centre(place, centre);
    }
    Some(place)
}

/// Contact points, of which the lines are kept too. True if there are any.
fn read_contacts(reading: &mut Reading<'_>, record: usize, holder: usize, person: u64) -> bool {
    let standing = reading.standing(record, holder);
    let mut found = false;
    for (tag, kind) in CONTACTS {
        for line in reading.take_all(holder, tag) {
            let below: Vec<usize> = reading.tree.children(line).collect();
            let parts: Vec<(&str, String)> = below
                .into_iter()
                .map(|part| (reading.tree.line(part).tag, reading.tree.own_text(part)))
                .collect();
            let value = contact_value(&reading.tree.text(line), &parts);
            reading.keep_too(line);
            if !value.is_empty() {
                found = true;
                let contact = Contact { kind, value };
                let fact = Fact::Contact(contact);
                reading.assembly.add_fact(person, fact, standing.always());
            }
        }
    }
    found
}

/// The tags of contact points.
pub const CONTACTS: [(&str, ContactKind); 4] = [
    ("PHON", ContactKind::Phone),
    ("EMAIL", ContactKind::Email),
    ("EMAI", ContactKind::Email),
    ("ADDR", ContactKind::Address),
];

/// A contact point in one text: the value, and of an address the parts below that it does not hold yet.
pub fn contact_value(text: &str, parts: &[(&str, String)]) -> String {
    let mut value = text.trim().to_owned();
    for wanted in ["ADR1", "ADR2", "ADR3", "CITY", "STAE", "POST", "CTRY"] {
        let part = parts.iter().find(|(tag, _)| *tag == wanted);
        let part = part.map_or("", |(_, part)| part.trim());
        if !part.is_empty() && !value.contains(part) {
            value = join_parts(&value, part);
        }
    }
    value
}
