//! Everyone related to a person within a reach.

use super::read_kin::{Question, walk_kin};
use super::relations::{Sources, nearness, relation, sources_of, summary};
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::family_graph::FamilyGraph;
use crate::kinship::route::{Route, Shape};
use crate::model::ids::PersonId;
use crate::model::lead::{PersonSummary, Relation};
use crate::model::partial_date::Day;
use crate::model::reach::Reach;
use crate::model::same_person::LinkPolicy;
use crate::placement::ranking::weights;
use crate::store::Store;

/// The greatest civil degree that can be asked for.
pub const GREATEST_DEGREE: u8 = 12;

#[derive(Clone, Debug)]
pub struct ListRelatives {
    pub person: PersonId,
    /// Greatest civil degree, 1 to 12.
    pub degree: u8,
    pub as_of: Day,
}

/// A relative with every relation found, nearest first.
#[derive(Clone, Debug)]
pub struct Relative {
    pub person: PersonSummary,
    pub relations: Vec<Relation>,
}

/// Relatives by nearness, then by content.
pub fn list_relatives(
    store: &Store,
    permit: &Permit,
    question: &ListRelatives,
) -> Result<Vec<Relative>, Error> {
    if !(1..=GREATEST_DEGREE).contains(&question.degree) {
        return Err(Error::invalid(
            "degree",
            format!("must be 1 to {GREATEST_DEGREE}, not {}", question.degree),
        ));
    }
    let weights = weights().map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    let snapshot = permit.snapshot(store)?.as_of(question.as_of);
    let reach = Reach::everything(question.degree);
    let walked = walk_kin(
        &snapshot,
        permit,
        &Question {
            start: question.person,
            as_of: question.as_of,
            reach,
            scale: weights.certainty,
            links: LinkPolicy::DECIDED_ONLY,
        },
    )?
    .found;
    let graph = &walked.graph;
    if graph.person(question.person).is_none() {
        return Err(Error::NotFound {
            what: "person",
            name: "as named".to_owned(),
        });
    }
    let wanted = walked
        .kin
        .iter()
        .flat_map(|kin| &kin.routes)
        .flat_map(|route| sources_of(graph, route))
        .collect();
    let sources = Sources::read(&snapshot, wanted)?;
    let mut relatives: Vec<(Vec<(Shape, &Route)>, PersonSummary)> =
        Vec::with_capacity(walked.kin.len());
    for (position, kin) in walked.kin.iter().enumerate() {
        permit.go_on_at(position)?;
        let Some(node) = graph.node(kin.place) else {
            continue;
        };
        relatives.push((
            by_nearness(graph, &kin.routes),
            summary(node, question.as_of),
        ));
    }
    relatives.sort_by(|(one, person), (other, relative)| {
        let nearest = |ways: &[(Shape, &Route)]| ways.first().map(|(shape, _)| nearness(shape));
        let born = |person: &PersonSummary| person.birth.and_then(|birth| birth.possible_days().0);
        (nearest(one), born(person), &person.name, person.public_id).cmp(&(
            nearest(other),
            born(relative),
            &relative.name,
            relative.public_id,
        ))
    });
    let mut shown = Vec::with_capacity(relatives.len());
    for (position, (ways, person)) in relatives.into_iter().enumerate() {
        permit.go_on_at(position)?;
        let relations = ways
            .iter()
            .map(|(shape, route)| relation(graph, route, shape, weights, &sources));
        shown.push(Relative {
            person,
            relations: each_once(relations),
        });
    }
    Ok(shown)
}

/// Routes with their shapes, nearest first.
pub fn by_nearness<'a>(
    graph: &FamilyGraph,
    routes: impl IntoIterator<Item = &'a Route>,
) -> Vec<(Shape, &'a Route)> {
    let mut ways: Vec<(Shape, &Route)> = routes
        .into_iter()
        .map(|route| (route.shape(graph), route))
        .collect();
    ways.sort_by_key(|(shape, _)| (nearness(shape), shape.side));
    ways
}

/// Relations of which each says something of its own: those in the same words and generations as a nearer one are left
/// out; where they run on the other side of the family, the side becomes "both".
pub fn each_once(relations: impl Iterator<Item = Relation>) -> Vec<Relation> {
    let mut kept: Vec<Relation> = Vec::new();
    for relation in relations {
        let same = |known: &&mut Relation| {
            known.words == relation.words
                && (known.up, known.down, known.unions)
                    == (relation.up, relation.down, relation.unions)
        };
        match kept.iter_mut().find(same) {
            None => kept.push(relation),
            Some(known) if known.certainty < relation.certainty => *known = relation,
            Some(_) => {}
        }
    }
    kept
}
