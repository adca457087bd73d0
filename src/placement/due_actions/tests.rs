//! Dates of a case: whole, partial and missing.

use super::*;
use crate::placement::rule_file::{RuleFile, in_use, read};

fn date(text: &str) -> Option<PartialDate> {
    Some(text.parse().expect(text))
}

fn facts() -> CaseFacts {
    CaseFacts {
        as_of: "2026-11-21".parse().expect("a day"),
        in_care_since: date("2026-08-21"),
        legal_status: String::new(),
        legal_status_date: None,
        child_birth: date("2015-01-10"),
        primary_goal: String::new(),
        concurrent_goal: String::new(),
        notice_sent: false,
        noted: Vec::new(),
        age_of_majority: 18,
        ask_again: Vec::new(),
        unanswered: Vec::new(),
        junctures: Vec::new(),
        approvals: Vec::new(),
        screenings: Vec::new(),
    }
}

fn under(order: &str, facts: &CaseFacts) -> Vec<Due> {
    let rules = in_use::<DueRules>().unwrap();
    due_actions(
        rules.iter().filter(|rules| rules.applies.holds(order, "")),
        facts,
    )
}

fn one(order: &str, id: &str, facts: &CaseFacts) -> Option<(DueState, String)> {
    let due = under(order, facts);
    let found = due.into_iter().find(|due| due.id == id)?;
    let day = found
        .due_by
        .map_or_else(|| found.because.clone(), |day| day.to_string());
    Some((found.state, day))
}

/// The placement order, the rule, what is changed in the facts, and what is expected.
type Row = (
    &'static str,
    &'static str,
    fn(&mut CaseFacts),
    Option<(DueState, &'static str)>,
);

#[test]
fn each_date_is_counted_from_what_is_recorded() {
    use DueState::{Ahead, DueNow, NeedsReview, Overdue};
    let rows: &[Row] = &[
        (
            "connecticut-dcf",
            "concurrent-plan",
            |_| {},
            Some((DueNow, "2026-11-21")),
        ),
        (
            "connecticut-dcf",
            "concurrent-plan",
            |f| f.in_care_since = date("2026-08-20"),
            Some((Overdue, "2026-11-20")),
        ),
        (
            "connecticut-dcf",
            "concurrent-plan",
            |f| f.concurrent_goal = "adoption".to_owned(),
            None,
        ),
        (
            "connecticut-dcf",
            "concurrent-plan",
            |f| f.in_care_since = None,
            Some((NeedsReview, "needs review: date in care not recorded")),
        ),
        // Some day of August: perhaps over, perhaps not.
        (
            "connecticut-dcf",
            "concurrent-plan",
            |f| f.in_care_since = date("2026-08"),
            Some((DueNow, "2026-11-30")),
        ),
        (
            "connecticut-dcf",
            "permanency-plan",
            |_| {},
            Some((Ahead, "2027-04-21")),
        ),
        (
            "connecticut-dcf",
            "permanency-plan",
            |f| f.in_care_since = date("2026-05-01"),
            Some((DueNow, "2027-01-01")),
        ),
        (
            "connecticut-dcf",
            "permanency-plan",
            |f| f.noted = vec!["permanency_plan_submitted".to_owned()],
            None,
        ),
        (
            "connecticut-dcf",
            "three-month-review",
            |f| f.in_care_since = date("2025-01-15"),
            Some((Ahead, "2026-12-15")),
        ),
        (
            "connecticut-dcf",
            "relative-notice",
            |_| {},
            Some((Overdue, "2026-09-20")),
        ),
        (
            "us-title-iv-e",
            "relative-notice",
            |f| f.notice_sent = true,
            None,
        ),
        (
            "us-title-iv-e",
            "permanency-hearing",
            |f| f.in_care_since = date("2020-02-29"),
            Some((Ahead, "2027-02-28")),
        ),
        (
            "connecticut-dcf",
            "consent-at-12",
            |_| {},
            Some((Ahead, "2027-01-10")),
        ),
        (
            "connecticut-dcf",
            "consent-at-12",
            |f| f.child_birth = date("2010"),
            None,
        ),
        (
            "connecticut-dcf",
            "consent-at-12",
            |f| f.child_birth = None,
            Some((
                NeedsReview,
                "needs review: the child's date of birth not recorded",
            )),
        ),
        (
            "connecticut-dcf",
            "majority",
            |_| {},
            Some((Ahead, "2033-01-10")),
        ),
        (
            "belonging-network",
            "majority",
            |f| f.age_of_majority = 19,
            Some((Ahead, "2034-01-10")),
        ),
        (
            "canada-c92-s16",
            "ongoing-reassessment",
            |_| {},
            Some((Ahead, "2027-02-21")),
        ),
        (
            "us-icwa-foster",
            "preferences-again",
            |_| {},
            Some((Ahead, "2027-02-21")),
        ),
        (
            "bc-cfcsa-s71",
            "yearly-search",
            |_| {},
            Some((Ahead, "2027-08-21")),
        ),
        (
            "bc-cfcsa-s71",
            "approval-ends",
            |f| {
                f.approvals = vec![Dated {
                    about: "Pine family".to_owned(),
                    date: date("2026-11-09"),
                }];
            },
            Some((Overdue, "2026-11-09")),
        ),
        (
            "bc-cfcsa-s71",
            "ask-again",
            |f| {
                f.ask_again = vec![Dated {
                    about: "June".to_owned(),
                    date: date("2027-02"),
                }];
            },
            Some((Ahead, "2027-02-28")),
        ),
    ];
    for (order, id, change, expected) in rows {
        let mut facts = facts();
        change(&mut facts);
        let expected = expected.map(|(state, day)| (state, day.to_owned()));
        assert_eq!(one(order, id, &facts), expected, "{order} {id}");
    }
}

#[test]
fn the_nearest_stands_first_and_every_entry_cites_its_source() {
    let mut facts = facts();
    facts.approvals = vec![
        Dated {
            about: "Fir family".to_owned(),
            date: None,
        },
        Dated {
            about: "Pine family".to_owned(),
            date: date("2027-01"),
        },
    ];
    let due = under("connecticut-dcf", &facts);
    assert!(due.len() >= 10, "{}", due.len());
    assert!(
        due.iter()
            .all(|due| !due.citation.is_empty() && !due.because.is_empty())
    );
    let days: Vec<Option<Day>> = due.iter().map(|due| due.due_by).collect();
    let dated = days.iter().take_while(|day| day.is_some()).count();
    assert!(days[..dated].is_sorted());
    assert!(days[dated..].iter().all(Option::is_none));
    assert_eq!(due.last().map(|due| due.about.as_str()), Some("Fir family"));
}

#[test]
fn days_in_care_and_waiting_are_counted_or_said_to_be_missing() {
    let mut facts = facts();
    let statuses = ["continuing_custody_order".to_owned()];
    assert_eq!(
        days_words(&facts, &statuses),
        "in care since 21 August 2026: 92 days; needs review: legal status not recorded"
    );
    facts.in_care_since = date("2026-10");
    facts.legal_status = "continuing_custody_order".to_owned();
    facts.legal_status_date = date("2026-11-20");
    assert_eq!(
        days_words(&facts, &statuses),
        "in care since October 2026: 21 to 51 days; waiting since 20 November 2026: 1 day"
    );
    facts.in_care_since = None;
    assert!(days_words(&facts, &statuses).starts_with("needs review: date in care not recorded"));
}

#[test]
fn a_bad_file_is_refused_with_line_and_reason() {
    let good = DueRules::BUILT_IN[0].1;
    for (change, to, reason) in [
        (
            "counted_from = \"in_care_since\"",
            "counted_from = \"easter\"",
            "unknown variant",
        ),
        ("months = 3", "months = \"three\"", "invalid type"),
        ("repeat_months = 3", "repeat_months = 0", "every 0 months"),
        ("years = 12", "years = 1200", "a hundred years"),
        (
            "id = \"permanency-plan\"",
            "id = \"concurrent-plan\"",
            "stands twice",
        ),
        (
            "done = \"concurrent_goal_recorded\"",
            "done = \"surely\"",
            "unknown variant",
        ),
        ("only_changes = true", "only_change = true", "unknown field"),
        (
            "years = 12",
            "at_majority = true\nyears = 12",
            "without years",
        ),
    ] {
        let text = good.replacen(change, to, 1);
        assert_ne!(text, good, "{change}");
        let error = read::<DueRules>("own.toml", &text)
            .expect_err(reason)
            .to_string();
        assert!(error.contains(reason) && error.contains("line "), "{error}");
    }
}

#[test]
fn every_file_names_orders_that_exist() {
    let orders = crate::placement::order::orders().unwrap();
    for rules in in_use::<DueRules>().unwrap() {
        for id in rules.applies.orders.iter().chain(&rules.applies.under) {
            assert!(
                id == "*" || orders.named(id).is_some(),
                "{}: {id}",
                rules.id
            );
        }
    }
    for order in orders.ids() {
        assert!(!under(order, &facts()).is_empty(), "{order}");
    }
}
