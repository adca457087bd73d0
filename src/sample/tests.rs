//! The sample community as others meet it: the files.

use super::community::{CommunityPlan, LEAST_PEOPLE, generate};
use super::error::SampleError;
use super::shape::CommunityShape;
use crate::model::partial_date::{PartialDate, Truth};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;

type Row = HashMap<String, String>;

fn make(people: u64, seed: u64) -> (tempfile::TempDir, CommunityShape) {
    let folder = tempfile::tempdir().expect("a folder");
    let shape = generate(CommunityPlan { people, seed }, folder.path(), &mut |_| {});
    (folder, shape.expect("a community"))
}

fn rows(folder: &Path, name: &str) -> Vec<Row> {
    let path = folder.join(format!("{name}.csv"));
    let mut reader = csv::Reader::from_path(path).expect("a readable file");
    reader
        .deserialize()
        .map(|row| row.expect("a whole row"))
        .collect()
}

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, fs::read(&path).expect("a readable file"))
        })
        .collect()
}

fn ids(rows: &[Row]) -> HashSet<&str> {
    rows.iter().map(|row| row["id"].as_str()).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let (first, _) = make(4_000, 11);
    let (second, _) = make(4_000, 11);
    let (other, _) = make(4_000, 12);
    assert_eq!(bytes(first.path()), bytes(second.path()));
    assert_ne!(
        bytes(first.path())["people.csv"],
        bytes(other.path())["people.csv"]
    );
}

#[test]
fn there_are_as_many_people_as_asked_for_at_any_size() {
    for people in [LEAST_PEOPLE, 333, 1_000, 2_999, 7_000, 12_345] {
        let (_folder, shape) = make(people, 3);
        assert_eq!(shape.people, people);
    }
}

#[test]
fn too_few_people_or_a_folder_in_use_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = |people| CommunityPlan { people, seed: 1 };
    let few = generate(plan(LEAST_PEOPLE - 1), folder.path(), &mut |_| {});
    assert!(matches!(few, Err(SampleError::TooFewPeople { .. })));
    fs::write(folder.path().join("mine.txt"), "mine").expect("a file");
    let used = generate(plan(300), folder.path(), &mut |_| {});
    assert!(matches!(used, Err(SampleError::FolderNotEmpty { .. })));
    assert!(!folder.path().join("people.csv").exists());
}

#[test]
fn every_id_that_is_named_exists() {
    let (folder, _) = make(6_500, 5);
    let folder = folder.path();
    let (people, ties, cases) = (
        rows(folder, "people"),
        rows(folder, "ties"),
        rows(folder, "cases"),
    );
    let (households, nations) = (rows(folder, "households"), rows(folder, "nations"));
    let families = rows(folder, "families");
    let people = ids(&people);
    let (households, nations) = (ids(&households), ids(&nations));
    let (families, case_ids) = (ids(&families), ids(&cases));
    for tie in &ties {
        assert!(people.contains(tie["from"].as_str()), "{tie:?}");
        let to = match tie["kind"].as_str() {
            "household" => &households,
            "membership" => &nations,
            _ => &people,
        };
        assert!(to.contains(tie["to"].as_str()), "{tie:?}");
        assert_ne!(tie["from"], tie["to"], "{tie:?}");
    }
    for case in &cases {
        assert!(people.contains(case["child"].as_str()), "{case:?}");
        let siblings = case["siblings_in_care"]
            .split(';')
            .filter(|id| !id.is_empty());
        assert!(
            siblings.into_iter().all(|id| people.contains(id)),
            "{case:?}"
        );
    }
    for row in rows(folder, "outreach") {
        let whom = row["whom"].as_str();
        let known = people.contains(whom) || nations.contains(whom) || families.contains(whom);
        assert!(known && case_ids.contains(row["case"].as_str()), "{row:?}");
    }
    for row in rows(folder, "cautions")
        .iter()
        .chain(&rows(folder, "screenings"))
    {
        assert!(people.contains(row["person"].as_str()), "{row:?}");
    }
}

#[test]
fn no_id_stands_twice() {
    let (folder, _) = make(6_500, 5);
    for name in ["people", "cases", "households", "nations", "families"] {
        let rows = rows(folder.path(), name);
        assert_eq!(ids(&rows).len(), rows.len(), "{name}");
    }
    let places = rows(folder.path(), "places");
    let names: HashSet<&str> = places.iter().map(|row| row["name"].as_str()).collect();
    assert_eq!(names.len(), places.len());
}

fn date(text: &str) -> Option<PartialDate> {
    (!text.is_empty()).then(|| {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error:?}"))
    })
}

/// The years that a date may mean, with two more on either side for "about".
fn year(text: &str) -> Option<i32> {
    date(text).and_then(PartialDate::year)
}

#[test]
fn every_date_can_be_read_and_nobody_dies_before_birth() {
    let (folder, _) = make(6_500, 5);
    let columns = [
        ("ties", vec!["from_date", "to_date"]),
        ("cases", vec!["legal_status_date", "in_care_since"]),
        (
            "families",
            vec!["approved_on", "approval_expires", "last_confirmed"],
        ),
        ("inquiries", vec!["date"]),
        ("outreach", vec!["date", "ask_again"]),
    ];
    for (name, columns) in columns {
        for row in rows(folder.path(), name) {
            for column in &columns {
                date(&row[*column]);
            }
        }
    }
    for person in rows(folder.path(), "people") {
        let (birth, death) = (date(&person["birth_date"]), date(&person["death_date"]));
        if let (Some(birth), Some(death)) = (birth, death) {
            assert_ne!(death.before(birth), Truth::Yes, "{person:?}");
        }
        for stay in person["places"]
            .split(';')
            .filter_map(|stay| stay.split_once('@'))
        {
            date(stay.1);
        }
    }
}

#[test]
fn parents_are_at_least_fifteen_years_older_and_nobody_is_an_own_ancestor() {
    let (folder, _) = make(9_500, 8);
    let people = rows(folder.path(), "people");
    let births: HashMap<&str, Option<i32>> = people
        .iter()
        .map(|person| (person["id"].as_str(), exact_year(&person["birth_date"])))
        .collect();
    let ties = rows(folder.path(), "ties");
    let mut compared = 0;
    let mut parents: HashMap<&str, Vec<&str>> = HashMap::new();
    for tie in ties.iter().filter(|tie| tie["kind"] == "parent") {
        parents.entry(&tie["to"]).or_default().push(&tie["from"]);
        if let (Some(parent), Some(child)) =
            (births[tie["from"].as_str()], births[tie["to"].as_str()])
        {
            assert!(child - parent >= 15, "{tie:?}: {parent} {child}");
            compared += 1;
        }
    }
    assert!(compared > 3_000, "{compared}");
    for person in births.keys() {
        let mut above: HashSet<&str> = HashSet::new();
        let mut waiting: Vec<&str> = parents.get(person).cloned().unwrap_or_default();
        while let Some(ancestor) = waiting.pop() {
            assert_ne!(ancestor, *person);
            if above.insert(ancestor) {
                waiting.extend(parents.get(ancestor).into_iter().flatten());
            }
        }
    }
}

/// The year, of dates that give it without doubt.
fn exact_year(text: &str) -> Option<i32> {
    let plain = text
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter == '-');
    year(text).filter(|_| plain)
}

#[test]
fn the_shape_of_twenty_thousand_people_lies_within_bounds() {
    let (folder, shape) = make(20_000, 7);
    println!("{shape}");
    let within = |value: f64, low: f64, high: f64| value >= low && value <= high;
    assert!(
        (120..=220).contains(&shape.median_reach),
        "{}",
        shape.median_reach
    );
    assert!(shape.p99_reach >= 400, "{}", shape.p99_reach);
    assert!(
        shape.cases >= 150 && shape.cases * 100 <= shape.people,
        "{}",
        shape.cases
    );
    assert!(within(shape.of_nation, 0.48, 0.72), "{}", shape.of_nation);
    assert!(
        within(shape.in_sibling_groups, 0.3, 0.5),
        "{}",
        shape.in_sibling_groups
    );
    assert!(
        within(shape.with_half_siblings, 0.16, 0.38),
        "{}",
        shape.with_half_siblings
    );
    assert!(
        within(shape.paternal_kin_share, 0.27, 0.42),
        "{}",
        shape.paternal_kin_share
    );
    assert!(shape.largest_network >= 400, "{}", shape.largest_network);
    assert!(shape.duplicates >= shape.cases, "{}", shape.duplicates);
    let parents: u64 = shape
        .ties_by_kind
        .iter()
        .filter(|(kind, _)| kind.starts_with("parent"))
        .map(|(_, count)| count)
        .sum();
    let sealed = shape.sealed_ties as f64 / parents as f64;
    assert!(within(sealed, 0.03, 0.07), "{sealed}");
    let people = rows(folder.path(), "people");
    assert!(
        people
            .iter()
            .any(|person| person["full_name"].is_empty() && !person["description"].is_empty())
    );
    assert!(
        people
            .iter()
            .any(|person| !person["full_name"].is_empty() && !person["full_name"].contains(' '))
    );
}

#[test]
fn a_large_community_has_a_hub_and_a_large_nation_and_wide_families() {
    let (_folder, shape) = make(100_000, 7);
    println!("{shape}");
    assert_eq!(shape.largest_network, 2_000);
    assert!(shape.largest_nation >= 5_000, "{}", shape.largest_nation);
    assert!(
        (120..=200).contains(&shape.median_reach),
        "{}",
        shape.median_reach
    );
    assert!(shape.p99_reach >= 700, "{}", shape.p99_reach);
}

#[test]
fn every_kind_of_tie_caution_and_answer_occurs() {
    let (folder, shape) = make(20_000, 7);
    for nature in [
        "birth",
        "adoptive",
        "step",
        "foster",
        "guardian",
        "customary",
        "presumed",
    ] {
        assert!(
            shape
                .ties_by_kind
                .contains_key(&format!("parent ({nature})")),
            "{nature}"
        );
    }
    let values = |name: &str, column: &str| -> HashSet<String> {
        rows(folder.path(), name)
            .iter()
            .map(|row| row[column].clone())
            .collect()
    };
    assert_eq!(values("cautions", "kind").len(), 5);
    assert_eq!(values("inquiries", "answer").len(), 5);
    assert_eq!(values("outreach", "state").len(), 5);
    assert!(values("cases", "legal_status").contains(""));
    assert_eq!(values("cases", "legal_status").len(), 4);
    assert!(values("families", "approval").contains("in_study"));
    assert!(values("families", "on_hold").contains("yes"));
}

/// Nothing open may join a child to a birth family that is sealed off.
#[test]
fn sealed_birth_families_are_not_told_by_open_rows() {
    let (folder, _) = make(9_500, 8);
    let ties = rows(folder.path(), "ties");
    let sealed: HashSet<(&str, &str)> = ties
        .iter()
        .filter(|tie| tie["sealed"] == "adoption")
        .map(|tie| (tie["from"].as_str(), tie["to"].as_str()))
        .collect();
    assert!(sealed.len() > 200, "{}", sealed.len());
    for tie in ties.iter().filter(|tie| tie["sealed"].is_empty()) {
        assert!(!sealed.contains(&(&tie["from"], &tie["to"])), "{tie:?}");
    }
    let child_of: HashMap<String, String> = rows(folder.path(), "cases")
        .into_iter()
        .map(|case| (case["id"].clone(), case["child"].clone()))
        .collect();
    for row in rows(folder.path(), "outreach") {
        let child = child_of[&row["case"]].as_str();
        assert!(!sealed.contains(&(row["whom"].as_str(), child)), "{row:?}");
    }
}

#[test]
fn the_stories_stand_first_at_every_size() {
    for people in [LEAST_PEOPLE, 2_000] {
        let (folder, _) = make(people, 9);
        let cases = rows(folder.path(), "cases");
        let first: Vec<(&str, &str)> = cases
            .iter()
            .take(4)
            .map(|case| (case["id"].as_str(), case["child"].as_str()))
            .collect();
        let expected = [
            ("case-1", "story-1"),
            ("case-2", "story-2"),
            ("case-3", "story-3"),
            ("case-3b", "story-3b"),
        ];
        assert_eq!(first, expected);
        assert_eq!(cases[0]["legal_status"], "continuing_custody_order");
    }
}
