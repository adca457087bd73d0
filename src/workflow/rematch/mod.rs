//! Every waiting child anew: what FindFamily would answer for each on one date, from one moment of the store, kept in
//! numbers; and what changed since the run before, with what brought it about.

mod between;
mod cause_words;
mod causes;
mod compare;
mod dates;
mod earlier;
mod evidence;
mod following;
mod matching;
mod night;
mod readers;
mod run;
mod telling;
mod told;
mod touched;

pub use between::{LOCAL_CHANGE, rematch_touched};
pub use compare::replay;
pub use following::{FollowedChanges, follow_night_changes, last_followed};
pub use readers::Readers;
pub use run::{CHILDREN_A_PART, Rematch, cancel_rematch, rematch};
pub use told::{
    ListOfNight, NightChanges, ToldChange, ToldChild, ToldNight, ToldPlace, failures_of_run,
    list_of_night, list_rematch_runs, night_changes, rematch_run,
};
