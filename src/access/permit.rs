//! The leave to run one workflow: who asks, and what exists for them.

use super::record::{Asked, CallRecord, unrecorded};
use crate::error::Error;
use crate::model::audit::{AuditEntry, Shown};
use crate::model::visibility::Visibility;
use crate::store::{Committed, Snapshot, Stop, Store, SubjectsRead, Transaction};
use std::sync::Arc;

/// A person costs some microseconds; looking costs a hundred times less.
const POSITIONS_A_LOOK: usize = 64;

/// Who asks and what they may see. There is one identity for now: whoever runs this program on this machine.
#[derive(Clone, Debug)]
pub struct Permit {
    actor: String,
    visibility: Visibility,
    stop: Stop,
    /// What the call has asked, shown and written so far; permits made of this one share it.
    record: Arc<CallRecord>,
}

impl Permit {
    /// The person who runs the program on this machine; sees everything in its own store.
    pub fn local_operator() -> Permit {
        Permit {
            actor: "local operator".to_owned(),
            visibility: Visibility::all(),
            stop: Stop::default(),
            record: Arc::default(),
        }
    }

    /// A permit that bypasses callers, with its reason.
    pub fn system(reason: &'static str) -> Permit {
        Permit {
            actor: format!("system: {reason}"),
            visibility: Visibility::all(),
            stop: Stop::default(),
            record: Arc::default(),
        }
    }

    /// The same permit for one call, whose entry in the record of access it opens.
    pub fn asking(self, asked: Asked) -> Permit {
        Permit {
            record: Arc::new(CallRecord::of(asked)),
            ..self
        }
    }

    /// The entry of this call as it stands. Without a call of its own, it is named after what is done.
    pub fn entry(&self, action: &str) -> AuditEntry {
        AuditEntry {
            actor: self.actor.clone(),
            ..self.record.entry(action)
        }
    }

    /// What was asked, and whom the call has shown and written.
    pub(super) fn record(&self) -> &CallRecord {
        &self.record
    }

    /// Notes that the call shows this, besides what its answer shows.
    pub fn shows(&self, shown: &Shown) {
        self.record.shows(shown);
    }

    /// Writes the entry of something that is shown otherwise than in an answer: a file, a list. Nothing of it may leave
    /// before.
    pub fn close_read(&self, store: &Store, action: &str, shown: &Shown) -> Result<(), Error> {
        let entry = self.entry(action).showing(shown);
        store.record(entry).map_err(|_| unrecorded())
    }

    /// A transaction of this caller, with the entry of the call.
    pub fn transaction(&self, action: &'static str) -> Transaction {
        Transaction {
            entry: Some(self.entry(action)),
            ..Transaction::new(self.actor(), action)
        }
    }

    /// Commits, and notes that the call's entry went into the commit.
    pub fn commit(&self, store: &Store, transaction: Transaction) -> Result<Committed, Error> {
        let committed = store.commit(transaction)?;
        if !committed.replayed {
            self.record.wrote(&committed);
        }
        Ok(committed)
    }

    /// The same permit, for work that must stop when it is told to.
    pub fn until(self, stop: Stop) -> Permit {
        Permit { stop, ..self }
    }

    /// The store as it is now, for as long as the work may go on.
    pub fn snapshot<'a>(&self, store: &'a Store) -> Result<Snapshot<'a>, Error> {
        self.stop.check()?;
        Ok(store.snapshot()?.with_stop(&self.stop))
    }

    /// The moment of a snapshot for one of many questions, and which subjects are read for it.
    pub fn recording<'s>(
        &self,
        snapshot: &'s Snapshot<'_>,
    ) -> Result<(Snapshot<'s>, Arc<SubjectsRead>), Error> {
        self.stop.check()?;
        Ok(snapshot.recording(&self.stop))
    }

    /// Fails once the work must stop.
    pub fn go_on(&self) -> Result<(), Error> {
        Ok(self.stop.check()?)
    }

    /// The same for long loops: it looks at one of so many positions only.
    pub fn go_on_at(&self, position: usize) -> Result<(), Error> {
        Ok(self.stop.check_at(position, POSITIONS_A_LOOK)?)
    }

    /// Tells engines whether nobody waits for the work any longer.
    pub fn is_unwanted(&self) -> Box<dyn Fn() -> bool> {
        let stop = self.stop.clone();
        Box::new(move || stop.check().is_err())
    }

    /// The same permit, seeing no more than this.
    pub fn limited_to(self, visibility: Visibility) -> Permit {
        Permit { visibility, ..self }
    }

    /// Who asks, as written into the audit entry.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    pub fn visibility(&self) -> &Visibility {
        &self.visibility
    }
}
