//! Question: is the person meant found by a damaged question, how far up, and at what cost?
//!
//! Held to, over 1M people: recall@10 ≥ 0.99, recall@1 ≥ 0.95, CPU p50 ≤ 0.5 ms and p99 ≤ 6 ms a question.
//!
//! The register has names as common as in the US census; each question is damaged in one of thirteen ways. With `--blind`
//! the questions are made from a seed of its own, for a last measurement.
//!
//! The peer, tantivy with fuzzy distance 1 and 2, answers the same questions in the same run.
//!
//! `cargo bench --bench search -- [people …] [--blind] [--no-peer]`, by default 100000.

#[path = "support/register.rs"]
mod register;
#[path = "support/mod.rs"]
mod support;
#[path = "support/tantivy_peer.rs"]
mod tantivy_peer;

use kinpath::access::Permit;
use kinpath::store::{Store, StoreOptions};
use kinpath::workflow::{SearchPeople, SearchScope, SearchedName, search_people};
use register::{KINDS, Query};
use std::path::Path;
use support::{bench_folder, bytes_in, peak_memory, percentile, process_cpu, thread_cpu};

const SEED: u64 = 61;
const QUERY_SEED: u64 = 1961;
const BLIND_SEED: u64 = 20_271_961;
const EACH: usize = 400;
const WARMING: usize = 200;

struct Outcome {
    kind: &'static str,
    /// Where the person meant stands, from 0.
    rank: Option<usize>,
    /// CPU milliseconds.
    cost: f64,
    probability: f64,
}

fn main() {
    let blind = std::env::args().any(|word| word == "--blind");
    for people in support::sizes(&[100_000]) {
        let entries = register::register(people, SEED);
        let seed = if blind { BLIND_SEED } else { QUERY_SEED };
        let queries = register::queries(&entries, EACH, seed);
        let store = stored(people, &entries);
        // The second time everything asked for is in the store's cache.
        for _ in 0..2 {
            measure(&store, &queries);
        }
        drop(store);
        if !std::env::args().any(|word| word == "--no-peer") {
            measure_peer(&entries, &queries);
        }
    }
}

/// The store of a register, made unless it is there from an earlier run.
fn stored(people: u64, entries: &[register::Entry]) -> Store {
    let data = bench_folder().join(format!("search-store-{people}"));
    if !data.join("format").exists() {
        let folder = bench_folder().join(format!("register-{people}"));
        register::write(entries, &folder);
        let (begun, cpu) = (std::time::Instant::now(), process_cpu());
        let store = Store::create(&data, &StoreOptions::default()).expect("a new store");
        support::import(&store, &folder);
        println!(
            "{people} people imported in {:.1} s, {:.1} CPU-s, peak {} MiB, {:.0} bytes a person on disk",
            begun.elapsed().as_secs_f64(),
            process_cpu() - cpu,
            peak_memory(),
            bytes_in(&data) as f64 / people as f64
        );
        return store;
    }
    open(&data)
}

fn open(data: &Path) -> Store {
    Store::open(data, &StoreOptions::default()).expect("the store opens")
}

fn measure(store: &Store, queries: &[Query]) {
    let permit = Permit::local_operator();
    let scope = SearchScope {
        limit: 10,
        today: support::today(),
    };
    let step = (queries.len() / WARMING).max(1);
    for query in queries.iter().step_by(step) {
        search_people(store, &permit, &asked(query), scope).expect("an answer");
    }
    let mut outcomes = Vec::with_capacity(queries.len());
    for query in queries {
        let question = asked(query);
        let before = thread_cpu();
        let found = search_people(store, &permit, &question, scope).expect("an answer");
        let cost = (thread_cpu() - before) * 1e3;
        let rank = found.iter().position(|found| {
            let external = found.external_id.as_ref();
            external.is_some_and(|external| external.xref == query.truth)
        });
        if std::env::var_os("KINPATH_BENCH_SHOW").is_some() && rank != Some(0) {
            show(query, &found, rank);
        }
        outcomes.push(Outcome {
            kind: query.kind,
            rank,
            cost,
            probability: found.first().map_or(0.0, |found| found.probability),
        });
    }
    report(&outcomes);
}

fn measure_peer(entries: &[register::Entry], queries: &[Query]) {
    let cpu = process_cpu();
    let peer = tantivy_peer::Peer::of(entries);
    println!("tantivy: indexed in {:.1} CPU-s", process_cpu() - cpu);
    for distance in [1, 2] {
        let outcomes: Vec<Outcome> = queries
            .iter()
            .map(|query| {
                let before = thread_cpu();
                let rank = peer.rank(query, entries, distance);
                Outcome {
                    kind: query.kind,
                    rank,
                    cost: (thread_cpu() - before) * 1e3,
                    probability: 0.0,
                }
            })
            .collect();
        println!("tantivy, fuzzy distance {distance}:");
        table(&outcomes);
    }
}

fn asked(query: &Query) -> SearchPeople {
    SearchPeople {
        name: SearchedName {
            given: query.given.clone(),
            family: query.family.clone(),
            ..SearchedName::default()
        },
        birth: query.birth.parse().ok(),
        places: Some(query.place.clone())
            .into_iter()
            .filter(|place| !place.is_empty())
            .collect(),
        ..SearchPeople::default()
    }
}

fn show(query: &Query, found: &[kinpath::workflow::FoundPerson], rank: Option<usize>) {
    println!("{query:?} at {rank:?}");
    for found in found.iter().take(rank.unwrap_or(2) + 1) {
        let bits: Vec<String> = found
            .reasons
            .iter()
            .map(|r| format!("{} {:.1} {}", r.field, r.bits, r.words))
            .collect();
        println!(
            "    {:?} {} {:.4} {}",
            found.external_id.as_ref().map(|id| &id.xref),
            found.matched_name,
            found.probability,
            bits.join("; ")
        );
    }
}

fn report(outcomes: &[Outcome]) {
    table(outcomes);
    calibration(outcomes);
    println!(
        "peak memory {} MiB, load {}",
        peak_memory(),
        support::load()
    );
}

/// A row for each kind of damage.
fn table(outcomes: &[Outcome]) {
    println!(
        "{:<14} {:>6} {:>9} {:>8} {:>8} {:>8}",
        "damage", "asked", "recall@10", "recall@1", "p50 ms", "p99 ms"
    );
    let row = |name: &str, of: &[&Outcome]| {
        let share = |within: usize| {
            let hits = of
                .iter()
                .filter(|o| o.rank.is_some_and(|rank| rank < within));
            hits.count() as f64 / of.len() as f64
        };
        let costs: Vec<f64> = of.iter().map(|outcome| outcome.cost).collect();
        println!(
            "{name:<14} {:>6} {:>9.4} {:>8.4} {:>8.3} {:>8.3}",
            of.len(),
            share(10),
            share(1),
            percentile(&costs, 50.0),
            percentile(&costs, 99.0)
        );
    };
    for kind in KINDS {
        row(
            kind,
            &outcomes
                .iter()
                .filter(|outcome| outcome.kind == kind)
                .collect::<Vec<_>>(),
        );
    }
    row("all", &outcomes.iter().collect::<Vec<_>>());
}

/// How often the first answer is right, by the probability given.
fn calibration(outcomes: &[Outcome]) {
    for tenth in 0..10 {
        let (from, to) = (f64::from(tenth) / 10.0, f64::from(tenth + 1) / 10.0);
        let within: Vec<&Outcome> = outcomes
            .iter()
            .filter(|o| o.probability >= from && (o.probability < to || tenth == 9))
            .collect();
        if !within.is_empty() {
            let right = within.iter().filter(|o| o.rank == Some(0)).count();
            let mean = within.iter().map(|o| o.probability).sum::<f64>() / within.len() as f64;
            println!(
                "said {mean:.3}, right {:.3} of {}",
                right as f64 / within.len() as f64,
                within.len()
            );
        }
    }
}
