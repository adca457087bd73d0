//! Every method leaves an entry in the record of access, which names whom it showed and holds nothing of the content.

use super::bad_calls::{Raw, call, encoded};
use super::live::{channel, limits, with_store};
use super::writing::small_family;
use kinpath::api::{ApiLimits, DESCRIPTORS, ExchangeLimits};
use kinpath::model::audit::SeenLevel;
use kinpath::model::ids::{PublicId, Revision};
use kinpath::store::{AuditFilter, ListedEntry, Stop, Store, StoreOptions};
use prost_reflect::{DescriptorPool, DynamicMessage, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

/// What shows nobody and changes nothing, and is asked all the time to see whether the server is well.
const UNRECORDED: [&str; 3] = ["GetStatus", "GetOperation", "ListOperations"];
/// Takes a stream of files; see `transfers.rs`.
const ELSEWHERE: [&str; 1] = ["Import"];
/// What shows the child by name.
const SHOWS_THE_CHILD: [&str; 12] = [
    "GetPerson",
    "SearchPeople",
    "StreamSearchPeople",
    "ResolvePerson",
    "ListStatements",
    "FindFamily",
    "ExplainAbsence",
    "NameRelationship",
    "GetSamePersonLink",
    "MatchWaitingFamilies",
    "ListPathways",
    "ListDueActions",
];

/// Service and method, and a request that is answered. Words in capitals stand for what was recorded before: `CHILD`,
/// `MOTHER`, or the collection of a resource, as in `CASES`.
fn calls() -> Vec<(String, String)> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/integration/doors/audited_calls.tsv"
    );
    let text = std::fs::read_to_string(path).expect("the calls");
    let lines = text
        .lines()
        .map(|line| line.split_once('\t').expect("two columns"));
    lines
        .map(|(path, json)| (path.to_owned(), json.to_owned()))
        .collect()
}

fn entries(store: &Store, method: &str) -> Vec<ListedEntry> {
    let filter = AuditFilter {
        method: Some(method.to_owned()),
        ..AuditFilter::default()
    };
    let snapshot = store.snapshot().expect("a snapshot");
    let page = snapshot.audit_entries(&filter, Revision::default(), 1000);
    page.expect("entries").entries
}

/// Every resource name in an answer, with its collection in capitals.
fn resources(message: &DynamicMessage, found: &mut BTreeMap<String, String>) {
    for (field, value) in message.fields() {
        note(field.name() == "name", value, found);
    }
}

fn note(is_name: bool, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Message(inner) => resources(inner, found),
        Value::List(values) => values.iter().for_each(|value| note(is_name, value, found)),
        Value::String(text) if is_name => {
            if let Some((collection, rest)) = text.split_once('/') {
                let word = if rest.contains('/') {
                    "STATEMENT".to_owned()
                } else {
                    collection.to_uppercase()
                };
                found.insert(word, text.clone());
            }
        }
        _ => {}
    }
}

async fn first_message(
    channel: &Channel,
    method: &str,
    message: Vec<u8>,
) -> Result<Vec<u8>, Status> {
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready().await.expect("ready");
    let path = format!("/kinpath.v1.{method}").parse().expect("a path");
    let answer = grpc
        .server_streaming(Request::new(message), path, Raw)
        .await?;
    let first = answer.into_inner().message().await?;
    Ok(first.unwrap_or_default())
}

#[test]
fn every_method_leaves_its_entry() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::create(&folder.path().join("data"), &StoreOptions::default());
    let store = Arc::new(store.expect("a store"));
    let pool = DescriptorPool::decode(DESCRIPTORS).expect("descriptors");
    let limits = ApiLimits {
        exchange: ExchangeLimits {
            backup_folder: Some(folder.path().join("backups")),
            ..ExchangeLimits::default()
        },
        ..limits()
    };
    std::fs::create_dir(folder.path().join("backups")).expect("a folder");
    let asked = Arc::clone(&store);
    with_store(Arc::clone(&store), limits, |address| async move {
        let channel = channel(&address).await;
        let people = small_family(&channel).await;
        let name = |nth: usize| people[nth].summary.clone().expect("shown").name;
        let calls = calls();
        let mut known = BTreeMap::from([
            ("CHILD".to_owned(), name(0)),
            ("MOTHER".to_owned(), name(1)),
        ]);
        let child: PublicId = name(0)["people/".len()..].parse().expect("an id");
        for service in pool.services() {
            for method in service
                .methods()
                .filter(|_| service.full_name().starts_with("kinpath"))
            {
                let path = format!("{}/{}", service.name(), method.name());
                let has_call = calls.iter().any(|(called, _)| *called == path);
                let is_left_out = [&UNRECORDED[..], &ELSEWHERE[..]]
                    .concat()
                    .contains(&method.name());
                assert!(has_call != is_left_out, "{path} needs a call in this test");
            }
        }
        for (path, mut json) in calls {
            for (word, value) in &known {
                json = json.replace(&format!("\"{word}\""), &format!("\"{value}\""));
            }
            let (service, name) = path.split_once('/').expect("a path");
            let service = pool.get_service_by_name(&format!("kinpath.v1.{service}"));
            let mut methods = service.as_ref().expect("a service").methods();
            let method = methods
                .find(|method| method.name() == name)
                .expect("a method");
            let before = entries(&asked, name).len();
            let message = encoded(&pool, &path, &json);
            let answer = match method.is_server_streaming() {
                true => first_message(&channel, &path, message).await,
                false => call(&channel, &path, message).await,
            };
            let told = entries(&asked, name);
            match answer {
                Ok(bytes) => {
                    let answer = DynamicMessage::decode(method.output(), &bytes[..]);
                    let mut found = BTreeMap::new();
                    resources(&answer.expect("an answer"), &mut found);
                    if name.starts_with("Create") || name == "BatchCreateStatements" {
                        known.extend(found);
                    }
                }
                Err(status) => {
                    assert_eq!(status.code(), Code::NotFound, "{path} {json}: {status:?}");
                }
            }
            assert!(told.len() > before, "{path} left no entry");
            if SHOWS_THE_CHILD.contains(&name) {
                let shown = told.last().and_then(|told| told.entry.level_of(child));
                assert!(shown >= Some(SeenLevel::Identifying), "{path}: {shown:?}");
            }
        }
    });
    let check = store.check_audit(&[store.audit_head()], &Stop::default());
    assert_eq!(check.expect("a check").findings, []);
    let all = AuditFilter::default();
    let snapshot = store.snapshot().expect("a snapshot");
    let page = snapshot.audit_entries(&all, Revision::default(), 1000);
    let text = format!("{:?}", page.expect("entries").entries);
    for content in [
        "Ann", "Lee", "Hall", "canoes", "Smithers", "2015", "Marsh", "Elm",
    ] {
        assert!(!text.contains(content), "{content} stands in the record");
    }
}

#[test]
fn contact_points_are_told_apart_and_a_mask_hides_nobody() {
    let store = Store::in_memory(&StoreOptions::default()).expect("a store");
    let store = Arc::new(store);
    let pool = DescriptorPool::decode(DESCRIPTORS).expect("descriptors");
    let asked = Arc::clone(&store);
    with_store(store, limits(), |address| async move {
        let channel = channel(&address).await;
        let people = small_family(&channel).await;
        let child = people[0].summary.clone().expect("shown").name;
        let id: PublicId = child["people/".len()..].parse().expect("an id");
        let ask = async |method: &str, json: &str| {
            let json = json.replace("CHILD", &child);
            let answer = call(&channel, method, encoded(&pool, method, &json)).await;
            answer.expect("it is answered");
            let name = method.split_once('/').expect("a path").1;
            entries(&asked, name)
                .last()
                .expect("an entry")
                .entry
                .clone()
        };
        let get = "PersonService/GetPerson";
        let plain = ask(get, r#"{"name":"CHILD"}"#).await;
        assert_eq!(plain.level_of(id), Some(SeenLevel::Identifying));
        let masked = ask(get, r#"{"name":"CHILD","readMask":"summary.displayName"}"#).await;
        assert_eq!(masked.level_of(id), Some(SeenLevel::Identifying));
        let contact = r#"{"requestId":"k","parent":"CHILD","statement":{"fact":{"contact":{"kind":1,"value":"250"}}}}"#;
        let written = ask("StatementService/CreateStatement", contact).await;
        let changed = written.changed.expect("a write");
        assert_eq!((changed.records, changed.statements), (1, 1));
        let reached = ask(get, r#"{"name":"CHILD"}"#).await;
        assert_eq!(reached.level_of(id), Some(SeenLevel::Contactable));
    });
}
