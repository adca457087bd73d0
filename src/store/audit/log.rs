//! Entries on their way to disk. Whoever commits takes along all that wait; where nobody does, a thread of its own
//! commits them, so that a reader never waits for a long import.

use super::chain::{AuditKeys, Chain, place};
use crate::model::audit::{AuditEntry, AuditHead, HASH_BYTES};
use crate::model::ids::Revision;
use crate::store::backend::Batch;
use crate::store::error::StoreError;
use crate::store::head::HeadAnchor;
use crate::store::open::{Shared, Store};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Is told once the entry is on disk, or why it is not.
pub type EntryReply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

type Waiting = Vec<(AuditEntry, EntryReply)>;

/// The end of the chain, and what waits to be put there.
pub struct AuditLog {
    pub keys: AuditKeys,
    chain: Mutex<Ending>,
    waiting: Mutex<Queue>,
    arrived: Condvar,
}

/// The chain, and the file that names its last acknowledged entry.
struct Ending {
    chain: Chain,
    anchor: Option<HeadAnchor>,
}

#[derive(Default)]
struct Queue {
    entries: Waiting,
    closed: bool,
}

/// Entries written together at most.
const GROUP: usize = 1024;

impl AuditLog {
    pub fn new(keys: AuditKeys, chain: Chain, anchor: Option<HeadAnchor>) -> AuditLog {
        AuditLog {
            keys,
            chain: Mutex::new(Ending { chain, anchor }),
            waiting: Mutex::default(),
            arrived: Condvar::new(),
        }
    }

    fn ending(&self) -> MutexGuard<'_, Ending> {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The end of the chain.
    pub fn head(&self) -> AuditHead {
        self.ending().chain.head
    }

    /// Takes no more entries; those that wait are written.
    pub fn close(&self) {
        self.queue().closed = true;
        self.arrived.notify_all();
    }

    fn submit(&self, entry: AuditEntry, reply: EntryReply) {
        let mut queue = self.queue();
        if queue.closed {
            drop(queue);
            reply(Err(StoreError::Closed));
            return;
        }
        queue.entries.push((entry, reply));
        drop(queue);
        self.arrived.notify_one();
    }

    fn take(&self) -> Waiting {
        let mut queue = self.queue();
        let most = queue.entries.len().min(GROUP);
        queue.entries.drain(..most).collect()
    }

    /// Waits for entries. False once there will be none.
    fn wait(&self) -> bool {
        let mut queue = self.queue();
        while queue.entries.is_empty() {
            if queue.closed {
                return false;
            }
            queue = (self.arrived.wait(queue)).unwrap_or_else(PoisonError::into_inner);
        }
        true
    }
}

/// Commits a batch with its own entries and with those that wait. `Ok(false)` if a condition did not hold: nothing was
/// written, and those that waited are told so.
pub fn commit_with_entries(
    shared: &Shared,
    mut batch: Batch,
    own: Vec<AuditEntry>,
) -> Result<bool, StoreError> {
    let log = &shared.audit;
    let mut ending = log.ending();
    let (waiting, replies): (Vec<_>, Vec<_>) = log.take().into_iter().unzip();
    let entries: Vec<AuditEntry> = own.into_iter().chain(waiting).collect();
    if entries.is_empty() {
        return shared.backend.commit(batch);
    }
    let epoch = shared.latest().epoch;
    let written = (ending.chain)
        .put(&log.keys, epoch, (shared.clock)(), entries, &mut batch)
        .and_then(|moved| Ok((shared.backend.commit(batch)?, moved)));
    let (result, told) = match written {
        Ok((true, moved)) => {
            ending.chain.moved(moved);
            let head = place(&ending.chain.head);
            let noted = ending.anchor.as_mut().map_or(Ok(()), |it| it.note(head));
            match noted {
                Ok(()) => (Ok(true), None),
                Err(error) => (Err(error), Some("the head of the record cannot be noted")),
            }
        }
        Ok((false, _)) => {
            // An earlier commit reported a failure and was applied all the same.
            ending.chain = Chain::read(&*shared.backend.snapshot())?;
            (
                Ok(false),
                Some("an earlier commit ended in doubt: ask again"),
            )
        }
        Err(error) => {
            let detail = "the record of access cannot be written";
            (Err(error), Some(detail))
        }
    };
    drop(ending);
    for reply in replies {
        reply(match told {
            None => Ok(()),
            Some(detail) => Err(StoreError::Storage {
                detail: detail.to_owned(),
            }),
        });
    }
    result
}

/// Writes the entries that nobody takes along, until the log is closed.
pub fn run(shared: &Arc<Shared>) {
    while shared.audit.wait() {
        // Whoever waits has been told what went wrong.
        if let Err(error) = commit_with_entries(shared, Batch::default(), Vec::new()) {
            tracing::error!(%error, "the record of access could not be written");
        }
    }
}

impl Store {
    /// Writes an entry into the record of access, together with others. `reply` is told once it is on disk: nothing may
    /// be shown before.
    pub fn record_later(&self, entry: AuditEntry, reply: EntryReply) {
        if self.is_inspected() {
            reply(Err(StoreError::Closed));
            return;
        }
        self.shared.audit.submit(entry, reply);
    }

    /// The same, and waits.
    pub fn record(&self, entry: AuditEntry) -> Result<(), StoreError> {
        let (reply, answer) = sync_channel(1);
        let told = move |written| {
            // Whoever asked waits below.
            let _ = reply.send(written);
        };
        self.record_later(entry, Box::new(told));
        answer.recv().map_err(|_| StoreError::Closed)?
    }

    /// A keyed hash for the record: equal values give equal hashes, and nobody without the key learns more.
    pub fn audit_hash(&self, value: &[u8]) -> [u8; HASH_BYTES] {
        self.shared.audit.keys.hash(value)
    }

    /// The end of the record, signed.
    pub fn audit_head(&self) -> super::SignedHead {
        self.shared.audit.keys.sign(self.shared.audit.head())
    }

    /// How many entries there are.
    pub fn audit_entries(&self) -> u64 {
        self.shared.audit.head().sequence
    }
}

/// The place of the last entry, for the file that names it.
pub fn anchored(chain: &Chain) -> Revision {
    place(&chain.head)
}
