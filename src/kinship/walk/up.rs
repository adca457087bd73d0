//! Steps up, to a parent of any kind.

use super::Walk;
use super::state::{ADOPTION, BIRTH_AFTER_ADOPTION, ENDED, PRESUMED, Phase, State};
use crate::kinship::family_graph::{ParentClass, Place, TieIndex, is_over};
use crate::model::tie::ParentNature;

/// How far the family of an own partner is walked, in civil degrees from the partner.
pub(super) const PARTNERS_FAMILY: u8 = 3;

impl Walk {
    pub(super) fn step_to_parent(
        &self,
        state: &State,
        parent: Place,
        nature: ParentNature,
        tie: TieIndex,
    ) -> Option<State> {
        let class = ParentClass::of(nature);
        let mut next = State {
            up: state.up + 1,
            ..*state
        };
        if nature == ParentNature::Presumed {
            if !self.reach.presumed_parents {
                return None;
            }
            next.marks |= PRESUMED;
        }
        match (state.phase, class) {
            (Phase::Up, ParentClass::Foster | ParentClass::Guardian) => {
                if state.up > 0 || !self.reach.foster_and_guardian {
                    return None;
                }
                let over = is_over(self.graph.tie(tie).to, self.graph.as_of());
                Some(State {
                    phase: Phase::Foster,
                    marks: next.marks | if over { ENDED } else { 0 },
                    ..next
                })
            }
            (Phase::Up, ParentClass::Step) => {
                let over = is_over(self.graph.tie(tie).to, self.graph.as_of());
                if over && !self.reach.former_partners {
                    return None;
                }
                Some(State {
                    phase: Phase::Affine,
                    unions: state.unions + 1,
                    marks: next.marks | if over { ENDED } else { 0 },
                    ..next
                })
            }
            (Phase::Up, ParentClass::Birth | ParentClass::Adoption) => {
                if state.up + 1 > self.reach.degree {
                    return None;
                }
                next.marks |= self.lineage_mark(state.place, class)?;
                Some(next)
            }
            // The other parent, foster parent or guardian of a sibling; the other parent of an own child.
            (Phase::Down, _) if class != ParentClass::Step && self.is_sibling_or_child(state) => {
                let apex = self.before(state);
                // Where the family of a half-sibling counts, a couple's other line is walked too.
                let goes_on = self.goes_beyond_siblings(state)
                    && self.lineage_mark(state.place, class).is_some();
                if self.graph.is_parent(self.own(state), parent)
                    || (!goes_on && self.graph.are_partners(apex, parent))
                {
                    return None;
                }
                Some(State {
                    phase: if goes_on {
                        Phase::SiblingsUp
                    } else {
                        Phase::End
                    },
                    unions: state.unions + 1,
                    ..next
                })
            }
            (Phase::Down, ParentClass::Step) if self.goes_beyond_siblings(state) => {
                let over = is_over(self.graph.tie(tie).to, self.graph.as_of());
                let is_own = self.graph.is_parent(self.own(state), parent)
                    || self.graph.are_partners(self.before(state), parent);
                let counts = !over || self.reach.former_partners;
                (counts && !is_own).then_some(State {
                    phase: Phase::End,
                    unions: state.unions + 2,
                    marks: next.marks | if over { ENDED } else { 0 },
                    ..next
                })
            }
            (Phase::SiblingsUp, ParentClass::Birth | ParentClass::Adoption) => {
                next.marks |= self.lineage_mark(state.place, class)?;
                self.is_near_half_sibling(&next).then_some(next)
            }
            (Phase::PartnerUp, ParentClass::Birth | ParentClass::Adoption) => {
                (next.up <= PARTNERS_FAMILY.min(self.reach.affinity_degree)).then_some(next)
            }
            (Phase::Affine, ParentClass::Birth | ParentClass::Adoption) => {
                (next.up <= self.reach.affinity_degree).then_some(State {
                    phase: Phase::End,
                    ..next
                })
            }
            (Phase::Foster, ParentClass::Birth | ParentClass::Adoption) => Some(State {
                phase: Phase::End,
                ..next
            }),
            _ => None,
        }
    }

    /// Whether somebody reached over a half-sibling's other parent is near enough to that sibling, who stands one step up
    /// and one down.
    pub(super) fn is_near_half_sibling(&self, state: &State) -> bool {
        state.up + state.down <= self.reach.half_sibling_degree + 2
    }

    /// Whether a state is a brother or sister over whom the walk goes on to kin whom only they have.
    fn goes_beyond_siblings(&self, state: &State) -> bool {
        self.reach.half_sibling_degree > 0 && state.up == 1 && self.is_sibling_or_child(state)
    }

    /// Marks a parent tie of somebody who has both adoptive and birth parents; nothing where birth kin do not count.
    fn lineage_mark(&self, child: Place, class: ParentClass) -> Option<u8> {
        match class {
            ParentClass::Adoption => Some(ADOPTION),
            _ if self.graph.has_parent(child, ParentClass::Adoption) => self
                .reach
                .birth_kin_after_adoption
                .then_some(BIRTH_AFTER_ADOPTION),
            _ => Some(0),
        }
    }
}
