//! Reading: nodes under visibility, the past, hubs, documents.

use super::fixture::*;
use crate::model::case::Case;
use crate::model::ids::{PersonId, Subject, SubjectKind};
use crate::model::nation::{Membership, MembershipState, Nation, NationLevel};
use crate::model::neighborhood::{Node, NodeTieKind};
use crate::model::partial_date::{Day, PartialDate};
use crate::model::person::{Caution, CautionKind, Gender, Place, Residence};
use crate::model::statement::{Certainty, Fact, SealClass};
use crate::model::tie::{HouseholdMember, ParentNature};
use crate::model::visibility::Visibility;
use crate::model::waiting_family::WaitingFamily;
use crate::store::{Page, StatementDraft, Store, TieKind};
use std::sync::Arc;

fn node(store: &Store, person: PersonId, visibility: &Visibility) -> Option<Node> {
    store
        .snapshot()
        .unwrap()
        .nodes(&[person], visibility)
        .unwrap()
        .remove(0)
}

#[test]
fn a_sealed_tie_is_absent_from_both_ends() {
    on_every_backend(|store| {
        let ids = people(store, &["Child", "Birth mother"]);
        let tie = sealed(parent(ids[1], ParentNature::Birth));
        state(store, Subject::Person(ids[0]), tie);
        for id in &ids {
            assert_eq!(node(store, *id, &Visibility::all()).unwrap().ties.len(), 1);
            assert!(
                node(store, *id, &Visibility::open_only())
                    .unwrap()
                    .ties
                    .is_empty()
            );
            let cleared = Visibility::open_only().with_seal(SealClass::Adoption);
            assert_eq!(node(store, *id, &cleared).unwrap().ties.len(), 1);
        }
    });
}

#[test]
fn somebody_all_of_whom_is_sealed_is_not_there() {
    on_every_backend(|store| {
        let mut transaction = transaction();
        let hidden = transaction.add_subject(SubjectKind::Person, None);
        transaction.add_statement(hidden, sealed(name("Hidden Name")));
        let hidden = person(store.commit(transaction).unwrap().subjects[0].0);
        assert!(node(store, hidden, &Visibility::open_only()).is_none());
        assert_eq!(
            node(store, hidden, &Visibility::all()).unwrap().name,
            "Hidden Name"
        );
        let snapshot = store.snapshot().unwrap();
        assert!(
            snapshot
                .people_named("hidden", 9, &Visibility::open_only())
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            snapshot
                .people_named("HIDDEN n", 9, &Visibility::all())
                .unwrap()
                .len(),
            1
        );
    });
}

#[test]
fn what_is_sealed_later_is_hidden_in_the_past_too() {
    on_every_backend(|store| {
        let ids = people(store, &["Child", "Mother"]);
        let child = Subject::Person(ids[0]);
        let open = state(store, child, draft(parent(ids[1], ParentNature::Birth)));
        let reseal = StatementDraft {
            id: Some(open.statements[0]),
            ..sealed(parent(ids[1], ParentNature::Birth))
        };
        state(store, child, reseal);
        let snapshot = store.snapshot().unwrap();
        for (visibility, ties) in [(Visibility::all(), 1), (Visibility::open_only(), 0)] {
            for id in &ids {
                let past = snapshot
                    .nodes_known_on(&[*id], open.revision, &visibility)
                    .unwrap();
                assert_eq!(past[0].as_ref().unwrap().ties.len(), ties);
                let now = snapshot.nodes(&[*id], &visibility).unwrap();
                assert_eq!(now[0].as_ref().unwrap().ties.len(), ties);
            }
        }
    });
}

#[test]
fn the_past_is_read_as_it_was_known() {
    on_every_backend(|store| {
        let ids = people(store, &["Child", "First", "Second"]);
        let child = Subject::Person(ids[0]);
        let all = Visibility::all();
        let first = state(store, child, draft(parent(ids[1], ParentNature::Birth)));
        let corrected = StatementDraft {
            id: Some(first.statements[0]),
            ..draft(parent(ids[2], ParentNature::Birth))
        };
        let second = state(store, child, corrected.clone());
        let gone = state(
            store,
            child,
            StatementDraft {
                retracted: true,
                ..corrected
            },
        );
        let snapshot = store.snapshot().unwrap();
        let ties = |person: usize, revision| {
            let past = snapshot
                .nodes_known_on(&[ids[person]], revision, &all)
                .unwrap();
            past[0].as_ref().unwrap().ties.len()
        };
        let counts = |revision| [ties(0, revision), ties(1, revision), ties(2, revision)];
        assert_eq!(counts(first.revision), [1, 1, 0]);
        assert_eq!(counts(second.revision), [1, 0, 1]);
        assert_eq!(counts(gone.revision), [0, 0, 0]);
        let now = snapshot.nodes(&ids, &all).unwrap();
        assert!(now.iter().flatten().all(|node| node.ties.is_empty()));
        assert_eq!(
            snapshot
                .statements(child, &all, Some(second.revision))
                .unwrap()
                .len(),
            2
        );
        assert_eq!(snapshot.statements(child, &all, None).unwrap().len(), 1);
        assert_eq!(snapshot.statement_versions(child, &all).unwrap().len(), 4);
    });
}

#[test]
fn nodes_are_merged_from_visible_sections() {
    on_every_backend(|store| {
        let ann = people(store, &["Ann Legal"])[0];
        let subject = Subject::Person(ann);
        let mut more = transaction();
        more.add_statement(subject, sealed(Fact::Gender(Gender::Female)));
        more.add_statement(subject, draft(Fact::Language("Cree".to_owned())));
        more.add_statement(subject, sealed(Fact::Language("Cree".to_owned())));
        let reported = Fact::Birth {
            date: Some(PartialDate::from_year(1961)),
            place: None,
        };
        let confirmed = Fact::Birth {
            date: Some(PartialDate::from_year(1962)),
            place: None,
        };
        more.add_statement(
            subject,
            StatementDraft {
                certainty: Certainty::Confirmed,
                ..sealed(confirmed)
            },
        );
        more.add_statement(subject, draft(reported));
        store.commit(more).unwrap();
        let narrow = node(store, ann, &Visibility::open_only()).unwrap();
        assert_eq!(
            (narrow.gender, narrow.birth),
            (Gender::Unknown, Some(PartialDate::from_year(1961)))
        );
        let wide = node(store, ann, &Visibility::all()).unwrap();
        assert_eq!(
            (wide.gender, wide.birth),
            (Gender::Female, Some(PartialDate::from_year(1962)))
        );
        assert_eq!((wide.name.as_str(), wide.languages.len()), ("Ann Legal", 1));
    });
}

#[test]
fn ended_things_step_back() {
    on_every_backend(|store| {
        let ann = people(store, &["Ann"])[0];
        let mut more = transaction();
        let place = |full: &str| {
            Fact::Place(Place {
                name: full.to_owned(),
                region: "BC".to_owned(),
                centre: None,
            })
        };
        let old = more.add_subject(SubjectKind::Place, None);
        let new = more.add_subject(SubjectKind::Place, None);
        more.add_statement(old, draft(place("Smithers")));
        more.add_statement(new, draft(place("Terrace")));
        let home = more.add_subject(SubjectKind::Household, None);
        more.add_statement(
            home,
            draft(Fact::Household {
                name: "Adams".to_owned(),
            }),
        );
        let ended = |fact| StatementDraft {
            valid_to: Some(PartialDate::from_year(2020)),
            ..draft(fact)
        };
        let lived = |place| match place {
            Subject::Place(place) => Fact::Residence(Residence { place }),
            other => panic!("{other:?}"),
        };
        let subject = Subject::Person(ann);
        more.add_statement(subject, draft(lived(new)));
        more.add_statement(subject, ended(lived(old)));
        more.add_statement(
            subject,
            ended(Fact::HouseholdMember(HouseholdMember {
                household: household(home),
            })),
        );
        let caution = Fact::Caution(Caution {
            kind: CautionKind::NoContact,
            note: String::new(),
        });
        more.add_statement(subject, ended(caution));
        let committed = store.commit(more).unwrap();
        let now = node(store, ann, &Visibility::all()).unwrap();
        assert_eq!(
            now.place.map(|place| place.0),
            Some(committed.subjects[1].0.number())
        );
        assert!(now.households.is_empty() && now.cautions.is_empty());
        let snapshot = store
            .snapshot()
            .unwrap()
            .as_of(Day::from_ymd(2019, 1, 1).unwrap());
        let then = snapshot
            .nodes(&[ann], &Visibility::all())
            .unwrap()
            .remove(0)
            .unwrap();
        assert!(then.cautions.contains(CautionKind::NoContact));
        let found = snapshot
            .places_named("smithers", Some("bc"), &Visibility::all())
            .unwrap();
        assert_eq!(
            snapshot.places(&found, &Visibility::all()).unwrap()[0]
                .as_ref()
                .unwrap()
                .1
                .name,
            "Smithers"
        );
    });
}

#[test]
fn hubs_do_not_hold_their_ties() {
    on_every_backend(|store| {
        let hub = people(store, &["Teacher"])[0];
        let mut many = transaction();
        for number in 0..50 {
            let child = Subject::Person(add_person(&mut many, &format!("Child {number}")));
            many.add_statement(child, draft(network(hub)));
            many.add_statement(child, draft(parent(hub, ParentNature::Foster)));
        }
        let children = store.commit(many).unwrap().subjects;
        let all = Visibility::all();
        let teacher = node(store, hub, &all).unwrap();
        assert!(teacher.ties.is_empty() && teacher.network.is_empty());
        let child = node(store, person(children[0].0), &all).unwrap();
        assert_eq!((child.network[0].adult, child.ties[0].other), (hub, hub));
        assert!(matches!(
            child.ties[0].kind,
            NodeTieKind::Parent {
                nature: ParentNature::Foster,
                ..
            }
        ));
        let snapshot = store.snapshot().unwrap();
        let mut seen = Vec::new();
        let mut page = Page::first(20);
        loop {
            let tied = snapshot
                .tied_to(Subject::Person(hub), TieKind::Network, page, &all)
                .unwrap();
            seen.extend(tied.iter().map(|tied| tied.subject));
            page.after = tied.last().copied();
            if tied.len() < 20 {
                break;
            }
        }
        assert_eq!(
            seen,
            children
                .iter()
                .map(|(subject, _)| *subject)
                .collect::<Vec<_>>()
        );
        assert_eq!(snapshot.foster_children(&[hub], &all).unwrap()[0].len(), 50);
    });
}

#[test]
fn households_know_their_members() {
    on_every_backend(|store| {
        let ids = people(store, &["Ann", "Ben"]);
        let mut more = transaction();
        let home = more.add_subject(SubjectKind::Household, None);
        more.add_statement(
            home,
            draft(Fact::Household {
                name: "Adams".to_owned(),
            }),
        );
        let lives = Fact::HouseholdMember(HouseholdMember {
            household: household(home),
        });
        more.add_statement(Subject::Person(ids[0]), draft(lives.clone()));
        more.add_statement(Subject::Person(ids[1]), sealed(lives));
        let home = household(store.commit(more).unwrap().subjects[0].0);
        let snapshot = store.snapshot().unwrap();
        let members = |visibility| {
            snapshot
                .household_members(&[home], &visibility)
                .unwrap()
                .remove(0)
        };
        assert_eq!(members(Visibility::all()), ids);
        assert_eq!(members(Visibility::open_only()), ids[..1]);
        assert_eq!(
            node(store, ids[0], &Visibility::all()).unwrap().households,
            [home]
        );
    });
}

#[test]
fn documents_are_found_and_read_as_they_stand() {
    on_every_backend(|store| {
        let child = people(store, &["Child"])[0];
        let all = Visibility::all();
        let mut more = transaction();
        let case = more.add_subject(SubjectKind::Case, None);
        let content = case_of(child, "on file");
        more.add_statement(case, draft(Fact::Case(Box::new(content))));
        let band = more.add_subject(SubjectKind::Nation, None);
        let nation_content = Nation {
            name: "Witset".to_owned(),
            other_names: vec!["Moricetown".to_owned()],
            level: NationLevel::Community,
            part_of: None,
            languages: Vec::new(),
            number: String::new(),
            agencies: Vec::new(),
            designated_representative: String::new(),
            governing_body: String::new(),
            offered_people: Vec::new(),
        };
        more.add_statement(band, draft(Fact::Nation(Box::new(nation_content))));
        let membership = Membership {
            nation: nation(band),
            state: MembershipState::Member,
            confirmed_by: String::new(),
        };
        more.add_statement(Subject::Person(child), draft(Fact::Membership(membership)));
        let committed = store.commit(more).unwrap();
        let update = StatementDraft {
            id: Some(committed.statements[0]),
            ..draft(Fact::Case(Box::new(case_of(
                child,
                "continuing_custody_order",
            ))))
        };
        state(store, committed.subjects[0].0, update);
        let snapshot = store.snapshot().unwrap();
        let (_, case) = snapshot.case_of_child(child, &all).unwrap().unwrap();
        assert_eq!(case.legal_status, "continuing_custody_order");
        assert_eq!(snapshot.all_cases().unwrap().len(), 1);
        let found = snapshot.nations_named("moricetown", &all).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            snapshot.nations(&found, &all).unwrap()[0]
                .as_ref()
                .unwrap()
                .1
                .name,
            "Witset"
        );
        assert_eq!(
            node(store, child, &all).unwrap().nations,
            [(found[0], MembershipState::Member)]
        );
    });
}

fn case_of(child: PersonId, legal_status: &str) -> Case {
    Case {
        child,
        legal_status: legal_status.to_owned(),
        legal_status_date: None,
        in_care_since: None,
        primary_goal: String::new(),
        concurrent_goal: String::new(),
        siblings_in_care: Vec::new(),
        needs: Vec::new(),
        wishes: Vec::new(),
        region: String::new(),
        worker: String::new(),
        agency: String::new(),
        placement_order: String::new(),
        active: true,
    }
}

#[test]
fn waiting_families_are_read_once_until_one_changes() {
    on_every_backend(|store| {
        let member = people(store, &["Pat"])[0];
        let family = |full: &str| {
            Fact::WaitingFamily(Box::new(WaitingFamily {
                name: full.to_owned(),
                members: vec![member],
                approval: None,
                approved_on: None,
                approval_expires: None,
                capacity: None,
                age_from: None,
                age_to: None,
                on_hold: None,
                place: None,
                languages: Vec::new(),
                accepts: Vec::new(),
                last_confirmed: None,
            }))
        };
        let all = Visibility::all();
        let mut more = transaction();
        let one = more.add_subject(SubjectKind::WaitingFamily, None);
        more.add_statement(one, draft(family("One")));
        store.commit(more).unwrap();
        let first = store
            .snapshot()
            .unwrap()
            .all_waiting_families(&all)
            .unwrap();
        people(store, &["Somebody else"]);
        let same = store
            .snapshot()
            .unwrap()
            .all_waiting_families(&all)
            .unwrap();
        assert!(Arc::ptr_eq(&first, &same) && first.len() == 1);
        let before = store.snapshot().unwrap();
        let mut more = transaction();
        let two = more.add_subject(SubjectKind::WaitingFamily, None);
        more.add_statement(two, sealed(family("Two")));
        store.commit(more).unwrap();
        let snapshot = store.snapshot().unwrap();
        assert_eq!(snapshot.all_waiting_families(&all).unwrap().len(), 2);
        assert_eq!(
            snapshot
                .all_waiting_families(&Visibility::open_only())
                .unwrap()
                .len(),
            1
        );
        assert_eq!(before.all_waiting_families(&all).unwrap().len(), 1);
        let names = |list: &crate::store::FamilyList| -> Vec<String> {
            list.iter()
                .map(|(_, _, family)| family.name.clone())
                .collect()
        };
        let list = snapshot.all_waiting_families(&all).unwrap();
        assert_eq!(names(&list), ["One", "Two"]);
        assert_eq!(list.columns.families_of(member), [0, 1]);
        let tied = snapshot
            .tied_to(
                Subject::Person(member),
                TieKind::FamilyMember,
                Page::first(9),
                &all,
            )
            .unwrap();
        assert_eq!(tied.len(), 2);
    });
}

#[test]
fn a_passed_deadline_is_an_error() {
    on_every_backend(|store| {
        let ids = people(store, &["Ann"]);
        let late = store
            .snapshot()
            .unwrap()
            .with_deadline(std::time::Instant::now());
        assert!(late.nodes(&ids, &Visibility::all()).is_err());
    });
}
