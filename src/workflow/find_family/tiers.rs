//! Sorts people into tiers: each stands once, in the earliest tier that holds them, and within it by score. Whoever
//! is only out of the list is kept with the reason.

use super::belonging::{Belonging, Heritage, Way, is_foster_kin};
use super::gather::Gathered;
use crate::kinship::route::{Joint, Shape};
use crate::model::case::Purpose;
use crate::model::lead::{Score, ScorePart};
use crate::model::reach::Reach;
use crate::names::normalize::fold;
use crate::placement::eligibility::{Eligibility, eligibility};
use crate::placement::order::{Holds, Tier};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// Everybody in their places. Positions are those of the people given.
pub struct Assigned<'a> {
    pub people: &'a [Belonging<'a>],
    /// Leads of each tier, best first, in the order of the tiers.
    pub leads: Vec<Vec<RankedLead>>,
    /// Those whom a rule excludes, by tier, then by nearness.
    pub excluded: Vec<LeftOut>,
}

pub struct RankedLead {
    pub position: usize,
    pub score: Score,
    pub questions: Vec<String>,
    /// The tier holds them for the network alone: their kinship, if any, is out of its reach.
    pub by_network: bool,
    /// The tier holds them only if records are one person's.
    pub probable: bool,
    /// Civil degree and couples of the kinship that put them here.
    closeness: Option<(u8, u8)>,
}

pub struct LeftOut {
    pub position: usize,
    pub tier: u32,
    pub rule: &'static str,
    pub reason: String,
    pub connection: bool,
    pub probable: bool,
}

/// Decides tier, eligibility and rank for everybody.
pub fn assign<'a>(
    gathered: &Gathered,
    people: &'a [Belonging<'a>],
    purpose: Purpose,
) -> Assigned<'a> {
    let heritage = Heritage::of(gathered.child());
    let mut leads: Vec<Vec<RankedLead>> = gathered.order.tiers.iter().map(|_| Vec::new()).collect();
    let mut excluded = Vec::new();
    for (position, person) in people.iter().enumerate() {
        let Some((index, probable)) = tier_of(gathered, person) else {
            continue;
        };
        let ways = if probable {
            &person.probable
        } else {
            &person.ways
        };
        let mut candidate = person.candidate(gathered, &heritage, ways);
        let by_network = !holds_as_kin(&gathered.order.tiers[index], ways);
        if by_network {
            candidate.kinship = None;
        }
        match eligibility(&candidate, purpose, gathered.order, gathered.as_of) {
            Eligibility::Lead { questions } => {
                let score = gathered.weights.score(&candidate, purpose);
                leads[index].push(RankedLead {
                    position,
                    score,
                    questions,
                    by_network,
                    probable,
                    closeness: candidate
                        .kinship
                        .map(|kinship| (kinship.degree, kinship.unions)),
                });
            }
            Eligibility::Excluded {
                rule,
                reason,
                connection,
            } => {
                let tier = gathered.order.tiers[index].number;
                excluded.push(LeftOut {
                    position,
                    tier,
                    rule,
                    reason,
                    connection,
                    probable,
                });
            }
        }
    }
    for tier in &mut leads {
        place_below_certain(tier);
        tier.sort_by(|one, other| {
            let by_score = other.score.total.total_cmp(&one.score.total);
            let by_score = by_score.then_with(|| one.probable.cmp(&other.probable));
            by_score.then_with(|| by_content(&people[one.position], &people[other.position]))
        });
    }
    excluded.sort_by(|one: &LeftOut, other: &LeftOut| {
        one.tier
            .cmp(&other.tier)
            .then_with(|| by_content(&people[one.position], &people[other.position]))
    });
    Assigned {
        people,
        leads,
        excluded,
    }
}

/// The earliest tier that holds a person, and whether it does so only if records are one person's. What is certain
/// counts first: an undecided link moves nobody.
fn tier_of(gathered: &Gathered, person: &Belonging<'_>) -> Option<(usize, bool)> {
    let tiers = &gathered.order.tiers;
    let surely = tiers.iter().position(|tier| holds(tier, person));
    let perhaps = || {
        tiers
            .iter()
            .position(|tier| holds_as_kin(tier, &person.probable))
    };
    surely
        .map(|index| (index, false))
        .or_else(|| Some((perhaps()?, true)))
}

/// Takes as much off probable leads as it needs for them to stand below every certain lead of like closeness.
fn place_below_certain(tier: &mut [RankedLead]) {
    let mut least: FxHashMap<(u8, u8), f64> = FxHashMap::default();
    for lead in tier.iter().filter(|lead| !lead.probable) {
        if let Some(closeness) = lead.closeness {
            let known = least.entry(closeness).or_insert(lead.score.total);
            *known = known.min(lead.score.total);
        }
    }
    for lead in tier.iter_mut().filter(|lead| lead.probable) {
        let Some(&least) = lead.closeness.and_then(|closeness| least.get(&closeness)) else {
            continue;
        };
        if lead.score.total > least {
            lead.score.parts.push(ScorePart {
                name: "probable".to_owned(),
                points: least - lead.score.total,
                reason: "stands below those as close whose relation is certain".to_owned(),
            });
            lead.score.total = least;
        }
    }
}

/// Whether a tier holds a person for sure.
fn holds(tier: &Tier, person: &Belonging<'_>) -> bool {
    let in_network = !person.network.is_empty() || person.foster_sibling;
    holds_as_kin(tier, &person.ways) || (in_network && tier.holds.contains(&Holds::Network))
}

/// Whether a tier holds somebody as kin by one of these ways, by blood or by a foster home.
fn holds_as_kin(tier: &Tier, ways: &[Way<'_>]) -> bool {
    tier.holds.iter().any(|what| match what {
        Holds::Kin => {
            let Some(reach) = tier.reach else {
                return false;
            };
            ways.iter()
                .any(|way| !is_foster_kin(&way.shape) && within(&way.shape, &reach))
        }
        Holds::FosterKin => ways.iter().any(|way| is_foster_kin(&way.shape)),
        Holds::Network | Holds::Nations | Holds::WaitingFamilies => false,
    })
}

/// Whether a relation lies within a reach.
fn within(shape: &Shape, reach: &Reach) -> bool {
    let ended = shape.joints.iter().any(|joint| match joint {
        Joint::Union { ended, .. } | Joint::Step { ended } => *ended,
        Joint::Coparent => false,
    });
    if ended && !reach.former_partners {
        return false;
    }
    let greatest = if shape.joints.is_empty() {
        reach.degree
    } else {
        reach.affinity_degree.max(1)
    };
    shape.civil_degree() <= greatest
}

/// Order by what is recorded, never by order of entry: closeness, birth date, folded name, external id, public id.
fn by_content(one: &Belonging<'_>, other: &Belonging<'_>) -> Ordering {
    let closeness = |person: &Belonging<'_>| {
        let perhaps = person.probable.first().filter(|_| person.is_probable());
        let nearest = person.ways.first().or(perhaps);
        nearest.map_or((u8::MAX, u8::MAX), |way| {
            (way.shape.civil_degree(), way.shape.unions())
        })
    };
    let born = |person: &Belonging<'_>| {
        person
            .node
            .birth
            .and_then(|birth| birth.possible_days().0)
            .map_or(i32::MAX, |day| day.0)
    };
    closeness(one)
        .cmp(&closeness(other))
        .then_with(|| born(one).cmp(&born(other)))
        .then_with(|| fold(&one.node.name).cmp(&fold(&other.node.name)))
        .then_with(|| one.node.external_id.cmp(&other.node.external_id))
        .then_with(|| one.node.public_id.cmp(&other.node.public_id))
}
