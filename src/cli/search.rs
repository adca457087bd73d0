//! `search`: one question from the command line, or a file of questions with one line of JSON for each answer.

use super::arguments::{Global, Search};
use super::commands::{write_json_lines, write_text};
use super::render;
use super::session::Session;
use super::stop::Stop;
use crate::api::v1;
use crate::error::Error;
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;

const DEFAULT_SHOWN: u32 = 50;
const DEFAULT_SHOWN_OF_FILE: u32 = 10;
const PAGE: usize = 500;

/// Answers the question, or the file of questions.
pub fn search(global: &Global, command: &Search) -> Result<(), Stop> {
    let session = Session::open(global)?;
    if let Some(file) = &command.queries {
        let limit = command.limit.unwrap_or(DEFAULT_SHOWN_OF_FILE);
        return answer_file(&session, file, limit);
    }
    let mut request = request(command);
    let mut missing = command.limit.unwrap_or(DEFAULT_SHOWN) as usize;
    let mut pages = Vec::new();
    let more = loop {
        request.page_size = i32::try_from(missing.min(PAGE)).unwrap_or(i32::MAX);
        let page = session.search_people(&request)?;
        missing = missing.saturating_sub(page.found.len());
        request.page_token.clone_from(&page.next_page_token);
        if global.json {
            // Whoever reads gets each page as soon as it is there.
            write_json_lines(std::slice::from_ref(&page))?;
        } else {
            pages.push(page);
        }
        if missing == 0 || request.page_token.is_empty() {
            break !request.page_token.is_empty();
        }
    };
    if global.json {
        return Ok(());
    }
    let found: Vec<_> = pages.into_iter().flat_map(|page| page.found).collect();
    write_text(&render::people(&found, more))
}

fn request(command: &Search) -> v1::SearchPeopleRequest {
    v1::SearchPeopleRequest {
        query: command.name.clone(),
        given_names: command.given.clone(),
        family_name: command.family.clone(),
        birth_family_name: command.birth_family.clone(),
        birth: birth(&command.born),
        places: command.place.clone(),
        nations: command.nation.clone(),
        relative_of: command.relative_of.clone(),
        mentioned_in_case: command.case.clone(),
        ..v1::SearchPeopleRequest::default()
    }
}

fn birth(edtf: &str) -> Option<v1::PartialDate> {
    (!edtf.trim().is_empty()).then(|| v1::PartialDate {
        edtf: edtf.trim().to_owned(),
        ..v1::PartialDate::default()
    })
}

/// One line of the answer to a file of questions.
#[derive(Serialize)]
struct Line<'a> {
    /// Counted from 1.
    query: usize,
    /// What stands in the row's column `id`, where there is one.
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    results: Vec<Answer<'a>>,
}

#[derive(Serialize)]
struct Answer<'a> {
    public_id: &'a str,
    external_id: &'a str,
    name_matched: &'a str,
    probability: f64,
    reasons: Vec<String>,
}

fn answer_file(session: &Session, file: &Path, limit: u32) -> Result<(), Stop> {
    let unreadable = |why: csv::Error| {
        Stop::from(Error::invalid(
            "--queries",
            format!("{}: {why}", file.display()),
        ))
    };
    let is_csv = file.extension().is_some_and(|ending| ending == "csv");
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(if is_csv { b',' } else { b'\t' })
        .quoting(is_csv)
        .flexible(true)
        .from_path(file)
        .map_err(unreadable)?;
    let headers = rows.headers().map_err(unreadable)?.clone();
    let mut out = io::BufWriter::new(io::stdout().lock());
    for (position, row) in rows.records().enumerate() {
        let row = row.map_err(unreadable)?;
        let mut request = request_of_row(&headers, &row);
        request.page_size = i32::try_from(limit).unwrap_or(i32::MAX);
        let answer = if is_blank(&request) {
            v1::SearchPeopleResponse::default()
        } else {
            session
                .search_people(&request)
                .map_err(|error| in_row(error, position))?
        };
        let id = cell(&headers, &row, "id");
        write_line(&mut out, position + 1, id, &answer)?;
    }
    out.flush()?;
    Ok(())
}

/// Says in which row an input error stands.
fn in_row(error: Error, position: usize) -> Error {
    match error {
        Error::InvalidInput { field, reason } => {
            Error::invalid(format!("row {}: {field}", position + 1), reason)
        }
        other => other,
    }
}

/// Nothing is asked: the answer is nobody.
fn is_blank(request: &v1::SearchPeopleRequest) -> bool {
    let texts = [
        &request.query,
        &request.full_name,
        &request.given_names,
        &request.family_name,
        &request.birth_family_name,
    ];
    texts.iter().all(|text| text.trim().is_empty())
        && request.other_names.is_empty()
        && request.birth.is_none()
}

fn write_line(
    out: &mut impl Write,
    query: usize,
    id: &str,
    answer: &v1::SearchPeopleResponse,
) -> Result<(), Stop> {
    let results = answer.found.iter().map(|found| Answer {
        public_id: found.person.as_ref().map_or("", |person| &person.name),
        external_id: &found.external_id,
        name_matched: &found.matched_name,
        probability: found.probability,
        reasons: found
            .reasons
            .iter()
            .map(|reason| format!("{}: {}", reason.field, reason.words))
            .collect(),
    });
    let line = Line {
        query,
        id,
        results: results.collect(),
    };
    let text = serde_json::to_string(&line).map_err(|why| Error::Internal {
        detail: format!("an answer cannot be written as JSON: {why}"),
    })?;
    writeln!(out, "{text}")?;
    Ok(())
}

fn cell<'r>(headers: &csv::StringRecord, row: &'r csv::StringRecord, column: &str) -> &'r str {
    let found = headers.iter().position(|header| header.trim() == column);
    found.and_then(|at| row.get(at)).unwrap_or_default().trim()
}

/// Columns that say nothing of who somebody is are passed over.
fn request_of_row(headers: &csv::StringRecord, row: &csv::StringRecord) -> v1::SearchPeopleRequest {
    let cell = |column: &str| cell(headers, row, column);
    // "used=Shay", "Port Hallow@2016/2019", "Willow Bend=member".
    let list = |column: &str, split: fn(&str) -> &str| -> Vec<String> {
        let values = cell(column).split(';').map(|value| split(value).trim());
        values
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let mut places = list("places", |value| value.split('@').next().unwrap_or(value));
    places.extend(list("birth_place", |value| value));
    let gender = match cell("gender").to_lowercase().as_str() {
        "f" | "female" => v1::Gender::Female,
        "m" | "male" => v1::Gender::Male,
        "x" | "other" => v1::Gender::Other,
        _ => v1::Gender::Unspecified,
    };
    v1::SearchPeopleRequest {
        query: cell("query").to_owned(),
        full_name: cell("full_name").to_owned(),
        given_names: cell("given_names").to_owned(),
        family_name: cell("family_name").to_owned(),
        birth_family_name: cell("birth_family_name").to_owned(),
        other_names: list("aliases", |value| {
            value.split_once('=').map_or(value, |(_, name)| name)
        }),
        birth: birth(cell("birth_date")),
        gender: gender.into(),
        places,
        nations: list("nations", |value| value.split('=').next().unwrap_or(value)),
        ..v1::SearchPeopleRequest::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_people_csv_writes_them() {
        let headers = [
            "id",
            "given_names",
            "aliases",
            "places",
            "nations",
            "gender",
            "birth_date",
        ];
        let row = [
            "7",
            "Shay",
            "used=Shayla A;legal=B C",
            "Port Hallow@2016/2019;Willow Bend",
            "Willow Bend=member",
            "F",
            "1993",
        ];
        let read = request_of_row(&headers.to_vec().into(), &row.to_vec().into());
        assert_eq!(read.other_names, ["Shayla A", "B C"]);
        assert_eq!(read.places, ["Port Hallow", "Willow Bend"]);
        assert_eq!(read.nations, ["Willow Bend"]);
        assert_eq!(read.gender, i32::from(v1::Gender::Female));
        assert_eq!(read.birth.unwrap_or_default().edtf, "1993");
    }
}
