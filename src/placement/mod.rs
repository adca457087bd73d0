//! Placement: who may be a lead, in which tier, how high, and what is still unknown. Pure: orders and weights are data.

pub mod candidate;
pub mod coverage;
pub mod due_actions;
pub mod eligibility;
pub mod matching;
pub mod mend;
pub mod order;
pub mod own_weights;
pub mod pathways;
pub mod ranking;
pub mod rule_file;
pub mod services;
pub mod slate;
pub mod when;
