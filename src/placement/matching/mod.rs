//! Matching a child, or brothers and sisters together, with waiting families: hard rules, graded needs, wishes. Every rule
//! answers yes, no or unknown; unknown needs review and is never a hidden no. Attributes and weights are
//! `data/matching/attributes.toml`. Numbers order all families; words are made of the same verdicts for those shown.

mod attributes;
mod bound;
mod change;
mod explain;
mod question;
mod refusal;
mod say;
mod separation;
mod splits;
mod verdict;

pub use attributes::{AttributeKind, AttributeRow, Attributes, BUILT_IN, attributes, take_own};
pub use bound::{Bound, Brief, NearEach, Surroundings, best};
pub use change::Change;
pub use explain::{FamilyMatch, No};
pub use question::{ChildNeeds, OTHER_MATCH, Question};
pub use separation::separation_texts;
pub use splits::{Home, MOST_CHILDREN, Split, best_splits, choices};
