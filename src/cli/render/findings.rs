//! What an import found in its files: one line for each finding, as compilers write them, so that an editor can jump.

use super::words::other_record;
use crate::api::v1;
use crate::model::bundle::{Finding, Severity};

/// People listed who are probably known; the others are counted.
const MOST_LISTED: usize = 1_000;

/// The findings, then their counts. `errors` and `warnings` also count those that are not listed.
pub fn findings(findings: &[Finding], errors: u64, warnings: u64) -> String {
    let mut text = String::new();
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let origin = &finding.origin;
        let mut place = origin.file.clone();
        if origin.line > 0 {
            place.push_str(&format!(":{}", origin.line));
        }
        if !origin.field.is_empty() {
            place.push_str(&format!(": {}", origin.field));
        }
        let line = format!("{severity}: {place}: {}", finding.reason);
        text.extend(line.chars().filter(|c| !c.is_control()));
        text.push('\n');
    }
    let unlisted = (errors + warnings).saturating_sub(findings.len() as u64);
    if unlisted > 0 {
        text.push_str(&format!("and {unlisted} more\n"));
    }
    if errors + warnings > 0 {
        text.push_str(&format!("{errors} errors, {warnings} warnings\n"));
    }
    text
}

/// Who in the files is probably recorded already: one line each, with every record that may be of the same person.
pub fn probably_known(known: &[v1::ProbablyKnown]) -> String {
    let mut text = String::new();
    for person in known.iter().take(MOST_LISTED) {
        let candidates: Vec<String> = person.candidates.iter().map(other_record).collect();
        let line = format!(
            "probably known: {} {}: {}",
            person.external_id,
            person.display_name,
            candidates.join("; ")
        );
        text.extend(line.chars().filter(|c| !c.is_control()));
        text.push('\n');
    }
    if known.len() > MOST_LISTED {
        text.push_str(&format!("and {} more\n", known.len() - MOST_LISTED));
    }
    if !known.is_empty() {
        text.push_str(&format!(
            "{} people are probably known already; nobody was merged: kinpath same-person list\n",
            known.len()
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundle::Origin;

    #[test]
    fn each_finding_says_where_it_stands() {
        let finding = Finding {
            severity: Severity::Error,
            origin: Origin {
                file: "people.csv".to_owned(),
                line: 7,
                field: "birth_date".to_owned(),
            },
            reason: "\"31 Feb\u{1b}\" is not a date".to_owned(),
        };
        assert_eq!(
            findings(&[finding], 1, 2),
            "error: people.csv:7: birth_date: \"31 Feb\" is not a date\nand 2 more\n1 errors, 2 warnings\n"
        );
    }
}
