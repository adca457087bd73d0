//! Calendar days, counted.

use serde::{Deserialize, Serialize};

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
    pub(super) fn from_valid(year: i32, month: u8, day: u8) -> Day {
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

pub(super) const MAX_YEAR: i32 = 5_000_000;

fn is_leap(year: i32) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

pub(super) fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
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
