//! A route as it was walked: step by step, and over which undecided links.

use super::shape::Shape;
use super::shaping::ShapeBuilder;
use crate::kinship::family_graph::{FamilyGraph, Place, TieIndex};
use crate::model::neighborhood::{NodeTie, NodeTieKind};
use crate::model::partial_date::{Day, Truth};
use crate::model::relation_word::KinTerm;
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
    pub(super) fn is_one(&self, one: Place, other: Place) -> bool {
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

/// Whether an ended union had ended on this day; one without a date had.
pub fn has_ended_by(tie: &NodeTie, as_of: Day) -> bool {
    tie.to.is_none_or(|to| to.on_or_before(as_of) != Truth::No)
}
