//! Holds a server's answers against what its writers were told.

use super::ledger::Entry;
use super::writes::{Tie, Write};
use kinpath::api::{Client, v1};

/// The people of this very name.
pub async fn people_named(client: &mut Client, name: &str) -> Vec<String> {
    let request = v1::SearchPeopleRequest {
        query: name.to_owned(),
        page_size: 10,
        ..v1::SearchPeopleRequest::default()
    };
    let found = client.search_people(request).await.expect("a search");
    let same = found.people.into_iter();
    same.filter(|person| person.display_name == name)
        .map(|person| person.name)
        .collect()
}

/// What is wrong with an acknowledged write: it must be there once, with all of its parts.
pub async fn acknowledged(client: &mut Client, entry: &Entry, write: &Write) -> Vec<String> {
    let people = people_named(client, &entry.name).await;
    match people.as_slice() {
        [] => vec![format!("{} was acknowledged and is lost", entry.name)],
        [person] if *person != entry.person => {
            vec![format!("{} has another id than was answered", entry.name)]
        }
        [_] => parts(client, &entry.person, &entry.revision, write).await,
        several => vec![format!("{} is there {} times", entry.name, several.len())],
    }
}

/// What is wrong with a write without an answer: it must be there whole, or not at all. The person, if it is there.
pub async fn unanswered(client: &mut Client, write: &Write) -> (Option<String>, Vec<String>) {
    let name = &write.request.name_as_written;
    let people = people_named(client, name).await;
    match people.as_slice() {
        [] => (None, Vec::new()),
        [person] => {
            let wrong = parts(client, person, "", write).await;
            (Some(person.clone()), wrong)
        }
        several => (
            None,
            vec![format!("{name} is there {} times", several.len())],
        ),
    }
}

/// What is missing of a person and of the tie to the child. With a revision, everything must come from it.
async fn parts(client: &mut Client, person: &str, revision: &str, write: &Write) -> Vec<String> {
    let request = &write.request;
    let name = &request.name_as_written;
    let of_person = statements(client, person).await;
    let mut wrong = Vec::new();
    let expected = [
        ("name", name.as_str()),
        ("birth", "1971"),
        ("residence", &request.place),
        ("contact", &request.phone),
        ("contact", &request.email),
        ("note", &request.note),
    ];
    for (kind, words) in expected {
        let statement = of_person
            .iter()
            .find(|statement| statement.kind == kind && statement.words.contains(words));
        match statement {
            None => wrong.push(format!("{name} is half there: no {kind}")),
            Some(found) if !revision.is_empty() && found.recorded_in != revision => {
                let recorded = &found.recorded_in;
                wrong.push(format!(
                    "{name}: {kind} is of revision {recorded}, answered was {revision}"
                ));
            }
            Some(_) => {}
        }
    }
    let tied = match write.kind.tie {
        Tie::Relation(term) => {
            let relation = v1::NameRelationshipRequest {
                a: request.child.clone(),
                b: person.to_owned(),
                ..v1::NameRelationshipRequest::default()
            };
            let named = client
                .name_relationship(relation)
                .await
                .expect("a relation");
            named.relations.iter().any(|found| found.term == term)
        }
        Tie::Statement(kind, words) => {
            let words = format!("{words}{name}");
            let of_child = statements(client, &request.child).await;
            of_child
                .iter()
                .any(|found| found.kind == kind && found.words.contains(&words))
        }
    };
    if !tied {
        let relation = &request.relation;
        wrong.push(format!(
            "{name} is half there: is not {relation} of the child"
        ));
    }
    wrong
}

pub async fn statements(client: &mut Client, person: &str) -> Vec<v1::Statement> {
    let request = v1::GetPersonRequest {
        name: person.to_owned(),
        ..v1::GetPersonRequest::default()
    };
    let answer = client.get_person(request).await.expect("the person");
    answer.person.expect("is shown").statements
}

/// The number of a revision, `1-57` being 57. The part before it must stay 1: no commit was ever given up.
pub fn sequence(revision: &str) -> Result<u64, String> {
    let number = revision.strip_prefix("1-").map(str::parse);
    match number {
        Some(Ok(number)) => Ok(number),
        _ => Err(format!("revision \"{revision}\" is not of the first epoch")),
    }
}
