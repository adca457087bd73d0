//! Why somebody is no lead, and what would help.

use super::page::Page;
use super::words::{person_in_line, purpose};
use crate::api::v1;
use crate::api::v1::explain_absence_response::Who;

/// The whole answer.
pub fn absence(answer: &v1::ExplainAbsenceResponse) -> String {
    let child = answer.child.clone().unwrap_or_default();
    let order = answer.order.clone().unwrap_or_default();
    let (name, who) = match &answer.who {
        Some(Who::Person(person)) => (
            person.display_name.clone(),
            format!("{}, {}", person_in_line(person), person.name),
        ),
        Some(Who::WaitingFamily(family)) => (
            family.display_name.clone(),
            format!("{}, {}", family.display_name, family.name),
        ),
        None => Default::default(),
    };
    let mut page = Page::default();
    page.heading(&format!(
        "WHERE DOES {} STAND FOR {}?",
        name.to_uppercase(),
        child.display_name.to_uppercase()
    ));
    page.gap();
    page.field(0, "Who", &who);
    page.field(
        0,
        "Child",
        &format!("{}, {}", person_in_line(&child), child.name),
    );
    let relation = match answer.relation.as_str() {
        "" => "none that the order looks at is recorded",
        words => words,
    };
    page.field(0, "Relation", relation);
    page.field(0, "Purpose", purpose(answer.purpose));
    page.field(0, "As of", &answer.as_of);
    page.field(
        0,
        "Order",
        &format!("{} ({}, version {})", order.title, order.id, order.version),
    );
    let tier = match answer.tier {
        0 => "none holds them".to_owned(),
        number => format!("{number}, {}", answer.tier_title),
    };
    page.field(0, "Tier", &tier);
    page.gap();
    match answer.rank {
        Some(rank) => as_lead(&mut page, answer, rank),
        None => as_absent(&mut page, answer),
    }
    page.into_text()
}

fn as_lead(page: &mut Page, answer: &v1::ExplainAbsenceResponse, rank: u32) {
    page.line(
        0,
        &format!("Is a lead already: tier {}, rank {rank}.", answer.tier),
    );
    page.fields(0, "To ask", &answer.questions);
}

fn as_absent(page: &mut Page, answer: &v1::ExplainAbsenceResponse) {
    page.line(0, "No lead, because:");
    for obstacle in &answer.obstacles {
        page.item(2, "-", &format!("{} [{}]", obstacle.reason, obstacle.rule));
    }
    if answer.changes.is_empty() {
        page.line(0, "Nothing that can be recorded would change that.");
    } else {
        page.line(0, "What would admit them, the easiest first, all of it:");
    }
    for change in &answer.changes {
        page.item(2, "→", &change.words);
    }
    if answer.connection {
        page.line(0, "They are a lead for the purpose of connection.");
    }
}
