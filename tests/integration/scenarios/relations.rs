//! `tests/scenarios/relations.toml`: what people are to each other, in words, for what genealogy programs lack.

use super::family_lines::FamilyLines;
use super::find_family::day;
use super::world::World;
use kinpath::access::Permit;
use kinpath::model::lead::Relation;
use kinpath::workflow::name_relationship;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    as_of: String,
    family: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    title: String,
    people: Vec<String>,
    ties: Vec<String>,
    rows: Vec<Row>,
}

/// `b` is the `words` of `a`; `a` is the `back` of `b`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    a: String,
    b: String,
    words: Words,
    back: Option<Words>,
    degree: Option<u8>,
    up: Option<u8>,
    down: Option<u8>,
    side: Option<String>,
    line: Option<String>,
    sibship: Option<String>,
    as_of: Option<String>,
}

/// One relation, or all of them, nearest first; none is an empty list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    All(Vec<String>),
}

impl Words {
    fn all(&self) -> Vec<&str> {
        match self {
            Words::One(words) => vec![words],
            Words::All(words) => words.iter().map(String::as_str).collect(),
        }
    }
}

#[test]
fn every_relation_is_named_as_people_say_it() {
    let text = include_str!("../../scenarios/relations.toml");
    let table: Table = toml::from_str(text).unwrap();
    let mut failures = Vec::new();
    let mut rows = 0;
    for family in &table.family {
        let lines = FamilyLines {
            people: family.people.clone(),
            ties: family.ties.clone(),
            ..FamilyLines::default()
        };
        let world = match World::of("", &lines) {
            Ok(world) => world,
            Err(error) => {
                failures.push(format!("{}: {error}", family.title));
                continue;
            }
        };
        for row in &family.rows {
            rows += 1;
            if let Err(failure) = check(&world, row, &table.as_of) {
                failures.push(format!(
                    "{}: {} → {}: {failure}",
                    family.title, row.a, row.b
                ));
            }
        }
    }
    assert!(rows >= 70, "only {rows} rows");
    assert!(
        failures.is_empty(),
        "{} of {rows} rows fail\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn check(world: &World, row: &Row, as_of: &str) -> Result<(), String> {
    let as_of = row.as_of.as_deref().unwrap_or(as_of);
    let relations = relations(world, &row.a, &row.b, as_of)?;
    same(&row.words.all(), &relations)?;
    if let Some(back) = &row.back {
        let relations = self::relations(world, &row.b, &row.a, as_of)?;
        same(&back.all(), &relations).map_err(|failure| format!("back: {failure}"))?;
    }
    let Some(first) = relations.first() else {
        return Ok(());
    };
    let mut unmet = Vec::new();
    for (what, expected, found) in [
        ("degree", row.degree, first.civil_degree),
        ("up", row.up, first.up),
        ("down", row.down, first.down),
    ] {
        if expected.is_some_and(|expected| expected != found) {
            unmet.push(format!("{what} {found}"));
        }
    }
    for (what, expected, found) in [
        ("side", &row.side, first.side.word()),
        ("line", &row.line, first.line.word()),
        ("sibship", &row.sibship, first.sibship.word()),
    ] {
        if expected.as_ref().is_some_and(|expected| expected != found) {
            unmet.push(format!("{what} \"{found}\""));
        }
    }
    match unmet.is_empty() {
        true => Ok(()),
        false => Err(format!("found {}", unmet.join(", "))),
    }
}

fn relations(world: &World, a: &str, b: &str, as_of: &str) -> Result<Vec<Relation>, String> {
    let permit = Permit::local_operator();
    let (a, b) = (world.person(a)?, world.person(b)?);
    name_relationship(&world.store, &permit, a, b, day(as_of)?)
        .map(|answer| answer.relations)
        .map_err(|error| error.to_string())
}

fn same(expected: &[&str], relations: &[Relation]) -> Result<(), String> {
    let found: Vec<&str> = relations
        .iter()
        .map(|relation| relation.words.as_str())
        .collect();
    match found == expected {
        true => Ok(()),
        false => Err(format!("expected {expected:?}, found {found:?}")),
    }
}
