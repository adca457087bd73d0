//! What is known of each side and generation of a child's family, what was asked, and what to ask next.

use super::case::AskedAbout;
use super::ids::PersonId;
use super::tie::Side;

/// Whether somebody was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    Never,
    /// Asked; the answer did not settle it (does not know, refused, not yet).
    AskedOpen,
    /// Asked and answered: named, or none exist.
    Answered,
}

/// One row: a side and a class of relatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageRow {
    pub side: Side,
    pub about: AskedAbout,
    /// How many exist for everyone (one mother, two grandparents a side); nothing where the number is open.
    pub expected: Option<u32>,
    /// How many are recorded by name.
    pub named: u32,
    /// How many are recorded without a name.
    pub unnamed: u32,
    pub asked: Asked,
}

/// A question worth asking, and whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextQuestion {
    /// "Nobody was asked about the father's parents."
    pub question: String,
    pub side: Side,
    pub about: AskedAbout,
    /// Who could know, and how they are related: nothing where nobody is reachable.
    pub ask: Option<PersonId>,
    /// "Ask Rose Adams (paternal aunt); a telephone number is recorded."
    pub whom: String,
}

/// The coverage of one child's family.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Coverage {
    pub rows: Vec<CoverageRow>,
    /// Of the relatives whom notice usually goes to, those of whom none is recorded: "paternal grandparents".
    pub missing_from_notice: Vec<String>,
    /// Living connections found: kin and network.
    pub connections: u32,
    /// The practice's floor and aim: 40 and 80.
    pub floor: u32,
    pub aim: u32,
    pub next_questions: Vec<NextQuestion>,
}
