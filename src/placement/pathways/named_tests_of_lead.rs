//! The named tests that look at the lead: parent, relative, checks, approval, willingness; and at the parents' rights.

use super::facts::{ApprovalFact, Facts, ParentFact, ScreeningFact};
use super::named_tests::{Finding, decided, found, no, unknown, yes};
use super::rules::RightsState;
use crate::model::case::OutreachState;
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::person::ScreeningResult;
use crate::model::tie::{LegalState, ParentNature};
use crate::model::waiting_family::ApprovalState;

/// Whether the lead is a parent of the child.
pub fn is_parent(facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    if let Some(tie) = facts.parents.iter().find(|parent| parent.is_lead) {
        return match is_established(tie) {
            true => yes(format!("{name} is recorded as a parent")),
            false => unknown(format!(
                "{name} is only presumed to be a parent: is it established?"
            )),
        };
    }
    let others: Vec<&str> = facts
        .parents
        .iter()
        .filter(|parent| is_established(parent))
        .map(|parent| parent.name.as_str())
        .collect();
    match &facts.lead.relation {
        Some(relation) if relation.doubt.is_empty() => {
            no(format!("{name} is the {}", relation.words))
        }
        _ if others.len() >= 2 => no(format!("the parents are {}", others.join(" and "))),
        _ => unknown(format!(
            "{name} is not recorded as a parent, and not both parents are recorded"
        )),
    }
}

/// Whether the lead's own rights stand so.
pub fn rights_of_lead(states: &[RightsState], facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    let Some(tie) = facts.parents.iter().find(|parent| parent.is_lead) else {
        return unknown(format!("{name} is not recorded as a parent"));
    };
    if tie.legal_state == LegalState::Unknown {
        return unknown(format!("{name}'s legal standing is not recorded"));
    }
    let words = format!(
        "{name}'s rights are recorded as {}",
        tie.legal_state.word().replace('_', " ")
    );
    found(
        states
            .iter()
            .any(|state| state.holds(tie.legal_state))
            .into(),
        words,
    )
}

/// Whether the rights of both parents stand so.
pub fn rights_of_all_parents(state: RightsState, facts: &Facts) -> Finding {
    let mut open = Vec::new();
    let mut settled = Vec::new();
    for parent in &facts.parents {
        let name = &parent.name;
        if parent.dead {
            settled.push(format!("{name} has died"));
            continue;
        }
        match parent.legal_state {
            LegalState::Unknown if is_established(parent) => {
                open.push(format!("{name}'s legal standing is not recorded"));
            }
            LegalState::Unknown => open.push(format!("{name} is only presumed to be a parent")),
            known if state.holds(known) => {
                settled.push(format!("{name}: {}", known.word().replace('_', " ")));
            }
            known => {
                let known = known.word().replace('_', " ");
                return no(format!("{name}'s rights are recorded as {known}"));
            }
        }
    }
    if facts.parents.len() < 2 {
        open.push(match facts.parents.len() {
            0 => "no parent is recorded".to_owned(),
            _ => "the other parent is not recorded".to_owned(),
        });
    }
    match open.is_empty() {
        true => yes(settled.join("; ")),
        false => unknown(open.join("; ")),
    }
}

/// Parents whom the law may know: by birth or adoption, or only presumed.
fn is_established(parent: &ParentFact) -> bool {
    matches!(parent.nature, ParentNature::Birth | ParentNature::Adoptive)
}

/// Whether the lead is kin.
pub fn is_relative(facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    match &facts.lead.relation {
        Some(relation) if relation.doubt.is_empty() => {
            yes(format!("{name} is the {}", relation.words))
        }
        Some(relation) => unknown(format!(
            "{name} is recorded as {}: {}",
            relation.words, relation.doubt
        )),
        None => match decided("related", true, facts) {
            Some(false) => no(format!("it is noted that {name} is no relative")),
            Some(true) => yes(format!("it is noted that {name} is a relative")),
            None => unknown(format!(
                "no relation between {name} and the child is recorded"
            )),
        },
    }
}

/// Whether the lead is kin by the nation's custom.
pub fn kin_by_custom(facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    match (
        facts.lead.kin_by_custom,
        decided("kin_by_custom", true, facts),
    ) {
        (true, _) | (_, Some(true)) => yes(format!("{name} is kin by the nation's custom")),
        (_, Some(false)) => no(format!("it is noted that {name} is no kin by custom")),
        _ => unknown(format!(
            "whether the nation's custom counts {name} as kin is not recorded"
        )),
    }
}

/// Whether the lead is parent or guardian of a brother or sister.
pub fn holds_sibling(facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    match (
        &facts.lead.sibling_held,
        decided("holds_sibling", true, facts),
    ) {
        (Some(sibling), _) => yes(format!(
            "{name} is parent or guardian of the child's sibling {sibling}"
        )),
        (None, Some(true)) => yes(format!("it is noted that {name} holds a sibling")),
        (None, Some(false)) => no(format!("it is noted that {name} holds no sibling")),
        (None, None) => unknown(format!("no sibling of the child with {name} is recorded")),
    }
}

/// Whether the lead belongs to a nation of the child.
pub fn same_nation(facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    match facts.lead.same_nation {
        Truth::Yes => yes(format!("{name} belongs to a nation of the child")),
        Truth::No => no(format!("{name} is no member of the child's nation")),
        Truth::Unknown => unknown(format!(
            "whether {name} belongs to the child's nation is not recorded"
        )),
    }
}

/// Whether the last check of each kind is cleared and in force.
pub fn screening_cleared(facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    let findings = facts
        .lead
        .screenings
        .iter()
        .map(|screening| screening_holds(screening, facts.as_of))
        .collect();
    all_of(
        findings,
        unknown(format!("no screening of {name} is recorded")),
    )
}

/// A licence, or the approval as a waiting family.
pub fn licensed(facts: &Facts) -> Finding {
    let lead = &facts.lead;
    let is_licence = |screening: &&ScreeningFact| screening.kind.to_lowercase().contains("licen");
    let licences = lead.screenings.iter().filter(is_licence);
    let findings: Vec<Finding> = licences
        .map(|licence| screening_holds(licence, facts.as_of))
        .chain(
            lead.approvals
                .iter()
                .map(|approval| approval_holds(approval, facts.as_of)),
        )
        .collect();
    // One licence that holds is enough.
    if let Some(good) = findings.iter().find(|one| one.truth == Truth::Yes) {
        return good.clone();
    }
    let open = findings.iter().find(|one| one.truth == Truth::Unknown);
    if let Some(open) = open {
        return open.clone();
    }
    all_of(
        findings,
        unknown(format!(
            "no licence or approval of {} is recorded",
            lead.name
        )),
    )
}

/// Whether a check is good on the day.
fn screening_holds(screening: &ScreeningFact, as_of: Day) -> Finding {
    let who = format!("{}: {}", screening.who, screening.kind);
    match screening.result {
        ScreeningResult::Concerns => no(format!("{who}, concerns")),
        ScreeningResult::Pending => unknown(format!("{who}, under way")),
        ScreeningResult::Cleared => in_force(&format!("{who}, cleared"), screening.expires, as_of),
    }
}

fn approval_holds(approval: &ApprovalFact, as_of: Day) -> Finding {
    let family = &approval.family;
    match approval.approval {
        None => unknown(format!("whether {family} is approved is not recorded")),
        Some(ApprovalState::InStudy) => no(format!("{family} is still in study")),
        Some(ApprovalState::Withdrawn) => no(format!("the approval of {family} was withdrawn")),
        Some(ApprovalState::Approved) => {
            in_force(&format!("{family} is approved"), approval.expires, as_of)
        }
    }
}

/// Whether something with an end is in force on the day; one without an end is.
fn in_force(what: &str, expires: Option<PartialDate>, as_of: Day) -> Finding {
    let Some(expires) = expires else {
        return yes(what);
    };
    let ends = expires.in_words();
    match expires.on_or_before(Day(as_of.0 - 1)) {
        Truth::Yes => no(format!("{what}, but only until {ends}")),
        Truth::No => yes(format!("{what}, until {ends}")),
        Truth::Unknown => unknown(format!("{what}, until {ends}: still in force?")),
    }
}

/// The worst of several findings; what is said of it.
fn all_of(findings: Vec<Finding>, nothing: Finding) -> Finding {
    let worst = [Truth::No, Truth::Unknown, Truth::Yes]
        .into_iter()
        .find(|truth| findings.iter().any(|finding| finding.truth == *truth));
    let Some(worst) = worst else {
        return nothing;
    };
    let words: Vec<String> = findings
        .into_iter()
        .filter(|finding| finding.truth == worst)
        .map(|finding| finding.words)
        .collect();
    found(worst, words.join("; "))
}

/// Whether no caution bars a placement.
pub fn not_barred(facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    match &facts.lead.bar {
        Some(bar) => no(bar),
        None => yes(format!("nothing recorded bars {name}")),
    }
}

/// What the lead answered when asked about a placement.
pub fn lead_is_willing(facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    match facts.lead.willing {
        Some(OutreachState::Willing) => yes(format!("{name} said that they are willing")),
        Some(OutreachState::Declined) => no(format!("{name} declined")),
        Some(OutreachState::Contacted | OutreachState::NoReply | OutreachState::Planned) => {
            unknown(format!("{name} has not answered yet"))
        }
        None => unknown(format!("{name} was not asked, as far as is recorded")),
    }
}
