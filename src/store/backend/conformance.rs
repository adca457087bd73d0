//! What every backend must do, run for each.

use super::memory::MemoryBackend;
use super::rocksdb::{Durability, RocksBackend, RocksOptions};
use super::*;

fn on_every_backend(check: fn(&dyn Backend)) {
    check(&MemoryBackend::default());
    let folder = tempfile::tempdir().unwrap();
    let options = RocksOptions {
        cache_bytes: 8 << 20,
        durability: Durability::Synced,
    };
    let backend = RocksBackend::open(
        &folder.path().join("db"),
        &folder.path().join("staging"),
        &options,
    )
    .unwrap();
    check(&backend);
}

fn batch(entries: &[(&str, Option<&str>)]) -> Batch {
    let mut batch = Batch::default();
    for (key, value) in entries {
        let value = value.map(|value| value.as_bytes().to_vec());
        batch
            .writes
            .push((Table::Index, key.as_bytes().to_vec(), value));
    }
    batch
}

fn keys(view: &dyn ReadView, range: KeyRange, order: Order, limit: usize) -> Vec<String> {
    let mut keys = Vec::new();
    view.scan(
        Table::Index,
        &range,
        order,
        Deadline::NONE,
        &mut |key, _| {
            keys.push(String::from_utf8_lossy(key).into_owned());
            if keys.len() == limit { STOP } else { GO_ON }
        },
    )
    .unwrap();
    keys
}

fn range(start: &str, end: &str) -> KeyRange {
    start.as_bytes().to_vec()..end.as_bytes().to_vec()
}

#[test]
fn lists_are_read_in_one_call_with_their_positions() {
    on_every_backend(|backend| {
        backend
            .commit(batch(&[("b", Some("2")), ("a", Some("1"))]))
            .unwrap();
        let view = backend.snapshot();
        let wanted: [&[u8]; 4] = [b"b", b"x", b"a", b"b"];
        let mut found = vec![None; 4];
        view.get_many(
            Table::Index,
            &wanted,
            Deadline::NONE,
            &mut |position, value| {
                found[position] = value.map(<[u8]>::to_vec);
                Ok(())
            },
        )
        .unwrap();
        let expected = [
            Some(b"2".to_vec()),
            None,
            Some(b"1".to_vec()),
            Some(b"2".to_vec()),
        ];
        assert_eq!(found, expected);
        assert_eq!(get(&*view, Table::Nodes, b"a").unwrap(), None);
    });
}

#[test]
fn scans_keep_to_their_range_in_both_orders() {
    on_every_backend(|backend| {
        let entries: Vec<(&str, Option<&str>)> = ["a", "b", "ba", "c", "d"]
            .iter()
            .map(|key| (*key, Some("v")))
            .collect();
        backend.commit(batch(&entries)).unwrap();
        let view = backend.snapshot();
        assert_eq!(
            keys(&*view, range("b", "d"), Order::Ascending, 9),
            ["b", "ba", "c"]
        );
        assert_eq!(
            keys(&*view, range("b", "d"), Order::Descending, 9),
            ["c", "ba", "b"]
        );
        assert_eq!(
            keys(&*view, range("", "z"), Order::Ascending, 2),
            ["a", "b"]
        );
        assert!(keys(&*view, range("d", "b"), Order::Ascending, 9).is_empty());
    });
}

#[test]
fn a_snapshot_does_not_change() {
    on_every_backend(|backend| {
        backend
            .commit(batch(&[("a", Some("1")), ("b", Some("1"))]))
            .unwrap();
        let before = backend.snapshot();
        backend
            .commit(batch(&[("a", Some("2")), ("b", None), ("c", Some("1"))]))
            .unwrap();
        assert_eq!(
            get(&*before, Table::Index, b"a").unwrap(),
            Some(b"1".to_vec())
        );
        assert_eq!(
            keys(&*before, range("", "z"), Order::Ascending, 9),
            ["a", "b"]
        );
        let after = backend.snapshot();
        assert_eq!(
            get(&*after, Table::Index, b"a").unwrap(),
            Some(b"2".to_vec())
        );
        assert_eq!(
            keys(&*after, range("", "z"), Order::Ascending, 9),
            ["a", "c"]
        );
    });
}

#[test]
fn a_batch_whose_condition_fails_leaves_nothing() {
    on_every_backend(|backend| {
        backend.commit(batch(&[("a", Some("1"))])).unwrap();
        for (expected, holds) in [
            (Some(b"9".to_vec()), false),
            (None, false),
            (Some(b"1".to_vec()), true),
        ] {
            let mut conditional = batch(&[("b", Some("2"))]);
            conditional.conditions.push(Condition {
                table: Table::Index,
                key: b"a".to_vec(),
                expected,
            });
            assert_eq!(backend.commit(conditional).unwrap(), holds);
            let found = get(&*backend.snapshot(), Table::Index, b"b").unwrap();
            assert_eq!(found.is_some(), holds);
        }
    });
}

#[test]
fn bulk_loads_small_and_large_are_read_back_and_cleared() {
    on_every_backend(|backend| {
        let run = |numbers: std::ops::Range<u32>| {
            let mut run = Run::default();
            for number in numbers {
                run.push(&number.to_be_bytes(), &[7; 200]);
            }
            run
        };
        backend
            .bulk_put(Table::Statements, vec![run(30_000..60_000), run(0..30_000)])
            .unwrap();
        backend
            .bulk_put(Table::Statements, vec![run(70_000..70_001)])
            .unwrap();
        let count = |backend: &dyn Backend| {
            let mut seen = 0;
            let all = vec![]..vec![255; 5];
            let view = backend.snapshot();
            view.scan(
                Table::Statements,
                &all,
                Order::Ascending,
                Deadline::NONE,
                &mut |_, _| {
                    seen += 1;
                    GO_ON
                },
            )
            .unwrap();
            seen
        };
        assert_eq!(count(backend), 60_001);
        let half = 0u32.to_be_bytes().to_vec()..30_000u32.to_be_bytes().to_vec();
        backend.clear(Table::Statements, &half).unwrap();
        assert_eq!(count(backend), 30_001);
    });
}

#[test]
fn reads_stop_at_the_deadline_and_at_the_visitors_error() {
    on_every_backend(|backend| {
        backend.commit(batch(&[("a", Some("1"))])).unwrap();
        let view = backend.snapshot();
        let passed = Deadline(Some(Instant::now()));
        let read = view.get_many(Table::Index, &[b"a"], passed, &mut |_, _| Ok(()));
        assert!(matches!(read, Err(StoreError::DeadlinePassed)));
        let all = range("", "z");
        let scan = view.scan(Table::Index, &all, Order::Ascending, passed, &mut |_, _| {
            GO_ON
        });
        assert!(matches!(scan, Err(StoreError::DeadlinePassed)));
        let failing = view.scan(
            Table::Index,
            &all,
            Order::Ascending,
            Deadline::NONE,
            &mut |_, _| Err(StoreError::Closed),
        );
        assert!(matches!(failing, Err(StoreError::Closed)));
    });
}
