//! Same-person links as the engine takes them: which records a verdict joins, and which undecided links are likely
//! enough to be followed. Nothing here depends on the order of entry.

use crate::model::ids::{ExternalId, PersonId, PublicId};
use crate::model::neighborhood::{Node, NodeLink};
use crate::model::same_person::{LinkPolicy, Pair, Verdict};
use crate::model::statement::Certainty;
use rustc_hash::{FxHashMap, FxHashSet};

/// Links that are not followed in this walk, because they contradict what else is recorded.
#[derive(Clone, Debug, Default)]
pub struct Severed(FxHashSet<Pair>);

impl Severed {
    /// Adds a pair; false if it is severed already.
    pub fn add(&mut self, pair: Pair) -> bool {
        self.0.insert(pair)
    }

    pub fn holds(&self, pair: Pair) -> bool {
        !self.0.is_empty() && self.0.contains(&pair)
    }
}

/// More records than this are not joined into one person.
const MOST_RECORDS_OF_A_PERSON: usize = 32;

/// What a record's links say of each other record, one each: if several are recorded, "different" counts more than
/// "same", and that more than undecided, of which the likeliest counts.
pub fn links_by_other(node: &Node) -> Vec<NodeLink> {
    let rank = |link: &NodeLink| (link.verdict, link.probability);
    let mut links: Vec<NodeLink> = Vec::with_capacity(node.links.len());
    for link in &node.links {
        if link.certainty == Certainty::Disproved {
            continue;
        }
        match links.iter_mut().find(|known| known.other == link.other) {
            Some(known) if rank(known) < rank(link) => *known = *link,
            Some(_) => {}
            None => links.push(*link),
        }
    }
    links
}

/// The other records that a verdict joins this one with.
pub fn joined_with(node: &Node) -> impl Iterator<Item = PersonId> {
    let links = match node.links.is_empty() {
        true => Vec::new(),
        false => links_by_other(node),
    };
    links
        .into_iter()
        .filter(|link| link.verdict == Verdict::Same)
        .map(|link| link.other)
}

/// The undecided links of a record that are followed, each with its worth as evidence.
pub fn likely_links(node: &Node, policy: &LinkPolicy, severed: &Severed) -> Vec<(PersonId, f64)> {
    let mut likely: Vec<(PersonId, f64)> = links_by_other(node)
        .into_iter()
        .filter(|link| link.verdict == Verdict::Undecided)
        .filter_map(|link| Some((link.other, policy.worth(link.probability)?)))
        .filter(|(other, _)| {
            let mut records = node.record_ids();
            !records.any(|record| severed.holds(Pair::of(record, *other)))
        })
        .collect();
    likely.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    if let Some(&(_, least)) = policy
        .most_of_a_record
        .checked_sub(1)
        .and_then(|last| likely.get(last))
    {
        likely.retain(|(_, worth)| *worth >= least);
    }
    likely
}

/// An order of records that does not depend on what was entered first: by external id, those without one last, then by
/// public id.
pub fn in_order(node: &Node) -> (bool, Option<ExternalId>, PublicId) {
    let external_id = node.external_id.clone();
    (external_id.is_none(), external_id, node.public_id)
}

/// Brings records together that verdicts join. A group never holds two records that were decided to be different
/// people: of the verdicts that would bring them together the later in the order of external and public ids does
/// not count. In each group the first record in that order comes first: it gives the person their ids.
pub fn groups(records: &FxHashMap<PersonId, Node>, severed: &Severed) -> Vec<Vec<PersonId>> {
    let public = |id: &PersonId| records.get(id).map(in_order);
    let (mut same, mut different) = (Vec::new(), Vec::new());
    for node in records.values() {
        for link in links_by_other(node) {
            let pair = Pair::of(node.id, link.other);
            match link.verdict {
                Verdict::Same if !severed.holds(pair) => same.push(pair),
                Verdict::Different => different.push(pair),
                _ => {}
            }
        }
    }
    same.retain(|pair| pair.ends().iter().all(|end| records.contains_key(end)));
    let order = |pair: &Pair| {
        let mut ends = pair.ends().map(|end| public(&end));
        ends.sort();
        ends
    };
    same.sort_by_cached_key(order);
    same.dedup();
    let mut groups: Vec<Vec<PersonId>> = records.keys().map(|id| vec![*id]).collect();
    for pair in same {
        let [one, other] = pair.ends().map(|end| {
            let holds = |group: &Vec<PersonId>| group.contains(&end);
            groups.iter().position(holds).unwrap_or_default()
        });
        let are_severed = groups[one].iter().any(|record| {
            let others = groups[other].iter();
            others
                .into_iter()
                .any(|other| severed.holds(Pair::of(*record, *other)))
        });
        let are_kept_apart = different.iter().any(|pair| {
            let [a, b] = pair.ends();
            (groups[one].contains(&a) && groups[other].contains(&b))
                || (groups[one].contains(&b) && groups[other].contains(&a))
        });
        let fits = groups[one].len() + groups[other].len() <= MOST_RECORDS_OF_A_PERSON;
        if one != other && fits && !are_kept_apart && !are_severed {
            let added = std::mem::take(&mut groups[other]);
            groups[one].extend(added);
        }
    }
    groups.retain(|group| !group.is_empty());
    for group in &mut groups {
        group.sort_by_cached_key(public);
    }
    groups.sort_by_cached_key(|group| group.first().and_then(public));
    groups
}
