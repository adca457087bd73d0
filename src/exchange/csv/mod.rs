//! The CSV bundle (format: `data/csv_bundle.md`): a folder of CSV files read into one bundle.

mod cases;
mod cells;
mod communities;
mod concerns;
mod families;
mod family_rules;
mod people;
mod reading;
mod table;
mod ties;

#[cfg(test)]
mod bad_input_tests;
#[cfg(test)]
mod tests;

pub use reading::{read_folder, read_named_files};
