//! The doors: messages, errors, the server, the command line, and what people read.

mod arguments;
mod auditing;
mod bad_calls;
mod cancelling;
mod connections;
mod deciding;
mod descriptors;
mod errors;
mod json;
mod limits;
pub mod live;
mod made_up_answer;
mod operating;
mod overload;
mod places;
mod rendering;
mod search_fields;
mod searching;
mod serving;
mod traces;
mod transfers;
mod watching;
mod writing;
