//! Imports: once, twice, cut off, changed, undone.

use super::fixture::*;
use crate::model::bundle::{Bundle, BundleFact, BundleSubject};
use crate::model::ids::{
    ExternalId, PersonId, PublicId, SourceId, StewardId, Subject, SubjectKind,
};
use crate::model::neighborhood::Node;
use crate::model::partial_date::PartialDate;
use crate::model::person::Gender;
use crate::model::statement::{Certainty, Evidence, Fact, SealClass, Source};
use crate::model::tie::ParentNature;
use crate::model::visibility::Visibility;
use crate::store::backend::{Run, Table};
use crate::store::keys;
use crate::store::records::{Header, encode, encode_block};
use crate::store::{ImportRequest, ImportState, ImportSummary, Store, StoreError};
use std::ops::ControlFlow;

pub fn evidence() -> Evidence {
    Evidence {
        source: SourceId(0),
        valid_from: None,
        valid_to: None,
        certainty: Certainty::Reported,
        seal: SealClass::Open,
        steward: StewardId::AGENCY,
    }
}

fn subject(xref: usize, facts: Vec<Fact>) -> BundleSubject {
    BundleSubject {
        kind: SubjectKind::Person,
        public_id: None,
        external_id: ExternalId {
            source: "file".to_owned(),
            xref: format!("I{xref}"),
        },
        facts: facts
            .into_iter()
            .map(|fact| BundleFact {
                fact,
                evidence: evidence(),
            })
            .collect(),
    }
}

fn born(year: i32) -> Fact {
    Fact::Birth {
        date: Some(PartialDate::from_year(year)),
        place: None,
    }
}

/// A chain: each the mother of the one before, so that ties cross every batch.
pub fn chain(length: usize) -> Bundle {
    let subjects = (0..length)
        .map(|position| {
            let mut facts = vec![
                name(&format!("Person {position}")),
                born(1900),
                Fact::Gender(Gender::Female),
            ];
            if position + 1 < length {
                facts.push(parent(PersonId(position as u64 + 1), ParentNature::Birth));
            }
            subject(position, facts)
        })
        .collect();
    Bundle {
        subjects,
        sources: vec![Source {
            document: "file 7".to_owned(),
            ..Source::default()
        }],
    }
}

pub fn import(
    store: &Store,
    bundle: &Bundle,
    import_id: &str,
) -> Result<ImportSummary, StoreError> {
    import_until(store, bundle, import_id, usize::MAX)
}

/// Stops after some reports of progress, as a crash would.
fn import_until(
    store: &Store,
    bundle: &Bundle,
    import_id: &str,
    reports: usize,
) -> Result<ImportSummary, StoreError> {
    let request = ImportRequest {
        subjects_a_batch: 3,
        ..ImportRequest::new(import_id, "a tester")
    };
    let mut heard = 0;
    store.import(bundle, &request, &mut |_| {
        heard += 1;
        if heard >= reports {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
}

fn nodes(store: &Store, bundle: &Bundle) -> Vec<Node> {
    let snapshot = store.snapshot().unwrap();
    let ids: Vec<ExternalId> = bundle
        .subjects
        .iter()
        .map(|subject| subject.external_id.clone())
        .collect();
    let found = snapshot
        .subjects_of_external_ids(StewardId::AGENCY, SubjectKind::Person, &ids)
        .unwrap();
    let people: Vec<PersonId> = found
        .into_iter()
        .map(|subject| person(subject.unwrap()))
        .collect();
    let nodes = snapshot.nodes(&people, &Visibility::all()).unwrap();
    nodes.into_iter().flatten().collect()
}

fn assert_clean(store: &Store) {
    let report = store.verify(&mut |_| {}).unwrap();
    assert_eq!(report.findings, []);
}

#[test]
fn both_ends_of_ties_across_batches_are_right() {
    on_every_backend(|store| {
        let bundle = chain(10);
        let summary = import(store, &bundle, "one").unwrap();
        assert_eq!((summary.new_subjects, summary.new_statements), (10, 39));
        let nodes = nodes(store, &bundle);
        let counts: Vec<usize> = nodes.iter().map(|node| node.ties.len()).collect();
        assert_eq!(counts, [1, 2, 2, 2, 2, 2, 2, 2, 2, 1]);
        assert_eq!(nodes[0].ties[0].other, nodes[1].id);
        let source = store
            .snapshot()
            .unwrap()
            .sources(&[nodes[0].ties[0].source])
            .unwrap();
        assert_eq!(source[0].as_ref().unwrap().document, "file 7");
        assert!(store.unfinished_imports().unwrap().is_empty());
        assert_clean(store);
    });
}

#[test]
fn importing_twice_changes_nothing() {
    on_every_backend(|store| {
        let bundle = chain(10);
        let first = import(store, &bundle, "one").unwrap();
        for import_id in ["one", "two"] {
            let again = import(store, &bundle, import_id).unwrap();
            assert_eq!(
                (
                    again.new_subjects,
                    again.new_statements,
                    again.changed_statements
                ),
                (0, 0, 0)
            );
            assert_eq!(
                (again.unchanged_statements, again.revision),
                (39, first.revision)
            );
        }
        assert_clean(store);
    });
}

#[test]
fn an_import_that_was_cut_off_is_finished() {
    on_every_backend(|store| {
        people(store, &["Somebody"]);
        let bundle = chain(10);
        let whole = Store::in_memory(&options()).unwrap();
        import(&whole, &bundle, "one").unwrap();
        let expected: Vec<usize> = nodes(&whole, &bundle)
            .iter()
            .map(|node| node.ties.len())
            .collect();
        for reports in 1..=6 {
            assert!(import_until(store, &bundle, &format!("{reports}"), reports).is_err());
            let unfinished = store.unfinished_imports().unwrap();
            assert_eq!(unfinished.len(), 1, "{reports}");
            assert!(matches!(
                import(store, &bundle, "other"),
                Err(StoreError::ImportRefused { .. })
            ));
            assert!(import(store, &chain(4), &format!("{reports}")).is_err());
            people(store, &["Somebody in between"]);
            let summary = import(store, &bundle, &format!("{reports}")).unwrap();
            assert!(summary.resumed);
            let found: Vec<usize> = nodes(store, &bundle)
                .iter()
                .map(|node| node.ties.len())
                .collect();
            assert_eq!(found, expected, "{reports}");
            assert_clean(store);
            store
                .undo_import(&format!("{reports}"), "a tester", None)
                .unwrap();
            assert_clean(store);
            if reports == 1 {
                break;
            }
        }
    });
}

#[test]
fn a_cut_at_every_step_is_finished_or_undone() {
    for undo in [false, true] {
        for reports in 1..=5 {
            let store = Store::in_memory(&options()).unwrap();
            let bundle = chain(10);
            assert!(
                import_until(&store, &bundle, "one", reports).is_err(),
                "{reports}"
            );
            if undo {
                store.undo_import("one", "a tester", None).unwrap();
                assert!(nodes_of_names(&store).is_empty());
            } else {
                import(&store, &bundle, "one").unwrap();
                assert_eq!(nodes(&store, &bundle).len(), 10);
            }
            assert!(store.unfinished_imports().unwrap().is_empty());
            assert_clean(&store);
        }
    }
}

fn nodes_of_names(store: &Store) -> Vec<PersonId> {
    let snapshot = store.snapshot().unwrap();
    let named = snapshot
        .people_named("person", 100, &Visibility::all())
        .unwrap();
    named.into_iter().map(|named| named.person).collect()
}

#[test]
fn single_values_are_replaced_others_are_added() {
    on_every_backend(|store| {
        import(store, &chain(3), "one").unwrap();
        let mut changed = chain(3);
        changed.subjects[0].facts[1].fact = born(1950);
        changed.subjects[0].facts.push(BundleFact {
            fact: name("Other name"),
            evidence: evidence(),
        });
        changed.subjects[2].facts.clear();
        let summary = import(store, &changed, "two").unwrap();
        assert_eq!((summary.new_statements, summary.changed_statements), (1, 1));
        let nodes = nodes(store, &changed);
        assert_eq!(nodes[0].birth, Some(PartialDate::from_year(1950)));
        assert_eq!(nodes[2].birth, Some(PartialDate::from_year(1900)));
        assert_clean(store);
        let undone = store.undo_import("two", "a tester", None).unwrap();
        assert_eq!((undone.withdrawn, undone.restored, undone.left), (1, 1, 0));
        let nodes = self::nodes(store, &changed);
        assert_eq!(nodes[0].birth, Some(PartialDate::from_year(1900)));
        assert_clean(store);
    });
}

#[test]
fn undoing_that_was_cut_off_counts_nothing_twice() {
    on_every_backend(|store| {
        import(store, &chain(3), "one").unwrap();
        let mut changed = chain(3);
        for subject in &mut changed.subjects {
            subject.facts[1].fact = born(1950);
        }
        let summary = import(store, &changed, "two").unwrap();
        assert_eq!((summary.new_statements, summary.changed_statements), (0, 3));
        let expected = store.would_undo_import("two").unwrap();
        store.undo_in_part("two", 2).unwrap();
        let would = store.would_undo_import("two").unwrap();
        let undone = store.undo_import("two", "a tester", None).unwrap();
        for told in [expected, would, undone] {
            assert_eq!((told.withdrawn, told.restored, told.left), (0, 3, 0));
        }
        for node in nodes(store, &changed) {
            assert_eq!(node.birth, Some(PartialDate::from_year(1900)));
        }
        assert_clean(store);
    });
}

#[test]
fn corrections_by_hand_outlive_imports_and_their_undoing() {
    on_every_backend(|store| {
        let bundle = chain(2);
        import(store, &bundle, "one").unwrap();
        let subject = Subject::Person(nodes(store, &bundle)[0].id);
        let statements = store
            .snapshot()
            .unwrap()
            .statements(subject, &Visibility::all(), None)
            .unwrap();
        let birth = statements
            .iter()
            .find(|(_, s)| matches!(s.fact, Fact::Birth { .. }))
            .unwrap();
        let mut correction = draft(born(1911));
        correction.id = Some(birth.1.id);
        state(store, subject, correction);
        let again = import(store, &bundle, "two").unwrap();
        assert_eq!(again.changed_statements, 0);
        let undone = store.undo_import("one", "a tester", None).unwrap();
        assert_eq!((undone.withdrawn, undone.left), (6, 1));
        assert_eq!(
            nodes(store, &bundle)[0].birth,
            Some(PartialDate::from_year(1911))
        );
        assert!(store.undo_import("one", "a tester", None).is_err());
        let anew = import(store, &bundle, "one").unwrap();
        assert_eq!((anew.new_subjects, anew.new_statements), (0, 7));
        assert_clean(store);
    });
}

#[test]
fn bundles_that_point_nowhere_are_refused() {
    on_every_backend(|store| {
        let mut outside = chain(2);
        outside.subjects[1].facts.push(BundleFact {
            fact: parent(PersonId(9), ParentNature::Birth),
            evidence: evidence(),
        });
        let mut twice = chain(2);
        twice.subjects[1].external_id = twice.subjects[0].external_id.clone();
        let mut sourceless = chain(2);
        sourceless.sources.clear();
        for bundle in [outside, twice, sourceless] {
            assert!(import(store, &bundle, "one").is_err());
        }
        assert!(store.unfinished_imports().unwrap().is_empty());
        assert_eq!(store.snapshot().unwrap().revision().sequence, 0);
    });
}

#[test]
fn an_unfinished_import_is_known_after_opening() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let bundle = chain(8);
    let store = Store::create(&data, &options()).unwrap();
    assert!(import_until(&store, &bundle, "one", 2).is_err());
    drop(store);
    let store = Store::open(&data, &options()).unwrap();
    let unfinished = store.unfinished_imports().unwrap();
    assert_eq!(
        (unfinished[0].import_id.as_str(), unfinished[0].state),
        ("one", ImportState::Loading)
    );
    assert!(import(&store, &bundle, "one").unwrap().resumed);
    assert_eq!(nodes(&store, &bundle).len(), 8);
    assert_clean(&store);
}

#[test]
fn blocks_of_a_batch_that_was_cut_off_in_the_middle_do_not_count() {
    on_every_backend(|store| {
        let bundle = chain(8);
        assert!(import_until(store, &bundle, "one", 1).is_err());
        // What the next batch would have loaded before its journal was committed.
        let next = store.snapshot().unwrap().revision();
        let revision = crate::model::ids::Revision {
            sequence: next.sequence + 1,
            ..next
        };
        let header = Header::new(SubjectKind::Person, PublicId(7), Vec::new(), revision);
        let mut run = Run::default();
        run.push(&keys::header(4), &encode(&header).unwrap());
        run.push(&keys::block(4, revision), &encode_block(&[]).unwrap());
        store
            .shared
            .backend
            .bulk_put(Table::Statements, vec![run])
            .unwrap();
        people(store, &["Somebody in between"]);
        assert!(import(store, &bundle, "one").unwrap().resumed);
        assert_eq!(nodes(store, &bundle).len(), 8);
        assert_clean(store);
    });
}
