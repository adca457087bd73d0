//! The walk from one person to all kin within a reach, nearest first. It does no reading: it says whom it wants to
//! see next, is handed their nodes, and goes on. One batched read serves each step.

use super::family_graph::{FamilyGraph, ParentClass, Place, TieIndex, is_over};
use super::route::{Crossing, Route, Step, StepKind, certainty_of, has_ended_by, side_of_parent};
use super::same_person::{Severed, likely_links};
use crate::model::ids::{ExternalId, PersonId};
use crate::model::neighborhood::{Node, NodeTieKind};
use crate::model::partial_date::Day;
use crate::model::reach::Reach;
use crate::model::relation_word::{KinTerm, StatedLine};
use crate::model::same_person::LinkPolicy;
use crate::model::statement::CertaintyScale;
use crate::model::tie::{ParentNature, Side, UnionState};
use rustc_hash::{FxHashMap, FxHashSet};

/// A walk under way.
pub struct Walk {
    graph: FamilyGraph,
    reach: Reach,
    scale: CertaintyScale,
    links: LinkPolicy,
    severed: Severed,
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
    /// Those of the person walked on from: one list for the whole walk.
    ties: Vec<(TieIndex, Place, StepKind)>,
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
    /// The other parent of a half-sibling, and up and down their family, where the order counts it.
    SiblingsUp,
    SiblingsDown,
    /// That parent's partner.
    SiblingsAffine,
    /// A foster parent or guardian of the start.
    Foster,
    /// Found, but not walked on from.
    End,
    /// Not found after all: another state stands for the same person.
    Gone,
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
    /// Undecided links crossed so far.
    links: u8,
    /// Reached by crossing one: the person before, recorded again. Everything else is as before.
    is_link: bool,
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
    links: u8,
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

impl State {
    fn key(&self) -> Key {
        Key {
            place: self.place,
            up: self.up,
            down: self.down,
            unions: self.unions,
            phase: self.phase,
            side: self.side,
            full: self.full,
            marks: self.marks,
            links: self.links,
        }
    }
}

impl Walk {
    pub fn new(start: PersonId, as_of: Day, reach: Reach, scale: CertaintyScale) -> Walk {
        let mut walk = Walk {
            graph: FamilyGraph::new(as_of),
            reach,
            scale,
            links: LinkPolicy::DECIDED_ONLY,
            severed: Severed::default(),
            states: Vec::with_capacity(512),
            frontier: vec![0],
            reached: FxHashMap::default(),
            asked: FxHashSet::default(),
            step_begins: 0,
            is_unwanted: Box::new(|| false),
            looked_at: 0,
            broken_off: false,
            ties: Vec::new(),
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
            links: 0,
            is_link: false,
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

    /// The same walk, which follows likely undecided links too, apart from those severed.
    pub fn following(self, links: LinkPolicy, severed: &Severed) -> Walk {
        Walk {
            links,
            severed: severed.clone(),
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
        let mut are_joined = false;
        for node in nodes {
            are_joined |= !node.records.is_empty();
            self.asked
                .extend(node.records.iter().map(|record| record.id));
            self.graph.insert(node);
        }
        if are_joined && self.graph.has_aliases() {
            self.settle_frontier();
        }
        self.advance();
    }

    /// Brings states together whose people turned out to be one. Only those just read are concerned: of everybody read
    /// earlier all records were read.
    fn settle_frontier(&mut self) {
        let frontier = std::mem::take(&mut self.frontier);
        for index in frontier {
            let mut state = self.states[index as usize];
            let settled = self.graph.settled(state.place);
            if settled == state.place {
                self.frontier.push(index);
                continue;
            }
            self.reached.remove(&state.key());
            state.place = settled;
            let is_circle = state.before != index && self.is_on_way(state.before, settled);
            let known = self.reached.get(&state.key()).copied();
            let is_better =
                known.is_none_or(|known| self.is_better(&state, &self.states[known as usize]));
            match known {
                _ if is_circle => self.states[index as usize].phase = Phase::Gone,
                Some(known) if is_better => {
                    self.states[known as usize] = state;
                    self.states[index as usize].phase = Phase::Gone;
                }
                Some(_) => self.states[index as usize].phase = Phase::Gone,
                None => {
                    self.reached.insert(state.key(), index);
                    self.states[index as usize] = state;
                    self.frontier.push(index);
                }
            }
        }
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
            if !matches!(self.states[state as usize].phase, Phase::End | Phase::Gone) {
                self.expand(state);
            }
        }
    }

    fn expand(&mut self, index: u32) {
        let mut state = self.states[index as usize];
        if self.graph.node(state.place).is_none() {
            return;
        }
        let has_side = state.is_link && state.side != Side::Unknown;
        if state.phase == Phase::Up && state.up == 1 && state.marks & STATED == 0 && !has_side {
            // The side is that of the first parent, who has only now been read.
            state.side = side_of_parent(&self.graph, state.place);
            self.states[index as usize] = state;
        }
        let mut ties = std::mem::take(&mut self.ties);
        ties.clear();
        ties.extend(
            self.graph
                .ties(state.place)
                .map(|(tie, target, weight)| (tie, target, StepKind::forward(weight.kind))),
        );
        for &(tie, target, kind) in &ties {
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
                let certainty = certainty_of(self.graph.tie(tie), &self.scale);
                self.push(State {
                    place: target,
                    before: index,
                    kind: Some(kind),
                    tie,
                    is_link: false,
                    certainty: state.certainty * certainty,
                    ..next
                });
            }
        }
        self.ties = ties;
        self.cross_links(index, &state);
    }

    /// Goes over to records that may be the same person's: no step of kinship, and everything else stays as it is.
    fn cross_links(&mut self, index: u32, state: &State) {
        let Some(node) = self.graph.node(state.place) else {
            return;
        };
        if node.links.is_empty() || state.links >= self.links.most_on_a_path {
            return;
        }
        for (other, worth) in likely_links(node, &self.links, &self.severed) {
            let target = self.graph.place_or_new(other);
            if self.is_on_way(index, target) {
                continue;
            }
            self.push(State {
                place: target,
                before: index,
                tie: TieIndex::end(),
                links: state.links + 1,
                is_link: true,
                certainty: state.certainty * worth,
                ..*state
            });
        }
    }

    /// Whether a person is on the way already, so that no route goes in a circle.
    fn is_on_way(&self, mut index: u32, place: Place) -> bool {
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

    /// The person before; of a record crossed to, the one before the record crossed from.
    fn before(&self, state: &State) -> Place {
        let mut state = state;
        while state.is_link && state.before != 0 {
            state = &self.states[state.before as usize];
        }
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

    /// Whether a state is a brother or sister over whom the walk goes on to kin whom only they have.
    fn goes_beyond_siblings(&self, state: &State) -> bool {
        self.reach.half_sibling_degree > 0 && state.up == 1 && self.is_sibling_or_child(state)
    }

    /// Whether somebody reached over a half-sibling's other parent is near enough to that sibling, who stands one step up
    /// and one down.
    fn is_near_half_sibling(&self, state: &State) -> bool {
        state.up + state.down <= self.reach.half_sibling_degree + 2
    }

    /// The own parent over whom a way leads.
    fn own_parent_of(&self, state: &State) -> Place {
        let mut state = state;
        while state.down > 0 {
            state = &self.states[state.before as usize];
        }
        state.place
    }

    fn start(&self) -> Place {
        self.states[0].place
    }

    /// The record of the start's from which a way leaves.
    fn own(&self, state: &State) -> Place {
        let mut state = *state;
        if state.links == 0 {
            return self.start();
        }
        while state.kind.is_some() {
            state = self.states[state.before as usize];
        }
        state.place
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
    fn push(&mut self, state: State) {
        let key = state.key();
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
        (self.way_back(new), self.kinds_back(new)) < (self.way_back(known), self.kinds_back(known))
    }

    /// What each on the way is to the one before, last first: two ties may join the same two people.
    fn kinds_back(&self, state: &State) -> Vec<Option<StepKind>> {
        let mut kinds = vec![state.kind];
        let mut index = state.before;
        while index != 0 {
            let state = &self.states[index as usize];
            kinds.push(state.kind);
            index = state.before;
        }
        kinds
    }

    /// The ids on the way, last first.
    fn way_back(&self, state: &State) -> Vec<(Option<&ExternalId>, u128)> {
        let mut ids = Vec::new();
        let mut state = *state;
        let mut index = state.before;
        loop {
            state = self.states[index as usize];
            let node = self.graph.node(state.place);
            ids.extend(node.map(|node| (node.external_id.as_ref(), node.public_id.0)));
            if index == 0 {
                return ids;
            }
            index = state.before;
        }
    }

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
