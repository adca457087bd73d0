//! Clients beside the measured ones: one who writes, many who watch slowly, and many who stall.

use super::wire::{PREFACE, Prepared};
use kinpath::api::v1;
use kinpath::api::v1::fact::Said;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Response, Status};

type People = v1::person_service_client::PersonServiceClient<Channel>;
type Changes = v1::change_service_client::ChangeServiceClient<Channel>;

const BETWEEN_WRITES: Duration = Duration::from_millis(50);
const BETWEEN_MESSAGES: Duration = Duration::from_secs(1);
/// After so many messages a watcher breaks off and goes on with its last token.
const BREAK_AFTER: usize = 7;
/// The longest that all changes may take to reach a watcher who reads without pause.
const CATCH_UP: Duration = Duration::from_secs(60);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

async fn channel(address: &str) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{address}"));
    let connected = endpoint.expect("an address").connect().await;
    connected.expect("the server answers")
}

/// Adds people, one after the other.
pub struct Writer {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<String>>,
}

impl Writer {
    pub fn start(address: &str) -> Writer {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopping, address) = (Arc::clone(&stop), address.to_owned());
        let thread = spawn(move || runtime().block_on(write(&address, &stopping)));
        Writer { stop, thread }
    }

    /// The revisions written.
    pub fn stop(self) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the writer ended well")
    }
}

async fn write(address: &str, stop: &AtomicBool) -> Vec<String> {
    let mut people = People::new(channel(address).await);
    let mut revisions = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let name = v1::PersonName {
            full: format!("Vera {}", revisions.len()),
            ..v1::PersonName::default()
        };
        let named = v1::Statement {
            fact: Some(v1::Fact {
                said: Some(Said::PersonName(name)),
            }),
            ..v1::Statement::default()
        };
        let request = v1::CreatePersonRequest {
            person: Some(v1::NewPerson {
                statements: vec![named],
                ..v1::NewPerson::default()
            }),
            request_id: format!("overload-{}", revisions.len()),
            validate_only: false,
        };
        // What was refused is sent again under its own id.
        let made = people.create_person(request).await;
        revisions.extend(taken(made).await.map(|made| made.revision));
        tokio::time::sleep(BETWEEN_WRITES).await;
    }
    revisions
}

/// Those who watch, each on a connection of their own.
pub struct Watchers {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Watched>>,
    last: Arc<std::sync::Mutex<String>>,
}

/// What one watcher saw, from its first token on.
struct Watched {
    from: String,
    seen: Vec<String>,
    breaks: usize,
}

impl Watchers {
    pub fn start(address: &str, count: usize) -> Watchers {
        let (stop, last) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let (stopping, until) = (Arc::clone(&stop), Arc::clone(&last));
        let address = address.to_owned();
        let thread = spawn(move || {
            runtime().block_on(async {
                let all: Vec<_> = (0..count)
                    .map(|number| {
                        let (stop, until) = (Arc::clone(&stopping), Arc::clone(&until));
                        tokio::spawn(watch(address.clone(), number, stop, until))
                    })
                    .collect();
                let mut watched = Vec::new();
                for one in all {
                    watched.push(one.await.expect("a watcher"));
                }
                watched
            })
        });
        Watchers { stop, thread, last }
    }

    /// Lets them read on without pause up to the last of these revisions, and tells whether each saw every one once.
    pub fn stop(self, written: &[String]) -> String {
        *self.last.lock().expect("nobody panicked") = written.last().cloned().unwrap_or_default();
        self.stop.store(true, Ordering::Relaxed);
        let watched = self.thread.join().expect("the watchers ended well");
        let is_right = |one: &Watched| {
            let from = written.iter().position(|revision| *revision == one.from);
            one.seen == written[from.map_or(0, |position| position + 1)..]
        };
        let right = watched.iter().filter(|one| is_right(one)).count();
        let breaks: usize = watched.iter().map(|one| one.breaks).sum();
        format!(
            "{right} of {} watchers saw each of them once and in order, after {breaks} breaks (held to all)",
            watched.len()
        )
    }
}

/// The answer, or nothing after a pause if the server was too busy.
async fn taken<M>(answer: Result<Response<M>, Status>) -> Option<M> {
    match answer {
        Ok(answer) => Some(answer.into_inner()),
        Err(status) if status.code() == Code::Unavailable => {
            tokio::time::sleep(BETWEEN_MESSAGES).await;
            None
        }
        Err(status) => panic!("{status:?}"),
    }
}

async fn watch(
    address: String,
    number: usize,
    stop: Arc<AtomicBool>,
    until: Arc<std::sync::Mutex<String>>,
) -> Watched {
    let mut changes = Changes::new(channel(&address).await);
    let mut token = String::new();
    let mut watched = Watched {
        from: String::new(),
        seen: Vec::new(),
        breaks: 0,
    };
    let everything = async {
        loop {
            let request = v1::WatchChangesRequest {
                resume_token: token.clone(),
            };
            let stream = changes.watch_changes(request).await;
            let Some(mut stream) = taken(stream).await else {
                continue;
            };
            let mut read = 0;
            while let Some(message) = stream.message().await.expect("it goes on") {
                token = message.resume_token;
                if watched.from.is_empty() {
                    watched.from.clone_from(&token);
                }
                watched
                    .seen
                    .extend(message.change.map(|change| change.revision));
                read += 1;
                let is_stopping = stop.load(Ordering::Relaxed);
                if is_stopping && token == *until.lock().expect("nobody panicked") {
                    return;
                }
                if !is_stopping {
                    tokio::time::sleep(BETWEEN_MESSAGES).await;
                }
                if read == BREAK_AFTER + number % BREAK_AFTER {
                    watched.breaks += 1;
                    break;
                }
            }
        }
    };
    let stopped = async {
        while !stop.load(Ordering::Relaxed) {
            tokio::time::sleep(BETWEEN_MESSAGES).await;
        }
        tokio::time::sleep(CATCH_UP).await;
    };
    tokio::select! {
        () = everything => {}
        () = stopped => {}
    }
    watched
}

/// Connections that say nothing, that only greet, and that stop in the middle of a request; opened anew when the server
/// closes them.
pub struct Stalled {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<usize>,
}

impl Stalled {
    pub fn start(address: &str, count: usize, request: &Prepared) -> Stalled {
        let mut greeting = PREFACE.to_vec();
        greeting.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
        let mut half = greeting.clone();
        half.extend(request.half());
        let beginnings = [Vec::new(), greeting, half];
        let stop = Arc::new(AtomicBool::new(false));
        let (stopping, address) = (Arc::clone(&stop), address.to_owned());
        let open = move |number: usize| {
            let mut stream = TcpStream::connect(&address).expect("the server listens");
            stream
                .write_all(&beginnings[number % beginnings.len()])
                .expect("sent");
            stream.set_nonblocking(true).expect("a socket");
            stream
        };
        let mut streams: Vec<TcpStream> = (0..count).map(&open).collect();
        let thread = spawn(move || {
            let mut reopened = 0;
            while !stopping.load(Ordering::Relaxed) {
                for (number, stream) in streams.iter_mut().enumerate() {
                    if is_closed(stream) {
                        *stream = open(number);
                        reopened += 1;
                    }
                }
                sleep(Duration::from_millis(200));
            }
            reopened
        });
        Stalled { stop, thread }
    }

    /// Closes them. How many were opened anew.
    pub fn stop(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the stalled ended well")
    }
}

fn is_closed(stream: &mut TcpStream) -> bool {
    let mut part = [0; 4096];
    loop {
        match stream.read(&mut part) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(why) => return why.kind() != ErrorKind::WouldBlock,
        }
    }
}
