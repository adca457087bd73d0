//! Placement orders: versioned, cited policies read from `data/placement_order/`, one file each.

use crate::model::reach::Reach;
use serde::Deserialize;
use std::sync::OnceLock;

/// The order used where neither the question nor the case names one.
pub const DEFAULT_ORDER: &str = "belonging-network";

/// One placement order.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacementOrder {
    pub id: String,
    pub version: String,
    pub title: String,
    pub jurisdiction: String,
    pub citation: String,
    /// In whole years.
    pub age_of_majority: u8,
    pub parent_with_ended_rights: ParentWithEndedRights,
    #[serde(rename = "tier")]
    pub tiers: Vec<Tier>,
}

/// What becomes of a parent whose rights have ended, for placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParentWithEndedRights {
    Excluded,
    Lead,
}

/// One tier.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// 1 is the first.
    pub number: u32,
    pub title: String,
    pub citation: String,
    pub holds: Vec<Holds>,
    /// How far kin are looked for; needed where the tier holds kin.
    pub reach: Option<Reach>,
    /// The legal statuses that open the tier; empty means that it is always open.
    #[serde(default)]
    pub needs_legal_status: Vec<String>,
    /// The same in words.
    #[serde(default)]
    pub needs_legal_status_words: String,
}

/// Who falls in a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Kin by blood, adoption, custom, affinity or as stated.
    Kin,
    /// The child's nations, in a list of their own.
    Nations,
    /// Adults of the child's network.
    Network,
    /// Foster parents, guardians and those in their family.
    FosterKin,
    WaitingFamilies,
}

/// A placement order file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("placement order {file}: {reason}")]
pub struct OrderError {
    pub file: String,
    pub reason: String,
}

impl PlacementOrder {
    /// Reads and checks one file's text.
    pub fn read(file: &str, text: &str) -> Result<PlacementOrder, OrderError> {
        let fail = |reason: String| OrderError {
            file: file.to_owned(),
            reason,
        };
        let order: PlacementOrder =
            toml::from_str(text).map_err(|error| fail(error.to_string()))?;
        for (position, tier) in order.tiers.iter().enumerate() {
            if tier.number as usize != position + 1 {
                return Err(fail(format!(
                    "tier number {} stands where {} is expected",
                    tier.number,
                    position + 1
                )));
            }
            if tier.citation.is_empty() {
                return Err(fail(format!("tier {} has no citation", tier.number)));
            }
            if tier.holds.contains(&Holds::Kin) && tier.reach.is_none() {
                return Err(fail(format!(
                    "tier {} holds kin but has no reach",
                    tier.number
                )));
            }
            if !tier.needs_legal_status.is_empty() && tier.needs_legal_status_words.is_empty() {
                return Err(fail(format!(
                    "tier {} needs a legal status but does not say so in words",
                    tier.number
                )));
            }
        }
        match order.tiers.is_empty() {
            true => Err(fail("it has no tiers".to_owned())),
            false => Ok(order),
        }
    }

    /// The first tier that holds this.
    pub fn tier_holding(&self, what: Holds) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.holds.contains(&what))
    }

    /// The widest reach that any tier asks for, for one walk that serves all.
    pub fn walk_reach(&self) -> Reach {
        let mut widest = Reach {
            degree: 1,
            affinity_degree: 0,
            ..Reach::everything(0)
        };
        for reach in self.tiers.iter().filter_map(|tier| tier.reach) {
            widest.degree = widest.degree.max(reach.degree);
            widest.affinity_degree = widest.affinity_degree.max(reach.affinity_degree);
        }
        widest
    }
}

/// The orders that come with the program, each with its file name.
const FILES: [(&str, &str); 1] = [(
    "belonging-network.toml",
    include_str!("../../data/placement_order/belonging-network.toml"),
)];

/// All placement orders. The files are part of the program; a bad one is told at start.
pub fn orders() -> Result<&'static [PlacementOrder], OrderError> {
    static ORDERS: OnceLock<Vec<PlacementOrder>> = OnceLock::new();
    if let Some(orders) = ORDERS.get() {
        return Ok(orders);
    }
    let read = FILES
        .iter()
        .map(|(file, text)| PlacementOrder::read(file, text))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(ORDERS.get_or_init(|| read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_orders_that_come_with_the_program_can_be_read() {
        let orders = orders().expect("a bad order file must not be released");
        assert!(orders.iter().any(|order| order.id == DEFAULT_ORDER));
    }

    #[test]
    fn a_bad_order_is_refused_with_the_reason() {
        let good = FILES[0].1;
        for (change, to, reason) in [
            (
                "number = 2",
                "number = 5",
                "tier number 5 stands where 2 is expected",
            ),
            (
                "holds = [\"waiting_families\"]",
                "holds = [\"strangers\"]",
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
        ] {
            let text = good.replacen(change, to, 1);
            assert_ne!(text, good, "{change}");
            let error = PlacementOrder::read("test.toml", &text)
                .expect_err(reason)
                .to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
