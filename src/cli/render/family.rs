//! The answer to "who could belong to this child?".

use super::coverage::coverage;
use super::lead::{excluded, lead, nation};
use super::page::Page;
use super::words::{count, life, purpose};
use crate::api::v1;
use crate::api::v1::find_family_response::Part;

/// The whole answer. `store_flag` names the same store in the commands that are suggested.
pub fn family(messages: &[v1::FindFamilyResponse], store_flag: &str) -> String {
    let parts: Vec<&Part> = messages.iter().filter_map(|m| m.part.as_ref()).collect();
    let mut page = Page::default();
    let mut child = String::new();
    for part in &parts {
        match part {
            Part::Header(answer) => {
                child = answer.child.clone().unwrap_or_default().name;
                header(&mut page, answer);
            }
            Part::Tier(tier) => tier_with_content(&mut page, tier, &parts),
            Part::Complete(complete) => {
                left_out(&mut page, &parts, complete);
                nearly_leads(&mut page, &parts);
                let known = complete.coverage.clone().unwrap_or_default();
                coverage(&mut page, &known);
                contradictions(&mut page, &complete.contradictions);
            }
            Part::Nation(_) | Part::Lead(_) | Part::Excluded(_) | Part::NearMiss(_) => {}
        }
    }
    what_next(&mut page, &child, store_flag);
    page.into_text()
}

fn header(page: &mut Page, header: &v1::FindFamilyHeader) {
    let child = header.child.clone().unwrap_or_default();
    let order = header.order.clone().unwrap_or_default();
    page.heading(&format!(
        "WHO COULD BELONG TO {}?",
        child.display_name.to_uppercase()
    ));
    page.gap();
    page.field(
        0,
        "Child",
        &joined(&[&child.display_name, &life(&child), &child.name]),
    );
    page.field(0, "Purpose", purpose(header.purpose));
    let known = format!(
        "{}, with everything recorded up to revision {}",
        header.as_of, header.revision
    );
    page.field(0, "As of", &known);
    page.field(
        0,
        "Order",
        &format!("{} ({}, version {})", order.title, order.id, order.version),
    );
    page.field(0, "", &order.citation);
    if !order.because.is_empty() {
        page.field(0, "", &format!("used because: {}", order.because));
    }
    // A plain answer need not name the weights that come with the program.
    if header.weights_version.contains(" with ") {
        let words = format!("version {}", header.weights_version);
        page.field(0, "Weights", &words);
    }
    for (label, words) in [
        ("Consider", &order.consider),
        ("Write down", &order.document),
        ("Not used", &order.not_used),
    ] {
        for (position, cited) in words.iter().enumerate() {
            let label = if position == 0 { label } else { "" };
            page.field(0, label, &format!("{} [{}]", cited.words, cited.citation));
        }
    }
    for (position, note) in order.notes.iter().enumerate() {
        page.field(0, if position == 0 { "Note" } else { "" }, note);
    }
    for (position, tier) in header.tiers.iter().enumerate() {
        let label = if position == 0 { "Found" } else { "" };
        let mut found = count(tier.lead_count, "lead", "leads");
        if tier.nation_count > 0 {
            found = format!("{}, {found}", count(tier.nation_count, "nation", "nations"));
        }
        let text = format!(
            "tier {}, {}: {found}",
            tier.number,
            lower_first(&tier.title)
        );
        page.field(0, label, &text);
    }
    let rest = format!(
        "{} left out, each with the reason; {} read",
        count(
            header.excluded_count,
            "person or family",
            "people or families"
        ),
        count(header.people_read, "person's record", "people's records")
    );
    page.field(0, "", &rest);
}

fn tier_with_content(page: &mut Page, tier: &v1::Tier, parts: &[&Part]) {
    page.gap();
    let title = format!("TIER {}: {}", tier.number, tier.title.to_uppercase());
    page.heading(&title);
    page.line(0, &"=".repeat(title.chars().count()));
    page.field(0, "Why here", &tier.citation);

    let nations: Vec<_> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Nation(nation) if nation.tier == tier.number => Some(nation),
            _ => None,
        })
        .collect();
    if !nations.is_empty() {
        page.heading("The child's nations, beside the kin");
        for found in nations {
            nation(page, found);
        }
    }

    let mut shown = 0;
    for part in parts {
        if let Part::Lead(found) = part
            && found.tier == tier.number
        {
            page.gap();
            lead(page, found);
            shown += 1;
        }
    }
    if shown < tier.lead_count {
        page.gap();
        page.line(
            2,
            &format!(
                "{} of {} leads shown. To see more: --leads {}",
                shown, tier.lead_count, tier.lead_count
            ),
        );
    }
    if !tier.empty_because.is_empty() {
        page.gap();
        page.line(2, &format!("No leads: {}", tier.empty_because));
    }
}

fn left_out(page: &mut Page, parts: &[&Part], complete: &v1::FindFamilyComplete) {
    let mut first = true;
    for part in parts {
        if let Part::Excluded(left_out) = part {
            if first {
                page.heading("LEFT OUT, AND WHY");
                first = false;
            }
            excluded(page, left_out);
        }
    }
    let token = &complete.next_excluded_page_token;
    if !token.is_empty() {
        page.line(2, &format!("There are more: --excluded-page {token}"));
    }
}

/// People whom time admits, and waiting families one step away, each under a heading of their own.
fn nearly_leads(page: &mut Page, parts: &[&Part]) {
    let misses: Vec<&v1::NearMiss> = parts
        .iter()
        .filter_map(|part| match part {
            Part::NearMiss(miss) => Some(miss),
            _ => None,
        })
        .collect();
    let is_family = |miss: &&v1::NearMiss| {
        let left_out = miss.excluded.as_ref();
        matches!(
            left_out.and_then(|left_out| left_out.target.as_ref()),
            Some(v1::excluded::Target::WaitingFamily(_))
        )
    };
    let (families, people): (Vec<_>, Vec<_>) = misses.into_iter().partition(is_family);
    if !people.is_empty() {
        page.heading("NEARLY LEADS: TIME ALONE ADMITS THEM WITHIN A YEAR");
    }
    for miss in people {
        excluded(page, &miss.excluded.clone().unwrap_or_default());
        page.line(4, &miss.change.clone().unwrap_or_default().words);
    }
    if !families.is_empty() {
        page.heading("WAITING FAMILIES ONE STEP AWAY: WORTH A CALL");
    }
    for miss in families {
        excluded(page, &miss.excluded.clone().unwrap_or_default());
        let change = miss.change.clone().unwrap_or_default();
        page.line(4, &format!("what would help: {}", change.words));
    }
}

fn contradictions(page: &mut Page, contradictions: &[String]) {
    if contradictions.is_empty() {
        return;
    }
    page.heading("WHAT DOES NOT ADD UP IN THE RECORDS");
    for contradiction in contradictions {
        page.item(2, "!", contradiction);
    }
}

fn what_next(page: &mut Page, child: &str, store_flag: &str) {
    page.heading("TO ASK NEXT");
    let mut suggest = |why: &str, command: &str| {
        page.line(2, why);
        page.block(4, &format!("kinpath {store_flag} {command}"));
    };
    suggest(
        "Who could visit, write, or be there for life, minors among them:",
        &format!("find {child} --purpose connection"),
    );
    suggest(
        "Somebody new was found in the file:",
        &format!(
            "connect --child {child} --relation \"mother's brother\" --name \"…\" --source \"document|page\""
        ),
    );
    suggest(
        "What is recorded about somebody, and who says so:",
        "show people/…",
    );
    suggest(
        "Why somebody is no lead, and what would help:",
        &format!("why-not {child} people/…"),
    );
    suggest(
        "How two people are related:",
        &format!("relation {child} people/…"),
    );
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(", ")
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}
