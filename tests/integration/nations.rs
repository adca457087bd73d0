//! The nation behind a name, from files, in a store and through the server.

use crate::doors::live::with_server;
use kinpath::access::Permit;
use kinpath::api::v1;
use kinpath::exchange::csv::read_named_files;
use kinpath::exchange::report::{ReadBundle, ReadOptions};
use kinpath::model::ids::{NationId, SubjectKind};
use kinpath::model::nation::Nation;
use kinpath::model::statement::Fact;
use kinpath::store::{ImportRequest, Store, StoreOptions};
use kinpath::workflow::{ResolveNation, link_nations, resolve_nation};
use std::ops::ControlFlow;

const DESCRIBED: &str = "id,name,other_names,number\nn1,Tla'amin Nation,,554\nn2,Willow Bend First Nation,Hallow Mission,\n";

fn bundle(folder: &str, people: &str, nations: &str) -> ReadBundle {
    let files: [(&str, &[u8]); 2] = [
        ("people.csv", people.as_bytes()),
        ("nations.csv", nations.as_bytes()),
    ];
    let files = if nations.is_empty() {
        &files[..1]
    } else {
        &files[..]
    };
    let read = read_named_files(folder, files, &ReadOptions::default());
    assert_eq!(read.errors, 0, "{:?}", read.findings);
    read
}

fn import(store: &Store, read: &ReadBundle, id: &str) {
    let request = ImportRequest::new(id, "test");
    let mut go_on = |_| ControlFlow::Continue(());
    store.import(&read.bundle, &request, &mut go_on).unwrap();
}

fn nations(store: &Store) -> Vec<(NationId, Nation)> {
    let permit = Permit::local_operator();
    let snapshot = store.snapshot().unwrap();
    let ids = snapshot.all_nations().unwrap();
    let found = snapshot.nations(&ids, permit.visibility()).unwrap();
    let found = ids.into_iter().zip(found);
    found
        .filter_map(|(id, nation)| nation.map(|(_, nation)| (id, nation)))
        .collect()
}

fn said(read: &ReadBundle) -> String {
    let reasons: Vec<&str> = read
        .findings
        .iter()
        .map(|one| one.reason.as_str())
        .collect();
    reasons.join("\n")
}

#[test]
fn a_former_name_in_a_file_is_taken_as_the_nation_that_the_file_describes() {
    let people = "id,full_name,nations\np1,Ann,Sliammon Indian Band\np2,Joe,Hallow Misssion\n";
    let read = bundle("a", people, DESCRIBED);
    let said = said(&read);
    assert!(
        said.contains(
            "\"Sliammon Indian Band\" is taken as Tla'amin Nation (band 554, certainty 9"
        ),
        "{said}"
    );
    assert!(
        said.contains("\"Hallow Misssion\" is not recognised"),
        "{said}"
    );
    let whole = read.bundle.unpacked().unwrap();
    let made: Vec<_> = whole
        .subjects
        .iter()
        .filter(|subject| subject.kind == SubjectKind::Nation)
        .map(|subject| subject.external_id.xref.as_str())
        .collect();
    assert_eq!(made, ["n1", "n2", "nation/hallow misssion"]);
}

#[test]
fn a_nation_only_named_is_linked_to_the_record_of_its_number_and_never_merged_in_silence() {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let permit = Permit::local_operator();
    import(&store, &bundle("a", "id\np1\n", DESCRIBED), "a");
    let people =
        "id,full_name,nations\np1,Ann,Sliammon\np2,Joe,Willow Bend Band\np3,Sue,Sturgeon Lake\n";
    let mut read = bundle("b", people, "");
    let linked = link_nations(&store, &permit, &mut read.bundle).unwrap();
    let told: Vec<&str> = linked.iter().map(|one| one.reason.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("is the nation recorded as Tla'amin Nation (band 554): it is linked"));
    assert!(told[1].contains("may be the nation recorded as Willow Bend First Nation"));
    import(&store, &read, "b");
    let names: Vec<String> = nations(&store)
        .into_iter()
        .map(|(_, one)| one.name)
        .collect();
    let expected = [
        "Tla'amin Nation",
        "Willow Bend First Nation",
        "Willow Bend Band",
        "Sturgeon Lake",
    ];
    assert_eq!(names, expected);
    let (first, nation) = nations(&store).remove(0);
    assert_eq!(nation.number, "554");
    let whole = read.bundle.unpacked().unwrap();
    let joined = whole.subjects.iter().flat_map(|subject| &subject.facts);
    let memberships = joined.filter(|fact| matches!(fact.fact, Fact::Membership(_)));
    assert_eq!(memberships.count(), 3);
    let members = store
        .snapshot()
        .unwrap()
        .nations(&[first], permit.visibility())
        .unwrap();
    assert_eq!(members.len(), 1);
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
}

#[test]
fn a_second_description_of_a_nation_is_reported_and_kept_beside_the_first() {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let permit = Permit::local_operator();
    import(&store, &bundle("a", "id\np1\n", DESCRIBED), "a");
    let mut read = bundle("b", "id\np1\n", "id,name,number\nx,Sliammon,0554\n");
    let before = read.bundle.clone();
    let linked = link_nations(&store, &permit, &mut read.bundle).unwrap();
    assert!(
        linked[0].reason.contains("it is kept beside it"),
        "{linked:?}"
    );
    assert_eq!(read.bundle, before);
}

#[test]
fn recorded_nations_are_found_by_their_own_names_and_by_those_of_the_list() {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let permit = Permit::local_operator();
    import(&store, &bundle("a", "id\np1\n", DESCRIBED), "a");
    for (text, name) in [
        ("Sliamon", Some("Tla'amin Nation")),
        ("Hallow Mision Band", Some("Willow Bend First Nation")),
        ("Musqueam", None),
        ("Joseph", None),
    ] {
        let question = ResolveNation {
            text: text.to_owned(),
            ..ResolveNation::default()
        };
        let answer = resolve_nation(&store, &permit, &question).unwrap();
        let first = answer.recorded.first().map(|one| one.nation.name.as_str());
        assert_eq!(first, name, "{text}");
    }
}

#[test]
fn the_server_tells_the_nation_behind_a_name() {
    with_server(async |channel| {
        let mut client = v1::nation_service_client::NationServiceClient::new(channel);
        let ask = |text: &str, region: &str| v1::ResolveNationRequest {
            text: text.to_owned(),
            region: region.to_owned(),
            ..v1::ResolveNationRequest::default()
        };
        let answer = client
            .resolve_nation(ask("Sliammon", ""))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.verdict(), v1::NationVerdict::Certain);
        assert_eq!(answer.reference[0].number, "554");
        assert!(answer.reference[0].certainty > 0.9);
        assert!(!answer.revision.is_empty());
        let answer = client
            .resolve_nation(ask("Sturgeon Lake", ""))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.verdict(), v1::NationVerdict::Several);
        let answer = client
            .resolve_nation(ask("Sturgeon Lake", "AB"))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.reference[0].number, "455");
        let answer = client
            .resolve_nation(ask("Navajo Nation", ""))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.verdict(), v1::NationVerdict::None);
        assert!(answer.known_elsewhere.contains("United States"));
    });
}
