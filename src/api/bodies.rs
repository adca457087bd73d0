//! Requests that come in and answers that go out, bounded: a request must keep coming and may keep only so many bytes
//! while it is not whole; an answer that nobody reads is dropped.

use super::status;
use crate::metrics::Metrics;
use crate::offload::Coming;
use http_body::{Frame, SizeHint};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Bytes, StdError};

/// A request's body. It fails if the client stops sending, or if too much of other requests waits for its end.
pub struct Arriving<B> {
    body: B,
    within: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    budget: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
    /// Bytes that may still come to be held: a message's, after which the service has taken some.
    more: usize,
    /// Until the body is read, or does not come at once.
    coming: Option<Coming>,
}

impl<B> Arriving<B> {
    /// A body of which something must come within this time, and which holds at most so many bytes of the budget.
    pub fn new(
        body: B,
        within: Duration,
        budget: Arc<Semaphore>,
        most: usize,
        coming: Option<Coming>,
    ) -> Arriving<B> {
        Arriving {
            body,
            within,
            timer: None,
            budget,
            held: None,
            more: most,
            coming,
        }
    }

    /// Takes these bytes from the budget until the body is dropped.
    fn hold(&mut self, bytes: usize) -> Result<(), Status> {
        let bytes = bytes.min(self.more);
        self.more -= bytes;
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let taken = Arc::clone(&self.budget).try_acquire_many_owned(bytes);
        let taken = taken.map_err(|_| status::busy("too much of other requests is coming in"))?;
        match &mut self.held {
            Some(held) => held.merge(taken),
            None => self.held = Some(taken),
        }
        Ok(())
    }
}

impl<B> HttpBody for Arriving<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<StdError>,
{
    type Data = Bytes;
    type Error = StdError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StdError>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(Some(Ok(frame))) => {
                self.timer = None;
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                Poll::Ready(Some(match self.hold(bytes) {
                    Ok(()) => Ok(frame),
                    Err(status) => Err(status.into()),
                }))
            }
            Poll::Pending => {
                self.coming = None;
                let within = self.within;
                let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(within)));
                timer.as_mut().poll(context).map(|()| {
                    let stopped = status::stopped("the request did not come in whole in time");
                    Some(Err(stopped.into()))
                })
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body, with the place that its request keeps until the answer is read.
pub struct Leaving {
    answer: Arc<Mutex<Answer>>,
    /// The number under which [`Readers`] look at it.
    looked_at: Option<(Arc<Readers>, u64)>,
    /// Whether the end may be told as gRPC tells it.
    tells: bool,
}

struct Answer {
    /// Nothing once it was sent or dropped.
    body: Option<Body>,
    place: Option<OwnedSemaphorePermit>,
    /// Since when there has been something that the client could take.
    untaken: Option<Instant>,
    dropped: bool,
}

impl Leaving {
    /// An answer; `readers`, if any, drop it when it is not read.
    pub fn new(
        body: Body,
        place: Option<OwnedSemaphorePermit>,
        readers: Option<&Arc<Readers>>,
        tells: bool,
    ) -> Leaving {
        let ends_with_headers = body.is_end_stream();
        let answer = Arc::new(Mutex::new(Answer {
            body: Some(body),
            place,
            untaken: Some(Instant::now()),
            dropped: false,
        }));
        let readers = readers.filter(|_| !ends_with_headers);
        let looked_at = readers.map(|readers| (Arc::clone(readers), readers.look_at(&answer)));
        Leaving {
            answer,
            looked_at,
            tells,
        }
    }

    fn answer(&self) -> MutexGuard<'_, Answer> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if let Some((readers, number)) = &self.looked_at {
            readers.answers().remove(number);
        }
    }
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let mut answer = self.answer();
        let Some(body) = &mut answer.body else {
            let was_dropped = std::mem::take(&mut answer.dropped);
            let status = status::stopped("the answer was not read in time");
            return Poll::Ready(was_dropped.then(|| match trailers(&status) {
                Some(trailers) if self.tells => Ok(trailers),
                _ => Err(status),
            }));
        };
        let frame = Pin::new(body).poll_frame(context);
        answer.untaken = match &frame {
            Poll::Ready(Some(_)) => Some(Instant::now()),
            Poll::Ready(None) | Poll::Pending => None,
        };
        if let Poll::Ready(None) = frame {
            answer.body = None;
            answer.place = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        let answer = self.answer();
        let body = answer.body.as_ref();
        body.map_or(!answer.dropped, HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.answer()
            .body
            .as_ref()
            .map_or_else(SizeHint::default, HttpBody::size_hint)
    }
}

fn trailers(status: &Status) -> Option<Frame<Bytes>> {
    let mut headers = tonic::codegen::http::HeaderMap::new();
    status.add_header(&mut headers).ok()?;
    Some(Frame::trailers(headers))
}

/// Looks at all answers from time to time and drops those that nobody reads, so that they take no memory.
pub struct Readers {
    slowest: Duration,
    answers: Mutex<HashMap<u64, Arc<Mutex<Answer>>>>,
    next: AtomicU64,
    metrics: Arc<Metrics>,
}

/// How often answers are looked at while one may be left unread.
const LOOKS: u32 = 4;

impl Readers {
    /// Begins to look, until it is dropped.
    pub fn watched(slowest: Duration, metrics: Arc<Metrics>) -> Arc<Readers> {
        let readers = Arc::new(Readers {
            slowest,
            answers: Mutex::default(),
            next: AtomicU64::new(0),
            metrics,
        });
        tokio::spawn(look(Arc::downgrade(&readers), slowest / LOOKS));
        readers
    }

    fn answers(&self) -> MutexGuard<'_, HashMap<u64, Arc<Mutex<Answer>>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look_at(&self, answer: &Arc<Mutex<Answer>>) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.answers().insert(number, Arc::clone(answer));
        number
    }

    fn drop_unread(&self) {
        let mut unread = Vec::new();
        for answer in self.answers().values() {
            let mut answer = answer.lock().unwrap_or_else(PoisonError::into_inner);
            let is_unread = |since: Instant| since.elapsed() > self.slowest;
            if answer.untaken.take_if(|since| is_unread(*since)).is_some() {
                answer.dropped = true;
                unread.push((answer.body.take(), answer.place.take()));
            }
        }
        if !unread.is_empty() {
            tracing::info!(
                answers = unread.len(),
                "answers that nobody read are dropped"
            );
            self.metrics.unread(unread.len());
        }
    }
}

async fn look(readers: Weak<Readers>, every: Duration) {
    loop {
        sleep(every).await;
        let Some(readers) = readers.upgrade() else {
            return;
        };
        readers.drop_unread();
    }
}
