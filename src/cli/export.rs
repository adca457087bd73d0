//! `export`: writes a store, or the relatives of some people, into files.

use super::arguments::{Export, ExportFormat, Global};
use super::maintenance::{open, say};
use super::progress;
use super::stop::Stop;
use crate::access::Permit;
use crate::ambient;
use crate::error::Error;
use crate::exchange::gedcom::Version;
use crate::workflow::{ExportGedcom, export_bundle, export_gedcom, export_store, resolve_person};
use serde_json::json;
use std::fs::File;
use std::io::BufWriter;

/// How much is written at once, in bytes.
const WRITE_BEHIND: usize = 1 << 20;

/// Writes the files asked for.
pub fn export(global: &Global, command: &Export) -> Result<(), Stop> {
    let is_gedcom = matches!(command.format, ExportFormat::Gedcom | ExportFormat::Gedcom7);
    if !is_gedcom && (!command.people.is_empty() || command.with_sealed) {
        return Err(Stop::Usage(
            "people and --with-sealed go with GEDCOM only: jsonl and csv hold the whole store"
                .to_owned(),
        ));
    }
    match command.format {
        ExportFormat::Jsonl => whole_store(global, command),
        ExportFormat::Csv => bundle(global, command),
        ExportFormat::Gedcom => gedcom(global, command, Version::V5),
        ExportFormat::Gedcom7 => gedcom(global, command, Version::V7),
    }
}

fn whole_store(global: &Global, command: &Export) -> Result<(), Stop> {
    let store = open(global)?;
    let out = BufWriter::with_capacity(WRITE_BEHIND, new_file(command)?);
    let steps = progress::steps();
    steps.set_message("export");
    let counts = export_store(&store, &Permit::local_operator(), out);
    steps.finish_and_clear();
    let counts = counts?;
    if global.json {
        let line = json!({ "path": command.out.display().to_string(), "counts": counts });
        return say(&line.to_string());
    }
    say(&format!(
        "{}: {} records, {} versions of statements, {} commits. It holds everything, sealed or not: keep it as safe as \
         the store itself",
        command.out.display(),
        counts.subjects,
        counts.statements,
        counts.commits
    ))
}

fn bundle(global: &Global, command: &Export) -> Result<(), Stop> {
    let store = open(global)?;
    let written = export_bundle(&store, &Permit::local_operator(), &command.out)?;
    if global.json {
        let line = json!({
            "path": command.out.display().to_string(),
            "rows": written.rows,
            "leftOut": written.left_out,
        });
        return say(&line.to_string());
    }
    let mut text = format!("{}: {} rows", command.out.display(), written.rows);
    for (what, count) in &written.left_out {
        text.push_str(&format!("\nleft out: {count} {what}"));
    }
    say(&text)
}

fn gedcom(global: &Global, command: &Export, version: Version) -> Result<(), Stop> {
    let store = open(global)?;
    let permit = Permit::local_operator();
    let mut people = Vec::new();
    for person in &command.people {
        people.push(resolve_person(&store, &permit, "person", person)?);
    }
    let question = ExportGedcom {
        version,
        people,
        degree: command.degree,
        with_sealed: command.with_sealed,
        as_of: ambient::today(),
    };
    let out = BufWriter::with_capacity(WRITE_BEHIND, new_file(command)?);
    let (people, families) = export_gedcom(&store, &permit, &question, out)?;
    if global.json {
        let path = command.out.display().to_string();
        let line = json!({ "path": path, "people": people, "families": families });
        return say(&line.to_string());
    }
    say(&format!(
        "{}: {people} people, {families} families",
        command.out.display()
    ))
}

/// Never writes over what is there.
fn new_file(command: &Export) -> Result<File, Error> {
    File::create_new(&command.out)
        .map_err(|why| Error::invalid("out", format!("{}: {why}", command.out.display())))
}
