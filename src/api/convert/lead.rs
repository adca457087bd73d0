//! Tiers, leads, nations, and who was left out.

use super::person::{date, person_summary};
use super::relation::{path, relation};
use super::same_person::other_record;
use crate::api::v1;
use crate::model::ids::PublicId;
use crate::model::lead::{
    CitedWords, Excluded, Lead, LeadTarget, NationLead, OrderUsed, OutreachBrief, Score, TierAnswer,
};
use crate::model::partial_date::Day;

/// A tier without its leads.
pub fn tier(tier: &TierAnswer) -> v1::Tier {
    v1::Tier {
        number: tier.number,
        title: tier.title.clone(),
        citation: tier.citation.clone(),
        lead_count: tier.total,
        nation_count: u32::try_from(tier.nations.len()).unwrap_or(u32::MAX),
        empty_because: tier.empty_because.clone(),
    }
}

/// A lead of the tier with this number.
pub fn lead(lead: &Lead, tier: u32, on: Day) -> v1::Lead {
    use v1::lead::Target;
    v1::Lead {
        tier,
        rank: lead.rank,
        target: Some(match &lead.target {
            LeadTarget::Person(person) => Target::Person(person_summary(person, on)),
            LeadTarget::WaitingFamily {
                public_id, name, ..
            } => Target::WaitingFamily(waiting_family(*public_id, name)),
        }),
        relation: lead.relation.clone(),
        kinship: lead.kinship.as_ref().map(|kinship| relation(kinship, on)),
        path: path(&lead.path),
        other_ways: lead.other_ways.clone(),
        score: Some(score(&lead.score)),
        status: v1::LeadStatus::from(lead.status).into(),
        questions: lead.questions.clone(),
        cautions: lead.cautions.clone(),
        outreach: lead.outreach.iter().map(outreach).collect(),
        screening: lead.screening.clone(),
        unknown: lead.unknown.clone(),
        if_words: lead.if_words.clone(),
        probable: !lead.if_words.is_empty(),
        also_recorded_as: lead.also_recorded_as.iter().map(other_record).collect(),
    }
}

/// A nation of the tier with this number.
pub fn nation_lead(nation: &NationLead, tier: u32) -> v1::NationLead {
    v1::NationLead {
        tier,
        name: format!("nations/{}", nation.public_id),
        display_name: nation.name.clone(),
        other_names: nation.other_names.clone(),
        membership: v1::MembershipState::from(nation.membership).into(),
        confirmed_by: nation.confirmed_by.clone(),
        through: nation.through.clone(),
        side: v1::Side::from(nation.side).into(),
        designated_representative: nation.designated_representative.clone(),
        agencies: nation.agencies.clone(),
        outreach: nation.outreach.iter().map(outreach).collect(),
        questions: nation.questions.clone(),
    }
}

/// Somebody left out.
pub fn excluded(excluded: &Excluded, on: Day) -> v1::Excluded {
    use v1::excluded::Target;
    v1::Excluded {
        tier: excluded.tier,
        target: Some(match &excluded.target {
            LeadTarget::Person(person) => Target::Person(person_summary(person, on)),
            LeadTarget::WaitingFamily {
                public_id, name, ..
            } => Target::WaitingFamily(waiting_family(*public_id, name)),
        }),
        relation: excluded.relation.clone(),
        rule: excluded.rule.clone(),
        reason: excluded.reason.clone(),
        connection: excluded.connection,
        near_miss: excluded.near_miss,
        would_admit: excluded.would_admit.clone(),
    }
}

/// The placement order used.
pub fn order_used(order: &OrderUsed) -> v1::OrderUsed {
    v1::OrderUsed {
        id: order.id.clone(),
        version: order.version.clone(),
        title: order.title.clone(),
        citation: order.citation.clone(),
        because: order.because.clone(),
        earlier_tiers: order.earlier_tiers.clone(),
        consider: cited(&order.consider),
        document: cited(&order.document),
        not_used: cited(&order.not_used),
        notes: order.notes.clone(),
    }
}

/// A waiting family in brief.
pub fn waiting_family(public_id: PublicId, name: &str) -> v1::WaitingFamilySummary {
    v1::WaitingFamilySummary {
        name: format!("waitingFamilies/{public_id}"),
        display_name: name.to_owned(),
    }
}

pub fn score(score: &Score) -> v1::Score {
    v1::Score {
        total: score.total,
        parts: score
            .parts
            .iter()
            .map(|part| v1::ScorePart {
                name: part.name.clone(),
                points: part.points,
                reason: part.reason.clone(),
            })
            .collect(),
    }
}

fn outreach(outreach: &OutreachBrief) -> v1::Outreach {
    v1::Outreach {
        purpose: v1::Purpose::from(outreach.purpose).into(),
        state: v1::OutreachState::from(outreach.state).into(),
        date: outreach.date.map(date),
        ask_again: outreach.ask_again.map(date),
        ..v1::Outreach::default()
    }
}

/// Words with their sources.
pub fn cited(words: &[CitedWords]) -> Vec<v1::CitedWords> {
    words
        .iter()
        .map(|cited| v1::CitedWords {
            words: cited.words.clone(),
            citation: cited.citation.clone(),
        })
        .collect()
}
