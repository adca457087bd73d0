//! GEDCOM 5.5.1 and 7.0 in: bytes to text (`encoding`), text to a lossless tree of lines (`lines`), the tree to people, parent
//! ties, unions, stated kin and network ties (`reader`). Whatever is not understood is listed with
//! its line and kept (`kept`). Sex, names and dates are read in the forms found in the wild, not only in those of the standard.

mod code_pages;
mod dates;
mod encoding;
mod evidence;
mod families;
mod gedzip;
mod individuals;
mod kept;
mod lines;
mod reader;

#[cfg(test)]
mod tests;

pub use dates::{ReadDate, read_date};
pub use encoding::decode;
pub use lines::{Line, LineTree};
pub use reader::{read_bytes, read_file};
