//! Malécot's coefficient of kinship: the chance that one gene drawn from each of two people is the same by descent.
//! Computed over recorded birth parents by the usual recursion (Malécot 1948; Lange, Mathematical and Statistical
//! Methods for Genetic Analysis, 2nd ed., chapter 5).

use super::family_graph::{FamilyGraph, Place};
use crate::model::neighborhood::NodeTieKind;
use crate::model::statement::Certainty;
use crate::model::tie::ParentNature;
use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;
use rustc_hash::FxHashMap;

/// The coefficient over those read. People of whom no parents were read are taken as unrelated founders. A person
/// who is recorded as their own ancestor is taken as a founder.
pub fn kinship_coefficient(graph: &FamilyGraph, a: Place, b: Place) -> f64 {
    let parents = birth_parents(graph);
    let order = order_of_descent(&parents);
    let mut recursion = Recursion {
        parents,
        order,
        known: FxHashMap::default(),
    };
    recursion.coefficient(a, b)
}

struct Recursion {
    parents: FxHashMap<Place, Vec<Place>>,
    /// Ancestors have lower numbers than their descendants.
    order: FxHashMap<Place, usize>,
    known: FxHashMap<(Place, Place), f64>,
}

impl Recursion {
    fn coefficient(&mut self, a: Place, b: Place) -> f64 {
        let rank = |place: &Place| self.order.get(place).copied().unwrap_or(0);
        let (younger, older) = if rank(&a) >= rank(&b) { (a, b) } else { (b, a) };
        if let Some(&known) = self.known.get(&(younger, older)) {
            return known;
        }
        let parents = self.parents.get(&younger).cloned().unwrap_or_default();
        let value = if younger == older {
            let inbreeding = match parents[..] {
                [one, other] => self.coefficient(one, other),
                _ => 0.0,
            };
            0.5 * (1.0 + inbreeding)
        } else {
            parents
                .iter()
                .map(|&parent| 0.5 * self.coefficient(parent, older))
                .sum()
        };
        self.known.insert((younger, older), value);
        value
    }
}

/// At most two birth parents each: the surest, then by public id.
fn birth_parents(graph: &FamilyGraph) -> FxHashMap<Place, Vec<Place>> {
    let mut all = FxHashMap::default();
    for (child, _) in graph.people() {
        let mut parents: Vec<(bool, Certainty, u128, Place)> = Vec::new();
        for (_, target, tie) in graph.ties(child) {
            if let NodeTieKind::Parent { nature, .. } = tie.kind
                && matches!(nature, ParentNature::Birth | ParentNature::Presumed)
                && let Some(parent) = graph.node(target)
                && parents.iter().all(|known| known.3 != target)
            {
                parents.push((
                    nature == ParentNature::Presumed,
                    tie.certainty,
                    parent.public_id.0,
                    target,
                ));
            }
        }
        parents.sort();
        all.insert(
            child,
            parents.into_iter().take(2).map(|parent| parent.3).collect(),
        );
    }
    break_circles(&mut all);
    all
}

/// Takes away the parents of those who are recorded as their own ancestors.
fn break_circles(parents: &mut FxHashMap<Place, Vec<Place>>) {
    let mut ancestry: DiGraph<Place, (), u32> = DiGraph::default();
    let mut vertices = FxHashMap::default();
    for &person in parents.keys() {
        vertices.insert(person, ancestry.add_node(person));
    }
    for (child, known) in parents.iter() {
        for parent in known {
            if let (Some(&child), Some(&parent)) = (vertices.get(child), vertices.get(parent)) {
                ancestry.add_edge(child, parent, ());
            }
        }
    }
    for circle in tarjan_scc(&ancestry) {
        if circle.len() > 1 {
            for vertex in circle {
                parents.insert(ancestry[vertex], Vec::new());
            }
        }
    }
}

/// Numbers everybody after all their ancestors.
fn order_of_descent(parents: &FxHashMap<Place, Vec<Place>>) -> FxHashMap<Place, usize> {
    let mut order = FxHashMap::default();
    for &person in parents.keys() {
        let mut stack = vec![person];
        while let Some(&next) = stack.last() {
            let waiting: Vec<Place> = match order.contains_key(&next) {
                true => Vec::new(),
                false => parents
                    .get(&next)
                    .into_iter()
                    .flatten()
                    .filter(|parent| !order.contains_key(*parent))
                    .copied()
                    .collect(),
            };
            if waiting.is_empty() {
                let number = order.len();
                order.entry(next).or_insert(number);
                stack.pop();
            } else {
                stack.extend(waiting);
            }
        }
    }
    order
}
