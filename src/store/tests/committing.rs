//! Writing: groups, repeats, etags, durability.

use super::fixture::*;
use crate::model::ids::{PersonId, Subject, SubjectKind};
use crate::model::tie::ParentNature;
use crate::model::visibility::Visibility;
use crate::store::backend::{Batch, Table};
use crate::store::commit::commit_group;
use crate::store::keys;
use crate::store::{
    Durability, RequestId, StatementDraft, Store, StoreError, StoreOptions, Transaction,
};

#[test]
fn sixteen_writers_lose_nothing_and_both_ends_are_right() {
    on_every_backend(|store| {
        let grandmother = people(store, &["Rose Adams"])[0];
        let children: Vec<PersonId> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..16)
                .map(|writer| {
                    scope.spawn(move || {
                        (0..25)
                            .map(|count| child_of(store, grandmother, writer, count))
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            writers
                .into_iter()
                .flat_map(|writer| writer.join().unwrap())
                .collect()
        });
        assert_eq!(children.len(), 400);
        let snapshot = store.snapshot().unwrap();
        assert_eq!(snapshot.revision().sequence, 401);
        let all = Visibility::all();
        let nodes = snapshot.nodes(&children, &all).unwrap();
        assert!(
            nodes
                .iter()
                .flatten()
                .all(|node| node.ties[0].other == grandmother)
        );
        let hers = snapshot
            .nodes(&[grandmother], &all)
            .unwrap()
            .remove(0)
            .unwrap();
        let mut found: Vec<PersonId> = hers.ties.iter().map(|tie| tie.other).collect();
        let mut expected = children;
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
        let counters = store.counters();
        assert_eq!(counters.commits, 401);
        assert!(
            counters.groups <= counters.commits && counters.syncs >= counters.groups,
            "{counters:?}"
        );
    });
}

fn child_of(store: &Store, mother: PersonId, writer: usize, count: usize) -> PersonId {
    let mut transaction = transaction();
    let child = add_person(&mut transaction, &format!("Child {writer} {count}"));
    transaction.add_statement(
        Subject::Person(child),
        draft(parent(mother, ParentNature::Birth)),
    );
    person(store.commit(transaction).unwrap().subjects[0].0)
}

/// Whether every group of commits was synced, as the backend counts.
fn every_group_was_synced(durability: Durability) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        durability,
        ..options()
    };
    let store = Store::create(&folder.path().join("data"), &options).unwrap();
    let before = store.counters();
    for full in ["A", "B", "C"] {
        people(&store, &[full]);
    }
    let after = store.counters();
    assert_eq!(after.commits - before.commits, 3);
    after.syncs - before.syncs >= after.groups - before.groups
}

#[test]
fn every_commit_is_synced_and_the_check_would_notice_otherwise() {
    assert!(every_group_was_synced(Durability::Synced));
    assert!(!every_group_was_synced(Durability::NotSyncedForTests));
}

fn request(payload: u8, full: &str) -> Transaction {
    let mut transaction = transaction();
    add_person(&mut transaction, full);
    transaction.request = Some(RequestId {
        id: "r1".to_owned(),
        payload: [payload; 32],
    });
    transaction.answer =
        Box::new(|committed| committed.subjects[0].0.number().to_be_bytes().to_vec());
    transaction
}

#[test]
fn a_repeated_request_gets_the_same_answer_and_does_nothing() {
    on_every_backend(|store| {
        let first = store.commit(request(1, "Ann")).unwrap();
        let again = store.commit(request(1, "Ann")).unwrap();
        assert!(!first.replayed && again.replayed);
        assert_eq!(
            (&first.answer, &first.subjects, first.revision),
            (&again.answer, &again.subjects, again.revision)
        );
        assert!(matches!(
            store.commit(request(2, "Ann")),
            Err(StoreError::RequestIdReused)
        ));
        assert_eq!(store.snapshot().unwrap().revision(), first.revision);
        assert_eq!(store.purge_requests(NOW).unwrap(), 0);
        assert_eq!(store.purge_requests(NOW + 8 * 24 * 3600).unwrap(), 1);
        assert!(!store.commit(request(2, "Bea")).unwrap().replayed);
    });
}

#[test]
fn a_stale_etag_is_a_conflict_and_leaves_nothing() {
    on_every_backend(|store| {
        let ann = Subject::Person(people(store, &["Ann"])[0]);
        let etag = store.snapshot().unwrap().etag(ann).unwrap().unwrap();
        let conditional = || {
            let mut transaction = transaction();
            transaction.unchanged.push((ann, etag.clone()));
            transaction.add_statement(ann, draft(name("Anna")));
            transaction
        };
        store.commit(conditional()).unwrap();
        let head = store.snapshot().unwrap().revision();
        let refused = store.commit(conditional());
        assert!(matches!(refused, Err(StoreError::Conflict { subject }) if subject == ann));
        let snapshot = store.snapshot().unwrap();
        assert_eq!(snapshot.revision(), head);
        assert_ne!(snapshot.etag(ann).unwrap(), Some(etag.clone()));
        assert_eq!(
            snapshot
                .statements(ann, &Visibility::all(), None)
                .unwrap()
                .len(),
            2
        );
    });
}

#[test]
fn what_does_not_exist_or_does_not_fit_is_refused() {
    on_every_backend(|store| {
        let ann = people(store, &["Ann"])[0];
        let head = store.snapshot().unwrap().revision();
        let ghost = Subject::Person(PersonId(99));
        let cases = [
            (ghost, draft(name("Nobody"))),
            (
                Subject::Person(ann),
                draft(parent(PersonId(99), ParentNature::Birth)),
            ),
            (
                Subject::Person(ann),
                draft(crate::model::statement::Fact::Household {
                    name: String::new(),
                }),
            ),
        ];
        for (subject, draft) in cases {
            let mut transaction = transaction();
            transaction.add_statement(subject, draft);
            assert!(store.commit(transaction).is_err());
        }
        let twice = || {
            let mut transaction = transaction();
            transaction.add_subject(SubjectKind::Person, external_id("I1"));
            transaction
        };
        store.commit(twice()).unwrap();
        assert!(matches!(
            store.commit(twice()),
            Err(StoreError::ExternalIdInUse { .. })
        ));
        assert_eq!(
            store.snapshot().unwrap().revision().sequence,
            head.sequence + 1
        );
    });
}

#[test]
fn public_ids_of_external_ids_are_the_same_in_the_same_store() {
    on_every_backend(|store| {
        let mut transaction = transaction();
        transaction.add_subject(SubjectKind::Person, external_id("I1"));
        transaction.add_subject(SubjectKind::Household, external_id("I1"));
        let committed = store.commit(transaction).unwrap();
        let (person, public_id) = committed.subjects[0];
        assert_ne!(public_id, committed.subjects[1].1);
        let snapshot = store.snapshot().unwrap();
        assert_eq!(
            snapshot.subject_of_public_id(public_id).unwrap(),
            Some(person)
        );
        let id = external_id("I1").unwrap().1;
        assert_eq!(
            snapshot
                .subject_of_external_id(SubjectKind::Person, &id)
                .unwrap(),
            Some(person)
        );
        assert_eq!(
            snapshot
                .subject_of_external_id(SubjectKind::Case, &id)
                .unwrap(),
            None
        );
        let identities = snapshot.identities(&[person]).unwrap().remove(0).unwrap();
        assert_eq!(
            (identities.public_id, identities.external_ids),
            (public_id, vec![id])
        );
    });
}

#[test]
fn commits_are_told_in_order() {
    on_every_backend(|store| {
        let start = store.snapshot().unwrap().revision();
        let ann = people(store, &["Ann"])[0];
        state(store, Subject::Person(ann), draft(name("Anna")));
        let snapshot = store.snapshot().unwrap();
        let changes = snapshot.changes(start, 10).unwrap();
        assert_eq!(changes.len(), 2);
        assert_eq!(changes[1].subjects, [Subject::Person(ann)]);
        assert_eq!(
            snapshot.changes(changes[0].revision, 10).unwrap(),
            changes[1..]
        );
        assert_eq!(snapshot.audit(start, 1).unwrap()[0].actor, "a tester");
        assert_eq!(
            snapshot.revision_at(NOW).unwrap(),
            Some(changes[1].revision)
        );
        assert_eq!(snapshot.revision_at(NOW - 1).unwrap(), None);
    });
}

#[test]
fn a_transaction_that_fails_does_not_disturb_its_group() {
    on_every_backend(|store| {
        let ann = Subject::Person(people(store, &["Ann"])[0]);
        let say = |subject, full: &str| {
            let mut transaction = transaction();
            transaction.add_subject(SubjectKind::Person, None);
            transaction.add_statement(subject, draft(name(full)));
            transaction
        };
        let ghost = Subject::Person(PersonId(99));
        let group = [say(ann, "Anna"), say(ghost, "Nobody"), say(ann, "Hannah")];
        let results = commit_group(&store.shared, &mut store.shared.writer(), &group);
        assert!(
            matches!(results[1], Err(StoreError::UnknownSubject { subject }) if subject == ghost)
        );
        let (first, last) = (results[0].as_ref().unwrap(), results[2].as_ref().unwrap());
        assert_eq!(last.revision.sequence, first.revision.sequence + 1);
        assert_eq!(
            last.subjects[0].0.number(),
            first.subjects[0].0.number() + 1
        );
        let snapshot = store.snapshot().unwrap();
        assert_eq!(
            snapshot
                .statements(ann, &Visibility::all(), None)
                .unwrap()
                .len(),
            3
        );
        assert!(store.verify(&mut |_| {}).unwrap().is_clean());
    });
}

#[test]
fn one_on_a_damaged_record_does_not_take_the_others_with_it() {
    on_every_backend(|store| {
        let ids = people(store, &["Damaged", "Sound", "Child", "Parent"]);
        let key = keys::block(ids[0].0, store.snapshot().unwrap().revision());
        let mother = parent(ids[3], ParentNature::Birth);
        state(store, Subject::Person(ids[0]), draft(mother));
        let said = state(store, Subject::Person(ids[3]), draft(name("Parrent"))).statements[0];
        let mut batch = Batch::default();
        batch.put(Table::Statements, key, b"garbage".to_vec());
        store.shared.backend.commit(batch).unwrap();
        let say = |person: PersonId, id| {
            let mut transaction = transaction();
            let draft = StatementDraft {
                id,
                ..draft(name("Other"))
            };
            transaction.add_statement(Subject::Person(person), draft);
            transaction
        };
        // The correction makes a record anew, from the damaged child's statements too.
        let group = [
            say(ids[1], None),
            say(ids[3], Some(said)),
            say(ids[2], None),
        ];
        let results = commit_group(&store.shared, &mut store.shared.writer(), &group);
        assert!(results[0].is_ok() && results[2].is_ok());
        assert!(matches!(results[1], Err(StoreError::Damaged { .. })));
    });
}
