//! One family in words: the same verdicts that order families, each with its sentence; and what would admit them.

use super::attributes::Attributes;
use super::bound::{Bound, Brief};
use super::change::Change;
use super::say::Say;
use super::verdict::Verdict;
use crate::model::lead::ScorePart;
use crate::model::waiting_family::WaitingFamily;

/// A rule that excludes a family.
#[derive(Clone, Debug, PartialEq)]
pub struct No {
    /// The rule as a short word.
    pub rule: String,
    /// Why, in words.
    pub words: String,
    /// What would lift it: one change, or two where a range of ages is too narrow at both ends.
    pub changes: Vec<Change>,
    /// How many steps away a yes is.
    pub steps: u32,
}

/// How a family fits, in words.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FamilyMatch {
    pub brief: Brief,
    /// Rules that exclude, in the order of the rules; empty: the family may be suggested.
    pub nos: Vec<No>,
    /// What must be known before anybody decides.
    pub questions: Vec<String>,
    /// What was not answered and could add points.
    pub unanswered: Vec<String>,
    /// Of the score: they sum to it.
    pub parts: Vec<ScorePart>,
}

impl FamilyMatch {
    /// What would admit the family, all of it together; nothing cheaper does.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.nos.iter().flat_map(|no| &no.changes)
    }

    /// The same in words; empty if nothing excludes it.
    pub fn would_admit(&self) -> String {
        self.changes()
            .map(Change::words)
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// How many steps away a yes is.
    pub fn steps(&self) -> u32 {
        self.nos.iter().map(|no| no.steps).sum()
    }

    /// One rule excludes it, and no other.
    pub fn is_near_miss(&self) -> bool {
        self.nos.len() == 1
    }
}

impl Bound<'_> {
    /// One family in words.
    pub fn explain(
        &self,
        table: &Attributes,
        position: u32,
        family: &WaitingFamily,
    ) -> FamilyMatch {
        let brief = self.brief(position);
        let position = position as usize;
        let worth = self.worth(position);
        let mut found = FamilyMatch {
            brief,
            ..FamilyMatch::default()
        };
        for (index, rule) in self.question.rules.iter().enumerate() {
            let say = Say {
                bound: self,
                table,
                rule,
                family,
                position,
            };
            match self.judge(index, position) {
                Verdict::NotAsked => {}
                Verdict::Yes(share) => {
                    let reason = say.yes();
                    if !reason.is_empty() {
                        found.parts.push(ScorePart {
                            name: rule.part().to_owned(),
                            points: self.points(rule, share, worth),
                            reason,
                        });
                    }
                }
                Verdict::No => found.nos.push(say.no()),
                Verdict::Review => found.questions.push(say.review()),
                Verdict::Silent => found.unanswered.push(say.silent()),
            }
        }
        found
    }
}
