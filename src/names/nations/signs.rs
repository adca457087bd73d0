//! Signs typed for one another in names of First Nations languages (a colon for a length mark, a 7 or a question mark
//! for a glottal stop, a Greek or Cyrillic letter for a Latin one), and syllabics in Latin letters. The signs are data:
//! `data/nations/signs.toml` and `data/names/syllabics.toml`.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const SIGNS: &str = include_str!("../../../data/nations/signs.toml");
const SYLLABICS: &str = include_str!("../../../data/names/syllabics.toml");

/// The text with every look-alike sign as the Latin letter that was meant, syllabics in Latin letters, and without
/// marks of the glottal stop and of length. Case and combining marks stay; [`fold`](crate::names::normalize::fold) takes those.
pub fn without_look_alikes(text: &str) -> String {
    let table = table();
    let signs: Vec<char> = text.chars().collect();
    let mut plain = String::with_capacity(text.len());
    for (position, &sign) in signs.iter().enumerate() {
        let before = position.checked_sub(1).and_then(|at| signs.get(at));
        let after = signs.get(position + 1);
        let (before, after) = (before.copied(), after.copied());
        let is_letter = |sign: Option<char>| sign.is_some_and(char::is_alphabetic);
        if table.marks_beside_letters.contains(&sign) && (is_letter(before) || is_letter(after)) {
            continue;
        }
        match table.signs.get(&sign) {
            Some(Meant::Nothing) => {}
            Some(Meant::Letters(letters)) => plain.push_str(letters),
            Some(Meant::BetweenLetters(letters)) if is_letter(before) && is_letter(after) => {
                plain.push_str(letters);
            }
            // A capital I within small letters is an l: "MaIahat".
            None if sign == 'I' && before.is_some_and(char::is_lowercase) => plain.push('l'),
            // A mark of private use is one that a font once drew.
            None if ('\u{e000}'..='\u{f8ff}').contains(&sign) => {}
            _ => plain.push(sign),
        }
    }
    plain
}

/// The signs that are typed for this one; empty where none is known.
pub fn look_alikes_of(sign: char) -> &'static [char] {
    let alike = &table().alike;
    alike.get(&sign).map_or(&[], Vec::as_slice)
}

#[derive(Debug)]
enum Meant {
    Nothing,
    Letters(String),
    BetweenLetters(String),
}

#[derive(Debug, Default)]
struct Table {
    signs: FxHashMap<char, Meant>,
    marks_beside_letters: Vec<char>,
    /// For a letter or mark the signs of its row.
    alike: FxHashMap<char, Vec<char>>,
}

#[derive(Deserialize)]
struct LookAlikeFile {
    marks: String,
    marks_beside_letters: String,
    figures: BTreeMap<String, String>,
    letters: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct SyllabicsFile {
    syllabics: BTreeMap<String, String>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    // The tables are part of the program and a test proves that they parse, so the empty default is never met.
    TABLE.get_or_init(|| parse(SIGNS, SYLLABICS).unwrap_or_default())
}

fn parse(look_alikes: &str, syllabics: &str) -> Result<Table, String> {
    let told = |error: toml::de::Error| error.to_string();
    let file: LookAlikeFile = toml::from_str(look_alikes).map_err(told)?;
    let syllabics: SyllabicsFile = toml::from_str(syllabics).map_err(told)?;
    let mut signs = FxHashMap::default();
    let mut add = |sign: char, meant: Meant| match signs.insert(sign, meant) {
        Some(_) => Err(format!("{sign} stands twice")),
        None => Ok(()),
    };
    for mark in file.marks.chars() {
        add(mark, Meant::Nothing)?;
    }
    for (letters, row) in &file.figures {
        for sign in row.chars() {
            add(sign, Meant::BetweenLetters(letters.clone()))?;
        }
    }
    for (letters, row) in file.letters.iter().chain(&syllabics.syllabics) {
        for sign in row.chars() {
            add(sign, Meant::Letters(letters.clone()))?;
        }
    }
    let mut alike: FxHashMap<char, Vec<char>> = FxHashMap::default();
    let apostrophes: Vec<char> = file
        .marks
        .chars()
        .filter(|mark| is_apostrophe(*mark))
        .collect();
    for mark in &apostrophes {
        alike.insert(*mark, apostrophes.clone());
    }
    for (letters, row) in &file.letters {
        let row: Vec<char> = row.chars().collect();
        let mut letters = letters.chars();
        if let (Some(letter), None) = (letters.next(), letters.next()) {
            alike.insert(letter, row);
        }
    }
    Ok(Table {
        alike,
        signs,
        marks_beside_letters: file.marks_beside_letters.chars().collect(),
    })
}

/// Of the marks only those that stand for one another: apostrophes and glottal stops.
fn is_apostrophe(mark: char) -> bool {
    !matches!(
        mark,
        '"' | '“' | '”' | '″' | ':' | '：' | '꞉' | '˸' | 'ː' | '_' | '¯' | '‾'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::normalize::fold;

    #[test]
    fn the_tables_parse_and_no_sign_stands_twice() {
        let table = parse(SIGNS, SYLLABICS);
        assert!(
            table.as_ref().is_ok_and(|table| table.signs.len() > 500),
            "{:?}",
            table.err()
        );
    }

    #[test]
    fn signs_are_read_as_the_letters_that_were_meant() {
        for (typed, meant) in [
            ("?Akisq'nuk", "akisqnuk"),
            ("ʔAkisq̓nuk", "akisqnuk"),
            ("Sḵwx̱wú7mesh", "skwxwumesh"),
            ("Ka:’yu:’k’t’h’", "kayukth"),
            ("Ka꞉՚yu꞉ʼk̓t̕h", "kayukth"),
            ("Hupa¢asath", "hupacasath"),
            ("MaIahat", "malahat"),
            ("G_itx_san", "gitxsan"),
            ("Yuułuʔiłʔatḥ", "yuuluilath"),
            ("ᑌᓀ", "tene"),
            ("Shoal Lake No.40", "shoal lake no 40"),
            ("Treaty 7 Nations", "treaty 7 nations"),
        ] {
            assert_eq!(fold(&without_look_alikes(typed)), meant, "{typed}");
        }
    }
}
