//! Which keys a search looks under, step by step: narrow ones first, so that most searches read little.

use super::keys;
use super::name_match::Level;
use super::question::QuestionName;
use super::scoring::Search;
use crate::names::nicknames::nicknames_of;
use std::ops::RangeInclusive;

/// How wide the net is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Step {
    /// A whole date, or how both parts of the name sound.
    #[default]
    First,
    /// A family name as written, with the initial of a given name.
    Narrow,
    /// Family names that are nearly the same, nicknames, years near by.
    Near,
    /// A family name with any given name.
    Wide,
}

/// More entries than this are not read under one key, and under all keys of one step.
pub const MOST_UNDER_KEY: usize = 3_000;
pub const MOST_IN_STEP: usize = 8_000;
/// How many near family names are followed.
const MOST_WORDS: usize = 24;
/// How many of them with the initials of nicknames too.
const MOST_WORDS_WITH_NICKNAMES: usize = 4;
/// How many of them with any given name.
const MOST_WORDS_WIDE: usize = 6;
/// A word of a family name that is in the index.
pub struct NearWord {
    pub word: String,
    /// The question's name that it is near to.
    pub name: usize,
    pub bits: f64,
}

impl Search<'_> {
    /// The keys of words to read before a step.
    pub fn word_keys(&mut self, step: Step) -> Vec<u64> {
        if step != Step::Near {
            return Vec::new();
        }
        let mut wanted = Vec::new();
        for name in &self.question.names {
            for word in &name.tokens.family {
                wanted.extend(self.keys.word_keys(word));
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// A word that stands under one of those keys.
    pub fn take_word(&mut self, word: &str) {
        for (name, asked) in self.asked.iter().enumerate() {
            let agreement = asked.family.word_agreement(word);
            let is_near = !matches!(
                agreement.level,
                Level::Different | Level::Exact | Level::Unknown
            );
            if is_near && self.seen_words.insert((name, word.to_owned())) {
                self.near.push(NearWord {
                    word: word.to_owned(),
                    name,
                    bits: agreement.bits,
                });
            }
        }
    }

    /// Under which keys people are to be read in a step, sorted and apart.
    pub fn postings(&mut self, step: Step) -> Vec<RangeInclusive<u64>> {
        let mut ranges: Vec<RangeInclusive<u64>> = Vec::new();
        match step {
            Step::First => self.first(&mut ranges),
            Step::Narrow => self.narrow(&mut ranges),
            Step::Near => self.near(&mut ranges),
            Step::Wide => self.wide(&mut ranges),
        }
        ranges.sort_unstable_by_key(|range| *range.start());
        ranges.dedup();
        ranges
    }

    fn first(&mut self, into: &mut Vec<RangeInclusive<u64>>) {
        let mut exact = Vec::new();
        if let Some(birth) = self.question.birth {
            let days = [birth.whole_day(), birth.exchanged()];
            exact.extend(days.into_iter().flatten().map(|day| keys::birth(day.0)));
        }
        for name in &self.question.names {
            let tokens = &name.tokens;
            for family in &tokens.family {
                for given in &tokens.given {
                    self.keys.sounds(family, given, &mut exact);
                }
            }
        }
        into.extend(exact.into_iter().map(|key| key..=key));
    }

    fn narrow(&self, into: &mut Vec<RangeInclusive<u64>>) {
        let mut exact = Vec::new();
        for name in &self.question.names {
            let tokens = &name.tokens;
            for family in &tokens.family {
                exact.extend(exact_family(family, &initials(name, false)));
            }
            // In case that the parts stand in each other's place.
            for given in &tokens.given {
                let other = keys::initials(tokens.family.iter().map(String::as_str));
                exact.extend(
                    other
                        .into_iter()
                        .map(|initial| keys::family(given, initial)),
                );
            }
            if tokens.given.is_empty() {
                into.extend(tokens.family.iter().map(|word| keys::family_of(word)));
            }
        }
        into.extend(exact.into_iter().map(|key| key..=key));
    }

    fn near(&mut self, into: &mut Vec<RangeInclusive<u64>>) {
        let mut exact = Vec::new();
        for name in &self.question.names {
            let more = initials(name, true);
            for family in &name.tokens.family {
                exact.extend(exact_family(family, &more));
            }
            if let Some(birth) = self.question.birth.filter(|birth| birth.width() <= 1) {
                for given in &name.tokens.given {
                    let codes = self.keys.codes(given);
                    for year in birth.first_year - 1..=birth.last_year + 1 {
                        exact.extend(codes.iter().map(|code| keys::given_and_year(code, year)));
                    }
                }
            }
        }
        self.near.sort_by(|a, b| {
            b.bits
                .total_cmp(&a.bits)
                .then_with(|| a.word.cmp(&b.word))
                .then(a.name.cmp(&b.name))
        });
        for (position, near) in self.near.iter().take(MOST_WORDS).enumerate() {
            let name = &self.question.names[near.name];
            if name.tokens.given.is_empty() {
                into.push(keys::family_of(&near.word));
            } else {
                let nicknames = position < MOST_WORDS_WITH_NICKNAMES;
                exact.extend(exact_family(&near.word, &initials(name, nicknames)));
            }
        }
        into.extend(exact.into_iter().map(|key| key..=key));
    }

    fn wide(&self, into: &mut Vec<RangeInclusive<u64>>) {
        for name in &self.question.names {
            into.extend(name.tokens.family.iter().map(|word| keys::family_of(word)));
        }
        let near = self.near.iter().take(MOST_WORDS_WIDE);
        into.extend(near.map(|near| keys::family_of(&near.word)));
    }
}

fn exact_family(word: &str, initials: &[u8]) -> impl Iterator<Item = u64> {
    initials
        .iter()
        .map(move |initial| keys::family(word, *initial))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The initials with which a name may stand; with those of nicknames where `nicknames` is set.
fn initials(name: &QuestionName, nicknames: bool) -> Vec<u8> {
    let mut all = keys::initials(name.tokens.given.iter().map(String::as_str));
    if nicknames {
        for word in &name.tokens.given {
            all.extend(nicknames_of(word).map(keys::initial));
        }
        // Somebody of whom no given name is recorded may be meant too.
        all.extend(keys::initials(std::iter::empty()));
        all.sort_unstable();
        all.dedup();
    }
    all
}
