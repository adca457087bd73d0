//! The answer to "why is this person or family no lead for the child, and what would help?".

use super::case::Purpose;
use super::ids::{PersonId, Revision, WaitingFamilyId};
use super::lead::{Excluded, LeadStatus, LeadTarget, OrderUsed, PersonSummary};
use super::partial_date::Day;

/// Who is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonOrFamily {
    Person(PersonId),
    Family(WaitingFamilyId),
}

/// What kind of change admits somebody, cheapest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Time alone.
    Time,
    /// A new answer of the person or family.
    Answer,
    /// Something true that is not recorded yet.
    Record,
    /// A decision of a court, an agency or a human who looks at it.
    Decision,
}

/// A change that takes one obstacle away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    /// In words: "is 17 years 4 months; 18 on 3 March 2027".
    pub words: String,
    /// The first day on which time alone, or asking again, does it.
    pub from: Option<Day>,
}

/// One rule that excludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// As a short word: "minor", "barred", "no_relation", …
    pub rule: String,
    pub reason: String,
    /// What would take it away; nothing where nothing that can be recorded does.
    pub change: Option<Change>,
}

/// Where somebody stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A lead of the tier, with the rank and what is still to be asked.
    Lead {
        rank: u32,
        status: LeadStatus,
        questions: Vec<String>,
    },
    /// No lead.
    Absent {
        /// All rules that exclude; the first is the one that FindFamily names.
        obstacles: Vec<Obstacle>,
        /// What together admits them, cheapest first; empty where nothing does.
        changes: Vec<Change>,
        /// Whether they are leads for the purpose of connection all the same.
        connection: bool,
    },
}

/// The whole answer.
#[derive(Clone, Debug, PartialEq)]
pub struct AbsenceAnswer {
    pub child: PersonSummary,
    pub who: LeadTarget,
    /// What they are to the child; empty where nothing within the order's reach is recorded.
    pub relation: String,
    pub purpose: Purpose,
    pub as_of: Day,
    pub revision: Revision,
    pub order: OrderUsed,
    /// The tier that holds them, or would but for a rule; 0 where none does.
    pub tier: u32,
    pub tier_title: String,
    pub standing: Standing,
}

/// Somebody whom one rule excludes that time alone takes away soon.
#[derive(Clone, Debug, PartialEq)]
pub struct NearMiss {
    pub excluded: Excluded,
    pub change: Change,
}
