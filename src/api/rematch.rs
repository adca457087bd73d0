//! RematchService: the nightly run, and what it found.

use super::answers::{Answers, read_request_id};
use super::changes::{Watched, Watcher, watching};
use super::convert;
use super::convert::resource_name;
use super::exchange::{Exchange, Outcome, signed};
use super::operations::shown as shown_operation;
use super::service::Service;
use super::status;
use super::v1;
use super::v1::rematch_service_server::RematchService;
use crate::access::Permit;
use crate::ambient;
use crate::error::Error;
use crate::model::ids::{PersonId, PublicId, Subject};
use crate::model::rematch::{ChangeKind, Run, RunNumber, RunScope, RunState};
use crate::store::Store;
use crate::workflow::{
    NightChanges, Rematch, ToldChange, ToldChild, ToldPlace, cancel_rematch, failures_of_run,
    list_of_night, list_rematch_runs, night_changes, rematch, rematch_run,
};
use pbjson_types::Timestamp;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::{Request, Response, Status};

const PREFIX: &str = "rematchRuns/";
const KIND: &str = "rematch";
/// How often a stream looks how far a run has come.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const MOST_FAILURES: usize = 1000;

/// How many processors a nightly run takes, and how much of the past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RematchLimits {
    pub threads: usize,
    pub keep: usize,
    /// A move within a tier counts as news from so many ranks on.
    pub ranks_moved: u32,
}

impl Default for RematchLimits {
    fn default() -> RematchLimits {
        RematchLimits {
            threads: 1,
            keep: 400,
            ranks_moved: 3,
        }
    }
}

impl RematchLimits {
    /// How to run for a date.
    pub fn how(&self, as_of: crate::model::partial_date::Day) -> Rematch {
        Rematch {
            as_of,
            scope: RunScope::Everyone,
            now: ambient::now(),
            threads: self.threads,
            ranks_moved: self.ranks_moved,
            keep: self.keep,
            children_a_part: crate::workflow::CHILDREN_A_PART,
        }
    }
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
        ];
        let mut parts = vec!["rematch changes"];
        parts.extend(asked.map(String::as_str));
        parts.push(if request.with_quiet { "all" } else { "news" });
        let paging = self.question(&parts)?;
        let from = paging.position("page_token", &request.page_token)?;
        let child = match request.child.is_empty() {
            true => None,
            false => Some(self.person("child", &request.child)?),
        };
        let question = NightChanges {
            // A page of the last run goes on in that run, though there be a later one.
            run: match from {
                Some([_, run, _]) => Some(RunNumber(run)),
                None => run_or_last(&request.run)?,
            },
            worker: convert::text("worker", &request.worker)?.to_owned(),
            agency: convert::text("agency", &request.agency)?.to_owned(),
            child,
            with_quiet: request.with_quiet,
            from: PersonId(from.map_or(0, |[child, _, _]| child)),
            limit: size,
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

fn number_of(field: &str, name: &str) -> Result<RunNumber, Error> {
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

/// Begins a run as work of the server; sent again, the id finds what it began. Told to stop, the run is cancelled; a
/// server that stops only breaks it off.
pub(super) fn begin_rematch(
    store: &Arc<Store>,
    exchange: &Exchange,
    id: &str,
    how: Rematch,
) -> Result<(), Error> {
    if exchange.work.told(id).is_some() {
        return Ok(());
    }
    let store = Arc::clone(store);
    exchange
        .work
        .begin(id, KIND, 1, "children", move |running| {
            let permit = Permit::system("nightly rematch").until(running.stop.clone());
            let mut number = None;
            let done = rematch(&store, &permit, &how, &mut |run| {
                number = Some(run.number);
                running.step("children", run.counts.matched, run.counts.children);
            });
            match (done, number) {
                (Err(stopped @ Error::Cancelled { .. }), Some(number)) => {
                    let permit = Permit::system("nightly rematch");
                    cancel_rematch(&store, &permit, number, ambient::now())?;
                    Err(stopped)
                }
                (done, _) => done.map(|run| Outcome::Rematched(run.number)),
            }
        })
}

impl Service {
    fn start_rematch(
        &self,
        answers: &Answers,
        request: &v1::StartRematchRequest,
    ) -> Result<v1::StartRematchResponse, Error> {
        let id = format!("{KIND}-{}", read_request_id(&request.request_id, false)?);
        let as_of = answers.day(&request.as_of)?;
        let how = self.limits.rematch.how(as_of);
        begin_rematch(&self.store, &self.exchange, &id, how)?;
        let told = self.exchange.work.told(&id);
        Ok(v1::StartRematchResponse {
            operation: told.as_ref().map(shown_operation),
        })
    }

    fn cancel_rematch(
        &self,
        answers: &Answers,
        request: &v1::CancelRematchRunRequest,
    ) -> Result<v1::CancelRematchRunResponse, Error> {
        let number = number_of("name", &request.name)?;
        let mut run = rematch_run(&self.store, &answers.permit, number)?;
        if run.state == RunState::Running {
            let all = self.exchange.work.all();
            let mut under_way = all
                .iter()
                .filter(|told| told.kind == KIND && told.outcome.is_none());
            match under_way.next() {
                Some(told) => {
                    self.exchange.work.cancel(&told.id);
                }
                None => {
                    run = cancel_rematch(&self.store, &answers.permit, number, ambient::now())?;
                }
            }
        }
        Ok(v1::CancelRematchRunResponse {
            run: Some(shown(&run)),
        })
    }

    /// Sends how a run stands until it has ended.
    async fn follow_run(&self, number: RunNumber, watcher: &Watcher<v1::WatchRematchRunResponse>) {
        let mut last: Option<(Run, Instant)> = None;
        let mut stopping = self.stopping.clone();
        loop {
            let answers = self.answers();
            let until = Instant::now() + self.limits.deadline;
            let read = self
                .offload
                .run_patiently(until, move || {
                    rematch_run(&answers.store, &answers.permit, number)
                })
                .await;
            match read {
                Ok(run) => {
                    let is_new = last.as_ref().is_none_or(|(known, sent)| {
                        *known != run || sent.elapsed() + LOOK_EVERY >= self.limits.heartbeat
                    });
                    let message = v1::WatchRematchRunResponse {
                        run: Some(shown(&run)),
                    };
                    if is_new && !self.send(watcher, message).await {
                        return;
                    }
                    if run.state != RunState::Running {
                        return;
                    }
                    if is_new {
                        last = Some((run, Instant::now()));
                    }
                }
                Err(Error::Unavailable { .. } | Error::Cancelled { .. }) => {}
                Err(error) => {
                    watcher.end(status::from_error(&error));
                    return;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = watcher.closed() => return,
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    }
}

#[tonic::async_trait]
impl RematchService for Service {
    type WatchRematchRunStream = Watched<v1::WatchRematchRunResponse>;

    async fn start_rematch(
        &self,
        request: Request<v1::StartRematchRequest>,
    ) -> Result<Response<v1::StartRematchResponse>, Status> {
        let service = self.clone();
        self.answer("StartRematch", request, move |answers, request| {
            service.start_rematch(answers, request)
        })
        .await
    }

    async fn get_rematch_run(
        &self,
        request: Request<v1::GetRematchRunRequest>,
    ) -> Result<Response<v1::GetRematchRunResponse>, Status> {
        self.answer("GetRematchRun", request, |answers, request| {
            answers.get_rematch_run(request)
        })
        .await
    }

    async fn list_rematch_runs(
        &self,
        request: Request<v1::ListRematchRunsRequest>,
    ) -> Result<Response<v1::ListRematchRunsResponse>, Status> {
        self.answer("ListRematchRuns", request, |answers, request| {
            answers.list_rematch_runs(request)
        })
        .await
    }

    async fn cancel_rematch_run(
        &self,
        request: Request<v1::CancelRematchRunRequest>,
    ) -> Result<Response<v1::CancelRematchRunResponse>, Status> {
        let service = self.clone();
        self.answer("CancelRematchRun", request, move |answers, request| {
            service.cancel_rematch(answers, request)
        })
        .await
    }

    async fn watch_rematch_run(
        &self,
        request: Request<v1::WatchRematchRunRequest>,
    ) -> Result<Response<Self::WatchRematchRunStream>, Status> {
        let place = Arc::clone(&self.watches).try_acquire_owned().map_err(|_| {
            status::from_error(&Error::Unavailable {
                reason: "too many watches are open".to_owned(),
            })
        })?;
        let number = self
            .answer("WatchRematchRun", request, |answers, request| {
                let number = number_of("name", &request.name)?;
                rematch_run(&answers.store, &answers.permit, number)?;
                Ok(number)
            })
            .await?
            .into_inner();
        let (watcher, watched) = watching();
        let service = self.clone();
        tokio::spawn(async move {
            let _place = place;
            service.follow_run(number, &watcher).await;
        });
        Ok(Response::new(watched))
    }

    async fn list_rematch_changes(
        &self,
        request: Request<v1::ListRematchChangesRequest>,
    ) -> Result<Response<v1::ListRematchChangesResponse>, Status> {
        self.answer("ListRematchChanges", request, |answers, request| {
            answers.list_rematch_changes(request)
        })
        .await
    }

    async fn list_rematch_leads(
        &self,
        request: Request<v1::ListRematchLeadsRequest>,
    ) -> Result<Response<v1::ListRematchLeadsResponse>, Status> {
        self.answer("ListRematchLeads", request, |answers, request| {
            answers.list_rematch_leads(request)
        })
        .await
    }
}
