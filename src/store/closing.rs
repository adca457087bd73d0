//! What every commit ends with: its change event, its note in the chain of commits, its entry in the record of access,
//! and the head.

use super::backend::Table;
use super::error::StoreError;
use super::keys;
use super::overlay::Overlay;
use super::records::{CommitNote, State, encode};
use crate::model::audit::{AuditEntry, Changed, MOST_CHANGED};
use crate::model::change::ChangeEvent;
use crate::model::ids::{Revision, Subject, SubjectKind};
use sha2::{Digest, Sha256};

/// What the change event and the audit entry of a commit say.
pub struct Closing<'a> {
    /// Who, and what was asked.
    pub entry: AuditEntry,
    pub action: &'a str,
    pub now: i64,
    pub statements: u64,
    pub subjects: Vec<Subject>,
    /// Whether something else changed on which what is kept of waiting families rests: a place, a member's cautions.
    pub moves_families: bool,
}

/// Writes change event, note and entry of the next revision and moves the head there. The state itself is written once
/// for the whole batch, see `commit_overlay`.
pub fn close_commit(
    state: &mut State,
    overlay: &mut Overlay<'_>,
    closing: Closing<'_>,
) -> Result<(), StoreError> {
    let revision = next_revision(state);
    state.head = revision;
    state.committed_at = state.committed_at.max(closing.now);
    let is_family = |subject: &Subject| subject.kind() == SubjectKind::WaitingFamily;
    if closing.moves_families || closing.subjects.iter().any(is_family) {
        state.families = revision;
    }
    let audit = CommitNote {
        actor: closing.entry.actor.clone(),
        action: closing.action.to_owned(),
        committed_at: state.committed_at,
        subjects: closing.subjects.len() as u64,
        statements: closing.statements,
        previous: state.audit_hash,
    };
    let subjects = closing.subjects.iter().take(MOST_CHANGED);
    let mut changed = Changed {
        revision,
        statements: closing.statements,
        records: closing.subjects.len() as u64,
        subjects: subjects.copied().collect(),
        event: [0; 32],
    };
    let event = ChangeEvent {
        revision,
        committed_at: state.committed_at,
        action: closing.action.to_owned(),
        subjects: closing.subjects,
    };
    let audit = encode(&audit)?;
    state.audit_hash = Sha256::digest(&audit).into();
    overlay.put(Table::Audit, keys::revision(revision), audit);
    let event = encode(&event)?;
    changed.event = Sha256::digest(&event).into();
    overlay.put(Table::Changes, keys::revision(revision), event);
    overlay.add_entry(AuditEntry {
        changed: Some(changed),
        ..closing.entry
    });
    Ok(())
}

pub fn next_revision(state: &State) -> Revision {
    Revision {
        epoch: state.head.epoch,
        sequence: state.head.sequence + 1,
    }
}
