//! Runs, and what was suggested on a night.

use super::page::Page;
use crate::api::v1;

/// Runs, one a line.
pub fn rematch_runs(runs: &[v1::RematchRun]) -> String {
    let mut page = Page::default();
    if runs.is_empty() {
        page.line(0, "There was no run yet.");
    }
    for run in runs {
        let number = number(&run.name);
        let state = match run.state() {
            v1::RematchState::Done => "done",
            v1::RematchState::Cancelled => "cancelled",
            _ => "under way, or cut off",
        };
        let between = match run.between_nights {
            true => ", between nights",
            false => "",
        };
        let failed = match run.failed {
            0 => String::new(),
            failed => format!("; {failed} children could not be matched"),
        };
        page.item(
            0,
            &format!("{number:>5}"),
            &format!(
                "as of {}: {state}{between}; {} of {} children matched, {} changed, {} changes{failed}",
                run.as_of, run.matched, run.children, run.changed, run.changes
            ),
        );
    }
    page.into_text()
}

/// What was suggested for a child on a night.
pub fn rematch_leads(answer: &v1::ListRematchLeadsResponse) -> String {
    let run = answer.run.clone().unwrap_or_default();
    let mut page = Page::default();
    page.heading(&format!(
        "WHAT WAS SUGGESTED IN RUN {}, AS OF {}",
        number(&run.name),
        run.as_of
    ));
    let mut tier = 0;
    for lead in &answer.leads {
        let place = lead.place.unwrap_or_default();
        if place.tier != tier {
            tier = place.tier;
            page.heading(&format!("Tier {tier}"));
        }
        let review = if lead.needs_review {
            "; needs review"
        } else {
            ""
        };
        let score = match lead.target.starts_with("people/") {
            true => format!(", score {:.1}", place.score),
            false => String::new(),
        };
        page.item(
            0,
            &format!("{:>3}.", place.rank),
            &format!("{}: {}{score}{review}", lead.display_name, lead.relation),
        );
    }
    page.into_text()
}

fn number(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}
