//! Splitting names into words that can be compared: given and family words, titles left out, particles joined to the name
//! that they belong to. Names may be in any order and script, of one word, compound or only initials.

use super::normalize::fold;
use rustc_hash::FxHashSet;
use serde::Deserialize;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../data/names/name_parts.toml");

/// The folded words of one name. A name that cannot be split stands whole in `family`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct NameTokens {
    pub given: Vec<String>,
    /// Words of a compound name each by itself; a particle stands joined before its word: "vanderberg".
    pub family: Vec<String>,
}

impl NameTokens {
    /// From a name with its parts where they are known (empty where not).
    pub fn of_parts(full: &str, given: &str, family: &str) -> NameTokens {
        let (given, family) = (fold(given), fold(family));
        match (given.is_empty(), family.is_empty()) {
            (true, true) => NameTokens::of_text(full),
            (false, true) => match rest_of(&fold(full), &given) {
                Some(rest) => NameTokens::of_folded(&given, &rest),
                None => NameTokens::of_folded(&given, ""),
            },
            (true, false) => match rest_of(&fold(full), &family) {
                Some(rest) => NameTokens::of_folded(&rest, &family),
                None => NameTokens::of_folded("", &family),
            },
            (false, false) => NameTokens::of_folded(&given, &family),
        }
    }

    /// From a whole name as written or typed: "Marg Josef", "josef, marg", "de la Cruz, Ana", "王小明".
    pub fn of_text(text: &str) -> NameTokens {
        let parts = text.split_once([',', '，', '、']);
        if let Some((family, given)) = parts {
            let (family_words, given_words) = (words(&fold(family)), words(&fold(given)));
            // "John Smith, Jr." has nothing but a suffix behind the comma.
            let is_suffix = |word: &String| parts_table().suffixes.contains(word);
            if !family_words.is_empty() && !given_words.iter().all(is_suffix) {
                return NameTokens {
                    given: given_words,
                    family: family_words,
                };
            }
        }
        let mut words = words(&fold(text));
        if let [only] = &words[..] {
            return split_han(only).unwrap_or(NameTokens {
                given: Vec::new(),
                family: words,
            });
        }
        let family = words.pop().into_iter().collect();
        NameTokens {
            given: words,
            family,
        }
    }

    fn of_folded(given: &str, family: &str) -> NameTokens {
        NameTokens {
            given: words(given),
            family: words(family),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.family.is_empty()
    }
}

/// A single letter that stands for a name.
pub fn is_initial(word: &str) -> bool {
    let mut letters = word.chars();
    matches!((letters.next(), letters.next()), (Some(letter), None) if letter.is_alphabetic() && !is_han(letter))
}

/// The words of a folded text, without titles and suffixes where anything else remains, particles joined to what follows.
fn words(folded: &str) -> Vec<String> {
    let parts = parts_table();
    let all: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let named = |word: &&str| !parts.titles.contains(*word) && !parts.suffixes.contains(*word);
    let kept: Vec<&str> = all.iter().copied().filter(named).collect();
    let kept = if kept.is_empty() { all } else { kept };
    let mut words: Vec<String> = Vec::with_capacity(kept.len());
    let mut joined = String::new();
    let last = kept.len().saturating_sub(1);
    for (position, word) in kept.into_iter().enumerate() {
        joined.push_str(word);
        if position == last || !parts.particles.contains(word) {
            words.push(std::mem::take(&mut joined));
        }
    }
    words
}

/// What a folded name holds besides one of its parts.
fn rest_of(full: &str, part: &str) -> Option<String> {
    let without = full
        .strip_suffix(part)
        .filter(|rest| rest.ends_with(' '))
        .or_else(|| full.strip_prefix(part).filter(|rest| rest.starts_with(' ')))?;
    Some(without.trim().to_owned())
}

/// Han names are written together, the family name, nearly always of one sign, first.
fn split_han(word: &str) -> Option<NameTokens> {
    let count = word.chars().count();
    if !(2..=4).contains(&count) || !word.chars().all(is_han) {
        return None;
    }
    let first = word.chars().next()?.len_utf8();
    let (family, given) = word.split_at(first);
    Some(NameTokens {
        given: vec![given.to_owned()],
        family: vec![family.to_owned()],
    })
}

fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2ffff}')
}

#[derive(Deserialize, Default)]
struct Parts {
    particles: FxHashSet<String>,
    titles: FxHashSet<String>,
    suffixes: FxHashSet<String>,
}

fn parts_table() -> &'static Parts {
    static PARTS: OnceLock<Parts> = OnceLock::new();
    // The table is part of the program and a test proves that it parses, so the empty default is never met.
    PARTS.get_or_init(|| toml::from_str(TABLE).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(tokens: &NameTokens) -> String {
        format!("{}|{}", tokens.given.join(" "), tokens.family.join(" "))
    }

    #[test]
    fn the_table_parses() {
        let parts: Result<Parts, _> = toml::from_str(TABLE);
        assert!(parts.is_ok_and(|parts| parts.particles.contains("van")));
    }

    #[test]
    fn names_as_typed_are_split() {
        for (text, expected) in [
            ("Marg Josef", "marg|josef"),
            ("josef, marg", "marg|josef"),
            ("Josef, Marg Ann", "marg ann|josef"),
            ("de la Cruz, Ana", "ana|delacruz"),
            ("Jan van den Berg", "jan|vandenberg"),
            ("J. Smith", "j|smith"),
            ("Chief Dan George Jr.", "dan|george"),
            ("John Smith, Jr.", "john|smith"),
            ("Sukhwinder", "|sukhwinder"),
            ("Dr", "|dr"),
            ("王小明", "小明|王"),
            ("ᐋᓂ ᐃᓄᒃ", "ᐋᓂ|ᐃᓄᒃ"),
            ("", "|"),
        ] {
            assert_eq!(shown(&NameTokens::of_text(text)), expected, "{text}");
        }
    }

    #[test]
    fn known_parts_are_used() {
        for (full, given, family, expected) in [
            (
                "Mary Ann Smith-Jones",
                "Mary Ann",
                "Smith-Jones",
                "mary ann|smith jones",
            ),
            ("Mary Ann Van Dyke", "", "Van Dyke", "mary ann|vandyke"),
            ("Mary Ann Smith", "Mary Ann", "", "mary ann|smith"),
            ("Mary Smith", "", "", "mary|smith"),
            ("Prince", "", "Prince", "|prince"),
        ] {
            let tokens = NameTokens::of_parts(full, given, family);
            assert_eq!(shown(&tokens), expected, "{full}");
        }
    }

    #[test]
    fn initials_are_single_letters() {
        assert!(is_initial("m") && is_initial("é"));
        assert!(!is_initial("mo") && !is_initial("王") && !is_initial("") && !is_initial("7"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let tokens = NameTokens::of_text(&text);
            prop_assert_eq!(tokens.is_empty(), fold(&text).is_empty());
        }
    }
}
