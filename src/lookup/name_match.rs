//! How a word of a name as asked agrees with one recorded. The weight of an agreement is how likely somebody of the recorded
//! name is written as asked, over how common what was asked is: agreeing on a rare name says more.

use super::frequencies::frequencies;
use super::keys::words;
use super::weights::{NameWeights, weights};
use crate::names::nicknames::{NicknameRelation, nickname_relation};
use crate::names::phonetics::sound_codes;
use crate::names::similarity::Pattern;
use crate::names::tokens::is_initial;
use rustc_hash::FxHashMap;

/// How two words of names agree, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Exact,
    Nickname,
    SharedNickname,
    /// What was asked is the beginning.
    Beginning,
    OneSlip,
    SoundsAlike,
    Alike,
    TwoSlips,
    /// It sounds alike and is written otherwise.
    SoundsOnly,
    /// One side is an initial, and it fits.
    Initial,
    /// One side says nothing.
    Unknown,
    Different,
}

/// An agreement and what it says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    pub level: Level,
    pub bits: f64,
}

impl Agreement {
    pub const UNKNOWN: Agreement = Agreement {
        level: Level::Unknown,
        bits: 0.0,
    };
}

/// Which part of a name a word stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Given,
    Family,
}

/// Share of people with a given initial, about.
const INITIAL_SHARE: f64 = 0.07;
/// Names that share hardly a letter do not sound alike, whatever their codes.
const LEAST_IN_SOUND_ONLY: f64 = 0.6;
/// Shorter words are too easily alike.
const SHORTEST: usize = 3;

/// A word as asked, ready to be compared.
struct Asked {
    pattern: Pattern,
    codes: Vec<String>,
    part: Part,
    /// How common the word is.
    share: f64,
    share_beginning: f64,
    differs: f64,
}

impl Asked {
    fn new(word: &str, part: Part) -> Asked {
        let names = &weights().names;
        let (usual, other) = sound_codes(word);
        let (share, share_beginning, differs) = match part {
            Part::Given => (
                frequencies().given(word),
                frequencies().given_beginning(word),
                names.given_differs,
            ),
            Part::Family => (
                frequencies().family(word),
                frequencies().family_beginning(word),
                names.family_differs,
            ),
        };
        Asked {
            pattern: Pattern::new(word),
            codes: std::iter::once(usual).chain(other).collect(),
            part,
            share,
            share_beginning,
            differs,
        }
    }

    fn agreement(&self, word: &str) -> Agreement {
        let names = &weights().names;
        let asked = self.pattern.text();
        if is_initial(asked) || is_initial(word) {
            return self.initial(asked, word);
        }
        let level = self.level(asked, word, names);
        let bits = match level {
            Level::Different => return self.different(),
            Level::Beginning => names.beginning - self.share_beginning.log2(),
            level => level_bits(level, names) - self.share.log2(),
        };
        if bits <= self.differs {
            return self.different();
        }
        Agreement { level, bits }
    }

    fn initial(&self, asked: &str, word: &str) -> Agreement {
        let names = &weights().names;
        if asked.chars().next() != word.chars().next() {
            return self.different();
        }
        Agreement {
            level: Level::Initial,
            bits: names.initial - INITIAL_SHARE.log2(),
        }
    }

    fn different(&self) -> Agreement {
        Agreement {
            level: Level::Different,
            bits: self.differs,
        }
    }

    fn level(&self, asked: &str, word: &str, names: &NameWeights) -> Level {
        if asked == word {
            return Level::Exact;
        }
        if self.part == Part::Given {
            match nickname_relation(asked, word) {
                Some(NicknameRelation::Direct) => return Level::Nickname,
                Some(NicknameRelation::Shared) => return Level::SharedNickname,
                None => {}
            }
        }
        let lengths = (asked.chars().count(), word.chars().count());
        let beginning = lengths.0 >= SHORTEST && word.starts_with(asked);
        if lengths.0.min(lengths.1) < SHORTEST {
            return Level::Different;
        }
        let distance = self.pattern.osa_distance(word);
        if distance == 1 {
            return Level::OneSlip;
        }
        if beginning {
            return Level::Beginning;
        }
        let similarity = self.pattern.jaro_winkler(word);
        if similarity >= names.least_alike_in_sound && self.sounds_like(word) {
            return Level::SoundsAlike;
        }
        if similarity >= names.least_alike {
            return Level::Alike;
        }
        if distance == 2 && lengths.0.min(lengths.1) > SHORTEST {
            return Level::TwoSlips;
        }
        if similarity > LEAST_IN_SOUND_ONLY && self.sounds_like(word) {
            return Level::SoundsOnly;
        }
        Level::Different
    }

    fn sounds_like(&self, word: &str) -> bool {
        let (usual, other) = sound_codes(word);
        self.codes.contains(&usual) || other.is_some_and(|other| self.codes.contains(&other))
    }
}

fn level_bits(level: Level, names: &NameWeights) -> f64 {
    match level {
        Level::Exact => names.exact,
        Level::Nickname => names.nickname,
        Level::SharedNickname => names.shared_nickname,
        Level::Beginning => names.beginning,
        Level::OneSlip => names.one_slip,
        Level::SoundsAlike => names.sounds_alike,
        Level::Alike => names.alike,
        Level::TwoSlips => names.two_slips,
        Level::SoundsOnly => names.sounds_only,
        Level::Initial => names.initial,
        Level::Unknown | Level::Different => 0.0,
    }
}

/// The words of one part of a name as asked. Remembers what it compared.
pub struct PartAsked {
    asked: Vec<Asked>,
    known: FxHashMap<Box<str>, Agreement>,
}

impl PartAsked {
    pub fn new(asked: &[String], part: Part) -> PartAsked {
        PartAsked {
            asked: asked.iter().map(|word| Asked::new(word, part)).collect(),
            known: FxHashMap::default(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// How the part agrees with the same or another part of a recorded name, given as folded words.
    pub fn agreement(&mut self, text: &str) -> Agreement {
        if text.is_empty() || self.asked.is_empty() {
            return Agreement::UNKNOWN;
        }
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        let agreement = self.compare(text);
        self.known.insert(text.into(), agreement);
        agreement
    }

    /// How the best word agrees with one word.
    pub fn word_agreement(&self, word: &str) -> Agreement {
        let all = self.asked.iter().map(|asked| asked.agreement(word));
        all.max_by(|a, b| a.bits.total_cmp(&b.bits))
            .unwrap_or(Agreement::UNKNOWN)
    }

    /// What agreeing exactly would say.
    pub fn best_bits(&self) -> f64 {
        let exact = |asked: &Asked| asked.agreement(asked.pattern.text()).bits;
        self.asked.iter().map(exact).fold(0.0, f64::max)
    }

    fn compare(&self, text: &str) -> Agreement {
        let names = &weights().names;
        let recorded: Vec<&str> = words(text).collect();
        if let ([asked], [word]) = (&self.asked[..], &recorded[..]) {
            return asked.agreement(word);
        }
        let (mut best, mut pair) = (self.asked[0].different(), (0, 0));
        for (a, asked) in self.asked.iter().enumerate() {
            for (b, word) in recorded.iter().enumerate() {
                let mut agreement = asked.agreement(word);
                if agreement.level != Level::Different && asked.part == Part::Given {
                    agreement.bits += names.other_word * (a != b) as u8 as f64;
                }
                if agreement.bits > best.bits {
                    (best, pair) = (agreement, (a, b));
                }
            }
        }
        if best.level == Level::Different {
            return best;
        }
        best.bits += self.second_words(&recorded, pair);
        best
    }

    /// What the words besides the best pair add.
    fn second_words(&self, recorded: &[&str], (a, b): (usize, usize)) -> f64 {
        let names = &weights().names;
        let (more_asked, more_recorded) = (self.asked.len() > 1, recorded.len() > 1);
        if !more_asked || !more_recorded {
            return names.part_only;
        }
        let others = self.asked.iter().enumerate().filter(|(at, _)| *at != a);
        let mut best = names.second_word_differs;
        for (_, asked) in others {
            for (at, word) in recorded.iter().enumerate() {
                if at != b {
                    let bits = asked.agreement(word).bits;
                    best = best.max(bits.min(names.second_word_agrees));
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement(part: Part, asked: &str, recorded: &str) -> Agreement {
        let asked: Vec<String> = words(asked).map(str::to_owned).collect();
        PartAsked::new(&asked, part).agreement(recorded)
    }

    #[test]
    fn words_agree_as_people_write_them() {
        for (asked, recorded, level) in [
            ("margaret", "margaret", Level::Exact),
            ("marg", "margaret", Level::Nickname),
            ("peg", "maggie", Level::SharedNickname),
            ("m", "margaret", Level::Initial),
            ("margaret", "m", Level::Initial),
            ("k", "margaret", Level::Different),
            ("margarett", "margaret", Level::OneSlip),
            ("kristofer", "christopher", Level::SoundsAlike),
            ("chris", "christabel", Level::Beginning),
            ("margaret", "robert", Level::Different),
            ("margaret", "", Level::Unknown),
            ("ann", "mary ann", Level::Exact),
        ] {
            let found = agreement(Part::Given, asked, recorded);
            assert_eq!(found.level, level, "{asked} {recorded}");
        }
    }

    #[test]
    fn rare_names_say_more_and_misspellings_less() {
        let bits = |asked, recorded| agreement(Part::Family, asked, recorded).bits;
        assert!(bits("qwertz", "qwertz") > bits("smith", "smith") + 5.0);
        assert!(bits("smith", "smith") > bits("smith", "smyth"));
        assert!(bits("smiht", "smith") > bits("brown", "smith"));
        assert!(bits("smith jones", "smith jones") > bits("smith jones", "smith"));
        assert!(bits("smith jones", "smith") > bits("smith", "jones"));
    }
}
