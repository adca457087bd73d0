//! Everything that one answer needs, read from one snapshot: kin, network, households, case, outreach, places.

use super::FindFamily;
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::family_graph::{FamilyGraph, Place};
use crate::kinship::walk::Kin;
use crate::model::case::{Case, Inquiry, Outreach, OutreachTarget};
use crate::model::ids::{CaseId, HouseholdId, PersonId, PlaceId, Subject};
use crate::model::lead::OutreachBrief;
use crate::model::neighborhood::{Node, NodeTie, NodeTieKind};
use crate::model::partial_date::{Day, Truth};
use crate::model::person::{CautionKind, Place as PlaceRecord};
use crate::model::tie::ParentNature;
use crate::placement::candidate::Distance;
use crate::placement::order::{DEFAULT_ORDER, PlacementOrder, orders};
use crate::placement::ranking::{Weights, weights};
use crate::store::{Page, Snapshot, TieKind};
use crate::workflow::read_kin::walk_kin;
use rustc_hash::{FxHashMap, FxHashSet};

/// What was read for one question.
pub struct Gathered {
    pub as_of: Day,
    pub order: &'static PlacementOrder,
    pub weights: &'static Weights,
    pub graph: FamilyGraph,
    pub start: Place,
    pub kin: Vec<Kin>,
    pub case: Option<(CaseId, Case)>,
    pub inquiries: Vec<Inquiry>,
    outreach: FxHashMap<OutreachTarget, Vec<OutreachBrief>>,
    households: FxHashMap<HouseholdId, Vec<PersonId>>,
    /// Children who live or lived with the same foster parents.
    pub foster_siblings: Vec<PersonId>,
    places: FxHashMap<PlaceId, PlaceRecord>,
}

/// Reads it all.
pub fn gather(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &FindFamily,
) -> Result<Gathered, Error> {
    let case = snapshot.case_of_child(question.child, permit.visibility())?;
    let order = order_for(question, case.as_ref().map(|(_, case)| case))?;
    let weights = weights().map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    let walked = walk_kin(
        snapshot,
        permit,
        question.child,
        question.as_of,
        order.walk_reach(),
        weights,
    )?;
    let start = walked
        .graph
        .place_of(question.child)
        .filter(|&place| walked.graph.node(place).is_some());
    let start = start.ok_or_else(|| Error::NotFound {
        what: "child",
        name: "as named".to_owned(),
    })?;
    let (inquiries, outreach) = match &case {
        Some((id, _)) => (
            snapshot
                .inquiries(*id, permit.visibility())?
                .into_iter()
                .map(|(_, inquiry)| inquiry)
                .collect(),
            snapshot
                .outreach(*id, permit.visibility())?
                .into_iter()
                .map(|(_, outreach)| outreach)
                .collect(),
        ),
        None => (Vec::new(), Vec::new()),
    };
    let mut gathered = Gathered {
        as_of: question.as_of,
        order,
        weights,
        graph: walked.graph,
        start,
        kin: walked.kin,
        case,
        inquiries,
        outreach: latest_outreach(outreach),
        households: FxHashMap::default(),
        foster_siblings: Vec::new(),
        places: FxHashMap::default(),
    };
    gathered.read_network(snapshot, permit)?;
    gathered.read_households(snapshot, permit)?;
    gathered.read_places(snapshot, permit)?;
    Ok(gathered)
}

/// The order that the question names, else the case's, else the default.
fn order_for(question: &FindFamily, case: Option<&Case>) -> Result<&'static PlacementOrder, Error> {
    let orders = orders().map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    let of_case = case
        .map(|case| case.placement_order.as_str())
        .filter(|id| !id.is_empty());
    let wanted = question
        .order
        .as_deref()
        .or(of_case)
        .unwrap_or(DEFAULT_ORDER);
    orders
        .iter()
        .find(|order| order.id == wanted)
        .ok_or_else(|| {
            let known: Vec<&str> = orders.iter().map(|order| order.id.as_str()).collect();
            Error::invalid(
                "order",
                format!(
                    "there is no placement order \"{wanted}\"; known are: {}",
                    known.join(", ")
                ),
            )
        })
}

/// The latest outreach to each target for each purpose.
fn latest_outreach(outreach: Vec<Outreach>) -> FxHashMap<OutreachTarget, Vec<OutreachBrief>> {
    let mut latest: FxHashMap<OutreachTarget, Vec<OutreachBrief>> = FxHashMap::default();
    for entry in outreach {
        let brief = OutreachBrief {
            purpose: entry.purpose,
            state: entry.state,
            date: entry.date,
            ask_again: entry.ask_again,
        };
        let of_target = latest.entry(entry.whom).or_default();
        match of_target
            .iter_mut()
            .find(|known| known.purpose == brief.purpose)
        {
            Some(known) if is_later(&brief, known) => *known = brief,
            Some(_) => {}
            None => of_target.push(brief),
        }
    }
    latest
}

/// Whether the first is the later of two; the one recorded later, where dates do not tell.
fn is_later(new: &OutreachBrief, known: &OutreachBrief) -> bool {
    let day = |brief: &OutreachBrief| brief.date.and_then(|date| date.possible_days().1);
    day(new) >= day(known)
}

fn is_foster(tie: &NodeTie) -> bool {
    let foster = ParentNature::Foster;
    matches!(tie.kind, NodeTieKind::Parent { nature, .. } if nature == foster)
}

/// Whether one tie had surely ended before the other began.
fn is_before(one: &NodeTie, other: &NodeTie) -> bool {
    matches!((one.to, other.from), (Some(to), Some(from)) if to.before(from) == Truth::Yes)
}

impl Gathered {
    /// The child.
    pub fn child(&self) -> &Node {
        // The start was checked to have been read.
        #[expect(
            clippy::expect_used,
            reason = "gather() fails when the child is not there"
        )]
        self.graph.node(self.start).expect("the child was read")
    }

    /// The latest outreach to a target, one a purpose.
    pub fn outreach(&self, target: OutreachTarget) -> &[OutreachBrief] {
        self.outreach.get(&target).map_or(&[], Vec::as_slice)
    }

    /// The others of a household.
    pub fn household(&self, id: HouseholdId) -> &[PersonId] {
        self.households.get(&id).map_or(&[], Vec::as_slice)
    }

    /// How far a person lives from the child; nothing where a centre is not known or an address is protected.
    pub fn distance(&self, place: Option<PlaceId>, person: Option<&Node>) -> Option<Distance> {
        let child = self.child();
        let protected = |node: &Node| node.cautions.contains(CautionKind::ProtectedAddress);
        if protected(child) || person.is_some_and(protected) {
            return None;
        }
        let (own, other) = (child.place?, place?);
        if own == other {
            return Some(Distance::SamePlace);
        }
        let centre = |id: PlaceId| self.places.get(&id).and_then(|place| place.centre);
        let kilometres = centre(own)?.kilometres_to(centre(other)?);
        Some(Distance::of_kilometres(kilometres))
    }

    /// The network's adults, and the children who lived with the same foster parents.
    fn read_network(&mut self, snapshot: &Snapshot<'_>, permit: &Permit) -> Result<(), Error> {
        let child = self.child();
        let mut wanted: Vec<PersonId> = child.network.iter().map(|tie| tie.adult).collect();
        let foster_parents: Vec<PersonId> = child
            .ties
            .iter()
            .filter(|tie| is_foster(tie))
            .map(|tie| tie.other)
            .collect();
        let child_id = child.id;
        if !foster_parents.is_empty() {
            for &parent in &foster_parents {
                let everyone = Page::first(usize::MAX);
                let parent = Subject::Person(parent);
                let tied = snapshot.tied_to(
                    parent,
                    TieKind::FosterParent,
                    everyone,
                    permit.visibility(),
                )?;
                let children = tied.iter().filter_map(|tied| match tied.subject {
                    Subject::Person(id) if id != child_id => Some(id),
                    _ => None,
                });
                self.foster_siblings.extend(children);
            }
            self.foster_siblings.sort_unstable();
            self.foster_siblings.dedup();
            wanted.extend(&self.foster_siblings);
        }
        self.read_missing(snapshot, permit, wanted)?;
        let mut siblings = std::mem::take(&mut self.foster_siblings);
        siblings.retain(|&id| self.may_have_lived_together(id));
        self.foster_siblings = siblings;
        Ok(())
    }

    /// Whether a child of the same foster parents lived there when this child did, as far as the dates tell.
    fn may_have_lived_together(&self, other: PersonId) -> bool {
        let Some(other) = self.graph.person(other) else {
            return false;
        };
        self.child()
            .ties
            .iter()
            .filter(|tie| is_foster(tie))
            .any(|own| {
                other
                    .ties
                    .iter()
                    .filter(|tie| is_foster(tie))
                    .any(|theirs| {
                        own.other == theirs.other
                            && !is_before(own, theirs)
                            && !is_before(theirs, own)
                    })
            })
    }

    /// Who lives with those found, and the partners of network adults: for cautions.
    fn read_households(&mut self, snapshot: &Snapshot<'_>, permit: &Permit) -> Result<(), Error> {
        let mut ids: Vec<HouseholdId> = self
            .graph
            .people()
            .flat_map(|(_, node)| node.households.iter().copied())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let mut wanted: Vec<PersonId> = Vec::new();
        if !ids.is_empty() {
            let members = snapshot.household_members(&ids, permit.visibility())?;
            wanted.extend(members.iter().flatten());
            self.households = ids.into_iter().zip(members).collect();
        }
        for tie in &self.child().network {
            let partners = self
                .graph
                .person(tie.adult)
                .into_iter()
                .flat_map(|adult| &adult.ties);
            wanted.extend(
                partners
                    .filter(|tie| matches!(tie.kind, NodeTieKind::Partner { .. }))
                    .map(|tie| tie.other),
            );
        }
        self.read_missing(snapshot, permit, wanted)
    }

    fn read_missing(
        &mut self,
        snapshot: &Snapshot<'_>,
        permit: &Permit,
        wanted: Vec<PersonId>,
    ) -> Result<(), Error> {
        let mut seen = FxHashSet::default();
        let missing: Vec<PersonId> = wanted
            .into_iter()
            .filter(|&id| self.graph.person(id).is_none() && seen.insert(id))
            .collect();
        if !missing.is_empty() {
            for node in snapshot
                .nodes(&missing, permit.visibility())?
                .into_iter()
                .flatten()
            {
                self.graph.insert(node);
            }
        }
        Ok(())
    }

    fn read_places(&mut self, snapshot: &Snapshot<'_>, permit: &Permit) -> Result<(), Error> {
        let mut ids: Vec<PlaceId> = self
            .graph
            .people()
            .filter_map(|(_, node)| node.place)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        if self.child().place.is_some() && !ids.is_empty() {
            let places = snapshot.places(&ids, permit.visibility())?;
            self.places = ids
                .into_iter()
                .zip(places)
                .filter_map(|(id, place)| Some((id, place?.1)))
                .collect();
        }
        Ok(())
    }
}
