//! Builds what is shown of the leads and of those left out. Words and sources are worked out only for these.

use super::belonging::{Belonging, Way};
use super::cautions::{cautions, doubts, screening, unknown};
use super::gather::Gathered;
use super::nations::nations;
use super::other_records::Links;
use super::tiers::{Assigned, LeftOut, RankedLead, is_for_child};
use super::waiting::{ExcludedFamilies, waiting_tier};
use super::{FindFamily, Words};
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::naming::name;
use crate::model::case::{OutreachTarget, Purpose};
use crate::model::lead::{Excluded, Lead, LeadStatus, LeadTarget, PathStep, Relation, TierAnswer};
use crate::model::neighborhood::NodeNetworkTie;
use crate::names::network_roles::network_role;
use crate::placement::order::{IndigenousStatus, Tier, Who};
use crate::store::Snapshot;
use crate::workflow::relations::{
    Sources, are_one_person, if_words, relation, sources_of, summary,
};

/// The sources of everything shown.
pub struct Shown {
    sources: Sources,
    links: Links,
    words: Words,
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
        permit: &Permit,
        gathered: &Gathered,
        assigned: &Assigned<'_>,
        question: &FindFamily,
        words: Words,
    ) -> Result<Shown, Error> {
        let mut wanted = Vec::new();
        let mut people = Vec::new();
        for lead in assigned
            .leads
            .iter()
            .flat_map(|leads| leads.iter().take(question.leads_per_tier))
        {
            let person = &assigned.people[lead.position];
            people.push(person.node);
            if let Some(way) = way_of(person, lead) {
                wanted.extend(sources_of(&gathered.graph, way.route));
                let crossings = way.route.crossings.iter();
                let ends = crossings.flat_map(|crossing| [crossing.from, crossing.to]);
                people.extend(ends.filter_map(|end| gathered.graph.node(end)));
            }
            wanted.extend(person.network.iter().map(|tie| tie.source));
        }
        Ok(Shown {
            sources: Sources::read(snapshot, wanted)?,
            links: Links::read(snapshot, permit, gathered, people.into_iter())?,
            words,
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
                let person = &assigned.people[lead.position];
                self.lead(gathered, person, lead, index as u32 + 1, question.purpose)
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
            let people = assigned.people;
            let asked = match self.words {
                Words::OfPeople => &FindFamily {
                    leads_per_tier: 0,
                    ..question.clone()
                },
                _ => question,
            };
            let mut waiting = waiting_tier(snapshot, permit, gathered, people, tier, asked)?;
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
        purpose: Purpose,
    ) -> Lead {
        let way = way_of(person, ranked).filter(|_| !ranked.by_network);
        let kinship = way.map(|way| self.kinship(gathered, way));
        let mut ways = ways_of_lead(gathered, person, ranked);
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
        let questions = questions_of_lead(gathered, person, ranked);
        Lead {
            target: LeadTarget::Person(summary(person.node, gathered.as_of)),
            rank,
            relation,
            kinship,
            path,
            other_ways: ways,
            score: ranked.score(gathered, person, purpose),
            status: if questions.is_empty() {
                LeadStatus::Open
            } else {
                LeadStatus::NeedsReview
            },
            questions,
            cautions: cautions(gathered, person.node),
            outreach: gathered
                .outreach(OutreachTarget::Person(person.node.id))
                .to_vec(),
            screening: screening(gathered, person.node),
            unknown: unknown(person.node),
            also_recorded_as: self.links.other_records(gathered, person.node),
            if_words: way.map_or_else(String::new, |way| if_words(&gathered.graph, way.route)),
        }
    }

    /// The relation by one way, with the reasons of the links on it.
    fn kinship(&self, gathered: &Gathered, way: &Way<'_>) -> Relation {
        let graph = &gathered.graph;
        let weights = gathered.weights;
        let mut relation = relation(graph, way.route, &way.shape, weights, &self.sources);
        let on_path = relation.path.iter_mut();
        let links = on_path.filter_map(|step| step.link.as_mut());
        for (link, crossing) in links.zip(&way.route.crossings) {
            if let (Some(one), Some(other)) = (graph.node(crossing.from), graph.node(crossing.to)) {
                link.reasons = self.links.reasons(one, other);
            }
        }
        relation
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
            link: None,
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
        let people = assigned
            .excluded
            .iter()
            .map(|left_out| person_left_out(gathered, assigned, left_out));
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

/// Somebody left out, as shown.
pub fn person_left_out(
    gathered: &Gathered,
    assigned: &Assigned<'_>,
    left_out: &LeftOut,
) -> Excluded {
    let person = &assigned.people[left_out.position];
    Excluded {
        target: LeadTarget::Person(summary(person.node, gathered.as_of)),
        tier: left_out.tier,
        relation: relation_words(gathered, person, left_out.probable),
        rule: left_out.rule.to_owned(),
        reason: left_out.reason.words(),
        connection: left_out.connection,
        near_miss: false,
        would_admit: String::new(),
    }
}

/// What somebody is to the child, by what counts most; empty where nothing is recorded.
pub fn relation_words(gathered: &Gathered, person: &Belonging<'_>, probable: bool) -> String {
    let ways = ways_in_words(gathered, person, probable);
    ways.into_iter().next().unwrap_or_default()
}

/// The way that put a lead where it stands.
fn way_of<'p>(person: &'p Belonging<'_>, ranked: &RankedLead) -> Option<&'p Way<'p>> {
    match ranked.probable {
        true => person.probable.first(),
        false => person.ways.first(),
    }
}

/// All ways of belonging of a lead in words, the one that put them here first.
pub fn ways_of_lead(
    gathered: &Gathered,
    person: &Belonging<'_>,
    ranked: &RankedLead,
) -> Vec<String> {
    let mut ways = ways_in_words(gathered, person, ranked.probable);
    if ranked.by_network {
        // What put them here comes first: the role, then kinship too far for this order.
        let (sure, roles) = (sure_kinship(gathered, person).len(), roles(person).len());
        ways[..sure + roles].rotate_left(sure);
    }
    ways
}

/// What one answer would settle: about the person, and about records that may be theirs.
pub fn questions_of_lead(
    gathered: &Gathered,
    person: &Belonging<'_>,
    ranked: &RankedLead,
) -> Vec<String> {
    let mut questions = ranked.questions.clone();
    let graph = &gathered.graph;
    let way = way_of(person, ranked).filter(|_| !ranked.by_network);
    let crossings = way.into_iter().flat_map(|way| &way.route.crossings);
    for crossing in crossings {
        if let (Some(one), Some(other)) = (graph.node(crossing.from), graph.node(crossing.to)) {
            let probability = graph
                .link(crossing.from, crossing.to)
                .and_then(|link| link.probability)
                .map_or(String::new(), |known| format!(" ({})", known.in_words()));
            questions.push(format!(
                "{}{probability}? Nobody has decided",
                are_one_person(one, other)
            ));
        }
    }
    questions.extend(doubts(gathered, person.node));
    questions
}

/// All ways of belonging in words, each once: certain kinship, the nearest first, then the network, then what holds only
/// if records are one person's; that comes first where it is what counts.
pub fn ways_in_words(
    gathered: &Gathered,
    person: &Belonging<'_>,
    probable_first: bool,
) -> Vec<String> {
    let sure = sure_kinship(gathered, person);
    let mut probable: Vec<String> = Vec::with_capacity(person.probable.len());
    for way in &person.probable {
        let words = name(&gathered.graph, way.route, &way.shape).words;
        let conditional = format!("{}: {words}", if_words(&gathered.graph, way.route));
        if !sure.contains(&words) && !probable.contains(&conditional) {
            probable.push(conditional);
        }
    }
    let sure = sure.into_iter().chain(roles(person));
    match probable_first {
        true => probable.into_iter().chain(sure).collect(),
        false => sure.chain(probable).collect(),
    }
}

/// The certain ways of being kin, nearest first, each once.
fn sure_kinship(gathered: &Gathered, person: &Belonging<'_>) -> Vec<String> {
    let mut words: Vec<String> = Vec::with_capacity(person.ways.len() + person.network.len());
    for way in &person.ways {
        let way = name(&gathered.graph, way.route, &way.shape).words;
        if !words.contains(&way) {
            words.push(way);
        }
    }
    words
}

fn roles(person: &Belonging<'_>) -> Vec<String> {
    let mut roles: Vec<String> = person.network.iter().map(|tie| role_words(tie)).collect();
    if person.foster_sibling {
        roles.push("lived with the same foster parents".to_owned());
    }
    if person.offered {
        roles.push("offered by the child's nation".to_owned());
    }
    roles
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
