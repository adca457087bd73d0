//! What the model is learnt from: all candidates of some records, and random pairs of the same records, each with its
//! weight, so that sums over the pool stand for sums over all pairs there are.

use super::comparison::{Comparison, Pattern, pattern};
use super::keys::{KeyMaker, Template, WordParts};
use super::table::Table;
use super::words::mixed;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// A pair found by keys: `a` is one of the chosen records.
#[derive(Clone, Copy, Debug)]
pub struct PoolPair {
    pub a: u32,
    pub b: u32,
    /// The templates that found it, a bit each.
    pub found_by: u128,
    pub pattern: u32,
}

/// The pairs, and how much each stands for.
pub struct Pool {
    pub pairs: Vec<PoolPair>,
    /// What each pair found by keys stands for.
    pub weight: f64,
    /// Random pairs that no key finds.
    pub random: Vec<(u32, u32, u32)>,
    pub random_weight: f64,
    pub patterns: Vec<Pattern>,
    /// By template: how many keys it gives a record.
    pub keys_of_record: Vec<f64>,
}

/// Pairs that stand under one pattern.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub candidates: f64,
    pub others: f64,
}

impl Pool {
    /// Finds the candidates of the first `chosen` records among the first `within` (records stand in an order like
    /// chance) by each template.
    pub fn draw(
        table: &Table,
        templates: &[Template],
        parts: &WordParts,
        chosen: usize,
        within: usize,
        random: usize,
    ) -> Pool {
        let within = within.min(table.len());
        let chosen = chosen.min(within);
        let mut found: Vec<(u64, u8)> = Vec::new();
        let mut keys_of_record = Vec::new();
        for (number, template) in templates.iter().enumerate() {
            let (pairs, keys) = pairs_of_chosen(table, template, number, parts, chosen, within);
            keys_of_record.push(keys as f64 / chosen.max(1) as f64);
            found.extend(pairs.into_iter().map(|pair| (pair, number as u8)));
        }
        found.par_sort_unstable();
        let mut pairs: Vec<PoolPair> = Vec::new();
        let mut last = u64::MAX;
        for (pair, template) in found {
            if pair != last {
                last = pair;
                let (a, b) = ((pair >> 32) as u32, pair as u32);
                pairs.push(PoolPair {
                    a,
                    b,
                    found_by: 0,
                    pattern: 0,
                });
            }
            if let Some(pair) = pairs.last_mut() {
                pair.found_by |= 1 << template;
            }
        }
        let records = table.len() as f64;
        let weight = records * records / (2.0 * (chosen * within).max(1) as f64);
        let random = random_pairs(table, &pairs, chosen, within, random);
        let others = (table.all_pairs() - weight * pairs.len() as f64).max(0.0);
        let random_weight = others / random.len().max(1) as f64;
        Pool {
            pairs,
            weight,
            random,
            random_weight,
            patterns: Vec::new(),
            keys_of_record,
        }
    }

    /// Compares every pair.
    pub fn compare(&mut self, table: &Table, comparisons: &[Comparison]) {
        self.compare_where(table, comparisons, |_| true);
    }

    /// Compares anew after words were equated: only pairs of which both records bear such a word can have changed.
    pub fn compare_equated(&mut self, table: &Table, comparisons: &[Comparison]) {
        let records = 0..table.len();
        let bears: Vec<bool> = records.map(|record| table.bears_equated(record)).collect();
        self.compare_where(table, comparisons, |record| bears[record as usize]);
    }

    fn compare_where(
        &mut self,
        table: &Table,
        comparisons: &[Comparison],
        changed: impl Fn(u32) -> bool + Sync,
    ) {
        let levels = |a: u32, b: u32| {
            (changed(a) && changed(b)).then(|| pattern(table, comparisons, a as usize, b as usize))
        };
        let candidates: Vec<Option<Pattern>> = self
            .pairs
            .par_iter()
            .map(|pair| levels(pair.a, pair.b))
            .collect();
        let others: Vec<Option<Pattern>> = self
            .random
            .par_iter()
            .map(|(a, b, _)| levels(*a, *b))
            .collect();
        let patterns = &mut self.patterns;
        let mut numbers: FxHashMap<Pattern, u32> = patterns.iter().copied().zip(0..).collect();
        let mut number_of = |pattern: Pattern| {
            *numbers.entry(pattern).or_insert_with(|| {
                patterns.push(pattern);
                patterns.len() as u32 - 1
            })
        };
        for (pair, pattern) in self.pairs.iter_mut().zip(candidates) {
            pair.pattern = pattern.map_or(pair.pattern, &mut number_of);
        }
        for (pair, pattern) in self.random.iter_mut().zip(others) {
            pair.2 = pattern.map_or(pair.2, &mut number_of);
        }
    }

    /// How many pairs, found by keys and not, stand under each pattern.
    pub fn counts(&self) -> Vec<Count> {
        let mut counts = vec![Count::default(); self.patterns.len()];
        for pair in &self.pairs {
            counts[pair.pattern as usize].candidates += self.weight;
        }
        for (.., pattern) in &self.random {
            counts[*pattern as usize].others += self.random_weight;
        }
        counts
    }
}

/// Pairs (chosen record, other record) that share a key of a template, in order, each once; and how many keys the
/// chosen have.
fn pairs_of_chosen(
    table: &Table,
    template: &Template,
    number: usize,
    parts: &WordParts,
    chosen: usize,
    within: usize,
) -> (Vec<u64>, usize) {
    let mut wanted: Vec<(u64, u32)> = Vec::new();
    let mut maker = KeyMaker::new(table, parts);
    let mut keys = Vec::new();
    for record in 0..chosen {
        maker.keys(record, number, template, &mut keys);
        wanted.extend(keys.iter().map(|key| (*key, record as u32)));
    }
    wanted.sort_unstable();
    let sieve = Sieve::of(&wanted);
    let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
    let mut starts = Vec::new();
    for (place, (key, _)) in wanted.iter().enumerate() {
        numbers.entry(*key).or_insert_with(|| {
            starts.push(place);
            starts.len() as u32 - 1
        });
    }
    starts.push(wanted.len());
    let chunk = 4096;
    let chunks: Vec<Vec<(u32, u32)>> = (0..within.div_ceil(chunk))
        .into_par_iter()
        .map(|chunk_number| {
            let mut maker = KeyMaker::new(table, parts);
            let mut keys = Vec::new();
            let mut hits = Vec::new();
            for record in chunk_number * chunk..((chunk_number + 1) * chunk).min(within) {
                maker.make(record, number, template, &mut keys);
                for key in keys.iter().filter(|key| sieve.may_hold(**key)) {
                    hits.extend(numbers.get(key).map(|number| (*number, record as u32)));
                }
            }
            hits
        })
        .collect();
    let mut hits: Vec<(u32, u32)> = chunks.into_iter().flatten().collect();
    hits.par_sort_unstable();
    hits.dedup();
    // Of a group only the share within is seen.
    let most = (f64::from(template.most) * within as f64 / table.len() as f64).ceil() as usize;
    let mut pairs = Vec::new();
    for group in hits.chunk_by(|one, other| one.0 == other.0) {
        if group.len() < 2 || group.len() > most.max(2) {
            continue;
        }
        let number = group[0].0 as usize;
        for (_, a) in &wanted[starts[number]..starts[number + 1]] {
            for (_, b) in group {
                if table.may_pair(*a as usize, *b as usize) {
                    pairs.push(u64::from(*a) << 32 | u64::from(*b));
                }
            }
        }
    }
    pairs.par_sort_unstable();
    pairs.dedup();
    (pairs, wanted.len())
}

/// Most keys that nobody wants are turned away by a bit.
struct Sieve {
    bits: Vec<u64>,
}

impl Sieve {
    fn of(wanted: &[(u64, u32)]) -> Sieve {
        let size = (wanted.len() / 8).next_power_of_two().max(64);
        let mut bits = vec![0_u64; size];
        for (key, _) in wanted {
            bits[(*key >> 6) as usize & (size - 1)] |= 1 << (key & 63);
        }
        Sieve { bits }
    }

    fn may_hold(&self, key: u64) -> bool {
        self.bits[(key >> 6) as usize & (self.bits.len() - 1)] & (1 << (key & 63)) != 0
    }
}

/// Random partners for the chosen records among those within, without those that a key finds: of records beyond, it is not
/// known whether a key would find them.
fn random_pairs(
    table: &Table,
    pairs: &[PoolPair],
    chosen: usize,
    within: usize,
    count: usize,
) -> Vec<(u32, u32, u32)> {
    if table.len() < 2 {
        return Vec::new();
    }
    let each = count.div_ceil(chosen.max(1));
    let mut random = Vec::with_capacity(count);
    let mut place = 0;
    for a in 0..chosen {
        while pairs.get(place).is_some_and(|pair| (pair.a as usize) < a) {
            place += 1;
        }
        let own = pairs[place..].partition_point(|pair| pair.a as usize == a);
        let own = &pairs[place..place + own];
        for draw in 0..each {
            let chance = mixed(mixed(a as u64 + 1) ^ (draw as u64) << 20);
            let b = ((u128::from(chance) * within as u128) >> 64) as usize;
            let found = own.binary_search_by_key(&(b as u32), |pair| pair.b).is_ok();
            if !found && table.may_pair(a, b) {
                random.push((a as u32, b as u32, 0));
            }
        }
    }
    random
}
