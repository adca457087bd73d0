//! Cases, nations, waiting families, households and places: resources that one statement says as a whole.

use super::correct_statement::{Target, correct_statement};
use super::read_statements::{Recorded, Recordings, show};
use super::write::{StatementInput, Write, Written, add, commit};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{ExternalId, Revision, StewardId, Subject, SubjectKind};
use crate::model::person::Place;
use crate::model::statement::{Fact, Statement};
use crate::store::{Snapshot, Store};

/// Records a new one. In the answer it is the first subject, and its statement the last.
pub fn create_record(
    store: &Store,
    permit: &Permit,
    write: &Write,
    kind: SubjectKind,
    external_id: Option<ExternalId>,
    input: StatementInput,
) -> Result<Option<Written>, Error> {
    let snapshot = permit.snapshot(store)?;
    if let Fact::Place(place) = &input.draft.fact {
        check_is_new(&snapshot, permit, place)?;
    }
    let mut transaction = permit.transaction("create_record");
    let subject = transaction.add_subject(kind, external_id.map(|id| (StewardId::AGENCY, id)));
    add(&mut transaction, &snapshot, permit, subject, input)?;
    commit(store, permit, write, transaction)
}

/// Two places of one name and region could not be told apart.
fn check_is_new(snapshot: &Snapshot<'_>, permit: &Permit, place: &Place) -> Result<(), Error> {
    let region = Some(place.region.as_str());
    let known = snapshot.places_named(&place.name, region, permit.visibility())?;
    if known.is_empty() {
        return Ok(());
    }
    Err(Error::AlreadyExists {
        what: "place",
        name: place.name.clone(),
    })
}

/// Records what `change` makes of it. `Error::Conflict` if it has another etag than this one, which may be empty.
pub fn update_record(
    store: &Store,
    permit: &Permit,
    write: &Write,
    subject: Subject,
    etag: &str,
    change: &dyn Fn(&Recordings) -> Result<StatementInput, Error>,
) -> Result<Option<Written>, Error> {
    let present = show_record(store, permit, subject, None)?;
    let target = Target {
        subject,
        statement: record_of(&present)?.id,
        etag: etag.to_owned(),
    };
    correct_statement(store, permit, write, &target, change)
}

/// The one statement that says what it is; `known_on` asks for what was known after that revision.
pub fn show_record(
    store: &Store,
    permit: &Permit,
    subject: Subject,
    known_on: Option<Revision>,
) -> Result<Recordings, Error> {
    let snapshot = permit.snapshot(store)?;
    let said = said_of(&snapshot, permit, subject, known_on)?;
    let said = said.ok_or_else(|| Error::NotFound {
        what: subject.kind().word(),
        name: "as named".to_owned(),
    })?;
    show(store, &snapshot, permit, vec![said])
}

/// One page of a kind, in the order of entry, after the one with this number, and the number after which the next
/// begins.
pub fn list_records(
    store: &Store,
    permit: &Permit,
    kind: SubjectKind,
    wanted: &dyn Fn(&Fact) -> bool,
    (after, limit): (u64, usize),
) -> Result<(Recordings, Option<u64>), Error> {
    let snapshot = permit.snapshot(store)?;
    let mut found = Vec::new();
    let mut last = after;
    loop {
        let subjects = snapshot.subjects_of_kind(kind, last, limit + 1)?;
        let is_end = subjects.len() <= limit;
        for subject in subjects {
            last = subject.number();
            let said = said_of(&snapshot, permit, subject, None)?;
            found.extend(said.filter(|(_, _, statement)| wanted(&statement.fact)));
            if found.len() > limit {
                break;
            }
        }
        if is_end || found.len() > limit {
            break;
        }
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|(subject, _, _)| subject.number());
    let shown = show(store, &snapshot, permit, found)?;
    Ok((shown, next.filter(|_| more)))
}

/// The statement that stands.
pub fn record_of(present: &Recordings) -> Result<&Recorded, Error> {
    present.statements.first().ok_or_else(|| Error::Internal {
        detail: "a record has no statement".to_owned(),
    })
}

type Said = (Subject, Revision, Statement);

fn said_of(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    subject: Subject,
    known_on: Option<Revision>,
) -> Result<Option<Said>, Error> {
    let statements = snapshot.statements(subject, permit.visibility(), known_on)?;
    Ok(statements
        .into_iter()
        .filter(|(_, statement)| is_record(&statement.fact))
        .max_by_key(|(revision, statement)| (*revision, statement.id))
        .map(|(revision, statement)| (subject, revision, statement)))
}

fn is_record(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Case(_)
            | Fact::Nation(_)
            | Fact::WaitingFamily(_)
            | Fact::Household { .. }
            | Fact::Place(_)
    )
}
