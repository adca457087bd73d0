//! How high a lead stands within its tier: a sum of parts, each with its reason. Weights are `data/ranking.toml`.

use super::candidate::{Candidate, Distance};
use crate::model::case::{OutreachState, Purpose};
use crate::model::lead::{Line, Score, ScorePart};
use crate::model::same_person::LinkPolicy;
use crate::model::statement::CertaintyScale;
use serde::Deserialize;
use std::fmt;
use std::sync::OnceLock;

/// The weights. Points unless said otherwise.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    pub version: String,
    pub certainty: CertaintyScale,
    closeness: Closeness,
    evidence: Evidence,
    tie_to_child: TieToChild,
    place: PlaceWeights,
    reachability: Reachability,
    continuity: Continuity,
    outreach: OutreachWeights,
    naming: Naming,
    /// Which undecided same-person links are followed.
    pub same_person: LinkPolicy,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closeness {
    by_degree: Vec<f64>,
    by_union: f64,
    former: f64,
    network: f64,
    network_caring_role: f64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    certainty: f64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct TieToChild {
    knows_the_child: f64,
    holds_a_sibling: f64,
    named_by_child_or_custom: f64,
    offered_by_nation: f64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceWeights {
    same_place: f64,
    within_25: f64,
    within_100: f64,
    within_400: f64,
    farther: f64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reachability {
    reachable: f64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Continuity {
    same_nation: f64,
    same_language: f64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutreachWeights {
    willing: f64,
    contacted: f64,
    no_reply: f64,
    declined_before: f64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Naming {
    not_yet_named: f64,
}

/// The file that comes with the program.
pub const BUILT_IN: &str = include_str!("../../data/ranking.toml");

static WEIGHTS: OnceLock<Weights> = OnceLock::new();

/// The weights in use: of the program, with an agency's own. A bad file is told at start.
pub fn weights() -> Result<&'static Weights, toml::de::Error> {
    if let Some(weights) = WEIGHTS.get() {
        return Ok(weights);
    }
    let read: Weights = toml::from_str(BUILT_IN)?;
    Ok(WEIGHTS.get_or_init(|| read))
}

/// Takes others; false where some are in use already.
pub fn take_own(own: Weights) -> bool {
    WEIGHTS.set(own).is_ok()
}

impl Weights {
    /// The score of one lead for a purpose. Parts worth nothing are left out.
    pub fn score(&self, candidate: &Candidate, purpose: Purpose) -> Score {
        let mut parts = Listed {
            total: 0.0,
            parts: Vec::with_capacity(6),
        };
        self.add_up(candidate, purpose, &mut parts);
        Score {
            total: parts.total,
            parts: parts.parts,
        }
    }

    /// The total of [`Weights::score`], for those who are ordered and not shown: no words are made.
    pub fn total(&self, candidate: &Candidate, purpose: Purpose) -> f64 {
        let mut total = Total(0.0);
        self.add_up(candidate, purpose, &mut total);
        total.0
    }

    fn add_up(&self, candidate: &Candidate, purpose: Purpose, parts: &mut impl Parts) {
        self.closeness(candidate, parts);
        self.tie_to_child(candidate, parts);
        self.circumstances(candidate, parts);
        self.outreach(candidate, purpose, parts);
        if !candidate.node.named {
            parts.add("not_yet_named", self.naming.not_yet_named, "not yet named");
        }
    }

    fn closeness(&self, candidate: &Candidate, parts: &mut impl Parts) {
        let certainty = match (candidate.kinship, candidate.network) {
            (Some(kinship), _) => {
                let by_degree = &self.closeness.by_degree;
                let position = usize::from(kinship.degree.max(1) - 1).min(by_degree.len() - 1);
                let points = by_degree[position];
                parts.add(
                    "closeness",
                    points,
                    format_args!("civil degree {}", kinship.degree),
                );
                let couples = f64::from(kinship.unions) * self.closeness.by_union;
                parts.add(
                    "by_union",
                    couples,
                    "related through partners or a shared child, not by descent",
                );
                if kinship.former {
                    parts.add(
                        "former",
                        self.closeness.former,
                        "through a couple or foster home that is no more",
                    );
                }
                Some(kinship.certainty)
            }
            (None, Some(network)) if network.caring => {
                parts.add(
                    "network_caring_role",
                    self.closeness.network_caring_role,
                    "has cared for the child",
                );
                Some(network.certainty)
            }
            (None, Some(network)) => {
                parts.add("network", self.closeness.network, "knows the child");
                Some(network.certainty)
            }
            (None, None) => None,
        };
        if let Some(certainty) = certainty {
            parts.add(
                "certainty",
                certainty * self.evidence.certainty,
                format_args!("evidence along the path {:.0} %", certainty * 100.0),
            );
        }
    }

    fn tie_to_child(&self, candidate: &Candidate, parts: &mut impl Parts) {
        let weights = &self.tie_to_child;
        if candidate.kinship.is_some() && candidate.network.is_some() {
            parts.add(
                "knows_the_child",
                weights.knows_the_child,
                "kin who have met or cared for the child",
            );
        }
        if candidate.holds_a_sibling {
            parts.add(
                "holds_a_sibling",
                weights.holds_a_sibling,
                "parent or guardian of the child's brother or sister",
            );
        }
        if candidate.offered_by_nation {
            parts.add(
                "offered_by_nation",
                weights.offered_by_nation,
                "offered or approved by the child's nation",
            );
        }
        if candidate.named_by_child_or_custom {
            let reason = "named by the child, or kin by the nation's custom";
            parts.add(
                "named_by_child_or_custom",
                weights.named_by_child_or_custom,
                reason,
            );
        }
    }

    fn circumstances(&self, candidate: &Candidate, parts: &mut impl Parts) {
        if let Some((distance, from)) = candidate.distance {
            let points = match distance {
                Distance::SamePlace => self.place.same_place,
                Distance::Within25 => self.place.within_25,
                Distance::Within100 => self.place.within_100,
                Distance::Within400 => self.place.within_400,
                Distance::Farther => self.place.farther,
            };
            let words = distance.words();
            parts.add("place", points, format_args!("lives {words} {from}"));
        }
        if candidate.node.reachable {
            parts.add(
                "reachable",
                self.reachability.reachable,
                "a way to reach them is recorded",
            );
        }
        if candidate.same_nation {
            parts.add(
                "same_nation",
                self.continuity.same_nation,
                "of the child's nation",
            );
        }
        if candidate.same_language {
            parts.add(
                "same_language",
                self.continuity.same_language,
                "speaks a language of the child",
            );
        }
    }

    fn outreach(&self, candidate: &Candidate, purpose: Purpose, parts: &mut impl Parts) {
        let Some(outreach) = candidate
            .outreach
            .iter()
            .find(|outreach| outreach.purpose == purpose)
        else {
            return;
        };
        match outreach.state {
            OutreachState::Willing => parts.add(
                "willing",
                self.outreach.willing,
                "said that they are willing",
            ),
            OutreachState::Contacted => {
                parts.add("contacted", self.outreach.contacted, "has been contacted");
            }
            OutreachState::NoReply => {
                parts.add("no_reply", self.outreach.no_reply, "has not replied so far");
            }
            OutreachState::Declined => parts.add(
                "declined_before",
                self.outreach.declined_before,
                "declined before",
            ),
            OutreachState::Planned => {}
        }
    }
}

/// Takes the parts of a score one after the other. Those worth nothing are left out.
trait Parts {
    fn add(&mut self, name: &str, points: f64, reason: impl fmt::Display);
}

/// Only the sum.
struct Total(f64);

impl Parts for Total {
    fn add(&mut self, _name: &str, points: f64, _reason: impl fmt::Display) {
        if points != 0.0 {
            self.0 += points;
        }
    }
}

/// The sum with all parts in words.
struct Listed {
    total: f64,
    parts: Vec<ScorePart>,
}

impl Parts for Listed {
    fn add(&mut self, name: &str, points: f64, reason: impl fmt::Display) {
        if points != 0.0 {
            self.total += points;
            self.parts.push(ScorePart {
                name: name.to_owned(),
                points,
                reason: reason.to_string(),
            });
        }
    }
}

/// How weak a line is in law: a tie-break between relations of like degree, blood first.
pub fn line_rank(line: Line) -> u8 {
    line as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_that_come_with_the_program_can_be_read() {
        weights().expect("a bad weights file must not be released");
    }
}
