//! Each command: ask, then render the answer as text or as JSON lines.

use super::arguments::{
    Arguments, Command, ConfigCommand, Connect, Find, Global, NationCommand, Relation, Relatives,
    Show, WhyNot,
};
use super::session::Session;
use super::stop::Stop;
use super::{
    audit, duplicates, export, import, linkage, maintenance, matching, nations, orders, permanence,
    progress, rematch, render, requests, same_person, search, shell,
};
use crate::api::v1;
use crate::error::Error;
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;

/// Runs the command that was asked for.
pub fn run(arguments: &Arguments) -> Result<(), Stop> {
    let global = &arguments.global;
    if let Some(folder) = &global.orders {
        orders::take_own(folder)?;
    }
    if let Some(file) = &global.weights {
        matching::take_own(file)?;
    }
    match &arguments.command {
        Command::Find(command) => find(global, command),
        Command::WhyNot(command) => why_not(global, command),
        Command::Connect(command) => connect(global, command),
        Command::Relation(command) => relation(global, command),
        Command::Relatives(command) => relatives(global, command),
        Command::Show(command) => show(global, command),
        Command::Search(command) => search::search(global, command),
        Command::Nation(NationCommand::Resolve(command)) => nations::resolve(global, command),
        Command::Nation(NationCommand::Check(command)) => nations::check(global, command),
        Command::SamePerson(command) => same_person::same_person(global, command),
        Command::Import(command) => import::import(global, command),
        Command::Export(command) => export::export(global, command),
        Command::Config(ConfigCommand::Check(command)) => maintenance::check_config(command),
        Command::Orders(command) => orders::orders(global, command),
        Command::Pathways(command) => permanence::pathways(global, command),
        Command::Match(command) => matching::run(global, command),
        Command::Due(command) => permanence::due(global, command),
        Command::Rematch(command) => rematch::rematch(global, command),
        Command::Completions(command) => shell::completions(command),
        Command::Man => shell::man(),
        Command::Serve(command) => maintenance::serve(global, command),
        Command::Generate(command) => maintenance::generate(command),
        Command::Audit(command) => audit::audit(global, command),
        Command::Verify(command) => maintenance::verify(global, command),
        Command::Duplicates(command) => duplicates::find(global, command),
        Command::Linkage(command) => linkage::run(global, command),
        Command::Rebuild => maintenance::rebuild(global),
        Command::Migrate => maintenance::migrate(global),
        Command::Backup(command) => maintenance::backup(global, command),
        Command::Restore(command) => maintenance::restore(global, command),
    }
}

fn find(global: &Global, command: &Find) -> Result<(), Stop> {
    let messages = Session::open(global)?.find_family(&requests::find_family(command))?;
    if global.json {
        return write_json_lines(&messages);
    }
    write_text(&render::family(&messages, &store_flag(global)))
}

fn why_not(global: &Global, command: &WhyNot) -> Result<(), Stop> {
    let answer = Session::open(global)?.explain_absence(&requests::explain_absence(command))?;
    if global.json {
        return write_json_lines(&[answer]);
    }
    write_text(&render::absence(&answer))
}

fn connect(global: &Global, command: &Connect) -> Result<(), Stop> {
    let request = requests::record_connection(command);
    let session = Session::open(global)?;
    let recorded = session
        .record_connection(&request)
        .map_err(|error| Stop::of_write(error, &request.request_id))?;
    if global.json {
        return write_json_lines(&[recorded]);
    }
    write_text(&render::connection(
        &recorded,
        &request,
        &store_flag(global),
    ))
}

fn relation(global: &Global, command: &Relation) -> Result<(), Stop> {
    let session = Session::open(global)?;
    if let Some(file) = &command.pairs {
        return relation_of_pairs(&session, file, &command.as_of);
    }
    let request = v1::NameRelationshipRequest {
        a: command.a.clone().unwrap_or_default(),
        b: command.b.clone().unwrap_or_default(),
        as_of: command.as_of.clone(),
        ..v1::NameRelationshipRequest::default()
    };
    let answer = session.name_relationship(&request)?;
    if global.json {
        return write_json_lines(&[answer]);
    }
    write_text(&render::relationship(&answer))
}

/// A row of `--pairs` that could not be answered.
#[derive(Serialize)]
struct FailedPair<'a> {
    a: &'a str,
    b: &'a str,
    error: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
}

/// One line of JSON for each row, in the order of the rows.
fn relation_of_pairs(session: &Session, file: &Path, as_of: &str) -> Result<(), Stop> {
    let pairs = read_pairs(file)?;
    let bar = progress::bar("relations", pairs.len() as u64);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut failed = 0;
    for (a, b) in &pairs {
        let request = v1::NameRelationshipRequest {
            a: a.clone(),
            b: b.clone(),
            as_of: as_of.to_owned(),
            ..v1::NameRelationshipRequest::default()
        };
        match session.name_relationship(&request) {
            Ok(answer) => write_json(&mut out, &answer)?,
            Err(error @ (Error::Unavailable { .. } | Error::Corrupt { .. })) => {
                out.flush()?;
                return Err(error.into());
            }
            Err(error) => {
                failed += 1;
                write_json(&mut out, &failed_pair(a, b, &error))?;
            }
        }
        bar.inc(1);
    }
    out.flush()?;
    bar.finish_and_clear();
    if failed > 0 {
        let of = pairs.len();
        return Err(Stop::Partly(format!(
            "{failed} of {of} rows could not be answered"
        )));
    }
    Ok(())
}

fn failed_pair<'a>(a: &'a str, b: &'a str, error: &Error) -> FailedPair<'a> {
    let choices = match error {
        Error::Ambiguous { choices, .. } => choices.iter().map(|c| c.value.clone()).collect(),
        _ => Vec::new(),
    };
    FailedPair {
        a,
        b,
        error: error.to_string(),
        choices,
    }
}

fn read_pairs(file: &Path) -> Result<Vec<(String, String)>, Error> {
    let wrong = |why: String| Error::invalid("pairs", format!("{}: {why}", file.display()));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_path(file)
        .map_err(|why| wrong(why.to_string()))?;
    let headers = reader.headers().map_err(|why| wrong(why.to_string()))?;
    let column = |name: &str| {
        headers
            .iter()
            .position(|header| header.trim_start_matches('\u{feff}') == name)
            .ok_or_else(|| wrong(format!("there is no column \"{name}\"")))
    };
    let (a, b) = (column("a")?, column("b")?);
    let mut pairs = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|why| wrong(why.to_string()))?;
        let cell = |position: usize| row.get(position).unwrap_or_default().to_owned();
        pairs.push((cell(a), cell(b)));
    }
    Ok(pairs)
}

fn relatives(global: &Global, command: &Relatives) -> Result<(), Stop> {
    let session = Session::open(global)?;
    let mut request = v1::ListRelativesRequest {
        person: command.person.clone(),
        degree: command.degree,
        as_of: command.as_of.clone(),
        page_size: 500,
        ..v1::ListRelativesRequest::default()
    };
    let mut pages = Vec::new();
    loop {
        let page = session.list_relatives(&request)?;
        request.page_token.clone_from(&page.next_page_token);
        pages.push(page);
        if request.page_token.is_empty() {
            break;
        }
    }
    if global.json {
        return write_json_lines(&pages);
    }
    let relatives: Vec<_> = pages.into_iter().flat_map(|page| page.relatives).collect();
    write_text(&render::relatives(&relatives, command.degree))
}

fn show(global: &Global, command: &Show) -> Result<(), Stop> {
    let request = v1::GetPersonRequest {
        name: command.person.clone(),
        known_on: command.known_on.clone(),
        ..v1::GetPersonRequest::default()
    };
    let answer = Session::open(global)?.get_person(&request)?;
    if global.json {
        return write_json_lines(&[answer]);
    }
    write_text(&render::person(&answer.person.unwrap_or_default()))
}

/// The flag that names the same store again, for the commands that an answer suggests.
fn store_flag(global: &Global) -> String {
    match (&global.server, &global.data) {
        (Some(address), _) => format!("--server {address}"),
        (None, Some(folder)) => format!("--data {}", folder.display()),
        (None, None) => String::new(),
    }
}

/// Writes a text to standard output.
pub(super) fn write_text(text: &str) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Writes messages to standard output, one a line.
pub(super) fn write_json_lines<Message: Serialize>(messages: &[Message]) -> Result<(), Stop> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for message in messages {
        write_json(&mut out, message)?;
    }
    out.flush()?;
    Ok(())
}

fn write_json<Message: Serialize>(out: &mut impl Write, message: &Message) -> Result<(), Stop> {
    let line = serde_json::to_string(message).map_err(|why| Error::Internal {
        detail: format!("an answer cannot be written as JSON: {why}"),
    })?;
    writeln!(out, "{line}")?;
    Ok(())
}
