//! RematchService: the nightly run, and what it found.

use super::answers::Answers;
use super::convert;
use super::convert::resource_name;
use super::exchange::signed;
use super::page_token::Question;
use super::v1;
use crate::ambient;
use crate::error::Error;
use crate::model::ids::{PersonId, PublicId, Subject, SubjectKind};
use crate::model::rematch::{ChangeKind, Run, RunNumber, RunScope, RunState};
use crate::workflow::{
    FollowedChanges, NightChanges, Rematch, ToldChange, ToldChild, ToldPlace, failures_of_run,
    follow_night_changes, last_followed, list_of_night, list_rematch_runs, night_changes,
    rematch_run,
};
use pbjson_types::Timestamp;

const PREFIX: &str = "rematchRuns/";
/// Children told at once by a stream.
const AT_ONCE: usize = 16;
const MOST_FAILURES: usize = 1000;

/// How many processors a nightly run takes, and how much of the past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RematchLimits {
    pub threads: usize,
    pub keep: usize,
    /// A move within a tier counts as news from so many ranks on.
    pub ranks_moved: u32,
    /// Whether children whom a change can touch are matched again at once.
    pub between_nights: bool,
}

impl Default for RematchLimits {
    fn default() -> RematchLimits {
        RematchLimits {
            threads: 1,
            keep: 400,
            ranks_moved: 3,
            between_nights: true,
        }
    }
}

impl RematchLimits {
    /// How to run for a date.
    pub fn how(&self, as_of: crate::model::partial_date::Day) -> Rematch {
        Rematch {
            as_of,
            now: ambient::now(),
            threads: self.threads,
            ranks_moved: self.ranks_moved,
            keep: self.keep,
            children_a_part: crate::workflow::CHILDREN_A_PART,
        }
    }
}

/// Whose changes are asked for, as in the request.
struct WhoseChanges<'a> {
    worker: &'a str,
    agency: &'a str,
    nation: &'a str,
    child: &'a str,
    with_quiet: bool,
}

impl Answers {
    /// One run, with the children who could not be matched.
    pub(in crate::api) fn get_rematch_run(
        &self,
        request: &v1::GetRematchRunRequest,
    ) -> Result<v1::GetRematchRunResponse, Error> {
        let number = number_of("name", &request.name)?;
        let run = rematch_run(&self.store, &self.permit, number)?;
        let failed = failures_of_run(&self.store, &self.permit, number, MOST_FAILURES)?;
        let failures = failed.into_iter().map(|(id, failure)| v1::RematchFailure {
            child: format!("people/{id}"),
            reason: failure.words().to_owned(),
        });
        Ok(v1::GetRematchRunResponse {
            run: Some(v1::RematchRun {
                failures: failures.collect(),
                ..shown(&run)
            }),
        })
    }

    /// One page of runs.
    pub(in crate::api) fn list_rematch_runs(
        &self,
        request: &v1::ListRematchRunsRequest,
    ) -> Result<v1::ListRematchRunsResponse, Error> {
        let size = convert::page_size("page_size", request.page_size, 50, 500)?;
        let paging = self.question(&["rematch runs"])?;
        let from = paging.position("page_token", &request.page_token)?;
        let before = from.map(|[number, _, _]| RunNumber(number));
        let mut runs = list_rematch_runs(&self.store, &self.permit, before, size + 1)?;
        let more = runs.len() > size;
        runs.truncate(size);
        let last = runs.last().filter(|_| more);
        Ok(v1::ListRematchRunsResponse {
            next_page_token: last
                .map_or_else(String::new, |last| paging.token([last.number.0, 0, 0])),
            runs: runs.iter().map(shown).collect(),
        })
    }

    /// One page of what changed.
    pub(in crate::api) fn list_rematch_changes(
        &self,
        request: &v1::ListRematchChangesRequest,
    ) -> Result<v1::ListRematchChangesResponse, Error> {
        let size = convert::page_size("page_size", request.page_size, 50, 200)?;
        let asked = [
            &request.run,
            &request.worker,
            &request.agency,
            &request.child,
            &request.nation,
        ];
        let mut parts = vec!["rematch changes"];
        parts.extend(asked.map(String::as_str));
        parts.push(if request.with_quiet { "all" } else { "news" });
        let paging = self.question(&parts)?;
        let from = paging.position("page_token", &request.page_token)?;
        let question = NightChanges {
            // A page of the last run goes on in that run, though there be a later one.
            run: match from {
                Some([_, run, _]) => Some(RunNumber(run)),
                None => run_or_last(&request.run)?,
            },
            from: PersonId(from.map_or(0, |[child, _, _]| child)),
            limit: size,
            ..self.whose_changes(&WhoseChanges {
                worker: &request.worker,
                agency: &request.agency,
                nation: &request.nation,
                child: &request.child,
                with_quiet: request.with_quiet,
            })?
        };
        let night = night_changes(&self.store, &self.permit, &question)?;
        let as_of = night.run.as_of;
        let run = night.run.number.0;
        Ok(v1::ListRematchChangesResponse {
            next_page_token: night
                .next
                .map_or_else(String::new, |next| paging.token([next.0, run, 0])),
            run: Some(shown(&night.run)),
            children: night
                .children
                .iter()
                .map(|child| shown_child(child, as_of))
                .collect(),
        })
    }

    fn whose_changes(&self, asked: &WhoseChanges<'_>) -> Result<NightChanges, Error> {
        let nation = match asked.nation.is_empty() {
            true => None,
            false => match self.resource(SubjectKind::Nation, "nation", asked.nation)? {
                Subject::Nation(nation) => Some(nation),
                _ => None,
            },
        };
        let child = match asked.child.is_empty() {
            true => None,
            false => Some(self.person("child", asked.child)?),
        };
        Ok(NightChanges {
            run: None,
            worker: convert::text("worker", asked.worker)?.to_owned(),
            agency: convert::text("agency", asked.agency)?.to_owned(),
            nation,
            child,
            with_quiet: asked.with_quiet,
            untold_only: false,
            from: PersonId(0),
            limit: AT_ONCE,
        })
    }

    fn watch_question(&self, asked: &v1::WatchRematchChangesRequest) -> Result<Question, Error> {
        let quiet = if asked.with_quiet { "all" } else { "news" };
        self.question(&[
            "watch rematch changes",
            &asked.worker,
            &asked.agency,
            &asked.nation,
            &asked.child,
            quiet,
        ])
    }

    /// Where a stream of changes begins: after what its token says, else after what is there now.
    pub(super) fn watch_rematch_from(
        &self,
        asked: &v1::WatchRematchChangesRequest,
    ) -> Result<FollowedChanges, Error> {
        let question = self.watch_question(asked)?;
        match question.position("resume_token", &asked.resume_token)? {
            Some([run, child, _]) => Ok(FollowedChanges {
                run: RunNumber(run),
                child: PersonId(child),
            }),
            None => last_followed(&self.store, &self.permit),
        }
    }

    /// The next changes of a stream, and where it stands then.
    pub(super) fn next_rematch_changes(
        &self,
        asked: &v1::WatchRematchChangesRequest,
        after: FollowedChanges,
    ) -> Result<(Vec<v1::WatchRematchChangesResponse>, FollowedChanges), Error> {
        let whose = self.whose_changes(&WhoseChanges {
            worker: &asked.worker,
            agency: &asked.agency,
            nation: &asked.nation,
            child: &asked.child,
            with_quiet: asked.with_quiet,
        })?;
        let question = self.watch_question(asked)?;
        let (told, next) = follow_night_changes(&self.store, &self.permit, &whose, after)?;
        let messages = told
            .iter()
            .map(|(run, child)| v1::WatchRematchChangesResponse {
                run: Some(shown(run)),
                child: Some(shown_child(child, run.as_of)),
                resume_token: question.token([run.number.0, child.record.0, 0]),
            });
        Ok((messages.collect(), next))
    }

    /// A message that only says where a stream stands.
    pub(super) fn rematch_heartbeat(
        &self,
        asked: &v1::WatchRematchChangesRequest,
        at: FollowedChanges,
    ) -> Result<v1::WatchRematchChangesResponse, Error> {
        let question = self.watch_question(asked)?;
        Ok(v1::WatchRematchChangesResponse {
            run: None,
            child: None,
            resume_token: question.token([at.run.0, at.child.0, 0]),
        })
    }

    /// What was suggested for a child in a run.
    pub(in crate::api) fn list_rematch_leads(
        &self,
        request: &v1::ListRematchLeadsRequest,
    ) -> Result<v1::ListRematchLeadsResponse, Error> {
        let size = convert::page_size("page_size", request.page_size, 200, 1000)?;
        let paging = self.question(&["rematch leads", &request.child, &request.run])?;
        let from = paging.position("page_token", &request.page_token)?;
        let child = self.person("child", &request.child)?;
        let (first, run) = match from {
            Some([first, run, _]) => (
                usize::try_from(first).unwrap_or(usize::MAX),
                Some(RunNumber(run)),
            ),
            None => (0, run_or_last(&request.run)?),
        };
        let list = list_of_night(&self.store, &self.permit, child, run)?;
        let last = first.saturating_add(size).min(list.leads.len());
        let page = list.leads.get(first..last).unwrap_or_default();
        Ok(v1::ListRematchLeadsResponse {
            next_page_token: match last < list.leads.len() {
                true => paging.token([last as u64, list.run.number.0, 0]),
                false => String::new(),
            },
            run: Some(shown(&list.run)),
            leads: page
                .iter()
                .map(|lead| v1::RematchLead {
                    target: name_of(lead.target),
                    display_name: lead.name.clone(),
                    relation: lead.relation.clone(),
                    place: Some(place(lead.place)),
                    needs_review: lead.needs_review,
                })
                .collect(),
        })
    }
}

pub(super) fn number_of(field: &str, name: &str) -> Result<RunNumber, Error> {
    let number = name.trim();
    let number = number.strip_prefix(PREFIX).unwrap_or(number);
    let number = number.parse().map(RunNumber);
    number.map_err(|_| Error::invalid(field, "needed: `rematchRuns/{number}`"))
}

fn run_or_last(name: &str) -> Result<Option<RunNumber>, Error> {
    match name.is_empty() {
        true => Ok(None),
        false => number_of("run", name).map(Some),
    }
}

fn name_of((subject, id): (Subject, PublicId)) -> String {
    resource_name(subject.kind(), id)
}

/// The name of a run.
pub fn run_name(number: RunNumber) -> String {
    format!("{PREFIX}{}", number.0)
}

/// A run as a message.
pub fn shown(run: &Run) -> v1::RematchRun {
    let time = |seconds: i64| Timestamp { seconds, nanos: 0 };
    let counts = run.counts;
    v1::RematchRun {
        name: run_name(run.number),
        state: match run.state {
            RunState::Running => v1::RematchState::Running,
            RunState::Done => v1::RematchState::Done,
            RunState::Cancelled => v1::RematchState::Cancelled,
        }
        .into(),
        as_of: run.as_of.to_string(),
        revision: convert::revision_text(run.revision),
        previous: run.previous.map_or_else(String::new, run_name),
        start_time: Some(time(run.began)),
        end_time: run.ended.map(time),
        children: signed(counts.children),
        matched: signed(counts.matched),
        changed: signed(counts.changed),
        changes: signed(counts.changes),
        failures: Vec::new(),
        policies: run
            .policy
            .iter()
            .map(|(id, version)| v1::PolicyVersion {
                id: id.clone(),
                version: version.clone(),
            })
            .collect(),
        failed: signed(counts.failed),
        between_nights: run.scope == RunScope::Touched,
    }
}

fn shown_child(child: &ToldChild, as_of: crate::model::partial_date::Day) -> v1::ChildChanges {
    let case = child.case.map(|id| format!("cases/{id}"));
    v1::ChildChanges {
        child: Some(convert::person_summary(&child.child, as_of)),
        case: case.unwrap_or_default(),
        worker: child.worker.clone(),
        agency: child.agency.clone(),
        changes: child.changes.iter().map(shown_change).collect(),
    }
}

fn shown_change(change: &ToldChange) -> v1::RematchChange {
    let causes = change.causes.iter().map(|cause| v1::RematchCause {
        words: cause.words.clone(),
        about: cause.about.map_or_else(String::new, name_of),
    });
    v1::RematchChange {
        kind: v1::RematchChangeKind::from(change.kind).into(),
        is_news: change.is_news,
        target: change.target.map_or_else(String::new, name_of),
        display_name: change.name.clone(),
        relation: change.relation.clone(),
        note: change.note.clone(),
        before: change.before.map(place),
        after: change.after.map(place),
        causes: causes.collect(),
        not_yet_named: change.not_yet_named,
    }
}

fn place(place: ToldPlace) -> v1::LeadPlace {
    v1::LeadPlace {
        tier: place.tier,
        rank: place.rank,
        score: place.score,
    }
}

impl From<ChangeKind> for v1::RematchChangeKind {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::ChildAdded => Self::ChildAdded,
            ChangeKind::ChildGone => Self::ChildGone,
            ChangeKind::NewLead => Self::NewLead,
            ChangeKind::NearMissPossible => Self::NearMissPossible,
            ChangeKind::ExclusionLifted => Self::ExclusionLifted,
            ChangeKind::LeadGone => Self::LeadGone,
            ChangeKind::MovedTier => Self::MovedTier,
            ChangeKind::MovedRank => Self::MovedRank,
            ChangeKind::CautionsChanged => Self::CautionsChanged,
            ChangeKind::StatusChanged => Self::StatusChanged,
            ChangeKind::OutreachChanged => Self::OutreachChanged,
            ChangeKind::OrderChanged => Self::OrderChanged,
            ChangeKind::CoverageChanged => Self::CoverageChanged,
            ChangeKind::Shifted => Self::Shifted,
            ChangeKind::ExclusionChanged => Self::ExclusionChanged,
        }
    }
}
