//! Whether somebody may be a lead for a purpose: yes, no with the first rule that excludes, or what must be asked.
//! Unknown is never taken for yes or no.

use super::candidate::Candidate;
use super::order::{ParentWithEndedRights, PlacementOrder};
use super::when::when;
use crate::model::case::{OutreachState, Purpose};
use crate::model::lead::OutreachBrief;
use crate::model::neighborhood::Vital;
use crate::model::partial_date::{Day, Truth};
use crate::model::person::CautionKind;

/// The answer for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Eligibility {
    Lead {
        /// What one answer would settle. Empty: nothing that the order asks for is unknown.
        questions: Vec<String>,
    },
    Excluded {
        /// The rule as a short word: "died", "minor", "barred", …
        rule: &'static str,
        reason: String,
        /// Whether they are leads for the purpose of connection all the same.
        connection: bool,
    },
}

/// Beyond this age we ask whether somebody of whom nothing was said is still alive. A rule of thumb of ours.
const ASK_WHETHER_ALIVE_FROM: i32 = 100;
/// Nobody has a child at a younger age. A rule of thumb of ours, to tell adults by their children.
const YOUNGEST_PARENT: i32 = 12;

/// Decides for one person, purpose and day.
pub fn eligibility(
    candidate: &Candidate,
    purpose: Purpose,
    order: &PlacementOrder,
    as_of: Day,
) -> Eligibility {
    let mut questions = Vec::new();
    let rules = [life, age, safety, parental_rights, refusal];
    for rule in rules {
        match rule(candidate, purpose, order, as_of) {
            Ruling::Passes => {}
            Ruling::Asks(question) => questions.push(question),
            Ruling::Excludes { rule, reason } => {
                let connection = purpose != Purpose::Connection
                    && rules.iter().all(|test| {
                        !matches!(
                            test(candidate, Purpose::Connection, order, as_of),
                            Ruling::Excludes { .. }
                        )
                    });
                return Eligibility::Excluded {
                    rule,
                    reason,
                    connection,
                };
            }
        }
    }
    if !candidate.node.named {
        questions.insert(0, "who is this? Not yet named".to_owned());
    }
    if candidate.kinship.is_some_and(|kinship| kinship.disputed) {
        questions.push("somebody disputes a step of the path: which is right?".to_owned());
    }
    Eligibility::Lead { questions }
}

enum Ruling {
    Passes,
    Asks(String),
    Excludes { rule: &'static str, reason: String },
}

fn excludes(rule: &'static str, reason: impl Into<String>) -> Ruling {
    Ruling::Excludes {
        rule,
        reason: reason.into(),
    }
}

/// The dead and those not yet born are walked through, never suggested.
fn life(candidate: &Candidate, _purpose: Purpose, _order: &PlacementOrder, as_of: Day) -> Ruling {
    let node = candidate.node;
    if node
        .birth
        .is_some_and(|birth| birth.on_or_before(as_of) == Truth::No)
    {
        return excludes("not_born", "not yet born on this date");
    }
    match node.death {
        Vital::Dead(None) => excludes("died", "has died"),
        Vital::Dead(Some(date)) => match date.on_or_before(as_of) {
            Truth::Yes => excludes("died", format!("died {}", when(date))),
            Truth::No => Ruling::Passes,
            Truth::Unknown => Ruling::Asks(format!(
                "still alive on this date? Death recorded: {}",
                date.in_words()
            )),
        },
        Vital::Alive => Ruling::Passes,
        Vital::NotSaid => match node.birth.and_then(|birth| birth.age_on(as_of).least) {
            Some(age) if age >= ASK_WHETHER_ALIVE_FROM => {
                Ruling::Asks(format!("still alive? Would be {age} or older"))
            }
            _ => Ruling::Passes,
        },
    }
}

/// Minors are never leads for placement or notice; they are connections.
fn age(candidate: &Candidate, purpose: Purpose, order: &PlacementOrder, as_of: Day) -> Ruling {
    if !matches!(purpose, Purpose::Placement | Purpose::Notice) {
        return Ruling::Passes;
    }
    let majority = order.age_of_majority;
    let least_by_children = candidate
        .eldest_child_born
        .and_then(|born| born.age_on(as_of).least)
        .map(|age| age + YOUNGEST_PARENT);
    let Some(birth) = candidate.node.birth else {
        return match least_by_children {
            Some(least) if least >= i32::from(majority) => Ruling::Passes,
            _ => Ruling::Asks(format!("age not known: must be at least {majority}")),
        };
    };
    match birth.is_aged_at_least(majority, as_of) {
        Truth::Yes => Ruling::Passes,
        Truth::No => {
            let age = birth.age_on(as_of).greatest.unwrap_or_default();
            excludes(
                "minor",
                format!("{age} years old: a connection, not a placement"),
            )
        }
        Truth::Unknown if least_by_children.is_some_and(|least| least >= i32::from(majority)) => {
            Ruling::Passes
        }
        Truth::Unknown => Ruling::Asks(format!(
            "born {}: at least {majority} on this date?",
            birth.in_words()
        )),
    }
}

fn safety(candidate: &Candidate, purpose: Purpose, _order: &PlacementOrder, _as_of: Day) -> Ruling {
    let cautions = candidate.node.cautions;
    if cautions.contains(CautionKind::BarredFromPlacement) && purpose == Purpose::Placement {
        return excludes("barred", "barred from having a child placed with them");
    }
    if cautions.contains(CautionKind::NoContact) && purpose != Purpose::Information {
        return excludes(
            "no_contact",
            "a no-contact order or declaration is in force",
        );
    }
    if cautions.contains(CautionKind::FamilyViolenceException) && purpose == Purpose::Notice {
        return excludes(
            "family_violence",
            "the family-violence exception to notice covers them",
        );
    }
    Ruling::Passes
}

fn parental_rights(
    candidate: &Candidate,
    purpose: Purpose,
    order: &PlacementOrder,
    _as_of: Day,
) -> Ruling {
    let excluded = order.parent_with_ended_rights == ParentWithEndedRights::Excluded;
    if candidate.rights_ended && excluded && purpose == Purpose::Placement {
        return excludes("rights_ended", "their parental rights have ended");
    }
    Ruling::Passes
}

/// A refusal excludes only for the purpose refused, and only until its ask-again date.
fn refusal(candidate: &Candidate, purpose: Purpose, _order: &PlacementOrder, as_of: Day) -> Ruling {
    let declined = |outreach: &&OutreachBrief| {
        outreach.purpose == purpose && outreach.state == OutreachState::Declined
    };
    let Some(outreach) = candidate.outreach.iter().find(declined) else {
        return Ruling::Passes;
    };
    let when = outreach
        .date
        .map_or(String::new(), |date| format!(" {}", when(date)));
    match outreach.ask_again {
        None => excludes("declined", format!("declined {}{when}", purpose.word())),
        Some(date) => match date.on_or_before(as_of) {
            Truth::Yes => Ruling::Passes,
            Truth::No => excludes(
                "declined",
                format!(
                    "declined {}{when}; ask again from {}",
                    purpose.word(),
                    date.in_words()
                ),
            ),
            Truth::Unknown => Ruling::Asks(format!(
                "declined {}{when}: time to ask again?",
                purpose.word()
            )),
        },
    }
}
