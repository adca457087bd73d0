//! Folding: one plain form for names that differ only in case, accents, apostrophes, hyphens or spacing.
//! Exact and prefix search compare folded names, and search by likeness will build on the same form, so a change
//! here means that stored indexes must be rebuilt.

use super::look_alikes::plain_letter;
use unicode_normalization::UnicodeNormalization;

/// The comparable form of a name: compatibility-decomposed, lower case, without diacritics of the Latin, Greek,
/// Cyrillic, Arabic and Hebrew scripts, letters such as ł, ə, ø and ß written out, apostrophes and glottal marks (also a
/// 7 between letters) removed, hyphens and other punctuation as a space, single spaces. Signs that carry vowels in other scripts stay.
/// A name of which nothing would remain (marks only) is returned in lower case as it was. Folding twice changes
/// nothing.
pub fn fold(name: &str) -> String {
    let folded = if name.is_ascii() {
        fold_ascii(name)
    } else {
        fold_unicode(name)
    };
    if folded.is_empty() {
        name.trim().to_lowercase()
    } else {
        folded
    }
}

/// A whole name from its parts; either may be empty.
pub fn join_parts(given: &str, family: &str) -> String {
    match (given.is_empty(), family.is_empty()) {
        (false, false) => format!("{given} {family}"),
        (false, true) => given.to_owned(),
        _ => family.to_owned(),
    }
}

fn fold_ascii(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.chars() {
        push_folded(&mut folded, character.to_ascii_lowercase());
    }
    trim_end(without_glottal_sevens(folded))
}

fn fold_unicode(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let within_latin = name.chars().any(|letter| letter.is_ascii_alphabetic());
    let letters = name
        .chars()
        .filter(|&character| !is_apostrophe(character))
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|&character| !is_diacritic(character));
    for character in letters {
        match written_out(character).or_else(|| plain_letter(character, within_latin)) {
            Some(letters) => folded.push_str(letters),
            None => push_folded(&mut folded, character),
        }
    }
    let folded = without_glottal_sevens(folded);
    // Syllables of Hangul and the like are put together again, so that a stored name stays readable.
    trim_end(folded.nfc().collect())
}

fn push_folded(folded: &mut String, character: char) {
    if is_apostrophe(character) {
        return;
    }
    if !is_separator(character) {
        folded.push(character);
    } else if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// "skwxwu7mesh" is also written "skwxwumesh".
fn without_glottal_sevens(folded: String) -> String {
    if !folded.contains('7') {
        return folded;
    }
    let letters: Vec<char> = folded.chars().collect();
    let is_letter = |position: Option<usize>| {
        let letter = position.and_then(|position| letters.get(position));
        letter.is_some_and(|letter| letter.is_alphabetic())
    };
    let stays = |position: usize| {
        letters[position] != '7'
            || !(is_letter(position.checked_sub(1)) && is_letter(Some(position + 1)))
    };
    (0..letters.len())
        .filter(|&position| stays(position))
        .map(|position| letters[position])
        .collect()
}

fn trim_end(mut folded: String) -> String {
    folded.truncate(folded.trim_end().len());
    folded
}

fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || character.is_ascii_punctuation()
        || matches!(
            character,
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '·' | '\u{30fb}' | '«' | '»' | '“' | '”' | '„'
        )
}

/// Apostrophes, single quotes, the marks with which glottal stops are written, and marks that stand beside their letter.
fn is_apostrophe(character: char) -> bool {
    matches!(
        character,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | '\u{2b9}'
            ..='\u{2c1}'
                | '\u{2c8}'
                | '\u{b8}'
                | '\u{af}'
                | '\u{203e}'
                | '\u{2f8}'
                | '\u{55a}'
                | '\u{241}'
                | '\u{242}'
                | '\u{294}'
                | '\u{295}'
                | '\u{a78b}'
                | '\u{a78c}'
                | '\u{ff07}'
    )
}

fn is_diacritic(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{487}'
            | '\u{591}'..='\u{5bd}'
            | '\u{5bf}'
            | '\u{5c1}'
            | '\u{5c2}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Letters that do not decompose, as they are written where they are not on the keyboard.
fn written_out(character: char) -> Option<&'static str> {
    Some(match character {
        'œ' => "oe",
        'æ' => "ae",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ß' => "ss",
        'þ' => "th",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_are_one_name_fold_alike() {
        let alike: [&[&str]; 8] = [
            &["José Ángel", "JOSE ANGEL", " Jose  Angel "],
            &["O'Brien", "O’Brien", "OBRIEN"],
            &["Jean-Luc", "Jean Luc", "Jean\u{2011}Luc"],
            &["Łukasz Brønd", "Lukasz Brond"],
            &["Straße", "STRASSE"],
            &["St. John", "st john"],
            &["Skwxwú7mesh", "skwxwu7mesh", "Skwxwumesh"],
            &["İlhan", "ilhan"],
        ];
        for names in alike {
            for name in names {
                assert_eq!(fold(name), fold(names[0]), "{name}");
            }
        }
    }

    #[test]
    fn other_scripts_and_bare_marks_keep_something() {
        for name in ["王小明", "ᐃᓄᒃ", "किरण", "김민수", "-", "ʔ", "\u{301}"] {
            assert!(!fold(name).is_empty(), "{name:?}");
        }
        assert_ne!(fold("कि"), fold("कु"));
        assert_eq!(fold("김민수"), "김민수");
        assert_eq!(fold("  "), "");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(name in "\\PC{0,24}") {
            let folded = fold(&name);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn case_does_not_matter_in_ascii(name in "[A-Za-z' .-]{1,20}") {
            prop_assert_eq!(fold(&name.to_uppercase()), fold(&name.to_lowercase()));
        }
    }
}
