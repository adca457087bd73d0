//! The scenarios of `tests/scenarios/find_family/`: one small family each, one question, and the answer expected.

use super::absence::explain_everybody;
use super::answer::{name, told};
use super::expectation::Expectation;
use super::family_lines::FamilyLines;
use super::scene_step::SceneStep;
use super::world::World;
use kinpath::access::Permit;
use kinpath::model::case::Purpose;
use kinpath::model::lead::{FamilyAnswer, Lead, LeadTarget};
use kinpath::model::partial_date::{Day, PartialDate};
use kinpath::model::statement::SealClass;
use kinpath::model::visibility::Visibility;
use kinpath::workflow::{FindFamily, find_family};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    title: String,
    /// What happened and what a practitioner expects, in two to five plain sentences.
    story: String,
    as_of: String,
    question: Question,
    family: FamilyLines,
    /// Set where the reader must refuse the family: words of its finding.
    refused: Option<String>,
    #[serde(default)]
    expect: Expectation,
    /// What others, who may see less, get to see.
    #[serde(default)]
    expect_as: Vec<ExpectAs>,
    /// What happens next, and what is expected then.
    #[serde(default)]
    step: Vec<SceneStep>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    child: String,
    #[serde(default)]
    purpose: String,
    order: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectAs {
    /// "open only", or "open only, with address", …
    visibility: String,
    expect: Expectation,
    /// Links that are not sealed themselves, but would tell both sides of a sealed adoption.
    #[serde(default)]
    hidden_links: Vec<String>,
}

#[test]
fn every_scenario_is_answered_as_the_practice_expects() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/find_family");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 40, "only {} scenarios", files.len());
    let mut failures = Vec::new();
    let mut titles = BTreeSet::new();
    for file in &files {
        let shown = file.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(file).unwrap();
        let failure = match toml::from_str::<Scenario>(&text) {
            Err(error) => Err(error.to_string()),
            Ok(scenario) if !titles.insert(scenario.title.clone()) => {
                Err("another scenario has this title".to_owned())
            }
            Ok(scenario) => run(&scenario),
        };
        if let Err(failure) = failure {
            failures.push(format!("── {shown}\n{failure}"));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} scenarios fail\n{}",
        failures.len(),
        files.len(),
        failures.join("\n")
    );
}

fn run(scenario: &Scenario) -> Result<(), String> {
    if scenario.story.split_whitespace().count() < 10 {
        return Err("the story is missing".to_owned());
    }
    let world = World::of(&scenario.question.child, &scenario.family);
    if let Some(reason) = &scenario.refused {
        return match world {
            Err(error) if error.contains(reason.as_str()) => Ok(()),
            Err(error) => Err(format!("should be refused for \"{reason}\": {error}")),
            Ok(_) => Err(format!("should be refused: {reason}")),
        };
    }
    let world = world?;
    let answer = ask(&world, scenario, Visibility::all())?;
    explain(&world, scenario, Visibility::all(), &answer)?;
    let mut unmet = scenario.expect.unmet(&answer);
    unmet.extend(broken_promises(&answer));
    if !unmet.is_empty() {
        return Err(format!(
            "{}\nthe whole answer:\n{}",
            unmet.join("\n"),
            told(&answer)
        ));
    }
    for other in &scenario.expect_as {
        run_as(&world, scenario, other)
            .map_err(|failure| format!("as \"{}\": {failure}", other.visibility))?;
    }
    let first = told(&answer);
    for (number, step) in scenario.step.iter().enumerate() {
        run_step(&world, scenario, step, &first)
            .map_err(|failure| format!("step {}: {failure}", number + 1))?;
    }
    Ok(())
}

/// Does what the step says, and asks again.
fn run_step(
    world: &World,
    scenario: &Scenario,
    step: &SceneStep,
    first: &str,
) -> Result<(), String> {
    step.take(world)?;
    let answer = ask(world, scenario, Visibility::all())?;
    let mut unmet = broken_promises(&answer);
    if let Some(expect) = &step.expect {
        unmet.extend(expect.unmet(&answer));
    }
    let same_as = match step.same_answer_as.as_deref() {
        None => None,
        Some("at first") => Some(first.to_owned()),
        Some("without links") => {
            let mut family = scenario.family.clone();
            family.links.clear();
            let without = World::of(&scenario.question.child, &family)?;
            Some(told(&ask(&without, scenario, Visibility::all())?))
        }
        Some(other) => return Err(format!("same_answer_as = \"{other}\"")),
    };
    if let Some(same_as) = same_as
        && same_as != told(&answer)
    {
        unmet.push(format!("should be the same answer as:\n{same_as}"));
    }
    match unmet.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{}\nthe whole answer:\n{}",
            unmet.join("\n"),
            told(&answer)
        )),
    }
}

/// Whoever sees only what is open gets the answer that they would get if the sealed lines had never been entered.
fn run_as(world: &World, scenario: &Scenario, other: &ExpectAs) -> Result<(), String> {
    let answer = ask(world, scenario, visibility(&other.visibility)?)?;
    let mut unmet = other.expect.unmet(&answer);
    unmet.extend(broken_promises(&answer));
    if other.visibility == "open only" {
        let mut open = scenario.family.clone();
        open.ties.retain(|line| !line.contains("sealed "));
        open.cautions.retain(|line| !line.contains("sealed "));
        open.links.retain(|line| !line.contains("sealed "));
        open.links.retain(|line| !other.hidden_links.contains(line));
        let open = World::of(&scenario.question.child, &open)?;
        let without = ask(&open, scenario, Visibility::all())?;
        let why = explain(world, scenario, visibility(&other.visibility)?, &answer)?;
        let why_without = explain(&open, scenario, Visibility::all(), &without)?;
        if why != why_without {
            unmet.push(format!(
                "an explanation shows what is sealed:\n{why:#?}\n{why_without:#?}"
            ));
        }
        if told(&without) != told(&answer) {
            unmet.push(format!(
                "what is sealed shows; without it the answer is:\n{}",
                told(&without)
            ));
        }
    }
    match unmet.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{}\nthe whole answer:\n{}",
            unmet.join("\n"),
            told(&answer)
        )),
    }
}

fn ask(world: &World, scenario: &Scenario, visibility: Visibility) -> Result<FamilyAnswer, String> {
    let (question, permit) = question(world, scenario, visibility)?;
    find_family(&world.store, &permit, &question).map_err(|error| error.to_string())
}

/// Everybody's explanation; an error where one differs from the search.
fn explain(
    world: &World,
    scenario: &Scenario,
    visibility: Visibility,
    answer: &FamilyAnswer,
) -> Result<Vec<String>, String> {
    let (question, permit) = question(world, scenario, visibility)?;
    let (told, differences) = explain_everybody(world, &permit, &question, answer);
    match differences.is_empty() {
        true => Ok(told),
        false => Err(differences.join("\n")),
    }
}

fn question(
    world: &World,
    scenario: &Scenario,
    visibility: Visibility,
) -> Result<(FindFamily, Permit), String> {
    let purpose = match scenario.question.purpose.as_str() {
        "" => Purpose::Placement,
        word => Purpose::from_word(word).ok_or_else(|| format!("purpose = \"{word}\""))?,
    };
    let question = FindFamily {
        child: world.person(&scenario.question.child)?,
        purpose,
        as_of: day(&scenario.as_of)?,
        order: scenario.question.order.clone(),
        leads_per_tier: 1_000,
        excluded_offset: 0,
        excluded_limit: 1_000,
    };
    Ok((question, Permit::local_operator().limited_to(visibility)))
}

/// What holds for every answer.
pub fn broken_promises(answer: &FamilyAnswer) -> Vec<String> {
    let mut broken = Vec::new();
    let mut listed = BTreeSet::new();
    for tier in &answer.tiers {
        if tier.citation.is_empty() {
            broken.push(format!("tier {} cites nothing", tier.number));
        }
        if tier.total as usize != tier.leads.len() {
            broken.push(format!(
                "tier {} counts {} leads and shows {}",
                tier.number,
                tier.total,
                tier.leads.len()
            ));
        }
        for (position, lead) in tier.leads.iter().enumerate() {
            let who = name(&lead.target);
            if !listed.insert(lead.target.content_key().1) {
                broken.push(format!("{who} is listed twice"));
            }
            if lead.rank as usize != position + 1 {
                broken.push(format!(
                    "{who} has rank {} in place {}",
                    lead.rank,
                    position + 1
                ));
            }
            if lead.relation.is_empty() || lead.screening.is_empty() {
                broken.push(format!("{who} is not explained"));
            }
            let sum: f64 = lead.score.parts.iter().map(|part| part.points).sum();
            if (sum - lead.score.total).abs() > 1e-9 {
                broken.push(format!(
                    "{who}: the parts of the score make {sum}, not {}",
                    lead.score.total
                ));
            }
            let ends = lead
                .kinship
                .iter()
                .map(|relation| &relation.path)
                .all(|path| path.last().is_some_and(|step| step.person.name == who));
            if !ends {
                broken.push(format!("{who}: the path does not lead there"));
            }
        }
        let falls = tier
            .leads
            .windows(2)
            // Families stand after the people of their tier, and are scored by what they answered.
            .all(|pair| {
                let is_person = |lead: &Lead| matches!(lead.target, LeadTarget::Person(_));
                is_person(&pair[0]) != is_person(&pair[1])
                    || pair[0].score.total >= pair[1].score.total
            });
        if !falls {
            broken.push(format!("tier {}: a lower score stands first", tier.number));
        }
    }
    for excluded in &answer.excluded {
        if !listed.insert(excluded.target.content_key().1) {
            broken.push(format!(
                "{} is a lead and excluded, or excluded twice",
                name(&excluded.target)
            ));
        }
    }
    if answer.excluded_total as usize != answer.excluded.len() {
        broken.push("the excluded are not all there".to_owned());
    }
    broken
}

/// A day written as a full date.
pub fn day(text: &str) -> Result<Day, String> {
    let date: PartialDate = text.parse().map_err(|_| format!("as_of = \"{text}\""))?;
    match date.possible_days() {
        (Some(first), Some(last)) if first == last => Ok(first),
        _ => Err(format!("as_of = \"{text}\" is not one day")),
    }
}

fn visibility(text: &str) -> Result<Visibility, String> {
    let mut parts = text.split(", with ");
    if parts.next() != Some("open only") {
        return Err(format!("visibility = \"{text}\""));
    }
    let mut visibility = Visibility::open_only();
    for word in parts {
        let class = SealClass::ALL
            .into_iter()
            .find(|class| class.word() == word);
        visibility = visibility.with_seal(class.ok_or_else(|| format!("visibility = \"{text}\""))?);
    }
    Ok(visibility)
}
