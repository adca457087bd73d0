//! Days of the simulated past, and how they get into files: exactly, or as vaguely as people remember them.

use super::dice::Dice;
use crate::model::partial_date::Day;

/// The day on which the sample community is described: 2026-11-01.
pub const TODAY: Day = Day(20_758);

/// This many days make so many years.
pub fn years(years: f64) -> i32 {
    (years * 365.25) as i32
}

/// A chance number of days between two ages or spans given in years.
pub fn span(dice: &mut Dice, low: f64, high: f64) -> i32 {
    dice.between(years(low), years(high))
}

/// The later by this many days.
pub fn later(day: Day, days: i32) -> Day {
    Day(day.0.saturating_add(days))
}

/// Whole years from one day to another.
pub fn years_between(from: Day, to: Day) -> i32 {
    ((f64::from(to.0) - f64::from(from.0)) / 365.25).floor() as i32
}

pub fn year_of(day: Day) -> i32 {
    day.ymd().0
}

/// The day as `1961-03-12`.
pub fn exact(day: Day) -> String {
    let (year, month, day) = day.ymd();
    format!("{year:04}-{month:02}-{day:02}")
}

/// The day's month as `1961-03`.
pub fn month(day: Day) -> String {
    let (year, month, _) = day.ymd();
    format!("{year:04}-{month:02}")
}

/// The day as remembered: the older, the vaguer. What is written always holds the true day, except that `1961~`
/// may be a year or two out.
pub fn remembered(day: Day, dice: &mut Dice) -> String {
    let age = f64::from(years_between(day, TODAY).max(0));
    let exact_share = (0.95 - age * 0.006).max(0.25);
    let roll = dice.share();
    let year = year_of(day);
    if roll < exact_share {
        return exact(day);
    }
    let rest = (roll - exact_share) / (1.0 - exact_share);
    match (rest * 100.0) as u32 {
        0..=39 => format!("{year:04}"),
        40..=54 => month(day),
        55..=74 => format!("{year:04}~"),
        75..=81 => format!("{year:04}?"),
        82..=89 => format!("{:03}X", year / 10),
        90..=94 => format!(
            "[{}..{}]",
            year - dice.between(0, 2),
            year + dice.between(1, 3)
        ),
        _ => String::new(),
    }
}
