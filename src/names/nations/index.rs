//! Every name of a set of nations, taken apart once, and which of them a text is near to.

use super::likeness::{letters_of, most_errors, odds, odds_of_errors, odds_of_sound};
use super::spelling::{Spelling, nation_words, sound_of};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a name is to its nation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    Current,
    Former,
    Other,
}

/// How a text agrees with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Near {
    Same,
    /// Only words like "band" and "first nation" differ.
    ButNationWords,
    /// The same without a number, or without the people's name: "Cote" for "Cote First Nation 366".
    InShort,
    /// So many single letters differ.
    Letters(usize),
    /// It is spelled differently and sounds alike.
    Sound,
    /// The text says more than the name.
    Holds,
    /// The text is a part of the name.
    PartOf,
}

/// One nation's best name for a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    pub owner: u32,
    /// The position of the name among those added.
    pub name: u32,
    pub near: Near,
    /// Odds against the text's being another name altogether.
    pub odds: f64,
}

/// Words that do little to tell one nation from another.
#[derive(Clone, Debug, Default)]
pub struct CommonWords {
    /// "lake", "river", "lower": words of many nations' names.
    pub frequent: FxHashSet<String>,
    /// "cree", "dene", "chippewas": words that name a people.
    pub of_peoples: FxHashSet<String>,
}

/// How much a letter of a common word tells beside another word, and where all words are common ("Big River").
const COMMON_WORTH: f64 = 1.0 / 3.0;
const ALL_COMMON_WORTH: f64 = 0.7;
/// Odds of a name that is the same to the last word, and of one that differs in words like "band" only.
const SAME: f64 = 199.0;
const SAME_CORE: f64 = 49.0;
/// How much less a part of a name says than a name with more around it.
const PART: f64 = 0.8;
/// A name cut short to so few letters is often another's.
const SHORT: usize = 6;
/// Left out of account when below.
const LEAST_ODDS: f64 = 0.05;

#[derive(Clone, Debug)]
struct Name {
    owner: u32,
    text: String,
    kind: NameKind,
    spelling: Spelling,
    /// How many letters tell the name from others.
    worth: f64,
}

/// A name in one of the ways in which it is compared.
#[derive(Clone, Debug)]
struct Form {
    name: u32,
    text: String,
    letters: u64,
    length: usize,
    way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// With every word.
    Whole,
    /// Without nation words.
    Core,
    /// Without nation words, with "the" and "of".
    Long,
    /// Also without numbers and words that name a people.
    Short,
    /// One side of a slash, one name of several.
    Part,
    /// Without words that are nearly nation words, in what was typed.
    Lenient,
}

/// The names of a set of nations, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct NameIndex {
    names: Vec<Name>,
    forms: Vec<Form>,
    by_text: FxHashMap<String, Vec<u32>>,
    by_sound: FxHashMap<String, Vec<u32>>,
    by_word: FxHashMap<String, Vec<u32>>,
    common: CommonWords,
}

impl NameIndex {
    pub fn new(common: CommonWords) -> NameIndex {
        NameIndex {
            common,
            ..NameIndex::default()
        }
    }

    /// The words that count for little.
    pub fn common_words(&self) -> &CommonWords {
        &self.common
    }

    /// Adds a name of the nation `owner`.
    pub fn add(&mut self, owner: u32, text: &str, kind: NameKind) {
        let spelling = Spelling::of(text);
        if spelling.words.is_empty() {
            return;
        }
        let number = self.names.len() as u32;
        for (way, form) in self.ways_of(text, &spelling) {
            let position = self.forms.len() as u32;
            if way == Way::Core {
                let sound = sound_of(&form);
                self.by_sound.entry(sound).or_default().push(position);
            }
            self.by_text.entry(form.clone()).or_default().push(position);
            self.forms.push(Form {
                name: number,
                letters: letters_of(&form),
                length: form.chars().count(),
                text: form,
                way,
            });
        }
        for word in &spelling.own_words {
            if word.len() >= 4 && !self.is_common(word) {
                self.by_word.entry(word.clone()).or_default().push(number);
            }
        }
        let worth = self.worth(&spelling);
        self.names.push(Name {
            owner,
            text: text.to_owned(),
            kind,
            spelling,
            worth,
        });
    }

    /// A name as added, and what it is to its nation.
    pub fn name(&self, number: u32) -> Option<(&str, NameKind)> {
        let name = self.names.get(number as usize)?;
        Some((&name.text, name.kind))
    }

    /// The nations to whose names a single name is near, each by its nearest name, in no order.
    pub fn nearest(&self, text: &str) -> Vec<Nearest> {
        let typed = Typed::of(self, text);
        let mut found: FxHashMap<u32, Nearest> = FxHashMap::default();
        for (way, form) in &typed.forms {
            self.compare_form(&typed, *way, form, &mut found);
        }
        self.compare_sound(&typed, &mut found);
        self.compare_words(&typed, &mut found);
        found.into_values().collect()
    }

    fn ways_of(&self, text: &str, spelling: &Spelling) -> Vec<(Way, String)> {
        let mut ways = vec![(Way::Whole, spelling.whole()), (Way::Core, spelling.core())];
        let long = spelling.long_core();
        if long != ways[1].1 && !long.is_empty() {
            ways.push((Way::Long, long));
        }
        if let Some(short) = self.short(&spelling.own_words) {
            ways.push((Way::Short, short));
        }
        for part in text.split(['/', ',']).chain(text.split(" and ")) {
            let core = Spelling::of(part).core();
            if part.len() < text.len() && core.len() >= 5 {
                ways.push((Way::Part, core));
            }
        }
        ways
    }

    /// The own words without numbers and without words that name a people; nothing where that changes nothing or
    /// leaves nothing.
    fn short(&self, own_words: &[String]) -> Option<String> {
        let is_kept = |word: &&String| {
            !self.common.of_peoples.contains(*word) && !word.bytes().all(|b| b.is_ascii_digit())
        };
        let kept: Vec<&str> = own_words
            .iter()
            .filter(is_kept)
            .map(String::as_str)
            .collect();
        let short = kept.concat();
        let tells = own_words
            .iter()
            .any(|word| is_kept(&word) && !self.common.frequent.contains(word));
        (kept.len() < own_words.len() && short.len() >= 3 && tells).then_some(short)
    }

    fn is_common(&self, word: &str) -> bool {
        self.common.frequent.contains(word) || self.common.of_peoples.contains(word)
    }

    /// "Island" alone, as in "Indian Island", is no name.
    fn is_one_frequent_word(&self, spelling: &Spelling) -> bool {
        matches!(spelling.own_words.as_slice(), [word] if self.common.frequent.contains(word))
    }

    fn worth(&self, spelling: &Spelling) -> f64 {
        let are_all_common = spelling.own_words.iter().all(|word| self.is_common(word))
            && !self.is_one_frequent_word(spelling);
        let worth_of = |word: &String| {
            let each = match (self.is_common(word), are_all_common) {
                (true, true) if self.common.frequent.contains(word) => ALL_COMMON_WORTH,
                (true, false) => COMMON_WORTH,
                _ => 1.0,
            };
            word.chars().count() as f64 * each
        };
        spelling.own_words.iter().map(worth_of).sum()
    }

    fn compare_form(
        &self,
        typed: &Typed,
        way: Way,
        text: &str,
        found: &mut FxHashMap<u32, Nearest>,
    ) {
        for &position in self.by_text.get(text).into_iter().flatten() {
            let form = &self.forms[position as usize];
            let name = self.name_of(form);
            let (mut odds, near) = same_odds(typed, way, form.way, name);
            let lacks_words = name
                .spelling
                .words
                .iter()
                .any(|word| !typed.spelling.words.contains(word));
            if lacks_words && self.is_one_frequent_word(&name.spelling) {
                odds = odds.min(0.4);
            }
            self.keep(found, form.name, near, odds);
        }
        let letters = letters_of(text);
        let length = text.chars().count();
        let most = most_errors(length);
        for form in &self.forms {
            if (way == Way::Whole) != (form.way == Way::Whole)
                || form.length.abs_diff(length) > most
                || (form.letters ^ letters).count_ones() as usize > 2 * most
                || form.text == text
            {
                continue;
            }
            let errors = strsim::osa_distance(&form.text, text);
            if errors > most {
                continue;
            }
            let worth = self.name_of(form).worth.min(form.length as f64);
            let mut odds = odds_of_errors(errors, worth) * way_factor(way) * way_factor(form.way);
            let is_core = way == Way::Core && form.way == Way::Core;
            let by_sound = if is_core {
                odds_of_sound(text, &form.text, errors)
            } else {
                0.0
            };
            let near = if by_sound > odds {
                Near::Sound
            } else {
                Near::Letters(errors)
            };
            odds = odds.max(by_sound);
            if typed.spelling.has_nation_word() && worth >= 5.0 {
                odds *= 1.5;
            }
            self.keep(found, form.name, near, odds);
        }
    }

    /// Names that sound the same although many letters differ.
    fn compare_sound(&self, typed: &Typed, found: &mut FxHashMap<u32, Nearest>) {
        let core = typed.spelling.core();
        for &position in self.by_sound.get(&sound_of(&core)).into_iter().flatten() {
            let form = &self.forms[position as usize];
            let errors = strsim::osa_distance(&form.text, &core);
            let odds = odds_of_sound(&core, &form.text, errors);
            self.keep(found, form.name, Near::Sound, odds);
        }
    }

    /// Names all of whose words stand in the text, and names of which the text is a part.
    fn compare_words(&self, typed: &Typed, found: &mut FxHashMap<u32, Nearest>) {
        let typed_words = &typed.spelling.own_words;
        let typed_worth = self.worth(&typed.spelling);
        let mut names: Vec<u32> = typed_words
            .iter()
            .filter_map(|word| self.by_word.get(word))
            .flatten()
            .copied()
            .collect();
        names.sort_unstable();
        names.dedup();
        let base = if typed.spelling.has_nation_word() {
            0.75
        } else {
            0.5
        };
        for number in names {
            let name = &self.names[number as usize];
            let own = &name.spelling.own_words;
            if own.iter().all(|word| typed_words.contains(word)) {
                let share = (name.worth / typed_worth).min(1.0);
                let odds = odds(base * (0.5 + 0.5 * share));
                self.keep(found, number, Near::Holds, odds);
            } else if typed_words.iter().all(|word| own.contains(word)) {
                let share = (typed_worth / name.worth).min(1.0);
                let odds = odds(base * PART * (0.6 + 0.4 * share));
                self.keep(found, number, Near::PartOf, odds);
            }
        }
    }

    fn name_of(&self, form: &Form) -> &Name {
        &self.names[form.name as usize]
    }

    fn keep(&self, found: &mut FxHashMap<u32, Nearest>, name: u32, near: Near, odds: f64) {
        if odds < LEAST_ODDS {
            return;
        }
        let Name { owner, kind, .. } = self.names[name as usize];
        let odds = odds
            * match kind {
                NameKind::Current => 1.0,
                NameKind::Former | NameKind::Other => 0.95,
            };
        let nearest = Nearest {
            owner,
            name,
            near,
            odds,
        };
        let best = found.entry(owner).or_insert(nearest);
        if odds > best.odds || (odds == best.odds && name < best.name) {
            *best = nearest;
        }
    }
}

/// What was typed, in the ways in which it is compared.
struct Typed {
    spelling: Spelling,
    forms: Vec<(Way, String)>,
}

impl Typed {
    fn of(index: &NameIndex, text: &str) -> Typed {
        let spelling = Spelling::of(text);
        let mut forms = vec![(Way::Whole, spelling.whole()), (Way::Core, spelling.core())];
        if let Some(short) = index.short(&spelling.own_words) {
            forms.push((Way::Short, short));
        }
        let lenient: String = spelling
            .own_words
            .iter()
            .filter(|word| {
                index.by_word.contains_key(*word) || !nation_words().is_nearly_nation_word(word)
            })
            .map(String::as_str)
            .collect();
        if lenient.len() >= 3 && lenient.len() < spelling.core().len() {
            forms.push((Way::Lenient, lenient));
        }
        let (long, stripped) = (spelling.long_core(), spelling.stripped());
        for (way, form) in [(Way::Long, long), (Way::Lenient, stripped)] {
            if forms.iter().all(|(_, known)| *known != form) {
                forms.push((way, form));
            }
        }
        forms.retain(|(_, form)| !form.is_empty());
        Typed { spelling, forms }
    }
}

/// Odds of two forms that are letter for letter the same.
fn same_odds(typed: &Typed, way: Way, form: Way, name: &Name) -> (f64, Near) {
    if typed.spelling.words == name.spelling.words {
        return (SAME, Near::Same);
    }
    let factor = way_factor(way) * way_factor(form);
    if factor < 1.0 {
        let is_little = name.spelling.core().len() > SHORT && typed.spelling.core().len() <= SHORT;
        let factor = if is_little { factor * 0.3 } else { factor };
        return (SAME_CORE * factor, Near::InShort);
    }
    // The same words but for spaces.
    if way == Way::Whole && form == Way::Whole {
        return (SAME * 0.9, Near::Same);
    }
    let (told, known) = (typed.spelling.nation_words(), name.spelling.nation_words());
    let agree = told.is_empty() || told.iter().all(|word| known.contains(word));
    let factor = if agree { 1.0 } else { 0.7 };
    (SAME_CORE * factor, Near::ButNationWords)
}

fn way_factor(way: Way) -> f64 {
    match way {
        Way::Whole | Way::Core | Way::Long => 1.0,
        Way::Short => 0.4,
        Way::Part => 0.5,
        Way::Lenient => 0.6,
    }
}
