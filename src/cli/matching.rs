//! `kinpath match`: children and waiting families.

use super::arguments::{Global, MatchChildren, MatchCommand, MatchFamilies, MatchSlate};
use super::commands::{write_json_lines, write_text};
use super::orders::text_of;
use super::render;
use super::session::Session;
use super::stop::Stop;
use crate::api::v1;
use crate::error::Error;
use crate::placement::own_weights;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Runs one of them.
pub fn run(global: &Global, command: &MatchCommand) -> Result<(), Stop> {
    match command {
        MatchCommand::Families(command) => families(global, command),
        MatchCommand::Children(command) => children(global, command),
        MatchCommand::Slate(command) => slate(global, command),
        MatchCommand::Check { files } => check(files),
    }
}

/// Takes the weights of a file in place of those that come with the program. A bad file is enough to refuse to start.
pub fn take_own(file: &Path) -> Result<(), Stop> {
    let text = text_of("weights", file)?;
    let taken = own_weights::take_own(&file.display().to_string(), &text);
    Ok(taken.map_err(|error| Error::invalid("weights", error.to_string()))?)
}

fn check(files: &[PathBuf]) -> Result<(), Stop> {
    let mut faults = 0;
    for file in files {
        let shown = file.display();
        match own_weights::read(&shown.to_string(), &text_of("weights", file)?) {
            Ok(own) => {
                let mut out = io::stdout().lock();
                writeln!(out, "{shown}: good. {}:", own.version)?;
                for difference in &own.differences {
                    writeln!(out, "  {difference}")?;
                }
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

fn families(global: &Global, command: &MatchFamilies) -> Result<(), Stop> {
    let mut request = v1::MatchWaitingFamiliesRequest {
        child: command.child.clone(),
        as_of: command.as_of.clone(),
        order: command.order.clone(),
        page_size: i32::from(command.top),
        ..v1::MatchWaitingFamiliesRequest::default()
    };
    let session = Session::open(global)?;
    let answer = session.match_waiting_families(&request)?;
    request.without_sibling_plan = true;
    let mut others = Vec::new();
    let views = [
        (command.near_misses, v1::MatchView::NearMisses),
        (command.excluded, v1::MatchView::Excluded),
    ];
    for (is_wanted, view) in views {
        request.view = view.into();
        others.push(match is_wanted {
            true => session.match_waiting_families(&request)?,
            false => v1::MatchWaitingFamiliesResponse::default(),
        });
    }
    if global.json {
        let asked = [true, command.near_misses, command.excluded];
        let answers = std::iter::once(answer).chain(others).zip(asked);
        let answers: Vec<_> = answers
            .filter(|(_, is_asked)| *is_asked)
            .map(|(answer, _)| answer)
            .collect();
        return write_json_lines(&answers);
    }
    let [near_misses, excluded] = [0, 1].map(|list| others[list].matches.as_slice());
    write_text(&render::matched_families(&answer, near_misses, excluded))
}

fn children(global: &Global, command: &MatchChildren) -> Result<(), Stop> {
    let request = v1::MatchWaitingChildrenRequest {
        waiting_family: command.family.clone(),
        as_of: command.as_of.clone(),
        include_near_misses: command.near_misses,
        page_size: i32::from(command.top),
        ..v1::MatchWaitingChildrenRequest::default()
    };
    let answer = Session::open(global)?.match_waiting_children(&request)?;
    if global.json {
        return write_json_lines(&[answer]);
    }
    write_text(&render::matched_children(&answer))
}

fn slate(global: &Global, command: &MatchSlate) -> Result<(), Stop> {
    let aim = match command.stable {
        true => v1::SlateAim::Stable,
        false => v1::SlateAim::GreatestTotal,
    };
    let request = v1::ProposeSlateRequest {
        as_of: command.as_of.clone(),
        aim: aim.into(),
        worker: command.worker.clone(),
        passing_over_because: command.passing_over_because.clone(),
        at_least_revision: String::new(),
    };
    let messages = Session::open(global)?.propose_slate(&request)?;
    if global.json {
        return write_json_lines(&messages);
    }
    write_text(&render::slate(&messages))
}
