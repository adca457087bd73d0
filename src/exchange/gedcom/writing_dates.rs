//! EDTF dates in GEDCOM's forms. What these cannot say (a season, an unknown decade) becomes the range that it spans.

use super::dates::step;
use super::writer::Version;
use crate::model::partial_date::{End, PartialDate, Point, Precision, Qualifier};

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// The value of a DATE line; nothing if no form can say it.
pub fn gedcom_date(date: PartialDate, version: Version) -> Option<String> {
    let plain = |point: Point| plain(point, version);
    match date {
        PartialDate::Single(point) => single(point, version),
        PartialDate::Interval(first, last) => match (first, last) {
            (End::At(first), End::At(last)) => {
                Some(format!("FROM {} TO {}", plain(first)?, plain(last)?))
            }
            (End::At(first), _) => Some(format!("FROM {}", plain(first)?)),
            (_, End::At(last)) => Some(format!("TO {}", plain(last)?)),
            _ => None,
        },
        PartialDate::OneOf(first, last) => match (first, last) {
            (End::At(first), End::At(last)) => {
                Some(format!("BET {} AND {}", plain(first)?, plain(last)?))
            }
            // Reading takes the day before "BEF" and the day after "AFT".
            (End::At(first), _) => Some(format!("AFT {}", plain(step(first, -1).ok()?)?)),
            (_, End::At(last)) => Some(format!("BEF {}", plain(step(last, 1).ok()?)?)),
            _ => None,
        },
    }
}

fn single(point: Point, version: Version) -> Option<String> {
    let between = |first: Point, last: Point| {
        Some(format!(
            "BET {} AND {}",
            plain(first, version)?,
            plain(last, version)?
        ))
    };
    let year = |year| Point {
        year,
        precision: Precision::Year,
        ..point
    };
    let month = |year, month| Point {
        year,
        month,
        precision: Precision::Month,
        ..point
    };
    match point.precision {
        Precision::Decade => between(year(point.year), year(point.year + 9)),
        Precision::Century => between(year(point.year), year(point.year + 99)),
        Precision::Season => {
            let first = 3 * point.month.checked_sub(20)?;
            let end = if first == 12 {
                month(point.year + 1, 2)
            } else {
                month(point.year, first + 2)
            };
            between(month(point.year, first), end)
        }
        _ => {
            let text = plain(point, version)?;
            Some(match point.qualifier {
                Qualifier::None => text,
                Qualifier::Uncertain => format!("EST {text}"),
                Qualifier::Approximate | Qualifier::Both => format!("ABT {text}"),
            })
        }
    }
}

/// Day, month and year as far as they are known.
fn plain(point: Point, version: Version) -> Option<String> {
    if point.year.abs() > 9999 {
        return None;
    }
    let year = if point.year > 0 {
        point.year.to_string()
    } else {
        let before = 1 - point.year;
        match version {
            Version::V5 => format!("{before} B.C."),
            Version::V7 => format!("{before} BCE"),
        }
    };
    let month = || {
        MONTHS
            .get(usize::from(point.month.checked_sub(1)?))
            .copied()
    };
    Some(match point.precision {
        Precision::Day => format!("{} {} {year}", point.day, month()?),
        Precision::Month | Precision::DayUnspecified => format!("{} {year}", month()?),
        _ => year,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::gedcom::read_date;

    #[test]
    fn dates_read_back() {
        for text in [
            "1961",
            "1961-03",
            "1961-03-12",
            "1961~",
            "1961-03~",
            "-0043",
            "1964/2008",
            "1985/..",
            "/1985",
            "[..1970]",
            "[1970..]",
            "[1965..1970]",
            "[..1961-03-11]",
            "[1965-03-01..1970]",
        ] {
            let date: PartialDate = text.parse().unwrap();
            for version in [Version::V5, Version::V7] {
                let written = gedcom_date(date, version).unwrap();
                assert_eq!(read_date(&written).date, Some(date), "{text}: {written}");
            }
        }
    }

    #[test]
    fn what_has_no_form_becomes_its_range() {
        for (text, written) in [
            ("196X", "BET 1960 AND 1969"),
            ("1961-21", "BET MAR 1961 AND MAY 1961"),
            ("1961-24", "BET DEC 1961 AND FEB 1962"),
            ("1961-XX", "1961"),
            ("1961?", "EST 1961"),
        ] {
            let date: PartialDate = text.parse().unwrap();
            assert_eq!(gedcom_date(date, Version::V5).as_deref(), Some(written));
        }
    }
}
