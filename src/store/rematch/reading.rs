//! Reading what nightly runs found.

use super::keys;
use super::values::{decode_numbers, decode_outcomes};
use crate::model::ids::PersonId;
use crate::model::rematch::{ChildList, ListChange, Outcome, Run, RunNumber, RunScope, RunState};
use crate::store::backend::{GO_ON, KeyRange, Order, STOP, Table, get};
use crate::store::error::StoreError;
use crate::store::records::{decode, encode};
use crate::store::snapshot::Snapshot;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Gets the entries of a range in order.
type EntryVisitor<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError>;

fn unreadable() -> StoreError {
    StoreError::damaged("unreadable key of a nightly run")
}

impl Snapshot<'_> {
    /// One run; nothing if there is none of this number, or it is no longer kept.
    pub fn rematch_run(&self, number: RunNumber) -> Result<Option<Run>, StoreError> {
        get(&*self.view, Table::Rematch, &keys::run(number))?
            .map(|value| decode(&value))
            .transpose()
    }

    /// Runs before one, the newest first.
    pub fn rematch_runs(
        &self,
        before: Option<RunNumber>,
        limit: usize,
    ) -> Result<Vec<Run>, StoreError> {
        let mut range = keys::runs();
        if let Some(before) = before {
            range.end = keys::run(before);
        }
        let mut runs: Vec<Run> = Vec::new();
        if limit == 0 {
            return Ok(runs);
        }
        let newest_first = Order::Descending;
        self.view.scan(
            Table::Rematch,
            &range,
            newest_first,
            self.deadline,
            &mut |_, value| {
                runs.push(decode(value)?);
                if runs.len() == limit { STOP } else { GO_ON }
            },
        )?;
        Ok(runs)
    }

    /// The last run that was done.
    pub fn last_rematch(&self) -> Result<Option<Run>, StoreError> {
        self.last_run(|run| run.state == RunState::Done)
    }

    /// The last night that was done.
    pub fn last_night(&self) -> Result<Option<Run>, StoreError> {
        self.last_run(Run::is_night)
    }

    fn last_run(&self, wanted: impl Fn(&Run) -> bool) -> Result<Option<Run>, StoreError> {
        let mut found = None;
        let newest_first = Order::Descending;
        self.view.scan(
            Table::Rematch,
            &keys::runs(),
            newest_first,
            self.deadline,
            &mut |_, value| {
                found = Some(decode(value)?).filter(&wanted);
                if found.is_some() { STOP } else { GO_ON }
            },
        )?;
        Ok(found)
    }

    /// What a run says itself of children so far, by number, and in how many parts. A run between nights says nothing of
    /// those whom nothing touched.
    pub fn rematch_outcomes_of(&self, run: RunNumber) -> Result<(Vec<Outcome>, u64), StoreError> {
        let mut outcomes = Vec::new();
        let mut parts = 0;
        let range = keys::outcomes_of(run);
        self.ordered(&range, &mut |_, value| {
            outcomes.extend(decode_outcomes(run, value)?);
            parts += 1;
            Ok(())
        })?;
        Ok((outcomes, parts))
    }

    /// What holds of every child as of a run: what the night before it said, and what runs between nights said since.
    pub fn rematch_outcomes(
        &self,
        run: RunNumber,
    ) -> Result<BTreeMap<PersonId, Outcome>, StoreError> {
        let mut layers = Vec::new();
        let mut next = Some(run);
        while let Some(number) = next {
            let Some(run) = self.rematch_run(number)? else {
                break;
            };
            layers.push(self.rematch_outcomes_of(number)?.0);
            next = run.previous.filter(|_| run.scope == RunScope::Touched);
        }
        let mut holds = BTreeMap::new();
        for outcome in layers.into_iter().rev().flatten() {
            match outcome.is_gone() {
                true => holds.remove(&outcome.child),
                false => holds.insert(outcome.child, outcome),
            };
        }
        Ok(holds)
    }

    /// For each child, by number, which subjects were read for the list as of a run.
    pub fn rematch_reads(
        &self,
        until: RunNumber,
        visit: &mut dyn FnMut(PersonId, Vec<u64>),
    ) -> Result<(), StoreError> {
        let mut held: Option<(PersonId, Vec<u8>)> = None;
        let mut give = |held: Option<(PersonId, Vec<u8>)>| -> Result<(), StoreError> {
            if let Some((child, value)) = held {
                visit(child, decode_numbers(&value)?);
            }
            Ok(())
        };
        self.ordered(&keys::reads(), &mut |key, value| {
            let (child, run) = keys::parse_of_child(key).ok_or_else(unreadable)?;
            if run > until {
                return Ok(());
            }
            let last = held.replace((child, value.to_vec()));
            give(last.filter(|(other, _)| *other != child))
        })?;
        give(held)
    }

    /// A child's list as of a run, with the run that first had it.
    pub fn rematch_list(
        &self,
        child: PersonId,
        run: RunNumber,
    ) -> Result<Option<(RunNumber, ChildList)>, StoreError> {
        let found = self.last_of_child(&keys::lists_until(child, run))?;
        found
            .map(|(run, value)| Ok((run, decode(&value)?)))
            .transpose()
    }

    /// The numbers of the subjects that were read for a child's list as of a run.
    pub fn rematch_read(&self, child: PersonId, run: RunNumber) -> Result<Vec<u64>, StoreError> {
        let found = self.last_of_child(&keys::reads_until(child, run))?;
        found.map_or_else(|| Ok(Vec::new()), |(_, value)| decode_numbers(&value))
    }

    /// What changed in a run, by child, from one child on.
    pub fn rematch_changes(
        &self,
        run: RunNumber,
        from: PersonId,
        limit: usize,
    ) -> Result<Vec<(PersonId, Vec<ListChange>)>, StoreError> {
        let mut range = keys::changes_of(run);
        range.start = keys::changes(run, from);
        let mut found = Vec::new();
        if limit == 0 {
            return Ok(found);
        }
        let order = Order::Ascending;
        self.view.scan(
            Table::Rematch,
            &range,
            order,
            self.deadline,
            &mut |key, value| {
                let (_, child) = keys::parse_changes(key).ok_or_else(unreadable)?;
                found.push((child, decode(value)?));
                if found.len() == limit { STOP } else { GO_ON }
            },
        )?;
        Ok(found)
    }

    /// The short word that lists name by this CRC-32.
    pub fn rematch_word(&self, checksum: u32) -> Result<Option<String>, StoreError> {
        get(&*self.view, Table::Rematch, &keys::word(checksum))?
            .map(|value| decode(&value))
            .transpose()
    }

    /// How many bytes the keys and values of the whole table have, before they are packed.
    pub fn rematch_bytes(&self) -> Result<u64, StoreError> {
        let mut bytes = 0;
        self.ordered(&crate::store::keys::everything(), &mut |key, value| {
            bytes += (key.len() + value.len()) as u64;
            Ok(())
        })?;
        Ok(bytes)
    }

    /// SHA-256 of the whole table but for the times at which runs began and ended: two stores in which the same runs found
    /// the same have the same.
    pub fn rematch_digest(&self) -> Result<[u8; 32], StoreError> {
        let mut hash = Sha256::new();
        self.ordered(&crate::store::keys::everything(), &mut |key, value| {
            let mut value = value.to_vec();
            if keys::runs().contains(&key.to_vec()) {
                let run: Run = decode(&value)?;
                value = encode(&Run {
                    began: 0,
                    ended: run.ended.map(|_| 0),
                    ..run
                })?;
            }
            for part in [key, &value] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
            Ok(())
        })?;
        Ok(hash.finalize().into())
    }

    fn last_of_child(&self, range: &KeyRange) -> Result<Option<(RunNumber, Vec<u8>)>, StoreError> {
        let mut found = None;
        let order = Order::Descending;
        self.view.scan(
            Table::Rematch,
            range,
            order,
            self.deadline,
            &mut |key, value| {
                let (_, run) = keys::parse_of_child(key).ok_or_else(unreadable)?;
                found = Some((run, value.to_vec()));
                STOP
            },
        )?;
        Ok(found)
    }

    pub(super) fn ordered(
        &self,
        range: &KeyRange,
        visit: EntryVisitor<'_>,
    ) -> Result<(), StoreError> {
        let order = Order::Ascending;
        self.view.scan(
            Table::Rematch,
            range,
            order,
            self.deadline,
            &mut |key, value| {
                visit(key, value)?;
                GO_ON
            },
        )
    }
}
