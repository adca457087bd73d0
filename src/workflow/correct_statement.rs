//! A new version of a statement: a correction, or its withdrawal.

use super::read_statements::{Recordings, show, versions_of};
use super::record_statements::check_ends;
use super::write::{StatementInput, Write, Written, add, commit};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PublicId, Subject};
use crate::store::{StatementDraft, Store};

/// Which statement, and as it was when it was read.
#[derive(Clone, Debug)]
pub struct Target {
    pub subject: Subject,
    pub statement: PublicId,
    /// Not compared if empty.
    pub etag: String,
}

/// How often it is tried anew because something else about the subject was written meanwhile.
const TRIES: usize = 8;

/// Adds the version that `change` makes of the present one. `Error::Conflict` if the statement has another etag.
/// The kind of fact, the seal's steward and the number stay the same.
pub fn correct_statement(
    store: &Store,
    permit: &Permit,
    write: &Write,
    target: &Target,
    change: &dyn Fn(&Recordings) -> Result<StatementInput, Error>,
) -> Result<Option<Written>, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        match try_to_correct(store, permit, write, target, change) {
            Err(Error::Conflict { .. }) if tries < TRIES && !is_stale(store, permit, target)? => {}
            result => return result,
        }
    }
}

/// Withdraws the statement. It is kept for history.
pub fn retract_statement(
    store: &Store,
    permit: &Permit,
    write: &Write,
    target: &Target,
) -> Result<Option<Written>, Error> {
    correct_statement(store, permit, write, target, &|present| {
        let recorded = only(present)?;
        let evidence = recorded.statement.evidence;
        let mut draft =
            StatementDraft::new(recorded.statement.fact.clone(), recorded.source.clone());
        draft.valid_from = evidence.valid_from;
        draft.valid_to = evidence.valid_to;
        draft.certainty = evidence.certainty;
        draft.seal = evidence.seal;
        draft.retracted = true;
        Ok(StatementInput { draft, place: None })
    })
}

fn try_to_correct(
    store: &Store,
    permit: &Permit,
    write: &Write,
    target: &Target,
    change: &dyn Fn(&Recordings) -> Result<StatementInput, Error>,
) -> Result<Option<Written>, Error> {
    let snapshot = permit.snapshot(store)?;
    let mut versions = versions_of(store, &snapshot, permit, target.subject, target.statement)?;
    let latest = versions.drain(..).next_back();
    let stated = latest.map(|(revision, statement)| (target.subject, revision, statement));
    let present = show(store, &snapshot, permit, stated.into_iter().collect())?;
    let recorded = only(&present)?;
    check_etag(&recorded.etag, target)?;
    if recorded.statement.retracted {
        return Err(Error::invalid("statement", "was withdrawn: add a new one"));
    }
    let mut input = change(&present)?;
    let of_same_kind = std::mem::discriminant(&input.draft.fact)
        == std::mem::discriminant(&recorded.statement.fact);
    if !of_same_kind {
        return Err(Error::invalid(
            "statement.fact",
            "the kind of fact stays the same: withdraw this statement and add another",
        ));
    }
    check_ends(target.subject, &input.draft.fact)?;
    input.draft.id = Some(recorded.statement.id);
    input.draft.steward = recorded.statement.evidence.steward;
    let mut transaction = permit.transaction("correct_statement");
    // Nothing about the subject may change between this reading and the commit.
    let etag = snapshot.etag(target.subject)?.unwrap_or_default();
    transaction.unchanged.push((target.subject, etag));
    add(&mut transaction, &snapshot, permit, target.subject, input)?;
    commit(store, permit, write, transaction)
}

fn is_stale(store: &Store, permit: &Permit, target: &Target) -> Result<bool, Error> {
    let snapshot = permit.snapshot(store)?;
    let mut versions = versions_of(store, &snapshot, permit, target.subject, target.statement)?;
    let latest = versions.drain(..).next_back();
    let stated = latest.map(|(revision, statement)| (target.subject, revision, statement));
    let present = show(store, &snapshot, permit, stated.into_iter().collect())?;
    Ok(check_etag(&only(&present)?.etag, target).is_err())
}

fn check_etag(present: &str, target: &Target) -> Result<(), Error> {
    if target.etag.is_empty() || target.etag == present {
        return Ok(());
    }
    Err(Error::Conflict {
        what: target.subject.kind().word().to_owned(),
    })
}

/// The one statement that was read.
fn only(present: &Recordings) -> Result<&super::read_statements::Recorded, Error> {
    present.statements.first().ok_or_else(|| Error::Internal {
        detail: "a statement has no version".to_owned(),
    })
}
