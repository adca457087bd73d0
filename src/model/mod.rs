//! The domain as plain values: no I/O, no async, no protobuf, no clock.
//! Words are those of the glossary in the README; the same word is used in proto, data and pages.

pub mod absence;
pub mod audit;
pub mod bundle;
pub mod case;
pub mod change;
pub mod coverage;
pub mod ids;
pub mod lead;
pub mod nation;
pub mod neighborhood;
pub mod packed_bundle;
pub mod partial_date;
pub mod permanence;
pub mod person;
pub mod reach;
pub mod relation_pattern;
pub mod relation_word;
pub mod rematch;
pub mod same_person;
pub mod statement;
pub mod store_copy;
pub mod tie;
pub mod visibility;
pub mod waiting_family;
