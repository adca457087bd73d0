//! A date in words, for people.

use super::date::{End, PartialDate, Point, Precision, Qualifier};

impl PartialDate {
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
