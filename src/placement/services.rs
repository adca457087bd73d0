//! A small directory of services after permanence (`data/services/`), and which of them fit a child's needs and a form of
//! permanence. A service that serves one region only is left out where the case's region is known to be another.

use super::rule_file::{RuleFile, head_fault};
use crate::model::permanence::{Permanence, SuggestedService};
use crate::names::regions::is_same_region;
use serde::Deserialize;
use std::sync::OnceLock;

/// One file of services.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceDirectory {
    pub id: String,
    pub version: String,
    pub title: String,
    pub citation: String,
    #[serde(rename = "service")]
    pub services: Vec<Service>,
}

/// One service.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub id: String,
    pub title: String,
    /// "support group", "respite", …
    pub kind: String,
    pub delivered_by: String,
    pub for_whom: String,
    pub description: String,
    pub citation: String,
    /// The forms of permanence that it follows; empty means all.
    #[serde(default)]
    pub forms: Vec<Permanence>,
    /// The needs that it answers, as categories of a case; empty means that every family may use it.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Only where the family are kin.
    #[serde(default)]
    pub kin_only: bool,
    /// Where it is offered; empty means that the source names no place.
    #[serde(default)]
    pub regions: Vec<String>,
}

/// For whom services are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation<'a> {
    pub form: Permanence,
    /// Needs by category and level, 0 to 3.
    pub needs: &'a [(String, u8)],
    /// Whether the family is recorded as kin.
    pub kin: bool,
    /// The case's region; empty if not recorded.
    pub region: &'a str,
}

/// The services that fit: first those that answer a need of the child, the greatest need first.
pub fn suggestions(
    directories: &[ServiceDirectory],
    situation: &Situation<'_>,
) -> Vec<SuggestedService> {
    let services = directories.iter().flat_map(|directory| &directory.services);
    let mut fitting: Vec<(u8, SuggestedService)> = services
        .filter_map(|service| service.fits(situation))
        .collect();
    fitting.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    fitting.into_iter().map(|(_, service)| service).collect()
}

impl Service {
    /// The level of the need that it answers, and the suggestion.
    fn fits(&self, situation: &Situation<'_>) -> Option<(u8, SuggestedService)> {
        let is_form = self.forms.is_empty() || self.forms.contains(&situation.form);
        if !is_form || (self.kin_only && !situation.kin) {
            return None;
        }
        let mut because = Vec::new();
        let level = if self.needs.is_empty() {
            0
        } else {
            let (category, level) = self.greatest_need(situation.needs)?;
            because.push(format!("the child's need: {category}, level {level}"));
            level
        };
        if self.kin_only {
            because.push("the family are kin".to_owned());
        }
        if !self.regions.is_empty() {
            because.push(self.where_offered(situation.region)?);
        }
        if !self.forms.is_empty() {
            because.push(format!("after {}", situation.form.word().replace('_', " ")));
        }
        if because.is_empty() {
            because.push("for every family after permanence".to_owned());
        }
        let suggestion = SuggestedService {
            id: self.id.clone(),
            title: self.title.clone(),
            kind: self.kind.clone(),
            delivered_by: self.delivered_by.clone(),
            for_whom: self.for_whom.clone(),
            description: self.description.clone(),
            because: because.join("; "),
            citation: self.citation.clone(),
        };
        Some((level, suggestion))
    }

    fn greatest_need<'n>(&self, needs: &'n [(String, u8)]) -> Option<(&'n str, u8)> {
        needs
            .iter()
            .filter(|(category, level)| *level > 0 && self.needs.contains(category))
            .max_by_key(|(_, level)| *level)
            .map(|(category, level)| (category.as_str(), *level))
    }

    /// Nothing where the case is known to be elsewhere.
    fn where_offered(&self, region: &str) -> Option<String> {
        let offered = self.regions.join(", ");
        let is_here = self
            .regions
            .iter()
            .any(|known| is_same_region(known, region));
        match (region.trim().is_empty(), is_here) {
            (true, _) => Some(format!(
                "offered in {offered}; the case's region is not recorded"
            )),
            (false, true) => Some(format!("offered in {offered}")),
            (false, false) => None,
        }
    }
}

static HELD: OnceLock<Vec<ServiceDirectory>> = OnceLock::new();

impl RuleFile for ServiceDirectory {
    const KIND: &'static str = "services";
    const BUILT_IN: &'static [(&'static str, &'static str)] = &[(
        "post-permanency.toml",
        include_str!("../../data/services/post-permanency.toml"),
    )];

    fn id(&self) -> &str {
        &self.id
    }

    fn fault(&self) -> Option<(String, String)> {
        let bare = |service: &&Service| {
            [&service.title, &service.kind, &service.delivered_by]
                .iter()
                .any(|text| text.is_empty())
                || service.citation.is_empty()
        };
        head_fault(&self.id, &self.version, &self.citation).or_else(|| {
            let service = self.services.iter().find(bare)?;
            let reason = format!(
                "\"{}\" needs a title, a kind, who delivers it and a citation",
                service.id
            );
            Some((format!("id = \"{}\"", service.id), reason))
        })
    }

    fn held() -> &'static OnceLock<Vec<ServiceDirectory>> {
        &HELD
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::placement::rule_file::{in_use, read};

    fn ids(form: Permanence, needs: &[(String, u8)], kin: bool, region: &str) -> Vec<String> {
        let directories = in_use::<ServiceDirectory>().unwrap();
        let situation = Situation {
            form,
            needs,
            kin,
            region,
        };
        suggestions(directories, &situation)
            .into_iter()
            .map(|service| service.id)
            .collect()
    }

    #[test]
    fn suggestions_follow_needs_kinship_form_and_place() {
        let none: [(String, u8); 0] = [];
        let has = |found: &[String], id: &str| found.iter().any(|known| known == id);
        let plain = ids(Permanence::Adoption, &none, false, "Oregon");
        assert!(has(&plain, "support-group") && has(&plain, "orparc"));
        assert!(!has(&plain, "kinship-navigator-washington"));
        assert!(!has(&plain, "homebuilders"));
        let trauma = [("trauma".to_owned(), 2)];
        let with_need = ids(Permanence::Adoption, &trauma, false, "Oregon");
        // What answers a need stands before what every family may use.
        let place = |id: &str| with_need.iter().position(|known| known == id);
        assert!(place("clinical-and-trauma-care") < place("support-group"));
        assert!(has(&with_need, "clinical-and-trauma-care"));
        assert!(!has(&plain, "clinical-and-trauma-care"));
        let kin = ids(Permanence::PermanentGuardianship, &none, true, "Washington");
        assert!(has(&kin, "kinship-navigator-washington"));
        assert!(!has(&kin, "orparc"));
        let no_kin = ids(
            Permanence::PermanentGuardianship,
            &none,
            false,
            "Washington",
        );
        assert!(!has(&no_kin, "kinship-navigator-washington"));
        let home = ids(Permanence::Reunification, &none, true, "");
        assert!(has(&home, "homebuilders"));
        // The region is not recorded: suggested, and said.
        let nowhere = ids(Permanence::Adoption, &none, true, "");
        assert!(has(&nowhere, "orparc"));
    }

    #[test]
    fn a_bad_directory_is_refused_with_line_and_reason() {
        let good = ServiceDirectory::BUILT_IN[0].1;
        for (change, to, reason) in [
            (
                "version = \"2026-11-21\"",
                "version = \"\"",
                "version must be given",
            ),
            (
                "forms = [\"reunification\"]",
                "forms = [\"holiday\"]",
                "unknown variant",
            ),
            (
                "kind = \"support group\"",
                "kind = \"\"",
                "needs a title, a kind",
            ),
            (
                "kind = \"support group\"",
                "sort = \"support group\"",
                "unknown field",
            ),
        ] {
            let text = good.replacen(change, to, 1);
            assert_ne!(text, good, "{change}");
            let error = read::<ServiceDirectory>("own.toml", &text).expect_err(reason);
            let error = error.to_string();
            assert!(error.contains(reason) && error.contains("line "), "{error}");
        }
    }
}
