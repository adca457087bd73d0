//! Letters of First Nations orthographies and what is typed in their place (`data/names/look_alikes.toml`). Two uses: the
//! plain form of a letter, for folding, and the written form of a name, in which only look-alikes are made one, so that
//! names which differ in their marks alone are still told apart.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;

const TABLE: &str = include_str!("../../data/names/look_alikes.toml");

/// How a letter is written where it is not on the keyboard. `within_latin`: the name has Latin letters too.
pub fn plain_letter(letter: char, within_latin: bool) -> Option<&'static str> {
    let row = table().letters.get(&letter)?;
    (within_latin || !row.within_latin).then_some(row.plain.as_str())
}

/// The name as it is properly written, in lower case: characters typed for others that look like them are replaced, marks
/// stay. Two names with equal written forms agree exactly; with equal folded forms they may differ in marks.
pub fn written_form(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    if lower.is_ascii() {
        return lower.replace(['\'', '`'], "’");
    }
    lower
        .nfd()
        .map(|character| *table().written.get(&character).unwrap_or(&character))
        .nfc()
        .collect()
}

#[derive(Default)]
struct Table {
    letters: FxHashMap<char, Letter>,
    /// From a look-alike to what is meant.
    written: FxHashMap<char, char>,
}

#[derive(Clone)]
struct Letter {
    plain: String,
    within_latin: bool,
}

#[derive(Deserialize)]
struct File {
    letter: Vec<LetterRow>,
    mark: Vec<MarkRow>,
}

#[derive(Deserialize)]
struct LetterRow {
    written: char,
    also: Vec<char>,
    plain: String,
    #[serde(default)]
    within_latin: bool,
}

#[derive(Deserialize)]
struct MarkRow {
    written: char,
    also: Vec<char>,
}

fn table() -> &'static Table {
    static LOOK_ALIKES: OnceLock<Table> = OnceLock::new();
    // The table is part of the program and a test proves that it parses, so the empty default is never met.
    LOOK_ALIKES.get_or_init(|| parse(TABLE).unwrap_or_default())
}

fn parse(text: &str) -> Result<Table, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut table = Table::default();
    for row in file.letter {
        let letter = Letter {
            plain: row.plain,
            within_latin: row.within_latin,
        };
        for &character in row.also.iter().chain([&row.written]) {
            let before = table.letters.insert(character, letter.clone());
            if before.is_some() {
                return Err(format!("{character:?} stands twice"));
            }
        }
        table
            .written
            .extend(row.also.iter().map(|also| (*also, row.written)));
    }
    for row in file.mark {
        for also in row.also {
            if table.written.insert(also, row.written).is_some() {
                return Err(format!("{also:?} stands twice"));
            }
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::super::normalize::fold;
    use super::*;

    #[test]
    fn the_table_parses_without_duplicates() {
        let table = parse(TABLE);
        assert!(
            table.as_ref().is_ok_and(|table| table.letters.len() > 30),
            "{:?}",
            table.err()
        );
    }

    #[test]
    fn look_alikes_and_missing_marks_fold_alike() {
        for names in [
            ["Sḵwx̱wú7mesh", "Sk\u{332}wx\u{332}wu7mesh", "Skwxwumesh"],
            [
                "xʷməθkʷəy̓əm",
                "xwm\u{1dd}\u{3b8}kw\u{1dd}y’\u{1dd}m",
                "Xwmethkweyem",
            ],
            ["Tŝilhqot’in", "Tsilhqot'in", "Tsilhqotin"],
            ["ʔakisq̓nuk", "ɂAkisq'nuk", "Akisqnuk"],
            ["Ƛ\u{313}aʔuukʷiʔatḥ", "ƛ’aɂuukʷiɂatḥ", "Tlauukwiath"],
        ] {
            for name in names {
                assert_eq!(fold(name), fold(names[2]), "{name}");
            }
        }
    }

    #[test]
    fn marks_that_distinguish_stay_in_the_written_form() {
        assert_eq!(written_form("K\u{332}’wala"), written_form("ḵ'wala"));
        assert_ne!(written_form("ḵwala"), written_form("kwala"));
        assert_eq!(fold("ḵwala"), fold("kwala"));
        assert_ne!(written_form("O’Brien"), written_form("OBrien"));
        assert_eq!(written_form("O’Brien"), written_form("o'brien"));
    }

    #[test]
    fn letters_of_other_scripts_stay_what_they_are() {
        assert_eq!(plain_letter('χ', false), None);
        assert_eq!(plain_letter('χ', true), Some("x"));
        assert!(fold("Χρήστος").starts_with('χ'));
    }
}
