//! What changed from one list to the next, so that the changes laid over the first give the second exactly.

use crate::model::rematch::{
    Changed, ChildList, ListChange, ListedExclusion, ListedLead, Standing, Target,
};
use std::collections::{BTreeMap, BTreeSet};

/// Leads with their ranks, nations apart from people and families.
fn ranked(list: &ChildList) -> Vec<(u32, &ListedLead)> {
    let mut next: BTreeMap<(u8, bool), u32> = BTreeMap::new();
    let rank_of = |lead: &ListedLead| (lead.tier, matches!(lead.target, Target::Nation(_)));
    list.leads
        .iter()
        .map(|lead| {
            let rank = next.entry(rank_of(lead)).or_default();
            *rank += 1;
            (*rank, lead)
        })
        .collect()
}

/// Where everybody of a list stands.
pub fn standings(list: &ChildList) -> BTreeMap<Target, Standing> {
    let mut standings: BTreeMap<Target, Standing> = list
        .excluded
        .iter()
        .map(|left_out| {
            (
                Target::Person(left_out.person),
                Standing::Excluded(*left_out),
            )
        })
        .collect();
    for (rank, lead) in ranked(list) {
        standings.insert(lead.target, Standing::Lead { rank, lead: *lead });
    }
    standings
}

/// The changes from one list to another, news first. Moves by fewer ranks than `ranks_moved` are no news; they are told
/// only where the new order does not follow without them.
pub fn changes(old: &ChildList, new: &ChildList, ranks_moved: u32) -> Vec<ListChange> {
    let mut changes = Vec::new();
    let mut add = |what, is_news| {
        changes.push(ListChange {
            what,
            is_news,
            causes: Vec::new(),
        });
    };
    match (old.waits, new.waits) {
        (false, true) => add(Changed::ChildAdded, true),
        (true, false) => add(Changed::ChildGone, true),
        _ => {}
    }
    let both_wait = old.waits && new.waits;
    if old.order != new.order {
        let (before, after) = (old.order, new.order);
        add(Changed::Order { before, after }, both_wait);
    }
    if old.coverage != new.coverage {
        let (before, after) = (old.coverage, new.coverage);
        add(Changed::Coverage { before, after }, both_wait);
    }
    let (was, is) = (standings(old), standings(new));
    let targets: BTreeSet<Target> = was.keys().chain(is.keys()).copied().collect();
    let of = |standings: &BTreeMap<Target, Standing>, target: &Target| {
        standings.get(target).copied().unwrap_or(Standing::Absent)
    };
    let mut told: BTreeMap<Target, (Standing, Standing, bool)> = BTreeMap::new();
    for target in targets {
        let (before, after) = (of(&was, &target), of(&is, &target));
        if let Some(is_news) = difference(before, after, ranks_moved) {
            told.insert(target, (before, after, is_news && both_wait));
        }
    }
    loop {
        let laid_over = leads_after(old, &told);
        let astray: Vec<Target> = laid_over
            .iter()
            .zip(&new.leads)
            .filter(|(one, other)| one != other)
            .flat_map(|(one, other)| [one.target, other.target])
            .filter(|target| !told.contains_key(target))
            .collect();
        if astray.is_empty() {
            break;
        }
        for target in astray {
            told.insert(target, (of(&was, &target), of(&is, &target), false));
        }
    }
    for (target, (before, after, is_news)) in told {
        let what = Changed::Standing {
            target,
            before,
            after,
        };
        add(what, is_news);
    }
    changes.sort_by_key(|change| (!change.is_news, change.kind()));
    changes
}

/// Whether something is to be told at all, and whether it is news.
fn difference(before: Standing, after: Standing, ranks_moved: u32) -> Option<bool> {
    match (before, after) {
        (
            Standing::Lead {
                rank: was,
                lead: old,
            },
            Standing::Lead {
                rank: is,
                lead: new,
            },
        ) => {
            let other = old.tier != new.tier
                || old.cautions != new.cautions
                || old.needs_review != new.needs_review
                || old.outreach != new.outreach
                || was.abs_diff(is) >= ranks_moved.max(1);
            (other || old != new).then_some(other)
        }
        (Standing::Lead { .. }, _) | (_, Standing::Lead { .. }) => Some(true),
        (old, new) => (old != new).then_some(false),
    }
}

/// Leads of one tier, nations apart: those unchanged in their order, and those placed at a rank.
type Group = (Vec<ListedLead>, BTreeMap<u32, ListedLead>);

/// The leads of a list with changes laid over: those changed stand at their new ranks, the others fill the places between in
/// the order that they had.
fn leads_after(
    old: &ChildList,
    told: &BTreeMap<Target, (Standing, Standing, bool)>,
) -> Vec<ListedLead> {
    let place = |lead: &ListedLead| (lead.tier, !matches!(lead.target, Target::Nation(_)));
    let mut groups: BTreeMap<(u8, bool), Group> = BTreeMap::new();
    for lead in &old.leads {
        let group = &mut groups.entry(place(lead)).or_default().0;
        if !told.contains_key(&lead.target) {
            group.push(*lead);
        }
    }
    for (_, after, _) in told.values() {
        if let Standing::Lead { rank, lead } = after {
            groups
                .entry(place(lead))
                .or_default()
                .1
                .insert(*rank, *lead);
        }
    }
    let mut leads = Vec::with_capacity(old.leads.len());
    for (unchanged, mut placed) in groups.into_values() {
        let count = unchanged.len() + placed.len();
        let mut unchanged = unchanged.into_iter();
        for rank in 1..=count as u32 {
            leads.extend(placed.remove(&rank).or_else(|| unchanged.next()));
        }
        leads.extend(placed.into_values());
    }
    leads
}

/// A list with the changes of a later run laid over it.
pub fn replay(list: &ChildList, changes: &[ListChange]) -> ChildList {
    let mut after = list.clone();
    let mut told = BTreeMap::new();
    for change in changes {
        match change.what {
            Changed::ChildAdded => after.waits = true,
            Changed::ChildGone => after.waits = false,
            Changed::Order { after: order, .. } => after.order = order,
            Changed::Coverage {
                after: coverage, ..
            } => after.coverage = coverage,
            Changed::Standing {
                target,
                before,
                after,
            } => _ = told.insert(target, (before, after, change.is_news)),
        }
    }
    after.leads = leads_after(list, &told);
    let is_told = |left_out: &ListedExclusion| told.contains_key(&Target::Person(left_out.person));
    after.excluded.retain(|left_out| !is_told(left_out));
    let newly = told.values().filter_map(|(_, after, _)| match after {
        Standing::Excluded(left_out) => Some(*left_out),
        _ => None,
    });
    after.excluded.extend(newly);
    after
        .excluded
        .sort_unstable_by_key(|left_out| left_out.person);
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{NationId, PersonId};
    use crate::model::rematch::ChangeKind;
    use proptest::prelude::*;

    fn lead(person: u64, tier: u8, score: i32) -> ListedLead {
        ListedLead {
            target: Target::Person(PersonId(person)),
            tier,
            score,
            needs_review: false,
            outreach: 0,
            cautions: 0,
        }
    }

    fn list(leads: &[ListedLead]) -> ChildList {
        ChildList {
            waits: true,
            leads: leads.to_vec(),
            ..ChildList::default()
        }
    }

    fn left_out(person: u64) -> ListedExclusion {
        ListedExclusion {
            person: PersonId(person),
            tier: 1,
            rule: 7,
            connection: false,
        }
    }

    fn kinds(old: &ChildList, new: &ChildList) -> Vec<(ChangeKind, bool)> {
        let changes = changes(old, new, 3);
        changes.iter().map(|c| (c.kind(), c.is_news)).collect()
    }

    #[test]
    fn each_kind_of_change_is_told() {
        let old = list(&[lead(1, 1, 90), lead(2, 1, 80), lead(3, 2, 10)]);
        let new = list(&[
            lead(4, 1, 95),
            lead(1, 1, 90),
            lead(2, 1, 80),
            lead(3, 2, 10),
        ]);
        assert_eq!(kinds(&old, &new), [(ChangeKind::NewLead, true)]);
        assert_eq!(kinds(&new, &old), [(ChangeKind::LeadGone, true)]);
        let mut lifted = new.clone();
        lifted.excluded.push(left_out(4));
        lifted.leads.remove(0);
        assert_eq!(kinds(&lifted, &new), [(ChangeKind::ExclusionLifted, true)]);
        assert_eq!(kinds(&new, &lifted), [(ChangeKind::LeadGone, true)]);
        let mut warned = old.clone();
        warned.leads[1].cautions = 5;
        assert_eq!(kinds(&old, &warned), [(ChangeKind::CautionsChanged, true)]);
        let moved = list(&[lead(1, 1, 90), lead(3, 1, 85), lead(2, 1, 80)]);
        assert_eq!(kinds(&old, &moved), [(ChangeKind::MovedTier, true)]);
        let lower = list(&[lead(2, 1, 80), lead(1, 1, 70), lead(3, 2, 10)]);
        assert_eq!(kinds(&old, &lower), [(ChangeKind::Shifted, false)]);
        let gone = ChildList::default();
        assert_eq!(kinds(&old, &gone)[0], (ChangeKind::ChildGone, true));
        assert!(kinds(&old, &old).is_empty());
    }

    #[test]
    fn a_move_by_many_ranks_is_news() {
        let names = [1, 2, 3, 4, 5];
        let old = list(&names.map(|name| lead(name, 1, 50)));
        let new = list(&[5, 1, 2, 3, 4].map(|name| lead(name, 1, 50)));
        assert_eq!(kinds(&old, &new), [(ChangeKind::MovedRank, true)]);
    }

    fn any_list() -> impl Strategy<Value = ChildList> {
        let one = (0..12u64, 1..4u8, 0..4i32, any::<bool>(), 0..3u8);
        let leads = proptest::collection::vec(one, 0..12);
        (leads, any::<bool>(), 0..2u32).prop_map(|(thrown, waits, order)| {
            let mut list = ChildList {
                waits,
                order,
                ..ChildList::default()
            };
            let mut seen = BTreeSet::new();
            for (person, tier, score, needs_review, how) in thrown {
                if !seen.insert(person) {
                    continue;
                }
                match how {
                    0 => list.excluded.push(left_out(person)),
                    _ => list.leads.push(ListedLead {
                        needs_review,
                        target: match how {
                            1 => Target::Person(PersonId(person)),
                            _ => Target::Nation(NationId(person)),
                        },
                        ..lead(person, tier, score)
                    }),
                }
            }
            let is_person = |lead: &ListedLead| !matches!(lead.target, Target::Nation(_));
            list.leads.sort_by_key(|lead| (lead.tier, is_person(lead)));
            list.excluded.sort_by_key(|left_out| left_out.person);
            list
        })
    }

    proptest! {
        #[test]
        fn changes_laid_over_the_old_list_give_the_new(old in any_list(), new in any_list(), ranks in 0..6u32) {
            let changes = changes(&old, &new, ranks);
            prop_assert_eq!(replay(&old, &changes), new.clone());
            prop_assert_eq!(changes.is_empty(), old == new);
        }
    }
}
