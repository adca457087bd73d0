//! What one person is to another.

use super::list_relatives::{by_nearness, each_once};
use super::read_kin::{Question, climb, walk_kin};
use super::relations::{Sources, relation, sources_of, summary};
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::coefficient::kinship_coefficient;
use crate::kinship::contradictions::contradictions;
use crate::kinship::family_graph::FamilyGraph;
use crate::kinship::route::Route;
use crate::model::ids::PersonId;
use crate::model::lead::{Line, PersonSummary, Relation};
use crate::model::partial_date::Day;
use crate::model::reach::Reach;
use crate::model::same_person::LinkPolicy;
use crate::placement::ranking::{Weights, weights};
use crate::store::{Snapshot, Store};

/// All relations between two people.
#[derive(Clone, Debug)]
pub struct NameRelationship {
    pub a: PersonSummary,
    pub b: PersonSummary,
    /// One's partner, then kin by descent, then kin by marriage, each nearest first. Each reads "b is the … of a".
    /// Empty if they are not known to be related.
    pub relations: Vec<Relation>,
    /// Malécot's coefficient of kinship over the recorded birth parents: the chance that one gene drawn from each is
    /// the same by descent.
    pub kinship_coefficient: f64,
    /// What does not add up in the records on the way.
    pub contradictions: Vec<String>,
}

/// How far relations that a climb to the ancestors cannot see are looked for: through a brother's other parent, a
/// kinship word, a foster home.
const WALKED_DEGREE: u8 = 6;

/// Names every relation of `b` to `a`, on a day.
pub fn name_relationship(
    store: &Store,
    permit: &Permit,
    a: PersonId,
    b: PersonId,
    as_of: Day,
) -> Result<NameRelationship, Error> {
    let weights = weights().map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    let snapshot = permit.snapshot(store)?.as_of(as_of);
    let climbed = climb(&snapshot, permit, a, b, as_of)?;
    let (graph, routes) = climbed.found;
    let person = |id: PersonId, field: &str| {
        graph
            .person(id)
            .map(|node| summary(node, as_of))
            .ok_or_else(|| Error::NotFound {
                what: "person",
                name: field.to_owned(),
            })
    };
    let (person_a, person_b) = (person(a, "a")?, person(b, "b")?);
    let mut relations = shown(&snapshot, &graph, &routes, weights)?;
    relations.extend(walked(
        &snapshot,
        permit,
        [a, b],
        Seen::From,
        as_of,
        weights,
    )?);
    if relations.is_empty() {
        // A child knows of its foster parents and of a sister's guardian; they do not know of the child.
        relations.extend(walked(
            &snapshot,
            permit,
            [b, a],
            Seen::Backward,
            as_of,
            weights,
        )?);
    }
    relations.sort_by_key(|relation| {
        let (up, down) = (relation.up, relation.down);
        let collateral = up > 0 && down > 0;
        // One's own partner first; then kin by descent, whom law counts before kin by marriage.
        let by_marriage = matches!(relation.line, Line::Affinity | Line::Step) && up + down > 0;
        (
            by_marriage,
            relation.civil_degree * u8::from(up + down > 0),
            relation.unions,
            collateral,
            up.abs_diff(down),
            relation.sibship,
            relation.line,
            down,
            relation.side,
        )
    });
    let coefficient = match (graph.place_of(a), graph.place_of(b)) {
        (Some(a), Some(b)) => kinship_coefficient(&graph, a, b),
        _ => 0.0,
    };
    Ok(NameRelationship {
        a: person_a,
        b: person_b,
        relations: each_once(relations.into_iter()),
        kinship_coefficient: coefficient,
        contradictions: [contradictions(&graph), climbed.reports].concat(),
    })
}

fn shown(
    snapshot: &Snapshot<'_>,
    graph: &FamilyGraph,
    routes: &[Route],
    weights: &Weights,
) -> Result<Vec<Relation>, Error> {
    let sources = Sources::read(
        snapshot,
        routes
            .iter()
            .flat_map(|route| sources_of(graph, route))
            .collect(),
    )?;
    let ways = by_nearness(graph, routes);
    Ok(ways
        .iter()
        .map(|(shape, route)| relation(graph, route, shape, weights, &sources))
        .collect())
}

/// From which end the relations that a walk finds are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    From,
    Backward,
}

/// Relations that a walk from the first of the two finds.
fn walked(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    [start, end]: [PersonId; 2],
    seen: Seen,
    as_of: Day,
    weights: &Weights,
) -> Result<Vec<Relation>, Error> {
    let reach = Reach::everything(WALKED_DEGREE);
    let question = Question {
        start,
        as_of,
        reach,
        scale: weights.certainty,
        links: LinkPolicy::DECIDED_ONLY,
    };
    let walked = walk_kin(snapshot, permit, &question)?.found;
    let graph = &walked.graph;
    let end = graph.place_of(end);
    let kin = walked.kin.iter().find(|kin| Some(kin.place) == end);
    let routes = kin.map_or(&[][..], |kin| &kin.routes);
    match seen {
        Seen::From => shown(snapshot, graph, routes, weights),
        Seen::Backward => {
            let routes: Vec<Route> = routes.iter().map(|route| route.reversed(graph)).collect();
            shown(snapshot, graph, &routes, weights)
        }
    }
}
