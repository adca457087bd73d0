//! What a caller may see, as plain bits that the walk tests at every person and tie.
//! Policies are evaluated once a request into this value; no policy engine runs inside the walk.

use super::ids::StewardId;
use super::statement::SealClass;
use std::collections::BTreeSet;

/// Which sections of the store exist for a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visibility {
    seals: u32,
    stewards: Stewards,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stewards {
    All,
    Only(BTreeSet<StewardId>),
}

impl Visibility {
    /// Sees everything.
    pub fn all() -> Visibility {
        Visibility {
            seals: u32::MAX,
            stewards: Stewards::All,
        }
    }

    /// Sees only what is not sealed, of every steward.
    pub fn open_only() -> Visibility {
        Visibility {
            seals: 1 << SealClass::Open as u32,
            stewards: Stewards::All,
        }
    }

    /// The same, with one more seal class visible.
    pub fn with_seal(mut self, class: SealClass) -> Visibility {
        self.seals |= 1 << class as u32;
        self
    }

    /// The same, limited to the records of these stewards.
    pub fn only_stewards(mut self, stewards: impl IntoIterator<Item = StewardId>) -> Visibility {
        self.stewards = Stewards::Only(stewards.into_iter().collect());
        self
    }

    /// Whether sections of this seal class exist for the caller, whoever their steward.
    pub fn sees_every(&self, seal: SealClass) -> bool {
        self.stewards == Stewards::All && self.seals & (1 << seal as u32) != 0
    }

    /// Whether a section of this steward and seal class exists for the caller.
    pub fn sees(&self, steward: StewardId, seal: SealClass) -> bool {
        let steward_visible = match &self.stewards {
            Stewards::All => true,
            Stewards::Only(visible) => visible.contains(&steward),
        };
        steward_visible && self.seals & (1 << seal as u32) != 0
    }
}
