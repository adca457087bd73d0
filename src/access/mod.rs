//! Who may do what. A permit is made only here; every workflow takes one.

mod permit;

pub use permit::Permit;
