//! `tests/scenarios/record_connection.toml`: what a specialist says of somebody found, and how it is understood.

use super::family_lines::FamilyLines;
use super::find_family::day;
use super::world::World;
use kinpath::access::Permit;
use kinpath::error::Error;
use kinpath::model::ids::PersonId;
use kinpath::model::person::Gender;
use kinpath::model::statement::{Certainty, Source};
use kinpath::model::tie::Side;
use kinpath::workflow::{
    RecordConnection, RecordedConnection, name_relationship, record_connection,
};
use serde::Deserialize;

const TODAY: &str = "2026-11-21";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    family: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    title: String,
    child: String,
    people: Vec<String>,
    ties: Vec<String>,
    rows: Vec<Row>,
}

/// What is sent, then what is expected of it. Each row begins with the family as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    relation: String,
    #[serde(default)]
    side: String,
    #[serde(default)]
    choice: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    nation: String,
    #[serde(default)]
    gender: String,
    #[serde(default)]
    born: String,

    /// How it is understood.
    understood: Option<String>,
    /// What the person recorded is to the child afterwards, nearest first; as understood where it is not given. "none":
    /// no kin.
    then: Option<Vec<String>>,
    /// Words that the conclusions hold, together.
    #[serde(default)]
    concludes: Vec<String>,
    /// The placeholders made, exactly.
    #[serde(default)]
    placeholders: Vec<String>,
    /// The person recorded is this one, who was recorded before without a name.
    named_now: Option<String>,
    /// The choices returned, exactly.
    choices: Option<Vec<String>>,
    /// The field at fault, and words of the reason.
    error: Option<String>,
    #[serde(default)]
    reason: String,
    /// Sent again with the same request id: "same" or "other payload".
    again: Option<String>,
}

#[test]
fn every_connection_is_understood_as_a_specialist_means_it() {
    let table: Table =
        toml::from_str(include_str!("../../scenarios/record_connection.toml")).unwrap();
    let mut failures = Vec::new();
    let mut rows = 0;
    for family in &table.family {
        for row in &family.rows {
            rows += 1;
            if let Err(failure) = check(family, row) {
                let said = [&row.relation, &row.side, &row.choice, &row.name];
                failures.push(format!("{}: {said:?}: {failure}", family.title));
            }
        }
    }
    assert!(rows >= 25, "only {rows} rows");
    assert!(
        failures.is_empty(),
        "{} of {rows} rows fail\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn check(family: &Family, row: &Row) -> Result<(), String> {
    let lines = FamilyLines {
        people: family.people.clone(),
        ties: family.ties.clone(),
        ..FamilyLines::default()
    };
    let world = World::of(&family.child, &lines)?;
    let child = world.person(&family.child)?;
    let request = request(row, child)?;
    let permit = Permit::local_operator();
    let before = world.store.snapshot().unwrap().revision();
    let outcome = record_connection(&world.store, &permit, &request);
    match (&row.understood, &row.choices, &row.error, outcome) {
        (Some(_), None, None, Ok(recorded)) => {
            check_recorded(&world, child, row, &recorded)?;
            check_again(&world, &request, row, &recorded)
        }
        (None, Some(expected), None, Err(Error::Ambiguous { choices, .. })) => {
            let found: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
            unchanged(&world, before)?;
            equal(
                "choices",
                &expected.iter().map(String::as_str).collect::<Vec<_>>(),
                &found,
            )
        }
        (
            None,
            None,
            Some(field),
            Err(Error::InvalidInput {
                field: found,
                reason,
            }),
        ) => {
            unchanged(&world, before)?;
            match &found == field && reason.contains(&row.reason) {
                true => Ok(()),
                false => Err(format!("found an error of {found}: {reason}")),
            }
        }
        (_, _, _, outcome) => Err(format!("found {outcome:?}")),
    }
}

fn unchanged(world: &World, before: kinpath::model::ids::Revision) -> Result<(), String> {
    match world.store.snapshot().unwrap().revision() == before {
        true => Ok(()),
        false => Err("something was recorded all the same".to_owned()),
    }
}

fn request(row: &Row, child: PersonId) -> Result<RecordConnection, String> {
    let birth = match row.born.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| format!("born = \"{text}\""))?),
    };
    Ok(RecordConnection {
        child,
        relation: row.relation.clone(),
        side: Side::from_word(&row.side).ok_or_else(|| format!("side = \"{}\"", row.side))?,
        name: row.name.clone(),
        gender: match row.gender.as_str() {
            "" => Gender::Unknown,
            "woman" => Gender::Female,
            "man" => Gender::Male,
            other => return Err(format!("gender = \"{other}\"")),
        },
        birth,
        dead: None,
        place: String::new(),
        nation: row.nation.clone(),
        phone: String::new(),
        email: String::new(),
        note: String::new(),
        certainty: Certainty::Reported,
        source: Source {
            document: "interview".to_owned(),
            ..Source::default()
        },
        choice: row.choice.clone(),
        request_id: row
            .again
            .as_ref()
            .map_or(String::new(), |_| "request 1".to_owned()),
        validate_only: false,
        today: day(TODAY)?,
    })
}

fn check_recorded(
    world: &World,
    child: PersonId,
    row: &Row,
    recorded: &RecordedConnection,
) -> Result<(), String> {
    let understood = row.understood.clone().unwrap_or_default();
    equal(
        "understood",
        understood.as_str(),
        recorded.relation.as_str(),
    )?;
    let conclusions: Vec<&str> = recorded
        .conclusions
        .iter()
        .map(|conclusion| conclusion.words.as_str())
        .collect();
    for words in &row.concludes {
        if !conclusions
            .iter()
            .any(|found| found.contains(words.as_str()))
        {
            return Err(format!("nothing concludes \"{words}\": {conclusions:?}"));
        }
    }
    let placeholders: Vec<&str> = recorded
        .placeholders
        .iter()
        .map(|person| person.name.as_str())
        .collect();
    equal(
        "placeholders",
        &row.placeholders
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
        &placeholders,
    )?;
    let person = recorded.person.as_ref().ok_or("nobody was recorded")?;
    if let Some(known) = &row.named_now {
        equal("the person", &world.person(known)?, &person.id)?;
    }
    let permit = Permit::local_operator();
    let answer = name_relationship(&world.store, &permit, child, person.id, day(TODAY)?)
        .map_err(|error| error.to_string())?;
    let found: Vec<String> = answer
        .relations
        .into_iter()
        .map(|relation| relation.words)
        .collect();
    let then = row.then.clone().unwrap_or_else(|| vec![understood]);
    equal("then", &then, &found)?;
    match row.name.is_empty() || answer.b.name == row.name {
        true => Ok(()),
        false => Err(format!("recorded as {}", answer.b.name)),
    }
}

/// The same request twice is one; the same id for something else is an error.
fn check_again(
    world: &World,
    request: &RecordConnection,
    row: &Row,
    first: &RecordedConnection,
) -> Result<(), String> {
    let permit = Permit::local_operator();
    match row.again.as_deref() {
        None => Ok(()),
        Some("same") => {
            let second = record_connection(&world.store, &permit, request)
                .map_err(|error| error.to_string())?;
            equal(
                "the same answer",
                &format!("{first:?}"),
                &format!("{second:?}"),
            )
        }
        Some("other payload") => {
            let other = RecordConnection {
                name: format!("{} the other", request.name),
                ..request.clone()
            };
            match record_connection(&world.store, &permit, &other) {
                Err(Error::RequestIdReused) => Ok(()),
                outcome => Err(format!("the id was used for something else: {outcome:?}")),
            }
        }
        Some(other) => Err(format!("again = \"{other}\"")),
    }
}

fn equal<T: PartialEq + std::fmt::Debug + ?Sized>(
    what: &str,
    expected: &T,
    found: &T,
) -> Result<(), String> {
    match expected == found {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected:?}, found {found:?}")),
    }
}
