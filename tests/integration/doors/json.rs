//! Answers as proto3 JSON read back as they were, with the names that clients expect.

use super::made_up_answer::family_answer;
use kinpath::api::{family_messages, v1};

#[test]
fn every_message_of_an_answer_reads_back() {
    let messages = family_messages(&family_answer(), "token".to_owned());
    assert!(messages.len() > 8);
    for message in messages {
        let json = serde_json::to_string(&message).expect("it can be written");
        assert!(!json.contains('\n'));
        let back: v1::FindFamilyResponse = serde_json::from_str(&json).expect("it can be read");
        assert_eq!(back, message, "{json}");
    }
}

#[test]
fn the_first_message_is_the_header_and_the_last_completes() {
    use v1::find_family_response::Part;
    let messages = family_messages(&family_answer(), String::new());
    let parts: Vec<_> = messages.into_iter().filter_map(|m| m.part).collect();
    let Some(Part::Header(header)) = parts.first() else {
        panic!("no header");
    };
    assert_eq!(header.tiers.len(), 3);
    assert_eq!(header.tiers[0].lead_count, 3);
    assert!(matches!(parts.last(), Some(Part::Complete(_))));
}

#[test]
fn names_and_enums_are_those_of_proto3_json() {
    let messages = family_messages(&family_answer(), String::new());
    let json = serde_json::to_value(&messages).expect("it can be written");
    assert_eq!(json[0]["header"]["purpose"], "PURPOSE_PLACEMENT");
    assert_eq!(json[0]["header"]["asOf"], "2026-11-21");
    let lead = &json[3]["lead"];
    assert_eq!(lead["person"]["displayName"], "Rose Adams");
    assert_eq!(lead["kinship"]["generationsUp"], 2);
    assert_eq!(lead["kinship"]["unions"], 0);
    assert_eq!(lead["status"], "LEAD_STATUS_NEEDS_REVIEW");
}
