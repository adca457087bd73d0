//! Sorts people into tiers: each stands once, in the earliest tier that holds them, and within it by score. Whoever
//! is only out of the list is kept with the reason.

use super::belonging::{
    Belonging, Heritage, is_by_custom, is_former, is_foster_kin, is_named_or_custom,
};
use super::gather::Gathered;
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::family_graph::is_over;
use crate::kinship::route::{Joint, Shape};
use crate::model::case::Purpose;
use crate::model::lead::{Score, ScorePart};
use crate::model::neighborhood::Node;
use crate::model::relation_pattern::PatternJoint;
use crate::names::network_roles::network_role;
use crate::names::normalize::fold;
use crate::placement::candidate::Candidate;
use crate::placement::eligibility::{Eligibility, eligibility};
use crate::placement::order::{Attribute, Holding, IndigenousStatus, Tier, Who};
use rustc_hash::FxHashMap;
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
    /// The tier holds them for the network, or because a nation offered them, alone: their kinship, if any, is out of its reach.
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
    permit: &Permit,
    people: &'a [Belonging<'a>],
    purpose: Purpose,
) -> Result<Assigned<'a>, Error> {
    let heritage = Heritage::of(gathered.child());
    let mut leads: Vec<Vec<RankedLead>> = gathered.order.tiers.iter().map(|_| Vec::new()).collect();
    let mut excluded = Vec::new();
    for (position, person) in people.iter().enumerate() {
        permit.go_on_at(position)?;
        let placing = Placing::of(gathered, &heritage, person);
        let by_network = placing.by_network();
        let Placing {
            held,
            probable,
            candidate,
        } = placing;
        let ruled = eligibility(&candidate, purpose, gathered.order, gathered.as_of);
        match (held, ruled) {
            (Some(held), Eligibility::Lead { mut questions }) => {
                questions.extend(held.question);
                leads[held.index].push(RankedLead {
                    position,
                    score: gathered.weights.score(&candidate, purpose),
                    questions,
                    by_network,
                    probable,
                    closeness: candidate
                        .kinship
                        .map(|kinship| (kinship.degree, kinship.unions)),
                });
            }
            (None, Eligibility::Lead { .. }) => excluded.push(LeftOut {
                position,
                tier: 0,
                rule: OUTSIDE_ORDER,
                reason: OUTSIDE_ORDER_WORDS.to_owned(),
                connection: true,
                probable,
            }),
            (
                held,
                Eligibility::Excluded {
                    rule,
                    reason,
                    connection,
                },
            ) => excluded.push(LeftOut {
                position,
                tier: held.map_or(0, |held| gathered.order.tiers[held.index].number),
                rule,
                reason,
                connection,
                probable,
            }),
        }
    }
    let by_name = gathered.uses(Attribute::Name);
    let mut content = Vec::with_capacity(people.len());
    for (position, person) in people.iter().enumerate() {
        permit.go_on_at(position)?;
        content.push(Content::of(person, by_name));
    }
    for tier in &mut leads {
        place_below_certain(tier);
        tier.sort_by(|one, other| {
            let by_score = other.score.total.total_cmp(&one.score.total);
            let by_score = by_score.then_with(|| one.probable.cmp(&other.probable));
            by_score.then_with(|| content[one.position].cmp(&content[other.position]))
        });
    }
    excluded.sort_by(|one: &LeftOut, other: &LeftOut| {
        let by_tier = (one.tier == 0, one.tier).cmp(&(other.tier == 0, other.tier));
        by_tier.then_with(|| content[one.position].cmp(&content[other.position]))
    });
    Ok(Assigned {
        people,
        leads,
        excluded,
    })
}

/// The rule for whoever may be a lead, but not in any tier of the order.
pub const OUTSIDE_ORDER: &str = "outside_order";
pub const OUTSIDE_ORDER_WORDS: &str = "not among those whom this order looks to";

/// Which tier holds a person, and what placement looks at.
pub struct Placing<'b> {
    pub held: Option<Held>,
    /// The tier holds them only if records are one person's.
    pub probable: bool,
    pub candidate: Candidate<'b>,
}

impl<'b> Placing<'b> {
    pub fn of(
        gathered: &'b Gathered,
        heritage: &Heritage,
        person: &'b Belonging<'_>,
    ) -> Placing<'b> {
        let (held, probable) = tier_of(gathered, person);
        let ways = if probable {
            &person.probable
        } else {
            &person.ways
        };
        let mut placing = Placing {
            held,
            probable,
            candidate: person.candidate(gathered, heritage, ways),
        };
        if placing.by_network() {
            placing.candidate.kinship = None;
        }
        placing
    }

    /// Whether the tier holds them for the network, or because a nation offered them, alone.
    fn by_network(&self) -> bool {
        self.held.as_ref().is_some_and(|held| !held.as_kin)
    }
}

/// The tier that holds somebody.
pub struct Held {
    /// Position of the tier.
    pub index: usize,
    /// Held as kin, by blood or by a foster home, and not for another reason alone.
    as_kin: bool,
    question: Option<String>,
}

/// How one group of a tier holds somebody.
enum Holds {
    No,
    Yes,
    /// One answer would settle it.
    Asks(&'static str),
}

/// The earliest tier that holds a person, and whether they are there only if records are one person's. What is certain
/// counts first: an undecided link moves nobody.
fn tier_of(gathered: &Gathered, person: &Belonging<'_>) -> (Option<Held>, bool) {
    match held_by(gathered, person, false) {
        Some(held) => (Some(held), false),
        None if person.probable.is_empty() => (None, false),
        None => match held_by(gathered, person, true) {
            Some(held) => (Some(held), true),
            None => (None, person.is_probable()),
        },
    }
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

/// The earliest tier that holds a person, for sure, or by ways that cross undecided links.
fn held_by(gathered: &Gathered, person: &Belonging<'_>, perhaps: bool) -> Option<Held> {
    for (index, tier) in gathered.order.tiers.iter().enumerate() {
        if !is_for_child(gathered, tier) {
            continue;
        }
        let mut held: Option<Held> = None;
        for holding in &tier.holds {
            let question = match holds(gathered, holding, person, perhaps) {
                Holds::No => continue,
                Holds::Yes => None,
                Holds::Asks(question) => Some(question.to_owned()),
            };
            let as_kin = matches!(holding.who, Who::Kin | Who::CalledFamily | Who::FosterKin);
            // A group that holds them without a question, as kin, says most.
            let says_more = held.as_ref().is_none_or(|known| {
                (question.is_none(), as_kin) > (known.question.is_none(), known.as_kin)
            });
            if says_more {
                held = Some(Held {
                    index,
                    as_kin,
                    question,
                });
            }
        }
        if held.is_some() {
            return held;
        }
    }
    None
}

/// Whether a tier is meant for this child at all.
pub fn is_for_child(gathered: &Gathered, tier: &Tier) -> bool {
    !tier.only_for_indigenous
        || matches!(
            gathered.indigenous,
            IndigenousStatus::Known | IndigenousStatus::Possible
        )
}

fn holds(gathered: &Gathered, holding: &Holding, person: &Belonging<'_>, perhaps: bool) -> Holds {
    let ways = if perhaps {
        &person.probable
    } else {
        &person.ways
    };
    if let Some(test) = holding.nation
        && !gathered.meets(test, &[person.node])
    {
        return Holds::No;
    }
    let yes = match holding.who {
        Who::Kin => ways
            .iter()
            .any(|way| !is_foster_kin(&way.shape) && within(&way.shape, holding)),
        Who::CalledFamily => ways.iter().any(|way| {
            is_by_custom(gathered, way) || (!holding.by_custom && is_named_or_custom(gathered, way))
        }),
        Who::FosterKin => ways.iter().any(|way| {
            is_foster_kin(&way.shape)
                && (!holding.present_carer
                    || (way.route.steps.len() == 1 && !is_former(gathered, way)))
        }),
        Who::OfferedByNation => person.offered && !perhaps,
        Who::Network if perhaps => false,
        Who::Network => return in_network(gathered, holding, person),
        Who::Nations | Who::WaitingFamilies => false,
    };
    if yes { Holds::Yes } else { Holds::No }
}

/// Whether an adult of the network is held: by the role, whether it is paid, whether it is one of caring now.
fn in_network(gathered: &Gathered, holding: &Holding, person: &Belonging<'_>) -> Holds {
    let mut answer = Holds::No;
    for tie in &person.network {
        let role = network_role(&tie.role);
        let cares_now = role.is_some_and(|role| role.is_caring) && !is_over(tie.to, gathered.as_of);
        if holding.present_carer && !cares_now {
            continue;
        }
        let Some(paid) = holding.paid else {
            return Holds::Yes;
        };
        match tie.paid.or(role.and_then(|role| role.usually_paid)) {
            Some(known) if known == paid => return Holds::Yes,
            Some(_) => {}
            None => answer = Holds::Asks("is this person paid for being in the child's life?"),
        }
    }
    let asks_nothing = holding.paid.is_none() && !holding.present_carer;
    match answer {
        Holds::No if person.foster_sibling && asks_nothing => Holds::Yes,
        answer => answer,
    }
}

/// Whether a relation is one that a group of a tier holds.
fn within(shape: &Shape, holding: &Holding) -> bool {
    if holding.holds_degree(shape.civil_degree(), !shape.joints.is_empty()) {
        return true;
    }
    if holding.patterns.is_empty() {
        return false;
    }
    let stretches: Vec<(u8, u8)> = shape
        .stretches
        .iter()
        .map(|stretch| (stretch.up, stretch.down))
        .collect();
    let joints: Vec<PatternJoint> = shape
        .joints
        .iter()
        .map(|joint| match joint {
            Joint::Union { .. } | Joint::Step { .. } => PatternJoint::Couple,
            Joint::Coparent => PatternJoint::Coparents,
        })
        .collect();
    holding.lists(&stretches, &joints)
}

/// What people are ordered by: what is recorded, never the order of entry. Closeness, birth date, folded name, external
/// id, public id. A name is folded only where what comes before it does not decide, and left aside where the order says that
/// names decide nothing.
struct Content<'a> {
    closeness: (u8, u8),
    born: i32,
    by_name: bool,
    folded: OnceCell<String>,
    node: &'a Node,
}

impl<'a> Content<'a> {
    fn of(person: &Belonging<'a>, by_name: bool) -> Content<'a> {
        let birth = person.node.birth;
        let perhaps = person.probable.first().filter(|_| person.is_probable());
        let nearest = person.ways.first().or(perhaps);
        let first_day = birth.and_then(|birth| birth.possible_days().0);
        Content {
            closeness: nearest.map_or((u8::MAX, u8::MAX), |way| {
                (way.shape.civil_degree(), way.shape.unions())
            }),
            born: first_day.map_or(i32::MAX, |day| day.0),
            by_name,
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
            .then_with(|| match self.by_name {
                true => self.folded().cmp(other.folded()),
                false => Ordering::Equal,
            })
            .then_with(|| self.node.external_id.cmp(&other.node.external_id))
            .then_with(|| self.node.public_id.cmp(&other.node.public_id))
    }
}
