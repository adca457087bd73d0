//! The walk from one person to all kin within a reach, nearest first. It does no reading: it says whom it wants to
//! see next, is handed their nodes, and goes on. One batched read serves each step.

mod across;
mod down;
mod found;
mod search;
mod state;
mod up;
mod way;

pub use found::{Kin, Walked};
pub use search::Walk;
