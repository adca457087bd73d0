//! Which records speak of one person: keys find candidates, comparison turns each pair into a pattern of levels of
//! agreement, and what was learnt without labels turns the pattern into a probability with its reasons. Pure: reads
//! and writes nothing.

// Records.
mod dates;
mod letters;
mod table;
mod words;

// Pairs.
mod candidates;
mod comparison;
mod keys;
mod name_levels;
mod pool;
mod text_levels;

// People.
mod clusters;
mod judgement;
mod kin;
mod metrics;
mod witnesses;

// What is learnt.
mod estimation;
mod learning;
mod parameters;
mod score;
mod shipped;
mod slips;

#[cfg(test)]
mod tests;

pub use candidates::{Groups, Link, Linked, link, link_some};
pub use clusters::{Clusters, join};
pub use comparison::{Comparison, comparisons};
pub use estimation::{LevelChances, NotLearnt};
pub use judgement::{Few, FewPeople, odds_with_kin, reasons_with_kin};
pub use keys::{Template, WordParts};
pub use kin::{Kin, KinEvidence};
pub use learning::{
    OwnCounts, Plan, equate, frequencies, learn, temper_by_own_counts, weigh_by_own_counts,
};
pub use metrics::{AtThreshold, CalibrationBin, Judged, Quality, quality};
pub use parameters::{Equivalents, Frequencies, Learnt, Model, Parameters, Scale};
pub use score::{
    FieldEvidence, PersonFacts, Score, explain, person_fields, prepare, push_person, score,
};
pub use shipped::{completed, for_shipping, shipped};
pub use table::{Field, FieldKind, Table};
pub use witnesses::{hear, matches_shown, widen};
pub use words::pair_key;
