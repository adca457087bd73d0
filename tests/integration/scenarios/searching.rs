//! People found by what a social worker types.

use super::world::World;
use kinpath::access::Permit;
use kinpath::model::ids::{ExternalId, SubjectKind};
use kinpath::model::partial_date::Day;
use kinpath::workflow::{FoundPerson, SearchPeople, SearchScope, SearchedName, search_people};

const PEOPLE: &str = "\
id,full_name,given_names,family_name,birth_family_name,aliases,birth_date,places,nations,source
marg,Margaret Joseph,Margaret,Joseph,Quatsell,used=Marg Josef,1961-03-12,Alert Bay,Willow Bend,file 1
mary,Mary Joseph,Mary,Joseph,,,1984,Port Hallow,,file 1
mia,Mia Joseph,Mia,Joseph,,,2016-05-14,Port Hallow,,file 1
peter,Peter Smith,Peter,Smith,,,1960-02-02,Alert Bay,,file 2
vic,Ann Victoria,Ann,Victoria,,,1970,,,file 2
teacher,Margaret Jones,Margaret,Jones,,,1980,,,file 2
stranger,Margaret Josephs,Margaret,Josephs,,,1990,Victoria,,file 3
";
const TIES: &str = "\
kind,from,to,nature,role,side,source
parent,marg,mary,birth,,,file 1
parent,mary,mia,birth,,,file 1
network,teacher,mia,paid,teacher,,file 1
";
const CASES: &str = "\
id,child,active,source
case-mia,mia,yes,file 1
";

fn world() -> World {
    let files = [
        ("people.csv", PEOPLE.as_bytes().to_vec()),
        ("ties.csv", TIES.as_bytes().to_vec()),
        ("cases.csv", CASES.as_bytes().to_vec()),
    ];
    World::of_files(&files).unwrap()
}

fn found(world: &World, asked: &SearchPeople) -> Vec<FoundPerson> {
    let scope = SearchScope {
        limit: 10,
        today: Day::from_ymd(2026, 11, 21).unwrap(),
    };
    search_people(&world.store, &Permit::local_operator(), asked, scope).unwrap()
}

fn typed(text: &str) -> SearchPeople {
    SearchPeople {
        text: text.to_owned(),
        ..SearchPeople::default()
    }
}

fn ids(found: &[FoundPerson]) -> Vec<&str> {
    found
        .iter()
        .map(|found| found.external_id.as_ref().map_or("", |id| id.xref.as_str()))
        .collect()
}

#[test]
fn what_people_type_finds_whom_they_mean() {
    let world = world();
    for (text, expected) in [
        ("Marg Josef 1961 Alert Bay", "marg"),
        ("josef, marg", "marg"),
        ("Margaret Quatsell", "marg"),
        ("Peggy Joseph", "marg"),
        ("margret joseph 1961-12-03", "marg"),
        ("Smith Peter", "peter"),
        ("Ann Victoria", "vic"),
        ("Mia", "mia"),
        ("jones", "teacher"),
        ("Margaret Josephs", "stranger"),
    ] {
        let found = found(&world, &typed(text));
        assert_eq!(
            ids(&found).first(),
            Some(&expected),
            "{text}: {:?}",
            ids(&found)
        );
    }
}

#[test]
fn the_beginning_of_a_name_is_enough() {
    let world = world();
    let of_m = found(&world, &typed("Ma"));
    for id in ["marg", "mary", "teacher", "stranger"] {
        assert!(ids(&of_m).contains(&id), "{id} in {:?}", ids(&of_m));
    }
    assert!(
        found(&world, &typed("Mar"))
            .iter()
            .all(|found| found.probability < 0.5)
    );
    assert!(found(&world, &typed("Xavier")).is_empty());
}

#[test]
fn answers_say_why_and_by_which_name() {
    let world = world();
    let found = found(&world, &typed("Marg Josef 1961 Alert Bay"));
    let first = &found[0];
    assert_eq!(first.person.name, "Marg Josef");
    assert_eq!(first.matched_name, "Marg Josef");
    assert!(first.probability > 0.9, "{}", first.probability);
    let fields: Vec<&str> = first.reasons.iter().map(|reason| reason.field).collect();
    assert_eq!(fields, ["given name", "family name", "birth", "place"]);
    assert!(
        first.reasons.iter().all(|reason| reason.bits > 0.0),
        "{:?}",
        first.reasons
    );
}

#[test]
fn fields_are_weighed_together() {
    let world = world();
    let asked = SearchPeople {
        name: SearchedName {
            given: "Margaret".to_owned(),
            family: "Joseph".to_owned(),
            ..SearchedName::default()
        },
        birth: "1990".parse().ok(),
        places: vec!["Victoria".to_owned()],
        ..SearchPeople::default()
    };
    assert_eq!(ids(&found(&world, &asked)).first(), Some(&"stranger"));
    let by_birth = SearchPeople {
        birth: "1961-03-12".parse().ok(),
        ..SearchPeople::default()
    };
    assert_eq!(ids(&found(&world, &by_birth)), ["marg"]);
}

#[test]
fn the_search_can_be_kept_to_a_family_or_a_case() {
    let world = world();
    let mia = world.person("mia").unwrap();
    let of_family = SearchPeople {
        relative_of: Some(mia),
        ..typed("Margaret")
    };
    let relatives = found(&world, &of_family);
    // The teacher is tied to her; both fit the text alike, so that they stand by name.
    assert_eq!(ids(&relatives)[..2], ["teacher", "marg"]);
    assert!(!ids(&relatives).contains(&"stranger"));
    let case = ExternalId {
        source: "scenario".to_owned(),
        xref: "case-mia".to_owned(),
    };
    let snapshot = world.store.snapshot().unwrap();
    let case = snapshot
        .subject_of_external_id(SubjectKind::Case, &case)
        .unwrap();
    drop(snapshot);
    let Some(kinpath::model::ids::Subject::Case(case)) = case else {
        panic!("no case");
    };
    let of_case = SearchPeople {
        mentioned_in: Some(case),
        ..typed("Margaret")
    };
    let mentioned = found(&world, &of_case);
    assert_eq!(
        ids(&mentioned).first(),
        Some(&"teacher"),
        "{:?}",
        ids(&mentioned)
    );
    assert!(!ids(&mentioned).contains(&"peter"));
}

#[test]
fn asking_nothing_is_refused() {
    let world = world();
    let scope = SearchScope {
        limit: 10,
        today: Day(0),
    };
    let refused = search_people(&world.store, &Permit::local_operator(), &typed("  "), scope);
    assert!(refused.is_err());
}
