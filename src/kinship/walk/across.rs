//! Steps to a partner, and steps by a kinship word alone.

use super::Walk;
use super::state::{ENDED, Phase, STATED, State};
use crate::kinship::family_graph::{Place, TieIndex};
use crate::kinship::route::{StepKind, has_ended_by};
use crate::model::neighborhood::NodeTieKind;
use crate::model::relation_word::{KinTerm, StatedLine};
use crate::model::tie::{Side, UnionState};

impl Walk {
    pub(super) fn step_to_partner(
        &self,
        state: &State,
        partner: Place,
        union: UnionState,
        tie: TieIndex,
    ) -> Option<State> {
        if union == UnionState::Ended && !self.reach.former_partners {
            return None;
        }
        let ended =
            union == UnionState::Ended && has_ended_by(self.graph.tie(tie), self.graph.as_of());
        let next = State {
            unions: state.unions + 1,
            marks: state.marks | if ended { ENDED } else { 0 },
            ..*state
        };
        match state.phase {
            Phase::Up if state.up == 0 => Some(State {
                phase: Phase::PartnerUp,
                ..next
            }),
            Phase::Up => {
                let own_parent = self.graph.is_parent(self.before(state), partner);
                let near = state.up <= self.reach.affinity_degree.max(1);
                (near && !own_parent).then_some(State {
                    phase: Phase::Affine,
                    ..next
                })
            }
            Phase::Down => {
                let near = state.up + state.down <= self.reach.affinity_degree;
                near.then_some(State {
                    phase: Phase::End,
                    ..next
                })
            }
            Phase::SiblingsUp => {
                let is_parent_too = self.graph.is_parent(self.before(state), partner);
                let is_other_parent = (state.up, state.down) == (2, 1);
                (!is_parent_too).then_some(State {
                    phase: if is_other_parent {
                        Phase::SiblingsAffine
                    } else {
                        Phase::End
                    },
                    ..next
                })
            }
            Phase::SiblingsDown => Some(State {
                phase: Phase::End,
                ..next
            }),
            Phase::PartnerDown if (state.up, state.down) == (1, 1) => Some(State {
                phase: Phase::End,
                ..next
            }),
            Phase::Foster => {
                let also_foster = self.graph.ties(self.own(state)).any(|(_, target, tie)| {
                    target == partner
                        && matches!(StepKind::forward(tie.kind), StepKind::Parent { .. })
                });
                (!also_foster).then_some(State {
                    phase: Phase::End,
                    ..next
                })
            }
            _ => None,
        }
    }

    /// A kinship word is one unresolved step. A word of courtesy without a side is not walked on, from neither end.
    pub(super) fn step_by_word(
        &self,
        state: &State,
        term: KinTerm,
        side: Side,
        tie: TieIndex,
    ) -> Option<State> {
        let (mere_courtesy, is_backward) = match self.graph.tie(tie).kind {
            NodeTieKind::Kin { term, side, .. } => (term.courtesy && side == Side::Unknown, false),
            NodeTieKind::KinOf { term, side, .. } => (term.courtesy && side == Side::Unknown, true),
            _ => (false, false),
        };
        if mere_courtesy && is_backward && state.kind.is_some() {
            return None;
        }
        let next = State {
            up: state.up + term.up,
            down: state.down + term.down,
            marks: state.marks | STATED,
            ..*state
        };
        if next.up + next.down > self.reach.degree {
            return None;
        }
        let of_sibling =
            state.phase == Phase::Down && self.is_sibling_or_child(state) && state.up == 1;
        if state.phase != Phase::Up {
            return of_sibling.then_some(State {
                phase: Phase::End,
                unions: state.unions + 1,
                ..next
            });
        }
        let walkable = term.line == StatedLine::Kin && !mere_courtesy;
        let phase = match (walkable, next.down) {
            (false, _) => Phase::End,
            (true, 0) => Phase::Up,
            (true, _) => Phase::Down,
        };
        let side = if state.up == 0 { side } else { state.side };
        Some(State {
            phase,
            side,
            ..next
        })
    }
}
