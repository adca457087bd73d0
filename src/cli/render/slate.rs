//! A slate, as a supervisor reads it.

use super::lead::points;
use super::page::Page;
use super::words::{count, person_in_line};
use crate::api::v1;
use crate::api::v1::propose_slate_response::Part;

/// The whole slate: those with a family proposed first, then the others.
pub fn slate(messages: &[v1::ProposeSlateResponse]) -> String {
    let mut page = Page::default();
    let parts = messages.iter().filter_map(|message| message.part.as_ref());
    let mut rows = Vec::new();
    for part in parts {
        match part {
            Part::Head(told) => head(&mut page, told),
            Part::Row(row) => rows.push(row),
            Part::Complete(_) => {}
        }
    }
    for (heading, outcome) in [
        ("PROPOSED", v1::SlateOutcome::Proposed),
        (
            "FAMILIES ARE OPEN, EACH BETTER PLACED WITH OTHER CHILDREN",
            v1::SlateOutcome::BetterPlacedElsewhere,
        ),
        ("NO FAMILY IS OPEN", v1::SlateOutcome::NoFamily),
        ("NOT ON THE SLATE", v1::SlateOutcome::Off),
    ] {
        let of_outcome: Vec<_> = rows.iter().filter(|row| row.outcome() == outcome).collect();
        if of_outcome.is_empty() {
            continue;
        }
        page.gap();
        page.heading(heading);
        for row in of_outcome {
            one_row(&mut page, row);
        }
    }
    page.into_text()
}

fn head(page: &mut Page, head: &v1::SlateHead) {
    page.heading("WHICH WAITING FAMILY COULD EACH WAITING CHILD HAVE?");
    page.gap();
    let aim = match head.aim() {
        v1::SlateAim::Stable => {
            "no children and family would both rather have each other than what is proposed"
        }
        _ => "the sum of the scores is the greatest there is, each child counted",
    };
    page.field(0, "Aim", aim);
    page.field(0, "As of", &head.as_of);
    page.field(0, "Weights", &format!("version {}", head.table_version));
    page.field(0, "Passed over", &head.passing_over_because);
    page.gap();
    page.line(
        0,
        &format!(
            "{} a family proposed; {} where each family is better placed with other children; {} without any family; {} not on the slate.",
            count(head.proposed_count, "child or group has", "children or groups have"),
            head.better_placed_elsewhere_count,
            head.no_family_count,
            head.off_count
        ),
    );
    page.line(
        0,
        "This only proposes. What fits and what must be known first: kinpath match families <child>.",
    );
}

fn one_row(page: &mut Page, row: &v1::SlateRow) {
    let names: Vec<String> = row.children.iter().map(person_in_line).collect();
    page.gap();
    page.item(0, "  *", &names.join(" · "));
    if let Some(family) = &row.waiting_family {
        let review = if row.needs_review {
            ", needs review"
        } else {
            ""
        };
        page.field(4, "Family", &format!("{}{review}", family.display_name));
        let place = format!(
            "{} of 100, {} of {} open to them",
            points(row.score),
            ordinal(row.rank),
            row.open_count
        );
        page.field(4, "Fits", &place);
    }
    page.field(4, "Why", &row.why);
    page.field(4, "Worker", &row.worker);
    let ids: Vec<&str> = row
        .children
        .iter()
        .map(|child| child.name.as_str())
        .collect();
    page.field(4, "Id", &ids.join(", "));
    if let Some(family) = &row.waiting_family {
        page.field(4, "", &family.name);
    }
}

fn ordinal(rank: u32) -> String {
    let ending = match (rank % 10, rank % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{rank}{ending}")
}

#[cfg(test)]
mod tests {
    use super::ordinal;

    #[test]
    fn ranks_read_as_one_says_them() {
        let said = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal);
        let expected = [
            "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
        ];
        assert_eq!(said, expected);
    }
}
