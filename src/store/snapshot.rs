//! One moment of the store, for reading. The nouns (people, ties, cases, …) add their reads in files of their own.

use super::backend::{Deadline, GO_ON, KeyRange, Order, ReadView, Table, Taker, Visitor, get};
use super::error::StoreError;
use super::families::FamilyCache;
use super::history::{self, History};
use super::index_keys;
use super::keys;
use super::open::Store;
use super::other_records::Document;
use super::recording::SubjectsRead;
use super::records::{State, decode};
use super::stop::Stop;
use crate::model::ids::Revision;
use crate::model::partial_date::Day;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// A consistent view: what is committed later does not show. Hold it for one question, not while a client reads.
pub struct Snapshot<'a> {
    pub(super) view: Box<dyn ReadView + 'a>,
    pub(super) state: State,
    pub(super) deadline: Deadline,
    pub(super) stop: Stop,
    pub(super) day: Day,
    pub(super) families: Arc<FamilyCache>,
    /// Notes the subjects read, where somebody asked for it.
    pub(super) read: Option<Arc<SubjectsRead>>,
}

/// How much was ever made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EverMade {
    /// Of all kinds.
    pub records: u64,
    /// Without their later versions.
    pub statements: u64,
    /// Seconds since 1970-01-01 UTC; nothing if nothing was committed.
    pub last_commit: Option<i64>,
}

/// A view whose reads end once the work must stop.
struct Stoppable<'a> {
    view: Box<dyn ReadView + 'a>,
    stop: Stop,
}

/// Values and entries between two looks at the stop.
const READ_A_LOOK: usize = 64;

impl ReadView for Stoppable<'_> {
    fn get_many(
        &self,
        table: Table,
        keys: &[&[u8]],
        deadline: Deadline,
        visit: Taker<'_>,
    ) -> Result<(), StoreError> {
        let mut read = 0;
        let mut looking = |position: usize, value: Option<&[u8]>| {
            self.stop.check_at(read, READ_A_LOOK)?;
            read += 1;
            visit(position, value)
        };
        self.view.get_many(table, keys, deadline, &mut looking)
    }

    fn scan(
        &self,
        table: Table,
        range: &KeyRange,
        order: Order,
        deadline: Deadline,
        visit: Visitor<'_>,
    ) -> Result<(), StoreError> {
        let mut read = 0;
        let mut looking = |key: &[u8], value: &[u8]| {
            self.stop.check_at(read, READ_A_LOOK)?;
            read += 1;
            visit(key, value)
        };
        self.view.scan(table, range, order, deadline, &mut looking)
    }
}

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

impl Store {
    /// The store as it is now.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, StoreError> {
        if self.shared.is_filling.load(Ordering::SeqCst) {
            return Err(StoreError::Filling);
        }
        let view = self.shared.backend.snapshot();
        let state = get(&*view, Table::Meta, keys::STATE)?
            .ok_or_else(|| StoreError::damaged("the store's counters are missing"))?;
        let today = (self.shared.clock)().div_euclid(SECONDS_A_DAY);
        Ok(Snapshot {
            view,
            state: decode(&state)?,
            deadline: Deadline::NONE,
            stop: Stop::default(),
            day: Day(i32::try_from(today).unwrap_or(i32::MAX)),
            families: Arc::clone(&self.shared.families),
            read: None,
        })
    }
}

impl Snapshot<'_> {
    /// The same view; reads fail with [`StoreError::DeadlinePassed`] from then on.
    pub fn with_deadline(self, deadline: Instant) -> Self {
        Snapshot {
            deadline: Deadline(Some(deadline)),
            ..self
        }
    }

    /// The same view; reads fail with [`StoreError::DeadlinePassed`] once the work must stop.
    pub fn with_stop(self, stop: &Stop) -> Self {
        Snapshot {
            view: Box::new(Stoppable {
                view: self.view,
                stop: stop.clone(),
            }),
            deadline: Deadline(stop.deadline()),
            stop: stop.clone(),
            ..self
        }
    }

    /// The same view; cautions that ended before this day are left out of nodes. Without it, today.
    pub fn as_of(self, day: Day) -> Self {
        Snapshot { day, ..self }
    }

    /// The same view with a memory of its own for waiting families: for work that goes on while they change.
    pub fn apart(self) -> Self {
        Snapshot {
            families: Arc::default(),
            ..self
        }
    }

    /// The numbers given to subjects so far, of all kinds.
    pub fn numbers(&self) -> std::ops::Range<u64> {
        1..self.state.next_subject
    }

    /// How much was ever made, and when something was committed last.
    pub fn ever_made(&self) -> EverMade {
        EverMade {
            records: self.state.next_subject - 1,
            statements: self.state.next_statement - 1,
            last_commit: (self.state.head.sequence > 0).then_some(self.state.committed_at),
        }
    }

    /// The day that questions are for.
    pub fn today(&self) -> Day {
        self.day
    }

    /// The last commit that shows.
    pub fn revision(&self) -> Revision {
        self.state.head
    }

    pub(super) fn stop_check(&self) -> Result<(), StoreError> {
        self.stop.check()
    }

    /// Values of many keys, in their order.
    pub(super) fn values<T>(
        &self,
        table: Table,
        keys: &[impl AsRef<[u8]>],
        mut read: impl FnMut(usize, &[u8]) -> Result<Option<T>, StoreError>,
    ) -> Result<Vec<Option<T>>, StoreError> {
        let mut values: Vec<Option<T>> = Vec::new();
        values.resize_with(keys.len(), || None);
        self.stop.check()?;
        let keys: Vec<&[u8]> = keys.iter().map(AsRef::as_ref).collect();
        self.view
            .get_many(table, &keys, self.deadline, &mut |position, value| {
                if let Some(value) = value {
                    values[position] = read(position, value)?;
                }
                Ok(())
            })?;
        Ok(values)
    }

    /// Every key of a range of the index that `read` makes something of.
    pub(super) fn index<T>(
        &self,
        range: &KeyRange,
        mut read: impl FnMut(index_keys::IndexKey, &[u8]) -> Result<Option<T>, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.stop.check()?;
        self.view.scan(
            Table::Index,
            range,
            Order::Ascending,
            self.deadline,
            &mut |key, value| {
                let key = index_keys::IndexKey::decode(key)
                    .ok_or_else(|| StoreError::damaged("unreadable key in the index"))?;
                found.extend(read(key, value)?);
                GO_ON
            },
        )?;
        Ok(found)
    }

    pub(super) fn history(&self, number: u64) -> Result<Option<History>, StoreError> {
        self.stop.check()?;
        history::read(&*self.view, number, self.deadline)
    }

    /// The documents of subjects, in their order.
    pub(super) fn documents(&self, numbers: &[u64]) -> Result<Vec<Option<Document>>, StoreError> {
        let keys: Vec<[u8; 8]> = numbers.iter().map(|number| keys::number(*number)).collect();
        self.values(Table::Nodes, &keys, |_, value| {
            Document::decode(value).map(Some)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::backend::Batch;
    use super::*;
    use crate::store::StoreOptions;

    const KEYS: u16 = 1000;

    fn store() -> Store {
        let store = Store::in_memory(&StoreOptions::default()).expect("a store");
        let mut batch = Batch::default();
        for key in 0..KEYS {
            batch.put(Table::Sources, key.to_be_bytes(), Vec::new());
        }
        store.shared.backend.commit(batch).expect("committed");
        store
    }

    #[test]
    fn long_reads_end_soon_after_they_are_told_to_stop() {
        let store = store();
        let (everything, mut seen) = (Vec::new()..vec![u8::MAX], 0);
        let stop = Stop::default();
        let snapshot = store.snapshot().expect("a snapshot").with_stop(&stop);
        let scanned = snapshot.view.scan(
            Table::Sources,
            &everything,
            Order::Ascending,
            Deadline::NONE,
            &mut |_, _| {
                seen += 1;
                stop.cancel();
                GO_ON
            },
        );
        assert!(matches!(scanned, Err(StoreError::DeadlinePassed)));
        assert!(seen <= READ_A_LOOK, "{seen} were read");

        let stop = Stop::default();
        let snapshot = store.snapshot().expect("a snapshot").with_stop(&stop);
        let keys: Vec<[u8; 2]> = (0..KEYS).map(u16::to_be_bytes).collect();
        let mut seen = 0;
        let read = snapshot.values::<()>(Table::Sources, &keys, |_, _| {
            seen += 1;
            stop.cancel();
            Ok(None)
        });
        assert!(matches!(read, Err(StoreError::DeadlinePassed)));
        assert!(seen <= READ_A_LOOK, "{seen} were read");
    }
}
