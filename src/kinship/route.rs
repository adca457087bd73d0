//! A route: the ties from one person to another, and what follows from their shape: generations, degree, side,
//! half or full, the line it runs through.

use super::family_graph::{FamilyGraph, ParentClass, Place, TieIndex, is_over};
use crate::model::lead::{Line, Sibship};
use crate::model::neighborhood::{NodeTie, NodeTieKind};
use crate::model::partial_date::{Day, Truth};
use crate::model::person::Gender;
use crate::model::relation_word::{KinTerm, StatedLine};
use crate::model::same_person::LinkPolicy;
use crate::model::statement::{Certainty, CertaintyScale};
use crate::model::tie::{LegalState, ParentNature, Side, UnionKind, UnionState};

/// One step of a route, seen in the direction of the route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who is reached.
    pub to: Place,
    pub kind: StepKind,
    /// The tie used. It may have been recorded from the other end.
    pub tie: TieIndex,
}

/// What the person reached is to the person before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    Parent {
        nature: ParentNature,
        legal_state: LegalState,
    },
    Child {
        nature: ParentNature,
    },
    Partner {
        kind: UnionKind,
        state: UnionState,
    },
    /// The `term` of the person before, as told.
    Stated {
        term: KinTerm,
        side: Side,
    },
}

impl StepKind {
    /// The step along a tie from the end at which it stands.
    pub fn forward(kind: NodeTieKind) -> StepKind {
        match kind {
            NodeTieKind::Parent {
                nature,
                legal_state,
            } => StepKind::Parent {
                nature,
                legal_state,
            },
            NodeTieKind::Child { nature, .. } => StepKind::Child { nature },
            NodeTieKind::Partner { kind, state } => StepKind::Partner { kind, state },
            NodeTieKind::Kin { term, side, .. } => StepKind::Stated { term, side },
            NodeTieKind::KinOf { term, .. } => StepKind::Stated {
                term: term.inverse(),
                side: Side::Unknown,
            },
        }
    }

    /// The same tie walked the other way.
    pub fn backward(kind: NodeTieKind) -> StepKind {
        match kind {
            NodeTieKind::Parent { nature, .. } => StepKind::Child { nature },
            NodeTieKind::Child {
                nature,
                legal_state,
            } => StepKind::Parent {
                nature,
                legal_state,
            },
            NodeTieKind::Partner { kind, state } => StepKind::Partner { kind, state },
            NodeTieKind::Kin { term, .. } => StepKind::Stated {
                term: term.inverse(),
                side: Side::Unknown,
            },
            NodeTieKind::KinOf { term, side, .. } => StepKind::Stated { term, side },
        }
    }
}

/// From `start` along `steps`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub start: Place,
    pub steps: Vec<Step>,
    /// Where the route goes over to another record that may be the same person's. No step of kinship.
    pub crossings: Vec<Crossing>,
}

/// An undecided link on a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// Before this step; after the last for the number of steps.
    pub at: usize,
    pub from: Place,
    pub to: Place,
}

/// A stretch of a route that is one relation by itself: up, then down. Between two stretches stands a couple.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub up: u8,
    pub down: u8,
    pub sibship: Sibship,
    /// Where in `steps` the stretch begins and ends (exclusive).
    pub first: usize,
    pub last: usize,
    pub natures: Natures,
}

/// What the ties of a stretch are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Natures {
    pub adoptive: bool,
    pub customary: bool,
    pub presumed: bool,
    pub foster: bool,
    pub guardian: bool,
    pub stated: bool,
    pub stated_half: bool,
    /// A birth tie of somebody who was adopted: birth kin are kept apart and named so.
    pub birth_of_adopted: bool,
}

/// How two stretches join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    Union {
        kind: UnionKind,
        ended: bool,
    },
    /// A step-parent tie, recorded without the union.
    Step {
        ended: bool,
    },
    /// Two parents of the same child, never recorded as a couple.
    Coparent,
}

/// A route taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// At least one; stretches with neither up nor down stand where a couple begins or ends the route.
    pub stretches: Vec<Stretch>,
    /// One fewer than stretches.
    pub joints: Vec<Joint>,
    pub side: Side,
}

impl Route {
    /// The last person.
    pub fn end(&self) -> Place {
        self.before(self.steps.len())
    }

    /// The person before step number `index`, in the record from which the step leads on.
    pub fn before(&self, index: usize) -> Place {
        let mut crossings = self.crossings.iter().rev();
        if let Some(crossing) = crossings.find(|crossing| crossing.at == index) {
            crossing.to
        } else if index == 0 {
            self.start
        } else {
            self.steps[index - 1].to
        }
    }

    /// The same route walked from its end to its start.
    pub fn reversed(&self, graph: &FamilyGraph) -> Route {
        let steps = self
            .steps
            .iter()
            .enumerate()
            .rev()
            .map(|(index, step)| Step {
                to: self.before(index),
                kind: StepKind::backward(graph.tie(step.tie).kind),
                tie: step.tie,
            });
        let crossings = self.crossings.iter().rev().map(|crossing| Crossing {
            at: self.steps.len() - crossing.at,
            from: crossing.to,
            to: crossing.from,
        });
        Route {
            start: self.end(),
            steps: steps.collect(),
            crossings: crossings.collect(),
        }
    }

    /// Takes the route apart.
    pub fn shape(&self, graph: &FamilyGraph) -> Shape {
        let mut builder = ShapeBuilder::default();
        for (index, step) in self.steps.iter().enumerate() {
            builder.take(self, graph, index, step);
        }
        builder.finish(self, graph)
    }

    /// Whether it holds only if records that nobody has decided about are one person's.
    pub fn is_probable(&self) -> bool {
        !self.crossings.is_empty()
    }

    /// Product of the certainties of its ties and of the likelihoods of the links that it crosses.
    pub fn certainty(
        &self,
        graph: &FamilyGraph,
        scale: &CertaintyScale,
        links: &LinkPolicy,
    ) -> f64 {
        let of_ties = self
            .steps
            .iter()
            .map(|step| certainty_of(graph.tie(step.tie), scale));
        let of_links = self.crossings.iter().map(|crossing| {
            let link = graph.link(crossing.from, crossing.to);
            link.and_then(|link| links.worth(link.probability))
                .unwrap_or(0.0)
        });
        of_ties.product::<f64>() * of_links.product::<f64>()
    }

    /// Whether two places on this route stand for the same person: the same, or crossed over between.
    fn is_one(&self, one: Place, other: Place) -> bool {
        one == other
            || self.crossings.iter().any(|crossing| {
                (crossing.from, crossing.to) == (one, other)
                    || (crossing.to, crossing.from) == (one, other)
            })
    }
}

/// What a tie is worth as evidence, 0 to 1.
pub fn certainty_of(tie: &NodeTie, scale: &CertaintyScale) -> f64 {
    let certainty = match tie.certainty {
        Certainty::Confirmed => scale.confirmed,
        Certainty::Reported => scale.reported,
        Certainty::Disputed => scale.disputed,
        Certainty::Disproved => 0.0,
    };
    let nature = match tie.kind {
        NodeTieKind::Parent {
            nature: ParentNature::Presumed,
            ..
        }
        | NodeTieKind::Child {
            nature: ParentNature::Presumed,
            ..
        } => scale.presumed,
        NodeTieKind::Kin { .. } | NodeTieKind::KinOf { .. } => scale.stated,
        _ => 1.0,
    };
    certainty * nature
}

impl Shape {
    /// Steps up and down over all stretches.
    pub fn up(&self) -> u8 {
        self.stretches.iter().map(|stretch| stretch.up).sum()
    }

    pub fn down(&self) -> u8 {
        self.stretches.iter().map(|stretch| stretch.down).sum()
    }

    /// Civil degree: parent and child steps. A partner has the degree of the one through whom they are related; a
    /// partner of one's own counts as one step away.
    pub fn civil_degree(&self) -> u8 {
        (self.up() + self.down()).max(1)
    }

    /// How many couples are on the route. Two parents of a child who were never a couple do not count.
    pub fn unions(&self) -> u8 {
        self.joints
            .iter()
            .filter(|joint| **joint != Joint::Coparent)
            .count() as u8
    }

    /// The one stretch of a relation without couples.
    pub fn only_stretch(&self) -> Option<&Stretch> {
        if self.joints.is_empty() {
            self.stretches.first()
        } else {
            None
        }
    }

    /// Half, full or neither: the weakest on the route.
    pub fn sibship(&self) -> Sibship {
        let kinds = || self.stretches.iter().map(|stretch| stretch.sibship);
        if kinds().any(|sibship| sibship == Sibship::Half) {
            Sibship::Half
        } else if kinds().any(|sibship| sibship == Sibship::PossiblyHalf) {
            Sibship::PossiblyHalf
        } else if kinds().any(|sibship| sibship == Sibship::Full) {
            Sibship::Full
        } else {
            Sibship::Direct
        }
    }

    /// What the relation runs through: the line that makes it weakest in law.
    pub fn line(&self) -> Line {
        let any = |test: fn(&Natures) -> bool| {
            self.stretches.iter().any(|stretch| test(&stretch.natures))
        };
        if any(|natures| natures.guardian) {
            Line::Guardian
        } else if any(|natures| natures.foster) {
            Line::Foster
        } else if self.is_step() {
            Line::Step
        } else if !self.joints.is_empty() {
            Line::Affinity
        } else if any(|natures| natures.stated) {
            Line::Stated
        } else if any(|natures| natures.customary) {
            Line::Custom
        } else if any(|natures| natures.adoptive) {
            Line::Adoption
        } else {
            Line::Blood
        }
    }

    /// Whether it runs through a parent's (grandparent's, child's …) partner.
    fn is_step(&self) -> bool {
        self.joints.len() == 1 && self.joints[0] != Joint::Coparent && {
            let (own, theirs) = (&self.stretches[0], &self.stretches[1]);
            let across_an_ancestor = own.up > 0 && own.down == 0;
            let down_from_the_partner = theirs.down > 0 && theirs.up == 0;
            across_an_ancestor || down_from_the_partner
        }
    }
}

#[derive(Default)]
struct ShapeBuilder {
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
    fn take(&mut self, route: &Route, graph: &FamilyGraph, index: usize, step: &Step) {
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

    fn finish(mut self, route: &Route, graph: &FamilyGraph) -> Shape {
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

/// Whether an ended union had ended on this day; one without a date had.
pub fn has_ended_by(tie: &NodeTie, as_of: Day) -> bool {
    tie.to.is_none_or(|to| to.on_or_before(as_of) != Truth::No)
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
