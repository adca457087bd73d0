//! Whether two records stand on different sides of a sealed adoption. The record before an adoption and the record after
//! it are the ideal duplicate, so this is where a link would unseal.

use crate::error::Error;
use crate::model::ids::PersonId;
use crate::model::neighborhood::Node;
use crate::model::same_person::Pair;
use crate::model::statement::SealClass;
use crate::model::visibility::Visibility;
use crate::store::Snapshot;
use rustc_hash::FxHashSet;
use std::hash::Hash;

/// How many ties around each of the two are looked at, and how many records in all.
const STEPS: usize = 2;
const MOST_RECORDS: usize = 2_000;

/// Everybody near some records by what a caller would see.
pub type Neighbours<'n, Record> = &'n dyn Fn(&[Record], &Visibility) -> Result<Vec<Record>, Error>;

/// Whether the two are near each other only over what an adoption sealed: there is a way between them of at most twice
/// [`STEPS`] ties, and none without a sealed one. Two records that somebody linked under that seal are apart too.
pub fn apart_by_adoption(snapshot: &Snapshot<'_>, pair: Pair) -> Result<bool, Error> {
    let [one, other] = pair.ends();
    if is_linked_under_seal(snapshot, pair)? {
        return Ok(true);
    }
    are_apart(one, other, &|people, seen| {
        let nodes = snapshot.nodes(people, seen)?;
        Ok(nodes
            .iter()
            .flatten()
            .flat_map(|node| neighbours(node, pair))
            .collect())
    })
}

/// The same for records of whatever kind.
pub fn are_apart<Record: Copy + Eq + Hash>(
    one: Record,
    other: Record,
    neighbours: Neighbours<'_, Record>,
) -> Result<bool, Error> {
    let meet = |seen: &Visibility| -> Result<bool, Error> {
        let near = reached(one, seen, neighbours)?;
        Ok(near.contains(&other) || !near.is_disjoint(&reached(other, seen, neighbours)?))
    };
    Ok(meet(&Visibility::all())? && !meet(&without_adoptions())?)
}

fn without_adoptions() -> Visibility {
    Visibility::open_only()
        .with_seal(SealClass::Address)
        .with_seal(SealClass::Safety)
}

fn reached<Record: Copy + Eq + Hash>(
    from: Record,
    seen: &Visibility,
    neighbours: Neighbours<'_, Record>,
) -> Result<FxHashSet<Record>, Error> {
    let mut found = FxHashSet::from_iter([from]);
    let mut frontier = vec![from];
    for _ in 0..STEPS {
        let mut next = Vec::new();
        for other in neighbours(&frontier, seen)? {
            if found.len() < MOST_RECORDS && found.insert(other) {
                next.push(other);
            }
        }
        frontier = next;
    }
    Ok(found)
}

/// Whether the two have a link that is there only for those who are cleared for the seal of adoptions.
fn is_linked_under_seal(snapshot: &Snapshot<'_>, pair: Pair) -> Result<bool, Error> {
    let [one, other] = pair.ends();
    let linked = |seen: &Visibility| -> Result<bool, Error> {
        let nodes = snapshot.nodes(&[one], seen)?;
        let mut nodes = nodes.iter().flatten();
        Ok(nodes.any(|node| node.links.iter().any(|link| link.other == other)))
    };
    Ok(linked(&Visibility::all())? && !linked(&without_adoptions())?)
}

fn neighbours<'n>(node: &'n Node, pair: Pair) -> impl Iterator<Item = PersonId> + 'n {
    let ties = node.ties.iter().map(|tie| tie.other);
    let links = node.links.iter().map(|link| link.other);
    let id = node.id;
    ties.chain(links.filter(move |other| Pair::of(id, *other) != pair))
}
