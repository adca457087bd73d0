//! What is due in one case, or in all open cases of a worker, nearest first.

use super::find_family::FindFamily;
use super::find_family::gather::{Gathered, gather, latest_outreach};
use super::joined::joined_nodes;
use super::junctures::{Juncture, junctures, since};
use super::list_pathways::{bad_rules, last_screenings};
use super::noted_decisions::noted_decisions;
use super::relations::summary;
use crate::access::Permit;
use crate::error::Error;
use crate::model::case::{Case, Outreach, OutreachState, OutreachTarget, Purpose};
use crate::model::ids::{CaseId, PublicId, Revision, SubjectKind};
use crate::model::partial_date::Day;
use crate::model::permanence::{CaseDays, DueAction, RulesUsed};
use crate::model::waiting_family::ApprovalState;
use crate::placement::due_actions::{
    CaseFacts, Dated, DueRules, days_since, days_words, due_actions,
};
use crate::placement::pathways::as_word;
use crate::placement::rule_file::in_use;
use crate::store::{Snapshot, Store};

/// Of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DueOf {
    Case(CaseId),
    /// All open cases of the worker of this name, whatever its case.
    Worker(String),
}

/// The question.
#[derive(Clone, Debug)]
pub struct ListDueActions {
    pub of: DueOf,
    pub as_of: Day,
    /// Only what is due within so many days, overdue, or cannot be dated.
    pub within_days: Option<u32>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct DueAnswer {
    pub as_of: Day,
    pub revision: Revision,
    /// How long each child is in care and waiting, in the order of entry.
    pub cases: Vec<CaseDays>,
    /// Nearest first.
    pub actions: Vec<DueAction>,
}

/// Cases read together while looking for those of a worker.
const SCANNED_TOGETHER: usize = 500;

/// Answers the question whole, or fails.
pub fn list_due_actions(
    store: &Store,
    permit: &Permit,
    question: &ListDueActions,
) -> Result<DueAnswer, Error> {
    let snapshot = permit.snapshot(store)?.as_of(question.as_of);
    let cases = match &question.of {
        DueOf::Case(id) => vec![one_case(&snapshot, permit, *id)?],
        DueOf::Worker(worker) => cases_of(&snapshot, permit, worker)?,
    };
    let mut answer = DueAnswer {
        as_of: question.as_of,
        revision: snapshot.revision(),
        cases: Vec::with_capacity(cases.len()),
        actions: Vec::new(),
    };
    for (id, public_id, case) in &cases {
        add_case(
            &snapshot,
            permit,
            question,
            (*id, *public_id, case),
            &mut answer,
        )?;
    }
    answer
        .actions
        .sort_by(|one, other| nearness(one).cmp(&nearness(other)));
    Ok(answer)
}

/// The nearest first, what cannot be dated last; then by child and rule.
fn nearness(action: &DueAction) -> impl Ord + use<'_> {
    (
        action.due_by.is_none() && action.due_from.is_none(),
        action.due_by.or(action.due_from),
        action.due_from,
        action.case,
        &action.id,
        &action.about,
    )
}

type Found = (CaseId, PublicId, Case);

fn one_case(snapshot: &Snapshot<'_>, permit: &Permit, id: CaseId) -> Result<Found, Error> {
    let found = snapshot
        .cases(&[id], permit.visibility())?
        .into_iter()
        .next();
    let (public_id, case) = found.flatten().ok_or_else(|| Error::NotFound {
        what: "case",
        name: "as named".to_owned(),
    })?;
    Ok((id, public_id, case))
}

/// The open cases of a worker, in the order of entry.
fn cases_of(snapshot: &Snapshot<'_>, permit: &Permit, worker: &str) -> Result<Vec<Found>, Error> {
    let wanted = worker.trim().to_lowercase();
    let mut found = Vec::new();
    let mut last = 0;
    loop {
        let subjects = snapshot.subjects_of_kind(SubjectKind::Case, last, SCANNED_TOGETHER)?;
        let ids: Vec<CaseId> = subjects
            .iter()
            .map(|subject| CaseId(subject.number()))
            .collect();
        let cases = snapshot.cases(&ids, permit.visibility())?;
        for (id, case) in ids.iter().zip(cases) {
            if let Some((public_id, case)) = case
                && case.active
                && case.worker.trim().to_lowercase() == wanted
            {
                found.push((*id, public_id, case));
            }
        }
        match ids.last() {
            Some(id) if ids.len() == SCANNED_TOGETHER => last = id.0,
            _ => return Ok(found),
        }
    }
}

/// Adds one case's days and what is due in it.
fn add_case(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &ListDueActions,
    (id, public_id, case): (CaseId, PublicId, &Case),
    answer: &mut DueAnswer,
) -> Result<(), Error> {
    let order = (!case.placement_order.is_empty()).then(|| case.placement_order.clone());
    let search = FindFamily {
        child: case.child,
        purpose: Purpose::Notice,
        as_of: question.as_of,
        order,
        leads_per_tier: 0,
        excluded_offset: 0,
        excluded_limit: 0,
    };
    let gathered = match (gather(snapshot, permit, &search), &question.of) {
        (Ok(gathered), _) => gathered,
        // A child whom the caller may not see is not there.
        (Err(Error::NotFound { .. }), DueOf::Worker(_)) => return Ok(()),
        (Err(error), _) => return Err(error),
    };
    let rules: Vec<&DueRules> = in_use::<DueRules>()
        .map_err(bad_rules)?
        .iter()
        .filter(|rules| rules.applies.holds(&gathered.order.id, &case.region))
        .collect();
    let facts = facts(snapshot, permit, &gathered, (id, case))?;
    let child = summary(gathered.child(), question.as_of);
    answer
        .cases
        .push(case_days(&facts, &rules, public_id, &child, case.active));
    if !case.active {
        return Ok(());
    }
    let last = question
        .within_days
        .and_then(|days| i32::try_from(days).ok())
        .map(|days| Day(question.as_of.0.saturating_add(days)));
    let due = due_actions(rules, &facts).into_iter().filter(|due| {
        let begins = due.due_from.or(due.due_by);
        last.is_none_or(|last| begins.is_none_or(|day| day <= last))
    });
    answer.actions.extend(due.map(|due| DueAction {
        id: due.id,
        title: due.title,
        about: due.about,
        citation: due.citation,
        state: due.state,
        window_from: due.window_from,
        due_from: due.due_from,
        due_by: due.due_by,
        because: due.because,
        case: public_id,
        child: child.clone(),
    }));
    Ok(())
}

fn case_days(
    facts: &CaseFacts,
    rules: &[&DueRules],
    case: PublicId,
    child: &crate::model::lead::PersonSummary,
    is_open: bool,
) -> CaseDays {
    let statuses: Vec<String> = rules
        .iter()
        .flat_map(|rules| rules.waiting_statuses.iter().cloned())
        .collect();
    let since = |date: Option<_>| date.and_then(|date| days_since(date, facts.as_of));
    let is_waiting = statuses.contains(&facts.legal_status);
    let mut words = days_words(facts, &statuses);
    if !is_open {
        words.push_str("; the case is closed: nothing is due");
    }
    CaseDays {
        case,
        child: child.clone(),
        in_care: since(facts.in_care_since),
        waiting: since(facts.legal_status_date.filter(|_| is_waiting)),
        words,
        rules: rules
            .iter()
            .map(|rules| RulesUsed {
                id: rules.id.clone(),
                version: rules.version.clone(),
                title: rules.title.clone(),
                citation: rules.citation.clone(),
                to_be_checked: rules.to_be_checked.clone(),
            })
            .collect(),
    }
}

fn facts(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    (id, case): (CaseId, &Case),
) -> Result<CaseFacts, Error> {
    let statements = snapshot.outreach(id, permit.visibility())?;
    let outreach: Vec<Outreach> = statements.into_iter().map(|(_, one)| one).collect();
    let noted = noted_decisions(snapshot, permit, gathered.child(), Some(id))?;
    let junctures = junctures(snapshot, permit, gathered, (id, case))?;
    let touched = touched(snapshot, permit, gathered, outreach.clone(), &junctures)?;
    Ok(CaseFacts {
        as_of: gathered.as_of,
        in_care_since: case.in_care_since,
        legal_status: as_word(&case.legal_status),
        legal_status_date: case.legal_status_date,
        child_birth: gathered.child().birth,
        primary_goal: case.primary_goal.clone(),
        concurrent_goal: case.concurrent_goal.clone(),
        notice_sent: outreach
            .iter()
            .any(|one| one.purpose == Purpose::Notice && one.state != OutreachState::Planned),
        noted: noted
            .into_iter()
            .filter(|decision| decision.holds && decision.of.is_empty())
            .map(|decision| decision.key)
            .collect(),
        age_of_majority: gathered.order.age_of_majority,
        ask_again: touched.ask_again,
        unanswered: touched.unanswered,
        junctures: touched.junctures,
        approvals: touched.approvals,
        screenings: touched.screenings,
    })
}

/// Dates of those whom the case has been in touch with.
#[derive(Default)]
struct Touched {
    ask_again: Vec<Dated>,
    unanswered: Vec<Dated>,
    junctures: Vec<Dated>,
    approvals: Vec<Dated>,
    screenings: Vec<Dated>,
}

fn touched(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    mut outreach: Vec<Outreach>,
    happened: &[Juncture],
) -> Result<Touched, Error> {
    for entry in &mut outreach {
        if let OutreachTarget::Person(person) = &mut entry.whom
            && let Some(node) = gathered.graph.person(*person)
        {
            *person = node.id;
        }
    }
    let mut touched = Touched::default();
    let mut targets: Vec<_> = latest_outreach(outreach).into_iter().collect();
    targets.sort_by_key(|(target, _)| *target);
    for (target, latest) in targets {
        let who = read_target(snapshot, permit, gathered, target, &mut touched)?;
        let Some(who) = who else {
            continue;
        };
        for brief in &latest {
            let about = format!("{who}, {}", brief.purpose.word());
            if let Some(juncture) = since(brief, happened) {
                touched.junctures.push(Dated {
                    about: format!("{about}: {}", juncture.words),
                    date: Some(juncture.date),
                });
            }
            if brief.state == OutreachState::NoReply && brief.ask_again.is_none() {
                touched.unanswered.push(Dated {
                    about,
                    date: brief.date,
                });
            }
        }
        let dates = latest.iter().filter(|brief| brief.ask_again.is_some());
        touched.ask_again.extend(dates.map(|brief| Dated {
            about: format!("{who}, {}", brief.purpose.word()),
            date: brief.ask_again,
        }));
    }
    Ok(touched)
}

/// The name of a target, after its own dates were added; nothing if the caller may not see it.
fn read_target(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    target: OutreachTarget,
    touched: &mut Touched,
) -> Result<Option<String>, Error> {
    let visibility = permit.visibility();
    match target {
        OutreachTarget::Person(id) => {
            let nodes = joined_nodes(snapshot, permit, &[id], &gathered.severed)?;
            let Some(node) = nodes.into_iter().next() else {
                return Ok(None);
            };
            let screenings = last_screenings(snapshot, permit, &node)?;
            let ending = screenings.into_iter().filter(|one| one.expires.is_some());
            touched.screenings.extend(ending.map(|screening| Dated {
                about: format!("{}, {}", screening.who, screening.kind),
                date: screening.expires,
            }));
            Ok(Some(node.name))
        }
        OutreachTarget::Nation(id) => {
            let nation = snapshot
                .nations(&[id], visibility)?
                .into_iter()
                .flatten()
                .next();
            Ok(nation.map(|(_, nation)| nation.name))
        }
        OutreachTarget::WaitingFamily(id) => {
            let families = snapshot.all_waiting_families(visibility)?;
            let found = families.iter().find(|(known, _, _)| *known == id);
            let Some((_, _, family)) = found else {
                return Ok(None);
            };
            if family.approval == Some(ApprovalState::Approved) {
                touched.approvals.push(Dated {
                    about: family.name.clone(),
                    date: family.approval_expires,
                });
            }
            Ok(Some(family.name.clone()))
        }
    }
}
