//! `kinpath pathways` and `kinpath due`, and the rule files of an agency's own.

use super::arguments::{Due, Global, Pathways};
use super::commands::{write_json_lines, write_text};
use super::orders::{text_of, toml_files};
use super::render;
use super::session::Session;
use super::stop::Stop;
use crate::api::v1;
use crate::error::Error;
use crate::placement::due_actions::DueRules;
use crate::placement::pathways::PathwayRules;
use crate::placement::rule_file::{self, RuleFile, RuleFileError};
use crate::placement::services::ServiceDirectory;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Which forms of permanence are open.
pub fn pathways(global: &Global, command: &Pathways) -> Result<(), Stop> {
    if !command.check.is_empty() {
        return check::<PathwayRules>(&command.check);
    }
    let mut request = v1::ListPathwaysRequest {
        child: command.child.clone().unwrap_or_default(),
        lead: command.lead.clone().unwrap_or_default(),
        as_of: command.as_of.clone(),
        order: command.order.clone(),
        page_size: 100,
        ..v1::ListPathwaysRequest::default()
    };
    let session = Session::open(global)?;
    let mut answer = session.list_pathways(&request)?;
    while !answer.next_page_token.is_empty() {
        request.page_token.clone_from(&answer.next_page_token);
        let next = session.list_pathways(&request)?;
        answer.pathways.extend(next.pathways);
        answer.next_page_token = next.next_page_token;
    }
    if global.json {
        return write_json_lines(&[answer]);
    }
    write_text(&render::pathways(&answer))
}

/// What is due.
pub fn due(global: &Global, command: &Due) -> Result<(), Stop> {
    if !command.check.is_empty() {
        return check::<DueRules>(&command.check);
    }
    let mut request = v1::ListDueActionsRequest {
        case: command.case.clone().unwrap_or_default(),
        worker: command.worker.clone().unwrap_or_default(),
        as_of: command.as_of.clone(),
        within_days: command.within,
        page_size: 500,
        ..v1::ListDueActionsRequest::default()
    };
    let session = Session::open(global)?;
    let mut answer = session.list_due_actions(&request)?;
    while !answer.next_page_token.is_empty() {
        request.page_token.clone_from(&answer.next_page_token);
        let next = session.list_due_actions(&request)?;
        answer.due_actions.extend(next.due_actions);
        answer.next_page_token = next.next_page_token;
    }
    if global.json {
        return write_json_lines(&[answer]);
    }
    write_text(&render::due_actions(&answer))
}

/// Takes the rules of an agency's own: the subfolders `pathways`, `services` and `due_actions`.
pub fn take_own(folder: &Path) -> Result<(), Stop> {
    take::<PathwayRules>(folder)?;
    take::<ServiceDirectory>(folder)?;
    take::<DueRules>(folder)
}

fn take<Rules: RuleFile>(folder: &Path) -> Result<(), Stop> {
    let folder = folder.join(Rules::KIND);
    if !folder.is_dir() {
        return Ok(());
    }
    Ok(rule_file::take_own::<Rules>(&toml_files(&folder)?).map_err(bad)?)
}

fn bad(error: RuleFileError) -> Error {
    Error::invalid(error.kind, error.to_string())
}

fn check<Rules: RuleFile>(files: &[PathBuf]) -> Result<(), Stop> {
    let mut faults = 0;
    for file in files {
        match rule_file::read::<Rules>(&file.display().to_string(), &text_of("orders", file)?) {
            Ok(rules) => {
                let id = rules.id();
                writeln!(io::stdout().lock(), "{}: good. {id}", file.display())?;
            }
            Err(error) => {
                faults += 1;
                writeln!(io::stderr().lock(), "{error}")?;
            }
        }
    }
    match faults {
        0 => Ok(()),
        _ => Err(Stop::Partly(format!(
            "{faults} of {} files cannot be used",
            files.len()
        ))),
    }
}
