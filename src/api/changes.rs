//! ChangeService: what was committed, as pages and as a stream.
//!
//! A watch reads the store's own feed from the last commit that its client took, so that nothing is kept for slow
//! clients: a stream holds at most a few messages. Whoever leaves them untaken for too long is cut off and goes on later
//! with the last token.

use super::answers::Answers;
use super::convert;
use super::convert::resource_name;
use super::service::Service;
use super::statements::page_size;
use super::status;
use super::v1;
use super::v1::change_service_server::ChangeService;
use crate::error::Error;
use crate::model::ids::Revision;
use crate::workflow::{Change, follow_changes, last_revision, latest_revision};
use pbjson_types::Timestamp;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

/// Commits read at once for a stream.
const AT_ONCE: usize = 32;
/// Messages that wait for a client.
const WAITING: usize = 16;
/// How often a stream looks for new commits.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Answers {
    /// One page of commits.
    pub(in crate::api) fn list_changes(
        &self,
        request: &v1::ListChangesRequest,
    ) -> Result<v1::ListChangesResponse, Error> {
        let revision = self.fresh(&request.at_least_revision)?;
        let size = page_size(request.page_size)?;
        let paging = self.question(&["changes", &request.after_revision])?;
        let from = paging.position("page_token", &request.page_token)?;
        let after = match from {
            Some([epoch, sequence, _]) => Revision {
                epoch: u32::try_from(epoch).unwrap_or(u32::MAX),
                sequence,
            },
            None => convert::read_revision("after_revision", &request.after_revision)?
                .unwrap_or_default(),
        };
        let mut changes = follow_changes(&self.store, &self.permit, after, size + 1)?;
        let more = changes.len() > size;
        changes.truncate(size);
        let last = changes.last().filter(|_| more).map(|last| last.revision);
        Ok(v1::ListChangesResponse {
            changes: changes.iter().map(shown).collect(),
            next_page_token: last.map_or_else(String::new, |last| {
                paging.token([u64::from(last.epoch), last.sequence, 0])
            }),
            revision,
        })
    }

    /// Where a watch begins.
    fn watch_from(&self, request: &v1::WatchChangesRequest) -> Result<Revision, Error> {
        let asked = convert::read_revision("resume_token", &request.resume_token)?;
        let Some(after) = asked else {
            return last_revision(&self.store, &self.permit);
        };
        follow_changes(&self.store, &self.permit, after, 1)?;
        Ok(after)
    }
}

fn shown(change: &Change) -> v1::Change {
    v1::Change {
        revision: convert::revision_text(change.revision),
        commit_time: Some(Timestamp {
            seconds: change.committed_at,
            nanos: 0,
        }),
        action: change.action.clone(),
        names: change
            .subjects
            .iter()
            .map(|(kind, id)| resource_name(*kind, *id))
            .collect(),
        more_names: change.more,
    }
}

/// What a client reads: the messages, then why there are no more, unless the server stops.
pub struct Watched<Message> {
    messages: Receiver<Result<Message, Status>>,
    end: Arc<Mutex<Option<Status>>>,
}

impl<Message> Stream for Watched<Message> {
    type Item = Result<Message, Status>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Message, Status>>> {
        self.messages.poll_recv(context).map(|message| {
            message.or_else(|| {
                let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
                end.take().map(Err)
            })
        })
    }
}

/// The other end of [`Watched`].
pub(super) struct Watcher<Message> {
    messages: Sender<Result<Message, Status>>,
    end: Arc<Mutex<Option<Status>>>,
}

/// Both ends of a stream of messages.
pub(super) fn watching<Message>() -> (Watcher<Message>, Watched<Message>) {
    let (sender, messages) = channel(WAITING);
    let end = Arc::default();
    let watcher = Watcher {
        messages: sender,
        end: Arc::clone(&end),
    };
    (watcher, Watched { messages, end })
}

impl<Message> Watcher<Message> {
    /// Once the client is gone.
    pub(super) async fn closed(&self) {
        self.messages.closed().await;
    }

    /// Why there are no more messages.
    pub(super) fn end(&self, status: Status) {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(status);
    }
}

#[tonic::async_trait]
impl ChangeService for Service {
    type WatchChangesStream = Watched<v1::WatchChangesResponse>;

    async fn list_changes(
        &self,
        request: Request<v1::ListChangesRequest>,
    ) -> Result<Response<v1::ListChangesResponse>, Status> {
        self.answer("ListChanges", request, |answers, request| {
            answers.list_changes(request)
        })
        .await
    }

    async fn watch_changes(
        &self,
        request: Request<v1::WatchChangesRequest>,
    ) -> Result<Response<Self::WatchChangesStream>, Status> {
        let place = Arc::clone(&self.watches).try_acquire_owned().map_err(|_| {
            status::from_error(&Error::Unavailable {
                reason: "too many watches are open".to_owned(),
            })
        })?;
        let from = self
            .answer("WatchChanges", request, |answers, request| {
                answers.watch_from(request)
            })
            .await?
            .into_inner();
        let (watcher, watched) = watching();
        let service = self.clone();
        tokio::spawn(async move {
            let _place = place;
            service.watch(from, &watcher).await;
        });
        Ok(Response::new(watched))
    }
}

impl Service {
    /// Sends commits until the client goes, falls behind, or the server stops.
    async fn watch(&self, from: Revision, watcher: &Watcher<v1::WatchChangesResponse>) {
        let mut after = from;
        let mut last_sent = Instant::now();
        if !self.send(watcher, heartbeat(after)).await {
            return;
        }
        let mut stopping = self.stopping.clone();
        loop {
            let read = self.read_changes(after).await;
            let changes = match read {
                Ok(changes) => changes,
                // A busy server tells its commits a little later.
                Err(Error::Unavailable { .. } | Error::Cancelled { .. }) => Vec::new(),
                Err(error) => {
                    watcher.end(status::from_error(&error));
                    return;
                }
            };
            let was_full = changes.len() == AT_ONCE;
            let messages: Vec<_> = changes.iter().map(message).collect();
            let messages = match messages.is_empty() {
                true => Ok(messages),
                false => self.recorded("WatchChanges", messages).await,
            };
            let messages = match messages {
                Ok(messages) => messages,
                Err(refused) => {
                    watcher.end(refused);
                    return;
                }
            };
            for (change, message) in changes.iter().zip(messages) {
                after = change.revision;
                if !self.send(watcher, message).await {
                    return;
                }
                last_sent = Instant::now();
            }
            // The next look would be too late.
            if last_sent.elapsed() + LOOK_EVERY >= self.limits.heartbeat {
                if !self.send(watcher, heartbeat(after)).await {
                    return;
                }
                last_sent = Instant::now();
            }
            if was_full {
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = watcher.messages.closed() => return,
                _ = stopping.wait_for(|stopping| *stopping) => {
                    // The stream ends well: the client goes on elsewhere with its last token.
                    let _ = watcher.messages.try_send(Ok(heartbeat(after)));
                    return;
                }
            }
        }
    }

    async fn read_changes(&self, after: Revision) -> Result<Vec<Change>, Error> {
        let answers = self.answers();
        let until = Instant::now() + self.limits.deadline;
        // Most looks find nothing: those do not read.
        if latest_revision(&self.store) == after {
            return Ok(Vec::new());
        }
        // A busy server tells its watchers what it commits all the same: there are only so many, and each asks for one
        // thing at a time.
        self.offload
            .run_patiently(until, move || {
                follow_changes(&answers.store, &answers.permit, after, AT_ONCE)
            })
            .await
    }

    /// False once the client is gone or cut off.
    pub(super) async fn send<Message>(&self, watcher: &Watcher<Message>, message: Message) -> bool {
        let taken =
            tokio::time::timeout(self.limits.slowest_watcher, watcher.messages.reserve()).await;
        match taken {
            Ok(Ok(place)) => {
                place.send(Ok(message));
                true
            }
            Ok(Err(_)) => false,
            Err(_) => {
                tracing::info!("a watcher was too slow and is cut off");
                watcher.end(status::too_slow());
                false
            }
        }
    }
}

fn message(change: &Change) -> v1::WatchChangesResponse {
    v1::WatchChangesResponse {
        change: Some(shown(change)),
        resume_token: convert::revision_text(change.revision),
    }
}

fn heartbeat(after: Revision) -> v1::WatchChangesResponse {
    v1::WatchChangesResponse {
        change: None,
        resume_token: convert::revision_text(after),
    }
}
