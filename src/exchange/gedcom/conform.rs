//! Makes a record hold to the grammar of GEDCOM 7.0 (`data/gedcom/structures_7.tsv`): what stands where the standard
//! knows no such structure, or with a value that it does not take, becomes an extension, and so stays in the file.

use super::nodes::Node;
use super::versions::extension;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../../data/gedcom/structures_7.tsv");
/// The type that holds the records.
const TOP: &str = ".";
const HEAD: &str = "HEAD pseudostructure";

#[derive(Default)]
struct Structure {
    payload: &'static str,
    /// Type by tag.
    below: FxHashMap<&'static str, &'static str>,
}

fn structures() -> &'static FxHashMap<&'static str, Structure> {
    static STRUCTURES: OnceLock<FxHashMap<&'static str, Structure>> = OnceLock::new();
    STRUCTURES.get_or_init(|| {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        let structure = |line: &'static str| {
            let mut fields = line.split('\t');
            let name = fields.next().unwrap_or_default();
            let payload = fields.next().unwrap_or_default();
            let below = fields.next().unwrap_or_default().split(' ');
            let below = below.map(|word| word.split_once(':').unwrap_or((word, word)));
            let below = below.collect();
            (name, Structure { payload, below })
        };
        lines.map(structure).collect()
    })
}

/// Makes one record conform. `tags` are the references of this file with the tags of their records; `declared` the
/// extension tags that the head's SCHMA explains.
pub fn conform(
    record: &mut Node,
    tags: &dyn Fn(&str) -> Option<&'static str>,
    declared: &FxHashSet<String>,
) {
    let kind = match record.tag.as_str() {
        "HEAD" => Some(HEAD),
        tag => structures()
            .get(TOP)
            .and_then(|top| top.below.get(tag))
            .copied(),
    };
    let kind = kind.filter(|_| !record.is_pointer);
    if kind.is_none() {
        record.tag = extension(&record.tag);
    }
    record.clean();
    let mut open: Vec<(&mut Node, Option<&'static str>)> = vec![(record, kind)];
    while let Some((node, kind)) = open.pop() {
        let structure = kind.and_then(|kind| structures().get(kind));
        let is_closed = structure.is_none() && declared.contains(&node.tag);
        if let Some(structure) = structure {
            move_value(node, structure);
        }
        for child in &mut node.children {
            child.clean();
            child.xref.clear();
            let known = structure.and_then(|structure| structure.below.get(child.tag.as_str()));
            let known = known.copied().filter(|kind| is_payload(child, kind, tags));
            let is_stray = structure.is_some() || is_closed;
            if known.is_none() && is_stray {
                child.tag = extension(&child.tag);
            }
            if known.is_none() && child.is_pointer && tags(&child.value).is_none() {
                void(child);
            }
            open.push((child, known));
        }
    }
}

/// Words behind an event, where 7.0 has only Y, become a note.
fn move_value(node: &mut Node, structure: &Structure) {
    let takes_no_text = match structure.payload {
        "." => !node.is_pointer,
        "Y|<NULL>" => !node.is_pointer && node.value != "Y",
        _ => false,
    };
    if !takes_no_text || node.value.trim().is_empty() || !structure.below.contains_key("NOTE") {
        return;
    }
    let text = std::mem::take(&mut node.value);
    let is_dated = node
        .children
        .iter()
        .any(|child| matches!(child.tag.as_str(), "DATE" | "PLAC"));
    if structure.payload != "." && !is_dated {
        node.value = "Y".to_owned();
    }
    if !text.eq_ignore_ascii_case("y") {
        node.children.push(Node::new("NOTE", text.trim()));
    }
}

/// A pointer to a record that is not in the file.
fn void(node: &mut Node) {
    node.value = "@VOID@".to_owned();
}

/// Whether the value is one that a structure of this type may have. A pointer to a missing record is made void.
fn is_payload(node: &mut Node, kind: &str, tags: &dyn Fn(&str) -> Option<&'static str>) -> bool {
    let Some(structure) = structures().get(kind) else {
        return false;
    };
    let wanted = structure
        .payload
        .strip_prefix("@<record-")
        .and_then(|payload| payload.strip_suffix(">@"));
    if let Some(wanted) = wanted {
        if !node.is_pointer {
            return false;
        }
        match tags(&node.value) {
            _ if node.value == "@VOID@" => return true,
            Some(tag) => return tag == wanted,
            None => {
                void(node);
                return true;
            }
        }
    }
    if node.is_pointer {
        return false;
    }
    let text = node.value.as_str();
    let can_move = structure.below.contains_key("NOTE");
    match structure.payload {
        "." => text.is_empty() || can_move,
        "Y|<NULL>" => matches!(text, "" | "Y") || can_move,
        "type-Enum" if text.is_empty() => false,
        _ if text.is_empty() => true,
        "nonNegativeInteger" => text.bytes().all(|byte| byte.is_ascii_digit()),
        "type-Enum" => is_word(text),
        "type-List#Enum" => text.split(',').all(|word| is_word(word.trim())),
        "type-Date" => is_date_7(text),
        "type-Date#exact" => is_exact_date(text),
        "type-Date#period" => is_period(text) || text.is_empty(),
        "type-Time" => is_time(text),
        "type-Age" => is_age(text),
        "type-Name" => matches!(text.matches('/').count(), 0 | 2),
        "type-Latitude" => is_degrees(text, ['N', 'S'], 90.0),
        "type-Longitude" => is_degrees(text, ['E', 'W'], 180.0),
        "Language" => is_language(text),
        "mediaType" => text.split('/').count() == 2 && !text.contains(' '),
        "type-TagDef" => text
            .split_once(' ')
            .is_some_and(|(tag, _)| tag.starts_with('_') && is_word(tag)),
        _ => true,
    }
}

/// A word of an enumeration, or a tag.
fn is_word(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !text.is_empty() && text != "_" && text.bytes().all(is_letter)
}

/// True for a date value of 7.0 that exists.
pub fn is_date_7(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    match words.as_slice() {
        ["ABT" | "CAL" | "EST" | "BEF" | "AFT", date @ ..] => is_point(date),
        ["BET", rest @ ..] => {
            let middle = rest.iter().position(|word| *word == "AND");
            middle.is_some_and(|at| is_point(&rest[..at]) && is_point(&rest[at + 1..]))
        }
        ["FROM" | "TO", ..] => is_period(text),
        date => is_point(date),
    }
}

fn is_period(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    match words.as_slice() {
        ["TO", date @ ..] => is_point(date),
        ["FROM", rest @ ..] => match rest.iter().position(|word| *word == "TO") {
            Some(at) => is_point(&rest[..at]) && is_point(&rest[at + 1..]),
            None => is_point(rest),
        },
        _ => false,
    }
}

/// Months of the calendars, with their longest days.
const MONTHS: [(&str, u32); 12] = [
    ("JAN", 31),
    ("FEB", 29),
    ("MAR", 31),
    ("APR", 30),
    ("MAY", 31),
    ("JUN", 30),
    ("JUL", 31),
    ("AUG", 31),
    ("SEP", 30),
    ("OCT", 31),
    ("NOV", 30),
    ("DEC", 31),
];
const HEBREW: &str = "TSH CSH KSL TVT SHV ADR ADS NSN IYR SVN TMZ AAV ELL";
const FRENCH: &str = "VEND BRUM FRIM NIVO PLUV VENT GERM FLOR PRAI MESS THER FRUC COMP";

/// A day, month and year as far as they are known, perhaps in a named calendar and epoch.
fn is_point(words: &[&str]) -> bool {
    let (calendar, words) = match words {
        [
            calendar @ ("GREGORIAN" | "JULIAN" | "HEBREW" | "FRENCH_R"),
            rest @ ..,
        ] => (*calendar, rest),
        words => ("GREGORIAN", words),
    };
    let words = match words {
        [rest @ .., "BCE"] if matches!(calendar, "GREGORIAN" | "JULIAN") => rest,
        words => words,
    };
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.len() <= 4;
        let is_number = is_number && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u32>().ok()).flatten()
    };
    let longest = |month: &str| match calendar {
        "HEBREW" => HEBREW.split(' ').any(|known| known == month).then_some(30),
        "FRENCH_R" => FRENCH.split(' ').any(|known| known == month).then_some(30),
        _ => MONTHS
            .iter()
            .find(|(known, _)| *known == month)
            .map(|(_, days)| *days),
    };
    match words {
        [year] => number(year).is_some(),
        [month, year] => longest(month).is_some() && number(year).is_some(),
        [day, month, year] => {
            let day = number(day).unwrap_or_default();
            day >= 1 && longest(month).is_some_and(|last| day <= last) && number(year).is_some()
        }
        _ => false,
    }
}

fn is_exact_date(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    words.len() == 3 && is_point(&words)
}

fn is_time(text: &str) -> bool {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let parts: Vec<&str> = text.split(':').collect();
    let below = |text: &str, most: u32| {
        text.len() <= 2
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse::<u32>().is_ok_and(|number| number < most)
    };
    let is_minute = |text: &str| text.len() == 2 && below(text, 60);
    let is_second = |text: &str| {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        is_minute(whole) && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    match parts.as_slice() {
        [hour, minute] => below(hour, 24) && is_minute(minute),
        [hour, minute, second] => below(hour, 24) && is_minute(minute) && is_second(second),
        _ => false,
    }
}

fn is_age(text: &str) -> bool {
    let text = text
        .strip_prefix("> ")
        .or(text.strip_prefix("< "))
        .unwrap_or(text);
    let mut units = "ymwd";
    !text.is_empty()
        && text.split(' ').all(|word| {
            let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
            let unit = &word[digits.len()..];
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let at = units.find(unit).filter(|_| unit.len() == 1);
            units = at.map_or("", |at| &units[at + 1..]);
            is_number && at.is_some()
        })
}

fn is_degrees(text: &str, signs: [char; 2], limit: f64) -> bool {
    let Some(digits) = text.strip_prefix(signs) else {
        return false;
    };
    let is_number = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_whole = !digits.starts_with('.') && !digits.ends_with('.');
    is_number && is_whole && digits.parse::<f64>().is_ok_and(|degrees| degrees <= limit)
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let is_first = (2..=3).contains(&first.len()) || first == "x" || first == "i";
    is_first
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

impl Node {
    /// A tag as 7.0 writes it, and no character that it bans.
    fn clean(&mut self) {
        if !is_word(&self.tag) || self.tag.starts_with(|first: char| first.is_ascii_digit()) {
            let tag: String = self
                .tag
                .to_uppercase()
                .chars()
                .map(|letter| {
                    if letter.is_ascii_alphanumeric() {
                        letter
                    } else {
                        '_'
                    }
                })
                .collect();
            self.tag = extension(&tag);
        }
        let is_banned = |letter: char| {
            letter.is_control() && !matches!(letter, '\n' | '\t')
                || matches!(letter, '\u{fffe}' | '\u{ffff}')
        };
        if self.value.contains(is_banned) {
            self.value = self.value.replace(is_banned, "\u{fffd}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conformed(record: Node) -> String {
        let mut record = record;
        let tags = |pointer: &str| (pointer == "@F1@").then_some("FAM");
        conform(&mut record, &tags, &FxHashSet::default());
        let mut out = String::new();
        record.write(super::super::writer::Version::V7, &mut out);
        out
    }

    #[test]
    fn what_the_standard_does_not_know_becomes_an_extension() {
        let record = Node::new("INDI", "")
            .with(Node::new("BLOB", "x").with(Node::new("NOTE", "y")))
            .with(Node::new("BIRT", "in a barn").with(Node::new("DATE", "spring")))
            .with(Node::pointer("FAMC", "F1"))
            .with(Node::pointer("FAMS", "F9"))
            .with(Node::new("SOUR", "inline"))
            .with(Node::new("name", "x"));
        let expected = "0 INDI\n1 _BLOB x\n2 NOTE y\n1 BIRT\n2 _DATE spring\n2 NOTE in a barn\n1 FAMC @F1@\n\
                        1 FAMS @VOID@\n1 _SOUR inline\n1 _NAME x\n";
        assert_eq!(conformed(record), expected);
    }

    #[test]
    fn values_are_held_to_their_grammar() {
        for (text, is_valid) in [
            ("1700", true),
            ("JULIAN 1 JAN 44 BCE", true),
            ("BET 1700 AND FEB 1701", true),
            ("FROM 1700 TO 1701", true),
            ("HEBREW 5 TSH 5700", true),
            ("31 APR 1700", false),
            ("1699/00", false),
            ("spring", false),
            ("FROM 1700 AND 1701", false),
        ] {
            assert_eq!(is_date_7(text), is_valid, "{text}");
        }
        assert!(is_age("> 8y 3m") && is_age("3d") && !is_age("3m 8y") && !is_age("INFANT"));
        assert!(is_time("23:59:01.5Z") && !is_time("24:00") && !is_time("1:2"));
        assert!(is_language("sr-Latn") && !is_language("English"));
        assert!(is_degrees("N50.27", ['N', 'S'], 90.0) && !is_degrees("N91", ['N', 'S'], 90.0));
    }
}
