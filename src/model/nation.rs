//! Nations: bands, communities, peoples, tribes; and a person's membership of one.

use super::ids::{NationId, PersonId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NationLevel {
    /// A band, community or tribe: what has members and a designated representative.
    Community,
    /// A people or nation made of communities.
    People,
    /// A language family.
    Language,
}

/// A nation as recorded, by whatever of its names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Nation {
    /// The name the nation uses.
    pub name: String,
    /// Former, colonial and other names.
    pub other_names: Vec<String>,
    pub level: NationLevel,
    /// The people or language this community belongs to.
    pub part_of: Option<NationId>,
    pub languages: Vec<String>,
    /// The band number or other official number, as written.
    pub number: String,
    /// The child and family agencies that serve it.
    pub agencies: Vec<String>,
    /// Whom to write to about a child of the nation.
    pub designated_representative: String,
    pub governing_body: String,
    /// People whom the nation itself has offered or approved for its children.
    pub offered_people: Vec<PersonId>,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum MembershipState {
    Member,
    /// Entitled to membership, not registered.
    Entitled,
    /// The nation itself said so.
    ConfirmedByNation,
    #[default]
    Claimed,
    NotAMember,
    /// The nation was asked and has not answered.
    AskedAwaitingAnswer,
}

impl MembershipState {
    pub const ALL: [MembershipState; 6] = [
        MembershipState::Member,
        MembershipState::Entitled,
        MembershipState::ConfirmedByNation,
        MembershipState::Claimed,
        MembershipState::NotAMember,
        MembershipState::AskedAwaitingAnswer,
    ];

    pub fn word(self) -> &'static str {
        match self {
            MembershipState::Member => "member",
            MembershipState::Entitled => "entitled",
            MembershipState::ConfirmedByNation => "confirmed_by_nation",
            MembershipState::Claimed => "claimed",
            MembershipState::NotAMember => "not_a_member",
            MembershipState::AskedAwaitingAnswer => "asked_awaiting_answer",
        }
    }

    pub fn from_word(word: &str) -> Option<MembershipState> {
        MembershipState::ALL
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// The subject's membership of `nation`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Membership {
    pub nation: NationId,
    pub state: MembershipState,
    pub confirmed_by: String,
}
