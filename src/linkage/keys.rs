//! Blocking keys: two records are compared only if they share one. A key is made of two or three parts, by equality of
//! tokens only (a word, a word with one letter left out, its sound, its beginning; a date or parts of one; a place…),
//! never of one part that tells little: a word alone counts only where few bear it.

use super::dates::LinkDate;
use super::table::{Field, FieldKind, Table};
use super::text_levels::{area, outward};
use super::words::{WordId, Words, mixed};
use serde::{Deserialize, Serialize};

/// A part of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A word of a name.
    Word,
    /// A word of a name, whole and with each one letter left out: words a slip apart share one.
    WordSlip,
    WordSound,
    /// Its first four letters.
    WordStart,
    Initial,
    Day(usize),
    YearMonth(usize),
    /// Year, and day and month whatever their order.
    DaySwapped(usize),
    MonthDay(usize),
    YearDay(usize),
    Year(usize),
    /// Two neighbouring years.
    YearOrNext(usize),
    Text(usize),
    TextStart(usize),
    CodeSlip(usize),
    Outward(usize),
    Area(usize),
}

impl Part {
    fn is_word(self) -> bool {
        matches!(
            self,
            Part::Word | Part::WordSlip | Part::WordSound | Part::WordStart | Part::Initial
        )
    }

    fn field(self) -> Option<usize> {
        match self {
            Part::Word | Part::WordSlip | Part::WordSound | Part::WordStart | Part::Initial => None,
            Part::Day(field)
            | Part::YearMonth(field)
            | Part::DaySwapped(field)
            | Part::MonthDay(field)
            | Part::YearDay(field)
            | Part::Year(field)
            | Part::YearOrNext(field)
            | Part::Text(field)
            | Part::TextStart(field)
            | Part::CodeSlip(field)
            | Part::Outward(field)
            | Part::Area(field) => Some(field),
        }
    }
}

/// The parts of one kind of key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Template {
    pub parts: Vec<Part>,
    /// Keys shared by more records than this are left out.
    pub most: u32,
}

/// The most templates that are tried.
pub const MOST_TEMPLATES: usize = 128;

/// All templates that the fields of a table allow.
pub fn templates(fields: &[Field]) -> Vec<Template> {
    let has_names = fields.iter().any(|field| field.kind.is_name());
    let mut exact = Vec::new();
    let mut vague = Vec::new();
    let mut alone = Vec::new();
    for (place, field) in fields.iter().enumerate() {
        match field.kind {
            FieldKind::Birth => {
                exact.extend([
                    Part::Day(place),
                    Part::DaySwapped(place),
                    Part::YearMonth(place),
                    Part::MonthDay(place),
                    Part::YearDay(place),
                ]);
                vague.extend([Part::Year(place), Part::YearOrNext(place)]);
            }
            FieldKind::Death => exact.push(Part::Day(place)),
            FieldKind::Place => {
                exact.push(Part::Text(place));
                vague.push(Part::TextStart(place));
            }
            FieldKind::Postcode => {
                exact.extend([Part::Text(place), Part::Outward(place)]);
                vague.push(Part::Area(place));
            }
            FieldKind::Street => exact.push(Part::Text(place)),
            FieldKind::Number => vague.push(Part::Text(place)),
            FieldKind::Identifier | FieldKind::Phone => {
                alone.extend([Part::Text(place), Part::CodeSlip(place)]);
            }
            FieldKind::Category => vague.push(Part::Text(place)),
            FieldKind::Sex | FieldKind::Given | FieldKind::Family | FieldKind::Name => {}
        }
    }
    let mut found: Vec<Vec<Part>> = alone.iter().map(|part| vec![*part]).collect();
    if has_names {
        found.extend([
            vec![Part::Word, Part::Word],
            vec![Part::Word, Part::WordSlip],
            vec![Part::WordSlip, Part::WordSlip],
            vec![Part::WordSound, Part::WordSound],
            vec![Part::Initial, Part::WordSlip, Part::WordSlip],
        ]);
        for part in exact.iter().chain(&vague).copied() {
            found.extend([vec![Part::WordSlip, part], vec![Part::WordSound, part]]);
        }
        for part in exact.iter().copied() {
            found.extend([
                vec![Part::WordStart, part],
                vec![Part::Initial, part],
                vec![Part::Initial, Part::Initial, part],
            ]);
        }
        for part in vague.iter().copied() {
            found.extend([
                vec![Part::Initial, Part::WordSound, part],
                vec![Part::WordSound, Part::WordSound, part],
            ]);
        }
    }
    pairs_of(&exact, &exact, &mut found);
    pairs_of(&exact, &vague, &mut found);
    if has_names {
        let mut pairs = Vec::new();
        pairs_of(&exact, &vague, &mut pairs);
        pairs_of(&vague, &vague, &mut pairs);
        for pair in pairs {
            found.push([vec![Part::WordSound], pair].concat());
        }
    }
    let mut all: Vec<Template> = Vec::new();
    if has_names {
        // A word alone tells enough where few bear it.
        let lone = [
            (Part::Word, 50),
            (Part::Word, 150),
            (Part::WordSlip, 50),
            (Part::WordSound, 100),
        ];
        all.extend(lone.map(|(part, most)| Template {
            parts: vec![part],
            most,
        }));
    }
    all.extend(found.into_iter().map(|parts| Template { parts, most: 400 }));
    all.truncate(MOST_TEMPLATES);
    all
}

fn pairs_of(some: &[Part], others: &[Part], found: &mut Vec<Vec<Part>>) {
    for (place, one) in some.iter().enumerate() {
        for (other_place, other) in others.iter().enumerate() {
            let twice = std::ptr::eq(some, others) && other_place <= place;
            if one.field() != other.field() && !twice {
                found.push(vec![*one, *other]);
            }
        }
    }
}

/// What the words of a table give as parts of keys, made once.
pub struct WordParts {
    slips: Vec<u64>,
    ends: Vec<u32>,
}

impl WordParts {
    pub fn of(words: &Words) -> WordParts {
        let mut parts = WordParts {
            slips: Vec::new(),
            ends: Vec::new(),
        };
        for id in 0..words.len() as WordId {
            push_slips(words.letters(id), 4, &mut parts.slips);
            parts.ends.push(parts.slips.len() as u32);
        }
        parts
    }

    fn slips(&self, id: WordId) -> &[u64] {
        let place = id as usize;
        let start = if place == 0 {
            0
        } else {
            self.ends[place - 1] as usize
        };
        &self.slips[start..self.ends[place] as usize]
    }
}

/// The word, and if it has at least so many letters, the word with each one letter left out.
fn push_slips(letters: &[u8], least: usize, found: &mut Vec<u64>) {
    let start = found.len();
    found.push(letters_hash(letters.iter()));
    if letters.len() >= least {
        for out in 0..letters.len() {
            found.push(letters_hash(
                letters[..out].iter().chain(&letters[out + 1..]),
            ));
        }
    }
    found[start..].sort_unstable();
    let mut kept = start;
    for place in start..found.len() {
        if place == start || found[place] != found[kept - 1] {
            found[kept] = found[place];
            kept += 1;
        }
    }
    found.truncate(kept);
}

fn letters_hash<'a>(letters: impl Iterator<Item = &'a u8>) -> u64 {
    mixed(letters.fold(17, |hash: u64, letter| {
        hash.wrapping_mul(1_000_003)
            .wrapping_add(u64::from(*letter))
    }))
}

/// The most words of a record that give keys; the rarest.
const MOST_WORDS: usize = 6;

/// Makes the keys of records, one after the other, without allocating for each.
pub struct KeyMaker<'a> {
    table: &'a Table,
    parts: &'a WordParts,
    words: Vec<WordId>,
    own: Vec<u64>,
}

impl<'a> KeyMaker<'a> {
    pub fn new(table: &'a Table, parts: &'a WordParts) -> KeyMaker<'a> {
        KeyMaker {
            table,
            parts,
            words: Vec::new(),
            own: Vec::new(),
        }
    }

    /// The distinct keys of a record by one template. The number tells templates apart.
    pub fn keys(&mut self, record: usize, number: usize, template: &Template, keys: &mut Vec<u64>) {
        self.make(record, number, template, keys);
        keys.sort_unstable();
        keys.dedup();
    }

    /// The same keys in any order, some more than once.
    pub fn make(&mut self, record: usize, number: usize, template: &Template, keys: &mut Vec<u64>) {
        keys.clear();
        let words = template.parts.iter().filter(|part| part.is_word()).count();
        if words > 0 {
            self.choose_words(record);
        }
        let seed = mixed(number as u64 + 1);
        match words {
            0 => keys.push(seed),
            1 => {
                for place in 0..self.words.len() {
                    self.push_word(template.parts[0], self.words[place], seed, keys);
                }
            }
            _ => self.push_word_pairs(template, words, seed, keys),
        }
        for part in &template.parts[words..] {
            self.multiply(record, *part, keys);
        }
    }

    fn choose_words(&mut self, record: usize) {
        let names = &self.table.names;
        self.words.clear();
        self.words.extend(
            self.table
                .name_rows
                .row(record)
                .iter()
                .map(|word| word.word()),
        );
        self.words.dedup();
        if self.words.len() > MOST_WORDS {
            self.words.sort_unstable_by(|a, b| {
                names
                    .bits(*b)
                    .total_cmp(&names.bits(*a))
                    .then(names.hash(*a).cmp(&names.hash(*b)))
            });
            self.words.truncate(MOST_WORDS);
        }
    }

    fn push_word(&self, part: Part, word: WordId, seed: u64, keys: &mut Vec<u64>) {
        let names = &self.table.names;
        let letters = names.letters(word);
        let key = |part: u64| joined(seed, part);
        match part {
            Part::Word if letters.len() > 1 => keys.push(key(names.hash(word))),
            Part::WordSlip if letters.len() > 1 => {
                keys.extend(self.parts.slips(word).iter().map(|slip| key(*slip)));
            }
            Part::WordSound if letters.len() > 1 && names.sound(word) != 0 => {
                keys.push(key(u64::from(names.sound(word))));
            }
            Part::WordStart if letters.len() > 3 => {
                keys.push(key(letters_hash(letters[..4].iter())));
            }
            Part::Initial => keys.extend(letters.first().map(|letter| key(u64::from(*letter)))),
            _ => {}
        }
    }

    /// Keys of two or three different words, whatever their order.
    fn push_word_pairs(
        &mut self,
        template: &Template,
        count: usize,
        seed: u64,
        keys: &mut Vec<u64>,
    ) {
        let parts = &template.parts;
        let mut firsts = std::mem::take(&mut self.own);
        let mut seconds = Vec::new();
        for first in 0..self.words.len() {
            for second in 0..self.words.len() {
                let same_parts = parts[0] == parts[1];
                if first == second || (same_parts && second < first && count == 2) {
                    continue;
                }
                firsts.clear();
                seconds.clear();
                self.push_word(parts[0], self.words[first], 0, &mut firsts);
                self.push_word(parts[1], self.words[second], 0, &mut seconds);
                for one in &firsts {
                    for other in &seconds {
                        let both = if same_parts {
                            one.wrapping_add(*other)
                        } else {
                            joined(*one, *other)
                        };
                        if count == 2 {
                            keys.push(joined(seed, both));
                            continue;
                        }
                        for third in
                            (0..self.words.len()).filter(|third| *third != first && *third > second)
                        {
                            let from = keys.len();
                            self.push_word(parts[2], self.words[third], 0, keys);
                            for key in &mut keys[from..] {
                                // The second and third parts are alike.
                                *key = joined(seed, joined(*one, other.wrapping_add(*key)));
                            }
                        }
                    }
                }
            }
        }
        self.own = firsts;
    }

    /// Joins each key with each value of a further part.
    fn multiply(&mut self, record: usize, part: Part, keys: &mut Vec<u64>) {
        self.own.clear();
        self.field_parts(record, part);
        let before = keys.len();
        for key in 0..before {
            for own in 0..self.own.len() {
                keys.push(joined(keys[key], self.own[own]));
            }
        }
        keys.drain(..before);
    }

    fn field_parts(&mut self, record: usize, part: Part) {
        let Some(field) = part.field() else { return };
        if self.table.fields[field].kind.is_date() {
            for date in self.table.dates[field].row(record) {
                date_parts(part, *date, &mut self.own);
            }
            return;
        }
        let column = &self.table.texts[field];
        for word in column.rows.row(record) {
            let letters = column.words.letters(*word);
            match part {
                Part::Text(_) => self.own.push(column.words.hash(*word)),
                Part::TextStart(_) => self.own.push(letters_hash(letters.iter().take(4))),
                Part::CodeSlip(_) => push_slips(letters, 5, &mut self.own),
                Part::Outward(_) => self.own.push(letters_hash(outward(letters).iter())),
                Part::Area(_) => self.own.push(letters_hash(area(letters).iter())),
                _ => {}
            }
        }
    }
}

fn date_parts(part: Part, date: LinkDate, found: &mut Vec<u64>) {
    let number = |year: u16, month: u8, day: u8| {
        mixed(u64::from(year) << 16 | u64::from(month) << 8 | u64::from(day) | 1 << 40)
    };
    let (year, month, day) = (date.year, date.month, date.day);
    let new_year = month == 1 && day == 1;
    match part {
        Part::Day(_) if date.is_whole() => found.push(number(year, month, day)),
        Part::DaySwapped(_) if date.is_whole() => {
            found.push(number(year, month.min(day), month.max(day)));
        }
        Part::YearMonth(_) if year != 0 && month != 0 && !new_year => {
            found.push(number(year, month, 0));
        }
        Part::MonthDay(_) if date.is_whole() && !new_year => found.push(number(0, month, day)),
        Part::YearDay(_) if date.is_whole() && !new_year => found.push(number(year, 0, day)),
        Part::Year(_) if year != 0 => found.push(number(year, 0, 0)),
        Part::YearOrNext(_) if year != 0 => {
            found.extend([number(year / 2, 90, 0), number(year.div_ceil(2), 91, 0)]);
        }
        _ => {}
    }
}

fn joined(one: u64, other: u64) -> u64 {
    mixed(one.rotate_left(23) ^ other.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}
