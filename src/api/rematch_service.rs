//! RematchService at the door: starting, following and cancelling runs, and watching what they find.

use super::answers::{Answers, read_request_id};
use super::changes::{LOOK_EVERY, Watched, Watcher, watching};
use super::disclosure::Begun;
use super::exchange::{Exchange, Outcome};
use super::operations::shown as shown_operation;
use super::rematch::{number_of, shown};
use super::service::Service;
use super::status;
use super::v1;
use super::v1::rematch_service_server::RematchService;
use crate::access::Permit;
use crate::ambient;
use crate::error::Error;
use crate::model::rematch::{Run, RunNumber, RunState};
use crate::store::Store;
use crate::workflow::{FollowedChanges, Rematch, cancel_rematch, rematch, rematch_run};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;
use tonic::{Request, Response, Status};

const KIND: &str = "rematch";
/// How often a stream looks how far a run has come.
const LOOK_AT_RUN_EVERY: Duration = Duration::from_millis(200);

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
            let done = loop {
                let is_held = store.is_rematching();
                let done = rematch(&store, &permit, &how, &mut |run| {
                    number = Some(run.number);
                    running.step("children", run.counts.matched, run.counts.children);
                });
                // A night waits for a run between nights, which ends soon. Two nights are never begun.
                let is_held = is_held || store.is_rematching();
                match done {
                    Err(Error::Unavailable { .. }) if is_held && number.is_none() => {
                        permit.go_on()?;
                        std::thread::sleep(LOOK_EVERY);
                    }
                    done => break done,
                }
            };
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

/// What a stream of changes sends, and where it stands.
type Sent = v1::WatchRematchChangesResponse;

impl Service {
    /// A place among the watches.
    fn watch_place(&self) -> Result<OwnedSemaphorePermit, Status> {
        Arc::clone(&self.watches).try_acquire_owned().map_err(|_| {
            status::from_error(&Error::Unavailable {
                reason: "too many watches are open".to_owned(),
            })
        })
    }

    /// Sends what each run finds until the client goes, falls behind, or the server stops.
    async fn follow_changes_of_runs(
        &self,
        asked: Arc<v1::WatchRematchChangesRequest>,
        from: FollowedChanges,
        watcher: &Watcher<Sent>,
    ) {
        let mut at = from;
        let mut last_sent: Option<Instant> = None;
        let mut stopping = self.stopping.clone();
        loop {
            let answers = self.answers();
            let until = Instant::now() + self.limits.deadline;
            let (question, after) = (Arc::clone(&asked), at);
            let read = self
                .offload
                .run_patiently(until, move || {
                    answers.next_rematch_changes(&question, after)
                })
                .await;
            let (messages, next) = match read {
                Ok(found) => found,
                // A busy server tells its changes a little later.
                Err(Error::Unavailable { .. } | Error::Cancelled { .. }) => (Vec::new(), at),
                Err(error) => {
                    watcher.end(status::from_error(&error));
                    return;
                }
            };
            let mut is_quiet = messages.is_empty();
            let messages = match is_quiet {
                true => Ok(messages),
                false => self.recorded("WatchRematchChanges", messages).await,
            };
            let messages = match messages {
                Ok(messages) => messages,
                Err(refused) => {
                    watcher.end(refused);
                    return;
                }
            };
            for message in messages {
                if !self.send(watcher, message).await {
                    return;
                }
                last_sent = Some(Instant::now());
            }
            is_quiet &= next == at;
            at = next;
            // The next look would be too late.
            let is_due =
                last_sent.is_none_or(|sent| sent.elapsed() + LOOK_EVERY >= self.limits.heartbeat);
            if is_due {
                let heartbeat = self.answers().rematch_heartbeat(&asked, at);
                if let Ok(heartbeat) = heartbeat
                    && !self.send(watcher, heartbeat).await
                {
                    return;
                }
                last_sent = Some(Instant::now());
            }
            if !is_quiet {
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = watcher.closed() => return,
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    }

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
                        *known != run || sent.elapsed() + LOOK_AT_RUN_EVERY >= self.limits.heartbeat
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
                () = tokio::time::sleep(LOOK_AT_RUN_EVERY) => {}
                () = watcher.closed() => return,
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    }
}

#[tonic::async_trait]
impl RematchService for Service {
    type WatchRematchRunStream = Watched<v1::WatchRematchRunResponse>;
    type WatchRematchChangesStream = Watched<Sent>;

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
        let place = self.watch_place()?;
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

    async fn watch_rematch_changes(
        &self,
        request: Request<v1::WatchRematchChangesRequest>,
    ) -> Result<Response<Self::WatchRematchChangesStream>, Status> {
        let place = self.watch_place()?;
        let (asked, from) = self
            .answer("WatchRematchChanges", request, |answers, request| {
                let from = answers.watch_rematch_from(request)?;
                answers.next_rematch_changes(request, from)?;
                Ok(Begun((Arc::new(request.clone()), from)))
            })
            .await?
            .into_inner()
            .0;
        let (watcher, watched) = watching();
        let service = self.clone();
        tokio::spawn(async move {
            let _place = place;
            service.follow_changes_of_runs(asked, from, &watcher).await;
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
