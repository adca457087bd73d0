//! Small families in plain lines, as data files in `tests/scenarios/`: what is asked of them, and what a practitioner
//! expects to read. `family_lines.rs` says how the lines are written.

mod absence;
mod answer;
mod due_actions;
mod expectation;
mod family_lines;
mod find_family;
mod likely_links;
mod link_properties;
mod links_at_writes;
mod matching;
mod matching_properties;
mod matching_siblings;
mod pathways;
mod properties;
mod record_connection;
mod relations;
mod scene_step;
mod sealed_duplicates;
mod sealed_sides;
mod searching;
mod slate;
mod world;
