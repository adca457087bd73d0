//! One lead, one nation, one person left out.

use super::page::Page;
use super::words::{
    certainty, life, membership, other_record, outreach, person_in_line, side, source, validity,
};
use crate::api::v1;

/// A lead: who and what they are to the child, then all that a specialist needs to decide on the next step.
pub fn lead(page: &mut Page, lead: &v1::Lead) {
    let (who, id) = target(lead);
    let mark = format!("{}.", lead.rank);
    let status = match v1::LeadStatus::try_from(lead.status).unwrap_or_default() {
        v1::LeadStatus::NeedsReview => " [NEEDS REVIEW]",
        v1::LeadStatus::Open | v1::LeadStatus::Unspecified => "",
    };
    page.item(
        0,
        &format!("{mark:>3}"),
        &format!("{who}: {}{status}", lead.relation),
    );
    for caution in &lead.cautions {
        page.item(4, "! CAUTION:", caution);
    }
    let steps = match &lead.kinship {
        Some(kinship) => &kinship.path,
        None => &lead.path,
    };
    if !steps.is_empty() {
        page.field(4, "Path", &path(steps));
        page.fields(4, "Evidence", &evidence(steps));
    }
    page.fields(4, "Also", &lead.other_ways);
    let recorded: Vec<String> = lead.also_recorded_as.iter().map(other_record).collect();
    page.fields(4, "Recorded", &recorded);
    if let Some(found) = &lead.score {
        score(page, found);
    }
    let done: Vec<String> = lead.outreach.iter().map(outreach).collect();
    if done.is_empty() {
        page.field(4, "Outreach", "none recorded");
    }
    page.fields(4, "Outreach", &done);
    page.field(4, "Screening", &lead.screening);
    page.field(4, "Not known", &lead.unknown.join("; "));
    page.fields(4, "Review", &lead.questions);
    page.field(4, "Id", &id);
}

/// A nation of the child.
pub fn nation(page: &mut Page, nation: &v1::NationLead) {
    let mut name = nation.display_name.clone();
    if !nation.other_names.is_empty() {
        name.push_str(&format!(" (also {})", nation.other_names.join(", ")));
    }
    page.item(2, "*", &name);
    let mut through = format!("through {}", nation.through);
    let side = side(nation.side);
    if !side.is_empty() {
        through.push_str(&format!(" ({side})"));
    }
    let mut state = format!("{}, {through}", membership(nation.membership));
    if !nation.confirmed_by.is_empty() {
        state.push_str(&format!("; confirmed by {}", nation.confirmed_by));
    }
    page.field(4, "Membership", &state);
    page.field(4, "Write to", &nation.designated_representative);
    page.field(4, "Agencies", &nation.agencies.join("; "));
    let done: Vec<String> = nation.outreach.iter().map(outreach).collect();
    if done.is_empty() {
        page.field(4, "Outreach", "none recorded");
    }
    page.fields(4, "Outreach", &done);
    page.fields(4, "Review", &nation.questions);
    page.field(4, "Id", &nation.name);
}

/// Somebody left out, with the reason.
pub fn excluded(page: &mut Page, excluded: &v1::Excluded) {
    use v1::excluded::Target;
    let (who, id) = match &excluded.target {
        Some(Target::Person(person)) => (&person.display_name, &person.name),
        Some(Target::WaitingFamily(family)) => (&family.display_name, &family.name),
        None => return,
    };
    let tier = match excluded.tier {
        0 => "no tier".to_owned(),
        number => format!("tier {number}"),
    };
    let mut text = format!("{who}, {} ({tier}): {}", excluded.relation, excluded.reason);
    if excluded.connection {
        text.push_str(" [a lead for connection]");
    }
    text.push_str(&format!(" [{id}]"));
    page.item(2, "-", &text);
}

/// The steps in words: "mother Mary Joseph → sister Rose Adams".
pub fn path(steps: &[v1::PathStep]) -> String {
    let steps: Vec<String> = steps
        .iter()
        .map(|step| {
            let person = step.person.clone().unwrap_or_default();
            format!("{} {}", step.words, person.display_name)
        })
        .collect();
    format!("the child → {}", steps.join(" → "))
}

/// One line for each step: how sure it is, when it was so, and who or what says it.
pub fn evidence(steps: &[v1::PathStep]) -> Vec<String> {
    steps
        .iter()
        .map(|step| {
            let person = step.person.clone().unwrap_or_default();
            let mut text = format!(
                "{} {}: {}",
                step.words,
                person.display_name,
                certainty(step.certainty)
            );
            let when = validity(step.valid_from.as_ref(), step.valid_to.as_ref());
            if !when.is_empty() {
                text.push_str(&format!(", {when}"));
            }
            text.push_str(&format!(" ({})", source(step.source.as_ref())));
            text
        })
        .collect()
}

fn target(lead: &v1::Lead) -> (String, String) {
    use v1::lead::Target;
    match &lead.target {
        Some(Target::Person(person)) => {
            let who = if life(person).is_empty() && !person.dead {
                format!("{} (date of birth not known)", person.display_name)
            } else {
                person_in_line(person)
            };
            (who, person.name.clone())
        }
        Some(Target::WaitingFamily(family)) => (family.display_name.clone(), family.name.clone()),
        None => (String::new(), String::new()),
    }
}

/// "7.5 = closeness 4 (second degree) + place 3.5 (same place)"; what gives no points stands beneath, as what fits.
fn score(page: &mut Page, score: &v1::Score) {
    let counts = |part: &&v1::ScorePart| part.points.abs() >= 0.005;
    let mut text = String::new();
    for part in score.parts.iter().filter(counts) {
        text.push_str(match (text.is_empty(), part.points < 0.0) {
            (true, false) => " = ",
            (true, true) => " = - ",
            (false, false) => " + ",
            (false, true) => " - ",
        });
        let size = points(part.points.abs());
        text.push_str(&format!("{} {size}", part.name.replace('_', " ")));
        if !part.reason.is_empty() {
            text.push_str(&format!(" ({})", part.reason));
        }
    }
    if !text.is_empty() {
        page.field(4, "Score", &format!("{}{text}", points(score.total)));
    }
    let fits: Vec<&str> = score
        .parts
        .iter()
        .filter(|part| !counts(part))
        .map(|part| part.reason.as_str())
        .collect();
    page.field(4, "Fits", &fits.join("; "));
}

/// Two decimals, without trailing zeros.
pub(super) fn points(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
