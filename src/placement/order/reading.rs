//! Reads and checks placement order files. A file that cannot be used is refused with its name, the line and the reason.

use super::{Modifier, Orders, PlacementOrder, Who, which};
use crate::model::relation_pattern::RelationPattern;
use std::collections::BTreeMap;

/// A placement order file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("placement order {file}: {reason}")]
pub struct OrderError {
    pub file: String,
    pub reason: String,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../data/placement_order/", $name)))),*]
    };
}

/// The orders that come with the program, each with its file name.
const FILES: [(&str, &str); 11] = files!(
    "belonging-network.toml",
    "bc-cfcsa-s71.toml",
    "canada-c92-s16.toml",
    "quebec-131-5.toml",
    "us-icwa-adoption.toml",
    "us-icwa-foster.toml",
    "us-title-iv-e.toml",
    "us-california.toml",
    "us-washington.toml",
    "connecticut-dcf.toml",
    "everychild-support-family.toml",
);
const MODIFIERS: [(&str, &str); 1] = files!("us-mepa.toml");
const RULES: (&str, &str) = (
    "which.toml",
    include_str!("../../../data/placement_order/which.toml"),
);
const RELATIONS: &str = include_str!("../../../data/placement_order/relations.toml");

/// Everything that comes with the program, checked.
pub fn built_in() -> Result<Orders, OrderError> {
    let mut orders = Vec::with_capacity(FILES.len());
    for (file, text) in FILES {
        orders.push(read(file, text)?);
    }
    let mut modifiers = Vec::with_capacity(MODIFIERS.len());
    for (file, text) in MODIFIERS {
        let modifier: Modifier = toml::from_str(text).map_err(|error| refuse(file, error))?;
        modifiers.push(modifier);
    }
    let rules = which::read(RULES.1).map_err(|error| refuse(RULES.0, error))?;
    let orders = Orders {
        orders,
        texts: FILES.iter().map(|(_, text)| (*text).to_owned()).collect(),
        modifiers,
        rules,
    };
    match orders.loose_end() {
        Some((file, reason)) => Err(refuse(&file, reason)),
        None => Ok(orders),
    }
}

/// Reads and checks one file's text.
pub fn read(file: &str, text: &str) -> Result<PlacementOrder, OrderError> {
    let mut order: PlacementOrder = toml::from_str(text).map_err(|error| refuse(file, error))?;
    let relations = relations().map_err(|error| refuse("relations.toml", error))?;
    for tier in &mut order.tiers {
        let number = tier.number;
        for holding in &mut tier.holds {
            for name in &holding.relations {
                let patterns = relations.get(name).ok_or_else(|| {
                    let known: Vec<&str> = relations.keys().map(String::as_str).collect();
                    let line = line_of(text, name);
                    refuse(
                        file,
                        format!(
                            "{line}tier {number}: there is no relation \"{name}\"; known are: {}",
                            known.join(", ")
                        ),
                    )
                })?;
                holding.patterns.extend(patterns.iter().cloned());
            }
        }
    }
    match fault(&order) {
        Some((words, reason)) => Err(refuse(file, format!("{}{reason}", line_of(text, &words)))),
        None => Ok(order),
    }
}

fn refuse(file: &str, reason: impl ToString) -> OrderError {
    OrderError {
        file: file.to_owned(),
        reason: reason.to_string().trim_end().to_owned(),
    }
}

/// "line 12: ", where the words stand in the text.
pub fn line_of(text: &str, words: &str) -> String {
    let line = text
        .lines()
        .position(|line| !words.is_empty() && line.contains(words));
    line.map_or(String::new(), |line| format!("line {}: ", line + 1))
}

/// The relations that orders may name, each with its shapes.
fn relations() -> Result<BTreeMap<String, Vec<RelationPattern>>, String> {
    let names: BTreeMap<String, Vec<String>> =
        toml::from_str(RELATIONS).map_err(|error| error.to_string())?;
    let mut relations = BTreeMap::new();
    for (name, shapes) in names {
        let patterns: Result<Vec<_>, String> = shapes
            .iter()
            .map(|shape| {
                RelationPattern::read(shape).map_err(|error| format!("{name}: {shape}: {error}"))
            })
            .collect();
        relations.insert(name, patterns?);
    }
    Ok(relations)
}

/// What is wrong with an order that could be read, with words of the line where it stands.
fn fault(order: &PlacementOrder) -> Option<(String, String)> {
    if order.tiers.is_empty() {
        return Some((String::new(), "it has no tiers".to_owned()));
    }
    if order.id.is_empty() || order.version.is_empty() || order.citation.is_empty() {
        return Some((
            "id = ".to_owned(),
            "id, version and citation must be given".to_owned(),
        ));
    }
    let duties = order.consider.iter().chain(&order.document);
    for duty in duties {
        if duty.words.is_empty() || duty.citation.is_empty() {
            let reason = format!("\"{}\" needs words and a citation", duty.words);
            return Some((duty.words.clone(), reason));
        }
    }
    for (position, tier) in order.tiers.iter().enumerate() {
        let expected = position + 1;
        let number = tier.number;
        let here = |reason: String| Some((format!("number = {number}"), reason));
        if number as usize != expected {
            return here(format!(
                "tier number {number} stands where {expected} is expected"
            ));
        }
        if tier.citation.is_empty() {
            return here(format!("tier {number} has no citation"));
        }
        if tier.holds.is_empty() && tier.empty_words.is_empty() {
            return here(format!(
                "tier {number} holds nobody and does not say why in empty_words"
            ));
        }
        if !tier.needs_legal_status.is_empty() && tier.needs_legal_status_words.is_empty() {
            return here(format!(
                "tier {number} needs a legal status but does not say so in words"
            ));
        }
        for holding in &tier.holds {
            let bounded = holding.degree > 0 || !holding.relations.is_empty();
            if holding.who == Who::Kin && !bounded {
                return here(format!(
                    "tier {number} holds kin but gives neither degree nor relations"
                ));
            }
            if holding.who != Who::Kin && bounded {
                return here(format!(
                    "tier {number}: degree and relations are for kin only"
                ));
            }
        }
    }
    None
}

impl Orders {
    /// Takes one more order; one with a known id replaces it.
    pub(super) fn add(&mut self, file: &str, text: &str) -> Result<(), OrderError> {
        let order = read(file, text)?;
        let position = self.orders.iter().position(|known| known.id == order.id);
        match position {
            Some(position) => {
                self.orders[position] = order;
                self.texts[position] = text.to_owned();
            }
            None => {
                self.orders.push(order);
                self.texts.push(text.to_owned());
            }
        }
        match self.loose_end() {
            Some((_, reason)) => Err(refuse(file, reason)),
            None => Ok(()),
        }
    }

    /// Whether a file could be taken beside these: what it names is there.
    pub fn check(&self, file: &str, text: &str) -> Result<PlacementOrder, OrderError> {
        let order = read(file, text)?;
        let mut with_it = self.clone();
        match with_it.add(file, text) {
            Ok(()) => Ok(order),
            Err(error) => {
                let is_named = |id: &&String| self.modifiers.iter().all(|known| known.id != **id);
                let unknown = order.modifiers.iter().find(is_named);
                let line = unknown.map_or_else(String::new, |id| line_of(text, id));
                Err(refuse(file, format!("{line}{}", error.reason)))
            }
        }
    }

    /// The text of an order's file.
    pub fn text_of(&self, id: &str) -> Option<&str> {
        let position = self.orders.iter().position(|order| order.id == id)?;
        self.texts.get(position).map(String::as_str)
    }

    /// A name in one file that no other file has.
    fn loose_end(&self) -> Option<(String, String)> {
        for order in &self.orders {
            let unknown = order
                .modifiers
                .iter()
                .find(|id| self.modifiers.iter().all(|known| known.id != **id));
            if let Some(id) = unknown {
                let reason = format!("there is no modifier \"{id}\"");
                return Some((format!("{}.toml", order.id), reason));
            }
        }
        let unknown = self
            .rules
            .iter()
            .find(|rule| self.named(&rule.order).is_none())?;
        let reason = format!("there is no placement order \"{}\"", unknown.order);
        Some((RULES.0.to_owned(), reason))
    }
}

#[cfg(test)]
mod tests {
    use super::super::DEFAULT_ORDER;
    use super::*;

    #[test]
    fn the_orders_that_come_with_the_program_can_be_read() {
        let orders = built_in().expect("a bad order file must not be released");
        assert!(orders.named(DEFAULT_ORDER).is_some());
        for (order, (file, _)) in orders.orders.iter().zip(FILES) {
            assert_eq!(format!("{}.toml", order.id), file);
        }
    }

    #[test]
    fn a_bad_order_is_refused_with_line_and_reason() {
        let good = FILES[0].1;
        for (change, to, reason) in [
            (
                "number = 2",
                "number = 5",
                "tier number 5 stands where 2 is expected",
            ),
            (
                "who = \"waiting_families\"",
                "who = \"strangers\"",
                "unknown variant",
            ),
            (
                "age_of_majority = 19",
                "age_of_majority = \"nineteen\"",
                "invalid type",
            ),
            ("age_of_majority = 19", "", "missing field"),
            ("id = ", "colour = \"red\"\nid = ", "unknown field"),
            (
                "needs_legal_status_words = \"a Continuing Custody Order\"",
                "",
                "does not say so in words",
            ),
            (
                "degree = 6",
                "relations = [\"great_uncle_twice\"]",
                "there is no relation \"great_uncle_twice\"",
            ),
            ("degree = 6", "", "neither degree nor relations"),
        ] {
            let text = good.replacen(change, to, 1);
            assert_ne!(text, good, "{change}");
            let error = read("test.toml", &text).expect_err(reason).to_string();
            assert!(error.contains(reason), "{error}");
            assert!(error.contains("line "), "{error}");
        }
    }
}
