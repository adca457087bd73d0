//! Likeness of two words beside [`jaro_winkler`](crate::names::similarity::jaro_winkler): words are rows of one-byte letters,
//! so that nothing is allocated for a pair.

/// Longest word that is compared letter by letter; what lies beyond is cut off.
pub const LONGEST: usize = 60;

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
