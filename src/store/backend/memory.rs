//! The model store: ordered maps in memory with real snapshots. For tests and questions; nothing is kept on disk.

use super::{
    Backend, Batch, Deadline, KeyRange, Order, ReadView, Run, StoreError, Table, Taker, Usage,
    Visitor,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

type Tables = BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>;

/// A store in memory.
#[derive(Default)]
pub struct MemoryBackend {
    tables: Mutex<Arc<Tables>>,
    syncs: AtomicU64,
}

impl MemoryBackend {
    fn tables(&self) -> MutexGuard<'_, Arc<Tables>> {
        self.tables
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

struct MemoryView(Arc<Tables>);

impl ReadView for MemoryView {
    fn get_many(
        &self,
        table: Table,
        keys: &[&[u8]],
        deadline: Deadline,
        visit: Taker<'_>,
    ) -> Result<(), StoreError> {
        deadline.check()?;
        for (position, key) in keys.iter().enumerate() {
            let value = self.0.get(&table).and_then(|entries| entries.get(*key));
            visit(position, value.map(Vec::as_slice))?;
        }
        Ok(())
    }

    fn scan(
        &self,
        table: Table,
        range: &KeyRange,
        order: Order,
        deadline: Deadline,
        visit: Visitor<'_>,
    ) -> Result<(), StoreError> {
        if range.start >= range.end {
            return Ok(());
        }
        let Some(entries) = self.0.get(&table) else {
            return Ok(());
        };
        let mut entries = entries.range(range.clone());
        loop {
            deadline.check()?;
            let next = match order {
                Order::Ascending => entries.next(),
                Order::Descending => entries.next_back(),
            };
            let Some((key, value)) = next else {
                return Ok(());
            };
            if visit(key, value)?.is_break() {
                return Ok(());
            }
        }
    }
}

impl Backend for MemoryBackend {
    fn snapshot(&self) -> Box<dyn ReadView + '_> {
        Box::new(MemoryView(self.tables().clone()))
    }

    fn commit(&self, batch: Batch) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        for condition in &batch.conditions {
            let found = tables
                .get(&condition.table)
                .and_then(|t| t.get(&condition.key));
            if found != condition.expected.as_ref() {
                return Ok(false);
            }
        }
        let tables = Arc::make_mut(&mut tables);
        for (table, key, value) in batch.writes {
            let entries = tables.entry(table).or_default();
            match value {
                Some(value) => entries.insert(key, value),
                None => entries.remove(&key),
            };
        }
        self.syncs.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }

    fn bulk_put(&self, table: Table, runs: Vec<Run>) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let entries = Arc::make_mut(&mut tables).entry(table).or_default();
        for (key, value) in runs.iter().flat_map(Run::iter) {
            entries.insert(key.to_vec(), value.to_vec());
        }
        Ok(())
    }

    fn clear(&self, table: Table, range: &KeyRange) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let entries = Arc::make_mut(&mut tables).entry(table).or_default();
        entries.retain(|key, _| !range.contains(key));
        Ok(())
    }

    fn checkpoint(&self, _destination: &Path) -> Result<(), StoreError> {
        Err(StoreError::Storage {
            detail: "a store in memory cannot be backed up".to_owned(),
        })
    }

    fn approximate_size(&self) -> u64 {
        let size = |entries: &BTreeMap<Vec<u8>, Vec<u8>>| -> usize {
            entries.iter().map(|(k, v)| k.len() + v.len()).sum()
        };
        self.tables().values().map(size).sum::<usize>() as u64
    }

    fn usage(&self) -> Usage {
        Usage::default()
    }

    fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }
}
