//! The store as it was known at a revision, to be read like the present: the statements of later commits are left out, and
//! what is derived from the subjects that they touched is derived again. It costs what has changed since, not what there is.

use super::backend::{Deadline, GO_ON, KeyRange, Order, ReadView, Table, Taker, Visitor};
use super::derive::contributions;
use super::error::StoreError;
use super::history;
use super::import_journal::read_journals;
use super::keys;
use super::overlay::{Overlay, Writes};
use super::refresh::{refresh_index, refresh_records};
use super::snapshot::Snapshot;
use crate::model::ids::Revision;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Commits read together.
const COMMITS: usize = 256;

impl<'a> Snapshot<'a> {
    /// The same store as it was known after a revision. Fails while an import is not finished: what it has loaded so far
    /// is in no commit's list of subjects. Searching is not taken back.
    pub fn known_on(self, revision: Revision) -> Result<Snapshot<'a>, StoreError> {
        if revision >= self.state.head {
            return Ok(self.apart());
        }
        if !self.imports_at_rest()? {
            return Err(StoreError::Filling);
        }
        let mut overlay = Overlay::new(&*self.view);
        let changed = self.changed_after(revision)?;
        for &number in &changed {
            self.stop_check()?;
            take_back(&mut overlay, number, revision)?;
        }
        let mut affected = changed.clone();
        for &number in &changed {
            self.stop_check()?;
            let before = history::read(overlay.base(), number, Deadline::NONE)?;
            let after = history::read(&overlay, number, Deadline::NONE)?;
            for side in [&before, &after].into_iter().flatten() {
                contributions(side, &mut |contribution| {
                    affected.insert(contribution.other);
                });
            }
            refresh_index(&mut overlay, before.as_ref(), after.as_ref())?;
        }
        refresh_records(&mut overlay, &affected)?;
        overlay.keep();
        let writes = overlay.into_writes();
        let mut state = self.state.clone();
        state.head = revision;
        // What is kept of waiting families holds where nothing of them has changed since.
        let families = match self.state.families <= revision {
            true => Arc::clone(&self.families),
            false => Arc::default(),
        };
        let past = Snapshot {
            state,
            families,
            ..self
        };
        Ok(Snapshot {
            view: Box::new(Past {
                base: past.view,
                writes,
            }),
            ..past
        })
    }

    /// Whether every import is finished or taken back.
    pub fn imports_at_rest(&self) -> Result<bool, StoreError> {
        let journals = read_journals(&*self.view)?;
        Ok(journals.iter().all(|journal| journal.state.is_at_rest()))
    }

    /// The numbers of the subjects that later commits touched.
    pub fn changed_after(&self, revision: Revision) -> Result<BTreeSet<u64>, StoreError> {
        let mut changed = BTreeSet::new();
        let mut after = revision;
        loop {
            let events = self.changes(after, COMMITS)?;
            let Some(last) = events.last() else {
                return Ok(changed);
            };
            after = last.revision;
            for event in &events {
                changed.extend(event.subjects.iter().map(|subject| subject.number()));
            }
        }
    }
}

/// Removes what later commits said of a subject; the subject too, if one of them made it.
fn take_back(overlay: &mut Overlay<'_>, number: u64, revision: Revision) -> Result<(), StoreError> {
    let Some(known) = history::read(overlay.base(), number, Deadline::NONE)? else {
        return Ok(());
    };
    if known.header.created > revision {
        overlay.delete(Table::Statements, keys::header(number));
    }
    let later: BTreeSet<Revision> = known
        .versions
        .iter()
        .map(|version| version.revision)
        .filter(|made| *made > revision)
        .collect();
    for made in later {
        overlay.delete(Table::Statements, keys::block(number, made));
    }
    Ok(())
}

/// A view with other values in some places.
struct Past<'a> {
    base: Box<dyn ReadView + 'a>,
    writes: Writes,
}

impl ReadView for Past<'_> {
    fn get_many(
        &self,
        table: Table,
        keys: &[&[u8]],
        deadline: Deadline,
        visit: Taker<'_>,
    ) -> Result<(), StoreError> {
        let mut below = Vec::with_capacity(keys.len());
        let mut positions = Vec::with_capacity(keys.len());
        for (position, key) in keys.iter().enumerate() {
            match self.writes.get(&(table, key.to_vec())) {
                Some(value) => visit(position, value.as_deref())?,
                None => {
                    below.push(*key);
                    positions.push(position);
                }
            }
        }
        if below.is_empty() {
            return Ok(());
        }
        self.base
            .get_many(table, &below, deadline, &mut |position, value| {
                visit(positions[position], value)
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
        let span = (table, range.start.clone())..(table, range.end.clone());
        let mut writes = self.writes.range(span).peekable();
        if writes.peek().is_none() {
            return self.base.scan(table, range, order, deadline, visit);
        }
        let mut entries: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        self.base.scan(
            table,
            range,
            Order::Ascending,
            deadline,
            &mut |key, value| {
                entries.insert(key.to_vec(), value.to_vec());
                GO_ON
            },
        )?;
        for ((_, key), value) in writes {
            match value {
                Some(value) => entries.insert(key.clone(), value.clone()),
                None => entries.remove(key),
            };
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
