//! Writers without patience: every write has 1 to 50 ms, and is sent again under its own request id until it is
//! acknowledged; some give up. Afterwards each write is there once and whole, or (given up) whole or not at all.
//!
//! The short form runs with the tests; `KINPATH_DEADLINE_WRITES=10000 cargo test --release --test integration --
//! killing::deadlines --nocapture` is the long one.

use super::checks;
use super::ledger::Entry;
use super::server::{Server, verify};
use super::setting;
use super::trial::sample;
use super::writer::runtime;
use super::writes::{self, Write};
use kinpath::api::v1;
use kinpath::api::v1::fact::Said;
use pbjson_types::FieldMask;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::future::Future;
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};

type People = v1::person_service_client::PersonServiceClient<Channel>;
type Statements = v1::statement_service_client::StatementServiceClient<Channel>;
type Connections = v1::connection_service_client::ConnectionServiceClient<Channel>;

const WRITERS: u64 = 16;
/// The milliseconds that one attempt gets.
const PATIENCE: std::ops::RangeInclusive<u64> = 1..=50;
/// After so many attempts one gets as long as it needs: a busy machine may take longer for every write.
const HURRIED: u32 = 60;
const UNHURRIED: Duration = Duration::from_secs(20);
/// One write in so many is given up after its first attempt, one acknowledged write in so many is sent again.
const ONE_IN: u32 = 20;

/// A write of one of the kinds that are tried.
#[derive(Clone)]
enum Asked {
    Connection(Box<Write>),
    Person(v1::CreatePersonRequest),
    Correction(Box<v1::UpdateStatementRequest>),
}

/// What an acknowledged write was answered: the person or statement, and the revision.
#[derive(Clone, Debug, PartialEq)]
struct Answered {
    name: String,
    revision: String,
}

/// What became of a write.
enum Fate {
    Acknowledged(Answered),
    GivenUp,
    /// The server said no: nothing of it may be there.
    Refused,
}

#[derive(Clone)]
struct Clients {
    people: People,
    statements: Statements,
    connections: Connections,
}

fn in_time<M>(message: M, patience: Duration) -> Request<M> {
    let mut request = Request::new(message);
    request.set_timeout(patience);
    request
}

impl Clients {
    async fn connect(address: &str) -> Clients {
        let endpoint = Endpoint::from_shared(format!("http://{address}"));
        let channel = endpoint.expect("an address").connect().await;
        let channel = channel.expect("a server");
        Clients {
            people: People::new(channel.clone()),
            statements: Statements::new(channel.clone()),
            connections: Connections::new(channel),
        }
    }

    async fn send(&mut self, asked: &Asked, patience: Duration) -> Result<Answered, Status> {
        match asked {
            Asked::Connection(write) => {
                let request = in_time(write.request.clone(), patience);
                let answer = within(patience, self.connections.record_connection(request)).await?;
                Ok(Answered {
                    name: answer.person.unwrap_or_default().name,
                    revision: answer.revision,
                })
            }
            Asked::Person(request) => {
                let request = in_time(request.clone(), patience);
                let answer = within(patience, self.people.create_person(request)).await?;
                let summary = answer.person.and_then(|person| person.summary);
                Ok(Answered {
                    name: summary.unwrap_or_default().name,
                    revision: answer.revision,
                })
            }
            Asked::Correction(request) => {
                let request = in_time((**request).clone(), patience);
                let answer = within(patience, self.statements.update_statement(request)).await?;
                Ok(Answered {
                    name: answer.statement.unwrap_or_default().name,
                    revision: answer.revision,
                })
            }
        }
    }
}

/// The client itself waits no longer either.
async fn within<M>(
    patience: Duration,
    answer: impl Future<Output = Result<Response<M>, Status>>,
) -> Result<M, Status> {
    match tokio::time::timeout(patience, answer).await {
        Ok(answer) => answer.map(Response::into_inner),
        Err(_) => Err(Status::deadline_exceeded("the client waits no longer")),
    }
}

/// Sends a write until it is acknowledged, refused or given up. Tells how often it was sent.
async fn write(clients: &mut Clients, asked: &Asked, chance: &mut ChaCha8Rng) -> (Fate, u32) {
    let gives_up = chance.random_range(0..ONE_IN) == 0;
    let mut attempts = 0;
    loop {
        attempts += 1;
        let patience = match attempts {
            0..=HURRIED => Duration::from_millis(chance.random_range(PATIENCE)),
            _ => UNHURRIED,
        };
        match clients.send(asked, patience).await {
            Ok(answer) => {
                if chance.random_range(0..ONE_IN) == 0 {
                    let again = clients.send(asked, UNHURRIED).await;
                    assert_eq!(again.expect("a repeat is answered"), answer);
                }
                return (Fate::Acknowledged(answer), attempts);
            }
            Err(status) => match status.code() {
                _ if gives_up => return (Fate::GivenUp, attempts),
                Code::DeadlineExceeded | Code::Cancelled | Code::Unavailable | Code::Aborted => {}
                Code::FailedPrecondition => return (Fate::Refused, attempts),
                _ => panic!("{status:?}"),
            },
        }
    }
}

fn named(full: String) -> v1::Statement {
    let name = v1::PersonName {
        full,
        ..v1::PersonName::default()
    };
    v1::Statement {
        fact: Some(v1::Fact {
            said: Some(Said::PersonName(name)),
        }),
        ..v1::Statement::default()
    }
}

fn new_person(number: u64, request_id: String) -> v1::CreatePersonRequest {
    let texts =
        ["Ada", "Born", "Known as"].map(|word| format!("{word} {}", writes::letters(number)));
    v1::CreatePersonRequest {
        person: Some(v1::NewPerson {
            statements: texts.into_iter().map(named).collect(),
            ..v1::NewPerson::default()
        }),
        request_id,
        validate_only: false,
    }
}

/// People with one name each, to be corrected. Gives the statements.
async fn to_correct(clients: &mut Clients, count: u64) -> Vec<v1::Statement> {
    const AT_ONCE: u64 = 100;
    let mut statements = Vec::new();
    for first in (0..count).step_by(AT_ONCE as usize) {
        let people = (first..count.min(first + AT_ONCE)).map(|number| v1::NewPerson {
            statements: vec![named(format!("Before {}", writes::letters(number)))],
            ..v1::NewPerson::default()
        });
        let request = v1::BatchCreatePeopleRequest {
            people: people.collect(),
            request_id: format!("before-{first}"),
            validate_only: false,
        };
        let made = clients.people.batch_create_people(request).await;
        let people = made.expect("people").into_inner().people;
        statements.extend(people.into_iter().flat_map(|person| person.statements));
    }
    assert_eq!(statements.len() as u64, count);
    statements
}

/// Draws the writes: half are connections, a quarter people, a quarter corrections.
fn draw(count: u64, children: &[String], before: &[v1::Statement]) -> Vec<Asked> {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    (0..count)
        .map(|number| match number % 4 {
            0 => Asked::Person(new_person(number, writes::request_id(&mut chance))),
            1 => {
                let statement = &before[number as usize / 4];
                Asked::Correction(Box::new(v1::UpdateStatementRequest {
                    statement: Some(v1::Statement {
                        name: statement.name.clone(),
                        ..named(format!("After {}", writes::letters(number)))
                    }),
                    update_mask: Some(FieldMask {
                        paths: vec!["fact.person_name.full".to_owned()],
                    }),
                    request_id: writes::request_id(&mut chance),
                    validate_only: false,
                }))
            }
            _ => Asked::Connection(Box::new(writes::draw(&mut chance, children, number))),
        })
        .collect()
}

/// What is wrong with one write.
async fn check(address: &str, clients: &mut Clients, asked: &Asked, fate: &Fate) -> Vec<String> {
    let mut client = kinpath::api::Client::connect(address)
        .await
        .expect("the server answers");
    match asked {
        Asked::Connection(write) => match fate {
            Fate::Acknowledged(answered) => {
                let entry = Entry {
                    request_id: write.request.request_id.clone(),
                    name: write.request.name_as_written.clone(),
                    child: write.request.child.clone(),
                    person: answered.name.clone(),
                    revision: answered.revision.clone(),
                };
                checks::acknowledged(&mut client, &entry, write).await
            }
            Fate::GivenUp => checks::unanswered(&mut client, write).await.1,
            Fate::Refused => match checks::unanswered(&mut client, write).await {
                (Some(person), _) => vec![format!("{person} was refused and is there")],
                (None, wrong) => wrong,
            },
        },
        Asked::Person(request) => {
            let statements = &request.person.as_ref().expect("somebody").statements;
            let first = statements[0]
                .fact
                .as_ref()
                .and_then(|fact| fact.said.clone());
            let Some(Said::PersonName(name)) = first else {
                panic!("the first statement is a name");
            };
            let people = checks::people_named(&mut client, &name.full).await;
            let is_possible = match fate {
                Fate::Acknowledged(answered) => people == [answered.name.clone()],
                Fate::GivenUp => people.len() <= 1,
                Fate::Refused => false,
            };
            if !is_possible {
                return vec![format!("{}: {people:?}", name.full)];
            }
            let mut wrong = Vec::new();
            for person in people {
                let mut recorded = checks::statements(&mut client, &person).await;
                // Kinpath suggests links in commits of its own.
                recorded.retain(|statement| statement.kind != "same person");
                let first = &recorded[0].recorded_in;
                let is_whole = recorded.len() == statements.len()
                    && recorded.iter().all(|one| one.recorded_in == *first);
                if !is_whole {
                    wrong.push(format!("{}: {recorded:?}", name.full));
                }
            }
            wrong
        }
        Asked::Correction(request) => {
            let name = request.statement.clone().unwrap_or_default().name;
            let list = v1::ListStatementVersionsRequest {
                name: name.clone(),
                ..v1::ListStatementVersionsRequest::default()
            };
            let versions = clients.statements.list_statement_versions(list).await;
            let versions = versions.expect("versions").into_inner().versions.len();
            let is_possible = match fate {
                Fate::Acknowledged(answered) => answered.name == name && versions == 2,
                Fate::GivenUp => versions <= 2,
                Fate::Refused => false,
            };
            let wrong = (!is_possible).then(|| format!("{name} has {versions} versions"));
            wrong.into_iter().collect()
        }
    }
}

#[test]
fn impatient_writers_double_nothing_and_leave_nothing_half_written() {
    let count = setting("KINPATH_DEADLINE_WRITES", 400);
    let folder = tempfile::tempdir().expect("a folder");
    let (store, children) = sample(folder.path(), 1_000, 1);
    drop(store);
    let store = folder.path().join("store");
    let server = Server::start(&store).expect("it serves");
    let address = server.address.clone();
    let runtime = runtime();
    let (fates, sent, wrong) = runtime.block_on(async {
        let mut clients = Clients::connect(&address).await;
        let before = to_correct(&mut clients, count.div_ceil(4)).await;
        let asked = draw(count, &children, &before);
        let writers = (0..WRITERS).map(|writer| {
            let mine: Vec<Asked> = asked
                .iter()
                .skip(writer as usize)
                .step_by(WRITERS as usize)
                .cloned()
                .collect();
            let address = address.clone();
            tokio::task::spawn(async move {
                let mut clients = Clients::connect(&address).await;
                let mut chance = ChaCha8Rng::seed_from_u64(writer);
                let mut fates = Vec::new();
                let mut sent = 0;
                for asked in mine {
                    let (fate, attempts) = write(&mut clients, &asked, &mut chance).await;
                    sent += attempts;
                    fates.push((asked, fate));
                }
                (fates, sent)
            })
        });
        let writers: Vec<_> = writers.collect();
        let (mut fates, mut sent) = (Vec::new(), 0);
        for writer in writers {
            let (some, attempts) = writer.await.expect("a writer");
            fates.extend(some);
            sent += attempts;
        }
        let mut wrong = Vec::new();
        for (asked, fate) in &fates {
            wrong.extend(check(&address, &mut clients, asked, fate).await);
        }
        (fates, sent, wrong)
    });
    let those = |is: fn(&Fate) -> bool| fates.iter().filter(|(_, fate)| is(fate)).count();
    println!(
        "{count} writes, sent {sent} times: {} acknowledged, {} given up, {} refused",
        those(|fate| matches!(fate, Fate::Acknowledged(_))),
        those(|fate| matches!(fate, Fate::GivenUp)),
        those(|fate| matches!(fate, Fate::Refused)),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(u64::from(sent) > count, "no deadline was missed");
    server.stop().expect("it ends well");
    verify(&store).expect("the store is whole");
}
