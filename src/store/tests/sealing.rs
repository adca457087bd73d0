//! Sealed values: nothing of the content is on disk, nothing can be read or moved without the keys.

use super::fixture::*;
use crate::store::backend::sealed::{SealedBackend, Sealer};
use crate::store::backend::{Backend, Batch, Table, get};
use crate::store::key_file::Keys;
use crate::store::{Store, StoreError, StoreOptions, migrate};
use std::fs;
use std::path::Path;

const MARKED: &str = "Quillwort Zephyrine Marker";

/// Whether the bytes stand in any file of a folder.
fn holds(folder: &Path, wanted: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, wanted);
        }
        let bytes = fs::read(&path).unwrap();
        bytes.windows(wanted.len()).any(|window| window == wanted)
    })
}

fn unsealed() -> StoreOptions {
    StoreOptions {
        seal: false,
        ..options()
    }
}

#[test]
fn values_on_disk_hold_nothing_of_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let (sealed, plain) = (folder.path().join("sealed"), folder.path().join("plain"));
    for (data, options) in [(&sealed, options()), (&plain, unsealed())] {
        people(&Store::create(data, &options).unwrap(), &[MARKED]);
    }
    assert!(!holds(&sealed, MARKED.as_bytes()));
    // The control: without sealing it is there.
    assert!(holds(&plain, MARKED.as_bytes()));
    let store = Store::open(&sealed, &options()).unwrap();
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
}

#[test]
fn an_older_store_stays_readable_and_migrate_seals_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    people(&Store::create(&data, &unsealed()).unwrap(), &[MARKED]);
    let store = Store::open(&data, &options()).unwrap();
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
    drop(store);
    assert_eq!(migrate(&data, &options()).unwrap().len(), 1);
    assert!(!holds(&data, MARKED.as_bytes()));
    let store = Store::open(&data, &options()).unwrap();
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
    assert!(migrate(&data, &options()).is_err());
    drop(store);
    assert!(migrate(&data, &options()).unwrap().is_empty());
}

#[test]
fn without_its_keys_a_store_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let other = folder.path().join("other");
    drop(Store::create(&data, &options()).unwrap());
    drop(Store::create(&other, &options()).unwrap());
    let key = folder.path().join("data.key");
    fs::copy(folder.path().join("other.key"), &key).unwrap();
    let refused = Store::open(&data, &options());
    assert!(matches!(refused, Err(StoreError::KeysRefused { .. })));
    fs::remove_file(&key).unwrap();
    let refused = Store::open(&data, &options());
    assert!(matches!(refused, Err(StoreError::NoKeys { .. })));
}

#[test]
fn a_value_cannot_be_put_elsewhere() {
    let keys = Keys::random(&options().random).unwrap();
    let sealer = Sealer::of(&keys).unwrap();
    let sealed = sealer.seal(Table::Nodes, b"a", b"value").unwrap();
    let mut room = Vec::new();
    let opened = sealer.open(Table::Nodes, b"a", &sealed, &mut room);
    assert_eq!(opened.unwrap(), b"value");
    assert!(sealer.open(Table::Nodes, b"b", &sealed, &mut room).is_err());
    assert!(sealer.open(Table::Index, b"a", &sealed, &mut room).is_err());
    for position in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[position] ^= 1;
        assert!(
            sealer
                .open(Table::Nodes, b"a", &changed, &mut room)
                .is_err()
        );
    }
}

#[test]
fn conditions_hold_on_what_is_sealed() {
    use crate::store::backend::Condition;
    use crate::store::backend::memory::MemoryBackend;
    let keys = Keys::random(&options().random).unwrap();
    let backend = SealedBackend::new(MemoryBackend::default(), Sealer::of(&keys).unwrap());
    let write = |expected: Option<&[u8]>, value: &[u8]| {
        let mut batch = Batch::default();
        batch.put(Table::Meta, *b"k", value.to_vec());
        batch.conditions.push(Condition {
            table: Table::Meta,
            key: b"k".to_vec(),
            expected: expected.map(<[u8]>::to_vec),
        });
        backend.commit(batch).unwrap()
    };
    assert!(write(None, b"1"));
    assert!(!write(None, b"2"));
    assert!(write(Some(b"1"), b"2"));
    assert!(!write(Some(b"1"), b"3"));
    let read = get(&*backend.snapshot(), Table::Meta, b"k").unwrap();
    assert_eq!(read.as_deref(), Some(&b"2"[..]));
}
