//! The named tests of which conditions are made; those that look at the lead stand in `named_tests_of_lead.rs`. Each
//! answers yes, no or unknown with the words of what is recorded or missing. A fact that is not there never makes a no.

use super::facts::{Facts, PlacementFact};
use super::named_tests_of_lead;
use super::rules::{PathwayRules, Test};
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::placement::order::IndigenousStatus;
use crate::placement::when::when;

/// What one test found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub truth: Truth,
    pub words: String,
    /// When time alone will have met it.
    pub met_from: Option<Day>,
}

/// A finding that time alone does not change.
pub fn found(truth: Truth, words: impl Into<String>) -> Finding {
    Finding {
        truth,
        words: words.into(),
        met_from: None,
    }
}

/// Met.
pub fn yes(words: impl Into<String>) -> Finding {
    found(Truth::Yes, words)
}

/// Not met, by something that is recorded.
pub fn no(words: impl Into<String>) -> Finding {
    found(Truth::No, words)
}

/// The records do not tell.
pub fn unknown(words: impl Into<String>) -> Finding {
    found(Truth::Unknown, words)
}

/// Answers one test.
pub fn answer(test: &Test, facts: &Facts, rules: &PathwayRules) -> Finding {
    match test {
        Test::ChildAgeAtLeast(years) => child_age_at_least(*years, facts),
        Test::ChildAgeBelow(years) => child_age_below(*years, facts),
        Test::PlacedWithForMonths(months) => placed_with_for(*months, facts),
        Test::CaresForChild => cares_for_child(facts),
        Test::IsParent => named_tests_of_lead::is_parent(facts),
        Test::RightsOfLeadIn(states) => named_tests_of_lead::rights_of_lead(states, facts),
        Test::RightsOfAllParents(state) => {
            named_tests_of_lead::rights_of_all_parents(*state, facts)
        }
        Test::IsRelative => named_tests_of_lead::is_relative(facts),
        Test::KinByCustom => named_tests_of_lead::kin_by_custom(facts),
        Test::HoldsSibling => named_tests_of_lead::holds_sibling(facts),
        Test::SameNation => named_tests_of_lead::same_nation(facts),
        Test::ChildIsIndigenous => child_is_indigenous(facts),
        Test::ScreeningCleared => named_tests_of_lead::screening_cleared(facts),
        Test::Licensed => named_tests_of_lead::licensed(facts),
        Test::NotBarred => named_tests_of_lead::not_barred(facts),
        Test::LeadIsWilling => named_tests_of_lead::lead_is_willing(facts),
        Test::LegalStatusIn(statuses) => legal_status_in(statuses, facts),
        Test::GoalNotIn(goals) => goal_not_in(goals, facts, rules),
        Test::RuledOut(pathway) => ruled_out(pathway, facts, rules),
        Test::NotRuledOut(pathway) => not_ruled_out(pathway, facts, rules),
        Test::Stated(key) => stated(key, facts),
        Test::StatedOfLead(key) => stated_of_lead(key, facts),
    }
}

fn child_age_at_least(years: u8, facts: &Facts) -> Finding {
    let Some(birth) = facts.child_birth else {
        return unknown("the child's date of birth is not recorded");
    };
    let born = format!("the child was born {}", when(birth));
    match birth.is_aged_at_least(years, facts.as_of) {
        Truth::Yes => yes(born),
        Truth::Unknown => unknown(format!("{born}: {years} or older?")),
        Truth::No => Finding {
            met_from: whole_day(birth).map(|day| day.months_after(i32::from(years) * 12)),
            ..no(format!("{born}, and is not yet {years}"))
        },
    }
}

fn child_age_below(years: u8, facts: &Facts) -> Finding {
    let at_least = child_age_at_least(years, facts);
    let truth = match at_least.truth {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        Truth::Unknown => Truth::Unknown,
    };
    found(truth, at_least.words)
}

/// The day, where the date is one.
fn whole_day(date: PartialDate) -> Option<Day> {
    match date.possible_days() {
        (Some(first), Some(last)) if first == last => Some(first),
        _ => None,
    }
}

/// Whether a placement holds on the day.
fn is_present(placement: &PlacementFact, as_of: Day) -> Truth {
    let begun = placement
        .from
        .map_or(Truth::Yes, |from| from.on_or_before(as_of));
    let over = placement.to.map_or(Truth::No, |to| to.on_or_before(as_of));
    match (begun, over) {
        (Truth::No, _) | (_, Truth::Yes) => Truth::No,
        (Truth::Yes, Truth::No) => Truth::Yes,
        _ => Truth::Unknown,
    }
}

/// Where the child lives with the lead, or what is known instead.
fn placement_with_lead(facts: &Facts) -> Result<&PlacementFact, Finding> {
    let of_lead = || facts.placements.iter().filter(|one| one.is_lead);
    let now = |truth: Truth| of_lead().find(|one| is_present(one, facts.as_of) == truth);
    if let Some(placement) = now(Truth::Yes) {
        return Ok(placement);
    }
    if now(Truth::Unknown).is_some() {
        let words = format!(
            "a placement with {} is recorded; whether it goes on is not known",
            facts.lead.name
        );
        return Err(unknown(words));
    }
    let elsewhere = facts
        .placements
        .iter()
        .find(|one| !one.is_lead && is_present(one, facts.as_of) == Truth::Yes);
    Err(match elsewhere {
        // A placement without a date may be one of long ago.
        Some(other) if other.from.is_none() => unknown(format!(
            "a placement with {} is recorded without dates: does the child live there?",
            other.with
        )),
        Some(other) => no(format!("the child lives with {}", other.with)),
        None => unknown("where the child lives at present is not recorded"),
    })
}

fn placed_with_for(months: u16, facts: &Facts) -> Finding {
    let placement = match placement_with_lead(facts) {
        Ok(placement) => placement,
        Err(finding) => return finding,
    };
    let with = &facts.lead.name;
    let Some(from) = placement.from else {
        return unknown(format!(
            "the child lives with {with}; since when is not recorded"
        ));
    };
    let since = format!("the child came to {with} {}", when(from));
    let months = i32::from(months);
    match from.on_or_before(facts.as_of.months_after(-months)) {
        Truth::Yes => yes(since),
        Truth::Unknown => unknown(format!("{since}: {months} months ago or more?")),
        Truth::No => Finding {
            met_from: whole_day(from).map(|day| day.months_after(months)),
            ..no(format!("{since}, less than {months} months ago"))
        },
    }
}

fn cares_for_child(facts: &Facts) -> Finding {
    match placement_with_lead(facts) {
        Ok(_) => yes(format!("the child lives with {}", facts.lead.name)),
        Err(finding) => finding,
    }
}

fn child_is_indigenous(facts: &Facts) -> Finding {
    match facts.indigenous {
        IndigenousStatus::Known => yes("the child belongs to a nation"),
        IndigenousStatus::No => no("every nation named says that the child is no member"),
        IndigenousStatus::Possible => {
            unknown("the child may belong to a nation: what does the nation say?")
        }
        IndigenousStatus::NotRecorded => {
            unknown("whether the child belongs to a nation is not recorded")
        }
    }
}

fn legal_status_in(statuses: &[String], facts: &Facts) -> Finding {
    if facts.legal_status.is_empty() {
        return unknown("the child's legal status is not recorded");
    }
    let words = format!(
        "the legal status is {}",
        facts.legal_status.replace('_', " ")
    );
    found(statuses.contains(&facts.legal_status).into(), words)
}

/// Whether neither goal is one of these. A goal in words that the rules do not know may mean any of them.
fn goal_not_in(goals: &[String], facts: &Facts, rules: &PathwayRules) -> Finding {
    let own = [
        ("primary", &facts.primary_goal),
        ("concurrent", &facts.concurrent_goal),
    ];
    for (which, goal) in own {
        if goals.contains(goal) {
            let goal = goal.replace('_', " ");
            return no(format!("the {which} goal is {goal}"));
        }
    }
    let is_known = |goal: &String| rules.pathways.iter().any(|rule| rule.goals.contains(goal));
    let strange = own
        .iter()
        .find(|(_, goal)| !goal.is_empty() && !is_known(goal));
    if let Some((which, goal)) = strange {
        let goal = goal.replace('_', " ");
        return unknown(format!(
            "the {which} goal is \"{goal}\", which these rules do not know"
        ));
    }
    let missing: Vec<&str> = own
        .iter()
        .filter(|(_, goal)| goal.is_empty())
        .map(|(which, _)| *which)
        .collect();
    if missing.is_empty() {
        let goals = own.map(|(_, goal)| goal.replace('_', " "));
        return yes(format!("the goals are {} and {}", goals[0], goals[1]));
    }
    unknown(format!("no {} goal is recorded", missing.join(" and no ")))
}

/// Whether another form is ruled out: decided and noted, or still a goal.
fn ruled_out(pathway: &str, facts: &Facts, rules: &PathwayRules) -> Finding {
    let Some(rule) = rules.pathways.iter().find(|rule| rule.id == pathway) else {
        return unknown(format!("nothing is known of \"{pathway}\""));
    };
    let title = rule.title.to_lowercase();
    let is_goal = [&facts.primary_goal, &facts.concurrent_goal]
        .into_iter()
        .any(|goal| rule.goals.contains(goal));
    match (
        decided(&format!("{pathway}_ruled_out"), false, facts),
        is_goal,
    ) {
        (Some(true), false) => yes(format!("{title}: ruled out, as noted")),
        (Some(true), true) => unknown(format!(
            "{title}: noted as ruled out, and still a goal of the case"
        )),
        (Some(false), _) => no(format!("{title}: not ruled out, as noted")),
        (None, true) => no(format!("{title} is still a goal of the case")),
        (None, false) => unknown(format!("{title}: no decision is noted")),
    }
}

/// Whether another form is pursued. Two goals of which neither is this form say no.
fn not_ruled_out(pathway: &str, facts: &Facts, rules: &PathwayRules) -> Finding {
    let ruled_out = ruled_out(pathway, facts, rules);
    match ruled_out.truth {
        Truth::Yes => no(ruled_out.words),
        Truth::No => yes(ruled_out.words),
        Truth::Unknown => {
            let rule = rules.pathways.iter().find(|rule| rule.id == pathway);
            let goals = rule.map_or(&[][..], |rule| &rule.goals);
            let neither = goal_not_in(goals, facts, rules);
            match neither.truth {
                Truth::Yes => no(neither.words),
                _ => unknown(ruled_out.words),
            }
        }
    }
}

fn stated(key: &str, facts: &Facts) -> Finding {
    told(key, decided(key, false, facts))
}

fn stated_of_lead(key: &str, facts: &Facts) -> Finding {
    told(key, decided(key, true, facts))
}

fn told(key: &str, decision: Option<bool>) -> Finding {
    let words = key.replace('_', " ");
    match decision {
        Some(true) => yes(format!("noted: {words}")),
        Some(false) => no(format!("noted: not {words}")),
        None => unknown(format!("nothing is noted of \"{words}\"")),
    }
}

/// The last decision noted. Decisions about other leads are not among the facts.
pub fn decided(key: &str, of_lead: bool, facts: &Facts) -> Option<bool> {
    facts
        .decisions
        .iter()
        .rev()
        .find(|decision| decision.key == key && decision.of.is_empty() != of_lead)
        .map(|decision| decision.holds)
}
