//! The walk from one person to all kin within a reach, nearest first. It does no reading: it says whom it wants to
//! see next, is handed their nodes, and goes on. One batched read serves each step.

use super::family_graph::{FamilyGraph, ParentClass, Place, TieIndex, is_over};
use super::route::{Route, Step, StepKind, certainty_of, has_ended_by, side_of_parent};
use crate::model::ids::{ExternalId, PersonId};
use crate::model::neighborhood::{Node, NodeTieKind};
use crate::model::partial_date::Day;
use crate::model::reach::Reach;
use crate::model::relation_word::{KinTerm, StatedLine};
use crate::model::statement::CertaintyScale;
use crate::model::tie::{ParentNature, Side, UnionState};
use rustc_hash::{FxHashMap, FxHashSet};

/// A walk under way.
pub struct Walk {
    graph: FamilyGraph,
    reach: Reach,
    scale: CertaintyScale,
    states: Vec<State>,
    /// States reached by the last step, not yet walked on from.
    frontier: Vec<u32>,
    /// The first state of each kind that reached a person.
    reached: FxHashMap<Key, u32>,
    asked: FxHashSet<PersonId>,
    /// The first state of the step being taken.
    step_begins: u32,
    /// Whether nobody waits for the walk any longer.
    is_unwanted: Box<dyn Fn() -> bool>,
    /// Ties looked at.
    looked_at: u32,
    broken_off: bool,
}

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

/// Where on its way a state is; it decides what may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Phase {
    /// Climbing to ancestors; the start too.
    Up,
    /// Going down to descendants of an ancestor, or of the start.
    Down,
    /// The start's own partner, and up and down their family.
    PartnerUp,
    PartnerDown,
    /// An ancestor's partner.
    Affine,
    /// A foster parent or guardian of the start.
    Foster,
    /// Found, but not walked on from.
    End,
}

#[derive(Clone, Copy)]
struct State {
    place: Place,
    /// The state before; the start is its own.
    before: u32,
    kind: Option<StepKind>,
    tie: TieIndex,
    up: u8,
    down: u8,
    unions: u8,
    phase: Phase,
    side: Side,
    full: bool,
    marks: u8,
    certainty: f64,
}

/// Two states that agree in this are the same way of being related.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    place: Place,
    up: u8,
    down: u8,
    unions: u8,
    phase: Phase,
    side: Side,
    full: bool,
    marks: u8,
}

const ADOPTION: u8 = 1;
const BIRTH_AFTER_ADOPTION: u8 = 2;
const STATED: u8 = 4;
const PRESUMED: u8 = 8;
const ENDED: u8 = 16;

/// After how many ties the walk asks whether anybody still waits for it. One tie of a person with many may cost as much as
/// looking at all of them.
const TIES_A_LOOK: u32 = 64;

/// How far the family of an own partner is walked, in civil degrees from the partner.
const PARTNERS_FAMILY: u8 = 3;

impl Walk {
    pub fn new(start: PersonId, as_of: Day, reach: Reach, scale: CertaintyScale) -> Walk {
        let mut walk = Walk {
            graph: FamilyGraph::new(as_of),
            reach,
            scale,
            states: Vec::with_capacity(512),
            frontier: vec![0],
            reached: FxHashMap::default(),
            asked: FxHashSet::default(),
            step_begins: 0,
            is_unwanted: Box::new(|| false),
            looked_at: 0,
            broken_off: false,
        };
        let place = walk.graph.place_or_new(start);
        walk.states.push(State {
            place,
            before: 0,
            kind: None,
            tie: TieIndex::end(),
            up: 0,
            down: 0,
            unions: 0,
            phase: Phase::Up,
            side: Side::Unknown,
            full: false,
            marks: 0,
            certainty: 1.0,
        });
        walk
    }

    /// The same walk, which breaks off when it is told that nobody waits for it: then it wants nobody, and what it found
    /// is not whole. Whoever set this must ask once more at the end.
    pub fn unless(self, is_unwanted: Box<dyn Fn() -> bool>) -> Walk {
        Walk {
            is_unwanted,
            ..self
        }
    }

    /// Whom the walk wants to see next, each once. Empty when it can go no further; then [`Walk::finish`] it.
    pub fn wanted(&mut self) -> Vec<PersonId> {
        while !self.frontier.is_empty() {
            let mut wanted = Vec::new();
            for &state in &self.frontier {
                let id = self.graph.id(self.states[state as usize].place);
                if self.asked.insert(id) {
                    wanted.push(id);
                }
            }
            if !wanted.is_empty() {
                return wanted;
            }
            self.advance();
        }
        Vec::new()
    }

    /// Takes the nodes asked for. Those who are not there for the caller are left out.
    pub fn supply(&mut self, nodes: impl IntoIterator<Item = Node>) {
        for node in nodes {
            self.graph.insert(node);
        }
        self.advance();
    }

    /// Walks one step on from the frontier.
    fn advance(&mut self) {
        let frontier = std::mem::take(&mut self.frontier);
        self.step_begins = self.states.len() as u32;
        for state in frontier {
            if self.broken_off {
                self.frontier.clear();
                return;
            }
            if self.states[state as usize].phase != Phase::End {
                self.expand(state);
            }
        }
    }

    fn expand(&mut self, index: u32) {
        let mut state = self.states[index as usize];
        if self.graph.node(state.place).is_none() {
            return;
        }
        if state.phase == Phase::Up && state.up == 1 && state.marks & STATED == 0 {
            // The side is that of the first parent, who has only now been read.
            state.side = side_of_parent(&self.graph, state.place);
            self.states[index as usize] = state;
        }
        let ties: Vec<(TieIndex, Place, StepKind)> = self
            .graph
            .ties(state.place)
            .map(|(tie, target, weight)| (tie, target, StepKind::forward(weight.kind)))
            .collect();
        for (tie, target, kind) in ties {
            self.looked_at = self.looked_at.wrapping_add(1);
            if self.looked_at.is_multiple_of(TIES_A_LOOK) && (self.is_unwanted)() {
                self.broken_off = true;
                return;
            }
            if self.is_on_way(index, target) {
                continue;
            }
            let next = match kind {
                StepKind::Parent {
                    nature,
                    legal_state,
                } => {
                    if legal_state.is_ended() && !self.reach.through_ended_rights {
                        continue;
                    }
                    self.step_to_parent(&state, target, nature, tie)
                }
                StepKind::Child { nature } => self.step_to_child(&state, target, nature, tie),
                StepKind::Partner { state: union, .. } => {
                    self.step_to_partner(&state, target, union, tie)
                }
                StepKind::Stated { term, side } => self.step_by_word(&state, term, side, tie),
            };
            if let Some(next) = next {
                self.push(
                    index,
                    State {
                        place: target,
                        before: index,
                        kind: Some(kind),
                        tie,
                        ..next
                    },
                );
            }
        }
    }

    /// Whether a person is on the way already, so that no route goes in a circle.
    fn is_on_way(&self, mut index: u32, place: Place) -> bool {
        loop {
            let state = &self.states[index as usize];
            if state.place == place {
                return true;
            }
            if state.kind.is_none() {
                return false;
            }
            index = state.before;
        }
    }

    fn before(&self, state: &State) -> Place {
        self.states[state.before as usize].place
    }

    fn step_to_parent(
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
                if self.graph.is_parent(self.start(), parent)
                    || self.graph.are_partners(apex, parent)
                {
                    return None;
                }
                Some(State {
                    phase: Phase::End,
                    unions: state.unions + 1,
                    ..next
                })
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

    fn start(&self) -> Place {
        self.states[0].place
    }

    fn is_sibling_or_child(&self, state: &State) -> bool {
        state.unions == 0 && state.marks & STATED == 0 && state.down == 1 && state.up <= 1
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

    fn step_to_child(
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
                    next.up == 0 && next.down == 1 && self.is_child_of(self.start(), child);
                (next.up + next.down <= limit && !own_child).then_some(State {
                    phase: Phase::PartnerDown,
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
            Phase::End => None,
        }
    }

    /// Whether the person climbed from and this child have another parent in common. All parents of the person
    /// climbed from were read together with this one.
    fn share_both_parents(&self, state: &State, child: Place) -> bool {
        let Some(StepKind::Parent { nature, .. }) = state.kind else {
            return false;
        };
        self.graph
            .parents(self.before(state), ParentClass::of(nature))
            .any(|parent| parent != state.place && self.is_child_of(parent, child))
    }

    fn is_child_of(&self, parent: Place, child: Place) -> bool {
        self.graph.ties(parent).any(|(_, target, tie)| {
            target == child
                && matches!(StepKind::forward(tie.kind), StepKind::Child { nature } if ParentClass::of(nature).is_lineage())
        })
    }

    fn step_to_partner(
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
            Phase::PartnerDown if (state.up, state.down) == (1, 1) => Some(State {
                phase: Phase::End,
                ..next
            }),
            Phase::Foster => {
                let also_foster = self.graph.ties(self.start()).any(|(_, target, tie)| {
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
    fn step_by_word(
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

    /// Adds a state unless the same way of being related was found before; of two found at once the surer, then the
    /// one whose people come first by external and public id, so that the order of entry does not matter.
    fn push(&mut self, from: u32, mut state: State) {
        state.certainty = self.states[from as usize].certainty
            * certainty_of(self.graph.tie(state.tie), &self.scale);
        let key = Key {
            place: state.place,
            up: state.up,
            down: state.down,
            unions: state.unions,
            phase: state.phase,
            side: state.side,
            full: state.full,
            marks: state.marks,
        };
        match self.reached.get(&key) {
            None => {
                let index = self.states.len() as u32;
                self.reached.insert(key, index);
                self.states.push(state);
                self.frontier.push(index);
            }
            Some(&index) => {
                let known = self.states[index as usize];
                if index >= self.step_begins && self.is_better(&state, &known) {
                    self.states[index as usize] = state;
                }
            }
        }
    }

    fn is_better(&self, new: &State, known: &State) -> bool {
        if new.certainty != known.certainty {
            return new.certainty > known.certainty;
        }
        self.way_back(new) < self.way_back(known)
    }

    /// The ids on the way, last first.
    fn way_back(&self, state: &State) -> Vec<(Option<&ExternalId>, u128)> {
        let mut ids = Vec::new();
        let mut state = *state;
        while state.kind.is_some() {
            state = self.states[state.before as usize];
            let node = self.graph.node(state.place);
            ids.extend(node.map(|node| (node.external_id.as_ref(), node.public_id.0)));
        }
        ids
    }

    /// Ends the walk: everybody found who is there for the caller, with one route of each kind.
    pub fn finish(self) -> Walked {
        let mut kin: Vec<Kin> = Vec::new();
        let mut positions: FxHashMap<Place, usize> = FxHashMap::default();
        for state in &self.states[1..] {
            if self.graph.node(state.place).is_none() {
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
        let mut state = state;
        while let Some(kind) = state.kind {
            steps.push(Step {
                to: state.place,
                kind,
                tie: state.tie,
            });
            state = &self.states[state.before as usize];
        }
        steps.reverse();
        Route {
            start: self.start(),
            steps,
        }
    }
}
