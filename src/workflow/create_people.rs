//! New people, each with what is said of them, in one commit.

use super::write::{StatementInput, Write, Written, add, commit};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{ExternalId, StewardId, SubjectKind};
use crate::model::statement::Fact;
use crate::store::Store;

/// Somebody to be recorded. Facts name others of the same request by [`Transaction::new_subject_at`](crate::store::Transaction::new_subject_at).
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub external_id: Option<ExternalId>,
    pub statements: Vec<StatementInput>,
}

/// Records them. In the answer, the subjects begin with the people, in their order.
pub fn create_people(
    store: &Store,
    permit: &Permit,
    write: &Write,
    people: Vec<NewPerson>,
) -> Result<Option<Written>, Error> {
    let snapshot = permit.snapshot(store)?;
    let mut transaction = permit.transaction("create_people");
    let mut subjects = Vec::with_capacity(people.len());
    for (position, person) in people.iter().enumerate() {
        if !person.statements.iter().any(says_who) {
            return Err(Error::invalid(
                format!("people[{position}].statements"),
                "say who it is: a name, or how somebody not yet named is spoken of",
            ));
        }
        let external_id = person.external_id.clone();
        let owned = external_id.map(|id| (StewardId::AGENCY, id));
        subjects.push(transaction.add_subject(SubjectKind::Person, owned));
    }
    for (subject, person) in subjects.into_iter().zip(people) {
        for input in person.statements {
            add(&mut transaction, &snapshot, permit, subject, input)?;
        }
    }
    commit(store, permit, write, transaction)
}

fn says_who(input: &StatementInput) -> bool {
    matches!(input.draft.fact, Fact::Name(_) | Fact::Unnamed(_))
}
