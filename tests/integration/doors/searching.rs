//! People found through the live server: by each field, in pages, and as a stream.

use super::live::{channel, limits, with_store};
use kinpath::access::Permit;
use kinpath::api::v1;
use kinpath::api::v1::stream_search_people_response::Part;
use kinpath::exchange::csv::read_named_files;
use kinpath::store::{Store, StoreOptions};
use kinpath::workflow::import_bundle;
use std::sync::Arc;
use tonic::transport::Channel;

type People = v1::person_service_client::PersonServiceClient<Channel>;

const PEOPLE: &str = "\
id,full_name,birth_date,places,nations,source
marg,Margaret Joseph,1961-03-12,Alert Bay,Willow Bend,file 1
mary,Mary Joseph,1984,Port Hallow,,file 1
mia,Mia Joseph,2016-05-14,Port Hallow,,file 1
other,Margaret Joseph,1990-10-10,Port Hallow,,file 3
teacher,Margaret Jones,1980,,,file 2
";
const TIES: &str = "\
kind,from,to,nature,role,side,source
parent,marg,mary,birth,,,file 1
parent,mary,mia,birth,,,file 1
network,teacher,mia,paid,teacher,,file 1
";
const CASES: &str = "id,child,active,source\ncase-mia,mia,yes,file 1\n";

fn store() -> Arc<Store> {
    let files = [
        ("people.csv", PEOPLE),
        ("ties.csv", TIES),
        ("cases.csv", CASES),
    ];
    let files = files.map(|(name, text)| (name, text.as_bytes()));
    let read = read_named_files("ours", &files, &Default::default());
    assert_eq!(read.errors, 0, "{:?}", read.findings);
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let permit = Permit::local_operator();
    import_bundle(&store, &permit, "one", &read.bundle, &mut |_| {}).unwrap();
    Arc::new(store)
}

fn ids(found: &[v1::FoundPerson]) -> Vec<&str> {
    let ids = found.iter().map(|found| found.external_id.as_str());
    ids.map(|id| id.trim_start_matches("ours:")).collect()
}

/// Everything that a stream brings, and its end.
async fn streamed(
    people: &mut People,
    search: v1::SearchPeopleRequest,
    limit: i32,
) -> (Vec<v1::FoundPerson>, v1::StreamSearchPeopleComplete) {
    let request = v1::StreamSearchPeopleRequest {
        search: Some(search),
        limit,
    };
    let mut stream = people
        .stream_search_people(request)
        .await
        .unwrap()
        .into_inner();
    let (mut found, mut complete) = (Vec::new(), None);
    while let Some(message) = stream.message().await.unwrap() {
        assert!(complete.is_none(), "something comes after the end");
        match message.part.expect("no empty message") {
            Part::Found(person) => found.push(person),
            Part::Complete(end) => complete = Some(end),
        }
    }
    (found, complete.expect("the end is told"))
}

#[test]
fn every_field_finds_whom_it_means_and_a_stream_gives_the_same() {
    with_store(store(), limits(), |address| async move {
        let mut people = People::new(channel(&address).await);
        let marg = || v1::SearchPeopleRequest {
            query: "Margaret".to_owned(),
            ..v1::SearchPeopleRequest::default()
        };
        let joseph = || v1::SearchPeopleRequest {
            query: "Margaret Joseph".to_owned(),
            ..v1::SearchPeopleRequest::default()
        };
        let asked = [
            (
                v1::SearchPeopleRequest {
                    relative_of: "ours:mia".to_owned(),
                    ..marg()
                },
                "teacher",
                2,
            ),
            (
                v1::SearchPeopleRequest {
                    relative_of: "Mia Joseph".to_owned(),
                    ..joseph()
                },
                "marg",
                1,
            ),
            (
                v1::SearchPeopleRequest {
                    mentioned_in_case: "ours:case-mia".to_owned(),
                    ..v1::SearchPeopleRequest {
                        query: "Jones".to_owned(),
                        ..v1::SearchPeopleRequest::default()
                    }
                },
                "teacher",
                1,
            ),
            (
                v1::SearchPeopleRequest {
                    nations: vec!["willow bend".to_owned()],
                    ..joseph()
                },
                "marg",
                1,
            ),
            (
                v1::SearchPeopleRequest {
                    places: vec!["Port Hallow".to_owned()],
                    ..joseph()
                },
                "other",
                1,
            ),
        ];
        for (request, first, at_least) in asked {
            let page = people
                .search_people(request.clone())
                .await
                .unwrap()
                .into_inner();
            let told = ids(&page.found);
            assert_eq!(told.first(), Some(&first), "{request:?}: {told:?}");
            assert!(told.len() >= at_least, "{request:?}: {told:?}");
            let (found, end) = streamed(&mut people, request, 0).await;
            assert_eq!(found, page.found);
            assert_eq!((end.found_count as usize, end.more), (found.len(), false));
        }
        let (found, end) = streamed(&mut people, marg(), 1).await;
        assert_eq!((found.len(), end.found_count, end.more), (1, 1, true));
    });
}
