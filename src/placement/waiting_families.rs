//! Whether a waiting family may be suggested: approval in force, not on hold, room for the whole sibling group, ages
//! in range. Each rule answers yes, no or unknown. How well a family fits is a later matter.

use super::candidate::Distance;
use super::when::when;
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::waiting_family::{ApprovalState, WaitingFamily};

/// The children to be placed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiblingGroup {
    /// Birth dates, the child's first; nothing where one is not known.
    pub births: Vec<Option<PartialDate>>,
}

/// The answer for one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FamilyRuling {
    Lead {
        questions: Vec<String>,
        reasons: Vec<String>,
    },
    Excluded {
        rule: &'static str,
        reason: String,
    },
}

/// Decides for one family and day.
pub fn rule(family: &WaitingFamily, group: &SiblingGroup, as_of: Day) -> FamilyRuling {
    let mut questions = Vec::new();
    let mut reasons = Vec::new();
    for answer in [
        approval(family, as_of),
        hold(family),
        room(family, group),
        ages(family, group, as_of),
    ] {
        match answer {
            Answer::Yes(reason) => reasons.push(reason),
            Answer::Unknown(question) => questions.push(question),
            Answer::No { rule, reason } => return FamilyRuling::Excluded { rule, reason },
        }
    }
    FamilyRuling::Lead { questions, reasons }
}

enum Answer {
    Yes(String),
    No { rule: &'static str, reason: String },
    Unknown(String),
}

fn approval(family: &WaitingFamily, as_of: Day) -> Answer {
    match family.approval {
        None => return Answer::Unknown("approval not recorded".to_owned()),
        Some(ApprovalState::InStudy) => {
            return Answer::No {
                rule: "not_approved",
                reason: "the home study is not finished".to_owned(),
            };
        }
        Some(ApprovalState::Withdrawn) => {
            return Answer::No {
                rule: "not_approved",
                reason: "the approval was withdrawn".to_owned(),
            };
        }
        Some(ApprovalState::Approved) => {}
    }
    if let Some(approved) = family.approved_on
        && approved.on_or_before(as_of) == Truth::No
    {
        return Answer::No {
            rule: "not_approved",
            reason: format!("approved only {}", when(approved)),
        };
    }
    let Some(expires) = family.approval_expires else {
        return Answer::Unknown("when the approval expires is not recorded".to_owned());
    };
    match expires.on_or_before(as_of) {
        Truth::Yes => Answer::No {
            rule: "approval_expired",
            reason: format!("approval expired {}", when(expires)),
        },
        Truth::No => Answer::Yes(format!("approved until {}", expires.in_words())),
        Truth::Unknown => Answer::Unknown(format!(
            "approval expires {}: still in force?",
            when(expires)
        )),
    }
}

fn hold(family: &WaitingFamily) -> Answer {
    match family.on_hold {
        Some(true) => Answer::No {
            rule: "on_hold",
            reason: "the family is on hold".to_owned(),
        },
        Some(false) => Answer::Yes("available".to_owned()),
        None => Answer::Unknown("whether the family is on hold is not recorded".to_owned()),
    }
}

fn room(family: &WaitingFamily, group: &SiblingGroup) -> Answer {
    let needed = group.births.len();
    match family.capacity {
        None => Answer::Unknown("how many children the family can take is not recorded".to_owned()),
        Some(capacity) if usize::from(capacity) >= needed => Answer::Yes(format!(
            "room for {capacity}, {needed} to be placed together"
        )),
        Some(capacity) => Answer::No {
            rule: "capacity",
            reason: format!("room for {capacity}, but {needed} are to be placed together"),
        },
    }
}

fn ages(family: &WaitingFamily, group: &SiblingGroup, as_of: Day) -> Answer {
    let (Some(from), Some(to)) = (family.age_from, family.age_to) else {
        return Answer::Unknown("the ages that the family accepts are not recorded".to_owned());
    };
    let (from, to) = (i32::from(from), i32::from(to));
    let mut unknown = false;
    for birth in &group.births {
        let age = birth.map(|birth| birth.age_on(as_of));
        let (least, greatest) = age.map_or((None, None), |age| (age.least, age.greatest));
        if greatest.is_some_and(|greatest| greatest < from) || least.is_some_and(|least| least > to)
        {
            let years = least.or(greatest).unwrap_or_default();
            return Answer::No {
                rule: "age",
                reason: format!("accepts ages {from} to {to}, a child is {years}"),
            };
        }
        unknown |= !(least.is_some_and(|least| least >= from)
            && greatest.is_some_and(|greatest| greatest <= to));
    }
    match unknown {
        true => Answer::Unknown(format!(
            "accepts ages {from} to {to}: is every child's age known to be in that range?"
        )),
        false => Answer::Yes(format!("accepts ages {from} to {to}")),
    }
}

/// Points for a family: near ones first, then those confirmed of late. Weights for matching come with full matching.
pub fn nearness(distance: Option<Distance>) -> u8 {
    distance.map_or(u8::MAX, |distance| distance as u8)
}
