//! What was learnt, as a frozen artefact: saved, versioned, loaded again; scores depend on nothing else.

use super::comparison::{Comparison, MOST, Pattern, next_level};
use super::estimation::{LevelChances, probability};
use super::keys::Template;
use super::table::{Field, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the form below. Others are refused.
pub const VERSION: u32 = 1;

/// A learnt model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    pub version: u32,
    /// Which artefact this is, as kept with every link that it scored; empty for one of an operator's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub edition: String,
    /// What it was learnt from, in words.
    pub provenance: String,
    /// How many records it was learnt from.
    pub records: u64,
    /// In how many records a name is taken to stand that was not counted; once where nothing is given.
    #[serde(default)]
    pub uncounted: u64,
    /// How many pairs of one person there are for each record.
    pub matches_per_record: f64,
    /// How many pairs of relatives and the like there are for each record.
    pub relatives_per_record: f64,
    /// Share of pairs of one person that no key finds, as far as the model can tell.
    pub outside: f64,
    pub fields: Vec<Field>,
    pub templates: Vec<Template>,
    /// Kinds of keys for larger tables, the smallest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scales: Vec<Scale>,
    pub comparisons: Vec<Learnt>,
    /// Words met often for one another on confident links: nicknames and the like.
    pub equivalents: Vec<Equivalents>,
    /// How often names and texts were met.
    pub frequencies: Vec<Frequencies>,
}

/// Kinds of keys for tables from a size on: the larger a table, the more a key must tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// From so many records on.
    pub from: usize,
    pub templates: Vec<Template>,
}

/// One comparison with what was learnt of its levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Learnt {
    pub comparison: Comparison,
    pub levels: Vec<LevelChances>,
}

/// Words that stand for one another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equivalents {
    /// The field; all names where nothing is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<usize>,
    pub pairs: Vec<(String, String)>,
}

/// In how many records words were met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequencies {
    /// The field; all names where nothing is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<usize>,
    pub counts: BTreeMap<String, u64>,
}

impl Parameters {
    /// Reads an artefact; says why it cannot be used.
    pub fn from_toml(text: &str) -> Result<Parameters, String> {
        let parameters: Parameters = toml::from_str(text).map_err(|why| why.to_string())?;
        if parameters.version != VERSION {
            return Err(format!(
                "it has version {}, this program reads version {VERSION}: learn anew",
                parameters.version
            ));
        }
        let whole = parameters
            .comparisons
            .iter()
            .all(|learnt| learnt.levels.len() == learnt.comparison.level_words().len());
        if !whole {
            return Err("its levels are not those of this program: learn anew".to_owned());
        }
        Ok(parameters)
    }

    /// The artefact as text.
    pub fn to_toml(&self) -> Result<String, String> {
        toml::to_string(self).map_err(|why| why.to_string())
    }

    /// The kinds of keys for a table of so many records.
    pub fn templates_for(&self, records: usize) -> &[Template] {
        let scales = self.scales.iter().rev();
        let mut fitting = scales.filter(|scale| scale.from <= records);
        fitting
            .next()
            .map_or(&self.templates, |scale| &scale.templates)
    }

    /// The weights, ready for use on a table of so many records.
    pub fn model(&self, table: &Table) -> Model {
        self.model_of(table.len() as f64, table.all_pairs())
    }

    /// The weights, as for a table of so many records.
    pub fn model_for(&self, records: u64) -> Model {
        let records = records.max(2) as f64;
        self.model_of(records, records * (records - 1.0) / 2.0)
    }

    fn model_of(&self, records: f64, pairs: f64) -> Model {
        let all = pairs.max(2.0);
        let of_all = |per_record: f64| (per_record * records).clamp(1e-9, all * 0.4);
        Model::new(
            &self.comparisons,
            of_all(self.matches_per_record),
            of_all(self.relatives_per_record),
            all,
        )
    }
}

/// Weights by comparison and level.
#[derive(Clone, Debug)]
pub struct Model {
    pub comparisons: Vec<Comparison>,
    /// For one person rather than strangers and for relatives rather than strangers, in bits, by comparison and level.
    pub weights: Vec<Vec<[f64; 2]>>,
    /// The same before anything is compared.
    pub prior: [f64; 2],
    /// The most that the comparisons from this one on can add.
    best_left: Vec<f64>,
}

impl Model {
    pub fn new(learnt: &[Learnt], matches: f64, relatives: f64, all: f64) -> Model {
        let comparisons: Vec<Comparison> = learnt.iter().map(|learnt| learnt.comparison).collect();
        let of_level = |level: &LevelChances| [level.weight(), level.relatives_weight()];
        let weights: Vec<Vec<[f64; 2]>> = learnt
            .iter()
            .map(|learnt| learnt.levels.iter().map(of_level).collect())
            .collect();
        let mut best_left = vec![0.0; weights.len() + 1];
        for place in (0..weights.len()).rev() {
            let best = weights[place]
                .iter()
                .map(|weights| weights[0])
                .fold(0.0, f64::max);
            best_left[place] = best_left[place + 1] + best;
        }
        let strangers = (all - matches - relatives).max(1.0);
        let prior = [(matches / strangers).log2(), (relatives / strangers).log2()];
        Model {
            comparisons,
            weights,
            prior,
            best_left,
        }
    }

    /// The same where matches are likelier beforehand by so many bits.
    pub fn with_more_matches(&self, bits: f64) -> Model {
        let mut model = self.clone();
        model.prior[0] += bits;
        model
    }

    /// Log odds of a pattern, in bits.
    pub fn odds(&self, pattern: &Pattern) -> f64 {
        let mut sums = self.prior;
        for (weights, level) in self.weights.iter().zip(pattern) {
            sums[0] += weights[*level as usize][0];
            sums[1] += weights[*level as usize][1];
        }
        against_relatives(sums)
    }

    pub fn probability(&self, pattern: &Pattern) -> f64 {
        probability(self.odds(pattern))
    }

    /// Compares two records; nothing as soon as the log odds cannot reach `least`.
    pub fn compare(&self, table: &Table, a: usize, b: usize, least: f64) -> Option<(Pattern, f64)> {
        let mut sums = self.prior;
        let mut levels = [0; MOST];
        for place in 0..self.comparisons.len() {
            if sums[0] + self.best_left[place] < least {
                return None;
            }
            let level = next_level(table, &self.comparisons, &levels, place, a, b);
            levels[place] = level;
            let weights = self.weights[place][level as usize];
            sums[0] += weights[0];
            sums[1] += weights[1];
        }
        let odds = against_relatives(sums);
        (odds >= least).then_some((levels, odds))
    }
}

/// Log odds of one person against strangers and relatives together, from the log odds of one person and of relatives
/// against strangers.
fn against_relatives(sums: [f64; 2]) -> f64 {
    sums[0] - (1.0 + sums[1].exp2()).log2()
}
