//! A thousand ways to change the record are found, each where it was done.

use super::check::check_chain;
use super::{AuditCheck, SignedHead};
use crate::model::audit::{AuditEntry, SeenLevel, Shown};
use crate::model::ids::{PublicId, SubjectKind};
use crate::store::backend::memory::MemoryBackend;
use crate::store::backend::{Backend, Batch, Deadline, GO_ON, Order, Table, get};
use crate::store::stop::Stop;
use crate::store::{Store, StoreOptions, keys};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ENTRIES: usize = 300;
const TAMPERINGS: u64 = 1000;

/// A store, its entries in order, its stored end after each, and the heads kept outside.
struct Kept {
    store: Store,
    entries: Vec<(Vec<u8>, Vec<u8>)>,
    ends: Vec<Vec<u8>>,
    heads: Vec<SignedHead>,
}

fn entry(number: u128) -> AuditEntry {
    let mut shown = Shown::default();
    for person in number..number + 5 {
        shown.add(
            SubjectKind::Person,
            PublicId(person),
            SeenLevel::Identifying,
        );
    }
    let entry = AuditEntry {
        actor: format!("worker {}", number % 7),
        method: "FindFamily".to_owned(),
        ..AuditEntry::default()
    };
    entry.showing(&shown)
}

fn kept() -> Kept {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let (mut ends, mut heads) = (Vec::new(), Vec::new());
    for number in 0..ENTRIES {
        store.record(entry(number as u128)).unwrap();
        let view = store.shared.backend.snapshot();
        ends.push(get(&*view, Table::Meta, keys::AUDIT_HEAD).unwrap().unwrap());
        if number % 50 == 49 {
            heads.push(store.audit_head());
        }
    }
    let mut entries = Vec::new();
    let view = store.shared.backend.snapshot();
    let (all, order) = (keys::everything(), Order::Ascending);
    view.scan(
        Table::Access,
        &all,
        order,
        Deadline::NONE,
        &mut |key, value| {
            entries.push((key.to_vec(), value.to_vec()));
            GO_ON
        },
    )
    .unwrap();
    drop(view);
    Kept {
        store,
        entries,
        ends,
        heads,
    }
}

impl Kept {
    /// The check of a store with these entries and this end.
    fn check(&self, entries: &[(Vec<u8>, Vec<u8>)], end: usize) -> AuditCheck {
        let backend = MemoryBackend::default();
        let mut batch = Batch::default();
        for (key, value) in entries {
            batch.put(Table::Access, key.clone(), value.clone());
        }
        batch.put(Table::Meta, keys::AUDIT_HEAD, self.ends[end].clone());
        backend.commit(batch).unwrap();
        let keys = &self.store.shared.audit.keys;
        check_chain(&*backend.snapshot(), keys, &self.heads, &Stop::default()).unwrap()
    }
}

#[test]
fn a_thousand_tamperings_are_found_where_they_were_done() {
    let kept = kept();
    assert_eq!(kept.entries.len(), ENTRIES);
    assert_eq!(kept.check(&kept.entries, ENTRIES - 1).findings, []);
    for seed in 0..TAMPERINGS {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut entries = kept.entries.clone();
        let mut end = ENTRIES - 1;
        let at = dice.random_range(0..ENTRIES);
        let (what, first) = match seed % 6 {
            0 => {
                let value = &mut entries[at].1;
                let byte = dice.random_range(0..value.len());
                value[byte] ^= 1 << dice.random_range(0..8);
                ("changed", at)
            }
            1 => {
                let some = dice.random_range(1..5).min(ENTRIES - at);
                entries.drain(at..at + some);
                ("deleted", at)
            }
            2 => {
                let other = (at + dice.random_range(1..ENTRIES)) % ENTRIES;
                let value = entries[at].1.clone();
                entries[at].1 = std::mem::replace(&mut entries[other].1, value);
                ("reordered", at.min(other))
            }
            3 => {
                // With the end of that time, as somebody has kept it.
                let at = at.max(1);
                entries.truncate(at);
                end = at - 1;
                ("cut off", at)
            }
            4 => {
                let from = (at + 1) % ENTRIES;
                entries[at].1 = entries[from].1.clone();
                ("written over", at)
            }
            _ => {
                // An old copy of the whole store.
                let at = dice.random_range(1..ENTRIES);
                entries = kept.entries[..at].to_vec();
                end = at - 1;
                ("an old copy", at)
            }
        };
        let check = kept.check(&entries, end);
        let sequence = first as u64 + 1;
        let located = check
            .findings
            .iter()
            .any(|found| found.sequence == sequence);
        assert!(
            located,
            "seed {seed}, {what} at {sequence}: {:?}",
            check.findings
        );
    }
}

#[test]
fn what_no_head_was_kept_of_can_be_cut_off_unseen() {
    // A negative control: the heads are what finds an old copy.
    let mut kept = kept();
    kept.heads.clear();
    assert!(kept.check(&kept.entries[..100], 99).is_clean());
    assert!(!kept.check(&kept.entries[..100], ENTRIES - 1).is_clean());
}

#[test]
fn entries_that_come_together_are_chained_in_one_batch() {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..50 {
                    store.record(entry(worker * 50 + number)).unwrap();
                }
            });
        }
    });
    let check = store.check_audit(&[store.audit_head()], &Stop::default());
    let check = check.unwrap();
    assert!(check.is_clean());
    assert_eq!((check.entries, check.heads), (400, 1));
}
