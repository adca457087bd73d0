//! The tier of approved and waiting families: whether the child's legal status opens it, and who is in it.

use super::FindFamily;
use super::gather::Gathered;
use crate::access::Permit;
use crate::error::Error;
use crate::model::case::{OutreachTarget, Purpose};
use crate::model::lead::{Excluded, Lead, LeadStatus, LeadTarget, Score, ScorePart};
use crate::model::waiting_family::WaitingFamily;
use crate::placement::candidate::Distance;
use crate::placement::order::Tier;
use crate::placement::waiting_families::{FamilyRuling, SiblingGroup, nearness, rule};
use crate::store::Snapshot;

/// Families found, or why the tier is closed.
pub struct WaitingTier {
    pub leads: Vec<Lead>,
    pub total: u32,
    pub excluded: Vec<Excluded>,
    pub empty_because: String,
}

impl WaitingTier {
    fn closed(reason: String) -> WaitingTier {
        WaitingTier {
            leads: Vec::new(),
            total: 0,
            excluded: Vec::new(),
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
    if let Some(reason) = closed_by_status(gathered, tier) {
        return Ok(WaitingTier::closed(reason));
    }
    let group = sibling_group(snapshot, permit, gathered)?;
    let mut open = Vec::new();
    let mut excluded = Vec::new();
    let families = snapshot.all_waiting_families(permit.visibility())?;
    for (id, public_id, family) in families.iter() {
        let target = LeadTarget::WaitingFamily {
            id: *id,
            public_id: *public_id,
            name: family.name.clone(),
        };
        match rule(family, &group, question.as_of) {
            FamilyRuling::Lead { questions, reasons } => {
                let distance = gathered.distance(family.place, None);
                open.push((
                    family_lead(gathered, target, family, questions, reasons, distance),
                    distance,
                ));
            }
            FamilyRuling::Excluded { rule, reason } => excluded.push(Excluded {
                target,
                tier: tier.number,
                relation: "waiting family".to_owned(),
                rule: rule.to_owned(),
                reason,
                connection: false,
            }),
        }
    }
    open.sort_by(|(one, near), (other, far)| {
        (one.status, nearness(*near), one.target.content_key()).cmp(&(
            other.status,
            nearness(*far),
            other.target.content_key(),
        ))
    });
    excluded.sort_by(|one, other| one.target.content_key().cmp(&other.target.content_key()));
    let total = open.len() as u32;
    let mut leads: Vec<Lead> = open
        .into_iter()
        .take(question.leads_per_tier)
        .map(|(lead, _)| lead)
        .collect();
    for (position, lead) in leads.iter_mut().enumerate() {
        lead.rank = position as u32 + 1;
    }
    let empty_because = match (total, excluded.len()) {
        (0, 0) => "No waiting family is recorded.".to_owned(),
        (0, left_out) => format!(
            "None of the {left_out} families recorded is open to this child; each is listed with its reason."
        ),
        _ => String::new(),
    };
    Ok(WaitingTier {
        leads,
        total,
        excluded,
        empty_because,
    })
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
fn sibling_group(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
) -> Result<SiblingGroup, Error> {
    let mut births = vec![gathered.child().birth];
    let siblings = gathered
        .case
        .as_ref()
        .map_or(&[][..], |(_, case)| &case.siblings_in_care);
    for node in snapshot
        .nodes(siblings, permit.visibility())?
        .into_iter()
        .flatten()
    {
        births.push(node.birth);
    }
    Ok(SiblingGroup { births })
}

fn family_lead(
    gathered: &Gathered,
    target: LeadTarget,
    family: &WaitingFamily,
    questions: Vec<String>,
    reasons: Vec<String>,
    distance: Option<Distance>,
) -> Lead {
    let LeadTarget::WaitingFamily { id, .. } = &target else {
        return empty_lead(target);
    };
    let outreach = gathered
        .outreach(OutreachTarget::WaitingFamily(*id))
        .to_vec();
    let mut unknown = Vec::new();
    if family.last_confirmed.is_none() {
        unknown.push("when their availability was last confirmed".to_owned());
    }
    let mut parts: Vec<ScorePart> = reasons
        .into_iter()
        .map(|reason| ScorePart {
            name: "rule".to_owned(),
            points: 0.0,
            reason,
        })
        .collect();
    if let Some(distance) = distance {
        parts.push(ScorePart {
            name: "place".to_owned(),
            points: 0.0,
            reason: distance.words().to_owned(),
        });
    }
    let status = if questions.is_empty() {
        LeadStatus::Open
    } else {
        LeadStatus::NeedsReview
    };
    let screening = family
        .approval_expires
        .map_or("expiry of approval not recorded".to_owned(), |expires| {
            format!("approved until {}", expires.in_words())
        });
    Lead {
        relation: "approved waiting family".to_owned(),
        score: Score { total: 0.0, parts },
        status,
        questions,
        outreach,
        screening,
        unknown,
        ..empty_lead(target)
    }
}

fn empty_lead(target: LeadTarget) -> Lead {
    Lead {
        target,
        rank: 0,
        relation: String::new(),
        kinship: None,
        path: Vec::new(),
        other_ways: Vec::new(),
        score: Score::default(),
        status: LeadStatus::Open,
        questions: Vec::new(),
        cautions: Vec::new(),
        outreach: Vec::new(),
        screening: String::new(),
        unknown: Vec::new(),
    }
}
