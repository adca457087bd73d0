//! Words and other values, each kept once with what comparison needs of it: letters, length, sound, and how much it
//! tells (the rarer, the more).

use super::letters::{LONGEST, sound};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::Hasher;

/// A word's place in its [`Words`].
pub type WordId = u32;

/// All distinct words of one kind.
#[derive(Clone, Debug, Default)]
pub struct Words {
    ids: FxHashMap<Box<str>, WordId>,
    texts: Vec<Box<str>>,
    letters: Vec<u8>,
    ends: Vec<u32>,
    masks: Vec<u32>,
    sounds: Vec<u32>,
    hashes: Vec<u64>,
    /// How much meeting this word tells, in bits: log2 of one over its share of the records.
    bits: Vec<f32>,
    /// Pairs of words learnt or told to be forms of one another, the smaller id first.
    equivalents: FxHashSet<u64>,
    has_equivalent: Vec<bool>,
    letter_codes: FxHashMap<char, u8>,
}

impl Words {
    /// The id of a word, new or known.
    pub fn intern(&mut self, text: &str) -> WordId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = self.texts.len() as WordId;
        let start = self.letters.len();
        for character in text.chars().take(LONGEST) {
            let code = self.letter_code(character);
            self.letters.push(code);
        }
        let letters = &self.letters[start..];
        self.masks.push(
            letters
                .iter()
                .fold(0, |mask, letter| mask | 1 << (letter % 32)),
        );
        self.sounds.push(sound(letters));
        self.hashes.push(hash_of(text));
        self.ends.push(self.letters.len() as u32);
        self.bits.push(0.0);
        self.has_equivalent.push(false);
        self.texts.push(text.into());
        self.ids.insert(text.into(), id);
        id
    }

    /// The ids here of all words of others, by their ids there.
    pub fn intern_all(&mut self, others: &Words) -> Vec<WordId> {
        others.texts.iter().map(|text| self.intern(text)).collect()
    }

    /// Letters beyond ASCII get the codes 128 to 254 in the order of their appearance; more than that share 255.
    fn letter_code(&mut self, character: char) -> u8 {
        if character.is_ascii() {
            return character as u8;
        }
        let next = (128 + self.letter_codes.len()).min(255) as u8;
        *self.letter_codes.entry(character).or_insert(next)
    }

    pub fn find(&self, text: &str) -> Option<WordId> {
        self.ids.get(text).copied()
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub fn text(&self, id: WordId) -> &str {
        &self.texts[id as usize]
    }

    pub fn letters(&self, id: WordId) -> &[u8] {
        let place = id as usize;
        let start = if place == 0 {
            0
        } else {
            self.ends[place - 1] as usize
        };
        &self.letters[start..self.ends[place] as usize]
    }

    pub fn mask(&self, id: WordId) -> u32 {
        self.masks[id as usize]
    }

    pub fn sound(&self, id: WordId) -> u32 {
        self.sounds[id as usize]
    }

    /// A hash of the text, the same in every run.
    pub fn hash(&self, id: WordId) -> u64 {
        self.hashes[id as usize]
    }

    pub fn bits(&self, id: WordId) -> f32 {
        self.bits[id as usize]
    }

    /// What meeting either of two words tells.
    pub fn bits_of_both(&self, a: WordId, b: WordId) -> f32 {
        let (a, b) = (self.bits(a), self.bits(b));
        let both = (-a).exp2() + (-b).exp2();
        -both.log2()
    }

    /// Sets how much each word tells, from its count among this many records. Unknown words count once.
    pub fn weigh(&mut self, records: u64, count_of: impl Fn(&str, WordId) -> u64) {
        for id in 0..self.texts.len() {
            let count = count_of(&self.texts[id], id as WordId).max(1);
            self.bits[id] = (records.max(1) as f32 / count as f32).log2().max(0.0);
        }
    }

    /// Lowers how much each word tells to its count among this many records, where that is less.
    pub fn temper(&mut self, records: u64, count_of: impl Fn(WordId) -> u64) {
        for id in 0..self.texts.len() {
            let count = count_of(id as WordId);
            if count > 0 {
                let own = (records.max(1) as f32 / count as f32).log2().max(0.0);
                self.bits[id] = self.bits[id].min(own);
            }
        }
    }

    /// Takes two words as forms of one another.
    pub fn equate(&mut self, a: WordId, b: WordId) {
        if a != b {
            self.equivalents.insert(pair_key(a, b));
            self.has_equivalent[a as usize] = true;
            self.has_equivalent[b as usize] = true;
        }
    }

    pub fn has_equivalents(&self) -> bool {
        !self.equivalents.is_empty()
    }

    pub fn has_equivalent(&self, id: WordId) -> bool {
        self.has_equivalent[id as usize]
    }

    pub fn are_equivalent(&self, a: WordId, b: WordId) -> bool {
        self.has_equivalent[a as usize]
            && self.has_equivalent[b as usize]
            && self.equivalents.contains(&pair_key(a, b))
    }
}

/// Two ids in one number, whatever their order.
pub fn pair_key(a: u32, b: u32) -> u64 {
    (u64::from(a.min(b)) << 32) | u64::from(a.max(b))
}

/// A hash that is the same in every run and on every machine.
pub fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    for byte in text.bytes() {
        hasher.write_u8(byte);
    }
    mixed(hasher.finish())
}

/// Spreads a number over all 64 bits (the finalizer of splitmix64).
pub fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
