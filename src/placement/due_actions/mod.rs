//! What is due in a case, and when: the dates that law and practice give, from data (`data/due_actions/`), applied to the
//! dates that are recorded. A missing date is told; a date known in part gives the earliest and the latest day.

mod reading;
mod rules;

pub use rules::{ActionRule, CountedFrom, Done, DueRules};

use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::permanence::{DaysBetween, DueState};
use crate::placement::when::when;

/// What is recorded of one case. What is empty or `None` is unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseFacts {
    pub as_of: Day,
    pub in_care_since: Option<PartialDate>,
    pub legal_status: String,
    pub legal_status_date: Option<PartialDate>,
    pub child_birth: Option<PartialDate>,
    pub primary_goal: String,
    pub concurrent_goal: String,
    /// Whether any notice to relatives was sent.
    pub notice_sent: bool,
    /// Keys of decisions noted as done.
    pub noted: Vec<String>,
    /// In whole years, from the placement order.
    pub age_of_majority: u8,
    pub ask_again: Vec<Dated>,
    pub unanswered: Vec<Dated>,
    /// Of those who said no or did not answer, what happened since.
    pub junctures: Vec<Dated>,
    pub approvals: Vec<Dated>,
    pub screenings: Vec<Dated>,
}

/// A date of its own: of an outreach, a family's approval, a screening.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated {
    /// Whose: "Pine family", "June Reed, criminal record check".
    pub about: String,
    pub date: Option<PartialDate>,
}

/// One thing that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    pub id: String,
    pub title: String,
    pub about: String,
    pub citation: String,
    pub state: DueState,
    pub window_from: Option<Day>,
    pub due_from: Option<Day>,
    pub due_by: Option<Day>,
    pub because: String,
}

impl Due {
    /// The nearest first; what cannot be dated last. Among equals, the rule's id and whom it is about.
    pub fn nearness(&self) -> (bool, Option<Day>, Option<Day>, &str, &str) {
        let undated = self.due_from.is_none() && self.due_by.is_none();
        (
            undated,
            self.due_by.or(self.due_from),
            self.due_from,
            &self.id,
            &self.about,
        )
    }
}

/// Everything due under these rules, nearest first.
pub fn due_actions<'r>(
    rules: impl IntoIterator<Item = &'r DueRules>,
    facts: &CaseFacts,
) -> Vec<Due> {
    let actions = rules.into_iter().flat_map(|rules| &rules.actions);
    let mut due: Vec<Due> = actions.flat_map(|action| apply(action, facts)).collect();
    due.sort_by(|one, other| one.nearness().cmp(&other.nearness()));
    due
}

/// How long since a date.
pub fn days_since(date: PartialDate, as_of: Day) -> Option<DaysBetween> {
    let (first, last) = date.possible_days();
    let (first, last) = (first?, last?.min(as_of));
    (first <= as_of).then(|| DaysBetween {
        least: as_of.0 - last.0,
        greatest: as_of.0 - first.0,
    })
}

fn apply(action: &ActionRule, facts: &CaseFacts) -> Vec<Due> {
    if is_done(action, facts) {
        return Vec::new();
    }
    let alone =
        |what: &str, date: Option<PartialDate>| vec![(String::new(), what.to_owned(), date)];
    let each = |what: &str, dated: &[Dated]| {
        dated
            .iter()
            .map(|one| (one.about.clone(), what.to_owned(), one.date))
            .collect()
    };
    let counted: Vec<(String, String, Option<PartialDate>)> = match action.counted_from {
        CountedFrom::InCareSince => alone("date in care", facts.in_care_since),
        CountedFrom::LegalStatusDate => alone("date of the legal status", facts.legal_status_date),
        CountedFrom::ChildBirth => alone("the child's date of birth", facts.child_birth),
        CountedFrom::OutreachAskAgain => each("date to ask again", &facts.ask_again),
        CountedFrom::OutreachUnanswered => each("asked, without an answer", &facts.unanswered),
        CountedFrom::Juncture => each("since they were asked", &facts.junctures),
        CountedFrom::ApprovalExpires => each("end of the approval", &facts.approvals),
        CountedFrom::ScreeningExpires => each("end of the screening", &facts.screenings),
    };
    counted
        .into_iter()
        .filter_map(|(about, what, date)| match date {
            Some(date) => dated(action, facts, about, &what, date),
            None => Some(undated(action, about, &what)),
        })
        .collect()
}

fn is_done(action: &ActionRule, facts: &CaseFacts) -> bool {
    match &action.done {
        None => false,
        Some(Done::PrimaryGoalRecorded) => !facts.primary_goal.is_empty(),
        Some(Done::ConcurrentGoalRecorded) => !facts.concurrent_goal.is_empty(),
        Some(Done::NoticeSent) => facts.notice_sent,
        Some(Done::Noted(key)) => facts.noted.contains(key),
    }
}

fn undated(action: &ActionRule, about: String, what: &str) -> Due {
    Due {
        id: action.id.clone(),
        title: action.title.clone(),
        about,
        citation: action.citation.clone(),
        state: DueState::NeedsReview,
        window_from: None,
        due_from: None,
        due_by: None,
        because: format!("needs review: {what} not recorded"),
    }
}

fn dated(
    action: &ActionRule,
    facts: &CaseFacts,
    about: String,
    what: &str,
    date: PartialDate,
) -> Option<Due> {
    let as_of = facts.as_of;
    let (first, last) = date.possible_days();
    let after = |day: Day| action.after(day, facts.age_of_majority);
    let (mut due_from, mut due_by) = (first.map(after), last.map(after));
    let mut because = format!("{what}: {}", date.in_words());
    if let Some(months) = action.repeat_months {
        // Whether the earlier ones were kept is not recorded: the next one is told.
        let rounds = due_by.map_or(0, |day| rounds_until(day, months, as_of));
        let later = |day: Day| day.months_after(rounds * i32::from(months));
        if rounds > 0 {
            because.push_str(&format!(
                "; every {months} months, the last time due by {}: was it done?",
                due_by.map_or(String::new(), |day| {
                    PartialDate::from_day(day.months_after((rounds - 1) * i32::from(months)))
                        .in_words()
                })
            ));
        }
        (due_from, due_by) = (due_from.map(later), due_by.map(later));
    }
    if action.only_changes && due_by.is_some_and(|day| day < as_of) {
        return None;
    }
    let window_from = first
        .zip(action.window_from_months)
        .map(|(day, months)| day.months_after(i32::from(months)));
    let state = state(due_from, due_by, window_from, as_of);
    if state == DueState::Overdue {
        because.push_str("; nothing recorded says that it was done");
    }
    if due_from != due_by {
        because.push_str("; the date is known only in part");
    }
    Some(Due {
        id: action.id.clone(),
        title: action.title.clone(),
        about,
        citation: action.citation.clone(),
        state,
        window_from,
        due_from,
        due_by,
        because,
    })
}

/// How often a time must be added until a day is not past.
fn rounds_until(day: Day, months: u16, as_of: Day) -> i32 {
    let months = i32::from(months.max(1));
    // A month has at most 31 days: never too many to begin with.
    let mut rounds = ((as_of.0 - day.0) / (months * 31)).max(0);
    while day.months_after(rounds * months) < as_of {
        rounds += 1;
    }
    rounds
}

fn state(from: Option<Day>, by: Option<Day>, window: Option<Day>, as_of: Day) -> DueState {
    let is_past = |day: Option<Day>| day.is_some_and(|day| day < as_of);
    let has_come = |day: Option<Day>| day.is_some_and(|day| day <= as_of);
    match (from, by) {
        (None, None) => DueState::NeedsReview,
        _ if is_past(by) => DueState::Overdue,
        _ if has_come(from) || has_come(window) => DueState::DueNow,
        _ => DueState::Ahead,
    }
}

/// "in care since 28 May 2019: 2734 days", or what is missing.
pub fn days_words(facts: &CaseFacts, waiting_statuses: &[String]) -> String {
    let days = |date: PartialDate| match days_since(date, facts.as_of) {
        Some(days) if days.greatest == 1 && days.least == 1 => "1 day".to_owned(),
        Some(days) if days.least == days.greatest => format!("{} days", days.least),
        Some(days) => format!("{} to {} days", days.least, days.greatest),
        None => "a number of days that is not known".to_owned(),
    };
    let in_care = match facts.in_care_since {
        Some(date) if date.on_or_before(facts.as_of) == Truth::No => {
            format!("in care only {}", when(date))
        }
        Some(date) => format!("in care since {}: {}", date.in_words(), days(date)),
        None => "needs review: date in care not recorded".to_owned(),
    };
    let waiting = if facts.legal_status.is_empty() {
        "needs review: legal status not recorded".to_owned()
    } else if !waiting_statuses.contains(&facts.legal_status) {
        format!(
            "not waiting for a permanent family by legal status ({})",
            facts.legal_status.replace('_', " ")
        )
    } else {
        match facts.legal_status_date {
            Some(date) => format!("waiting since {}: {}", date.in_words(), days(date)),
            None => "waiting, needs review: date of the legal status not recorded".to_owned(),
        }
    };
    format!("{in_care}; {waiting}")
}

#[cfg(test)]
mod tests;
