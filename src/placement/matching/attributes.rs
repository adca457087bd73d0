//! The table of attributes: what is compared, how, and what it is worth.

use crate::placement::order::Attribute;
use serde::Deserialize;
use std::sync::OnceLock;

/// The whole table.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attributes {
    /// The version of the file.
    pub version: String,
    /// What "would consider" is worth of a full yes, 0 to 1.
    pub would_consider: f64,
    /// Points of a need whose category is not in the table.
    pub other_weight: f64,
    /// From this age a child's consent is asked for.
    pub age_of_consent: u8,
    pub age_of_consent_source: String,
    /// A placement is likely to begin within so many days.
    pub likely_days: i32,
    /// Goals that are forms of permanence with a waiting family.
    pub forms: Vec<String>,
    /// Worth of each band of distance, 0 to 1.
    pub distance_shares: [f64; 5],
    pub freshness: Freshness,
    pub steps: Steps,
    #[serde(rename = "attribute")]
    rows: Vec<AttributeRow>,
}

/// How answers age.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freshness {
    pub fresh_days: i32,
    pub stale_days: i32,
    /// 0 to 1.
    pub least: f64,
}

impl Freshness {
    /// What answers are worth this many days after they were confirmed, 0 to 1; nothing: never confirmed.
    pub fn worth(&self, days: Option<i32>) -> f64 {
        let Some(days) = days else {
            return self.least;
        };
        let span = f64::from((self.stale_days - self.fresh_days).max(1));
        let past = f64::from((days - self.fresh_days).max(0)) / span;
        (1.0 - past * (1.0 - self.least)).max(self.least)
    }
}

/// How many steps each change is from a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    pub study_finished: u32,
    pub approval_after_withdrawal: u32,
    pub approved_earlier: u32,
    pub off_hold: u32,
    pub other_match_ends: u32,
    /// Considering a need: for each level.
    pub willingness: u32,
    /// Having what the child must have.
    pub must: u32,
    pub give_up: u32,
    pub child_consents: u32,
    pub nearer: u32,
    pub same_region: u32,
    /// An expired approval counts one step, and one more for each time that so many days have passed.
    pub approval_days: i32,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeRow {
    /// The row of the domain notes.
    pub number: u8,
    pub id: String,
    pub title: String,
    pub kind: AttributeKind,
    /// Points of a full yes.
    pub weight: f64,
    pub source: String,
    /// Left aside where a placement order forbids this.
    pub limited_by: Option<Attribute>,
}

/// How an attribute is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// The child's level against the level that the family accepts.
    Graded,
    /// 1 helps, 2 is important, 3 is a must.
    Requirement,
    /// The child's wish: never excludes.
    Wish,
    /// Worked out from dates, places and ties.
    BuiltIn,
    /// Not looked at.
    Never,
}

impl Attributes {
    /// The row of a category, by its key.
    pub fn row(&self, id: &str) -> Option<&AttributeRow> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// All rows.
    pub fn rows(&self) -> &[AttributeRow] {
        &self.rows
    }

    /// Replaces the points of an attribute.
    pub fn set_weight(&mut self, id: &str, weight: f64) {
        for row in self.rows.iter_mut().filter(|row| row.id == id) {
            row.weight = weight;
        }
    }

    /// What cannot be: the name, and the reason.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let is_share = |share: &f64| (0.0..=1.0).contains(share);
        if !is_share(&self.would_consider) {
            return Some(("would_consider", "0 to 1 is wanted"));
        }
        if !self.distance_shares.iter().all(is_share) {
            return Some(("distance_shares", "0 to 1 is wanted for each"));
        }
        if !is_share(&self.freshness.least) {
            return Some(("least", "0 to 1 is wanted"));
        }
        if self.freshness.stale_days <= self.freshness.fresh_days {
            return Some(("stale_days", "must be more than fresh_days"));
        }
        None
    }

    /// Points of a built-in rule.
    pub fn weight(&self, id: &str) -> f64 {
        self.row(id).map_or(0.0, |row| row.weight)
    }
}

/// The file that comes with the program.
pub const BUILT_IN: &str = include_str!("../../../data/matching/attributes.toml");

static ATTRIBUTES: OnceLock<Attributes> = OnceLock::new();

/// The table in use: of the program, with an agency's own weights. A bad file is told at start.
pub fn attributes() -> Result<&'static Attributes, toml::de::Error> {
    if let Some(attributes) = ATTRIBUTES.get() {
        return Ok(attributes);
    }
    let read = toml::from_str(BUILT_IN)?;
    Ok(ATTRIBUTES.get_or_init(|| read))
}

/// Takes another table; false where one is in use already.
pub fn take_own(own: Attributes) -> bool {
    ATTRIBUTES.set(own).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_holds_all_31_rows_and_each_id_once() {
        let table = attributes().expect("a bad table must not be released");
        let numbers: BTreeSet<u8> = table.rows().iter().map(|row| row.number).collect();
        assert_eq!(numbers, (1..=31).collect());
        let ids: BTreeSet<&str> = table.rows().iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids.len(), table.rows().len());
        for row in table.rows() {
            assert!(
                !row.source.is_empty() && !row.title.is_empty(),
                "{}",
                row.id
            );
            let is_scored = !matches!(row.kind, AttributeKind::Never) && row.id != "consents";
            assert_eq!(row.weight > 0.0, is_scored, "{}", row.id);
        }
    }

    #[test]
    fn answers_age_down_to_a_floor() {
        let freshness = attributes().unwrap().freshness;
        assert_eq!(freshness.worth(Some(0)), 1.0);
        assert_eq!(freshness.worth(Some(freshness.fresh_days)), 1.0);
        assert!(freshness.worth(Some(200)) < 1.0 && freshness.worth(Some(200)) > freshness.least);
        assert_eq!(freshness.worth(Some(10_000)), freshness.least);
        assert_eq!(freshness.worth(None), freshness.least);
    }
}
