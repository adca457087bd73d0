//! Permanency pathways: which forms of permanence are open for a child with one person or family, and what each still
//! needs. The rules are data (`data/pathways/`); a condition is answered yes, no or unknown with what is missing.

mod facts;
mod named_tests;
mod named_tests_of_lead;
mod reading;
mod rules;

pub use facts::{
    ApprovalFact, Decision, Facts, LeadFacts, ParentFact, PlacementFact, RelationFact,
    ScreeningFact, as_word,
};
pub use rules::{Condition, PathwayRule, PathwayRules, RightsState, Test};

use crate::model::lead::CitedWords;
use crate::model::partial_date::{Day, Truth};
use crate::model::permanence::{ConditionAnswer, Pathway, PathwayState};
use named_tests::Finding;

/// Answers every form of permanence of a file, in its order. Services are not looked at here.
pub fn pathways(rules: &PathwayRules, facts: &Facts) -> Vec<Pathway> {
    rules
        .pathways
        .iter()
        .map(|rule| pathway(rule, rules, facts))
        .collect()
}

fn pathway(rule: &PathwayRule, rules: &PathwayRules, facts: &Facts) -> Pathway {
    let conditions: Vec<ConditionAnswer> = rule
        .conditions
        .iter()
        .map(|condition| answer(condition, facts, rules))
        .collect();
    let any = |truth: Truth| conditions.iter().any(|one| one.met == truth);
    let state = if any(Truth::No) {
        PathwayState::NotMet
    } else if any(Truth::Unknown) {
        PathwayState::NeedsReview
    } else {
        PathwayState::Open
    };
    Pathway {
        id: rule.id.clone(),
        form: rule.form,
        title: rule.title.clone(),
        citation: rule.citation.clone(),
        state,
        conditions,
        effects: rule
            .effects
            .iter()
            .map(|effect| CitedWords {
                words: effect.words.clone(),
                citation: effect.citation.clone(),
            })
            .collect(),
        services: Vec::new(),
    }
}

/// One condition: whether it applies, and if so whether any of its tests holds.
fn answer(condition: &Condition, facts: &Facts, rules: &PathwayRules) -> ConditionAnswer {
    let find = |tests: &[Test]| -> Vec<Finding> {
        tests
            .iter()
            .map(|test| named_tests::answer(test, facts, rules))
            .collect()
    };
    let when = find(&condition.when);
    let any = find(&condition.any);
    let applies = [Truth::No, Truth::Unknown]
        .into_iter()
        .find(|truth| when.iter().any(|finding| finding.truth == *truth))
        .unwrap_or(Truth::Yes);
    let holds = [Truth::Yes, Truth::Unknown]
        .into_iter()
        .find(|truth| any.iter().any(|finding| finding.truth == *truth))
        .unwrap_or(Truth::No);
    let met = match (applies, holds) {
        (Truth::No, _) | (_, Truth::Yes) => Truth::Yes,
        (Truth::Yes, holds) => holds,
        (Truth::Unknown, _) => Truth::Unknown,
    };
    let because = match (applies, holds) {
        (Truth::No, _) => format!("does not apply: {}", words_of(&when, Truth::No)),
        (Truth::Unknown, Truth::No | Truth::Unknown) => format!(
            "whether this applies is not known: {}; if it does: {}",
            words_of(&when, Truth::Unknown),
            words_of(&any, holds)
        ),
        _ => words_of(&any, holds),
    };
    let missing = match met {
        Truth::Unknown => condition.ask.clone(),
        Truth::Yes | Truth::No => String::new(),
    };
    ConditionAnswer {
        words: condition.words.clone(),
        citation: condition.citation.clone(),
        met,
        because,
        missing,
        met_from: met_from(met, &any),
    }
}

fn words_of(findings: &[Finding], truth: Truth) -> String {
    let words: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.truth == truth)
        .map(|finding| finding.words.as_str())
        .collect();
    words.join("; ")
}

/// The earliest day on which time alone will have met a condition that is not met.
fn met_from(met: Truth, any: &[Finding]) -> Option<Day> {
    match met {
        Truth::Yes => None,
        Truth::No | Truth::Unknown => any.iter().filter_map(|finding| finding.met_from).min(),
    }
}

#[cfg(test)]
mod tests;
