//! Question: what does a slate over all waiting children cost?
//!
//! Held to: 10,000 children and 5,000 families in at most 60 s. Two parts add up to it: matching every child with every family
//! through a store (over a sample community, whose sizes are told), and choosing among the open pairs (thrown from a seed:
//! 10,000 groups, 5,000 families, 18 % of pairs open as in `benches/matching.rs`, half of a score the family's own, so that
//! all want the same families).
//!
//! `cargo bench --bench slate -- [people]`, by default 1000000.

#[path = "support/mod.rs"]
mod support;

use kinpath::access::Permit;
use kinpath::placement::slate::{Offers, greatest_total, stable};
use kinpath::workflow::{ProposeSlate, SlateAim, SlateOutcome, propose_slate};
use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::convert::Infallible;
use std::time::Instant;
use support::{community, process_cpu};

const GROUPS: usize = 10_000;
const FAMILIES: u32 = 5_000;
const PERCENT_OPEN: u32 = 18;
/// Half of the greatest score, in the steps in which a slate counts.
const HALF_A_SCORE: i64 = 500_000;

fn main() {
    choosing();
    for people in support::sizes(&[1_000_000]) {
        whole(people);
    }
}

fn choosing() {
    let offers = thrown();
    let began = Instant::now();
    let placed = greatest_total(&offers, || Ok::<(), Infallible>(())).expect("nothing stops it");
    let total = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let stably = stable(&offers);
    println!(
        "choosing among {} open pairs of {GROUPS} groups and {FAMILIES} families, one thread: the greatest total {total:.1} s ({} placed), the stable slate {:.3} s ({} placed)",
        offers.pairs(),
        placed.iter().flatten().count(),
        began.elapsed().as_secs_f64(),
        stably.iter().flatten().count()
    );
}

fn thrown() -> Offers {
    let mut dice = ChaCha8Rng::seed_from_u64(20_261_122);
    let of_family: Vec<i64> = (0..FAMILIES)
        .map(|_| dice.random_range(1..=HALF_A_SCORE))
        .collect();
    let mut offers = Offers::default();
    for _ in 0..GROUPS {
        let children = dice.random_range(1..4);
        let open = of_family.iter().zip(0..);
        let open = open.filter(|_| dice.random_range(0..100) < PERCENT_OPEN);
        let mut row: Vec<(u32, i64)> = open.map(|(own, family)| (family, *own)).collect();
        for pair in &mut row {
            pair.1 = (pair.1 + dice.random_range(0..HALF_A_SCORE)) * children;
        }
        row.sort_by_key(|pair| -pair.1);
        offers.add(row);
    }
    offers
}

fn whole(people: u64) {
    let store = support::imported(&community(people));
    for aim in [SlateAim::GreatestTotal, SlateAim::Stable] {
        let question = ProposeSlate {
            as_of: support::today(),
            aim,
            worker: String::new(),
            passing_over_because: "a measurement".to_owned(),
            threads: 2,
        };
        let (began, cpu) = (Instant::now(), process_cpu());
        let slate = propose_slate(&store, &Permit::system("bench"), &question).expect("a slate");
        let (wall, cpu) = (began.elapsed().as_secs_f64(), process_cpu() - cpu);
        let pairs: u64 = slate.rows.iter().map(|row| u64::from(row.open)).sum();
        let placed = slate.rows.iter();
        let placed = placed.filter(|row| matches!(row.outcome, SlateOutcome::Proposed { .. }));
        println!(
            "{people} people, {} children or groups, {pairs} open pairs, {aim:?}: {wall:.1} s on two threads, {cpu:.1} s CPU; {} placed (held to 60 s at 10,000 x 5,000)",
            slate.rows.len(),
            placed.count()
        );
    }
}
