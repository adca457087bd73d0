//! `kinpath rematch`: the nightly run, and what it found.

use super::arguments::{
    Global, RematchCancel, RematchCommand, RematchReport, RematchRun, RematchShow,
};
use super::commands::{write_json_lines, write_text};
use super::maintenance;
use super::progress;
use super::render::{self, Digest};
use super::session::Session;
use super::stop::Stop;
use crate::access::Permit;
use crate::ambient;
use crate::api::{RematchLimits, rematch_run_message, v1};
use crate::error::Error;
use crate::model::partial_date::Day;
use crate::model::rematch::{Run, RunNumber};
use crate::workflow::{Rematch, cancel_rematch, rematch as run_rematch, rematch_touched};

/// Whatever was asked of the nightly run.
pub fn rematch(global: &Global, command: &RematchCommand) -> Result<(), Stop> {
    match command {
        RematchCommand::Run(command) => run(global, command),
        RematchCommand::List => list(global),
        RematchCommand::Show(command) => show(global, command),
        RematchCommand::Report(command) => report(global, command),
        RematchCommand::Cancel(command) => cancel(global, command),
    }
}

fn run(global: &Global, command: &RematchRun) -> Result<(), Stop> {
    if global.server.is_some() {
        if command.touched {
            let words = "a server matches the children touched by a change by itself, at once";
            return Err(Stop::Usage(words.to_owned()));
        }
        return start(global, command);
    }
    let as_of: Day = match command.as_of.as_str() {
        "" => ambient::today(),
        text => text
            .parse()
            .map_err(|_| Error::invalid("as_of", "not a day: give it as YYYY-MM-DD"))?,
    };
    let store = maintenance::open(global)?;
    let limits = RematchLimits {
        threads: command.threads.into(),
        keep: command.keep.into(),
        ranks_moved: command.ranks_moved,
        between_nights: command.touched,
    };
    let how = Rematch {
        children_a_part: command.children_a_part as usize,
        ..limits.how(as_of)
    };
    let permit = Permit::system("nightly rematch");
    let bar = progress::bar("children", 0);
    let mut show = |run: &Run| {
        bar.set_length(run.counts.children);
        bar.set_position(run.counts.matched);
    };
    let done = match command.touched {
        true => rematch_touched(&store, &permit, &how, &mut None, &mut show)?,
        false => Some(run_rematch(&store, &permit, &how, &mut show)?),
    };
    bar.finish_and_clear();
    let Some(done) = done else {
        return write_text("Nothing recorded since the last run changes a child's list.\n");
    };
    let message = rematch_run_message(&done);
    if global.json {
        return write_json_lines(&[message]);
    }
    write_text(&render::rematch_runs(&[message]))
}

/// Has a server run.
fn start(global: &Global, command: &RematchRun) -> Result<(), Stop> {
    let request = v1::StartRematchRequest {
        request_id: ambient::random_id(),
        as_of: command.as_of.clone(),
    };
    let Session::Remote(remote) = Session::open(global)? else {
        return Err(Stop::Usage("give the server with --server ADDR".to_owned()));
    };
    let started = remote.ask(|mut client| async move { client.start_rematch(request).await })?;
    if global.json {
        return write_json_lines(&[started]);
    }
    let name = started.operation.unwrap_or_default().name;
    write_text(&format!("The run has begun: {name}\n"))
}

fn list(global: &Global) -> Result<(), Stop> {
    let session = Session::open(global)?;
    let mut request = v1::ListRematchRunsRequest::default();
    let mut runs = Vec::new();
    loop {
        let page = session.list_rematch_runs(&request)?;
        runs.extend(page.runs);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    if global.json {
        return write_json_lines(&runs);
    }
    write_text(&render::rematch_runs(&runs))
}

fn show(global: &Global, command: &RematchShow) -> Result<(), Stop> {
    let session = Session::open(global)?;
    let mut request = v1::ListRematchLeadsRequest {
        child: command.child.clone(),
        run: command.run.clone(),
        ..v1::ListRematchLeadsRequest::default()
    };
    let mut answer = session.list_rematch_leads(&request)?;
    while !answer.next_page_token.is_empty() {
        request.page_token.clone_from(&answer.next_page_token);
        let next = session.list_rematch_leads(&request)?;
        answer.leads.extend(next.leads);
        answer.next_page_token = next.next_page_token;
    }
    if global.json {
        return write_json_lines(&[answer]);
    }
    write_text(&render::rematch_leads(&answer))
}

fn report(global: &Global, command: &RematchReport) -> Result<(), Stop> {
    let session = Session::open(global)?;
    let mut request = v1::ListRematchChangesRequest {
        run: command.run.clone(),
        worker: command.worker.clone(),
        page_size: 200,
        ..v1::ListRematchChangesRequest::default()
    };
    let mut answer = session.list_rematch_changes(&request)?;
    while !answer.next_page_token.is_empty() {
        request.page_token.clone_from(&answer.next_page_token);
        let next = session.list_rematch_changes(&request)?;
        answer.children.extend(next.children);
        answer.next_page_token = next.next_page_token;
    }
    let as_of = answer.run.clone().unwrap_or_default().as_of;
    let mut due = v1::ListDueActionsRequest {
        worker: command.worker.clone(),
        as_of,
        within_days: Some(0),
        page_size: 500,
        ..v1::ListDueActionsRequest::default()
    };
    let mut actions = Vec::new();
    let mut waiting = 0;
    loop {
        let page = session.list_due_actions(&due)?;
        waiting += page.cases.len();
        actions.extend(page.due_actions);
        due.page_token = page.next_page_token;
        if due.page_token.is_empty() {
            break;
        }
    }
    if global.json {
        return write_json_lines(&[answer]);
    }
    let digest = Digest::new(&command.worker, answer, actions, waiting);
    write_text(&match (command.html, command.csv) {
        (true, _) => digest.html(),
        (_, true) => digest.csv(),
        _ => digest.text(),
    })
}

fn cancel(global: &Global, command: &RematchCancel) -> Result<(), Stop> {
    let message = if global.server.is_some() {
        let request = v1::CancelRematchRunRequest {
            name: command.run.clone(),
        };
        let Session::Remote(remote) = Session::open(global)? else {
            return Err(Stop::Usage("give the server with --server ADDR".to_owned()));
        };
        let answer =
            remote.ask(|mut client| async move { client.cancel_rematch_run(request).await })?;
        answer.run.unwrap_or_default()
    } else {
        let number = command.run.parse().map(RunNumber);
        let number = number.map_err(|_| Error::invalid("run", "needed: the number of the run"))?;
        let store = maintenance::open(global)?;
        let permit = Permit::local_operator();
        rematch_run_message(&cancel_rematch(&store, &permit, number, ambient::now())?)
    };
    if global.json {
        return write_json_lines(&[message]);
    }
    write_text(&render::rematch_runs(&[message]))
}
