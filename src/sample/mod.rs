//! The sample community: invents a population over five generations, as it would stand in case files, and writes it
//! as a CSV bundle (`data/csv_bundle.md`). From a seed, in any size, village by village, so that memory stays
//! bounded. Depends on the model only; the bundle is read by the import like any other.

// In reading order: the plan, the village as it lived, the record of it, the files, the measure.
mod births;
mod bundle_files;
mod bundle_graph;
mod care;
mod cases;
mod casework;
mod close_kin;
mod community;
mod dates;
mod dice;
mod duplicates;
mod error;
mod hubs;
mod lives;
mod names;
mod newcomers;
mod person_rows;
mod record;
mod safety;
mod shape;
mod stories;
mod surroundings;
#[cfg(test)]
mod tests;
mod villager;
mod waiting;

pub use community::{CommunityPlan, LEAST_PEOPLE, generate};
pub use error::SampleError;
pub use shape::{CommunityShape, measure_shape};
