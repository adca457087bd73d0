//! Links between records that may be of one person.

use super::page::Page;
use super::words::{count, person_in_line, source};
use crate::api::v1;
use crate::model::same_person::Probability;

/// A list of links, the likeliest first.
pub fn same_person_links(links: &[v1::SamePersonLink], more: bool) -> String {
    let mut page = Page::default();
    if links.is_empty() {
        page.line(0, "There are no such links.");
        return page.into_text();
    }
    for link in links {
        put(&mut page, link);
        page.gap();
    }
    let found = u32::try_from(links.len()).unwrap_or(u32::MAX);
    let mut text = count(found, "link", "links");
    if more {
        text.push_str(" shown; there are more: give a greater --limit");
    }
    page.line(0, &text);
    page.into_text()
}

/// One link with every reason.
pub fn same_person_link(link: &v1::SamePersonLink) -> String {
    let mut page = Page::default();
    put(&mut page, link);
    for reason in &link.reasons {
        let mut text = format!("{:+.2} bits  {}", reason.weight, reason.field);
        if !reason.agreement.is_empty() {
            text.push_str(&format!(", {}", reason.agreement));
        }
        if !reason.words.is_empty() {
            text.push_str(&format!(": {}", reason.words));
        }
        page.item(4, "-", &text);
    }
    page.field(2, "Parameters", &link.parameters);
    page.field(2, "Statement", &link.statement);
    page.field(2, "Version", &link.etag);
    page.into_text()
}

fn put(page: &mut Page, link: &v1::SamePersonLink) {
    let who = |person: &Option<v1::PersonSummary>| {
        let person = person.clone().unwrap_or_default();
        format!("{} [{}]", person_in_line(&person), person.name)
    };
    let verdict = match v1::Verdict::try_from(link.verdict).unwrap_or_default() {
        v1::Verdict::Same => "ONE PERSON",
        v1::Verdict::Different => "TWO PEOPLE",
        v1::Verdict::Undecided | v1::Verdict::Unspecified => "NOT DECIDED",
    };
    page.item(0, "*", &who(&link.one));
    page.line(2, &who(&link.other));
    let probability = link.probability.and_then(Probability::new);
    let likely = probability.map_or("no score".to_owned(), Probability::in_words);
    page.field(2, "Likely", &likely);
    page.field(2, "Verdict", verdict);
    page.field(2, "Because", &link.verdict_reason);
    let reasons: Vec<&str> = link
        .reasons
        .iter()
        .map(|reason| reason.words.as_str())
        .filter(|words| !words.is_empty())
        .collect();
    page.field(2, "Reasons", &reasons.join("; "));
    page.field(2, "Source", &source(link.source.as_ref()));
}
