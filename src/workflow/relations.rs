//! Turns routes into relations as shown: words, path, evidence.

use crate::error::Error;
use crate::kinship::family_graph::{FamilyGraph, Place};
use crate::kinship::naming::name;
use crate::kinship::route::{Crossing, Route, Shape, Step, StepKind};
use crate::model::ids::SourceId;
use crate::model::lead::{Line, PathLink, PathStep, PersonSummary, Relation, Sibship};
use crate::model::neighborhood::{Node, Vital};
use crate::model::partial_date::{Day, Truth};
use crate::model::same_person::Probability;
use crate::model::statement::{Certainty, Source};
use crate::names::normalize::fold;
use crate::placement::ranking::Weights;
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
        also_recorded_as: node
            .records
            .iter()
            .filter(|record| record.id != node.id)
            .cloned()
            .collect(),
    }
}

/// The sources that a route rests on.
pub fn sources_of<'a>(
    graph: &'a FamilyGraph,
    route: &'a Route,
) -> impl Iterator<Item = SourceId> + 'a {
    let of_links = route.crossings.iter();
    let of_links = of_links.filter_map(|crossing| graph.link(crossing.from, crossing.to));
    let of_ties = route.steps.iter().map(|step| graph.tie(step.tie).source);
    of_ties.chain(of_links.map(|link| link.source))
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
    weights: &Weights,
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
        certainty: route.certainty(graph, &weights.certainty, &weights.same_person),
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

/// The path, step by step, with the records gone over to where they may be the same person's.
fn path(graph: &FamilyGraph, route: &Route, sources: &Sources) -> Vec<PathStep> {
    let mut path = Vec::with_capacity(route.steps.len() + route.crossings.len());
    for index in 0..=route.steps.len() {
        let crossings = route
            .crossings
            .iter()
            .filter(|crossing| crossing.at == index);
        path.extend(crossings.filter_map(|crossing| crossing_step(graph, *crossing, sources)));
        let step = route.steps.get(index);
        path.extend(step.and_then(|step| path_step(graph, route.before(index), step, sources)));
    }
    path
}

fn crossing_step(graph: &FamilyGraph, crossing: Crossing, sources: &Sources) -> Option<PathStep> {
    let link = graph.link(crossing.from, crossing.to)?;
    Some(PathStep {
        person: summary(graph.node(crossing.to)?, graph.as_of()),
        words: same_person_words(link.probability),
        certainty: Certainty::Reported,
        from: None,
        to: None,
        source: sources.get(link.source),
        link: Some(PathLink {
            probability: link.probability,
            verdict: link.verdict,
            // Read only for what is shown.
            reasons: Vec::new(),
        }),
    })
}

/// "if Marg Josef is Margaret Joseph"; records of the same name are told apart by their birth.
pub fn if_one_person(one: &Node, other: &Node) -> String {
    let [one, other] = told_apart(one, other);
    format!("if {one} is {other}")
}

/// "is Marg Josef the same person as Margaret Joseph".
pub fn are_one_person(one: &Node, other: &Node) -> String {
    let [one, other] = told_apart(one, other);
    format!("is {one} the same person as {other}")
}

fn told_apart(one: &Node, other: &Node) -> [String; 2] {
    let are_alike = fold(&one.name) == fold(&other.name);
    [one, other].map(|node| match node.birth {
        Some(birth) if are_alike => format!("{} (born {})", node.name, birth.in_words()),
        None if are_alike => format!("{} (birth not recorded)", node.name),
        _ => node.name.clone(),
    })
}

/// With a capital at the front.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// What must be true for a route to hold: "if Marg Josef is Margaret Joseph and Al Pete is Alan Peters".
pub fn if_words(graph: &FamilyGraph, route: &Route) -> String {
    let mut conditions = Vec::with_capacity(route.crossings.len());
    for crossing in &route.crossings {
        if let (Some(one), Some(other)) = (graph.node(crossing.from), graph.node(crossing.to)) {
            let [one, other] = told_apart(one, other);
            conditions.push(format!("{one} is {other}"));
        }
    }
    match conditions.is_empty() {
        true => String::new(),
        false => format!("if {}", conditions.join(" and ")),
    }
}

/// "perhaps the same person (93 %)".
pub fn same_person_words(probability: Option<Probability>) -> String {
    let probability = probability.map_or(String::new(), |known| format!(" ({})", known.in_words()));
    format!("perhaps the same person{probability}")
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
        crossings: Vec::new(),
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
        link: None,
    })
}
