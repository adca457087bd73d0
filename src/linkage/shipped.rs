//! The parameters that come with the program, `data/linkage/parameters.toml`, so that records can be compared from the
//! first day. How common names are is taken from the published table, never from a store.

use super::comparison::Comparison;
use super::estimation::LevelChances;
use super::parameters::{Equivalents, Frequencies, Parameters};
use super::slips::add_slips;
use super::table::FieldKind;
use crate::lookup::frequencies::frequencies;
use crate::names::nicknames::nickname_pairs;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const TEXT: &str = include_str!("../../data/linkage/parameters.toml");
/// The published table counts people in a million.
const COUNTED: u64 = 1_000_000;
/// What a name is taken for that the table does not hold, in a million: where few families make a community, a name
/// that is rare in the country is borne by many.
const UNCOUNTED: u64 = 100;

/// The shipped parameters; nothing if the file is not of this program's form, which a test rules out.
pub fn shipped() -> Option<&'static Parameters> {
    static SHIPPED: OnceLock<Option<Parameters>> = OnceLock::new();
    let read = || Parameters::from_toml(TEXT).ok().map(completed);
    SHIPPED.get_or_init(read).as_ref()
}

/// With the published table of names and the short forms, where the parameters count no names themselves.
pub fn completed(mut parameters: Parameters) -> Parameters {
    if parameters.frequencies.is_empty() {
        parameters.frequencies = vec![published()];
        add_nicknames(&mut parameters);
    }
    parameters
}

/// Makes what was learnt from invented entries fit for shipping: names are weighed by the published table, slips that the
/// entries never have are added, dates of death are weighed as dates of birth (the entries have none), and second records
/// are as rare as in a store that is looked after.
pub fn for_shipping(mut learnt: Parameters, edition: &str, matches_per_record: f64) -> Parameters {
    edition.clone_into(&mut learnt.edition);
    learnt.records = COUNTED;
    learnt.uncounted = UNCOUNTED;
    learnt.matches_per_record = matches_per_record;
    learnt.frequencies.clear();
    add_slips(&mut learnt);
    if let Some(shipped) = shipped() {
        learnt.scales.clone_from(&shipped.scales);
    }
    let kind = |parameters: &Parameters, comparison: Comparison| match comparison {
        Comparison::Date(field) => Some(parameters.fields[field].kind),
        _ => None,
    };
    let of_births: Option<Vec<LevelChances>> = learnt
        .comparisons
        .iter()
        .find(|known| kind(&learnt, known.comparison) == Some(FieldKind::Birth))
        .map(|births| births.levels.clone());
    let deaths = (learnt.comparisons.iter())
        .position(|known| kind(&learnt, known.comparison) == Some(FieldKind::Death));
    if let (Some(births), Some(deaths)) = (of_births, deaths) {
        learnt.comparisons[deaths].levels = births;
    }
    learnt
}

fn published() -> Frequencies {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (name, share) in frequencies().names() {
        *counts.entry(name.to_owned()).or_default() += (share * COUNTED as f64).round() as u64;
    }
    for count in counts.values_mut() {
        *count = (*count).max(UNCOUNTED);
    }
    Frequencies {
        field: None,
        counts,
    }
}

/// Short forms of names, beside those that were learnt.
fn add_nicknames(parameters: &mut Parameters) {
    let told =
        nickname_pairs().map(|(one, other)| (one.min(other).to_owned(), one.max(other).to_owned()));
    let mut pairs: Vec<(String, String)> = told.collect();
    parameters.equivalents.retain(|known| match known.field {
        None => {
            pairs.extend_from_slice(&known.pairs);
            false
        }
        Some(_) => true,
    });
    pairs.sort_unstable();
    pairs.dedup();
    parameters
        .equivalents
        .push(Equivalents { field: None, pairs });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::{PersonFacts, person_fields, score};
    use crate::model::person::{Gender, Name, NameKind};

    fn person(given: &str, family: &str, born: &str) -> PersonFacts {
        let name = Name {
            kind: NameKind::Legal,
            full: format!("{given} {family}"),
            given: given.to_owned(),
            family: family.to_owned(),
        };
        PersonFacts {
            names: vec![name],
            births: born.parse().into_iter().collect(),
            gender: Gender::Female,
            places: vec!["Alert Bay".to_owned()],
            ..PersonFacts::default()
        }
    }

    #[test]
    fn the_shipped_parameters_are_those_of_the_schema_and_tell_people_apart() {
        let parameters = shipped().expect("the file is of this program's form");
        assert_eq!(parameters.fields, person_fields());
        assert!(!parameters.edition.is_empty());
        let marg = person("Marg", "Josef", "1961-03-12");
        let likely = [
            person("Margaret", "Josef", "1961-03-12"),
            person("Marg", "Joseph", "1961-03-12"),
        ];
        for other in &likely {
            let found = score(&marg, other, parameters).probability;
            assert!(found > 0.5, "{found} {other:?}");
        }
        let unlikely = [
            person("Beth", "Josef", "1961-03-12"),
            person("Margaret", "Josef", "1934"),
            person("Margaret", "Quill", "1961-03-12"),
        ];
        for other in &unlikely {
            let found = score(&marg, other, parameters).probability;
            assert!(found < 0.5, "{found} {other:?}");
        }
    }
}
