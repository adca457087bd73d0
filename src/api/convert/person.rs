//! People, dates, sources and statements.

use super::same_person::joined_record;
use crate::api::v1;
use crate::error::Error;
use crate::model::lead::PersonSummary;
use crate::model::partial_date::{Day, PartialDate};
use crate::model::statement::Source;
use crate::workflow::{FoundPerson, PersonRecord, SearchReason, ShownStatement};

/// A date as a message.
pub fn date(date: PartialDate) -> v1::PartialDate {
    let (earliest, latest) = date.possible_days();
    let text = |day: Option<Day>| day.map_or_else(String::new, day_in_digits);
    v1::PartialDate {
        edtf: date.to_string(),
        words: date.in_words(),
        earliest: text(earliest),
        latest: text(latest),
    }
}

/// YYYY-MM-DD. An answer holds hundreds of days: for the usual years the digits are written without formatting.
fn day_in_digits(day: Day) -> String {
    let (year, month, day_of_month) = day.ymd();
    let Some(year) = u16::try_from(year).ok().filter(|year| *year <= 9999) else {
        return day.to_string();
    };
    let mut text = String::with_capacity(10);
    let mut push = |number: u16| text.push(char::from(b'0' + (number % 10) as u8));
    push(year / 1000);
    push(year / 100);
    push(year / 10);
    push(year);
    for part in [month, day_of_month] {
        text.push('-');
        for digit in [part / 10, part % 10] {
            text.push(char::from(b'0' + digit));
        }
    }
    text
}

/// A date of a request; only its EDTF text is read. Absent and empty mean that no date was given.
pub fn read_date(
    field: &str,
    message: Option<v1::PartialDate>,
) -> Result<Option<PartialDate>, Error> {
    let Some(message) = message else {
        return Ok(None);
    };
    let text = message.edtf.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse::<PartialDate>()
        .map(Some)
        .map_err(|why| Error::invalid(format!("{field}.edtf"), why.to_string()))
}

/// A source as a message; absent where it says nothing.
pub fn source(source: &Source) -> Option<v1::Source> {
    if *source == Source::default() {
        return None;
    }
    Some(v1::Source {
        document: source.document.clone(),
        page: source.page.clone(),
        date: source.date.map(date),
        asserter: source.asserter.clone(),
    })
}

/// A source of a request.
pub fn read_source(field: &str, message: Option<v1::Source>) -> Result<Source, Error> {
    let message = message.unwrap_or_default();
    Ok(Source {
        document: message.document.trim().to_owned(),
        page: message.page.trim().to_owned(),
        date: read_date(&format!("{field}.date"), message.date)?,
        asserter: message.asserter.trim().to_owned(),
    })
}

/// A person in brief, with their age on a day.
pub fn person_summary(person: &PersonSummary, on: Day) -> v1::PersonSummary {
    v1::PersonSummary {
        name: format!("people/{}", person.public_id),
        display_name: person.name.clone(),
        named: person.named,
        gender: v1::Gender::from(person.gender).into(),
        birth: person.birth.map(date),
        dead: person.dead,
        death: person.death.map(date),
        age: if person.dead {
            String::new()
        } else {
            age_in_words(person.birth, on)
        },
        also_recorded_as: person.also_recorded_as.iter().map(joined_record).collect(),
    }
}

/// Only who a person is: enough to name a step of a path, of which an answer has hundreds.
pub fn person_named(person: &PersonSummary) -> v1::PersonSummary {
    v1::PersonSummary {
        name: format!("people/{}", person.public_id),
        display_name: person.name.clone(),
        named: person.named,
        gender: v1::Gender::from(person.gender).into(),
        dead: person.dead,
        ..v1::PersonSummary::default()
    }
}

/// "41", "39 to 41", "at least 60", "at most 12"; empty where nothing is known.
fn age_in_words(birth: Option<PartialDate>, on: Day) -> String {
    let Some(birth) = birth else {
        return String::new();
    };
    let age = birth.age_on(on);
    match (age.least.map(|years| years.max(0)), age.greatest) {
        (_, Some(greatest)) if greatest < 0 => String::new(),
        (Some(least), Some(greatest)) if least == greatest => least.to_string(),
        (Some(least), Some(greatest)) => format!("{least} to {greatest}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(greatest)) => format!("at most {greatest}"),
        (None, None) => String::new(),
    }
}

/// Somebody found, with the reasons.
pub fn found_person(found: &FoundPerson, on: Day) -> v1::FoundPerson {
    v1::FoundPerson {
        person: Some(person_summary(&found.person, on)),
        probability: found.probability,
        matched_name: found.matched_name.clone(),
        reasons: found.reasons.iter().map(search_reason).collect(),
        external_id: found
            .external_id
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

fn search_reason(reason: &SearchReason) -> v1::SearchReason {
    v1::SearchReason {
        field: reason.field.to_owned(),
        words: reason.words.clone(),
        bits: reason.bits,
    }
}

/// Everything recorded of a person.
pub fn person_record(record: &PersonRecord, on: Day) -> v1::Person {
    v1::Person {
        summary: Some(person_summary(&record.person, on)),
        external_ids: record
            .external_ids
            .iter()
            .map(ToString::to_string)
            .collect(),
        statements: record.statements.iter().map(statement).collect(),
        etag: record.etag.clone(),
    }
}

fn statement(statement: &ShownStatement) -> v1::Statement {
    v1::Statement {
        kind: statement.kind.clone(),
        words: statement.words.clone(),
        certainty: v1::Certainty::from(statement.certainty).into(),
        valid_from: statement.valid_from.map(date),
        valid_to: statement.valid_to.map(date),
        seal: v1::SealClass::from(statement.seal).into(),
        source: source(&statement.source),
        recorded_in: super::revision_text(statement.recorded_in),
        ..v1::Statement::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(birth: &str) -> String {
        let on = Day::from_ymd(2026, 11, 21).unwrap();
        age_in_words(Some(birth.parse().unwrap()), on)
    }

    #[test]
    fn ages_read_as_people_say_them() {
        assert_eq!(age("1985-11-21"), "41");
        assert_eq!(age("1985-11-22"), "40");
        assert_eq!(age("1985"), "40 to 41");
        assert_eq!(age("[..1960]"), "at least 65");
        assert_eq!(age("[2010..]"), "at most 16");
        assert_eq!(age("2030"), "");
        assert_eq!(age_in_words(None, Day(0)), "");
    }

    #[test]
    fn days_are_written_as_the_model_writes_them() {
        for (year, month, day) in [
            (1, 1, 1),
            (987, 12, 31),
            (2026, 11, 21),
            (9999, 2, 3),
            (-44, 3, 15),
        ] {
            let day = Day::from_ymd(year, month, day).unwrap();
            assert_eq!(day_in_digits(day), day.to_string());
        }
    }

    #[test]
    fn dates_of_requests_are_validated() {
        let read = |edtf: &str| {
            read_date(
                "birth",
                Some(v1::PartialDate {
                    edtf: edtf.to_owned(),
                    ..Default::default()
                }),
            )
        };
        assert!(matches!(read("1961-02"), Ok(Some(_))));
        assert!(matches!(read(" "), Ok(None)));
        let Err(Error::InvalidInput { field, .. }) = read("1961-02-31") else {
            panic!("31 February was taken");
        };
        assert_eq!(field, "birth.edtf");
    }
}
