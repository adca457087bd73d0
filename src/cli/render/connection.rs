//! How a newly found person was understood and recorded.

use super::page::Page;
use super::words::person_in_line;
use crate::api::v1;

/// What was recorded, or with `--dry-run` what would be.
pub fn connection(
    recorded: &v1::RecordConnectionResponse,
    request: &v1::RecordConnectionRequest,
    store_flag: &str,
) -> String {
    let mut page = Page::default();
    if request.validate_only {
        page.line(0, "Understood as follows. Nothing was recorded.");
    } else {
        page.line(0, "Recorded.");
    }
    page.gap();
    if let Some(person) = &recorded.person {
        page.field(
            0,
            "Person",
            &format!("{}  {}", person_in_line(person), person.name),
        );
    }
    page.field(0, "Relation", &recorded.relation);
    page.fields(0, "That means", &recorded.conclusions);
    let placeholders: Vec<String> = recorded
        .placeholders
        .iter()
        .map(|person| person.display_name.clone())
        .collect();
    page.fields(0, "Made to", &placeholders_explained(&placeholders));
    page.field(0, "Revision", &recorded.revision);
    if !request.validate_only {
        page.field(0, "Request id", &request.request_id);
        page.gap();
        page.line(0, "To see who could belong to the child now:");
        page.block(
            2,
            &format!("kinpath {store_flag} find \"{}\"", request.child),
        );
    }
    page.into_text()
}

fn placeholders_explained(names: &[String]) -> Vec<String> {
    names
        .iter()
        .map(|name| format!("hold the path: {name}"))
        .collect()
}
