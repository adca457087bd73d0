//! Kinpath finds family for children in care.
#![forbid(unsafe_code)]

pub mod access;
pub mod ambient;
pub mod api;
pub mod error;
pub mod model;
pub mod offload;
pub mod store;
pub mod workflow;
