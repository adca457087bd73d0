//! Kinpath finds family for children in care.
#![forbid(unsafe_code)]

pub mod access;
pub mod error;
pub mod exchange;
pub mod model;
pub mod names;
pub mod store;
pub mod workflow;
