//! The sentence of a no, with the smallest change that lifts it and how many steps that is.

use super::change::Change;
use super::explain::No;
use super::say::Say;
use super::verdict::{Asked, Role, Test};
use crate::model::partial_date::PartialDate;
use crate::model::waiting_family::ApprovalState;
use crate::placement::mend::age_in_months;
use crate::placement::when::when;

type Refusal = (String, Vec<Change>, u32);

impl Say<'_> {
    /// Of a no.
    pub fn no(&self) -> No {
        let steps = &self.table.steps;
        let (words, changes, steps) = match &self.rule.test {
            Test::Given => self.not_given(),
            Test::InForce { .. } => self.expired(),
            Test::Hold => {
                let words = "the family is on hold".to_owned();
                (words, vec![Change::OffHold], steps.off_hold)
            }
            Test::Room { needed } => {
                let room = self.family.capacity.unwrap_or_default();
                let more = needed.saturating_sub(room);
                let words = match needed {
                    1 => format!("room for {room}, but 1 is to be placed"),
                    _ => format!("room for {room}, but {needed} are to be placed together"),
                };
                (words, vec![Change::MoreRoom(more)], u32::from(more))
            }
            Test::Ages(_) => self.age_outside(),
            Test::Answers(asked) => self.refused(asked),
            Test::Consent { name } => {
                let changes = vec![Change::ChildConsents(name.clone())];
                let words = format!("{name} does not consent");
                (words, changes, steps.child_consents)
            }
            Test::Near { .. } => {
                let words = format!("{}; the child must stay near", self.near_words());
                (words, vec![Change::Nearer], steps.nearer)
            }
            Test::Region { .. } => {
                let words = "lives outside the child's region, in which the child must stay";
                let changes = vec![Change::SameRegion];
                (words.to_owned(), changes, steps.same_region)
            }
            Test::Language { .. } => {
                let languages = self.bound.question.languages.clone();
                let words = format!(
                    "speaks none of the child's languages, of which one is needed: {}",
                    languages.join(", ")
                );
                (words, vec![Change::Speak(languages)], steps.must)
            }
            Test::Attachment => (String::new(), Vec::new(), 0),
        };
        No {
            rule: self.rule.id.clone(),
            words,
            changes,
            steps,
        }
    }

    fn not_given(&self) -> Refusal {
        let (steps, as_of) = (&self.table.steps, self.bound.question.as_of);
        let (words, cost) = match (self.family.approval, self.family.approved_on) {
            (Some(ApprovalState::Withdrawn), _) => (
                "the approval was withdrawn".to_owned(),
                steps.approval_after_withdrawal,
            ),
            (Some(ApprovalState::Approved), Some(from)) => (
                format!("approved only {}", when(from)),
                steps.approved_earlier,
            ),
            _ => (
                "the home study is not finished".to_owned(),
                steps.study_finished,
            ),
        };
        (words, vec![Change::Approved(as_of)], cost)
    }

    fn expired(&self) -> Refusal {
        let as_of = self.bound.question.as_of;
        let expires = self.family.approval_expires;
        let day = expires.and_then(|date| date.possible_days().1);
        let days = day.map_or(0, |day| as_of.0 - day.0);
        let on = expires.map_or_else(String::new, when);
        let words = match days {
            0 => format!("approval expired {on}"),
            1 => format!("approval expired {on}, 1 day ago"),
            _ => format!("approval expired {on}, {days} days ago"),
        };
        let past = days / self.table.steps.approval_days.max(1);
        let steps = 1 + u32::try_from(past).unwrap_or(0);
        (words, vec![Change::ApprovalBeyond(as_of)], steps)
    }

    fn age_outside(&self) -> Refusal {
        let Test::Ages(ages) = &self.rule.test else {
            return (String::new(), Vec::new(), 0);
        };
        let (mut changes, mut steps) = (Vec::new(), 0);
        let mut shown = None;
        if let Some(to) = self.family.age_to.filter(|&to| ages.has_older_than(to)) {
            let age = small(ages.oldest);
            steps += u32::from(age.saturating_sub(to));
            changes.push(Change::AgeTo(age));
            shown = Some(ages.oldest);
        }
        if let Some(from) = self.family.age_from
            && ages.has_younger_than(from)
        {
            let age = small(ages.youngest);
            steps += u32::from(from.saturating_sub(age));
            changes.push(Change::AgeFrom(age));
            shown = shown.or(Some(ages.youngest));
        }
        let age = shown.unwrap_or_default();
        let exact = self.exact_age(age).unwrap_or_else(|| age.to_string());
        let words = format!("{}, a child is {exact}", self.range());
        (words, changes, steps)
    }

    /// "9 years 7 months", where a child of this age has a birth date that is one day.
    fn exact_age(&self, years: i32) -> Option<String> {
        let as_of = self.bound.question.as_of;
        let births = self.bound.question.children.iter();
        let mut exact = births.filter_map(|child| match child.birth?.possible_days() {
            (Some(first), Some(last)) if first == last => Some(first),
            _ => None,
        });
        let born = exact.find(|born| {
            let age = PartialDate::from_day(*born).age_on(as_of);
            age.least == Some(years)
        })?;
        Some(age_in_months(born, as_of))
    }

    fn refused(&self, asked: &Asked) -> Refusal {
        let title = &self.rule.title;
        let steps = &self.table.steps;
        let consider = |title: String| {
            vec![Change::Consider {
                category: asked.key.clone(),
                title,
                level: asked.level,
            }]
        };
        let willingness = steps.willingness * u32::from(asked.level);
        match asked.role {
            Role::OtherMatch => {
                let words = "a match with another child is in progress".to_owned();
                (words, vec![Change::NoOtherMatch], steps.other_match_ends)
            }
            Role::Veto => {
                let change = Change::GiveUp {
                    category: asked.key.clone(),
                    title: title.clone(),
                };
                let words = format!("the child will not have {title}");
                (words, vec![change], steps.give_up)
            }
            Role::Must => {
                let change = Change::Have {
                    category: asked.key.clone(),
                    title: title.clone(),
                };
                let words = format!("the child must have {title}");
                (words, vec![change], steps.must)
            }
            Role::Graded => {
                let at_level = format!("{title} at level {}", asked.level);
                (
                    format!("declines {at_level}"),
                    consider(at_level),
                    willingness,
                )
            }
            _ => (
                format!("declines {title}"),
                consider(title.clone()),
                willingness,
            ),
        }
    }
}

fn small(age: i32) -> u8 {
    u8::try_from(age.max(0)).unwrap_or(u8::MAX - 1)
}
