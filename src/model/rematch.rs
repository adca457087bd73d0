//! What the nightly run keeps: one list a child in numbers only, the changes from one night to the next, and what
//! brought each about. Words are worked out when somebody reads them, from the statements as known that night.

use super::ids::{NationId, PersonId, Revision, StatementId, Subject, WaitingFamilyId};
use super::partial_date::Day;
use serde::{Deserialize, Serialize};

/// A run's number. They count up and are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunNumber(pub u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RunState {
    /// Under way, or cut off and to be gone on with.
    Running,
    Done,
    /// Stopped by somebody: nothing of it counts.
    Cancelled,
}

impl RunState {
    pub fn word(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Done => "done",
            RunState::Cancelled => "cancelled",
        }
    }
}

/// Whom a run matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunScope {
    /// Every waiting child.
    Everyone,
    /// Between two nights: only those whom something recorded since the run before can touch, for the date of the night
    /// before. The others have the list that they had; the same lists come of it.
    Touched,
}

/// One night: what it looked at, by which rules, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub number: RunNumber,
    /// Everything up to this commit was known.
    pub revision: Revision,
    /// The date that the answers are for.
    pub as_of: Day,
    pub state: RunState,
    pub scope: RunScope,
    /// The run against which changes are told: of a night the night before, of a run between nights the run before.
    pub previous: Option<RunNumber>,
    /// The placement orders in use, with their versions, and the fingerprint of the weights.
    pub policy: Vec<(String, String)>,
    /// A move within a tier counts as news from so many ranks on.
    pub ranks_moved: u32,
    /// So many children are written at once.
    pub children_a_part: u32,
    /// Seconds since 1970-01-01 UTC.
    pub began: i64,
    pub ended: Option<i64>,
    pub counts: RunCounts,
}

impl Run {
    /// Whether it looked at everyone, and is done.
    pub fn is_night(&self) -> bool {
        self.state == RunState::Done && self.scope == RunScope::Everyone
    }
}

/// What a run has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunCounts {
    /// Children whose case is active.
    pub children: u64,
    /// Of these, those done so far, failed ones too.
    pub matched: u64,
    /// Of these, those who were not taken over as they were.
    pub anew: u64,
    /// Children of whom something changed.
    pub changed: u64,
    /// Changes of all children, the quiet ones too.
    pub changes: u64,
    /// Children who could not be matched.
    pub failed: u64,
}

impl RunCounts {
    /// Both together.
    pub fn plus(self, other: RunCounts) -> RunCounts {
        RunCounts {
            children: self.children + other.children,
            matched: self.matched + other.matched,
            anew: self.anew + other.anew,
            changed: self.changed + other.changed,
            changes: self.changes + other.changes,
            failed: self.failed + other.failed,
        }
    }
}

/// Eight bytes of the SHA-256 of a list.
pub type Fingerprint = [u8; 8];

/// What a run says of one child. An unchanged child takes no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub child: PersonId,
    /// The last run that could match the child: this one, unless it failed.
    pub matched_in: Option<RunNumber>,
    pub fingerprint: Fingerprint,
    /// Why this run could not match the child.
    pub failure: Option<Failure>,
}

impl Outcome {
    /// What a run between nights says of a child who waits no longer.
    pub fn gone(child: PersonId) -> Outcome {
        Outcome {
            child,
            matched_in: None,
            fingerprint: Fingerprint::default(),
            failure: None,
        }
    }

    pub fn is_gone(&self) -> bool {
        self.matched_in.is_none() && self.failure.is_none()
    }
}

/// Why a child could not be matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// A record that the answer needs is damaged.
    Damaged,
    /// The case names somebody who is not there.
    NotThere,
    /// The case names a placement order that there is not.
    UnknownOrder,
    Other,
}

impl Failure {
    pub fn words(self) -> &'static str {
        match self {
            Failure::Damaged => "a record that the answer needs is damaged: run `kinpath verify`",
            Failure::NotThere => "the child's record is not there",
            Failure::UnknownOrder => "the case names a placement order that there is not",
            Failure::Other => "the answer could not be worked out: see the log",
        }
    }
}

/// Who is suggested, or left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Target {
    Person(PersonId),
    WaitingFamily(WaitingFamilyId),
    Nation(NationId),
}

impl Target {
    pub fn subject(self) -> Subject {
        match self {
            Target::Person(id) => Subject::Person(id),
            Target::WaitingFamily(id) => Subject::WaitingFamily(id),
            Target::Nation(id) => Subject::Nation(id),
        }
    }
}

/// One lead of a list; its rank is its place among the leads of its tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedLead {
    pub target: Target,
    pub tier: u8,
    /// The score in hundredths of a point.
    pub score: i32,
    /// One or more answers are missing.
    pub needs_review: bool,
    /// The latest outreach for the purpose of the list: 0 none, else 1 more than the place in `OutreachState::ALL`.
    pub outreach: u8,
    /// CRC-32 of the cautions, 0 where there are none: told apart, not told.
    pub cautions: u32,
}

/// Somebody whom a rule leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedExclusion {
    pub person: PersonId,
    /// 0 where no tier holds them.
    pub tier: u8,
    /// CRC-32 of the rule's short word.
    pub rule: u32,
    pub connection: bool,
}

/// One child's list.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChildList {
    /// False once the child waits no longer.
    pub waits: bool,
    /// CRC-32 of the id and version of the placement order used.
    pub order: u32,
    /// CRC-32 of what is known and what was asked.
    pub coverage: u32,
    /// In the order of the answer. Nations stand in a list of their own at the head of their tier.
    pub leads: Vec<ListedLead>,
    /// By number.
    pub excluded: Vec<ListedExclusion>,
}

/// Where somebody stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    Absent,
    Lead {
        /// 1 is the first of the tier.
        rank: u32,
        lead: ListedLead,
    },
    Excluded(ListedExclusion),
    /// Left out by one rule alone that time or one change lifts; with how, where it is a person. Only before a change.
    NearMiss(Option<ListedExclusion>),
}

/// What changed in a child's list from one run to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListChange {
    pub what: Changed,
    /// Something that the specialist must see; the others only complete the record.
    pub is_news: bool,
    /// What brought it about, the nearest to it first.
    pub causes: Vec<Cause>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Changed {
    /// The child is matched for the first time.
    ChildAdded,
    /// The case is active no longer.
    ChildGone,
    Order {
        before: u32,
        after: u32,
    },
    Coverage {
        before: u32,
        after: u32,
    },
    Standing {
        target: Target,
        before: Standing,
        after: Standing,
    },
}

/// What a change is, in one word; the gravest where it is several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    ChildAdded,
    NearMissPossible,
    ExclusionLifted,
    NewLead,
    MovedTier,
    LeadGone,
    CautionsChanged,
    StatusChanged,
    OutreachChanged,
    MovedRank,
    OrderChanged,
    CoverageChanged,
    ChildGone,
    /// The score or the rank changed by a little.
    Shifted,
    /// Somebody is newly left out, or for another reason.
    ExclusionChanged,
}

impl ChangeKind {
    pub const ALL: [ChangeKind; 15] = [
        ChangeKind::ChildAdded,
        ChangeKind::NearMissPossible,
        ChangeKind::ExclusionLifted,
        ChangeKind::NewLead,
        ChangeKind::MovedTier,
        ChangeKind::LeadGone,
        ChangeKind::CautionsChanged,
        ChangeKind::StatusChanged,
        ChangeKind::OutreachChanged,
        ChangeKind::MovedRank,
        ChangeKind::OrderChanged,
        ChangeKind::CoverageChanged,
        ChangeKind::ChildGone,
        ChangeKind::Shifted,
        ChangeKind::ExclusionChanged,
    ];

    /// In words, for whoever reads the digest.
    pub fn words(self) -> &'static str {
        match self {
            ChangeKind::ChildAdded => "new child",
            ChangeKind::NearMissPossible => "near miss become possible",
            ChangeKind::ExclusionLifted => "no longer left out",
            ChangeKind::NewLead => "new lead",
            ChangeKind::MovedTier => "moved to another tier",
            ChangeKind::LeadGone => "lead gone",
            ChangeKind::CautionsChanged => "cautions changed",
            ChangeKind::StatusChanged => "status changed",
            ChangeKind::OutreachChanged => "outreach changed",
            ChangeKind::MovedRank => "moved within the tier",
            ChangeKind::OrderChanged => "another placement order",
            ChangeKind::CoverageChanged => "what is known or was asked changed",
            ChangeKind::ChildGone => "no longer waits",
            ChangeKind::Shifted => "score or rank changed a little",
            ChangeKind::ExclusionChanged => "left out for another reason, or newly",
        }
    }
}

impl ListChange {
    pub fn kind(&self) -> ChangeKind {
        let (before, after) = match self.what {
            Changed::ChildAdded => return ChangeKind::ChildAdded,
            Changed::ChildGone => return ChangeKind::ChildGone,
            Changed::Order { .. } => return ChangeKind::OrderChanged,
            Changed::Coverage { .. } => return ChangeKind::CoverageChanged,
            Changed::Standing { before, after, .. } => (before, after),
        };
        match (before, after) {
            (Standing::NearMiss(_), Standing::Lead { .. }) => ChangeKind::NearMissPossible,
            (Standing::Excluded(_), Standing::Lead { .. }) => ChangeKind::ExclusionLifted,
            (Standing::Absent, Standing::Lead { .. }) => ChangeKind::NewLead,
            (Standing::Lead { .. }, Standing::Absent | Standing::Excluded(_)) => {
                ChangeKind::LeadGone
            }
            (Standing::Lead { lead: old, .. }, Standing::Lead { lead: new, .. }) => {
                kind_of_lead(&old, &new, self.is_news)
            }
            _ => ChangeKind::ExclusionChanged,
        }
    }
}

fn kind_of_lead(old: &ListedLead, new: &ListedLead, is_news: bool) -> ChangeKind {
    if old.tier != new.tier {
        ChangeKind::MovedTier
    } else if old.cautions != new.cautions {
        ChangeKind::CautionsChanged
    } else if old.needs_review != new.needs_review {
        ChangeKind::StatusChanged
    } else if old.outreach != new.outreach {
        ChangeKind::OutreachChanged
    } else if is_news {
        ChangeKind::MovedRank
    } else {
        ChangeKind::Shifted
    }
}

/// What brought a change about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    /// A version of a statement, committed since the last run.
    Statement {
        subject: Subject,
        statement: StatementId,
        revision: Revision,
    },
    /// A date that has come since the last run.
    Date {
        what: DateKind,
        subject: Subject,
        statement: StatementId,
        day: Day,
    },
    /// A placement order, or the weights, in another version.
    Policy { name: String, version: String },
}

/// What comes with a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DateKind {
    Birthday,
    /// What was true in the world begins, or ends.
    Begins,
    Ends,
    /// An approval or a check ends.
    Expires,
    /// The date to ask again.
    AskAgain,
    /// The beginning of an approval or of a legal status.
    Dated,
}
