//! Which nation a text means: candidates by certainty, with reasons, or the plain answer that it is none of the list.

use super::index::{NameIndex, NameKind, Near, Nearest};
use super::reference::{Reference, ReferenceNation, nation_of_number, reference};
use super::spelling::{region_code, single_names};
use crate::model::nation::NationLevel;
use crate::model::person::Coordinates;
use rustc_hash::FxHashMap;

/// From which certainty on a nation may be taken without asking.
pub const CERTAIN: f64 = 0.9;
/// From which certainty on a nation is likelier than that it is none.
pub const PROBABLE: f64 = 0.5;
/// Less certain candidates are not shown.
const LEAST_CERTAINTY: f64 = 0.05;
/// A text longer than any nation's name, in bytes, is not compared.
const LONGEST: usize = 300;
/// Two readings of one text that point to the same nation make it this many times likelier, at most so likely.
const AGREEING: f64 = 10.0;
const MOST_ODDS: f64 = 2_000.0;

/// What else is known of the nation meant.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Hint {
    /// A province or territory, in words or as two letters; empty if not known.
    pub region: String,
    /// Somewhere near.
    pub near: Option<Coordinates>,
}

/// What the answer comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The first candidate may be taken.
    Certain,
    /// The first candidate is likelier than none; somebody should look.
    Probable,
    /// Several share the name: place or region decides.
    Several,
    /// It is none of the list, as far as can be told.
    NoneOfThese,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Certain => "certain",
            Verdict::Probable => "probable",
            Verdict::Several => "several",
            Verdict::NoneOfThese => "none of these",
        }
    }
}

/// One nation that may be meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub nation: &'static ReferenceNation,
    /// From 0 to 1. Those of all candidates and of none of them add up to about 1; a people and its nations are not
    /// rivals of each other.
    pub certainty: f64,
    /// The name of the list that the text is nearest to; empty if it is shown for its people.
    pub nearest_name: String,
    /// Why, in words.
    pub reasons: Vec<String>,
}

/// The answer for one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution {
    pub verdict: Verdict,
    /// Likeliest first. After a people come the nations that belong to it.
    pub candidates: Vec<Candidate>,
    /// A name known elsewhere that the text is as near to: "Suquamish Tribe, a tribe or people of the United States".
    pub elsewhere: Option<String>,
}

impl Resolution {
    /// The nation that may be taken without asking.
    pub fn certain(&self) -> Option<&Candidate> {
        let first = self.candidates.first()?;
        (self.verdict == Verdict::Certain).then_some(first)
    }
}

/// One of the nations of an index, with what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub nearest: Nearest,
    pub certainty: f64,
    /// How many of the names in the text mean it.
    pub agreeing: usize,
}

/// The nation of the reference list that a text means.
pub fn resolve_nation(text: &str, hint: &Hint) -> Resolution {
    let reference = reference();
    if let Some(nation) = number_told(text) {
        return Resolution {
            verdict: Verdict::Certain,
            candidates: vec![Candidate {
                nation,
                certainty: 0.99,
                nearest_name: String::new(),
                reasons: vec![format!("band number {}", nation.number)],
            }],
            elsewhere: None,
        };
    }
    let nations = &reference.nations;
    let region = region_code(&hint.region);
    let factor = |owner: u32| match nations.get(owner as usize) {
        Some(nation) => standing(nation) * hint_factor(nation, region, hint.near),
        None => 1.0,
    };
    let belongs_to = |one: u32, people: u32| {
        let nation = nations.get(one as usize);
        nation.is_some_and(|nation| nation.peoples.contains(&(people as usize)))
    };
    let ranked = rank(&reference.index, text, factor, belongs_to);
    answer(reference, ranked, region, hint)
}

/// The nations of an index that a text may mean, likeliest first. `factor` changes the odds of a nation for what else
/// is known; a nation and the people that it `belongs_to` are no rivals of each other.
pub fn rank(
    index: &NameIndex,
    text: &str,
    factor: impl Fn(u32) -> f64,
    belongs_to: impl Fn(u32, u32) -> bool,
) -> Vec<Ranked> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let mut found: FxHashMap<u32, (Nearest, usize)> = FxHashMap::default();
    for nearest in index.nearest(text) {
        found.insert(nearest.owner, (nearest, 1));
    }
    add_single_names(index, text, &mut found, &belongs_to);
    let mut ranked: Vec<Ranked> = found
        .into_values()
        .map(|(mut nearest, agreeing)| {
            nearest.odds *= factor(nearest.owner);
            Ranked {
                nearest,
                certainty: 0.0,
                agreeing,
            }
        })
        .collect();
    ranked.sort_by(|one, other| {
        let by_odds = other.nearest.odds.total_cmp(&one.nearest.odds);
        by_odds.then(one.nearest.owner.cmp(&other.nearest.owner))
    });
    let all: Vec<(u32, f64)> = ranked
        .iter()
        .map(|one| (one.nearest.owner, one.nearest.odds))
        .collect();
    for one in &mut ranked {
        let own = one.nearest.owner;
        let is_rival =
            |other: u32| other != own && !belongs_to(own, other) && !belongs_to(other, own);
        let rivals = all.iter().filter(|(other, _)| is_rival(*other));
        let against: f64 = 1.0 + rivals.map(|(_, odds)| odds).sum::<f64>();
        one.certainty = one.nearest.odds / (one.nearest.odds + against);
    }
    ranked
}

/// Adds what the single names in a text mean: names that agree strengthen one another, and so does the name of the
/// people beside that of one of its nations.
fn add_single_names(
    index: &NameIndex,
    text: &str,
    found: &mut FxHashMap<u32, (Nearest, usize)>,
    belongs_to: &impl Fn(u32, u32) -> bool,
) {
    let parts: Vec<Vec<Nearest>> = single_names(text)
        .iter()
        .map(|part| index.nearest(part))
        .collect();
    for (position, part) in parts.iter().enumerate() {
        for nearest in part {
            let mut odds = nearest.odds;
            let mut agreeing = 1;
            for (other_position, other_part) in parts.iter().enumerate() {
                let speaks_for = |other: &&Nearest| {
                    other_position != position
                        && (other.owner == nearest.owner
                            || belongs_to(nearest.owner, other.owner) && other.odds >= 1.0)
                };
                if let Some(other) = other_part.iter().find(speaks_for) {
                    if other.owner == nearest.owner {
                        odds = odds.max(other.odds);
                        agreeing += 1;
                    }
                    odds = (odds * AGREEING).min(MOST_ODDS);
                }
            }
            let known = found.entry(nearest.owner).or_insert((*nearest, 1));
            if odds > known.0.odds {
                known.0 = Nearest { odds, ..*nearest };
            }
            known.1 = known.1.max(agreeing);
        }
    }
}

/// "554", "band 554", "Band no. 554".
fn number_told(text: &str) -> Option<&'static ReferenceNation> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let words: Vec<&str> = text
        .split(|sign: char| !sign.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    let are_plain = words
        .iter()
        .all(|word| ["band", "number", "no", "nr"].contains(&word.to_ascii_lowercase().as_str()));
    if digits.is_empty() || digits.len() > 3 || !are_plain {
        return None;
    }
    nation_of_number(&digits)
}

/// What speaks for a nation before anything is typed: of equal names a community is likelier meant than a people, and
/// one of the list likelier than one elsewhere.
fn standing(nation: &ReferenceNation) -> f64 {
    if !nation.elsewhere.is_empty() {
        0.4
    } else if nation.level == NationLevel::People {
        0.2
    } else {
        1.0
    }
}

fn hint_factor(nation: &ReferenceNation, region: Option<&str>, near: Option<Coordinates>) -> f64 {
    let mut factor = 1.0;
    if let Some(region) = region
        && !nation.region.is_empty()
    {
        factor *= if nation.region == region { 4.0 } else { 0.2 };
    }
    if let (Some(near), Some(centre)) = (near, nation.centre) {
        factor *= match near.kilometres_to(centre) {
            distance if distance <= 100.0 => 6.0,
            distance if distance <= 400.0 => 2.0,
            distance if distance <= 1_000.0 => 0.5,
            _ => 0.2,
        };
    }
    factor
}

fn answer(
    reference: &'static Reference,
    ranked: Vec<Ranked>,
    region: Option<&str>,
    hint: &Hint,
) -> Resolution {
    let nation_of = |one: &Ranked| reference.nations.get(one.nearest.owner as usize);
    let most = ranked.first().map_or(0.0, |one| one.certainty);
    let elsewhere = ranked
        .iter()
        .filter(|one| one.certainty >= most * 0.1 && one.certainty >= LEAST_CERTAINTY)
        .filter_map(nation_of)
        .find(|nation| !nation.elsewhere.is_empty())
        .map(|nation| format!("{}, {}", nation.name, nation.elsewhere));
    let mut candidates: Vec<Candidate> = ranked
        .iter()
        .filter(|one| one.certainty >= LEAST_CERTAINTY)
        .filter_map(|one| Some((one, nation_of(one)?)))
        .filter(|(_, nation)| nation.elsewhere.is_empty())
        .map(|(one, nation)| Candidate {
            nation,
            certainty: one.certainty,
            nearest_name: name_near(&reference.index, one),
            reasons: reasons(&reference.index, nation, one, region, hint),
        })
        .collect();
    let verdict = verdict(&candidates);
    add_nations_of_people(reference, &mut candidates);
    Resolution {
        verdict,
        candidates,
        elsewhere,
    }
}

fn verdict(candidates: &[Candidate]) -> Verdict {
    let certainty = |position: usize| candidates.get(position).map_or(0.0, |one| one.certainty);
    let first_two_share = certainty(1) >= 0.2 && certainty(0) + certainty(1) >= 0.7;
    match certainty(0) {
        first if first >= CERTAIN => Verdict::Certain,
        _ if first_two_share && certainty(0) < 0.75 => Verdict::Several,
        first if first >= PROBABLE => Verdict::Probable,
        _ => Verdict::NoneOfThese,
    }
}

/// After a people come the nations that belong to it.
fn add_nations_of_people(reference: &'static Reference, candidates: &mut Vec<Candidate>) {
    let Some(first) = candidates.first() else {
        return;
    };
    if first.nation.level != NationLevel::People || first.certainty < PROBABLE {
        return;
    }
    let (people, certainty) = (first.nation, first.certainty);
    let belongs = |nation: &&ReferenceNation| {
        nation.peoples().any(|one| std::ptr::eq(one, people))
            && !candidates
                .iter()
                .any(|one| std::ptr::eq(one.nation, *nation))
    };
    let nations: Vec<&'static ReferenceNation> = reference.nations.iter().filter(belongs).collect();
    let each = certainty / nations.len().max(1) as f64;
    candidates.extend(nations.into_iter().map(|nation| Candidate {
        nation,
        certainty: each.min(LEAST_CERTAINTY),
        nearest_name: String::new(),
        reasons: vec![format!("a nation of the {}", people.name)],
    }));
}

/// The name of the index that the text was nearest to.
pub fn name_near(index: &NameIndex, one: &Ranked) -> String {
    let name = index.name(one.nearest.name);
    name.map_or_else(String::new, |(text, _)| text.to_owned())
}

/// Why the text may mean this nation by its nearest name, in words.
pub fn reason_near(index: &NameIndex, name_in_use: &str, one: &Ranked) -> String {
    let (name, kind) = index
        .name(one.nearest.name)
        .unwrap_or(("", NameKind::Other));
    let what = match kind {
        _ if name == name_in_use => "its name".to_owned(),
        NameKind::Current => format!("its name \"{name}\""),
        NameKind::Former => format!("its former name \"{name}\""),
        NameKind::Other => format!("another name of it, \"{name}\""),
    };
    match one.nearest.near {
        Near::Same => format!("is {what}"),
        Near::ButNationWords => {
            format!("is {what} but for words such as \"band\" or \"first nation\"")
        }
        Near::InShort => format!("is {what}, in short"),
        Near::Letters(1) => format!("differs by one letter from {what}"),
        Near::Letters(errors) => format!("differs by {errors} letters from {what}"),
        Near::Sound => format!("sounds like {what}"),
        Near::Holds => format!("holds {what}"),
        Near::PartOf => format!("is a part of {what}"),
    }
}

fn reasons(
    index: &NameIndex,
    nation: &ReferenceNation,
    one: &Ranked,
    region: Option<&str>,
    hint: &Hint,
) -> Vec<String> {
    let mut reasons = vec![reason_near(index, &nation.name, one)];
    if one.agreeing > 1 {
        reasons.push(format!("{} of the names in the text mean it", one.agreeing));
    }
    if let Some(region) = region
        && !nation.region.is_empty()
    {
        let word = if nation.region == region {
            "is"
        } else {
            "is not"
        };
        reasons.push(format!("{word} in {region}"));
    }
    if let (Some(near), Some(centre)) = (hint.near, nation.centre) {
        let kilometres = near.kilometres_to(centre).round();
        reasons.push(format!("{kilometres} km from the place told"));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
