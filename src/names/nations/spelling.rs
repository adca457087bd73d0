//! A nation's name taken apart for comparing: without look-alike signs, marks, case and the words that any such name has.

use super::signs::without_look_alikes;
use crate::names::normalize::fold;
use rustc_hash::FxHashSet;
use serde::Deserialize;
use std::sync::OnceLock;

const WORDS: &str = include_str!("../../../data/nations/words.toml");

/// The words of `data/nations/words.toml`.
#[derive(Debug, Default, Deserialize)]
pub struct NationWords {
    nation_words: FxHashSet<String>,
    joining_words: FxHashSet<String>,
    parting_words: FxHashSet<String>,
}

/// The words of the table; a test proves that it parses, so the empty default is never met.
pub fn nation_words() -> &'static NationWords {
    static TABLE: OnceLock<NationWords> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(WORDS).unwrap_or_default())
}

impl NationWords {
    /// "band", "first", "nation", "council" …
    pub fn is_nation_word(&self, word: &str) -> bool {
        self.nation_words.contains(word)
    }

    /// A nation word with one typing error. Short ones would be too near to anything.
    pub fn is_nearly_nation_word(&self, word: &str) -> bool {
        word.len() >= 3
            && self.nation_words.iter().any(|known| {
                known.len() >= 4
                    && known.len().abs_diff(word.len()) <= 1
                    && strsim::osa_distance(known, word) == 1
            })
    }

    /// The text without one of the longer nation words at its end, if it ends with one.
    fn without_last<'t>(&self, text: &'t str) -> Option<&'t str> {
        let long = self.nation_words.iter().filter(|word| word.len() >= 4);
        long.filter_map(|word| text.strip_suffix(word.as_str()))
            .find(|rest| rest.len() >= 4)
    }

    fn is_joining_word(&self, word: &str) -> bool {
        self.joining_words.contains(word)
    }

    fn is_parting_word(&self, word: &str) -> bool {
        self.parting_words.contains(word)
    }
}

/// Whether a folded word is one that any nation's name may have: "band", "first", "nation", "council" …
pub fn is_nation_word(word: &str) -> bool {
    nation_words().is_nation_word(word)
}

/// A name taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Spelling {
    /// All words: "the tlaamin nation".
    pub words: Vec<String>,
    /// The words that are the nation's own: "tlaamin". All of them where none is.
    pub own_words: Vec<String>,
}

impl Spelling {
    pub fn of(text: &str) -> Spelling {
        let table = nation_words();
        let folded = fold(&without_look_alikes(text));
        let words: Vec<String> = folded
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        let is_own = |word: &&String| !table.is_nation_word(word) && !table.is_joining_word(word);
        let mut own_words: Vec<String> = words.iter().filter(is_own).cloned().collect();
        if own_words.is_empty() {
            own_words.clone_from(&words);
        }
        Spelling { words, own_words }
    }

    /// Whether a word says that this is a nation's name.
    pub fn has_nation_word(&self) -> bool {
        !self.nation_words().is_empty()
    }

    /// All words as one, so that a space more or less does not matter.
    pub fn whole(&self) -> String {
        self.words.concat()
    }

    /// The nation's own words as one.
    pub fn core(&self) -> String {
        self.own_words.concat()
    }

    /// The nation's own words and those that join them, as one: "theriverofpics" keeps what an error may have touched.
    pub fn long_core(&self) -> String {
        let table = nation_words();
        let is_kept = |word: &&String| !table.is_nation_word(word);
        self.words
            .iter()
            .filter(is_kept)
            .map(String::as_str)
            .collect()
    }

    /// All words as one, without the nation words at its end, whatever the spaces: "homalc oindian band".
    pub fn stripped(&self) -> String {
        let whole = self.whole();
        let mut rest = whole.as_str();
        while let Some(shorter) = nation_words().without_last(rest) {
            rest = shorter;
        }
        rest.to_owned()
    }

    /// The nation words, in order: "indian band".
    pub fn nation_words(&self) -> Vec<&str> {
        let table = nation_words();
        self.words
            .iter()
            .filter(|word| table.is_nation_word(word) && !self.own_words.contains(word))
            .map(String::as_str)
            .collect()
    }
}

/// The single names in a text that may give several: "Tla'amin Nation (Sliammon)", "Witset, formerly Moricetown".
/// Empty where the text gives one name.
pub fn single_names(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut rest = String::new();
    let mut depth = 0_usize;
    for sign in text.chars() {
        match sign {
            '(' | '[' | '{' => {
                depth += 1;
                parts.push(String::new());
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {
                if let Some(part) = parts.last_mut() {
                    part.push(sign);
                }
            }
            '/' | ';' | ',' | '=' | '|' => rest.push('\n'),
            _ => rest.push(sign),
        }
    }
    let rest = rest.replace(" - ", "\n").replace(" – ", "\n");
    let mut names: Vec<String> = Vec::new();
    for part in rest.split('\n').chain(parts.iter().map(String::as_str)) {
        let mut name: Vec<&str> = Vec::new();
        for word in part.split_whitespace() {
            if nation_words().is_parting_word(&fold(word)) {
                names.push(name.join(" "));
                name.clear();
            } else {
                name.push(word);
            }
        }
        names.push(name.join(" "));
    }
    names.retain(|name| !name.is_empty());
    if names.len() < 2 {
        names.clear();
    }
    names
}

/// How a name sounds, roughly, for whoever wrote it down by ear: consonants by kind, every vowel as one.
pub fn sound_of(core: &str) -> String {
    let mut sound = String::with_capacity(core.len());
    for letter in heard_as(core).chars() {
        let kind = match letter {
            'a' | 'i' | 'o' => 'a',
            other => other,
        };
        if !sound.ends_with(kind) {
            sound.push(kind);
        }
    }
    sound
}

/// The same with three kinds of vowels: how it was heard.
pub fn heard_as(core: &str) -> String {
    let spelled = core
        .replace("ck", "k")
        .replace("qu", "kw")
        .replace("ch", "c")
        .replace("sh", "s")
        .replace("tz", "ts")
        .replace("ph", "f")
        .replace("gh", "g");
    let mut heard = String::with_capacity(spelled.len());
    for letter in spelled.chars() {
        let kind = match letter {
            'e' | 'i' | 'y' => 'i',
            'o' | 'u' => 'o',
            'k' | 'q' | 'g' => 'k',
            'x' | 'h' => 'h',
            's' | 'z' => 's',
            't' | 'd' => 't',
            'p' | 'b' => 'p',
            'm' | 'n' => 'n',
            other => other,
        };
        if !heard.ends_with(kind) {
            heard.push(kind);
        }
    }
    heard
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_parse() {
        let table: Result<NationWords, _> = toml::from_str(WORDS);
        assert!(table.is_ok_and(|table| table.is_nation_word("band")));
    }

    #[test]
    fn a_name_keeps_its_own_words() {
        let spelling = Spelling::of("The Tla’amin First Nation");
        assert_eq!(spelling.core(), "tlaamin");
        assert_eq!(spelling.nation_words(), ["first", "nation"]);
        assert_eq!(Spelling::of("First Nation").core(), "firstnation");
        assert_eq!(
            Spelling::of("Leq' a: mel").core(),
            Spelling::of("Leq'á:mel").core()
        );
        assert_eq!(Spelling::of("").core(), "");
    }

    #[test]
    fn several_names_in_one_text_are_told_apart() {
        assert_eq!(
            single_names("Tla'amin Nation (Sliammon)"),
            ["Tla'amin Nation", "Sliammon"]
        );
        assert_eq!(
            single_names("Witset, formerly known as Moricetown Band"),
            ["Witset", "Moricetown Band"]
        );
        assert!(single_names("Cowichan Tribes").is_empty());
    }

    #[test]
    fn names_written_by_ear_sound_alike() {
        for (one, other) in [
            ("squamish", "skwomish"),
            ("sliammon", "slyamun"),
            ("heiltsuk", "hailtsuk"),
        ] {
            assert_eq!(sound_of(one), sound_of(other), "{one} {other}");
            let heard = strsim::osa_distance(&heard_as(one), &heard_as(other));
            assert!(heard <= 1, "{one} {other}");
        }
        assert_eq!(sound_of("heiltsuk"), sound_of("hoaltsek"));
        assert!(strsim::osa_distance(&heard_as("heiltsuk"), &heard_as("hoaltsek")) > 1);
        assert_ne!(sound_of("squamish"), sound_of("suquamish"));
    }
}
