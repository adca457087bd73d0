//! The small parts that requests share: days, limits, references to people, texts, revisions.

use crate::error::Error;
use crate::model::ids::{ExternalId, Revision};
use crate::model::partial_date::Day;

/// The longest text taken in one field, in bytes.
const LONGEST_TEXT: usize = 4096;

/// The day given as YYYY-MM-DD, or this one where none is given.
pub fn day_or(field: &str, text: &str, default: Day) -> Result<Day, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(default);
    }
    text.parse().map_err(|_| {
        Error::invalid(
            field,
            format!(
                "\"{}\" is not a day: give it as YYYY-MM-DD",
                shortened(text)
            ),
        )
    })
}

/// A limit, with its default where it is not set; more than the greatest is taken as the greatest.
pub fn limit(value: Option<u32>, default: usize, greatest: usize) -> usize {
    value.map_or(default, |value| value as usize).min(greatest)
}

/// A page size: 0 is the default, more than the greatest is taken as the greatest.
pub fn page_size(field: &str, value: i32, default: usize, greatest: usize) -> Result<usize, Error> {
    match usize::try_from(value) {
        Ok(0) => Ok(default),
        Ok(size) => Ok(size.min(greatest)),
        Err(_) => Err(Error::invalid(field, "must not be negative")),
    }
}

/// What stands for a person in a request, without the `people/` of its resource name.
pub fn person_reference<'a>(field: &str, value: &'a str) -> Result<&'a str, Error> {
    let value = value.trim();
    let reference = value.strip_prefix("people/").unwrap_or(value);
    if reference.is_empty() {
        return Err(Error::invalid(
            field,
            "needed: a public id, an id of a source (source:reference), or a name",
        ));
    }
    text(field, reference)
}

/// A text of a request: not too long, and without control characters other than line ends and tabs.
pub fn text<'a>(field: &str, value: &'a str) -> Result<&'a str, Error> {
    let value = value.trim();
    if value.len() > LONGEST_TEXT {
        return Err(Error::invalid(
            field,
            format!("longer than {LONGEST_TEXT} bytes"),
        ));
    }
    let is_forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if value.contains(is_forbidden) {
        return Err(Error::invalid(field, "contains a control character"));
    }
    Ok(value)
}

/// What a source calls something; nothing if it is empty.
pub fn read_external_id(field: &str, value: &str) -> Result<Option<ExternalId>, Error> {
    let value = text(field, value)?;
    if value.is_empty() {
        return Ok(None);
    }
    let id = ExternalId::parse(value);
    id.map(Some)
        .ok_or_else(|| Error::invalid(field, "must be `source:reference`"))
}

/// A revision as an opaque token.
pub fn revision_text(revision: Revision) -> String {
    format!("{}-{}", revision.epoch, revision.sequence)
}

/// Reads what [`revision_text`] wrote.
pub fn read_revision(field: &str, text: &str) -> Result<Option<Revision>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let parts = text.split_once('-').and_then(|(epoch, sequence)| {
        Some(Revision {
            epoch: epoch.parse().ok()?,
            sequence: sequence.parse().ok()?,
        })
    });
    parts
        .map(Some)
        .ok_or_else(|| Error::invalid(field, "not a revision: send one that an answer gave"))
}

/// The beginning of a text that is repeated in an error.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_read_back() {
        let revision = Revision {
            epoch: 3,
            sequence: 18_446_744_073_709_551_615,
        };
        let text = revision_text(revision);
        assert_eq!(read_revision("r", &text).ok().flatten(), Some(revision));
        for bad in ["1", "-", "1-", "a-b", "-1-2", "1-2-3"] {
            assert!(read_revision("r", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_cannot_stand_for_a_person_is_refused() {
        for bad in ["", "  ", "people/", "a\u{0}b", &"x".repeat(5000)] {
            assert!(person_reference("child", bad).is_err(), "{bad:?}");
        }
        assert_eq!(person_reference("child", "people/X").ok(), Some("X"));
        assert_eq!(
            person_reference("child", " tudor:I58 ").ok(),
            Some("tudor:I58")
        );
    }

    #[test]
    fn page_sizes_are_bounded() {
        assert_eq!(page_size("s", 0, 100, 500).ok(), Some(100));
        assert_eq!(page_size("s", 9999, 100, 500).ok(), Some(500));
        assert!(page_size("s", -1, 100, 500).is_err());
    }
}
