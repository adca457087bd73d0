//! The words by which a child's needs and a family's answers meet (`data/matching/attributes.toml`): whether a word is one of
//! them, for whoever writes it into a file.

use super::normalize::fold;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../data/matching/attributes.toml");

#[derive(Default, Deserialize)]
struct Table {
    #[serde(default)]
    attribute: Vec<Row>,
    #[serde(default)]
    forms: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    kind: String,
}

/// What a family answers to beside needs.
const OF_FAMILIES: [&str; 4] = ["girl", "boy", "other_gender", "match_in_progress"];
/// Worked out by themselves: writing them down does nothing.
const BY_THEMSELVES: [&str; 6] = [
    "age",
    "gender",
    "capacity",
    "approval",
    "availability",
    "attachment",
];

struct Words {
    needs: BTreeSet<String>,
    answers: BTreeSet<String>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        // A test proves that the table can be read.
        let table: Table = toml::from_str(TABLE).unwrap_or_default();
        let ids = |is_wanted: &dyn Fn(&Row) -> bool| -> BTreeSet<String> {
            let rows = table.attribute.iter().filter(|row| is_wanted(row));
            let ids = rows.map(|row| row.id.clone());
            ids.filter(|id| !BY_THEMSELVES.contains(&id.as_str()))
                .collect()
        };
        let needs = ids(&|row| row.id != "permanence" && row.id != "sibling_group");
        let mut answers = ids(&|row| row.kind != "built_in" || row.id == "sibling_group");
        answers.extend(OF_FAMILIES.map(str::to_owned));
        answers.extend(table.forms);
        Words { needs, answers }
    })
}

/// What to tell of a child's need that matching does not know by its word; nothing where it does.
pub fn unknown_need(category: &str) -> Option<String> {
    let key = key_of(category);
    let known = &words().needs;
    let is_known = known.contains(key.strip_prefix("no_").unwrap_or(&key));
    (!is_known).then(|| told(category, known))
}

/// What to tell of a family's answer to a category that matching does not know; nothing where it does.
pub fn unknown_answer(category: &str) -> Option<String> {
    let known = &words().answers;
    (!known.contains(&key_of(category))).then(|| told(category, known))
}

fn key_of(category: &str) -> String {
    fold(category).replace([' ', '-'], "_")
}

fn told(category: &str, known: &BTreeSet<String>) -> String {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    format!(
        "\"{category}\" is not a category that matching knows: it is compared only with the same word; known are: {}",
        known.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_table_are_known_and_others_are_told_with_the_list() {
        for known in ["learning", "Self-harm", "no_smoking", "consents", "race"] {
            assert_eq!(unknown_need(known), None, "{known}");
        }
        for known in ["girl", "Physical disability", "adoption", "sibling_group"] {
            assert_eq!(unknown_answer(known), None, "{known}");
        }
        let told = unknown_need("mobilty").expect("not known");
        assert!(told.contains("physical_disability"), "{told}");
        assert!(unknown_answer("age").is_some());
        assert!(unknown_need("girl").is_some());
    }

    #[test]
    fn every_word_is_documented() {
        let page = include_str!("../../data/csv_bundle.md");
        for word in words().needs.iter().chain(&words().answers) {
            assert!(page.contains(&format!("`{word}`")), "{word}");
        }
    }
}
