//! A birth date as the search index holds it, and how two of them agree.

use crate::model::partial_date::{Day, PartialDate};

/// Months and days are 0 where they are not known; then the years say between which it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BirthColumn {
    pub first_year: i16,
    pub last_year: i16,
    pub month: u8,
    pub day: u8,
}

/// How two dates of birth agree, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BirthAgreement {
    SameDay,
    /// Day and month were exchanged.
    Exchanged,
    SameMonth,
    /// Year and day of the month, in another month.
    SameYearAndDay,
    /// Another year.
    SameMonthAndDay,
    /// Only years are known on one side, and they are the same.
    SameYear,
    /// Both are known to the day; only the year is the same.
    OnlyYear,
    /// A span of years in which the other lies.
    WithinYears,
    NextYear,
    FewYears,
    Different,
}

/// Longer spans say nothing that helps to find somebody.
const WIDEST: i16 = 25;
const FEW_YEARS: i16 = 5;

impl BirthColumn {
    /// Nothing for dates without bounds, or too wide to help.
    pub fn of(date: PartialDate) -> Option<BirthColumn> {
        let (first, last) = date.possible_days();
        let (first, last) = (first?, last?);
        let (year, month, day) = first.ymd();
        let (last_year, last_month, _) = last.ymd();
        let same_month = (year, month) == (last_year, last_month);
        let column = BirthColumn {
            first_year: i16::try_from(year).ok()?,
            last_year: i16::try_from(last_year).ok()?,
            month: if same_month { month } else { 0 },
            day: if first == last { day } else { 0 },
        };
        (column.width() <= WIDEST).then_some(column)
    }

    /// The day, where it is known.
    pub fn whole_day(self) -> Option<Day> {
        (self.day != 0)
            .then(|| Day::from_ymd(i32::from(self.first_year), self.month, self.day))
            .flatten()
    }

    /// The day with day and month exchanged, where that is another day of the calendar.
    pub fn exchanged(self) -> Option<Day> {
        (self.day != 0 && self.day != self.month)
            .then(|| Day::from_ymd(i32::from(self.first_year), self.day, self.month))
            .flatten()
    }

    /// How many years lie between the bounds.
    pub fn width(self) -> i16 {
        self.last_year.saturating_sub(self.first_year)
    }

    pub fn agreement(self, other: BirthColumn) -> BirthAgreement {
        use BirthAgreement as A;
        let apart = self.years_apart(other);
        if self.day != 0 && other.day != 0 {
            let (month, day) = (self.month == other.month, self.day == other.day);
            return match (apart, month, day) {
                (0, true, true) => A::SameDay,
                (0, ..) if self.month == other.day && self.day == other.month => A::Exchanged,
                (0, true, false) => A::SameMonth,
                (0, false, true) => A::SameYearAndDay,
                (_, true, true) => A::SameMonthAndDay,
                (0, false, false) => A::OnlyYear,
                (years, ..) => by_years(years),
            };
        }
        if apart == 0 && self.month != 0 && other.month != 0 {
            return if self.month == other.month {
                A::SameMonth
            } else {
                A::OnlyYear
            };
        }
        match apart {
            0 if self.width() == 0 && other.width() == 0 => A::SameYear,
            0 => A::WithinYears,
            years => by_years(years),
        }
    }

    fn years_apart(self, other: BirthColumn) -> i16 {
        if self.first_year > other.last_year {
            self.first_year.saturating_sub(other.last_year)
        } else {
            other.first_year.saturating_sub(self.last_year).max(0)
        }
    }
}

fn by_years(apart: i16) -> BirthAgreement {
    match apart {
        ..=1 => BirthAgreement::NextYear,
        2..=FEW_YEARS => BirthAgreement::FewYears,
        _ => BirthAgreement::Different,
    }
}

#[cfg(test)]
mod tests {
    use super::BirthAgreement as A;
    use super::*;

    fn column(edtf: &str) -> BirthColumn {
        BirthColumn::of(edtf.parse().unwrap()).unwrap()
    }

    #[test]
    fn dates_agree_as_people_mistake_them() {
        for (a, b, expected) in [
            ("1961-03-12", "1961-03-12", A::SameDay),
            ("1961-03-12", "1961-12-03", A::Exchanged),
            ("1961-03-12", "1961-03-13", A::SameMonth),
            ("1961-03-12", "1961-04-12", A::SameYearAndDay),
            ("1961-03-12", "1916-03-12", A::SameMonthAndDay),
            ("1961-03-12", "1961", A::SameYear),
            ("1961-03-12", "1961-07-01", A::OnlyYear),
            ("1961-03-12", "1961-03", A::SameMonth),
            ("1961-03-12", "196X", A::WithinYears),
            ("1961-03-12", "1961~", A::WithinYears),
            ("1961", "1962", A::NextYear),
            ("1961", "1965", A::FewYears),
            ("1961", "1985", A::Different),
        ] {
            assert_eq!(column(a).agreement(column(b)), expected, "{a} {b}");
            assert_eq!(column(b).agreement(column(a)), expected, "{b} {a}");
        }
    }

    #[test]
    fn dates_without_bounds_are_left_out() {
        for open in ["[..1970]", "1960/..", "18XX"] {
            assert_eq!(BirthColumn::of(open.parse().unwrap()), None, "{open}");
        }
    }
}
