//! Question: what does a night cost, in time and in bytes, how does it grow with people and children, what does a change
//! between nights cost, and does a question asked meanwhile notice?
//!
//! Held to: 10,000 children among 1,000,000 people in at most 20 s on two processors; an unchanged child at most 32 bytes a
//! night; a night on which 1 % of the children change at most 10 MB in all; at most 4 times the reference (the same walks
//! and naming over plain arrays in memory, in the same run); a local change between nights within 1 s; FindFamily's p99
//! while a night runs at most 1.5 times that without.
//!
//! `cargo bench --bench rematch -- [people …]`, by default 10000 100000 1000000. `KINPATH_REMATCH_THREADS` is 2 if not set,
//! `KINPATH_REMATCH_CHANGES` (changes between nights) 1000.

#[path = "support/reference.rs"]
mod reference;
#[path = "support/mod.rs"]
mod support;

use kinpath::access::Permit;
use kinpath::model::case::Purpose;
use kinpath::model::ids::{PersonId, Subject};
use kinpath::model::partial_date::Day;
use kinpath::model::person::{Caution, CautionKind, Contact, ContactKind};
use kinpath::model::rematch::Run;
use kinpath::model::statement::{Fact, Source};
use kinpath::model::visibility::Visibility;
use kinpath::store::{StatementDraft, Store, Transaction};
use kinpath::workflow::{
    CHILDREN_A_PART, FindFamily, Readers, Rematch, find_family, rematch, rematch_touched,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reference::{Arrays, reference};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use support::{community, forget_peak_memory, peak_memory, percentile, process_cpu, thread_cpu};

/// Children asked one by one, to compare with.
const ASKED_ALONE: usize = 500;
/// Questions asked while a night runs, and as many without.
const ASKED_MEANWHILE: usize = 3_000;

fn main() {
    let threads = setting("KINPATH_REMATCH_THREADS", 2);
    let mut costs = Vec::new();
    for people in support::sizes(&[10_000, 100_000, 1_000_000]) {
        let store = support::imported(&community(people));
        costs.push((people, measure(&store, people, threads)));
    }
    for pair in costs.windows(2) {
        println!(
            "growth of a child's cost from {} to {}: {:.2} (held to 1.3)",
            pair[0].0,
            pair[1].0,
            pair[1].1 / pair[0].1
        );
    }
}

fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// CPU seconds a child on the first night.
fn measure(store: &Store, people: u64, threads: usize) -> f64 {
    println!("{people} people");
    forget_peak_memory();
    let before = process_cpu();
    let first = night(store, 0, threads, "first night");
    let a_child = (process_cpu() - before) / first.counts.children as f64;
    let of_arrays = reference_alone(store);
    println!(
        "  the walks alone over plain arrays: {:.2} ms of CPU a child; a night takes {:.2} times that (held to 4)",
        of_arrays * 1e3,
        a_child / of_arrays
    );
    let alone = find_family_alone(store);
    println!(
        "  FindFamily alone, warm: {:.2} ms of CPU a child",
        alone * 1e3
    );
    night(store, 1, threads, "nothing recorded");
    let children = first.counts.children;
    let changed = warn_of_parents(store, children.div_ceil(100));
    println!("  a caution for {changed} parents of 1 % of the children");
    night(store, 2, threads, "after it");
    println!("  peak memory {} MiB", peak_memory());
    between(store, alone);
    meanwhile(store);
    a_child
}

fn how(number: i32, threads: usize) -> Rematch {
    Rematch {
        as_of: Day(support::today().0 + number),
        now: 0,
        threads,
        ranks_moved: 3,
        keep: 400,
        children_a_part: CHILDREN_A_PART,
    }
}

/// Runs one night and tells what it took.
fn night(store: &Store, number: i32, threads: usize, what: &str) -> Run {
    let before = bytes(store);
    let (began, cpu) = (Instant::now(), process_cpu());
    let permit = Permit::system("bench");
    let run = rematch(store, &permit, &how(number, threads), &mut |_| {});
    let run = run.expect("the night is done");
    let (wall, cpu) = (began.elapsed().as_secs_f64(), process_cpu() - cpu);
    let written = bytes(store) as i64 - before as i64;
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

/// Random changes to people in and around the children's families, each matched at once.
fn between(store: &Store, alone: f64) {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let around = around(store);
    let permit = Permit::system("bench");
    let mut readers: Option<Readers> = None;
    let began = Instant::now();
    rematch_touched(store, &permit, &how(2, 2), &mut readers, &mut |_| {}).expect("read");
    println!(
        "  who reads whom, read once a night: {:.2} s",
        began.elapsed().as_secs_f64()
    );
    let (mut waits, mut cost, mut matched, mut runs) = (Vec::new(), 0.0, 0, 0);
    for _ in 0..setting("KINPATH_REMATCH_CHANGES", 1000) {
        let person = around[chance.random_range(0..around.len())];
        say(store, person, any_fact(&mut chance));
        let (began, cpu) = (Instant::now(), process_cpu());
        let run = rematch_touched(store, &permit, &how(2, 2), &mut readers, &mut |_| {});
        let run = run.expect("matched");
        waits.push(began.elapsed().as_secs_f64() * 1e3);
        cost += process_cpu() - cpu;
        matched += run.as_ref().map_or(0, |run| run.counts.matched);
        runs += u64::from(run.is_some());
    }
    println!(
        "  {} changes between nights, each matched at once: p50 {:.1}, p99 {:.1}, longest {:.1} ms (held to 1000); {runs} \
         of them changed a list, {matched} children in these; {:.2} times the CPU of FindFamily for as many",
        waits.len(),
        percentile(&waits, 50.0),
        percentile(&waits, 99.0),
        percentile(&waits, 100.0),
        cost / (alone * matched.max(1) as f64)
    );
}

/// Children, and whoever is tied to them within two steps.
fn around(store: &Store) -> Vec<PersonId> {
    let snapshot = store.snapshot().expect("a snapshot");
    let mut people = support::children(store, 20_000);
    for _ in 0..2 {
        let nodes = snapshot.nodes(&people, &Visibility::all()).expect("people");
        for node in nodes.iter().flatten() {
            people.extend(node.ties.iter().map(|tie| tie.other));
        }
        people.sort_unstable();
        people.dedup();
    }
    people
}

fn any_fact(chance: &mut ChaCha8Rng) -> Fact {
    match chance.random_range(0..2) {
        0 => Fact::Contact(Contact {
            kind: ContactKind::Phone,
            value: format!("250-555-{:04}", chance.random_range(0..10_000)),
        }),
        _ => Fact::Caution(Caution {
            kind: CautionKind::SupervisorFirst,
            note: String::new(),
        }),
    }
}

/// FindFamily on one thread while a night runs on another, and without.
fn meanwhile(store: &Store) {
    let children = support::children(store, ASKED_MEANWHILE);
    let without = asked(store, &children, &AtomicBool::new(true));
    let done = AtomicBool::new(false);
    let with = std::thread::scope(|scope| {
        scope.spawn(|| {
            let permit = Permit::system("bench");
            for number in 3..6 {
                rematch(store, &permit, &how(number, 1), &mut |_| {}).expect("the night is done");
            }
            done.store(true, Ordering::SeqCst);
        });
        asked(store, &children, &done)
    });
    let p99 = |waits: &[f64]| percentile(waits, 99.0);
    println!(
        "  FindFamily on one thread: p99 {:.2} ms without a night ({} questions), {:.2} ms beside one on one thread ({}): \
         {:.2} times (held to 1.5)",
        p99(&without),
        without.len(),
        p99(&with),
        with.len(),
        p99(&with) / p99(&without)
    );
}

/// Milliseconds of each question: once round the children, then until told that it is enough.
fn asked(store: &Store, children: &[PersonId], enough: &AtomicBool) -> Vec<f64> {
    let permit = Permit::system("bench");
    let mut waits = Vec::new();
    loop {
        for &child in children {
            let began = Instant::now();
            find_family(store, &permit, &question(child, 20)).expect("an answer");
            waits.push(began.elapsed().as_secs_f64() * 1e3);
            if waits.len() > children.len() && enough.load(Ordering::SeqCst) {
                return waits;
            }
        }
        if enough.load(Ordering::SeqCst) {
            return waits;
        }
    }
}

fn question(child: PersonId, leads_per_tier: usize) -> FindFamily {
    FindFamily {
        child,
        purpose: Purpose::Placement,
        as_of: support::today(),
        order: None,
        leads_per_tier,
        excluded_offset: 0,
        excluded_limit: 100,
    }
}

/// CPU seconds of the walks and the naming with nothing but arrays beneath.
fn reference_alone(store: &Store) -> f64 {
    let children = support::children(store, ASKED_ALONE);
    let arrays = Arrays::read(store, &children);
    let before = thread_cpu();
    for &child in &children {
        assert!(reference(&arrays, child) > 0);
    }
    (thread_cpu() - before) / children.len() as f64
}

/// CPU seconds of the same questions asked one by one.
fn find_family_alone(store: &Store) -> f64 {
    let permit = Permit::system("bench");
    let children = support::children(store, ASKED_ALONE);
    let before = thread_cpu();
    for &child in &children {
        find_family(store, &permit, &question(child, usize::MAX)).expect("an answer");
    }
    (thread_cpu() - before) / children.len() as f64
}

/// Records a caution for one parent each of so many children. Returns of how many.
fn warn_of_parents(store: &Store, children: u64) -> usize {
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
        say(store, parent, caution);
    }
    parents.len()
}

fn say(store: &Store, person: PersonId, fact: Fact) {
    let mut transaction = Transaction::new("bench", "bench");
    let draft = StatementDraft::new(fact, Source::default());
    transaction.add_statement(Subject::Person(person), draft);
    store.commit(transaction).expect("committed");
}

fn bytes(store: &Store) -> u64 {
    let snapshot = store.snapshot().expect("a snapshot");
    snapshot.rematch_bytes().expect("read")
}
