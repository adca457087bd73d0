//! Who may do what. A permit is made only here; every workflow takes one.

mod permit;
mod record;

pub use permit::Permit;
pub use record::{Asked, Released, release, unrecorded};
