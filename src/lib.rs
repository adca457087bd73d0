//! Kinpath finds family for children in care: who could belong to a child, in the order that the law and good practice
//! prescribe: birth family and nation first, then the child's own network, then waiting families.
//!
//! A module uses only modules below its own; `tests/architecture.rs` proves it.
//!
//! ```text
//! cli  api            doors: operators' commands, gRPC. Only api knows protobuf and tonic
//! workflow            one file for each thing a user asks for: permit, load, compute, save
//! access              who may
//! engines | store     pure, synchronous, no I/O | typed reads and writes
//! lookup              keys and columns of the search index, and how a question is compared with them
//! names               normalising names, sounds, nicknames, likeness
//! model               the domain: plain values
//! ```
//!
//! To see one request go through: [`api`] takes `FindFamily`, [`workflow::find_family`] answers it.

/// Answers are made of many small values; with the system's allocator a quarter of the time went into allocating.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod access;
pub mod ambient;
pub mod api;
pub mod cli;
pub mod config;
pub mod error;
pub mod exchange;
pub mod kinship;
pub mod linkage;
pub mod long_work;
pub mod lookup;
pub mod metrics;
pub mod model;
pub mod names;
pub mod offload;
pub mod operations;
pub mod pace;
pub mod placement;
pub mod sample;
pub mod server;
pub mod staging;
pub mod store;
pub mod traces;
pub mod workflow;
