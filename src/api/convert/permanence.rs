//! Forms of permanence, and what is due.

use super::lead::cited;
use super::person::person_summary;
use crate::api::v1;
use crate::model::partial_date::{Day, Truth};
use crate::model::permanence::{
    CaseDays, ConditionAnswer, DaysBetween, DueAction, DueState, Pathway, PathwayState, Permanence,
    RulesUsed, SuggestedService,
};

/// A form of permanence with its conditions and services.
pub fn pathway(pathway: &Pathway) -> v1::Pathway {
    v1::Pathway {
        id: pathway.id.clone(),
        form: v1::Permanence::from(pathway.form).into(),
        title: pathway.title.clone(),
        citation: pathway.citation.clone(),
        state: v1::PathwayState::from(pathway.state).into(),
        conditions: pathway.conditions.iter().map(condition).collect(),
        effects: cited(&pathway.effects),
        services: pathway.services.iter().map(service).collect(),
    }
}

fn condition(answer: &ConditionAnswer) -> v1::PathwayCondition {
    v1::PathwayCondition {
        words: answer.words.clone(),
        citation: answer.citation.clone(),
        met: v1::Met::from(answer.met).into(),
        because: answer.because.clone(),
        missing: answer.missing.clone(),
        met_from: day(answer.met_from),
    }
}

fn service(service: &SuggestedService) -> v1::SuggestedService {
    v1::SuggestedService {
        id: service.id.clone(),
        title: service.title.clone(),
        kind: service.kind.clone(),
        delivered_by: service.delivered_by.clone(),
        for_whom: service.for_whom.clone(),
        description: service.description.clone(),
        because: service.because.clone(),
        citation: service.citation.clone(),
    }
}

/// The file of rules used.
pub fn rules_used(rules: &RulesUsed) -> v1::RulesUsed {
    v1::RulesUsed {
        id: rules.id.clone(),
        version: rules.version.clone(),
        title: rules.title.clone(),
        citation: rules.citation.clone(),
        to_be_checked: rules.to_be_checked.clone(),
    }
}

/// One thing that is due.
pub fn due_action(action: &DueAction, on: Day) -> v1::DueAction {
    v1::DueAction {
        id: action.id.clone(),
        title: action.title.clone(),
        about: action.about.clone(),
        citation: action.citation.clone(),
        state: v1::DueState::from(action.state).into(),
        window_from: day(action.window_from),
        due_from: day(action.due_from),
        due_by: day(action.due_by),
        because: action.because.clone(),
        case: format!("cases/{}", action.case),
        child: Some(person_summary(&action.child, on)),
    }
}

/// How long a child has been in care and waiting.
pub fn case_days(days: &CaseDays, on: Day) -> v1::CaseDays {
    v1::CaseDays {
        case: format!("cases/{}", days.case),
        child: Some(person_summary(&days.child, on)),
        in_care: days.in_care.map(between),
        waiting: days.waiting.map(between),
        words: days.words.clone(),
        rules: days.rules.iter().map(rules_used).collect(),
    }
}

fn between(days: DaysBetween) -> v1::DaysBetween {
    let count = |days: i32| u32::try_from(days).unwrap_or_default();
    v1::DaysBetween {
        least: count(days.least),
        greatest: count(days.greatest),
    }
}

fn day(day: Option<Day>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

impl From<Permanence> for v1::Permanence {
    fn from(form: Permanence) -> Self {
        match form {
            Permanence::Reunification => Self::Reunification,
            Permanence::TransferOfGuardianship => Self::TransferOfGuardianship,
            Permanence::PermanentGuardianship => Self::PermanentGuardianship,
            Permanence::Adoption => Self::Adoption,
            Permanence::CustomaryAdoption => Self::CustomaryAdoption,
            Permanence::OtherPlannedArrangement => Self::OtherPlannedArrangement,
        }
    }
}

impl From<PathwayState> for v1::PathwayState {
    fn from(state: PathwayState) -> Self {
        match state {
            PathwayState::Open => Self::Open,
            PathwayState::NeedsReview => Self::NeedsReview,
            PathwayState::NotMet => Self::NotMet,
        }
    }
}

impl From<DueState> for v1::DueState {
    fn from(state: DueState) -> Self {
        match state {
            DueState::Overdue => Self::Overdue,
            DueState::DueNow => Self::DueNow,
            DueState::Ahead => Self::Ahead,
            DueState::NeedsReview => Self::NeedsReview,
        }
    }
}

impl From<Truth> for v1::Met {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::Yes => Self::Yes,
            Truth::No => Self::No,
            Truth::Unknown => Self::Unknown,
        }
    }
}
