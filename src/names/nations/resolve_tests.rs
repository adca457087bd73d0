//! Names that are resolved, names that are shared, and names that are none of the list.

use super::resolve::*;
use crate::model::nation::NationLevel;

fn first(text: &str) -> (Verdict, String) {
    let resolution = resolve_nation(text, &Hint::default());
    let first = resolution.candidates.first();
    let id = first.map_or_else(String::new, |candidate| candidate.nation.id.clone());
    (resolution.verdict, id)
}

#[test]
fn names_of_every_kind_are_resolved() {
    for (text, id) in [
        ("Sliammon", "554"),
        ("Tla'amin Nation (Sliammon)", "554"),
        ("Sliamon Indian Band", "554"),
        ("TLA AMIN", "554"),
        ("Kamloops Indian Band", "688"),
        ("Tk'emlups te Secwepemc", "688"),
        ("Witset, formerly Moricetown", "530"),
        ("Akisqnuk", "604"),
        ("Skwomish Nation", "555"),
        ("Sḵwx̱wú7mesh Úxwumixw", "555"),
        ("band 554", "554"),
        ("Waskaganish", "61"),
        ("Gitxsan (Kispiox Band)", "532"),
        ("Mount Currie", "557"),
        ("St̓át̓imc", "statimc"),
        ("Nisga'a", "nisgaa"),
        ("Secwepemc", "secwepemc"),
    ] {
        let (verdict, found) = first(text);
        assert_eq!(found, id, "{text}");
        assert_ne!(verdict, Verdict::NoneOfThese, "{text}");
    }
}

#[test]
fn what_is_none_of_them_is_not_forced_onto_one() {
    for text in OTHERS {
        let (verdict, found) = first(text);
        assert_eq!(verdict, Verdict::NoneOfThese, "{text} was taken as {found}");
    }
}

/// Made-up names, family names, places, tribes elsewhere, and nations of the list with several letters changed.
const OTHERS: &[&str] = &[
    "",
    "?",
    "unknown",
    "none",
    "First Nation",
    "Indian Band",
    "not known",
    "n/a",
    "yes",
    "Willow Bend First Nation",
    "Hallow Mission Band",
    "Brindle Creek First Nation",
    "Tarsk Nation",
    "Marrowby Indian Band",
    "Oakhurst Band",
    "Vellum Lake First Nation",
    "Stonehollow Tribe",
    "Joseph",
    "Adams",
    "Smith",
    "Corwin",
    "Alderman",
    "Johnson",
    "Charlie",
    "George",
    "Jules",
    "Baptiste",
    "Manuel",
    "Williams",
    "Point",
    "Jack",
    "Louie",
    "Francis",
    "Mary Joseph",
    "Paul Joseph",
    "Vancouver",
    "Kelowna",
    "Victoria",
    "Prince George",
    "Seattle",
    "Toronto",
    "Calgary",
    "Terrace",
    "Nelson",
    "Merritt",
    "Vernon",
    "Nanaimo",
    "Surrey",
    "Chilliwack",
    "Smithers",
    "Portland",
    "Winnipeg",
    "Navajo Nation",
    "Cherokee Nation",
    "Lummi Nation",
    "Makah Tribe",
    "Suquamish Tribe",
    "Suquamish",
    "Cowlitz Indian Tribe",
    "Cowlitz",
    "Hopi Tribe",
    "Hopi",
    "Crow Tribe",
    "Nooksack",
    "Yakama Nation",
    "Puyallup",
    "Spokane Tribe",
    "Quinault Indian Nation",
    "Muckleshoot",
    "Osage Nation",
    "Choctaw",
    "Blackfeet Nation",
    "Nez Perce Tribe",
    "Skokomish",
    "Samish Indian Nation",
    "Maori",
    "Sami",
    "Stuqimosh",
    "Mosquiem Braned",
    "Peltecktin",
    "Kimoolaps",
    "Tsuwisson",
    "Hoaltsek",
    "Ahoserat",
    "Canadian",
    "Irish",
    "Scottish",
    "German",
    "Chinese",
    "Catholic",
    "East Indian",
    "South Asian",
    "Lake",
    "River",
    "Fort",
    "Island",
    "Red Lake",
    "Moose Jaw",
];

#[test]
fn a_name_that_two_nations_share_gives_both_and_the_region_decides() {
    let resolution = resolve_nation("Sturgeon Lake", &Hint::default());
    let ids: Vec<&str> = resolution
        .candidates
        .iter()
        .take(2)
        .map(|candidate| candidate.nation.id.as_str())
        .collect();
    assert!(ids.contains(&"360") && ids.contains(&"455"), "{ids:?}");
    assert_ne!(resolution.verdict, Verdict::Certain);
    for (region, id) in [("Alberta", "455"), ("SK", "360")] {
        let hint = Hint {
            region: region.to_owned(),
            near: None,
        };
        let resolution = resolve_nation("Sturgeon Lake", &hint);
        let first = resolution.candidates.first();
        assert_eq!(first.map(|one| one.nation.id.as_str()), Some(id));
    }
}

#[test]
fn a_people_stands_before_its_nations() {
    let resolution = resolve_nation("Secwepemc", &Hint::default());
    let levels: Vec<NationLevel> = resolution
        .candidates
        .iter()
        .map(|candidate| candidate.nation.level)
        .collect();
    assert_eq!(levels.first(), Some(&NationLevel::People));
    assert!(levels.len() > 15, "{levels:?}");
}

#[test]
fn a_name_known_elsewhere_is_told() {
    let resolution = resolve_nation("Suquamish", &Hint::default());
    assert!(
        resolution
            .elsewhere
            .is_some_and(|told| told.contains("Suquamish"))
    );
}
