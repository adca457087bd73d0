//! What is kept of each import, so that one that was cut off can be finished or undone, and a finished one undone.

use super::backend::{Deadline, GO_ON, Order, ReadView, Table, get};
use super::error::StoreError;
use super::keys;
use super::records::{decode, encode};
use crate::model::ids::Revision;
use serde::{Deserialize, Serialize};

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportState {
    /// New subjects are being loaded.
    Loading,
    /// New subjects are there; what the bundle says of known ones is being added.
    Merging,
    Finished,
    Undoing,
    Undone,
}

impl ImportState {
    /// Nothing is left to do.
    pub fn is_at_rest(self) -> bool {
        matches!(self, ImportState::Finished | ImportState::Undone)
    }
}

/// Numbers set aside for the new subjects of one load, in the order of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub first_subject: u64,
    pub subjects: u64,
    pub first_statement: u64,
    pub first_source: u64,
    pub sources: u64,
    /// One bit for each subject of the bundle: it was known before.
    pub known: Vec<u8>,
    /// How many of the new subjects are loaded.
    pub loaded: u64,
}

impl Load {
    pub fn end(&self) -> u64 {
        self.first_subject + self.subjects
    }
}

/// The journal of one import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportJournal {
    pub import_id: String,
    /// Of the bundle.
    pub digest: [u8; 32],
    pub state: ImportState,
    pub loads: Vec<Load>,
    /// First and last revision of each stretch of its commits.
    pub revisions: Vec<(Revision, Revision)>,
}

impl ImportJournal {
    /// Notes a commit of this import.
    pub fn note(&mut self, revision: Revision) {
        match self.revisions.last_mut() {
            Some((_, last))
                if last.epoch == revision.epoch && last.sequence + 1 == revision.sequence =>
            {
                *last = revision;
            }
            _ => self.revisions.push((revision, revision)),
        }
    }

    /// Whether a commit is one of this import.
    pub fn made(&self, revision: Revision) -> bool {
        self.revisions
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&revision))
    }

    pub fn entry(&self) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
        Ok((keys::import_journal(&self.import_id), encode(self)?))
    }
}

pub fn read_journal(
    view: &dyn ReadView,
    import_id: &str,
) -> Result<Option<ImportJournal>, StoreError> {
    let value = get(view, Table::Meta, &keys::import_journal(import_id))?;
    value.map(|value| decode(&value)).transpose()
}

/// The journal of this import, if it was begun before and not taken back. Refused while another one is not finished, and
/// for an id that stands for another content.
pub fn begun_before(
    view: &dyn ReadView,
    import_id: &str,
    digest: &[u8; 32],
) -> Result<Option<ImportJournal>, StoreError> {
    for other in read_journals(view)? {
        if !other.state.is_at_rest() && other.import_id != import_id {
            let reason = format!(
                "\"{}\" is not finished: finish or undo it first",
                other.import_id
            );
            return Err(refused(import_id, reason));
        }
    }
    let Some(found) = read_journal(view, import_id)? else {
        return Ok(None);
    };
    match found.state {
        ImportState::Undone => Ok(None),
        ImportState::Undoing => Err(refused(import_id, "is being undone: undo it again")),
        _ if found.digest != *digest => Err(refused(
            import_id,
            "stands for another content: choose another id",
        )),
        _ => Ok(Some(found)),
    }
}

pub fn refused(import_id: &str, reason: impl Into<String>) -> StoreError {
    StoreError::ImportRefused {
        import_id: import_id.to_owned(),
        reason: reason.into(),
    }
}

/// The journals of all imports, by id.
pub fn read_journals(view: &dyn ReadView) -> Result<Vec<ImportJournal>, StoreError> {
    let mut journals = Vec::new();
    let range = keys::import_journals();
    view.scan(
        Table::Meta,
        &range,
        Order::Ascending,
        Deadline::NONE,
        &mut |_, value| {
            journals.push(decode(value)?);
            GO_ON
        },
    )?;
    Ok(journals)
}
