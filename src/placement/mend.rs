//! What would take away a rule that excludes a person: time, a new answer, or a decision. Worked out as a small value;
//! words are made only where they are shown.

use super::when::when;
use crate::model::absence::{Change, ChangeKind};
use crate::model::neighborhood::Node;
use crate::model::partial_date::{Day, PartialDate, Truth};

/// What takes a rule away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mend {
    /// Nothing that can be recorded, unless the record is wrong.
    Nothing,
    Born(Day),
    OfAge {
        majority: u8,
        from: Day,
    },
    AskAgain(Day),
    NewAnswer,
    BarLifted,
    NoContactEnded,
    ExceptionEnded,
    RightsRestored,
}

impl Mend {
    /// The day from which time alone does it.
    pub fn by_time(self) -> Option<Day> {
        match self {
            Mend::Born(day) | Mend::OfAge { from: day, .. } | Mend::AskAgain(day) => Some(day),
            _ => None,
        }
    }

    /// What is told of it.
    pub fn change(self, node: &Node, as_of: Day) -> Option<Change> {
        let (kind, words) = match self {
            Mend::Nothing => return None,
            Mend::Born(day) => (ChangeKind::Time, format!("born {}", on(day))),
            Mend::OfAge { majority, from } => {
                (ChangeKind::Time, of_age(node.birth, majority, from, as_of))
            }
            Mend::AskAgain(day) => (
                ChangeKind::Time,
                format!("ask again from {}", words_of(day)),
            ),
            Mend::NewAnswer => (
                ChangeKind::Answer,
                "ask again; no date for that is recorded, so only their own new answer counts"
                    .to_owned(),
            ),
            Mend::BarLifted => decided("whoever barred them would have to lift the bar"),
            Mend::NoContactEnded => {
                decided("the no-contact order or declaration would have to end")
            }
            Mend::ExceptionEnded => decided("the exception to notice would have to end"),
            Mend::RightsRestored => decided("a court would have to restore their rights"),
        };
        Some(Change {
            kind,
            words,
            from: self.by_time(),
        })
    }
}

fn decided(words: &str) -> (ChangeKind, String) {
    (ChangeKind::Decision, words.to_owned())
}

fn words_of(day: Day) -> String {
    PartialDate::from_day(day).in_words()
}

fn on(day: Day) -> String {
    when(PartialDate::from_day(day))
}

/// "is 17 years 4 months; 18 on 3 March 2027".
fn of_age(birth: Option<PartialDate>, majority: u8, from: Day, as_of: Day) -> String {
    let days = birth.map_or((None, None), PartialDate::possible_days);
    match days {
        (Some(first), Some(last)) if first == last => {
            format!("{}; {majority} {}", age_words(first, as_of), on(from))
        }
        _ => format!("may be {majority} from {} at the earliest", words_of(from)),
    }
}

/// "is 17 years 4 months", "is not born yet".
fn age_words(born: Day, as_of: Day) -> String {
    if born > as_of {
        return "is not born yet".to_owned();
    }
    format!("is {}", age_in_months(born, as_of))
}

/// "9 years 7 months", "1 year", "3 months".
pub fn age_in_months(born: Day, as_of: Day) -> String {
    let ((year, month, day), (born_year, born_month, born_day)) = (as_of.ymd(), born.ymd());
    let months = (year - born_year) * 12 + i32::from(month)
        - i32::from(born_month)
        - i32::from(day < born_day);
    let part = |count: i32, one: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    };
    match (months / 12, months % 12) {
        (0, months) => part(months, "month"),
        (years, 0) => part(years, "year"),
        (years, months) => format!("{} {}", part(years, "year"), part(months, "month")),
    }
}

/// The first day on which somebody born at this date may be of an age: then the answer is no longer no.
pub fn first_day_aged(birth: PartialDate, years: u8) -> Option<Day> {
    let born = birth.possible_days().0?;
    let is_too_young = |day: Day| birth.is_aged_at_least(years, day) == Truth::No;
    // A birthday on 29 February falls on 1 March in other years.
    let mut day = born.months_after(i32::from(years) * 12);
    while is_too_young(day) {
        day = Day(day.0 + 1);
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect(text)
    }

    fn date(text: &str) -> PartialDate {
        text.parse().expect(text)
    }

    #[test]
    fn the_first_day_of_an_age_is_the_first_that_is_not_refused() {
        for (born, first) in [
            ("2010-03-02", "2028-03-02"),
            ("2012-02-29", "2030-03-01"),
            ("2010", "2028-01-01"),
            ("2010-12", "2028-12-01"),
        ] {
            let found = first_day_aged(date(born), 18).expect(born);
            assert_eq!(found, day(first), "{born}");
            assert_eq!(date(born).is_aged_at_least(18, Day(found.0 - 1)), Truth::No);
            assert_ne!(date(born).is_aged_at_least(18, found), Truth::No);
        }
        assert_eq!(first_day_aged(date("[..2010]"), 18), None);
    }

    #[test]
    fn ages_are_told_to_the_month() {
        let today = day("2026-11-21");
        for (born, words) in [
            ("2009-07-01", "17 years 4 months"),
            ("2009-07-22", "17 years 3 months"),
            ("2025-11-21", "1 year"),
            ("2025-10-21", "1 year 1 month"),
            ("2026-11-20", "0 months"),
        ] {
            assert_eq!(age_in_months(day(born), today), words);
        }
        assert_eq!(
            of_age(Some(date("2009-07-01")), 18, day("2027-07-01"), today),
            "is 17 years 4 months; 18 on 1 July 2027"
        );
        assert_eq!(
            of_age(Some(date("2009")), 18, day("2027-01-01"), today),
            "may be 18 from 1 January 2027 at the earliest"
        );
    }
}
