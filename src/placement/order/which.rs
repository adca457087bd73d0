//! Which order applies to a child: the one that the case names, else the first rule of `which.toml` that fits the place,
//! the kind of placement and whether the child is Indigenous, else the default. Unknown never counts as yes or no.

use super::{DEFAULT_ORDER, Modifier, NotUsed, Orders, PlacementOrder};
use crate::names::regions::region_key;
use serde::Deserialize;

/// Whether the child is Indigenous, as far as the records tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndigenousStatus {
    /// A member, entitled, or confirmed by a nation.
    Known,
    /// Claimed, asked and not answered, or through an ancestor who is a member.
    Possible,
    /// Nothing is recorded either way.
    NotRecorded,
    /// Every nation named says that the child is not a member.
    No,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindOfPlacement {
    Adoption,
    /// Any other placement away from home.
    Care,
}

/// What the rules look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation<'a> {
    /// The order that the case names; empty if none.
    pub named_by_case: &'a str,
    /// The case's region, as written.
    pub region: &'a str,
    pub indigenous: IndigenousStatus,
    pub kind: KindOfPlacement,
}

/// One rule. What is not given fits everything.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub order: String,
    #[serde(default)]
    regions: Vec<String>,
    #[serde(default)]
    indigenous: Vec<IndigenousStatus>,
    kind: Option<KindOfPlacement>,
    /// Why, with its source.
    because: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    #[serde(default)]
    groups: std::collections::BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "rule")]
    rules: Vec<Rule>,
}

/// Reads the rules. A region written `@name` stands for all of the group of that name.
pub fn read(text: &str) -> Result<Vec<Rule>, String> {
    let Rules { groups, mut rules } = toml::from_str(text).map_err(|error| error.to_string())?;
    for rule in &mut rules {
        let mut regions = Vec::with_capacity(rule.regions.len());
        for region in &rule.regions {
            match region.strip_prefix('@') {
                None => regions.push(region_key(region)),
                Some(name) => {
                    let group = groups
                        .get(name)
                        .ok_or_else(|| format!("there is no group of regions \"{name}\""))?;
                    regions.extend(group.iter().map(|region| region_key(region)));
                }
            }
        }
        rule.regions = regions;
    }
    Ok(rules)
}

impl Rule {
    fn fits(&self, situation: &Situation<'_>) -> bool {
        let region = region_key(situation.region);
        (self.regions.is_empty() || self.regions.contains(&region))
            && (self.indigenous.is_empty() || self.indigenous.contains(&situation.indigenous))
            && self.kind.is_none_or(|kind| kind == situation.kind)
    }
}

/// The order to use, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen<'o> {
    pub order: &'o PlacementOrder,
    pub because: String,
    /// Limits in force, each with the law that sets it.
    pub not_used: Vec<(&'o NotUsed, String)>,
    /// What nobody has checked, what does not apply and why, what must be asked.
    pub notes: Vec<String>,
}

impl Orders {
    /// The order of this id.
    pub fn named(&self, id: &str) -> Option<&PlacementOrder> {
        self.orders.iter().find(|order| order.id == id)
    }

    /// All ids, for messages.
    pub fn ids(&self) -> Vec<&str> {
        self.orders.iter().map(|order| order.id.as_str()).collect()
    }

    /// The order that applies. `asked` is the one that the question names. The error is the id that nobody knows.
    pub fn choose(
        &self,
        asked: Option<&str>,
        situation: &Situation<'_>,
    ) -> Result<Chosen<'_>, String> {
        let (id, because) = if let Some(asked) = asked {
            (asked, "named by the question".to_owned())
        } else if !situation.named_by_case.is_empty() {
            (situation.named_by_case, "named by the case".to_owned())
        } else if let Some(rule) = self.rules.iter().find(|rule| rule.fits(situation)) {
            (rule.order.as_str(), rule.because.clone())
        } else {
            (DEFAULT_ORDER, "the default".to_owned())
        };
        let order = self.named(id).ok_or_else(|| id.to_owned())?;
        let mut chosen = Chosen {
            order,
            because,
            not_used: order
                .not_used
                .iter()
                .map(|rule| (rule, rule.citation.clone()))
                .collect(),
            notes: order
                .to_be_checked
                .iter()
                .map(|words| format!("To be checked: {words}"))
                .collect(),
        };
        for modifier in self.modifiers_of(order) {
            chosen.limit_by(modifier, situation.indigenous);
        }
        Ok(chosen)
    }

    fn modifiers_of<'o>(&'o self, order: &'o PlacementOrder) -> impl Iterator<Item = &'o Modifier> {
        self.modifiers
            .iter()
            .filter(|modifier| order.modifiers.contains(&modifier.id))
    }
}

impl<'o> Chosen<'o> {
    fn limit_by(&mut self, modifier: &'o Modifier, indigenous: IndigenousStatus) {
        let possible = matches!(
            indigenous,
            IndigenousStatus::Known | IndigenousStatus::Possible
        );
        if modifier.not_for_indigenous && possible {
            self.notes.push(format!(
                "{} does not limit this answer: {}",
                modifier.title, modifier.not_for_indigenous_words
            ));
            return;
        }
        if modifier.not_for_indigenous && indigenous == IndigenousStatus::NotRecorded {
            self.notes.push(format!(
                "Needs review: is the child a member of a tribe or nation, or entitled to be? Nothing is recorded. Until then {} limits this answer.",
                modifier.title
            ));
        }
        self.not_used.extend(
            modifier
                .not_used
                .iter()
                .map(|rule| (rule, format!("{}; {}", modifier.title, rule.citation))),
        );
        self.notes.extend(
            modifier
                .to_be_checked
                .iter()
                .map(|words| format!("To be checked: {words}")),
        );
    }

    /// Whether an attribute may count for a child with these needs.
    pub fn uses(&self, attribute: super::Attribute, needs: &[(String, u8)]) -> bool {
        let forbidden = self
            .not_used
            .iter()
            .find(|(rule, _)| rule.attribute == attribute);
        forbidden.is_none_or(|(rule, _)| {
            needs
                .iter()
                .any(|(category, level)| *level > 0 && *category == rule.unless_need)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Attribute, orders};
    use super::*;

    fn situation<'a>(
        region: &'a str,
        indigenous: IndigenousStatus,
        kind: KindOfPlacement,
    ) -> Situation<'a> {
        Situation {
            named_by_case: "",
            region,
            indigenous,
            kind,
        }
    }

    #[test]
    fn place_people_and_kind_of_placement_choose_the_order() {
        use IndigenousStatus::{Known, No, NotRecorded, Possible};
        use KindOfPlacement::{Adoption, Care};
        let orders = orders().unwrap();
        for (region, indigenous, kind, expected) in [
            ("", Known, Care, "belonging-network"),
            ("Marrow Valley", NotRecorded, Care, "belonging-network"),
            ("British Columbia", NotRecorded, Care, "bc-cfcsa-s71"),
            ("british columbia", Known, Care, "canada-c92-s16"),
            ("Alberta", Possible, Adoption, "canada-c92-s16"),
            ("Quebec", Known, Care, "quebec-131-5"),
            ("Québec", Possible, Care, "quebec-131-5"),
            ("Montana", Known, Adoption, "us-icwa-adoption"),
            ("Montana", Possible, Care, "us-icwa-foster"),
            ("Connecticut", Known, Care, "us-icwa-foster"),
            ("Connecticut", No, Care, "connecticut-dcf"),
            ("California", NotRecorded, Care, "us-california"),
            ("Washington", No, Adoption, "us-washington"),
            ("Ohio", NotRecorded, Adoption, "us-title-iv-e"),
            ("BC", NotRecorded, Care, "bc-cfcsa-s71"),
            ("ON", Known, Care, "canada-c92-s16"),
            ("Ontario, Canada", Possible, Care, "canada-c92-s16"),
            ("qc", Known, Care, "quebec-131-5"),
            ("WA", No, Care, "us-washington"),
            ("US-CT", No, Care, "connecticut-dcf"),
            ("USA", NotRecorded, Care, "us-title-iv-e"),
        ] {
            let chosen = orders
                .choose(None, &situation(region, indigenous, kind))
                .unwrap();
            assert_eq!(
                chosen.order.id, expected,
                "{region} {indigenous:?} {kind:?}"
            );
            assert!(!chosen.because.is_empty());
        }
        let mut by_case = situation("Ohio", No, Care);
        by_case.named_by_case = "quebec-131-5";
        assert_eq!(
            orders.choose(None, &by_case).unwrap().order.id,
            "quebec-131-5"
        );
        let asked = orders.choose(Some("canada-c92-s16"), &by_case).unwrap();
        assert_eq!(asked.order.id, "canada-c92-s16");
        assert_eq!(
            orders.choose(Some("nonsense"), &by_case),
            Err("nonsense".to_owned())
        );
    }

    #[test]
    fn the_us_ban_on_race_is_lifted_only_where_icwa_may_apply() {
        let orders = orders().unwrap();
        let chosen = |indigenous| {
            orders
                .choose(
                    Some("us-title-iv-e"),
                    &situation("Ohio", indigenous, KindOfPlacement::Care),
                )
                .unwrap()
        };
        let not_recorded = chosen(IndigenousStatus::NotRecorded);
        assert!(!not_recorded.uses(Attribute::Nation, &[]));
        assert!(!not_recorded.uses(Attribute::Name, &[]));
        assert!(!not_recorded.uses(Attribute::Language, &[]));
        assert!(not_recorded.uses(Attribute::Language, &[("language".to_owned(), 1)]));
        assert!(!not_recorded.uses(Attribute::Race, &[("language".to_owned(), 1)]));
        assert!(
            not_recorded
                .notes
                .iter()
                .any(|note| note.starts_with("Needs review"))
        );
        assert!(
            !chosen(IndigenousStatus::No)
                .notes
                .iter()
                .any(|note| note.starts_with("Needs review"))
        );
        for status in [IndigenousStatus::Known, IndigenousStatus::Possible] {
            let lifted = chosen(status);
            assert!(lifted.uses(Attribute::Nation, &[]) && lifted.not_used.is_empty());
            assert!(
                lifted
                    .notes
                    .iter()
                    .any(|note| note.contains("does not limit"))
            );
        }
    }
}
