//! Finds records that probably speak of one person, over a whole store. Only facts that the caller may see are
//! compared; a record on one side of a sealed adoption is never compared with one of the other side, except for
//! callers cleared for that seal.

mod grouped;
mod people;
mod ties;

pub use grouped::{Duplicate, GroupedPeople, Heard};
pub use people::PeopleToLink;
