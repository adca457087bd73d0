//! A route: the ties from one person to another, and what follows from their shape: generations, degree, side,
//! half or full, the line it runs through.

mod shape;
mod shaping;
mod steps;

pub use shape::{Joint, Natures, Shape, Stretch};
pub use shaping::side_of_parent;
pub use steps::{Crossing, Route, Step, StepKind, certainty_of, has_ended_by};
