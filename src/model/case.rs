//! A child's case, what was asked of whom (inquiry), and what was done about leads (outreach).

use super::ids::{NationId, PersonId, WaitingFamilyId};
use super::partial_date::PartialDate;
use super::tie::Side;
use serde::{Deserialize, Serialize};

/// What a lead is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum Purpose {
    #[default]
    Placement,
    /// Visits, letters, lifelong support.
    Connection,
    Information,
    Notice,
}

impl Purpose {
    pub const ALL: [Purpose; 4] = [
        Purpose::Placement,
        Purpose::Connection,
        Purpose::Information,
        Purpose::Notice,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Purpose::Placement => "placement",
            Purpose::Connection => "connection",
            Purpose::Information => "information",
            Purpose::Notice => "notice",
        }
    }

    pub fn from_word(word: &str) -> Option<Purpose> {
        Purpose::ALL
            .into_iter()
            .find(|purpose| purpose.word() == word)
    }
}

/// A child in care.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Case {
    pub child: PersonId,
    /// The legal status in the jurisdiction's own words ("continuing_custody_order"); empty means unknown.
    pub legal_status: String,
    pub legal_status_date: Option<PartialDate>,
    pub in_care_since: Option<PartialDate>,
    /// "adoption", "guardianship", "return_home", …; empty means not recorded.
    pub primary_goal: String,
    pub concurrent_goal: String,
    /// Brothers and sisters in care who are to be placed together with the child.
    pub siblings_in_care: Vec<PersonId>,
    /// Needs by category, level 0 (none) to 3 (high).
    pub needs: Vec<(String, u8)>,
    /// The child's own wishes, as told.
    pub wishes: Vec<String>,
    pub region: String,
    pub worker: String,
    pub agency: String,
    /// The placement order that applies; empty means the default.
    pub placement_order: String,
    pub active: bool,
}

/// What a relative or the child was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AskedAbout {
    Parents,
    Grandparents,
    GreatGrandparents,
    AuntsAndUncles,
    Siblings,
    Cousins,
    Network,
    /// Everyone on that side.
    All,
}

impl AskedAbout {
    pub const ALL: [AskedAbout; 8] = [
        AskedAbout::Parents,
        AskedAbout::Grandparents,
        AskedAbout::GreatGrandparents,
        AskedAbout::AuntsAndUncles,
        AskedAbout::Siblings,
        AskedAbout::Cousins,
        AskedAbout::Network,
        AskedAbout::All,
    ];

    /// The word used in files and messages.
    pub fn word(self) -> &'static str {
        match self {
            AskedAbout::Parents => "parents",
            AskedAbout::Grandparents => "grandparents",
            AskedAbout::GreatGrandparents => "great_grandparents",
            AskedAbout::AuntsAndUncles => "aunts_and_uncles",
            AskedAbout::Siblings => "siblings",
            AskedAbout::Cousins => "cousins",
            AskedAbout::Network => "network",
            AskedAbout::All => "all",
        }
    }

    pub fn from_word(word: &str) -> Option<AskedAbout> {
        AskedAbout::ALL
            .into_iter()
            .find(|about| about.word() == word)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum InquiryAnswer {
    Named,
    NoneExist,
    DoesNotKnow,
    Refused,
    NotYet,
}

impl InquiryAnswer {
    pub const ALL: [InquiryAnswer; 5] = [
        InquiryAnswer::Named,
        InquiryAnswer::NoneExist,
        InquiryAnswer::DoesNotKnow,
        InquiryAnswer::Refused,
        InquiryAnswer::NotYet,
    ];

    pub fn word(self) -> &'static str {
        match self {
            InquiryAnswer::Named => "named",
            InquiryAnswer::NoneExist => "none_exist",
            InquiryAnswer::DoesNotKnow => "does_not_know",
            InquiryAnswer::Refused => "refused",
            InquiryAnswer::NotYet => "not_yet",
        }
    }

    pub fn from_word(word: &str) -> Option<InquiryAnswer> {
        InquiryAnswer::ALL
            .into_iter()
            .find(|answer| answer.word() == word)
    }
}

/// Somebody was asked about kin of the case's child. Subject: the case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Inquiry {
    /// Who was asked, if that person is recorded.
    pub asked: Option<PersonId>,
    /// Who was asked, as written.
    pub asked_name: String,
    pub date: Option<PartialDate>,
    pub side: Side,
    pub about: AskedAbout,
    pub answer: InquiryAnswer,
}

/// Whom an outreach went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OutreachTarget {
    Person(PersonId),
    Nation(NationId),
    WaitingFamily(WaitingFamilyId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OutreachState {
    Planned,
    Contacted,
    NoReply,
    Declined,
    Willing,
}

impl OutreachState {
    pub const ALL: [OutreachState; 5] = [
        OutreachState::Planned,
        OutreachState::Contacted,
        OutreachState::NoReply,
        OutreachState::Declined,
        OutreachState::Willing,
    ];

    pub fn word(self) -> &'static str {
        match self {
            OutreachState::Planned => "planned",
            OutreachState::Contacted => "contacted",
            OutreachState::NoReply => "no_reply",
            OutreachState::Declined => "declined",
            OutreachState::Willing => "willing",
        }
    }

    pub fn from_word(word: &str) -> Option<OutreachState> {
        OutreachState::ALL
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// What was done about one lead for one purpose. Subject: the case. A later outreach to the same target for the
/// same purpose stands for the present.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Outreach {
    pub whom: OutreachTarget,
    pub purpose: Purpose,
    pub state: OutreachState,
    pub date: Option<PartialDate>,
    /// When to ask again. A refusal without one does not end.
    pub ask_again: Option<PartialDate>,
    pub note: String,
}
