//! Matching children with waiting families: what is asked for a child, and of whom.

mod match_children;
mod match_families;
mod prepare;
mod propose_slate;
mod sibling_plan;
mod sorted;

pub use match_children::{
    ChildMatch, ChildrenMatched, MatchWaitingChildren, match_waiting_children,
};
pub use match_families::{
    FamiliesMatched, MatchView, MatchWaitingFamilies, ShownMatch, match_waiting_families,
};
pub use prepare::Matching;
pub use propose_slate::{ProposeSlate, Slate, SlateAim, SlateOutcome, SlateRow, propose_slate};
pub use sibling_plan::{SiblingHome, SiblingPlan, SiblingSplit};
pub use sorted::Sorted;
