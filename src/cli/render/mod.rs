//! Answers as a specialist wants to read them: messages in, text out, nothing printed here.

mod connection;
mod coverage;
mod family;
mod findings;
mod lead;
mod page;
mod people;
mod permanence;
mod relation;
mod words;

pub use connection::connection;
pub use family::family;
pub use findings::findings;
pub use people::{people, person, relatives};
pub use permanence::{due_actions, pathways};
pub use relation::relationship;
