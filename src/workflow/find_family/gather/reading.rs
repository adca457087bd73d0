//! Reads what one answer needs, from one snapshot.

use super::Gathered;
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::family_graph::ParentClass;
use crate::kinship::route::StepKind;
use crate::kinship::same_person::Severed;
use crate::kinship::walk::Walked;
use crate::model::case::Case;
use crate::model::ids::{CaseId, NationId, PersonId};
use crate::model::nation::MembershipState;
use crate::model::neighborhood::Node;
use crate::placement::order::{
    Chosen, IndigenousStatus, KindOfPlacement, PlacementOrder, Situation, orders,
};
use crate::placement::pathways::as_word;
use crate::placement::ranking::weights;
use crate::store::Snapshot;
use crate::workflow::find_family::FindFamily;
use crate::workflow::joined::joined_nodes;
use crate::workflow::read_kin::{Question, walk_kin};
use rustc_hash::{FxHashMap, FxHashSet};

/// Reads it all.
pub fn gather(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &FindFamily,
) -> Result<Gathered, Error> {
    let records = records_of(snapshot, permit, question.child)?;
    let mut cases = cases_of(snapshot, permit, &records)?;
    let weights = weights().map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    let walk = |order: &PlacementOrder| {
        let walk = Question {
            start: question.child,
            as_of: question.as_of,
            reach: order.walk_reach(),
            scale: weights.certainty,
            links: weights.same_person,
        };
        walk_kin(snapshot, permit, &walk)
    };
    let of_case = cases.first().map(|(_, case)| case);
    // Whether the child is Indigenous may depend on ancestors, who are known only after a walk.
    let first = choose(question, of_case, IndigenousStatus::NotRecorded)?;
    let mut sound = walk(first.order)?;
    let indigenous = indigenous_status(&sound.found, question.child);
    let chosen = choose(question, of_case, indigenous)?;
    if chosen.order.walk_reach() != first.order.walk_reach() {
        sound = walk(chosen.order)?;
    }
    let order = chosen.order;
    let walked = sound.found;
    let start = walked
        .graph
        .place_of(question.child)
        .filter(|&place| walked.graph.node(place).is_some());
    let start = start.ok_or_else(|| Error::NotFound {
        what: "child",
        name: "as named".to_owned(),
    })?;
    // A verdict that contradicts the records joins nothing.
    let is_own = |child: PersonId| walked.graph.place_of(child) == Some(start);
    cases.retain(|(_, case)| is_own(case.child));
    let (mut inquiries, mut outreach) = (Vec::new(), Vec::new());
    for (id, _) in &cases {
        let asked = snapshot.inquiries(*id, permit.visibility())?;
        inquiries.extend(asked.into_iter().map(|(_, inquiry)| inquiry));
        let written = snapshot.outreach(*id, permit.visibility())?;
        outreach.extend(written.into_iter().map(|(_, outreach)| outreach));
    }
    let mut gathered = Gathered {
        as_of: question.as_of,
        order,
        chosen,
        indigenous,
        weights,
        own_nations: own_nations(&walked, question.child),
        named_nations: lineage(&walked, question.child)
            .flat_map(|node| node.nations.iter().map(|(nation, _)| *nation))
            .collect(),
        graph: walked.graph,
        start,
        kin: walked.kin,
        case: cases.into_iter().next(),
        inquiries,
        outreach: FxHashMap::default(),
        households: FxHashMap::default(),
        foster_siblings: Vec::new(),
        places: FxHashMap::default(),
        important: Vec::new(),
        nations: FxHashMap::default(),
        offered: FxHashSet::default(),
        severed: sound.severed,
        link_reports: sound.reports,
    };
    gathered.read_network(snapshot, permit)?;
    gathered.read_nations(snapshot, permit)?;
    gathered.read_other_records(snapshot, permit)?;
    gathered.read_households(snapshot, permit)?;
    gathered.read_important_places(snapshot, permit)?;
    gathered.read_places(snapshot, permit)?;
    gathered.settle_ids(outreach);
    Ok(gathered)
}

/// All records of a person, the one asked for first.
fn records_of(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    person: PersonId,
) -> Result<Vec<PersonId>, Error> {
    let nodes = joined_nodes(snapshot, permit, &[person], &Severed::default())?;
    let others = nodes.iter().flat_map(Node::record_ids);
    let mut records = vec![person];
    records.extend(others.filter(|other| *other != person));
    Ok(records)
}

/// The cases of a child, that of the record asked for first. Two files on one child may each have one.
fn cases_of(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    records: &[PersonId],
) -> Result<Vec<(CaseId, Case)>, Error> {
    let mut cases = Vec::with_capacity(1);
    for record in records {
        cases.extend(snapshot.case_of_child(*record, permit.visibility())?);
    }
    Ok(cases)
}

/// The order that the question names, else the case's, else what the rules say.
fn choose(
    question: &FindFamily,
    case: Option<&Case>,
    indigenous: IndigenousStatus,
) -> Result<Chosen<'static>, Error> {
    let orders = orders().map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    let kind = match case.map(|case| as_word(&case.primary_goal)) {
        Some(goal) if goal == "adoption" => KindOfPlacement::Adoption,
        _ => KindOfPlacement::Care,
    };
    let situation = Situation {
        named_by_case: case.map_or("", |case| &case.placement_order),
        region: case.map_or("", |case| &case.region),
        indigenous,
        kind,
    };
    orders
        .choose(question.order.as_deref(), &situation)
        .map_err(|unknown| {
            let reason = format!(
                "there is no placement order \"{unknown}\"; known are: {}",
                orders.ids().join(", ")
            );
            Error::invalid("order", reason)
        })
}

/// The child and those found by parent ties alone, with their nations.
pub(super) fn lineage(walked: &Walked, child: PersonId) -> impl Iterator<Item = &Node> {
    let ancestors = walked.kin.iter().filter(|kin| {
        kin.routes.iter().any(|route| {
            route.steps.iter().all(|step| {
                matches!(step.kind, StepKind::Parent { nature, .. } if ParentClass::of(nature).is_lineage())
            })
        })
    });
    let ancestors = ancestors.filter_map(|kin| walked.graph.node(kin.place));
    walked.graph.person(child).into_iter().chain(ancestors)
}

/// Nations to which the child belongs or may belong.
fn own_nations(walked: &Walked, child: PersonId) -> FxHashSet<NationId> {
    lineage(walked, child)
        .flat_map(|node| &node.nations)
        .filter(|(_, state)| *state != MembershipState::NotAMember)
        .map(|(nation, _)| *nation)
        .collect()
}

/// What the records say of the child, and of the child's ancestors.
fn indigenous_status(walked: &Walked, child: PersonId) -> IndigenousStatus {
    let own = walked
        .graph
        .person(child)
        .map_or(&[][..], |node| &node.nations);
    let is = |states: &[MembershipState]| own.iter().any(|(_, state)| states.contains(state));
    let member = [
        MembershipState::Member,
        MembershipState::Entitled,
        MembershipState::ConfirmedByNation,
    ];
    let by_ancestor = || {
        lineage(walked, child)
            .skip(1)
            .flat_map(|node| &node.nations)
            .any(|(_, state)| *state != MembershipState::NotAMember)
    };
    if is(&member) {
        IndigenousStatus::Known
    } else if is(&[
        MembershipState::Claimed,
        MembershipState::AskedAwaitingAnswer,
    ]) || by_ancestor()
    {
        IndigenousStatus::Possible
    } else if own.is_empty() {
        IndigenousStatus::NotRecorded
    } else {
        IndigenousStatus::No
    }
}
