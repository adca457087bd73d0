//! kill -9 leaves what the system had not yet written to disk, so it cannot show a missing fsync. Counted instead: a
//! commit is acknowledged only after a sync that began after it was handed in.

use kinpath::model::ids::SubjectKind;
use kinpath::model::person::{Name, NameKind};
use kinpath::model::statement::{Fact, Source};
use kinpath::store::{Durability, StatementDraft, Store, StoreOptions, Transaction};
use std::thread;

const WRITERS: u64 = 16;
const COMMITS_A_WRITER: u64 = 25;

fn transaction(writer: u64, count: u64) -> Transaction {
    let mut transaction = Transaction::new("a tester", "test");
    let person = transaction.add_subject(SubjectKind::Person, None);
    let name = Name {
        kind: NameKind::Used,
        full: format!("Vera {writer} {count}"),
        given: String::new(),
        family: String::new(),
    };
    let draft = StatementDraft::new(Fact::Name(name), Source::default());
    transaction.add_statement(person, draft);
    transaction
}

/// What is wrong with the syncs of a store that 16 threads commit to.
fn missing_syncs(durability: Durability) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let options = StoreOptions {
        durability,
        ..StoreOptions::default()
    };
    let store = Store::create(&folder.path().join("store"), &options).expect("a store");
    let before = store.counters();
    let uncovered: u64 = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let store = &store;
                scope.spawn(move || {
                    let mut uncovered = 0;
                    for count in 0..COMMITS_A_WRITER {
                        let handed_in = store.counters().syncs;
                        store.commit(transaction(writer, count)).expect("committed");
                        uncovered += u64::from(store.counters().syncs == handed_in);
                    }
                    uncovered
                })
            })
            .collect();
        let ended = writers.into_iter().map(thread::ScopedJoinHandle::join);
        ended.map(|uncovered| uncovered.expect("a writer")).sum()
    });
    let after = store.counters();
    let commits = after.commits - before.commits;
    let groups = after.groups - before.groups;
    let syncs = after.syncs - before.syncs;
    println!("{durability:?}: {commits} commits in {groups} groups, {syncs} syncs");
    assert_eq!(commits, WRITERS * COMMITS_A_WRITER);
    let mut missing = Vec::new();
    if syncs < groups {
        missing.push(format!("{syncs} syncs for {groups} groups"));
    }
    if uncovered > 0 {
        missing.push(format!("{uncovered} commits acknowledged without a sync"));
    }
    missing
}

#[test]
fn no_commit_is_acknowledged_before_it_is_synced() {
    assert_eq!(missing_syncs(Durability::Synced), Vec::<String>::new());
}

#[test]
fn the_count_notices_a_store_that_does_not_sync() {
    assert_eq!(missing_syncs(Durability::NotSyncedForTests).len(), 2);
}
