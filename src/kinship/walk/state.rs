//! A state of the walk: a person, how they were reached, and what may follow.

use crate::kinship::family_graph::{Place, TieIndex};
use crate::kinship::route::StepKind;
use crate::model::tie::Side;

/// Where on its way a state is; it decides what may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Phase {
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
pub(super) struct State {
    pub(super) place: Place,
    /// The state before; the start is its own.
    pub(super) before: u32,
    pub(super) kind: Option<StepKind>,
    pub(super) tie: TieIndex,
    pub(super) up: u8,
    pub(super) down: u8,
    pub(super) unions: u8,
    pub(super) phase: Phase,
    pub(super) side: Side,
    pub(super) full: bool,
    pub(super) marks: u8,
    /// Undecided links crossed so far.
    pub(super) links: u8,
    /// Reached by crossing one: the person before, recorded again. Everything else is as before.
    pub(super) is_link: bool,
    pub(super) certainty: f64,
}

/// Two states that agree in this are the same way of being related.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) place: Place,
    pub(super) up: u8,
    pub(super) down: u8,
    pub(super) unions: u8,
    pub(super) phase: Phase,
    pub(super) side: Side,
    pub(super) full: bool,
    pub(super) marks: u8,
    pub(super) links: u8,
}

pub(super) const ADOPTION: u8 = 1;
pub(super) const BIRTH_AFTER_ADOPTION: u8 = 2;
pub(super) const STATED: u8 = 4;
pub(super) const PRESUMED: u8 = 8;
pub(super) const ENDED: u8 = 16;

impl State {
    pub(super) fn key(&self) -> Key {
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
