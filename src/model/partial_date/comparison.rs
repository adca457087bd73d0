//! What a date allows: its first and last day, before and after, ages. Unknown is a third answer.

use super::date::{End, PartialDate, Point, Precision, Qualifier};
use super::day::{Day, days_in_month};

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

/// By how many years "about" may be off when only years are compared. A person "about 60" may be 58 or 62.
const ABOUT_YEARS: i32 = 2;
/// By how many days "about" may be off when a month or day is given.
const ABOUT_DAYS: i32 = 31;
/// By how many years a doubtful date may be off. A rule of thumb of ours: beyond it we still trust the order.
const DOUBTFUL_YEARS: i32 = 5;

impl Point {
    /// First and last day as written, without regard to the qualifier.
    pub(super) fn written_span(self) -> (Day, Day) {
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
}
