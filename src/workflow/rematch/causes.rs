//! What brought each change about: of everything that happened since, what is nearest to it. A tie on the path counts
//! before a note on the child; where several are as near, all are told.

use super::evidence::{Event, EventKind};
use crate::model::ids::SubjectKind;
use crate::model::lead::{FamilyAnswer, LeadTarget, PersonSummary};
use crate::model::rematch::{Cause, ChangeKind, Changed, ListChange, Standing, Target};
use std::collections::BTreeSet;

/// At most so many causes are told of one change.
const MOST: usize = 8;

/// What is known of a child on both nights.
pub struct Scene<'a> {
    pub events: &'a [Event],
    pub answers: [Option<&'a FamilyAnswer>; 2],
    /// Placement orders and weights in other versions than before.
    pub policies: &'a [Cause],
}

/// How near an event is to a change; 0 is the nearest.
type Nearness = u8;
const NEAR: Nearness = 1;
const FAR: Nearness = 4;

/// Puts in the causes.
pub fn explain(changes: &mut [ListChange], scene: &Scene<'_>) {
    for change in changes.iter_mut() {
        change.causes = scene.causes_of(change);
    }
    // Whoever only gave way to others moved for the reasons of those others.
    let moved: Vec<(u8, Vec<Cause>)> = changes
        .iter()
        .filter(|change| !gave_way(change))
        .flat_map(|change| {
            tiers_of(change)
                .into_iter()
                .map(|tier| (tier, change.causes.clone()))
        })
        .collect();
    for change in changes.iter_mut().filter(|change| gave_way(change)) {
        let tiers = tiers_of(change);
        let others = moved.iter().filter(|(tier, _)| tiers.contains(tier));
        let causes: BTreeSet<Cause> = others.flat_map(|(_, causes)| causes.clone()).collect();
        if !causes.is_empty() {
            change.causes = causes.into_iter().take(MOST).collect();
        }
    }
}

/// Nothing of the lead changed but its rank.
fn gave_way(change: &ListChange) -> bool {
    matches!(
        change.what,
        Changed::Standing {
            before: Standing::Lead { lead: old, .. },
            after: Standing::Lead { lead: new, .. },
            ..
        } if old == new
    )
}

fn tiers_of(change: &ListChange) -> BTreeSet<u8> {
    let Changed::Standing { before, after, .. } = change.what else {
        return BTreeSet::new();
    };
    [before, after]
        .into_iter()
        .filter_map(|standing| match standing {
            Standing::Lead { lead, .. } => Some(lead.tier),
            _ => None,
        })
        .collect()
}

impl Scene<'_> {
    fn causes_of(&self, change: &ListChange) -> Vec<Cause> {
        let place = self.place_of(change);
        let near = |event: &Event| place.nearness(event, change.kind());
        let nearest = self.events.iter().map(near).min();
        let mut causes: Vec<Cause> = Vec::new();
        if nearest.is_none_or(|nearest| nearest > NEAR) {
            causes.extend(self.policies.iter().cloned());
        }
        if let Some(nearest) = nearest.filter(|nearest| *nearest <= NEAR || causes.is_empty()) {
            let of_events = self.events.iter().filter(|event| near(event) == nearest);
            let of_events: BTreeSet<Cause> = of_events.map(|event| event.cause.clone()).collect();
            causes.extend(of_events);
        }
        causes.truncate(MOST);
        causes
    }

    /// Who the change is about, and who is on the way to them.
    fn place_of(&self, change: &ListChange) -> Place {
        let mut place = Place::default();
        for answer in self.answers.into_iter().flatten() {
            place.child.extend(records(&answer.child));
        }
        place.path.clone_from(&place.child);
        let Changed::Standing { target, .. } = change.what else {
            return place;
        };
        place.target.insert(target.subject().number());
        for answer in self.answers.into_iter().flatten() {
            let leads = answer.tiers.iter().flat_map(|tier| &tier.leads);
            for lead in leads.filter(|lead| is(&lead.target, target)) {
                if let LeadTarget::Person(person) = &lead.target {
                    place.target.extend(records(person));
                }
                let others = lead.also_recorded_as.iter().map(|other| other.record.id.0);
                place.target.extend(others);
                let kinship = lead.kinship.iter().flat_map(|relation| &relation.path);
                let steps = kinship.chain(&lead.path);
                place
                    .path
                    .extend(steps.flat_map(|step| records(&step.person)));
            }
        }
        place.path.extend(&place.target);
        place
    }
}

fn is(lead: &LeadTarget, target: Target) -> bool {
    match lead {
        LeadTarget::Person(person) => Target::Person(person.id) == target,
        LeadTarget::WaitingFamily { id, .. } => Target::WaitingFamily(*id) == target,
    }
}

fn records(person: &PersonSummary) -> impl Iterator<Item = u64> + '_ {
    let others = person.also_recorded_as.iter().map(|record| record.id.0);
    std::iter::once(person.id.0).chain(others)
}

/// Numbers of subjects.
#[derive(Default)]
struct Place {
    child: BTreeSet<u64>,
    target: BTreeSet<u64>,
    /// With both ends.
    path: BTreeSet<u64>,
}

impl Place {
    fn nearness(&self, event: &Event, kind: ChangeKind) -> Nearness {
        let of_target = event.names(&self.target);
        let subject_on_path = self.path.contains(&event.subject.number());
        let is_step = event.kind == EventKind::Tie
            && subject_on_path
            && event.others.iter().any(|other| self.path.contains(other));
        let of_case = event.subject.kind() == SubjectKind::Case || event.names(&self.child);
        match kind {
            ChangeKind::ChildAdded | ChangeKind::ChildGone => match event.kind {
                EventKind::Case => 0,
                _ if of_case => 2,
                _ => FAR,
            },
            ChangeKind::OrderChanged => match event.kind {
                EventKind::Case => 0,
                EventKind::Membership => 1,
                _ if of_case => 2,
                _ => FAR,
            },
            ChangeKind::CoverageChanged => match event.kind {
                EventKind::Inquiry | EventKind::Tie => 0,
                _ if matches!(event.subject.kind(), SubjectKind::Person) => 1,
                _ => 2,
            },
            ChangeKind::NewLead | ChangeKind::LeadGone if is_step => 0,
            ChangeKind::CautionsChanged if event.kind == EventKind::Safety => u8::from(!of_target),
            _ if of_target => u8::from(matches!(kind, ChangeKind::NewLead)),
            _ if is_step => 1,
            _ if subject_on_path && !self.child.contains(&event.subject.number()) => 2,
            _ if of_case => 3,
            _ => FAR,
        }
    }
}
