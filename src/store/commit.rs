//! The committer: one thread that takes what writers hand in, up to 256 transactions at a time, and makes of each group
//! one atomic, synced batch. Only then are the writers answered.

use super::audit::commit_with_entries;
use super::backend::{Condition, ReadView, Table, get};
use super::error::StoreError;
use super::head::HeadAnchor;
use super::keys;
use super::open::Shared;
use super::overlay::Overlay;
use super::records::{State, decode, encode};
use super::refresh::refresh_group;
use super::stage::Staging;
use super::transaction::{Committed, Transaction};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::{Duration, Instant};

/// A transaction and where its answer goes.
pub struct Submission {
    pub transaction: Transaction,
    pub reply: SyncSender<Result<Committed, StoreError>>,
}

/// What only the holder of the writer's lock may use.
pub struct Writer {
    pub state: State,
    /// Nothing for a store in memory.
    pub anchor: Option<HeadAnchor>,
}

const GROUP: usize = 256;

/// Serves until the last sender is gone.
pub fn run(shared: &Arc<Shared>, submissions: &Receiver<Submission>) {
    while let Ok(first) = submissions.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = submissions.try_recv()
        {
            group.push(next);
        }
        let (transactions, replies): (Vec<_>, Vec<_>) = group
            .into_iter()
            .map(|submission| (submission.transaction, submission.reply))
            .unzip();
        let results = commit_group(shared, &mut shared.writer(), &transactions);
        for (reply, result) in replies.into_iter().zip(results) {
            // A writer that went away does not want the answer.
            let _ = reply.send(result);
        }
    }
}

/// A batch that was written and synced.
#[derive(Clone, Copy, Debug)]
pub struct CommittedGroup {
    /// The transactions in it; none for a part of an import.
    pub commits: u64,
    /// How long writing and syncing took.
    pub took: Duration,
}

/// Is told of every batch.
pub type CommitObserver = Box<dyn Fn(CommittedGroup) + Send + Sync>;

type Results = Vec<Result<Committed, StoreError>>;

/// Commits a group in one batch. If what is derived from it cannot be read, each transaction is tried by itself, so that
/// one on a damaged record does not take the others with it. What failed while writing is in doubt and not tried again.
pub fn commit_group(shared: &Shared, writer: &mut Writer, transactions: &[Transaction]) -> Results {
    let view = shared.backend.snapshot();
    match prepare(shared, &*view, writer, transactions) {
        Ok(prepared) => write(shared, writer, prepared),
        Err(error) if transactions.len() <= 1 => {
            transactions.iter().map(|_| Err(again(&error))).collect()
        }
        Err(_) => transactions
            .iter()
            .flat_map(|transaction| commit_group(shared, writer, std::slice::from_ref(transaction)))
            .collect(),
    }
}

/// A group that is ready to be written.
struct Prepared<'a> {
    results: Results,
    overlay: Overlay<'a>,
    state: State,
}

fn prepare<'a>(
    shared: &'a Shared,
    view: &'a dyn ReadView,
    writer: &Writer,
    transactions: &[Transaction],
) -> Result<Prepared<'a>, StoreError> {
    let mut staging = Staging::new(shared, view, writer.state.clone());
    staging.fetch(transactions)?;
    let results = transactions
        .iter()
        .map(|transaction| staging.stage(transaction))
        .collect();
    refresh_group(&mut staging.overlay, &staging.changes)?;
    Ok(Prepared {
        results,
        overlay: staging.overlay,
        state: staging.state,
    })
}

fn write(shared: &Shared, writer: &mut Writer, prepared: Prepared<'_>) -> Results {
    let Prepared {
        results,
        overlay,
        state,
    } = prepared;
    if state == writer.state {
        return results;
    }
    let commits = state.head.sequence - writer.state.head.sequence;
    if let Err(error) = commit_overlay(shared, writer, overlay, state) {
        let failed = |result: Result<Committed, StoreError>| result.and(Err(again(&error)));
        return results.into_iter().map(failed).collect();
    }
    shared.commits.fetch_add(commits, Ordering::Relaxed);
    results
}

/// Writes everything in the overlay as one synced batch and moves the writer to the new state.
pub fn commit_overlay(
    shared: &Shared,
    writer: &mut Writer,
    mut overlay: Overlay<'_>,
    state: State,
) -> Result<(), StoreError> {
    overlay.keep();
    let entries = overlay.take_entries();
    let mut batch = overlay.into_batch();
    batch.put(Table::Meta, keys::STATE, encode(&state)?);
    batch.conditions.push(Condition {
        table: Table::Meta,
        key: keys::STATE.to_vec(),
        expected: Some(encode(&writer.state)?),
    });
    let begun = Instant::now();
    let committed = commit_with_entries(shared, batch, entries);
    shared.failing.store(committed.is_err(), Ordering::Relaxed);
    if !committed? {
        // An earlier commit reported a failure and was applied all the same.
        writer.state = read_state(shared)?;
        *shared.latest() = writer.state.head;
        return Err(StoreError::Storage {
            detail: "an earlier commit ended in doubt and has been found: send this one again"
                .to_owned(),
        });
    }
    if let Some(observe) = shared.observer.get() {
        observe(CommittedGroup {
            commits: state.head.sequence - writer.state.head.sequence,
            took: begun.elapsed(),
        });
    }
    writer.state = state;
    *shared.latest() = writer.state.head;
    shared.groups.fetch_add(1, Ordering::Relaxed);
    if let Some(anchor) = &mut writer.anchor {
        anchor.note(writer.state.head)?;
    }
    Ok(())
}

/// The state as it is stored.
pub fn read_state(shared: &Shared) -> Result<State, StoreError> {
    let value = get(&*shared.backend.snapshot(), Table::Meta, keys::STATE)?
        .ok_or_else(|| StoreError::damaged("the store's counters are missing"))?;
    decode(&value)
}

/// The same failure told to another writer.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Damaged { detail, next } => StoreError::Damaged {
            detail: detail.clone(),
            next,
        },
        other => StoreError::Storage {
            detail: other.to_string(),
        },
    }
}
