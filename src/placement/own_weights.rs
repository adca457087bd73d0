//! An agency's own weights: a file that replaces some of the numbers of `data/matching/attributes.toml` and
//! `data/ranking.toml`, and nothing else: no attribute is added, taken away, or looked at otherwise. Checked at start, with
//! the line and the reason; its version is named in every answer.

use super::matching::{self, AttributeKind, Attributes};
use super::order::line_of;
use super::ranking::{self, Weights};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// A file of weights that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("weights {file}: {reason}")]
pub struct WeightsError {
    pub file: String,
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnFile {
    version: String,
    /// Who decided, and when.
    source: String,
    /// Of `data/matching/attributes.toml`, by the names there; points of attributes in `[matching.weights]`.
    #[serde(default)]
    matching: Table,
    /// Of `data/ranking.toml`, by the names there.
    #[serde(default)]
    ranking: Table,
}

/// Both tables with an agency's own numbers in them.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnWeights {
    /// What the agency calls it.
    pub version: String,
    pub matching: Attributes,
    pub ranking: Weights,
    /// What differs, as "matching.weights.near_home: 8 becomes 12".
    pub differences: Vec<String>,
}

/// Reads and checks one file's text.
pub fn read(file: &str, text: &str) -> Result<OwnWeights, WeightsError> {
    read_over(text).map_err(|reason| WeightsError {
        file: file.to_owned(),
        reason: reason.trim_end().to_owned(),
    })
}

/// Takes an agency's own weights. Must be called before the first question; later it is an error.
pub fn take_own(file: &str, text: &str) -> Result<(), WeightsError> {
    let own = read(file, text)?;
    let is_taken = matching::take_own(own.matching) && ranking::take_own(own.ranking);
    is_taken.then_some(()).ok_or_else(|| WeightsError {
        file: file.to_owned(),
        reason: "weights were used before these were taken".to_owned(),
    })
}

fn read_over(text: &str) -> Result<OwnWeights, String> {
    let mut own: OwnFile = toml::from_str(text).map_err(|error| error.to_string())?;
    for (name, value) in [("version", &own.version), ("source", &own.source)] {
        if value.trim().is_empty() {
            let line = line_of(text, name);
            return Err(format!("{line}{name} must be given"));
        }
    }
    let mut over = Over {
        text,
        differences: Vec::new(),
    };
    let points = match own.matching.remove("weights") {
        None => Table::new(),
        Some(Value::Table(points)) => points,
        Some(_) => return Err("matching.weights: a table of attributes is wanted".to_owned()),
    };
    let mut table = built_in(matching::BUILT_IN)?;
    over.put("matching", &mut table, &own.matching)?;
    let mut attributes: Attributes = typed(table)?;
    over.put_points(&mut attributes, &points)?;
    let mut table = built_in(ranking::BUILT_IN)?;
    over.put("ranking", &mut table, &own.ranking)?;
    let mut weights: Weights = typed(table)?;
    if let Some((name, reason)) = attributes.fault() {
        return Err(format!("{}matching.{name}: {reason}", line_of(text, name)));
    }
    attributes.version = format!("{} with {}", attributes.version, own.version);
    weights.version = format!("{} with {}", weights.version, own.version);
    Ok(OwnWeights {
        version: own.version,
        matching: attributes,
        ranking: weights,
        differences: over.differences,
    })
}

fn built_in(text: &str) -> Result<Table, String> {
    toml::from_str(text).map_err(|error| error.to_string())
}

fn typed<T: serde::de::DeserializeOwned>(table: Table) -> Result<T, String> {
    T::deserialize(Value::Table(table)).map_err(|error| error.to_string())
}

/// What may not be replaced: who they are, words, and what rests on law.
const FIXED: [&str; 5] = [
    "version",
    "attribute",
    "forms",
    "age_of_consent",
    "age_of_consent_source",
];

/// No number may be larger than this, so that one weight cannot hide all others.
const MOST: f64 = 1000.0;

struct Over<'a> {
    text: &'a str,
    differences: Vec<String>,
}

impl Over<'_> {
    /// Replaces numbers of a table by those of another.
    fn put(&mut self, path: &str, base: &mut Table, own: &Table) -> Result<(), String> {
        for (name, value) in own {
            let at = format!("{path}.{name}");
            let line = line_of(self.text, name);
            let known: Vec<String> = base.keys().filter(|key| is_free(key)).cloned().collect();
            let old = base.get_mut(name).filter(|_| is_free(name));
            let Some(old) = old else {
                let known = known.join(", ");
                return Err(format!(
                    "{line}{at}: there is no such weight to replace; known are: {known}"
                ));
            };
            match (old, value) {
                (Value::Table(old), Value::Table(value)) => self.put(&at, old, value)?,
                (Value::Array(old), Value::Array(value)) if old.len() == value.len() => {
                    for (old, value) in old.iter_mut().zip(value) {
                        self.put_number(&at, &line, old, value)?;
                    }
                }
                (Value::Array(old), _) => {
                    let numbers = old.len();
                    return Err(format!("{line}{at}: a list of {numbers} numbers is wanted"));
                }
                (old, value) => self.put_number(&at, &line, old, value)?,
            }
        }
        Ok(())
    }

    fn put_number(
        &mut self,
        at: &str,
        line: &str,
        old: &mut Value,
        new: &Value,
    ) -> Result<(), String> {
        let wants_whole = old.is_integer() && new.is_float();
        let number = number_of(new).filter(|number| number.abs() <= MOST);
        let (Some(number), Some(before), false) = (number, number_of(old), wants_whole) else {
            let kind = if wants_whole {
                "a whole number"
            } else {
                "a number"
            };
            return Err(format!(
                "{line}{at}: {kind} of at most {MOST} is wanted, not {new}"
            ));
        };
        if number.is_sign_negative() && before >= 0.0 && number != 0.0 {
            return Err(format!("{line}{at}: may not be less than 0"));
        }
        if number != before {
            self.differences
                .push(format!("{at}: {before} becomes {number}"));
        }
        *old = match old.is_integer() {
            true => new.clone(),
            false => Value::Float(number),
        };
        Ok(())
    }

    fn put_points(&mut self, attributes: &mut Attributes, points: &Table) -> Result<(), String> {
        let known: BTreeMap<String, AttributeKind> = attributes
            .rows()
            .iter()
            .map(|row| (row.id.clone(), row.kind))
            .collect();
        for (id, value) in points {
            let line = line_of(self.text, id);
            let at = format!("{line}matching.weights.{id}");
            match known.get(id) {
                None => return Err(format!("{at}: there is no such attribute")),
                Some(AttributeKind::Never) => {
                    return Err(format!("{at}: is not looked at, so it has no weight"));
                }
                Some(_) => {}
            }
            let points = number_of(value).filter(|points| (0.0..=MOST).contains(points));
            let points = points.ok_or_else(|| format!("{at}: 0 to {MOST} points are wanted"))?;
            let before = attributes.weight(id);
            if before != points {
                let words = format!("matching.weights.{id}: {before} becomes {points}");
                self.differences.push(words);
            }
            attributes.set_weight(id, points);
        }
        Ok(())
    }
}

fn is_free(name: &str) -> bool {
    !FIXED.contains(&name)
}

fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => i32::try_from(*number).ok().map(f64::from),
        Value::Float(number) => Some(*number).filter(|number| number.is_finite()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "version = \"ours-1\"\nsource = \"committee, 1 December 2026\"\n";

    fn of(rest: &str) -> Result<OwnWeights, WeightsError> {
        read("ours.toml", &format!("{HEAD}{rest}"))
    }

    #[test]
    fn only_what_is_given_is_replaced_and_the_version_is_named() {
        let own = of(
            "[matching]\nwould_consider = 0.25\n[matching.weights]\nnear_home = 12\n\
                      [ranking.closeness]\nby_union = -4",
        )
        .expect("good");
        assert_eq!(own.matching.weight("near_home"), 12.0);
        assert_eq!(own.matching.would_consider, 0.25);
        assert_eq!(own.matching.weight("age"), 8.0);
        assert!(own.matching.version.ends_with("with ours-1"));
        assert!(own.ranking.version.ends_with("with ours-1"));
        assert_eq!(
            own.differences,
            [
                "matching.would_consider: 0.5 becomes 0.25",
                "matching.weights.near_home: 8 becomes 12",
                "ranking.closeness.by_union: -8 becomes -4",
            ]
        );
        let none = of("").expect("good");
        assert!(none.differences.is_empty());
    }

    #[test]
    fn bad_files_are_refused_with_line_and_reason() {
        for (rest, wanted) in [
            (
                "[matching.weights]\nnear_hom = 1",
                "line 4: matching.weights.near_hom: there is no such",
            ),
            (
                "[matching.weights]\nrace = 1",
                "line 4: matching.weights.race: is not looked at",
            ),
            (
                "[matching.weights]\nage = -1",
                "line 4: matching.weights.age: 0 to 1000",
            ),
            (
                "[matching.weights]\nage = nan",
                "line 4: matching.weights.age: 0 to 1000",
            ),
            (
                "[matching]\nage_of_consent = 3",
                "line 4: matching.age_of_consent: there is no such weight to replace",
            ),
            (
                "[matching]\nwould_consider = 2",
                "line 4: matching.would_consider: 0 to 1",
            ),
            (
                "[matching]\ndistance_shares = [1, 2]",
                "line 4: matching.distance_shares: a list of 5",
            ),
            (
                "[matching.freshness]\nstale_days = 1.5",
                "line 4: matching.freshness.stale_days: a whole number",
            ),
            (
                "[ranking.tie_to_child]\nknows_the_child = \"much\"",
                "line 4: ranking.tie_to_child.knows_the_child: a number",
            ),
            (
                "[ranking.place]\nsame_place = -2",
                "line 4: ranking.place.same_place: may not be less than 0",
            ),
            ("[rankin]", "line 3"),
            ("[matching", "line 3"),
        ] {
            let told = of(rest).expect_err(rest).to_string();
            assert!(told.contains(wanted), "{rest}: {told}");
        }
        assert!(read("ours.toml", "version = \"\"\nsource = \"x\"").is_err());
    }
}
