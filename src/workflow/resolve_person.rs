//! Which person is meant by a public id, an external id `<source>:<xref>`, or a name that is unique.

use super::relations::summary;
use crate::access::Permit;
use crate::error::{Choice, Error};
use crate::model::ids::{ExternalId, PersonId, PublicId, Subject, SubjectKind};
use crate::model::lead::PersonSummary;
use crate::model::neighborhood::Node;
use crate::names::normalize::fold;
use crate::store::{Snapshot, Store};

/// How many choices are listed where a name is not unique.
const CHOICES: usize = 20;

/// The person meant. `Error::NotFound` if there is none, `Error::Ambiguous` with the choices if there are several.
/// `field` names the input in errors.
pub fn resolve_person(
    store: &Store,
    permit: &Permit,
    field: &str,
    reference: &str,
) -> Result<PersonId, Error> {
    let reference = reference.trim();
    if reference.is_empty() {
        return Err(Error::invalid(
            field,
            "say who is meant: a public id, <source>:<xref>, or a name",
        ));
    }
    let snapshot = store.snapshot()?;
    for found in [
        by_public_id(&snapshot, reference)?,
        by_external_id(&snapshot, reference)?,
    ]
    .into_iter()
    .flatten()
    {
        // Somebody whom the caller may not see is not there.
        if let Subject::Person(person) = found
            && node(&snapshot, permit, person)?.is_some()
        {
            return Ok(person);
        }
    }
    by_name(&snapshot, permit, field, reference)
}

fn node(snapshot: &Snapshot<'_>, permit: &Permit, person: PersonId) -> Result<Option<Node>, Error> {
    Ok(snapshot
        .nodes(&[person], permit.visibility())?
        .into_iter()
        .next()
        .flatten())
}

fn by_public_id(snapshot: &Snapshot<'_>, reference: &str) -> Result<Option<Subject>, Error> {
    let bare = reference.strip_prefix("people/").unwrap_or(reference);
    match bare.parse::<PublicId>() {
        Ok(id) => Ok(snapshot.subject_of_public_id(id)?),
        Err(_) => Ok(None),
    }
}

fn by_external_id(snapshot: &Snapshot<'_>, reference: &str) -> Result<Option<Subject>, Error> {
    match ExternalId::parse(reference) {
        Some(id) => Ok(snapshot.subject_of_external_id(SubjectKind::Person, &id)?),
        None => Ok(None),
    }
}

fn by_name(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    field: &str,
    reference: &str,
) -> Result<PersonId, Error> {
    let folded = fold(reference);
    let named = snapshot.people_named(&folded, CHOICES * 4, permit.visibility())?;
    let mut people: Vec<PersonId> = named
        .into_iter()
        .filter(|found| found.folded == folded)
        .map(|found| found.person)
        .collect();
    people.sort_unstable();
    people.dedup();
    match people[..] {
        [] => Err(Error::NotFound {
            what: "person",
            name: reference.to_owned(),
        }),
        [person] => Ok(person),
        _ => {
            people.truncate(CHOICES);
            let nodes = snapshot.nodes(&people, permit.visibility())?;
            let choices = nodes.iter().flatten().map(choice).collect();
            Err(Error::Ambiguous {
                field: field.to_owned(),
                choices,
            })
        }
    }
}

fn choice(node: &Node) -> Choice {
    let born = node
        .birth
        .map_or("birth date not known".to_owned(), |birth| {
            format!("born {}", birth.in_words())
        });
    let external = node
        .external_id
        .as_ref()
        .map(|id| format!(", {id}"))
        .unwrap_or_default();
    Choice {
        value: node.public_id.to_string(),
        label: format!("{} ({born}{external})", node.name),
    }
}

/// The person as shown, on a day. `Error::NotFound` if they are not there for the caller.
pub fn person_summary(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    person: PersonId,
    as_of: crate::model::partial_date::Day,
) -> Result<PersonSummary, Error> {
    let node = node(snapshot, permit, person)?;
    node.map(|node| summary(&node, as_of))
        .ok_or_else(|| Error::NotFound {
            what: "person",
            name: "as named".to_owned(),
        })
}
