//! What the steps ask of the way so far.

use super::Walk;
use super::state::{STATED, State};
use crate::kinship::family_graph::{ParentClass, Place};
use crate::kinship::route::StepKind;

impl Walk {
    pub(super) fn start(&self) -> Place {
        self.states[0].place
    }

    /// The record of the start's from which a way leaves.
    pub(super) fn own(&self, state: &State) -> Place {
        let mut state = *state;
        if state.links == 0 {
            return self.start();
        }
        while state.kind.is_some() {
            state = self.states[state.before as usize];
        }
        state.place
    }

    /// The person before; of a record crossed to, the one before the record crossed from.
    pub(super) fn before(&self, state: &State) -> Place {
        let mut state = state;
        while state.is_link && state.before != 0 {
            state = &self.states[state.before as usize];
        }
        self.states[state.before as usize].place
    }

    /// Whether a person is on the way already, so that no route goes in a circle.
    pub(super) fn is_on_way(&self, mut index: u32, place: Place) -> bool {
        loop {
            let state = &self.states[index as usize];
            if state.place == place {
                return true;
            }
            if index == 0 {
                return false;
            }
            index = state.before;
        }
    }

    pub(super) fn is_sibling_or_child(&self, state: &State) -> bool {
        state.unions == 0 && state.marks & STATED == 0 && state.down == 1 && state.up <= 1
    }

    pub(super) fn is_child_of(&self, parent: Place, child: Place) -> bool {
        self.graph.ties(parent).any(|(_, target, tie)| {
            target == child
                && matches!(StepKind::forward(tie.kind), StepKind::Child { nature } if ParentClass::of(nature).is_lineage())
        })
    }
}
