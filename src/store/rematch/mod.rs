//! What the nightly runs found: table `rematch`. Derived from statements, but kept, so that it can be told what was
//! suggested on a night. A list stands under its child and the run that first had it, and holds until the next one.

mod check;
mod keys;
mod reading;
mod values;
mod writing;

pub use check::check_rematch;
pub use values::{ChildResult, Chunk, fingerprint};
pub use writing::RematchAlone;
