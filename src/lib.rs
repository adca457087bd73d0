//! Kinpath finds family for children in care.
#![forbid(unsafe_code)]

pub mod access;
pub mod error;
pub mod kinship;
pub mod model;
pub mod placement;
pub mod store;
pub mod workflow;
