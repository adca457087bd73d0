//! How far places, codes and other texts agree.

use super::comparison::Level;
use super::letters::one_slip_apart;
use super::table::TextColumn;
use super::words::{WordId, Words};
use crate::names::similarity::jaro_winkler;

/// How many levels of postcodes there are to each level of places.
pub const LOCALITY_POSTCODES: u8 = 6;

const PLACES: [(&str, f64); 8] = [
    ("place not known", 0.0),
    ("same rare place", 1.0),
    ("same place", 0.95),
    ("same common place", 0.8),
    ("names of one place", 0.8),
    ("place nearly the same", 0.85),
    ("place partly the same", 0.5),
    ("different place", 0.0),
];

const POSTCODES: [(&str, f64); LOCALITY_POSTCODES as usize] = [
    ("postcode not known", 0.0),
    ("same postcode", 1.0),
    ("postcode a slip apart", 0.8),
    ("neighbouring postcode", 0.6),
    ("postcode of the same area", 0.3),
    ("different postcode", 0.0),
];

/// Place and postcode together: each pair of their levels is a level of its own.
pub fn locality_levels() -> Vec<Level> {
    let mut levels = Vec::new();
    for (place, (place_words, place_agreement)) in PLACES.iter().enumerate() {
        for (postcode, (postcode_words, postcode_agreement)) in POSTCODES.iter().enumerate() {
            let group = u8::from(place > 0) * 2 + u8::from(postcode > 0);
            let agreement = match group {
                3 => (place_agreement + postcode_agreement) / 2.0,
                2 => *place_agreement,
                _ => *postcode_agreement,
            };
            let words = match group {
                3 => format!("{place_words}, {postcode_words}"),
                1 => (*postcode_words).to_owned(),
                _ => (*place_words).to_owned(),
            };
            levels.push(Level::new(group, agreement, &words));
        }
    }
    levels
}

/// The part of the level that says how far places agree: 0 to 7.
pub fn place(column: &TextColumn, a: usize, b: usize) -> u8 {
    best(column, a, b, |words, a, b| {
        if a == b {
            return match words.bits(a) {
                bits if bits >= 9.0 => 1,
                bits if bits >= 6.0 => 2,
                _ => 3,
            };
        }
        if words.are_equivalent(a, b) {
            return 4;
        }
        match text_likeness(words, a, b) {
            Alike::Close => 5,
            Alike::Near => 6,
            Alike::Not => 7,
        }
    })
}

/// The part of the level that says how far postcodes agree: 0 to 5.
pub fn postcode(column: &TextColumn, a: usize, b: usize) -> u8 {
    best(column, a, b, |words, a, b| {
        let (one, other) = (words.letters(a), words.letters(b));
        if a == b {
            1
        } else if one_slip_apart(one, other) {
            2
        } else if outward(one) == outward(other) {
            3
        } else if area(one) == area(other) {
            4
        } else {
            5
        }
    })
}

/// The part of a postcode that names its neighbourhood: without the last three signs of a British or Canadian one,
/// without the last digit of one that has digits only.
pub fn outward(letters: &[u8]) -> &[u8] {
    let has_letters = letters.iter().any(u8::is_ascii_alphabetic);
    let cut = if has_letters && letters.len() > 4 {
        3
    } else {
        1
    };
    &letters[..letters.len().saturating_sub(cut).max(1).min(letters.len())]
}

/// The part of a postcode that names its region: the letters it begins with, or the first two signs.
pub fn area(letters: &[u8]) -> &[u8] {
    let count = letters
        .iter()
        .take_while(|letter| letter.is_ascii_alphabetic())
        .count();
    let count = if count == 0 { 2 } else { count };
    &letters[..count.min(letters.len())]
}

pub fn text_levels() -> Vec<Level> {
    vec![
        Level::new(1, 0.0, "not known"),
        Level::new(0, 1.0, "same (rare)"),
        Level::new(0, 0.95, "same"),
        Level::new(0, 0.8, "same (common)"),
        Level::new(0, 0.8, "words for the same"),
        Level::new(0, 0.9, "nearly the same"),
        Level::new(0, 0.5, "partly the same"),
        Level::new(0, 0.0, "different"),
    ]
}

pub fn text(column: &TextColumn, a: usize, b: usize) -> u8 {
    place(column, a, b)
}

pub fn code_levels() -> Vec<Level> {
    vec![
        Level::new(1, 0.0, "not known"),
        Level::new(0, 1.0, "same (rare)"),
        Level::new(0, 0.9, "same"),
        Level::new(0, 0.7, "same (common)"),
        Level::new(0, 0.6, "a slip apart"),
        Level::new(0, 0.3, "digits partly the same"),
        Level::new(0, 0.0, "different"),
    ]
}

pub fn code(column: &TextColumn, a: usize, b: usize) -> u8 {
    best(column, a, b, |words, a, b| {
        if a == b {
            return match words.bits(a) {
                bits if bits >= 9.0 => 1,
                bits if bits >= 6.0 => 2,
                _ => 3,
            };
        }
        let (one, other) = (words.letters(a), words.letters(b));
        if one_slip_apart(one, other) {
            4
        } else if jaro_winkler(one, other) >= 0.85 {
            5
        } else {
            6
        }
    })
}

pub fn sex_levels() -> Vec<Level> {
    vec![
        Level::new(1, 0.0, "not known"),
        Level::new(0, 1.0, "same"),
        Level::new(0, 0.0, "different"),
    ]
}

pub fn sex(column: &TextColumn, a: usize, b: usize) -> u8 {
    best(column, a, b, |_, a, b| if a == b { 1 } else { 2 })
}

enum Alike {
    Close,
    Near,
    Not,
}

fn text_likeness(words: &Words, a: WordId, b: WordId) -> Alike {
    let (one, other) = (words.letters(a), words.letters(b));
    let lacking = (words.mask(a) ^ words.mask(b)).count_ones() as usize;
    if lacking > 2 + one.len().max(other.len()) / 2 {
        return part_of(one, other);
    }
    if one_slip_apart(one, other) {
        return Alike::Close;
    }
    match jaro_winkler(one, other) {
        likeness if likeness >= 0.93 => Alike::Close,
        likeness if likeness >= 0.86 => Alike::Near,
        _ => part_of(one, other),
    }
}

/// Whether one text is the first word or words of the other, or its last.
fn part_of(one: &[u8], other: &[u8]) -> Alike {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let cut = long.len() - short.len();
    let is_part = short.len() >= 3
        && cut > 1
        && ((long.starts_with(short) && long[short.len()] == b' ')
            || (long.ends_with(short) && long[cut - 1] == b' '));
    if is_part { Alike::Near } else { Alike::Not }
}

/// The best (lowest) level of any two values; 0 where one side has none.
fn best(
    column: &TextColumn,
    a: usize,
    b: usize,
    level: impl Fn(&Words, WordId, WordId) -> u8,
) -> u8 {
    let (row_a, row_b) = (column.rows.row(a), column.rows.row(b));
    let mut best = 0;
    for one in row_a {
        for other in row_b {
            let found = level(&column.words, *one, *other);
            if best == 0 || found < best {
                best = found;
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_have_parts() {
        assert_eq!(outward(b"tq138df"), b"tq13");
        assert_eq!(area(b"tq138df"), b"tq");
        assert_eq!(outward(b"2119"), b"211");
        assert_eq!(area(b"2119"), b"21");
        assert_eq!(outward(b""), b"");
    }
}
