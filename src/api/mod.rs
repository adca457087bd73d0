//! The gRPC door: the only place that knows protobuf and tonic. Messages are turned into model values, and validated,
//! on the way in; answers are turned into messages on the way out. No rule about families lives here.

mod absence;
mod admission;
mod answers;
mod audit;
mod between_nights;
mod bodies;
mod changes;
mod client;
mod connections;
mod conventional_errors;
mod convert;
mod deadline;
mod disclosure;
mod due_actions;
mod exchange;
mod family_finding;
mod generated;
mod held_messages;
mod local;
mod mask;
mod matching;
mod nations;
mod nightly;
mod operations;
mod page_token;
mod pathways;
mod people;
mod record_connection;
mod records;
mod rematch;
mod rematch_service;
mod same_person;
mod service;
mod serving;
mod statements;
pub mod status;
mod walk;

pub use client::Client;
pub use convert::probably_known;
pub use exchange::ExchangeLimits;
pub use family_finding::family_messages;
pub use generated::{DESCRIPTORS, v1};
pub use local::LocalAnswers;
pub use nations::resolve_reference_nation;
pub use nightly::Nightly;
/// A moment, as messages hold it.
pub use pbjson_types::Timestamp;
pub use rematch::{RematchLimits, shown as rematch_run_message};
pub use service::ApiLimits;
pub use serving::{Bound, serve};
