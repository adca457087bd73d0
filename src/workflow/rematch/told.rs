//! What a run found, in words: who changed, how, and why. Words come from the statements as they were known that night.

use super::run::not_found;
use super::telling::{Telling, place_of};
use crate::access::Permit;
use crate::error::Error;
use crate::model::case::Case;
use crate::model::ids::{NationId, PersonId, PublicId, Subject};
use crate::model::lead::PersonSummary;
use crate::model::rematch::{ChangeKind, Failure, Outcome, Run, RunNumber, RunState};
use crate::model::visibility::Visibility;
use crate::store::{Snapshot, Store, StoreError};
use std::collections::BTreeSet;

/// Said to whoever asks before the first night.
const NO_NIGHT_YET: &str = "no night has run yet: run one with `kinpath rematch run`, or set `rematch_at` and let \
                            `kinpath serve` run one each night";

/// Changed children read together.
const TOGETHER: usize = 64;

/// Which changes.
#[derive(Clone, Debug)]
pub struct NightChanges {
    /// Nothing means the last run that was done.
    pub run: Option<RunNumber>,
    /// Only children of this worker; empty for all. Capitals do not matter.
    pub worker: String,
    /// The same of this agency.
    pub agency: String,
    /// Only children who belong or may belong to it.
    pub nation: Option<NationId>,
    pub child: Option<PersonId>,
    /// Of a night, not what runs between nights have told of.
    pub untold_only: bool,
    /// With those that are no news.
    pub with_quiet: bool,
    /// From this child on, by number.
    pub from: PersonId,
    pub limit: usize,
}

/// One page of changes.
#[derive(Clone, Debug)]
pub struct ToldNight {
    pub run: Run,
    pub children: Vec<ToldChild>,
    /// The child with whom the next page begins.
    pub next: Option<PersonId>,
}

/// What changed for one child.
#[derive(Clone, Debug)]
pub struct ToldChild {
    /// The record that the run names; of a child with several records perhaps not the first of them.
    pub record: PersonId,
    pub child: PersonSummary,
    pub case: Option<PublicId>,
    pub worker: String,
    pub agency: String,
    /// The gravest first.
    pub changes: Vec<ToldChange>,
}

#[derive(Clone, Debug)]
pub struct ToldChange {
    pub kind: ChangeKind,
    pub is_news: bool,
    pub target: Option<(Subject, PublicId)>,
    /// "Marlene Corwin"; empty where the change is about no lead.
    pub name: String,
    /// "paternal grandmother"; empty where it cannot be told any more.
    pub relation: String,
    /// What is to be known: why somebody is left out, which cautions, what must be asked.
    pub note: String,
    pub before: Option<ToldPlace>,
    pub after: Option<ToldPlace>,
    pub causes: Vec<ToldCause>,
    /// About somebody who is only known to exist.
    pub not_yet_named: bool,
}

/// Where a lead stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToldPlace {
    pub tier: u32,
    pub rank: u32,
    pub score: f64,
}

/// Why, in words, with whom or what it is said of.
#[derive(Clone, Debug)]
pub struct ToldCause {
    pub words: String,
    pub about: Option<(Subject, PublicId)>,
}

/// Runs before one, the newest first.
pub fn list_rematch_runs(
    store: &Store,
    permit: &Permit,
    before: Option<RunNumber>,
    limit: usize,
) -> Result<Vec<Run>, Error> {
    Ok(permit.snapshot(store)?.rematch_runs(before, limit)?)
}

/// One run.
pub fn rematch_run(store: &Store, permit: &Permit, number: RunNumber) -> Result<Run, Error> {
    let run = permit.snapshot(store)?.rematch_run(number)?;
    run.ok_or_else(|| not_found(number))
}

/// The children whom a run could not match, and why, at most `limit`.
pub fn failures_of_run(
    store: &Store,
    permit: &Permit,
    number: RunNumber,
    limit: usize,
) -> Result<Vec<(PublicId, Failure)>, Error> {
    let snapshot = permit.snapshot(store)?;
    let (outcomes, _) = snapshot.rematch_outcomes_of(number)?;
    let failed = outcomes
        .iter()
        .filter_map(|outcome| Some((Subject::Person(outcome.child), outcome.failure?)));
    let failed: Vec<(Subject, Failure)> = failed.take(limit).collect();
    let subjects: Vec<Subject> = failed.iter().map(|(subject, _)| *subject).collect();
    let ids = snapshot.identities(&subjects)?.into_iter();
    Ok(ids
        .zip(failed)
        .filter_map(|(ids, (_, failure))| Some((ids?.public_id, failure)))
        .collect())
}

/// The changes of one night.
pub fn night_changes(
    store: &Store,
    permit: &Permit,
    question: &NightChanges,
) -> Result<ToldNight, Error> {
    let present = permit.snapshot(store)?;
    let run = done_run(&present, permit, question.run, |present| {
        present.last_night()
    })?;
    let told_between = match question.untold_only {
        true => told_between(&present, &run)?,
        false => BTreeSet::new(),
    };
    let night = Telling::open(store, permit, run)?;
    let mut told = ToldNight {
        run: night.run.clone(),
        children: Vec::new(),
        next: None,
    };
    let mut from = question.child.unwrap_or(question.from);
    loop {
        let page = present.rematch_changes(night.run.number, from, TOGETHER)?;
        let was_full = page.len() == TOGETHER;
        for (child, mut changes) in page {
            permit.go_on()?;
            from = PersonId(child.0.saturating_add(1));
            if question.child.is_some_and(|only| only != child) {
                return Ok(told);
            }
            changes.retain(|change| change.is_news || question.with_quiet);
            let case = night.moment.case_of_child(child, permit.visibility())?;
            let of_case = case.as_ref().map(|(_, case)| case);
            let is_wanted = !changes.is_empty()
                && !told_between.contains(&child)
                && is_asked_for(question, of_case)
                && night.is_of_nation(child, question.nation)?;
            if !is_wanted {
                continue;
            }
            if told.children.len() == question.limit {
                told.next = Some(child);
                return Ok(told);
            }
            told.children.extend(night.child(child, case, &changes)?);
        }
        if !was_full {
            return Ok(told);
        }
    }
}

/// Children whose list at this night is the one that a run between nights has told of.
fn told_between(present: &Snapshot<'_>, night: &Run) -> Result<BTreeSet<PersonId>, Error> {
    let runs = present.rematch_runs(Some(night.number), usize::MAX)?;
    let before = runs.iter().find(|run| run.state == RunState::Done);
    let Some(before) = before.filter(|run| night.is_night() && !run.is_night()) else {
        return Ok(BTreeSet::new());
    };
    let kept = present.rematch_outcomes(before.number)?;
    let (outcomes, _) = present.rematch_outcomes_of(night.number)?;
    let is_told = |outcome: &Outcome| {
        let before = kept.get(&outcome.child);
        before.is_some_and(|before| before.fingerprint == outcome.fingerprint)
    };
    let told = outcomes.into_iter().filter(is_told);
    Ok(told.map(|outcome| outcome.child).collect())
}

fn is_asked_for(question: &NightChanges, case: Option<&Case>) -> bool {
    let is = |wanted: &str, known: Option<&String>| {
        let wanted = wanted.trim().to_lowercase();
        wanted.is_empty() || known.is_some_and(|known| known.trim().to_lowercase() == wanted)
    };
    is(&question.worker, case.map(|case| &case.worker))
        && is(&question.agency, case.map(|case| &case.agency))
}

/// A child's list as it was told on a night.
#[derive(Clone, Debug)]
pub struct ListOfNight {
    pub run: Run,
    pub leads: Vec<ToldLead>,
}

#[derive(Clone, Debug)]
pub struct ToldLead {
    pub target: (Subject, PublicId),
    pub name: String,
    pub relation: String,
    pub place: ToldPlace,
    pub needs_review: bool,
}

/// What was suggested for a child on a night, in the order of that night.
pub fn list_of_night(
    store: &Store,
    permit: &Permit,
    child: PersonId,
    run: Option<RunNumber>,
) -> Result<ListOfNight, Error> {
    let present = permit.snapshot(store)?;
    let run = done_run(&present, permit, run, Snapshot::last_rematch)?;
    let list = present.rematch_list(child, run.number)?;
    let list = list.map(|(_, list)| list).filter(|list| list.waits);
    let list = list.ok_or_else(|| Error::NotFound {
        what: "list of this child in that run",
        name: run.number.0.to_string(),
    })?;
    let night = Telling::open(store, permit, run)?;
    let answer = night.answer(child)?;
    let standings = super::compare::standings(&list);
    let mut leads = Vec::with_capacity(list.leads.len());
    for lead in &list.leads {
        let place = standings.get(&lead.target).copied();
        let (name, relation) = night.named(lead.target, answer.as_ref())?;
        let Some(id) = night.public_id(lead.target.subject())? else {
            continue;
        };
        leads.push(ToldLead {
            target: (lead.target.subject(), id),
            name,
            relation,
            place: place.and_then(place_of).unwrap_or(ToldPlace {
                tier: lead.tier.into(),
                rank: 0,
                score: 0.0,
            }),
            needs_review: lead.needs_review,
        });
    }
    Ok(ListOfNight {
        run: night.run,
        leads,
    })
}

/// A run that was done. What it found was found with everything in sight.
fn done_run<'s>(
    present: &Snapshot<'s>,
    permit: &Permit,
    number: Option<RunNumber>,
    last: impl Fn(&Snapshot<'s>) -> Result<Option<Run>, StoreError>,
) -> Result<Run, Error> {
    if *permit.visibility() != Visibility::all() {
        return Err(Error::Denied {
            reason: "nightly runs are told to those who may see everything in the store".to_owned(),
        });
    }
    let run = match number {
        Some(number) => present.rematch_run(number)?,
        None => last(present)?,
    };
    let done = run.filter(|run| run.state == RunState::Done);
    done.ok_or_else(|| match number {
        Some(number) => not_found(number),
        None => Error::OutOfRange {
            field: "run".to_owned(),
            reason: NO_NIGHT_YET.to_owned(),
        },
    })
}
