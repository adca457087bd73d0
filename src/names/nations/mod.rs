//! The nation behind any of its names: the reference list of bands and peoples of Canada (`data/nations`), how such
//! names are compared, and which of them a text means, with alternatives and how certain it is. A text that is none of
//! them is said to be none of them.

mod damage;
mod index;
mod likeness;
mod measure;
mod ranking;
mod reference;
mod resolve;
#[cfg(test)]
mod resolve_tests;
mod signs;
mod spelling;

pub use damage::Damage;
pub use index::{NameIndex, NameKind, Near};
pub use measure::{Asked, Tally, measure};
pub use ranking::{Ranked, rank, reason_near};
pub use reference::{ReferenceNation, common_words, nation_of_number, reference_nations};
pub use resolve::{Candidate, Hint, Resolution, Verdict, resolve_nation};
pub use spelling::is_nation_word;
