//! Matching as `tests/scenarios/matching/attributes.toml` tells it, row by row, through the real engine.

use kinpath::lookup::FamilyColumns;
use kinpath::model::ids::PlaceId;
use kinpath::model::partial_date::{Day, PartialDate, Truth};
use kinpath::model::person::Gender;
use kinpath::model::waiting_family::{Acceptance, ApprovalState, WaitingFamily};
use kinpath::placement::candidate::Distance;
use kinpath::placement::matching::{
    Bound, ChildNeeds, FamilyMatch, Question, Surroundings, attributes,
};
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    number: u8,
    attribute: String,
    /// The part of the score, where it is not named after the rule.
    #[serde(default)]
    part: String,
    #[serde(default)]
    born: String,
    /// How many are to be placed together.
    #[serde(default)]
    children: usize,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    speaks: Vec<String>,
    #[serde(default)]
    goal: String,
    yes: Option<Family>,
    no: Option<Family>,
    costs: Option<Family>,
    unknown: Option<Family>,
    /// Nothing that a family answers to it changes anything.
    #[serde(default)]
    never: bool,
    /// What must be asked of the child.
    #[serde(default)]
    note: String,
}

/// What is different of the family, and what is then said.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    ages: Option<Vec<u8>>,
    room: Option<i16>,
    until: Option<String>,
    approval: Option<String>,
    hold: Option<String>,
    #[serde(default)]
    accepts: Vec<String>,
    #[serde(default)]
    speaks: Vec<String>,
    #[serde(default)]
    distance: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    knows: String,
    #[serde(default)]
    says: String,
    #[serde(default)]
    helps: String,
}

fn table() -> Table {
    let text = include_str!("../../scenarios/matching/attributes.toml");
    toml::from_str(text).expect("the table can be read")
}

fn date(text: &str) -> PartialDate {
    text.parse().expect(text)
}

fn today() -> Day {
    Day::from_ymd(2026, 11, 21).expect("a day")
}

fn question(row: &Row) -> Question {
    let born = if row.born.is_empty() {
        "2015-03-02"
    } else {
        &row.born
    };
    let child = ChildNeeds {
        name: "Sam".to_owned(),
        birth: Some(date(born)),
        gender: Gender::Male,
        languages: row.speaks.clone(),
        needs: row
            .needs
            .iter()
            .map(|need| {
                let (category, level) = need.split_once('=').expect("category=level");
                (category.to_owned(), level.parse().expect("a level"))
            })
            .collect(),
        region: "British Columbia".to_owned(),
        goals: vec![row.goal.clone()],
    };
    let children = vec![child; row.children.max(1)];
    Question::new(attributes().expect("a table"), children, today(), &|_| true)
}

fn profile(family: &Family) -> WaitingFamily {
    let ages = family.ages.clone().unwrap_or_else(|| vec![0, 18]);
    let accepts = family.accepts.iter().map(|accepts| {
        let words: Vec<&str> = accepts.split('=').collect();
        let answer = match words[2] {
            "accept" => Acceptance::Accept,
            "would_consider" => Acceptance::WouldConsider,
            "decline" => Acceptance::Decline,
            other => panic!("{other} is no answer"),
        };
        (
            words[0].to_owned(),
            words[1].parse().expect("a level"),
            answer,
        )
    });
    let until = family.until.as_deref().unwrap_or("2027-12");
    WaitingFamily {
        name: "Alder family".to_owned(),
        members: Vec::new(),
        approval: match family.approval.as_deref() {
            None => Some(ApprovalState::Approved),
            Some("in_study") => Some(ApprovalState::InStudy),
            Some(_) => None,
        },
        approved_on: Some(date("2025-01")),
        approval_expires: (!until.is_empty()).then(|| date(until)),
        capacity: u8::try_from(family.room.unwrap_or(2)).ok(),
        age_from: ages.first().copied(),
        age_to: ages.get(1).copied(),
        on_hold: match family.hold.as_deref() {
            None | Some("no") => Some(false),
            Some("yes") => Some(true),
            Some(_) => None,
        },
        place: Some(PlaceId(1)),
        languages: family.speaks.clone(),
        accepts: accepts.collect(),
        last_confirmed: Some(date("2026-11")),
    }
}

fn answer(row: &Row, family: &Family) -> FamilyMatch {
    let table = attributes().expect("a table");
    let question = question(row);
    let profile = profile(family);
    let columns = FamilyColumns::of(std::iter::once(&profile));
    let band = match family.distance.as_str() {
        "within 25" => Some(Distance::Within25),
        "within 400" => Some(Distance::Within400),
        _ => None,
    };
    let mut around = Surroundings {
        near: vec![band.map(|band| (band, 0))],
        matters: vec!["the child".to_owned()],
        in_region: vec![match family.region.as_str() {
            "yes" => Truth::Yes,
            "no" => Truth::No,
            _ => Truth::Unknown,
        }],
        ..Surroundings::default()
    };
    if !family.knows.is_empty() {
        around.attached.insert(0, family.knows.clone());
    }
    Bound::new(&question, &columns, &around, table.freshness).explain(table, 0, &profile)
}

/// The reasons of one attribute with their points.
fn reasons(found: &FamilyMatch, attribute: &str) -> Vec<(String, f64)> {
    let parts = found.parts.iter();
    parts
        .filter(|part| part.name == attribute)
        .map(|part| (part.reason.clone(), part.points))
        .collect()
}

fn check(row: &Row, wrong: &mut Vec<String>) {
    let mut expect = |holds: bool, what: &str, found: &FamilyMatch| {
        if !holds {
            wrong.push(format!(
                "{} {}: {what}\n{found:#?}",
                row.number, row.attribute
            ));
        }
    };
    let part = match row.part.is_empty() {
        true => &row.attribute,
        false => &row.part,
    };
    if let Some(family) = &row.yes {
        let found = answer(row, family);
        let reasons = reasons(&found, part);
        let told = reasons
            .iter()
            .any(|(reason, points)| *reason == family.says && *points > 0.0);
        expect(told && found.nos.is_empty(), "no yes", &found);
    }
    if let Some(family) = &row.no {
        let found = answer(row, family);
        let is_no = found.nos.len() == 1
            && found.nos[0].rule == row.attribute
            && found.nos[0].words == family.says;
        expect(is_no && found.is_near_miss(), "no no", &found);
        expect(found.would_admit() == family.helps, "other help", &found);
    }
    if let Some(family) = &row.costs {
        let found = answer(row, family);
        let told = reasons(&found, part) == [(family.says.clone(), 0.0)];
        expect(told && found.nos.is_empty(), "costs nothing", &found);
    }
    if let Some(family) = &row.unknown {
        let found = answer(row, family);
        let mut asked = found.questions.iter().chain(&found.unanswered);
        let told = asked.any(|question| *question == family.says);
        expect(told && found.nos.is_empty(), "no unknown", &found);
        let silent = reasons(&found, part).is_empty();
        expect(silent, "an unknown counts as a yes", &found);
    }
    if row.never {
        let says = |answers: &[&str]| {
            let accepts = answers.iter().map(|answer| (*answer).to_owned());
            let family = Family {
                accepts: accepts.collect(),
                ..Family::default()
            };
            answer(row, &family)
        };
        let accepted = says(&[&format!("{}=3=accept", row.attribute)]);
        let declined = says(&[&format!("{}=1=decline", row.attribute)]);
        expect(accepted == declined, "is looked at", &accepted);
        expect(accepted == says(&[]), "is looked at", &accepted);
    }
    if !row.note.is_empty() {
        let notes = question(row).notes;
        let told = notes.iter().any(|note| note.contains(&row.note));
        expect(told, "is not asked", &FamilyMatch::default());
    }
}

#[test]
fn every_attribute_says_yes_no_and_unknown() {
    let (mut wrong, mut numbers) = (Vec::new(), BTreeSet::new());
    for row in table().row {
        numbers.insert(row.number);
        check(&row, &mut wrong);
    }
    assert_eq!(numbers, (1..=31).collect(), "rows of the domain notes");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
