//! What the law asks for where brothers and sisters are placed in different homes.

use crate::model::lead::CitedWords;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Separation {
    #[serde(rename = "version")]
    _version: String,
    text: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    /// The orders it belongs to; none: all that no other text names.
    orders: Vec<String>,
    words: String,
    citation: String,
}

/// The texts for a placement order.
pub fn separation_texts(order: &str) -> Result<Vec<CitedWords>, toml::de::Error> {
    let file = include_str!("../../../data/matching/sibling_separation.toml");
    let read: Separation = toml::from_str(file)?;
    let names = |text: &&Text| text.orders.iter().any(|known| known == order);
    let mut texts: Vec<&Text> = read.text.iter().filter(names).collect();
    if texts.is_empty() {
        let fallback = |text: &&Text| text.orders.is_empty();
        texts = read.text.iter().filter(fallback).collect();
    }
    Ok(texts
        .into_iter()
        .map(|text| CitedWords {
            words: text.words.clone(),
            citation: text.citation.clone(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::separation_texts;
    use crate::placement::order::orders;

    #[test]
    fn every_order_says_what_separation_asks_for() {
        for id in orders().unwrap().ids() {
            let texts = separation_texts(id).unwrap();
            assert!(!texts.is_empty(), "{id}");
            for text in texts {
                assert!(!text.words.is_empty() && !text.citation.is_empty());
            }
        }
        let federal = separation_texts("us-title-iv-e").unwrap();
        assert!(federal[0].citation.contains("671"));
        assert_eq!(separation_texts("nonsense").unwrap().len(), 1);
    }
}
