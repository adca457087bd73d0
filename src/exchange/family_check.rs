//! What cannot be in a family, whatever file it came from: own ancestors, children older than their parents.

use crate::model::partial_date::{PartialDate, Truth};
use rustc_hash::FxHashMap;

/// Younger parents than this are taken for a mistake.
const YOUNGEST_PARENT: i32 = 10;
/// Older parents than this are doubted.
const OLDEST_PARENT: i32 = 90;

/// How many people of a circle are named, and in how many circles.
const MOST_SHOWN: usize = 40;
const MOST_CHAINS: usize = 1_000;

/// A parent tie by birth, as far as the checks need it. `child` and `parent` are positions in the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BirthTie {
    pub child: u32,
    pub parent: u32,
    /// Where it stands in its file.
    pub line: u32,
}

/// What is wrong with the dates of a parent and child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeConflict {
    /// Certainly born before the parent.
    BornBeforeParent,
    /// The parent was certainly under ten.
    ParentTooYoung { at_most: i32 },
    /// The parent was certainly over ninety: unlikely, not impossible.
    ParentVeryOld { at_least: i32 },
}

/// Compares the births of a parent and child; nothing where they may well be right.
pub fn age_conflict(
    parent: Option<PartialDate>,
    child: Option<PartialDate>,
) -> Option<AgeConflict> {
    let (parent, child) = (parent?, child?);
    if child.before(parent) == Truth::Yes {
        return Some(AgeConflict::BornBeforeParent);
    }
    let (first, last) = child.possible_days();
    if let Some(at_most) = last.and_then(|last| parent.age_on(last).greatest)
        && at_most < YOUNGEST_PARENT
    {
        return Some(AgeConflict::ParentTooYoung { at_most });
    }
    if let Some(at_least) = first.and_then(|first| parent.age_on(first).least)
        && at_least > OLDEST_PARENT
    {
        return Some(AgeConflict::ParentVeryOld { at_least });
    }
    None
}

/// A person who would be their own ancestor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAncestor {
    /// From the person by way of their parents back to the person, who stands at both ends; of a long way only the
    /// first forty people, and none after a thousand circles.
    pub chain: Vec<u32>,
    /// The position in the given ties of the one that closes the circle.
    pub closing_tie: usize,
}

/// Every circle of birth parents, one for each tie that closes one. Without the closing ties there is none left.
pub fn own_ancestors(ties: &[BirthTie]) -> Vec<OwnAncestor> {
    let graph = ParentLists::new(ties);
    let mut state = vec![Visit::New; graph.people];
    let mut depths = vec![0usize; graph.people];
    let mut found: Vec<OwnAncestor> = Vec::new();
    // Each step of the walk: a person and how many of their parents were followed.
    let mut walk: Vec<(usize, usize)> = Vec::new();
    for start in 0..graph.people {
        if state[start] != Visit::New {
            continue;
        }
        walk.push((start, 0));
        state[start] = Visit::OnPath;
        while let Some((person, followed)) = walk.last_mut() {
            let Some(&tie) = graph.parents(*person).get(*followed) else {
                state[*person] = Visit::Done;
                walk.pop();
                continue;
            };
            *followed += 1;
            let parent = graph.dense(ties[tie as usize].parent);
            match state[parent] {
                Visit::New => {
                    state[parent] = Visit::OnPath;
                    depths[parent] = walk.len();
                    walk.push((parent, 0));
                }
                Visit::OnPath => {
                    let circle = &walk[depths[parent]..];
                    let shown = if found.len() < MOST_CHAINS {
                        MOST_SHOWN
                    } else {
                        0
                    };
                    let people = circle.iter().take(shown).map(|(person, _)| *person);
                    let chain = people.chain([parent]).map(|person| graph.numbers[person]);
                    found.push(OwnAncestor {
                        chain: chain.collect(),
                        closing_tie: tie as usize,
                    });
                }
                Visit::Done => {}
            }
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    OnPath,
    Done,
}

/// The ties of each child, side by side. People are renumbered so that positions need not be dense.
struct ParentLists {
    people: usize,
    numbers: Vec<u32>,
    dense: FxHashMap<u32, u32>,
    starts: Vec<u32>,
    ties: Vec<u32>,
}

impl ParentLists {
    fn new(ties: &[BirthTie]) -> ParentLists {
        let mut numbers = Vec::new();
        let mut dense = FxHashMap::default();
        for number in ties.iter().flat_map(|tie| [tie.child, tie.parent]) {
            dense.entry(number).or_insert_with(|| {
                numbers.push(number);
                numbers.len() as u32 - 1
            });
        }
        let people = numbers.len();
        let mut starts = vec![0u32; people + 1];
        for tie in ties {
            starts[dense[&tie.child] as usize + 1] += 1;
        }
        for person in 0..people {
            starts[person + 1] += starts[person];
        }
        let mut next = starts.clone();
        let mut lists = vec![0u32; ties.len()];
        for (position, tie) in ties.iter().enumerate() {
            let slot = &mut next[dense[&tie.child] as usize];
            lists[*slot as usize] = position as u32;
            *slot += 1;
        }
        ParentLists {
            people,
            numbers,
            dense,
            starts,
            ties: lists,
        }
    }

    fn dense(&self, number: u32) -> usize {
        self.dense[&number] as usize
    }

    fn parents(&self, person: usize) -> &[u32] {
        &self.ties[self.starts[person] as usize..self.starts[person + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tie(child: u32, parent: u32) -> BirthTie {
        BirthTie {
            child,
            parent,
            line: 0,
        }
    }

    #[test]
    fn circles_are_found_once_and_named() {
        let ties = [tie(1, 2), tie(2, 3), tie(3, 1), tie(4, 1), tie(5, 5)];
        let found = own_ancestors(&ties);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].chain, [1, 2, 3, 1]);
        assert_eq!(found[0].closing_tie, 2);
        assert_eq!(found[1].chain, [5, 5]);
    }

    #[test]
    fn a_family_without_circles_has_none() {
        // Two lines that meet again (pedigree collapse) are no circle.
        let ties = [tie(1, 2), tie(1, 3), tie(2, 4), tie(3, 4), tie(4, 5)];
        assert!(own_ancestors(&ties).is_empty());
        assert!(own_ancestors(&[]).is_empty());
    }

    #[test]
    fn a_line_of_a_million_does_not_exhaust_the_stack() {
        let ties: Vec<BirthTie> = (0..1_000_000).map(|n| tie(n, n + 1)).collect();
        assert!(own_ancestors(&ties).is_empty());
    }

    #[test]
    fn ages_are_judged_only_where_they_are_certain() {
        let date = |text: &str| text.parse().ok();
        let conflict = |parent: &str, child: &str| age_conflict(date(parent), date(child));
        assert_eq!(
            conflict("1980", "1970"),
            Some(AgeConflict::BornBeforeParent)
        );
        assert_eq!(
            conflict("1980", "1985"),
            Some(AgeConflict::ParentTooYoung { at_most: 5 })
        );
        assert!(matches!(
            conflict("1880", "1985"),
            Some(AgeConflict::ParentVeryOld { .. })
        ));
        for (parent, child) in [
            ("1980", "2000"),
            ("198X", "1990"),
            ("[..1980]", "1981"),
            ("1980~", "1989"),
            ("", "1990"),
        ] {
            assert_eq!(conflict(parent, child), None, "{parent} {child}");
        }
    }
}
