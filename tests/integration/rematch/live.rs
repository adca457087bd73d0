//! A server at work: the timer runs a night by itself, a change is matched at once, and whoever watches is told.

use super::fill;
use crate::doors::live::{channel, limits, with_store};
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use kinpath::api::{ApiLimits, Nightly, v1};
use kinpath::model::ids::{PersonId, Subject};
use kinpath::model::person::{Caution, CautionKind};
use kinpath::model::rematch::Target;
use kinpath::model::statement::{Fact, Source};
use kinpath::store::{StatementDraft, Store, StoreOptions, Transaction};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::transport::Channel;

type Rematches = v1::rematch_service_client::RematchServiceClient<Channel>;

const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody who is suggested without a caution in the last run, and the child.
fn a_lead(store: &Store) -> (PersonId, PersonId) {
    let snapshot = store.snapshot().expect("a snapshot");
    let run = snapshot
        .last_rematch()
        .expect("read")
        .expect("a run")
        .number;
    for child in snapshot.rematch_outcomes(run).expect("read").into_keys() {
        let list = snapshot.rematch_list(child, run).expect("read");
        let leads = list.map_or_else(Vec::new, |(_, list)| list.leads);
        for lead in leads.iter().filter(|lead| lead.cautions == 0) {
            if let Target::Person(person) = lead.target {
                return (person, child);
            }
        }
    }
    panic!("nobody is suggested");
}

fn warn(store: &Store, person: PersonId) {
    let caution = Fact::Caution(Caution {
        kind: CautionKind::SupervisorFirst,
        note: String::new(),
    });
    let mut transaction = Transaction::new("test", "test");
    let draft = StatementDraft::new(caution, Source::default());
    transaction.add_statement(Subject::Person(person), draft);
    store.commit(transaction).expect("committed");
}

async fn next_change(
    stream: &mut tonic::Streaming<v1::WatchRematchChangesResponse>,
) -> v1::WatchRematchChangesResponse {
    let until = Instant::now() + PATIENCE;
    loop {
        let message = stream
            .message()
            .await
            .expect("no error")
            .expect("it goes on");
        if message.child.is_some() {
            return message;
        }
        assert!(Instant::now() < until, "nothing was told");
    }
}

#[test]
fn a_night_runs_by_itself_and_a_change_is_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::in_memory(&StoreOptions::default()).expect("a store");
    fill(&store, folder.path(), 300);
    let store = Arc::new(store);
    let soon = (Timestamp::now() + 5.seconds()).to_zoned(TimeZone::UTC);
    let limits = ApiLimits {
        nightly: Some(Nightly::daily(soon.time(), TimeZone::UTC)),
        ..limits()
    };
    let known = Arc::clone(&store);
    with_store(Arc::clone(&store), limits, |address| async move {
        let mut client = Rematches::new(channel(&address).await);
        let until = Instant::now() + PATIENCE;
        let night = loop {
            let request = v1::ListRematchRunsRequest::default();
            let runs = client.list_rematch_runs(request).await.expect("runs");
            let runs = runs.into_inner().runs;
            let done = runs
                .into_iter()
                .find(|run| run.state() == v1::RematchState::Done);
            match done {
                Some(run) => break run,
                None => assert!(Instant::now() < until, "the timer did not run a night"),
            }
        };
        assert_eq!(night.as_of, soon.date().to_string());
        assert!(night.children > 0 && !night.between_nights);

        let asked = v1::WatchRematchChangesRequest::default();
        let stream = client.watch_rematch_changes(asked.clone()).await;
        let mut stream = stream.expect("a watch").into_inner();
        let heartbeat = stream.message().await.expect("no error").expect("one");
        assert!(heartbeat.child.is_none() && !heartbeat.resume_token.is_empty());
        let (lead, child) = a_lead(&known);
        warn(&known, lead);
        let told = next_change(&mut stream).await;
        let run = told.run.clone().expect("a run");
        assert!(run.between_nights, "{run:?}");
        assert_eq!(run.as_of, night.as_of);
        let changed = told.child.clone().expect("a child");
        assert!(!changed.changes.is_empty());
        let snapshot = known.snapshot().expect("a snapshot");
        let last = snapshot.last_rematch().expect("read").expect("a run");
        let changes = snapshot.rematch_changes(last.number, PersonId(0), 999);
        let mut changes = changes.expect("read").into_iter();
        assert!(changes.any(|(changed, _)| changed == child));

        // The same again from the token before; nothing more after the last.
        let again = v1::WatchRematchChangesRequest {
            resume_token: heartbeat.resume_token,
            ..asked.clone()
        };
        let stream = client.watch_rematch_changes(again).await;
        let first = next_change(&mut stream.expect("a watch").into_inner()).await;
        assert_eq!(first.child, told.child);
        // Of somebody else's children nothing is told, and a token is good only for its own question.
        let other = v1::WatchRematchChangesRequest {
            worker: "nobody".to_owned(),
            resume_token: told.resume_token,
            ..asked
        };
        let refused = client.watch_rematch_changes(other).await;
        assert_eq!(
            refused.expect_err("refused").code(),
            tonic::Code::InvalidArgument
        );
    });
}
