//! Where a waiting family stands. One seam, [`evaluate`]: it asks the tier of waiting families itself, so that whatever
//! decides there decides here.

use super::{Evaluation, ExplainAbsence, as_search};
use crate::access::Permit;
use crate::error::Error;
use crate::model::absence::{Change, ChangeKind, Obstacle, Standing};
use crate::model::case::Purpose;
use crate::model::ids::WaitingFamilyId;
use crate::model::lead::{Lead, LeadTarget};
use crate::placement::matching::Change as WhatHelps;
use crate::placement::order::{Tier, Who};
use crate::store::Snapshot;
use crate::workflow::find_family::belonging::people;
use crate::workflow::find_family::gather::Gathered;
use crate::workflow::find_family::tiers::{OUTSIDE_ORDER, OUTSIDE_ORDER_WORDS, assign};
use crate::workflow::find_family::waiting::{WaitingTier, kind_of_change, target, waiting_tier};
use crate::workflow::matching::Matching;

pub fn evaluate(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    question: &ExplainAbsence,
    wanted: WaitingFamilyId,
) -> Result<Evaluation, Error> {
    let around = people(gathered, permit)?;
    let matching = Matching::prepare(snapshot, permit, gathered, &around)?;
    let position = matching.families.position_of(wanted);
    let position = position.ok_or_else(|| Error::NotFound {
        what: "waiting family",
        name: "as named".to_owned(),
    })?;
    let entry = matching.families.entry(position);
    let who = target(entry);
    let of_profile = || obstacles(&matching, position);
    let mut first = outside_order();
    let mut in_tier = 0;
    if question.purpose != Purpose::Placement {
        first = Obstacle {
            rule: "purpose".to_owned(),
            reason: "waiting families are looked at for placement only: ask for that purpose"
                .to_owned(),
            change: None,
        };
    } else {
        let tiers = gathered.order.tiers.iter();
        for tier in tiers.filter(|tier| tier.holds_any(Who::WaitingFamilies)) {
            let mut waiting = waiting_tier(
                snapshot,
                permit,
                gathered,
                &around,
                tier,
                &as_search(question),
            )?;
            let is_wanted = |target: &LeadTarget| *target == who;
            if let Some(position) = waiting
                .leads
                .iter()
                .position(|lead| is_wanted(&lead.target))
            {
                let lead = waiting.leads.swap_remove(position);
                return as_lead(gathered, permit, question, tier, lead, who);
            }
            if waiting.excluded.holds(position) {
                return Ok(absent(who, tier.number, of_profile()));
            }
            if let Some(closed) = closed(&waiting, tier) {
                (first, in_tier) = (closed, tier.number);
            }
        }
    }
    let mut against = vec![first];
    against.extend(of_profile());
    Ok(absent(who, in_tier, against))
}

/// The rules that exclude a family, each with what would take it away.
fn obstacles(matching: &Matching, position: u32) -> Vec<Obstacle> {
    let profile = &matching.families.entry(position).2;
    let found = matching.bound().explain(matching.table, position, profile);
    let rules = found.nos.into_iter();
    rules
        .map(|no| {
            let words: Vec<String> = no.changes.iter().map(WhatHelps::words).collect();
            Obstacle {
                change: Some(Change {
                    kind: kind_of_change(&no),
                    words: words.join("; "),
                    from: None,
                }),
                rule: no.rule,
                reason: no.words,
            }
        })
        .collect()
}

fn outside_order() -> Obstacle {
    Obstacle {
        rule: OUTSIDE_ORDER.to_owned(),
        reason: OUTSIDE_ORDER_WORDS.to_owned(),
        change: None,
    }
}

/// Why a tier looks at no family at all: the child's legal status does not open it.
fn closed(waiting: &WaitingTier, tier: &Tier) -> Option<Obstacle> {
    let looks_at_none = waiting.total == 0 && waiting.excluded.len() == 0;
    let is_closed = looks_at_none && !tier.needs_legal_status.is_empty();
    let reason = Some(waiting.empty_because.clone()).filter(|reason| !reason.is_empty());
    let reason = reason.filter(|_| is_closed)?;
    Some(Obstacle {
        rule: "legal_status".to_owned(),
        reason,
        change: Some(Change {
            kind: ChangeKind::Decision,
            words: format!(
                "the legal status of the child: {}",
                tier.needs_legal_status_words
            ),
            from: None,
        }),
    })
}

fn absent(who: LeadTarget, tier: u32, obstacles: Vec<Obstacle>) -> Evaluation {
    Evaluation {
        who,
        relation: RELATION.to_owned(),
        tier,
        standing: Standing::Absent {
            obstacles,
            changes: Vec::new(),
            connection: false,
        },
    }
}

const RELATION: &str = "waiting family";

/// Families stand after the people of their tier.
fn as_lead(
    gathered: &Gathered,
    permit: &Permit,
    question: &ExplainAbsence,
    tier: &Tier,
    lead: Lead,
    who: LeadTarget,
) -> Result<Evaluation, Error> {
    let found = people(gathered, permit)?;
    let assigned = assign(gathered, permit, &found, question.purpose)?;
    let before = assigned.leads[tier.number as usize - 1].len() as u32;
    Ok(Evaluation {
        who,
        relation: lead.relation,
        tier: tier.number,
        standing: Standing::Lead {
            rank: lead.rank + before,
            status: lead.status,
            questions: lead.questions,
        },
    })
}
