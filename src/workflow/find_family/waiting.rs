//! The tier of approved and waiting families: whether the child's legal status opens it, and who is in it.

use super::FindFamily;
use super::gather::Gathered;
use super::tiers::is_for_child;
use crate::access::Permit;
use crate::error::Error;
use crate::model::case::{OutreachTarget, Purpose};
use crate::model::ids::{PersonId, PublicId, WaitingFamilyId};
use crate::model::lead::{Excluded, Lead, LeadStatus, LeadTarget, Score, ScorePart};
use crate::model::neighborhood::Node;
use crate::model::partial_date::PartialDate;
use crate::model::waiting_family::WaitingFamily;
use crate::placement::candidate::Distance;
use crate::placement::order::{Attribute, NationTest, Tier, Who};
use crate::placement::waiting_families::{Doubt, Obstacle, SiblingGroup, reasons, rule};
use crate::store::{Snapshot, WaitingFamilies};
use crate::workflow::joined::joined_nodes;

/// Families found, or why the tier is closed.
pub struct WaitingTier {
    pub leads: Vec<Lead>,
    pub total: u32,
    pub excluded: ExcludedFamilies,
    pub empty_because: String,
}

/// Families that a rule excludes, by name. What is shown of them is worked out only for those on the page.
#[derive(Default)]
pub struct ExcludedFamilies {
    tier: u32,
    families: WaitingFamilies,
    obstacles: Vec<(usize, Obstacle)>,
}

impl ExcludedFamilies {
    pub fn len(&self) -> usize {
        self.obstacles.len()
    }

    /// One page of them.
    pub fn page(&self, offset: usize, limit: usize) -> impl Iterator<Item = Excluded> {
        self.obstacles
            .iter()
            .skip(offset)
            .take(limit)
            .map(|&(position, obstacle)| Excluded {
                target: target(&self.families[position]),
                tier: self.tier,
                relation: "waiting family".to_owned(),
                rule: obstacle.rule().to_owned(),
                reason: obstacle.words(),
                connection: false,
            })
    }
}

/// Order without names: who was approved first, then whose approval ends first, then public ids.
fn by_waiting((_, public_id, family): &Entry) -> (i32, i32, PublicId) {
    let day = |date: Option<PartialDate>| {
        date.and_then(|date| date.possible_days().0)
            .map_or(i32::MAX, |day| day.0)
    };
    (
        day(family.approved_on),
        day(family.approval_expires),
        *public_id,
    )
}

type Entry = (WaitingFamilyId, PublicId, WaitingFamily);

fn target((id, public_id, family): &Entry) -> LeadTarget {
    LeadTarget::WaitingFamily {
        id: *id,
        public_id: *public_id,
        name: family.name.clone(),
    }
}

impl WaitingTier {
    fn closed(reason: String) -> WaitingTier {
        WaitingTier {
            leads: Vec::new(),
            total: 0,
            excluded: ExcludedFamilies::default(),
            empty_because: reason,
        }
    }
}

/// Works out the tier.
pub fn waiting_tier(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    tier: &Tier,
    question: &FindFamily,
) -> Result<WaitingTier, Error> {
    if question.purpose != Purpose::Placement {
        return Ok(WaitingTier::closed(
            "Waiting families are looked at for placement only.".to_owned(),
        ));
    }
    if !is_for_child(gathered, tier) {
        return Ok(WaitingTier::closed(String::new()));
    }
    if let Some(reason) = closed_by_status(gathered, tier) {
        return Ok(WaitingTier::closed(reason));
    }
    let group = sibling_group(snapshot, permit, gathered)?;
    let families = snapshot.all_waiting_families(permit.visibility())?;
    let in_tier = families_of_tier(snapshot, permit, gathered, tier, &families)?;
    let by_name = gathered.uses(Attribute::Name);
    let mut open: Vec<(LeadStatus, Option<Distance>, usize, Vec<Doubt>)> = Vec::new();
    let mut obstacles = Vec::new();
    // The list is in the order of names, and sorting keeps that order among equals.
    for (position, (_, _, family)) in families.iter().enumerate() {
        permit.go_on_at(position)?;
        if !in_tier.as_ref().is_none_or(|held| held[position]) {
            continue;
        }
        match rule(family, &group, question.as_of) {
            Ok(doubts) => {
                let status = if doubts.is_empty() {
                    LeadStatus::Open
                } else {
                    LeadStatus::NeedsReview
                };
                open.push((
                    status,
                    gathered.distance(family.place, None),
                    position,
                    doubts,
                ));
            }
            Err(obstacle) => obstacles.push((position, obstacle)),
        }
    }
    open.sort_by_key(|&(status, distance, position, _)| {
        let nameless = (!by_name).then(|| by_waiting(&families[position]));
        (status, distance.is_none(), distance, nameless, position)
    });
    if !by_name {
        obstacles.sort_by_key(|&(position, _)| by_waiting(&families[position]));
    }
    let total = open.len() as u32;
    let shown = open.into_iter().take(question.leads_per_tier).enumerate();
    let leads = shown
        .map(|(index, (status, distance, position, doubts))| Lead {
            rank: index as u32 + 1,
            status,
            questions: doubts.into_iter().map(Doubt::words).collect(),
            ..family_lead(gathered, &families[position], &group, distance)
        })
        .collect();
    let empty_because = match (total, obstacles.len()) {
        (0, 0) => "No waiting family is recorded.".to_owned(),
        (0, left_out) => {
            format!(
                "None of the {left_out} families recorded is open to this child; each is listed with its reason."
            )
        }
        _ => String::new(),
    };
    let excluded = ExcludedFamilies {
        tier: tier.number,
        families,
        obstacles,
    };
    Ok(WaitingTier {
        leads,
        total,
        excluded,
        empty_because,
    })
}

/// Which families a tier holds where the order asks about their nations: those that no earlier tier holds. Nothing where it
/// asks nothing: then one tier holds them all.
fn families_of_tier(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    tier: &Tier,
    families: &WaitingFamilies,
) -> Result<Option<Vec<bool>>, Error> {
    let tests_of = |tier: &Tier| -> Vec<Option<NationTest>> {
        tier.holds
            .iter()
            .filter(|holding| holding.who == Who::WaitingFamilies)
            .map(|holding| holding.nation)
            .collect()
    };
    let tiers = || {
        gathered
            .order
            .tiers
            .iter()
            .filter(|tier| is_for_child(gathered, tier))
    };
    if tiers().flat_map(tests_of).all(|test| test.is_none()) {
        return Ok(None);
    }
    let members: Vec<PersonId> = families
        .iter()
        .flat_map(|(_, _, family)| family.members.iter().copied())
        .collect();
    let nodes = snapshot.nodes(&members, permit.visibility())?;
    let mut next = nodes.iter();
    let mut held = Vec::with_capacity(families.len());
    for (_, _, family) in families.iter() {
        let people: Vec<&Node> = next.by_ref().take(family.members.len()).flatten().collect();
        let first = tiers().find(|tier| {
            tests_of(tier)
                .into_iter()
                .any(|test| test.is_none_or(|test| gathered.meets(test, &people)))
        });
        held.push(first.is_some_and(|first| first.number == tier.number));
    }
    Ok(Some(held))
}

/// Only matching with waiting families needs the legal status that the order names. Unknown needs review.
fn closed_by_status(gathered: &Gathered, tier: &Tier) -> Option<String> {
    if tier.needs_legal_status.is_empty() {
        return None;
    }
    let needed = &tier.needs_legal_status_words;
    let status = gathered
        .case
        .as_ref()
        .map_or("", |(_, case)| case.legal_status.as_str());
    if status.is_empty() {
        return Some(format!(
            "Needs review: the child's legal status is not recorded. This tier opens with {needed}."
        ));
    }
    let open = tier
        .needs_legal_status
        .iter()
        .any(|needed| needed == status);
    let words = status.replace('_', " ");
    (!open).then(|| {
        format!("Not open yet: this tier needs {needed}; the legal status recorded is \"{words}\".")
    })
}

/// The child and the brothers and sisters who are to be placed together.
pub fn sibling_group(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
) -> Result<SiblingGroup, Error> {
    let mut births = vec![gathered.child().birth];
    let siblings = gathered
        .case
        .as_ref()
        .map_or(&[][..], |(_, case)| &case.siblings_in_care);
    for node in joined_nodes(snapshot, permit, siblings, &gathered.severed)? {
        births.push(node.birth);
    }
    Ok(SiblingGroup { births })
}

fn family_lead(
    gathered: &Gathered,
    entry: &Entry,
    group: &SiblingGroup,
    distance: Option<Distance>,
) -> Lead {
    let (id, _, family) = entry;
    let part = |name: &str, reason: String| ScorePart {
        name: name.to_owned(),
        points: 0.0,
        reason,
    };
    let mut parts: Vec<ScorePart> = reasons(family, group)
        .into_iter()
        .map(|reason| part("fits", reason))
        .collect();
    parts.extend(distance.map(|distance| part("place", distance.words().to_owned())));
    let screening = family
        .approval_expires
        .map_or("expiry of approval not recorded".to_owned(), |expires| {
            format!("approved until {}", expires.in_words())
        });
    let unconfirmed = family.last_confirmed.is_none();
    Lead {
        target: target(entry),
        rank: 0,
        relation: "approved waiting family".to_owned(),
        kinship: None,
        path: Vec::new(),
        other_ways: Vec::new(),
        score: Score { total: 0.0, parts },
        status: LeadStatus::Open,
        questions: Vec::new(),
        cautions: Vec::new(),
        outreach: gathered
            .outreach(OutreachTarget::WaitingFamily(*id))
            .to_vec(),
        screening,
        unknown: unconfirmed
            .then(|| "when their availability was last confirmed".to_owned())
            .into_iter()
            .collect(),
        also_recorded_as: Vec::new(),
        if_words: String::new(),
    }
}
