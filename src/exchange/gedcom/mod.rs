//! GEDCOM 5.5.1 and 7.0 in and out. In: bytes to text (`encoding`), text to a lossless tree of lines (`lines`), the tree to people, parent
//! ties, unions, stated kin and network ties (`reader`). Whatever is not understood is listed with
//! its line and kept (`kept`). Sex, names and dates are read in the forms found in the wild, not only in those of the standard.

mod associates;
mod citations;
mod code_pages;
mod conform;
mod covered;
mod dates;
mod encoding;
mod evidence;
mod families;
mod family_plan;
mod forming_families;
mod gedzip;
mod individuals;
mod kept;
mod lines;
mod nations;
mod nodes;
mod parent_ties;
mod person_names;
mod reader;
mod versions;
mod writer;
mod writing_dates;
mod writing_families;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod mutation_tests;
#[cfg(test)]
mod tests;

pub use dates::{ReadDate, read_date};
pub use encoding::decode;
pub use family_plan::FamilyPlan;
pub use lines::{Line, LineTree};
pub use reader::{read_bytes, read_file};
pub use writer::Version;
