//! How far names agree. Words are compared whatever their order; rare words tell more than common ones, and levels
//! are cut by how much was told, so that learning weighs rarity itself.

use super::comparison::Level;
use super::letters::one_slip_apart;
use super::table::{NameWord, Role, Table};
use super::words::{WordId, Words};
use crate::names::similarity::jaro_winkler;

/// How alike two words are, the most alike first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    Same,
    /// Forms of one name, as told or learnt.
    Equivalent,
    /// One slip apart, or nearly the same letters.
    Close,
    /// Much the same letters, or the same sound.
    Near,
    /// One is the beginning of the other.
    Beginning,
    /// One is the first letter of the other.
    Initial,
    Unlike,
}

/// How alike two words are.
pub fn likeness(words: &Words, a: WordId, b: WordId) -> Likeness {
    if a == b {
        return Likeness::Same;
    }
    if words.are_equivalent(a, b) {
        return Likeness::Equivalent;
    }
    let (one, other) = (words.letters(a), words.letters(b));
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    if short.len() == 1 {
        return if short.first() == long.first() {
            Likeness::Initial
        } else {
            Likeness::Unlike
        };
    }
    // Letters of the longer word that the shorter lacks; each costs, so most pairs end here.
    let lacking = (words.mask(a) ^ words.mask(b)).count_ones() as usize;
    let same_sound = short.len() >= 3 && words.sound(a) == words.sound(b) && words.sound(a) > 121;
    if lacking > 2 + long.len() / 2 && !same_sound {
        return beginning(short, long);
    }
    if short.len() >= 4 && one_slip_apart(short, long) {
        return Likeness::Close;
    }
    let similarity = jaro_winkler(short, long);
    if similarity >= 0.93 && short.len() >= 5 {
        return Likeness::Close;
    }
    if (short.len() >= 3 && one_slip_apart(short, long)) || similarity >= 0.86 || same_sound {
        return Likeness::Near;
    }
    beginning(short, long)
}

fn beginning(short: &[u8], long: &[u8]) -> Likeness {
    if short.len() >= 3 && long.starts_with(short) {
        Likeness::Beginning
    } else {
        Likeness::Unlike
    }
}

/// Bits of rarity at which the levels of "the same word" are cut.
const SAME_CUTS: [f32; 4] = [12.5, 10.0, 7.0, 4.5];

pub fn part_levels(what: &str) -> Vec<Level> {
    let level = |agreement: f64, words: &str| Level::new(0, agreement, words);
    let same = |agreement: f64, how: &str| level(agreement, &format!("same {what} ({how})"));
    vec![
        Level::new(1, 0.0, &format!("{what} not known")),
        same(1.0, "very rare"),
        same(1.0, "rare"),
        same(0.95, "uncommon"),
        same(0.9, "common"),
        same(0.85, "very common"),
        level(0.9, &format!("forms of one {what}")),
        level(0.8, &format!("forms of one common {what}")),
        level(0.95, &format!("{what} a slip apart (rare)")),
        level(0.9, &format!("{what} a slip apart")),
        level(0.8, &format!("{what} a slip apart (common)")),
        level(0.6, &format!("{what} sounds or looks alike (rare)")),
        level(0.5, &format!("{what} sounds or looks alike")),
        level(0.4, "initial agrees"),
        level(0.5, &format!("{what} begins alike")),
        level(0.8, "given and family name swapped (rare)"),
        level(0.6, "given and family name swapped"),
        level(0.0, &format!("different {what}")),
    ]
}

/// The levels of given names that say that given and family name are swapped.
pub const SWAPPED: [u8; 2] = [15, 16];

/// The level of parts of names that have nothing in common.
pub const DIFFERENT: u8 = 17;

/// Whether each of two records has a given name that is like none of the other's: "Crystal Rosie" and "Crystal Dorothy".
/// A name more on one side only tells nothing.
pub fn has_other_given_names(table: &Table, a: usize, b: usize) -> bool {
    let words = &table.names;
    let row = |record: usize| table.name_rows.row(record);
    let lone = |one: usize, other: usize| {
        let mut given = row(one).iter().filter(|word| word.role() == Role::Given);
        given.any(|x| {
            let mut all = row(other).iter();
            !all.any(|y| likeness(words, x.word(), y.word()) < Likeness::Unlike)
        })
    };
    lone(a, b) && lone(b, a)
}

/// The level of one part of the names: the best of any two words of that part.
pub fn part(table: &Table, a: usize, b: usize, role: Role) -> u8 {
    let (all_a, all_b) = (table.name_rows.row(a), table.name_rows.row(b));
    let of_role = |word: &&NameWord| word.role() == role;
    if !all_a.iter().any(|word| of_role(&word)) || !all_b.iter().any(|word| of_role(&word)) {
        return 0;
    }
    let words = &table.names;
    let mut best = DIFFERENT;
    for one in all_a.iter().filter(of_role) {
        for other in all_b.iter().filter(of_role) {
            let level = part_level(words, one.word(), other.word());
            if PART_RANKS[level as usize] > PART_RANKS[best as usize] {
                best = level;
            }
        }
    }
    // Of a swap both halves are one piece of evidence, which stands with the given name.
    if role == Role::Given && PART_RANKS[best as usize] < PART_RANKS[15] {
        let there = swapped_bits(words, all_a, all_b, role);
        let back = swapped_bits(words, all_b, all_a, role);
        let has_family = |row: &[NameWord]| row.iter().any(|word| word.role() == Role::Family);
        let whole = has_family(all_a) && has_family(all_b);
        if (there > 0.0 && back > 0.0) || (!whole && there.max(back) > 0.0) {
            return if there + back >= 16.0 { 15 } else { 16 };
        }
    }
    best
}

/// How good each level of a part is where several words are compared; by level.
const PART_RANKS: [u8; 18] = [
    0, 18, 17, 16, 14, 12, 15, 11, 13, 10, 8, 7, 5, 2, 3, 9, 6, 1,
];

fn part_level(words: &Words, a: WordId, b: WordId) -> u8 {
    match likeness(words, a, b) {
        Likeness::Same => {
            let bits = words.bits(a);
            1 + SAME_CUTS.iter().take_while(|cut| bits < **cut).count() as u8
        }
        Likeness::Equivalent => 6 + u8::from(words.bits_of_both(a, b) < 7.0),
        Likeness::Close => match words.bits_of_both(a, b) {
            bits if bits >= 9.0 => 8,
            bits if bits >= 6.0 => 9,
            _ => 10,
        },
        Likeness::Near => 11 + u8::from(words.bits_of_both(a, b) < 8.0),
        Likeness::Initial => 13,
        Likeness::Beginning => 14,
        Likeness::Unlike => DIFFERENT,
    }
}

/// How much is told by a word that has this part in one record and another part in the other.
fn swapped_bits(words: &Words, a: &[NameWord], b: &[NameWord], role: Role) -> f32 {
    let mut best = 0.0_f32;
    for one in a.iter().filter(|word| word.role() == role) {
        for other in b.iter().filter(|word| word.role() != role) {
            let alike = likeness(words, one.word(), other.word());
            if matches!(alike, Likeness::Same | Likeness::Close) {
                best = best.max(words.bits_of_both(one.word(), other.word()));
            }
        }
    }
    best
}

/// Bits told by the words that agree, at which levels of whole names are cut.
const TOLD_CUTS: [f32; 10] = [0.5, 3.5, 6.5, 9.0, 11.5, 14.0, 17.0, 20.0, 24.0, 30.0];
/// Shares of what the shorter name tells, at which levels are cut.
const SHARE_CUTS: [f32; 5] = [0.2, 0.45, 0.65, 0.85, 0.985];
const TOLD_LEVELS: u8 = TOLD_CUTS.len() as u8 + 1;

pub fn whole_levels() -> Vec<Level> {
    let mut levels = vec![Level::new(1, 0.0, "names not known")];
    let shares = [
        "hardly any",
        "a little",
        "half",
        "most",
        "nearly all",
        "all",
    ];
    for (place, share) in shares.iter().enumerate() {
        for told in 0..TOLD_LEVELS {
            let bits = if told == 0 {
                0.0
            } else {
                TOLD_CUTS[told as usize - 1]
            };
            let agreement = (f64::from(bits) / 20.0).min(1.0) * (0.3 + 0.14 * place as f64);
            let words =
                format!("{share} of the shorter name agrees; that tells {bits} bits or more");
            levels.push(Level::new(0, agreement.min(1.0), &words));
        }
    }
    levels
}

/// The most words of a name that are compared; the rest are left out.
const MOST_WORDS: usize = 16;

/// The level of all words of all names.
pub fn whole(table: &Table, a: usize, b: usize) -> u8 {
    let (row_a, row_b) = (table.name_rows.row(a), table.name_rows.row(b));
    if row_a.is_empty() || row_b.is_empty() {
        return 0;
    }
    let told = whole_told(&table.names, row_a, row_b);
    let bits = TOLD_CUTS
        .iter()
        .take_while(|cut| told.agreed >= **cut)
        .count() as u8;
    let share = SHARE_CUTS
        .iter()
        .take_while(|cut| told.share >= **cut)
        .count() as u8;
    1 + share * TOLD_LEVELS + bits
}

/// What the words of two names tell together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// Bits told by the words that agree.
    pub agreed: f32,
    /// That, as a share of what the shorter name tells.
    pub share: f32,
}

fn whole_told(words: &Words, row_a: &[NameWord], row_b: &[NameWord]) -> Told {
    let (mut rest_a, mut rest_b) = ([0; MOST_WORDS], [0; MOST_WORDS]);
    let (mut count_a, mut count_b) = (0, 0);
    let (mut all_a, mut all_b, mut agreed) = (0.0_f32, 0.0_f32, 0.0_f32);
    let (mut a, mut b) = (Distinct::of(row_a), Distinct::of(row_b));
    let (mut next_a, mut next_b) = (a.next(), b.next());
    loop {
        match (next_a, next_b) {
            (Some(one), Some(other)) if one == other => {
                let bits = words.bits(one);
                all_a += bits;
                all_b += bits;
                agreed += bits;
                (next_a, next_b) = (a.next(), b.next());
            }
            (Some(one), other) if other.is_none_or(|other| one < other) => {
                all_a += words.bits(one);
                keep(&mut rest_a, &mut count_a, one);
                next_a = a.next();
            }
            (_, Some(other)) => {
                all_b += words.bits(other);
                keep(&mut rest_b, &mut count_b, other);
                next_b = b.next();
            }
            _ => break,
        }
    }
    let mut taken = 0_u32;
    for one in &rest_a[..count_a] {
        let mut best = (0.0_f32, 0);
        for (place, other) in rest_b[..count_b].iter().enumerate() {
            if taken & (1 << place) == 0 {
                let bits = likeness_bits(words, *one, *other);
                if bits > best.0 {
                    best = (bits, place);
                }
            }
        }
        if best.0 > 0.0 {
            taken |= 1 << best.1;
            agreed += best.0;
        }
    }
    let least = all_a.min(all_b).max(0.1);
    Told {
        agreed,
        share: (agreed / least).min(1.0),
    }
}

fn keep(rest: &mut [WordId; MOST_WORDS], count: &mut usize, word: WordId) {
    if *count < MOST_WORDS {
        rest[*count] = word;
        *count += 1;
    }
}

/// What two unequal words tell when they are taken as the same: less than rarity says, since more pairs of words are
/// that much alike.
fn likeness_bits(words: &Words, a: WordId, b: WordId) -> f32 {
    let less = match likeness(words, a, b) {
        Likeness::Same => 0.0,
        Likeness::Equivalent => 0.5,
        Likeness::Close => 2.0,
        Likeness::Near => 4.5,
        Likeness::Beginning => 4.0,
        Likeness::Initial => return 2.5,
        Likeness::Unlike => return 0.0,
    };
    (words.bits_of_both(a, b) - less).max(0.0)
}

/// The distinct words of a row, in order.
struct Distinct<'a> {
    row: &'a [NameWord],
}

impl Distinct<'_> {
    fn of(row: &[NameWord]) -> Distinct<'_> {
        Distinct { row }
    }

    fn next(&mut self) -> Option<WordId> {
        let word = self.row.first()?.word();
        while self.row.first().is_some_and(|next| next.word() == word) {
            self.row = &self.row[1..];
        }
        Some(word)
    }
}
