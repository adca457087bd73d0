//! Forms of permanence with what each still needs, and what is due.

use super::page::Page;
use super::words::{count, person_in_line};
use crate::api::v1;
use crate::api::v1::list_pathways_response::Lead;

/// Which forms of permanence are open.
pub fn pathways(answer: &v1::ListPathwaysResponse) -> String {
    let child = answer.child.clone().unwrap_or_default();
    let rules = answer.rules.clone().unwrap_or_default();
    let lead = match &answer.lead {
        Some(Lead::Person(person)) => format!("{}, {}", person_in_line(person), person.name),
        Some(Lead::WaitingFamily(family)) => format!("{}, {}", family.display_name, family.name),
        None => String::new(),
    };
    let mut page = Page::default();
    page.heading(&format!(
        "WHICH WAYS TO A PERMANENT HOME ARE OPEN FOR {}?",
        child.display_name.to_uppercase()
    ));
    page.gap();
    page.field(
        0,
        "Child",
        &format!("{}, {}", person_in_line(&child), child.name),
    );
    page.field(0, "With", &lead);
    let relation = match answer.relation.as_str() {
        "" => "no relation is recorded",
        words => words,
    };
    page.field(0, "Relation", relation);
    page.field(0, "Wishes", &answer.wishes.join("; "));
    page.field(0, "As of", &answer.as_of);
    page.field(
        0,
        "Rules",
        &format!("{} ({}, version {})", rules.title, rules.id, rules.version),
    );
    page.field(0, "", &rules.citation);
    page.field(0, "Why these", &answer.because);
    page.fields(0, "To check", &rules.to_be_checked);
    for pathway in &answer.pathways {
        one_pathway(&mut page, pathway);
    }
    page.into_text()
}

fn one_pathway(page: &mut Page, pathway: &v1::Pathway) {
    let is = |met: v1::Met| {
        let conditions = pathway.conditions.iter();
        conditions.filter(|one| one.met() == met).count() as u32
    };
    let standing = match pathway.state() {
        v1::PathwayState::Open => {
            "OPEN: every condition is met, as far as the records tell".to_owned()
        }
        v1::PathwayState::NeedsReview => {
            format!(
                "NEEDS REVIEW: {} unknown, nothing stands against it",
                is(v1::Met::Unknown)
            )
        }
        v1::PathwayState::NotMet => format!(
            "NOT MET: {}, {} unknown",
            count(is(v1::Met::No), "condition", "conditions"),
            is(v1::Met::Unknown)
        ),
        v1::PathwayState::Unspecified => String::new(),
    };
    page.heading(&pathway.title.to_uppercase());
    page.line(0, &standing);
    page.line(0, &format!("[{}]", pathway.citation));
    for condition in &pathway.conditions {
        one_condition(page, condition);
    }
    for effect in &pathway.effects {
        page.item(
            2,
            "Means:",
            &format!("{} [{}]", effect.words, effect.citation),
        );
    }
    if pathway.state() == v1::PathwayState::NotMet {
        return;
    }
    let services: Vec<String> = pathway
        .services
        .iter()
        .map(|service| {
            format!(
                "{} ({}), by {}: {} [{}]",
                service.title,
                service.kind,
                service.delivered_by,
                service.because,
                service.citation
            )
        })
        .collect();
    for (position, service) in services.iter().enumerate() {
        if position == 0 {
            page.line(2, "Services afterwards:");
        }
        page.item(4, "-", service);
    }
}

fn one_condition(page: &mut Page, condition: &v1::PathwayCondition) {
    let mark = match condition.met() {
        v1::Met::Yes => "yes    ",
        v1::Met::No => "NO     ",
        v1::Met::Unknown => "unknown",
        v1::Met::Unspecified => "?      ",
    };
    page.item(2, mark, &condition.words);
    page.line(
        10,
        &format!("{} [{}]", condition.because, condition.citation),
    );
    if !condition.met_from.is_empty() {
        page.line(
            10,
            &format!("time alone meets it on {}", condition.met_from),
        );
    }
    if !condition.missing.is_empty() {
        page.item(10, "→", &condition.missing);
    }
}

/// What is due, nearest first.
pub fn due_actions(answer: &v1::ListDueActionsResponse) -> String {
    let mut page = Page::default();
    page.heading(&format!("WHAT IS DUE, AS OF {}", answer.as_of));
    page.gap();
    for days in &answer.cases {
        let child = days.child.clone().unwrap_or_default();
        page.field(
            0,
            "Child",
            &format!("{}, {}", person_in_line(&child), days.case),
        );
        page.field(0, "", &days.words);
        let rules: Vec<&str> = days.rules.iter().map(|rules| rules.id.as_str()).collect();
        page.field(0, "Rules", &rules.join(", "));
    }
    page.fields(0, "To check", &to_be_checked(answer));
    if answer.cases.is_empty() {
        page.line(0, "There is no such open case.");
    } else if answer.due_actions.is_empty() {
        page.gap();
        page.line(0, "Nothing is due.");
    }
    let is_one_child = answer.cases.len() == 1;
    for action in &answer.due_actions {
        page.gap();
        let child = action.child.clone().unwrap_or_default().display_name;
        let whom = [
            if is_one_child { "" } else { child.as_str() },
            action.about.as_str(),
        ];
        let whom: Vec<&str> = whom.into_iter().filter(|text| !text.is_empty()).collect();
        let title = match whom.is_empty() {
            true => action.title.clone(),
            false => format!("{} ({})", action.title, whom.join("; ")),
        };
        page.item(0, &format!("{:<12}", when_due(action)), &title);
        page.line(13, &format!("{}{}", standing(action), action.because));
        page.line(13, &format!("[{}]", action.citation));
    }
    page.into_text()
}

/// What nobody has checked, each once.
fn to_be_checked(answer: &v1::ListDueActionsResponse) -> Vec<String> {
    let rules = answer.cases.iter().flat_map(|days| &days.rules);
    let mut words: Vec<String> = Vec::new();
    for text in rules.flat_map(|rules| &rules.to_be_checked) {
        if !words.contains(text) {
            words.push(text.clone());
        }
    }
    words
}

fn when_due(action: &v1::DueAction) -> &str {
    match (action.due_by.as_str(), action.due_from.as_str()) {
        ("", "") => "no date",
        ("", from) => from,
        (by, _) => by,
    }
}

fn standing(action: &v1::DueAction) -> String {
    let mut words = match action.state() {
        v1::DueState::Overdue => "OVERDUE. ".to_owned(),
        v1::DueState::DueNow => "DUE NOW. ".to_owned(),
        v1::DueState::NeedsReview | v1::DueState::Ahead | v1::DueState::Unspecified => {
            String::new()
        }
    };
    if action.due_from != action.due_by && !action.due_from.is_empty() {
        words.push_str(&format!(
            "Between {} and {}. ",
            action.due_from, action.due_by
        ));
    }
    if !action.window_from.is_empty() {
        words.push_str(&format!("From {} on. ", action.window_from));
    }
    words
}
