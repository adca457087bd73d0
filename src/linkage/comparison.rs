//! Compares two records field by field into levels of agreement. What belongs together (place and postcode; all the
//! words of whole names) is one comparison. Level 0 is "not known on one side": no evidence.

use super::dates::LinkDate;
use super::letters::one_slip_apart;
use super::name_levels;
use super::table::{Field, FieldKind, Table};
use super::text_levels::{self, LOCALITY_POSTCODES};
use serde::{Deserialize, Serialize};

/// The most comparisons that a pattern of levels holds.
pub const MOST: usize = 16;

/// The level of each comparison for one pair.
pub type Pattern = [u8; MOST];

/// One comparison of two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// All words of all names, whatever their part.
    Names,
    Given,
    Family,
    Date(usize),
    Locality {
        place: Option<usize>,
        postcode: Option<usize>,
    },
    Text(usize),
    Code(usize),
    Sex(usize),
}

/// What is known of a level without having seen data.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Levels are weighed against those of their group only: groups differ in what was there to compare.
    pub group: u8,
    /// How much it looks like agreement, 0 to 1; only a start for learning.
    pub agreement: f64,
    pub words: String,
}

impl Level {
    pub fn new(group: u8, agreement: f64, words: &str) -> Level {
        Level {
            group,
            agreement,
            words: words.to_owned(),
        }
    }
}

/// Which comparisons the fields of a table allow.
pub fn comparisons(fields: &[Field]) -> Vec<Comparison> {
    let has = |kind: FieldKind| fields.iter().any(|field| field.kind == kind);
    let first = |kind: FieldKind| fields.iter().position(|field| field.kind == kind);
    let mut found = Vec::new();
    if has(FieldKind::Name) {
        found.push(Comparison::Names);
    } else {
        found.extend(has(FieldKind::Given).then_some(Comparison::Given));
        found.extend(has(FieldKind::Family).then_some(Comparison::Family));
    }
    let (place, postcode) = (first(FieldKind::Place), first(FieldKind::Postcode));
    if place.is_some() || postcode.is_some() {
        found.push(Comparison::Locality { place, postcode });
    }
    for (position, field) in fields.iter().enumerate() {
        let comparison = match field.kind {
            FieldKind::Birth | FieldKind::Death => Comparison::Date(position),
            FieldKind::Place if Some(position) != place => Comparison::Text(position),
            FieldKind::Postcode if Some(position) != postcode => Comparison::Code(position),
            FieldKind::Street | FieldKind::Category => Comparison::Text(position),
            FieldKind::Number | FieldKind::Identifier | FieldKind::Phone => {
                Comparison::Code(position)
            }
            FieldKind::Sex => Comparison::Sex(position),
            _ => continue,
        };
        found.push(comparison);
    }
    found.truncate(MOST);
    found
}

impl Comparison {
    /// The name of the comparison in reasons.
    pub fn words(self, fields: &[Field]) -> String {
        match self {
            Comparison::Names => "names".to_owned(),
            Comparison::Given => "given name".to_owned(),
            Comparison::Family => "family name".to_owned(),
            Comparison::Locality { .. } => "place".to_owned(),
            Comparison::Date(field) if fields[field].kind == FieldKind::Birth => {
                "birth date".to_owned()
            }
            Comparison::Date(field) if fields[field].kind == FieldKind::Death => {
                "death date".to_owned()
            }
            Comparison::Date(field)
            | Comparison::Text(field)
            | Comparison::Code(field)
            | Comparison::Sex(field) => fields[field].words(),
        }
    }

    /// Its levels, by number; the first is "not known".
    pub fn levels(self) -> Vec<Level> {
        match self {
            Comparison::Names => name_levels::whole_levels(),
            Comparison::Given => name_levels::part_levels("given name"),
            Comparison::Family => name_levels::part_levels("family name"),
            Comparison::Date(_) => date_levels(),
            Comparison::Locality { .. } => text_levels::locality_levels(),
            Comparison::Text(_) => text_levels::text_levels(),
            Comparison::Code(_) => text_levels::code_levels(),
            Comparison::Sex(_) => text_levels::sex_levels(),
        }
    }

    /// Its levels in words, by number.
    pub fn level_words(self) -> Vec<String> {
        self.levels().into_iter().map(|level| level.words).collect()
    }

    /// The level for two records.
    pub fn level(self, table: &Table, a: usize, b: usize) -> u8 {
        match self {
            Comparison::Names => name_levels::whole(table, a, b),
            Comparison::Given => name_levels::part(table, a, b, super::table::Role::Given),
            Comparison::Family => name_levels::part(table, a, b, super::table::Role::Family),
            Comparison::Date(field) => {
                dates_level(table.dates[field].row(a), table.dates[field].row(b))
            }
            Comparison::Locality { place, postcode } => {
                let place = place.map_or(0, |field| text_levels::place(&table.texts[field], a, b));
                let postcode =
                    postcode.map_or(0, |field| text_levels::postcode(&table.texts[field], a, b));
                place * LOCALITY_POSTCODES + postcode
            }
            Comparison::Text(field) => text_levels::text(&table.texts[field], a, b),
            Comparison::Code(field) => text_levels::code(&table.texts[field], a, b),
            Comparison::Sex(field) => text_levels::sex(&table.texts[field], a, b),
        }
    }
}

/// The levels of all comparisons for two records.
pub fn pattern(table: &Table, comparisons: &[Comparison], a: usize, b: usize) -> Pattern {
    let mut levels = [0; MOST];
    for place in 0..comparisons.len() {
        levels[place] = next_level(table, comparisons, &levels, place, a, b);
    }
    levels
}

/// The level of one comparison, when those before it are known. What given names have told already is no evidence
/// again: the sex, where they agree; the family name, where the two are swapped.
pub fn next_level(
    table: &Table,
    comparisons: &[Comparison],
    levels: &Pattern,
    place: usize,
    a: usize,
    b: usize,
) -> u8 {
    let comparison = comparisons[place];
    if matches!(comparison, Comparison::Sex(_) | Comparison::Family) {
        let mut known = comparisons.iter().zip(levels);
        let given = known.find(|(comparison, _)| **comparison == Comparison::Given);
        let given = given.map_or(0, |(_, level)| *level);
        let told = match comparison {
            Comparison::Family => name_levels::SWAPPED.contains(&given),
            _ => given != 0 && given != name_levels::DIFFERENT,
        };
        if told {
            return 0;
        }
    }
    comparison.level(table, a, b)
}

const WHOLE: u8 = 0;
const PARTIAL: u8 = 1;

fn date_levels() -> Vec<Level> {
    vec![
        Level::new(2, 0.0, "date not known"),
        Level::new(WHOLE, 1.0, "same day"),
        Level::new(WHOLE, 0.8, "same first of January"),
        Level::new(WHOLE, 0.9, "day and month swapped"),
        Level::new(WHOLE, 0.9, "one digit differs"),
        Level::new(WHOLE, 0.7, "same month, other day"),
        Level::new(WHOLE, 0.6, "within a month"),
        Level::new(WHOLE, 0.5, "same year, one on the first of January"),
        Level::new(WHOLE, 0.3, "same year"),
        Level::new(WHOLE, 0.5, "same day of the year, other year"),
        Level::new(WHOLE, 0.1, "a year apart"),
        Level::new(WHOLE, 0.05, "two to five years apart"),
        Level::new(WHOLE, 0.1, "two digits differ"),
        Level::new(WHOLE, 0.0, "up to twenty years apart"),
        Level::new(WHOLE, 0.0, "far apart"),
        Level::new(PARTIAL, 0.7, "same month, as far as known"),
        Level::new(PARTIAL, 0.6, "same year, as far as known"),
        Level::new(PARTIAL, 0.4, "compatible, as far as known"),
        Level::new(PARTIAL, 0.2, "about a year apart"),
        Level::new(PARTIAL, 0.1, "two to five years apart, as far as known"),
        Level::new(PARTIAL, 0.0, "different years"),
    ]
}

/// The best level of any two dates.
fn dates_level(a: &[LinkDate], b: &[LinkDate]) -> u8 {
    let mut best = 0;
    let mut best_rank = 0;
    for one in a {
        for other in b {
            let level = date_level(*one, *other);
            let rank = DATE_RANKS[level as usize];
            if rank > best_rank {
                (best, best_rank) = (level, rank);
            }
        }
    }
    best
}

/// How good each level of dates is where several dates are known; by level.
const DATE_RANKS: [u8; 21] = [
    0, 21, 17, 20, 19, 16, 13, 10, 9, 11, 7, 4, 6, 2, 1, 18, 14, 12, 8, 5, 3,
];

fn date_level(a: LinkDate, b: LinkDate) -> u8 {
    if !(a.is_whole() && b.is_whole()) {
        return partial_date_level(a, b);
    }
    let new_year = |date: LinkDate| date.month == 1 && date.day == 1;
    if a == b {
        return if new_year(a) { 2 } else { 1 };
    }
    let same_year = a.year == b.year;
    if same_year && a.month == b.day && a.day == b.month {
        return 3;
    }
    let (digits, others) = (a.digits(), b.digits());
    let years = a.year.abs_diff(b.year);
    if same_year && (new_year(a) || new_year(b)) {
        return 7;
    }
    // Two firsts of January tell of years only.
    let vague = new_year(a) && new_year(b);
    if !vague && one_slip_apart(&digits, &others) {
        return if years == 1 { 9 } else { 4 };
    }
    if same_year && a.month == b.month {
        return 5;
    }
    if !vague && a.rough_day().abs_diff(b.rough_day()) <= 31 {
        return 6;
    }
    let differing = digits.iter().zip(&others).filter(|(a, b)| a != b).count();
    match years {
        0 => 8,
        _ if a.month == b.month && a.day == b.day && !new_year(a) => 9,
        1 => 10,
        2..=5 => 11,
        _ if differing <= 2 => 12,
        6..=20 => 13,
        _ => 14,
    }
}

fn partial_date_level(a: LinkDate, b: LinkDate) -> u8 {
    let apart = a.first.max(b.first).saturating_sub(a.last.min(b.last));
    if a.year != 0 && a.year == b.year {
        let months = a.month != 0 && b.month != 0;
        return match months {
            true if a.month == b.month => 15,
            true => 18,
            false => 16,
        };
    }
    match apart {
        0 => 17,
        1 => 18,
        2..=5 => 19,
        _ => 20,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_of(a: &str, b: &str) -> String {
        let dates = |text: &str| LinkDate::read(text).into_iter().collect::<Vec<_>>();
        let level = dates_level(&dates(a), &dates(b));
        date_levels()[level as usize].words.clone()
    }

    #[test]
    fn dates_agree_by_degrees() {
        for (a, b, expected) in [
            ("1961-03-04", "1961-03-04", "same day"),
            ("1961-03-04", "1961-04-03", "day and month swapped"),
            ("1961-03-04", "1961-03-05", "one digit differs"),
            ("1961-03-14", "1961-03-25", "same month, other day"),
            ("1961-03-04", "1961", "same year, as far as known"),
            ("1961-03-04", "196X", "compatible, as far as known"),
            (
                "1961-03-04",
                "1962-03-04",
                "same day of the year, other year",
            ),
            ("1961-03-04", "", "date not known"),
            ("1961-03-04", "1898-11-27", "far apart"),
        ] {
            assert_eq!(level_of(a, b), expected, "{a} {b}");
            assert_eq!(level_of(b, a), expected, "{b} {a}");
        }
    }
}
