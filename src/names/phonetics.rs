//! How a name sounds: Double Metaphone (Lawrence Philips, 2000), which gives a second code where a spelling is read in two
//! ways. Names that are not in plain Latin letters sound like themselves.

use rphonetic::DoubleMetaphone;

/// Longer codes tell more names apart and forgive less.
const LONGEST_CODE: usize = 5;

/// The codes of one folded word: the usual one, and another where the spelling can be read in two ways.
pub fn sound_codes(word: &str) -> (String, Option<String>) {
    // The crate cuts texts by bytes, which is only right in ASCII.
    if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return (word.to_owned(), None);
    }
    let codes = DoubleMetaphone::new(Some(LONGEST_CODE)).double_metaphone(word);
    let (usual, other) = (codes.primary(), codes.alternate());
    if usual.is_empty() {
        return (word.to_owned(), None);
    }
    let other = (other != usual && !other.is_empty()).then_some(other);
    (usual, other)
}

/// Whether two folded words can sound alike.
pub fn sound_alike(a: &str, b: &str) -> bool {
    let (a_usual, a_other) = sound_codes(a);
    let (b_usual, b_other) = sound_codes(b);
    let a_codes = [Some(a_usual), a_other];
    let b_codes = [Some(b_usual), b_other];
    a_codes
        .iter()
        .flatten()
        .any(|code| b_codes.iter().flatten().any(|other| other == code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_sound_are_known() {
        for (a, b) in [
            ("joseph", "josef"),
            ("philips", "fillips"),
            ("catherine", "katherine"),
            ("stephen", "steven"),
            ("smith", "smyth"),
            ("schmidt", "smith"),
            ("mackenzie", "mckenzie"),
        ] {
            assert!(sound_alike(a, b), "{a} {b}");
        }
        assert!(!sound_alike("joseph", "george"));
    }

    #[test]
    fn other_scripts_sound_like_themselves() {
        assert!(sound_alike("ᐃᓄᒃ", "ᐃᓄᒃ"));
        assert!(!sound_alike("王", "李"));
        assert_eq!(sound_codes("").0, "");
    }

    proptest! {
        #[test]
        fn no_word_makes_it_panic(word in "\\PC{0,16}") {
            let _ = sound_codes(&word);
        }

        #[test]
        fn no_latin_word_makes_it_panic(word in "[a-z]{0,24}") {
            prop_assert!(!sound_codes(&word).0.is_empty() || word.is_empty());
        }
    }
}
