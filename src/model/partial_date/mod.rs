//! Dates as people know them, in the Extended Date/Time Format (ISO 8601-2:2019): level 1, and of level 2 the
//! one-of sets `[..1970]`, `[1970..]`, `[1965..1970]`. Comparisons are three-valued. (The `edtf` crate, 0.2, reads
//! level 1 only and is no longer kept up, hence our own reader.)

mod comparison;
mod date;
mod day;
#[cfg(test)]
mod tests;
mod words;
mod written;

pub use comparison::{AgeRange, Truth};
pub use date::{End, PartialDate, Point, Precision, Qualifier};
pub use day::Day;
pub use written::InvalidDate;
