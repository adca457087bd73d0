//! Which forms of permanence are open for a child with one person or waiting family, and what each still needs.

mod lead_facts;

pub use lead_facts::last_screenings;

use super::find_family::FindFamily;
use super::find_family::belonging::{self, Belonging, Way};
use super::find_family::gather::{Gathered, gather};
use super::joined::joined_nodes;
use super::noted_decisions::noted_decisions;
use super::relations::summary;
use crate::access::Permit;
use crate::error::Error;
use crate::model::absence::PersonOrFamily;
use crate::model::case::Purpose;
use crate::model::ids::{PersonId, Subject, WaitingFamilyId};
use crate::model::lead::LeadTarget;
use crate::model::neighborhood::{Node, NodeTieKind, Vital};
use crate::model::partial_date::{Day, PartialDate};
use crate::model::permanence::{Pathway, PathwaysAnswer, RulesUsed};
use crate::model::statement::{Certainty, Fact};
use crate::model::tie::ParentNature;
use crate::model::waiting_family::WaitingFamily;
use crate::placement::order::Attribute;
use crate::placement::pathways::{
    Decision, Facts, ParentFact, PathwayRules, PlacementFact, as_word, pathways,
};
use crate::placement::rule_file::{RuleFileError, in_use};
use crate::placement::services::{ServiceDirectory, Situation, suggestions};
use crate::store::Snapshot;
use crate::store::Store;
use rustc_hash::FxHashMap;

/// The question.
#[derive(Clone, Debug)]
pub struct ListPathways {
    pub child: PersonId,
    /// With whom.
    pub lead: PersonOrFamily,
    pub as_of: Day,
    /// The placement order's id; nothing means the one that the case or the rules name.
    pub order: Option<String>,
}

/// Everything read of the lead.
struct Lead {
    target: LeadTarget,
    name: String,
    /// The person, or the members of the family.
    members: Vec<Node>,
    /// The family, or the families of which the person is a member.
    families: Vec<(WaitingFamilyId, WaitingFamily)>,
}

impl Lead {
    /// Whether a record is one of theirs.
    fn has(&self, record: PersonId) -> bool {
        let mut records = self.members.iter().flat_map(Node::record_ids);
        records.any(|own| own == record)
    }
}

/// Answers every form of permanence that the rules of the place know.
pub fn list_pathways(
    store: &Store,
    permit: &Permit,
    question: &ListPathways,
) -> Result<PathwaysAnswer, Error> {
    let snapshot = permit.snapshot(store)?.as_of(question.as_of);
    let gathered = gather(&snapshot, permit, &as_search(question))?;
    let lead = read_lead(&snapshot, permit, &gathered, question)?;
    let people = belonging::people(&gathered, permit)?;
    let belonging: Vec<&Belonging<'_>> = people
        .iter()
        .filter(|person| lead.has(person.node.id))
        .collect();
    let facts = read_facts(&snapshot, permit, &gathered, &lead, &belonging)?;
    let case = gathered.case.as_ref().map(|(_, case)| case);
    let region = case.map_or("", |case| &case.region);
    let order = gathered.order;
    let rules = in_use::<PathwayRules>()
        .map_err(bad_rules)?
        .iter()
        .find(|rules| rules.applies.holds(&order.id, region))
        .ok_or_else(|| {
            let reason = format!(
                "no rules of permanence are kept for the order \"{}\"",
                order.id
            );
            Error::invalid("order", reason)
        })?;
    let mut pathways = pathways(rules, &facts);
    add_services(
        &mut pathways,
        &facts,
        case.map_or(&[], |case| &case.needs),
        region,
    )?;
    Ok(PathwaysAnswer {
        child: summary(gathered.child(), question.as_of),
        relation: lead_facts::relation_words(&gathered, &belonging),
        lead: lead.target,
        as_of: question.as_of,
        revision: snapshot.revision(),
        rules: rules_used(rules),
        because: format!("placement order {}: {}", order.id, gathered.chosen.because),
        wishes: case.map_or_else(Vec::new, |case| case.wishes.clone()),
        pathways,
    })
}

/// The search whose surroundings are looked at: the same order, walk and case.
fn as_search(question: &ListPathways) -> FindFamily {
    FindFamily {
        child: question.child,
        purpose: Purpose::Placement,
        as_of: question.as_of,
        order: question.order.clone(),
        leads_per_tier: 0,
        excluded_offset: 0,
        excluded_limit: 0,
    }
}

/// A file of rules that cannot be used: told at start, so it is ours if it is met here.
pub fn bad_rules(error: RuleFileError) -> Error {
    Error::Internal {
        detail: error.to_string(),
    }
}

fn rules_used(rules: &PathwayRules) -> RulesUsed {
    RulesUsed {
        id: rules.id.clone(),
        version: rules.version.clone(),
        title: rules.title.clone(),
        citation: rules.citation.clone(),
        to_be_checked: rules.to_be_checked.clone(),
    }
}

fn read_lead(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    question: &ListPathways,
) -> Result<Lead, Error> {
    let visibility = permit.visibility();
    let absent = |what| Error::NotFound {
        what,
        name: "as named".to_owned(),
    };
    let all = snapshot.all_waiting_families(visibility)?;
    match question.lead {
        PersonOrFamily::Person(person) => {
            let members = joined_nodes(snapshot, permit, &[person], &gathered.severed)?;
            let node = members.first().ok_or_else(|| absent("person"))?;
            if gathered.child().record_ids().any(|own| own == person) {
                let reason = "the child cannot be the lead: name a person or a waiting family";
                return Err(Error::invalid("lead", reason));
            }
            let of_person = all.iter().filter(|(_, _, family)| {
                node.record_ids()
                    .any(|record| family.members.contains(&record))
            });
            Ok(Lead {
                target: LeadTarget::Person(summary(node, question.as_of)),
                name: node.name.clone(),
                families: of_person
                    .map(|(id, _, family)| (*id, family.clone()))
                    .collect(),
                members,
            })
        }
        PersonOrFamily::Family(wanted) => {
            let found = all.iter().find(|(id, _, _)| *id == wanted);
            let (id, public_id, family) = found.ok_or_else(|| absent("waiting family"))?;
            let members = joined_nodes(snapshot, permit, &family.members, &gathered.severed)?;
            Ok(Lead {
                target: LeadTarget::WaitingFamily {
                    id: *id,
                    public_id: *public_id,
                    name: family.name.clone(),
                },
                name: family.name.clone(),
                members,
                families: vec![(*id, family.clone())],
            })
        }
    }
}

fn read_facts(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    lead: &Lead,
    belonging: &[&Belonging<'_>],
) -> Result<Facts, Error> {
    let child = gathered.child();
    let around = people_around(snapshot, permit, gathered)?;
    let case = gathered.case.as_ref();
    let text = |text: fn(&crate::model::case::Case) -> &String| {
        case.map_or_else(String::new, |(_, case)| as_word(text(case)))
    };
    let decisions = noted_decisions(snapshot, permit, child, case.map(|(id, _)| *id))?;
    Ok(Facts {
        as_of: gathered.as_of,
        child_birth: child.birth,
        indigenous: gathered.indigenous,
        legal_status: text(|case| &case.legal_status),
        primary_goal: text(|case| &case.primary_goal),
        concurrent_goal: text(|case| &case.concurrent_goal),
        parents: parents(child, &around, lead),
        placements: placements(snapshot, permit, child, &around, lead)?,
        lead: lead_facts::lead_facts(
            snapshot,
            permit,
            gathered,
            lead,
            belonging,
            gathered.uses(Attribute::Nation),
        )?,
        decisions: decisions
            .into_iter()
            .filter(|decision| concerns(decision, lead))
            .collect(),
    })
}

/// Whether a decision is about the child in general or about this lead.
fn concerns(decision: &Decision, lead: &Lead) -> bool {
    let of = decision.of.as_str();
    let is_family = match &lead.target {
        LeadTarget::WaitingFamily { public_id, .. } => {
            let id = of.strip_prefix("waitingFamilies/").unwrap_or(of);
            id == public_id.to_string() || of == lead.name
        }
        LeadTarget::Person(_) => false,
    };
    let is_member = |node: &Node| {
        let id = of.strip_prefix("people/").unwrap_or(of);
        let external = node.external_id.as_ref().map(ToString::to_string);
        id == node.public_id.to_string() || external.as_deref() == Some(of) || of == node.name
    };
    of.is_empty() || is_family || lead.members.iter().any(is_member)
}

/// The parents and carers tied to the child, by number.
fn people_around(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
) -> Result<FxHashMap<PersonId, Node>, Error> {
    let child = gathered.child();
    let mut wanted: Vec<PersonId> = child.ties.iter().map(|tie| tie.other).collect();
    wanted.extend(child.network.iter().map(|tie| tie.adult));
    wanted.sort_unstable();
    wanted.dedup();
    let nodes = joined_nodes(snapshot, permit, &wanted, &gathered.severed)?;
    let mut around = FxHashMap::default();
    for node in nodes {
        let records: Vec<PersonId> = node.record_ids().collect();
        around.extend(records.into_iter().map(|record| (record, node.clone())));
    }
    Ok(around)
}

fn parents(child: &Node, around: &FxHashMap<PersonId, Node>, lead: &Lead) -> Vec<ParentFact> {
    let of_law = [
        ParentNature::Birth,
        ParentNature::Adoptive,
        ParentNature::Presumed,
    ];
    let ties = child
        .ties
        .iter()
        .filter(|tie| tie.certainty != Certainty::Disproved);
    ties.filter_map(|tie| match tie.kind {
        NodeTieKind::Parent {
            nature,
            legal_state,
        } if of_law.contains(&nature) => {
            let node = around.get(&tie.other)?;
            Some(ParentFact {
                name: node.name.clone(),
                is_lead: lead.has(tie.other),
                nature,
                legal_state,
                dead: matches!(node.death, Vital::Dead(_)),
            })
        }
        _ => None,
    })
    .collect()
}

/// The role of somebody of the network with whom the child lives.
const FOSTER_ROLE: &str = "foster_parent";

/// Foster homes and guardians, and a household shared with the lead.
fn placements(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    child: &Node,
    around: &FxHashMap<PersonId, Node>,
    lead: &Lead,
) -> Result<Vec<PlacementFact>, Error> {
    let placement = |who: PersonId, from: Option<PartialDate>, to: Option<PartialDate>| {
        let node = around.get(&who)?;
        Some(PlacementFact {
            with: node.name.clone(),
            is_lead: lead.has(who),
            from,
            to,
        })
    };
    let foster = child.ties.iter().filter(|tie| {
        let cares = [ParentNature::Foster, ParentNature::Guardian];
        tie.certainty != Certainty::Disproved
            && matches!(tie.kind, NodeTieKind::Parent { nature, .. } if cares.contains(&nature))
    });
    let network = child
        .network
        .iter()
        .filter(|tie| tie.role == FOSTER_ROLE && tie.certainty != Certainty::Disproved);
    let mut placements: Vec<PlacementFact> = foster
        .filter_map(|tie| placement(tie.other, tie.from, tie.to))
        .chain(network.filter_map(|tie| placement(tie.adult, tie.from, tie.to)))
        .collect();
    if placements.iter().any(|one| one.is_lead) {
        return Ok(placements);
    }
    let shared: Vec<_> = child
        .households
        .iter()
        .filter(|home| lead.members.iter().any(|one| one.households.contains(home)))
        .collect();
    if shared.is_empty() {
        return Ok(placements);
    }
    for record in child.record_ids() {
        let said = snapshot.statements(Subject::Person(record), permit.visibility(), None)?;
        for (_, statement) in said {
            if let Fact::HouseholdMember(tie) = statement.fact
                && shared.contains(&&tie.household)
            {
                placements.push(PlacementFact {
                    with: lead.name.clone(),
                    is_lead: true,
                    from: statement.evidence.valid_from,
                    to: statement.evidence.valid_to,
                });
            }
        }
    }
    Ok(placements)
}

fn add_services(
    pathways: &mut [Pathway],
    facts: &Facts,
    needs: &[(String, u8)],
    region: &str,
) -> Result<(), Error> {
    let directories = in_use::<ServiceDirectory>().map_err(bad_rules)?;
    let needs: Vec<(String, u8)> = needs
        .iter()
        .map(|(category, level)| (as_word(category), *level))
        .collect();
    for pathway in pathways {
        let situation = Situation {
            form: pathway.form,
            needs: &needs,
            kin: facts.lead.relation.is_some() || facts.lead.kin_by_custom,
            region,
        };
        pathway.services = suggestions(directories, &situation);
    }
    Ok(())
}

/// Kin by blood, adoption, custom, marriage or as told; not through a foster home, and not only through a sibling.
fn is_kin_way(way: &Way<'_>) -> bool {
    use crate::kinship::route::Joint;
    !belonging::is_foster_kin(&way.shape)
        && way
            .shape
            .joints
            .iter()
            .all(|joint| *joint != Joint::Coparent)
}
