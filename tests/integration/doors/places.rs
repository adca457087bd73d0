//! Places and households through the live server, and answers of which only some fields are wanted.

use super::live::{channel, limits, with_store};
use super::writing::small_family;
use kinpath::api::v1;
use kinpath::api::v1::find_family_response::Part;
use kinpath::store::{Store, StoreOptions};
use pbjson_types::FieldMask;
use std::sync::Arc;
use tonic::Code;
use tonic::transport::Channel;

type Places = v1::place_service_client::PlaceServiceClient<Channel>;
type Households = v1::household_service_client::HouseholdServiceClient<Channel>;
type Families = v1::family_finding_service_client::FamilyFindingServiceClient<Channel>;

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    })
}

fn place(id: &str, name: &str, region: &str) -> v1::CreatePlaceRequest {
    v1::CreatePlaceRequest {
        place: Some(v1::Place {
            display_name: name.to_owned(),
            region: region.to_owned(),
            ..v1::Place::default()
        }),
        request_id: id.to_owned(),
        ..v1::CreatePlaceRequest::default()
    }
}

#[test]
fn places_are_kept_and_told_apart() {
    let store = Arc::new(Store::in_memory(&StoreOptions::default()).unwrap());
    let served = Arc::clone(&store);
    with_store(served, limits(), |address| async move {
        let mut places = Places::new(channel(&address).await);
        let made = places.create_place(place("a", "Hope", "north")).await;
        let made = made.unwrap().into_inner().place.unwrap();
        let again = places.create_place(place("a", "Hope", "north")).await;
        assert_eq!(again.unwrap().into_inner().place.unwrap(), made);
        let twice = places.create_place(place("b", "HOPE", "North")).await;
        assert_eq!(twice.unwrap_err().code(), Code::AlreadyExists);
        let south = places.create_place(place("c", "Hope", "south")).await;
        assert!(south.is_ok());

        let mut changed = made.clone();
        changed.centre = Some(v1::Coordinates {
            latitude: 49.4,
            longitude: -121.4,
        });
        let update = v1::UpdatePlaceRequest {
            place: Some(changed),
            update_mask: mask(&["centre"]),
            request_id: "d".to_owned(),
            ..v1::UpdatePlaceRequest::default()
        };
        let updated = places.update_place(update.clone()).await.unwrap();
        let updated = updated.into_inner();
        let latitude = updated.place.as_ref().unwrap().centre.unwrap().latitude;
        assert!((latitude - 49.4).abs() < 1e-9);
        let mut stale = update;
        stale.request_id = "e".to_owned();
        let stale = places.update_place(stale).await;
        assert_eq!(stale.unwrap_err().code(), Code::Aborted);

        let shown = v1::GetPlaceRequest {
            name: made.name.clone(),
            at_least_revision: updated.revision,
            ..v1::GetPlaceRequest::default()
        };
        let shown = places.get_place(shown).await.unwrap().into_inner().place;
        assert_eq!(shown, updated.place);
        let list = v1::ListPlacesRequest {
            named: "hope".to_owned(),
            page_size: 1,
            ..v1::ListPlacesRequest::default()
        };
        let first = places.list_places(list.clone()).await.unwrap().into_inner();
        assert_eq!(first.places[0].region, "north");
        let next = v1::ListPlacesRequest {
            page_token: first.next_page_token,
            ..list
        };
        let second = places.list_places(next).await.unwrap().into_inner();
        assert_eq!(second.places[0].region, "south");
        assert_eq!(second.next_page_token, "");
    });
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
}

#[test]
fn households_are_listed_page_by_page() {
    let store = Arc::new(Store::in_memory(&StoreOptions::default()).unwrap());
    let served = Arc::clone(&store);
    with_store(served, limits(), |address| async move {
        let mut households = Households::new(channel(&address).await);
        for number in 0..5 {
            let request = v1::CreateHouseholdRequest {
                household: Some(v1::Household {
                    display_name: format!("house {number}"),
                    ..v1::Household::default()
                }),
                request_id: format!("h{number}"),
                ..v1::CreateHouseholdRequest::default()
            };
            households.create_household(request).await.unwrap();
        }
        let mut request = v1::ListHouseholdsRequest {
            page_size: 2,
            read_mask: mask(&["display_name"]),
            ..v1::ListHouseholdsRequest::default()
        };
        let mut names = Vec::new();
        loop {
            let page = households.list_households(request.clone()).await.unwrap();
            let page = page.into_inner();
            assert!(page.households.iter().all(|one| one.name.is_empty()));
            names.extend(page.households.into_iter().map(|one| one.display_name));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        let wanted: Vec<String> = (0..5).map(|number| format!("house {number}")).collect();
        assert_eq!(names, wanted);
    });
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
}

#[test]
fn only_the_fields_asked_for_are_sent() {
    let store = Arc::new(Store::in_memory(&StoreOptions::default()).unwrap());
    with_store(store, limits(), |address| async move {
        let channel = channel(&address).await;
        let people = small_family(&channel).await;
        let child = people[0].summary.clone().unwrap().name;
        let mother = people[1].summary.clone().unwrap().name;
        let mut families = Families::new(channel);
        let find = v1::FindFamilyRequest {
            child: child.clone(),
            read_mask: mask(&["lead.person.name", "lead.tier"]),
            ..v1::FindFamilyRequest::default()
        };
        let mut stream = families.find_family(find).await.unwrap().into_inner();
        let (mut revision, mut leads, mut is_whole) = (String::new(), 0, false);
        while let Some(message) = stream.message().await.unwrap() {
            match message.part.unwrap() {
                Part::Header(header) => {
                    assert!(header.child.is_some(), "no path begins with header");
                    revision = header.revision;
                }
                Part::Lead(lead) => {
                    leads += 1;
                    assert!(lead.relation.is_empty() && lead.score.is_none());
                    let Some(v1::lead::Target::Person(person)) = lead.target else {
                        panic!("a person");
                    };
                    assert!(!person.name.is_empty() && person.display_name.is_empty());
                }
                Part::Complete(complete) => is_whole = complete.coverage.is_some(),
                _ => {}
            }
        }
        assert!(leads > 0 && is_whole && !revision.is_empty());

        let named = v1::NameRelationshipRequest {
            a: child.clone(),
            b: mother,
            at_least_revision: revision.clone(),
            read_mask: mask(&["relations.term", "revision"]),
            ..v1::NameRelationshipRequest::default()
        };
        let named = families
            .name_relationship(named)
            .await
            .unwrap()
            .into_inner();
        assert!(named.a.is_none() && !named.relations[0].term.is_empty());
        assert_eq!(named.revision, revision);
        let relatives = v1::ListRelativesRequest {
            person: child,
            degree: 2,
            at_least_revision: revision.clone(),
            read_mask: mask(&["person.name"]),
            ..v1::ListRelativesRequest::default()
        };
        let page = families.list_relatives(relatives).await.unwrap();
        let page = page.into_inner();
        assert!(page.total_size > 0 && page.revision == revision);
        assert!(page.relatives[0].relations.is_empty());
    });
}
