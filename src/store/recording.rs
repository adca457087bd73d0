//! A view that notes which subjects were read for one question: whatever is committed of others cannot change its answer.

use super::backend::{Deadline, KeyRange, Order, ReadView, Table, Taker, Visitor};
use super::error::StoreError;
use super::index_keys::tied_to_whom;
use super::keys;
use super::snapshot::Snapshot;
use super::stop::Stop;
use rustc_hash::FxHashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Stands for all waiting families together; no subject has this number.
pub const ALL_FAMILIES: u64 = 0;

/// The numbers of the subjects read so far.
#[derive(Debug, Default)]
pub struct SubjectsRead(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    numbers: FxHashSet<u64>,
    paused: bool,
}

impl SubjectsRead {
    /// All of them in order.
    pub fn numbers(&self) -> Vec<u64> {
        let mut numbers: Vec<u64> = self.noted().numbers.iter().copied().collect();
        numbers.sort_unstable();
        numbers
    }

    pub(super) fn note(&self, numbers: impl IntoIterator<Item = u64>) {
        let mut noted = self.noted();
        if !noted.paused {
            noted.numbers.extend(numbers);
        }
    }

    /// Reads for a cache that many questions share: what is read is not this question's.
    pub(super) fn unnoted<T>(&self, read: impl FnOnce() -> T) -> T {
        self.noted().paused = true;
        let value = read();
        self.noted().paused = false;
        value
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Recording<'a> {
    view: &'a dyn ReadView,
    read: Arc<SubjectsRead>,
}

impl ReadView for Recording<'_> {
    fn get_many(
        &self,
        table: Table,
        keys: &[&[u8]],
        deadline: Deadline,
        visit: Taker<'_>,
    ) -> Result<(), StoreError> {
        match table {
            Table::Nodes => self
                .read
                .note(keys.iter().filter_map(|key| keys::parse_number(key))),
            Table::Statements => self
                .read
                .note(keys.iter().filter_map(|key| number_at_front(key))),
            _ => {}
        }
        self.view.get_many(table, keys, deadline, visit)
    }

    fn scan(
        &self,
        table: Table,
        range: &KeyRange,
        order: Order,
        deadline: Deadline,
        visit: Visitor<'_>,
    ) -> Result<(), StoreError> {
        let number = match table {
            Table::Statements => number_at_front(&range.start),
            Table::Index => tied_to_whom(&range.start),
            _ => None,
        };
        self.read.note(number);
        self.view.scan(table, range, order, deadline, visit)
    }
}

fn number_at_front(key: &[u8]) -> Option<u64> {
    key.first_chunk::<8>()
        .map(|number| u64::from_be_bytes(*number))
}

impl Snapshot<'_> {
    /// The same moment for one question, and what is read for it.
    pub fn recording(&self, stop: &Stop) -> (Snapshot<'_>, Arc<SubjectsRead>) {
        let read = Arc::<SubjectsRead>::default();
        let view = Recording {
            view: &*self.view,
            read: Arc::clone(&read),
        };
        let snapshot = Snapshot {
            view: Box::new(view),
            state: self.state.clone(),
            deadline: self.deadline,
            stop: Stop::default(),
            day: self.day,
            families: Arc::clone(&self.families),
            read: Some(Arc::clone(&read)),
        };
        (snapshot.with_stop(stop), read)
    }
}
