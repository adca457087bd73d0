//! Provinces, territories and states however they are written (`data/regions.toml`): "BC", "b.c.", "British Columbia" and
//! "CA-BC" are one region.

use super::normalize::fold;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../data/regions.toml");

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    country: Vec<Entry>,
    region: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    names: Vec<String>,
}

/// What two ways of writing one region have in common: its code where the table knows it ("CA-BC"; a country has its two
/// letters), else the text folded. Empty for an empty text.
pub fn region_key(text: &str) -> String {
    let key = letters(text);
    match by_name().get(&key) {
        Some(code) => code.clone(),
        None => key,
    }
}

/// Whether two texts name one region. An empty text names none.
pub fn is_same_region(one: &str, other: &str) -> bool {
    let key = region_key(one);
    !key.is_empty() && key == region_key(other)
}

/// The two letters of a Canadian province or territory; nothing for any other text.
pub fn province(text: &str) -> Option<&'static str> {
    let code = by_name().get(&letters(text))?;
    code.strip_prefix("CA-")
}

fn letters(text: &str) -> String {
    let folded = fold(text);
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn by_name() -> &'static FxHashMap<String, String> {
    static BY_NAME: OnceLock<FxHashMap<String, String>> = OnceLock::new();
    BY_NAME.get_or_init(|| {
        // A test proves that it parses, so the empty default is never met.
        let table: Table = toml::from_str(TABLE).unwrap_or_default();
        let mut known = FxHashMap::default();
        for country in &table.country {
            for name in &country.names {
                known.insert(letters(name), country.code.clone());
            }
        }
        for region in &table.region {
            let (country, short) = region.code.split_once('-').unwrap_or_default();
            let of_country = table.country.iter().find(|known| known.code == country);
            let country_names = of_country.map_or(&[][..], |known| &known.names);
            let written = region.names.iter().map(String::as_str);
            // The short form of California is the code of Canada: it names neither.
            let is_country = table.country.iter().any(|known| known.code == short);
            let short = Some(short).filter(|_| !is_country);
            for name in written.chain(short).chain([region.code.as_str()]) {
                known.insert(letters(name), region.code.clone());
                for country in country_names {
                    known.insert(letters(&format!("{name} {country}")), region.code.clone());
                }
            }
        }
        known
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_region_however_it_is_written() {
        for text in [
            "BC",
            "b.c.",
            "British Columbia",
            "BRITISH  COLUMBIA",
            "CA-BC",
            "BC, Canada",
            "Colombie-Britannique",
        ] {
            assert_eq!(region_key(text), "CA-BC", "{text}");
        }
        assert_eq!(region_key("Québec"), "CA-QC");
        assert_eq!(region_key("WA"), "US-WA");
        assert_eq!(region_key("Washington, USA"), "US-WA");
        assert_eq!(region_key("Washington, D.C."), "US-DC");
        assert_eq!(region_key("US-CA"), "US-CA");
        assert_eq!(region_key("CA"), "ca");
        assert_eq!(region_key("canada"), "CA");
        assert_eq!(region_key("U.S."), "US");
    }

    #[test]
    fn an_unknown_region_is_compared_as_written_and_none_is_none() {
        assert!(is_same_region("Hallow Valley", "hallow valley"));
        assert!(!is_same_region("Hallow Valley", "BC"));
        assert!(!is_same_region("", ""));
        assert!(!is_same_region("—", " "));
    }

    #[test]
    fn no_name_stands_for_two_regions() {
        let table: Table = toml::from_str(TABLE).unwrap();
        let mut seen: FxHashMap<String, &str> = FxHashMap::default();
        for entry in table.country.iter().chain(&table.region) {
            for name in &entry.names {
                let before = seen.insert(letters(name), &entry.code);
                assert!(before.is_none_or(|code| code == entry.code), "{name}");
            }
        }
        assert_eq!(table.region.len(), 13 + 51);
    }

    #[test]
    fn provinces_by_two_letters() {
        assert_eq!(province("b.c."), Some("BC"));
        assert_eq!(province("Washington"), None);
        assert_eq!(province(""), None);
    }
}
