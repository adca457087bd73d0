//! Kinpath finds family for children in care.
#![forbid(unsafe_code)]

pub mod access;
pub mod error;
pub mod model;
pub mod sample;
pub mod store;
pub mod workflow;
