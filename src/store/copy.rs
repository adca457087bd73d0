//! A whole store out of one snapshot, and a new store made of such a copy: the same statements, numbers, commits and
//! times. Answers kept for request ids are left out; records and indexes are derived, so they are made anew.

use super::backend::{Backend, Batch, Deadline, GO_ON, Order, Run, STOP, Table};
use super::bulk;
use super::commit::{Writer, read_state};
use super::error::StoreError;
use super::history;
use super::import_journal::{ImportJournal, ImportState, Load, read_journals};
use super::keys;
use super::open::{Store, StoreOptions};
use super::rebuild::rebuild;
use super::records::{CommitNote, Header, State, decode, encode, encode_block};
use super::snapshot::Snapshot;
use super::stage::fits;
use crate::model::change::ChangeEvent;
use crate::model::ids::{PublicId, Revision, SourceId};
use crate::model::statement::Source;
use crate::model::store_copy::{
    CopyBlock, CopyCommit, CopyHead, CopyImport, CopyLoad, CopyPart, CopySource, CopySubject,
};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::atomic::Ordering;

/// How many small records are read or written together.
const PORTION: usize = 4096;
/// How many pieces of subjects are held in memory at once.
const PIECES: usize = 4;

/// Takes the parts of a copy, in order.
pub type TakePart<'a, E> = &'a mut dyn FnMut(CopyPart) -> Result<(), E>;
/// Gives the parts of a copy, in order; nothing at the end.
pub type GivePart<'a, E> = &'a mut dyn FnMut() -> Result<Option<CopyPart>, E>;

/// Makes a part of the copy from a key and its value.
type ReadPart<'r> = dyn Fn(&Snapshot<'_>, &[u8], &[u8]) -> Result<CopyPart, StoreError> + 'r;

impl Snapshot<'_> {
    /// Everything in the store, sealed or not, part by part, as of this snapshot.
    pub fn copy<E: From<StoreError>>(&self, take: TakePart<'_, E>) -> Result<(), E> {
        let imports = self.copied_imports()?;
        take(CopyPart::Store(self.copied_head()?))?;
        self.each_portion(Table::Sources, take, &|_, key, value| {
            let number = keys::parse_number(key)
                .ok_or_else(|| StoreError::damaged("unreadable key in sources"))?;
            Ok(CopyPart::Source(CopySource {
                number: SourceId(number),
                source: decode(value)?,
            }))
        })?;
        self.each_portion(Table::Audit, take, &|snapshot, key, value| {
            snapshot.copied_commit(key, value).map(CopyPart::Commit)
        })?;
        for import in imports {
            take(CopyPart::Import(import))?;
        }
        for pieces in bulk::pieces(1, self.state.next_subject).chunks(PIECES) {
            let read: Vec<Vec<CopySubject>> = pieces
                .par_iter()
                .map(|piece| self.copied_subjects(piece.start, piece.end))
                .collect::<Result<_, StoreError>>()?;
            for subject in read.into_iter().flatten() {
                take(CopyPart::Subject(subject))?;
            }
        }
        Ok(())
    }

    fn copied_head(&self) -> Result<CopyHead, StoreError> {
        let key = super::backend::get(&*self.view, Table::Meta, keys::PUBLIC_ID_KEY)?
            .ok_or_else(|| StoreError::damaged("the key of public ids is missing"))?;
        let key: [u8; 32] = decode(&key)?;
        let state = &self.state;
        Ok(CopyHead {
            revision: state.head,
            committed_at: state.committed_at,
            next_subject: state.next_subject,
            next_statement: state.next_statement,
            next_source: state.next_source,
            families: state.families,
            audit_hash: to_hex(&state.audit_hash),
            public_id_key: to_hex(&key),
        })
    }

    /// Reads a table portion by portion, so that no scan stays open while the parts are taken.
    fn each_portion<E: From<StoreError>>(
        &self,
        table: Table,
        take: TakePart<'_, E>,
        read: &ReadPart<'_>,
    ) -> Result<(), E> {
        let mut range = keys::everything();
        loop {
            let mut portion = Vec::new();
            let mut last = Vec::new();
            let order = Order::Ascending;
            self.view
                .scan(table, &range, order, self.deadline, &mut |key, value| {
                    portion.push(read(self, key, value)?);
                    last = key.to_vec();
                    if portion.len() < PORTION { GO_ON } else { STOP }
                })?;
            let is_last = portion.len() < PORTION;
            portion.into_iter().try_for_each(&mut *take)?;
            if is_last {
                return Ok(());
            }
            last.push(0);
            range.start = last;
        }
    }

    fn copied_commit(&self, key: &[u8], value: &[u8]) -> Result<CopyCommit, StoreError> {
        let revision = keys::parse_revision(key)
            .ok_or_else(|| StoreError::damaged("unreadable key of a commit"))?;
        let entry: CommitNote = decode(value)?;
        let event = super::backend::get(&*self.view, Table::Changes, key)?
            .ok_or_else(|| StoreError::damaged("a commit has no change event"))?;
        let event: ChangeEvent = decode(&event)?;
        Ok(CopyCommit {
            revision,
            committed_at: entry.committed_at,
            actor: entry.actor,
            action: entry.action,
            statements: entry.statements,
            subjects: event.subjects,
        })
    }

    fn copied_imports(&self) -> Result<Vec<CopyImport>, StoreError> {
        let journals = read_journals(&*self.view)?;
        journals.into_iter().map(copied_import).collect()
    }

    fn copied_subjects(&self, first: u64, end: u64) -> Result<Vec<CopySubject>, StoreError> {
        let mut subjects = Vec::new();
        history::read_range(&*self.view, first, end, self.deadline, &mut |history| {
            let mut commits: Vec<CopyBlock> = Vec::new();
            for version in history.versions {
                match commits.last_mut() {
                    Some(block) if block.revision == version.revision => {
                        block.statements.push(version.statement);
                    }
                    _ => commits.push(CopyBlock {
                        revision: version.revision,
                        statements: vec![version.statement],
                    }),
                }
            }
            subjects.push(CopySubject {
                number: history.subject.number(),
                kind: history.header.kind,
                public_id: history.header.public_id().to_string(),
                created: history.header.created,
                external_ids: history.header.external_ids,
                commits,
            });
            Ok(())
        })?;
        Ok(subjects)
    }
}

/// Makes a store of a copy, in a folder that is new, empty or holds an empty store.
pub fn create_from_copy<E: From<StoreError>>(
    data: &Path,
    options: &StoreOptions,
    give: GivePart<'_, E>,
) -> Result<Store, E> {
    let store = Store::open_or_create(data, options)?;
    store.fill_from_copy(give)?;
    Ok(store)
}

impl Store {
    /// Takes a copy of a whole store into this one, which must be empty. Until all of it is read and found whole the
    /// store stays empty; what is derived is made at the end, or at the next opening if that is cut off. Nobody can
    /// read or write meanwhile: reads are told to come again, writers wait.
    pub fn fill_from_copy<E: From<StoreError>>(&self, give: GivePart<'_, E>) -> Result<(), E> {
        let mut writer = self.shared.writer();
        check_is_empty(&writer.state)?;
        self.shared.is_filling.store(true, Ordering::SeqCst);
        let filled = self.fill(&mut writer, give);
        let cleared = clear_strays(&*self.shared.backend, &writer.state);
        self.shared.is_filling.store(false, Ordering::SeqCst);
        filled?;
        Ok(cleared?)
    }

    /// What is wrong with a copy, if it were taken into this store now; changes nothing.
    pub fn check_copy<E: From<StoreError>>(&self, give: GivePart<'_, E>) -> Result<(), E> {
        check_is_empty(&read_state(&self.shared)?)?;
        read_all(None, give)?.check_end()?;
        Ok(())
    }

    fn fill<E: From<StoreError>>(
        &self,
        writer: &mut Writer,
        give: GivePart<'_, E>,
    ) -> Result<(), E> {
        let backend = &*self.shared.backend;
        let loading = read_all(Some(backend), give)?;
        let (state, key) = loading.finish(backend)?;
        self.shared.public_ids.set_key(key);
        writer.state = state;
        if let Some(anchor) = &mut writer.anchor {
            anchor.note(writer.state.head)?;
        }
        rebuild(&self.shared, writer.state.next_subject)?;
        Ok(())
    }
}

fn is_empty(state: &State) -> bool {
    state.head.sequence == 0 && state.next_subject == 1
}

/// Removes what a copy that was cut off has left in a store that is still empty, so that it never counts.
pub fn clear_strays(backend: &dyn Backend, state: &State) -> Result<(), StoreError> {
    if !is_empty(state) {
        return Ok(());
    }
    for table in [
        Table::Sources,
        Table::Statements,
        Table::Audit,
        Table::Changes,
    ] {
        let mut is_there = false;
        let (range, order) = (keys::everything(), Order::Ascending);
        backend
            .snapshot()
            .scan(table, &range, order, Deadline::NONE, &mut |_, _| {
                is_there = true;
                STOP
            })?;
        if is_there {
            backend.clear(table, &range)?;
        }
    }
    Ok(())
}

fn check_is_empty(state: &State) -> Result<(), StoreError> {
    if is_empty(state) {
        return Ok(());
    }
    let reason = "holds records already: a whole store is taken into an empty one only, as its numbers, commits and \
                  times are kept";
    Err(StoreError::invalid("store", reason))
}

/// Reads a copy to its end; what is not small goes into the backend, if there is one.
fn read_all<'a, E: From<StoreError>>(
    backend: Option<&'a dyn Backend>,
    give: GivePart<'_, E>,
) -> Result<Loading<'a>, E> {
    let Some(CopyPart::Store(head)) = give()? else {
        return Err(wrong("the first part is not the head of a store").into());
    };
    let mut loading = Loading::new(backend, &head)?;
    while let Some(part) = give()? {
        loading.add(part)?;
    }
    Ok(loading)
}

/// A copy on its way into a backend.
struct Loading<'a> {
    /// Without one the copy is only checked.
    backend: Option<&'a dyn Backend>,
    state: State,
    public_id_key: [u8; 32],
    sources: Run,
    audit: Run,
    changes: Run,
    subjects: Vec<CopySubject>,
    audit_hash: [u8; 32],
    commits: u64,
    last_revision: Revision,
    next_source: u64,
    next_subject: u64,
    meta: Batch,
}

impl<'a> Loading<'a> {
    fn new(backend: Option<&'a dyn Backend>, head: &CopyHead) -> Result<Loading<'a>, StoreError> {
        let state = State {
            head: head.revision,
            committed_at: head.committed_at,
            audit_hash: from_hex(&head.audit_hash)?,
            next_subject: head.next_subject,
            next_statement: head.next_statement,
            next_source: head.next_source,
            families: head.families,
        };
        Ok(Loading {
            backend,
            state,
            public_id_key: from_hex(&head.public_id_key)?,
            sources: Run::default(),
            audit: Run::default(),
            changes: Run::default(),
            subjects: Vec::new(),
            audit_hash: [0; 32],
            commits: 0,
            last_revision: Revision::default(),
            next_source: 0,
            next_subject: 1,
            meta: Batch::default(),
        })
    }

    fn add(&mut self, part: CopyPart) -> Result<(), StoreError> {
        match part {
            CopyPart::Store(_) => Err(wrong("it has two heads")),
            CopyPart::Source(source) => self.add_source(&source.source, source.number),
            CopyPart::Commit(commit) => self.add_commit(commit),
            CopyPart::Import(import) => {
                let (key, value) = journal(import)?.entry()?;
                self.meta.put(Table::Meta, key, value);
                Ok(())
            }
            CopyPart::Subject(subject) => self.add_subject(subject),
        }
    }

    fn add_source(&mut self, source: &Source, number: SourceId) -> Result<(), StoreError> {
        if number.0 < self.next_source || number.0 >= self.state.next_source {
            return Err(wrong(format!("source {} is out of order", number.0)));
        }
        self.next_source = number.0 + 1;
        self.sources.push(&keys::number(number.0), &encode(source)?);
        if self.sources.len() >= PORTION * PIECES {
            self.write_small()?;
        }
        Ok(())
    }

    fn add_commit(&mut self, commit: CopyCommit) -> Result<(), StoreError> {
        let revision = commit.revision;
        self.commits += 1;
        if revision <= self.last_revision || revision.sequence != self.commits {
            return Err(wrong(format!(
                "commit {} is out of order",
                revision.sequence
            )));
        }
        self.last_revision = revision;
        let audit = encode(&CommitNote {
            actor: commit.actor,
            action: commit.action.clone(),
            committed_at: commit.committed_at,
            subjects: commit.subjects.len() as u64,
            statements: commit.statements,
            previous: self.audit_hash,
        })?;
        self.audit_hash = Sha256::digest(&audit).into();
        let event = encode(&ChangeEvent {
            revision,
            committed_at: commit.committed_at,
            action: commit.action,
            subjects: commit.subjects,
        })?;
        self.audit.push(&keys::revision(revision), &audit);
        self.changes.push(&keys::revision(revision), &event);
        if self.audit.len() >= PORTION {
            self.write_small()?;
        }
        Ok(())
    }

    fn add_subject(&mut self, subject: CopySubject) -> Result<(), StoreError> {
        let number = subject.number;
        if number < self.next_subject || number >= self.state.next_subject {
            return Err(wrong(format!("subject {number} is out of order")));
        }
        self.next_subject = number + 1;
        self.subjects.push(subject);
        if self.subjects.len() >= PORTION * PIECES {
            self.write_subjects()?;
        }
        Ok(())
    }

    fn write_small(&mut self) -> Result<(), StoreError> {
        for (table, run) in [
            (Table::Sources, &mut self.sources),
            (Table::Audit, &mut self.audit),
            (Table::Changes, &mut self.changes),
        ] {
            let run = std::mem::take(run);
            if let (Some(backend), false) = (self.backend, run.is_empty()) {
                backend.bulk_put(table, vec![run])?;
            }
        }
        Ok(())
    }

    fn write_subjects(&mut self) -> Result<(), StoreError> {
        let state = &self.state;
        let runs: Vec<Run> = self
            .subjects
            .par_chunks(PORTION / 2)
            .map(|subjects| encode_subjects(subjects, state))
            .collect::<Result<_, _>>()?;
        self.subjects.clear();
        if let (Some(backend), false) = (self.backend, runs.is_empty()) {
            backend.bulk_put(Table::Statements, runs)?;
        }
        Ok(())
    }

    /// Refuses a copy whose end is not the one that its head names; writes what is still held.
    fn check_end(&mut self) -> Result<(), StoreError> {
        let head = self.state.head;
        if self.last_revision != head && head.sequence > 0 {
            return Err(wrong("its last commit is not the one that its head names"));
        }
        if self.audit_hash != self.state.audit_hash {
            return Err(wrong("its audit trail is not the one that its head names"));
        }
        self.write_small()?;
        self.write_subjects()
    }

    /// Makes everything count at once. Returns the state and the key of public ids.
    fn finish(mut self, backend: &dyn Backend) -> Result<(State, [u8; 32]), StoreError> {
        self.check_end()?;
        let mut batch = self.meta;
        batch.put(Table::Meta, keys::STATE, encode(&self.state)?);
        let key = encode(&self.public_id_key)?;
        batch.put(Table::Meta, keys::PUBLIC_ID_KEY, key);
        batch.put(Table::Meta, keys::REBUILDING, encode(&())?);
        backend.commit(batch)?;
        Ok((self.state, self.public_id_key))
    }
}

fn encode_subjects(subjects: &[CopySubject], state: &State) -> Result<Run, StoreError> {
    let mut run = Run::default();
    for subject in subjects {
        let number = subject.number;
        let fault = |what: &str| wrong(format!("subject {number} {what}"));
        let public_id: PublicId = subject
            .public_id
            .parse()
            .map_err(|_| fault("has no public id"))?;
        let external_ids = subject.external_ids.clone();
        let header = Header::new(subject.kind, public_id, external_ids, subject.created);
        run.push(&keys::header(number), &encode(&header)?);
        let mut last = Revision::default();
        for block in &subject.commits {
            if block.revision <= last || block.revision > state.head {
                return Err(fault("has commits out of order"));
            }
            last = block.revision;
            for statement in &block.statements {
                let is_known = statement.id.0 < state.next_statement
                    && statement.evidence.source.0 < state.next_source;
                let mut named_exist = true;
                statement.fact.clone().map_subjects(&mut |named| {
                    named_exist &= named.number() < state.next_subject;
                    named
                });
                if !is_known || !named_exist || !fits(subject.kind, &statement.fact) {
                    return Err(fault("has a statement that cannot be stored"));
                }
            }
            let value = encode_block(&block.statements)?;
            run.push(&keys::block(number, block.revision), &value);
        }
    }
    Ok(run)
}

fn copied_import(journal: ImportJournal) -> Result<CopyImport, StoreError> {
    if !journal.state.is_at_rest() {
        let import_id = journal.import_id;
        let reason = "is not finished: finish or undo it first".to_owned();
        return Err(StoreError::ImportRefused { import_id, reason });
    }
    let loads = journal.loads.iter().map(|load| CopyLoad {
        first_subject: load.first_subject,
        subjects: load.subjects,
        first_statement: load.first_statement,
        first_source: load.first_source,
        sources: load.sources,
        loaded: load.loaded,
    });
    Ok(CopyImport {
        loads: loads.collect(),
        import_id: journal.import_id,
        digest: to_hex(&journal.digest),
        undone: journal.state == ImportState::Undone,
        revisions: journal.revisions,
    })
}

fn journal(import: CopyImport) -> Result<ImportJournal, StoreError> {
    let loads = import.loads.iter().map(|load| Load {
        first_subject: load.first_subject,
        subjects: load.subjects,
        first_statement: load.first_statement,
        first_source: load.first_source,
        sources: load.sources,
        known: Vec::new(),
        loaded: load.loaded,
    });
    Ok(ImportJournal {
        loads: loads.collect(),
        digest: from_hex(&import.digest)?,
        import_id: import.import_id,
        state: if import.undone {
            ImportState::Undone
        } else {
            ImportState::Finished
        },
        revisions: import.revisions,
    })
}

fn wrong(reason: impl Into<String>) -> StoreError {
    StoreError::invalid("copy of a store", reason)
}

fn to_hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Result<[u8; 32], StoreError> {
    let fault = || wrong("a hash or key is not 64 hexadecimal figures");
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return Err(fault());
    }
    for (position, byte) in bytes.iter_mut().enumerate() {
        let figures = &text[2 * position..2 * position + 2];
        *byte = u8::from_str_radix(figures, 16).map_err(|_| fault())?;
    }
    Ok(bytes)
}
