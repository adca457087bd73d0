//! Reads people as verdicts join them: every record that was decided to be somebody's comes with them.

use crate::access::Permit;
use crate::error::Error;
use crate::kinship::same_person::{Severed, groups, joined_with};
use crate::model::ids::PersonId;
use crate::model::neighborhood::Node;
use crate::store::Snapshot;
use rustc_hash::FxHashMap;

/// The nodes of these people, each person once, however many of their records are asked for. In no particular order.
/// Whoever is not there for the caller is left out, and so is every record of theirs.
pub fn joined_nodes(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    wanted: &[PersonId],
    severed: &Severed,
) -> Result<Vec<Node>, Error> {
    let visibility = permit.visibility();
    let nodes: Vec<Node> = snapshot
        .nodes(wanted, visibility)?
        .into_iter()
        .flatten()
        .collect();
    if nodes.iter().all(|node| joined_with(node).next().is_none()) {
        return Ok(nodes);
    }
    let (mut alone, mut records) = (Vec::with_capacity(nodes.len()), FxHashMap::default());
    for node in nodes {
        let is_alone = joined_with(&node).next().is_none();
        if is_alone {
            alone.push(node);
        } else {
            records.insert(node.id, node);
        }
    }
    loop {
        let mut missing: Vec<PersonId> = records
            .values()
            .flat_map(joined_with)
            .filter(|other| !records.contains_key(other))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        let before = records.len();
        let found = snapshot.nodes(&missing, visibility)?;
        records.extend(found.into_iter().flatten().map(|node| (node.id, node)));
        if records.len() == before {
            break;
        }
    }
    let mut joined: Vec<Vec<PersonId>> = Vec::new();
    for group in groups(&records, severed) {
        match group[..] {
            [single] if wanted.contains(&single) => alone.extend(records.remove(&single)),
            [_] => {}
            _ if group.iter().any(|record| wanted.contains(record)) => joined.push(group),
            _ => {}
        }
    }
    let whole = snapshot.joined_nodes(&joined, visibility)?;
    alone.extend(whole.into_iter().flatten());
    Ok(alone)
}
