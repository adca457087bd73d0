//! Question: what does a night cost, in time and in bytes, and how does it grow with people and children?
//!
//! Held to: 10,000 children among 1,000,000 people in at most 20 s on two processors; an unchanged child at most 32 bytes a
//! night; a night on which 1 % of the children change at most 10 MB in all.
//!
//! `cargo bench --bench rematch -- [people …]`, by default 10000 100000 1000000. `KINPATH_REMATCH_THREADS` is 2 if not set.

#[path = "support/mod.rs"]
mod support;

use kinpath::access::Permit;
use kinpath::model::case::Purpose;
use kinpath::model::ids::{PersonId, Subject};
use kinpath::model::partial_date::Day;
use kinpath::model::person::{Caution, CautionKind};
use kinpath::model::rematch::{Run, RunScope};
use kinpath::model::statement::{Fact, Source};
use kinpath::model::visibility::Visibility;
use kinpath::store::{StatementDraft, Store, Transaction};
use kinpath::workflow::{CHILDREN_A_PART, FindFamily, Rematch, find_family, rematch};
use rustix::time::{ClockId, clock_gettime};
use std::time::Instant;
use support::{community, thread_cpu};

/// Children asked one by one, to compare with.
const ASKED_ALONE: usize = 500;

fn main() {
    let threads = std::env::var("KINPATH_REMATCH_THREADS");
    let threads = threads.map_or(2, |text| text.parse().expect("a number"));
    for people in support::sizes(&[10_000, 100_000, 1_000_000]) {
        let store = support::imported(&community(people));
        measure(&store, people, threads);
    }
}

fn measure(store: &Store, people: u64, threads: usize) {
    println!("{people} people");
    let first = night(store, 0, RunScope::Everyone, threads, "first night");
    let alone = find_family_alone(store);
    println!(
        "  FindFamily alone, warm: {:.2} ms of CPU a child",
        alone * 1e3
    );
    night(store, 1, RunScope::Everyone, threads, "nothing recorded");
    let children = first.counts.children;
    let changed = warn_of_mothers(store, children.div_ceil(100));
    println!("  a caution for {changed} parents of 1 % of the children");
    night(store, 2, RunScope::Everyone, threads, "after it");
    warn_of_mothers(store, 1);
    night(
        store,
        2,
        RunScope::Touched,
        threads,
        "one caution more, only those touched",
    );
}

/// Runs one night and tells what it took.
fn night(store: &Store, number: i32, scope: RunScope, threads: usize, what: &str) -> Run {
    let as_of = Day(support::today().0 + number);
    let how = Rematch {
        as_of,
        scope,
        now: 0,
        threads,
        ranks_moved: 3,
        keep: 400,
        children_a_part: CHILDREN_A_PART,
    };
    let before = bytes(store);
    let (began, cpu) = (Instant::now(), process_cpu());
    let permit = Permit::system("bench");
    let run = rematch(store, &permit, &how, &mut |_| {}).expect("the night is done");
    let (wall, cpu) = (began.elapsed().as_secs_f64(), process_cpu() - cpu);
    let written = bytes(store) - before;
    let counts = run.counts;
    println!(
        "  {what}: {:.2} s wall, {cpu:.2} s of CPU on {threads} threads ({:.2} ms a child); {} children, {} changed, {} \
         changes, {} failed; {written} bytes ({:.1} a child)",
        wall,
        cpu / counts.children as f64 * 1e3,
        counts.children,
        counts.changed,
        counts.changes,
        counts.failed,
        written as f64 / counts.children as f64
    );
    run
}

/// CPU seconds of the same questions asked one by one.
fn find_family_alone(store: &Store) -> f64 {
    let permit = Permit::system("bench");
    let children = support::children(store, ASKED_ALONE);
    let before = thread_cpu();
    for &child in &children {
        let question = FindFamily {
            child,
            purpose: Purpose::Placement,
            as_of: support::today(),
            order: None,
            leads_per_tier: usize::MAX,
            excluded_offset: 0,
            excluded_limit: 100,
        };
        find_family(store, &permit, &question).expect("an answer");
    }
    (thread_cpu() - before) / children.len() as f64
}

/// Records a caution for one parent each of so many children. Returns of how many.
fn warn_of_mothers(store: &Store, children: u64) -> usize {
    let snapshot = store.snapshot().expect("a snapshot");
    let children = support::children(store, children as usize);
    let nodes = snapshot.nodes(&children, &Visibility::all());
    let nodes = nodes.expect("children");
    let parents = nodes.iter().flatten();
    let parents: Vec<PersonId> = parents
        .filter_map(|node| node.ties.first().map(|tie| tie.other))
        .collect();
    for &parent in &parents {
        let caution = Fact::Caution(Caution {
            kind: CautionKind::SupervisorFirst,
            note: String::new(),
        });
        let mut transaction = Transaction::new("bench", "bench");
        let draft = StatementDraft::new(caution, Source::default());
        transaction.add_statement(Subject::Person(parent), draft);
        store.commit(transaction).expect("committed");
    }
    parents.len()
}

fn bytes(store: &Store) -> u64 {
    let snapshot = store.snapshot().expect("a snapshot");
    snapshot.rematch_bytes().expect("read")
}

fn process_cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
