//! What a walk found: everybody, with one route of each kind.

use super::Walk;
use super::state::{Key, Phase, State};
use crate::kinship::family_graph::{FamilyGraph, Place};
use crate::kinship::route::{Crossing, Route, Step};
use rustc_hash::FxHashMap;

/// Everybody found, and the graph of those read.
pub struct Walked {
    pub graph: FamilyGraph,
    /// One entry a person, in the order found: nearest first.
    pub kin: Vec<Kin>,
}

/// A person found, with the routes that lead there, one of each kind.
pub struct Kin {
    pub place: Place,
    pub routes: Vec<Route>,
}

impl Walk {
    /// Ends the walk: everybody found who is there for the caller, with one route of each kind, over as few undecided links
    /// as it takes.
    pub fn finish(self) -> Walked {
        let mut kin: Vec<Kin> = Vec::new();
        let mut positions: FxHashMap<Place, usize> = FxHashMap::default();
        for state in &self.states[1..] {
            let is_recorded_again = state.kind.is_none();
            let key = state.key();
            let is_known_more_surely =
                (0..key.links).any(|links| self.reached.contains_key(&Key { links, ..key }));
            if self.graph.node(state.place).is_none()
                || state.phase == Phase::Gone
                || is_recorded_again
                || is_known_more_surely
            {
                continue;
            }
            let position = *positions.entry(state.place).or_insert_with(|| {
                kin.push(Kin {
                    place: state.place,
                    routes: Vec::with_capacity(1),
                });
                kin.len() - 1
            });
            kin[position].routes.push(self.route(state));
        }
        Walked {
            graph: self.graph,
            kin,
        }
    }

    fn route(&self, state: &State) -> Route {
        let mut steps = Vec::with_capacity(usize::from(state.up + state.down + state.unions));
        let mut crossings = Vec::with_capacity(usize::from(state.links));
        let mut state = state;
        while state.kind.is_some() || state.is_link {
            let before = &self.states[state.before as usize];
            match state.kind {
                Some(kind) if !state.is_link => steps.push(Step {
                    to: state.place,
                    kind,
                    tie: state.tie,
                }),
                // Counted from the end for now.
                _ => crossings.push(Crossing {
                    at: steps.len(),
                    from: before.place,
                    to: state.place,
                }),
            }
            state = before;
        }
        steps.reverse();
        crossings.reverse();
        for crossing in &mut crossings {
            crossing.at = steps.len() - crossing.at;
        }
        Route {
            start: self.start(),
            steps,
            crossings,
        }
    }
}
