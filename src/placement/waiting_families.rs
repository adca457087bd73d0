//! Whether a waiting family may be suggested: approval in force, not on hold, room for the whole sibling group, ages
//! in range. Each rule answers yes, no or unknown. How well a family fits is a later matter.

use super::when::when;
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::waiting_family::{ApprovalState, WaitingFamily};

/// The children to be placed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiblingGroup {
    /// Birth dates, the child's first; nothing where one is not known.
    pub births: Vec<Option<PartialDate>>,
}

/// The first rule that excludes a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    StudyNotFinished,
    Withdrawn,
    ApprovedOnly(PartialDate),
    ApprovalExpired(PartialDate),
    OnHold,
    TooLittleRoom { room: u8, needed: usize },
    AgeOutside { from: u8, to: u8, age: i32 },
}

impl Obstacle {
    /// The rule as a short word.
    pub fn rule(self) -> &'static str {
        match self {
            Obstacle::StudyNotFinished | Obstacle::Withdrawn | Obstacle::ApprovedOnly(_) => {
                "not_approved"
            }
            Obstacle::ApprovalExpired(_) => "approval_expired",
            Obstacle::OnHold => "on_hold",
            Obstacle::TooLittleRoom { .. } => "capacity",
            Obstacle::AgeOutside { .. } => "age",
        }
    }

    pub fn words(self) -> String {
        match self {
            Obstacle::StudyNotFinished => "the home study is not finished".to_owned(),
            Obstacle::Withdrawn => "the approval was withdrawn".to_owned(),
            Obstacle::ApprovedOnly(date) => format!("approved only {}", when(date)),
            Obstacle::ApprovalExpired(date) => format!("approval expired {}", when(date)),
            Obstacle::OnHold => "the family is on hold".to_owned(),
            Obstacle::TooLittleRoom { room, needed } => {
                format!("room for {room}, but {needed} are to be placed together")
            }
            Obstacle::AgeOutside { from, to, age } => {
                format!("accepts ages {from} to {to}, a child is {age}")
            }
        }
    }
}

/// What one answer would settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    ApprovalNotRecorded,
    ExpiryNotRecorded,
    ExpiryUnclear(PartialDate),
    HoldNotRecorded,
    RoomNotRecorded,
    AgesNotRecorded,
    AgesUnclear { from: u8, to: u8 },
}

impl Doubt {
    pub fn words(self) -> String {
        match self {
            Doubt::ApprovalNotRecorded => "approval not recorded".to_owned(),
            Doubt::ExpiryNotRecorded => "when the approval expires is not recorded".to_owned(),
            Doubt::ExpiryUnclear(date) => {
                format!("approval expires {}: still in force?", when(date))
            }
            Doubt::HoldNotRecorded => "whether the family is on hold is not recorded".to_owned(),
            Doubt::RoomNotRecorded => {
                "how many children the family can take is not recorded".to_owned()
            }
            Doubt::AgesNotRecorded => {
                "the ages that the family accepts are not recorded".to_owned()
            }
            Doubt::AgesUnclear { from, to } => {
                format!(
                    "accepts ages {from} to {to}: is every child's age known to be in that range?"
                )
            }
        }
    }
}

/// Decides for one family and day: what is unknown (empty: nothing), or the first rule that excludes.
pub fn rule(
    family: &WaitingFamily,
    group: &SiblingGroup,
    as_of: Day,
) -> Result<Vec<Doubt>, Obstacle> {
    let mut doubts = Vec::new();
    doubts.extend(approval(family, as_of)?);
    doubts.extend(hold(family)?);
    doubts.extend(room(family, group)?);
    doubts.extend(ages(family, group, as_of)?);
    Ok(doubts)
}

/// Why a family may be suggested, in words.
pub fn reasons(family: &WaitingFamily, group: &SiblingGroup) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Some(expires) = family.approval_expires {
        reasons.push(format!("approved until {}", expires.in_words()));
    }
    if family.on_hold == Some(false) {
        reasons.push("available".to_owned());
    }
    if let Some(room) = family.capacity {
        reasons.push(format!(
            "room for {room}, {} to be placed",
            group.births.len()
        ));
    }
    if let (Some(from), Some(to)) = (family.age_from, family.age_to) {
        reasons.push(format!("accepts ages {from} to {to}"));
    }
    reasons
}

type Answer = Result<Option<Doubt>, Obstacle>;

fn approval(family: &WaitingFamily, as_of: Day) -> Answer {
    match family.approval {
        None => return Ok(Some(Doubt::ApprovalNotRecorded)),
        Some(ApprovalState::InStudy) => return Err(Obstacle::StudyNotFinished),
        Some(ApprovalState::Withdrawn) => return Err(Obstacle::Withdrawn),
        Some(ApprovalState::Approved) => {}
    }
    if let Some(approved) = family.approved_on
        && approved.on_or_before(as_of) == Truth::No
    {
        return Err(Obstacle::ApprovedOnly(approved));
    }
    let Some(expires) = family.approval_expires else {
        return Ok(Some(Doubt::ExpiryNotRecorded));
    };
    match expires.on_or_before(as_of) {
        Truth::Yes => Err(Obstacle::ApprovalExpired(expires)),
        Truth::No => Ok(None),
        Truth::Unknown => Ok(Some(Doubt::ExpiryUnclear(expires))),
    }
}

fn hold(family: &WaitingFamily) -> Answer {
    match family.on_hold {
        Some(true) => Err(Obstacle::OnHold),
        Some(false) => Ok(None),
        None => Ok(Some(Doubt::HoldNotRecorded)),
    }
}

fn room(family: &WaitingFamily, group: &SiblingGroup) -> Answer {
    let needed = group.births.len();
    match family.capacity {
        None => Ok(Some(Doubt::RoomNotRecorded)),
        Some(room) if usize::from(room) >= needed => Ok(None),
        Some(room) => Err(Obstacle::TooLittleRoom { room, needed }),
    }
}

fn ages(family: &WaitingFamily, group: &SiblingGroup, as_of: Day) -> Answer {
    let (Some(from), Some(to)) = (family.age_from, family.age_to) else {
        return Ok(Some(Doubt::AgesNotRecorded));
    };
    let (youngest, oldest) = (i32::from(from), i32::from(to));
    let mut unclear = false;
    for birth in &group.births {
        let age = birth.map(|birth| birth.age_on(as_of));
        let (least, greatest) = age.map_or((None, None), |age| (age.least, age.greatest));
        if greatest.is_some_and(|greatest| greatest < youngest)
            || least.is_some_and(|least| least > oldest)
        {
            return Err(Obstacle::AgeOutside {
                from,
                to,
                age: least.or(greatest).unwrap_or_default(),
            });
        }
        let inside = least.is_some_and(|least| least >= youngest)
            && greatest.is_some_and(|greatest| greatest <= oldest);
        unclear |= !inside;
    }
    Ok(unclear.then_some(Doubt::AgesUnclear { from, to }))
}
