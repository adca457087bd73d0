//! The families of a tier: which are open to the children, which a rule excludes, and the best of them.

use super::prepare::Matching;
use crate::placement::matching::{Brief, best};
use crate::store::FamilyList;
use crate::workflow::find_family::by_waiting;
use std::cmp::Ordering;

/// The families of a tier.
pub struct Sorted {
    by_name: bool,
    /// Open, with their fit, in no order.
    pub open: Vec<Brief>,
    /// Excluded, in the order in which they are listed.
    pub excluded: Vec<u32>,
    /// Those of the excluded that one rule alone excludes.
    pub near: Vec<u32>,
}

impl Sorted {
    /// Sorts them. Only those `held`, all where nothing is given. Where names decide nothing, dates of approval do.
    pub fn of(matching: &Matching, held: Option<&[bool]>, by_name: bool) -> Sorted {
        let bound = matching.bound();
        let nos = bound.nos();
        let families = &matching.families;
        let (mut open, mut excluded, mut near) = (Vec::new(), Vec::new(), Vec::new());
        for &position in families.by_name() {
            let at = position as usize;
            if held.is_some_and(|held| !held[at]) {
                continue;
            }
            match nos[at] {
                0 => open.push(position),
                1 => {
                    near.push(position);
                    excluded.push(position);
                }
                _ => excluded.push(position),
            }
        }
        if !by_name {
            excluded.sort_by_key(|&position| by_waiting(families.entry(position)));
        }
        Sorted {
            by_name,
            open: bound.briefs(&open),
            excluded,
            near,
        }
    }

    /// Nobody: the tier is closed.
    pub fn none(by_name: bool) -> Sorted {
        Sorted {
            by_name,
            open: Vec::new(),
            excluded: Vec::new(),
            near: Vec::new(),
        }
    }

    /// Those that one rule alone excludes: the fewest steps from a yes first, then the best fit.
    pub fn nearest(&self, matching: &Matching) -> Vec<u32> {
        let bound = matching.bound();
        let near = bound.briefs(&self.near);
        let mut near: Vec<(u32, Brief)> = near
            .into_iter()
            .map(|brief| {
                let family = &matching.families.entry(brief.position).2;
                let found = bound.explain(matching.table, brief.position, family);
                (found.steps(), brief)
            })
            .collect();
        near.sort_by(|(steps, one), (other_steps, other)| {
            let by_steps = steps.cmp(other_steps);
            by_steps
                .then_with(|| one.by_fit(other))
                .then_with(|| self.ties(&matching.families, one.position, other.position))
        });
        near.into_iter().map(|(_, brief)| brief.position).collect()
    }

    /// The best so many of those open.
    pub fn best(&self, matching: &Matching, most: usize) -> Vec<u32> {
        let ties = |one: u32, other: u32| self.ties(&matching.families, one, other);
        let best = best(self.open.clone(), most, &ties);
        best.into_iter().map(|brief| brief.position).collect()
    }

    /// What decides between families that fit alike.
    pub fn ties(&self, families: &FamilyList, one: u32, other: u32) -> Ordering {
        let (one, other) = (families.entry(one), families.entry(other));
        match self.by_name {
            true => (&one.2.name, one.1).cmp(&(&other.2.name, other.1)),
            false => by_waiting(one).cmp(&by_waiting(other)),
        }
    }
}
