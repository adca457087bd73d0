//! GEDCOM 5.5.1 in: bytes to text (`encoding`), text to a lossless tree of lines (`lines`), the tree to people, parent
//! ties, unions, stated kin and network ties (`reader`). Whatever is not understood stays in the tree and is listed
//! with its line. Sex, names and dates are read in the forms found in the wild, not only in those of the standard.

mod code_pages;
mod dates;
mod encoding;
mod evidence;
mod families;
mod individuals;
mod lines;
mod reader;

#[cfg(test)]
mod tests;

pub use dates::{ReadDate, read_date};
pub use encoding::decode;
pub use lines::{Line, LineTree};
pub use reader::{read_bytes, read_file};
