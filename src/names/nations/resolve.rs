//! Which nation a text means: candidates by certainty, with reasons, or the plain answer that it is none of the list.

use super::index::NameIndex;
use super::ranking::{Ranked, name_near, rank, reason_near};
use super::reference::{Reference, ReferenceNation, nation_of_number, reference};
use crate::model::nation::NationLevel;
use crate::model::person::Coordinates;
use crate::names::regions::province;

/// From which certainty on a nation may be taken without asking.
pub const CERTAIN: f64 = 0.9;
/// From which certainty on a nation is likelier than that it is none.
pub const PROBABLE: f64 = 0.5;
/// Less certain candidates are not shown.
const LEAST_CERTAINTY: f64 = 0.05;
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
    let region = province(&hint.region);
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
