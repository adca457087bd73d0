//! What cannot be true in the records read: people who are their own ancestors, children older than their parents.

use super::family_graph::{FamilyGraph, ParentClass, Place};
use crate::model::neighborhood::{Node, NodeTieKind};
use crate::model::partial_date::Truth;

/// Contradictions among those read, in words, in an order that does not depend on the order of entry.
pub fn contradictions(graph: &FamilyGraph) -> Vec<String> {
    let mut found = circles(graph);
    for (child, node) in graph.people() {
        found.extend(younger_parents(graph, child, node));
    }
    found.sort();
    found.dedup();
    found
}

/// People who are recorded as their own ancestors.
fn circles(graph: &FamilyGraph) -> Vec<String> {
    let mut found = Vec::new();
    for circle in graph.ancestor_circles() {
        let mut names: Vec<&str> = circle
            .iter()
            .filter_map(|&person| graph.person(person))
            .map(|node| node.name.as_str())
            .collect();
        names.sort_unstable();
        found.push(format!(
            "Recorded as their own ancestors: {}. One of these parent ties must be wrong.",
            names.join(", ")
        ));
    }
    found
}

fn younger_parents(graph: &FamilyGraph, child: Place, node: &Node) -> Vec<String> {
    let mut found = Vec::new();
    let Some(birth) = node.birth else {
        return found;
    };
    for (_, target, tie) in graph.ties(child) {
        let NodeTieKind::Parent { nature, .. } = tie.kind else {
            continue;
        };
        let Some(parent) = graph.node(target) else {
            continue;
        };
        if ParentClass::of(nature) == ParentClass::Birth
            && parent
                .birth
                .is_some_and(|parents_birth| birth.before(parents_birth) == Truth::Yes)
        {
            found.push(format!(
                "{} is recorded as a birth parent of {}, who was born earlier.",
                parent.name, node.name
            ));
        }
    }
    found
}
