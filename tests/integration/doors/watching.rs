//! Changes: pages, a watch that resumes without loss, and what happens to those who cannot follow.

use super::live::{channel, limits, with_server, with_store};
use super::writing::{named, said, small_family};
use kinpath::api::v1::fact::Said;
use kinpath::api::{ApiLimits, v1};
use kinpath::store::{Store, StoreOptions};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::Code;
use tonic::transport::{Channel, Endpoint};
use tonic_types::StatusExt;

type Changes = v1::change_service_client::ChangeServiceClient<Channel>;
type People = v1::person_service_client::PersonServiceClient<Channel>;

pub async fn add_person(channel: &Channel, number: u32) -> String {
    let request = v1::CreatePersonRequest {
        person: Some(v1::NewPerson {
            statements: vec![named(&format!("Person {number}"))],
            ..v1::NewPerson::default()
        }),
        request_id: format!("watch-{number}"),
        validate_only: false,
    };
    let made = People::new(channel.clone()).create_person(request).await;
    made.expect("a person").into_inner().revision
}

pub fn watch(resume_token: &str) -> v1::WatchChangesRequest {
    v1::WatchChangesRequest {
        resume_token: resume_token.to_owned(),
    }
}

#[test]
fn a_watch_tells_every_commit_once_and_resumes() {
    with_server(|channel| async move {
        let mut changes = Changes::new(channel.clone());
        let mut stream = changes
            .watch_changes(watch(""))
            .await
            .expect("a watch")
            .into_inner();
        let mut token = String::new();
        let mut seen = Vec::new();
        let first = stream
            .message()
            .await
            .expect("no error")
            .expect("a heartbeat");
        assert!(first.change.is_none());
        let mut made = Vec::new();
        for number in 0..5 {
            made.push(add_person(&channel, number).await);
        }
        while seen.len() < 3 {
            let message = stream
                .message()
                .await
                .expect("no error")
                .expect("it goes on");
            token = message.resume_token;
            seen.extend(message.change.map(|change| change.revision));
        }
        drop(stream);
        for number in 5..80 {
            made.push(add_person(&channel, number).await);
        }
        let mut stream = changes
            .watch_changes(watch(&token))
            .await
            .expect("a watch")
            .into_inner();
        while seen.len() < made.len() {
            let message = stream
                .message()
                .await
                .expect("no error")
                .expect("it goes on");
            seen.extend(message.change.map(|change| change.revision));
        }
        assert_eq!(seen, made);
        let quiet = stream
            .message()
            .await
            .expect("no error")
            .expect("a heartbeat");
        assert!(quiet.change.is_none());
    });
}

#[test]
fn changes_are_paged_and_name_what_changed() {
    with_server(|channel| async move {
        let people = small_family(&channel).await;
        for number in 0..5 {
            add_person(&channel, number).await;
        }
        let mut changes = Changes::new(channel);
        let mut token = String::new();
        let mut all = Vec::new();
        loop {
            let request = v1::ListChangesRequest {
                page_size: 2,
                page_token: token,
                ..v1::ListChangesRequest::default()
            };
            let page = changes
                .list_changes(request)
                .await
                .expect("a page")
                .into_inner();
            assert!(page.changes.len() <= 2);
            all.extend(page.changes);
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(all.len(), 6);
        let child = people[0].summary.clone().expect("shown").name;
        assert!(all[0].names.contains(&child));
    });
}

#[test]
fn a_token_of_another_store_means_relist() {
    with_server(|channel| async move {
        let mut changes = Changes::new(channel);
        let refused = changes
            .watch_changes(watch("9-9"))
            .await
            .expect_err("not ours");
        assert_eq!(refused.code(), Code::OutOfRange);
        assert_eq!(
            refused.get_details_error_info().expect("a reason").reason,
            "RELIST"
        );
    });
}

/// A connection that takes little before it is read.
async fn narrow_channel(address: &str) -> Channel {
    Endpoint::from_shared(format!("http://{address}"))
        .expect("an address")
        .initial_stream_window_size(65_535)
        .initial_connection_window_size(65_535)
        .connect()
        .await
        .expect("a server")
}

/// Records many people in one step, so that the change has many names.
async fn add_many(channel: &Channel, batch: usize) {
    let people = (0..200).map(|number| v1::NewPerson {
        // Without a name nobody is compared, and writing is quick.
        statements: vec![said(Said::Unnamed(format!("person {batch} {number}")))],
        ..v1::NewPerson::default()
    });
    let request = v1::BatchCreatePeopleRequest {
        people: people.collect(),
        request_id: format!("slow-{batch}"),
        validate_only: false,
    };
    let mut people = People::new(channel.clone());
    people.batch_create_people(request).await.expect("people");
}

/// Commits of Kinpath's own, which suggest links, are not counted.
fn batches_in(message: &v1::WatchChangesResponse) -> usize {
    let change = message.change.as_ref();
    usize::from(change.is_some_and(|change| change.action == "create_people"))
}

#[test]
fn a_slow_watcher_is_cut_off_and_goes_on_later() {
    let store = Arc::new(Store::in_memory(&StoreOptions::default()).expect("a store"));
    let limits = ApiLimits {
        slowest_watcher: Duration::from_millis(300),
        watches: 1,
        ..limits()
    };
    with_store(store, limits, |address| async move {
        let writing = channel(&address).await;
        let mut others = Changes::new(writing.clone());
        let mut slow = Changes::new(narrow_channel(&address).await);
        let stream = slow.watch_changes(watch("")).await;
        let mut stream = stream.expect("a watch").into_inner();
        let started = stream.message().await.expect("no error");
        let mut last = started.expect("a heartbeat").resume_token;
        // There is room for one watch: somebody else gets it once the slow one is cut off.
        let mut batches = 0;
        let other = loop {
            assert!(batches < 5000, "the slow watcher is never cut off");
            add_many(&writing, batches).await;
            batches += 1;
            match others.watch_changes(watch("")).await {
                Ok(other) => break other,
                Err(full) => assert_eq!(full.code(), Code::Unavailable, "{full:?}"),
            }
        };
        let mut seen = 0;
        let ended = loop {
            match stream.message().await {
                Ok(Some(message)) => {
                    seen += batches_in(&message);
                    last = message.resume_token;
                }
                Ok(None) => panic!("the stream ended as if nothing were missing"),
                Err(status) => break status,
            }
        };
        assert_eq!(ended.code(), Code::ResourceExhausted, "{ended:?}");
        let reason = ended.get_details_error_info().map(|info| info.reason);
        assert_eq!(reason.as_deref(), Some("WATCHER_TOO_SLOW"));
        assert!(seen < batches, "nothing was left to be sent");
        drop(other);
        let began = Instant::now();
        let mut stream = loop {
            match others.watch_changes(watch(&last)).await {
                Ok(stream) => break stream.into_inner(),
                Err(full) => assert_eq!(full.code(), Code::Unavailable, "{full:?}"),
            }
            assert!(began.elapsed() < Duration::from_secs(5), "no room again");
        };
        while seen < batches {
            let message = stream.message().await.expect("no error");
            let message = message.expect("it goes on");
            seen += batches_in(&message);
        }
        assert_eq!(seen, batches);
    });
}
