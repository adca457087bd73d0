//! What a run found, in words: who changed, how, and why. Words come from the statements as they were known that night.

use super::cause_words::words_of;
use super::matching::tell_all;
use super::run::not_found;
use crate::access::Permit;
use crate::error::Error;
use crate::model::case::Case;
use crate::model::ids::{CaseId, NationId, PersonId, PublicId, Subject};
use crate::model::lead::{FamilyAnswer, Lead, LeadTarget, PersonSummary};
use crate::model::nation::MembershipState;
use crate::model::rematch::{
    ChangeKind, Changed, Failure, ListChange, ListedLead, Outcome, Run, RunNumber, RunState,
    Standing, Target,
};
use crate::model::visibility::Visibility;
use crate::store::{Snapshot, Store, StoreError};
use crate::workflow::joined::joined_nodes;
use crate::workflow::relations::summary;
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

/// How far a watcher has been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowedChanges {
    pub run: RunNumber,
    /// The last child of it.
    pub child: PersonId,
}

/// Up to now.
pub fn last_followed(store: &Store, permit: &Permit) -> Result<FollowedChanges, Error> {
    let last = permit.snapshot(store)?.last_rematch()?;
    Ok(FollowedChanges {
        run: last.map_or(RunNumber(0), |last| last.number),
        child: PersonId(u64::MAX),
    })
}

/// The next changes after what was told, of one run at a time, and how far that leads. `Error::OutOfRange` where runs are
/// no longer kept that were not told.
pub fn follow_night_changes(
    store: &Store,
    permit: &Permit,
    whose: &NightChanges,
    after: FollowedChanges,
) -> Result<(Vec<(Run, ToldChild)>, FollowedChanges), Error> {
    let present = permit.snapshot(store)?;
    // Most looks find nothing: those read no more than this.
    let newest = present.rematch_runs(None, 1)?;
    let is_last = newest.first().is_some_and(|run| run.number == after.run);
    if is_last && after.child == PersonId(u64::MAX) {
        return Ok((Vec::new(), after));
    }
    let mut runs = present.rematch_runs(None, usize::MAX)?;
    runs.reverse();
    let is_kept = runs.iter().any(|run| run.number == after.run);
    let oldest = runs.first().map(|run| run.number);
    let from_the_start = after.run == RunNumber(0) && oldest.is_none_or(|oldest| oldest.0 == 1);
    if !is_kept && !from_the_start {
        return Err(Error::OutOfRange {
            field: "resume_token".to_owned(),
            reason: "what changed since is no longer kept run by run: list the changes of the \
                     last night, then watch from now on"
                .to_owned(),
        });
    }
    let mut at = after;
    for run in runs.into_iter().filter(|run| run.number >= after.run) {
        if run.state == RunState::Running {
            break;
        }
        let is_same = run.number == after.run;
        let from = match (is_same, after.child.0.checked_add(1)) {
            (true, None) => continue,
            (true, Some(next)) => PersonId(next),
            (false, _) => PersonId(0),
        };
        at = FollowedChanges {
            run: run.number,
            child: PersonId(u64::MAX),
        };
        if run.state != RunState::Done {
            continue;
        }
        let question = NightChanges {
            run: Some(run.number),
            untold_only: true,
            from,
            ..whose.clone()
        };
        let told = night_changes(store, permit, &question)?;
        if let Some(next) = told.next {
            at.child = PersonId(next.0.saturating_sub(1));
        }
        if !told.children.is_empty() {
            let children = told.children.into_iter();
            let told = children.map(|child| (told.run.clone(), child));
            return Ok((told.collect(), at));
        }
    }
    Ok((Vec::new(), at))
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
    let run = done_run(&present, permit, run, |present| present.last_rematch())?;
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
fn done_run(
    present: &Snapshot<'_>,
    permit: &Permit,
    number: Option<RunNumber>,
    last: impl Fn(&Snapshot<'_>) -> Result<Option<Run>, StoreError>,
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

/// One night, opened to be told of.
struct Telling<'a> {
    permit: &'a Permit,
    run: Run,
    moment: Snapshot<'a>,
    /// The night before.
    earlier: Option<(Run, Snapshot<'a>)>,
}

impl<'a> Telling<'a> {
    fn open(store: &'a Store, permit: &'a Permit, run: Run) -> Result<Telling<'a>, Error> {
        let open = |run: &Run| -> Result<Snapshot<'a>, Error> {
            let present = permit.snapshot(store)?;
            Ok(present.known_on(run.revision)?.as_of(run.as_of))
        };
        let moment = open(&run)?;
        let earlier = match run.previous {
            Some(previous) => moment.rematch_run(previous)?,
            None => None,
        };
        let earlier = match earlier {
            Some(earlier) => Some((earlier.clone(), open(&earlier)?)),
            None => None,
        };
        Ok(Telling {
            permit,
            run,
            moment,
            earlier,
        })
    }

    /// The answer of the night; nothing where there is none any more.
    fn answer(&self, child: PersonId) -> Result<Option<FamilyAnswer>, Error> {
        let as_of = self.run.as_of;
        answered(tell_all(&self.moment, self.permit, child, as_of))
    }

    fn is_of_nation(&self, child: PersonId, nation: Option<NationId>) -> Result<bool, Error> {
        let Some(wanted) = nation else {
            return Ok(true);
        };
        let nodes = joined_nodes(&self.moment, self.permit, &[child], &Default::default())?;
        let mut nations = nodes.iter().flat_map(|node| &node.nations);
        let belongs = |(nation, state): &(NationId, MembershipState)| {
            *nation == wanted && *state != MembershipState::NotAMember
        };
        Ok(nations.any(belongs))
    }

    fn earlier_answer(&self, child: PersonId) -> Result<Option<FamilyAnswer>, Error> {
        match &self.earlier {
            Some((run, moment)) => answered(tell_all(moment, self.permit, child, run.as_of)),
            None => Ok(None),
        }
    }

    fn child(
        &self,
        child: PersonId,
        case: Option<(CaseId, Case)>,
        changes: &[ListChange],
    ) -> Result<Option<ToldChild>, Error> {
        let nodes = joined_nodes(&self.moment, self.permit, &[child], &Default::default())?;
        let Some(node) = nodes.first() else {
            return Ok(None);
        };
        let now = self.answer(child)?;
        let is_gone = |change: &ListChange| change.kind() == ChangeKind::LeadGone;
        let was = match changes.iter().any(is_gone) {
            true => self.earlier_answer(child)?,
            false => None,
        };
        let mut told = Vec::with_capacity(changes.len());
        for change in changes {
            told.push(self.change(change, now.as_ref(), was.as_ref())?);
        }
        told.sort_by_key(|change| {
            let place = change.after.or(change.before);
            let place = place.map(|place| (place.tier, place.rank));
            (!change.is_news, change.not_yet_named, change.kind, place)
        });
        let case_id = match &case {
            Some((id, _)) => self.public_id(Subject::Case(*id))?,
            None => None,
        };
        let case = case.map(|(_, case)| case);
        Ok(Some(ToldChild {
            record: child,
            child: summary(node, self.run.as_of),
            case: case_id,
            worker: case
                .as_ref()
                .map_or_else(String::new, |case| case.worker.clone()),
            agency: case.map_or_else(String::new, |case| case.agency),
            changes: told,
        }))
    }

    fn change(
        &self,
        change: &ListChange,
        now: Option<&FamilyAnswer>,
        was: Option<&FamilyAnswer>,
    ) -> Result<ToldChange, Error> {
        let mut causes = Vec::with_capacity(change.causes.len());
        for cause in &change.causes {
            causes.push(words_of(&self.moment, self.permit, cause)?);
        }
        let mut told = ToldChange {
            kind: change.kind(),
            is_news: change.is_news,
            target: None,
            name: String::new(),
            relation: String::new(),
            note: String::new(),
            before: None,
            after: None,
            causes,
            not_yet_named: false,
        };
        let Changed::Standing {
            target,
            before,
            after,
        } = change.what
        else {
            if let (ChangeKind::OrderChanged, Some(now)) = (change.kind(), now) {
                told.note.clone_from(&now.order.title);
            }
            return Ok(told);
        };
        let stands_in = match after {
            Standing::Lead { .. } => now,
            _ => was.or(now),
        };
        (told.name, told.relation) = self.named(target, stands_in)?;
        told.not_yet_named = [now, was].into_iter().flatten().any(|answer| {
            let lead = lead_of(answer, target);
            matches!(lead.map(|lead| &lead.target), Some(LeadTarget::Person(one)) if !one.named)
        });
        let id = self.public_id(target.subject())?;
        told.target = id.map(|id| (target.subject(), id));
        (told.before, told.after) = (place_of(before), place_of(after));
        told.note = note(change.kind(), target, now);
        Ok(told)
    }

    /// Name and relation as the answer has them.
    fn named(
        &self,
        target: Target,
        answer: Option<&FamilyAnswer>,
    ) -> Result<(String, String), Error> {
        if let Some(lead) = answer.and_then(|answer| lead_of(answer, target)) {
            let (name, _) = lead.target.content_key();
            return Ok((name.to_owned(), lead.relation.clone()));
        }
        let left_out = answer.into_iter().flat_map(|answer| &answer.excluded);
        for one in left_out {
            if is(&one.target, target) {
                let (name, _) = one.target.content_key();
                return Ok((name.to_owned(), one.relation.clone()));
            }
        }
        let visibility = self.permit.visibility();
        let name = match target {
            Target::Person(id) => {
                let nodes = self.moment.nodes(&[id], visibility)?;
                nodes.into_iter().flatten().next().map(|node| node.name)
            }
            Target::WaitingFamily(id) => {
                let families = self.moment.all_waiting_families(visibility)?;
                let family = families.iter().find(|(known, _, _)| *known == id);
                family.map(|(_, _, family)| family.name.clone())
            }
            Target::Nation(id) => {
                let nations = self.moment.nations(&[id], visibility)?;
                nations
                    .into_iter()
                    .flatten()
                    .next()
                    .map(|(_, nation)| nation.name)
            }
        };
        Ok((name.unwrap_or_default(), relation_of(target)))
    }

    fn public_id(&self, subject: Subject) -> Result<Option<PublicId>, Error> {
        let ids = self.moment.identities(&[subject])?;
        Ok(ids.into_iter().flatten().next().map(|ids| ids.public_id))
    }
}

fn relation_of(target: Target) -> String {
    match target {
        Target::Person(_) => String::new(),
        Target::WaitingFamily(_) => "approved waiting family".to_owned(),
        Target::Nation(_) => "the child's nation".to_owned(),
    }
}

fn answered(told: Result<FamilyAnswer, Error>) -> Result<Option<FamilyAnswer>, Error> {
    match told {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn is(lead: &LeadTarget, target: Target) -> bool {
    match lead {
        LeadTarget::Person(person) => Target::Person(person.id) == target,
        LeadTarget::WaitingFamily { id, .. } => Target::WaitingFamily(*id) == target,
    }
}

fn lead_of(answer: &FamilyAnswer, target: Target) -> Option<&Lead> {
    let mut leads = answer.tiers.iter().flat_map(|tier| &tier.leads);
    leads.find(|lead| is(&lead.target, target))
}

fn place_of(standing: Standing) -> Option<ToldPlace> {
    let Standing::Lead { rank, lead } = standing else {
        return None;
    };
    let ListedLead { tier, score, .. } = lead;
    Some(ToldPlace {
        tier: tier.into(),
        rank,
        score: f64::from(score) / 100.0,
    })
}

/// What must be known beside the change itself.
fn note(kind: ChangeKind, target: Target, now: Option<&FamilyAnswer>) -> String {
    let Some(now) = now else {
        return String::new();
    };
    if let Some(lead) = lead_of(now, target) {
        return match kind {
            ChangeKind::StatusChanged => lead.questions.join("; "),
            ChangeKind::OutreachChanged => {
                let mut of_purpose = lead.outreach.iter();
                let brief = of_purpose.find(|brief| brief.purpose == now.purpose);
                brief.map_or(String::new(), |brief| brief.state.word().replace('_', " "))
            }
            _ => lead.cautions.join(" "),
        };
    }
    let mut left_out = now.excluded.iter();
    let left_out = left_out.find(|one| is(&one.target, target));
    left_out.map_or(String::new(), |one| one.reason.clone())
}
