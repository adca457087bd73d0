//! Opening what is sound, refusing what is not; backups.

use super::fixture::*;
use super::importing::{chain, import};
use crate::model::ids::{Revision, SubjectKind};
use crate::model::statement::{Fact, Source};
use crate::model::visibility::Visibility;
use crate::store::backend::{Batch, Table};
use crate::store::index_keys::IndexKey;
use crate::store::keys;
use crate::store::records::encode;
use crate::store::{
    OpenMode, StatementDraft, Store, StoreError, StoreOptions, Transaction, migrate, restore,
};
use std::fs;
use std::path::{Path, PathBuf};

struct Folder {
    _temporary: tempfile::TempDir,
    data: PathBuf,
}

/// A closed store with two people.
fn folder() -> Folder {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("data");
    let store = Store::create(&data, &options()).unwrap();
    people(&store, &["Ann"]);
    people(&store, &["Ben"]);
    Folder {
        _temporary: temporary,
        data,
    }
}

fn open(data: &Path) -> Result<Store, StoreError> {
    Store::open(data, &options())
}

fn head(store: &Store) -> Revision {
    store.snapshot().unwrap().revision()
}

#[test]
fn what_was_committed_is_there_after_opening() {
    let folder = folder();
    let store = open(&folder.data).unwrap();
    assert_eq!(head(&store).sequence, 2);
    let named = store
        .snapshot()
        .unwrap()
        .people_named("", 9, &Visibility::all())
        .unwrap();
    assert_eq!(named.len(), 2);
    people(&store, &["Cleo"]);
    assert_eq!(head(&store).sequence, 3);
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
}

#[test]
fn a_second_opening_is_told_that_the_store_is_in_use() {
    let folder = folder();
    let _open = open(&folder.data).unwrap();
    assert!(matches!(open(&folder.data), Err(StoreError::InUse { .. })));
}

#[test]
fn no_store_and_foreign_folders_are_refused() {
    let folder = folder();
    let elsewhere = folder.data.with_file_name("elsewhere");
    assert!(matches!(open(&elsewhere), Err(StoreError::NoStore { .. })));
    assert!(matches!(
        Store::create(&folder.data, &options()),
        Err(StoreError::NotEmpty { .. })
    ));
    assert!(Store::open_or_create(&elsewhere, &options()).is_ok());
}

#[test]
fn unknown_formats_are_refused() {
    let folder = folder();
    for text in [
        "kinpath store format 5\n",
        "kinpath store format x",
        "something else",
    ] {
        fs::write(folder.data.join("format"), text).unwrap();
        let refused = open(&folder.data);
        assert!(
            matches!(refused, Err(StoreError::UnknownFormat { .. })),
            "{text}"
        );
    }
    fs::remove_file(folder.data.join("format")).unwrap();
    assert!(matches!(
        open(&folder.data),
        Err(StoreError::Damaged { .. })
    ));
    fs::write(folder.data.join("format"), "kinpath store format 4\n").unwrap();
    assert!(migrate(&folder.data, &options()).unwrap().is_empty());
    assert!(open(&folder.data).is_ok());
}

#[test]
fn lost_commits_are_noticed_and_can_be_accepted() {
    let folder = folder();
    let path = folder.data.join("head");
    let line = fs::read(&path).unwrap();
    // The anchor of a store that has seen one commit more than the database has.
    let store = open(&folder.data).unwrap();
    people(&store, &["Cleo"]);
    drop(store);
    let ahead = fs::read(&path).unwrap();
    let old = super::opening::folder();
    fs::write(old.data.join("head"), &ahead).unwrap();
    assert!(matches!(
        open(&old.data),
        Err(StoreError::LostCommits {
            acknowledged: 3,
            present: 3
        })
    ));
    let inspect = StoreOptions {
        mode: OpenMode::Inspect,
        ..options()
    };
    let store = Store::open(&old.data, &inspect).unwrap();
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
    assert!(matches!(
        store.commit(transaction()),
        Err(StoreError::Closed)
    ));
    drop(store);
    let accept = StoreOptions {
        mode: OpenMode::AcceptLoss,
        ..options()
    };
    let store = Store::open(&old.data, &accept).unwrap();
    people(&store, &["Dora"]);
    assert_eq!(
        head(&store),
        Revision {
            epoch: 2,
            sequence: 3
        }
    );
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
    drop(store);
    assert!(open(&old.data).is_ok());
    // One that is behind lost only its own last writes.
    fs::write(folder.data.join("head"), line).unwrap();
    assert!(open(&folder.data).is_ok());
    for damage in [Some("garbage"), None] {
        match damage {
            Some(text) => fs::write(&path, text).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        assert!(matches!(
            open(&folder.data),
            Err(StoreError::Damaged { .. })
        ));
    }
}

#[test]
fn a_damaged_database_is_refused() {
    for name in ["CURRENT", "MANIFEST"] {
        let folder = folder();
        for entry in fs::read_dir(folder.data.join("db")).unwrap() {
            let path = entry.unwrap().path();
            if path
                .file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(name)
            {
                fs::write(path, "garbage").unwrap();
            }
        }
        let refused = open(&folder.data).err().unwrap();
        assert!(
            matches!(refused, StoreError::Damaged { .. }),
            "{name}: {refused}"
        );
        assert!(refused.to_string().contains("kinpath restore"), "{refused}");
    }
}

#[test]
fn a_backup_is_restored_as_it_was() {
    let folder = folder();
    let store = open(&folder.data).unwrap();
    import(&store, &chain(5), "one").unwrap();
    let backup = folder.data.with_file_name("backup");
    let revision = store.backup(&backup).unwrap();
    people(&store, &["After the backup"]);
    assert!(matches!(
        store.backup(&backup),
        Err(StoreError::NotEmpty { .. })
    ));
    let restored = folder.data.with_file_name("restored");
    assert_eq!(restore(&backup, &restored).unwrap(), revision);
    assert!(matches!(
        restore(&backup, &restored),
        Err(StoreError::NotEmpty { .. })
    ));
    assert!(matches!(open(&restored), Err(StoreError::NoKeys { .. })));
    fs::copy(
        folder.data.with_file_name("data.key"),
        restored.with_file_name("restored.key"),
    )
    .unwrap();
    let copy = open(&restored).unwrap();
    assert_eq!(head(&copy), revision);
    assert!(copy.verify(&mut |_| {}).unwrap().is_clean());
    people(&copy, &["After the restoring"]);
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
}

#[test]
fn a_damaged_backup_is_refused_and_leaves_nothing() {
    let folder = folder();
    let backup = folder.data.with_file_name("backup");
    open(&folder.data).unwrap().backup(&backup).unwrap();
    let restored = folder.data.with_file_name("restored");
    let mut paths = vec![backup.join("manifest")];
    paths.extend(
        fs::read_dir(backup.join("db"))
            .unwrap()
            .map(|entry| entry.unwrap().path()),
    );
    for path in paths {
        let whole = fs::read(&path).unwrap();
        let mut damaged = whole.clone();
        match damaged.len() {
            0 => damaged.push(1),
            length => damaged[length / 2] ^= 1,
        }
        fs::write(&path, damaged).unwrap();
        assert!(
            matches!(restore(&backup, &restored), Err(StoreError::Damaged { .. })),
            "{}",
            path.display()
        );
        assert!(!restored.exists());
        fs::write(&path, whole).unwrap();
    }
    assert!(restore(&backup, &restored).is_ok());
}

/// The log that holds the commits of a store that was never flushed.
fn log(data: &Path) -> PathBuf {
    let entries = fs::read_dir(data.join("db")).unwrap();
    let logs = entries.map(|entry| entry.unwrap().path());
    logs.filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .max_by_key(|path| fs::metadata(path).unwrap().len())
        .unwrap()
}

#[test]
fn a_cut_or_flipped_log_is_never_opened_with_less_than_was_acknowledged() {
    let original = folder();
    let length = fs::read(log(&original.data)).unwrap().len();
    assert!(length > 1000, "{length}");
    for position in (0..length).step_by(length / 8) {
        for cut in [true, false] {
            let damaged = folder();
            let path = log(&damaged.data);
            let mut bytes = fs::read(&path).unwrap();
            if cut {
                bytes.truncate(position);
            } else if let Some(byte) = bytes.get_mut(position) {
                *byte ^= 0x20;
            }
            fs::write(&path, bytes).unwrap();
            assert!(open(&damaged.data).is_err(), "byte {position}, cut {cut}");
        }
    }
}

#[test]
fn a_store_of_format_1_gets_its_list_of_households() {
    let folder = folder();
    let household = {
        let store = open(&folder.data).unwrap();
        let mut transaction = Transaction::new("test", "create_record");
        let household = transaction.add_subject(SubjectKind::Household, None);
        let fact = Fact::Household {
            name: "the house".to_owned(),
        };
        let draft = StatementDraft::new(fact, Source::default());
        transaction.add_statement(household, draft);
        let committed = store.commit(transaction).unwrap();
        let household = committed.subjects[0].0;
        // As a program of that format left it: without the entry that lists the household.
        let listed = IndexKey::OfKind {
            kind: SubjectKind::Household,
            number: household.number(),
        };
        let mut batch = Batch::default();
        batch.delete(Table::Index, listed.encode());
        batch.put(Table::Meta, keys::FORMAT, encode(&1u32).unwrap());
        store.shared.backend.commit(batch).unwrap();
        assert!(!store.verify(&mut |_| {}).unwrap().is_clean());
        household
    };
    fs::write(folder.data.join("format"), "kinpath store format 1\n").unwrap();
    assert!(matches!(
        open(&folder.data),
        Err(StoreError::UnknownFormat { .. })
    ));
    assert_eq!(migrate(&folder.data, &options()).unwrap().len(), 3);
    let store = open(&folder.data).unwrap();
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
    let snapshot = store.snapshot().unwrap();
    let listed = snapshot.subjects_of_kind(SubjectKind::Household, 0, 10);
    assert_eq!(listed.unwrap(), [household]);
}

#[test]
fn what_a_copy_that_was_cut_off_left_behind_never_counts() {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("data");
    {
        let store = Store::create(&data, &options()).unwrap();
        let mut batch = Batch::default();
        let revision = Revision {
            epoch: 1,
            sequence: 1,
        };
        batch.put(Table::Statements, keys::block(1, revision), vec![1, 2, 3]);
        batch.put(Table::Sources, keys::number(1), vec![1]);
        batch.put(Table::Audit, keys::revision(revision), vec![1]);
        store.shared.backend.commit(batch).unwrap();
    }
    let store = open(&data).unwrap();
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
    people(&store, &["Ann"]);
    import(&store, &chain(3), "one").unwrap();
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
}
