//! Which nations of an index a text may mean, likeliest first, with what speaks for each.

use super::index::{NameIndex, NameKind, Near, Nearest};
use super::spelling::single_names;
use rustc_hash::FxHashMap;

/// A text longer than any nation's name, in bytes, is not compared.
const LONGEST: usize = 300;
/// Two readings of one text that point to the same nation make it this many times likelier, at most so likely.
const AGREEING: f64 = 10.0;
const MOST_ODDS: f64 = 2_000.0;

/// One of the nations of an index, with what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub nearest: Nearest,
    pub certainty: f64,
    /// How many of the names in the text mean it.
    pub agreeing: usize,
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
