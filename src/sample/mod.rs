//! The sample community: invents a population over five generations, as it would stand in case files, and writes it
//! as a CSV bundle (`data/csv_bundle.md`). From a seed, in any size, village by village, so that memory stays
//! bounded. Depends on the model only; the bundle is read by the import like any other.

// The plan, and the village as it lives.
mod births;
mod care;
mod community;
mod lives;
mod newcomers;
mod villager;

// What the files say of it.
mod cases;
mod casework;
mod close_kin;
mod duplicates;
mod family_order;
mod hubs;
mod late_contacts;
mod person_rows;
mod record;
mod safety;
mod stories;
mod waiting;

// Other sets to measure linkage on.
mod historical;
mod register;

// What it is made from.
mod dates;
mod dice;
mod names;
mod surroundings;

// The files and their measure.
mod bundle_files;
mod bundle_graph;
mod error;
mod folder;
mod shape;

#[cfg(test)]
mod tests;

pub use community::{CommunityPlan, LEAST_PEOPLE, generate};
pub use error::SampleError;
pub use historical::{Carelessness, HistoricalRecord, historical_people};
pub use register::{DAMAGES, RegisterEntry, register};
pub use shape::{CommunityShape, measure_shape};
