//! Matches of children and waiting families, as a specialist reads them.

use super::page::Page;
use super::words::{count, person_in_line};
use crate::api::v1;

/// Which waiting families fit a child, with those near and excluded where they were asked for.
pub fn matched_families(
    answer: &v1::MatchWaitingFamiliesResponse,
    near_misses: &[v1::FamilyMatch],
    left_out: &[v1::FamilyMatch],
) -> String {
    let mut page = Page::default();
    header(&mut page, answer);
    page.gap();
    if !answer.closed_because.is_empty() {
        page.line(0, &answer.closed_because);
        return page.into_text();
    }
    page.line(
        0,
        &format!(
            "{} open, {} one step away, {} excluded in all.",
            count(answer.open_count, "family is", "families are"),
            answer.near_miss_count,
            answer.excluded_count
        ),
    );
    for shown in &answer.matches {
        one_match(&mut page, shown, &family_name(shown));
    }
    if let Some(plan) = &answer.sibling_plan {
        sibling_plan(&mut page, plan);
    }
    list(&mut page, "ONE STEP AWAY: worth a call", near_misses);
    list(&mut page, "EXCLUDED, each with its reasons", left_out);
    page.into_text()
}

fn header(page: &mut Page, answer: &v1::MatchWaitingFamiliesResponse) {
    let names: Vec<String> = answer
        .children
        .iter()
        .map(|child| child.display_name.to_uppercase())
        .collect();
    page.heading(&format!("WHICH WAITING FAMILIES FIT {}?", in_a_row(&names)));
    page.gap();
    for child in &answer.children {
        let line = format!("{}, {}", person_in_line(child), child.name);
        page.field(0, "Child", &line);
    }
    page.field(0, "Wishes", &answer.wishes.join("; "));
    page.field(0, "As of", &answer.as_of);
    let order = answer.order.clone().unwrap_or_default();
    let named = format!("{} ({}, version {})", order.title, order.id, order.version);
    page.field(0, "Order", &named);
    page.field(0, "Weights", &format!("version {}", answer.table_version));
    for not_used in &order.not_used {
        let words = format!("{} (law: {})", not_used.words, not_used.citation);
        page.field(0, "Not used", &words);
    }
    page.fields(0, "Ask first", &answer.notes);
}

/// Which children fit a waiting family.
pub fn matched_children(answer: &v1::MatchWaitingChildrenResponse) -> String {
    let mut page = Page::default();
    let family = answer.waiting_family.clone().unwrap_or_default();
    page.heading(&format!(
        "WHICH CHILDREN FIT {}?",
        family.display_name.to_uppercase()
    ));
    page.gap();
    let named = format!("{}, {}", family.display_name, family.name);
    page.field(0, "Family", &named);
    page.field(0, "As of", &answer.as_of);
    page.field(0, "Weights", &format!("version {}", answer.table_version));
    page.gap();
    page.line(
        0,
        &format!(
            "Open for {}; excluded for {}; for {} the order does not open waiting families yet.",
            count(answer.open_count, "child or group", "children or groups"),
            answer.excluded_count,
            answer.closed_count
        ),
    );
    if answer.not_looked_at_count > 0 {
        let words = format!(
            "{} not looked at: a thousand others fit better by what their cases say.",
            count(
                answer.not_looked_at_count,
                "more child was",
                "more children were"
            )
        );
        page.line(0, &words);
    }
    for matched in &answer.children {
        let names: Vec<String> = matched.children.iter().map(person_in_line).collect();
        let shown = matched.family_match.clone().unwrap_or_default();
        one_match(&mut page, &shown, &names.join(" · "));
    }
    page.into_text()
}

fn list(page: &mut Page, heading: &str, matches: &[v1::FamilyMatch]) {
    if matches.is_empty() {
        return;
    }
    page.heading(heading);
    for shown in matches {
        excluded(page, shown);
    }
}

fn family_name(shown: &v1::FamilyMatch) -> String {
    let family = shown.waiting_family.clone().unwrap_or_default();
    format!("{}, {}", family.display_name, family.name)
}

/// One match under a name: the family's, or the children's.
fn one_match(page: &mut Page, shown: &v1::FamilyMatch, name: &str) {
    let score = shown.score.clone().unwrap_or_default();
    page.gap();
    page.item(0, &format!("{:>3}.", shown.rank), name);
    let standing = match shown.status() {
        v1::MatchStatus::NeedsReview => ", needs review",
        v1::MatchStatus::Excluded => ", excluded",
        _ => "",
    };
    let percent = 100.0 * shown.completeness;
    page.line(
        5,
        &format!(
            "fits {:.0} of 100, {percent:.0} % of what counts is known{standing}",
            score.total
        ),
    );
    page.field(5, "Knows", &shown.attachment);
    for part in &score.parts {
        page.line(5, &format!("{:>5.1}  {}", part.points, part.reason));
    }
    page.fields(5, "Ask", &shown.questions);
    page.field(5, "Not known", &shown.unanswered.join("; "));
    obstacles(page, "But", &shown.obstacles);
}

fn obstacles(page: &mut Page, label: &str, obstacles: &[v1::MatchObstacle]) {
    for obstacle in obstacles {
        let words = format!(
            "{} (what would help: {})",
            obstacle.words, obstacle.would_admit
        );
        page.field(5, label, &words);
    }
}

fn excluded(page: &mut Page, shown: &v1::FamilyMatch) {
    page.item(0, " -", &family_name(shown));
    obstacles(page, "Because", &shown.obstacles);
}

fn sibling_plan(page: &mut Page, plan: &v1::SiblingPlan) {
    if plan.together_count > 0 {
        return;
    }
    page.heading("NO HOME IS OPEN TO ALL OF THEM TOGETHER");
    if !plan.together_if.is_empty() {
        page.line(0, "All together, if one thing changed:");
        for shown in &plan.together_if {
            excluded(page, shown);
        }
    }
    if !plan.no_splits_because.is_empty() {
        page.line(0, &plan.no_splits_because);
    }
    for (split, number) in plan.splits.iter().zip(1..) {
        one_split(page, split, number);
    }
    if !plan.if_separated.is_empty() {
        page.gap();
        page.line(0, "If they are separated:");
        for text in &plan.if_separated {
            page.item(2, "-", &format!("{} ({})", text.words, text.citation));
        }
    }
}

fn one_split(page: &mut Page, split: &v1::SiblingSplit, number: u32) {
    page.gap();
    page.line(
        0,
        &format!(
            "Split {number}: {} together, {} apart with homes within 100 km",
            count(split.pairs_together, "pair", "pairs"),
            count(split.pairs_near, "pair", "pairs")
        ),
    );
    for home in &split.homes {
        let family = home.waiting_family.clone().unwrap_or_default();
        let review = if home.needs_review {
            ", needs review"
        } else {
            ""
        };
        let words = format!(
            "{}: {} (fits {:.0} of 100{review})",
            family.display_name,
            names(&home.children),
            home.score
        );
        page.item(2, "-", &words);
        obstacles(page, "Not all", &home.not_all_because);
    }
    if !split.unplaced.is_empty() {
        let words = format!(
            "no home is open beside these for {}",
            names(&split.unplaced)
        );
        page.item(2, "-", &words);
    }
}

/// "ONE, ANOTHER AND A THIRD".
fn in_a_row(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} AND {last}", others.join(", ")),
    }
}

fn names(children: &[v1::PersonSummary]) -> String {
    let names: Vec<&str> = children
        .iter()
        .map(|child| child.display_name.as_str())
        .collect();
    names.join(", ")
}
