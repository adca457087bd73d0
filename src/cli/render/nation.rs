//! Which nation a name means, and how well names are recognised.

use super::page::Page;
use crate::api::v1;
use crate::names::nations::Tally;

/// The nations that a name may mean.
pub fn nations(answer: &v1::ResolveNationResponse, text: &str) -> String {
    let mut page = Page::default();
    let verdict = v1::NationVerdict::try_from(answer.verdict).unwrap_or_default();
    page.line(0, &verdict_in_words(verdict, text));
    page.field(0, "Elsewhere", &answer.known_elsewhere);
    if !answer.recorded.is_empty() {
        page.heading("Recorded here");
    }
    for (position, candidate) in answer.recorded.iter().enumerate() {
        let nation = candidate.nation.clone().unwrap_or_default();
        let line = format!("{}: {}", nation.display_name, percent(candidate.certainty));
        page.item(1, &format!("{}.", position + 1), &line);
        page.field(4, "Why", &candidate.reasons.join("; "));
        page.field(4, "Id", &nation.name);
    }
    if !answer.reference.is_empty() {
        page.heading("In the reference list");
    }
    for (position, candidate) in answer.reference.iter().enumerate() {
        let what = if candidate.number.is_empty() {
            String::new()
        } else {
            format!(" (band {}, {})", candidate.number, candidate.region)
        };
        let line = format!(
            "{}{what}: {}",
            candidate.display_name,
            percent(candidate.certainty)
        );
        page.item(1, &format!("{}.", position + 1), &line);
        page.field(4, "Why", &candidate.reasons.join("; "));
        page.field(4, "Also", &candidate.other_names.join(", "));
        page.field(4, "People", &candidate.peoples.join(", "));
        page.field(4, "Languages", &candidate.languages.join(", "));
    }
    page.into_text()
}

fn verdict_in_words(verdict: v1::NationVerdict, text: &str) -> String {
    match verdict {
        v1::NationVerdict::Certain => format!("\"{text}\" is recognised."),
        v1::NationVerdict::Probable => format!("\"{text}\" is probably the first; please look."),
        v1::NationVerdict::Several => {
            format!("\"{text}\" may be several nations: give the province, or a place near.")
        }
        v1::NationVerdict::None | v1::NationVerdict::Unspecified => {
            format!("\"{text}\" is none of the nations of the list, as far as can be told.")
        }
    }
}

fn percent(certainty: f64) -> String {
    format!("{} %", (certainty * 100.0).round())
}

/// How many names were recognised under each kind of damage.
pub fn nation_check(tallies: &[Tally], without_truth: &[String], failures: bool) -> String {
    let mut page = Page::default();
    page.block(
        0,
        &format!(
            "{:<40}{:>7}{:>9}{:>9}{:>9}{:>16}",
            "damage", "asked", "first", "taken", "among", "certain, wrong"
        ),
    );
    for tally in tallies {
        let share = |count: usize| format!("{:.4}", count as f64 / tally.asked.max(1) as f64);
        page.block(
            0,
            &format!(
                "{:<40}{:>7}{:>9}{:>9}{:>9}{:>16}",
                tally.damage.title(),
                tally.asked,
                share(tally.first),
                share(tally.taken),
                share(tally.among),
                tally.certain_and_wrong
            ),
        );
    }
    page.gap();
    page.line(
        0,
        "first: the right nation stands first; taken: and is likelier than none and than any other; among: it is one of \
         the candidates",
    );
    if !without_truth.is_empty() {
        page.field(0, "Left out", &without_truth.join("; "));
    }
    if failures {
        page.heading("Not recognised");
        for tally in tallies {
            for (typed, meant, taken) in &tally.failures {
                page.item(
                    2,
                    "-",
                    &format!("\"{typed}\", meant as \"{meant}\": {taken}"),
                );
            }
        }
    }
    page.into_text()
}
