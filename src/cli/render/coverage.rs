//! What is known of a child's family, what was asked, and what to ask next.

use super::page::{Page, WIDTH};
use super::words::{about, side};
use crate::api::v1;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};

/// Coverage: a table of sides and generations, who is missing for notice, connections, the next questions.
pub fn coverage(page: &mut Page, coverage: &v1::Coverage) {
    page.heading("COVERAGE: WHAT IS KNOWN, AND WHO WAS ASKED");
    if !coverage.rows.is_empty() {
        page.block(2, &table(&coverage.rows));
    }
    if coverage.connection_aim > 0 {
        page.line(
            2,
            &format!(
                "Living connections found: {}. Good practice looks for at least {} and aims for {}.",
                coverage.connection_count, coverage.connection_floor, coverage.connection_aim
            ),
        );
    }
    let missing = &coverage.missing_from_notice;
    if !missing.is_empty() {
        page.line(
            2,
            &format!(
                "Notice usually goes to them, and none is recorded: {}.",
                missing.join(", ")
            ),
        );
    }
    if coverage.next_questions.is_empty() {
        return;
    }
    page.heading("THE NEXT QUESTIONS WORTH ASKING");
    for (position, question) in coverage.next_questions.iter().enumerate() {
        let text = format!("{} {}", question.question, question.whom);
        page.item(2, &format!("{}.", position + 1), &text);
    }
}

/// One line for each class of relatives, one column for each side.
fn table(rows: &[v1::CoverageRow]) -> String {
    let mut sides: Vec<i32> = Vec::new();
    let mut classes: Vec<i32> = Vec::new();
    for row in rows {
        if !sides.contains(&row.side) {
            sides.push(row.side);
        }
        if !classes.contains(&row.about) {
            classes.push(row.about);
        }
    }
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(WIDTH - 2).unwrap_or(98));
    let heading = |number: &i32| match side(*number) {
        "" => "no side",
        word => word,
    };
    table.set_header(
        std::iter::once("")
            .chain(sides.iter().map(heading))
            .collect::<Vec<_>>(),
    );
    for class in classes {
        let mut cells = vec![about(class).to_owned()];
        for side in &sides {
            let row = rows
                .iter()
                .find(|row| row.about == class && row.side == *side);
            cells.push(row.map(cell).unwrap_or_default());
        }
        table.add_row(cells);
    }
    table.to_string()
}

/// "1 of 2 named, 1 not named; asked, not settled".
fn cell(row: &v1::CoverageRow) -> String {
    let mut known = match (row.named_count, row.expected) {
        (0, _) if row.unnamed_count == 0 => "nobody recorded".to_owned(),
        (named, Some(expected)) => format!("{named} of {expected} named"),
        (named, None) => format!("{named} named"),
    };
    if row.unnamed_count > 0 {
        known.push_str(&format!(", {} not named", row.unnamed_count));
    }
    let is_complete = row
        .expected
        .is_some_and(|expected| row.named_count >= expected);
    let asked = match v1::AskedState::try_from(row.asked).unwrap_or_default() {
        v1::AskedState::Never if is_complete => "not asked",
        v1::AskedState::Never => "NEVER ASKED",
        v1::AskedState::Open => "asked, not settled",
        v1::AskedState::Answered => "asked and answered",
        v1::AskedState::Unspecified => "not told",
    };
    format!("{known}; {asked}")
}
