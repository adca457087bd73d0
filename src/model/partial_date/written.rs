//! Dates read and written in the Extended Date/Time Format.

use super::date::{End, PartialDate, Point, Precision, Qualifier};
use super::day::{Day, MAX_YEAR, days_in_month};
use std::fmt;
use std::str::FromStr;

/// Text that is not a date in the forms we read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a date: {reason}")]
pub struct InvalidDate {
    pub text: String,
    pub reason: &'static str,
}

impl InvalidDate {
    pub(super) fn new(text: &str, reason: &'static str) -> InvalidDate {
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
