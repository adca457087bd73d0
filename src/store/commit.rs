//! The committer: one thread that takes what writers hand in, up to 256 transactions at a time, and makes of each group
//! one atomic, synced batch. Only then are the writers answered.

use super::backend::{Condition, Table, get};
use super::error::StoreError;
use super::head::HeadAnchor;
use super::keys;
use super::open::Shared;
use super::overlay::Overlay;
use super::records::{State, decode, encode};
use super::refresh::refresh;
use super::stage::Staging;
use super::transaction::{Committed, Transaction};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};

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

/// Commits a group in one batch. If what is derived from it cannot be read, each transaction is tried by itself, so that
/// one on a damaged record does not take the others with it.
pub fn commit_group(
    shared: &Shared,
    writer: &mut Writer,
    transactions: &[Transaction],
) -> Vec<Result<Committed, StoreError>> {
    match try_group(shared, writer, transactions) {
        Ok(results) => results,
        Err(error) if transactions.len() <= 1 => {
            transactions.iter().map(|_| Err(again(&error))).collect()
        }
        Err(_) => transactions
            .iter()
            .map(|transaction| {
                let alone = try_group(shared, writer, std::slice::from_ref(transaction))?;
                alone.into_iter().next().unwrap_or(Err(StoreError::Closed))
            })
            .collect(),
    }
}

type Results = Vec<Result<Committed, StoreError>>;

fn try_group(
    shared: &Shared,
    writer: &mut Writer,
    transactions: &[Transaction],
) -> Result<Results, StoreError> {
    let view = shared.backend.snapshot();
    let mut staging = Staging {
        overlay: Overlay::new(&*view),
        state: writer.state.clone(),
        public_ids: &shared.public_ids,
        now: (shared.clock)(),
        changed: BTreeSet::new(),
    };
    let results: Results = transactions
        .iter()
        .map(|transaction| staging.stage(transaction))
        .collect();
    let Staging {
        mut overlay,
        state,
        changed,
        ..
    } = staging;
    if state == writer.state {
        return Ok(results);
    }
    refresh(&mut overlay, &changed)?;
    let commits = state.head.sequence - writer.state.head.sequence;
    commit_overlay(shared, writer, overlay, state)?;
    shared.commits.fetch_add(commits, Ordering::Relaxed);
    Ok(results)
}

/// Writes everything in the overlay as one synced batch and moves the writer to the new state.
pub fn commit_overlay(
    shared: &Shared,
    writer: &mut Writer,
    mut overlay: Overlay<'_>,
    state: State,
) -> Result<(), StoreError> {
    overlay.keep();
    let mut batch = overlay.into_batch();
    batch.put(Table::Meta, keys::STATE, encode(&state)?);
    batch.conditions.push(Condition {
        table: Table::Meta,
        key: keys::STATE.to_vec(),
        expected: Some(encode(&writer.state)?),
    });
    if !shared.backend.commit(batch)? {
        // An earlier commit reported a failure and was applied all the same.
        writer.state = read_state(shared)?;
        return Err(StoreError::Storage {
            detail: "an earlier commit ended in doubt and has been found: send this one again"
                .to_owned(),
        });
    }
    writer.state = state;
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
