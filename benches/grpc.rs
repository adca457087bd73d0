//! Question: what does FindFamily cost the server's processor over gRPC, against the same question in process?
//!
//! Held to: the median of the server's CPU over loopback at most 1.3 times that of `find_family` in process.
//!
//! The server is the real `kinpath serve`, a process of its own on a copy of the store. Its CPU is what its threads used
//! between the request and the moment when all are at rest again, in nanoseconds from /proc. All
//! children are asked in process, then over gRPC, and so on; the least of the rounds counts. Between the two stands the
//! same answer made into messages and bytes in process, so that one sees what the messages cost and what the network.
//! Everywhere a question follows a short rest, since a processor that was at rest is slower at first.
//!
//! `cargo bench --bench grpc -- [people …]`, by default 100000.

#[path = "support/server.rs"]
mod server;
#[path = "support/mod.rs"]
mod support;

use kinpath::access::Permit;
use kinpath::api::{Client, LocalAnswers, v1};
use kinpath::model::case::Purpose;
use kinpath::model::ids::{PersonId, Subject};
use kinpath::store::{Store, restore};
use kinpath::workflow::{FindFamily, find_family};
use prost::Message;
use server::Server;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};
use support::{median, percentile, thread_cpu};

const CHILDREN: usize = 1_000;
const ROUNDS: usize = 3;
const LEADS: usize = 20;
/// Before each question in process, as long as it takes to see that the server is at rest.
const REST: Duration = Duration::from_micros(300);

/// Microseconds for one child, the least of the rounds.
#[derive(Clone, Copy)]
struct Measured {
    in_process: f64,
    messages: f64,
    server: f64,
    elapsed: f64,
}

fn main() {
    for people in support::sizes(&[100_000]) {
        let folder = support::community(people);
        let store = Arc::new(support::imported(&folder));
        let (backup, copy) = (
            support::fresh_folder("backup"),
            support::fresh_folder("copy"),
        );
        store.backup(&backup).expect("backed up");
        restore(&backup, &copy).expect("restored");
        support::bring_keys(&store, &copy);
        let measured = measure(&store, &copy);
        report(people, &measured);
        drop(store);
        for folder in [&backup, &copy] {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn measure(store: &Arc<Store>, copy: &Path) -> Vec<Measured> {
    let children = support::children(store, CHILDREN);
    let requests = requests(store, &children);
    let permit = Permit::system("bench");
    let answers = LocalAnswers::new(Arc::clone(store), permit, support::today());
    let server = Server::start(copy, &[]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut client = runtime
        .block_on(Client::connect(&server.address))
        .expect("the server answers");
    let nothing = Measured {
        in_process: f64::MAX,
        messages: f64::MAX,
        server: f64::MAX,
        elapsed: f64::MAX,
    };
    let mut measured = vec![nothing; children.len()];
    let permit = Permit::system("bench");
    // The first round only warms the caches.
    for round in 0..=ROUNDS {
        let mut keep = |position: usize, part: fn(&mut Measured) -> &mut f64, seconds: f64| {
            let least = part(&mut measured[position]);
            if round > 0 {
                *least = least.min(seconds * 1e6);
            }
        };
        for (position, &child) in children.iter().enumerate() {
            sleep(REST);
            let before = thread_cpu();
            find_family(store, &permit, &question(child)).expect("the answer is whole");
            keep(
                position,
                |child| &mut child.in_process,
                thread_cpu() - before,
            );
        }
        let mut lengths = Vec::new();
        for (position, request) in requests.iter().enumerate() {
            sleep(REST);
            let before = thread_cpu();
            let messages = answers.find_family(request).expect("the answer is whole");
            let bytes: usize = messages
                .iter()
                .map(|message| message.encode_to_vec().len())
                .sum();
            keep(position, |child| &mut child.messages, thread_cpu() - before);
            assert!(bytes > 0);
            lengths.push(messages.len());
        }
        for (position, request) in requests.iter().enumerate() {
            let before = server.cpu_at_rest();
            let begun = Instant::now();
            let answer = runtime.block_on(client.find_family(request.clone()));
            keep(
                position,
                |child| &mut child.elapsed,
                begun.elapsed().as_secs_f64(),
            );
            keep(
                position,
                |child| &mut child.server,
                server.cpu_at_rest() - before,
            );
            let messages = answer.expect("the answer is whole").len();
            assert_eq!(messages, lengths[position]);
        }
    }
    measured
}

fn question(child: PersonId) -> FindFamily {
    FindFamily {
        child,
        purpose: Purpose::Placement,
        as_of: support::today(),
        order: None,
        leads_per_tier: LEADS,
        excluded_offset: 0,
        excluded_limit: LEADS,
    }
}

fn requests(store: &Store, children: &[PersonId]) -> Vec<v1::FindFamilyRequest> {
    let subjects: Vec<Subject> = children.iter().copied().map(Subject::Person).collect();
    let identities = store.snapshot().expect("a snapshot").identities(&subjects);
    let ids = identities.expect("ids").into_iter().flatten();
    ids.map(|identity| v1::FindFamilyRequest {
        child: format!("people/{}", identity.public_id),
        purpose: v1::Purpose::Placement.into(),
        as_of: support::today().to_string(),
        leads_per_tier: Some(LEADS as u32),
        excluded_page_size: Some(LEADS as u32),
        ..v1::FindFamilyRequest::default()
    })
    .collect()
}

fn report(people: u64, measured: &[Measured]) {
    let row = |name: &str, part: fn(&Measured) -> f64| {
        let values: Vec<f64> = measured.iter().map(part).collect();
        println!(
            "  {name:<34} min {:.0}  p50 {:.0}  p99 {:.0} µs",
            percentile(&values, 0.0),
            percentile(&values, 50.0),
            percentile(&values, 99.0)
        );
        percentile(&values, 50.0)
    };
    println!(
        "{people} people, {} children, load {}",
        measured.len(),
        support::load()
    );
    let in_process = row("in process, CPU", |child| child.in_process);
    let messages = row("in process with messages, CPU", |child| child.messages);
    let server = row("server over gRPC, CPU", |child| child.server);
    row("client waits", |child| child.elapsed);
    println!(
        "  p50 over gRPC against in process: {:.2} (held to 1.3); messages alone: {:.2}; child by child: median {:.2}",
        server / in_process,
        messages / in_process,
        median(measured.iter().map(|child| child.server / child.in_process))
    );
}
