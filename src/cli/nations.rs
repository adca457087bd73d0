//! `nation resolve` and `nation check`: the nation behind a name, and how well names are recognised.

use super::arguments::{CheckNations, Global, ResolveNation};
use super::commands::{write_json_lines, write_text};
use super::render;
use super::session::Session;
use super::stop::Stop;
use crate::api::{resolve_reference_nation, v1};
use crate::error::Error;
use crate::names::nations::{
    Asked, Hint, Tally, Verdict, measure, nation_of_number, resolve_nation,
};
use serde_json::json;
use std::fs;
use std::path::Path;

/// Says which nation a name means. Without a store the reference list alone is asked.
pub fn resolve(global: &Global, command: &ResolveNation) -> Result<(), Stop> {
    let session = if global.data.is_some() || global.server.is_some() {
        Some(Session::open(global)?)
    } else {
        None
    };
    let ask = |text: &str| {
        let request = v1::ResolveNationRequest {
            text: text.to_owned(),
            region: command.region.clone(),
            place: command.place.clone(),
            limit: command.limit,
            at_least_revision: String::new(),
        };
        match &session {
            Some(session) => session.resolve_nation(&request),
            None => resolve_reference_nation(&request),
        }
    };
    if let Some(file) = &command.file {
        let text = fs::read_to_string(file).map_err(|why| unreadable(file, &why))?;
        let names = text.lines().filter(|line| !line.trim().is_empty());
        let answers = names.map(ask).collect::<Result<Vec<_>, Error>>()?;
        return write_json_lines(&answers);
    }
    let text = command.text.clone().unwrap_or_default();
    let answer = ask(&text)?;
    if global.json {
        return write_json_lines(&[answer]);
    }
    write_text(&render::nations(&answer, &text))
}

/// Measures how many names of a file are recognised.
pub fn check(global: &Global, command: &CheckNations) -> Result<(), Stop> {
    let (asked, without_truth) = read_asked(command)?;
    let tallies = measure(&asked, command.rounds);
    if global.json {
        let lines: Vec<_> = tallies.iter().map(as_json).collect();
        return write_json_lines(&lines);
    }
    write_text(&render::nation_check(
        &tallies,
        &without_truth,
        command.failures,
    ))
}

fn as_json(tally: &Tally) -> serde_json::Value {
    json!({
        "damage": tally.damage.title(),
        "asked": tally.asked,
        "first": tally.first,
        "taken": tally.taken,
        "among": tally.among,
        "certainAndWrong": tally.certain_and_wrong,
        "failures": tally.failures,
    })
}

/// The names with the nations they mean, and the names of which the truth column names no nation of the list.
fn read_asked(command: &CheckNations) -> Result<(Vec<Asked>, Vec<String>), Stop> {
    let failed = |why: csv::Error| Error::invalid("file", why.to_string());
    let text = fs::read(&command.file).map_err(|why| unreadable(&command.file, &why))?;
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_slice());
    let headers = reader.headers().map_err(failed)?.clone();
    let column = |wanted: &str| {
        let mut headers = headers.iter();
        let position = headers.position(|header| header.trim_start_matches('\u{feff}') == wanted);
        position.ok_or_else(|| Error::invalid("column", format!("the file has no {wanted}")))
    };
    let (name, truth) = (column(&command.column)?, column(&command.truth)?);
    let (mut asked, mut without_truth) = (Vec::new(), Vec::new());
    for row in reader.records() {
        let row = row.map_err(failed)?;
        let cell = |position: usize| row.get(position).unwrap_or_default().trim();
        if cell(name).is_empty() {
            continue;
        }
        match truth_of(cell(truth)) {
            Some(id) => asked.push(Asked {
                name: cell(name).to_owned(),
                id,
            }),
            None => without_truth.push(cell(name).to_owned()),
        }
    }
    Ok((asked, without_truth))
}

/// The id of the nation with this band number or name.
fn truth_of(text: &str) -> Option<String> {
    if let Some(nation) = nation_of_number(text) {
        return Some(nation.id.clone());
    }
    let resolution = resolve_nation(text, &Hint::default());
    let is_known = matches!(resolution.verdict, Verdict::Certain | Verdict::Probable);
    let first = resolution.candidates.first().filter(|_| is_known)?;
    Some(first.nation.id.clone())
}

fn unreadable(file: &Path, why: &std::io::Error) -> Error {
    Error::invalid("file", format!("{}: {why}", file.display()))
}
