//! The rules of permanence as they stand in a file.

use crate::model::permanence::Permanence;
use crate::model::tie::LegalState;
use crate::placement::order::Duty;
use crate::placement::rule_file::Applies;
use serde::Deserialize;

/// One file: the forms of permanence of a jurisdiction.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathwayRules {
    pub id: String,
    pub version: String,
    pub title: String,
    pub jurisdiction: String,
    pub citation: String,
    /// What of this file nobody has checked against the text of the law.
    #[serde(default)]
    pub to_be_checked: Vec<String>,
    pub applies: Applies,
    #[serde(rename = "pathway")]
    pub pathways: Vec<PathwayRule>,
}

/// One form of permanence.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathwayRule {
    pub id: String,
    pub form: Permanence,
    pub title: String,
    pub citation: String,
    /// The goals of a case that mean this form.
    #[serde(default)]
    pub goals: Vec<String>,
    /// What it means for the child and the parents.
    #[serde(default)]
    pub effects: Vec<Duty>,
    #[serde(rename = "condition")]
    pub conditions: Vec<Condition>,
}

/// One condition. It holds if any of its tests does; it applies only if all of `when` hold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub words: String,
    pub citation: String,
    #[serde(default)]
    pub when: Vec<Test>,
    pub any: Vec<Test>,
    /// What to find out or to write down where the answer is unknown.
    pub ask: String,
}

/// A named test with its parameter.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// In whole years.
    ChildAgeAtLeast(u8),
    ChildAgeBelow(u8),
    /// The child lives with the lead, and has for this long.
    PlacedWithForMonths(u16),
    CaresForChild,
    IsParent,
    RightsOfLeadIn(Vec<RightsState>),
    RightsOfAllParents(RightsState),
    IsRelative,
    KinByCustom,
    /// Parent or guardian of a brother or sister of the child.
    HoldsSibling,
    /// Belongs to one of the child's nations.
    SameNation,
    ChildIsIndigenous,
    ScreeningCleared,
    /// A licence in force, or approval as a waiting family.
    Licensed,
    NotBarred,
    /// Said so when asked about placement.
    LeadIsWilling,
    LegalStatusIn(Vec<String>),
    /// Neither goal of the case is one of these.
    GoalNotIn(Vec<String>),
    /// Another form of this file, by id, is ruled out.
    RuledOut(String),
    /// Another form, by id, is still pursued: a goal of the case, or noted as not ruled out.
    NotRuledOut(String),
    /// A decision noted in the case.
    Stated(String),
    /// A decision noted in the case about this lead.
    StatedOfLead(String),
}

/// What the rights of a parent may be asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightsState {
    Intact,
    Suspended,
    /// By court, by the parent, or never established.
    Ended,
}

impl RightsState {
    /// Whether a recorded legal state is this one.
    pub fn holds(self, state: LegalState) -> bool {
        match self {
            RightsState::Intact => state == LegalState::Intact,
            RightsState::Suspended => state == LegalState::Suspended,
            RightsState::Ended => state.is_ended() || state == LegalState::NeverEstablished,
        }
    }
}
