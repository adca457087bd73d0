//! Undoing an import: every statement it made is withdrawn, or set back to what stood before; what others have changed
//! since is left. History stays. In batches, and taken up again where it was cut off.

use super::backend::{Deadline, GO_ON, Order, ReadView, Table, get};
use super::closing::{Closing, close_commit, next_revision};
use super::commit::{Writer, commit_overlay};
use super::error::StoreError;
use super::history::{self, History, Version};
use super::import::clear_cut_off_batch;
use super::import_journal::{ImportJournal, ImportState, read_journal, refused};
use super::keys;
use super::open::{Shared, Store};
use super::overlay::Overlay;
use super::rebuild;
use super::records::{RequestRecord, decode, encode, encode_block};
use super::refresh::refresh;
use super::stage::{committed_before, request_key};
use super::transaction::RequestId;
use crate::model::audit::AuditEntry;
use crate::model::change::ChangeEvent;
use crate::model::ids::{Revision, Subject};
use crate::model::statement::Statement;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What undoing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UndoSummary {
    pub revision: Revision,
    pub withdrawn: u64,
    /// Set back to the version before the import.
    pub restored: u64,
    /// Changed by somebody since, and left so.
    pub left: u64,
}

/// How far undoing has come: kept with each of its commits, so that one that was cut off counts nothing twice.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Undoing {
    /// Subjects that are done, in the order of their numbers.
    done: u64,
    summary: UndoSummary,
}

/// Subjects changed in one commit.
const SUBJECTS: usize = 2000;

impl Store {
    /// Whether there was ever an import of this id.
    pub fn has_import(&self, import_id: &str) -> Result<bool, StoreError> {
        let journal = read_journal(&*self.shared.backend.snapshot(), import_id)?;
        Ok(journal.is_some())
    }

    /// Undoes a finished or unfinished import. Other writers wait meanwhile. A request that did so before gets the same
    /// answer.
    pub fn undo_import(
        &self,
        import_id: &str,
        actor: &str,
        request: Option<&RequestId>,
    ) -> Result<UndoSummary, StoreError> {
        let mut writer = self.shared.writer();
        if let Some(request) = request
            && let Some(summary) = undone_before(&self.shared, actor, request)?
        {
            return Ok(summary);
        }
        let (mut journal, mut undoing) = begin(&self.shared, &mut writer, import_id)?;
        let subjects = subjects_of(&self.shared, &journal)?;
        let done = usize::try_from(undoing.done).unwrap_or(usize::MAX);
        for part in subjects.get(done..).unwrap_or_default().chunks(SUBJECTS) {
            undo_part(
                &self.shared,
                &mut writer,
                &journal,
                part,
                actor,
                &mut undoing,
            )?;
        }
        journal.state = ImportState::Undone;
        undoing.summary.revision = writer.state.head;
        let answer = request.map(|request| (actor, request));
        save(&self.shared, &mut writer, &journal, &undoing, answer)?;
        Ok(undoing.summary)
    }

    /// What undoing an import would do now. Changes nothing.
    pub fn would_undo_import(&self, import_id: &str) -> Result<UndoSummary, StoreError> {
        let view = self.shared.backend.snapshot();
        let journal = may_be_undone(&*view, import_id)?;
        let mut undoing = kept(&*view, &journal)?;
        let subjects = subjects_of(&self.shared, &journal)?;
        let done = usize::try_from(undoing.done).unwrap_or(usize::MAX);
        for number in subjects.get(done..).unwrap_or_default() {
            if let Some(history) = history::read(&*view, *number, Deadline::NONE)? {
                undone(&history, &journal, &mut undoing.summary);
            }
        }
        undoing.summary.revision = self.shared.writer().state.head;
        Ok(undoing.summary)
    }
}

#[cfg(test)]
impl Store {
    /// Undoes the first subjects of an import, as if it were cut off then.
    pub fn undo_in_part(&self, import_id: &str, count: usize) -> Result<(), StoreError> {
        let mut writer = self.shared.writer();
        let (journal, mut undoing) = begin(&self.shared, &mut writer, import_id)?;
        let subjects = subjects_of(&self.shared, &journal)?;
        let part = &subjects[..count];
        undo_part(
            &self.shared,
            &mut writer,
            &journal,
            part,
            "a tester",
            &mut undoing,
        )
    }
}

/// The answer that this request got when it was done; nothing if it was not done yet.
fn undone_before(
    shared: &Shared,
    actor: &str,
    request: &RequestId,
) -> Result<Option<UndoSummary>, StoreError> {
    let view = shared.backend.snapshot();
    let key = request_key(actor, &request.id);
    let before = committed_before(&*view, request, &key)?;
    before.map(|before| decode(&before.answer)).transpose()
}

/// The journal of an import that may be undone.
fn may_be_undone(view: &dyn ReadView, import_id: &str) -> Result<ImportJournal, StoreError> {
    let journal = read_journal(view, import_id)?;
    let journal = journal.ok_or_else(|| refused(import_id, "there is no such import"))?;
    match journal.state {
        ImportState::Undone => Err(refused(import_id, "has been undone before")),
        _ => Ok(journal),
    }
}

/// How far undoing had come when it was cut off.
fn kept(view: &dyn ReadView, journal: &ImportJournal) -> Result<Undoing, StoreError> {
    if journal.state != ImportState::Undoing {
        return Ok(Undoing::default());
    }
    let value = get(view, Table::Meta, &keys::import_undoing(&journal.import_id))?;
    value.map_or(Ok(Undoing::default()), |value| decode(&value))
}

/// Makes sure that everything derived is right, then notes that undoing has begun.
fn begin(
    shared: &Shared,
    writer: &mut Writer,
    import_id: &str,
) -> Result<(ImportJournal, Undoing), StoreError> {
    let view = shared.backend.snapshot();
    let mut journal = may_be_undone(&*view, import_id)?;
    let undoing = kept(&*view, &journal)?;
    if matches!(journal.state, ImportState::Loading | ImportState::Merging) {
        if let Some(load) = journal.loads.last() {
            clear_cut_off_batch(&*shared.backend, load)?;
        }
        rebuild::rebuild(shared, writer.state.next_subject)?;
    }
    journal.state = ImportState::Undoing;
    save(shared, writer, &journal, &undoing, None)?;
    Ok((journal, undoing))
}

/// Writes how far undoing has come, and at its end the answer to the request.
fn save(
    shared: &Shared,
    writer: &mut Writer,
    journal: &ImportJournal,
    undoing: &Undoing,
    answer: Option<(&str, &RequestId)>,
) -> Result<(), StoreError> {
    let view = shared.backend.snapshot();
    let mut overlay = Overlay::new(&*view);
    let (key, value) = journal.entry()?;
    overlay.put(Table::Meta, key, value);
    let key = keys::import_undoing(&journal.import_id);
    overlay.put(Table::Meta, key, encode(undoing)?);
    if let Some((actor, request)) = answer {
        let record = RequestRecord {
            payload: request.payload,
            revision: undoing.summary.revision,
            committed_at: writer.state.committed_at,
            subjects: Vec::new(),
            statements: Vec::new(),
            answer: encode(&undoing.summary)?,
        };
        let key = request_key(actor, &request.id);
        overlay.put(Table::Requests, key, encode(&record)?);
    }
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
    undoing: &mut Undoing,
) -> Result<(), StoreError> {
    let view = shared.backend.snapshot();
    let mut blocks: BTreeMap<Subject, Vec<Statement>> = BTreeMap::new();
    for number in numbers {
        if let Some(history) = history::read(&*view, *number, Deadline::NONE)? {
            let block = undone(&history, journal, &mut undoing.summary);
            if !block.is_empty() {
                blocks.insert(history.subject, block);
            }
        }
    }
    undoing.done += numbers.len() as u64;
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
    let key = keys::import_undoing(&journal.import_id);
    overlay.put(Table::Meta, key, encode(undoing)?);
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
