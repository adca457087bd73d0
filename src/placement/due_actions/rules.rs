//! The rules of what is due as they stand in a file.

use crate::model::partial_date::Day;
use crate::placement::rule_file::Applies;
use serde::Deserialize;

/// One file: what is due in a jurisdiction.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueRules {
    pub id: String,
    pub version: String,
    pub title: String,
    pub jurisdiction: String,
    pub citation: String,
    #[serde(default)]
    pub to_be_checked: Vec<String>,
    pub applies: Applies,
    /// The legal statuses from which on a child waits for a permanent family.
    #[serde(default)]
    pub waiting_statuses: Vec<String>,
    #[serde(rename = "action")]
    pub actions: Vec<ActionRule>,
}

/// One thing that becomes due.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionRule {
    pub id: String,
    pub title: String,
    pub citation: String,
    pub counted_from: CountedFrom,
    /// This long after the date from which it is counted; the parts add up. Negative: before it.
    #[serde(default)]
    pub years: i16,
    #[serde(default)]
    pub months: i16,
    #[serde(default)]
    pub days: i16,
    /// At the age of majority of the case's placement order, instead of a number of years.
    #[serde(default)]
    pub at_majority: bool,
    /// Again and again, this often.
    pub repeat_months: Option<u16>,
    /// From when it can be done, in months after the date from which it is counted.
    pub window_from_months: Option<u16>,
    /// What shows that it was done.
    pub done: Option<Done>,
    /// Something changes on that day; once it is past, nothing is left to do.
    #[serde(default)]
    pub only_changes: bool,
}

/// From which date something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedFrom {
    InCareSince,
    LegalStatusDate,
    ChildBirth,
    /// When to ask again, of each outreach that gives a date.
    OutreachAskAgain,
    /// When somebody was asked who has not answered, of each outreach that gives no date to ask again.
    OutreachUnanswered,
    /// The last critical juncture after somebody said no or did not answer.
    Juncture,
    /// Of each waiting family that the case has been in touch with.
    ApprovalExpires,
    /// Of each person whom the case has been in touch with.
    ScreeningExpires,
}

/// What shows that something was done.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    PrimaryGoalRecorded,
    ConcurrentGoalRecorded,
    /// An outreach for notice that went beyond a plan.
    NoticeSent,
    /// A note on the case or the child: "decision: KEY = yes".
    Noted(String),
}

impl ActionRule {
    /// The day that it is due, counted from a day.
    pub fn after(&self, day: Day, age_of_majority: u8) -> Day {
        let years = match self.at_majority {
            true => i32::from(age_of_majority),
            false => i32::from(self.years),
        };
        let day = day.months_after(years * 12 + i32::from(self.months));
        Day(day.0 + i32::from(self.days))
    }
}
