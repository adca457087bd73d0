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
    use crate::exchange::gedcom::conform::is_date_7;
    use crate::exchange::gedcom::read_date;
    use proptest::prelude::*;

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

    #[test]
    fn what_was_written_in_a_file_is_written_again() {
        for (text, in_5, in_7) in [
            ("@#DGREGORIAN@ 12 MAR 1961", "12 MAR 1961", "12 MAR 1961"),
            (
                "Bet 1130 and 1140",
                "BET 1130 AND 1140",
                "BET 1130 AND 1140",
            ),
            (
                "from 1950 to 1980",
                "FROM 1950 TO 1980",
                "FROM 1950 TO 1980",
            ),
            ("FROM 1950", "FROM 1950", "FROM 1950"),
            ("TO MAR 1980", "TO MAR 1980", "TO MAR 1980"),
            ("aft 31 dec 1960", "AFT 31 DEC 1960", "AFT 31 DEC 1960"),
            ("BEF 44 B.C.", "BEF 44 B.C.", "BEF 44 BCE"),
            ("CAL 1900", "ABT 1900", "ABT 1900"),
            ("8 JAN 1699/00", "8 JAN 1700", "8 JAN 1700"),
            ("@#DJULIAN@ 25 DEC 1700", "5 JAN 1701", "5 JAN 1701"),
        ] {
            let date = read_date(text).date.unwrap();
            assert_eq!(gedcom_date(date, Version::V5).as_deref(), Some(in_5));
            assert_eq!(gedcom_date(date, Version::V7).as_deref(), Some(in_7));
        }
    }

    fn points() -> impl Strategy<Value = Point> {
        let plain = (1..=9999i32, 0..=12u8, 0..=28u8);
        plain.prop_map(|(year, month, day)| {
            let (month, day, precision) = match (month, day) {
                (0, _) => (0, 0, Precision::Year),
                (_, 0) => (month, 0, Precision::Month),
                _ => (month, day, Precision::Day),
            };
            Point {
                year,
                month,
                day,
                precision,
                qualifier: Qualifier::None,
            }
        })
    }

    proptest! {
        #[test]
        fn edtf_goes_out_and_comes_back(first in points(), last in points(), form in 0..6) {
            let (first, last) = if first.year <= last.year { (first, last) } else { (last, first) };
            let date = match form {
                0 => PartialDate::Single(first),
                1 => PartialDate::Single(Point { qualifier: Qualifier::Approximate, ..first }),
                2 => PartialDate::Interval(End::At(first), End::Open),
                3 => PartialDate::Interval(End::Unknown, End::At(last)),
                4 => PartialDate::OneOf(End::At(last), End::Open),
                _ if first.year < last.year => PartialDate::OneOf(End::At(first), End::At(last)),
                _ => PartialDate::Single(last),
            };
            for version in [Version::V5, Version::V7] {
                let written = gedcom_date(date, version);
                prop_assert!(written.is_some(), "{}", date);
                let written = written.unwrap_or_default();
                prop_assert_eq!(read_date(&written).date, Some(date), "{}", written);
                prop_assert!(version == Version::V5 || is_date_7(&written), "{}", written);
            }
        }

        #[test]
        fn gedcom_comes_in_and_goes_out(
            form in "(ABT |CAL |EST |BEF |AFT |FROM |TO |)",
            day in 1..=28, month in 0..12usize, year in 2..9999,
        ) {
            let text = format!("{form}{day} {} {year}", MONTHS[month]);
            let date = read_date(&text).date;
            prop_assert!(date.is_some(), "{}", text);
            for version in [Version::V5, Version::V7] {
                let again = date.and_then(|date| gedcom_date(date, version)).unwrap_or_default();
                prop_assert_eq!(read_date(&again).date, date, "{} {}", text, again);
            }
        }
    }
}
