//! How two people are related.

use super::lead::evidence;
use super::page::Page;
use super::words::{certainty, count, line, person_in_line, sibship};
use crate::api::v1;

/// Every relation between two people, nearest first.
pub fn relationship(answer: &v1::NameRelationshipResponse) -> String {
    let a = answer.a.clone().unwrap_or_default();
    let b = answer.b.clone().unwrap_or_default();
    let mut page = Page::default();
    page.heading(&format!(
        "What is {} to {}?",
        b.display_name, a.display_name
    ));
    page.gap();
    page.field(0, "First", &format!("{}  {}", person_in_line(&a), a.name));
    page.field(0, "Second", &format!("{}  {}", person_in_line(&b), b.name));
    if answer.relations.is_empty() {
        page.gap();
        page.line(0, "They are not known to be related.");
    }
    for (position, relation) in answer.relations.iter().enumerate() {
        page.gap();
        page.item(0, &format!("{}.", position + 1), &relation.words);
        details(&mut page, relation, &a.display_name);
    }
    if let Some(coefficient) = answer.kinship_coefficient {
        page.gap();
        page.line(
            0,
            &format!("Coefficient of kinship over recorded birth parents: {coefficient}"),
        );
    }
    for contradiction in &answer.contradictions {
        page.item(0, "! Does not add up:", contradiction);
    }
    page.into_text()
}

/// How a relation runs, its path and its evidence.
fn details(page: &mut Page, relation: &v1::Relation, first: &str) {
    page.field(3, "Runs", &how_it_runs(relation));
    let ancestors: Vec<String> = relation
        .common_ancestors
        .iter()
        .map(person_in_line)
        .collect();
    page.field(3, "Through", &ancestors.join("; "));
    let mut path = first.to_owned();
    for step in &relation.path {
        let person = step.person.clone().unwrap_or_default();
        path.push_str(&format!(" → {} {}", step.words, person.display_name));
    }
    page.field(3, "Path", &path);
    page.fields(3, "Evidence", &evidence(&relation.path));
    let weakest = relation
        .path
        .iter()
        .map(|step| step.certainty)
        .max()
        .unwrap_or_default();
    if let Some(sure) = relation.certainty {
        let text = format!(
            "{sure:.2} (1 is certain); the weakest step is {}",
            certainty(weakest)
        );
        page.field(3, "Certainty", &text);
    }
}

/// "by blood; half; 2 up, 1 down; civil degree 3".
fn how_it_runs(relation: &v1::Relation) -> String {
    let mut parts = Vec::new();
    for word in [line(relation.line), sibship(relation.sibship)] {
        if !word.is_empty() {
            parts.push(word.to_owned());
        }
    }
    if let (Some(up), Some(down)) = (relation.generations_up, relation.generations_down) {
        parts.push(format!(
            "{} up, {down} down",
            count(up, "generation", "generations")
        ));
    }
    if let Some(degree) = relation.civil_degree {
        parts.push(format!("civil degree {degree}"));
    }
    parts.join("; ")
}
