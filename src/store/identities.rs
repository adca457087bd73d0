//! Public and external ids, and what they stand for. Whether the caller may see the subject is for its reads to say.

use super::backend::{GO_ON, Order, STOP, Table};
use super::error::StoreError;
use super::index_entries::decode_subject;
use super::index_keys::{self, IndexKey};
use super::keys;
use super::records::{Header, decode};
use super::snapshot::Snapshot;
use super::stage;
use crate::model::ids::{ExternalId, PublicId, StewardId, Subject, SubjectKind};

/// The ids under which a subject is known outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identities {
    pub public_id: PublicId,
    /// In the order given.
    pub external_ids: Vec<ExternalId>,
}

impl Snapshot<'_> {
    pub fn subject_of_public_id(&self, id: PublicId) -> Result<Option<Subject>, StoreError> {
        let key = IndexKey::PublicId(id).encode();
        let mut found = self.values(Table::Index, &[key], |_, value| {
            decode_subject(value).map(Some)
        })?;
        Ok(found.pop().flatten())
    }

    /// The subjects of one kind that an agency's external ids stand for, in the order asked for.
    pub fn subjects_of_external_ids(
        &self,
        owner: StewardId,
        kind: SubjectKind,
        ids: &[ExternalId],
    ) -> Result<Vec<Option<Subject>>, StoreError> {
        let keys: Vec<Vec<u8>> = ids
            .iter()
            .map(|external_id| {
                let external_id = external_id.clone();
                IndexKey::ExternalId {
                    steward: owner,
                    kind,
                    external_id,
                }
                .encode()
            })
            .collect();
        self.values(Table::Index, &keys, |_, value| {
            decode_subject(value).map(Some)
        })
    }

    /// The subject of a kind that an external id of this store's agency stands for.
    pub fn subject_of_external_id(
        &self,
        kind: SubjectKind,
        id: &ExternalId,
    ) -> Result<Option<Subject>, StoreError> {
        let mut found =
            self.subjects_of_external_ids(StewardId::AGENCY, kind, std::slice::from_ref(id))?;
        Ok(found.pop().flatten())
    }

    /// The ids of subjects, in the order asked for; nothing where there is no such subject.
    pub fn identities(&self, subjects: &[Subject]) -> Result<Vec<Option<Identities>>, StoreError> {
        let keys: Vec<[u8; 20]> = subjects
            .iter()
            .map(|subject| keys::header(subject.number()))
            .collect();
        self.values(Table::Statements, &keys, |position, value| {
            let header: Header = decode(value)?;
            if header.kind != subjects[position].kind() {
                return Ok(None);
            }
            Ok(Some(Identities {
                public_id: header.public_id(),
                external_ids: header.external_ids.into_iter().map(|(_, id)| id).collect(),
            }))
        })
    }

    /// Changes with every statement made of the subject; nothing if it does not exist. Hand it in with
    /// [`Transaction::unchanged`](super::Transaction::unchanged).
    pub fn etag(&self, subject: Subject) -> Result<Option<String>, StoreError> {
        stage::etag(&*self.view, subject)
    }

    /// Subjects of a kind that is listed (all but people) after a number, in the order of entry,
    /// whoever may see them.
    pub fn subjects_of_kind(
        &self,
        kind: SubjectKind,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Subject>, StoreError> {
        let mut range = index_keys::of_kind(kind);
        let number = after.saturating_add(1);
        range.start = IndexKey::OfKind { kind, number }.encode();
        let mut found = Vec::new();
        self.view.scan(
            Table::Index,
            &range,
            Order::Ascending,
            self.deadline,
            &mut |key, _| {
                if found.len() == limit {
                    return STOP;
                }
                match IndexKey::decode(key) {
                    Some(IndexKey::OfKind { number, .. }) => found.push(kind.subject(number)),
                    _ => return Err(StoreError::damaged("unreadable key in the index")),
                }
                GO_ON
            },
        )?;
        Ok(found)
    }
}
