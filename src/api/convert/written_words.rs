//! The enums of what is written, in the model and in the messages, side by side.

use crate::api::v1;
use crate::error::Error;
use crate::model::case::{AskedAbout, InquiryAnswer, OutreachState};
use crate::model::nation::{MembershipState, NationLevel};
use crate::model::person::{CautionKind, ContactKind, NameKind, PlaceMeaning, ScreeningResult};
use crate::model::statement::SealClass;
use crate::model::tie::{KinBasis, LegalState, ParentNature, UnionKind};
use crate::model::waiting_family::{Acceptance, ApprovalState};

/// The value that has no meaning of its own was sent where one is needed.
pub struct NotTold;

/// An enum of a request as a model value, where a value is needed.
pub fn needed<Message, Value>(field: &str, number: i32) -> Result<Value, Error>
where
    Message: TryFrom<i32> + TryInto<Value>,
{
    let message = Message::try_from(number)
        .map_err(|_| Error::invalid(field, format!("{number} is not a value of this enum")))?;
    message
        .try_into()
        .map_err(|_| Error::invalid(field, "needed: one of the values of this enum"))
}

impl From<NameKind> for v1::NameKind {
    fn from(value: NameKind) -> Self {
        match value {
            NameKind::Legal => Self::Legal,
            NameKind::Birth => Self::Birth,
            NameKind::Previous => Self::Previous,
            NameKind::Alias => Self::Alias,
            NameKind::Used => Self::Used,
            NameKind::Traditional => Self::Traditional,
        }
    }
}

impl From<v1::NameKind> for NameKind {
    fn from(value: v1::NameKind) -> Self {
        match value {
            v1::NameKind::Legal => Self::Legal,
            v1::NameKind::Birth => Self::Birth,
            v1::NameKind::Previous => Self::Previous,
            v1::NameKind::Alias => Self::Alias,
            v1::NameKind::Unspecified | v1::NameKind::Used => Self::Used,
            v1::NameKind::Traditional => Self::Traditional,
        }
    }
}

impl From<PlaceMeaning> for v1::PlaceMeaning {
    fn from(value: PlaceMeaning) -> Self {
        match value {
            PlaceMeaning::School => Self::School,
            PlaceMeaning::Community => Self::Community,
            PlaceMeaning::Territory => Self::Territory,
        }
    }
}

impl TryFrom<v1::PlaceMeaning> for PlaceMeaning {
    type Error = NotTold;

    fn try_from(value: v1::PlaceMeaning) -> Result<Self, NotTold> {
        match value {
            v1::PlaceMeaning::School => Ok(PlaceMeaning::School),
            v1::PlaceMeaning::Community => Ok(PlaceMeaning::Community),
            v1::PlaceMeaning::Territory => Ok(PlaceMeaning::Territory),
            v1::PlaceMeaning::Unspecified => Err(NotTold),
        }
    }
}

impl From<ContactKind> for v1::ContactKind {
    fn from(value: ContactKind) -> Self {
        match value {
            ContactKind::Phone => Self::Phone,
            ContactKind::Email => Self::Email,
            ContactKind::Address => Self::Address,
        }
    }
}

impl TryFrom<v1::ContactKind> for ContactKind {
    type Error = NotTold;

    fn try_from(value: v1::ContactKind) -> Result<Self, NotTold> {
        match value {
            v1::ContactKind::Phone => Ok(ContactKind::Phone),
            v1::ContactKind::Email => Ok(ContactKind::Email),
            v1::ContactKind::Address => Ok(ContactKind::Address),
            v1::ContactKind::Unspecified => Err(NotTold),
        }
    }
}

impl From<CautionKind> for v1::CautionKind {
    fn from(value: CautionKind) -> Self {
        match value {
            CautionKind::BarredFromPlacement => Self::BarredFromPlacement,
            CautionKind::NoContact => Self::NoContact,
            CautionKind::FamilyViolenceException => Self::FamilyViolenceException,
            CautionKind::ProtectedAddress => Self::ProtectedAddress,
            CautionKind::SupervisorFirst => Self::SupervisorFirst,
        }
    }
}

impl TryFrom<v1::CautionKind> for CautionKind {
    type Error = NotTold;

    fn try_from(value: v1::CautionKind) -> Result<Self, NotTold> {
        match value {
            v1::CautionKind::BarredFromPlacement => Ok(CautionKind::BarredFromPlacement),
            v1::CautionKind::NoContact => Ok(CautionKind::NoContact),
            v1::CautionKind::FamilyViolenceException => Ok(CautionKind::FamilyViolenceException),
            v1::CautionKind::ProtectedAddress => Ok(CautionKind::ProtectedAddress),
            v1::CautionKind::SupervisorFirst => Ok(CautionKind::SupervisorFirst),
            v1::CautionKind::Unspecified => Err(NotTold),
        }
    }
}

impl From<ScreeningResult> for v1::ScreeningResult {
    fn from(value: ScreeningResult) -> Self {
        match value {
            ScreeningResult::Cleared => Self::Cleared,
            ScreeningResult::Pending => Self::Pending,
            ScreeningResult::Concerns => Self::Concerns,
        }
    }
}

impl TryFrom<v1::ScreeningResult> for ScreeningResult {
    type Error = NotTold;

    fn try_from(value: v1::ScreeningResult) -> Result<Self, NotTold> {
        match value {
            v1::ScreeningResult::Cleared => Ok(ScreeningResult::Cleared),
            v1::ScreeningResult::Pending => Ok(ScreeningResult::Pending),
            v1::ScreeningResult::Concerns => Ok(ScreeningResult::Concerns),
            v1::ScreeningResult::Unspecified => Err(NotTold),
        }
    }
}

impl From<ParentNature> for v1::ParentNature {
    fn from(value: ParentNature) -> Self {
        match value {
            ParentNature::Birth => Self::Birth,
            ParentNature::Adoptive => Self::Adoptive,
            ParentNature::Step => Self::Step,
            ParentNature::Foster => Self::Foster,
            ParentNature::Guardian => Self::Guardian,
            ParentNature::Customary => Self::Customary,
            ParentNature::Presumed => Self::Presumed,
        }
    }
}

impl TryFrom<v1::ParentNature> for ParentNature {
    type Error = NotTold;

    fn try_from(value: v1::ParentNature) -> Result<Self, NotTold> {
        match value {
            v1::ParentNature::Birth => Ok(ParentNature::Birth),
            v1::ParentNature::Adoptive => Ok(ParentNature::Adoptive),
            v1::ParentNature::Step => Ok(ParentNature::Step),
            v1::ParentNature::Foster => Ok(ParentNature::Foster),
            v1::ParentNature::Guardian => Ok(ParentNature::Guardian),
            v1::ParentNature::Customary => Ok(ParentNature::Customary),
            v1::ParentNature::Presumed => Ok(ParentNature::Presumed),
            v1::ParentNature::Unspecified => Err(NotTold),
        }
    }
}

impl From<LegalState> for v1::LegalState {
    fn from(value: LegalState) -> Self {
        match value {
            LegalState::Unknown => Self::Unspecified,
            LegalState::Intact => Self::Intact,
            LegalState::Suspended => Self::Suspended,
            LegalState::Terminated => Self::Terminated,
            LegalState::Relinquished => Self::Relinquished,
            LegalState::NeverEstablished => Self::NeverEstablished,
        }
    }
}

impl From<v1::LegalState> for LegalState {
    fn from(value: v1::LegalState) -> Self {
        match value {
            v1::LegalState::Intact => Self::Intact,
            v1::LegalState::Suspended => Self::Suspended,
            v1::LegalState::Terminated => Self::Terminated,
            v1::LegalState::Relinquished => Self::Relinquished,
            v1::LegalState::NeverEstablished => Self::NeverEstablished,
            v1::LegalState::Unspecified => Self::Unknown,
        }
    }
}

impl From<UnionKind> for v1::UnionKind {
    fn from(value: UnionKind) -> Self {
        match value {
            UnionKind::Married => Self::Married,
            UnionKind::CommonLaw => Self::CommonLaw,
            UnionKind::Other => Self::Other,
        }
    }
}

impl From<v1::UnionKind> for UnionKind {
    fn from(value: v1::UnionKind) -> Self {
        match value {
            v1::UnionKind::Married => Self::Married,
            v1::UnionKind::CommonLaw => Self::CommonLaw,
            v1::UnionKind::Unspecified | v1::UnionKind::Other => Self::Other,
        }
    }
}

impl From<KinBasis> for v1::KinBasis {
    fn from(value: KinBasis) -> Self {
        match value {
            KinBasis::Told => Self::Told,
            KinBasis::NamedByChild => Self::NamedByChild,
            KinBasis::Custom => Self::Custom,
        }
    }
}

impl From<v1::KinBasis> for KinBasis {
    fn from(value: v1::KinBasis) -> Self {
        match value {
            v1::KinBasis::Unspecified | v1::KinBasis::Told => Self::Told,
            v1::KinBasis::NamedByChild => Self::NamedByChild,
            v1::KinBasis::Custom => Self::Custom,
        }
    }
}

impl From<InquiryAnswer> for v1::InquiryAnswer {
    fn from(value: InquiryAnswer) -> Self {
        match value {
            InquiryAnswer::Named => Self::Named,
            InquiryAnswer::NoneExist => Self::NoneExist,
            InquiryAnswer::DoesNotKnow => Self::DoesNotKnow,
            InquiryAnswer::Refused => Self::Refused,
            InquiryAnswer::NotYet => Self::NotYet,
        }
    }
}

impl TryFrom<v1::InquiryAnswer> for InquiryAnswer {
    type Error = NotTold;

    fn try_from(value: v1::InquiryAnswer) -> Result<Self, NotTold> {
        match value {
            v1::InquiryAnswer::Named => Ok(InquiryAnswer::Named),
            v1::InquiryAnswer::NoneExist => Ok(InquiryAnswer::NoneExist),
            v1::InquiryAnswer::DoesNotKnow => Ok(InquiryAnswer::DoesNotKnow),
            v1::InquiryAnswer::Refused => Ok(InquiryAnswer::Refused),
            v1::InquiryAnswer::NotYet => Ok(InquiryAnswer::NotYet),
            v1::InquiryAnswer::Unspecified => Err(NotTold),
        }
    }
}

impl From<NationLevel> for v1::NationLevel {
    fn from(value: NationLevel) -> Self {
        match value {
            NationLevel::Community => Self::Community,
            NationLevel::People => Self::People,
            NationLevel::Language => Self::Language,
        }
    }
}

impl From<v1::NationLevel> for NationLevel {
    fn from(value: v1::NationLevel) -> Self {
        match value {
            v1::NationLevel::Unspecified | v1::NationLevel::Community => Self::Community,
            v1::NationLevel::People => Self::People,
            v1::NationLevel::Language => Self::Language,
        }
    }
}

impl From<ApprovalState> for v1::ApprovalState {
    fn from(value: ApprovalState) -> Self {
        match value {
            ApprovalState::Approved => Self::Approved,
            ApprovalState::InStudy => Self::InStudy,
            ApprovalState::Withdrawn => Self::Withdrawn,
        }
    }
}

impl TryFrom<v1::ApprovalState> for ApprovalState {
    type Error = NotTold;

    fn try_from(value: v1::ApprovalState) -> Result<Self, NotTold> {
        match value {
            v1::ApprovalState::Approved => Ok(ApprovalState::Approved),
            v1::ApprovalState::InStudy => Ok(ApprovalState::InStudy),
            v1::ApprovalState::Withdrawn => Ok(ApprovalState::Withdrawn),
            v1::ApprovalState::Unspecified => Err(NotTold),
        }
    }
}

impl From<Acceptance> for v1::AcceptanceAnswer {
    fn from(value: Acceptance) -> Self {
        match value {
            Acceptance::Accept => Self::Accept,
            Acceptance::WouldConsider => Self::WouldConsider,
            Acceptance::Decline => Self::Decline,
        }
    }
}

impl TryFrom<v1::AcceptanceAnswer> for Acceptance {
    type Error = NotTold;

    fn try_from(value: v1::AcceptanceAnswer) -> Result<Self, NotTold> {
        match value {
            v1::AcceptanceAnswer::Accept => Ok(Acceptance::Accept),
            v1::AcceptanceAnswer::WouldConsider => Ok(Acceptance::WouldConsider),
            v1::AcceptanceAnswer::Decline => Ok(Acceptance::Decline),
            v1::AcceptanceAnswer::Unspecified => Err(NotTold),
        }
    }
}

impl From<v1::MembershipState> for MembershipState {
    fn from(value: v1::MembershipState) -> Self {
        match value {
            v1::MembershipState::Member => Self::Member,
            v1::MembershipState::Entitled => Self::Entitled,
            v1::MembershipState::ConfirmedByNation => Self::ConfirmedByNation,
            v1::MembershipState::Unspecified | v1::MembershipState::Claimed => Self::Claimed,
            v1::MembershipState::NotAMember => Self::NotAMember,
            v1::MembershipState::AskedAwaitingAnswer => Self::AskedAwaitingAnswer,
        }
    }
}

impl From<v1::SealClass> for SealClass {
    fn from(value: v1::SealClass) -> Self {
        match value {
            v1::SealClass::Unspecified => Self::Open,
            v1::SealClass::Adoption => Self::Adoption,
            v1::SealClass::Address => Self::Address,
            v1::SealClass::Safety => Self::Safety,
        }
    }
}

impl TryFrom<v1::AskedAbout> for AskedAbout {
    type Error = NotTold;

    fn try_from(value: v1::AskedAbout) -> Result<Self, NotTold> {
        AskedAbout::ALL
            .into_iter()
            .find(|about| v1::AskedAbout::from(*about) == value)
            .ok_or(NotTold)
    }
}

impl TryFrom<v1::OutreachState> for OutreachState {
    type Error = NotTold;

    fn try_from(value: v1::OutreachState) -> Result<Self, NotTold> {
        OutreachState::ALL
            .into_iter()
            .find(|state| v1::OutreachState::from(*state) == value)
            .ok_or(NotTold)
    }
}
