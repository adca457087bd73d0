//! Whether somebody may be a lead for a purpose: yes, no with the first rule that excludes, or what must be asked.
//! Unknown is never taken for yes or no.

use super::candidate::Candidate;
use super::mend::{Mend, first_day_aged};
use super::order::{ParentWithEndedRights, PlacementOrder};
use super::when::when;
use crate::model::absence::Obstacle;
use crate::model::case::{OutreachState, Purpose};
use crate::model::lead::OutreachBrief;
use crate::model::neighborhood::Vital;
use crate::model::partial_date::{Day, PartialDate, Truth};
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
    for rule in RULES {
        match rule(candidate, purpose, order, as_of) {
            Ruling::Passes => {}
            Ruling::Asks(question) => questions.push(question),
            Ruling::Excludes { rule, reason, .. } => {
                return Eligibility::Excluded {
                    rule,
                    reason,
                    connection: is_connection(candidate, purpose, order, as_of),
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

/// All rules that exclude, the first as [`eligibility`] names it, each with what would take it away.
pub fn obstacles(
    candidate: &Candidate,
    purpose: Purpose,
    order: &PlacementOrder,
    as_of: Day,
) -> Vec<Obstacle> {
    let rulings = RULES
        .iter()
        .map(|rule| rule(candidate, purpose, order, as_of));
    rulings
        .filter_map(|ruling| match ruling {
            Ruling::Excludes { rule, reason, mend } => Some(Obstacle {
                rule: rule.to_owned(),
                reason,
                change: mend.change(candidate.node, as_of),
            }),
            Ruling::Passes | Ruling::Asks(_) => None,
        })
        .collect()
}

/// Whether somebody whom a rule excludes is a lead for the purpose of connection all the same.
pub fn is_connection(
    candidate: &Candidate,
    purpose: Purpose,
    order: &PlacementOrder,
    as_of: Day,
) -> bool {
    purpose != Purpose::Connection
        && RULES.iter().all(|test| {
            !matches!(
                test(candidate, Purpose::Connection, order, as_of),
                Ruling::Excludes { .. }
            )
        })
}

type Rule = fn(&Candidate, Purpose, &PlacementOrder, Day) -> Ruling;

/// In the order in which they are named.
const RULES: [Rule; 7] = [
    life,
    age,
    barred,
    no_contact,
    family_violence,
    parental_rights,
    refusal,
];

enum Ruling {
    Passes,
    Asks(String),
    Excludes {
        rule: &'static str,
        reason: String,
        mend: Mend,
    },
}

fn excludes(rule: &'static str, reason: impl Into<String>, mend: Mend) -> Ruling {
    Ruling::Excludes {
        rule,
        reason: reason.into(),
        mend,
    }
}

/// What takes away a rule that holds until a date.
fn until(date: Option<PartialDate>, mend: fn(Day) -> Mend) -> Mend {
    let first = date.and_then(|date| date.possible_days().0);
    first.map_or(Mend::Nothing, mend)
}

/// The dead and those not yet born are walked through, never suggested.
fn life(candidate: &Candidate, _purpose: Purpose, _order: &PlacementOrder, as_of: Day) -> Ruling {
    let node = candidate.node;
    if node
        .birth
        .is_some_and(|birth| birth.on_or_before(as_of) == Truth::No)
    {
        let born = until(node.birth, Mend::Born);
        return excludes("not_born", "not yet born on this date", born);
    }
    match node.death {
        Vital::Dead(None) => excludes("died", "has died", Mend::Nothing),
        Vital::Dead(Some(date)) => match date.on_or_before(as_of) {
            Truth::Yes => excludes("died", format!("died {}", when(date)), Mend::Nothing),
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
            let age = birth.age_on(as_of).greatest.unwrap_or_default().max(0);
            excludes(
                "minor",
                format!("{age} years old: a connection, not a placement"),
                first_day_aged(birth, majority)
                    .map_or(Mend::Nothing, |from| Mend::OfAge { majority, from }),
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

fn barred(candidate: &Candidate, purpose: Purpose, _order: &PlacementOrder, _as_of: Day) -> Ruling {
    let cautions = candidate.node.cautions;
    if cautions.contains(CautionKind::BarredFromPlacement) && purpose == Purpose::Placement {
        let reason = "barred from having a child placed with them";
        return excludes("barred", reason, Mend::BarLifted);
    }
    Ruling::Passes
}

fn no_contact(
    candidate: &Candidate,
    purpose: Purpose,
    _order: &PlacementOrder,
    _as_of: Day,
) -> Ruling {
    let cautions = candidate.node.cautions;
    if cautions.contains(CautionKind::NoContact) && purpose != Purpose::Information {
        let reason = "a no-contact order or declaration is in force";
        return excludes("no_contact", reason, Mend::NoContactEnded);
    }
    Ruling::Passes
}

fn family_violence(
    candidate: &Candidate,
    purpose: Purpose,
    _order: &PlacementOrder,
    _as_of: Day,
) -> Ruling {
    let cautions = candidate.node.cautions;
    if cautions.contains(CautionKind::FamilyViolenceException) && purpose == Purpose::Notice {
        let reason = "the family-violence exception to notice covers them";
        return excludes("family_violence", reason, Mend::ExceptionEnded);
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
        let reason = "their parental rights have ended";
        return excludes("rights_ended", reason, Mend::RightsRestored);
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
        None => excludes(
            "declined",
            format!("declined {}{when}", purpose.word()),
            Mend::NewAnswer,
        ),
        Some(date) => match date.on_or_before(as_of) {
            Truth::Yes => Ruling::Passes,
            Truth::No => excludes(
                "declined",
                format!(
                    "declined {}{when}; ask again from {}",
                    purpose.word(),
                    date.in_words()
                ),
                until(Some(date), Mend::AskAgain),
            ),
            Truth::Unknown => Ruling::Asks(format!(
                "declined {}{when}: time to ask again?",
                purpose.word()
            )),
        },
    }
}
