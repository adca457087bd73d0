//! Which person is meant by a public id, an external id `<source>:<xref>`, or a name that is unique.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::PersonId;
use crate::store::Store;

/// The person meant. `Error::NotFound` if there is none, `Error::Ambiguous` with the choices if there are several.
/// `field` names the input in errors.
pub fn resolve_person(
    store: &Store,
    permit: &Permit,
    field: &str,
    reference: &str,
) -> Result<PersonId, Error> {
    let _ = (store, permit, field, reference);
    todo!()
}
