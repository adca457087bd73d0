//! The CSV bundle (format: `data/csv_bundle.md`): a folder of CSV files read into one bundle, and written.

mod cases;
mod cells;
mod communities;
mod concerns;
mod facts;
mod families;
mod family_rules;
mod people;
mod reading;
mod same_person;
mod table;
mod ties;
mod writer;
mod writer_ids;
mod writer_people;
mod writer_rows;
mod writer_ties;

#[cfg(test)]
mod bad_input_tests;
#[cfg(test)]
mod tests;

pub use reading::{read_folder, read_named_files};
pub use writer::{CsvWriter, README};
pub use writer_ids::Names;
