//! Likeness of two words, as strsim defines it, faster on short words: words are rows of one-byte letters, so that
//! nothing is allocated for a pair. Tests prove Jaro-Winkler equal to strsim's.

/// Longest word that is compared letter by letter; what lies beyond is cut off.
pub const LONGEST: usize = 60;

/// Jaro-Winkler similarity, 0 to 1, of two words of at most [`LONGEST`] letters. As in strsim the bonus of a common
/// beginning of up to four letters is given only above 0.7.
pub fn jaro_winkler(a: &[u8], b: &[u8]) -> f64 {
    let jaro = jaro(a, b);
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(a, b)| a == b).count();
    (jaro + 0.1 * prefix as f64 * (1.0 - jaro)).min(1.0)
}

/// Jaro similarity, 0 to 1.
pub fn jaro(a: &[u8], b: &[u8]) -> f64 {
    let (a, b) = (&a[..a.len().min(LONGEST)], &b[..b.len().min(LONGEST)]);
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let range = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut taken_a, mut taken_b) = (0_u64, 0_u64);
    for (place, letter) in a.iter().enumerate() {
        let start = place.saturating_sub(range);
        let end = b.len().min(place + range + 1);
        for (other, candidate) in b.iter().enumerate().take(end).skip(start) {
            if candidate == letter && taken_b & (1 << other) == 0 {
                taken_a |= 1 << place;
                taken_b |= 1 << other;
                break;
            }
        }
    }
    let matches = taken_a.count_ones();
    if matches == 0 {
        return 0.0;
    }
    let mut out_of_order = 0;
    let mut left = taken_b;
    for (place, letter) in a.iter().enumerate() {
        if taken_a & (1 << place) != 0 {
            if *letter != b[left.trailing_zeros() as usize] {
                out_of_order += 1;
            }
            left &= left - 1;
        }
    }
    let matches = f64::from(matches);
    let swaps = f64::from(out_of_order / 2);
    (matches / a.len() as f64 + matches / b.len() as f64 + (matches - swaps) / matches) / 3.0
}

/// Whether the optimal string alignment distance is at most one: equal, or one letter put in, left out, changed or
/// swapped with its neighbour.
pub fn one_slip_apart(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let prefix = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    if short.len() < long.len() {
        return short[prefix..] == long[prefix + 1..];
    }
    if prefix == short.len() || short[prefix + 1..] == long[prefix + 1..] {
        return true;
    }
    prefix + 1 < short.len()
        && short[prefix] == long[prefix + 1]
        && short[prefix + 1] == long[prefix]
        && short[prefix + 2..] == long[prefix + 2..]
}

/// A code that words keep when they are misspelt by ear: the first letter's group, then the groups of the consonants
/// after it, doubled ones once, at most six. Zero where there is no letter of the Latin alphabet.
pub fn sound(word: &[u8]) -> u32 {
    let mut code = 0_u32;
    let mut length = 0;
    let mut last = 0;
    for (place, letter) in word.iter().enumerate() {
        let group = match letter {
            b'b' | b'p' => 1,
            b'f' | b'v' => 2,
            b'c' | b'k' | b'q' | b'g' | b'j' | b'x' => 3,
            b's' | b'z' => 4,
            b'd' | b't' => 5,
            b'l' => 6,
            b'm' | b'n' => 7,
            b'r' => 8,
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' => 9,
            b'h' | b'w' => 10,
            _ => 0,
        };
        // Vowels and h part consonants only at the beginning.
        let counts = group != 0 && (place == 0 || (group < 9 && group != last));
        if counts {
            code = code * 11 + group;
            length += 1;
        }
        if group != 10 {
            last = group;
        }
        if length == 6 {
            break;
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn jaro_winkler_is_strsims(a in "[a-e]{0,12}", b in "[a-e]{0,12}") {
            let expected = strsim::jaro_winkler(&a, &b);
            prop_assert!((jaro_winkler(a.as_bytes(), b.as_bytes()) - expected).abs() < 1e-12);
        }

        #[test]
        fn long_words_too(a in "[a-z]{20,60}", b in "[a-z]{20,60}") {
            let expected = strsim::jaro_winkler(&a, &b);
            prop_assert!((jaro_winkler(a.as_bytes(), b.as_bytes()) - expected).abs() < 1e-12);
        }

        #[test]
        fn one_slip_is_a_distance_of_one(a in "[a-c]{0,6}", b in "[a-c]{0,6}") {
            let expected = strsim::osa_distance(&a, &b) <= 1;
            prop_assert_eq!(one_slip_apart(a.as_bytes(), b.as_bytes()), expected);
        }
    }

    #[test]
    fn words_that_sound_alike_have_one_code() {
        for (a, b) in [
            ("smith", "smyth"),
            ("clark", "clarke"),
            ("phillip", "philip"),
        ] {
            assert_eq!(sound(a.as_bytes()), sound(b.as_bytes()), "{a} {b}");
        }
        assert_ne!(sound(b"smith"), sound(b"jones"));
    }
}
