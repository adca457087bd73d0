//! The scenarios of `tests/scenarios/pathways/`: one small family each, a child and somebody who could become permanent
//! family, and which forms of permanence a practitioner expects to be open.

use super::family_lines::FamilyLines;
use super::find_family::day;
use super::world::World;
use kinpath::access::Permit;
use kinpath::model::absence::PersonOrFamily;
use kinpath::model::partial_date::Truth;
use kinpath::model::permanence::{ConditionAnswer, PathwayState, PathwaysAnswer};
use kinpath::model::visibility::Visibility;
use kinpath::workflow::{ListPathways, list_pathways};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    title: String,
    story: String,
    as_of: String,
    question: Question,
    family: FamilyLines,
    /// By the pathway's id.
    expect: BTreeMap<String, Expected>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    child: String,
    /// A person or a waiting family, by name.
    lead: String,
    order: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// "open", "needs review", "not met".
    state: String,
    /// Beginnings of the conditions that are not met: all of them.
    #[serde(default)]
    no: Vec<String>,
    /// Beginnings of the conditions of which nothing is known: all of them.
    #[serde(default)]
    unknown: Vec<String>,
    /// Words that some condition's reason holds.
    #[serde(default)]
    because: Vec<String>,
    /// Services that are suggested, among others.
    #[serde(default)]
    services: Vec<String>,
}

#[test]
fn every_scenario_is_answered_as_the_practice_expects() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/pathways");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 9, "only {} scenarios", files.len());
    let mut failures = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let scenario: Scenario =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        if let Err(failure) = run(&scenario) {
            failures.push(format!("── {}\n{failure}", scenario.title));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn run(scenario: &Scenario) -> Result<(), String> {
    if scenario.story.split_whitespace().count() < 10 {
        return Err("the story is missing".to_owned());
    }
    let world = World::of(&scenario.question.child, &scenario.family)?;
    let answer = ask(&world, scenario)?;
    let mut unmet = Vec::new();
    for (id, expected) in &scenario.expect {
        match answer.pathways.iter().find(|pathway| pathway.id == *id) {
            None => unmet.push(format!("there is no pathway \"{id}\"")),
            Some(pathway) => {
                let reasons: Vec<&str> = pathway
                    .conditions
                    .iter()
                    .map(|condition| condition.because.as_str())
                    .collect();
                if state(pathway.state) != expected.state {
                    unmet.push(format!("{id} is {}", state(pathway.state)));
                }
                for (truth, listed) in [
                    (Truth::No, &expected.no),
                    (Truth::Unknown, &expected.unknown),
                ] {
                    unmet.extend(
                        difference(&pathway.conditions, truth, listed)
                            .map(|words| format!("{id}: {words}")),
                    );
                }
                for words in &expected.because {
                    if !reasons.iter().any(|reason| reason.contains(words)) {
                        unmet.push(format!("{id}: no reason holds \"{words}\""));
                    }
                }
                for service in &expected.services {
                    if pathway.services.iter().all(|known| known.id != *service) {
                        unmet.push(format!("{id}: the service {service} is not suggested"));
                    }
                }
            }
        }
    }
    match unmet.is_empty() {
        true => Ok(()),
        false => Err(format!("{}\n{}", unmet.join("\n"), told(&answer))),
    }
}

/// What is answered so and not expected, or expected and answered otherwise.
fn difference<'a>(
    conditions: &'a [ConditionAnswer],
    truth: Truth,
    expected: &'a [String],
) -> impl Iterator<Item = String> + 'a {
    let found: Vec<&ConditionAnswer> = conditions
        .iter()
        .filter(|condition| condition.met == truth)
        .collect();
    let missing = expected
        .iter()
        .filter({
            let found = found.clone();
            move |words| {
                found
                    .iter()
                    .all(|one| !one.words.starts_with(words.as_str()))
            }
        })
        .map(move |words| format!("\"{words}\" should be {truth:?}"));
    let surplus = found
        .into_iter()
        .filter(|one| {
            !expected
                .iter()
                .any(|words| one.words.starts_with(words.as_str()))
        })
        .map(move |one| format!("\"{}\" is {truth:?}: {}", one.words, one.because));
    missing.chain(surplus)
}

fn ask(world: &World, scenario: &Scenario) -> Result<PathwaysAnswer, String> {
    let lead = match world.person(&scenario.question.lead) {
        Ok(person) => PersonOrFamily::Person(person),
        Err(nobody) => {
            let snapshot = world.store.snapshot().map_err(|error| error.to_string())?;
            let families = snapshot.all_waiting_families(&Visibility::all());
            let families = families.map_err(|error| error.to_string())?;
            let found = families
                .iter()
                .find(|(_, _, family)| family.name == scenario.question.lead);
            PersonOrFamily::Family(found.ok_or(nobody)?.0)
        }
    };
    let question = ListPathways {
        child: world.person(&scenario.question.child)?,
        lead,
        as_of: day(&scenario.as_of)?,
        order: scenario.question.order.clone(),
    };
    list_pathways(&world.store, &Permit::local_operator(), &question)
        .map_err(|error| error.to_string())
}

fn state(state: PathwayState) -> &'static str {
    match state {
        PathwayState::Open => "open",
        PathwayState::NeedsReview => "needs review",
        PathwayState::NotMet => "not met",
    }
}

fn told(answer: &PathwaysAnswer) -> String {
    let mut text = format!(
        "relation: {}; rules: {}\n",
        answer.relation, answer.rules.id
    );
    for pathway in &answer.pathways {
        text.push_str(&format!("{}: {}\n", pathway.id, state(pathway.state)));
        for condition in &pathway.conditions {
            text.push_str(&format!(
                "  {:?} {}: {}\n",
                condition.met, condition.words, condition.because
            ));
        }
    }
    text
}
