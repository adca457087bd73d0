//! What third records say of a pair. Links are scored one by one; but where two records agree with the same others,
//! they are likelier one person than their own fields tell, and where one of them belongs elsewhere, less. Every record
//! is weighed against every group near it, and belongs to at most one of them.

use super::candidates::{Link, Linked};
use super::clusters::Clusters;
use super::comparison::pattern;
use super::estimation::probability;
use super::parameters::Model;
use super::table::Table;
use rayon::prelude::*;

/// Two records are sure fellows from these log odds on, in bits (nine in ten).
const SURE: f32 = 3.2;
/// Of a record's sure fellows so many are asked for further pairs, the surest.
const MOST_ASKED: usize = 12;
/// What a pair counts that was not found likely enough to be kept, in bits.
const ABSENT: f32 = -3.0;
/// No single pair counts more than this for or against, in bits.
const MOST: f32 = 10.0;
/// No group tells more than this, in bits.
const MOST_TOLD: f32 = 20.0;
/// A record belongs to a group with at least this probability, or not at all.
const LEAST: f32 = 1e-5;

/// That a record belongs to one of the groups near it is so much likelier than that it is of one person with any other
/// single record, in bits.
const SOMEWHERE: f32 = 4.5;

/// Links of each record, in the order of the other record.
struct Near {
    items: Vec<(u32, f32)>,
    ends: Vec<usize>,
}

impl Near {
    fn of(records: usize, links: &[Link]) -> Near {
        let mut ends = vec![0_usize; records + 1];
        for link in links {
            ends[link.a as usize + 1] += 1;
            ends[link.b as usize + 1] += 1;
        }
        for place in 0..records {
            ends[place + 1] += ends[place];
        }
        let mut next = ends.clone();
        let mut items = vec![(0, 0.0); links.len() * 2];
        for link in links {
            for (one, other) in [(link.a, link.b), (link.b, link.a)] {
                items[next[one as usize]] = (other, link.odds);
                next[one as usize] += 1;
            }
        }
        for record in 0..records {
            items[ends[record]..ends[record + 1]].sort_unstable_by_key(|(other, _)| *other);
        }
        Near { items, ends }
    }

    fn of_record(&self, record: u32) -> &[(u32, f32)] {
        &self.items[self.ends[record as usize]..self.ends[record as usize + 1]]
    }

    fn holds(&self, one: u32, other: u32) -> bool {
        let list = self.of_record(one);
        list.binary_search_by_key(&other, |known| known.0).is_ok()
    }

    /// The surest fellows of a record.
    fn sure(&self, record: u32) -> Vec<(u32, f32)> {
        let near = self.of_record(record).iter();
        let mut sure: Vec<(u32, f32)> = near.filter(|(_, odds)| *odds >= SURE).copied().collect();
        sure.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        sure.truncate(MOST_ASKED);
        sure
    }
}

/// Compares the pairs that no key found though they have a sure fellow in common, and adds them whatever comes of it.
pub fn widen(table: &Table, model: &Model, linked: &mut Linked) {
    let near = Near::of(table.len(), &linked.links);
    let mut pairs: Vec<(u32, u32)> = (0..table.len() as u32)
        .into_par_iter()
        .flat_map_iter(|record| {
            let mut found = Vec::new();
            for (fellow, _) in near.sure(record) {
                for (other, odds) in near.of_record(fellow) {
                    let likely = *odds >= 0.0 && !near.holds(record, *other);
                    if likely && table.may_pair(record as usize, *other as usize) {
                        found.push((record.min(*other), record.max(*other)));
                    }
                }
            }
            found
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    linked.compared += pairs.len() as u64;
    linked.links.par_extend(pairs.into_par_iter().map(|(a, b)| {
        let levels = pattern(table, &model.comparisons, a as usize, b as usize);
        let odds = model.odds(&levels) as f32;
        Link { a, b, odds }
    }));
}

/// Links as they are when third records are heard: also of pairs that stand in one group though nothing was known of
/// them. `expected` are the matches among all records.
pub fn hear(table: &Table, linked: &Linked, clusters: &Clusters, expected: f64) -> Vec<Link> {
    let near = Near::of(table.len(), &linked.links);
    let memberships = Memberships::of(table, &near, clusters);
    let mut links = linked.links.clone();
    add_pairs_of_groups(table, &near, clusters, &mut links);
    links
        .par_iter_mut()
        .for_each(|link| link.odds = memberships.odds(link));
    let off = off(table.len(), expected);
    links.iter_mut().for_each(|link| link.odds += off);
    links
}

fn add_pairs_of_groups(table: &Table, near: &Near, clusters: &Clusters, links: &mut Vec<Link>) {
    let group_of = |record: &u32| clusters.of[*record as usize];
    let mut members: Vec<u32> = (0..table.len() as u32).collect();
    members.sort_unstable_by_key(|record| (group_of(record), *record));
    for group in members.chunk_by(|one, other| group_of(one) == group_of(other)) {
        for (place, a) in group.iter().enumerate() {
            for b in &group[place + 1..] {
                if !near.holds(*a, *b) && table.may_pair(*a as usize, *b as usize) {
                    links.push(Link {
                        a: *a,
                        b: *b,
                        odds: ABSENT,
                    });
                }
            }
        }
    }
}

/// To which groups records belong.
struct Memberships<'a> {
    clusters: &'a Clusters,
    /// By group: how many records of each side.
    sizes: Vec<[u32; 2]>,
    /// By record: groups, in order, each with the probability.
    of: Vec<Vec<(u32, f32)>>,
}

impl Memberships<'_> {
    fn of<'a>(table: &Table, near: &Near, clusters: &'a Clusters) -> Memberships<'a> {
        let mut sizes = vec![[0_u32; 2]; clusters.of.len()];
        for (group, side) in clusters.of.iter().zip(&table.sides) {
            sizes[*group as usize][usize::from(*side != 0)] += 1;
        }
        let of = (0..clusters.of.len() as u32).into_par_iter();
        let of = of.map(|record| {
            // How many of a group the record may be compared with.
            let size = |group: u32| match (sizes[group as usize], table.two_sided) {
                ([one, other], false) => {
                    one + other - u32::from(group == clusters.of[record as usize])
                }
                (of_sides, true) => of_sides[usize::from(table.sides[record as usize] == 0)],
            };
            memberships(near, clusters, size, record)
        });
        Memberships {
            clusters,
            of: of.collect(),
            sizes,
        }
    }

    fn chance(&self, record: u32, group: u32) -> f32 {
        let groups = &self.of[record as usize];
        let found = groups.binary_search_by_key(&group, |known| known.0);
        found.map_or(0.0, |place| groups[place].1)
    }

    /// Log odds that both records of a link belong to one group.
    fn odds(&self, link: &Link) -> f32 {
        let (a, b) = (link.a, link.b);
        let (of_a, of_b) = (self.clusters.of[a as usize], self.clusters.of[b as usize]);
        let chance = if of_a == of_b {
            let (one, other) = (self.chance(a, of_a), self.chance(b, of_a));
            // Of two alone it is said twice.
            match self.sizes[of_a as usize] {
                [2, 0] | [1, 1] => one.min(other),
                _ => one * other,
            }
        } else {
            self.chance(a, of_b) * self.chance(b, of_b).max(0.5)
                + self.chance(b, of_a) * self.chance(a, of_a).max(0.5)
        };
        let chance = chance.clamp(LEAST, 1.0 - LEAST);
        (chance / (1.0 - chance)).log2()
    }
}

/// The groups near a record, each with the probability that the record belongs to it rather than to another or to none.
/// The pairs with the members of a group are no independent witnesses: many tell more than one, but not as much as their
/// number.
fn memberships(
    near: &Near,
    clusters: &Clusters,
    size: impl Fn(u32) -> u32,
    record: u32,
) -> Vec<(u32, f32)> {
    let links = near.of_record(record).iter();
    let mut told: Vec<(u32, f32)> = links
        .map(|(other, odds)| (clusters.of[*other as usize], odds.clamp(-MOST, MOST)))
        .collect();
    told.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let mut groups: Vec<(u32, f32)> = told
        .chunk_by(|one, other| one.0 == other.0)
        .map(|members| {
            let group = members[0].0;
            let size = size(group).max(1) as f32;
            let known: f32 = members.iter().map(|member| member.1).sum();
            let mean = (known + (size - members.len() as f32) * ABSENT) / size;
            let bits = if mean > 0.0 { mean * size.sqrt() } else { mean };
            (group, (bits + SOMEWHERE).min(MOST_TOLD).exp2())
        })
        .collect();
    let all = 1.0 + groups.iter().map(|group| group.1).sum::<f32>();
    groups.iter_mut().for_each(|group| group.1 /= all);
    groups.retain(|group| group.1 > LEAST);
    groups
}

/// What all log odds are off by, in bits: a record belongs to some group the likelier, the more others there are of one
/// person with a record. The number of matches that a model expects says it too, but where most are sure, a hundredth
/// more of them would be half of the doubtful.
fn off(records: usize, expected: f64) -> f32 {
    let of_a_record = (expected / records.max(1) as f64).max(FEWEST);
    (AT_ONE + BY_DOUBLING * of_a_record.log2()) as f32
}

/// With one match a record, in bits; measured, as is the next, on made-up records of 0.3 to 5.7 matches each.
const AT_ONE: f64 = -1.1;
/// For twice as many.
const BY_DOUBLING: f64 = 1.06;
/// With fewer for each record than this, third records are hardly ever there to be heard: two alone stay as they are.
const FEWEST: f64 = 0.11;

/// How many matches links show where that is more than the `expected` by which they were scored. Frozen parameters know how
/// records of one person agree, not how many there are in a store.
pub fn matches_shown(links: &[Link], expected: f64) -> f64 {
    let before = expected.max(1e-9);
    let mut matches = before;
    for _ in 0..ROUNDS {
        let more = (matches / before).log2();
        let shown = |link: &Link| probability(f64::from(link.odds) + more);
        let sum: f64 = links.iter().map(shown).sum();
        if sum <= matches * (1.0 + 1e-4) {
            break;
        }
        matches = sum;
    }
    matches
}

const ROUNDS: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::{Field, FieldKind, join};

    fn table(records: usize) -> Table {
        let mut table = Table::new(vec![Field::of(FieldKind::Given)]);
        for _ in 0..records {
            table.push(0, &[(0, "ann")]);
        }
        table
    }

    fn link(a: u32, b: u32, odds: f32) -> Link {
        Link { a, b, odds }
    }

    fn heard(records: usize, links: &[Link], expected: f64) -> Vec<Link> {
        let table = table(records);
        let linked = Linked {
            links: links.to_vec(),
            compared: 0,
        };
        let clusters = join(records, links, expected, |_, _| false);
        hear(&table, &linked, &clusters, expected)
    }

    fn odds(links: &[Link], a: u32, b: u32) -> f32 {
        let mut found = links.iter().filter(|link| (link.a, link.b) == (a, b));
        found.next().expect("a link").odds
    }

    #[test]
    fn fellows_in_common_speak_for_a_pair_and_fellows_elsewhere_against() {
        let mut links = Vec::new();
        for group in [0, 4] {
            for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                links.push(link(group + a, group + b, 8.0));
            }
        }
        // Record 3 agrees with all of the first group a little, and with one of the second as much.
        links.extend([
            link(0, 3, 2.0),
            link(1, 3, 2.0),
            link(2, 3, 2.0),
            link(3, 4, 2.0),
        ]);
        let heard = heard(7, &links, 9.0);
        assert!(odds(&heard, 0, 3) > 3.0, "{heard:?}");
        assert!(odds(&heard, 3, 4) < 0.0, "{heard:?}");
    }

    #[test]
    fn a_pair_is_likelier_where_records_have_more_fellows() {
        let links = [link(0, 1, -3.0), link(2, 3, 8.0)];
        let odds_with = |expected: f64| odds(&heard(100, &links, expected), 0, 1);
        let few = odds_with(30.0);
        let many = odds_with(480.0);
        assert!((many - few - 4.0 * BY_DOUBLING as f32).abs() < 1e-3);
    }

    #[test]
    fn a_pair_that_no_key_found_is_compared_when_it_has_a_fellow_in_common() {
        let table = table(3);
        let model = Model::new(&[], 1.0, 0.0, 3.0);
        let mut linked = Linked {
            links: vec![link(0, 1, 8.0), link(1, 2, 8.0)],
            compared: 2,
        };
        widen(&table, &model, &mut linked);
        assert_eq!(linked.compared, 3);
        assert_eq!((linked.links[2].a, linked.links[2].b), (0, 2));
    }
}
