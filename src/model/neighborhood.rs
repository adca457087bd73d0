//! What the walk and the ranking need of people: a node each, as far as the caller may see it.

use super::ids::{
    ExternalId, HouseholdId, NationId, PersonId, PlaceId, PublicId, SourceId, StatementId,
};
use super::nation::MembershipState;
use super::partial_date::PartialDate;
use super::person::{CautionSet, Gender, ScreeningResult};
use super::relation_word::KinTerm;
use super::same_person::{Probability, Verdict};
use super::statement::Certainty;
use super::tie::{KinBasis, LegalState, ParentNature, Side, UnionKind, UnionState};
use serde::{Deserialize, Serialize};

/// One person in brief. Built from the sections of a node record that the caller may see; what stands in a hidden
/// section is simply absent here.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub id: PersonId,
    pub public_id: PublicId,
    /// The first external id given, if any: the last content tie-break before the public id.
    pub external_id: Option<ExternalId>,
    /// The name to show. For somebody not yet named, how they are spoken of.
    pub name: String,
    /// False for somebody not yet named.
    pub named: bool,
    pub gender: Gender,
    pub birth: Option<PartialDate>,
    pub death: Vital,
    /// Where the person was last said to live.
    pub place: Option<PlaceId>,
    pub cautions: CautionSet,
    /// Whether a telephone number, e-mail or address is recorded.
    pub reachable: bool,
    pub screening: Option<ScreeningBrief>,
    pub nations: Vec<(NationId, MembershipState)>,
    pub languages: Vec<String>,
    /// Households the person belongs to at present.
    pub households: Vec<HouseholdId>,
    /// Walkable ties.
    pub ties: Vec<NodeTie>,
    /// Adults of the person's own network (recorded with the child only).
    pub network: Vec<NodeNetworkTie>,
    /// Other records that may be, are, or are not the same person.
    pub links: Vec<NodeLink>,
    /// Where this node stands for several records that a verdict joined: all of them, this one's own first.
    /// Empty for a single record.
    pub records: Vec<JoinedRecord>,
}

impl Node {
    /// All records that this node stands for, its own first.
    pub fn record_ids(&self) -> impl Iterator<Item = PersonId> + '_ {
        let others = self.records.iter().map(|record| record.id);
        std::iter::once(self.id).chain(others.filter(|other| *other != self.id))
    }
}

/// A same-person link as seen from one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NodeLink {
    pub other: PersonId,
    pub probability: Option<Probability>,
    pub verdict: Verdict,
    pub certainty: Certainty,
    pub statement: StatementId,
    pub source: SourceId,
}

/// One of the records that a verdict joined into one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedRecord {
    pub id: PersonId,
    pub public_id: PublicId,
    pub name: String,
    pub birth: Option<PartialDate>,
}

/// What is known about whether somebody lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Vital {
    /// Nothing was said.
    #[default]
    NotSaid,
    /// Said to be alive.
    Alive,
    /// Dead, with the date where it is known.
    Dead(Option<PartialDate>),
}

/// The latest screening of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScreeningBrief {
    pub result: ScreeningResult,
    pub expires: Option<PartialDate>,
}

/// A walkable tie as seen from one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NodeTie {
    pub other: PersonId,
    pub kind: NodeTieKind,
    pub certainty: Certainty,
    pub from: Option<PartialDate>,
    pub to: Option<PartialDate>,
    pub statement: StatementId,
    pub source: SourceId,
}

/// What `other` is to the person at this end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NodeTieKind {
    /// `other` is a parent. Foster and guardian ties too: they stand with the child only.
    Parent {
        nature: ParentNature,
        legal_state: LegalState,
    },
    /// `other` is a child (never foster or guardian, see `Parent`).
    Child {
        nature: ParentNature,
        legal_state: LegalState,
    },
    /// `other` is, or was, a partner.
    Partner { kind: UnionKind, state: UnionState },
    /// `other` is this person's `term`, as told. On the side given.
    Kin {
        term: KinTerm,
        side: Side,
        basis: KinBasis,
    },
    /// This person is `other`'s `term`, as told. On the side given, seen from `other`.
    KinOf {
        term: KinTerm,
        side: Side,
        basis: KinBasis,
    },
}

/// A network tie as it stands with the child.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NodeNetworkTie {
    pub adult: PersonId,
    pub role: String,
    pub paid: Option<bool>,
    pub certainty: Certainty,
    pub from: Option<PartialDate>,
    pub to: Option<PartialDate>,
    pub statement: StatementId,
    pub source: SourceId,
}
