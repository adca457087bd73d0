//! Scores two people of the store's own schema, with the reasons: what each field agrees in and how much that weighs.

use super::comparison::{Comparison, pattern};
use super::estimation::probability;
use super::parameters::{Model, Parameters};
use super::table::{Field, FieldKind, Role, Table};
use super::words::{WordId, Words};
use crate::model::partial_date::PartialDate;
use crate::model::person::{Gender, Name};

/// What is known of a person, as far as linkage compares it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonFacts {
    pub names: Vec<Name>,
    pub births: Vec<PartialDate>,
    pub deaths: Vec<PartialDate>,
    pub gender: Gender,
    /// Names of places lived, born or died in.
    pub places: Vec<String>,
    /// Names of nations.
    pub nations: Vec<String>,
}

/// How likely two records speak of one person, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Log odds in bits.
    pub weight: f64,
    pub probability: f64,
    /// The reasons; together with the log odds beforehand they add up to the weight.
    pub reasons: Vec<FieldEvidence>,
    /// Log odds before anything is compared, in bits.
    pub beforehand: f64,
}

/// What one comparison says.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldEvidence {
    pub field: String,
    /// The level of agreement; 0 where it is not known.
    pub level: u8,
    /// In bits; for the same person where positive.
    pub weight: f64,
    pub words: String,
}

/// The fields of the store's own schema, in the order of [`push_person`].
pub fn person_fields() -> Vec<Field> {
    let nation = Field {
        kind: FieldKind::Category,
        label: "nation".to_owned(),
    };
    let mut fields: Vec<Field> = [
        FieldKind::Given,
        FieldKind::Family,
        FieldKind::Birth,
        FieldKind::Death,
        FieldKind::Place,
        FieldKind::Sex,
    ]
    .into_iter()
    .map(Field::of)
    .collect();
    fields.push(nation);
    fields
}

/// Adds a person to a table of [`person_fields`].
pub fn push_person(table: &mut Table, facts: &PersonFacts) {
    let mut texts: Vec<(usize, String)> = Vec::new();
    for name in &facts.names {
        let (given, family) = parts_of(name);
        texts.push((0, given));
        texts.push((1, family));
    }
    texts.extend(facts.births.iter().map(|date| (2, date.to_string())));
    texts.extend(facts.deaths.iter().map(|date| (3, date.to_string())));
    texts.extend(facts.places.iter().map(|place| (4, place.clone())));
    texts.push((5, facts.gender.word().to_owned()));
    texts.extend(facts.nations.iter().map(|nation| (6, nation.clone())));
    let values: Vec<(usize, &str)> = texts
        .iter()
        .map(|(field, text)| (*field, text.as_str()))
        .collect();
    table.push(0, &values);
}

/// Given and family name; of a whole name without parts the last word is taken as the family name, and a single word
/// as the given name.
fn parts_of(name: &Name) -> (String, String) {
    if !name.given.is_empty() || !name.family.is_empty() {
        return (name.given.clone(), name.family.clone());
    }
    match name.full.trim().rsplit_once(' ') {
        Some((given, family)) => (given.to_owned(), family.to_owned()),
        None => (name.full.clone(), String::new()),
    }
}

/// How likely two people are one, by frozen parameters only.
pub fn score(a: &PersonFacts, b: &PersonFacts, parameters: &Parameters) -> Score {
    let mut table = Table::new(person_fields());
    push_person(&mut table, a);
    push_person(&mut table, b);
    prepare(&mut table, parameters);
    let all = (parameters.records as f64).max(2.0).powi(2) / 2.0;
    let records = parameters.records as f64;
    let model = Model::new(
        &parameters.comparisons,
        parameters.matches_per_record * records,
        parameters.relatives_per_record * records,
        all,
    );
    explain(&table, &model, 0, 1)
}

/// Weighs a table's words by the parameters' frequencies and equates those that the parameters equate.
pub fn prepare(table: &mut Table, parameters: &Parameters) {
    for frequencies in &parameters.frequencies {
        let words = words_of(table, frequencies.field);
        words.weigh(parameters.records, |text, _| {
            let count = frequencies.counts.get(text).copied();
            count.unwrap_or(parameters.uncounted)
        });
    }
    for equivalents in &parameters.equivalents {
        let words = words_of(table, equivalents.field);
        equate_known(words, &equivalents.pairs);
    }
}

fn words_of(table: &mut Table, field: Option<usize>) -> &mut Words {
    match field {
        None => &mut table.names,
        Some(field) => &mut table.texts[field].words,
    }
}

/// Goes over whichever is fewer: the pairs of words in the table, or the pairs known (in order).
fn equate_known(words: &mut Words, pairs: &[(String, String)]) {
    let count = words.len();
    if count * count > pairs.len() * 4 {
        for (one, other) in pairs {
            if let (Some(one), Some(other)) = (words.find(one), words.find(other)) {
                words.equate(one, other);
            }
        }
        return;
    }
    for one in 0..count as WordId {
        for other in 0..count as WordId {
            let pair = (words.text(one), words.text(other));
            let known = pair.0 < pair.1
                && pairs
                    .binary_search_by(|known| (known.0.as_str(), known.1.as_str()).cmp(&pair))
                    .is_ok();
            if known {
                words.equate(one, other);
            }
        }
    }
}

/// The score of two records of a table with its reasons, the weightiest first.
pub fn explain(table: &Table, model: &Model, a: usize, b: usize) -> Score {
    let levels = pattern(table, &model.comparisons, a, b);
    let weight = model.odds(&levels);
    let mut reasons = Vec::new();
    let mut relatives = model.prior[1];
    for (place, comparison) in model.comparisons.iter().enumerate() {
        let level = levels[place];
        let weights = model.weights[place][level as usize];
        relatives += weights[1];
        if level == 0 || weights == [0.0, 0.0] {
            continue;
        }
        let known = comparison.levels();
        let what = known
            .get(level as usize)
            .map(|level| level.words.clone())
            .unwrap_or_default();
        let (one, other) = (values(table, *comparison, a), values(table, *comparison, b));
        let words = if one == other {
            format!("{what}: {one}")
        } else {
            format!("{what}: {one} / {other}")
        };
        reasons.push(FieldEvidence {
            field: comparison.words(&table.fields),
            level,
            weight: weights[0],
            words,
        });
    }
    reasons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    let against = -(1.0 + relatives.exp2()).log2();
    if against < -0.05 {
        reasons.push(FieldEvidence {
            field: "relatives".to_owned(),
            level: 1,
            weight: against,
            words: "relatives would agree in this too".to_owned(),
        });
    }
    Score {
        weight,
        probability: probability(weight),
        reasons,
        beforehand: model.prior[0],
    }
}

/// The values that a comparison looked at, for people to read.
fn values(table: &Table, comparison: Comparison, record: usize) -> String {
    let names = |wanted: fn(Role) -> bool| {
        let row = table
            .name_rows
            .row(record)
            .iter()
            .filter(|word| wanted(word.role()));
        row.map(|word| table.names.text(word.word()))
            .collect::<Vec<_>>()
    };
    let texts = |field: usize| {
        let column = &table.texts[field];
        column
            .rows
            .row(record)
            .iter()
            .map(|word| column.words.text(*word))
            .collect::<Vec<_>>()
    };
    let mut found = match comparison {
        Comparison::Names => names(|_| true),
        Comparison::Given => names(|role| role == Role::Given),
        Comparison::Family => names(|role| role == Role::Family),
        Comparison::Date(field) => {
            let dates: Vec<String> = table.dates[field]
                .row(record)
                .iter()
                .map(|date| date.words())
                .collect();
            return dates.join(", ");
        }
        Comparison::Locality { place, postcode } => {
            place.into_iter().chain(postcode).flat_map(texts).collect()
        }
        Comparison::Text(field) | Comparison::Code(field) | Comparison::Sex(field) => texts(field),
    };
    found.dedup();
    found.join(", ")
}
