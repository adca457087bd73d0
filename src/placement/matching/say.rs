//! The sentence that belongs to a verdict.

use super::attributes::Attributes;
use super::bound::Bound;
use super::verdict::{Asked, Role, Rule, Test};
use crate::lookup::family_columns::Said;
use crate::model::partial_date::{PartialDate, Truth};
use crate::model::waiting_family::WaitingFamily;
use crate::placement::candidate::Distance;
use crate::placement::when::when;

/// What is said of one rule and one family.
pub struct Say<'a> {
    pub bound: &'a Bound<'a>,
    pub table: &'a Attributes,
    pub rule: &'a Rule,
    pub family: &'a WaitingFamily,
    pub position: usize,
}

impl Say<'_> {
    pub(super) fn range(&self) -> String {
        match (self.family.age_from, self.family.age_to) {
            (Some(from), Some(to)) => format!("accepts ages {from} to {to}"),
            (Some(from), None) => format!("accepts ages from {from}"),
            (None, Some(to)) => format!("accepts ages up to {to}"),
            (None, None) => "the ages that the family accepts are not recorded".to_owned(),
        }
    }

    fn said(&self, asked: &Asked, level: u8) -> Said {
        let cells = self.bound.columns.answers(&asked.key);
        cells.map_or(Said::Nothing, |cells| Said::at(cells[self.position], level))
    }

    /// Of a yes; empty where nothing is worth telling.
    pub fn yes(&self) -> String {
        let family = self.family;
        match &self.rule.test {
            Test::InForce { likely } => {
                let expires = family.approval_expires;
                let until = expires.map_or_else(String::new, PartialDate::in_words);
                let ends_soon = expires.is_some_and(|date| {
                    let (_, last) = date.possible_days();
                    last.is_some_and(|last| last <= *likely)
                });
                match ends_soon {
                    true => format!("approved until {until}: renew before a placement begins"),
                    false => format!("approved until {until}"),
                }
            }
            Test::Hold => match family.last_confirmed {
                Some(date) => format!("available, confirmed {}", when(date)),
                None => "available; when this was confirmed is not known".to_owned(),
            },
            Test::Room { needed } => {
                let room = family.capacity.unwrap_or_default();
                format!("room for {room}, {needed} to be placed")
            }
            Test::Ages(ages) => {
                let to = family.age_to.unwrap_or(u8::MAX);
                match ages.oldest_then > i32::from(to) {
                    true => format!(
                        "{}: a child will be {} before a placement is likely",
                        self.range(),
                        ages.oldest_then
                    ),
                    false => self.range(),
                }
            }
            Test::Answers(asked) => self.answered(asked),
            Test::Near { .. } => self.near_words(),
            Test::Region { .. } => match self.bound.in_region(self.position) {
                Truth::Yes => "lives in the child's region".to_owned(),
                _ => "lives outside the child's region".to_owned(),
            },
            Test::Language { .. } => self.language_words(),
            Test::Attachment => {
                let attached = &self.bound.around.attached;
                let words = attached.get(&(self.position as u32));
                words.cloned().unwrap_or_default()
            }
            Test::Given | Test::Consent { .. } => String::new(),
        }
    }

    pub(super) fn near_words(&self) -> String {
        let matters = &self.bound.around.matters;
        let named = |which: u8| {
            let of = matters.get(usize::from(which));
            of.map_or("the child", String::as_str)
        };
        let mut distances = self.bound.distances(self.position);
        // Where something is near, what is far away says nothing.
        if distances.iter().any(|(far, _)| *far != Distance::Farther) {
            distances.retain(|(far, _)| *far != Distance::Farther);
        }
        let bands = distances.chunk_by(|(one, _), (other, _)| one == other);
        let words: Vec<String> = bands
            .map(|band| {
                let of: Vec<&str> = band.iter().map(|(_, which)| named(*which)).collect();
                format!("{} {}", band[0].0.words(), and(&of))
            })
            .collect();
        match words.is_empty() {
            true => String::new(),
            false => format!("lives {}", words.join(", ")),
        }
    }

    fn language_words(&self) -> String {
        let asked = &self.bound.question.languages;
        let shared = self.family.languages.iter().find(|word| {
            let word = word.to_lowercase();
            asked.iter().any(|asked| asked.to_lowercase() == word)
        });
        match shared {
            Some(language) => format!("speaks {language} at home"),
            None => "speaks none of the child's languages at home".to_owned(),
        }
    }

    /// What the family answered to a category, where that excludes nobody.
    fn answered(&self, asked: &Asked) -> String {
        let title = &self.rule.title;
        let said = self.said(asked, asked.level);
        let at = |word: &str| match asked.role {
            Role::Graded => format!("{word} {title} at level {}", asked.level),
            _ => format!("{word} {title}"),
        };
        match (asked.role, said) {
            (Role::Must | Role::Helps, Said::Accepts) => format!("has {title}"),
            (Role::Must | Role::Helps, Said::Declines) => format!("does not have {title}"),
            (Role::Must | Role::Helps, _) => format!("could have {title}"),
            (Role::Wish, Said::Accepts) => format!("the child wishes for {title}"),
            (Role::Wish, Said::Declines) => format!("the child wishes for {title}: not here"),
            (Role::Wish, _) => format!("the child wishes for {title}: perhaps"),
            (Role::Siblings, Said::Nothing) => {
                format!("by their room {title}; not asked whether they wish to")
            }
            (Role::Permanence, Said::Accepts) => format!("open to {title}"),
            (_, Said::WouldConsider) => at("would consider"),
            _ => at("accepts"),
        }
    }

    /// What must be known before anybody decides.
    pub fn review(&self) -> String {
        let family = self.family;
        match &self.rule.test {
            Test::Given => "approval not recorded".to_owned(),
            Test::InForce { .. } => match family.approval_expires {
                Some(date) => format!("approval expires {}: still in force?", when(date)),
                None => "when the approval expires is not recorded".to_owned(),
            },
            Test::Hold => "whether the family is on hold is not recorded".to_owned(),
            Test::Room { .. } => "how many children the family can take is not recorded".to_owned(),
            Test::Ages(_) => match (family.age_from, family.age_to) {
                (None, _) | (_, None) => {
                    "the ages that the family accepts are not recorded".to_owned()
                }
                _ => format!(
                    "{}: is every child's age known to be in that range?",
                    self.range()
                ),
            },
            Test::Answers(asked) => self.not_answered(asked),
            Test::Near { .. } => "how far from the child's places is not known".to_owned(),
            Test::Region { .. } => {
                "whether the family lives in the child's region is not known".to_owned()
            }
            Test::Language { .. } => "the languages spoken at home are not recorded".to_owned(),
            Test::Consent { .. } | Test::Attachment => String::new(),
        }
    }

    fn not_answered(&self, asked: &Asked) -> String {
        let title = &self.rule.title;
        let lower = (1..asked.level)
            .rev()
            .find(|&level| matches!(self.said(asked, level), Said::Accepts | Said::WouldConsider));
        match (asked.role, lower) {
            (Role::Veto, _) => format!("the child will not have {title}: does this family?"),
            (Role::Must, _) => format!("the child must have {title}: not answered"),
            (Role::Permanence, _) => format!("whether they are open to {title} is not answered"),
            (_, Some(lower)) => format!(
                "accepts {title} up to level {lower}; the child's is {}",
                asked.level
            ),
            _ => format!("{title} at level {}: not answered", asked.level),
        }
    }

    /// What could only add points.
    pub fn silent(&self) -> String {
        match &self.rule.test {
            Test::Near { .. } => "how far they live from the child's places".to_owned(),
            Test::Region { .. } => "whether they live in the child's region".to_owned(),
            Test::Language { .. } => "which languages they speak at home".to_owned(),
            Test::Answers(asked) => match asked.role {
                Role::Gender | Role::Siblings => format!("whether they accept {}", self.rule.title),
                Role::Wish => format!("the child's wish for {}", self.rule.title),
                _ => self.rule.title.clone(),
            },
            _ => self.rule.title.clone(),
        }
    }
}

/// "one, another and a third".
fn and(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}
