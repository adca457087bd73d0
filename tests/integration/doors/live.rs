//! A server on loopback for tests, and how to call it.

use kinpath::api::{ApiLimits, Bound, serve};
use kinpath::offload::Offload;
use kinpath::store::{Store, StoreOptions};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tonic::transport::{Channel, Endpoint};

/// Limits that a test reaches soon.
pub fn limits() -> ApiLimits {
    ApiLimits {
        deadline: Duration::from_secs(10),
        message_bytes: 64 << 10,
        streams_per_connection: 100,
        heartbeat: Duration::from_millis(200),
        ..ApiLimits::default()
    }
}

/// Runs a server over an empty store, asks it, stops it.
pub fn with_server<Asking: Future<Output = ()>>(ask: impl FnOnce(Channel) -> Asking) {
    let store = Store::in_memory(&StoreOptions::default());
    with_store(
        Arc::new(store.expect("an empty store")),
        limits(),
        |address| async move {
            ask(channel(&address).await).await;
        },
    );
}

/// Runs a server over this store, asks it, stops it.
pub fn with_store<Asking: Future<Output = ()>>(
    store: Arc<Store>,
    limits: ApiLimits,
    ask: impl FnOnce(String) -> Asking,
) {
    with_pool(store, limits, Offload::new(2, 8), ask);
}

/// Runs a server over this store that works in this pool, asks it, stops it.
pub fn with_pool<Asking: Future<Output = ()>>(
    store: Arc<Store>,
    limits: ApiLimits,
    offload: Offload,
    ask: impl FnOnce(String) -> Asking,
) {
    let bound = |listener| Bound {
        listener,
        store,
        offload,
        metrics: Arc::default(),
        traces: None,
        limits,
    };
    with_bound(bound, ask);
}

/// Runs the server that this gives for a listening socket, asks it, stops it.
pub fn with_bound<Asking: Future<Output = ()>>(
    bound: impl FnOnce(TcpListener) -> Bound,
    ask: impl FnOnce(String) -> Asking,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let bound = bound(listener);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(bound, async {
            let _ = stopped.await;
        }));
        ask(address).await;
        stop.send(()).expect("the server still runs");
        server.await.expect("it ended").expect("it ended well");
    });
}

pub async fn channel(address: &str) -> Channel {
    Endpoint::from_shared(format!("http://{address}"))
        .expect("an address")
        .connect()
        .await
        .expect("a server")
}
