//! A slate: over all waiting children at once, which of the families that fit them each could have, when a family takes
//! the children of one placement only. Two known answers: the greatest total, and the stable one.

mod offers;
mod stable;
mod total;

pub use offers::Offers;
pub use stable::stable;
pub use total::greatest_total;

#[cfg(test)]
mod tests;
