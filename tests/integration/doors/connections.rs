//! Clients that are too many, say nothing, stop in the middle of a request or do not read their answer: each is told, or
//! closed, and does not stand in the way of others.

use super::live::{channel, limits, with_store};
use super::writing::{named, said};
use kinpath::api::v1::fact::Said;
use kinpath::api::{ApiLimits, v1};
use kinpath::store::{Store, StoreOptions};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tonic_types::StatusExt;

type People = v1::person_service_client::PersonServiceClient<Channel>;
type Families = v1::family_finding_service_client::FamilyFindingServiceClient<Channel>;

const SOON: Duration = Duration::from_millis(300);
/// Long enough for a busy machine, and too short for any of the limits that are not meant.
const LATER: Duration = Duration::from_secs(9);

fn empty_store() -> Arc<Store> {
    Arc::new(Store::in_memory(&StoreOptions::default()).expect("a store"))
}

async fn search(channel: &Channel) -> Result<(), Status> {
    let request = v1::SearchPeopleRequest {
        query: "nobody".to_owned(),
        ..v1::SearchPeopleRequest::default()
    };
    let mut people = People::new(channel.clone());
    people.search_people(request).await.map(|_| ())
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().expect("one reason").reason
}

#[test]
fn who_comes_on_top_of_the_connections_is_told_so() {
    let limits = ApiLimits {
        connections: 1,
        ..limits()
    };
    with_store(empty_store(), limits, |address| async move {
        let first = channel(&address).await;
        search(&first).await.expect("there is room for one");

        let mut raw = TcpStream::connect(&address).await.expect("it listens");
        let mut told = Vec::new();
        raw.read_to_end(&mut told).await.expect("the end is told");
        // Settings, then GOAWAY with REFUSED_STREAM.
        assert_eq!((told[3], told[9 + 3], told[9 + 9 + 7]), (4, 7, 7));
        assert!(told.ends_with(b"too many connections"));

        let second = Endpoint::from_shared(format!("http://{address}"))
            .expect("an address")
            .connect_lazy();
        let refused = search(&second).await.expect_err("there is no room");
        // A client whose connection ends before it has sent the request tells its own code.
        let told = [Code::Unavailable, Code::Cancelled];
        assert!(told.contains(&refused.code()), "{refused:?}");
        search(&first).await.expect("the first is served as before");

        drop(first);
        let begun = Instant::now();
        while search(&second).await.is_err() {
            assert!(begun.elapsed() < LATER, "there is room again");
        }
    });
}

#[test]
fn who_says_nothing_is_closed() {
    let limits = ApiLimits {
        handshake: SOON,
        ..limits()
    };
    with_store(empty_store(), limits, |address| async move {
        let greeted = channel(&address).await;
        for beginning in [&b""[..], b"PRI * HTTP/2.0\r\n", b"POST /kinpath.v1.Per"] {
            let mut silent = TcpStream::connect(&address).await.expect("it listens");
            silent.write_all(beginning).await.expect("sent");
            let begun = Instant::now();
            let mut told = Vec::new();
            let closed = tokio::time::timeout(LATER, silent.read_to_end(&mut told)).await;
            closed.expect("it is closed").ok();
            assert!(begun.elapsed() >= SOON / 2, "not at once");
        }
        search(&greeted).await.expect("others are served as before");
    });
}

/// A request whose message never comes.
async fn half_a_request(channel: Channel) -> Status {
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.expect("ready");
    let path = "/kinpath.v1.PersonService/SearchPeople";
    let path = path.parse().expect("a path");
    let codec =
        tonic_prost::ProstCodec::<v1::SearchPeopleRequest, v1::SearchPeopleResponse>::default();
    let never = tonic::Request::new(tokio_stream::pending());
    grpc.client_streaming(never, path, codec)
        .await
        .expect_err("it never came in whole")
}

#[test]
fn half_a_request_is_refused_after_a_while() {
    let limits = ApiLimits {
        handshake: SOON,
        ..limits()
    };
    with_store(empty_store(), limits, |address| async move {
        let channel = channel(&address).await;
        let status = tokio::time::timeout(LATER, half_a_request(channel.clone())).await;
        let status = status.expect("it is refused");
        assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
        assert_eq!(reason(&status), "STOPPED_BEFORE_WHOLE");
        search(&channel).await.expect("the connection is whole");
    });
}

const SIBLINGS: usize = 190;

/// A child with many brothers and sisters: an answer longer than what a connection takes before it is read.
async fn large_family(channel: &Channel) -> String {
    let mother = said(Said::Parent(v1::ParentTie {
        parent: "new/mother".to_owned(),
        nature: v1::ParentNature::Birth.into(),
        ..v1::ParentTie::default()
    }));
    let child = |number: usize| v1::NewPerson {
        statements: vec![named(&format!("Child {number}")), mother.clone()],
        ..v1::NewPerson::default()
    };
    let mother = v1::NewPerson {
        local_id: "mother".to_owned(),
        statements: vec![named("Mary Lee")],
        ..v1::NewPerson::default()
    };
    let request = v1::BatchCreatePeopleRequest {
        people: (0..=SIBLINGS).map(child).chain([mother]).collect(),
        request_id: "family".to_owned(),
        validate_only: false,
    };
    let made = People::new(channel.clone())
        .batch_create_people(request)
        .await;
    let people = made.expect("a family").into_inner().people;
    people[0].summary.clone().expect("shown").name
}

#[test]
fn an_answer_that_nobody_reads_is_dropped() {
    let limits = ApiLimits {
        requests: 1,
        slowest_reader: SOON,
        ..limits()
    };
    with_store(empty_store(), limits, |address| async move {
        let others = channel(&address).await;
        let child = large_family(&others).await;
        let narrow = Endpoint::from_shared(format!("http://{address}"))
            .expect("an address")
            .initial_stream_window_size(64)
            .connect()
            .await
            .expect("a server");
        let request = v1::FindFamilyRequest {
            child,
            leads_per_tier: Some(SIBLINGS as u32),
            excluded_page_size: Some(SIBLINGS as u32),
            ..v1::FindFamilyRequest::default()
        };
        let mut families = Families::new(narrow);
        let unread = families.find_family(request).await.expect("it begins");
        let refused = search(&others).await.expect_err("the one place is taken");
        assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
        assert_eq!(reason(&refused), "TRY_AGAIN_LATER");
        let details = refused.get_error_details();
        assert!(details.retry_info().is_some(), "when to try again");

        let begun = Instant::now();
        while search(&others).await.is_err() {
            assert!(begun.elapsed() < LATER, "the place is free again");
        }
        let mut unread = unread.into_inner();
        let end = loop {
            match unread.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the answer is not whole"),
                Err(status) => break status,
            }
        };
        assert_eq!(end.code(), Code::DeadlineExceeded, "{end:?}");
        assert_eq!(reason(&end), "STOPPED_BEFORE_WHOLE");
    });
}
