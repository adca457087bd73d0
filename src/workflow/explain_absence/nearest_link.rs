//! The nearest link that is known between a child and somebody whom the order does not look at: kin farther away or through
//! ties that it does not count, a tie to one of the child's relatives, a shared household.

use crate::access::Permit;
use crate::error::Error;
use crate::kinship::naming::name;
use crate::model::ids::PersonId;
use crate::model::neighborhood::{Node, NodeTieKind};
use crate::model::reach::Reach;
use crate::model::same_person::LinkPolicy;
use crate::store::Snapshot;
use crate::workflow::find_family::gather::Gathered;
use crate::workflow::list_relatives::by_nearness;
use crate::workflow::read_kin::{Question, climb, walk_kin};

/// How far kin are looked for: the farthest that can be asked for at all would read thousands for a large family.
const WALKED_DEGREE: u8 = 8;

/// In words, as the end of a sentence; nothing where no link is known.
pub fn nearest_link(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    node: &Node,
) -> Result<Option<String>, Error> {
    if let Some(words) = as_kin(snapshot, permit, gathered, node)? {
        return Ok(Some(words));
    }
    Ok(through_relative(gathered, node).or_else(|| by_household(gathered, node)))
}

/// Kin by common ancestors however far, or by other ties as far as is walked.
fn as_kin(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    node: &Node,
) -> Result<Option<String>, Error> {
    let child = gathered.child().id;
    let (graph, routes) = climb(snapshot, permit, child, node.id, gathered.as_of)?.found;
    let ways = by_nearness(&graph, &routes);
    if let Some((shape, route)) = ways.first() {
        let words = name(&graph, route, shape).words;
        return Ok(Some(told(&words, shape.civil_degree())));
    }
    let walk = Question {
        start: child,
        as_of: gathered.as_of,
        reach: Reach::everything(WALKED_DEGREE),
        scale: gathered.weights.certainty,
        links: LinkPolicy::DECIDED_ONLY,
    };
    let walked = walk_kin(snapshot, permit, &walk)?.found;
    let place = walked.graph.place_of(node.id);
    let kin = walked.kin.iter().find(|kin| Some(kin.place) == place);
    let ways = by_nearness(&walked.graph, kin.map_or(&[][..], |kin| &kin.routes));
    Ok(ways.first().map(|(shape, route)| {
        told(
            &name(&walked.graph, route, shape).words,
            shape.civil_degree(),
        )
    }))
}

fn told(words: &str, degree: u8) -> String {
    format!("the nearest known link: {words}, civil degree {degree}")
}

/// A tie of theirs to somebody who was found.
fn through_relative(gathered: &Gathered, node: &Node) -> Option<String> {
    let of_ties = node.ties.iter().filter_map(|tie| {
        let what = match tie.kind {
            NodeTieKind::Parent { .. } => "child",
            NodeTieKind::Child { .. } => "parent",
            NodeTieKind::Partner { .. } => "partner, now or before,",
            NodeTieKind::Kin { .. } | NodeTieKind::KinOf { .. } => "relative, as told,",
        };
        nearest(gathered, tie.other).map(|(position, words)| (position, what.to_owned(), words))
    });
    let of_network = gathered.graph.people().filter_map(|(_, other)| {
        let mut ties = other.network.iter();
        let tie = ties.find(|tie| node.record_ids().any(|own| own == tie.adult))?;
        let what = tie.role.replace('_', " ");
        nearest(gathered, other.id).map(|(position, words)| (position, what, words))
    });
    let (_, what, of_whom) = of_ties
        .chain(of_network)
        .min_by_key(|(position, _, _)| *position)?;
    Some(format!("the nearest known link: {what} of {of_whom}"))
}

/// Somebody with whom they share a household.
fn by_household(gathered: &Gathered, node: &Node) -> Option<String> {
    let homes = node.households.iter();
    let others = homes.flat_map(|home| gathered.household(*home));
    let (_, words) = others
        .filter_map(|other| nearest(gathered, *other))
        .min_by_key(|(position, _)| *position)?;
    Some(format!("the nearest known link: lives with {words}"))
}

/// Somebody found as kin, with their place among the kin and what they are to the child: "June Reed, the child's maternal
/// aunt". The child comes first.
fn nearest(gathered: &Gathered, person: PersonId) -> Option<(usize, String)> {
    let graph = &gathered.graph;
    let place = graph.place_of(person)?;
    let node = graph.node(place)?;
    if place == gathered.start {
        return Some((0, "the child".to_owned()));
    }
    let position = gathered.kin.iter().position(|kin| kin.place == place)?;
    let ways = by_nearness(graph, &gathered.kin[position].routes);
    let (shape, route) = ways.first()?;
    let words = name(graph, route, shape).words;
    Some((position + 1, format!("{}, the child's {words}", node.name)))
}
