//! Which rules exclude a waiting family, and what would take each away. Each change is tried on a copy of the profile, and
//! the rules are asked again: what is told here admits.

use super::mend::age_in_months;
use super::waiting_families::{Obstacle as Rule, SiblingGroup, rule};
use super::when::when;
use crate::model::absence::{Change, ChangeKind, Obstacle};
use crate::model::partial_date::{Day, PartialDate};
use crate::model::waiting_family::{ApprovalState, WaitingFamily};

/// All rules that exclude a family, in the order in which they are asked.
pub fn obstacles(family: &WaitingFamily, group: &SiblingGroup, as_of: Day) -> Vec<Obstacle> {
    let mut family = family.clone();
    let mut obstacles = Vec::new();
    // Each turn takes a rule away; the ages of each child may take one.
    let most = 8 + group.births.len();
    while let (Err(excluding), true) = (rule(&family, group, as_of), obstacles.len() < most) {
        obstacles.push(Obstacle {
            rule: excluding.rule().to_owned(),
            reason: excluding.words(),
            change: Some(change(excluding, group, as_of)),
        });
        mend(&mut family, excluding, as_of);
    }
    obstacles
}

/// The profile with what a rule asks for.
fn mend(family: &mut WaitingFamily, excluding: Rule, as_of: Day) {
    match excluding {
        Rule::StudyNotFinished | Rule::Withdrawn => family.approval = Some(ApprovalState::Approved),
        Rule::ApprovedOnly(_) => family.approved_on = Some(PartialDate::from_day(as_of)),
        Rule::ApprovalExpired(_) => {
            family.approval_expires = Some(PartialDate::from_day(as_of.months_after(12)));
        }
        Rule::OnHold => family.on_hold = Some(false),
        Rule::TooLittleRoom { needed, .. } => {
            family.capacity = Some(u8::try_from(needed).unwrap_or(u8::MAX));
        }
        Rule::AgeOutside { from, to, age } => {
            let age = u8::try_from(age.max(0)).unwrap_or(u8::MAX);
            family.age_from = Some(from.min(age));
            family.age_to = Some(to.max(age));
        }
    }
}

fn change(excluding: Rule, group: &SiblingGroup, as_of: Day) -> Change {
    let (kind, words) = match excluding {
        Rule::StudyNotFinished => (ChangeKind::Decision, "the home study finished".to_owned()),
        Rule::Withdrawn => (ChangeKind::Decision, "a new approval".to_owned()),
        Rule::ApprovedOnly(date) => (ChangeKind::Time, format!("approved {}", when(date))),
        Rule::ApprovalExpired(date) => (
            ChangeKind::Decision,
            format!("the approval renewed; it expired {}", ago(date, as_of)),
        ),
        Rule::OnHold => (
            ChangeKind::Answer,
            "ask the family whether the hold can end".to_owned(),
        ),
        Rule::TooLittleRoom { room, needed } => (
            ChangeKind::Answer,
            format!(
                "room for {} more; ask the family",
                needed.saturating_sub(usize::from(room))
            ),
        ),
        Rule::AgeOutside { from, to, age } => {
            (ChangeKind::Answer, ages(group, from, to, age, as_of))
        }
    };
    let from = match excluding {
        Rule::ApprovedOnly(date) => date.possible_days().0,
        _ => None,
    };
    Change { kind, words, from }
}

/// "12 days ago", or the date where it is not known to the day.
fn ago(date: PartialDate, as_of: Day) -> String {
    match date.possible_days() {
        (Some(first), Some(last)) if first == last => match as_of.0 - first.0 {
            0 => "today".to_owned(),
            1 => "yesterday".to_owned(),
            days => format!("{days} days ago"),
        },
        _ => when(date),
    }
}

/// "the age range ends at 9, a child is 9 years 7 months".
fn ages(group: &SiblingGroup, from: u8, to: u8, age: i32, as_of: Day) -> String {
    let is_too_old = age > i32::from(to);
    let limit = match is_too_old {
        true => format!("ends at {to}"),
        false => format!("begins at {from}"),
    };
    let exact = group.births.iter().flatten().find_map(|birth| {
        let (first, last) = birth.possible_days();
        let born = first.filter(|_| first == last)?;
        (birth.age_on(as_of).least == Some(age)).then(|| age_in_months(born, as_of))
    });
    let age = exact.unwrap_or_else(|| format!("{age}"));
    format!(
        "the age range {limit}, a child is {age}: ask the family whether they would take this child"
    )
}
