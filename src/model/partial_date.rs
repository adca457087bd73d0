//! Dates as people know them, in the Extended Date/Time Format (ISO 8601-2:2019): level 1, and of level 2 the
//! one-of sets `[..1970]`, `[1970..]`, `[1965..1970]`. Comparisons are three-valued. (The `edtf` crate, 0.2, reads
//! level 1 only and is no longer kept up, hence our own reader.)

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// An answer that may be missing. Unknown is never taken for yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truth {
    Yes,
    No,
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Truth {
        if value { Truth::Yes } else { Truth::No }
    }
}

/// A calendar day: days since 1970-01-01 in the Gregorian calendar, also before its introduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(pub i32);

impl Day {
    /// The day of a year, month (1-12) and day of the month; nothing if there is no such day.
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Option<Day> {
        if year.unsigned_abs() > MAX_YEAR.unsigned_abs()
            || !(1..=12).contains(&month)
            || day < 1
            || day > days_in_month(year, month)
        {
            return None;
        }
        Some(Day::from_valid(year, month, day))
    }

    /// Counts days with years that begin in March, so that the leap day comes last.
    fn from_valid(year: i32, month: u8, day: u8) -> Day {
        let shifted_year = i64::from(if month <= 2 { year - 1 } else { year });
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let month_from_march = (i64::from(month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Day((era * 146_097 + day_of_era - 719_468) as i32)
    }

    /// Year, month and day of the month.
    pub fn ymd(self) -> (i32, u8, u8) {
        let shifted = i64::from(self.0) + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u8;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        } as u8;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year as i32, month, day)
    }

    /// The same day of the month that many months later, or earlier if negative; the month's last day where there is none.
    pub fn months_after(self, months: i32) -> Day {
        let (year, month, day) = self.ymd();
        let months = year * 12 + i32::from(month) - 1 + months;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) as u8 + 1);
        Day::from_valid(year, month, day.min(days_in_month(year, month)))
    }

    /// The same day that many whole years earlier; 29 February becomes 28 February where there is none.
    pub fn years_before(self, years: u16) -> Day {
        let (year, month, day) = self.ymd();
        let year = (year - i32::from(years)).max(-MAX_YEAR);
        Day::from_valid(year, month, day.min(days_in_month(year, month)))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write_year(f, year)?;
        write!(f, "-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Day, InvalidDate> {
        match text.parse::<PartialDate>()? {
            PartialDate::Single(Point {
                precision: Precision::Day,
                year,
                month,
                day,
                ..
            }) => Day::from_ymd(year, month, day)
                .ok_or_else(|| InvalidDate::new(text, "there is no such day")),
            _ => Err(InvalidDate::new(
                text,
                "a whole date is needed, like 2026-11-21",
            )),
        }
    }
}

const MAX_YEAR: i32 = 5_000_000;

fn is_leap(year: i32) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// How exactly a point is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Precision {
    Day,
    Month,
    /// `month` holds the season's number, 21 (spring) to 24 (winter).
    Season,
    Year,
    /// `196X`: `year` is the decade's first.
    Decade,
    /// `19XX`: `year` is the century's first.
    Century,
    /// `1985-04-XX`: some day of the month. The same span as `Month`, written differently.
    DayUnspecified,
    /// `1985-XX`: some month of the year.
    MonthUnspecified,
    /// `1985-XX-XX`: some day of the year.
    MonthAndDayUnspecified,
}

/// What the writer thought of the date: `?`, `~` or `%`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum Qualifier {
    #[default]
    None,
    /// `?`: the source is doubtful.
    Uncertain,
    /// `~`: about.
    Approximate,
    /// `%`: both.
    Both,
}

/// One date as written. Unused parts are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Point {
    pub year: i32,
    pub month: u8,
    pub day: u8,
    pub precision: Precision,
    pub qualifier: Qualifier,
}

/// One end of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum End {
    At(Point),
    /// `..`: no end.
    Open,
    /// Nothing written: there is an end, not known.
    Unknown,
}

/// A date, a stretch of time, or a set of which one is meant. In text formats such as JSON it is written as EDTF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartialDate {
    Single(Point),
    /// `1964/2008`, `1985/..`, `/1985`.
    Interval(End, End),
    /// `[1965..1970]`, `[..1970]`, `[1970..]`: one day in this range, not known which.
    OneOf(End, End),
}

/// The parts of a date, as binary formats hold them; text formats only where EDTF does not read back the same.
#[derive(Serialize, Deserialize)]
#[serde(remote = "PartialDate")]
enum DateParts {
    Single(Point),
    Interval(End, End),
    OneOf(End, End),
}

/// What stands in a text format.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenDate {
    Edtf(String),
    Parts(#[serde(with = "DateParts")] PartialDate),
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let text = self.to_string();
            if text.parse() == Ok(*self) {
                return serializer.serialize_str(&text);
            }
        }
        DateParts::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PartialDate, D::Error> {
        if !deserializer.is_human_readable() {
            return DateParts::deserialize(deserializer);
        }
        match WrittenDate::deserialize(deserializer)? {
            WrittenDate::Edtf(text) => text.parse().map_err(serde::de::Error::custom),
            WrittenDate::Parts(date) => Ok(date),
        }
    }
}

/// By how many years "about" may be off when only years are compared. A person "about 60" may be 58 or 62.
const ABOUT_YEARS: i32 = 2;
/// By how many days "about" may be off when a month or day is given.
const ABOUT_DAYS: i32 = 31;
/// By how many years a doubtful date may be off. A rule of thumb of ours: beyond it we still trust the order.
const DOUBTFUL_YEARS: i32 = 5;

impl Point {
    /// First and last day as written, without regard to the qualifier.
    fn written_span(self) -> (Day, Day) {
        let year_span =
            |first: i32, last: i32| (Day::from_valid(first, 1, 1), Day::from_valid(last, 12, 31));
        let month_span = |year, month| {
            (
                Day::from_valid(year, month, 1),
                Day::from_valid(year, month, days_in_month(year, month)),
            )
        };
        match self.precision {
            Precision::Day => {
                let day = Day::from_valid(self.year, self.month, self.day);
                (day, day)
            }
            Precision::Month | Precision::DayUnspecified => month_span(self.year, self.month),
            // Which months a season covers depends on the place, so the whole year is possible.
            Precision::Season
            | Precision::Year
            | Precision::MonthUnspecified
            | Precision::MonthAndDayUnspecified => year_span(self.year, self.year),
            Precision::Decade => year_span(self.year, self.year + 9),
            Precision::Century => year_span(self.year, self.year + 99),
        }
    }

    /// First and last day possible, allowing for "about" and doubt.
    fn possible_span(self) -> (Day, Day) {
        let (first, last) = self.written_span();
        let fine = matches!(
            self.precision,
            Precision::Day | Precision::Month | Precision::DayUnspecified
        );
        let margin = match self.qualifier {
            Qualifier::None => 0,
            Qualifier::Approximate if fine => ABOUT_DAYS,
            Qualifier::Approximate => ABOUT_YEARS * 366,
            Qualifier::Uncertain | Qualifier::Both => DOUBTFUL_YEARS * 366,
        };
        // "About 1961" means whole years around it, so a year is widened to whole years.
        if margin >= 366 && !fine {
            let years = margin / 366;
            let (first_year, last_year) = (first.ymd().0 - years, last.ymd().0 + years);
            return (
                Day::from_valid(first_year, 1, 1),
                Day::from_valid(last_year, 12, 31),
            );
        }
        (Day(first.0 - margin), Day(last.0 + margin))
    }
}

/// The least and the greatest age possible, in whole years; nothing where it is not bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeRange {
    pub least: Option<i32>,
    pub greatest: Option<i32>,
}

impl PartialDate {
    /// A whole day.
    pub fn from_day(day: Day) -> PartialDate {
        let (year, month, day) = day.ymd();
        PartialDate::Single(Point {
            year,
            month,
            day,
            precision: Precision::Day,
            qualifier: Qualifier::None,
        })
    }

    /// A year.
    pub fn from_year(year: i32) -> PartialDate {
        PartialDate::Single(Point {
            year,
            month: 0,
            day: 0,
            precision: Precision::Year,
            qualifier: Qualifier::None,
        })
    }

    /// The earliest and latest day that the date may be; nothing where that is not bounded.
    pub fn possible_days(self) -> (Option<Day>, Option<Day>) {
        match self {
            PartialDate::Single(point) => {
                let (first, last) = point.possible_span();
                (Some(first), Some(last))
            }
            PartialDate::Interval(first, last) | PartialDate::OneOf(first, last) => {
                let start = match first {
                    End::At(point) => Some(point.possible_span().0),
                    End::Open | End::Unknown => None,
                };
                let end = match last {
                    End::At(point) => Some(point.possible_span().1),
                    End::Open | End::Unknown => None,
                };
                (start, end)
            }
        }
    }

    /// Whether this date lies before the other.
    pub fn before(self, other: PartialDate) -> Truth {
        let (own_first, own_last) = self.possible_days();
        let (other_first, other_last) = other.possible_days();
        if let (Some(last), Some(first)) = (own_last, other_first)
            && last < first
        {
            return Truth::Yes;
        }
        if let (Some(first), Some(last)) = (own_first, other_last)
            && first >= last
        {
            return Truth::No;
        }
        Truth::Unknown
    }

    /// Whether this date lies on or before a day.
    pub fn on_or_before(self, day: Day) -> Truth {
        let (first, last) = self.possible_days();
        if last.is_some_and(|last| last <= day) {
            return Truth::Yes;
        }
        if first.is_some_and(|first| first > day) {
            return Truth::No;
        }
        Truth::Unknown
    }

    /// The age at a day of somebody born at this date, in whole years.
    pub fn age_on(self, day: Day) -> AgeRange {
        let (first, last) = self.possible_days();
        let years_since = |birth: Day| {
            let (birth_year, birth_month, birth_day) = birth.ymd();
            let (year, month, day_of_month) = day.ymd();
            year - birth_year - i32::from((month, day_of_month) < (birth_month, birth_day))
        };
        AgeRange {
            least: last.map(years_since),
            greatest: first.map(years_since),
        }
    }

    /// Whether somebody born at this date is at least that many years old on a day.
    pub fn is_aged_at_least(self, years: u8, day: Day) -> Truth {
        let age = self.age_on(day);
        if age.least.is_some_and(|least| least >= i32::from(years)) {
            return Truth::Yes;
        }
        if age
            .greatest
            .is_some_and(|greatest| greatest < i32::from(years))
        {
            return Truth::No;
        }
        Truth::Unknown
    }

    /// The year, if the date lies within one.
    pub fn year(self) -> Option<i32> {
        match self {
            PartialDate::Single(point) => match point.precision {
                Precision::Decade | Precision::Century => None,
                _ => Some(point.year),
            },
            PartialDate::Interval(..) | PartialDate::OneOf(..) => None,
        }
    }

    /// In words, for people: "12 March 1961", "March 1961", "about 1961", "before 1970", "the 1960s".
    pub fn in_words(self) -> String {
        match self {
            PartialDate::Single(point) => point.in_words(),
            PartialDate::Interval(first, last) => match (first, last) {
                (End::At(first), End::At(last)) => {
                    format!("{} to {}", first.in_words(), last.in_words())
                }
                (End::At(first), _) => format!("from {}", first.in_words()),
                (_, End::At(last)) => format!("until {}", last.in_words()),
                _ => "at an unknown time".to_owned(),
            },
            PartialDate::OneOf(first, last) => match (first, last) {
                (End::At(first), End::At(last)) => {
                    format!("between {} and {}", first.in_words(), last.in_words())
                }
                (End::At(first), _) => format!("{} or later", first.in_words()),
                (_, End::At(last)) => format!("{} or earlier", last.in_words()),
                _ => "at an unknown time".to_owned(),
            },
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const SEASONS: [&str; 4] = ["spring", "summer", "autumn", "winter"];

impl Point {
    fn in_words(self) -> String {
        let year = if self.year <= 0 {
            format!("{} BC", 1 - self.year)
        } else {
            self.year.to_string()
        };
        let month = || MONTHS[usize::from(self.month) - 1];
        let date = match self.precision {
            Precision::Day => format!("{} {} {year}", self.day, month()),
            Precision::Month | Precision::DayUnspecified => format!("{} {year}", month()),
            Precision::Season => format!("{} {year}", SEASONS[usize::from(self.month) - 21]),
            Precision::Year | Precision::MonthUnspecified | Precision::MonthAndDayUnspecified => {
                year
            }
            Precision::Decade => format!("the {year}s"),
            Precision::Century => format!("the years {} to {}", self.year, self.year + 99),
        };
        match self.qualifier {
            Qualifier::None => date,
            Qualifier::Approximate => format!("about {date}"),
            Qualifier::Uncertain => format!("perhaps {date}"),
            Qualifier::Both => format!("perhaps about {date}"),
        }
    }
}

/// Text that is not a date in the forms we read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a date: {reason}")]
pub struct InvalidDate {
    pub text: String,
    pub reason: &'static str,
}

impl InvalidDate {
    fn new(text: &str, reason: &'static str) -> InvalidDate {
        let text = text.chars().take(60).collect();
        InvalidDate { text, reason }
    }
}

impl FromStr for PartialDate {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<PartialDate, InvalidDate> {
        let fail = |reason| InvalidDate::new(text, reason);
        if text.is_empty() {
            return Err(fail("it is empty"));
        }
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner
                .strip_suffix(']')
                .ok_or_else(|| fail("a set must end with ]"))?;
            let (first, last) = inner
                .split_once("..")
                .ok_or_else(|| fail("a set must be like [1965..1970]"))?;
            let first = if first.is_empty() {
                End::Open
            } else {
                End::At(parse_point(first).map_err(fail)?)
            };
            let last = if last.is_empty() {
                End::Open
            } else {
                End::At(parse_point(last).map_err(fail)?)
            };
            let date = PartialDate::OneOf(first, last);
            return if first == End::Open && last == End::Open {
                Err(fail("a set needs at least one end"))
            } else if starts_after_end(first, last) {
                Err(fail("the first date of the set lies after the last"))
            } else {
                Ok(date)
            };
        }
        if let Some((first, last)) = text.split_once('/') {
            let end = |part: &str| match part {
                ".." => Ok(End::Open),
                "" => Ok(End::Unknown),
                _ => parse_point(part).map(End::At).map_err(fail),
            };
            let (first, last) = (end(first)?, end(last)?);
            return if !matches!(first, End::At(_)) && !matches!(last, End::At(_)) {
                Err(fail("a stretch of time needs at least one end"))
            } else if starts_after_end(first, last) {
                Err(fail("the stretch of time ends before it begins"))
            } else {
                Ok(PartialDate::Interval(first, last))
            };
        }
        parse_point(text).map(PartialDate::Single).map_err(fail)
    }
}

fn starts_after_end(first: End, last: End) -> bool {
    match (first, last) {
        (End::At(first), End::At(last)) => first.written_span().0 > last.written_span().1,
        _ => false,
    }
}

fn parse_point(text: &str) -> Result<Point, &'static str> {
    const FORM: &str = "write it like 1961, 1961-03, 1961-03-12, 196X, 1961~ or [1965..1970]";
    let (text, qualifier) = match text.as_bytes().last() {
        Some(b'?') => (&text[..text.len() - 1], Qualifier::Uncertain),
        Some(b'~') => (&text[..text.len() - 1], Qualifier::Approximate),
        Some(b'%') => (&text[..text.len() - 1], Qualifier::Both),
        _ => (text, Qualifier::None),
    };
    if text.contains('T') {
        return Err("times of day are not kept");
    }
    let point = |year, month, day, precision| Point {
        year,
        month,
        day,
        precision,
        qualifier,
    };
    if let Some(long_year) = text.strip_prefix('Y') {
        let year: i32 = long_year.parse().map_err(|_| FORM)?;
        return if year.unsigned_abs() > MAX_YEAR.unsigned_abs() {
            Err("the year is too far off")
        } else {
            Ok(point(year, 0, 0, Precision::Year))
        };
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut parts = digits.split('-');
    let year_text = parts.next().unwrap_or_default();
    let month_text = parts.next();
    let day_text = parts.next();
    if parts.next().is_some() || year_text.len() != 4 {
        return Err(FORM);
    }
    let sign = if negative { -1 } else { 1 };
    let number = |part: &str, width: usize| -> Result<i32, &'static str> {
        if part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()) {
            part.parse().map_err(|_| FORM)
        } else {
            Err(FORM)
        }
    };
    if let Some(decade) = year_text.strip_suffix('X') {
        if month_text.is_some() {
            return Err("a decade or century has no month");
        }
        let (first, precision) = match decade.strip_suffix('X') {
            Some(century) => (number(century, 2)? * 100, Precision::Century),
            None => (number(decade, 3)? * 10, Precision::Decade),
        };
        return if negative {
            Err("a decade or century before year 0 is not read")
        } else {
            Ok(point(first, 0, 0, precision))
        };
    }
    let year = sign * number(year_text, 4)?;
    let Some(month_text) = month_text else {
        return Ok(point(year, 0, 0, Precision::Year));
    };
    if month_text == "XX" {
        return match day_text {
            None => Ok(point(year, 0, 0, Precision::MonthUnspecified)),
            Some("XX") => Ok(point(year, 0, 0, Precision::MonthAndDayUnspecified)),
            Some(_) => Err("a day needs its month"),
        };
    }
    let month = number(month_text, 2)? as u8;
    if (21..=24).contains(&month) {
        return if day_text.is_none() {
            Ok(point(year, month, 0, Precision::Season))
        } else {
            Err("a season has no day")
        };
    }
    if !(1..=12).contains(&month) {
        return Err("there is no such month");
    }
    match day_text {
        None => Ok(point(year, month, 0, Precision::Month)),
        Some("XX") => Ok(point(year, month, 0, Precision::DayUnspecified)),
        Some(day_text) => {
            let day = number(day_text, 2)? as u8;
            if day < 1 || day > days_in_month(year, month) {
                return Err("there is no such day");
            }
            Ok(point(year, month, day, Precision::Day))
        }
    }
}

fn write_year(f: &mut fmt::Formatter<'_>, year: i32) -> fmt::Result {
    if year.abs() > 9999 {
        write!(f, "Y{year}")
    } else if year < 0 {
        write!(f, "-{:04}", -year)
    } else {
        write!(f, "{year:04}")
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.precision {
            Precision::Decade => write!(f, "{:03}X", self.year / 10)?,
            Precision::Century => write!(f, "{:02}XX", self.year / 100)?,
            _ => write_year(f, self.year)?,
        }
        match self.precision {
            Precision::Day => write!(f, "-{:02}-{:02}", self.month, self.day)?,
            Precision::Month | Precision::Season => write!(f, "-{:02}", self.month)?,
            Precision::DayUnspecified => write!(f, "-{:02}-XX", self.month)?,
            Precision::MonthUnspecified => f.write_str("-XX")?,
            Precision::MonthAndDayUnspecified => f.write_str("-XX-XX")?,
            Precision::Year | Precision::Decade | Precision::Century => {}
        }
        f.write_str(match self.qualifier {
            Qualifier::None => "",
            Qualifier::Uncertain => "?",
            Qualifier::Approximate => "~",
            Qualifier::Both => "%",
        })
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartialDate::Single(point) => point.fmt(f),
            PartialDate::Interval(first, last) => {
                let end = |f: &mut fmt::Formatter<'_>, end: &End| match end {
                    End::At(point) => point.fmt(f),
                    End::Open => f.write_str(".."),
                    End::Unknown => Ok(()),
                };
                end(f, first)?;
                f.write_str("/")?;
                end(f, last)
            }
            PartialDate::OneOf(first, last) => {
                f.write_str("[")?;
                if let End::At(point) = first {
                    point.fmt(f)?;
                }
                f.write_str("..")?;
                if let End::At(point) = last {
                    point.fmt(f)?;
                }
                f.write_str("]")
            }
        }
    }
}

#[cfg(test)]
mod month_tests {
    use super::Day;

    #[test]
    fn months_later_keep_the_day_where_there_is_one() {
        for (day, months, later) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2026-11-21", 3, "2027-02-21"),
            ("2026-11-21", -12, "2025-11-21"),
            ("2026-01-15", -1, "2025-12-15"),
            ("2014-02-28", 144, "2026-02-28"),
        ] {
            let day: Day = day.parse().expect(day);
            assert_eq!(day.months_after(months).to_string(), later);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> PartialDate {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn every_form_reads_and_writes_back() {
        for text in [
            "1961",
            "1961-03",
            "1961-03-12",
            "196X",
            "19XX",
            "1961-XX",
            "1961-XX-XX",
            "1961-03-XX",
            "1961~",
            "1961?",
            "1961%",
            "1961-03~",
            "1961-21",
            "-0044",
            "0000",
            "Y17000",
            "Y-17000",
            "1964/2008",
            "2004-02-01/2005",
            "1985/..",
            "../1985",
            "1985/",
            "/1985",
            "1984?/2004~",
            "[..1970]",
            "[1970..]",
            "[1965..1970]",
            "[1965-03-01..1970]",
        ] {
            assert_eq!(date(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_date_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", "it is empty"),
            ("1961-02-31", "there is no such day"),
            ("1900-02-29", "there is no such day"),
            ("1961-13", "there is no such month"),
            ("1961-00", "there is no such month"),
            ("[..]", "a set needs at least one end"),
            (
                "[1970..1965]",
                "the first date of the set lies after the last",
            ),
            ("2008/1964", "the stretch of time ends before it begins"),
            ("../..", "a stretch of time needs at least one end"),
            ("1961-03-12T10:00", "times of day are not kept"),
            ("Y99999999", "the year is too far off"),
            ("1961-XX-12", "a day needs its month"),
        ] {
            assert_eq!(
                text.parse::<PartialDate>().map_err(|error| error.reason),
                Err(reason),
                "{text}"
            );
        }
        for text in [
            "about 1961",
            "61",
            "1961-3",
            "12/03/1961",
            "1961-03-12-01",
            "19é1",
            "+961",
            "[1965",
            "X",
            "----",
            "~",
        ] {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }

    #[test]
    fn comparisons_are_three_valued() {
        assert_eq!(date("1960").before(date("1961")), Truth::Yes);
        assert_eq!(date("1961").before(date("1960")), Truth::No);
        assert_eq!(date("1961").before(date("1961-06")), Truth::Unknown);
        assert_eq!(date("1960~").before(date("1961")), Truth::Unknown);
        assert_eq!(date("1950~").before(date("1961")), Truth::Yes);
        assert_eq!(date("[..1970]").before(date("1971")), Truth::Yes);
        assert_eq!(date("[1970..]").before(date("1971")), Truth::Unknown);
        assert_eq!(date("[1972..]").before(date("1971")), Truth::No);
    }

    #[test]
    fn ages_are_whole_years_and_keep_their_doubt() {
        let day = Day::from_ymd(2026, 11, 21).unwrap();
        assert_eq!(date("2007-11-21").is_aged_at_least(19, day), Truth::Yes);
        assert_eq!(date("2007-11-22").is_aged_at_least(19, day), Truth::No);
        assert_eq!(date("2007").is_aged_at_least(19, day), Truth::Unknown);
        assert_eq!(date("2008").is_aged_at_least(19, day), Truth::No);
        assert_eq!(date("2004~").is_aged_at_least(19, day), Truth::Yes);
        assert_eq!(date("2006~").is_aged_at_least(19, day), Truth::Unknown);
        assert_eq!(
            date("[..1970]").age_on(day),
            AgeRange {
                least: Some(55),
                greatest: None
            }
        );
    }

    proptest! {
        #[test]
        fn days_convert_both_ways(number in -10_000_000i32..10_000_000) {
            let (year, month, day) = Day(number).ymd();
            prop_assert_eq!(Day::from_ymd(year, month, day), Some(Day(number)));
        }

        #[test]
        fn any_text_is_read_or_refused_without_panic(text in "\\PC{0,24}") {
            if let Ok(date) = text.parse::<PartialDate>() {
                prop_assert_eq!(date.to_string().parse::<PartialDate>(), Ok(date));
            }
        }

        #[test]
        fn before_is_never_true_both_ways(a in -3000i32..3000, b in -3000i32..3000) {
            let (first, second) = (PartialDate::from_year(a), PartialDate::from_year(b));
            prop_assert!(!(first.before(second) == Truth::Yes && second.before(first) == Truth::Yes));
        }
    }
}
