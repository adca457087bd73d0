//! Takes a route apart into its shape: where it turns, where it crosses a couple, whether siblings share both parents.

use super::shape::{Joint, Natures, Shape, Stretch};
use super::steps::{Route, Step, StepKind, has_ended_by};
use crate::kinship::family_graph::{FamilyGraph, ParentClass, Place, is_over};
use crate::model::lead::Sibship;
use crate::model::neighborhood::NodeTieKind;
use crate::model::person::Gender;
use crate::model::relation_word::{KinTerm, StatedLine};
use crate::model::statement::Certainty;
use crate::model::tie::{ParentNature, Side, UnionState};

#[derive(Default)]
pub(super) struct ShapeBuilder {
    stretches: Vec<Stretch>,
    joints: Vec<Joint>,
    up: u8,
    down: u8,
    first: usize,
    natures: Natures,
    side: Option<Side>,
    /// The step that turned from up to down, where sibship is decided.
    turn: Option<usize>,
    told_turn: bool,
}

impl ShapeBuilder {
    pub(super) fn take(&mut self, route: &Route, graph: &FamilyGraph, index: usize, step: &Step) {
        match step.kind {
            StepKind::Parent {
                nature: ParentNature::Step,
                ..
            } => {
                if self.down > 0 {
                    self.close(route, graph, index, Joint::Coparent);
                }
                self.note_side(Side::Unknown);
                // A step-parent is a parent's partner: one generation up, across a couple.
                self.up += 1;
                self.close(route, graph, index, step_joint(graph, step));
            }
            StepKind::Child {
                nature: ParentNature::Step,
            } => {
                self.close(route, graph, index, step_joint(graph, step));
                self.down += 1;
            }
            StepKind::Parent { nature, .. } => {
                if self.down > 0 {
                    self.close(route, graph, index, Joint::Coparent);
                }
                self.up += 1;
                self.note_side(side_of_parent(graph, step.to));
                self.note_nature(graph, route.before(index), step.to, nature);
            }
            StepKind::Child { nature } => {
                if self.down == 0 && self.up > 0 {
                    self.turn = Some(index);
                }
                self.down += 1;
                self.note_nature(graph, step.to, route.before(index), nature);
            }
            StepKind::Partner { kind, state } => {
                self.note_side(Side::Unknown);
                let ended =
                    state == UnionState::Ended && has_ended_by(graph.tie(step.tie), graph.as_of());
                self.close(route, graph, index, Joint::Union { kind, ended });
            }
            StepKind::Stated { term, side } => self.take_stated(route, graph, index, term, side),
        }
    }

    fn take_stated(
        &mut self,
        route: &Route,
        graph: &FamilyGraph,
        index: usize,
        term: KinTerm,
        side: Side,
    ) {
        if self.down > 0 {
            self.close(route, graph, index, Joint::Coparent);
        }
        self.natures.stated = true;
        self.natures.stated_half |= term.half;
        if self.up == 0 {
            self.note_side(side);
        }
        self.told_turn |= term.up > 0 && term.down > 0;
        self.up += term.up;
        self.down += term.down;
        if term.line != StatedLine::Kin {
            self.close(route, graph, index, Joint::Step { ended: false });
        }
    }

    /// The side is that of the first step up.
    fn note_side(&mut self, side: Side) {
        if self.side.is_none() && self.joints.is_empty() {
            self.side = Some(side);
        }
    }

    fn note_nature(
        &mut self,
        graph: &FamilyGraph,
        child: Place,
        parent: Place,
        nature: ParentNature,
    ) {
        match nature {
            ParentNature::Adoptive => self.natures.adoptive = true,
            ParentNature::Customary => self.natures.customary = true,
            ParentNature::Foster => self.natures.foster = true,
            ParentNature::Guardian => self.natures.guardian = true,
            ParentNature::Presumed => self.natures.presumed = true,
            ParentNature::Birth | ParentNature::Step => {}
        }
        let by_birth = ParentClass::of(nature) == ParentClass::Birth;
        if by_birth && was_given_up(graph, child, parent) {
            self.natures.birth_of_adopted = true;
        }
    }

    /// Ends the present stretch before step `index` and starts the next after it.
    fn close(&mut self, route: &Route, graph: &FamilyGraph, index: usize, joint: Joint) {
        self.push_stretch(route, graph, index);
        self.joints.push(joint);
        self.first = if joint == Joint::Coparent {
            index
        } else {
            index + 1
        };
    }

    fn push_stretch(&mut self, route: &Route, graph: &FamilyGraph, last: usize) {
        let sibship = match self.turn {
            Some(turn) => sibship_at(route, graph, turn),
            None if self.natures.stated_half => Sibship::Half,
            None if self.told_turn || (self.up > 0 && self.down > 0) => Sibship::Full,
            None => Sibship::Direct,
        };
        self.stretches.push(Stretch {
            up: self.up,
            down: self.down,
            sibship,
            first: self.first,
            last,
            natures: self.natures,
        });
        (self.up, self.down, self.turn, self.told_turn, self.natures) =
            (0, 0, None, false, Natures::default());
    }

    pub(super) fn finish(mut self, route: &Route, graph: &FamilyGraph) -> Shape {
        self.push_stretch(route, graph, route.steps.len());
        let mut side = self.side.unwrap_or_default();
        if let [only] = self.stretches[..]
            && only.up == 1
            && only.down >= 1
            && only.sibship == Sibship::Full
        {
            side = Side::Both;
        }
        Shape {
            stretches: self.stretches,
            joints: self.joints,
            side,
        }
    }
}

fn step_joint(graph: &FamilyGraph, step: &Step) -> Joint {
    Joint::Step {
        ended: is_over(graph.tie(step.tie).to, graph.as_of()),
    }
}

/// Whether an adoption took the place of this birth parent. An adoption by the birth parent's own partner does not: the
/// child then has both as parents.
fn was_given_up(graph: &FamilyGraph, child: Place, parent: Place) -> bool {
    let mut adopted = false;
    for adoptive in graph.parents(child, ParentClass::Adoption) {
        if graph.are_partners(adoptive, parent) || graph.are_partners(parent, adoptive) {
            return false;
        }
        adopted = true;
    }
    adopted
}

/// Mother's side or father's side; unknown for a parent of another or unknown gender.
pub fn side_of_parent(graph: &FamilyGraph, parent: Place) -> Side {
    match graph.node(parent).map(|node| node.gender) {
        Some(Gender::Female) => Side::Maternal,
        Some(Gender::Male) => Side::Paternal,
        _ => Side::Unknown,
    }
}

/// Whether the two children of the parent at whom the route turns share both parents.
fn sibship_at(route: &Route, graph: &FamilyGraph, turn: usize) -> Sibship {
    let (up_step, down_step) = (route.steps[turn - 1], route.steps[turn]);
    let own_class = match up_step.kind {
        StepKind::Parent { nature, .. } => ParentClass::of(nature),
        // The parent was reached by a told word: who the siblings are is not known.
        _ => return Sibship::Full,
    };
    let StepKind::Child { nature } = down_step.kind else {
        return Sibship::Direct;
    };
    let is_one = |one, other| route.is_one(one, other);
    sibship(
        graph,
        (route.before(turn - 1), own_class),
        (down_step.to, ParentClass::of(nature)),
        &is_one,
    )
}

/// Whether two children of one parent share both, one, or may share one. Compared are the sets of parents through
/// which they are siblings: birth parents with birth parents, adoptive with adoptive. Some places may stand for the
/// same person.
fn sibship(
    graph: &FamilyGraph,
    (one, one_class): (Place, ParentClass),
    (other, other_class): (Place, ParentClass),
    is_one: &dyn Fn(Place, Place) -> bool,
) -> Sibship {
    let own = likeliest_parents(graph, one, one_class);
    let others = likeliest_parents(graph, other, other_class);
    let shared = own
        .iter()
        .filter(|parent| others.iter().any(|other| is_one(**parent, *other)))
        .count();
    let in_doubt = own.len() > 2 || others.len() > 2;
    if shared >= 2 && !in_doubt {
        Sibship::Full
    } else if own.len() >= 2 && others.len() >= 2 && !in_doubt {
        Sibship::Half
    } else {
        Sibship::PossiblyHalf
    }
}

/// Parents of one class, each once, though several statements may name them. Where more than two are recorded, the
/// surest two; all of them if certainty does not tell.
fn likeliest_parents(graph: &FamilyGraph, child: Place, class: ParentClass) -> Vec<Place> {
    let mut parents: Vec<(Certainty, Place)> = Vec::with_capacity(2);
    for (_, target, tie) in graph.ties(child) {
        let NodeTieKind::Parent { nature, .. } = tie.kind else {
            continue;
        };
        if ParentClass::of(nature) != class {
            continue;
        }
        match parents.iter_mut().find(|known| known.1 == target) {
            Some(known) => known.0 = known.0.min(tie.certainty),
            None => parents.push((tie.certainty, target)),
        }
    }
    if parents.len() > 2 {
        parents.sort();
        if parents[1].0 < parents[2].0 {
            parents.truncate(2);
        }
    }
    parents.into_iter().map(|(_, parent)| parent).collect()
}
