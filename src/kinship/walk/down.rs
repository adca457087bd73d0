//! Steps down, to a child of any kind.

use super::Walk;
use super::state::{ADOPTION, ENDED, PRESUMED, Phase, State};
use super::up::PARTNERS_FAMILY;
use crate::kinship::family_graph::{ParentClass, Place, TieIndex, is_over};
use crate::kinship::route::StepKind;
use crate::model::tie::{ParentNature, Side};

impl Walk {
    pub(super) fn step_to_child(
        &self,
        state: &State,
        child: Place,
        nature: ParentNature,
        tie: TieIndex,
    ) -> Option<State> {
        let class = ParentClass::of(nature);
        let mut next = State {
            down: state.down + 1,
            ..*state
        };
        if class == ParentClass::Step {
            let allowed =
                state.phase == Phase::Up && next.up + next.down <= self.reach.affinity_degree;
            let over = is_over(self.graph.tie(tie).to, self.graph.as_of());
            return allowed.then_some(State {
                phase: Phase::End,
                unions: state.unions + 1,
                marks: next.marks | if over { ENDED } else { 0 },
                ..next
            });
        }
        if nature == ParentNature::Presumed {
            if !self.reach.presumed_parents {
                return None;
            }
            next.marks |= PRESUMED;
        }
        if class == ParentClass::Adoption {
            next.marks |= ADOPTION;
        }
        match state.phase {
            Phase::Up => {
                if next.up + next.down > self.reach.degree {
                    return None;
                }
                next.full = state.up > 0 && self.share_both_parents(state, child);
                if next.full && state.up == 1 {
                    next.side = Side::Both;
                }
                Some(State {
                    phase: Phase::Down,
                    ..next
                })
            }
            Phase::Down => (next.up + next.down <= self.reach.degree).then_some(next),
            Phase::PartnerUp | Phase::PartnerDown => {
                let limit = PARTNERS_FAMILY.min(self.reach.affinity_degree);
                let own_child =
                    next.up == 0 && next.down == 1 && self.is_child_of(self.own(state), child);
                (next.up + next.down <= limit && !own_child).then_some(State {
                    phase: Phase::PartnerDown,
                    ..next
                })
            }
            Phase::SiblingsUp | Phase::SiblingsDown => {
                // Whoever is a brother or sister of the start too was found as one.
                let is_sibling = (next.up, next.down) == (2, 2)
                    && self.is_child_of(self.own_parent_of(state), child);
                (self.is_near_half_sibling(&next) && !is_sibling).then_some(State {
                    phase: Phase::SiblingsDown,
                    ..next
                })
            }
            Phase::SiblingsAffine => {
                let of_other_parent = self.is_child_of(self.before(state), child);
                (!of_other_parent).then_some(State {
                    phase: Phase::End,
                    ..next
                })
            }
            Phase::Affine => {
                let of_ancestor = self.is_child_of(self.before(state), child);
                let near = next.up + next.down <= self.reach.affinity_degree;
                (near && !of_ancestor).then_some(State {
                    phase: Phase::End,
                    ..next
                })
            }
            Phase::Foster => Some(State {
                phase: Phase::End,
                ..next
            }),
            Phase::End | Phase::Gone => None,
        }
    }

    /// The own parent over whom a way leads.
    fn own_parent_of(&self, state: &State) -> Place {
        let mut state = state;
        while state.down > 0 {
            state = &self.states[state.before as usize];
        }
        state.place
    }

    /// Whether the person climbed from and this child have another parent in common. All parents of the person
    /// climbed from were read together with this one.
    fn share_both_parents(&self, state: &State, child: Place) -> bool {
        let Some(StepKind::Parent { nature, .. }) = state.kind else {
            return false;
        };
        self.graph
            .parents(self.before(state), ParentClass::of(nature))
            .any(|parent| {
                parent != state.place
                    && !(state.is_link && parent == self.states[state.before as usize].place)
                    && self.is_child_of(parent, child)
            })
    }
}
