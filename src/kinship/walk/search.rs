//! The search itself: whom it wants to see, what it does with them, and which of two ways to one person stands.

use super::state::{Key, Phase, STATED, State};
use crate::kinship::family_graph::{FamilyGraph, Place, TieIndex};
use crate::kinship::route::{StepKind, certainty_of, side_of_parent};
use crate::kinship::same_person::{Severed, likely_links};
use crate::model::ids::{ExternalId, PersonId};
use crate::model::neighborhood::Node;
use crate::model::partial_date::Day;
use crate::model::reach::Reach;
use crate::model::same_person::LinkPolicy;
use crate::model::statement::CertaintyScale;
use crate::model::tie::Side;
use rustc_hash::{FxHashMap, FxHashSet};

/// A walk under way.
pub struct Walk {
    pub(super) graph: FamilyGraph,
    pub(super) reach: Reach,
    pub(super) scale: CertaintyScale,
    pub(super) links: LinkPolicy,
    pub(super) severed: Severed,
    pub(super) states: Vec<State>,
    /// States reached by the last step, not yet walked on from.
    pub(super) frontier: Vec<u32>,
    /// The first state of each kind that reached a person.
    pub(super) reached: FxHashMap<Key, u32>,
    pub(super) asked: FxHashSet<PersonId>,
    /// The first state of the step being taken.
    pub(super) step_begins: u32,
    /// Whether nobody waits for the walk any longer.
    pub(super) is_unwanted: Box<dyn Fn() -> bool>,
    /// Ties looked at.
    pub(super) looked_at: u32,
    pub(super) broken_off: bool,
    /// Those of the person walked on from: one list for the whole walk.
    pub(super) ties: Vec<(TieIndex, Place, StepKind)>,
}

/// After how many ties the walk asks whether anybody still waits for it. One tie of a person with many may cost as much as
/// looking at all of them.
const TIES_A_LOOK: u32 = 64;

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
}
