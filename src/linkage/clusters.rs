//! Joins records into people: average linkage over the links' probabilities, where a pair without a link counts as
//! zero, until as many pairs stand together as the model expects matches.

use super::candidates::Link;
use rustc_hash::FxHashMap;
use std::collections::BinaryHeap;

/// Two groups of records that were joined, and the mean probability between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Joining {
    pub a: u32,
    pub b: u32,
    pub mean: f64,
}

/// Records in groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clusters {
    /// By record: the smallest record of its group.
    pub of: Vec<u32>,
    /// Pairs that stand together.
    pub pairs: u64,
    /// The mean probability of the last joining.
    pub least: f64,
}

#[derive(PartialEq)]
struct Offer {
    mean: f64,
    one: u32,
    other: u32,
    stamp: (u32, u32),
}

impl Eq for Offer {}

impl Ord for Offer {
    fn cmp(&self, other: &Offer) -> std::cmp::Ordering {
        let key = |offer: &Offer| (offer.one, offer.other);
        self.mean.total_cmp(&other.mean).then_with(|| key(other).cmp(&key(self)))
    }
}

impl PartialOrd for Offer {
    fn partial_cmp(&self, other: &Offer) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Joins records until `expected` pairs stand together or the mean falls below `least`. `forbidden` says which two
/// records never stand together.
pub fn join(records: usize, links: &[Link], expected: f64, least: f64, forbidden: impl Fn(u32, u32) -> bool) -> Clusters {
    let mut near: Vec<FxHashMap<u32, f64>> = vec![FxHashMap::default(); records];
    for link in links {
        let probability = link.probability();
        near[link.a as usize].insert(link.b, probability);
        near[link.b as usize].insert(link.a, probability);
    }
    let mut heap = BinaryHeap::new();
    for link in links {
        heap.push(Offer {
            mean: link.probability(),
            one: link.a.min(link.b),
            other: link.a.max(link.b),
            stamp: (0, 0),
        });
    }
    let mut stamps = vec![0_u32; records];
    let mut members: Vec<Vec<u32>> = (0..records as u32).map(|record| vec![record]).collect();
    let mut clusters = Clusters { of: (0..records as u32).collect(), pairs: 0, least: 1.0 };
    while let Some(offer) = heap.pop() {
        if offer.mean < least {
            break;
        }
        let (one, other) = (offer.one as usize, offer.other as usize);
        if offer.stamp != (stamps[one], stamps[other]) || members[one].is_empty() || members[other].is_empty() {
            continue;
        }
        let joined = (members[one].len() * members[other].len()) as u64;
        if clusters.pairs as f64 + joined as f64 / 2.0 > expected {
            break;
        }
        if members[one].iter().any(|one| members[other].iter().any(|other| forbidden(*one, *other))) {
            continue;
        }
        clusters.pairs += joined;
        clusters.least = offer.mean;
        // The larger takes in the smaller.
        let (kept, gone) = if near[one].len() >= near[other].len() { (one, other) } else { (other, one) };
        let moved = std::mem::take(&mut members[gone]);
        members[kept].extend(moved);
        let sums = std::mem::take(&mut near[gone]);
        near[kept].remove(&(gone as u32));
        for (neighbour, sum) in sums {
            if neighbour as usize == kept {
                continue;
            }
            *near[kept].entry(neighbour).or_default() += sum;
            let back = &mut near[neighbour as usize];
            back.remove(&(gone as u32));
        }
        stamps[kept] += 1;
        stamps[gone] += 1;
        let offers: Vec<(u32, f64)> = near[kept].iter().map(|(neighbour, sum)| (*neighbour, *sum)).collect();
        for (neighbour, sum) in offers {
            near[neighbour as usize].insert(kept as u32, sum);
            let mean = sum / (members[kept].len() * members[neighbour as usize].len()) as f64;
            if mean >= least {
                let (one, other) = ((kept as u32).min(neighbour), (kept as u32).max(neighbour));
                let stamp = (stamps[one as usize], stamps[other as usize]);
                heap.push(Offer { mean, one, other, stamp });
            }
        }
    }
    for group in members.iter().filter(|group| !group.is_empty()) {
        let first = group.iter().copied().min().unwrap_or_default();
        for record in group {
            clusters.of[*record as usize] = first;
        }
    }
    clusters
}
