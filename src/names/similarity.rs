//! How alike two names are. The definitions are strsim's Jaro-Winkler and optimal string alignment; a [`Pattern`] gives the
//! same numbers faster where one name is compared with many, and [`jaro_winkler`] for words of one-byte letters. As in strsim, Winkler's bonus for a common beginning counts
//! only where Jaro's similarity is above 0.7.

/// A name prepared for comparison with many others.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    letters: Vec<char>,
    /// For each ASCII character the positions where it stands, as bits.
    ascii: Box<[u64; 128]>,
    others: Vec<(char, u64)>,
}

/// Positions are bits of one word; longer names are compared by strsim itself.
const LONGEST: usize = 64;
/// Winkler's bonus counts above this similarity.
const BONUS_ABOVE: f64 = 0.7;

impl Pattern {
    pub fn new(text: &str) -> Pattern {
        let letters: Vec<char> = text.chars().collect();
        let mut pattern = Pattern {
            text: text.to_owned(),
            ascii: Box::new([0; 128]),
            others: Vec::new(),
            letters,
        };
        if pattern.letters.len() <= LONGEST {
            pattern.note_positions();
        }
        pattern
    }

    fn note_positions(&mut self) {
        for (position, &letter) in self.letters.iter().enumerate() {
            let bit = 1 << position;
            if let Some(bits) = self.ascii.get_mut(letter as usize) {
                *bits |= bit;
            } else if let Some((_, bits)) = self.others.iter_mut().find(|(l, _)| *l == letter) {
                *bits |= bit;
            } else {
                self.others.push((letter, bit));
            }
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    fn positions(&self, letter: char) -> u64 {
        match self.ascii.get(letter as usize) {
            Some(bits) => *bits,
            None => self
                .others
                .iter()
                .find(|(known, _)| *known == letter)
                .map_or(0, |(_, bits)| *bits),
        }
    }

    /// `strsim::jaro_winkler(other, self.text())`.
    pub fn jaro_winkler(&self, other: &str) -> f64 {
        let length = self.letters.len();
        if length > LONGEST || other.len() > LONGEST {
            return strsim::jaro_winkler(other, &self.text);
        }
        let mut letters = ['\0'; LONGEST];
        let mut other_length = 0;
        for (place, letter) in letters.iter_mut().zip(other.chars()) {
            *place = letter;
            other_length += 1;
        }
        winkler(&self.letters, &letters[..other_length], |letter| {
            self.positions(letter)
        })
    }

    /// `strsim::osa_distance(self.text(), other)`, by Hyyrö's bit-parallel method (2003).
    pub fn osa_distance(&self, other: &str) -> usize {
        let length = self.letters.len();
        if length > LONGEST {
            return strsim::osa_distance(&self.text, other);
        }
        if length == 0 {
            return other.chars().count();
        }
        let last: u64 = 1 << (length - 1);
        let (mut rises, mut falls, mut diagonal, mut before) = (u64::MAX, 0u64, 0u64, 0u64);
        let mut distance = length;
        for letter in other.chars() {
            let positions = self.positions(letter);
            let swapped = ((!diagonal & positions) << 1) & before;
            diagonal = ((positions & rises).wrapping_add(rises) ^ rises) | positions | falls;
            diagonal |= swapped;
            let mut across_rises = falls | !(diagonal | rises);
            let mut across_falls = diagonal & rises;
            distance += usize::from(across_rises & last != 0);
            distance -= usize::from(across_falls & last != 0);
            across_rises = (across_rises << 1) | 1;
            across_falls <<= 1;
            rises = across_falls | !(diagonal | across_rises);
            falls = across_rises & diagonal;
            before = positions;
        }
        distance
    }
}

/// `strsim::jaro_winkler` of two words of one-byte letters; what lies beyond 64 letters is left out.
pub fn jaro_winkler(a: &[u8], b: &[u8]) -> f64 {
    let (a, b) = (&a[..a.len().min(LONGEST)], &b[..b.len().min(LONGEST)]);
    winkler(b, a, |letter| {
        let places = b.iter().enumerate();
        places.fold(0, |bits, (place, own)| {
            bits | u64::from(*own == letter) << place
        })
    })
}

/// Jaro-Winkler similarity of `other` to `letters`; `positions` says where a letter stands in `letters`, as bits.
fn winkler<L: Copy + PartialEq>(letters: &[L], other: &[L], positions: impl Fn(L) -> u64) -> f64 {
    let jaro = jaro(letters, other, positions);
    if jaro <= BONUS_ABOVE {
        return jaro;
    }
    let common = other
        .iter()
        .zip(letters)
        .take(4)
        .take_while(|(a, b)| a == b)
        .count();
    jaro + 0.1 * common as f64 * (1.0 - jaro)
}

fn jaro<L: Copy + PartialEq>(letters: &[L], other: &[L], positions: impl Fn(L) -> u64) -> f64 {
    let (length, other_length) = (letters.len(), other.len());
    if length == 0 || other_length == 0 {
        return if length == other_length { 1.0 } else { 0.0 };
    }
    let reach = (length.max(other_length) / 2).saturating_sub(1);
    let mut taken: u64 = 0;
    let mut matched = [other[0]; LONGEST];
    let mut matches = 0;
    for (position, &letter) in other.iter().enumerate() {
        let window = bits_between(position.saturating_sub(reach), position + reach);
        let free = positions(letter) & window & !taken;
        if free != 0 {
            taken |= free & free.wrapping_neg();
            matched[matches] = letter;
            matches += 1;
        }
    }
    if matches == 0 {
        return 0.0;
    }
    let mut out_of_place = 0;
    let mut left = taken;
    for letter in &matched[..matches] {
        let position = left.trailing_zeros() as usize;
        left &= left.wrapping_sub(1);
        out_of_place += usize::from(letters[position] != *letter);
    }
    let transpositions = out_of_place / 2;
    let count = matches as f64;
    ((count / other_length as f64)
        + (count / length as f64)
        + ((matches - transpositions) as f64 / count))
        / 3.0
}

/// Bits from `first` to `last`, both included.
fn bits_between(first: usize, last: usize) -> u64 {
    let up_to_last = if last >= 63 {
        u64::MAX
    } else {
        (1 << (last + 1)) - 1
    };
    let before_first = if first >= 64 {
        u64::MAX
    } else {
        (1 << first) - 1
    };
    up_to_last & !before_first
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(a: &str, b: &str) {
        let pattern = Pattern::new(a);
        assert_eq!(
            pattern.jaro_winkler(b),
            strsim::jaro_winkler(b, a),
            "{a} {b}"
        );
        if a.is_ascii() && b.is_ascii() && a.len().max(b.len()) <= LONGEST {
            let of_bytes = jaro_winkler(a.as_bytes(), b.as_bytes());
            assert_eq!(of_bytes, strsim::jaro_winkler(a, b), "{a} {b}");
        }
        assert_eq!(
            pattern.osa_distance(b),
            strsim::osa_distance(a, b),
            "{a} {b}"
        );
    }

    #[test]
    fn numbers_are_strsims() {
        for (a, b) in [
            ("", ""),
            ("", "a"),
            ("martha", "marhta"),
            ("joseph", "josef"),
            ("dwayne", "duane"),
            ("ca", "abc"),
            ("ᐃᓄᒃ", "ᐃᓄᒃ"),
            ("王小明", "王明"),
        ] {
            same(a, b);
            same(b, a);
        }
        let long = "ab".repeat(40);
        same(&long, &long[1..]);
        same("ab", &long);
        same(&long[..64], &long[2..66]);
    }

    proptest! {
        #[test]
        fn short_alphabets_agree(a in "[abc]{0,12}", b in "[abc]{0,12}") {
            same(&a, &b);
        }

        #[test]
        fn names_agree(a in "[a-zéə ]{0,70}", b in "[a-zéə ]{0,70}") {
            same(&a, &b);
        }

        #[test]
        fn any_text_agrees(a in "\\PC{0,24}", b in "\\PC{0,24}") {
            same(&a, &b);
        }
    }
}
