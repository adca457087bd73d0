//! Ties between people, and from people to households. Parent ties, unions and stated kin are walked on;
//! network ties and household membership are not.

use super::ids::{HouseholdId, PersonId};
use super::partial_date::PartialDate;
use super::relation_word::KinTerm;
use serde::{Deserialize, Serialize};

/// How somebody is a parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ParentNature {
    Birth,
    Adoptive,
    /// Partner of a parent, recorded as such without the union.
    Step,
    Foster,
    Guardian,
    /// By a nation's custom.
    Customary,
    /// Presumed by law or belief, not established.
    Presumed,
}

impl ParentNature {
    pub const ALL: [ParentNature; 7] = [
        ParentNature::Birth,
        ParentNature::Adoptive,
        ParentNature::Step,
        ParentNature::Foster,
        ParentNature::Guardian,
        ParentNature::Customary,
        ParentNature::Presumed,
    ];

    /// The word used in files and messages.
    pub fn word(self) -> &'static str {
        match self {
            ParentNature::Birth => "birth",
            ParentNature::Adoptive => "adoptive",
            ParentNature::Step => "step",
            ParentNature::Foster => "foster",
            ParentNature::Guardian => "guardian",
            ParentNature::Customary => "customary",
            ParentNature::Presumed => "presumed",
        }
    }

    pub fn from_word(word: &str) -> Option<ParentNature> {
        ParentNature::ALL
            .into_iter()
            .find(|nature| nature.word() == word)
    }
}

/// A parent's legal standing towards the child.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum LegalState {
    #[default]
    Unknown,
    Intact,
    Suspended,
    Terminated,
    Relinquished,
    NeverEstablished,
}

impl LegalState {
    pub const ALL: [LegalState; 6] = [
        LegalState::Unknown,
        LegalState::Intact,
        LegalState::Suspended,
        LegalState::Terminated,
        LegalState::Relinquished,
        LegalState::NeverEstablished,
    ];

    /// The word used in files and messages; empty for unknown.
    pub fn word(self) -> &'static str {
        match self {
            LegalState::Unknown => "",
            LegalState::Intact => "intact",
            LegalState::Suspended => "suspended",
            LegalState::Terminated => "terminated",
            LegalState::Relinquished => "relinquished",
            LegalState::NeverEstablished => "never_established",
        }
    }

    pub fn from_word(word: &str) -> Option<LegalState> {
        LegalState::ALL
            .into_iter()
            .find(|state| state.word() == word)
    }

    /// True once the parent's rights have ended, by court or by the parent.
    pub fn is_ended(self) -> bool {
        matches!(self, LegalState::Terminated | LegalState::Relinquished)
    }
}

/// The subject is the child of `parent`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ParentTie {
    pub parent: PersonId,
    pub nature: ParentNature,
    pub legal_state: LegalState,
    /// When the legal state was decided, and by which court.
    pub legal_date: Option<PartialDate>,
    pub court: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum UnionKind {
    Married,
    CommonLaw,
    Other,
}

impl UnionKind {
    pub const ALL: [UnionKind; 3] = [UnionKind::Married, UnionKind::CommonLaw, UnionKind::Other];

    pub fn word(self) -> &'static str {
        match self {
            UnionKind::Married => "married",
            UnionKind::CommonLaw => "common_law",
            UnionKind::Other => "other",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum UnionState {
    /// Not known to have ended (the death of a partner does not change this).
    Current,
    /// Ended by divorce, annulment or separation.
    Ended,
}

/// The subject and `partner` are, or were, a couple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Union {
    pub partner: PersonId,
    pub kind: UnionKind,
    pub state: UnionState,
}

/// On which side of the family.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum Side {
    Maternal,
    Paternal,
    Both,
    #[default]
    Unknown,
}

impl Side {
    pub fn word(self) -> &'static str {
        match self {
            Side::Maternal => "maternal",
            Side::Paternal => "paternal",
            Side::Both => "both",
            Side::Unknown => "",
        }
    }

    pub fn from_word(word: &str) -> Option<Side> {
        [Side::Maternal, Side::Paternal, Side::Both, Side::Unknown]
            .into_iter()
            .find(|side| side.word() == word)
    }
}

/// Who says that somebody is kin.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum KinBasis {
    /// Told by somebody.
    #[default]
    Told,
    /// Named by the child.
    NamedByChild,
    /// Kin by the custom of the child's nation.
    Custom,
}

/// `kin` is the subject's `term` ("her auntie"), though the path between them is not known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StatedKin {
    pub kin: PersonId,
    pub term: KinTerm,
    /// The word as it was told: "auntie", "kokum".
    pub as_told: String,
    pub side: Side,
    pub basis: KinBasis,
}

/// `adult` plays, or played, this role in the subject's life.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NetworkTie {
    pub adult: PersonId,
    /// A role word of `data/network_roles.toml`, in lower case with underscores: "former_foster_parent", "coach".
    pub role: String,
    /// Whether the role is, or was, paid.
    pub paid: Option<bool>,
}

/// The subject lives, or lived, in this household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HouseholdMember {
    pub household: HouseholdId,
}
