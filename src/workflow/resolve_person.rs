//! Which person is meant by a public id, an external id `<source>:<xref>`, or a name that is unique. The id of a case
//! means its child.

use crate::access::Permit;
use crate::error::{Choice, Error};
use crate::model::ids::{CaseId, ExternalId, PersonId, PublicId, Subject, SubjectKind};
use crate::model::neighborhood::Node;
use crate::names::normalize::fold;
use crate::store::{Snapshot, Store};

/// How many choices are listed where a name is not unique.
const CHOICES: usize = 20;

/// What names begin with that are surely not a person's.
const OTHER_COLLECTIONS: [(&str, &str); 4] = [
    ("waitingFamilies", "waiting family"),
    ("nations", "nation"),
    ("households", "household"),
    ("places", "place"),
];

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
    for (collection, kind) in OTHER_COLLECTIONS {
        let rest = reference.strip_prefix(collection);
        if rest.is_some_and(|rest| rest.starts_with('/')) {
            let reason = format!("\"{reference}\" is a {kind}; a person is wanted");
            return Err(Error::invalid(field, reason));
        }
    }
    let snapshot = permit.snapshot(store)?;
    for found in [
        by_public_id(&snapshot, reference)?,
        by_external_id(&snapshot, reference)?,
    ]
    .into_iter()
    .flatten()
    {
        // A case stands for its child. Somebody whom the caller may not see is not there.
        let person = match found {
            Subject::Person(person) => Some(person),
            Subject::Case(case) => child_of(&snapshot, permit, case)?,
            _ => None,
        };
        if let Some(person) = person
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
    let bare = ["people/", "cases/"]
        .iter()
        .find_map(|prefix| reference.strip_prefix(prefix))
        .unwrap_or(reference);
    match bare.parse::<PublicId>() {
        Ok(id) => Ok(snapshot.subject_of_public_id(id)?),
        Err(_) => Ok(None),
    }
}

fn by_external_id(snapshot: &Snapshot<'_>, reference: &str) -> Result<Option<Subject>, Error> {
    let Some(id) = ExternalId::parse(reference) else {
        return Ok(None);
    };
    match snapshot.subject_of_external_id(SubjectKind::Person, &id)? {
        Some(person) => Ok(Some(person)),
        None => Ok(snapshot.subject_of_external_id(SubjectKind::Case, &id)?),
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

/// The child of a case, if the caller may see the case.
fn child_of(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    case: CaseId,
) -> Result<Option<PersonId>, Error> {
    let cases = snapshot.cases(&[case], permit.visibility())?;
    Ok(cases
        .into_iter()
        .flatten()
        .next()
        .map(|(_, case)| case.child))
}
