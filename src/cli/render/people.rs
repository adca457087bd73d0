//! People: found by name, shown in full, or listed as relatives.

use super::page::{Page, WIDTH};
use super::words::{certainty, count, life, other_record, person_in_line, source, validity};
use crate::api::v1;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ColumnConstraint, ContentArrangement, Table};

/// People found, the most probable first.
pub fn people(found: &[v1::FoundPerson], more: bool) -> String {
    let mut page = Page::default();
    if found.is_empty() {
        page.line(0, "Nobody like that is recorded.");
        return page.into_text();
    }
    let mut table = new_table(&["name", "born, age", "likely", "why", "id"]);
    for found in found {
        let person = found.person.clone().unwrap_or_default();
        let mut name = person.display_name.clone();
        if !found.matched_name.is_empty() && found.matched_name != name {
            name.push_str(&format!(" (as {})", found.matched_name));
        }
        let reasons: Vec<String> = found
            .reasons
            .iter()
            .map(|reason| format!("{} {}", reason.field, reason.words))
            .collect();
        table.add_row([
            name,
            life(&person),
            likely(found.probability),
            reasons.join("; "),
            person.name,
        ]);
    }
    page.block(0, &table.to_string());
    let count_found = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let mut text = count(count_found, "person", "people");
    if more {
        text.push_str(" shown; there are more: say more of the person, or a greater --limit");
    }
    page.line(0, &text);
    page.into_text()
}

/// "97 %", "under 1 %".
fn likely(probability: f64) -> String {
    match (probability * 100.0).round() {
        percent if percent < 1.0 => "under 1 %".to_owned(),
        percent if percent > 99.0 => "over 99 %".to_owned(),
        percent => format!("{percent} %"),
    }
}

/// Relatives, nearest first.
pub fn relatives(relatives: &[v1::Relative], degree: u32) -> String {
    let mut page = Page::default();
    if relatives.is_empty() {
        page.line(
            0,
            &format!("No relatives are recorded within civil degree {degree}."),
        );
        return page.into_text();
    }
    let mut table = new_table(&["relation", "degree", "name", "born, age", "id"]);
    for relative in relatives {
        let person = relative.person.clone().unwrap_or_default();
        let words: Vec<&str> = relative
            .relations
            .iter()
            .map(|relation| relation.words.as_str())
            .collect();
        let nearest = relative
            .relations
            .first()
            .and_then(|relation| relation.civil_degree)
            .map(|degree| degree.to_string())
            .unwrap_or_default();
        let life = life(&person);
        table.add_row([
            words.join("; "),
            nearest,
            all_names(&person),
            life,
            person.name,
        ]);
    }
    page.block(0, &table.to_string());
    let found = u32::try_from(relatives.len()).unwrap_or(u32::MAX);
    page.line(0, &count(found, "relative", "relatives"));
    page.into_text()
}

/// The name, with the names of records that were decided to be of the same person.
fn all_names(person: &v1::PersonSummary) -> String {
    let mut names = vec![person.display_name.as_str()];
    for record in &person.also_recorded_as {
        if !names.contains(&record.display_name.as_str()) {
            names.push(&record.display_name);
        }
    }
    names.join(", also ")
}

/// Everything recorded of a person, each statement with its source.
pub fn person(person: &v1::Person) -> String {
    let summary = person.summary.clone().unwrap_or_default();
    let mut page = Page::default();
    page.heading(&person_in_line(&summary));
    page.gap();
    page.field(0, "Id", &summary.name);
    let recorded: Vec<String> = summary.also_recorded_as.iter().map(other_record).collect();
    page.fields(0, "Recorded", &recorded);
    page.field(0, "In sources", &person.external_ids.join(", "));
    page.field(0, "Version", &person.etag);
    page.heading("What is recorded");
    for statement in &person.statements {
        page.item(2, "-", &in_words(statement));
        let mut text = source(statement.source.as_ref());
        let records = summary.also_recorded_as.iter();
        let of_record = records.filter(|record| record.name == statement.subject);
        for record in of_record {
            text.push_str(&format!("; in the record of {}", record.display_name));
        }
        page.line(4, &text);
    }
    if person.statements.is_empty() {
        page.line(2, "Nothing.");
    }
    page.into_text()
}

/// "parent: Mary Joseph is the (birth) mother; confirmed; since 1990; sealed: adoption".
fn in_words(statement: &v1::Statement) -> String {
    let mut text = format!(
        "{}: {}; {}",
        statement.kind.replace('_', " "),
        statement.words,
        certainty(statement.certainty)
    );
    let when = validity(statement.valid_from.as_ref(), statement.valid_to.as_ref());
    if !when.is_empty() {
        text.push_str(&format!("; {when}"));
    }
    let sealed = match v1::SealClass::try_from(statement.seal).unwrap_or_default() {
        v1::SealClass::Unspecified => return text,
        v1::SealClass::Adoption => "adoption",
        v1::SealClass::Address => "protected address",
        v1::SealClass::Safety => "safety",
    };
    text.push_str(&format!("; SEALED ({sealed})"));
    text
}

/// A table whose last column holds ids, which are never broken, so that they can be copied.
fn new_table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(WIDTH + 30).unwrap_or(130))
        .set_header(headings.to_vec());
    if let Some(ids) = table.column_mut(headings.len().saturating_sub(1)) {
        ids.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}
