//! Connections: how many there may be, what those on top are told, and the end of those that fall silent or grow old.
//! Each is served by hyper, which also bounds the requests and the unsent bytes of one connection.

use super::service::ApiLimits;
use crate::metrics::Metrics;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, Sleep, sleep, timeout};

/// The largest headers of one request, in bytes.
const HEADER_BYTES: u32 = 16 << 10;
/// Bytes of one answer that wait in the connection.
const SEND_BYTES: usize = 64 << 10;
/// Bytes that a client may send before they are read: of one request, of all.
const STREAM_WINDOW: u32 = 256 << 10;
const CONNECTION_WINDOW: u32 = 1 << 20;
/// Bytes of an HTTP/1 connection that are kept.
const HTTP1_BYTES: usize = 64 << 10;
/// How long the requests of a connection that has come of age may take to end.
const AGE_GRACE: Duration = Duration::from_secs(120);
/// The shortest HTTP/2 greeting: the preface and an empty frame of settings.
const GREETING: usize = 24 + 9;
/// How many of those on top of the limit are told at the same time. The others are only closed.
const TOLD_AT_ONCE: usize = 64;
/// How long telling one may take.
const TELLING: Duration = Duration::from_secs(1);
/// How long to wait when the system gives no further connections.
const PAUSE: Duration = Duration::from_millis(50);

/// A refusal as HTTP/2: empty settings, then GOAWAY before any stream with the code REFUSED_STREAM, which gRPC clients
/// tell as UNAVAILABLE and may try again.
const REFUSAL: &[u8] = b"\0\0\0\x04\0\0\0\0\0\
    \0\0\x1c\x07\0\0\0\0\0\
    \0\0\0\0\0\0\0\x07too many connections";

/// Serves connections with clones of a service until `stop` is done, then lets the requests that run end.
pub async fn accept<S>(
    listener: TcpListener,
    limits: &ApiLimits,
    metrics: &Arc<Metrics>,
    service: S,
    stop: impl Future<Output = ()>,
) where
    S: tower::Service<
            hyper::Request<hyper::body::Incoming>,
            Response = hyper::Response<tonic::body::Body>,
            Error = std::convert::Infallible,
        > + Clone
        + Send
        + 'static,
    S::Future: Send + 'static,
{
    let builder = builder(limits);
    let places = Arc::new(Semaphore::new(limits.connections));
    let telling = Arc::new(Semaphore::new(TOLD_AT_ONCE));
    let (stopping, is_stopping) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Without open files there is nothing to serve with: those that wait are taken a little later.
            sleep(PAUSE).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            metrics.connection_refused();
            if let Ok(telling) = Arc::clone(&telling).try_acquire_owned() {
                tokio::spawn(refuse(stream, telling));
            }
            continue;
        };
        // Small answers leave at once; else each would wait some 40 ms for the client's acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let io = TokioIo::new(Quiet::new(stream, limits));
        let service = TowerToHyperService::new(service.clone());
        let (builder, age) = (builder.clone(), limits.connection_age);
        let (metrics, mut stopping) = (Arc::clone(metrics), is_stopping.clone());
        tokio::spawn(async move {
            metrics.connections(1);
            let mut connection = pin!(builder.serve_connection(io, service));
            let mut aged = pin!(sleep(age));
            let (mut leaving, mut is_old) = (false, false);
            loop {
                tokio::select! {
                    // How a connection ended is its client's affair.
                    _ = &mut connection => break,
                    () = &mut aged => {
                        if is_old {
                            break;
                        }
                        is_old = true;
                        aged.as_mut().reset(Instant::now() + AGE_GRACE);
                        connection.as_mut().graceful_shutdown();
                    }
                    _ = stopping.changed(), if !leaving => {
                        leaving = true;
                        connection.as_mut().graceful_shutdown();
                    }
                }
            }
            metrics.connections(-1);
            drop(place);
        });
    }
    drop(listener);
    drop(is_stopping);
    let _ = stopping.send(());
    stopping.closed().await;
}

fn builder(limits: &ApiLimits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.handshake)
        .max_buf_size(HTTP1_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .auto_date_header(false)
        .max_concurrent_streams(limits.streams_per_connection)
        .max_header_list_size(HEADER_BYTES)
        .max_send_buf_size(SEND_BYTES)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .keep_alive_interval(limits.keepalive.0)
        .keep_alive_timeout(limits.keepalive.1);
    builder
}

/// Tells a client that there are too many, and closes.
async fn refuse(mut stream: TcpStream, _telling: OwnedSemaphorePermit) {
    let told = async {
        stream.write_all(REFUSAL).await?;
        stream.shutdown().await?;
        // Closing with bytes unread would take the refusal back.
        let mut unread = [0; 512];
        while stream.read(&mut unread).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = timeout(TELLING, told).await;
}

/// A stream that fails once nothing has moved on it for too long: less long before the client has greeted.
struct Quiet {
    stream: TcpStream,
    timer: Pin<Box<Sleep>>,
    last: Instant,
    /// Bytes of the greeting that have not come yet.
    greeting: usize,
    allowed: Duration,
    after_greeting: Duration,
}

impl Quiet {
    fn new(stream: TcpStream, limits: &ApiLimits) -> Quiet {
        Quiet {
            stream,
            timer: Box::pin(sleep(limits.handshake)),
            last: Instant::now(),
            greeting: GREETING,
            allowed: limits.handshake,
            // On HTTP/1 nothing moves while a request is worked on; on HTTP/2 the keepalive does.
            after_greeting: limits.deadline + limits.keepalive.0 + limits.keepalive.1,
        }
    }

    /// Notes that something moved, with so many bytes read. The greeting has one time for all its bytes.
    fn moved(&mut self, bytes: usize) {
        self.greeting = self.greeting.saturating_sub(bytes);
        if self.greeting == 0 {
            self.last = Instant::now();
            self.allowed = self.after_greeting;
        }
    }

    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            ready!(self.timer.as_mut().poll(context));
            let until = self.last + self.allowed;
            if until <= Instant::now() {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
            self.timer.as_mut().reset(until);
        }
    }
}

impl AsyncRead for Quiet {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                self.moved(buffer.filled().len() - before);
                Poll::Ready(read)
            }
            Poll::Pending => self.poll_silence(context).map(Err),
        }
    }
}

impl AsyncWrite for Quiet {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes));
        self.moved(0);
        Poll::Ready(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, parts));
        self.moved(0);
        Poll::Ready(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_is_made_of_whole_frames() {
        let length = |at: usize| {
            REFUSAL[at..at + 3]
                .iter()
                .fold(0, |sum, byte| sum * 256 + usize::from(*byte))
        };
        assert_eq!(length(0), 0);
        assert_eq!(9 + 9 + length(9), REFUSAL.len());
    }
}
