//! `verify` finds every kind of damage; `rebuild` mends what is derived.

use super::fixture::*;
use super::importing::{chain, import};
use crate::model::ids::Subject;
use crate::store::backend::{Batch, Deadline, GO_ON, Order, Table};
use crate::store::{Stop, Store, StoreError, VerifyReport, keys};

fn entries(store: &Store, table: Table) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut entries = Vec::new();
    let view = store.shared.backend.snapshot();
    view.scan(
        table,
        &keys::everything(),
        Order::Ascending,
        Deadline::NONE,
        &mut |key, value| {
            entries.push((key.to_vec(), value.to_vec()));
            GO_ON
        },
    )
    .unwrap();
    entries
}

fn overwrite(store: &Store, table: Table, key: Vec<u8>, value: Option<Vec<u8>>) {
    let mut batch = Batch::default();
    batch.writes.push((table, key, value));
    store.shared.backend.commit(batch).unwrap();
}

fn verify(store: &Store) -> VerifyReport {
    store.verify(&mut |_| {}).unwrap()
}

fn world(store: &Store) {
    import(store, &chain(5), "one").unwrap();
    let ids = people(store, &["Ann", "Ben"]);
    state(store, Subject::Person(ids[0]), sealed(network(ids[1])));
    let mut with_request = transaction();
    with_request.request = Some(crate::store::RequestId {
        id: "r".to_owned(),
        payload: [1; 32],
    });
    store.commit(with_request).unwrap();
    let report = verify(store);
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!(
        (report.subjects, report.records, report.requests),
        (7, 7, 1)
    );
    assert_eq!(
        report.index_entries as usize,
        entries(store, Table::Index).len()
    );
}

#[test]
fn every_missing_entry_is_found() {
    on_every_backend(|store| {
        world(store);
        let tables = [
            Table::Statements,
            Table::Nodes,
            Table::Index,
            Table::Sources,
            Table::Changes,
            Table::Audit,
        ];
        for table in tables {
            for (key, value) in entries(store, table) {
                overwrite(store, table, key.clone(), None);
                assert!(!verify(store).is_clean(), "{table:?} {key:?}");
                overwrite(store, table, key, Some(value));
            }
        }
        assert!(verify(store).is_clean());
    });
}

#[test]
fn every_flipped_byte_is_found() {
    let store = Store::in_memory(&options()).unwrap();
    world(&store);
    for table in Table::ALL.into_iter().filter(|table| *table != Table::Meta) {
        for (key, value) in entries(&store, table) {
            let mut damaged = value.clone();
            let position = key.iter().map(|byte| *byte as usize).sum::<usize>() % damaged.len();
            damaged[position] ^= 1;
            overwrite(&store, table, key.clone(), Some(damaged));
            assert!(!verify(&store).is_clean(), "{table:?} {key:?}");
            overwrite(&store, table, key, Some(value));
        }
    }
}

#[test]
fn stray_and_swapped_entries_are_found_and_rebuilt() {
    on_every_backend(|store| {
        world(store);
        for table in [Table::Nodes, Table::Index] {
            let all = entries(store, table);
            let (first, last) = (&all[0], &all[all.len() - 1]);
            overwrite(store, table, first.0.clone(), Some(last.1.clone()));
            let mut stray = last.0.clone();
            *stray.last_mut().unwrap() ^= 0x40;
            overwrite(store, table, stray, Some(last.1.clone()));
            let report = verify(store);
            assert!(
                report.wrong >= 2 || table == Table::Index && report.wrong >= 1,
                "{:?}",
                report.findings
            );
            store.rebuild().unwrap();
            assert!(verify(store).is_clean());
            assert_eq!(entries(store, table), all);
        }
    });
}

#[test]
fn a_rebuild_that_was_cut_off_is_finished_on_opening() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let store = Store::create(&data, &options()).unwrap();
    world(&store);
    let nodes = entries(&store, Table::Nodes);
    overwrite(
        &store,
        Table::Meta,
        keys::REBUILDING.to_vec(),
        Some(Vec::new()),
    );
    store
        .shared
        .backend
        .clear(Table::Nodes, &keys::everything())
        .unwrap();
    drop(store);
    let store = Store::open(&data, &options()).unwrap();
    assert_eq!(entries(&store, Table::Nodes), nodes);
    assert!(verify(&store).is_clean());
}

#[test]
fn a_check_stops_when_it_is_told_to() {
    on_every_backend(|store| {
        world(store);
        let stop = Stop::default();
        let mut steps = 0;
        let stopped = store.verify_until(&stop, &mut |_| {
            steps += 1;
            stop.cancel();
        });
        assert!(matches!(stopped, Err(StoreError::DeadlinePassed)));
        assert_eq!(steps, 1);
    });
}
