//! `linkage learn`: learns parameters from the open records of a store.

use super::arguments::Learn;
use crate::access::Permit;
use crate::cli::arguments::Global;
use crate::cli::maintenance::{open, say};
use crate::cli::progress;
use crate::cli::stop::Stop;
use crate::error::Error;
use crate::linkage::{self, PersonFacts, Plan, Table, for_shipping, person_fields, push_person};
use crate::model::person::{Gender, Name, NameKind};
use crate::model::visibility::Visibility;
use crate::sample::{RegisterEntry, register};
use crate::workflow::PeopleToLink;
use std::fs::File;
use std::io::Write;

/// Learns and writes the artefact.
pub fn learn(global: &Global, command: &Learn) -> Result<(), Stop> {
    if let Some(entries) = command.register {
        return learn_from_register(command, entries);
    }
    let wrong = |why: String| Error::invalid("out", format!("{}: {why}", command.out.display()));
    let mut file = File::create_new(&command.out).map_err(|why| wrong(why.to_string()))?;
    let store = open(global)?;
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

/// Learns from invented entries, of which three in ten are second ones; which those are is not told.
fn learn_from_register(command: &Learn, entries: usize) -> Result<(), Stop> {
    let wrong = |why: String| Error::invalid("out", format!("{}: {why}", command.out.display()));
    let mut table = Table::new(person_fields());
    register(entries, command.seed, &mut |entry| {
        push_person(&mut table, &facts_of(entry));
    })
    .map_err(|why| Error::Internal {
        detail: why.to_string(),
    })?;
    table.settle();
    let provenance = format!(
        "learnt without labels from invented people: kinpath linkage learn --register {entries} --seed {} --expect {} --relatives {}; \
         names weighed by data/names/frequencies.tsv, short forms from data/names/nicknames.toml, slips of \
         data/linkage/slips.toml added, dates of death weighed as dates of birth; kinds of keys for large stores by hand",
        command.seed, command.expect, command.relatives
    );
    let learnt = linkage::learn(&mut table, Plan::default(), &provenance)
        .map_err(|why| Error::invalid("register", why.to_string()))?;
    let mut shipped = for_shipping(learnt, &command.edition, command.expect);
    // An invented register has no large families in one place, as communities have.
    shipped.relatives_per_record = command.relatives;
    let text = shipped.to_toml().map_err(wrong)?;
    let mut file = File::create_new(&command.out).map_err(|why| wrong(why.to_string()))?;
    file.write_all(text.as_bytes())
        .map_err(|why| wrong(why.to_string()))?;
    say(&format!(
        "{}: learnt from {entries} invented entries",
        command.out.display()
    ))
}

fn facts_of(entry: &RegisterEntry) -> PersonFacts {
    let name = Name {
        kind: NameKind::Legal,
        full: format!("{} {}", entry.given, entry.family),
        given: entry.given.clone(),
        family: entry.family.clone(),
    };
    PersonFacts {
        names: vec![name],
        births: entry.born.parse().into_iter().collect(),
        gender: match entry.sex.as_str() {
            "m" => Gender::Male,
            "f" => Gender::Female,
            _ => Gender::Unknown,
        },
        places: Some(entry.place.clone())
            .filter(|place| !place.is_empty())
            .into_iter()
            .collect(),
        ..PersonFacts::default()
    }
}
