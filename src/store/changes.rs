//! What was committed when: the change feed, and the audit trail that belongs to it.

use super::backend::{GO_ON, Order, STOP, Table};
use super::error::StoreError;
use super::keys;
use super::open::Store;
use super::records::{CommitNote, RequestRecord, decode};
use super::snapshot::Snapshot;
use crate::model::change::ChangeEvent;
use crate::model::ids::Revision;

/// How long a request id is remembered, in seconds: 7 days.
pub const REQUEST_WINDOW: i64 = 7 * 24 * 60 * 60;

/// One commit in the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    pub revision: Revision,
    pub actor: String,
    pub action: String,
    /// Seconds since 1970-01-01 UTC.
    pub committed_at: i64,
    pub subjects: u64,
    pub statements: u64,
}

/// Gets commits in order, each with its value in the table read.
type CommitVisitor<'a> = &'a mut dyn FnMut(Revision, &[u8]) -> Result<(), StoreError>;

impl Snapshot<'_> {
    /// The commits after a revision, in order, at most `limit`.
    pub fn changes(&self, after: Revision, limit: usize) -> Result<Vec<ChangeEvent>, StoreError> {
        let mut events = Vec::new();
        self.revisions_after(Table::Changes, after, limit, &mut |_, value| {
            events.push(decode(value)?);
            Ok(())
        })?;
        Ok(events)
    }

    /// The audit trail after a revision, in order, at most `limit`.
    pub fn audit(&self, after: Revision, limit: usize) -> Result<Vec<AuditLine>, StoreError> {
        let mut lines = Vec::new();
        self.revisions_after(Table::Audit, after, limit, &mut |revision, value| {
            let entry: CommitNote = decode(value)?;
            lines.push(AuditLine {
                revision,
                actor: entry.actor,
                action: entry.action,
                committed_at: entry.committed_at,
                subjects: entry.subjects,
                statements: entry.statements,
            });
            Ok(())
        })?;
        Ok(lines)
    }

    /// The last commit at or before a time (seconds since 1970-01-01 UTC); nothing if there was none yet.
    pub fn revision_at(&self, time: i64) -> Result<Option<Revision>, StoreError> {
        let mut found = None;
        let all = keys::everything();
        self.view.scan(
            Table::Changes,
            &all,
            Order::Descending,
            self.deadline,
            &mut |_, value| {
                let event: ChangeEvent = decode(value)?;
                if event.committed_at > time {
                    return GO_ON;
                }
                found = Some(event.revision);
                STOP
            },
        )?;
        Ok(found)
    }

    fn revisions_after(
        &self,
        table: Table,
        after: Revision,
        limit: usize,
        visit: CommitVisitor<'_>,
    ) -> Result<(), StoreError> {
        let mut range = keys::everything();
        range.start = keys::revision(after).to_vec();
        let mut left = limit;
        self.view.scan(
            table,
            &range,
            Order::Ascending,
            self.deadline,
            &mut |key, value| {
                let revision = keys::parse_revision(key)
                    .ok_or_else(|| StoreError::damaged("unreadable key of a commit"))?;
                if revision == after {
                    return GO_ON;
                }
                if left == 0 {
                    return STOP;
                }
                left -= 1;
                visit(revision, value)?;
                GO_ON
            },
        )
    }
}

impl Store {
    /// Forgets request ids older than the window. Returns how many.
    pub fn purge_requests(&self, now: i64) -> Result<u64, StoreError> {
        let _alone = self.shared.writer();
        let view = self.shared.backend.snapshot();
        let mut batch = super::backend::Batch::default();
        let all = keys::everything();
        let deadline = super::backend::Deadline::NONE;
        view.scan(
            Table::Requests,
            &all,
            Order::Ascending,
            deadline,
            &mut |key, value| {
                let record: RequestRecord = decode(value)?;
                if record.committed_at < now.saturating_sub(REQUEST_WINDOW) {
                    batch.delete(Table::Requests, key);
                }
                GO_ON
            },
        )?;
        let purged = batch.writes.len() as u64;
        if purged > 0 {
            self.shared.backend.commit(batch)?;
        }
        Ok(purged)
    }
}
