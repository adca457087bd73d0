//! Same-person links as they are kept: at both ends, under seal, with their history.

use super::fixture::*;
use crate::model::ids::{PersonId, Subject};
use crate::model::neighborhood::NodeLink;
use crate::model::same_person::{LinkReason, Probability, SamePersonLink, Verdict};
use crate::model::statement::{Fact, SealClass};
use crate::model::visibility::Visibility;
use crate::store::{Page, StatementDraft, Store, TieKind};

fn link(other: PersonId, verdict: Verdict) -> Fact {
    Fact::SamePerson(SamePersonLink {
        other,
        probability: Probability::new(0.93),
        reasons: vec![LinkReason::default()],
        parameters: "v1".to_owned(),
        verdict,
        verdict_reason: String::new(),
    })
}

fn links(store: &Store, person: PersonId, visibility: &Visibility) -> Vec<NodeLink> {
    let snapshot = store.snapshot().unwrap();
    let node = snapshot.nodes(&[person], visibility).unwrap().remove(0);
    node.unwrap().links
}

fn listed(store: &Store, verdict: Verdict, visibility: &Visibility) -> usize {
    let snapshot = store.snapshot().unwrap();
    let page = snapshot.same_person_links(verdict, None, 9, visibility);
    page.unwrap().len()
}

fn is_sound(store: &Store) -> bool {
    store.verify(&mut |_| {}).unwrap().is_clean()
}

#[test]
fn a_link_stands_in_the_records_of_both_and_goes_with_its_seal() {
    on_every_backend(|store| {
        let ids = people(store, &["Marg Josef", "Margaret Joseph"]);
        let subject = Subject::Person(ids[0]);
        state(store, subject, sealed(link(ids[1], Verdict::Undecided)));
        let cleared = Visibility::open_only().with_seal(SealClass::Adoption);
        for (id, other) in [(ids[0], ids[1]), (ids[1], ids[0])] {
            assert!(links(store, id, &Visibility::open_only()).is_empty());
            let seen = links(store, id, &cleared);
            assert_eq!(seen.len(), 1);
            assert_eq!(
                (seen[0].other, seen[0].verdict),
                (other, Verdict::Undecided)
            );
            assert_eq!(seen[0].probability, Probability::new(0.93));
        }
        let snapshot = store.snapshot().unwrap();
        let tied = |visibility| {
            let all = Page::first(9);
            let kind = TieKind::SamePerson;
            snapshot.tied_to(Subject::Person(ids[1]), kind, all, visibility)
        };
        assert_eq!(tied(&cleared).unwrap().len(), 1);
        assert!(tied(&Visibility::open_only()).unwrap().is_empty());
        assert_eq!(listed(store, Verdict::Undecided, &cleared), 1);
        assert_eq!(
            listed(store, Verdict::Undecided, &Visibility::open_only()),
            0
        );
        assert!(is_sound(store));
    });
}

#[test]
fn a_verdict_is_a_further_version_and_the_past_keeps_the_earlier_ones() {
    on_every_backend(|store| {
        let ids = people(store, &["Marg Josef", "Margaret Joseph"]);
        let subject = Subject::Person(ids[0]);
        let all = Visibility::all();
        let first = state(store, subject, draft(link(ids[1], Verdict::Undecided)));
        for verdict in [Verdict::Same, Verdict::Different, Verdict::Undecided] {
            let version = StatementDraft {
                id: Some(first.statements[0]),
                ..draft(link(ids[1], verdict))
            };
            let decided = state(store, subject, version);
            assert_eq!(links(store, ids[1], &all)[0].verdict, verdict);
            for listed_as in Verdict::ALL {
                let expected = usize::from(listed_as == verdict);
                assert_eq!(listed(store, listed_as, &all), expected);
            }
            let snapshot = store.snapshot().unwrap();
            for (revision, known) in [
                (first.revision, Verdict::Undecided),
                (decided.revision, verdict),
            ] {
                let past = snapshot.nodes_known_on(&ids, revision, &all).unwrap();
                for node in past {
                    assert_eq!(node.unwrap().links[0].verdict, known);
                }
            }
        }
        let snapshot = store.snapshot().unwrap();
        let versions = snapshot.statement_versions(subject, &all).unwrap();
        let of_link = versions
            .iter()
            .filter(|(_, version)| version.id == first.statements[0]);
        assert_eq!(of_link.count(), 4);
        drop(snapshot);
        let withdrawn = StatementDraft {
            id: Some(first.statements[0]),
            retracted: true,
            ..draft(link(ids[1], Verdict::Undecided))
        };
        state(store, subject, withdrawn);
        assert!(links(store, ids[1], &all).is_empty());
        assert!(is_sound(store));
    });
}

#[test]
fn links_are_listed_by_likelihood_page_by_page() {
    on_every_backend(|store| {
        let ids = people(store, &["A", "B", "C", "D", "E"]);
        for (position, probability) in [(1, Some(0.6)), (2, None), (3, Some(0.99)), (4, Some(0.6))]
        {
            let Fact::SamePerson(plain) = link(ids[position], Verdict::Undecided) else {
                unreachable!("a link is made above");
            };
            let fact = Fact::SamePerson(SamePersonLink {
                probability: probability.and_then(Probability::new),
                ..plain
            });
            state(store, Subject::Person(ids[0]), draft(fact));
        }
        let snapshot = store.snapshot().unwrap();
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = snapshot
                .same_person_links(Verdict::Undecided, after, 1, &Visibility::all())
                .unwrap();
            let Some(position) = page.first() else {
                break;
            };
            seen.push(position.unlikeliness);
            after = Some(*position);
        }
        assert_eq!(seen, [10_000, 400_000, 400_000, 1_000_001]);
    });
}
