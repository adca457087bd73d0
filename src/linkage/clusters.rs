//! Joins records into people by average linkage: two groups are joined if the log odds of the pairs between them are
//! good on average, until as many pairs stand together as the model expects matches. A pair of which nothing speaks
//! for or against counts as slightly against; records that contradict each other are kept apart.

use super::candidates::Link;
use rustc_hash::FxHashMap;
use std::collections::BinaryHeap;

/// Records in groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clusters {
    /// By record: the smallest record of its group.
    pub of: Vec<u32>,
    /// Pairs that stand together.
    pub pairs: u64,
    /// The mean log odds of the last joining, in bits.
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
        self.mean
            .total_cmp(&other.mean)
            .then_with(|| key(other).cmp(&key(self)))
    }
}

impl PartialOrd for Offer {
    fn partial_cmp(&self, other: &Offer) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// What a pair without a link counts, in bits.
const ABSENT: f64 = -2.0;
/// No single pair counts more than this for or against, in bits.
const MOST: f64 = 10.0;

/// Joinings with a better mean than this, in bits, are made whatever number was expected.
const CLEAR: f64 = 3.0;

/// The mean that two groups need, in bits: even chances for two single records; less for large groups, of which many
/// pairs have little in common to compare.
fn least_mean(pairs: usize) -> f64 {
    ABSENT * (1.0 - 1.0 / (pairs.max(1) as f64).sqrt())
}

/// Joins records until `expected` pairs stand together. `forbidden` says which two records never stand together.
pub fn join(
    records: usize,
    links: &[Link],
    expected: f64,
    forbidden: impl Fn(u32, u32) -> bool,
) -> Clusters {
    let value = |link: &Link| f64::from(link.odds).clamp(-MOST, MOST);
    let mut near: Vec<FxHashMap<u32, f64>> = vec![FxHashMap::default(); records];
    for link in links {
        let above = value(link) - ABSENT;
        near[link.a as usize].insert(link.b, above);
        near[link.b as usize].insert(link.a, above);
    }
    let mut heap = BinaryHeap::new();
    for link in links.iter().filter(|link| value(link) >= least_mean(1)) {
        heap.push(Offer {
            mean: value(link),
            one: link.a.min(link.b),
            other: link.a.max(link.b),
            stamp: (0, 0),
        });
    }
    let mut stamps = vec![0_u32; records];
    let mut members: Vec<Vec<u32>> = (0..records as u32).map(|record| vec![record]).collect();
    let mut clusters = Clusters {
        of: (0..records as u32).collect(),
        pairs: 0,
        least: 0.0,
    };
    while let Some(offer) = heap.pop() {
        let (one, other) = (offer.one as usize, offer.other as usize);
        if offer.stamp != (stamps[one], stamps[other])
            || members[one].is_empty()
            || members[other].is_empty()
        {
            continue;
        }
        let joined = (members[one].len() * members[other].len()) as u64;
        if clusters.pairs as f64 + joined as f64 / 2.0 > expected && offer.mean < CLEAR {
            break;
        }
        if members[one]
            .iter()
            .any(|one| members[other].iter().any(|other| forbidden(*one, *other)))
        {
            continue;
        }
        clusters.pairs += joined;
        clusters.least = offer.mean;
        // The larger takes in the smaller.
        let (kept, gone) = if near[one].len() >= near[other].len() {
            (one, other)
        } else {
            (other, one)
        };
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
        let offers: Vec<(u32, f64)> = near[kept]
            .iter()
            .map(|(neighbour, sum)| (*neighbour, *sum))
            .collect();
        for (neighbour, sum) in offers {
            near[neighbour as usize].insert(kept as u32, sum);
            let pairs = members[kept].len() * members[neighbour as usize].len();
            let mean = ABSENT + sum / pairs as f64;
            if mean >= least_mean(pairs) {
                let (one, other) = ((kept as u32).min(neighbour), (kept as u32).max(neighbour));
                let stamp = (stamps[one as usize], stamps[other as usize]);
                heap.push(Offer {
                    mean,
                    one,
                    other,
                    stamp,
                });
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

#[cfg(test)]
mod tests {
    use super::*;

    fn link(a: u32, b: u32, odds: f32) -> Link {
        Link { a, b, odds }
    }

    #[test]
    fn one_good_link_does_not_chain_two_groups() {
        let mut links = Vec::new();
        for (a, b) in [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)] {
            links.push(link(a, b, 9.0));
        }
        links.push(link(2, 3, 3.0));
        for (a, b) in [(0, 3), (0, 4), (1, 3), (1, 4), (2, 4), (2, 5)] {
            links.push(link(a, b, -9.0));
        }
        let clusters = join(6, &links, 100.0, |_, _| false);
        assert_eq!(clusters.of, [0, 0, 0, 3, 3, 3]);
    }

    #[test]
    fn what_is_forbidden_stays_apart_also_through_others() {
        let links = [link(0, 1, 9.0), link(1, 2, 9.0)];
        let clusters = join(3, &links, 100.0, |a, b| (a.min(b), a.max(b)) == (0, 2));
        assert_ne!(clusters.of[0], clusters.of[2]);
    }

    #[test]
    fn joining_stops_at_the_expected_number() {
        let links = [
            link(0, 1, 9.0),
            link(2, 3, 5.0),
            link(4, 5, 1.0),
            link(6, 7, 0.5),
        ];
        let clusters = join(8, &links, 3.0, |_, _| false);
        assert_eq!(clusters.of, [0, 0, 2, 2, 4, 4, 6, 7]);
        assert_eq!(clusters.pairs, 3);
    }
}
