//! `kinpath same-person`: the links between records, and what was decided about them.

use super::arguments::{Global, SamePerson, SamePersonDecide, SamePersonList, SamePersonPair};
use super::commands::{write_json_lines, write_text};
use super::session::Session;
use super::stop::Stop;
use super::{render, requests};
use crate::ambient;
use crate::api::v1;

/// Runs one of its commands.
pub fn same_person(global: &Global, command: &SamePerson) -> Result<(), Stop> {
    match command {
        SamePerson::List(command) => list(global, command),
        SamePerson::Show(command) => show(global, command),
        SamePerson::Decide(command) => decide(global, command),
    }
}

fn list(global: &Global, command: &SamePersonList) -> Result<(), Stop> {
    let session = Session::open(global)?;
    let mut missing = command.limit as usize;
    let verdict = command.verdict.map(v1::Verdict::from).unwrap_or_default();
    let mut request = v1::ListSamePersonLinksRequest {
        person: command.person.clone().unwrap_or_default(),
        verdict: verdict.into(),
        ..v1::ListSamePersonLinksRequest::default()
    };
    let mut pages = Vec::new();
    while missing > 0 {
        request.page_size = i32::try_from(missing.min(500)).unwrap_or(500);
        let page = session.list_same_person_links(&request)?;
        missing = missing.saturating_sub(page.links.len());
        request.page_token.clone_from(&page.next_page_token);
        pages.push(page);
        if request.page_token.is_empty() {
            break;
        }
    }
    if global.json {
        return write_json_lines(&pages);
    }
    let more = !request.page_token.is_empty();
    let links: Vec<_> = pages.into_iter().flat_map(|page| page.links).collect();
    write_text(&render::same_person_links(&links, more))
}

fn show(global: &Global, command: &SamePersonPair) -> Result<(), Stop> {
    let request = v1::GetSamePersonLinkRequest {
        one: command.one.clone(),
        other: command.other.clone(),
        ..v1::GetSamePersonLinkRequest::default()
    };
    let answer = Session::open(global)?.get_same_person_link(&request)?;
    if global.json {
        return write_json_lines(&[answer]);
    }
    write_text(&render::same_person_link(&answer.link.unwrap_or_default()))
}

fn decide(global: &Global, command: &SamePersonDecide) -> Result<(), Stop> {
    let request_id = match command.request_id.as_str() {
        "" => ambient::random_id(),
        id => id.to_owned(),
    };
    let request = v1::DecideSamePersonRequest {
        one: command.pair.one.clone(),
        other: command.pair.other.clone(),
        verdict: v1::Verdict::from(command.verdict).into(),
        reason: command.reason.clone(),
        source: requests::source(&command.source),
        etag: command.etag.clone(),
        request_id,
        validate_only: command.dry_run,
    };
    let session = Session::open(global)?;
    let decided = session
        .decide_same_person(&request)
        .map_err(|error| Stop::of_write(error, &request.request_id))?;
    if global.json {
        return write_json_lines(&[decided]);
    }
    match decided.link {
        Some(link) => write_text(&render::same_person_link(&link)),
        None => write_text("Nothing stands against it. Nothing was recorded.\n"),
    }
}
