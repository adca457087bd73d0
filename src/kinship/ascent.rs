//! All relations between two people: both climb to their ancestors, across at most one couple each, and wherever
//! they meet by different children there is a relation. Exact however far apart the two are.

use super::family_graph::{FamilyGraph, ParentClass, Place, TieIndex};
use super::route::{Route, Step, StepKind};
use crate::model::ids::PersonId;
use crate::model::neighborhood::{Node, NodeTieKind};
use crate::model::partial_date::Day;
use rustc_hash::{FxHashMap, FxHashSet};

/// Generations climbed at most. Far beyond any real pedigree; it only bounds records that go in circles.
const MOST_GENERATIONS: u8 = 64;
/// How far an ancestor's partner's own ancestors are climbed.
const BEYOND_AN_ANCESTORS_PARTNER: u8 = 2;
/// Pairs of ways tried for one meeting before it is taken as leading over itself.
const WAYS_TRIED: usize = 64;

/// Reads the ancestors of two people (and their partners), one batched read a generation.
pub struct Ascent {
    graph: FamilyGraph,
    ends: [PersonId; 2],
    /// Places whose parents are still to be read, with how far they were climbed to and across what.
    asked: FxHashSet<PersonId>,
    climbs: [Climb; 2],
}

/// One person's climb.
struct Climb {
    points: Vec<Point>,
    index: FxHashMap<(Place, u8, Option<u8>), u32>,
    frontier: Vec<u32>,
}

/// A person reached at a height, across at most one couple.
struct Point {
    place: Place,
    generations: u8,
    /// How many generations had been climbed when the couple was crossed.
    couple_at: Option<u8>,
    /// The points below, with the step up from each.
    below: Vec<(u32, Step)>,
}

impl Ascent {
    pub fn new(a: PersonId, b: PersonId, as_of: Day) -> Ascent {
        let mut graph = FamilyGraph::new(as_of);
        let climbs = [a, b].map(|id| Climb::from(graph.place_or_new(id)));
        Ascent {
            graph,
            ends: [a, b],
            asked: FxHashSet::default(),
            climbs,
        }
    }

    /// Whom the climb wants to see next; empty when both have reached the top.
    pub fn wanted(&mut self) -> Vec<PersonId> {
        while self.climbs.iter().any(|climb| !climb.frontier.is_empty()) {
            let mut wanted = Vec::new();
            for climb in &self.climbs {
                for &point in &climb.frontier {
                    let id = self.graph.id(climb.points[point as usize].place);
                    if self.asked.insert(id) {
                        wanted.push(id);
                    }
                }
            }
            if !wanted.is_empty() {
                return wanted;
            }
            self.advance();
        }
        Vec::new()
    }

    /// Takes the nodes asked for.
    pub fn supply(&mut self, nodes: impl IntoIterator<Item = Node>) {
        let mut are_joined = false;
        for node in nodes {
            are_joined |= !node.records.is_empty();
            self.asked
                .extend(node.records.iter().map(|record| record.id));
            self.graph.insert(node);
        }
        if are_joined && self.graph.has_aliases() {
            for climb in &mut self.climbs {
                climb.settle_frontier(&self.graph);
            }
        }
        self.advance();
    }

    fn advance(&mut self) {
        for climb in &mut self.climbs {
            climb.advance(&self.graph);
        }
    }

    /// The graph of those read, and every route from the first to the second person, in no particular order.
    pub fn finish(self) -> (FamilyGraph, Vec<Route>) {
        let mut routes = Vec::new();
        let [from_a, from_b] = &self.climbs;
        let both_there = self
            .ends
            .iter()
            .all(|&end| self.graph.person(end).is_some());
        let [a, b] = self.ends.map(|end| self.graph.place_of(end));
        if both_there && a != b {
            let mut by_place: FxHashMap<Place, Vec<u32>> = FxHashMap::default();
            for (index, point) in from_b.points.iter().enumerate() {
                by_place.entry(point.place).or_default().push(index as u32);
            }
            for (index, point) in from_a.points.iter().enumerate() {
                for &other in by_place.get(&point.place).into_iter().flatten() {
                    meet(
                        &self.graph,
                        from_a,
                        index as u32,
                        from_b,
                        other,
                        &mut routes,
                    );
                }
            }
        }
        (self.graph, routes)
    }
}

impl Climb {
    fn from(start: Place) -> Climb {
        let point = Point {
            place: start,
            generations: 0,
            couple_at: None,
            below: Vec::new(),
        };
        let index = FxHashMap::from_iter([((start, 0, None), 0)]);
        Climb {
            points: vec![point],
            index,
            frontier: vec![0],
        }
    }

    /// Brings points together whose people turned out to be one. Only those just read are concerned.
    fn settle_frontier(&mut self, graph: &FamilyGraph) {
        for index in std::mem::take(&mut self.frontier) {
            let point = &mut self.points[index as usize];
            let settled = graph.settled(point.place);
            if settled == point.place {
                self.frontier.push(index);
                continue;
            }
            let key = |place| (place, point.generations, point.couple_at);
            self.index.remove(&key(point.place));
            let key = key(settled);
            point.place = settled;
            for (_, step) in &mut point.below {
                step.to = settled;
            }
            match self.index.get(&key) {
                Some(&known) => {
                    // Nothing leads over this point any more; it stands nowhere.
                    point.place = Place::end();
                    let below = std::mem::take(&mut point.below);
                    self.points[known as usize].below.extend(below);
                }
                None => {
                    self.index.insert(key, index);
                    self.frontier.push(index);
                }
            }
        }
    }

    fn advance(&mut self, graph: &FamilyGraph) {
        for below in std::mem::take(&mut self.frontier) {
            let Point {
                place,
                generations,
                couple_at,
                ..
            } = self.points[below as usize];
            if generations >= MOST_GENERATIONS || graph.node(place).is_none() {
                continue;
            }
            for (tie, target, weight) in graph.ties(place) {
                let step = Step {
                    to: target,
                    kind: StepKind::forward(weight.kind),
                    tie,
                };
                match weight.kind {
                    NodeTieKind::Parent { nature, .. } if ParentClass::of(nature).is_lineage() => {
                        let beyond = couple_at
                            .map_or(0, |at| if at == 0 { 0 } else { generations + 1 - at });
                        if beyond <= BEYOND_AN_ANCESTORS_PARTNER {
                            self.reach(target, generations + 1, couple_at, below, step);
                        }
                    }
                    NodeTieKind::Partner { .. }
                        if couple_at.is_none() && !self.is_other_parent(graph, below, target) =>
                    {
                        self.reach(target, generations, Some(generations), below, step);
                    }
                    _ => {}
                }
            }
        }
    }

    /// Whether the partner is a parent, too, of everybody through whom this point was reached.
    fn is_other_parent(&self, graph: &FamilyGraph, point: u32, partner: Place) -> bool {
        let below = &self.points[point as usize].below;
        !below.is_empty()
            && below
                .iter()
                .all(|&(child, _)| graph.is_parent(self.points[child as usize].place, partner))
    }

    fn reach(
        &mut self,
        place: Place,
        generations: u8,
        couple_at: Option<u8>,
        below: u32,
        step: Step,
    ) {
        let points = &mut self.points;
        let mut is_new = false;
        let index = *self
            .index
            .entry((place, generations, couple_at))
            .or_insert_with(|| {
                is_new = true;
                points.push(Point {
                    place,
                    generations,
                    couple_at,
                    below: Vec::new(),
                });
                points.len() as u32 - 1
            });
        points[index as usize].below.push((below, step));
        if is_new {
            self.frontier.push(index);
        }
    }

    /// The ways up from the start to a point that come through one point below it, at most [`WAYS_TRIED`].
    fn ways(&self, below: u32, last: Step) -> Vec<Vec<Step>> {
        let mut ways = Vec::new();
        let mut stack: Vec<(u32, Vec<Step>)> = vec![(below, vec![last])];
        while let Some((point, steps)) = stack.pop() {
            let under = &self.points[point as usize].below;
            if under.is_empty() {
                ways.push(steps.into_iter().rev().collect());
                if ways.len() >= WAYS_TRIED {
                    break;
                }
                continue;
            }
            for &(next, step) in under {
                let mut longer = steps.clone();
                longer.push(step);
                stack.push((next, longer));
            }
        }
        ways
    }
}

/// Adds a route for each pair of different people through whom the two climbs come to the same person.
fn meet(
    graph: &FamilyGraph,
    from_a: &Climb,
    at_a: u32,
    from_b: &Climb,
    at_b: u32,
    routes: &mut Vec<Route>,
) {
    let (point_a, point_b) = (&from_a.points[at_a as usize], &from_b.points[at_b as usize]);
    let both_by_own_partner = point_a.couple_at == Some(0) && point_b.couple_at == Some(0);
    let partners_are_siblings =
        both_by_own_partner && point_a.generations == 1 && point_b.generations == 1;
    if point_a.couple_at.is_some() && point_b.couple_at.is_some() && !partners_are_siblings {
        return;
    }
    let start = from_a.points[0].place;
    match (point_a.below.is_empty(), point_b.below.is_empty()) {
        (true, true) => {}
        (true, false) => {
            for &(below, step) in &point_b.below {
                let way = from_b
                    .ways(below, step)
                    .into_iter()
                    .map(|way| Vec::from_iter(reversed(graph, from_b, &way)));
                push_first_simple(start, way, routes);
            }
        }
        (false, true) => {
            for &(below, step) in &point_a.below {
                push_first_simple(start, from_a.ways(below, step).into_iter(), routes);
            }
        }
        (false, false) => {
            for &(below_a, step_a) in &point_a.below {
                for &(below_b, step_b) in &point_b.below {
                    if is_relation(graph, from_a, below_a, step_a, from_b, below_b, step_b) {
                        let ways = joined(graph, from_a, below_a, step_a, from_b, below_b, step_b);
                        push_first_simple(start, ways.into_iter(), routes);
                    }
                }
            }
        }
    }
}

/// Whether coming to one person by these two steps makes a relation of its own.
fn is_relation(
    graph: &FamilyGraph,
    from_a: &Climb,
    below_a: u32,
    step_a: Step,
    from_b: &Climb,
    below_b: u32,
    step_b: Step,
) -> bool {
    let (place_a, place_b) = (
        from_a.points[below_a as usize].place,
        from_b.points[below_b as usize].place,
    );
    let partner_a = matches!(step_a.kind, StepKind::Partner { .. });
    let partner_b = matches!(step_b.kind, StepKind::Partner { .. });
    match (partner_a, partner_b) {
        (true, true) => false,
        // A child of both partners is kin by blood, not through the couple.
        (true, false) => place_a != place_b && !graph.is_parent(place_b, place_a),
        (false, true) => place_a != place_b && !graph.is_parent(place_a, place_b),
        (false, false) => place_a != place_b,
    }
}

/// The ways up one side and down the other.
fn joined(
    graph: &FamilyGraph,
    from_a: &Climb,
    below_a: u32,
    step_a: Step,
    from_b: &Climb,
    below_b: u32,
    step_b: Step,
) -> Vec<Vec<Step>> {
    let down: Vec<Vec<Step>> = from_b
        .ways(below_b, step_b)
        .iter()
        .map(|way| reversed(graph, from_b, way))
        .collect();
    let mut ways = Vec::new();
    for up in from_a.ways(below_a, step_a) {
        for down in &down {
            ways.push(up.iter().chain(down).copied().collect());
            if ways.len() >= WAYS_TRIED {
                return ways;
            }
        }
    }
    ways
}

/// A way up walked down again, to where it began.
fn reversed(graph: &FamilyGraph, climb: &Climb, way: &[Step]) -> Vec<Step> {
    let mut steps = Vec::with_capacity(way.len());
    for (position, step) in way.iter().enumerate().rev() {
        let to = if position == 0 {
            climb.points[0].place
        } else {
            way[position - 1].to
        };
        let tie: TieIndex = step.tie;
        steps.push(Step {
            to,
            kind: StepKind::backward(graph.tie(tie).kind),
            tie,
        });
    }
    steps
}

/// Keeps the first way that does not pass the same person twice.
fn push_first_simple(start: Place, ways: impl Iterator<Item = Vec<Step>>, routes: &mut Vec<Route>) {
    for steps in ways {
        let mut seen = FxHashSet::from_iter([start]);
        if steps.iter().all(|step| seen.insert(step.to)) {
            let crossings = Vec::new();
            routes.push(Route {
                start,
                steps,
                crossings,
            });
            return;
        }
    }
}
