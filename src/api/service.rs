//! What every service of this server shares: the store, the pool, the limits, and the way a request is answered.

use super::answers::Answers;
use super::deadline::deadline;
use super::disclosure::Disclosed;
use super::exchange::{Exchange, ExchangeLimits};
use super::nightly::Nightly;
use super::rematch::RematchLimits;
use super::status;
use crate::access::{Permit, unrecorded};
use crate::ambient;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::model::audit::AuditEntry;
use crate::offload::{Lane, Offload};
use crate::store::{Stop, Store, StoreError};
use crate::traces::Traces;
use serde::Serialize;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot, watch};
use tonic::{Code, Request, Response, Status};

/// What one server takes and how long it works on one request.
#[derive(Clone, Debug)]
pub struct ApiLimits {
    /// The longest that one request may take.
    pub deadline: Duration,
    /// The largest request, in bytes, also after decompression.
    pub message_bytes: usize,
    /// Connections at the same time.
    pub connections: usize,
    /// How long a client may take for its greeting, and between the parts of one request.
    pub handshake: Duration,
    /// Requests at the same time on one connection.
    pub streams_per_connection: u32,
    /// Requests at the same time on all connections, until their answers are read.
    pub requests: usize,
    /// Bytes of all requests that have not come in whole.
    pub unfinished_bytes: usize,
    /// Bytes of all answers of many messages that are not read yet.
    pub unread_bytes: usize,
    /// How long an answer may be left unread.
    pub slowest_reader: Duration,
    /// Watches at the same time.
    pub watches: usize,
    /// How often at least a watch sends something.
    pub heartbeat: Duration,
    /// How long a watcher may leave messages untaken.
    pub slowest_watcher: Duration,
    /// How files are transferred.
    pub exchange: ExchangeLimits,
    /// How children are matched anew.
    pub rematch: RematchLimits,
    /// When children are matched anew each night; never by itself if not set.
    pub nightly: Option<Nightly>,
    /// How often a silent connection is asked whether it still lives, and how long it may take to answer.
    pub keepalive: (Duration, Duration),
    /// After how long a connection is asked to come anew.
    pub connection_age: Duration,
    /// From which web pages browsers may call, as in `https://cases.example.org`.
    pub web_origins: Vec<String>,
}

impl Default for ApiLimits {
    fn default() -> ApiLimits {
        ApiLimits {
            deadline: Duration::from_secs(60),
            message_bytes: 1 << 20,
            connections: 2000,
            handshake: Duration::from_secs(10),
            streams_per_connection: 256,
            requests: 4096,
            unfinished_bytes: 64 << 20,
            unread_bytes: 128 << 20,
            slowest_reader: Duration::from_secs(30),
            watches: 1000,
            heartbeat: Duration::from_secs(5),
            slowest_watcher: Duration::from_secs(30),
            exchange: ExchangeLimits::default(),
            rematch: RematchLimits::default(),
            nightly: None,
            keepalive: (Duration::from_secs(30), Duration::from_secs(10)),
            connection_age: Duration::from_secs(3600),
            web_origins: Vec::new(),
        }
    }
}

/// All services of this server.
#[derive(Clone)]
pub struct Service {
    pub(super) store: Arc<Store>,
    pub(super) offload: Offload,
    pub(super) metrics: Arc<Metrics>,
    pub(super) traces: Option<Arc<Traces>>,
    pub(super) limits: Arc<ApiLimits>,
    pub(super) watches: Arc<Semaphore>,
    pub(super) exchange: Exchange,
    /// Bytes of answers that are not read yet.
    pub(super) unread: Arc<Semaphore>,
    /// True once the server stops.
    pub(super) stopping: watch::Receiver<bool>,
}

/// What methods that only read begin with.
const READING: [&str; 11] = [
    "Get", "List", "Search", "Find", "Name", "Resolve", "Watch", "Explain", "Match", "Stream",
    "Propose",
];

/// What shows nobody and changes nothing, and is asked all the time to see whether the server is well.
pub const UNRECORDED: [&str; 3] = ["GetStatus", "GetOperation", "ListOperations"];

/// The lane of a method, by its name or path.
pub(super) fn lane_of(method: &str) -> Lane {
    let name = method.rsplit('/').next().unwrap_or_default();
    if READING.iter().any(|reading| name.starts_with(reading)) {
        Lane::Reads
    } else {
        Lane::Writes
    }
}

/// Tells work to stop when nobody waits for it any longer.
struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Service {
    /// Answers for whoever calls. There is one identity for now.
    pub(super) fn answers(&self) -> Answers {
        let permit = Permit::local_operator();
        Answers::new(Arc::clone(&self.store), permit, ambient::today())
    }

    /// Answers one request on the pool. When the client goes away this future is dropped, and the work stops.
    pub(super) async fn answer<Asked, Answer, Work>(
        &self,
        method: &'static str,
        request: Request<Asked>,
        work: Work,
    ) -> Result<Response<Answer>, Status>
    where
        Asked: Serialize + Send + 'static,
        Answer: Disclosed + Send + 'static,
        Work: FnOnce(&Answers, &Asked) -> Result<Answer, Error> + Send + 'static,
    {
        let began = Instant::now();
        let until = deadline(request.metadata(), began, self.limits.deadline);
        let stop = Stop::at(until);
        let _stop_on_drop = StopOnDrop(stop.clone());
        let mut answers = self.answers();
        answers.permit = answers.permit.until(stop);
        let parent = request.metadata().get("traceparent");
        let parent = parent.and_then(|parent| parent.to_str().ok());
        let span = self.traces.as_ref();
        let span = span.map(|traces| traces.begin(method, parent));
        let waited = Arc::new(OnceLock::new());
        let begun = Arc::clone(&waited);
        let asked = request.into_inner();
        let work = move || {
            let _ = begun.set(began.elapsed());
            let answers = answers.asking(method, &asked);
            Ok(answers.release(work(&answers, &asked)))
        };
        let released = self.offload.run_in(lane_of(method), until, work).await;
        let result = match released {
            Ok(released) => match released.entry.filter(|_| !UNRECORDED.contains(&method)) {
                Some(entry) => self.record(entry).await.and(released.result),
                None => released.result,
            },
            Err(error) => Err(error),
        };
        let result = result.map_err(|error| status::from_error(&error));
        if let Some(span) = span {
            let code = result.as_ref().err().map_or(Code::Ok, Status::code);
            span.end(code as i32, waited.get().copied());
        }
        self.told(method, began, result)
    }

    /// An answer that is not given by [`Service::answer`], once its entry is written.
    pub(super) async fn recorded<Answer: Disclosed>(
        &self,
        method: &str,
        answer: Answer,
    ) -> Result<Answer, Status> {
        let recorded = match self.answers().entry_of(method, &answer) {
            Ok(entry) => self.record(entry).await,
            Err(error) => Err(error),
        };
        recorded.map_err(|error| status::from_error(&error))?;
        Ok(answer)
    }

    /// Writes an entry into the record of access, together with others.
    pub(super) async fn record(&self, entry: AuditEntry) -> Result<(), Error> {
        let (reply, written) = oneshot::channel();
        let told = move |result: Result<(), StoreError>| {
            // A client that went away is not shown anything.
            let _ = reply.send(result);
        };
        self.store.record_later(entry, Box::new(told));
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(unrecorded()),
        }
    }

    /// Counts and logs an answer: the method, the code and the time taken, and nothing of the content.
    pub(super) fn told<Answer>(
        &self,
        method: &'static str,
        began: Instant,
        result: Result<Answer, Status>,
    ) -> Result<Response<Answer>, Status> {
        let code = result.as_ref().err().map_or(Code::Ok, Status::code);
        self.metrics
            .answered(method, format!("{code:?}"), began.elapsed());
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        if code == Code::Ok {
            tracing::debug!(method, micros, "answered");
        } else {
            tracing::info!(method, ?code, micros, "refused");
        }
        result.map(Response::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreOptions;
    use std::sync::mpsc;

    fn service() -> Service {
        let (_, stopping) = watch::channel(false);
        let store = Store::in_memory(&StoreOptions::default()).expect("a store");
        Service {
            exchange: Exchange::new(&store, &ExchangeLimits::default()),
            store: Arc::new(store),
            offload: Offload::new(1, 1),
            metrics: Arc::default(),
            traces: None,
            limits: Arc::default(),
            watches: Arc::new(Semaphore::new(1)),
            unread: Arc::new(Semaphore::new(1 << 20)),
            stopping,
        }
    }

    /// Work that goes on reading until it is stopped, and tells when.
    fn endless(
        answers: &Answers,
        begun: &mpsc::Sender<()>,
        ended: &mpsc::Sender<Instant>,
    ) -> Result<(), Error> {
        loop {
            let read = answers.permit.snapshot(&answers.store);
            if let Err(error) = read {
                let _ = ended.send(Instant::now());
                return Err(error);
            }
            let _ = begun.send(());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[tokio::test]
    async fn work_stops_within_100_ms_of_the_client_going_away() {
        let (begun, has_begun) = mpsc::channel();
        let (ended, has_ended) = mpsc::channel();
        let service = service();
        let call = tokio::spawn(async move {
            let work = move |answers: &Answers, _: &()| endless(answers, &begun, &ended);
            let _ = service.answer("Test", Request::new(()), work).await;
        });
        tokio::task::spawn_blocking(move || has_begun.recv())
            .await
            .expect("a thread")
            .expect("it begins");
        let gone = Instant::now();
        call.abort();
        let stopped =
            tokio::task::spawn_blocking(move || has_ended.recv_timeout(Duration::from_secs(5)));
        let stopped = stopped.await.expect("a thread").expect("it stops");
        assert!(stopped.duration_since(gone) < Duration::from_millis(100));
    }

    #[tokio::test]
    async fn work_stops_at_the_deadline() {
        let (begun, _begun) = mpsc::channel();
        let (ended, has_ended) = mpsc::channel();
        let mut request = Request::new(());
        request.set_timeout(Duration::from_millis(50));
        let work = move |answers: &Answers, _: &()| endless(answers, &begun, &ended);
        let status = service().answer("Test", request, work).await;
        assert_eq!(status.expect_err("too late").code(), Code::DeadlineExceeded);
        let stopped =
            tokio::task::spawn_blocking(move || has_ended.recv_timeout(Duration::from_millis(100)));
        assert!(stopped.await.expect("a thread").is_ok());
    }
}
