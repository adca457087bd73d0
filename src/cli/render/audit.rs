//! Entries of the record of access as lines, and a person's own record.

use crate::api::v1;
use jiff::Timestamp;
use std::fmt::Write;

/// One entry a paragraph. Where somebody was asked for, how they were shown stands first.
pub fn audit_entries(entries: &[v1::AuditEntry], person: &str) -> String {
    if entries.is_empty() {
        return "No entries.\n".to_owned();
    }
    let mut text = String::new();
    for entry in entries {
        let _ = writeln!(
            text,
            "{:>6}  {}  {}  {}{}{}",
            entry.sequence,
            time(entry),
            who(entry),
            entry.method,
            outcome(entry),
            what_for(entry)
        );
        if let Some(level) = level_of(entry, person) {
            let _ = writeln!(text, "        shown at: {}", words_of(level));
        }
        let _ = write!(text, "{}", details(entry));
    }
    text
}

/// What one person may be given: who was shown or changed what is recorded of them, when, and what for.
pub fn record_of_access(entries: &[v1::AuditEntry], person: &str) -> String {
    let mut text = format!(
        "RECORD OF ACCESS TO {person}\n\nTimes are UTC. \"{}\" means that only the existence of the record was shown.\n\n",
        words_of(v1::SeenLevel::Existence)
    );
    for entry in entries {
        let how = match level_of(entry, person) {
            Some(level) => format!("was shown: {}", words_of(level)),
            None => "changed what is recorded".to_owned(),
        };
        let _ = writeln!(
            text,
            "{}  {} {how}{} ({})",
            time(entry),
            who(entry),
            what_for(entry),
            entry.method
        );
    }
    if entries.is_empty() {
        text.push_str("Nobody.\n");
    }
    text
}

fn time(entry: &v1::AuditEntry) -> String {
    let seconds = entry.time.as_ref().map_or(0, |time| time.seconds);
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn who(entry: &v1::AuditEntry) -> String {
    let mut who = entry.actor.clone();
    if !entry.on_behalf_of.is_empty() {
        let _ = write!(who, " for {}", entry.on_behalf_of);
    }
    if !entry.roles.is_empty() {
        let _ = write!(who, " ({})", entry.roles.join(", "));
    }
    who
}

fn outcome(entry: &v1::AuditEntry) -> &'static str {
    match entry.outcome() {
        v1::AuditOutcome::Ambiguous => ": more than one was meant",
        v1::AuditOutcome::NotFound => ": not found",
        v1::AuditOutcome::Denied => ": denied",
        _ => "",
    }
}

fn what_for(entry: &v1::AuditEntry) -> String {
    let mut words = String::new();
    if !entry.purpose.is_empty() {
        let _ = write!(words, ", for {}", entry.purpose);
    }
    if !entry.case.is_empty() {
        let _ = write!(words, ", in {}", entry.case);
    }
    words
}

fn details(entry: &v1::AuditEntry) -> String {
    let mut text = String::new();
    let names: Vec<&str> = (entry.asked.iter())
        .map(|asked| match asked.name.as_str() {
            "" => asked.field.as_str(),
            name => name,
        })
        .collect();
    if !names.is_empty() {
        let _ = writeln!(text, "        asked: {}", names.join(", "));
    }
    if entry.everybody > 0 {
        let _ = writeln!(text, "        showed: all {} records", entry.everybody);
    }
    for seen in &entry.seen {
        let count = seen.names.len();
        let first = seen.names.iter().take(4).cloned().collect::<Vec<_>>();
        let more = if count > first.len() { ", …" } else { "" };
        let level = words_of(seen.level());
        let _ = writeln!(
            text,
            "        showed {level}: {count}: {}{more}",
            first.join(", ")
        );
    }
    if !entry.revision.is_empty() {
        let _ = writeln!(
            text,
            "        made revision {}: {} statements of {} records",
            entry.revision, entry.statements, entry.changed_count
        );
    }
    for one in &entry.overrides {
        let _ = writeln!(text, "        OVERRIDE {}: {}", one.what, one.reason);
    }
    text
}

fn level_of(entry: &v1::AuditEntry, person: &str) -> Option<v1::SeenLevel> {
    if !person.is_empty() && entry.everybody > 0 {
        return Some(v1::SeenLevel::Contactable);
    }
    let mut seen = entry.seen.iter().rev();
    let seen = seen.find(|seen| seen.names.iter().any(|name| name == person))?;
    Some(seen.level())
}

fn words_of(level: v1::SeenLevel) -> &'static str {
    match level {
        v1::SeenLevel::Contactable => "who, and how to reach them",
        v1::SeenLevel::Identifying => "who",
        v1::SeenLevel::NonIdentifying => "something, but not who",
        _ => "existence",
    }
}
