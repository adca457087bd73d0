//! Reads kinship words as told: "auntie", "great-uncle on dad's side", "mother's brother", "first cousin once removed".
//! The words stand in `data/kinship/words.toml`; this file knows only how English builds longer ones from them.
//! Absent on purpose: partners ("wife", "mom's boyfriend"), which are unions, and godparents, who are network.

use super::normalize::fold;
use crate::model::person::Gender;
use crate::model::relation_word::{KinTerm, StatedLine};
use crate::model::tie::Side;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../data/kinship/words.toml");
/// More generations than any told relation has; also keeps the sums small.
const MOST_STEPS: u8 = 12;

/// What a kinship word tells of the relative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KinWord {
    pub term: KinTerm,
    pub gender: Gender,
    pub side: Side,
}

/// Reads a kinship word or phrase; nothing where it is not understood. "Once removed" without more is taken as the
/// elder ("parent's cousin"), who is likelier to be asked to care.
pub fn read_kin_word(text: &str) -> Option<KinWord> {
    if text.len() > 200 {
        return None;
    }
    // Folding drops the apostrophe, so "mother's" arrives as "mothers".
    let folded = fold(text);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !is_filler(word)).collect();
    let side = take_side(&mut words);
    let mut read = read_chain(&words)?;
    if let Some(side) = side {
        read.side = side;
    }
    Some(read)
}

fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 22] = [
        "my",
        "her",
        "his",
        "their",
        "our",
        "the",
        "a",
        "an",
        "of",
        "on",
        "from",
        "biological",
        "birth",
        "natural",
        "adoptive",
        "adopted",
        "presumed",
        "putative",
        "alleged",
        "possible",
        "customary",
        "custom",
    ];
    word.is_empty() || FILLERS.contains(&word)
}

/// Takes "maternal" and "(on) mother's side" out of the words.
fn take_side(words: &mut Vec<&str>) -> Option<Side> {
    if let Some(position) = words
        .iter()
        .position(|word| ["side", "family"].contains(word))
        && position > 0
        && let Some(side) = side_of_parent(words[position - 1])
    {
        words.drain(position - 1..=position);
        return Some(side);
    }
    let position = words
        .iter()
        .position(|word| ["maternal", "paternal"].contains(word))?;
    let side = Side::from_word(words.remove(position));
    words.retain(|word| *word != "side");
    side
}

/// The side meant by "mothers", "mom" or "dads".
fn side_of_parent(word: &str) -> Option<Side> {
    let parent = find_possessor(word).or_else(|| find(word))?;
    if (parent.term.up, parent.term.down) != (1, 0) {
        return None;
    }
    match parent.gender {
        Gender::Female => Some(Side::Maternal),
        Gender::Male => Some(Side::Paternal),
        Gender::Other | Gender::Unknown => None,
    }
}

/// Reads "mother's brother's son" link by link; a single word is a chain of one.
fn read_chain(words: &[&str]) -> Option<KinWord> {
    // The whole may be one word of the table though it looks like a chain.
    if let Some(read) = read_single(words) {
        return Some(read);
    }
    for end in 1..words.len() {
        if let Some(stem) = possessor_stem(words[end - 1]) {
            let mut first_words = words[..end].to_vec();
            first_words[end - 1] = stem;
            if let Some(first) = read_single(&first_words) {
                return compose(first, read_chain(&words[end..])?);
            }
        }
    }
    None
}

fn compose(first: KinWord, second: KinWord) -> Option<KinWord> {
    let (a, b) = (first.term, second.term);
    // Down and then up again would pass through somebody who need not be kin.
    if a.down > 0 && b.up > 0 {
        return None;
    }
    let ((StatedLine::Kin, line) | (line, StatedLine::Kin)) = (a.line, b.line) else {
        return None;
    };
    let side = match ((a.up, a.down), first.gender) {
        ((1, 0), Gender::Female) => Side::Maternal,
        ((1, 0), Gender::Male) => Side::Paternal,
        _ => first.side,
    };
    let (up, down) = (a.up + b.up, a.down + b.down);
    if up > MOST_STEPS || down > MOST_STEPS || (up == down && up == 0) {
        return None;
    }
    Some(KinWord {
        term: KinTerm {
            up,
            down,
            half: a.half || b.half,
            line,
            courtesy: false,
        },
        gender: second.gender,
        side,
    })
}

/// Reads a word with what English puts before and after it.
fn read_single(words: &[&str]) -> Option<KinWord> {
    if let Some(read) = read_cousin(words) {
        return Some(read);
    }
    let (words, in_law) = match words {
        [rest @ .., "in", "law"] | [rest @ .., "by", "marriage"] => (rest, true),
        _ => (words, false),
    };
    let mut read = read_prefixed(words)?;
    if in_law {
        if read.term.line != StatedLine::Kin {
            return None;
        }
        read.term.line = StatedLine::InLaw;
        read.term.courtesy = false;
    }
    Some(read)
}

fn read_prefixed(words: &[&str]) -> Option<KinWord> {
    if let Some(read) = find(&words.join(" ")) {
        return Some(read);
    }
    let (first, rest) = words.split_first()?;
    if matches!(
        *first,
        "former"
            | "ex"
            | "late"
            | "older"
            | "younger"
            | "elder"
            | "big"
            | "little"
            | "baby"
            | "twin"
    ) {
        return read_prefixed(rest);
    }
    for prefix in ["great", "grand", "half", "step"] {
        let Some(joined) = first.strip_prefix(prefix) else {
            continue;
        };
        let read = if joined.is_empty() {
            read_prefixed(rest)
        } else {
            let mut shorter = words.to_vec();
            shorter[0] = joined;
            read_prefixed(&shorter)
        };
        return with_prefix(read?, prefix);
    }
    None
}

fn with_prefix(mut read: KinWord, prefix: &str) -> Option<KinWord> {
    let term = &mut read.term;
    term.courtesy = false;
    match prefix {
        "half" if term.up > 0 && term.down > 0 && !term.half => term.half = true,
        "step" if term.line == StatedLine::Kin => term.line = StatedLine::Step,
        "great" | "grand" => {
            let is_parent_or_child = term.up + term.down == 1;
            let upward = term.down <= 1 && term.up > term.down;
            let downward = term.up <= 1 && term.down > term.up;
            if prefix == "great" && is_parent_or_child {
                return None;
            } else if upward && term.up < MOST_STEPS {
                term.up += 1;
            } else if downward && term.down < MOST_STEPS {
                term.down += 1;
            } else {
                return None;
            }
        }
        _ => return None,
    }
    Some(read)
}

/// "second cousin", "2nd half cousin twice removed".
fn read_cousin(words: &[&str]) -> Option<KinWord> {
    let (words, removed) = match words {
        [rest @ .., "once" | "1x", "removed"] => (rest, 1),
        [rest @ .., "twice" | "2x", "removed"] => (rest, 2),
        [rest @ .., "thrice" | "3x", "removed"] => (rest, 3),
        [rest @ .., count, "times", "removed"] => (rest, small_number(count)?),
        _ => (words, 0),
    };
    let (cousin, before) = words.split_last()?;
    let mut read = find(cousin)?;
    if (read.term.up, read.term.down) != (2, 2) || (before.is_empty() && removed == 0) {
        return None;
    }
    let mut nth = 1;
    for word in before {
        match *word {
            "half" if !read.term.half => read.term.half = true,
            "step" => read.term.line = StatedLine::Step,
            word => nth = ordinal(word)?,
        }
    }
    if nth > 1 || !before.is_empty() || removed > 0 {
        read.term.courtesy = false;
    }
    read.term.up = nth + 1 + removed;
    read.term.down = nth + 1;
    Some(read)
}

fn ordinal(word: &str) -> Option<u8> {
    Some(match word {
        "first" | "1st" | "full" => 1,
        "second" | "2nd" => 2,
        "third" | "3rd" => 3,
        "fourth" | "4th" => 4,
        "fifth" | "5th" => 5,
        "sixth" | "6th" => 6,
        _ => return None,
    })
}

fn small_number(word: &str) -> Option<u8> {
    Some(match word {
        "one" | "1" => 1,
        "two" | "2" => 2,
        "three" | "3" => 3,
        "four" | "4" => 4,
        "five" | "5" => 5,
        _ => return None,
    })
}

/// The word before the possessive s.
fn possessor_stem(word: &str) -> Option<&str> {
    word.strip_suffix('s')
}

fn find_possessor(word: &str) -> Option<KinWord> {
    find(possessor_stem(word)?)
}

fn find(word: &str) -> Option<KinWord> {
    words().get(word).copied()
}

#[derive(Deserialize)]
struct KinFile {
    kin: Vec<KinRow>,
}

#[derive(Deserialize)]
struct KinRow {
    up: u8,
    down: u8,
    gender: String,
    #[serde(default)]
    half: bool,
    #[serde(default)]
    courtesy: bool,
    #[serde(default)]
    line: String,
    words: Vec<String>,
}

fn words() -> &'static FxHashMap<String, KinWord> {
    static WORDS: OnceLock<FxHashMap<String, KinWord>> = OnceLock::new();
    // The table is part of the program and a test proves that it parses, so the empty default is never met.
    WORDS.get_or_init(|| parse_words(TABLE).unwrap_or_default())
}

fn parse_words(table: &str) -> Result<FxHashMap<String, KinWord>, String> {
    let file: KinFile = toml::from_str(table).map_err(|error| error.to_string())?;
    let mut words = FxHashMap::default();
    for row in file.kin {
        let gender = match row.gender.as_str() {
            "female" => Gender::Female,
            "male" => Gender::Male,
            "" => Gender::Unknown,
            other => return Err(format!("gender = \"{other}\"")),
        };
        let line = match row.line.as_str() {
            "" | "kin" => StatedLine::Kin,
            "step" => StatedLine::Step,
            "in_law" => StatedLine::InLaw,
            other => return Err(format!("line = \"{other}\"")),
        };
        let word = KinWord {
            term: KinTerm {
                up: row.up,
                down: row.down,
                half: row.half,
                line,
                courtesy: row.courtesy,
            },
            gender,
            side: Side::Unknown,
        };
        for written in row.words {
            if words.insert(fold(&written), word).is_some() {
                return Err(format!("\"{written}\" stands twice"));
            }
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_parses_without_duplicates() {
        let words = parse_words(TABLE);
        assert!(
            words.as_ref().is_ok_and(|words| words.len() > 80),
            "{:?}",
            words.err()
        );
    }

    /// Word, up, down, gender, side, further marks.
    const READINGS: &[(&str, u8, u8, &str, &str, &str)] = &[
        ("Auntie", 2, 1, "female", "", "courtesy"),
        ("aunt", 2, 1, "female", "", ""),
        ("maternal great-aunt", 3, 1, "female", "maternal", ""),
        ("grandaunt", 3, 1, "female", "", ""),
        ("great grand-uncle", 4, 1, "male", "", ""),
        ("great-great-grandmother", 4, 0, "female", "", ""),
        ("Great-great-grandson", 0, 4, "male", "", ""),
        ("grandniece", 1, 3, "female", "", ""),
        ("kôhkom", 2, 0, "female", "", ""),
        ("Kookum", 2, 0, "female", "", ""),
        ("mushum", 2, 0, "male", "", ""),
        ("uncle on dad's side", 2, 1, "male", "paternal", ""),
        ("cousin, mother’s side", 2, 2, "", "maternal", ""),
        ("her mother's brother", 2, 1, "male", "maternal", ""),
        ("mom's cousin", 3, 2, "", "maternal", ""),
        ("father's mother", 2, 0, "female", "paternal", ""),
        ("mother's brother's son", 2, 2, "male", "maternal", ""),
        ("sister's daughter", 1, 2, "female", "", ""),
        ("second cousin", 3, 3, "", "", ""),
        ("first cousin once removed", 3, 2, "", "", ""),
        ("2nd cousin two times removed", 5, 3, "", "", ""),
        ("half-brother", 1, 1, "male", "", "half"),
        ("half sister", 1, 1, "female", "", "half"),
        ("half-uncle", 2, 1, "male", "", "half"),
        ("step-mother", 1, 0, "female", "", "step"),
        ("Stepbrother", 1, 1, "male", "", "step"),
        ("brother-in-law", 1, 1, "male", "", "in_law"),
        ("uncle by marriage", 2, 1, "male", "", "in_law"),
        ("older sister", 1, 1, "female", "", ""),
        ("nana", 2, 0, "female", "", ""),
        ("paternal grandparent", 2, 0, "", "paternal", ""),
    ];

    #[test]
    fn words_are_read_as_they_are_meant() {
        for &(text, up, down, gender, side, mark) in READINGS {
            let read = read_kin_word(text);
            let Some(read) = read else {
                panic!("{text} was not read");
            };
            assert_eq!((read.term.up, read.term.down), (up, down), "{text}");
            assert_eq!(read.gender.word(), gender, "{text}");
            assert_eq!(read.side.word(), side, "{text}");
            assert_eq!(read.term.courtesy, mark == "courtesy", "{text}");
            assert_eq!(read.term.half, mark == "half", "{text}");
            assert_eq!(read.term.line == StatedLine::Step, mark == "step", "{text}");
            assert_eq!(
                read.term.line == StatedLine::InLaw,
                mark == "in_law",
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_kin_is_not_read() {
        for text in [
            "",
            "godmother",
            "foster mother",
            "wife",
            "great mother",
            "half mother",
            "great cousin",
            "grand sister",
            "maternal",
            "son's mother",
            "step step brother",
            "teacher",
        ] {
            assert_eq!(read_kin_word(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "((great|grand|half|step|mother's|aunt|cousin|removed|side|[a-z]{0,3})[ -]){0,12}") {
            let _ = read_kin_word(&text);
        }
    }
}
