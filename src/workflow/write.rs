//! What every write has: an id that makes a repeat harmless, and a trial that records nothing.

use super::likely_links::{Touched, suggest_after};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PlaceId, PublicId, Revision, StatementId, Subject, SubjectKind};
use crate::model::person::Place;
use crate::model::statement::Fact;
use crate::store::{Committed, RequestId, Snapshot, StatementDraft, Store, Transaction};

/// How something is to be written.
#[derive(Clone, Debug, Default)]
pub struct Write {
    /// Same id and payload: committed once.
    pub request: Option<RequestId>,
    /// Check everything, record nothing.
    pub validate_only: bool,
}

/// What was committed.
#[derive(Clone, Debug)]
pub struct Written {
    pub revision: Revision,
    /// The new subjects, in the order handed in.
    pub subjects: Vec<(Subject, PublicId)>,
    /// The statements, in the order handed in.
    pub statements: Vec<StatementId>,
}

/// A statement to be written.
#[derive(Clone, Debug)]
pub struct StatementInput {
    pub draft: StatementDraft,
    /// The place that the fact speaks of, by name: taken if it is recorded, else recorded.
    pub place: Option<String>,
}

/// What this request has committed already; nothing if it has not, or is a trial.
pub fn written_before(
    store: &Store,
    permit: &Permit,
    write: &Write,
) -> Result<Option<Written>, Error> {
    match &write.request {
        Some(request) if !write.validate_only => {
            let snapshot = permit.snapshot(store)?;
            let committed = snapshot.committed_by(permit.actor(), request)?;
            Ok(committed.map(Written::from))
        }
        _ => Ok(None),
    }
}

/// Commits, or tries; a trial gives nothing. Whoever is concerned gets their likely same-person links.
pub(super) fn commit(
    store: &Store,
    permit: &Permit,
    write: &Write,
    mut transaction: Transaction,
) -> Result<Option<Written>, Error> {
    if write.validate_only {
        store.check(&transaction)?;
        return Ok(None);
    }
    transaction.request.clone_from(&write.request);
    let touched = Touched::by(&transaction);
    let committed = permit.commit(store, transaction)?;
    suggest_after(store, permit, &touched, &committed);
    Ok(Some(committed.into()))
}

impl From<Committed> for Written {
    fn from(committed: Committed) -> Written {
        Written {
            revision: committed.revision,
            subjects: committed.subjects,
            statements: committed.statements,
        }
    }
}

/// Adds a statement to a transaction, with its place.
pub(super) fn add(
    transaction: &mut Transaction,
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    subject: Subject,
    input: StatementInput,
) -> Result<(), Error> {
    let mut draft = input.draft;
    if let Some(name) = input.place {
        let place = place_named(transaction, snapshot, permit, name, &draft)?;
        match &mut draft.fact {
            Fact::Birth { place: of, .. } => *of = Some(place),
            Fact::Death(death) => death.place = Some(place),
            Fact::Residence(residence) => residence.place = place,
            Fact::ImportantPlace(important) => important.place = place,
            Fact::WaitingFamily(family) => family.place = Some(place),
            _ => {}
        }
    }
    transaction.add_statement(subject, draft);
    Ok(())
}

/// The place of that name: recorded, new in this transaction, or made now.
fn place_named(
    transaction: &mut Transaction,
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    name: String,
    of: &StatementDraft,
) -> Result<PlaceId, Error> {
    let known = snapshot.places_named(&name, None, permit.visibility())?;
    if let Some(place) = known.first() {
        return Ok(*place);
    }
    let is_it = |fact: &Fact| matches!(fact, Fact::Place(place) if place.name == name);
    let mut new = transaction.statements.iter();
    let subject = match new.find(|(_, draft)| is_it(&draft.fact)) {
        Some((subject, _)) => *subject,
        None => {
            let subject = transaction.add_subject(SubjectKind::Place, None);
            let place = Place {
                name,
                region: String::new(),
                centre: None,
            };
            let draft = StatementDraft::new(Fact::Place(place), of.source.clone());
            transaction.add_statement(subject, draft);
            subject
        }
    };
    Ok(PlaceId(subject.number()))
}
