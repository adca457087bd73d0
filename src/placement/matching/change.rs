//! The smallest change that turns a no into something other than a no.

use super::question::OTHER_MATCH;
use crate::lookup::family_columns::category_key;
use crate::model::partial_date::{Day, PartialDate};
use crate::model::waiting_family::{Acceptance, ApprovalState, WaitingFamily};

/// A change, as data.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The home study is finished, or the approval given anew, from this day on.
    Approved(Day),
    /// The approval is renewed and in force after this day.
    ApprovalBeyond(Day),
    OffHold,
    NoOtherMatch,
    /// The family takes so many more.
    MoreRoom(u8),
    /// The range of ages begins here.
    AgeFrom(u8),
    /// The range of ages ends here.
    AgeTo(u8),
    /// The family would consider this category at this level.
    Consider {
        category: String,
        title: String,
        level: u8,
    },
    /// The family has, or could have, what the child must have.
    Have {
        category: String,
        title: String,
    },
    /// The family gives something up that the child will not have.
    GiveUp {
        category: String,
        title: String,
    },
    /// A home within 25 km of a place that matters to the child.
    Nearer,
    SameRegion,
    /// One of the children's languages is spoken at home.
    Speak(Vec<String>),
    /// The child consents.
    ChildConsents(String),
}

impl Change {
    /// What would help, in words.
    pub fn words(&self) -> String {
        match self {
            Change::Approved(_) => "an approval in force".to_owned(),
            Change::ApprovalBeyond(day) => {
                let day = PartialDate::from_day(*day).in_words();
                format!("the approval renewed beyond {day}")
            }
            Change::OffHold => "the family no longer on hold".to_owned(),
            Change::NoOtherMatch => "the other match ending".to_owned(),
            Change::MoreRoom(more) => format!("capacity {more} more"),
            Change::AgeFrom(age) => format!("ages accepted from {age} on"),
            Change::AgeTo(age) => format!("ages accepted up to {age}"),
            Change::Consider { title, .. } => format!("willingness to consider {title}"),
            Change::Have { title, .. } => format!("having {title}"),
            Change::GiveUp { title, .. } => format!("doing without {title}"),
            Change::Nearer => "a home within 25 km of the child's places".to_owned(),
            Change::SameRegion => "a home in the child's region".to_owned(),
            Change::Speak(languages) => format!("speaking {}", languages.join(" or ")),
            Change::ChildConsents(name) => format!("{name} consenting"),
        }
    }

    /// Makes the change in a profile; false where it is not the family's profile that must change.
    pub fn apply(&self, family: &mut WaitingFamily) -> bool {
        match self {
            Change::Approved(day) => {
                family.approval = Some(ApprovalState::Approved);
                family.approved_on = Some(PartialDate::from_day(*day));
            }
            Change::ApprovalBeyond(day) => {
                family.approval_expires = Some(PartialDate::from_day(Day(day.0 + 1)));
            }
            Change::OffHold => family.on_hold = Some(false),
            Change::NoOtherMatch => forget(family, OTHER_MATCH),
            Change::MoreRoom(more) => {
                family.capacity = family.capacity.map(|room| room.saturating_add(*more));
            }
            Change::AgeFrom(age) => family.age_from = Some(*age),
            Change::AgeTo(age) => family.age_to = Some(*age),
            Change::Consider {
                category, level, ..
            } => {
                let answer = (category.clone(), *level, Acceptance::WouldConsider);
                family.accepts.push(answer);
            }
            Change::Have { category, .. } => {
                let answer = (category.clone(), 1, Acceptance::WouldConsider);
                family.accepts.push(answer);
            }
            Change::GiveUp { category, .. } => {
                forget(family, category);
                let answer = (category.clone(), 1, Acceptance::Decline);
                family.accepts.push(answer);
            }
            Change::Speak(languages) => family.languages.extend(languages.first().cloned()),
            Change::Nearer | Change::SameRegion | Change::ChildConsents(_) => return false,
        }
        true
    }
}

fn forget(family: &mut WaitingFamily, category: &str) {
    family
        .accepts
        .retain(|(known, ..)| category_key(known) != category);
}
