//! Reading the smaller rule files (`data/pathways/`, `data/due_actions/`, `data/services/`): strict, with the line and
//! the reason of what cannot be used. An agency's own file stands beside those of the program, or replaces the one of
//! the same id.

use super::order::line_of;
use crate::names::regions::is_same_region;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::OnceLock;

/// A rule file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{kind} {file}: {reason}")]
pub struct RuleFileError {
    /// "pathways", "due actions", "services".
    pub kind: &'static str,
    pub file: String,
    pub reason: String,
}

/// One kind of rule file.
pub trait RuleFile: DeserializeOwned + Send + Sync + 'static {
    /// Its name in messages, and of the folder where an agency's own stand.
    const KIND: &'static str;
    /// The files that come with the program, with their names.
    const BUILT_IN: &'static [(&'static str, &'static str)];

    /// By what a file replaces another.
    fn id(&self) -> &str;

    /// What is wrong with a file that could be read: words of the line where it stands, and the reason.
    fn fault(&self) -> Option<(String, String)>;

    /// Where those in use are held.
    fn held() -> &'static OnceLock<Vec<Self>>;
}

/// Where the rules of a file hold: under placement orders ("*" for all), and in regions under further orders.
#[derive(Clone, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applies {
    pub orders: Vec<String>,
    #[serde(default)]
    pub regions: Vec<String>,
    /// The orders under which the regions count.
    #[serde(default)]
    pub under: Vec<String>,
}

impl Applies {
    /// Whether the rules hold for a case of this region under this order.
    pub fn holds(&self, order: &str, region: &str) -> bool {
        let is_named = self.orders.iter().any(|id| id == order || id == "*");
        let is_in_region = self
            .regions
            .iter()
            .any(|known| is_same_region(known, region))
            && self.under.iter().any(|id| id == order);
        is_named || is_in_region
    }
}

/// Reads and checks one file's text.
pub fn read<Rules: RuleFile>(file: &str, text: &str) -> Result<Rules, RuleFileError> {
    let refuse = |reason: String| RuleFileError {
        kind: Rules::KIND,
        file: file.to_owned(),
        reason: reason.trim_end().to_owned(),
    };
    let rules: Rules = toml::from_str(text).map_err(|error| refuse(error.to_string()))?;
    match rules.fault() {
        Some((words, reason)) => Err(refuse(format!("{}{reason}", line_of(text, &words)))),
        None => Ok(rules),
    }
}

/// Those in use: of the program, and an agency's own.
pub fn in_use<Rules: RuleFile>() -> Result<&'static [Rules], RuleFileError> {
    if let Some(rules) = Rules::held().get() {
        return Ok(rules);
    }
    let read = built_in()?;
    Ok(Rules::held().get_or_init(|| read))
}

/// Takes an agency's own files, as (file name, text). Must be called before the first question; later it is an error.
pub fn take_own<Rules: RuleFile>(files: &[(String, String)]) -> Result<(), RuleFileError> {
    let mut rules: Vec<Rules> = built_in()?;
    for (file, text) in files {
        let own: Rules = read(file, text)?;
        match rules.iter().position(|known| known.id() == own.id()) {
            Some(position) => rules[position] = own,
            // Before those of the program, so that its word comes first where several apply.
            None => rules.insert(0, own),
        }
    }
    Rules::held().set(rules).map_err(|_| RuleFileError {
        kind: Rules::KIND,
        file: Rules::KIND.to_owned(),
        reason: "these rules were used before an agency's own were taken".to_owned(),
    })
}

fn built_in<Rules: RuleFile>() -> Result<Vec<Rules>, RuleFileError> {
    Rules::BUILT_IN
        .iter()
        .map(|(file, text)| read(file, text))
        .collect()
}

/// What every rule file needs: an id, a version, a citation.
pub fn head_fault(id: &str, version: &str, citation: &str) -> Option<(String, String)> {
    let missing = [("id", id), ("version", version), ("citation", citation)]
        .into_iter()
        .find(|(_, value)| value.trim().is_empty());
    missing.map(|(name, _)| (format!("{name} ="), format!("{name} must be given")))
}
