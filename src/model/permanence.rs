//! The answer to "which forms of permanence are open with this person, and what does each still need?", and what is due
//! in a case and when. Every answer is yes, no or unknown; unknown says what is missing.

use super::ids::{PublicId, Revision};
use super::lead::{CitedWords, LeadTarget, PersonSummary};
use super::partial_date::{Day, Truth};
use serde::Deserialize;

/// A form of permanence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permanence {
    Reunification,
    TransferOfGuardianship,
    PermanentGuardianship,
    Adoption,
    CustomaryAdoption,
    /// Another planned arrangement (OPPLA, APPLA): the last resort.
    OtherPlannedArrangement,
}

impl Permanence {
    pub const ALL: [Permanence; 6] = [
        Permanence::Reunification,
        Permanence::TransferOfGuardianship,
        Permanence::PermanentGuardianship,
        Permanence::Adoption,
        Permanence::CustomaryAdoption,
        Permanence::OtherPlannedArrangement,
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Permanence::Reunification => "reunification",
            Permanence::TransferOfGuardianship => "transfer_of_guardianship",
            Permanence::PermanentGuardianship => "permanent_guardianship",
            Permanence::Adoption => "adoption",
            Permanence::CustomaryAdoption => "customary_adoption",
            Permanence::OtherPlannedArrangement => "other_planned_arrangement",
        }
    }
}

/// A data file whose rules were used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesUsed {
    pub id: String,
    pub version: String,
    pub title: String,
    pub citation: String,
    /// What nobody has checked against the text of the law.
    pub to_be_checked: Vec<String>,
}

/// Whether a form of permanence is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathwayState {
    /// Every condition is met, as far as the records tell.
    Open,
    /// Nothing recorded stands against it; something is unknown.
    NeedsReview,
    /// A condition is not met.
    NotMet,
}

/// One condition of a form of permanence, answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionAnswer {
    /// The condition in words.
    pub words: String,
    pub citation: String,
    pub met: Truth,
    /// What the records say, or where they are silent.
    pub because: String,
    /// What to find out or to write down. Empty unless the answer is unknown.
    pub missing: String,
    /// The day from which time alone will have met it.
    pub met_from: Option<Day>,
}

/// One form of permanence for one lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pathway {
    pub id: String,
    pub form: Permanence,
    pub title: String,
    pub citation: String,
    pub state: PathwayState,
    pub conditions: Vec<ConditionAnswer>,
    /// What it means for the child and the parents.
    pub effects: Vec<CitedWords>,
    /// Services after permanence that fit.
    pub services: Vec<SuggestedService>,
}

/// A service after permanence, and why it is suggested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedService {
    pub id: String,
    pub title: String,
    /// "support group", "respite", …
    pub kind: String,
    pub delivered_by: String,
    pub for_whom: String,
    pub description: String,
    pub because: String,
    pub citation: String,
}

/// The whole answer for a child and a lead.
#[derive(Clone, Debug, PartialEq)]
pub struct PathwaysAnswer {
    pub child: PersonSummary,
    pub lead: LeadTarget,
    /// What the lead is to the child; empty if no relation is recorded.
    pub relation: String,
    pub as_of: Day,
    pub revision: Revision,
    pub rules: RulesUsed,
    /// Why these rules.
    pub because: String,
    /// The child's own wishes, as told.
    pub wishes: Vec<String>,
    pub pathways: Vec<Pathway>,
}

/// How something that is due stands on the day of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DueState {
    /// The last day has passed, and nothing recorded says that it was done.
    Overdue,
    /// Its time has come, or may have passed.
    DueNow,
    Ahead,
    /// When it is due cannot be told: a date is missing.
    NeedsReview,
}

/// One thing that is due in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueAction {
    /// The rule's id in its file.
    pub id: String,
    pub title: String,
    /// Whom it is about, if not the child: a relative's outreach, a family's approval.
    pub about: String,
    pub citation: String,
    pub state: DueState,
    /// From when it can be done, where the rule gives a time.
    pub window_from: Option<Day>,
    /// The earliest and the latest day on which it may be due; the same where the date is whole.
    pub due_from: Option<Day>,
    pub due_by: Option<Day>,
    /// From what it is counted, or what is missing.
    pub because: String,
    pub case: PublicId,
    pub child: PersonSummary,
}

/// A number of days that may be known only within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaysBetween {
    pub least: i32,
    pub greatest: i32,
}

/// How long a child has been in care and waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDays {
    pub case: PublicId,
    pub child: PersonSummary,
    /// Nothing where the date in care is not recorded.
    pub in_care: Option<DaysBetween>,
    /// Since the legal status that opens the search for a permanent family; nothing where it is another or not dated.
    pub waiting: Option<DaysBetween>,
    /// In words, also where something is missing.
    pub words: String,
    /// The files whose rules were used.
    pub rules: Vec<RulesUsed>,
}
