//! Answers as a specialist wants to read them: messages in, text out, nothing printed here.

mod absence;
mod audit;
mod connection;
mod coverage;
mod digest;
mod family;
mod findings;
mod lead;
mod matching;
mod nation;
mod page;
mod people;
mod permanence;
mod relation;
mod rematch;
mod same_person;
mod slate;
mod words;

pub use absence::absence;
pub use audit::{audit_entries, record_of_access};
pub use connection::connection;
pub use digest::Digest;
pub use family::family;
pub use findings::{findings, probably_known};
pub use matching::{matched_children, matched_families};
pub use nation::{nation_check, nations};
pub use people::{people, person, relatives};
pub use permanence::{due_actions, pathways};
pub use relation::relationship;
pub use rematch::{rematch_leads, rematch_runs};
pub use same_person::{same_person_link, same_person_links};
pub use slate::slate;
