//! A client that is gone, or whose time is over, is not worked for: the work ends within 100 ms. What counts is the
//! processor time of the real server, which does not depend on how busy the machine is.

use super::live::channel;
use crate::killing::server::Server;
use hyper_util::rt::TokioIo;
use kinpath::access::Permit;
use kinpath::api::v1;
use kinpath::model::case::Purpose;
use kinpath::model::ids::{PersonId, Subject, SubjectKind};
use kinpath::model::partial_date::Day;
use kinpath::model::person::{Name, NameKind};
use kinpath::model::statement::{Fact, Source};
use kinpath::model::tie::{LegalState, ParentNature, ParentTie};
use kinpath::store::{StatementDraft, Store, StoreOptions, Transaction};
use kinpath::workflow::{FindFamily, find_family};
use rustix::time::{ClockId, clock_gettime};
use std::net::Shutdown;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request};

type Families = v1::family_finding_service_client::FamilyFindingServiceClient<Channel>;

/// How long the work goes on at most.
const WITHIN: Duration = Duration::from_millis(100);
/// How long the work takes that is broken off, at least.
const LONG: Duration = Duration::from_millis(1200);
/// After how much of the work it is broken off: in different parts of it.
const AFTER: [Duration; 3] = [
    Duration::from_millis(50),
    Duration::from_millis(350),
    Duration::from_millis(800),
];
/// A server that uses nothing for so long is at rest.
const REST: Duration = Duration::from_millis(400);

/// Makes a store with a child whose parents have so many children that the answer takes long. Gives the child's name.
fn store_with_a_huge_family(folder: &Path) -> String {
    let store = Store::create(folder, &StoreOptions::default()).expect("a store");
    let mut transaction = Transaction::new("test", "make");
    let parents = ["Mary", "John"].map(|name| {
        let parent = transaction.add_subject(SubjectKind::Person, None);
        transaction.add_statement(parent, named(name));
        parent
    });
    let committed = store.commit(transaction).expect("committed");
    assert_eq!(parents.len(), 2);
    let parents = [0, 1].map(|position| committed.subjects[position].0);
    let mut children = 0;
    let mut first = None;
    loop {
        let more = children.max(2000);
        let made = add_children(&store, parents, children..children + more);
        children += more;
        let child = *first.get_or_insert(made);
        if time_of_the_answer(&store, child) >= LONG {
            return format!("people/{}", public_id(&store, child));
        }
    }
}

fn add_children(store: &Store, parents: [Subject; 2], numbers: std::ops::Range<usize>) -> PersonId {
    let mut transaction = Transaction::new("test", "make");
    for number in numbers {
        let child = transaction.add_subject(SubjectKind::Person, None);
        transaction.add_statement(child, named(&format!("Child {number}")));
        for parent in parents {
            let tie = ParentTie {
                parent: PersonId(parent.number()),
                nature: ParentNature::Birth,
                legal_state: LegalState::Unknown,
                legal_date: None,
                court: String::new(),
            };
            transaction.add_statement(child, draft(Fact::Parent(tie)));
        }
    }
    let committed = store.commit(transaction).expect("committed");
    PersonId(committed.subjects[0].0.number())
}

fn named(full: &str) -> StatementDraft {
    draft(Fact::Name(Name {
        kind: NameKind::Used,
        full: full.to_owned(),
        given: String::new(),
        family: String::new(),
    }))
}

fn draft(fact: Fact) -> StatementDraft {
    StatementDraft::new(fact, Source::default())
}

fn public_id(store: &Store, person: PersonId) -> String {
    let snapshot = store.snapshot().expect("a snapshot");
    let identities = snapshot.identities(&[Subject::Person(person)]);
    let identity = identities.expect("ids").remove(0).expect("recorded");
    identity.public_id.to_string()
}

fn time_of_the_answer(store: &Store, child: PersonId) -> Duration {
    let used = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    let question = FindFamily {
        child,
        purpose: Purpose::Placement,
        as_of: Day::from_ymd(2026, 11, 1).expect("a day"),
        order: None,
        leads_per_tier: 50,
        excluded_offset: 0,
        excluded_limit: 50,
    };
    let before = used();
    find_family(store, &Permit::system("test"), &question).expect("the answer is whole");
    used() - before
}

/// A client's connection, and the socket under it.
async fn connection(address: &str) -> (Channel, std::net::TcpStream) {
    let socket = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&socket);
    let to = address.to_owned();
    let connect = tower::service_fn(move |_| {
        let (kept, to) = (Arc::clone(&kept), to.clone());
        async move {
            let stream = TcpStream::connect(to).await?.into_std()?;
            *kept.lock().expect("nobody panicked") = Some(stream.try_clone()?);
            TcpStream::from_std(stream).map(TokioIo::new)
        }
    });
    let channel = Endpoint::from_shared(format!("http://{address}"))
        .expect("an address")
        .connect_with_connector(connect)
        .await
        .expect("a server");
    let socket = socket.lock().expect("nobody panicked").take();
    (channel, socket.expect("connected"))
}

/// What the server used once it is at rest.
async fn at_rest(server: &Server) -> Duration {
    let mut used = server.cpu();
    loop {
        tokio::time::sleep(REST).await;
        let now = server.cpu();
        if now.saturating_sub(used) < Duration::from_millis(1) {
            return now;
        }
        used = now;
    }
}

async fn wait_for(server: &Server, used: Duration) {
    while server.cpu() < used {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[derive(Clone, Copy, Debug)]
enum Method {
    FindFamily,
    ListRelatives,
}

async fn ask(channel: Channel, method: Method, child: &str) -> Result<(), tonic::Status> {
    ask_within(channel, method, child, None).await
}

async fn ask_within(
    channel: Channel,
    method: Method,
    child: &str,
    timeout: Option<Duration>,
) -> Result<(), tonic::Status> {
    let mut families = Families::new(channel);
    let child = child.to_owned();
    match method {
        Method::FindFamily => {
            let mut request = Request::new(v1::FindFamilyRequest {
                child,
                ..v1::FindFamilyRequest::default()
            });
            if let Some(timeout) = timeout {
                request.set_timeout(timeout);
            }
            families.find_family(request).await.map(|_| ())
        }
        Method::ListRelatives => {
            let mut request = Request::new(v1::ListRelativesRequest {
                person: child,
                degree: 4,
                ..v1::ListRelativesRequest::default()
            });
            if let Some(timeout) = timeout {
                request.set_timeout(timeout);
            }
            families.list_relatives(request).await.map(|_| ())
        }
    }
}

#[test]
fn the_work_ends_with_the_connection_or_the_deadline() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("store");
    let child = store_with_a_huge_family(&folder);
    let server = Server::start(&folder).expect("it serves");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        // So that all is read from disk once.
        let others = channel(&server.address).await;
        ask(others.clone(), Method::FindFamily, &child)
            .await
            .expect("the answer is whole");
        for method in [Method::FindFamily, Method::ListRelatives] {
            for after in AFTER {
                let before = at_rest(&server).await;
                let (channel, socket) = connection(&server.address).await;
                let asking = child.clone();
                let call = tokio::spawn(async move { ask(channel, method, &asking).await });
                wait_for(&server, before + after).await;
                let broken = server.cpu();
                socket.shutdown(Shutdown::Both).expect("it was open");
                let went_on = at_rest(&server).await - broken;
                println!("{method:?} broken off after {after:?}: went on for {went_on:?}");
                assert!(
                    went_on < WITHIN,
                    "{method:?} broken off after {after:?}: went on for {went_on:?}"
                );
                call.await.expect("it ended").expect_err("it broke off");
            }
            let before = at_rest(&server).await;
            let timeout = Duration::from_millis(300);
            let late = ask_within(others.clone(), method, &child, Some(timeout)).await;
            let code = late.expect_err("too late").code();
            assert!(matches!(code, Code::DeadlineExceeded | Code::Cancelled));
            let used = at_rest(&server).await - before;
            assert!(used < timeout + WITHIN, "{method:?}: used {used:?}");
        }
    });
    server.stop().expect("it ends well");
}
