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

/// How many ties around the two are looked at, and how many records in all.
const STEPS: usize = 4;
const MOST_RECORDS: usize = 2_000;

/// Whether the two are near each other only over what an adoption sealed: there is a way between them of at most
/// [`STEPS`] ties, and none without a sealed one.
pub fn apart_by_adoption(snapshot: &Snapshot<'_>, pair: Pair) -> Result<bool, Error> {
    let everything = Visibility::all();
    let without = Visibility::open_only()
        .with_seal(SealClass::Address)
        .with_seal(SealClass::Safety);
    let [one, other] = pair.ends();
    let by_any = reached(snapshot, pair, one, &everything)?;
    if !by_any.contains(&other) {
        return Ok(false);
    }
    Ok(!reached(snapshot, pair, one, &without)?.contains(&other))
}

/// Everybody near a record, not counting the link between the two.
fn reached(
    snapshot: &Snapshot<'_>,
    pair: Pair,
    from: PersonId,
    visibility: &Visibility,
) -> Result<FxHashSet<PersonId>, Error> {
    let mut seen = FxHashSet::from_iter([from]);
    let mut frontier = vec![from];
    for _ in 0..STEPS {
        let mut next = Vec::new();
        for node in snapshot.nodes(&frontier, visibility)?.into_iter().flatten() {
            for other in neighbours(&node, pair) {
                if seen.len() < MOST_RECORDS && seen.insert(other) {
                    next.push(other);
                }
            }
        }
        frontier = next;
    }
    Ok(seen)
}

fn neighbours<'n>(node: &'n Node, pair: Pair) -> impl Iterator<Item = PersonId> + 'n {
    let ties = node.ties.iter().map(|tie| tie.other);
    let links = node.links.iter().map(|link| link.other);
    let id = node.id;
    ties.chain(links.filter(move |other| Pair::of(id, *other) != pair))
}
