//! The named tests of which conditions are made. Each answers yes, no or unknown with the words of what is recorded or
//! missing. A fact that is not there never makes a no.

use super::facts::{ApprovalFact, Facts, ParentFact, PlacementFact, ScreeningFact};
use super::rules::{PathwayRules, RightsState, Test};
use crate::model::case::OutreachState;
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::person::ScreeningResult;
use crate::model::tie::{LegalState, ParentNature};
use crate::model::waiting_family::ApprovalState;
use crate::placement::order::IndigenousStatus;
use crate::placement::when::when;

/// What one test found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub truth: Truth,
    pub words: String,
    /// When time alone will have met it.
    pub met_from: Option<Day>,
}

fn found(truth: Truth, words: impl Into<String>) -> Finding {
    Finding {
        truth,
        words: words.into(),
        met_from: None,
    }
}

fn yes(words: impl Into<String>) -> Finding {
    found(Truth::Yes, words)
}

fn no(words: impl Into<String>) -> Finding {
    found(Truth::No, words)
}

fn unknown(words: impl Into<String>) -> Finding {
    found(Truth::Unknown, words)
}

/// Answers one test.
pub fn answer(test: &Test, facts: &Facts, rules: &PathwayRules) -> Finding {
    match test {
        Test::ChildAgeAtLeast(years) => child_age_at_least(*years, facts),
        Test::ChildAgeBelow(years) => child_age_below(*years, facts),
        Test::PlacedWithForMonths(months) => placed_with_for(*months, facts),
        Test::CaresForChild => cares_for_child(facts),
        Test::IsParent => is_parent(facts),
        Test::RightsOfLeadIn(states) => rights_of_lead(states, facts),
        Test::RightsOfAllParents(state) => rights_of_all_parents(*state, facts),
        Test::IsRelative => is_relative(facts),
        Test::KinByCustom => kin_by_custom(facts),
        Test::HoldsSibling => holds_sibling(facts),
        Test::SameNation => same_nation(facts),
        Test::ChildIsIndigenous => child_is_indigenous(facts),
        Test::ScreeningCleared => screening_cleared(facts),
        Test::Licensed => licensed(facts),
        Test::NotBarred => not_barred(facts),
        Test::LeadIsWilling => lead_is_willing(facts),
        Test::LegalStatusIn(statuses) => legal_status_in(statuses, facts),
        Test::GoalNotIn(goals) => goal_not_in(goals, facts),
        Test::RuledOut(pathway) => ruled_out(pathway, facts, rules),
        Test::NotRuledOut(pathway) => not_ruled_out(pathway, facts, rules),
        Test::Stated(key) => stated(key, facts),
        Test::StatedOfLead(key) => stated_of_lead(key, facts),
    }
}

fn child_age_at_least(years: u8, facts: &Facts) -> Finding {
    let Some(birth) = facts.child_birth else {
        return unknown("the child's date of birth is not recorded");
    };
    let born = format!("the child was born {}", when(birth));
    match birth.is_aged_at_least(years, facts.as_of) {
        Truth::Yes => yes(born),
        Truth::Unknown => unknown(format!("{born}: {years} or older?")),
        Truth::No => Finding {
            met_from: whole_day(birth).map(|day| day.months_after(i32::from(years) * 12)),
            ..no(format!("{born}, and is not yet {years}"))
        },
    }
}

fn child_age_below(years: u8, facts: &Facts) -> Finding {
    let at_least = child_age_at_least(years, facts);
    let truth = match at_least.truth {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        Truth::Unknown => Truth::Unknown,
    };
    found(truth, at_least.words)
}

/// The day, where the date is one.
fn whole_day(date: PartialDate) -> Option<Day> {
    match date.possible_days() {
        (Some(first), Some(last)) if first == last => Some(first),
        _ => None,
    }
}

/// Whether a placement holds on the day.
fn is_present(placement: &PlacementFact, as_of: Day) -> Truth {
    let begun = placement
        .from
        .map_or(Truth::Yes, |from| from.on_or_before(as_of));
    let over = placement.to.map_or(Truth::No, |to| to.on_or_before(as_of));
    match (begun, over) {
        (Truth::No, _) | (_, Truth::Yes) => Truth::No,
        (Truth::Yes, Truth::No) => Truth::Yes,
        _ => Truth::Unknown,
    }
}

/// Where the child lives with the lead, or what is known instead.
fn placement_with_lead(facts: &Facts) -> Result<&PlacementFact, Finding> {
    let of_lead = || facts.placements.iter().filter(|one| one.is_lead);
    let now = |truth: Truth| of_lead().find(|one| is_present(one, facts.as_of) == truth);
    if let Some(placement) = now(Truth::Yes) {
        return Ok(placement);
    }
    if now(Truth::Unknown).is_some() {
        let words = format!(
            "a placement with {} is recorded; whether it goes on is not known",
            facts.lead.name
        );
        return Err(unknown(words));
    }
    let elsewhere = facts
        .placements
        .iter()
        .find(|one| !one.is_lead && is_present(one, facts.as_of) == Truth::Yes);
    Err(match elsewhere {
        // A placement without a date may be one of long ago.
        Some(other) if other.from.is_none() => unknown(format!(
            "a placement with {} is recorded without dates: does the child live there?",
            other.with
        )),
        Some(other) => no(format!("the child lives with {}", other.with)),
        None => unknown("where the child lives at present is not recorded"),
    })
}

fn placed_with_for(months: u16, facts: &Facts) -> Finding {
    let placement = match placement_with_lead(facts) {
        Ok(placement) => placement,
        Err(finding) => return finding,
    };
    let with = &facts.lead.name;
    let Some(from) = placement.from else {
        return unknown(format!(
            "the child lives with {with}; since when is not recorded"
        ));
    };
    let since = format!("the child came to {with} {}", when(from));
    let months = i32::from(months);
    match from.on_or_before(facts.as_of.months_after(-months)) {
        Truth::Yes => yes(since),
        Truth::Unknown => unknown(format!("{since}: {months} months ago or more?")),
        Truth::No => Finding {
            met_from: whole_day(from).map(|day| day.months_after(months)),
            ..no(format!("{since}, less than {months} months ago"))
        },
    }
}

fn cares_for_child(facts: &Facts) -> Finding {
    match placement_with_lead(facts) {
        Ok(_) => yes(format!("the child lives with {}", facts.lead.name)),
        Err(finding) => finding,
    }
}

/// Parents whom the law may know: by birth or adoption, or only presumed.
fn is_established(parent: &ParentFact) -> bool {
    matches!(parent.nature, ParentNature::Birth | ParentNature::Adoptive)
}

fn is_parent(facts: &Facts) -> Finding {
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

fn rights_of_lead(states: &[RightsState], facts: &Facts) -> Finding {
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

fn rights_of_all_parents(state: RightsState, facts: &Facts) -> Finding {
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

fn is_relative(facts: &Facts) -> Finding {
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

fn kin_by_custom(facts: &Facts) -> Finding {
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

fn holds_sibling(facts: &Facts) -> Finding {
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

fn same_nation(facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    match facts.lead.same_nation {
        Truth::Yes => yes(format!("{name} belongs to a nation of the child")),
        Truth::No => no(format!("{name} is no member of the child's nation")),
        Truth::Unknown => unknown(format!(
            "whether {name} belongs to the child's nation is not recorded"
        )),
    }
}

fn child_is_indigenous(facts: &Facts) -> Finding {
    match facts.indigenous {
        IndigenousStatus::Known => yes("the child belongs to a nation"),
        IndigenousStatus::No => no("every nation named says that the child is no member"),
        IndigenousStatus::Possible => {
            unknown("the child may belong to a nation: what does the nation say?")
        }
        IndigenousStatus::NotRecorded => {
            unknown("whether the child belongs to a nation is not recorded")
        }
    }
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

fn screening_cleared(facts: &Facts) -> Finding {
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

/// A licence, or the approval as a waiting family.
fn licensed(facts: &Facts) -> Finding {
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

fn not_barred(facts: &Facts) -> Finding {
    let name = &facts.lead.name;
    match &facts.lead.bar {
        Some(bar) => no(bar),
        None => yes(format!("nothing recorded bars {name}")),
    }
}

fn lead_is_willing(facts: &Facts) -> Finding {
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

fn legal_status_in(statuses: &[String], facts: &Facts) -> Finding {
    if facts.legal_status.is_empty() {
        return unknown("the child's legal status is not recorded");
    }
    let words = format!(
        "the legal status is {}",
        facts.legal_status.replace('_', " ")
    );
    found(statuses.contains(&facts.legal_status).into(), words)
}

fn goal_not_in(goals: &[String], facts: &Facts) -> Finding {
    let own = [
        ("primary", &facts.primary_goal),
        ("concurrent", &facts.concurrent_goal),
    ];
    for (which, goal) in own {
        if goals.contains(goal) {
            let goal = goal.replace('_', " ");
            return no(format!("the {which} goal is {goal}"));
        }
    }
    let missing: Vec<&str> = own
        .iter()
        .filter(|(_, goal)| goal.is_empty())
        .map(|(which, _)| *which)
        .collect();
    if missing.is_empty() {
        let goals = own.map(|(_, goal)| goal.replace('_', " "));
        return yes(format!("the goals are {} and {}", goals[0], goals[1]));
    }
    unknown(format!("no {} goal is recorded", missing.join(" and no ")))
}

/// Whether another form is ruled out: decided and noted, or still a goal.
fn ruled_out(pathway: &str, facts: &Facts, rules: &PathwayRules) -> Finding {
    let Some(rule) = rules.pathways.iter().find(|rule| rule.id == pathway) else {
        return unknown(format!("nothing is known of \"{pathway}\""));
    };
    let title = rule.title.to_lowercase();
    match decided(&format!("{pathway}_ruled_out"), false, facts) {
        Some(true) => yes(format!("{title}: ruled out, as noted")),
        Some(false) => no(format!("{title}: not ruled out, as noted")),
        None => {
            let goal = [&facts.primary_goal, &facts.concurrent_goal]
                .into_iter()
                .find(|goal| rule.goals.contains(goal));
            match goal {
                Some(_) => no(format!("{title} is still a goal of the case")),
                None => unknown(format!("{title}: no decision is noted")),
            }
        }
    }
}

/// Whether another form is pursued. Two goals of which neither is this form say no.
fn not_ruled_out(pathway: &str, facts: &Facts, rules: &PathwayRules) -> Finding {
    let ruled_out = ruled_out(pathway, facts, rules);
    match ruled_out.truth {
        Truth::Yes => no(ruled_out.words),
        Truth::No => yes(ruled_out.words),
        Truth::Unknown => {
            let rule = rules.pathways.iter().find(|rule| rule.id == pathway);
            let goals = rule.map_or(&[][..], |rule| &rule.goals);
            let neither = goal_not_in(goals, facts);
            match neither.truth {
                Truth::Yes => no(neither.words),
                _ => unknown(ruled_out.words),
            }
        }
    }
}

fn stated(key: &str, facts: &Facts) -> Finding {
    told(key, decided(key, false, facts))
}

fn stated_of_lead(key: &str, facts: &Facts) -> Finding {
    told(key, decided(key, true, facts))
}

fn told(key: &str, decision: Option<bool>) -> Finding {
    let words = key.replace('_', " ");
    match decision {
        Some(true) => yes(format!("noted: {words}")),
        Some(false) => no(format!("noted: not {words}")),
        None => unknown(format!("nothing is noted of \"{words}\"")),
    }
}

/// The last decision noted. Decisions about other leads are not among the facts.
fn decided(key: &str, of_lead: bool, facts: &Facts) -> Option<bool> {
    facts
        .decisions
        .iter()
        .rev()
        .find(|decision| decision.key == key && !decision.of.is_empty() == of_lead)
        .map(|decision| decision.holds)
}
