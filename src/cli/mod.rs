//! The command line: each command is a question to a local store or to a server, rendered from the same messages, so
//! that both give the same output. No rule about families lives here.

mod arguments;
mod audit;
mod commands;
mod duplicates;
mod export;
mod import;
mod linkage;
mod maintenance;
mod matching;
mod nations;
mod orders;
mod permanence;
mod progress;
mod rematch;
pub mod render;
mod requests;
mod same_person;
mod search;
mod session;
mod shell;
mod stop;

pub use arguments::{Arguments, Command};
pub use commands::run;
pub use stop::{Stop, report};
