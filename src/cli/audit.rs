//! `kinpath audit`: the record of access. Lists who was shown or changed what, prints a person's own record, keeps signed
//! heads outside the store and checks the record against them.

use super::arguments::{AuditCommand, AuditHead, AuditList, AuditOf, AuditVerify, Global};
use super::commands::{write_json_lines, write_text};
use super::maintenance::{open, say};
use super::render;
use super::session::Session;
use super::stop::Stop;
use crate::access::Permit;
use crate::api::{Timestamp, v1};
use crate::error::Error;
use crate::model::audit::Shown;
use crate::model::partial_date::Day;
use crate::store::{SignedHead, Stop as Stopping, read_heads};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// Whatever was asked of the record.
pub fn audit(global: &Global, command: &AuditCommand) -> Result<(), Stop> {
    match command {
        AuditCommand::List(command) => list(global, command),
        AuditCommand::Record(command) => record_of(global, command),
        AuditCommand::Head(command) => head(global, command),
        AuditCommand::Verify(command) => verify(global, command),
    }
}

fn list(global: &Global, command: &AuditList) -> Result<(), Stop> {
    let session = Session::open(global)?;
    let person = match command.shown.as_str() {
        "" => String::new(),
        shown => name_of(&session, shown)?,
    };
    let request = v1::ListAuditEntriesRequest {
        person: person.clone(),
        actor: command.actor.clone(),
        case: command.case.clone(),
        method: command.method.clone(),
        start_time: time("from", &command.from, 0)?,
        end_time: time("until", &command.until, 1)?,
        page_size: 500,
        ..v1::ListAuditEntriesRequest::default()
    };
    let entries = all_entries(&session, request)?;
    if global.json {
        return write_json_lines(&entries);
    }
    write_text(&render::audit_entries(&entries, &person))
}

fn record_of(global: &Global, command: &AuditOf) -> Result<(), Stop> {
    let session = Session::open(global)?;
    let person = name_of(&session, &command.person)?;
    let request = v1::ListAuditEntriesRequest {
        person: person.clone(),
        page_size: 500,
        ..v1::ListAuditEntriesRequest::default()
    };
    let entries = all_entries(&session, request)?;
    if global.json {
        return write_json_lines(&entries);
    }
    write_text(&render::record_of_access(&entries, &person))
}

/// The resource name of whoever is meant.
fn name_of(session: &Session, reference: &str) -> Result<String, Error> {
    let request = v1::ResolvePersonRequest {
        reference: reference.to_owned(),
    };
    let person = session.resolve_person(&request)?.person;
    Ok(person.unwrap_or_default().name)
}

fn all_entries(
    session: &Session,
    mut request: v1::ListAuditEntriesRequest,
) -> Result<Vec<v1::AuditEntry>, Stop> {
    let mut entries = Vec::new();
    loop {
        let page = session.list_audit_entries(&request)?;
        entries.extend(page.entries);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return Ok(entries);
        }
    }
}

/// The beginning of a day given as YYYY-MM-DD, or of the day after.
fn time(field: &str, day: &str, days_later: i64) -> Result<Option<Timestamp>, Error> {
    const SECONDS_A_DAY: i64 = 24 * 60 * 60;
    if day.is_empty() {
        return Ok(None);
    }
    let wrong = |_| Error::invalid(field, "not a day: give it as YYYY-MM-DD");
    let day: Day = day.parse().map_err(wrong)?;
    Ok(Some(Timestamp {
        seconds: (i64::from(day.0) + days_later) * SECONDS_A_DAY,
        nanos: 0,
    }))
}

fn head(global: &Global, command: &AuditHead) -> Result<(), Stop> {
    let head = Session::open(global)?.get_audit_head(&v1::GetAuditHeadRequest {})?;
    match &command.out {
        Some(path) => append(path, &head.line)?,
        None if global.json => return write_json_lines(&[head]),
        None => return say(&head.line),
    }
    say(&format!(
        "the head of entry {} was added to {}",
        head.sequence,
        path_of(command)
    ))
}

fn path_of(command: &AuditHead) -> String {
    let path = command.out.as_deref();
    path.map(|path| path.display().to_string())
        .unwrap_or_default()
}

fn append(path: &Path, line: &str) -> Result<(), Error> {
    let unwritable =
        |why: std::io::Error| Error::invalid("out", format!("{}: {why}", path.display()));
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map_err(unwritable)?;
    file.write_all(format!("{line}\n").as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(unwritable)
}

fn verify(global: &Global, command: &AuditVerify) -> Result<(), Stop> {
    let mut heads: Vec<SignedHead> = Vec::new();
    for file in &command.heads {
        heads.extend(read_heads(file).map_err(Error::from)?);
    }
    let store = open(global)?;
    let permit = Permit::local_operator();
    let began = Instant::now();
    let check = store
        .check_audit(&heads, &Stopping::default())
        .map_err(Error::from)?;
    let took = began.elapsed().as_secs_f64();
    permit.close_read(&store, "audit_verify", &Shown::default())?;
    for finding in &check.findings {
        say(&format!(
            "wrong: entry {}: {}",
            finding.sequence, finding.detail
        ))?;
    }
    say(&format!(
        "read: {} entries, {} heads from outside, in {took:.2} s",
        check.entries, check.heads
    ))?;
    if !check.is_clean() {
        return Err(Stop::Refused(format!(
            "{} things are wrong with the record of access: keep this store as it is, and compare it with a backup",
            check.wrong
        )));
    }
    say(if heads.is_empty() {
        "the record is one unbroken chain; without heads kept outside (--heads) an old copy of the store looks the same"
    } else {
        "the record is one unbroken chain, and has in it all of which heads were kept"
    })
}
