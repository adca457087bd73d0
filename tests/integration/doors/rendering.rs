//! What a specialist reads, against a file that a person has read. To accept a change: `KINPATH_ACCEPT=1 cargo test`.

use super::made_up_answer::{aunt_relation, family_answer};
use kinpath::api::{family_messages, v1};
use kinpath::cli::render;
use std::path::Path;

fn same_as_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("KINPATH_ACCEPT").is_some() {
        std::fs::write(&path, text).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, golden, "differs from {}", path.display());
}

#[test]
fn the_whole_answer() {
    let messages = family_messages(&family_answer(), "0123abcd".to_owned());
    let text = render::family(&messages, "--data community");
    let too_wide = |line: &str| line.chars().count() > 100 && !line.contains("kinpath ");
    assert!(!text.lines().any(too_wide));
    same_as_golden("family.txt", &text);
}

#[test]
fn a_connection_recorded() {
    let recorded = v1::RecordConnectionResponse {
        person: Some(v1::PersonSummary {
            name: "people/00000000000000000000000008".to_owned(),
            display_name: "Joe Adams".to_owned(),
            named: true,
            ..v1::PersonSummary::default()
        }),
        relation: "maternal uncle".to_owned(),
        conclusions: vec![
            "Joe Adams is recorded as a child of Margaret Joseph (reported)".to_owned(),
            "Mary Joseph and Joe Adams have the same mother; the father is not known".to_owned(),
        ],
        placeholders: vec![v1::PersonSummary {
            display_name: "mother's father, name unknown".to_owned(),
            ..v1::PersonSummary::default()
        }],
        revision: "1-43".to_owned(),
    };
    let request = v1::RecordConnectionRequest {
        child: "story:child-1".to_owned(),
        request_id: "5f6b3c1e-0000-4000-8000-000000000000".to_owned(),
        ..v1::RecordConnectionRequest::default()
    };
    let text = render::connection(&recorded, &request, "--server 127.0.0.1:50551");
    same_as_golden("connection.txt", &text);
}

#[test]
fn a_relationship() {
    let answer = family_answer();
    let messages = family_messages(&answer, String::new());
    let Some(v1::find_family_response::Part::Lead(lead)) = &messages[3].part else {
        panic!("the aunt is the first lead");
    };
    let kinship = lead.kinship.clone().expect("she is kin");
    assert_eq!(kinship.words, aunt_relation().words);
    let person = |name: &str, id: &str| {
        Some(v1::PersonSummary {
            name: id.to_owned(),
            display_name: name.to_owned(),
            ..v1::PersonSummary::default()
        })
    };
    let named = v1::NameRelationshipResponse {
        a: person("Mia Joseph", "people/1"),
        b: person("Rose Adams", "people/4"),
        relations: vec![kinship],
        kinship_coefficient: Some(0.125),
        contradictions: Vec::new(),
        revision: "1-7".to_owned(),
    };
    same_as_golden("relationship.txt", &render::relationship(&named));
}

#[test]
fn people_who_are_not_related() {
    let text = render::relationship(&v1::NameRelationshipResponse::default());
    assert!(text.contains("not known to be related"));
}
