//! Answers requests from a store on behalf of one caller: message in, message out, no network. The gRPC services and the
//! command line on a local store both ask here, so that both give the same answer.

use super::convert;
use super::convert::{collection, day_or, person_reference};
use super::page_token::Question;
use crate::access::Permit;
use crate::error::Error;
use crate::model::absence::PersonOrFamily;
use crate::model::ids::{PersonId, Revision, Subject, SubjectKind, WaitingFamilyId};
use crate::model::partial_date::Day;
use crate::store::{RequestId, Store};
use crate::workflow::{
    Write, Written, last_revision, resolve_person, resolve_resource, written_before,
};
use prost::Name;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The longest request id: a UUID as text.
const LONGEST_REQUEST_ID: usize = 36;

/// Whose questions are answered, from which store, on which day. The methods stand with their services.
#[derive(Clone)]
pub struct Answers {
    pub(super) store: Arc<Store>,
    pub(super) permit: Permit,
    pub(super) today: Day,
}

impl Answers {
    /// Answers for this caller; `today` is the day that questions without a day are for.
    pub fn new(store: Arc<Store>, permit: Permit, today: Day) -> Answers {
        Answers {
            store,
            permit,
            today,
        }
    }

    /// The person that a field of a request stands for.
    pub(super) fn person(&self, field: &str, value: &str) -> Result<PersonId, Error> {
        let reference = person_reference(field, value)?;
        resolve_person(&self.store, &self.permit, field, reference)
    }

    /// The nation, case, household or waiting family that a field of a request stands for: its resource name, its
    /// public id or its external id.
    pub(super) fn resource(
        &self,
        kind: SubjectKind,
        field: &str,
        value: &str,
    ) -> Result<Subject, Error> {
        let value = convert::text(field, value)?;
        let prefix = format!("{}/", collection(kind));
        let reference = value.strip_prefix(&prefix).unwrap_or(value);
        resolve_resource(&self.store, &self.permit, kind, field, reference)
    }

    /// The waiting family or person that a field of a request stands for.
    pub(super) fn person_or_family(
        &self,
        field: &str,
        value: &str,
    ) -> Result<PersonOrFamily, Error> {
        let collection = collection(SubjectKind::WaitingFamily);
        let is_family = value
            .trim()
            .strip_prefix(collection)
            .is_some_and(|rest| rest.starts_with('/'));
        if !is_family {
            return self.person(field, value).map(PersonOrFamily::Person);
        }
        let family = self.resource(SubjectKind::WaitingFamily, field, value)?;
        Ok(PersonOrFamily::Family(WaitingFamilyId(family.number())))
    }

    /// The resource of one of these kinds that a resource name stands for.
    pub(super) fn any_resource(
        &self,
        field: &str,
        value: &str,
        kinds: &[SubjectKind],
    ) -> Result<Subject, Error> {
        let value = convert::text(field, value)?;
        let kind = kinds.iter().find(|kind| {
            let rest = value.strip_prefix(collection(**kind));
            rest.is_some_and(|rest| rest.starts_with('/'))
        });
        match kind {
            Some(SubjectKind::Person) => self.person(field, value).map(Subject::Person),
            Some(kind) => self.resource(*kind, field, value),
            None => {
                let wanted: Vec<String> = kinds
                    .iter()
                    .map(|kind| format!("`{}/{{id}}`", collection(*kind)))
                    .collect();
                let wanted = wanted.join(" or ");
                Err(Error::invalid(field, format!("needed: {wanted}")))
            }
        }
    }

    /// The day that a request is for.
    pub(super) fn day(&self, text: &str) -> Result<Day, Error> {
        day_or("as_of", text, self.today)
    }

    /// The revision that an answer given now is at least as fresh as, as a token. Refused if the caller has seen a
    /// later one.
    pub(super) fn fresh(&self, at_least: &str) -> Result<String, Error> {
        let at_least = convert::read_revision("at_least_revision", at_least)?;
        let now = last_revision(&self.store, &self.permit)?;
        match at_least {
            Some(seen) if seen > now => Err(Error::OutOfRange {
                field: "at_least_revision".to_owned(),
                reason: "is not of this store: read everything again".to_owned(),
            }),
            _ => Ok(convert::revision_text(now)),
        }
    }

    /// The revision of a request's `known_on`.
    pub(super) fn known_on(&self, text: &str) -> Result<Option<Revision>, Error> {
        convert::read_revision("known_on", text)
    }

    /// The question made of these parts, for its page tokens.
    pub(super) fn question(&self, parts: &[&str]) -> Result<Question, Error> {
        let mut all = vec![self.permit.actor().as_bytes()];
        all.extend(parts.iter().map(|part| part.as_bytes()));
        Ok(Question::new(self.store.page_seal(&all)?))
    }

    /// Writes once, however often the request is sent: what it committed before is told again. `work` reads the request
    /// and commits; a trial gives nothing.
    pub(super) fn once(
        &self,
        request: &impl Name,
        request_id: &str,
        validate_only: bool,
        work: impl FnOnce(&Write) -> Result<Option<Written>, Error>,
    ) -> Result<Option<Written>, Error> {
        let write = write_of(request, request_id, validate_only)?;
        match written_before(&self.store, &self.permit, &write)? {
            Some(written) => Ok(Some(written)),
            None => work(&write),
        }
    }
}

/// How a request is to be written.
pub(super) fn write_of(
    request: &impl Name,
    request_id: &str,
    validate_only: bool,
) -> Result<Write, Error> {
    let id = read_request_id(request_id, validate_only)?;
    let request = (!id.is_empty()).then(|| RequestId {
        id,
        payload: payload_of(request),
    });
    Ok(Write {
        request,
        validate_only,
    })
}

/// The request id, which everything but a trial must have.
pub(super) fn read_request_id(id: &str, validate_only: bool) -> Result<String, Error> {
    let id = id.trim();
    if id.is_empty() && !validate_only {
        return Err(Error::invalid(
            "request_id",
            "needed: a UUID made by the caller, the same when the request is sent again",
        ));
    }
    let is_plain = id.bytes().all(|byte| byte.is_ascii_graphic());
    if id.len() > LONGEST_REQUEST_ID || !is_plain {
        return Err(Error::invalid(
            "request_id",
            "must be a UUID: at most 36 letters, digits and hyphens",
        ));
    }
    Ok(id.to_owned())
}

/// What was asked: the method's message and its content.
fn payload_of<M: Name>(request: &M) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(M::full_name().as_bytes());
    hash.update([0]);
    hash.update(request.encode_to_vec());
    hash.finalize().into()
}
