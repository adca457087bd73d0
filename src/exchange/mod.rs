//! Files in: a CSV bundle or a GEDCOM file becomes a [`crate::model::bundle::Bundle`] with a list of findings.
//! Everything is checked before anything is returned; nothing is written here. Writers come beside the readers.

pub mod assembly;
pub mod csv;
pub mod family_check;
pub mod gedcom;
pub mod json_lines;
pub mod nation_names;
pub mod report;
