//! Undoing an import: every statement it made is withdrawn, or set back to what stood before; what others have changed
//! since is left. History stays. In batches, and taken up again where it was cut off.

use super::backend::{Deadline, GO_ON, Order, Table};
use super::closing::{Closing, close_commit, next_revision};
use super::commit::{Writer, commit_overlay};
use super::error::StoreError;
use super::history::{self, History, Version};
use super::import::clear_cut_off_batch;
use super::import_journal::{ImportJournal, ImportState, read_journal};
use super::keys;
use super::open::{Shared, Store};
use super::overlay::Overlay;
use super::rebuild;
use super::records::{decode, encode_block};
use super::refresh::refresh;
use crate::model::audit::AuditEntry;
use crate::model::change::ChangeEvent;
use crate::model::ids::{Revision, Subject};
use crate::model::statement::Statement;
use std::collections::{BTreeMap, BTreeSet};

/// What undoing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct UndoSummary {
    pub revision: Revision,
    pub withdrawn: u64,
    /// Set back to the version before the import.
    pub restored: u64,
    /// Changed by somebody since, and left so.
    pub left: u64,
}

/// Subjects changed in one commit.
const SUBJECTS: usize = 2000;

impl Store {
    /// Undoes a finished or unfinished import. Other writers wait meanwhile.
    pub fn undo_import(&self, import_id: &str, actor: &str) -> Result<UndoSummary, StoreError> {
        let mut writer = self.shared.writer();
        let mut journal = begin(&self.shared, &mut writer, import_id)?;
        let mut summary = UndoSummary::default();
        let subjects = subjects_of(&self.shared, &journal)?;
        for part in subjects.chunks(SUBJECTS) {
            undo_part(
                &self.shared,
                &mut writer,
                &journal,
                part,
                actor,
                &mut summary,
            )?;
        }
        journal.state = ImportState::Undone;
        save(&self.shared, &mut writer, &journal)?;
        summary.revision = writer.state.head;
        Ok(summary)
    }
}

/// Makes sure that everything derived is right, then notes that undoing has begun.
fn begin(
    shared: &Shared,
    writer: &mut Writer,
    import_id: &str,
) -> Result<ImportJournal, StoreError> {
    let refused = |reason: &str| StoreError::ImportRefused {
        import_id: import_id.to_owned(),
        reason: reason.to_owned(),
    };
    let found = read_journal(&*shared.backend.snapshot(), import_id)?;
    let mut journal = found.ok_or_else(|| refused("there is no such import"))?;
    match journal.state {
        ImportState::Undone => return Err(refused("has been undone before")),
        ImportState::Loading | ImportState::Merging => {
            if let Some(load) = journal.loads.last() {
                clear_cut_off_batch(&*shared.backend, load)?;
            }
            rebuild::rebuild(shared, writer.state.next_subject)?;
        }
        ImportState::Finished | ImportState::Undoing => {}
    }
    journal.state = ImportState::Undoing;
    save(shared, writer, &journal)?;
    Ok(journal)
}

fn save(shared: &Shared, writer: &mut Writer, journal: &ImportJournal) -> Result<(), StoreError> {
    let view = shared.backend.snapshot();
    let mut overlay = Overlay::new(&*view);
    let (key, value) = journal.entry()?;
    overlay.put(Table::Meta, key, value);
    let state = writer.state.clone();
    commit_overlay(shared, writer, overlay, state)
}

/// The subjects that the import was new with, and those it told of in its change events.
fn subjects_of(shared: &Shared, journal: &ImportJournal) -> Result<Vec<u64>, StoreError> {
    let view = shared.backend.snapshot();
    let mut subjects: BTreeSet<u64> = journal
        .loads
        .iter()
        .flat_map(|load| load.first_subject..load.first_subject + load.loaded)
        .collect();
    for (first, last) in &journal.revisions {
        let mut range = keys::everything();
        range.start = keys::revision(*first).to_vec();
        let order = Order::Ascending;
        view.scan(
            Table::Changes,
            &range,
            order,
            Deadline::NONE,
            &mut |_, value| {
                let event: ChangeEvent = decode(value)?;
                if event.revision > *last {
                    return super::backend::STOP;
                }
                subjects.extend(event.subjects.iter().map(|subject| subject.number()));
                GO_ON
            },
        )?;
    }
    Ok(subjects.into_iter().collect())
}

fn undo_part(
    shared: &Shared,
    writer: &mut Writer,
    journal: &ImportJournal,
    numbers: &[u64],
    actor: &str,
    summary: &mut UndoSummary,
) -> Result<(), StoreError> {
    let view = shared.backend.snapshot();
    let mut blocks: BTreeMap<Subject, Vec<Statement>> = BTreeMap::new();
    for number in numbers {
        if let Some(history) = history::read(&*view, *number, Deadline::NONE)? {
            let block = undone(&history, journal, summary);
            if !block.is_empty() {
                blocks.insert(history.subject, block);
            }
        }
    }
    if blocks.is_empty() {
        return Ok(());
    }
    let mut overlay = Overlay::new(&*view);
    let mut state = writer.state.clone();
    let revision = next_revision(&state);
    for (subject, statements) in &blocks {
        let key = keys::block(subject.number(), revision);
        overlay.put(Table::Statements, key, encode_block(statements)?);
    }
    let closing = Closing {
        entry: AuditEntry {
            actor: actor.to_owned(),
            method: "undo_import".to_owned(),
            ..AuditEntry::default()
        },
        action: "undo_import",
        now: (shared.clock)(),
        statements: blocks.values().map(|block| block.len() as u64).sum(),
        subjects: blocks.keys().copied().collect(),
        moves_families: true,
    };
    close_commit(&mut state, &mut overlay, closing)?;
    let changed: BTreeSet<u64> = blocks.keys().map(|subject| subject.number()).collect();
    refresh(&mut overlay, &changed)?;
    commit_overlay(shared, writer, overlay, state)
}

/// The statements that take back what the import said of one subject.
fn undone(history: &History, journal: &ImportJournal, summary: &mut UndoSummary) -> Vec<Statement> {
    let mut versions: BTreeMap<_, Vec<&Version>> = BTreeMap::new();
    for version in &history.versions {
        versions.entry(version.id()).or_default().push(version);
    }
    let mut block = Vec::new();
    for versions in versions.values() {
        let Some(latest) = versions.last() else {
            continue;
        };
        if !journal.made(latest.revision) {
            let taken_back = latest.statement.retracted;
            let touched = versions
                .iter()
                .any(|version| journal.made(version.revision));
            summary.left += u64::from(touched && !taken_back);
            continue;
        }
        let before = versions
            .iter()
            .rev()
            .find(|version| !journal.made(version.revision));
        block.push(match before {
            Some(version) => {
                summary.restored += 1;
                version.statement.clone()
            }
            None => {
                summary.withdrawn += 1;
                Statement {
                    retracted: true,
                    ..latest.statement.clone()
                }
            }
        });
    }
    block
}
