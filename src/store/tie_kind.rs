//! By what a subject is tied to another, as the reverse index knows it.

use crate::model::ids::{PersonId, Subject, SubjectKind};
use crate::model::statement::Fact;
use crate::model::tie::ParentNature;

/// How the subject of a statement is tied to the other subject that the statement names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TieKind {
    /// The other is a parent, neither foster parent nor guardian.
    Parent = 1,
    FosterParent = 2,
    Guardian = 3,
    Union = 4,
    /// The other is stated kin.
    StatedKin = 5,
    /// The other is an adult of the subject's network.
    Network = 6,
    /// The other is a nation, the subject says whether it is a member.
    Membership = 7,
    Household = 8,
    /// The subject is the case of the other.
    Case = 9,
    /// The subject is a case, the other was contacted in it.
    Outreach = 10,
    /// The subject is a waiting family, the other is of it.
    FamilyMember = 11,
    /// The other record may be, is, or is not the same person.
    SamePerson = 12,
}

impl TieKind {
    pub const ALL: [TieKind; 12] = [
        TieKind::Parent,
        TieKind::FosterParent,
        TieKind::Guardian,
        TieKind::Union,
        TieKind::StatedKin,
        TieKind::Network,
        TieKind::Membership,
        TieKind::Household,
        TieKind::Case,
        TieKind::Outreach,
        TieKind::FamilyMember,
        TieKind::SamePerson,
    ];

    /// Ties that stand in the records of both people.
    pub const WALKED_BOTH_WAYS: [TieKind; 4] = [
        TieKind::Parent,
        TieKind::Union,
        TieKind::StatedKin,
        TieKind::SamePerson,
    ];

    /// The number on disk.
    pub fn byte(self) -> u8 {
        self as u8
    }

    pub fn of_byte(byte: u8) -> Option<TieKind> {
        TieKind::ALL.into_iter().find(|kind| kind.byte() == byte)
    }

    /// What the subject of such a tie is.
    pub fn subject_kind(self) -> SubjectKind {
        match self {
            TieKind::Case | TieKind::Outreach => SubjectKind::Case,
            TieKind::FamilyMember => SubjectKind::WaitingFamily,
            _ => SubjectKind::Person,
        }
    }

    /// The kind of a fact; nothing if it ties to no other subject.
    pub fn of(fact: &Fact) -> Option<TieKind> {
        Some(match fact {
            Fact::Parent(tie) => match tie.nature {
                ParentNature::Foster => TieKind::FosterParent,
                ParentNature::Guardian => TieKind::Guardian,
                _ => TieKind::Parent,
            },
            Fact::Union(_) => TieKind::Union,
            Fact::StatedKin(_) => TieKind::StatedKin,
            Fact::Network(_) => TieKind::Network,
            Fact::Membership(_) => TieKind::Membership,
            Fact::HouseholdMember(_) => TieKind::Household,
            Fact::Case(_) => TieKind::Case,
            Fact::Outreach(_) => TieKind::Outreach,
            Fact::WaitingFamily(_) => TieKind::FamilyMember,
            Fact::SamePerson(_) => TieKind::SamePerson,
            _ => return None,
        })
    }
}

/// The person, if the subject is one.
pub fn person_of(subject: Subject) -> Option<PersonId> {
    match subject {
        Subject::Person(person) => Some(person),
        _ => None,
    }
}
