//! More than the server can do: who is turned away is told at once and when to come again, writes and watches go on, and
//! clients that stall are in nobody's way.

use super::limits::from_page;
use super::live::{channel, limits, with_pool, with_store};
use super::watching::{add_person, watch};
use kinpath::api::{ApiLimits, v1};
use kinpath::offload::{Lane, Offload};
use kinpath::store::{Store, StoreOptions};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel as sync_channel};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

type People = v1::person_service_client::PersonServiceClient<Channel>;
type Changes = v1::change_service_client::ChangeServiceClient<Channel>;

const WORKERS: usize = 2;
const QUEUE: usize = 3;

fn store() -> Arc<Store> {
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

/// Fills the pool for reads until what is returned is dropped.
async fn fill(pool: &Offload) -> Vec<Sender<()>> {
    let until = Instant::now() + Duration::from_secs(600);
    let releases: Vec<Sender<()>> = (0..WORKERS + QUEUE)
        .map(|_| {
            let (release, released) = sync_channel::<()>();
            let pool = pool.clone();
            tokio::spawn(async move {
                let work = move || {
                    let _ = released.recv();
                    Ok(())
                };
                pool.run_patiently(until, work).await
            });
            release
        })
        .collect();
    loop {
        let load = pool.load(Lane::Reads);
        if (load.running, load.waiting) == (WORKERS as u64, QUEUE as u64) {
            return releases;
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn who_is_turned_away_is_told_at_once_and_all_others_go_on() {
    let pool = Offload::new(WORKERS, QUEUE);
    let limits = ApiLimits {
        web_origins: vec!["https://cases.example.org".to_owned()],
        ..limits()
    };
    with_pool(store(), limits, pool.clone(), |address| async move {
        let calls = channel(&address).await;
        let mut changes = Changes::new(calls.clone());
        let opened = changes.watch_changes(watch("")).await.expect("a watch");
        let mut stream = opened.into_inner();

        let releases = fill(&pool).await;
        for turned_away in 1..=20 {
            let refused = search(&calls).await.expect_err("there is no room");
            assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
            let details = refused.get_error_details();
            let info = details.error_info().expect("one reason");
            assert_eq!(info.reason, "TRY_AGAIN_LATER");
            let retry = details.retry_info().expect("when to try again");
            assert!(retry.retry_delay.is_some_and(|delay| !delay.is_zero()));
            assert_eq!(pool.load(Lane::Reads).shed, turned_away);
        }
        let page = from_page(&address, "https://cases.example.org").await;
        assert!(page.contains("grpc-status: 14"), "{page}");
        assert!(page.contains("access-control-allow-origin"), "{page}");
        let mut health = HealthClient::new(calls.clone());
        let healthy = health.check(HealthCheckRequest::default()).await;
        healthy.expect("health is always told");

        let mut made = Vec::new();
        for number in 0..20 {
            made.push(add_person(&calls, number).await);
        }
        drop(releases);
        let mut seen = Vec::new();
        while seen.len() < made.len() {
            let message = stream.message().await.expect("no error");
            let message = message.expect("it goes on");
            seen.extend(message.change.map(|change| change.revision));
        }
        assert_eq!(seen, made);
        search(&calls).await.expect("there is room again");
    });
}

#[test]
fn clients_that_stall_are_in_nobodys_way() {
    const GREETING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    // The beginning of a frame of headers.
    let half: Vec<u8> = [GREETING, &[0, 0, 50, 1, 4, 0, 0, 0, 1, 0x83, 0x86]].concat();
    with_store(store(), limits(), |address| async move {
        let beginnings: [&[u8]; 4] = [b"", b"POST / HTTP/1.1\r\nhost:", GREETING, &half];
        let mut stalled = Vec::new();
        for number in 0..100 {
            let mut stream = TcpStream::connect(&address).await.expect("it listens");
            let beginning = beginnings[number % beginnings.len()];
            stream.write_all(beginning).await.expect("sent");
            stalled.push(stream);
        }
        let calls = channel(&address).await;
        for _ in 0..50 {
            search(&calls).await.expect("it is answered");
        }
        drop(stalled);
    });
}
