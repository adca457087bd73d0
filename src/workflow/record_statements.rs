//! More statements about a person or a case, in one commit.

use super::write::{StatementInput, Write, Written, add, commit};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::Subject;
use crate::model::statement::Fact;
use crate::store::Store;

/// Records them. In the answer, the statements about the subject are the last ones, in their order: statements about new
/// places may stand before them.
pub fn record_statements(
    store: &Store,
    permit: &Permit,
    write: &Write,
    subject: Subject,
    inputs: Vec<StatementInput>,
) -> Result<Option<Written>, Error> {
    let snapshot = permit.snapshot(store)?;
    let mut transaction = permit.transaction("record_statements");
    for input in inputs {
        check_ends(subject, &input.draft.fact)?;
        add(&mut transaction, &snapshot, permit, subject, input)?;
    }
    commit(store, permit, write, transaction)
}

/// Nobody is tied to themselves.
pub(super) fn check_ends(subject: Subject, fact: &Fact) -> Result<(), Error> {
    if fact.other_person().map(Subject::Person) == Some(subject) {
        return Err(Error::invalid(
            "statement.fact",
            "ties a person to themselves",
        ));
    }
    Ok(())
}
