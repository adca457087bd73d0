//! The outermost service: turns requests away before anything of them is read when there is no room for them, and bounds
//! how long those that are taken may keep a place: until their answer is read, or was not read for too long.

use super::bodies::{Arriving, Leaving, Readers};
use super::deadline::asked_timeout;
use super::service::{ApiLimits, lane_of};
use super::status;
use crate::metrics::Metrics;
use crate::offload::Offload;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, Method, Request, Response};
use tonic::codegen::{Body as HttpBody, Bytes, StdError};
use tower::ServiceExt;

/// The beginning of the paths of our own methods; health and reflection are always answered.
const OURS: &str = "/kinpath.v1.";

/// A service behind the gate.
#[derive(Clone)]
pub struct Admission<Inner> {
    /// Behind a pointer, so that only those who are let in pay for a copy of it.
    inner: Arc<Inner>,
    gate: Arc<Gate>,
}

struct Gate {
    offload: Offload,
    /// Requests in progress.
    places: Arc<Semaphore>,
    /// Bytes of requests that have not come in whole.
    bytes: Arc<Semaphore>,
    readers: Arc<Readers>,
    limits: ApiLimits,
    /// The headers of the answer to those turned away.
    busy: HeaderMap,
}

impl<Inner> Admission<Inner> {
    /// Puts a gate before a service. Needs a runtime: what nobody reads is looked for from time to time.
    pub fn new(
        inner: Inner,
        offload: Offload,
        metrics: Arc<Metrics>,
        limits: &ApiLimits,
    ) -> Admission<Inner> {
        let busy = status::busy("too many requests are waiting").into_http::<Body>();
        let gate = Gate {
            offload,
            places: Arc::new(Semaphore::new(limits.requests)),
            bytes: Arc::new(Semaphore::new(limits.unfinished_bytes)),
            readers: Readers::watched(limits.slowest_reader, metrics),
            limits: limits.clone(),
            busy: busy.headers().clone(),
        };
        Admission {
            inner: Arc::new(inner),
            gate: Arc::new(gate),
        }
    }
}

impl Gate {
    fn busy(&self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = self.busy.clone();
        response
    }
}

/// An answer to come.
pub enum Answering {
    Now(Option<Response<Body>>),
    Later(Pin<Box<dyn Future<Output = Response<Body>> + Send>>),
}

impl Future for Answering {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Answering::Now(response) => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
            Answering::Later(future) => future.as_mut().poll(context).map(Ok),
        }
    }
}

impl<Inner, B> tower::Service<Request<B>> for Admission<Inner>
where
    Inner: tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    Inner::Future: Send,
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<StdError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answering {
        let arrived = Instant::now();
        let path = request.uri().path();
        let (is_ours, lane) = (path.starts_with(OURS), lane_of(path));
        // A browser needs its answer in another form: the layers within give it.
        let is_web = request.method() == Method::OPTIONS || is_web(request.headers());
        let timeout = asked_timeout(request.headers());
        let deadline = arrived + timeout.unwrap_or(self.gate.limits.deadline);
        let mut coming = None;
        if is_ours && !is_web {
            coming = self.gate.offload.let_in(lane, deadline);
            if coming.is_none() {
                return Answering::Now(Some(self.gate.busy()));
            }
        }
        let place = match Arc::clone(&self.gate.places).try_acquire_owned() {
            Ok(place) => Some(place),
            Err(_) if is_ours => {
                self.gate.offload.turned_away(lane);
                return Answering::Now(Some(self.gate.busy()));
            }
            Err(_) => None,
        };
        // A watch bounds by itself what waits for its reader.
        let is_watch = path.ends_with("/WatchChanges");
        let gate = Arc::clone(&self.gate);
        let request = request.map(|body| {
            let within = gate.limits.handshake;
            let bytes = Arc::clone(&gate.bytes);
            Body::new(Arriving::new(
                body,
                within,
                bytes,
                gate.limits.message_bytes,
                coming,
            ))
        });
        let answer = Inner::clone(&self.inner).oneshot(request);
        Answering::Later(Box::pin(async move {
            let response = within(timeout, arrived, answer).await;
            let readers = (!is_watch).then_some(&gate.readers);
            response.map(|body| Body::new(Leaving::new(body, place, readers, !is_web)))
        }))
    }
}

/// The answer, or the news that the caller's time is over: our own work ends a little earlier, so that this is only for
/// requests that have not come in whole.
async fn within(
    timeout: Option<Duration>,
    arrived: Instant,
    answer: impl Future<Output = Result<Response<Body>, Infallible>>,
) -> Response<Body> {
    let answer = async {
        let Ok(response) = answer.await;
        response
    };
    let Some(timeout) = timeout else {
        return answer.await;
    };
    let until = tokio::time::Instant::from_std(arrived + timeout);
    match tokio::time::timeout_at(until, answer).await {
        Ok(response) => response,
        Err(_) => status::stopped("the deadline passed").into_http(),
    }
}

fn is_web(headers: &HeaderMap) -> bool {
    let content_type = headers.get("content-type");
    content_type.is_some_and(|is| is.as_bytes().starts_with(b"application/grpc-web"))
}
