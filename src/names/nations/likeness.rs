//! How likely it is that one spelling was meant by another, as odds against its being some other name altogether.
//! The odds were set by hand and are held to the measures in `measure.rs`; they are not learnt.

use super::spelling::{heard_as, sound_of};

/// The letters and figures that a word has, one bit each: words that differ in many of them are not compared further.
pub fn letters_of(text: &str) -> u64 {
    text.bytes().fold(0, |letters, byte| {
        letters
            | match byte {
                b'a'..=b'z' => 1 << (byte - b'a'),
                b'0'..=b'9' => 1 << (26 + byte - b'0'),
                // Each byte of another script falls on one of the bits left.
                _ => 1 << (36 + byte % 28),
            }
    })
}

/// The most single-letter errors with which a name of this length is still recognised.
pub fn most_errors(length: usize) -> usize {
    match length {
        0..=3 => 1,
        4..=9 => 2,
        10..=15 => 3,
        _ => 4,
    }
}

/// Odds that a name with `errors` single-letter errors was meant. `worth` is how many letters of the name tell it from
/// others: those of "lake" or "river" count for less.
pub fn odds_of_errors(errors: usize, worth: f64) -> f64 {
    // Rows: errors 1 to 4. In each, from which worth on which probability holds.
    const STEPS: [&[(f64, f64)]; 4] = [
        &[
            (0.0, 0.3),
            (4.0, 0.42),
            (5.0, 0.55),
            (6.0, 0.72),
            (7.0, 0.86),
            (8.0, 0.94),
            (12.0, 0.97),
        ],
        &[
            (0.0, 0.04),
            (6.0, 0.12),
            (7.0, 0.22),
            (8.0, 0.35),
            (9.0, 0.42),
            (10.0, 0.58),
            (12.0, 0.78),
            (14.0, 0.88),
            (18.0, 0.93),
        ],
        &[
            (0.0, 0.02),
            (10.0, 0.12),
            (12.0, 0.3),
            (14.0, 0.5),
            (16.0, 0.65),
            (20.0, 0.8),
        ],
        &[(0.0, 0.01), (16.0, 0.2), (20.0, 0.45), (24.0, 0.6)],
    ];
    let Some(row) = errors.checked_sub(1).and_then(|row| STEPS.get(row)) else {
        return 0.0;
    };
    let reached = row.iter().rev().find(|(from, _)| worth >= *from);
    odds(reached.map_or(0.0, |(_, probability)| *probability))
}

/// Odds that one name was written down by ear as the other, if they sound alike.
pub fn odds_of_sound(one: &str, other: &str, errors: usize) -> f64 {
    let length = one.len().min(other.len());
    let may_sound_alike = errors > 0 && length >= 6 && errors * 5 <= length * 2;
    if !may_sound_alike || sound_of(one) != sound_of(other) {
        return 0.0;
    }
    if strsim::osa_distance(&heard_as(one), &heard_as(other)) > 1 {
        return 0.0;
    }
    odds(if length >= 8 { 0.75 } else { 0.6 })
}

pub fn odds(probability: f64) -> f64 {
    probability / (1.0 - probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_errors_and_shorter_names_are_less_likely() {
        for worth in [3.0, 5.0, 8.0, 11.0, 15.0, 30.0] {
            for errors in 1..4 {
                assert!(odds_of_errors(errors, worth) > odds_of_errors(errors + 1, worth));
                assert!(odds_of_errors(errors, worth + 2.0) >= odds_of_errors(errors, worth));
            }
        }
        assert!(odds_of_errors(0, 9.0) == 0.0 && odds_of_errors(5, 40.0) == 0.0);
    }

    #[test]
    fn letters_are_told_apart() {
        assert_eq!(letters_of("abba"), letters_of("ab"));
        assert_eq!(
            (letters_of("squamish") ^ letters_of("skwamish")).count_ones(),
            4
        );
    }
}
