//! Dates as linkage compares them: the parts as written, also where they make no day ("1956-13-40" keeps its
//! digits), and the years that a vague date may lie in.

use crate::model::partial_date::{PartialDate, Point, Precision};
use serde::{Deserialize, Serialize};

/// A date with its parts; zero where a part is not known. Vague dates have only the span of years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LinkDate {
    pub year: u16,
    pub month: u8,
    pub day: u8,
    /// First and last year that it may be.
    pub first: u16,
    pub last: u16,
}

impl LinkDate {
    pub fn from_parts(year: u16, month: u8, day: u8) -> LinkDate {
        LinkDate {
            year,
            month,
            day,
            first: year,
            last: year,
        }
    }

    /// A date of the model. Years before the first are not compared.
    pub fn from_partial(date: PartialDate) -> Option<LinkDate> {
        if let PartialDate::Single(point) = date
            && let Some(date) = exact_parts(point)
        {
            return Some(date);
        }
        let (first, last) = date.possible_days();
        let first = u16::try_from(first?.ymd().0).ok()?;
        let last = u16::try_from(last?.ymd().0).ok()?;
        let year = if first == last { first } else { 0 };
        Some(LinkDate {
            year,
            month: 0,
            day: 0,
            first,
            last,
        })
    }

    /// Reads `19560409`, `1956-04-09`, `09/04/1956`, a year, or EDTF. Nothing where it is none of these.
    pub fn read(text: &str) -> Option<LinkDate> {
        let text = text.trim();
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
        let number = |digits: &[u8]| {
            digits.iter().fold(0_u16, |number, digit| {
                number
                    .wrapping_mul(10)
                    .wrapping_add(u16::from(digit - b'0'))
            })
        };
        let separators: Vec<usize> = text
            .match_indices(['-', '/', '.', ' '])
            .map(|(place, _)| place)
            .collect();
        let only_digits = digits.len() + separators.len() == text.len();
        if only_digits && digits.len() == 8 {
            let day_first = separators == [2, 5];
            let (year, month, day) = match separators.as_slice() {
                _ if day_first => (&digits[4..], &digits[2..4], &digits[..2]),
                [] | [4, 7] => (&digits[..4], &digits[4..6], &digits[6..]),
                _ => return None,
            };
            let year = number(year);
            return (year > 0)
                .then(|| LinkDate::from_parts(year, number(month) as u8, number(day) as u8));
        }
        LinkDate::from_partial(text.parse().ok()?)
    }

    pub fn is_whole(self) -> bool {
        self.day != 0 && self.month != 0 && self.year != 0
    }

    /// Days since a fixed day, roughly, for whole dates: good to two days.
    pub fn rough_day(self) -> i32 {
        i32::from(self.year) * 365
            + i32::from(self.year) / 4
            + (i32::from(self.month) * 3044) / 100
            + i32::from(self.day)
    }

    /// The eight digits of a whole date.
    pub fn digits(self) -> [u8; 8] {
        let mut digits = [0; 8];
        let mut rest =
            u32::from(self.year) * 10_000 + u32::from(self.month) * 100 + u32::from(self.day);
        for digit in digits.iter_mut().rev() {
            *digit = (rest % 10) as u8;
            rest /= 10;
        }
        digits
    }

    /// In words for a reason: as EDTF writes it.
    pub fn words(self) -> String {
        match (self.year, self.month, self.day) {
            (0, ..) => format!("{}..{}", self.first, self.last),
            (year, 0, _) => format!("{year:04}"),
            (year, month, 0) => format!("{year:04}-{month:02}"),
            (year, month, day) => format!("{year:04}-{month:02}-{day:02}"),
        }
    }
}

fn exact_parts(point: Point) -> Option<LinkDate> {
    let year = u16::try_from(point.year).ok().filter(|year| *year > 0)?;
    match point.precision {
        Precision::Day => Some(LinkDate::from_parts(year, point.month, point.day)),
        Precision::Month | Precision::DayUnspecified => {
            Some(LinkDate::from_parts(year, point.month, 0))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        let whole = Some(LinkDate::from_parts(1956, 4, 9));
        for text in ["19560409", "1956-04-09", "09/04/1956", " 1956-04-09 "] {
            assert_eq!(LinkDate::read(text), whole, "{text}");
        }
        assert_eq!(
            LinkDate::read("1956"),
            Some(LinkDate::from_parts(1956, 0, 0))
        );
        assert_eq!(
            LinkDate::read("1956-04"),
            Some(LinkDate::from_parts(1956, 4, 0))
        );
        let decade = LinkDate::read("195X").expect("a decade");
        assert_eq!((decade.year, decade.first, decade.last), (0, 1950, 1959));
        assert_eq!(LinkDate::read("unknown"), None);
        assert_eq!(
            LinkDate::read("19561340").map(LinkDate::digits),
            Some([1, 9, 5, 6, 1, 3, 4, 0])
        );
    }
}
