//! Where a person stands: a lead, excluded by rules, another record of somebody, or not related at all.

use super::nearest_link::nearest_link;
use super::{Evaluation, ExplainAbsence};
use crate::access::Permit;
use crate::error::Error;
use crate::model::absence::{Change, ChangeKind, Obstacle, Standing};
use crate::model::ids::PersonId;
use crate::model::lead::{LeadStatus, LeadTarget};
use crate::model::neighborhood::Node;
use crate::placement::eligibility::{is_connection, obstacles};
use crate::placement::order::{Holding, Who};
use crate::store::Snapshot;
use crate::workflow::find_family::belonging::{Belonging, Heritage, people};
use crate::workflow::find_family::gather::Gathered;
use crate::workflow::find_family::show::{questions_of_lead, relation_words, ways_of_lead};
use crate::workflow::find_family::tiers::{
    Assigned, OUTSIDE_ORDER, OUTSIDE_ORDER_WORDS, Placing, assign, is_for_child,
};
use crate::workflow::joined::joined_nodes;
use crate::workflow::relations::{are_one_person, summary};

pub fn evaluate(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    question: &ExplainAbsence,
    person: PersonId,
) -> Result<Evaluation, Error> {
    let node = node_of(snapshot, permit, gathered, person)?;
    if node.id == gathered.child().id {
        let reason = "the child cannot be a lead: name somebody else";
        return Err(Error::invalid("who", reason));
    }
    let found = people(gathered, permit)?;
    let assigned = assign(gathered, permit, &found, question.purpose)?;
    let position = found.iter().position(|other| other.node.id == node.id);
    match position {
        Some(position) => Ok(of_found(gathered, question, &assigned, position)),
        None => of_stranger(snapshot, permit, gathered, question, &assigned, &node),
    }
}

/// The person with all records that are theirs.
fn node_of(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    person: PersonId,
) -> Result<Node, Error> {
    if let Some(node) = gathered.graph.person(person) {
        return Ok(node.clone());
    }
    let nodes = joined_nodes(snapshot, permit, &[person], &gathered.severed)?;
    nodes.into_iter().next().ok_or_else(|| Error::NotFound {
        what: "person",
        name: "as named".to_owned(),
    })
}

/// Somebody whom the search found: a lead, or left out by rules.
fn of_found(
    gathered: &Gathered,
    question: &ExplainAbsence,
    assigned: &Assigned<'_>,
    position: usize,
) -> Evaluation {
    let person = &assigned.people[position];
    let who = LeadTarget::Person(summary(person.node, question.as_of));
    for (tier, leads) in gathered.order.tiers.iter().zip(&assigned.leads) {
        let Some(index) = leads.iter().position(|lead| lead.position == position) else {
            continue;
        };
        let questions = questions_of_lead(gathered, person, &leads[index]);
        let ways = ways_of_lead(gathered, person, &leads[index]);
        return Evaluation {
            who,
            relation: ways.into_iter().next().unwrap_or_default(),
            tier: tier.number,
            standing: Standing::Lead {
                rank: index as u32 + 1,
                status: match questions.is_empty() {
                    true => LeadStatus::Open,
                    false => LeadStatus::NeedsReview,
                },
                questions,
            },
        };
    }
    let heritage = Heritage::of(gathered.child());
    let placing = Placing::of(gathered, &heritage, person);
    let tiers = &gathered.order.tiers;
    let tier = placing.held.as_ref().map(|held| tiers[held.index].number);
    let mut against = obstacles(
        &placing.candidate,
        question.purpose,
        gathered.order,
        question.as_of,
    );
    if tier.is_none() {
        against.push(Obstacle {
            rule: OUTSIDE_ORDER.to_owned(),
            reason: OUTSIDE_ORDER_WORDS.to_owned(),
            change: way_in(gathered),
        });
    }
    let connection = match against.as_slice() {
        [only] if only.rule == OUTSIDE_ORDER => true,
        _ => is_connection(
            &placing.candidate,
            question.purpose,
            gathered.order,
            question.as_of,
        ),
    };
    Evaluation {
        who,
        relation: relation_words(gathered, person, placing.probable),
        tier: tier.unwrap_or_default(),
        standing: Standing::Absent {
            obstacles: against,
            changes: Vec::new(),
            connection,
        },
    }
}

/// Somebody whom the search did not find.
fn of_stranger(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    question: &ExplainAbsence,
    assigned: &Assigned<'_>,
    node: &Node,
) -> Result<Evaluation, Error> {
    let first = match another_record(gathered, assigned, node) {
        Some(obstacle) => obstacle,
        None => {
            let link = nearest_link(snapshot, permit, gathered, node)?;
            Obstacle {
                rule: "no_relation".to_owned(),
                reason: match link {
                    Some(link) => {
                        format!("no relation that this order looks at is recorded; {link}")
                    }
                    None => "no relation to the child is recorded".to_owned(),
                },
                change: way_in(gathered),
            }
        }
    };
    let alone = Belonging {
        node,
        ways: Vec::new(),
        probable: Vec::new(),
        network: Vec::new(),
        foster_sibling: false,
        offered: false,
    };
    let heritage = Heritage::of(gathered.child());
    let candidate = alone.candidate(gathered, &heritage, &[]);
    let mut against = vec![first];
    against.extend(obstacles(
        &candidate,
        question.purpose,
        gathered.order,
        question.as_of,
    ));
    Ok(Evaluation {
        who: LeadTarget::Person(summary(node, question.as_of)),
        relation: String::new(),
        tier: 0,
        standing: Standing::Absent {
            obstacles: against,
            changes: Vec::new(),
            connection: false,
        },
    })
}

/// A record that is, in all likelihood, of somebody who is listed under another.
fn another_record(gathered: &Gathered, assigned: &Assigned<'_>, node: &Node) -> Option<Obstacle> {
    let others = gathered.other_records(node);
    let child = gathered.child();
    let is_listed = |other: &Node| {
        let mut people = assigned.people.iter();
        other.id == child.id || people.any(|person| person.node.id == other.id)
    };
    let other = others.into_iter().find(|other| is_listed(other))?;
    let same = are_one_person(node, other);
    Some(Obstacle {
        rule: "another_record".to_owned(),
        reason: format!(
            "in all likelihood another record of {}, under which the search lists them",
            other.name
        ),
        change: Some(Change {
            kind: ChangeKind::Decision,
            words: format!("say whether it is so: {same}?"),
            from: None,
        }),
    })
}

/// What would have to be recorded, if it is true, for a tier of this order to hold somebody; the easiest first.
fn way_in(gathered: &Gathered) -> Option<Change> {
    let easiest = [
        Who::Network,
        Who::CalledFamily,
        Who::Kin,
        Who::OfferedByNation,
    ];
    let tiers = || {
        let tiers = gathered.order.tiers.iter();
        tiers.filter(|tier| is_for_child(gathered, tier))
    };
    easiest.iter().find_map(|&who| {
        tiers().find_map(|tier| {
            let mut plain = tier.holds.iter().filter(|holding| {
                holding.who == who && holding.nation.is_none() && !holding.present_carer
            });
            let words = words_of(plain.next()?)?;
            let number = tier.number;
            Some(Change {
                kind: ChangeKind::Record,
                words: format!("if it is so, record {words}: tier {number} holds such"),
                from: None,
            })
        })
    })
}

/// What a group of a tier asks for.
fn words_of(holding: &Holding) -> Option<String> {
    let words = match (holding.who, holding.paid) {
        (Who::Network, Some(true)) => "a paid role in the child's life",
        (Who::Network, Some(false)) => {
            "an unpaid role in the child's life, as a godparent or coach has"
        }
        (Who::Network, None) => "a role in the child's life, as a teacher, coach or godparent has",
        (Who::CalledFamily, _) if holding.by_custom => {
            "that the nation's custom counts them as family"
        }
        (Who::CalledFamily, _) => "that the child, or the nation's custom, calls them family",
        (Who::OfferedByNation, _) => "that one of the child's nations offers them",
        (Who::Kin, _) if holding.degree > 0 => {
            return Some(format!("a relation within civil degree {}", holding.degree));
        }
        (Who::Kin, _) => {
            let listed = holding.relations.join(", ").replace('_', " ");
            return Some(format!("a relation that the order lists ({listed})"));
        }
        (Who::Nations | Who::FosterKin | Who::WaitingFamilies, _) => return None,
    };
    Some(words.to_owned())
}
