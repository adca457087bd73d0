//! Checks of a file of pathways.

use super::rules::{PathwayRules, Test};
use crate::placement::rule_file::{RuleFile, head_fault};
use std::sync::OnceLock;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../data/pathways/", $name)))),*]
    };
}

static HELD: OnceLock<Vec<PathwayRules>> = OnceLock::new();

impl RuleFile for PathwayRules {
    const KIND: &'static str = "pathways";
    const BUILT_IN: &'static [(&'static str, &'static str)] = files!(
        "connecticut-dcf.toml",
        "british-columbia.toml",
        "us-federal.toml",
        "anywhere.toml",
    );

    fn id(&self) -> &str {
        &self.id
    }

    fn fault(&self) -> Option<(String, String)> {
        head_fault(&self.id, &self.version, &self.citation).or_else(|| self.pathway_fault())
    }

    fn held() -> &'static OnceLock<Vec<PathwayRules>> {
        &HELD
    }
}

impl PathwayRules {
    fn pathway_fault(&self) -> Option<(String, String)> {
        for (position, pathway) in self.pathways.iter().enumerate() {
            let here = |reason: String| Some((format!("id = \"{}\"", pathway.id), reason));
            let same = |other: &&super::PathwayRule| other.id == pathway.id;
            if self.pathways[..position].iter().any(|other| same(&other)) {
                return here(format!("the pathway \"{}\" stands twice", pathway.id));
            }
            if pathway.citation.is_empty() || pathway.title.is_empty() {
                return here(format!("\"{}\" needs a title and a citation", pathway.id));
            }
            for condition in &pathway.conditions {
                let there = |reason: String| Some((condition.words.clone(), reason));
                if condition.citation.is_empty() || condition.ask.is_empty() {
                    return there("a condition needs a citation, and what to ask".to_owned());
                }
                if condition.any.is_empty() {
                    return there("a condition needs at least one test in any".to_owned());
                }
                for test in condition.when.iter().chain(&condition.any) {
                    if let Some(reason) = self.test_fault(test) {
                        return there(reason);
                    }
                }
            }
        }
        None
    }

    fn test_fault(&self, test: &Test) -> Option<String> {
        match test {
            Test::RuledOut(id) | Test::NotRuledOut(id)
                if self.pathways.iter().all(|pathway| pathway.id != *id) =>
            {
                Some(format!("there is no pathway \"{id}\" to be ruled out"))
            }
            Test::RightsOfLeadIn(states) if states.is_empty() => {
                Some("rights_of_lead_in names no state".to_owned())
            }
            Test::LegalStatusIn(words) | Test::GoalNotIn(words) if words.is_empty() => {
                Some("an empty list can never be met".to_owned())
            }
            Test::Stated(key) | Test::StatedOfLead(key) if !is_key(key) => Some(format!(
                "\"{key}\" is no key: small letters, digits and _ only"
            )),
            _ => None,
        }
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
