//! The keys of the search index. People are found by equality of keys only, so that keys can be made secret one day; each is
//! a hash that never changes, of one kind of evidence or two together, never of one that many people share.

use super::birth::BirthColumn;
use super::columns::Columns;
use crate::names::phonetics::sound_codes;
use crate::names::tokens::NameTokens;
use rustc_hash::FxHashMap;
use std::rc::Rc;

const FAMILY: u8 = 1;
const SOUNDS: u8 = 2;
const BIRTH: u8 = 3;
const GIVEN_YEAR: u8 = 4;
const SPELLING: u8 = 5;
const SOUND: u8 = 6;

/// The initial that stands for "no given name".
const NO_INITIAL: u8 = 0;
/// Words beyond these take no part; nobody is looked up by a sixth given name.
const MOST_WORDS: usize = 5;
/// A birth known to be within so many years stands under each of them.
const MOST_YEARS: i16 = 5;

/// FNV-1a, then the finisher of MurmurHash 3, so that all bits are even. Part of the stored format.
fn hash(kind: u8, parts: &[&[u8]]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut take = |byte: u8| {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0100_0000_01b3);
    };
    take(kind);
    for part in parts {
        part.iter().copied().for_each(&mut take);
        take(0xff);
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// A word of a family name with the initial of a given name: the initial is the last byte, so that all initials of a name
/// stand together.
pub fn family(word: &str, initial: u8) -> u64 {
    first_of_family(word) | u64::from(initial)
}

/// The keys of a word of a family name with whatever initial.
pub fn family_of(word: &str) -> std::ops::RangeInclusive<u64> {
    let first = first_of_family(word);
    first..=first | 0xff
}

fn first_of_family(word: &str) -> u64 {
    hash(FAMILY, &[word.as_bytes()]) & !0xff
}

/// How two words of a name sound, in whatever order.
pub fn sounds(a: &str, b: &str) -> u64 {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    hash(SOUNDS, &[first.as_bytes(), second.as_bytes()])
}

/// A day of birth, in days since 1970-01-01.
pub fn birth(day: i32) -> u64 {
    hash(BIRTH, &[&day.to_le_bytes()])
}

/// How a given name sounds, with a year of birth.
pub fn given_and_year(sound: &str, year: i16) -> u64 {
    hash(GIVEN_YEAR, &[sound.as_bytes(), &year.to_le_bytes()])
}

/// A word of a family name, or what remains of it without one letter.
pub fn spelling(text: &str) -> u64 {
    hash(SPELLING, &[text.as_bytes()])
}

/// How a word of a family name sounds.
pub fn sound(code: &str) -> u64 {
    hash(SOUND, &[code.as_bytes()])
}

/// The initial of a word, in one byte.
pub fn initial(word: &str) -> u8 {
    match word.chars().next() {
        None => NO_INITIAL,
        Some(letter) if letter.is_ascii() => letter as u8,
        Some(letter) => 0x80 | (u32::from(letter) % 0x7f) as u8,
    }
}

/// The initials under which a name stands.
pub fn initials<'a>(given: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut initials: Vec<u8> = given.map(initial).collect();
    initials.sort_unstable();
    initials.dedup();
    if initials.is_empty() {
        initials.push(NO_INITIAL);
    }
    initials
}

/// A word and what remains of it without any one of its letters.
pub fn spellings(word: &str, take: &mut dyn FnMut(&str)) {
    take(word);
    let mut shorter = String::with_capacity(word.len());
    let mut before = None;
    for (position, letter) in word.char_indices() {
        // Of a double letter, either leaves the same.
        if before == Some(letter) {
            continue;
        }
        before = Some(letter);
        shorter.clear();
        shorter.push_str(&word[..position]);
        shorter.push_str(&word[position + letter.len_utf8()..]);
        take(&shorter);
    }
}

/// The keys of one name.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Keys {
    /// Sorted, each once.
    pub postings: Vec<u64>,
}

/// Makes keys, remembering how words sound.
#[derive(Default)]
pub struct KeyMaker {
    codes: FxHashMap<String, Rc<[String]>>,
}

impl KeyMaker {
    /// The codes of a word, remembered.
    pub fn codes(&mut self, word: &str) -> Rc<[String]> {
        if let Some(known) = self.codes.get(word) {
            return known.clone();
        }
        let (usual, other) = sound_codes(word);
        let codes: Rc<[String]> = std::iter::once(usual).chain(other).collect();
        self.codes.insert(word.to_owned(), codes.clone());
        codes
    }

    /// The keys under which a name of a person stands.
    pub fn keys(&mut self, columns: &Columns<'_>) -> Keys {
        let given: Vec<&str> = words(columns.given).collect();
        let family: Vec<&str> = words(columns.family).collect();
        let mut postings = Vec::with_capacity(12);
        for word in &family {
            let initials = initials(given.iter().copied());
            postings.extend(
                initials
                    .into_iter()
                    .map(|initial| self::family(word, initial)),
            );
            for name in &given {
                self.sounds(word, name, &mut postings);
            }
        }
        for date in columns.births.iter() {
            postings.extend(date.whole_day().map(|day| birth(day.0)));
            self.given_and_year(&given, date, &mut postings);
        }
        postings.sort_unstable();
        postings.dedup();
        Keys { postings }
    }

    /// The keys of two words by sound, in whatever order.
    pub fn sounds(&mut self, a: &str, b: &str, into: &mut Vec<u64>) {
        let (a, b) = (self.codes(a), self.codes(b));
        for a in a.iter() {
            into.extend(b.iter().map(|b| sounds(a, b)));
        }
    }

    fn given_and_year(&mut self, given: &[&str], date: BirthColumn, into: &mut Vec<u64>) {
        if date.width() >= MOST_YEARS {
            return;
        }
        for name in given {
            let codes = self.codes(name);
            for year in date.first_year..=date.last_year {
                into.extend(codes.iter().map(|code| given_and_year(code, year)));
            }
        }
    }

    /// The keys under which a word of a family name stands in the list of such words.
    pub fn word_keys(&mut self, word: &str) -> Vec<u64> {
        let mut keys = Vec::with_capacity(word.len() + 3);
        spellings(word, &mut |text| keys.push(spelling(text)));
        keys.extend(self.codes(word).iter().map(|code| sound(code)));
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// The words of a folded text that take part.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ')
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
}

/// The words of a name as the columns hold them: given, family.
pub fn joined(tokens: &NameTokens) -> (String, String) {
    (tokens.given.join(" "), tokens.family.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_on_disk_do_not_change() {
        let golden = [
            (family("joseph", b'm'), 16_939_948_511_618_703_981),
            (sounds("JSF", "MRKRT"), 14_507_167_398_174_761_280),
            (birth(-3217), 11_221_737_298_064_149_412),
            (given_and_year("MRKRT", 1961), 1_865_999_043_159_638_517),
            (spelling("josph"), 14_489_330_131_826_603_227),
            (sound("JSF"), 2_028_174_354_994_795_614),
        ];
        for (key, expected) in golden {
            assert_eq!(key, expected);
        }
    }

    #[test]
    fn one_slip_leaves_a_spelling_in_common() {
        let of = |word: &str| {
            let mut all = Vec::new();
            spellings(word, &mut |text| all.push(text.to_owned()));
            all
        };
        for (a, b) in [
            ("joseph", "josehp"),
            ("joseph", "jospeh"),
            ("joseph", "josph"),
            ("joseph", "jjoseph"),
            ("joseph", "jozeph"),
        ] {
            let b = of(b);
            assert!(of(a).iter().any(|text| b.contains(text)), "{a} {b:?}");
        }
        assert_eq!(of("anna"), ["anna", "nna", "ana", "ann"]);
    }

    #[test]
    fn a_family_name_stands_together_for_all_initials() {
        let range = family_of("joseph");
        for letter in ["m", "é", "", "王"] {
            assert!(range.contains(&family("joseph", initial(letter))));
        }
        assert!(!range.contains(&family("josef", b'm')));
    }

    proptest! {
        #[test]
        fn sounds_have_no_order(a in "[A-Z]{1,5}", b in "[A-Z]{1,5}") {
            prop_assert_eq!(sounds(&a, &b), sounds(&b, &a));
        }
    }
}
