//! What was committed after a revision, with the public ids of what changed.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PublicId, Revision, SubjectKind};
use crate::store::Store;

/// One commit.
#[derive(Clone, Debug)]
pub struct Change {
    pub revision: Revision,
    /// Seconds since 1970-01-01 UTC.
    pub committed_at: i64,
    pub action: String,
    /// What may have changed: at most `MOST_NAMED`.
    pub subjects: Vec<(SubjectKind, PublicId)>,
    /// More changed than are named.
    pub more: bool,
}

/// How many subjects of one commit are named: an import changes millions.
pub const MOST_NAMED: usize = 1000;

/// The commits after a revision, oldest first, at most `limit`. `Error::OutOfRange` if the revision lies after the last
/// commit: it comes from another store, or from commits that were lost.
pub fn follow_changes(
    store: &Store,
    permit: &Permit,
    after: Revision,
    limit: usize,
) -> Result<Vec<Change>, Error> {
    let snapshot = permit.snapshot(store)?;
    if after > snapshot.revision() {
        return Err(Error::OutOfRange {
            field: "resume_token".to_owned(),
            reason: "is not of this store: read everything again, then go on from there".to_owned(),
        });
    }
    let events = snapshot.changes(after, limit)?;
    let mut changes = Vec::with_capacity(events.len());
    for event in events {
        let mut subjects = event.subjects;
        let more = subjects.len() > MOST_NAMED || subjects.is_empty();
        subjects.truncate(MOST_NAMED);
        let identities = snapshot.identities(&subjects)?;
        changes.push(Change {
            revision: event.revision,
            committed_at: event.committed_at,
            action: event.action,
            subjects: subjects
                .iter()
                .zip(identities)
                .filter_map(|(subject, ids)| Some((subject.kind(), ids?.public_id)))
                .collect(),
            more,
        });
    }
    Ok(changes)
}

/// The last commit.
pub fn last_revision(store: &Store, permit: &Permit) -> Result<Revision, Error> {
    Ok(permit.snapshot(store)?.revision())
}

/// The revision of the last commit, without reading: whether there is anything new to follow.
pub fn latest_revision(store: &Store) -> Revision {
    store.latest()
}
