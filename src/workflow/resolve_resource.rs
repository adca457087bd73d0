//! Which nation, case, household or waiting family is meant by a public id or an external id.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{ExternalId, PublicId, Subject, SubjectKind};
use crate::store::Store;

/// The subject of this kind. `field` names the input in errors.
pub fn resolve_resource(
    store: &Store,
    permit: &Permit,
    kind: SubjectKind,
    field: &str,
    reference: &str,
) -> Result<Subject, Error> {
    if reference.is_empty() {
        return Err(Error::invalid(
            field,
            format!("needed: the name of a {}", kind.word()),
        ));
    }
    let snapshot = permit.snapshot(store)?;
    let found = match (reference.parse::<PublicId>(), ExternalId::parse(reference)) {
        (Ok(id), _) => snapshot.subject_of_public_id(id)?,
        (_, Some(id)) => snapshot.subject_of_external_id(kind, &id)?,
        _ => None,
    };
    found
        .filter(|subject| subject.kind() == kind)
        .ok_or_else(|| Error::NotFound {
            what: kind.word(),
            name: reference.to_owned(),
        })
}
