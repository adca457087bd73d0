//! A kinship word as one unresolved step between two people.

use serde::{Deserialize, Serialize};

/// Through what a stated relation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StatedLine {
    /// Blood, adoption or custom: not told which.
    Kin,
    Step,
    InLaw,
}

/// What a kinship word means: `up` generations to the common ancestor, then `down` to the relative.
/// Mother is (1, 0), sister (1, 1), aunt (2, 1), first cousin (2, 2), niece (1, 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KinTerm {
    pub up: u8,
    pub down: u8,
    pub half: bool,
    pub line: StatedLine,
    /// The word is also used out of courtesy ("auntie"). Without a side such a relative is not walked on.
    pub courtesy: bool,
}

impl KinTerm {
    /// The same relation seen from the other end.
    pub fn inverse(self) -> KinTerm {
        KinTerm {
            up: self.down,
            down: self.up,
            ..self
        }
    }

    /// Civil degree: steps up plus steps down.
    pub fn degree(self) -> u8 {
        self.up + self.down
    }
}
