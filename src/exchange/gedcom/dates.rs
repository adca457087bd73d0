//! GEDCOM dates to EDTF: all forms of 5.5.1 and those found in the wild. ABT, CAL and EST become `~`; BEF and AFT the sets
//! `[..x]` and `[x..]` that end the day, month or year before, or begin the one after; BET the set `[x..y]`; FROM and TO a
//! stretch of time. What is not a date is told, never guessed.

use crate::model::partial_date::{Day, End, PartialDate, Point, Precision, Qualifier};

/// A date as understood.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ReadDate {
    /// Nothing where the text is no date.
    pub date: Option<PartialDate>,
    /// What was doubtful or left out.
    pub doubt: Option<&'static str>,
}

const NOT_A_DATE: &str = "it is not a date in a known form";
const NO_SUCH_DAY: &str = "there is no such day";
const PHRASE: &str = "it is a phrase";
const BACKWARDS: &str = "its end lies before its beginning";
const OTHER_CALENDAR: &str =
    "dates of the French Republican and Hebrew calendars are not converted";
const DUAL_YEAR: &str = "of the two years of the dual date the second, in new style, is taken";
const YEAR_RANGE: &str = "the day holds for one of several years: only the range is kept";
const AGO: &str = "what stands in parentheses is left out";

/// Reads the value of a DATE line.
pub fn read_date(text: &str) -> ReadDate {
    let text = text.trim();
    let (text, phrase) = match text.split_once('(') {
        Some((before, _)) => (before.trim_end(), true),
        None => (text, false),
    };
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.trim_end_matches(',').to_uppercase())
        .collect();
    let words: Vec<&str> = words
        .iter()
        .map(std::string::String::as_str)
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return refused(if phrase { PHRASE } else { "it is empty" });
    }
    let mut reader = DateReader { doubt: None };
    match reader.read(&words) {
        Ok(date) => ReadDate {
            date: Some(date),
            doubt: reader.doubt.or(phrase.then_some(AGO)),
        },
        Err(reason) => refused(reason),
    }
}

fn refused(reason: &'static str) -> ReadDate {
    ReadDate {
        date: None,
        doubt: Some(reason),
    }
}

struct DateReader {
    doubt: Option<&'static str>,
}

type Read<T> = Result<T, &'static str>;

impl DateReader {
    fn read(&mut self, words: &[&str]) -> Read<PartialDate> {
        let (first, rest) = words.split_first().ok_or(NOT_A_DATE)?;
        let keyword = first.trim_end_matches('.');
        match keyword {
            "ABT" | "ABOUT" | "CAL" | "EST" | "CIRCA" | "CA" | "C" | "AROUND" => {
                self.qualified(rest, Qualifier::Approximate)
            }
            "MAYBE" | "PERHAPS" | "PROBABLY" => self.qualified(rest, Qualifier::Uncertain),
            "INT" => self.read(rest),
            "BEF" | "BEFORE" => {
                let bound = self.span(rest)?;
                Ok(PartialDate::OneOf(End::Open, End::At(step(bound.0, -1)?)))
            }
            "AFT" | "AFTER" | "SINCE" => {
                let bound = self.span(rest)?;
                Ok(PartialDate::OneOf(End::At(step(bound.1, 1)?), End::Open))
            }
            "BET" | "BETWEEN" | "BTW" => {
                self.pair(rest, &["AND", "-", "TO", "&"], PartialDate::OneOf)
            }
            "FROM" => match rest
                .iter()
                .any(|word| is_joint(word, &["TO", "UNTIL", "-"]))
            {
                true => self.pair(rest, &["TO", "UNTIL", "-"], PartialDate::Interval),
                false => Ok(PartialDate::Interval(
                    End::At(self.span(rest)?.0),
                    End::Open,
                )),
            },
            "TO" | "UNTIL" => Ok(PartialDate::Interval(
                End::Unknown,
                End::At(self.span(rest)?.1),
            )),
            _ => self.plain(words),
        }
    }

    fn qualified(&mut self, words: &[&str], qualifier: Qualifier) -> Read<PartialDate> {
        let mark = |point| Point { qualifier, ..point };
        let (first, last) = self.span(words)?;
        if first == last {
            return Ok(PartialDate::Single(mark(first)));
        }
        self.ordered(mark(first), mark(last), PartialDate::OneOf)
    }

    fn pair(
        &mut self,
        words: &[&str],
        joints: &[&str],
        make: fn(End, End) -> PartialDate,
    ) -> Read<PartialDate> {
        let middle = words
            .iter()
            .position(|word| is_joint(word, joints))
            .ok_or(NOT_A_DATE)?;
        let first = self.span(&words[..middle])?.0;
        let last = self.span(&words[middle + 1..])?.1;
        self.ordered(first, last, make)
    }

    fn ordered(
        &mut self,
        first: Point,
        last: Point,
        make: fn(End, End) -> PartialDate,
    ) -> Read<PartialDate> {
        let ends = (first_day(first), last_day(last));
        match ends {
            (Some(start), Some(end)) if start > end => Err(BACKWARDS),
            _ => Ok(make(End::At(first), End::At(last))),
        }
    }

    fn plain(&mut self, words: &[&str]) -> Read<PartialDate> {
        let (first, last) = self.span(words)?;
        if first == last {
            Ok(PartialDate::Single(first))
        } else {
            self.ordered(first, last, PartialDate::OneOf)
        }
    }

    /// A date without keywords: one point, or the first and last of a range such as `1456-1457`.
    fn span(&mut self, words: &[&str]) -> Read<(Point, Point)> {
        let mut words = words;
        let mut is_julian = false;
        if let Some((first, rest)) = words.split_first()
            && first.starts_with("@#")
        {
            // "@#DFRENCH R@" has a space inside.
            let name = if first.ends_with('@') {
                first.to_string()
            } else {
                words.join(" ")
            };
            if name.starts_with("@#DFRENCH") || name.starts_with("@#DHEBREW") {
                return Err(OTHER_CALENDAR);
            }
            is_julian = name.starts_with("@#DJULIAN");
            words = rest;
        }
        // GEDCOM 7 names calendars in words.
        if let Some((first, rest)) = words.split_first() {
            match *first {
                "FRENCH_R" | "HEBREW" => return Err(OTHER_CALENDAR),
                "JULIAN" => (is_julian, words) = (true, rest),
                "GREGORIAN" => words = rest,
                _ => {}
            }
        }
        let mut words = words.to_vec();
        let is_bc = match words.last() {
            Some(last) if ["B.C.", "BC", "BCE", "B.C"].contains(last) => words.pop().is_some(),
            Some(last) if ["A.D.", "AD", "CE"].contains(last) => words.pop().is_none(),
            _ => false,
        };
        let (first, last) = self.point_or_range(&words, is_bc)?;
        if !is_julian {
            return Ok((first, last));
        }
        Ok((julian_to_gregorian(first)?, julian_to_gregorian(last)?))
    }

    fn point_or_range(&mut self, words: &[&str], is_bc: bool) -> Read<(Point, Point)> {
        // "28 JAN 1456 - 1457" is one word in other files.
        let joined: Vec<&str>;
        let words = match words {
            [rest @ .., first, "-", last] if is_year(first) && is_year(last) => {
                return self.year_range(rest, first, last, is_bc);
            }
            _ => {
                joined = words.to_vec();
                joined.as_slice()
            }
        };
        if let [only] = words
            && let Some(point) = numeric_date(only)
        {
            return point.map(|point| (point, point));
        }
        let (year_word, rest) = words.split_last().ok_or(NOT_A_DATE)?;
        if let Some((first, last)) = year_word.split_once(['-', '–'])
            && is_year(first)
            && is_year(last)
        {
            return self.year_range(rest, first, last, is_bc);
        }
        let year = self.year(year_word, is_bc)?;
        let point = day_and_month(rest, year)?;
        Ok((point, point))
    }

    fn year_range(
        &mut self,
        rest: &[&str],
        first: &str,
        last: &str,
        is_bc: bool,
    ) -> Read<(Point, Point)> {
        let first_year = self.year(first, is_bc)?;
        // "1456-57" shortens the second year.
        let last_year = match (first.len(), last.len()) {
            (4, 2) => first_year - first_year.rem_euclid(100) + self.year(last, false)?,
            _ => self.year(last, is_bc)?,
        };
        if !rest.is_empty() {
            day_and_month(rest, first_year).or_else(|_| day_and_month(rest, last_year))?;
            self.doubt = Some(YEAR_RANGE);
        }
        Ok((year_point(first_year), year_point(last_year)))
    }

    /// A year of one to four digits, perhaps dual (`1699/00`), as an astronomical year: 1 B.C. is 0.
    fn year(&mut self, word: &str, is_bc: bool) -> Read<i32> {
        let mut year: i32 = match word.split_once('/') {
            Some((old, new)) if is_year(old) && is_year(new) && new.len() <= old.len() => {
                self.doubt = Some(DUAL_YEAR);
                let old: i32 = old.parse().map_err(|_| NOT_A_DATE)?;
                let new_end: i32 = new.parse().map_err(|_| NOT_A_DATE)?;
                let next = old + 1;
                if next % 10_i32.pow(new.len() as u32) != new_end {
                    return Err("the two years of the dual date do not follow each other");
                }
                next
            }
            _ if is_year(word) => word.parse().map_err(|_| NOT_A_DATE)?,
            _ => return Err(NOT_A_DATE),
        };
        if is_bc {
            year = 1 - year;
        }
        Ok(year)
    }
}

fn is_joint(word: &str, joints: &[&str]) -> bool {
    joints.contains(&word)
}

fn is_year(word: &str) -> bool {
    (1..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn day_and_month(words: &[&str], year: i32) -> Read<Point> {
    match words {
        [] => Ok(year_point(year)),
        [month] => Ok(Point {
            month: month_number(month).ok_or(NOT_A_DATE)?,
            precision: Precision::Month,
            ..year_point(year)
        }),
        // "12 MAR" and the American "MAR 12".
        [one, two] => {
            let (day, month) = if month_number(two).is_some() {
                (one, two)
            } else {
                (two, one)
            };
            let month = month_number(month).ok_or(NOT_A_DATE)?;
            let day: u8 = day
                .trim_end_matches(['S', 'T', 'N', 'D', 'R', 'H'])
                .parse()
                .map_err(|_| NOT_A_DATE)?;
            Day::from_ymd(year, month, day).ok_or(NO_SUCH_DAY)?;
            Ok(Point {
                month,
                day,
                precision: Precision::Day,
                ..year_point(year)
            })
        }
        _ => Err(NOT_A_DATE),
    }
}

/// `1961-03-12`, as some programs write it against the standard. Day and month in figures of other orders are
/// ambiguous and refused.
fn numeric_date(word: &str) -> Option<Read<Point>> {
    let is_form = word.len() == 10 && word.as_bytes()[4] == b'-' && word.as_bytes()[7] == b'-';
    if !is_form
        || !word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        return None;
    }
    Some(match word.parse() {
        Ok(PartialDate::Single(point)) => Ok(point),
        Ok(_) | Err(_) => Err(NO_SUCH_DAY),
    })
}

fn month_number(word: &str) -> Option<u8> {
    const MONTHS: [&str; 12] = [
        "JANUARY",
        "FEBRUARY",
        "MARCH",
        "APRIL",
        "MAY",
        "JUNE",
        "JULY",
        "AUGUST",
        "SEPTEMBER",
        "OCTOBER",
        "NOVEMBER",
        "DECEMBER",
    ];
    let word = word.trim_end_matches('.');
    let is_month = |month: &&str| word.len() >= 3 && month.starts_with(word);
    MONTHS
        .iter()
        .position(|month| is_month(month) || (word == "SEPT" && *month == "SEPTEMBER"))
        .map(|at| at as u8 + 1)
}

fn year_point(year: i32) -> Point {
    Point {
        year,
        month: 0,
        day: 0,
        precision: Precision::Year,
        qualifier: Qualifier::None,
    }
}

fn first_day(point: Point) -> Option<Day> {
    Day::from_ymd(point.year, point.month.max(1), point.day.max(1))
}

fn last_day(point: Point) -> Option<Day> {
    PartialDate::Single(point).possible_days().1
}

/// The point of the same precision that lies one before or after.
pub(super) fn step(point: Point, by: i32) -> Read<Point> {
    match point.precision {
        Precision::Day => {
            let day = Day::from_ymd(point.year, point.month, point.day).ok_or(NO_SUCH_DAY)?;
            let (year, month, day) = Day(day.0 + by).ymd();
            Ok(Point {
                year,
                month,
                day,
                ..point
            })
        }
        Precision::Month => {
            let months = point.year * 12 + i32::from(point.month) - 1 + by;
            Ok(Point {
                year: months.div_euclid(12),
                month: months.rem_euclid(12) as u8 + 1,
                ..point
            })
        }
        _ => Ok(Point {
            year: point.year + by,
            ..point
        }),
    }
}

/// Days are converted; months and years are kept, as they overlap the same ones but for some days.
fn julian_to_gregorian(point: Point) -> Read<Point> {
    if point.precision != Precision::Day {
        return Ok(point);
    }
    // From March on the Julian calendar is behind by the centuries without a leap day, less the first two.
    let shifted_year = if point.month <= 2 {
        point.year - 1
    } else {
        point.year
    };
    let offset = shifted_year.div_euclid(100) - shifted_year.div_euclid(400) - 2;
    let day = Day::from_ymd(point.year, point.month, point.day).ok_or(NO_SUCH_DAY)?;
    let (year, month, day) = Day(day.0 + offset).ymd();
    Ok(Point {
        year,
        month,
        day,
        ..point
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DATES: &[(&str, &str)] = &[
        ("1961", "1961"),
        ("977", "0977"),
        ("MAR 1961", "1961-03"),
        ("12 Mar 1961", "1961-03-12"),
        ("March 12, 1961", "1961-03-12"),
        ("Abt 1430", "1430~"),
        ("EST 12 MAR 1961", "1961-03-12~"),
        ("CAL MAR 1961", "1961-03~"),
        ("Bef 1457", "[..1456]"),
        ("BEF 1 MAR 1961", "[..1961-02-28]"),
        ("BEF JAN 1961", "[..1960-12]"),
        ("Aft 1456", "[1457..]"),
        ("AFT 31 DEC 1960", "[1961-01-01..]"),
        ("Bet 1130 and 1140", "[1130..1140]"),
        ("BET 1 JAN 1900 AND 3 MAR 1901", "[1900-01-01..1901-03-03]"),
        ("FROM 1950 TO 1980", "1950/1980"),
        ("FROM 1950", "1950/.."),
        ("TO 1980", "/1980"),
        ("INT 1961 (about the war)", "1961"),
        ("1699/00", "1700"),
        ("8 JAN 1699/00", "1700-01-08"),
        ("FROM JAN 1699/00 TO FEB 1699/00", "1700-01/1700-02"),
        ("44 B.C.", "-0043"),
        ("ABT 1 BC", "0000~"),
        ("28 Jan 1456-1457", "[1456..1457]"),
        ("1456-57", "[1456..1457]"),
        ("@#DGREGORIAN@ 12 MAR 1961", "1961-03-12"),
        ("@#DJULIAN@ 25 DEC 1700", "1701-01-05"),
        ("@#DJULIAN@ 4 OCT 1582", "1582-10-14"),
        ("BET @#DJULIAN@ 1700 AND @#DJULIAN@ 1701", "[1700..1701]"),
        ("1961-03-12", "1961-03-12"),
        ("29 FEB 2000", "2000-02-29"),
    ];

    #[test]
    fn every_form_becomes_edtf() {
        for &(text, expected) in DATES {
            let read = read_date(text);
            assert_eq!(
                read.date.map(|date| date.to_string()).as_deref(),
                Some(expected),
                "{text} {:?}",
                read.doubt
            );
            // What we write must read back.
            assert_eq!(expected.parse().ok(), read.date, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_told() {
        for (text, reason) in [
            ("", "it is empty"),
            ("Deceased", NOT_A_DATE),
            ("(before the war)", PHRASE),
            ("31 FEB 1961", NO_SUCH_DAY),
            ("29 FEB 1900", NO_SUCH_DAY),
            ("BET 1970 AND 1960", BACKWARDS),
            ("@#DHEBREW@ 5 TSH 5700", OTHER_CALENDAR),
            ("@#DFRENCH R@ 1 VEND 3", OTHER_CALENDAR),
            ("3/4/1961", NOT_A_DATE),
            (
                "1699/05",
                "the two years of the dual date do not follow each other",
            ),
            ("12 MAR", NOT_A_DATE),
        ] {
            assert_eq!(read_date(text), refused(reason), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "((ABT|BEF|AFT|BET|AND|FROM|TO|INT|@#DJULIAN@|B\\.C\\.|JAN|FEB|[0-9]{1,4}|[0-9]{1,4}[-/][0-9]{1,4}|\\PC) ?){0,8}") {
            if let Some(date) = read_date(&text).date {
                prop_assert_eq!(date.to_string().parse().ok(), Some(date), "{}", text);
            }
        }
    }
}
