//! Proves the table: every run's fingerprints are those of the lists, every list belongs to a child, and the parts of a
//! run are as many children as its record counts.

use super::keys;
use super::values::{decode_numbers, decode_outcomes, fingerprint};
use crate::model::rematch::{ChildList, Fingerprint, ListChange, Run, RunNumber, RunState};
use crate::store::backend::{Deadline, GO_ON, Order, ReadView, Table};
use crate::store::error::StoreError;
use crate::store::records::decode;
use std::collections::BTreeMap;

type Lists = BTreeMap<u64, Vec<(RunNumber, Fingerprint)>>;

/// Calls `wrong` with everything that is wrong. Returns how many entries were read.
pub fn check_rematch(
    view: &dyn ReadView,
    next_subject: u64,
    wrong: &mut dyn FnMut(String),
) -> Result<u64, StoreError> {
    let mut lists = Lists::new();
    let mut runs: Vec<Run> = Vec::new();
    let mut matched: BTreeMap<RunNumber, u64> = BTreeMap::new();
    let mut parts: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let mut entries = 0;
    let everything = crate::store::keys::everything();
    view.scan(
        Table::Rematch,
        &everything,
        Order::Ascending,
        Deadline::NONE,
        &mut |key, value| {
            entries += 1;
            let read = match key.first() {
                Some(b'r') => decode(value).map(|run| runs.push(run)),
                Some(b'o') => {
                    parts.push((key.to_vec(), value.to_vec()));
                    Ok(())
                }
                Some(b'l') => add_list(key, value, next_subject, &mut lists),
                Some(b'c') => decode::<Vec<ListChange>>(value).map(|_| ()),
                Some(b's') => decode_numbers(value).map(|_| ()),
                Some(b'w') => check_word(key, value),
                _ => Err(StoreError::damaged("no entry of a nightly run")),
            };
            if let Err(error) = read {
                wrong(error.reason());
            }
            GO_ON
        },
    )?;
    for (key, value) in &parts {
        let Some((run, part)) = keys::parse_changes(key) else {
            wrong("unreadable key of outcomes".to_owned());
            continue;
        };
        match decode_outcomes(run, value) {
            Ok(outcomes) => {
                *matched.entry(run).or_default() += outcomes.len() as u64;
                for outcome in outcomes {
                    let has = last_until(&lists, outcome.child.0, run);
                    if outcome.matched_in.is_some() && has != Some(outcome.fingerprint) {
                        let child = outcome.child.0;
                        wrong(format!(
                            "run {}: the list of child {child} is not the one it had",
                            run.0
                        ));
                    }
                }
            }
            Err(error) => wrong(format!(
                "run {}, part {}: {}",
                run.0,
                part.0,
                error.reason()
            )),
        }
    }
    for run in runs {
        let count = matched.remove(&run.number).unwrap_or_default();
        if count != run.counts.matched && run.state != RunState::Cancelled {
            let told = run.counts.matched;
            wrong(format!(
                "run {}: {count} children for {told} told",
                run.number.0
            ));
        }
    }
    for run in matched.keys() {
        wrong(format!("outcomes of run {}, which is not there", run.0));
    }
    Ok(entries)
}

fn add_list(
    key: &[u8],
    value: &[u8],
    next_subject: u64,
    lists: &mut Lists,
) -> Result<(), StoreError> {
    let (child, run) = keys::parse_of_child(key)
        .filter(|(child, _)| child.0 < next_subject)
        .ok_or_else(|| StoreError::damaged("a list of nobody"))?;
    let list: ChildList = decode(value)?;
    let of_child = lists.entry(child.0).or_default();
    of_child.push((run, fingerprint(&list)?));
    Ok(())
}

fn check_word(key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    let word: String = decode(value)?;
    let right = keys::word(crc32fast::hash(word.as_bytes())) == key;
    right
        .then_some(())
        .ok_or_else(|| StoreError::damaged("a word under another's checksum"))
}

fn last_until(lists: &Lists, child: u64, run: RunNumber) -> Option<Fingerprint> {
    let of_child = lists.get(&child)?.iter().rev();
    of_child
        .filter(|(since, _)| *since <= run)
        .map(|(_, fingerprint)| *fingerprint)
        .next()
}
