//! One moment of the store, for reading. The nouns (people, ties, cases, …) add their reads in files of their own.

use super::backend::{Deadline, GO_ON, KeyRange, Order, ReadView, Table, get};
use super::error::StoreError;
use super::families::FamilyCache;
use super::history::{self, History};
use super::index_keys;
use super::keys;
use super::open::Store;
use super::other_records::Document;
use super::records::{State, decode};
use super::stop::Stop;
use crate::model::ids::Revision;
use crate::model::partial_date::Day;
use std::time::Instant;

/// A consistent view: what is committed later does not show. Hold it for one question, not while a client reads.
pub struct Snapshot<'a> {
    pub(super) view: Box<dyn ReadView + 'a>,
    pub(super) state: State,
    pub(super) deadline: Deadline,
    stop: Stop,
    pub(super) day: Day,
    pub(super) families: &'a FamilyCache,
}

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

impl Store {
    /// The store as it is now.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, StoreError> {
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
            families: &self.shared.families,
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
            deadline: Deadline(stop.deadline()),
            stop: stop.clone(),
            ..self
        }
    }

    /// The same view; cautions that ended before this day are left out of nodes. Without it, today.
    pub fn as_of(self, day: Day) -> Self {
        Snapshot { day, ..self }
    }

    /// The numbers given to subjects so far, of all kinds.
    pub fn numbers(&self) -> std::ops::Range<u64> {
        1..self.state.next_subject
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
                self.stop.check()?;
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
