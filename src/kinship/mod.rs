//! Kinship: who is related to whom, how, and in what words. Pure: it is handed nodes and never reads a store.
//! Only parent ties, unions and stated kin are given; everything else is derived here.

pub mod ascent;
mod blood_words;
pub mod coefficient;
pub mod contradictions;
pub mod family_graph;
pub mod link_check;
pub mod naming;
pub mod route;
pub mod same_person;
pub mod walk;
