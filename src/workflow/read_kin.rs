//! Runs the walks of the kinship engine against a snapshot: whatever a walk wants is one batched read. Same-person links
//! that contradict the records are found afterwards; then the walk is done again without them.

use super::joined::joined_nodes;
use super::same_person::{apart_by_adoption, is_cleared};
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::ascent::Ascent;
use crate::kinship::family_graph::FamilyGraph;
use crate::kinship::link_check::{Contradiction, LinkCheck};
use crate::kinship::route::Route;
use crate::kinship::same_person::{Severed, likely_links};
use crate::kinship::walk::{Walk, Walked};
use crate::model::ids::PersonId;
use crate::model::neighborhood::Node;
use crate::model::partial_date::Day;
use crate::model::reach::Reach;
use crate::model::same_person::{LinkPolicy, Pair};
use crate::model::statement::CertaintyScale;
use crate::store::Snapshot;

/// What a walk is to find.
#[derive(Clone, Copy)]
pub struct Question {
    pub start: PersonId,
    pub as_of: Day,
    pub reach: Reach,
    pub scale: CertaintyScale,
    /// Which undecided same-person links are followed.
    pub links: LinkPolicy,
}

/// A graph in which no same-person link contradicts the records.
pub struct Sound<T> {
    pub found: T,
    pub severed: Severed,
    /// The links that were left out, in words.
    pub reports: Vec<String>,
}

/// Everybody within a reach of a person.
pub fn walk_kin(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &Question,
) -> Result<Sound<Walked>, Error> {
    until_sound(snapshot, permit, |severed| {
        let Question {
            start,
            as_of,
            reach,
            scale,
            links,
        } = *question;
        let mut walk = Walk::new(start, as_of, reach, scale)
            .following(links, severed)
            .unless(permit.is_unwanted());
        loop {
            let wanted = walk.wanted();
            if wanted.is_empty() {
                permit.go_on()?;
                let walked = walk.finish();
                let links = links_of(&walked.graph, &links, severed);
                return Ok((walked, links));
            }
            walk.supply(joined_nodes(snapshot, permit, &wanted, severed)?);
        }
    })
}

/// The ancestors of two people and every route over them.
pub fn climb(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    a: PersonId,
    b: PersonId,
    as_of: Day,
) -> Result<Sound<(FamilyGraph, Vec<Route>)>, Error> {
    until_sound(snapshot, permit, |severed| {
        let mut ascent = Ascent::new(a, b, as_of);
        loop {
            let wanted = ascent.wanted();
            if wanted.is_empty() {
                let (graph, routes) = ascent.finish();
                let links = links_of(&graph, &LinkPolicy::DECIDED_ONLY, severed);
                return Ok(((graph, routes), links));
            }
            ascent.supply(joined_nodes(snapshot, permit, &wanted, severed)?);
        }
    })
}

/// Does it again and again without the links that turned out to contradict the records. Each time there are fewer.
fn until_sound<T>(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    run: impl Fn(&Severed) -> Result<(T, Vec<Pair>), Error>,
) -> Result<Sound<T>, Error> {
    let mut severed = Severed::default();
    let mut reports = Vec::new();
    loop {
        let (found, links) = run(&severed)?;
        let mut is_sound = true;
        for contradiction in contradictions_of(snapshot, permit, links)? {
            if severed.add(contradiction.pair) {
                is_sound = false;
                reports.extend(Some(contradiction.words).filter(|words| !words.is_empty()));
            }
        }
        if is_sound {
            reports.sort();
            return Ok(Sound {
                found,
                severed,
                reports,
            });
        }
    }
}

/// The links that a graph rests on: verdicts that joined records, and undecided links likely enough to be followed.
fn links_of(graph: &FamilyGraph, policy: &LinkPolicy, severed: &Severed) -> Vec<Pair> {
    let mut links = Vec::new();
    for (_, node) in graph.people() {
        links.extend(joined_pairs(node));
        if node.links.is_empty() {
            continue;
        }
        let likely = likely_links(node, policy, severed).into_iter();
        links.extend(
            likely.flat_map(|(other, _)| {
                node.record_ids().map(move |record| Pair::of(record, other))
            }),
        );
    }
    links
}

/// People with all their records, apart from verdicts that contradict what else is recorded.
pub fn until_links_are_sound(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    people: &[PersonId],
) -> Result<Vec<Node>, Error> {
    let sound = until_sound(snapshot, permit, |severed| {
        let nodes = joined_nodes(snapshot, permit, people, severed)?;
        let links = nodes.iter().flat_map(joined_pairs).collect();
        Ok((nodes, links))
    })?;
    Ok(sound.found)
}

/// Every two of a person's records.
fn joined_pairs(node: &Node) -> impl Iterator<Item = Pair> + '_ {
    let records = node.records.iter().enumerate();
    records.flat_map(|(position, record)| {
        let others = node.records[position + 1..].iter();
        others.map(|other| Pair::of(record.id, other.id))
    })
}

/// Those of the links that cannot be true, or must not be known to the caller.
fn contradictions_of(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    links: Vec<Pair>,
) -> Result<Vec<Contradiction>, Error> {
    if links.is_empty() {
        return Ok(Vec::new());
    }
    if !is_cleared(permit.visibility()) {
        let mut hidden = Vec::new();
        for &pair in &links {
            if apart_by_adoption(snapshot, pair)? {
                hidden.push(Contradiction {
                    pair,
                    because: String::new(),
                    words: String::new(),
                });
            }
        }
        if !hidden.is_empty() {
            return Ok(hidden);
        }
    }
    let mut check = LinkCheck::new(links);
    loop {
        let wanted = check.wanted();
        if wanted.is_empty() {
            return Ok(check.finish());
        }
        let nodes = snapshot.nodes(&wanted, permit.visibility())?;
        check.supply(nodes.into_iter().flatten());
    }
}
