//! A reach: how far kin are looked for, and through which ties. Given by a placement order, not by the code.

use serde::Deserialize;

/// How far and through what a walk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// Greatest civil degree of kin: 2 takes in grandparents and siblings, 4 first cousins, 6 second cousins.
    pub degree: u8,
    /// Greatest civil degree of the relative whose partner still counts; 0 means no partners but step-parents.
    pub affinity_degree: u8,
    /// Whether partners whose union has ended still count.
    pub former_partners: bool,
    /// Whether kin count through a parent whose rights have ended.
    pub through_ended_rights: bool,
    /// Whether birth kin count after an adoption.
    pub birth_kin_after_adoption: bool,
    /// Whether a parent who is only presumed, and kin through them, count.
    pub presumed_parents: bool,
    /// Whether foster parents and guardians, and those in their family, are looked at.
    pub foster_and_guardian: bool,
    /// Greatest civil degree, counted from a half-brother or half-sister, of the kin whom only they have, through their
    /// other parent; 0 where those are nobody's kin here.
    #[serde(default)]
    pub half_sibling_degree: u8,
}

impl Reach {
    /// Everything up to a degree, for questions that no order limits.
    pub fn everything(degree: u8) -> Reach {
        Reach {
            degree,
            affinity_degree: degree,
            former_partners: true,
            through_ended_rights: true,
            birth_kin_after_adoption: true,
            presumed_parents: true,
            foster_and_guardian: true,
            // They are the sibling's kin, not the person's: only an order says that they count.
            half_sibling_degree: 0,
        }
    }
}
