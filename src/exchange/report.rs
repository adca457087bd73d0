//! What a reader returns: the bundle, and what was found while checking, with file, line and column.

use crate::model::bundle::{Finding, Origin, Severity};
use crate::model::packed_bundle::PackedBundle;
use crate::model::partial_date::Day;
use std::path::{Path, PathBuf};

/// How many findings are kept in full; the rest is counted.
const MOST_FINDINGS: usize = 1_000;
/// How much of a value is shown in a finding.
const MOST_SHOWN: usize = 60;

/// How to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// False: one error, and nothing is taken. True: rows with errors, and rows that need them, are left out.
    pub accept_valid_rows: bool,
    /// If given, dates of birth and death after this day get a warning.
    pub today: Option<Day>,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReadBundle {
    /// Empty if there were errors and only valid input was to be taken whole.
    pub bundle: PackedBundle,
    /// Errors first, then warnings, each in the order of reading; at most 1,000.
    pub findings: Vec<Finding>,
    /// All errors, also those beyond the findings kept.
    pub errors: u64,
    /// All warnings, also those beyond the findings kept.
    pub warnings: u64,
    /// Data rows of a CSV bundle, lines of a GEDCOM file.
    pub rows_read: u64,
}

/// Files that could not be opened or written at all.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} cannot be written: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: String },
}

impl ExchangeError {
    pub fn unreadable(path: &Path, reason: impl ToString) -> ExchangeError {
        ExchangeError::Unreadable {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }

    pub fn unwritable(path: &Path, reason: impl ToString) -> ExchangeError {
        ExchangeError::Unwritable {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// Collects findings while reading.
#[derive(Debug, Default)]
pub struct Findings {
    errors: Vec<Finding>,
    warnings: Vec<Finding>,
    error_count: u64,
    warning_count: u64,
}

impl Findings {
    /// Something that cannot be taken.
    pub fn error(&mut self, origin: Origin, reason: impl Into<String>) {
        self.error_count += 1;
        keep(&mut self.errors, Severity::Error, origin, reason.into());
    }

    /// Something taken with a doubt or a loss.
    pub fn warning(&mut self, origin: Origin, reason: impl Into<String>) {
        self.warning_count += 1;
        keep(&mut self.warnings, Severity::Warning, origin, reason.into());
    }

    /// Puts the result together; the bundle is dropped if there were errors and `options` do not accept that.
    pub fn finish(self, bundle: PackedBundle, rows_read: u64, options: &ReadOptions) -> ReadBundle {
        let taken = self.error_count == 0 || options.accept_valid_rows;
        let mut findings = self.errors;
        findings.extend(self.warnings);
        findings.truncate(MOST_FINDINGS);
        ReadBundle {
            bundle: if taken {
                bundle
            } else {
                PackedBundle::default()
            },
            findings,
            errors: self.error_count,
            warnings: self.warning_count,
            rows_read,
        }
    }
}

fn keep(findings: &mut Vec<Finding>, severity: Severity, origin: Origin, reason: String) {
    if findings.len() < MOST_FINDINGS {
        findings.push(Finding {
            severity,
            origin,
            reason,
        });
    }
}

/// A value as shown in a finding: quoted, shortened, control characters as escapes.
pub fn shown(value: &str) -> String {
    let mut text = String::from("\"");
    for (count, character) in value.chars().enumerate() {
        if count == MOST_SHOWN {
            text.push('…');
            break;
        }
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_beyond_the_limit_are_counted_and_errors_come_first() {
        let mut findings = Findings::default();
        for _ in 0..1_500 {
            findings.warning(Origin::default(), "w");
        }
        findings.error(Origin::default(), "e");
        let read = findings.finish(PackedBundle::default(), 0, &ReadOptions::default());
        assert_eq!(
            (read.errors, read.warnings, read.findings.len()),
            (1, 1_500, 1_000)
        );
        assert_eq!(
            read.findings.first().map(|f| f.severity),
            Some(Severity::Error)
        );
    }

    #[test]
    fn shown_values_are_short_and_printable() {
        assert_eq!(shown("a\u{0}b"), "\"a\\u{0}b\"");
        assert!(shown(&"x".repeat(1000)).chars().count() < 70);
    }
}
