//! Every value of table `rematch`, and what a run hands in at once.

use crate::model::ids::PersonId;
use crate::model::rematch::{
    ChildList, Failure, Fingerprint, ListChange, Outcome, RunCounts, RunNumber,
};
use crate::store::error::StoreError;
use crate::store::records::{append, decode, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Some children of a run, done: written at once or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Chunk {
    /// Counts up from 0.
    pub part: u64,
    /// By number.
    pub outcomes: Vec<Outcome>,
    /// Of those of whom something is to be kept.
    pub results: Vec<ChildResult>,
    /// The short words that the lists name by their CRC-32.
    pub words: Vec<(u32, String)>,
    pub counts: RunCounts,
}

/// What is kept of one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildResult {
    pub child: PersonId,
    /// Nothing where it is as before.
    pub list: Option<ChildList>,
    /// The numbers of the subjects read for it, in order; nothing where they are as before.
    pub read: Option<Vec<u64>>,
    pub changes: Vec<ListChange>,
}

/// The fingerprint of a list.
pub fn fingerprint(list: &ChildList) -> Result<Fingerprint, StoreError> {
    let bytes = append(Vec::new(), list)?;
    let digest = Sha256::digest(&bytes);
    let mut fingerprint = [0; 8];
    fingerprint.copy_from_slice(&digest[..8]);
    Ok(fingerprint)
}

#[derive(Serialize, Deserialize)]
struct StoredOutcome {
    /// Beyond the child before.
    step: u64,
    /// Runs since the child was matched, and one more; 0 if it never was.
    since: u64,
    fingerprint: Fingerprint,
    failure: Option<Failure>,
}

pub fn encode_outcomes(run: RunNumber, outcomes: &[Outcome]) -> Result<Vec<u8>, StoreError> {
    let mut last = 0;
    let stored: Vec<StoredOutcome> = outcomes
        .iter()
        .map(|outcome| StoredOutcome {
            step: outcome.child.0 - std::mem::replace(&mut last, outcome.child.0),
            since: outcome.matched_in.map_or(0, |since| run.0 - since.0 + 1),
            fingerprint: outcome.fingerprint,
            failure: outcome.failure,
        })
        .collect();
    encode(&stored)
}

pub fn decode_outcomes(run: RunNumber, value: &[u8]) -> Result<Vec<Outcome>, StoreError> {
    let stored: Vec<StoredOutcome> = decode(value)?;
    let mut last = 0_u64;
    let mut outcomes = Vec::with_capacity(stored.len());
    for one in stored {
        let child = last.checked_add(one.step);
        let child = child.ok_or_else(|| StoreError::damaged("a child beyond all numbers"))?;
        last = child;
        let matched_in = match one.since.checked_sub(1) {
            Some(before) => Some(
                run.0
                    .checked_sub(before)
                    .map(RunNumber)
                    .ok_or_else(|| StoreError::damaged("a run before the first"))?,
            ),
            None => None,
        };
        outcomes.push(Outcome {
            child: PersonId(child),
            matched_in,
            fingerprint: one.fingerprint,
            failure: one.failure,
        });
    }
    Ok(outcomes)
}

/// Numbers in order, as steps.
pub fn encode_numbers(numbers: &[u64]) -> Result<Vec<u8>, StoreError> {
    let mut last = 0;
    let steps: Vec<u64> = numbers
        .iter()
        .map(|&number| number - std::mem::replace(&mut last, number))
        .collect();
    encode(&steps)
}

pub fn decode_numbers(value: &[u8]) -> Result<Vec<u64>, StoreError> {
    let steps: Vec<u64> = decode(value)?;
    let mut last = 0_u64;
    let mut numbers = Vec::with_capacity(steps.len());
    for step in steps {
        last = last
            .checked_add(step)
            .ok_or_else(|| StoreError::damaged("a subject beyond all numbers"))?;
        numbers.push(last);
    }
    Ok(numbers)
}
