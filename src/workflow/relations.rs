//! Turns routes into relations as shown: words, path, evidence.

use crate::error::Error;
use crate::kinship::family_graph::{FamilyGraph, Place};
use crate::kinship::naming::name;
use crate::kinship::route::{Route, Shape, Step, StepKind, certainty_of};
use crate::model::ids::SourceId;
use crate::model::lead::{Line, PathStep, PersonSummary, Relation, Sibship};
use crate::model::neighborhood::{Node, Vital};
use crate::model::partial_date::{Day, Truth};
use crate::model::statement::{CertaintyScale, Source};
use crate::store::Snapshot;
use rustc_hash::FxHashMap;

/// Sources by number, read together.
pub struct Sources(FxHashMap<SourceId, Source>);

impl Sources {
    /// Reads these sources, each once.
    pub fn read(snapshot: &Snapshot<'_>, mut wanted: Vec<SourceId>) -> Result<Sources, Error> {
        wanted.sort_unstable();
        wanted.dedup();
        let sources = snapshot.sources(&wanted)?;
        Ok(Sources(
            wanted
                .into_iter()
                .zip(sources)
                .filter_map(|(id, source)| Some((id, source?)))
                .collect(),
        ))
    }

    /// The source with this number; an empty one where none was given.
    pub fn get(&self, id: SourceId) -> Source {
        self.0.get(&id).cloned().unwrap_or_default()
    }
}

/// A person as shown.
pub fn summary(node: &Node, as_of: Day) -> PersonSummary {
    let (dead, death) = match node.death {
        Vital::Dead(None) => (true, None),
        Vital::Dead(Some(date)) => (date.on_or_before(as_of) != Truth::No, Some(date)),
        Vital::Alive | Vital::NotSaid => (false, None),
    };
    PersonSummary {
        id: node.id,
        public_id: node.public_id,
        name: node.name.clone(),
        named: node.named,
        gender: node.gender,
        birth: node.birth,
        dead,
        death,
    }
}

/// The sources that a route rests on.
pub fn sources_of<'a>(
    graph: &'a FamilyGraph,
    route: &'a Route,
) -> impl Iterator<Item = SourceId> + 'a {
    route.steps.iter().map(|step| graph.tie(step.tie).source)
}

/// The order of relations: nearest first; of like degree, descent before couples, direct before collateral, like
/// generations first, full before half, blood first, elders before younger.
pub fn nearness(shape: &Shape) -> (u8, u8, bool, u8, Sibship, Line, u8) {
    let (up, down) = (shape.up(), shape.down());
    (
        shape.civil_degree(),
        shape.unions(),
        up > 0 && down > 0,
        up.abs_diff(down),
        shape.sibship(),
        shape.line(),
        down,
    )
}

/// Builds what is shown of one route.
pub fn relation(
    graph: &FamilyGraph,
    route: &Route,
    shape: &Shape,
    scale: &CertaintyScale,
    sources: &Sources,
) -> Relation {
    let words = name(graph, route, shape);
    Relation {
        words: words.words,
        term: words.term,
        side: shape.side,
        line: shape.line(),
        sibship: shape.sibship(),
        up: shape.up(),
        down: shape.down(),
        civil_degree: shape.civil_degree(),
        unions: shape.unions(),
        common_ancestors: common_ancestors(graph, route, shape),
        path: path(graph, route, sources),
        certainty: route
            .steps
            .iter()
            .map(|step| certainty_of(graph.tie(step.tie), scale))
            .product(),
    }
}

/// The nearest common ancestors of a relation by descent through siblings: one, or the couple.
fn common_ancestors(graph: &FamilyGraph, route: &Route, shape: &Shape) -> Vec<PersonSummary> {
    let turn = route.steps.windows(2).position(|pair| {
        matches!(pair[0].kind, StepKind::Parent { .. })
            && matches!(pair[1].kind, StepKind::Child { .. })
    });
    let Some(turn) = turn.filter(|_| shape.joints.is_empty()) else {
        return Vec::new();
    };
    let apex = route.steps[turn].to;
    let (one, other) = (route.before(turn), route.steps[turn + 1].to);
    let mut ancestors: Vec<&Node> = graph.node(apex).into_iter().collect();
    if shape.sibship() == Sibship::Full {
        for (_, parent, _) in graph.ties(one) {
            let shared =
                parent != apex && graph.is_parent(one, parent) && graph.is_parent(other, parent);
            if let Some(node) = graph.node(parent).filter(|_| shared)
                && ancestors.iter().all(|known| known.id != node.id)
            {
                ancestors.push(node);
            }
        }
    }
    ancestors.sort_by_key(|node| (node.gender, node.public_id));
    ancestors
        .into_iter()
        .map(|node| summary(node, graph.as_of()))
        .collect()
}

/// The path, step by step.
fn path(graph: &FamilyGraph, route: &Route, sources: &Sources) -> Vec<PathStep> {
    route
        .steps
        .iter()
        .enumerate()
        .filter_map(|(index, step)| path_step(graph, route.before(index), step, sources))
        .collect()
}

fn path_step(
    graph: &FamilyGraph,
    before: Place,
    step: &Step,
    sources: &Sources,
) -> Option<PathStep> {
    let node = graph.node(step.to)?;
    let alone = Route {
        start: before,
        steps: vec![*step],
    };
    let shape = alone.shape(graph);
    let tie = graph.tie(step.tie);
    Some(PathStep {
        person: summary(node, graph.as_of()),
        words: name(graph, &alone, &shape).words,
        certainty: tie.certainty,
        from: tie.from,
        to: tie.to,
        source: sources.get(tie.source),
    })
}
