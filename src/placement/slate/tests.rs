use super::{Offers, greatest_total, stable};
use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::convert::Infallible;

const WORLDS: u64 = 1_000;

/// Few groups and families, few different worths, so that there are ties and whole rows without a family.
fn small(seed: u64) -> Offers {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let (groups, families) = (dice.random_range(1..7), dice.random_range(1..7_u32));
    let most = *[3, 20, 1_000_000].get(seed as usize % 3).unwrap();
    let mut offers = Offers::default();
    for _ in 0..groups {
        let mut row: Vec<(u32, i64)> = (0..families)
            .filter(|_| dice.random_range(0..10) < 6)
            .map(|family| (family, 0))
            .collect();
        for at in (1..row.len()).rev() {
            row.swap(at, dice.random_range(0..=at));
        }
        for pair in &mut row {
            pair.1 = dice.random_range(1..=most);
        }
        offers.add(row);
    }
    offers
}

/// Every slate there is.
fn all(offers: &Offers, slate: &mut Vec<Option<u32>>, see: &mut impl FnMut(&[Option<u32>])) {
    if slate.len() == offers.groups() {
        see(slate);
        return;
    }
    let free: Vec<u32> = offers
        .of(slate.len())
        .map(|(family, _)| family)
        .filter(|family| !slate.contains(&Some(*family)))
        .collect();
    for choice in free.into_iter().map(Some).chain([None]) {
        slate.push(choice);
        all(offers, slate, see);
        slate.pop();
    }
}

fn worth(offers: &Offers, slate: &[Option<u32>]) -> i64 {
    let of_group = |(group, family): (usize, &Option<u32>)| {
        let row = family.map(|family| offers.of(group).find(|(other, _)| *other == family));
        row.map_or(0, |pair| pair.expect("an offered family").1)
    };
    slate.iter().enumerate().map(of_group).sum()
}

/// Whether a group and a family would both rather have each other.
fn is_blocked(offers: &Offers, slate: &[Option<u32>]) -> bool {
    (0..offers.groups()).any(|group| {
        let better = offers.of(group);
        better
            .take_while(|(family, _)| slate[group] != Some(*family))
            .any(|(family, worth)| {
                let holder = slate.iter().position(|held| *held == Some(family));
                holder.is_none_or(|holder| {
                    let held = offers.of(holder).find(|(other, _)| *other == family);
                    let held = held.expect("an offered family").1;
                    worth > held || (worth == held && group < holder)
                })
            })
    })
}

fn total(offers: &Offers) -> Vec<Option<u32>> {
    greatest_total(offers, || Ok::<(), Infallible>(())).unwrap()
}

#[test]
fn the_total_is_the_greatest_of_all_slates() {
    for seed in 0..WORLDS {
        let offers = small(seed);
        let mut greatest = 0;
        all(&offers, &mut Vec::new(), &mut |slate| {
            greatest = greatest.max(worth(&offers, slate));
        });
        let found = total(&offers);
        assert_eq!(worth(&offers, &found), greatest, "world {seed}");
        let mut families: Vec<u32> = found.into_iter().flatten().collect();
        let placed = families.len();
        families.sort_unstable();
        families.dedup();
        assert_eq!(families.len(), placed, "a family twice in world {seed}");
    }
}

#[test]
fn the_stable_slate_is_stable_and_the_best_of_these_for_every_group() {
    for seed in 0..WORLDS {
        let offers = small(seed);
        let found = stable(&offers);
        assert!(!is_blocked(&offers, &found), "world {seed}");
        let place = |group: usize, family: Option<u32>| {
            let mut row = offers.of(group);
            family.map_or(usize::MAX, |family| {
                row.position(|(other, _)| other == family).expect("offered")
            })
        };
        all(&offers, &mut Vec::new(), &mut |slate| {
            if !is_blocked(&offers, slate) {
                for group in 0..offers.groups() {
                    assert!(
                        place(group, found[group]) <= place(group, slate[group]),
                        "group {group} of world {seed}"
                    );
                }
            }
        });
    }
}

#[test]
fn an_error_ends_the_work() {
    let mut offers = Offers::default();
    offers.add([(0, 1)]);
    assert_eq!(greatest_total(&offers, || Err("enough")), Err("enough"));
}

#[test]
fn nobody_and_nothing() {
    let offers = Offers::default();
    assert!(total(&offers).is_empty());
    assert!(stable(&offers).is_empty());
    let mut alone = Offers::default();
    alone.add([]);
    assert_eq!(total(&alone), [None]);
    assert_eq!(stable(&alone), [None]);
}
