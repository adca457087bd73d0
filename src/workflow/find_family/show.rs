//! Builds what is shown of the leads and of those left out. Words and sources are worked out only for these.

use super::FindFamily;
use super::belonging::Belonging;
use super::cautions::{cautions, screening, unknown};
use super::gather::Gathered;
use super::nations::nations;
use super::tiers::{Assigned, RankedLead, is_for_child};
use super::waiting::{ExcludedFamilies, waiting_tier};
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::naming::name;
use crate::model::case::OutreachTarget;
use crate::model::lead::{Excluded, Lead, LeadStatus, LeadTarget, PathStep, TierAnswer};
use crate::model::neighborhood::NodeNetworkTie;
use crate::names::network_roles::network_role;
use crate::placement::order::{IndigenousStatus, Tier, Who};
use crate::store::Snapshot;
use crate::workflow::relations::{Sources, relation, sources_of, summary};

/// The sources of everything shown.
pub struct Shown {
    sources: Sources,
}

/// A tier, with the waiting families that a rule excludes.
pub struct ShownTier {
    pub tier: TierAnswer,
    pub excluded_families: ExcludedFamilies,
}

impl Shown {
    /// Reads the sources of all leads on the page together.
    pub fn load(
        snapshot: &Snapshot<'_>,
        gathered: &Gathered,
        assigned: &Assigned<'_>,
        question: &FindFamily,
    ) -> Result<Shown, Error> {
        let mut wanted = Vec::new();
        for lead in assigned
            .leads
            .iter()
            .flat_map(|leads| leads.iter().take(question.leads_per_tier))
        {
            let person = &assigned.people[lead.position];
            wanted.extend(
                person
                    .ways
                    .first()
                    .into_iter()
                    .flat_map(|way| sources_of(&gathered.graph, way.route)),
            );
            wanted.extend(person.network.iter().map(|tie| tie.source));
        }
        Ok(Shown {
            sources: Sources::read(snapshot, wanted)?,
        })
    }

    /// One tier of the answer.
    pub fn tier(
        &self,
        snapshot: &Snapshot<'_>,
        permit: &Permit,
        gathered: &Gathered,
        assigned: &Assigned<'_>,
        tier: &Tier,
        question: &FindFamily,
    ) -> Result<ShownTier, Error> {
        let ranked = &assigned.leads[tier.number as usize - 1];
        let mut leads: Vec<Lead> = ranked
            .iter()
            .take(question.leads_per_tier)
            .enumerate()
            .map(|(index, lead)| {
                self.lead(
                    gathered,
                    &assigned.people[lead.position],
                    lead,
                    index as u32 + 1,
                )
            })
            .collect();
        let mut total = ranked.len() as u32;
        let mut excluded_families = ExcludedFamilies::default();
        let mut empty_because = String::new();
        let nations = match tier.holds_any(Who::Nations) {
            true => nations(gathered, assigned.people),
            false => Vec::new(),
        };
        if tier.holds_any(Who::WaitingFamilies) {
            let mut waiting = waiting_tier(snapshot, permit, gathered, tier, question)?;
            // Families stand after the people of the tier.
            for lead in &mut waiting.leads {
                lead.rank += total;
            }
            waiting
                .leads
                .truncate(question.leads_per_tier.saturating_sub(leads.len()));
            total += waiting.total;
            leads.extend(waiting.leads);
            excluded_families = waiting.excluded;
            if total == 0 {
                empty_because = waiting.empty_because;
            }
        } else if total == 0 {
            empty_because = empty_because_of(gathered, assigned, tier);
        }
        let (number, title, citation) = (tier.number, tier.title.clone(), tier.citation.clone());
        let tier = TierAnswer {
            number,
            title,
            citation,
            nations,
            leads,
            total,
            empty_because,
        };
        Ok(ShownTier {
            tier,
            excluded_families,
        })
    }

    fn lead(
        &self,
        gathered: &Gathered,
        person: &Belonging<'_>,
        ranked: &RankedLead,
        rank: u32,
    ) -> Lead {
        let scale = &gathered.weights.certainty;
        let kinship = person
            .ways
            .first()
            .filter(|_| !ranked.by_network)
            .map(|way| relation(&gathered.graph, way.route, &way.shape, scale, &self.sources));
        let mut ways = ways_in_words(gathered, person);
        if ranked.by_network {
            // What put them here comes first: the role, then kinship too far for this order.
            let roles = person.network.len()
                + usize::from(person.foster_sibling)
                + usize::from(person.offered);
            let kinship = ways.len().saturating_sub(roles);
            ways.rotate_left(kinship);
        }
        let relation = if ways.is_empty() {
            String::new()
        } else {
            ways.remove(0)
        };
        let path = match &kinship {
            Some(_) => Vec::new(),
            None => person
                .network
                .iter()
                .map(|tie| self.network_step(gathered, person, tie))
                .collect(),
        };
        Lead {
            target: LeadTarget::Person(summary(person.node, gathered.as_of)),
            rank,
            relation,
            kinship,
            path,
            other_ways: ways,
            score: ranked.score.clone(),
            status: if ranked.questions.is_empty() {
                LeadStatus::Open
            } else {
                LeadStatus::NeedsReview
            },
            questions: ranked.questions.clone(),
            cautions: cautions(gathered, person.node),
            outreach: gathered
                .outreach(OutreachTarget::Person(person.node.id))
                .to_vec(),
            screening: screening(gathered, person.node),
            unknown: unknown(person.node),
        }
    }

    fn network_step(
        &self,
        gathered: &Gathered,
        person: &Belonging<'_>,
        tie: &NodeNetworkTie,
    ) -> PathStep {
        PathStep {
            person: summary(person.node, gathered.as_of),
            words: role_words(tie),
            certainty: tie.certainty,
            from: tie.from,
            to: tie.to,
            source: self.sources.get(tie.source),
        }
    }

    /// One page of those left out, and how many there are.
    pub fn excluded(
        &self,
        gathered: &Gathered,
        assigned: &Assigned<'_>,
        families: &[&ExcludedFamilies],
        question: &FindFamily,
    ) -> (Vec<Excluded>, u32) {
        let of_families: usize = families.iter().map(|families| families.len()).sum();
        let total = assigned.excluded.len() + of_families;
        let people = assigned.excluded.iter().map(|left_out| {
            let person = &assigned.people[left_out.position];
            Excluded {
                target: LeadTarget::Person(summary(person.node, gathered.as_of)),
                tier: left_out.tier,
                relation: ways_in_words(gathered, person)
                    .into_iter()
                    .next()
                    .unwrap_or_default(),
                rule: left_out.rule.to_owned(),
                reason: left_out.reason.clone(),
                connection: left_out.connection,
            }
        });
        // Entries before the page are skipped before their words are worked out.
        let skipped_people = question.excluded_offset.min(assigned.excluded.len());
        let mut page: Vec<Excluded> = people
            .skip(skipped_people)
            .take(question.excluded_limit)
            .collect();
        let mut skip = question.excluded_offset - skipped_people;
        for families in families {
            let room = question.excluded_limit - page.len();
            page.extend(families.page(skip, room));
            skip = skip.saturating_sub(families.len());
        }
        (page, total as u32)
    }
}

/// All ways of belonging in words, the nearest kinship first, each once.
fn ways_in_words(gathered: &Gathered, person: &Belonging<'_>) -> Vec<String> {
    let mut words: Vec<String> = Vec::with_capacity(person.ways.len() + person.network.len());
    for way in &person.ways {
        let way = name(&gathered.graph, way.route, &way.shape).words;
        if !words.contains(&way) {
            words.push(way);
        }
    }
    words.extend(person.network.iter().map(|tie| role_words(tie)));
    if person.foster_sibling {
        words.push("lived with the same foster parents".to_owned());
    }
    if person.offered {
        words.push("offered by the child's nation".to_owned());
    }
    words
}

fn role_words(tie: &NodeNetworkTie) -> String {
    network_role(&tie.role).map_or_else(|| tie.role.replace('_', " "), |role| role.title.clone())
}

fn empty_because_of(gathered: &Gathered, assigned: &Assigned<'_>, tier: &Tier) -> String {
    if !is_for_child(gathered, tier) {
        return match gathered.indigenous {
            IndigenousStatus::No => {
                "For Indigenous children: the nations named say that the child is not a member."
                    .to_owned()
            }
            _ => "For Indigenous children. Needs review: whether the child is one is not recorded."
                .to_owned(),
        };
    }
    if !tier.empty_words.is_empty() {
        return tier.empty_words.clone();
    }
    let left_out = assigned
        .excluded
        .iter()
        .filter(|left_out| left_out.tier == tier.number)
        .count();
    let who = if tier.holds_any(Who::Kin) {
        "relatives"
    } else {
        "people"
    };
    match left_out {
        0 => format!("No {who} of this tier are recorded. See what was never asked, below."),
        1 => format!(
            "One of the {who} recorded is in this tier, but a rule excludes them; see the reason below."
        ),
        _ => format!(
            "{left_out} {who} are in this tier, but a rule excludes each of them; see the reasons below."
        ),
    }
}
