//! The shape of a route: stretches of descent joined by couples, and what follows from them.

use crate::model::lead::{Line, Sibship};
use crate::model::tie::{Side, UnionKind};

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
