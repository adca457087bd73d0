//! The main job of a front end: record a family, open the child's case, find who could belong to the child, and follow
//! what changes. Every step checks what it gets.
//!
//! Usage: `cargo run --release --example main_job http://HOST:PORT`; the token stands in `KINPATH_TOKEN`.

mod calls;

use calls::{Caller, Connection, Done, call, refused_as, same};
use kinpath::ambient::random_id;
use kinpath::api::v1;
use kinpath::api::v1::fact::Said;
use kinpath::api::v1::find_family_response::Part;
use pbjson_types::FieldMask;
use std::time::Duration;
use tonic::transport::Endpoint;
use tonic::{Code, Request};
use v1::case_service_client::CaseServiceClient;
use v1::change_service_client::ChangeServiceClient;
use v1::connection_service_client::ConnectionServiceClient;
use v1::family_finding_service_client::FamilyFindingServiceClient;
use v1::person_service_client::PersonServiceClient;
use v1::statement_service_client::StatementServiceClient;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    match main_job().await {
        Ok(()) => {
            println!("rust: the main job is done");
            std::process::ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("rust: {why}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn main_job() -> Done<()> {
    let server = std::env::args()
        .nth(1)
        .ok_or("usage: main_job http://HOST:PORT")?;
    let token = std::env::var("KINPATH_TOKEN").unwrap_or_default();
    let endpoint = Endpoint::from_shared(server.clone())?.connect_timeout(Duration::from_secs(5));
    let channel = endpoint.connect().await;
    let channel = channel.map_err(|_| format!("no server answers at {server}"))?;
    let connection = Connection::new(channel, Caller::new(&token)?);

    let mut people = PersonServiceClient::new(connection.clone());
    let mut statements = StatementServiceClient::new(connection.clone());
    empty_name_is_refused(&mut people).await?;
    let (child, grandmother) = record_family(&mut people).await?;
    record_uncle(ConnectionServiceClient::new(connection.clone()), &child).await?;
    let revision = open_case(CaseServiceClient::new(connection.clone()), &child).await?;
    let families = FamilyFindingServiceClient::new(connection.clone());
    find_family(families, &child, &grandmother).await?;
    list_statements(&mut statements, &child).await?;
    let mut changes = ChangeServiceClient::new(connection);
    strange_token_is_refused(&mut changes).await?;
    follow_changes(changes, statements, &child, revision).await
}

/// Typed errors: a program reads the reason and the field, never the text.
async fn empty_name_is_refused(people: &mut PersonServiceClient<Connection>) -> Done<()> {
    let nobody = v1::GetPersonRequest::default();
    let answer = call(&nobody, async |asked| people.get_person(asked).await).await;
    let refusal = refused_as(answer, Code::InvalidArgument)?;
    let wanted = ("INVALID_INPUT".to_owned(), vec!["name".to_owned()]);
    same("an empty name", refusal, wanted)
}

/// A child, the mother and the grandmother with the ties among them, recorded once though sent twice.
async fn record_family(people: &mut PersonServiceClient<Connection>) -> Done<(String, String)> {
    let family = v1::BatchCreatePeopleRequest {
        people: vec![
            new_person("", vec![named("Ann Lee"), parent("new/mother")]),
            new_person("mother", vec![named("Mary Lee"), parent("new/grandmother")]),
            new_person("grandmother", vec![named("Rose Lee")]),
        ],
        request_id: random_id(),
        validate_only: false,
    };
    let made = call(&family, async |asked| {
        people.batch_create_people(asked).await
    });
    let made = made.await?;
    let again = call(&family, async |asked| {
        people.batch_create_people(asked).await
    });
    same("the second answer", &again.await?, &made)?;
    let name = |position: usize| {
        let person: Option<&v1::Person> = made.people.get(position);
        let summary = person.and_then(|person| person.summary.as_ref());
        summary.map(|summary| summary.name.clone())
    };
    let family = name(0).zip(name(2));
    Ok(family.ok_or("three people were sent, and fewer came back")?)
}

/// Somebody found in a file. The first try has no time to be answered: only the same request id makes the next safe.
async fn record_uncle(
    mut connections: ConnectionServiceClient<Connection>,
    child: &str,
) -> Done<()> {
    let found = v1::RecordConnectionRequest {
        child: child.to_owned(),
        relation: "mother's brother".to_owned(),
        name_as_written: "Paul Lee".to_owned(),
        source: Some(v1::Source {
            document: "file 2026-07".to_owned(),
            page: "3".to_owned(),
            asserter: "school counsellor".to_owned(),
            ..v1::Source::default()
        }),
        request_id: random_id(),
        ..v1::RecordConnectionRequest::default()
    };
    let mut hurried = Request::new(found.clone());
    hurried.set_timeout(Duration::from_millis(1));
    let late = connections.record_connection(hurried).await;
    refused_as(late, Code::DeadlineExceeded)?;

    let mut record = async |asked| connections.record_connection(asked).await;
    let made = call(&found, &mut record).await?;
    same("relation", made.relation.as_str(), "maternal uncle")?;
    let again = call(&found, &mut record).await?;
    same("the second answer", &again, &made)?;
    let other = v1::RecordConnectionRequest {
        name_as_written: "Saul Lee".to_owned(),
        ..found
    };
    let refused = call(&other, &mut record).await;
    let (reason, _) = refused_as(refused, Code::InvalidArgument)?;
    same("reason", reason.as_str(), "REQUEST_ID_REUSED")
}

/// Opens the child's case. Two workers then change what they read before: the second must read again.
async fn open_case(mut cases: CaseServiceClient<Connection>, child: &str) -> Done<String> {
    let new = v1::CreateCaseRequest {
        case: Some(v1::Case {
            child: child.to_owned(),
            primary_goal: "guardianship".to_owned(),
            in_care_since: Some(v1::PartialDate {
                edtf: "2026-03".to_owned(),
                ..v1::PartialDate::default()
            }),
            ..v1::Case::default()
        }),
        request_id: random_id(),
        ..v1::CreateCaseRequest::default()
    };
    let opened = call(&new, async |asked| cases.create_case(asked).await).await?;
    let opened = opened.case.ok_or("no case came back")?;
    let change = |goal: &str, etag: &str| v1::UpdateCaseRequest {
        case: Some(v1::Case {
            name: opened.name.clone(),
            primary_goal: goal.to_owned(),
            etag: etag.to_owned(),
            ..v1::Case::default()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["primary_goal".to_owned()],
        }),
        request_id: random_id(),
        validate_only: false,
    };
    let first = change("adoption", &opened.etag);
    let changed = call(&first, async |asked| cases.update_case(asked).await).await?;
    let stale = change("return_home", &opened.etag);
    let refused = call(&stale, async |asked| cases.update_case(asked).await).await;
    let (reason, _) = refused_as(refused, Code::Aborted)?;
    same("reason", reason.as_str(), "CHANGED_SINCE_READ")?;
    let question = v1::GetCaseRequest {
        name: opened.name.clone(),
        at_least_revision: changed.revision,
        ..v1::GetCaseRequest::default()
    };
    let read = call(&question, async |asked| cases.get_case(asked).await).await?;
    let read = read.case.ok_or("no case came back")?;
    same("goal", read.primary_goal.as_str(), "adoption")?;
    let fresh = change("return_home", &read.etag);
    let second = call(&fresh, async |asked| cases.update_case(asked).await).await?;
    let goal = second.case.map(|case| case.primary_goal);
    same("goal", goal.as_deref(), Some("return_home"))?;
    Ok(second.revision)
}

/// The main question. Without its last message the answer is not whole and must not be shown.
async fn find_family(
    mut families: FamilyFindingServiceClient<Connection>,
    child: &str,
    grandmother: &str,
) -> Done<()> {
    let question = v1::FindFamilyRequest {
        child: child.to_owned(),
        ..v1::FindFamilyRequest::default()
    };
    let mut stream = families.find_family(question).await?.into_inner();
    let first = stream.message().await?.and_then(|message| message.part);
    same("it begins", matches!(first, Some(Part::Header(_))), true)?;
    let mut is_whole = false;
    let mut found = Vec::new();
    let mut uncles = Vec::new();
    while let Some(message) = stream.message().await? {
        is_whole = matches!(message.part, Some(Part::Complete(_)));
        let Some(Part::Lead(lead)) = message.part else {
            continue;
        };
        if let Some(v1::lead::Target::Person(person)) = lead.target {
            if person.display_name == "Paul Lee" {
                uncles.push(lead.relation);
            }
            found.push(person.name);
        }
    }
    same("it is whole", is_whole, true)?;
    same(
        "uncles named Paul",
        uncles,
        vec!["maternal uncle".to_owned()],
    )?;
    let is_found = found.iter().any(|name| name == grandmother);
    same("the grandmother is found", is_found, true)
}

/// A list over several pages. The empty token is the only end: a page may hold less than was asked for.
async fn list_statements(
    statements: &mut StatementServiceClient<Connection>,
    child: &str,
) -> Done<()> {
    let notes = v1::BatchCreateStatementsRequest {
        parent: child.to_owned(),
        statements: ["one", "two", "three"].map(note).into(),
        request_id: random_id(),
        validate_only: false,
    };
    let written = call(&notes, async |asked| {
        statements.batch_create_statements(asked).await
    });
    let written = written.await?;
    let mut question = v1::ListStatementsRequest {
        parent: child.to_owned(),
        kinds: vec!["note".to_owned()],
        page_size: 2,
        ..v1::ListStatementsRequest::default()
    };
    let mut pages = 0;
    let mut read = Vec::new();
    loop {
        let page = call(&question, async |asked| {
            statements.list_statements(asked).await
        });
        let page = page.await?;
        pages += 1;
        read.extend(page.statements);
        question.page_token = page.next_page_token;
        if question.page_token.is_empty() {
            break;
        }
    }
    same("pages", pages, 2)?;
    same("the notes", read, written.statements)
}

/// A token of another store: whoever gets this reads everything again, then watches from the revision of that answer.
async fn strange_token_is_refused(changes: &mut ChangeServiceClient<Connection>) -> Done<()> {
    let strange = v1::WatchChangesRequest {
        resume_token: "99999-1".to_owned(),
    };
    let refused = changes.watch_changes(strange).await;
    let refused = refused_as(refused.map(|_| "a watch"), Code::OutOfRange)?;
    let wanted = ("RELIST".to_owned(), vec!["resume_token".to_owned()]);
    same("a token of another store", refused, wanted)
}

/// Reads some changes, breaks off, and goes on from the last token.
async fn follow_changes(
    mut changes: ChangeServiceClient<Connection>,
    mut statements: StatementServiceClient<Connection>,
    child: &str,
    revision: String,
) -> Done<()> {
    let mut write = async |text: &str| {
        let note = v1::CreateStatementRequest {
            parent: child.to_owned(),
            statement: Some(note(text)),
            request_id: random_id(),
            validate_only: false,
        };
        let made = call(&note, async |asked| {
            statements.create_statement(asked).await
        });
        made.await.map(|made| made.revision)
    };
    let mut token = revision;
    let mut seen = Vec::new();
    let mut read_until = async |enough: usize| -> Done<Vec<String>> {
        // A watch has a deadline too. When it is over, one watches again from the last token.
        let from = v1::WatchChangesRequest {
            resume_token: token.clone(),
        };
        let mut stream = changes.watch_changes(from).await?.into_inner();
        while seen.len() < enough {
            let message = stream.message().await?.ok_or("the watch ended")?;
            token = message.resume_token;
            seen.extend(message.change.map(|change| change.revision));
        }
        Ok(seen.clone())
    };
    // Everything after the case: the three notes of the list were one commit.
    let mut made = vec![write("before the watch").await?];
    let first = read_until(1).await?;
    made.push(write("while nobody watches").await?);
    made.push(write("while nobody watches still").await?);
    let all = read_until(4).await?;
    same("the changes after the break", &all[1..], &made[..])?;
    same("nothing comes twice", made.contains(&first[0]), false)
}

fn new_person(local_id: &str, statements: Vec<v1::Statement>) -> v1::NewPerson {
    v1::NewPerson {
        local_id: local_id.to_owned(),
        statements,
        ..v1::NewPerson::default()
    }
}

fn said(said: Said) -> v1::Statement {
    v1::Statement {
        fact: Some(v1::Fact { said: Some(said) }),
        ..v1::Statement::default()
    }
}

fn named(full: &str) -> v1::Statement {
    said(Said::PersonName(v1::PersonName {
        full: full.to_owned(),
        ..v1::PersonName::default()
    }))
}

fn parent(reference: &str) -> v1::Statement {
    said(Said::Parent(v1::ParentTie {
        parent: reference.to_owned(),
        nature: v1::ParentNature::Birth.into(),
        ..v1::ParentTie::default()
    }))
}

fn note(text: &str) -> v1::Statement {
    said(Said::Note(text.to_owned()))
}
