//! Checks of a file of what is due.

use super::rules::{CountedFrom, DueRules};
use crate::placement::rule_file::{RuleFile, head_fault};
use std::sync::OnceLock;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../data/due_actions/", $name)))),*]
    };
}

static HELD: OnceLock<Vec<DueRules>> = OnceLock::new();

/// The longest time that a rule may give, in months.
const LONGEST: i32 = 1200;

impl RuleFile for DueRules {
    const KIND: &'static str = "due_actions";
    const BUILT_IN: &'static [(&'static str, &'static str)] = files!(
        "connecticut-dcf.toml",
        "british-columbia.toml",
        "us-federal.toml",
        "us-icwa.toml",
        "canada-c92.toml",
        "everywhere.toml",
    );

    fn id(&self) -> &str {
        &self.id
    }

    fn fault(&self) -> Option<(String, String)> {
        head_fault(&self.id, &self.version, &self.citation).or_else(|| self.action_fault())
    }

    fn held() -> &'static OnceLock<Vec<DueRules>> {
        &HELD
    }
}

impl DueRules {
    fn action_fault(&self) -> Option<(String, String)> {
        for (position, action) in self.actions.iter().enumerate() {
            let here = |reason: &str| {
                let reason = format!("\"{}\" {reason}", action.id);
                Some((format!("id = \"{}\"", action.id), reason))
            };
            let earlier = &self.actions[..position];
            if earlier.iter().any(|other| other.id == action.id) {
                return here("stands twice");
            }
            if action.title.is_empty() || action.citation.is_empty() {
                return here("needs a title and a citation");
            }
            let months = i32::from(action.years) * 12 + i32::from(action.months);
            if months.abs() > LONGEST {
                return here("is more than a hundred years away");
            }
            if action.repeat_months == Some(0) {
                return here("cannot be repeated every 0 months");
            }
            if action.at_majority
                && (action.years != 0 || action.counted_from != CountedFrom::ChildBirth)
            {
                return here("at_majority is counted from child_birth, without years");
            }
        }
        None
    }
}
