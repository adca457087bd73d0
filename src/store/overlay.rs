//! A snapshot with the writes of one commit group laid over it, so that later transactions of the group, and the records
//! derived at its end, see the earlier ones.

use super::backend::{Batch, Deadline, KeyRange, Order, ReadView, Table, Taker, Visitor};
use super::error::StoreError;
use crate::model::audit::AuditEntry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is written, by place; nothing where it is removed.
pub type Writes = BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>;

/// See the file's head. Writes of the transaction at hand can be dropped without touching those before it.
pub struct Overlay<'a> {
    base: &'a dyn ReadView,
    kept: Writes,
    open: Writes,
    /// Entries of the record, which get their place when the group is committed.
    kept_entries: Vec<AuditEntry>,
    open_entries: Vec<AuditEntry>,
    /// Values of the base that were read before they are asked for.
    fetched: HashMap<(Table, Vec<u8>), Option<Vec<u8>>>,
}

impl<'a> Overlay<'a> {
    pub fn new(base: &'a dyn ReadView) -> Overlay<'a> {
        Overlay {
            base,
            kept: Writes::new(),
            open: Writes::new(),
            kept_entries: Vec::new(),
            open_entries: Vec::new(),
            fetched: HashMap::new(),
        }
    }

    /// What was there before the group.
    pub fn base(&self) -> &'a dyn ReadView {
        self.base
    }

    /// Reads many values of the base at once, to have them when they are asked for one by one.
    pub fn fetch(
        &mut self,
        table: Table,
        keys: &BTreeSet<impl AsRef<[u8]>>,
    ) -> Result<(), StoreError> {
        let keys: Vec<&[u8]> = keys.iter().map(AsRef::as_ref).collect();
        let fetched = &mut self.fetched;
        self.base
            .get_many(table, &keys, Deadline::NONE, &mut |position, value| {
                let place = (table, keys[position].to_vec());
                fetched.insert(place, value.map(<[u8]>::to_vec));
                Ok(())
            })
    }

    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: Vec<u8>) {
        self.open.insert((table, key.into()), Some(value));
    }

    pub fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.open.insert((table, key.into()), None);
    }

    /// Adds an entry to the record of access.
    pub fn add_entry(&mut self, entry: AuditEntry) {
        self.open_entries.push(entry);
    }

    /// The entries kept.
    pub fn take_entries(&mut self) -> Vec<AuditEntry> {
        std::mem::take(&mut self.kept_entries)
    }

    /// Keeps the writes since the last call.
    pub fn keep(&mut self) {
        self.kept_entries.append(&mut self.open_entries);
        self.kept.extend(std::mem::take(&mut self.open));
    }

    /// Drops the writes since the last [`Overlay::keep`].
    pub fn drop_open(&mut self) {
        self.open.clear();
        self.open_entries.clear();
    }

    /// Everything kept.
    pub fn into_writes(self) -> Writes {
        self.kept
    }

    /// Everything kept, as one batch.
    pub fn into_batch(self) -> Batch {
        Batch {
            conditions: Vec::new(),
            writes: self
                .kept
                .into_iter()
                .map(|((table, key), value)| (table, key, value))
                .collect(),
        }
    }

    /// The value as written or fetched; nothing if the base must be asked.
    fn known(&self, table: Table, key: &[u8]) -> Option<&Option<Vec<u8>>> {
        let place = (table, key.to_vec());
        self.open
            .get(&place)
            .or_else(|| self.kept.get(&place))
            .or_else(|| self.fetched.get(&place))
    }
}

impl ReadView for Overlay<'_> {
    fn get_many(
        &self,
        table: Table,
        keys: &[&[u8]],
        deadline: Deadline,
        visit: Taker<'_>,
    ) -> Result<(), StoreError> {
        let mut unknown = Vec::new();
        for (position, key) in keys.iter().enumerate() {
            match self.known(table, key) {
                Some(value) => visit(position, value.as_deref())?,
                None => unknown.push(position),
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let below: Vec<&[u8]> = unknown.iter().map(|&position| keys[position]).collect();
        self.base
            .get_many(table, &below, deadline, &mut |position, value| {
                visit(unknown[position], value)
            })
    }

    /// Holds the range in memory: ranges read while committing are one subject's statements or ties.
    fn scan(
        &self,
        table: Table,
        range: &KeyRange,
        order: Order,
        deadline: Deadline,
        visit: Visitor<'_>,
    ) -> Result<(), StoreError> {
        let mut entries: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        self.base.scan(
            table,
            range,
            Order::Ascending,
            deadline,
            &mut |key, value| {
                entries.insert(key.to_vec(), value.to_vec());
                super::backend::GO_ON
            },
        )?;
        let span = (table, range.start.clone())..(table, range.end.clone());
        for writes in [&self.kept, &self.open] {
            for ((_, key), value) in writes.range(span.clone()) {
                match value {
                    Some(value) => entries.insert(key.clone(), value.clone()),
                    None => entries.remove(key),
                };
            }
        }
        let mut ordered: Vec<_> = entries.iter().collect();
        if order == Order::Descending {
            ordered.reverse();
        }
        for (key, value) in ordered {
            if visit(key, value)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::backend::memory::MemoryBackend;
    use super::super::backend::{Backend, get};
    use super::*;

    #[test]
    fn dropped_writes_leave_those_before() {
        let backend = MemoryBackend::default();
        let mut batch = Batch::default();
        batch.put(Table::Index, *b"a", b"1".to_vec());
        batch.put(Table::Index, *b"b", b"1".to_vec());
        backend.commit(batch).unwrap();
        let view = backend.snapshot();
        let mut overlay = Overlay::new(&*view);
        overlay.delete(Table::Index, *b"a");
        overlay.keep();
        overlay.put(Table::Index, *b"c", b"2".to_vec());
        overlay.delete(Table::Index, *b"b");
        overlay.drop_open();
        assert_eq!(get(&overlay, Table::Index, b"a").unwrap(), None);
        assert_eq!(
            get(&overlay, Table::Index, b"b").unwrap(),
            Some(b"1".to_vec())
        );
        let mut seen = Vec::new();
        overlay
            .scan(
                Table::Index,
                &(b"a".to_vec()..b"z".to_vec()),
                Order::Descending,
                Deadline::NONE,
                &mut |key, _| {
                    seen.push(key.to_vec());
                    super::super::backend::GO_ON
                },
            )
            .unwrap();
        assert_eq!(seen, [b"b".to_vec()]);
    }
}
