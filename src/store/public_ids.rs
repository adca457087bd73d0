//! Public ids: random for what is entered, a keyed hash for what is imported.

use super::error::StoreError;
use super::index_keys::kind_byte;
use super::open::Random;
use super::transaction::NewSubject;
use crate::model::ids::{ExternalId, PublicId, SubjectKind};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Makes public ids. Those of records with an external id follow from it, so that a re-import gives the same ones.
#[derive(Clone)]
pub struct PublicIds {
    pub key: [u8; 32],
    pub random: Random,
}

impl PublicIds {
    pub fn of_new(&self, subject: &NewSubject) -> Result<PublicId, StoreError> {
        match &subject.external_id {
            Some((_, external_id)) => self.of_external_id(subject.kind, external_id),
            None => Ok(PublicId((self.random)()?)),
        }
    }

    /// A keyed hash of kind, source and reference.
    pub fn of_external_id(
        &self,
        kind: SubjectKind,
        external_id: &ExternalId,
    ) -> Result<PublicId, StoreError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key)
            .map_err(|_| StoreError::damaged("the key of public ids has a wrong length"))?;
        mac.update(&[kind_byte(kind)]);
        mac.update(&(external_id.source.len() as u64).to_be_bytes());
        mac.update(external_id.source.as_bytes());
        mac.update(external_id.xref.as_bytes());
        let hash = mac.finalize().into_bytes();
        let (front, _) = hash
            .split_first_chunk::<16>()
            .ok_or_else(|| StoreError::damaged("a hash is too short"))?;
        Ok(PublicId(u128::from_be_bytes(*front)))
    }
}
