//! The byte-level seam: tables of ordered keys, snapshots, one atomic conditional commit, bulk loading.
//! Reads take lists of keys. A read that could not be completed is an error, never a shorter answer.

pub mod memory;
pub mod rocksdb;
mod run;
pub mod sealed;

pub use run::Run;

use super::error::StoreError;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::time::Instant;

/// The tables. Each holds one kind of record, see `keys.rs` and `records.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    Meta,
    Statements,
    Nodes,
    Index,
    Sources,
    Changes,
    Audit,
    Requests,
    Search,
    Rematch,
    Access,
}

impl Table {
    pub const ALL: [Table; 11] = [
        Table::Meta,
        Table::Statements,
        Table::Nodes,
        Table::Index,
        Table::Sources,
        Table::Changes,
        Table::Audit,
        Table::Requests,
        Table::Search,
        Table::Rematch,
        Table::Access,
    ];

    /// The name on disk.
    pub fn name(self) -> &'static str {
        match self {
            Table::Meta => "meta",
            Table::Statements => "statements",
            Table::Nodes => "nodes",
            Table::Index => "index",
            Table::Sources => "sources",
            Table::Changes => "changes",
            Table::Audit => "audit",
            Table::Requests => "requests",
            Table::Search => "search",
            Table::Rematch => "rematch",
            Table::Access => "access",
        }
    }
}

/// Until when a read may take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deadline(pub Option<Instant>);

impl Deadline {
    pub const NONE: Deadline = Deadline(None);

    /// Fails once the deadline has passed.
    pub fn check(self) -> Result<(), StoreError> {
        match self.0 {
            Some(instant) if Instant::now() >= instant => Err(StoreError::DeadlinePassed),
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// What a scan's visitor answers: go on, stop, or fail.
pub type Visit = Result<ControlFlow<()>, StoreError>;

/// Go on.
pub const GO_ON: Visit = Ok(ControlFlow::Continue(()));
/// Enough seen.
pub const STOP: Visit = Ok(ControlFlow::Break(()));

/// Gets the position of a key in the list asked for, and its value.
pub type Taker<'a> = &'a mut dyn FnMut(usize, Option<&[u8]>) -> Result<(), StoreError>;

/// Gets the entries of a scan in order.
pub type Visitor<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> Visit;

/// Gets the position of a range and its entries in order.
pub type RangeVisitor<'a> = &'a mut dyn FnMut(usize, &[u8], &[u8]) -> Visit;

/// Bytes from `start` on, up to but without `end`.
pub type KeyRange = Range<Vec<u8>>;

/// One moment of the store.
pub trait ReadView: Send + Sync {
    /// Reads all keys in one call. `visit` gets the position in `keys` and the value, in no particular order.
    fn get_many(
        &self,
        table: Table,
        keys: &[&[u8]],
        deadline: Deadline,
        visit: Taker<'_>,
    ) -> Result<(), StoreError>;

    /// Visits the keys of a range in order.
    fn scan(
        &self,
        table: Table,
        range: &KeyRange,
        order: Order,
        deadline: Deadline,
        visit: Visitor<'_>,
    ) -> Result<(), StoreError>;

    /// Visits many ranges, each in order. A visitor that stops ends the range at hand only. `visit` gets the position of
    /// the range.
    fn scan_many(
        &self,
        table: Table,
        ranges: &[KeyRange],
        deadline: Deadline,
        visit: RangeVisitor<'_>,
    ) -> Result<(), StoreError> {
        for (position, range) in ranges.iter().enumerate() {
            self.scan(
                table,
                range,
                Order::Ascending,
                deadline,
                &mut |key, value| visit(position, key, value),
            )?;
        }
        Ok(())
    }
}

/// One value, copied.
pub fn get(view: &dyn ReadView, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    let mut found = None;
    view.get_many(table, &[key], Deadline::NONE, &mut |_, value| {
        found = value.map(<[u8]>::to_vec);
        Ok(())
    })?;
    Ok(found)
}

/// A key must have this value (nothing: be absent) for the batch to be applied.
#[derive(Clone, Debug)]
pub struct Condition {
    pub table: Table,
    pub key: Vec<u8>,
    pub expected: Option<Vec<u8>>,
}

/// Writes that are applied all or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub conditions: Vec<Condition>,
    /// Nothing as a value deletes the key.
    pub writes: Vec<(Table, Vec<u8>, Option<Vec<u8>>)>,
}

impl Batch {
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: Vec<u8>) {
        self.writes.push((table, key.into(), Some(value)));
    }

    pub fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.writes.push((table, key.into(), None));
    }
}

/// What a backend takes of memory and disk, in bytes, and how often reads found what they needed in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Usage {
    pub cache_hits: u64,
    pub cache_misses: u64,
    pub cache_bytes: u64,
    /// The log of what is not in tables yet.
    pub log_bytes: u64,
    pub table_bytes: u64,
    /// What is left on the disk; nothing for a backend without one.
    pub free_bytes: Option<u64>,
    /// The backend takes no writes for now.
    pub writes_stopped: bool,
}

/// Where the bytes are kept.
pub trait Backend: Send + Sync {
    fn snapshot(&self) -> Box<dyn ReadView + '_>;

    /// A snapshot to read very much through once: nothing that it reads is kept in the cache.
    fn bulk_snapshot(&self) -> Box<dyn ReadView + '_> {
        self.snapshot()
    }

    /// Applies the batch atomically and durably. `Ok(false)` if a condition did not hold.
    fn commit(&self, batch: Batch) -> Result<bool, StoreError>;

    /// Puts sorted runs into one table, durably but not atomically: a later commit must make them count. Runs may
    /// stand in any order; they must not overlap and hold each key once.
    fn bulk_put(&self, table: Table, runs: Vec<Run>) -> Result<(), StoreError>;

    /// Removes a whole range of one table, durably.
    fn clear(&self, table: Table, range: &KeyRange) -> Result<(), StoreError>;

    /// A consistent copy of all files in a new folder.
    fn checkpoint(&self, destination: &Path) -> Result<(), StoreError>;

    /// About how many bytes are stored.
    fn approximate_size(&self) -> u64;

    /// How often the log was synced to disk since opening.
    fn syncs(&self) -> u64;

    /// Writes all files anew, so that nothing of what was removed or replaced is left in them.
    fn rewrite(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// What the backend takes of memory and disk.
    fn usage(&self) -> Usage;
}

#[cfg(test)]
mod conformance;
