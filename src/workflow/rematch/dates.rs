//! What comes with a date: birthdays, ends of ties and approvals, dates to ask again.

use crate::model::partial_date::{Day, PartialDate};
use crate::model::rematch::DateKind;
use crate::model::statement::{Fact, Statement};

/// The days after one and up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub after: Day,
    pub until: Day,
}

impl Days {
    fn contains(self, day: Day) -> bool {
        self.after < day && day <= self.until
    }
}

/// What a statement says that came to pass in these days.
pub fn came_to_pass(statement: &Statement, days: Days) -> Vec<(DateKind, Day)> {
    let evidence = &statement.evidence;
    let mut dates = vec![
        (DateKind::Begins, evidence.valid_from),
        (DateKind::Ends, evidence.valid_to),
    ];
    match &statement.fact {
        Fact::Screening(screening) => {
            dates.push((DateKind::Dated, screening.date));
            dates.push((DateKind::Expires, screening.expires));
        }
        Fact::Outreach(outreach) => {
            dates.push((DateKind::Dated, outreach.date));
            dates.push((DateKind::AskAgain, outreach.ask_again));
        }
        Fact::WaitingFamily(family) => {
            dates.push((DateKind::Dated, family.approved_on));
            dates.push((DateKind::Expires, family.approval_expires));
            dates.push((DateKind::Dated, family.last_confirmed));
        }
        Fact::Case(case) => {
            dates.push((DateKind::Dated, case.legal_status_date));
            dates.push((DateKind::Dated, case.in_care_since));
        }
        Fact::Death(death) => dates.push((DateKind::Dated, death.date)),
        _ => {}
    }
    let mut found: Vec<(DateKind, Day)> = dates
        .into_iter()
        .filter_map(|(kind, date)| Some((kind, turn(date?, days)?)))
        .collect();
    if let Fact::Birth {
        date: Some(date), ..
    } = &statement.fact
    {
        found.extend(birthday(*date, days).map(|day| (DateKind::Birthday, day)));
    }
    found
}

/// The first of these days on which more is known of whether a date has come: its first or last possible day, or the day
/// after.
fn turn(date: PartialDate, days: Days) -> Option<Day> {
    let (first, last) = date.possible_days();
    let turns = [first, last, last.map(|last| Day(last.0.saturating_add(1)))];
    turns
        .into_iter()
        .flatten()
        .filter(|day| days.contains(*day))
        .min()
}

/// The first of these days on which somebody may become, or is surely, a year older.
fn birthday(birth: PartialDate, days: Days) -> Option<Day> {
    let (first, last) = birth.possible_days();
    let (from, until) = (days.after.ymd().0, days.until.ymd().0);
    let mut found: Option<Day> = None;
    for born in [first, last].into_iter().flatten() {
        let (_, month, day) = born.ymd();
        for year in from..=until {
            // Whoever was born on 29 February is a year older on 1 March.
            let day = Day::from_ymd(year, month, day).or_else(|| Day::from_ymd(year, 3, 1));
            let day = day.filter(|day| days.contains(*day));
            found = found.into_iter().chain(day).min();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        let date: PartialDate = text.parse().expect("a date");
        date.possible_days().0.expect("a day")
    }

    fn days(after: &str, until: &str) -> Days {
        Days {
            after: day(after),
            until: day(until),
        }
    }

    #[test]
    fn birthdays_fall_once_a_year() {
        let birthday_of = |birth: &str, days| birthday(birth.parse().expect("a date"), days);
        let night = days("2026-05-13", "2026-05-14");
        assert_eq!(birthday_of("2008-05-14", night), Some(day("2026-05-14")));
        assert_eq!(birthday_of("2008-05-15", night), None);
        assert_eq!(birthday_of("2008-05-13", night), None);
        let over_new_year = days("2026-12-31", "2027-01-01");
        assert_eq!(
            birthday_of("2009-01-01", over_new_year),
            Some(day("2027-01-01"))
        );
        let march = days("2027-02-28", "2027-03-01");
        assert_eq!(birthday_of("2008-02-29", march), Some(day("2027-03-01")));
    }

    #[test]
    fn a_date_turns_when_it_begins_and_when_it_is_over() {
        let until: PartialDate = "2026-05-14".parse().expect("a date");
        assert_eq!(
            turn(until, days("2026-05-13", "2026-05-14")),
            Some(day("2026-05-14"))
        );
        assert_eq!(
            turn(until, days("2026-05-14", "2026-05-15")),
            Some(day("2026-05-15"))
        );
        assert_eq!(turn(until, days("2026-05-15", "2026-05-16")), None);
    }
}
