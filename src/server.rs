//! Composition root of the server: binds the address, builds the doors over an open store, serves, and stops within a
//! bounded time.

use crate::api::{self, ApiLimits, Bound, ExchangeLimits};
use crate::config::ServerSettings;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::offload::Offload;
use crate::operations::{self, Operations};
use crate::pace::Pace;
use crate::store::Store;
use crate::traces::Traces;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

/// Serves the store until SIGTERM or SIGINT, then drains.
///
/// Prints `ready <address>` on standard output once requests are taken. Requests that have not ended when the drain is
/// over are broken off: what was acknowledged is on disk, and a request without an answer can be sent again.
pub fn run(store: Arc<Store>, settings: &ServerSettings) -> Result<(), Error> {
    let pace = Arc::new(Pace::default());
    let resting = Arc::clone(&pace);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(settings.workers.div_ceil(WORKERS_A_NETWORK_THREAD))
        .on_thread_park(move || resting.rest())
        .enable_all()
        .build()
        .map_err(|why| Error::Internal {
            detail: format!("the async threads cannot be started: {why}"),
        })?;
    let traces = {
        let _within = runtime.enter();
        let traces = settings.traces_collector.as_deref().map(Traces::to);
        traces.transpose()?.map(Arc::new)
    };
    let served = runtime.block_on(serve(store, settings, pace, traces.clone()));
    if let Some(traces) = traces {
        traces.finish();
    }
    runtime.shutdown_timeout(BREAKING_OFF);
    served
}

/// How long work that was broken off may take to notice it. The store must not be open when the process ends.
const BREAKING_OFF: Duration = Duration::from_secs(10);

/// One thread for the network serves so many workers: more of them wake each other and get in the way of the workers.
const WORKERS_A_NETWORK_THREAD: usize = 4;

/// Open files that the store and the rest of the server may need besides those of connections.
const OTHER_FILES: u64 = 1024 + 256;

/// Lets this process open as many files as the system allows it, and tells how many connections that is enough for, at
/// most those that are set: a store that cannot open its files fails for everybody.
fn connections(set: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let files = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    let Some(files) = files else {
        return set;
    };
    let room = usize::try_from(files.saturating_sub(OTHER_FILES).max(1)).unwrap_or(usize::MAX);
    if room < set {
        tracing::warn!(
            connections = room,
            "fewer connections than set: this process may open only {files} files"
        );
    }
    set.min(room)
}

async fn serve(
    store: Arc<Store>,
    settings: &ServerSettings,
    pace: Arc<Pace>,
    traces: Option<Arc<Traces>>,
) -> Result<(), Error> {
    let listener = TcpListener::bind(settings.address)
        .await
        .map_err(|why| Error::invalid("address", format!("{}: {why}", settings.address)))?;
    let bound_to = listener
        .local_addr()
        .map_err(|why| Error::invalid("address", why.to_string()))?;
    let metrics = Arc::new(Metrics::default());
    let told = Arc::clone(&metrics);
    store.observe_commits(Box::new(move |group| told.committed(group)));
    let heads = settings.audit_heads.clone();
    if let Some(path) = heads.clone() {
        let mut last = keep_head(&store, &path, None)?;
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(HEADS_EVERY).await;
                match keep_head(&store, &path, last) {
                    Ok(kept) => last = kept,
                    Err(error) => tracing::error!(%error, "the head of the record was not kept"),
                }
            }
        });
    }
    let kept_at_end = Arc::clone(&store);
    let stopping = Arc::new(AtomicBool::new(false));
    let offload =
        Offload::with_longest_wait(settings.workers, settings.queue, settings.longest_wait)
            .telling(pace);
    if let Some(address) = settings.operations_address {
        let told = Operations {
            metrics: Arc::clone(&metrics),
            store: Arc::clone(&store),
            offload: offload.clone(),
            stopping: Arc::clone(&stopping),
        };
        let listener = TcpListener::bind(address)
            .await
            .map_err(|why| Error::invalid("operations_address", format!("{address}: {why}")))?;
        tokio::spawn(operations::serve(listener, told));
    }
    let bound = Bound {
        listener,
        store,
        offload,
        metrics,
        traces,
        limits: ApiLimits {
            deadline: settings.deadline,
            message_bytes: settings.message_bytes,
            connections: connections(settings.connections),
            handshake: settings.handshake,
            requests: settings.requests,
            slowest_reader: settings.slowest_reader,
            streams_per_connection: settings.streams_per_connection,
            watches: settings.watches,
            heartbeat: settings.heartbeat,
            slowest_watcher: settings.slowest_watcher,
            exchange: ExchangeLimits {
                bytes: settings.exchange_bytes,
                keep: settings.exchange_keep,
                backup_folder: settings.backup_folder.clone(),
                ..ExchangeLimits::default()
            },
            rematch: settings.rematch,
            nightly: settings.nightly.clone(),
            keepalive: settings.keepalive,
            connection_age: settings.connection_age,
            web_origins: settings.web_origins.clone(),
            ..ApiLimits::default()
        },
    };
    let stop = Arc::new(Notify::new());
    let told = Arc::clone(&stop);
    let serving = api::serve(bound, async move { told.notified().await });
    tokio::pin!(serving);

    let mut terminate = listen_for(SignalKind::terminate())?;
    let mut interrupt = listen_for(SignalKind::interrupt())?;
    announce(&format!("ready {bound_to}"));
    tokio::select! {
        ended = &mut serving => return ended,
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: no new requests are taken");
    stopping.store(true, Ordering::Relaxed);
    stop.notify_one();
    let ended = tokio::select! {
        ended = &mut serving => ended,
        () = tokio::time::sleep(settings.drain) => {
            tracing::warn!("the drain took too long: what still runs is broken off");
            Ok(())
        }
    };
    if let Some(path) = heads {
        keep_head(&kept_at_end, &path, None)?;
    }
    ended
}

/// How often the head of the record of access is written to the file outside, if it has moved.
const HEADS_EVERY: Duration = Duration::from_secs(60);

/// Adds the head of the record to a file, unless it is this one. Gives its place.
fn keep_head(store: &Store, path: &Path, last: Option<u64>) -> Result<Option<u64>, Error> {
    let head = store.audit_head();
    let sequence = head.head.sequence;
    if last == Some(sequence) {
        return Ok(last);
    }
    let kept = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| {
            file.write_all(format!("{head}\n").as_bytes())?;
            file.sync_all()
        });
    kept.map_err(|why| Error::invalid("audit_heads", format!("{}: {why}", path.display())))?;
    Ok(Some(sequence))
}

fn listen_for(kind: SignalKind) -> Result<tokio::signal::unix::Signal, Error> {
    signal(kind).map_err(|why| Error::Internal {
        detail: format!("signals cannot be listened for: {why}"),
    })
}

/// Writes one line to standard output. Whoever started the server may have closed it, which does not matter.
fn announce(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
