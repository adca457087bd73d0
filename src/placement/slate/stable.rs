//! The stable slate: no group and family would both rather have each other.
//! Deferred acceptance: D. Gale, L. S. Shapley, "College Admissions and the Stability of Marriage", American Mathematical
//! Monthly 69 (1962), with the groups asking; so each group has the best family that it has in any stable slate.

use super::offers::Offers;
use std::cmp::Reverse;

/// The family of each group. A group asks in its own order; a family holds on to what is worth most, and of equals to the
/// group that stands first.
pub fn stable(offers: &Offers) -> Vec<Option<u32>> {
    let mut holds: Vec<Option<(i64, Reverse<usize>)>> = vec![None; offers.families()];
    let mut asked = vec![0; offers.groups()];
    let mut asking: Vec<usize> = (0..offers.groups()).rev().collect();
    while let Some(group) = asking.pop() {
        let mut left = offers.of(group).skip(asked[group]);
        let Some((family, worth)) = left.next() else {
            continue;
        };
        asked[group] += 1;
        let held = &mut holds[family as usize];
        let offer = Some((worth, Reverse(group)));
        let refused = match offer > *held {
            true => std::mem::replace(held, offer).map(|(_, Reverse(before))| before),
            false => Some(group),
        };
        asking.extend(refused);
    }
    let mut families = vec![None; offers.groups()];
    for (family, held) in holds.into_iter().enumerate() {
        if let Some((_, Reverse(group))) = held {
            families[group] = Some(family as u32);
        }
    }
    families
}
