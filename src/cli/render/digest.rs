//! What a night found, for the worker who reads it in the morning: as text, as a page for a browser, and as a table.

use super::page::Page;
use super::words::person_in_line;
use crate::api::v1;
use crate::api::v1::RematchChangeKind as Kind;

/// One worker's night.
pub struct Digest {
    worker: String,
    run: v1::RematchRun,
    /// First those with something new, the most promising first.
    children: Vec<v1::ChildChanges>,
    due: Vec<v1::DueAction>,
    waiting: usize,
}

impl Digest {
    /// Puts the children in order. `waiting` is how many open cases the worker has.
    pub fn new(
        worker: &str,
        answer: v1::ListRematchChangesResponse,
        due: Vec<v1::DueAction>,
        waiting: usize,
    ) -> Digest {
        let mut children = answer.children;
        children.sort_by(|one, other| {
            let by_promise = promise(one).cmp(&promise(other));
            by_promise.then_with(|| child_of(one).name.cmp(&child_of(other).name))
        });
        Digest {
            worker: worker.to_owned(),
            run: answer.run.unwrap_or_default(),
            children,
            due,
            waiting,
        }
    }

    fn title(&self) -> String {
        format!("Changes for {}, as of {}", self.worker, self.run.as_of)
    }

    fn summary(&self) -> String {
        let changed = self.children.len();
        let of = match self.waiting {
            1 => "1 child with an open case".to_owned(),
            count => format!("{count} children with an open case"),
        };
        match changed {
            0 => format!("{of}: nothing changed since the run before."),
            1 => format!("{of}: something changed for 1."),
            count => format!("{of}: something changed for {count}."),
        }
    }

    /// For reading on paper or a terminal.
    pub fn text(&self) -> String {
        let mut page = Page::default();
        page.heading(&self.title().to_uppercase());
        page.gap();
        page.line(0, &self.summary());
        for child in &self.children {
            page.heading(&person_in_line(&child_of(child)));
            for told in told(child) {
                for sentence in &told.sentences {
                    page.item(2, "*", sentence);
                }
                for cause in &told.causes {
                    page.item(6, "because:", cause);
                }
            }
        }
        if !self.due.is_empty() {
            page.heading("DUE NOW");
            for action in &self.due {
                page.item(2, "*", &due_sentence(action));
                page.line(6, &action.because);
            }
        }
        page.into_text()
    }

    /// A page for a browser, without anything from elsewhere.
    pub fn html(&self) -> String {
        let title = escaped(&self.title());
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title>\n\
             <style>body{{font:16px/1.5 sans-serif;max-width:48em;margin:2em auto;padding:0 1em}}\
             .why{{color:#444}}</style></head>\n<body>\n<h1>{title}</h1>\n<p>{}</p>\n",
            escaped(&self.summary())
        );
        for child in &self.children {
            let name = escaped(&person_in_line(&child_of(child)));
            html.push_str(&format!("<h2>{name}</h2>\n<ul>\n"));
            for told in told(child) {
                let sentences = told.sentences.iter().map(|sentence| escaped(sentence));
                let sentences: Vec<String> = sentences.collect();
                html.push_str(&format!("<li>{}", sentences.join("<br>")));
                let causes: Vec<String> = told
                    .causes
                    .iter()
                    .map(|cause| format!("<li class=\"why\">{}</li>", escaped(cause)))
                    .collect();
                if !causes.is_empty() {
                    html.push_str(&format!("<ul>{}</ul>", causes.concat()));
                }
                html.push_str("</li>\n");
            }
            html.push_str("</ul>\n");
        }
        if !self.due.is_empty() {
            html.push_str("<h2>Due now</h2>\n<ul>\n");
            for action in &self.due {
                html.push_str(&format!(
                    "<li>{}<br><span class=\"why\">{}</span></li>\n",
                    escaped(&due_sentence(action)),
                    escaped(&action.because)
                ));
            }
            html.push_str("</ul>\n");
        }
        html.push_str("</body>\n</html>\n");
        html
    }

    /// One row a change, for a spreadsheet.
    pub fn csv(&self) -> String {
        let mut rows = vec![
            [
                "child",
                "child_id",
                "case",
                "change",
                "lead",
                "lead_id",
                "relation",
                "tier_before",
                "rank_before",
                "tier_after",
                "rank_after",
                "note",
                "because",
            ]
            .map(str::to_owned),
        ];
        for child in &self.children {
            let person = child_of(child);
            for change in &child.changes {
                let place = |place: Option<v1::LeadPlace>| {
                    place.map_or((String::new(), String::new()), |place| {
                        (place.tier.to_string(), place.rank.to_string())
                    })
                };
                let (before, after) = (place(change.before), place(change.after));
                let causes: Vec<&str> = change.causes.iter().map(|c| c.words.as_str()).collect();
                rows.push([
                    person.display_name.clone(),
                    person.name.clone(),
                    child.case.clone(),
                    kind_words(change.kind()).to_owned(),
                    change.display_name.clone(),
                    change.target.clone(),
                    change.relation.clone(),
                    before.0,
                    before.1,
                    after.0,
                    after.1,
                    change.note.clone(),
                    causes.join(" | "),
                ]);
            }
        }
        let line = |row: &[String; 13]| {
            let cells: Vec<String> = row.iter().map(|cell| csv_cell(cell)).collect();
            cells.join(",") + "\r\n"
        };
        rows.iter().map(line).collect()
    }
}

fn child_of(child: &v1::ChildChanges) -> v1::PersonSummary {
    child.child.clone().unwrap_or_default()
}

/// Changes with one and the same cause.
struct Told {
    sentences: Vec<String>,
    causes: Vec<String>,
}

/// A child's changes as they are told: each cause once for all that it brought about, and those not yet named together.
fn told(child: &v1::ChildChanges) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let (unnamed, named): (Vec<_>, Vec<_>) = child
        .changes
        .iter()
        .partition(|change| change.not_yet_named && change.kind() == Kind::NewLead);
    for change in named {
        let causes: Vec<String> = change.causes.iter().map(|one| one.words.clone()).collect();
        match told.iter_mut().find(|known| known.causes == causes) {
            Some(known) => known.sentences.push(sentence(change)),
            None => told.push(Told {
                sentences: vec![sentence(change)],
                causes,
            }),
        }
    }
    if !unnamed.is_empty() {
        let who: Vec<&str> = unnamed
            .iter()
            .map(|change| match change.relation.as_str() {
                "" => change.display_name.as_str(),
                relation => relation,
            })
            .collect();
        let known: Vec<&String> = told.iter().flat_map(|told| &told.causes).collect();
        let causes = unnamed.iter().flat_map(|change| &change.causes);
        let mut causes: Vec<String> = causes
            .map(|cause| cause.words.clone())
            .filter(|words| !known.contains(&words))
            .collect();
        causes.sort();
        causes.dedup();
        told.push(Told {
            sentences: vec![format!(
                "Now known to exist, but not yet named: {}. Who knows the name?",
                who.join(", ")
            )],
            causes,
        });
    }
    tell_once(&mut told);
    told
}

/// What was given as a cause for a change above is not given again.
fn tell_once(told: &mut [Told]) {
    let mut given: Vec<String> = Vec::new();
    for one in told {
        let had_causes = !one.causes.is_empty();
        one.causes.retain(|cause| !given.contains(cause));
        given.extend_from_slice(&one.causes);
        if had_causes && one.causes.is_empty() {
            one.causes.push("the same as above".to_owned());
        }
    }
}

/// What somebody new promises: the earliest tier, there the highest score in hundredths. Children without anybody new come
/// last.
fn promise(child: &v1::ChildChanges) -> (bool, u32, i64) {
    let best = child.changes.iter().filter_map(|change| {
        let is_gain = matches!(
            change.kind(),
            Kind::NewLead
                | Kind::NearMissPossible
                | Kind::ExclusionLifted
                | Kind::ChildAdded
                | Kind::MovedTier
        );
        let place = change.after.filter(|_| is_gain && !change.not_yet_named)?;
        Some((false, place.tier, -((place.score * 100.0) as i64)))
    });
    best.min().unwrap_or((true, u32::MAX, 0))
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Unspecified => "",
        Kind::ChildAdded => "new child",
        Kind::ChildGone => "no longer waits",
        Kind::NewLead => "new lead",
        Kind::NearMissPossible => "now possible, left out by one rule alone before",
        Kind::ExclusionLifted => "no longer left out",
        Kind::LeadGone => "lead gone",
        Kind::MovedTier => "moved to another tier",
        Kind::MovedRank => "moved within the tier",
        Kind::CautionsChanged => "cautions changed",
        Kind::StatusChanged => "status changed",
        Kind::OutreachChanged => "outreach changed",
        Kind::OrderChanged => "another placement order",
        Kind::CoverageChanged => "what is known of the family, or was asked, changed",
        Kind::Shifted => "score or rank changed a little",
        Kind::ExclusionChanged => "left out for another reason, or newly",
    }
}

/// A change in a sentence.
fn sentence(change: &v1::RematchChange) -> String {
    let kind = kind_words(change.kind());
    let who = match change.relation.as_str() {
        "" => change.display_name.clone(),
        relation => format!("{}, {relation}", change.display_name),
    };
    let place = |place: &v1::LeadPlace| format!("tier {}, place {}", place.tier, place.rank);
    let stands = match (&change.before, &change.after) {
        (Some(before), Some(after)) if (before.tier, before.rank) != (after.tier, after.rank) => {
            format!(" (from {} to {})", place(before), place(after))
        }
        (_, Some(after)) => format!(" ({})", place(after)),
        (Some(before), None) => format!(" (was {})", place(before)),
        (None, None) => String::new(),
    };
    let note = match change.note.as_str() {
        "" => String::new(),
        note => format!(": {note}"),
    };
    match who.as_str() {
        "" => format!("{}{note}", capital(kind)),
        who => format!("{}: {who}{stands}{note}", capital(kind)),
    }
}

fn due_sentence(action: &v1::DueAction) -> String {
    let child = action.child.clone().unwrap_or_default().display_name;
    let about = match action.about.as_str() {
        "" => child,
        about => format!("{child}; {about}"),
    };
    format!("{} ({about})", action.title)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A cell; what a spreadsheet would take for a formula is marked as text.
fn csv_cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let mark = if is_formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: Kind, tier: u32, score: f64) -> v1::RematchChange {
        v1::RematchChange {
            kind: kind.into(),
            is_news: true,
            display_name: "Ann <Lee>".to_owned(),
            relation: "maternal aunt".to_owned(),
            after: Some(v1::LeadPlace {
                tier,
                rank: 2,
                score,
            }),
            causes: vec![v1::RematchCause {
                words: "=Shay: Ann Lee is the birth parent (file 1)".to_owned(),
                about: String::new(),
            }],
            ..v1::RematchChange::default()
        }
    }

    fn child(name: &str, changes: Vec<v1::RematchChange>) -> v1::ChildChanges {
        v1::ChildChanges {
            child: Some(v1::PersonSummary {
                display_name: name.to_owned(),
                name: format!("people/{name}"),
                ..v1::PersonSummary::default()
            }),
            changes,
            ..v1::ChildChanges::default()
        }
    }

    fn digest() -> Digest {
        let answer = v1::ListRematchChangesResponse {
            run: None,
            children: vec![
                child("Gone", vec![change(Kind::LeadGone, 1, 90.0)]),
                child("Second", vec![change(Kind::NewLead, 2, 95.0)]),
                child("First", vec![change(Kind::NewLead, 1, 50.0)]),
                child("Best", vec![change(Kind::ExclusionLifted, 1, 60.0)]),
            ],
            next_page_token: String::new(),
        };
        Digest::new("D. Marsh", answer, Vec::new(), 15)
    }

    #[test]
    fn the_most_promising_children_come_first() {
        let digest = digest();
        let names: Vec<String> = digest
            .children
            .iter()
            .map(|child| child_of(child).display_name)
            .collect();
        assert_eq!(names, ["Best", "First", "Second", "Gone"]);
        let text = digest.text();
        assert!(text.contains("15 children with an open case: something changed for 4."));
        assert!(text.contains("No longer left out: Ann <Lee>, maternal aunt (tier 1, place 2)"));
        assert!(text.contains("because: =Shay: Ann Lee is the birth parent (file 1)"));
    }

    #[test]
    fn a_cause_is_given_once_for_each_child() {
        let caused = |words: &[&str]| v1::RematchChange {
            causes: words
                .iter()
                .map(|words| v1::RematchCause {
                    words: (*words).to_owned(),
                    about: String::new(),
                })
                .collect(),
            ..change(Kind::NewLead, 1, 50.0)
        };
        let changes = vec![caused(&["a"]), caused(&["a", "b"]), caused(&["b"])];
        let told = told(&child("Mia", changes));
        let causes: Vec<&[String]> = told.iter().map(|told| &told.causes[..]).collect();
        assert_eq!(causes, [["a"], ["b"], ["the same as above"]]);
    }

    #[test]
    fn pages_and_tables_take_names_as_text() {
        let digest = digest();
        let html = digest.html();
        assert!(html.contains("Ann &lt;Lee&gt;") && !html.contains("<Lee>"));
        let csv = digest.csv();
        assert!(csv.lines().count() == 5, "{csv}");
        assert!(csv.contains("\"'=Shay: Ann Lee is the birth parent (file 1)\""));
    }
}
