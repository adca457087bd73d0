//! The ways in which nations' names arrive damaged, to measure how many are still recognised: the same name and round
//! always give the same damage.

use super::signs::look_alikes_of;
use super::spelling::nation_words;
use crate::names::normalize::fold;
use unicode_normalization::UnicodeNormalization;

/// One kind of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    AsWritten,
    UpperCase,
    WithoutMarks,
    LookAlikes,
    WordsDropped,
    WordsAdded,
    OneTypo,
    WithoutMarksOneTypo,
    WordsDroppedOneTypo,
    WordsAddedOneTypo,
    LookAlikesWordsDropped,
    LookAlikesOneTypo,
    AllTogether,
}

impl Damage {
    pub const ALL: [Damage; 13] = [
        Damage::AsWritten,
        Damage::UpperCase,
        Damage::WithoutMarks,
        Damage::LookAlikes,
        Damage::WordsDropped,
        Damage::WordsAdded,
        Damage::OneTypo,
        Damage::WithoutMarksOneTypo,
        Damage::WordsDroppedOneTypo,
        Damage::WordsAddedOneTypo,
        Damage::LookAlikesWordsDropped,
        Damage::LookAlikesOneTypo,
        Damage::AllTogether,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Damage::AsWritten => "as written",
            Damage::UpperCase => "upper case",
            Damage::WithoutMarks => "without marks",
            Damage::LookAlikes => "look-alike signs",
            Damage::WordsDropped => "\"Band\", \"First Nation\" dropped",
            Damage::WordsAdded => "\"Band\", \"First Nation\" added",
            Damage::OneTypo => "one typo",
            Damage::WithoutMarksOneTypo => "without marks, one typo",
            Damage::WordsDroppedOneTypo => "words dropped, one typo",
            Damage::WordsAddedOneTypo => "words added, one typo",
            Damage::LookAlikesWordsDropped => "look-alikes, words dropped",
            Damage::LookAlikesOneTypo => "look-alikes, one typo",
            Damage::AllTogether => "look-alikes, words added, one typo",
        }
    }

    /// The name with this damage. Another round gives another damage of the kind.
    pub fn of(self, name: &str, round: u64) -> String {
        let mut dice = Dice::new(name, round);
        match self {
            Damage::AsWritten => name.to_owned(),
            Damage::UpperCase => name.to_uppercase(),
            Damage::WithoutMarks => without_marks(name),
            Damage::LookAlikes => with_look_alikes(name, &mut dice),
            Damage::WordsDropped => words_dropped(name),
            Damage::WordsAdded => word_added(name, &mut dice),
            Damage::OneTypo => one_typo(name, &mut dice),
            Damage::WithoutMarksOneTypo => one_typo(&without_marks(name), &mut dice),
            Damage::WordsDroppedOneTypo => one_typo(&words_dropped(name), &mut dice),
            Damage::WordsAddedOneTypo => one_typo(&word_added(name, &mut dice), &mut dice),
            Damage::LookAlikesWordsDropped => words_dropped(&with_look_alikes(name, &mut dice)),
            Damage::LookAlikesOneTypo => one_typo(&with_look_alikes(name, &mut dice), &mut dice),
            Damage::AllTogether => {
                let added = word_added(&with_look_alikes(name, &mut dice), &mut dice);
                one_typo(&added, &mut dice)
            }
        }
    }
}

/// Only plain letters, figures, hyphens and spaces are left.
fn without_marks(name: &str) -> String {
    let plain: String = name
        .nfkd()
        .filter(|sign| sign.is_alphanumeric() || " -/()".contains(*sign))
        .collect();
    plain.replace('ʔ', "").replace(['ł', 'ɫ'], "l")
}

/// Every third sign or so that looks like others is another of them.
fn with_look_alikes(name: &str, dice: &mut Dice) -> String {
    name.nfd()
        .map(|sign| {
            let others = look_alikes_of(sign);
            if others.is_empty() || !dice.below(3).eq(&0) {
                return sign;
            }
            others
                .get(dice.below(others.len()))
                .copied()
                .unwrap_or(sign)
        })
        .collect()
}

fn words_dropped(name: &str) -> String {
    let is_kept = |word: &&str| {
        let plain = fold(word);
        !nation_words().is_nation_word(&plain) || plain == "no"
    };
    let kept: Vec<&str> = name.split_whitespace().filter(is_kept).collect();
    if kept.is_empty() {
        name.to_owned()
    } else {
        kept.join(" ")
    }
}

fn word_added(name: &str, dice: &mut Dice) -> String {
    const ADDED: [&str; 6] = [
        "Band",
        "First Nation",
        "Indian Band",
        "Nation",
        "Tribe",
        "Band Council",
    ];
    let plain = words_dropped(name);
    format!("{plain} {}", ADDED[dice.below(ADDED.len())])
}

/// One letter left out, doubled, replaced, put in, or exchanged with the next.
fn one_typo(name: &str, dice: &mut Dice) -> String {
    let mut signs: Vec<char> = name.chars().collect();
    let letters: Vec<usize> = (0..signs.len())
        .filter(|at| signs[*at].is_alphabetic())
        .collect();
    if letters.is_empty() {
        return name.to_owned();
    }
    let at = letters[dice.below(letters.len())];
    let other = char::from(b'a' + dice.below(26) as u8);
    match dice.below(4) {
        0 => {
            signs.remove(at);
        }
        1 => signs.insert(at, other),
        2 if at + 1 < signs.len() => signs.swap(at, at + 1),
        _ => signs[at] = other,
    }
    signs.into_iter().collect()
}

/// Numbers that look thrown and depend on the text and the round alone (FNV-1a, then SplitMix64).
struct Dice(u64);

impl Dice {
    fn new(text: &str, round: u64) -> Dice {
        let seed = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |state: u64, byte| {
                (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Dice(seed ^ round.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }
}
