//! For whoever runs the server: `/metrics`, `/livez` and `/readyz` over HTTP, on an address of this machine only.
//! `livez` never depends on the store, so that a full disk does not become a chain of restarts.

use crate::metrics::Metrics;
use crate::offload::Offload;
use crate::store::Store;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Requests at the same time.
const AT_ONCE: usize = 16;
/// The longest request, in bytes.
const LONGEST: usize = 4096;
/// How long one request may take.
const WITHIN: Duration = Duration::from_secs(5);

const UNAVAILABLE: &str = "503 Service Unavailable";

/// What is told about.
#[derive(Clone)]
pub struct Operations {
    pub metrics: Arc<Metrics>,
    pub store: Arc<Store>,
    pub offload: Offload,
    /// The server takes no new requests any longer.
    pub stopping: Arc<AtomicBool>,
}

/// Answers until the task is dropped.
pub async fn serve(listener: TcpListener, operations: Operations) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let operations = operations.clone();
        tokio::spawn(async move {
            let _place = place;
            // Whoever asks too slowly gets nothing.
            let _ = timeout(WITHIN, answer(stream, &operations)).await;
        });
    }
}

async fn answer(mut stream: TcpStream, operations: &Operations) -> std::io::Result<()> {
    let mut request = Vec::with_capacity(LONGEST);
    let mut part = [0; 1024];
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = stream.read(&mut part).await?;
        if read == 0 || request.len() + read > LONGEST {
            return Ok(());
        }
        request.extend_from_slice(&part[..read]);
    }
    let line = request.split(|byte| *byte == b'\r').next();
    let (status, body) = operations.page(line.unwrap_or_default());
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

impl Operations {
    fn page(&self, line: &[u8]) -> (&'static str, String) {
        match line {
            b"GET /livez HTTP/1.1" => ("200 OK", "alive\n".to_owned()),
            b"GET /readyz HTTP/1.1" => match self.store.snapshot() {
                _ if self.stopping.load(Ordering::Relaxed) => {
                    (UNAVAILABLE, "the server is stopping\n".to_owned())
                }
                Ok(_) => ("200 OK", "ready\n".to_owned()),
                Err(_) => (UNAVAILABLE, "the store does not answer\n".to_owned()),
            },
            b"GET /metrics HTTP/1.1" => ("200 OK", self.metrics.text(&self.store, &self.offload)),
            _ => (
                "404 Not Found",
                "ask for /metrics, /livez or /readyz\n".to_owned(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreOptions;

    /// The first line of the answer.
    async fn operations_page(address: std::net::SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let request = format!("GET {path} HTTP/1.1\r\nhost: here\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("an answer");
        text.lines().next().unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn pages_are_served() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let operations = Operations {
            metrics: Arc::default(),
            store: Arc::new(Store::in_memory(&StoreOptions::default()).expect("a store")),
            offload: Offload::new(1, 1),
            stopping: Arc::default(),
        };
        let stopping = Arc::clone(&operations.stopping);
        let server = tokio::spawn(serve(listener, operations));
        for (path, expected) in [
            ("/livez", "HTTP/1.1 200 OK"),
            ("/readyz", "HTTP/1.1 200 OK"),
            ("/metrics", "HTTP/1.1 200 OK"),
            ("/", "HTTP/1.1 404 Not Found"),
        ] {
            assert_eq!(operations_page(address, path).await, expected, "{path}");
        }
        stopping.store(true, Ordering::Relaxed);
        assert_eq!(operations_page(address, "/livez").await, "HTTP/1.1 200 OK");
        let ready = operations_page(address, "/readyz").await;
        assert_eq!(ready, "HTTP/1.1 503 Service Unavailable");
        server.abort();
    }
}
