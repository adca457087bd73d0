//! Cells to values: dates, words, numbers, lists. What cannot be understood becomes a finding with file, line and
//! column, and the row is marked as faulty; reading goes on, so that one run finds all faults of a row.

use super::table::{Column, Row};
use crate::exchange::report::{Findings, shown};
use crate::model::bundle::Origin;
use crate::model::partial_date::{End, PartialDate};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Reads the cells of one row.
pub struct CellReader<'t, 'f> {
    pub row: Row<'t>,
    findings: &'f mut Findings,
    is_faulty: bool,
}

impl<'t, 'f> CellReader<'t, 'f> {
    pub fn new(row: Row<'t>, findings: &'f mut Findings) -> CellReader<'t, 'f> {
        CellReader {
            row,
            findings,
            is_faulty: false,
        }
    }

    /// Whether a cell of the row could not be taken.
    pub fn is_faulty(&self) -> bool {
        self.is_faulty
    }

    /// Reports that the row cannot be taken because of this cell.
    pub fn fail(&mut self, column: Column, reason: impl Into<String>) {
        self.is_faulty = true;
        self.findings.error(origin(&self.row, column.name), reason);
    }

    /// Reports a doubt; the row is taken.
    pub fn warn(&mut self, column: Column, reason: impl Into<String>) {
        self.findings
            .warning(origin(&self.row, column.name), reason);
    }

    pub fn text(&self, column: Column) -> &'t str {
        self.row.cell(column)
    }

    /// Text that must be there.
    pub fn needed_text(&mut self, column: Column) -> &'t str {
        let text = self.text(column);
        if text.is_empty() {
            self.fail(column, format!("\"{}\" is needed and empty", column.name));
        }
        text
    }

    /// The parts of a list, without empty ones.
    pub fn list(&self, column: Column) -> impl Iterator<Item = &'t str> + use<'t, 'f> {
        self.text(column)
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
    }

    pub fn texts(&self, column: Column) -> Vec<String> {
        self.list(column).map(str::to_owned).collect()
    }

    pub fn date(&mut self, column: Column) -> Option<PartialDate> {
        self.date_in(column, self.text(column))
    }

    /// A date that is part of a cell.
    pub fn date_in(&mut self, column: Column, text: &str) -> Option<PartialDate> {
        if text.is_empty() {
            return None;
        }
        match text.parse() {
            Ok(date) => Some(date),
            Err(error) => {
                let error: crate::model::partial_date::InvalidDate = error;
                self.fail(column, error.to_string());
                None
            }
        }
    }

    /// From when until when, as after the `@` of a place: a stretch of time, or one date for its beginning.
    pub fn validity_in(
        &mut self,
        column: Column,
        text: &str,
    ) -> (Option<PartialDate>, Option<PartialDate>) {
        let point = |end| match end {
            End::At(point) => Some(PartialDate::Single(point)),
            End::Open | End::Unknown => None,
        };
        match self.date_in(column, text) {
            Some(PartialDate::Interval(first, last)) => (point(first), point(last)),
            date => (date, None),
        }
    }

    pub fn yes_no(&mut self, column: Column) -> Option<bool> {
        match self.text(column).to_ascii_lowercase().as_str() {
            "" => None,
            "yes" | "y" | "true" => Some(true),
            "no" | "n" | "false" => Some(false),
            other => {
                self.fail(column, format!("{} is neither yes nor no", shown(other)));
                None
            }
        }
    }

    /// A whole number or fraction within a range.
    pub fn number<N>(&mut self, column: Column, range: RangeInclusive<N>) -> Option<N>
    where
        N: FromStr + PartialOrd + Display,
    {
        self.number_in(column, self.text(column), range)
    }

    /// A number that is part of a cell.
    pub fn number_in<N>(
        &mut self,
        column: Column,
        text: &str,
        range: RangeInclusive<N>,
    ) -> Option<N>
    where
        N: FromStr + PartialOrd + Display,
    {
        if text.is_empty() {
            return None;
        }
        match text.parse::<N>() {
            Ok(number) if range.contains(&number) => Some(number),
            _ => {
                let (first, last) = (range.start(), range.end());
                self.fail(
                    column,
                    format!("{} is not a number from {first} to {last}", shown(text)),
                );
                None
            }
        }
    }

    /// One of a fixed set of words; nothing if the cell is empty.
    pub fn word<T: Copy>(
        &mut self,
        column: Column,
        all: &[T],
        word_of: fn(T) -> &'static str,
    ) -> Option<T> {
        self.word_in(column, self.text(column), all, word_of)
    }

    /// A word that is part of a cell.
    pub fn word_in<T: Copy>(
        &mut self,
        column: Column,
        text: &str,
        all: &[T],
        word_of: fn(T) -> &'static str,
    ) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        let found = all
            .iter()
            .copied()
            .find(|value| is_same_word(word_of(*value), text));
        if found.is_none() {
            let words: Vec<&str> = all
                .iter()
                .map(|value| word_of(*value))
                .filter(|word| !word.is_empty())
                .collect();
            self.fail(
                column,
                format!("{} is none of {}", shown(text), words.join(", ")),
            );
        }
        found
    }
}

/// Case, spaces and hyphens do not matter.
fn is_same_word(word: &str, text: &str) -> bool {
    word.len() == text.len()
        && word
            .bytes()
            .zip(text.bytes())
            .all(|(expected, found)| match found {
                b' ' | b'-' => expected == b'_',
                _ => expected == found.to_ascii_lowercase(),
            })
}

/// Where a cell stands.
pub fn origin(row: &Row<'_>, field: &str) -> Origin {
    Origin {
        file: row.file.to_owned(),
        line: row.line,
        field: field.to_owned(),
    }
}
