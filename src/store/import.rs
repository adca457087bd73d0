//! Imports: a checked bundle becomes statements, in batches that are each atomic and durable. Numbers are set aside in a
//! journal first, so that an import that was cut off is finished with the same ones. New people become visible together,
//! once all that the bundle says of them is in.

use super::backend::{Backend, Run, Table};
use super::closing::{Closing, close_commit, next_revision};
use super::commit::{Writer, commit_overlay, read_state};
use super::error::StoreError;
use super::import_journal::{
    ImportJournal, ImportState, Load, begun_before, read_journals, refused,
};
use super::import_merge::{Merged, merge_known, try_known};
use super::import_plan::{OWNER, Plan, check, digest, set_aside};
use super::keys;
use super::open::{Shared, Store};
use super::overlay::Overlay;
use super::public_ids::PublicIds;
use super::rebuild;
use super::records::{Header, State, encode, encode_block};
use super::refresh::refresh_records;
use super::stop::Stop;
use crate::model::audit::AuditEntry;
use crate::model::bundle::BundleContent;
use crate::model::ids::{Revision, StatementId, Subject};
use crate::model::statement::Statement;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

/// Which import, by whom, in what steps.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Chosen by the caller; one id stands for one content.
    pub import_id: String,
    pub actor: String,
    /// The entry of the call; made of the actor if there is none.
    pub entry: Option<AuditEntry>,
    /// How many subjects are committed together.
    pub subjects_a_batch: usize,
}

impl ImportRequest {
    pub fn new(import_id: impl Into<String>, actor: impl Into<String>) -> ImportRequest {
        ImportRequest {
            import_id: import_id.into(),
            actor: actor.into(),
            entry: None,
            subjects_a_batch: 50_000,
        }
    }

    /// The entry that the record gets of each of its commits.
    pub fn audit_entry(&self) -> AuditEntry {
        self.entry.clone().unwrap_or_else(|| AuditEntry {
            actor: self.actor.clone(),
            method: "import".to_owned(),
            ..AuditEntry::default()
        })
    }
}

/// What an import is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// "statements", "records", "known subjects", "change events".
    pub step: &'static str,
    pub done: u64,
    pub of: u64,
}

/// Hears of progress; `Break` stops the import after the present batch, to be resumed or undone.
pub type Progress<'a> = &'a mut dyn FnMut(ImportProgress) -> ControlFlow<()>;

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ImportSummary {
    pub revision: Revision,
    pub new_subjects: u64,
    pub known_subjects: u64,
    pub new_statements: u64,
    /// New versions of statements of earlier imports.
    pub changed_statements: u64,
    pub unchanged_statements: u64,
    /// It had been cut off before and was finished now.
    pub resumed: bool,
}

/// An import that was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfinishedImport {
    pub import_id: String,
    pub state: ImportState,
}

impl Store {
    /// Imports a bundle, or finishes importing it. Other writers wait meanwhile. Importing what is there already
    /// changes nothing; what is merely absent from the bundle is never withdrawn.
    pub fn import(
        &self,
        bundle: &dyn BundleContent,
        request: &ImportRequest,
        progress: Progress<'_>,
    ) -> Result<ImportSummary, StoreError> {
        check(bundle)?;
        let digest = digest(bundle)?;
        let mut import = Import {
            shared: &self.shared,
            writer: &mut self.shared.writer(),
            request,
            journal: ImportJournal {
                import_id: request.import_id.clone(),
                digest,
                state: ImportState::Loading,
                loads: Vec::new(),
                revisions: Vec::new(),
            },
            progress,
        };
        import.run(bundle)
    }

    /// What [`Store::import`] would do at this moment; changes nothing and holds nobody up.
    pub fn try_import(
        &self,
        bundle: &dyn BundleContent,
        import_id: &str,
        stop: &Stop,
    ) -> Result<ImportSummary, StoreError> {
        check(bundle)?;
        stop.check()?;
        let view = self.shared.backend.snapshot();
        begun_before(&*view, import_id, &digest(bundle)?)?;
        let mut state = read_state(&self.shared)?;
        let revision = state.head;
        let load = set_aside(bundle, &*view, &mut state)?;
        let plan = Plan::for_load(bundle, &*view, &load)?;
        let facts = |position: &usize| bundle.fact_count(*position) as u64;
        let new_statements: u64 = plan.new.iter().map(facts).sum();
        let merged = try_known(&*view, &plan, stop)?;
        Ok(ImportSummary {
            revision,
            new_subjects: plan.new.len() as u64,
            known_subjects: plan.known.len() as u64,
            new_statements: new_statements + merged.new,
            changed_statements: merged.changed,
            unchanged_statements: merged.unchanged,
            resumed: false,
        })
    }

    /// Imports that were cut off: to be finished with the same bundle, or undone.
    pub fn unfinished_imports(&self) -> Result<Vec<UnfinishedImport>, StoreError> {
        let journals = read_journals(&*self.shared.backend.snapshot())?;
        Ok(journals
            .into_iter()
            .filter(|journal| !journal.state.is_at_rest())
            .map(|journal| UnfinishedImport {
                import_id: journal.import_id,
                state: journal.state,
            })
            .collect())
    }
}

/// One import under way, with the writer's lock held.
struct Import<'a> {
    shared: &'a Shared,
    writer: &'a mut Writer,
    request: &'a ImportRequest,
    journal: ImportJournal,
    progress: Progress<'a>,
}

impl Import<'_> {
    fn run(&mut self, bundle: &dyn BundleContent) -> Result<ImportSummary, StoreError> {
        let resumed = self.begin(bundle)?;
        let load = self.journal.loads.last().cloned();
        let load = load.ok_or_else(|| StoreError::damaged("an import has no load"))?;
        let view = self.shared.backend.snapshot();
        let plan = Plan::for_load(bundle, &*view, &load)?;
        drop(view);
        let new_statements = self.load(&plan, &load)?;
        self.derive(&load, resumed)?;
        self.move_to(ImportState::Merging)?;
        let merged = self.merge(&plan)?;
        self.publish(&plan)?;
        Ok(ImportSummary {
            revision: self.writer.state.head,
            new_subjects: plan.new.len() as u64,
            known_subjects: plan.known.len() as u64,
            new_statements: new_statements + merged.new,
            changed_statements: merged.changed,
            unchanged_statements: merged.unchanged,
            resumed,
        })
    }

    /// Takes up the journal of an import that was cut off (true), or begins one.
    fn begin(&mut self, bundle: &dyn BundleContent) -> Result<bool, StoreError> {
        let view = self.shared.backend.snapshot();
        if let Some(found) = begun_before(&*view, &self.request.import_id, &self.journal.digest)? {
            self.journal = found;
            if self.journal.state != ImportState::Finished {
                return Ok(true);
            }
        }
        let mut state = self.writer.state.clone();
        self.journal
            .loads
            .push(set_aside(bundle, &*view, &mut state)?);
        self.journal.state = ImportState::Loading;
        self.save(Overlay::new(&*view), state)?;
        Ok(false)
    }

    fn refused(&self, reason: impl Into<String>) -> StoreError {
        refused(&self.request.import_id, reason)
    }

    /// Commits an overlay together with the journal.
    fn save(&mut self, mut overlay: Overlay<'_>, state: State) -> Result<(), StoreError> {
        let (key, value) = self.journal.entry()?;
        overlay.put(Table::Meta, key, value);
        commit_overlay(self.shared, self.writer, overlay, state)
    }

    fn move_to(&mut self, state: ImportState) -> Result<(), StoreError> {
        self.journal.state = state;
        let view = self.shared.backend.snapshot();
        self.save(Overlay::new(&*view), self.writer.state.clone())
    }

    fn report(&mut self, step: &'static str, done: usize, of: usize) -> Result<(), StoreError> {
        let progress = ImportProgress {
            step,
            done: done as u64,
            of: of as u64,
        };
        if (self.progress)(progress).is_break() {
            return Err(self.refused("was stopped: finish it with the same bundle, or undo it"));
        }
        Ok(())
    }

    /// Appends the statements of the new subjects, batch by batch. Returns how many.
    fn load(&mut self, plan: &Plan<'_>, load: &Load) -> Result<u64, StoreError> {
        if self.journal.state != ImportState::Loading {
            return Ok(0);
        }
        let backend = &*self.shared.backend;
        clear_cut_off_batch(backend, load)?;
        let sources = source_run(plan)?;
        backend.bulk_put(Table::Sources, vec![sources])?;
        let mut statements = 0;
        let mut start = load.loaded as usize;
        while start < plan.new.len() {
            let end = plan
                .new
                .len()
                .min(start + self.request.subjects_a_batch.max(1));
            statements += self.load_batch(plan, start..end)?;
            self.report("statements", end, plan.new.len())?;
            start = end;
        }
        Ok(statements)
    }

    fn load_batch(&mut self, plan: &Plan<'_>, batch: Range<usize>) -> Result<u64, StoreError> {
        const SUBJECTS: usize = 2048;
        let end = batch.end;
        let revision = next_revision(&self.writer.state);
        let chunks: Vec<usize> = batch.clone().step_by(SUBJECTS).collect();
        let public_ids = &self.shared.public_ids;
        let runs: Vec<Run> = chunks
            .into_par_iter()
            .map(|start| encode_new(plan, start..end.min(start + SUBJECTS), revision, public_ids))
            .collect::<Result<_, _>>()?;
        self.shared.backend.bulk_put(Table::Statements, runs)?;
        let facts = |position: &usize| plan.bundle.fact_count(*position) as u64;
        let statements = plan.new[batch].iter().map(facts).sum();
        if let Some(load) = self.journal.loads.last_mut() {
            load.loaded = end as u64;
        }
        // Who it concerns is told once the records are there, see `publish`.
        self.commit_step(statements, Vec::new())?;
        Ok(statements)
    }

    /// One revision of this import: audit entry, change event and journal.
    fn commit_step(&mut self, statements: u64, subjects: Vec<Subject>) -> Result<(), StoreError> {
        let view = self.shared.backend.snapshot();
        let mut overlay = Overlay::new(&*view);
        let mut state = self.writer.state.clone();
        let closing = Closing {
            entry: self.request.audit_entry(),
            action: "import",
            now: (self.shared.clock)(),
            statements,
            moves_families: !subjects.is_empty(),
            subjects,
        };
        close_commit(&mut state, &mut overlay, closing)?;
        self.journal.note(state.head);
        self.save(overlay, state)
    }

    /// Makes records and index entries of the new subjects, and of those they are tied to.
    fn derive(&mut self, load: &Load, resumed: bool) -> Result<(), StoreError> {
        if resumed {
            return rebuild::rebuild(self.shared, self.writer.state.next_subject);
        }
        let outside = rebuild::derive_range(
            self.shared,
            load.first_subject,
            load.end(),
            load.first_source,
        )?;
        let subjects: BTreeSet<u64> = outside.into_iter().collect();
        if !subjects.is_empty() {
            let view = self.shared.backend.snapshot();
            let mut overlay = Overlay::new(&*view);
            refresh_records(&mut overlay, &subjects)?;
            self.save(overlay, self.writer.state.clone())?;
        }
        self.report("records", load.subjects as usize, load.subjects as usize)
    }

    /// Adds what the bundle says of subjects that were known before.
    fn merge(&mut self, plan: &Plan<'_>) -> Result<Merged, StoreError> {
        let mut merged = Merged::default();
        let known = plan.known.len();
        let mut done = 0;
        for positions in plan.known.chunks(self.request.subjects_a_batch.max(1)) {
            let step = merge_known(
                self.shared,
                self.writer,
                &mut self.journal,
                plan,
                positions,
                self.request,
            )?;
            merged.add(step);
            done += positions.len();
            self.report("known subjects", done, known)?;
        }
        Ok(merged)
    }

    /// Tells whom the import concerns, now that it shows, and closes the journal.
    fn publish(&mut self, plan: &Plan<'_>) -> Result<(), StoreError> {
        for positions in plan.new.chunks(50_000) {
            let subjects = positions.iter().map(|p| plan.subject(*p)).collect();
            self.commit_step(0, subjects)?;
        }
        if let Some(last) = self.journal.loads.last_mut() {
            last.known = Vec::new();
        }
        self.journal.loads.retain(|load| load.subjects > 0);
        self.move_to(ImportState::Finished)
    }
}

/// Headers and blocks of some of the new subjects, sorted.
fn encode_new(
    plan: &Plan<'_>,
    batch: Range<usize>,
    revision: Revision,
    public_ids: &PublicIds,
) -> Result<Run, StoreError> {
    let mut run = Run::default();
    for nth in batch {
        let position = plan.new[nth];
        let subject = plan.subject(position);
        let external_id = plan.bundle.external_id(position);
        let public_id = match plan.bundle.public_id(position) {
            Some(given) => given,
            None => public_ids.of_external_id(subject.kind(), &external_id)?,
        };
        let number = subject.number();
        let header = Header::new(
            subject.kind(),
            public_id,
            vec![(OWNER, external_id)],
            revision,
        );
        run.push(&keys::header(number), &encode(&header)?);
        let facts = plan.bundle.facts(position)?.into_owned();
        let ids = plan.first_statements[nth]..;
        let statements: Vec<Statement> = facts
            .into_iter()
            .zip(ids)
            .map(|(fact, id)| Statement {
                id: StatementId(id),
                evidence: plan.evidence(&fact.evidence),
                fact: plan.fact(fact.fact),
                retracted: false,
            })
            .collect();
        if !statements.is_empty() {
            run.push(&keys::block(number, revision), &encode_block(&statements)?);
        }
    }
    Ok(run)
}

/// A batch counts once its journal is committed; blocks of one that was cut off before are removed.
pub(super) fn clear_cut_off_batch(backend: &dyn Backend, load: &Load) -> Result<(), StoreError> {
    let range = keys::blocks(load.first_subject + load.loaded, load.end());
    let mut any = false;
    let view = backend.snapshot();
    let deadline = super::backend::Deadline::NONE;
    let order = super::backend::Order::Ascending;
    view.scan(Table::Statements, &range, order, deadline, &mut |_, _| {
        any = true;
        super::backend::STOP
    })?;
    if any {
        backend.clear(Table::Statements, &range)?;
    }
    Ok(())
}

fn source_run(plan: &Plan<'_>) -> Result<Run, StoreError> {
    let mut run = Run::default();
    for (id, source) in &plan.new_sources {
        run.push(&keys::number(id.0), &encode(source)?);
    }
    run.sort();
    Ok(run)
}
