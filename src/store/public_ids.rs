//! Public ids: random for what is entered, a keyed hash for what is imported.

use super::error::StoreError;
use super::index_keys::kind_byte;
use super::open::Random;
use super::open::Store;
use super::transaction::NewSubject;
use crate::model::ids::{ExternalId, PublicId, StatementId, SubjectKind};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::{PoisonError, RwLock};

/// Makes public ids. Those of records with an external id follow from it, so that a re-import gives the same ones.
pub struct PublicIds {
    key: RwLock<[u8; 32]>,
    random: Random,
}

impl PublicIds {
    pub fn new(key: [u8; 32], random: Random) -> PublicIds {
        PublicIds {
            key: RwLock::new(key),
            random,
        }
    }

    /// From now on ids are made with the key of the store that was taken in.
    pub fn set_key(&self, key: [u8; 32]) {
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = key;
    }

    fn mac(&self) -> Result<Hmac<Sha256>, StoreError> {
        let key = self.key.read().unwrap_or_else(PoisonError::into_inner);
        Hmac::<Sha256>::new_from_slice(&*key)
            .map_err(|_| StoreError::damaged("the key of public ids has a wrong length"))
    }

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
        let mut mac = self.mac()?;
        mac.update(&[kind_byte(kind)]);
        mac.update(&(external_id.source.len() as u64).to_be_bytes());
        mac.update(external_id.source.as_bytes());
        mac.update(external_id.xref.as_bytes());
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        Ok(PublicId(front(hash)))
    }

    /// A keyed hash of these parts, for one use.
    fn keyed(&self, of: &str, parts: &[&[u8]]) -> Result<[u8; 32], StoreError> {
        let mut mac = self.mac()?;
        for part in std::iter::once(&of.as_bytes()).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Ok(mac.finalize().into_bytes().into())
    }
}

impl Store {
    /// The id under which a statement is known outside. It tells neither how many there are nor when it was made.
    pub fn public_id_of_statement(&self, id: StatementId) -> Result<PublicId, StoreError> {
        let number = id.0.to_be_bytes();
        Ok(PublicId(front(
            self.shared.public_ids.keyed("statement", &[&number])?,
        )))
    }

    /// A keyed hash of these parts, for page tokens.
    pub fn page_seal(&self, parts: &[&[u8]]) -> Result<[u8; 32], StoreError> {
        self.shared.public_ids.keyed("page", parts)
    }
}

/// The first 128 bits of a hash.
fn front(hash: [u8; 32]) -> u128 {
    let [high, low] = [0, 8].map(|at| {
        hash[at..at + 8]
            .iter()
            .fold(0u64, |number, byte| (number << 8) | u64::from(*byte))
    });
    (u128::from(high) << 64) | u128::from(low)
}
