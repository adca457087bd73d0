//! Use cases: one file for each thing a user asks for. Each takes a permit, loads, computes, saves.

mod export_records;
mod find_family;
mod import_records;
mod list_relatives;
mod name_relationship;
mod read_kin;
mod record_connection;
mod relations;
mod resolve_person;
mod search_people;
mod show_person;

pub use export_records::{BundleWritten, ExportGedcom, export_bundle, export_gedcom, export_store};
pub use find_family::{FindFamily, find_family};
pub use import_records::import_store;
pub use list_relatives::{ListRelatives, Relative, list_relatives};
pub use name_relationship::{NameRelationship, name_relationship};
pub use record_connection::{Conclusion, RecordConnection, RecordedConnection, record_connection};
pub use resolve_person::resolve_person;
pub use search_people::{SearchPeople, search_people};
pub use show_person::{PersonRecord, ShownStatement, show_person};
