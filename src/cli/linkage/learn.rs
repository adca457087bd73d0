//! `linkage learn`: learns parameters from the open records of a store.

use super::arguments::Learn;
use crate::access::Permit;
use crate::cli::arguments::Global;
use crate::cli::maintenance::{data_folder, open, say};
use crate::cli::progress;
use crate::cli::stop::Stop;
use crate::error::Error;
use crate::model::visibility::Visibility;
use crate::workflow::PeopleToLink;
use std::fs::File;
use std::io::Write;

/// Learns and writes the artefact.
pub fn learn(global: &Global, command: &Learn) -> Result<(), Stop> {
    let wrong = |why: String| Error::invalid("out", format!("{}: {why}", command.out.display()));
    let mut file = File::create_new(&command.out).map_err(|why| wrong(why.to_string()))?;
    let store = open(data_folder(global)?)?;
    let permit = Permit::local_operator().limited_to(Visibility::open_only());
    let steps = progress::steps();
    steps.set_message("reading");
    let people = PeopleToLink::read(&store, &permit)?;
    let records = people.len();
    steps.set_message("learning");
    let provenance = format!(
        "the open records of a store at revision {}, {records} people",
        people.revision
    );
    let learnt = people.learn(&provenance, command.least_count);
    steps.finish_and_clear();
    let learnt = match learnt {
        Ok(learnt) => learnt,
        Err(why) => {
            // The empty file is not left behind.
            std::fs::remove_file(&command.out).map_err(|why| wrong(why.to_string()))?;
            return Err(why.into());
        }
    };
    let text = learnt.to_toml().map_err(wrong)?;
    file.write_all(text.as_bytes())
        .map_err(|why| wrong(why.to_string()))?;
    say(&format!(
        "{}: learnt from {records} people; about {:.0} pairs of records are one person",
        command.out.display(),
        learnt.matches_per_record * records as f64
    ))
}
