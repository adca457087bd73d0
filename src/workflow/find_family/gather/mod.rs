//! Everything that one answer needs, read from one snapshot: kin, network, households, case, outreach, places.

mod beside_kin;
mod gathered;
mod important_places;
mod of_case;
mod reading;

pub use gathered::Gathered;
pub use of_case::latest_outreach;
pub use reading::gather;
