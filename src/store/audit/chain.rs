//! The chain: each entry is stored behind a keyed hash of itself and of the hash before it, so that none can be changed,
//! taken out or put elsewhere unseen, and nobody without the key can make another chain.

use super::heads::SignedHead;
use crate::model::audit::{AuditEntry, AuditHead, HASH_BYTES};
use crate::model::ids::Revision;
use crate::store::backend::{Batch, Condition, ReadView, Table, get};
use crate::store::error::StoreError;
use crate::store::key_file::{KeyId, KeyPurpose, Keys};
use crate::store::keys;
use crate::store::records::{decode, encode};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};

/// Bytes of the hash before each entry.
pub const ENTRY_HASH_BYTES: usize = 32;

/// What the record needs of the store's keys.
pub struct AuditKeys {
    mac: hmac::Key,
    signing: Ed25519KeyPair,
    signing_id: KeyId,
}

impl AuditKeys {
    pub fn of(keys: &Keys) -> Result<AuditKeys, StoreError> {
        // One key for the whole chain: hashes in old entries must stay comparable.
        let first = keys.all(KeyPurpose::Audit).min_by_key(|(id, _)| *id);
        let (_, secret) = first.ok_or_else(|| StoreError::damaged("a key is missing"))?;
        let (signing_id, seed) = keys.active(KeyPurpose::Signing)?;
        let signing = Ed25519KeyPair::from_seed_unchecked(seed)
            .map_err(|_| StoreError::damaged("the signing key cannot be used"))?;
        Ok(AuditKeys {
            mac: hmac::Key::new(hmac::HMAC_SHA256, secret),
            signing,
            signing_id,
        })
    }

    /// A keyed hash of something that was asked.
    pub fn hash(&self, value: &[u8]) -> [u8; HASH_BYTES] {
        let tag = hmac::sign(&self.mac, value);
        let mut short = [0; HASH_BYTES];
        short.copy_from_slice(&tag.as_ref()[..HASH_BYTES]);
        short
    }

    /// The hash of an entry at its place in the chain.
    pub fn link(&self, previous: &[u8; 32], key: &[u8], body: &[u8]) -> [u8; 32] {
        let mut mac = hmac::Context::with_key(&self.mac);
        mac.update(previous);
        mac.update(key);
        mac.update(body);
        let mut hash = [0; 32];
        hash.copy_from_slice(mac.sign().as_ref());
        hash
    }

    pub fn sign(&self, head: AuditHead) -> SignedHead {
        SignedHead::sign(head, self.signing_id, &self.signing)
    }
}

/// The end of the chain as it is stored, with its signature.
#[derive(Clone, Serialize, Deserialize)]
struct StoredHead {
    head: AuditHead,
    signed_with: KeyId,
    signature: Vec<u8>,
}

/// Where the next entry goes. Whoever holds it may commit entries.
pub struct Chain {
    pub head: AuditHead,
    /// The head as it is stored: a commit that finds another one is refused.
    stored: Option<Vec<u8>>,
}

impl Chain {
    /// The end of the chain in a store.
    pub fn read(view: &dyn ReadView) -> Result<Chain, StoreError> {
        let stored = get(view, Table::Meta, keys::AUDIT_HEAD)?;
        let head = match &stored {
            Some(value) => decode::<StoredHead>(value)?.head,
            None => AuditHead::default(),
        };
        Ok(Chain { head, stored })
    }

    /// Puts entries at the end of the chain into a batch. The chain itself stands still until [`Chain::moved`] is told.
    pub fn put(
        &self,
        keys: &AuditKeys,
        epoch: u32,
        at: i64,
        entries: Vec<AuditEntry>,
        batch: &mut Batch,
    ) -> Result<Moved, StoreError> {
        let mut head = self.head;
        head.epoch = epoch.max(head.epoch);
        head.at = at.max(head.at);
        for mut entry in entries {
            entry.at = head.at;
            head.sequence += 1;
            let key = keys::revision(place(&head));
            let body = encode(&entry)?;
            head.hash = keys.link(&head.hash, &key, &body);
            let mut value = Vec::with_capacity(ENTRY_HASH_BYTES + body.len());
            value.extend_from_slice(&head.hash);
            value.extend_from_slice(&body);
            batch.put(Table::Access, key, value);
        }
        let signed = keys.sign(head);
        let stored = encode(&StoredHead {
            head,
            signed_with: signed.key,
            signature: signed.signature.to_vec(),
        })?;
        batch.put(Table::Meta, keys::AUDIT_HEAD, stored.clone());
        batch.conditions.push(Condition {
            table: Table::Meta,
            key: keys::AUDIT_HEAD.to_vec(),
            expected: self.stored.clone(),
        });
        Ok(Moved { head, stored })
    }

    /// The batch is on disk.
    pub fn moved(&mut self, to: Moved) {
        self.head = to.head;
        self.stored = Some(to.stored);
    }
}

/// Where the chain ends once a batch is on disk.
pub struct Moved {
    head: AuditHead,
    stored: Vec<u8>,
}

/// The key of the last entry.
pub fn place(head: &AuditHead) -> Revision {
    Revision {
        epoch: head.epoch,
        sequence: head.sequence,
    }
}

/// The hash before an entry, and the entry's bytes.
pub fn split(value: &[u8]) -> Result<(&[u8; 32], &[u8]), StoreError> {
    value
        .split_first_chunk::<ENTRY_HASH_BYTES>()
        .ok_or_else(|| StoreError::damaged("an entry is cut off"))
}

/// The head as stored, if its signature holds; nothing if there is none.
pub fn stored_head(
    view: &dyn ReadView,
    keys: &AuditKeys,
) -> Result<Option<(AuditHead, bool)>, StoreError> {
    let Some(value) = get(view, Table::Meta, keys::AUDIT_HEAD)? else {
        return Ok(None);
    };
    let stored: StoredHead = decode(&value)?;
    // Ed25519 signs the same bytes the same way; a head that an older key signed is signed anew by the next entry.
    let holds = stored.signed_with != keys.signing_id
        || keys.sign(stored.head).signature.as_slice() == stored.signature.as_slice();
    Ok(Some((stored.head, holds)))
}
