//! The enums of the model and of the messages, side by side.

use crate::api::v1;
use crate::error::Error;
use crate::model::case::{AskedAbout, OutreachState, Purpose};
use crate::model::coverage::Asked;
use crate::model::lead::{LeadStatus, Line, Sibship};
use crate::model::nation::MembershipState;
use crate::model::person::Gender;
use crate::model::statement::{Certainty, SealClass};
use crate::model::tie::Side;

impl From<Gender> for v1::Gender {
    fn from(gender: Gender) -> Self {
        match gender {
            Gender::Female => Self::Female,
            Gender::Male => Self::Male,
            Gender::Other => Self::Other,
            Gender::Unknown => Self::Unspecified,
        }
    }
}

impl From<v1::Gender> for Gender {
    fn from(gender: v1::Gender) -> Self {
        match gender {
            v1::Gender::Female => Self::Female,
            v1::Gender::Male => Self::Male,
            v1::Gender::Other => Self::Other,
            v1::Gender::Unspecified => Self::Unknown,
        }
    }
}

impl From<Certainty> for v1::Certainty {
    fn from(certainty: Certainty) -> Self {
        match certainty {
            Certainty::Confirmed => Self::Confirmed,
            Certainty::Reported => Self::Reported,
            Certainty::Disputed => Self::Disputed,
            Certainty::Disproved => Self::Disproved,
        }
    }
}

impl From<v1::Certainty> for Certainty {
    fn from(certainty: v1::Certainty) -> Self {
        match certainty {
            v1::Certainty::Unspecified | v1::Certainty::Reported => Self::Reported,
            v1::Certainty::Confirmed => Self::Confirmed,
            v1::Certainty::Disputed => Self::Disputed,
            v1::Certainty::Disproved => Self::Disproved,
        }
    }
}

impl From<Side> for v1::Side {
    fn from(side: Side) -> Self {
        match side {
            Side::Maternal => Self::Maternal,
            Side::Paternal => Self::Paternal,
            Side::Both => Self::Both,
            Side::Unknown => Self::Unspecified,
        }
    }
}

impl From<v1::Side> for Side {
    fn from(side: v1::Side) -> Self {
        match side {
            v1::Side::Maternal => Self::Maternal,
            v1::Side::Paternal => Self::Paternal,
            v1::Side::Both => Self::Both,
            v1::Side::Unspecified => Self::Unknown,
        }
    }
}

impl From<Purpose> for v1::Purpose {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Placement => Self::Placement,
            Purpose::Connection => Self::Connection,
            Purpose::Information => Self::Information,
            Purpose::Notice => Self::Notice,
        }
    }
}

impl From<v1::Purpose> for Purpose {
    fn from(purpose: v1::Purpose) -> Self {
        match purpose {
            v1::Purpose::Unspecified | v1::Purpose::Placement => Self::Placement,
            v1::Purpose::Connection => Self::Connection,
            v1::Purpose::Information => Self::Information,
            v1::Purpose::Notice => Self::Notice,
        }
    }
}

impl From<Line> for v1::RelationLine {
    fn from(line: Line) -> Self {
        match line {
            Line::Blood => Self::Blood,
            Line::Adoption => Self::Adoption,
            Line::Custom => Self::Custom,
            Line::Stated => Self::Stated,
            Line::Affinity => Self::Affinity,
            Line::Step => Self::Step,
            Line::Foster => Self::Foster,
            Line::Guardian => Self::Guardian,
        }
    }
}

impl From<Sibship> for v1::Sibship {
    fn from(sibship: Sibship) -> Self {
        match sibship {
            Sibship::Direct => Self::Direct,
            Sibship::Full => Self::Full,
            Sibship::Half => Self::Half,
            Sibship::PossiblyHalf => Self::PossiblyHalf,
        }
    }
}

impl From<LeadStatus> for v1::LeadStatus {
    fn from(status: LeadStatus) -> Self {
        match status {
            LeadStatus::Open => Self::Open,
            LeadStatus::NeedsReview => Self::NeedsReview,
        }
    }
}

impl From<OutreachState> for v1::OutreachState {
    fn from(state: OutreachState) -> Self {
        match state {
            OutreachState::Planned => Self::Planned,
            OutreachState::Contacted => Self::Contacted,
            OutreachState::NoReply => Self::NoReply,
            OutreachState::Declined => Self::Declined,
            OutreachState::Willing => Self::Willing,
        }
    }
}

impl From<MembershipState> for v1::MembershipState {
    fn from(state: MembershipState) -> Self {
        match state {
            MembershipState::Member => Self::Member,
            MembershipState::Entitled => Self::Entitled,
            MembershipState::ConfirmedByNation => Self::ConfirmedByNation,
            MembershipState::Claimed => Self::Claimed,
            MembershipState::NotAMember => Self::NotAMember,
            MembershipState::AskedAwaitingAnswer => Self::AskedAwaitingAnswer,
        }
    }
}

impl From<AskedAbout> for v1::AskedAbout {
    fn from(about: AskedAbout) -> Self {
        match about {
            AskedAbout::Parents => Self::Parents,
            AskedAbout::Grandparents => Self::Grandparents,
            AskedAbout::GreatGrandparents => Self::GreatGrandparents,
            AskedAbout::AuntsAndUncles => Self::AuntsAndUncles,
            AskedAbout::Siblings => Self::Siblings,
            AskedAbout::Cousins => Self::Cousins,
            AskedAbout::Network => Self::Network,
            AskedAbout::All => Self::All,
        }
    }
}

impl From<Asked> for v1::AskedState {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Never => Self::Never,
            Asked::AskedOpen => Self::Open,
            Asked::Answered => Self::Answered,
        }
    }
}

impl From<SealClass> for v1::SealClass {
    fn from(seal: SealClass) -> Self {
        match seal {
            SealClass::Open => Self::Unspecified,
            SealClass::Adoption => Self::Adoption,
            SealClass::Address => Self::Address,
            SealClass::Safety => Self::Safety,
        }
    }
}

/// An enum of a request as a model value; a number that no version of the messages knows is refused.
pub fn read<Message, Value>(field: &str, number: i32) -> Result<Value, Error>
where
    Message: TryFrom<i32> + Into<Value>,
{
    Message::try_from(number)
        .map(Into::into)
        .map_err(|_| Error::invalid(field, format!("{number} is not a value of this enum")))
}
