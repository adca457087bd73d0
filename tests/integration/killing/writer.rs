//! One client: writes without pause until the server is gone, and notes what it was told. Now and then it loses
//! patience or loses an answer, and sends the request again.

use super::checks::sequence;
use super::ledger::Ledger;
use super::writes::{self, Write};
use kinpath::api::{Client, v1};
use kinpath::error::Error;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

/// How requests without an answer are sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    WithTheSameId,
    /// As no client should: so that the check has something to notice.
    WithANewId,
}

/// What became of a write.
#[derive(Clone)]
pub enum Outcome {
    Acknowledged(Box<v1::RecordConnectionResponse>),
    /// The server said no: nothing of it may be there.
    Refused,
    /// The server was gone first.
    Unanswered,
}

/// A write and what became of it.
#[derive(Clone)]
pub struct Attempt {
    pub write: Write,
    pub outcome: Outcome,
}

/// What the writers of one round share.
pub struct Round<'a> {
    pub address: &'a str,
    pub children: &'a [String],
    pub retry: Retry,
    pub numbers: &'a AtomicU64,
    /// Set just before the server is killed.
    pub killed: &'a AtomicBool,
}

/// What a writer did.
#[derive(Default)]
pub struct Written {
    pub attempts: Vec<Attempt>,
    pub findings: Vec<String>,
}

/// One request in this many is abandoned early, one answer in this many is lost on the way.
const ONE_IN: u32 = 20;
const PATIENCE_MILLISECONDS: u64 = 8;

/// Writes until the server is gone.
pub fn write(round: &Round<'_>, mut chance: ChaCha8Rng, ledger: &mut Ledger) -> Written {
    let runtime = runtime();
    let mut written = Written::default();
    let Ok(mut client) = runtime.block_on(Client::connect(round.address)) else {
        return written;
    };
    let mut last = 0;
    loop {
        let number = round.numbers.fetch_add(1, Ordering::Relaxed);
        let mut write = writes::draw(&mut chance, round.children, number);
        if chance.random_range(0..ONE_IN) == 0 {
            let patience = Duration::from_millis(chance.random_range(0..PATIENCE_MILLISECONDS));
            abandoned(&runtime, &mut client, &write, patience);
            match runtime.block_on(Client::connect(round.address)) {
                Ok(connected) => client = connected,
                Err(_) => {
                    written.note(write, Outcome::Unanswered);
                    return written;
                }
            }
            write = again(&write, round.retry, &mut chance);
        }
        let mut answer = runtime.block_on(client.record_connection(write.request.clone()));
        if let Ok(first) = &answer
            && chance.random_range(0..ONE_IN) == 0
        {
            // As if the answer had been lost on the way.
            let first = first.clone();
            write = again(&write, round.retry, &mut chance);
            answer = runtime.block_on(client.record_connection(write.request.clone()));
            if let Ok(second) = &answer
                && round.retry == Retry::WithTheSameId
                && *second != first
            {
                let name = &write.request.name_as_written;
                written
                    .findings
                    .push(format!("{name}: sent again, got another answer"));
            }
        }
        let outcome = outcome(answer);
        match &outcome {
            Outcome::Acknowledged(answer) => {
                ledger.note(&write.request, answer);
                match sequence(&answer.revision) {
                    Ok(revision) if revision > last => last = revision,
                    _ => written.findings.push(format!(
                        "revision {} was answered after {last}",
                        answer.revision
                    )),
                }
            }
            Outcome::Unanswered => {
                if !round.killed.load(Ordering::SeqCst) {
                    let name = &write.request.name_as_written;
                    written.findings.push(format!(
                        "{name}: no answer, though the server was not killed"
                    ));
                }
                written.note(write, outcome);
                return written;
            }
            Outcome::Refused => {}
        }
        written.note(write, outcome);
    }
}

impl Written {
    fn note(&mut self, write: Write, outcome: Outcome) {
        self.attempts.push(Attempt { write, outcome });
    }
}

/// The request as it is sent again.
pub fn again(write: &Write, retry: Retry, chance: &mut ChaCha8Rng) -> Write {
    let mut write = write.clone();
    if retry == Retry::WithANewId {
        write.request.request_id = writes::request_id(chance);
    }
    write
}

/// What an answer means to a client.
pub fn outcome(answer: Result<v1::RecordConnectionResponse, Error>) -> Outcome {
    match answer {
        Ok(answer) => Outcome::Acknowledged(Box::new(answer)),
        Err(Error::Ambiguous { .. } | Error::Conflict { .. } | Error::InvalidInput { .. }) => {
            Outcome::Refused
        }
        Err(_) => Outcome::Unanswered,
    }
}

/// Sends a request and goes away before the answer may be there.
fn abandoned(runtime: &Runtime, client: &mut Client, write: &Write, patience: Duration) {
    let sent = client.record_connection(write.request.clone());
    // Whether there was an answer is what such a client does not find out.
    let _ = runtime.block_on(async { tokio::time::timeout(patience, sent).await });
}

/// A thread's own runtime.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Asks a server from this thread.
pub fn ask<T, Asking: Future<Output = T>>(address: &str, ask: impl FnOnce(Client) -> Asking) -> T {
    runtime().block_on(async {
        let client = Client::connect(address).await.expect("the server answers");
        ask(client).await
    })
}
