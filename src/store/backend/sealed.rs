//! Values that nobody can read without the keys: a layer over another backend that seals each value (AES-256-GCM-SIV)
//! for its table and key, so that none can be put elsewhere. Keys of tables stay as they are, and so do the few values
//! that must be read before the keys are known. A value that the layer did not seal is damaged.

use super::{
    Backend, Batch, Condition, Deadline, GO_ON, KeyRange, Order, RangeVisitor, ReadView, Run, STOP,
    Table, Taker, Usage, Visitor,
};
use crate::store::error::StoreError;
use crate::store::key_file::{KeyId, KeyPurpose, Keys};
use crate::store::keys;
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use rayon::prelude::*;
use std::path::Path;

/// The first byte of a sealed value: the way in which it was sealed.
const WAY: u8 = 0xA1;
/// Way, key and nonce.
const FRONT: usize = 2 + NONCE_LEN;
const TAG: usize = 16;

/// Seals and opens values.
pub struct Sealer {
    keys: Vec<(KeyId, LessSafeKey)>,
    active: usize,
}

impl Sealer {
    pub fn of(keys: &Keys) -> Result<Sealer, StoreError> {
        let unusable = |_| StoreError::damaged("a key for values cannot be used");
        let mut made = Vec::new();
        for (id, secret) in keys.all(KeyPurpose::Data) {
            let key = UnboundKey::new(&AES_256_GCM_SIV, secret).map_err(unusable)?;
            made.push((id, LessSafeKey::new(key)));
        }
        let active = (0..made.len()).max_by_key(|position| made[*position].0);
        Ok(Sealer {
            active: active.ok_or_else(|| StoreError::damaged("a key is missing"))?,
            keys: made,
        })
    }

    pub fn seal(&self, table: Table, key: &[u8], value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (id, sealing) = &self.keys[self.active];
        let unsealed = |_| StoreError::Storage {
            detail: "a value could not be sealed".to_owned(),
        };
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(unsealed)?;
        let mut sealed = Vec::with_capacity(FRONT + value.len() + TAG);
        sealed.extend_from_slice(&[WAY, *id]);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(value);
        let place = place(table, key);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = sealing
            .seal_in_place_separate_tag(nonce, Aad::from(&place), &mut sealed[FRONT..])
            .map_err(unsealed)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens a value into this room.
    pub fn open<'r>(
        &self,
        table: Table,
        key: &[u8],
        sealed: &[u8],
        room: &'r mut Vec<u8>,
    ) -> Result<&'r [u8], StoreError> {
        let damaged = || {
            StoreError::damaged(format!(
                "a value of table {} cannot be opened: it is damaged, or of another place",
                table.name()
            ))
        };
        let (front, content) = sealed.split_at_checked(FRONT).ok_or_else(damaged)?;
        let [WAY, id, nonce @ ..] = front else {
            return Err(damaged());
        };
        let opening = self.keys.iter().find(|(known, _)| known == id);
        let (_, opening) = opening.ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        room.clear();
        room.extend_from_slice(content);
        let place = place(table, key);
        let opened = opening.open_in_place(nonce, Aad::from(&place), room);
        opened.map(|opened| &*opened).map_err(|_| damaged())
    }

    /// Whether a value was sealed with the key in use.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        let [way, id, ..] = sealed else {
            return false;
        };
        *way == WAY && *id == self.keys[self.active].0
    }

    fn seal_run(&self, table: Table, run: &Run) -> Result<Run, StoreError> {
        let mut sealed = Run::with_room(run.len(), run.size() + run.len() * (FRONT + TAG));
        for (key, value) in run.iter() {
            sealed.push(key, &self.seal(table, key, value)?);
        }
        Ok(sealed)
    }
}

/// What a value is bound to.
fn place(table: Table, key: &[u8]) -> Vec<u8> {
    let mut place = Vec::with_capacity(table.name().len() + 1 + key.len());
    place.extend_from_slice(table.name().as_bytes());
    place.push(b'/');
    place.extend_from_slice(key);
    place
}

/// What must be readable before the keys are known: the format, and whose keys are needed. Nothing personal.
pub fn is_clear(table: Table, key: &[u8]) -> bool {
    table == Table::Meta && [keys::FORMAT, keys::FINGERPRINTS, keys::SEALED].contains(&key)
}

/// Entries sealed together.
const PORTION: usize = 4096;

/// Seals every value that is not sealed with the key in use. A value counts as sealed if it can be opened; done again, it
/// goes on where it was cut off. Returns how many were sealed.
pub fn seal_all(backend: &dyn Backend, sealer: &Sealer) -> Result<u64, StoreError> {
    let mut sealed = 0;
    for table in Table::ALL {
        let mut range = keys::everything();
        loop {
            let (batch, last) = portion(backend, sealer, table, &range)?;
            sealed += batch.writes.len() as u64;
            if !batch.writes.is_empty() {
                backend.commit(batch)?;
            }
            let Some(mut last) = last else {
                break;
            };
            last.push(0);
            range.start = last;
        }
    }
    Ok(sealed)
}

/// The values of a portion of a table, sealed, and its last key; nothing at the end.
fn portion(
    backend: &dyn Backend,
    sealer: &Sealer,
    table: Table,
    range: &KeyRange,
) -> Result<(Batch, Option<Vec<u8>>), StoreError> {
    let (mut batch, mut last, mut seen) = (Batch::default(), None, 0);
    let mut room = Vec::new();
    let view = backend.bulk_snapshot();
    let order = Order::Ascending;
    view.scan(table, range, order, Deadline::NONE, &mut |key, value| {
        seen += 1;
        if !is_clear(table, key) {
            let opened = sealer.open(table, key, value, &mut room);
            let plain = match &opened {
                Ok(_) if sealer.is_current(value) => None,
                Ok(opened) => Some(*opened),
                Err(_) => Some(value),
            };
            if let Some(plain) = plain {
                batch.put(table, key, sealer.seal(table, key, plain)?);
            }
        }
        last = Some(key.to_vec());
        if seen < PORTION { GO_ON } else { STOP }
    })?;
    Ok((batch, last.filter(|_| seen == PORTION)))
}

/// A backend whose values are sealed.
pub struct SealedBackend<B> {
    inner: B,
    sealer: Sealer,
}

impl<B: Backend> SealedBackend<B> {
    pub fn new(inner: B, sealer: Sealer) -> SealedBackend<B> {
        SealedBackend { inner, sealer }
    }

    /// The condition on what is really stored; nothing if it does not hold.
    fn condition(&self, condition: Condition) -> Result<Option<Condition>, StoreError> {
        let Condition {
            table,
            key,
            expected,
        } = condition;
        let view = self.inner.snapshot();
        let present = super::get(&*view, table, &key)?;
        let mut room = Vec::new();
        let opened = match &present {
            Some(value) if !is_clear(table, &key) => {
                Some(self.sealer.open(table, &key, value, &mut room)?)
            }
            clear => clear.as_deref(),
        };
        Ok((opened == expected.as_deref()).then_some(Condition {
            table,
            key,
            expected: present,
        }))
    }

    fn view<'a>(&'a self, view: Box<dyn ReadView + 'a>) -> Box<dyn ReadView + 'a> {
        Box::new(SealedView {
            view,
            sealer: &self.sealer,
        })
    }
}

impl<B: Backend> Backend for SealedBackend<B> {
    fn snapshot(&self) -> Box<dyn ReadView + '_> {
        self.view(self.inner.snapshot())
    }

    fn bulk_snapshot(&self) -> Box<dyn ReadView + '_> {
        self.view(self.inner.bulk_snapshot())
    }

    fn commit(&self, batch: Batch) -> Result<bool, StoreError> {
        let mut sealed = Batch::default();
        for condition in batch.conditions {
            match self.condition(condition)? {
                Some(condition) => sealed.conditions.push(condition),
                None => return Ok(false),
            }
        }
        for (table, key, value) in batch.writes {
            let value = match value {
                Some(value) if !is_clear(table, &key) => {
                    Some(self.sealer.seal(table, &key, &value)?)
                }
                clear => clear,
            };
            sealed.writes.push((table, key, value));
        }
        self.inner.commit(sealed)
    }

    fn bulk_put(&self, table: Table, runs: Vec<Run>) -> Result<(), StoreError> {
        let sealed: Vec<Run> = runs
            .into_par_iter()
            .map(|run| self.sealer.seal_run(table, &run))
            .collect::<Result<_, _>>()?;
        self.inner.bulk_put(table, sealed)
    }

    fn clear(&self, table: Table, range: &KeyRange) -> Result<(), StoreError> {
        self.inner.clear(table, range)
    }

    fn checkpoint(&self, destination: &Path) -> Result<(), StoreError> {
        self.inner.checkpoint(destination)
    }

    fn approximate_size(&self) -> u64 {
        self.inner.approximate_size()
    }

    fn syncs(&self) -> u64 {
        self.inner.syncs()
    }

    fn rewrite(&self) -> Result<(), StoreError> {
        self.inner.rewrite()
    }

    fn usage(&self) -> Usage {
        self.inner.usage()
    }
}

struct SealedView<'a> {
    view: Box<dyn ReadView + 'a>,
    sealer: &'a Sealer,
}

impl ReadView for SealedView<'_> {
    fn get_many(
        &self,
        table: Table,
        keys: &[&[u8]],
        deadline: Deadline,
        visit: Taker<'_>,
    ) -> Result<(), StoreError> {
        let mut room = Vec::new();
        self.view
            .get_many(table, keys, deadline, &mut |position, value| {
                let key = keys[position];
                match value {
                    Some(sealed) if !is_clear(table, key) => {
                        let opened = self.sealer.open(table, key, sealed, &mut room)?;
                        visit(position, Some(opened))
                    }
                    clear => visit(position, clear),
                }
            })
    }

    fn scan(
        &self,
        table: Table,
        range: &KeyRange,
        order: Order,
        deadline: Deadline,
        visit: Visitor<'_>,
    ) -> Result<(), StoreError> {
        let mut room = Vec::new();
        self.view
            .scan(table, range, order, deadline, &mut |key, value| {
                if is_clear(table, key) {
                    return visit(key, value);
                }
                visit(key, self.sealer.open(table, key, value, &mut room)?)
            })
    }

    fn scan_many(
        &self,
        table: Table,
        ranges: &[KeyRange],
        deadline: Deadline,
        visit: RangeVisitor<'_>,
    ) -> Result<(), StoreError> {
        let mut room = Vec::new();
        self.view
            .scan_many(table, ranges, deadline, &mut |position, key, value| {
                if is_clear(table, key) {
                    return visit(position, key, value);
                }
                let opened = self.sealer.open(table, key, value, &mut room)?;
                visit(position, key, opened)
            })
    }
}
