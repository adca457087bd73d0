//! Finds and scores every pair of records that shares a key: groups of records under one key, streamed record by
//! record, so that memory holds the groups and never the pairs.

use super::estimation::probability;
use super::keys::{KeyMaker, Template, WordParts};
use super::parameters::Model;
use super::table::Table;
use super::words::mixed;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

/// Two records that may speak of one person, by their places in the table, `a` before `b`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub a: u32,
    pub b: u32,
    /// Log odds in bits.
    pub odds: f32,
}

impl Link {
    pub fn probability(&self) -> f64 {
        probability(f64::from(self.odds))
    }
}

/// Records in groups that share a key.
#[derive(Default)]
pub struct Groups {
    members: Vec<u32>,
    ends: Vec<u32>,
    /// By record: its groups.
    groups_of: Vec<u32>,
    group_ends: Vec<u32>,
}

/// How many bits of a key are kept beside the record's number.
const RECORD_BITS: u32 = 26;

impl Groups {
    /// Groups of all templates.
    pub fn of(table: &Table, templates: &[Template], parts: &WordParts) -> Groups {
        Groups::within(table, templates, parts, f64::INFINITY)
    }

    /// Groups of all templates that together make at most about so many pairs: where keys of a template are shared by too
    /// many, the largest groups are left out. What one template leaves of its part falls to those after it.
    pub fn within(table: &Table, templates: &[Template], parts: &WordParts, pairs: f64) -> Groups {
        let mut groups = Groups::default();
        let mut known: FxHashSet<u64> = FxHashSet::default();
        let mut left = pairs;
        for (number, template) in templates.iter().enumerate() {
            let keys = keys_of_all(table, template, number, parts);
            let share = left / (templates.len() - number) as f64;
            let (most, made) = most_within(&keys, template.most as usize, share);
            left -= made;
            groups.add(table, &keys, most, &mut known);
        }
        groups.index(table.len());
        groups
    }

    /// Adds the groups of one template, without those whose members stand together already.
    fn add(&mut self, table: &Table, keys: &[u64], most: usize, known: &mut FxHashSet<u64>) {
        for group in keys.chunk_by(|one, other| one >> RECORD_BITS == other >> RECORD_BITS) {
            if group.len() < 2 || group.len() > most {
                continue;
            }
            let record = |key: &u64| (key & ((1 << RECORD_BITS) - 1)) as u32;
            if table.two_sided {
                let side = |key: &u64| table.sides[record(key) as usize];
                if group.iter().all(|key| side(key) == side(&group[0])) {
                    continue;
                }
            }
            let concerns = |key: &u64| table.concerned[record(key) as usize];
            if !table.concerned.is_empty() && !group.iter().any(concerns) {
                continue;
            }
            let signature = group
                .iter()
                .fold(0_u64, |sum, key| mixed(sum ^ u64::from(record(key)) << 7));
            if known.insert(signature) {
                self.members.extend(group.iter().map(record));
                self.ends.push(self.members.len() as u32);
            }
        }
    }

    fn index(&mut self, records: usize) {
        let mut counts = vec![0_u32; records + 1];
        for member in &self.members {
            counts[*member as usize + 1] += 1;
        }
        for place in 0..records {
            counts[place + 1] += counts[place];
        }
        self.group_ends = counts[1..].to_vec();
        self.groups_of = vec![0; self.members.len()];
        let mut group = 0;
        for (place, member) in self.members.iter().enumerate() {
            while self.ends[group] as usize <= place {
                group += 1;
            }
            let next = &mut counts[*member as usize];
            self.groups_of[*next as usize] = group as u32;
            *next += 1;
        }
    }

    fn of_record(&self, record: usize) -> &[u32] {
        let start = if record == 0 {
            0
        } else {
            self.group_ends[record - 1] as usize
        };
        &self.groups_of[start..self.group_ends[record] as usize]
    }

    fn members(&self, group: u32) -> &[u32] {
        let place = group as usize;
        let start = if place == 0 {
            0
        } else {
            self.ends[place - 1] as usize
        };
        &self.members[start..self.ends[place] as usize]
    }

    /// Whether two records share a key.
    pub fn share(&self, a: usize, b: usize) -> bool {
        let (mut one, mut other) = (self.of_record(a), self.of_record(b));
        while let (Some(first), Some(second)) = (one.first(), other.first()) {
            match first.cmp(second) {
                std::cmp::Ordering::Less => one = &one[1..],
                std::cmp::Ordering::Greater => other = &other[1..],
                std::cmp::Ordering::Equal => return true,
            }
        }
        false
    }

    /// The later records that share a key with this one, each once.
    pub fn later(&self, table: &Table, record: usize, found: &mut Vec<u32>) {
        found.clear();
        for group in self.of_record(record) {
            let members = self.members(*group);
            let place = members.partition_point(|member| *member as usize <= record);
            found.extend_from_slice(&members[place..]);
        }
        found.sort_unstable();
        found.dedup();
        if !table.may_pair_all() {
            found.retain(|other| table.may_pair(record, *other as usize));
        }
    }
}

/// How many records may share a key, up to `most`, so that the groups make at most so many pairs; and how many they make.
fn most_within(keys: &[u64], most: usize, pairs: f64) -> (usize, f64) {
    let mut of_size = vec![0_u64; most + 1];
    for group in keys.chunk_by(|one, other| one >> RECORD_BITS == other >> RECORD_BITS) {
        if let Some(count) = of_size.get_mut(group.len()) {
            *count += 1;
        }
    }
    let mut made = 0.0;
    for (size, groups) in of_size.into_iter().enumerate().skip(2) {
        let more = groups as f64 * (size * (size - 1) / 2) as f64;
        if made + more > pairs {
            return (size - 1, made);
        }
        made += more;
    }
    (most, made)
}

/// Key and record in one number each, in order. Keys are cut; records that then share one by chance are compared in
/// vain, nothing more.
fn keys_of_all(table: &Table, template: &Template, number: usize, parts: &WordParts) -> Vec<u64> {
    let chunk = 4096;
    let chunks: Vec<Vec<u64>> = (0..table.len().div_ceil(chunk))
        .into_par_iter()
        .map(|chunk_number| {
            let mut maker = KeyMaker::new(table, parts);
            let (mut keys, mut all) = (Vec::new(), Vec::new());
            for record in chunk_number * chunk..((chunk_number + 1) * chunk).min(table.len()) {
                maker.keys(record, number, template, &mut keys);
                all.extend(
                    keys.iter()
                        .map(|key| key >> RECORD_BITS << RECORD_BITS | record as u64),
                );
            }
            all
        })
        .collect();
    let mut keys = Vec::with_capacity(chunks.iter().map(Vec::len).sum());
    for chunk in chunks {
        keys.extend(chunk);
    }
    keys.par_sort_unstable();
    keys
}

/// Links, and how many pairs were compared for them.
#[derive(Clone, Debug, Default)]
pub struct Linked {
    pub links: Vec<Link>,
    pub compared: u64,
}

/// Scores every candidate; keeps those of at least this probability.
pub fn link(table: &Table, groups: &Groups, model: &Model, least: f64) -> Linked {
    let least = (least / (1.0 - least)).log2();
    link_some(table, groups, model, |_, _| least, 0..table.len())
}

/// The same for the candidates of some records; of each pair it is said from which log odds on, in bits, it is kept.
pub fn link_some(
    table: &Table,
    groups: &Groups,
    model: &Model,
    least: impl Fn(usize, usize) -> f64 + Sync,
    records: std::ops::Range<usize>,
) -> Linked {
    let chunk = 256;
    let first = records.start;
    let parts: Vec<Linked> = (0..records.len().div_ceil(chunk))
        .into_par_iter()
        .map(|number| {
            let mut found = Vec::new();
            let mut linked = Linked::default();
            for a in first + number * chunk..(first + (number + 1) * chunk).min(records.end) {
                groups.later(table, a, &mut found);
                linked.compared += found.len() as u64;
                for b in &found {
                    let least = least(a, *b as usize);
                    if let Some((_, odds)) = model.compare(table, a, *b as usize, least) {
                        linked.links.push(Link {
                            a: a as u32,
                            b: *b,
                            odds: odds as f32,
                        });
                    }
                }
            }
            linked
        })
        .collect();
    let mut linked = Linked::default();
    for part in parts {
        linked.compared += part.compared;
        linked.links.extend(part.links);
    }
    linked
}
