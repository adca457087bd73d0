//! Sorts people into tiers: each stands once, in the earliest tier that holds them, and within it by score. Whoever
//! is only out of the list is kept with the reason.

use super::belonging::{Belonging, Heritage, is_foster_kin};
use super::gather::Gathered;
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::route::{Joint, Shape};
use crate::model::case::Purpose;
use crate::model::lead::Score;
use crate::model::neighborhood::Node;
use crate::model::reach::Reach;
use crate::names::normalize::fold;
use crate::placement::eligibility::{Eligibility, eligibility};
use crate::placement::order::{Holds, Tier};
use std::cell::OnceCell;
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
}

pub struct LeftOut {
    pub position: usize,
    pub tier: u32,
    pub rule: &'static str,
    pub reason: String,
    pub connection: bool,
}

/// Decides tier, eligibility and rank for everybody.
pub fn assign<'a>(
    gathered: &Gathered,
    permit: &Permit,
    people: &'a [Belonging<'a>],
    purpose: Purpose,
) -> Result<Assigned<'a>, Error> {
    let heritage = Heritage::of(gathered.child());
    let mut leads: Vec<Vec<RankedLead>> = gathered.order.tiers.iter().map(|_| Vec::new()).collect();
    let mut excluded = Vec::new();
    for (position, person) in people.iter().enumerate() {
        permit.go_on_at(position)?;
        let Some(index) = gathered
            .order
            .tiers
            .iter()
            .position(|tier| holds(tier, person))
        else {
            continue;
        };
        let mut candidate = person.candidate(gathered, &heritage);
        let by_network = !holds_as_kin(&gathered.order.tiers[index], person);
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
                });
            }
        }
    }
    let mut content = Vec::with_capacity(people.len());
    for (position, person) in people.iter().enumerate() {
        permit.go_on_at(position)?;
        content.push(Content::of(person));
    }
    for tier in &mut leads {
        tier.sort_by(|one, other| {
            let by_score = other.score.total.total_cmp(&one.score.total);
            by_score.then_with(|| content[one.position].cmp(&content[other.position]))
        });
    }
    excluded.sort_by(|one: &LeftOut, other: &LeftOut| {
        let by_tier = one.tier.cmp(&other.tier);
        by_tier.then_with(|| content[one.position].cmp(&content[other.position]))
    });
    Ok(Assigned {
        people,
        leads,
        excluded,
    })
}

/// Whether a tier holds a person.
fn holds(tier: &Tier, person: &Belonging<'_>) -> bool {
    let in_network = !person.network.is_empty() || person.foster_sibling;
    holds_as_kin(tier, person) || (in_network && tier.holds.contains(&Holds::Network))
}

/// Whether a tier holds a person as kin, by blood or by a foster home.
fn holds_as_kin(tier: &Tier, person: &Belonging<'_>) -> bool {
    tier.holds.iter().any(|what| match what {
        Holds::Kin => {
            let Some(reach) = tier.reach else {
                return false;
            };
            person
                .ways
                .iter()
                .any(|way| !is_foster_kin(&way.shape) && within(&way.shape, &reach))
        }
        Holds::FosterKin => person.ways.iter().any(|way| is_foster_kin(&way.shape)),
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

/// What people are ordered by: what is recorded, never the order of entry. Closeness, birth date, folded name, external
/// id, public id. A name is folded only where what comes before it does not decide.
struct Content<'a> {
    closeness: (u8, u8),
    born: i32,
    folded: OnceCell<String>,
    node: &'a Node,
}

impl<'a> Content<'a> {
    fn of(person: &Belonging<'a>) -> Content<'a> {
        let birth = person.node.birth;
        let first_day = birth.and_then(|birth| birth.possible_days().0);
        Content {
            closeness: person.ways.first().map_or((u8::MAX, u8::MAX), |way| {
                (way.shape.civil_degree(), way.shape.unions())
            }),
            born: first_day.map_or(i32::MAX, |day| day.0),
            folded: OnceCell::new(),
            node: person.node,
        }
    }

    fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(&self.node.name))
    }

    fn cmp(&self, other: &Content<'_>) -> Ordering {
        (self.closeness, self.born)
            .cmp(&(other.closeness, other.born))
            .then_with(|| self.folded().cmp(other.folded()))
            .then_with(|| self.node.external_id.cmp(&other.node.external_id))
            .then_with(|| self.node.public_id.cmp(&other.node.public_id))
    }
}
