//! The store seen from outside, on both backends.

mod committing;
mod fixture;
mod reading;
