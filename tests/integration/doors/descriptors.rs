//! The conventions that every service keeps, read from the descriptors.

use kinpath::api::DESCRIPTORS;
use prost_reflect::{
    Cardinality, DescriptorPool, FileDescriptor, Kind, MessageDescriptor, MethodDescriptor,
};

/// Methods that read; all others write.
const READS: [&str; 12] = [
    "Get", "List", "Search", "Resolve", "Find", "Name", "Watch", "Export", "Explain", "Match",
    "Stream", "Propose",
];

/// What is told of the server's own work, which is no record: it has no fields to choose and no revision to wait for.
const NO_RECORDS: [&str; 5] = ["Import", "Operation", "Status", "RematchRun", "AuditHead"];

/// Methods that begin or end work of the server and record nothing.
const WORK: [&str; 5] = [
    "StartVerify",
    "StartBackup",
    "StartRematch",
    "CancelOperation",
    "CancelRematchRun",
];

/// Resources: messages with a name of their own that are read by a Get method.
const RESOURCES: [&str; 8] = [
    "Person",
    "Statement",
    "Case",
    "Nation",
    "WaitingFamily",
    "Household",
    "Place",
    "SamePersonLink",
];

fn pool() -> DescriptorPool {
    DescriptorPool::decode(DESCRIPTORS).expect("descriptors")
}

fn methods(pool: &DescriptorPool) -> Vec<MethodDescriptor> {
    let services: Vec<_> = pool.services().collect();
    services
        .iter()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .collect()
}

fn has(message: &MessageDescriptor, field: &str) -> bool {
    message.get_field_by_name(field).is_some()
}

/// What is asked for: the request, or the first message of a stream.
fn settings_of(method: &MethodDescriptor) -> MessageDescriptor {
    let settings = method.input().get_field_by_name("settings");
    match settings.map(|field| field.kind()) {
        Some(Kind::Message(settings)) if method.is_client_streaming() => settings,
        _ => method.input(),
    }
}

fn is_read(method: &MethodDescriptor) -> bool {
    READS.iter().any(|verb| method.name().starts_with(verb))
}

#[test]
fn every_list_is_paged() {
    let pool = pool();
    let lists: Vec<_> = methods(&pool)
        .into_iter()
        .filter(|method| method.name().starts_with("List") || method.name().starts_with("Search"))
        .collect();
    assert!(lists.len() >= 8, "{}", lists.len());
    for method in lists {
        for field in ["page_size", "page_token"] {
            assert!(has(&method.input(), field), "{} {field}", method.name());
        }
        assert!(
            has(&method.output(), "next_page_token"),
            "{}",
            method.name()
        );
        let items = method.output();
        let mut items = items.fields();
        assert!(items.any(|field| field.cardinality() == Cardinality::Repeated));
    }
}

#[test]
fn every_mutation_can_be_repeated_and_tried() {
    let pool = pool();
    let writes: Vec<_> = methods(&pool)
        .into_iter()
        .filter(|one| !is_read(one) && !WORK.contains(&one.name()))
        .collect();
    assert!(writes.len() >= 14, "{}", writes.len());
    for method in writes {
        let asked = settings_of(&method);
        for field in ["request_id", "validate_only"] {
            assert!(has(&asked, field), "{} {field}", method.name());
        }
        assert!(has(&method.output(), "revision"), "{}", method.name());
        if method.name().starts_with("Update") {
            assert!(has(&method.input(), "update_mask"), "{}", method.name());
        }
    }
}

#[test]
fn work_can_be_begun_again() {
    for method in methods(&pool()) {
        if method.name().starts_with("Start") {
            assert!(has(&method.input(), "request_id"), "{}", method.name());
            assert!(has(&method.output(), "operation"), "{}", method.name());
        }
    }
}

#[test]
fn every_resource_has_an_etag() {
    let pool = pool();
    for resource in RESOURCES {
        let message = pool.get_message_by_name(&format!("kinpath.v1.{resource}"));
        assert!(has(&message.expect(resource), "etag"), "{resource}");
    }
    // A method that shows a resource which stands in no list here is a mistake of this test.
    for method in methods(&pool) {
        if let Some(resource) = method.name().strip_prefix("Get")
            && !NO_RECORDS.contains(&resource)
        {
            assert!(RESOURCES.contains(&resource), "{resource}");
            assert!(has(&method.input(), "read_mask"), "{resource}");
            assert!(has(&method.input(), "at_least_revision"), "{resource}");
        }
    }
}

#[test]
fn requests_and_responses_belong_to_one_method() {
    let pool = pool();
    for method in methods(&pool) {
        assert_eq!(method.input().name(), format!("{}Request", method.name()));
        assert_eq!(method.output().name(), format!("{}Response", method.name()));
    }
}

#[test]
fn enums_begin_with_what_is_not_told() {
    for one in pool().all_enums() {
        if one.package_name() == "kinpath.v1" {
            let first = one.get_value(0).expect("a zero");
            assert!(first.name().ends_with("_UNSPECIFIED"), "{}", one.name());
        }
    }
}

#[test]
fn every_method_and_field_has_a_comment() {
    let pool = pool();
    let ours: Vec<FileDescriptor> = pool
        .files()
        .filter(|file| file.package_name() == "kinpath.v1")
        .collect();
    assert!(ours.len() >= 15, "{}", ours.len());
    for file in ours {
        let proto = file.file_descriptor_proto();
        let info = proto.source_code_info.as_ref().expect("comments are kept");
        let commented = |path: &[i32]| {
            info.location
                .iter()
                .any(|one| one.path == path && !one.leading_comments().trim().is_empty())
        };
        for (number, service) in (0..).zip(file.services()) {
            assert!(commented(&[6, number]), "{}", service.name());
            for (position, method) in (0..).zip(service.methods()) {
                assert!(commented(&[6, number, 2, position]), "{}", method.name());
            }
        }
        for (number, message) in (0..).zip(file.messages()) {
            assert!(commented(&[4, number]), "{}", message.name());
            for (position, field) in (0..).zip(&message.descriptor_proto().field) {
                assert!(commented(&[4, number, 2, position]), "{}", field.name());
            }
        }
    }
}

#[test]
fn masks_are_field_masks() {
    for method in methods(&pool()) {
        for field in method.input().fields() {
            if field.name().ends_with("_mask") {
                let Kind::Message(kind) = field.kind() else {
                    panic!("{}", field.full_name());
                };
                assert_eq!(kind.full_name(), "google.protobuf.FieldMask");
            }
        }
    }
}
