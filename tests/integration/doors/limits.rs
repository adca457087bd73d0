//! What the server does not take: too much after decompression, pages that are not allowed, and browsers that are.

use super::live::{channel, limits, with_server, with_store};
use kinpath::api::{ApiLimits, v1};
use kinpath::store::{Store, StoreOptions};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Code;
use tonic::codec::CompressionEncoding::Gzip;
use tonic_types::StatusExt;

type People<C> = v1::person_service_client::PersonServiceClient<C>;

#[test]
fn a_small_request_that_grows_is_refused() {
    with_server(|channel| async move {
        let mut people = People::new(channel)
            .send_compressed(Gzip)
            .accept_compressed(Gzip);
        let request = |size: usize| v1::SearchPeopleRequest {
            query: "x".repeat(size),
            ..v1::SearchPeopleRequest::default()
        };
        let huge = people.search_people(request(10 << 20)).await;
        let huge = huge.expect_err("ten megabytes");
        assert_eq!(huge.code(), Code::ResourceExhausted, "{huge:?}");
        let info = huge.get_details_error_info().expect("one reason");
        assert_eq!(info.reason, "REQUEST_TOO_LARGE");
        let small = people.search_people(request(100)).await;
        assert!(small.expect("a list").into_inner().people.is_empty());
    });
}

/// Asks as a web page of this origin would, and gives the head and body of the answer.
pub async fn from_page(address: &str, origin: &str) -> String {
    let body = [0u8; 5];
    let head = format!(
        "POST /kinpath.v1.PersonService/GetPerson HTTP/1.1\r\nhost: {address}\r\norigin: {origin}\r\n\
         content-type: application/grpc-web+proto\r\nx-grpc-web: 1\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.expect("a server");
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(&body).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).to_lowercase()
}

#[test]
fn browsers_are_answered_on_pages_that_are_allowed() {
    let store = Arc::new(Store::in_memory(&StoreOptions::default()).expect("a store"));
    let limits = ApiLimits {
        web_origins: vec!["https://cases.example.org".to_owned()],
        ..limits()
    };
    with_store(store, limits, |address| async move {
        let allowed = from_page(&address, "https://cases.example.org").await;
        assert!(
            allowed.contains("access-control-allow-origin: https://cases.example.org"),
            "{allowed}"
        );
        assert!(allowed.contains("grpc-status: 3") || allowed.contains("grpc-status:3"));
        let other = from_page(&address, "https://elsewhere.example.org").await;
        assert!(!other.contains("access-control-allow-origin"), "{other}");
        drop(channel(&address).await);
    });
}
