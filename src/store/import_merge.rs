//! What a bundle says of subjects that are known already. A fact that an earlier import brought, in its last version by an
//! import, is skipped, also if somebody has corrected it by hand since; so is one that stands as it is. A changed single
//! value becomes a new version.

use super::backend::{Deadline, ReadView, Table};
use super::commit::{Writer, commit_overlay};
use super::error::StoreError;
use super::history::{self, History, Version};
use super::import::ImportRequest;
use super::import_journal::{ImportJournal, ImportState, read_journals};
use super::import_plan::Plan;
use super::open::Shared;
use super::refresh::refresh_group;
use super::stage::Staging;
use super::stop::Stop;
use super::transaction::{StatementDraft, Transaction};
use crate::model::bundle::BundleFact;
use crate::model::ids::StatementId;
use crate::model::same_person::Verdict;
use crate::model::statement::{Evidence, Fact};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::mem::{Discriminant, discriminant};

/// How many statements were made, changed and found unchanged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Merged {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
}

impl Merged {
    pub fn add(&mut self, other: Merged) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
    }
}

/// Statements committed together.
const STATEMENTS: usize = 4096;

/// Adds what is new about these known subjects.
pub fn merge_known(
    shared: &Shared,
    writer: &mut Writer,
    journal: &mut ImportJournal,
    plan: &Plan<'_>,
    positions: &[usize],
    request: &ImportRequest,
) -> Result<Merged, StoreError> {
    let view = shared.backend.snapshot();
    let imports = standing_imports(&*view)?;
    let found: Vec<(Vec<StatementDraft>, Merged)> = positions
        .par_iter()
        .map(|position| look_at(&*view, plan, *position, &imports))
        .collect::<Result<_, StoreError>>()?;
    drop(view);
    let mut merged = Merged::default();
    let empty = || Transaction {
        entry: Some(request.audit_entry()),
        ..Transaction::new(&request.actor, "import")
    };
    let mut transaction = empty();
    for (position, (drafts, counts)) in positions.iter().zip(found) {
        merged.add(counts);
        for draft in drafts {
            transaction.add_statement(plan.subject(*position), draft);
        }
        if transaction.statements.len() >= STATEMENTS {
            let full = std::mem::replace(&mut transaction, empty());
            commit_with_journal(shared, writer, journal, &full)?;
        }
    }
    if !transaction.statements.is_empty() {
        commit_with_journal(shared, writer, journal, &transaction)?;
    }
    Ok(merged)
}

/// What would be new about the known subjects of a bundle.
pub fn try_known(view: &dyn ReadView, plan: &Plan<'_>, stop: &Stop) -> Result<Merged, StoreError> {
    let imports = standing_imports(view)?;
    let found: Vec<Merged> = plan
        .known
        .par_iter()
        .map(|position| {
            stop.check()?;
            Ok(look_at(view, plan, *position, &imports)?.1)
        })
        .collect::<Result<_, StoreError>>()?;
    let mut merged = Merged::default();
    found.into_iter().for_each(|one| merged.add(one));
    Ok(merged)
}

/// Every import that was not taken back.
fn standing_imports(view: &dyn ReadView) -> Result<Vec<ImportJournal>, StoreError> {
    let mut imports = read_journals(view)?;
    imports.retain(|import| import.state != ImportState::Undone);
    Ok(imports)
}

/// What a bundle says that is new of one known subject.
fn look_at(
    view: &dyn ReadView,
    plan: &Plan<'_>,
    position: usize,
    imports: &[ImportJournal],
) -> Result<(Vec<StatementDraft>, Merged), StoreError> {
    let number = plan.subject(position).number();
    let history = history::read(view, number, Deadline::NONE)?
        .ok_or_else(|| StoreError::damaged(format!("subject {number} has no header")))?;
    let facts = plan.bundle.facts(position)?;
    Ok(compare(plan, &history, &facts, imports))
}

/// Commits one transaction of an import together with its journal.
fn commit_with_journal(
    shared: &Shared,
    writer: &mut Writer,
    journal: &mut ImportJournal,
    transaction: &Transaction,
) -> Result<(), StoreError> {
    let view = shared.backend.snapshot();
    let mut staging = Staging::new(shared, &*view, writer.state.clone());
    let committed = staging.stage(transaction)?;
    journal.note(committed.revision);
    let (key, value) = journal.entry()?;
    staging.overlay.put(Table::Meta, key, value);
    refresh_group(&mut staging.overlay, &staging.changes)?;
    commit_overlay(shared, writer, staging.overlay, staging.state)
}

/// What is new in a bundle's facts of one subject.
fn compare(
    plan: &Plan<'_>,
    history: &History,
    facts: &[BundleFact],
    imports: &[ImportJournal],
) -> (Vec<StatementDraft>, Merged) {
    let imported = last_imported(history, imports);
    let standing = standing(history);
    let mut merged = Merged::default();
    let mut matched: HashSet<StatementId> = HashSet::new();
    let mut left = Vec::new();
    for fact in facts {
        let (content, evidence) = (plan.fact(fact.fact.clone()), plan.evidence(&fact.evidence));
        let same = |version: &&&Version| {
            version.statement.fact == content && version.statement.evidence == evidence
        };
        match imported.values().chain(standing.values()).find(same) {
            Some(version) => {
                matched.insert(version.id());
                merged.unchanged += 1;
            }
            None => left.push((content, fact)),
        }
    }
    let mut drafts = Vec::with_capacity(left.len());
    for (content, fact) in left {
        let earlier = single_slot(&content).and_then(|slot| {
            let fits = |version: &&&Version| {
                single_slot(version.fact()) == Some(slot)
                    && version.statement.evidence.steward == fact.evidence.steward
                    && !matched.contains(&version.id())
            };
            imported.values().find(fits).map(|version| version.id())
        });
        let earlier = match link_of_pair(history, &content) {
            Some(link) if is_decided(link.fact()) && !is_decided(&content) => {
                // An older file does not take back what somebody has decided.
                matched.insert(link.id());
                merged.unchanged += 1;
                continue;
            }
            Some(link) => Some(link.id()),
            None => earlier,
        };
        match earlier {
            Some(id) => {
                matched.insert(id);
                merged.changed += 1;
            }
            None => merged.new += 1,
        }
        drafts.push(draft(plan, earlier, content, &fact.evidence));
    }
    (drafts, merged)
}

/// The last version of each statement that an import made.
fn last_imported<'h>(
    history: &'h History,
    imports: &[ImportJournal],
) -> BTreeMap<StatementId, &'h Version> {
    history
        .versions
        .iter()
        .filter(|version| imports.iter().any(|import| import.made(version.revision)))
        .map(|version| (version.id(), version))
        .collect()
}

/// The last version of each statement that is not withdrawn.
fn standing(history: &History) -> BTreeMap<StatementId, &Version> {
    let versions = history.versions.iter();
    let mut last: BTreeMap<StatementId, &Version> =
        versions.map(|version| (version.id(), version)).collect();
    last.retain(|_, version| !version.statement.retracted);
    last
}

/// The link that stands already for the same two records: there is one for each pair.
fn link_of_pair<'h>(history: &'h History, fact: &Fact) -> Option<&'h Version> {
    let Fact::SamePerson(link) = fact else {
        return None;
    };
    history.live().find(
        |version| matches!(version.fact(), Fact::SamePerson(known) if known.other == link.other),
    )
}

fn is_decided(fact: &Fact) -> bool {
    matches!(fact, Fact::SamePerson(link) if link.verdict != Verdict::Undecided)
}

/// Of these a subject has one from each source of imports.
fn single_slot(fact: &Fact) -> Option<Discriminant<Fact>> {
    matches!(
        fact,
        Fact::Gender(_)
            | Fact::Birth { .. }
            | Fact::Death(_)
            | Fact::Place(_)
            | Fact::Nation(_)
            | Fact::Household { .. }
            | Fact::Case(_)
            | Fact::WaitingFamily(_)
    )
    .then(|| discriminant(fact))
}

fn draft(
    plan: &Plan<'_>,
    id: Option<StatementId>,
    fact: Fact,
    evidence: &Evidence,
) -> StatementDraft {
    StatementDraft {
        id,
        fact,
        source: plan.source(evidence).clone(),
        valid_from: evidence.valid_from,
        valid_to: evidence.valid_to,
        certainty: evidence.certainty,
        seal: evidence.seal,
        steward: evidence.steward,
        retracted: false,
    }
}
