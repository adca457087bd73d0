//! Reads what stands beside the kin: the network, households, nations, other records, places.

use super::Gathered;
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::same_person::likely_links;
use crate::model::ids::{HouseholdId, NationId, PersonId, PlaceId, Subject};
use crate::model::neighborhood::{NodeTie, NodeTieKind};
use crate::model::partial_date::Truth;
use crate::model::tie::ParentNature;
use crate::placement::order::{NationTest, Who};
use crate::store::{Page, Snapshot, TieKind};
use crate::workflow::joined::joined_nodes;
use rustc_hash::FxHashSet;

impl Gathered {
    /// The network's adults, and the children who lived with the same foster parents.
    pub(super) fn read_network(
        &mut self,
        snapshot: &Snapshot<'_>,
        permit: &Permit,
    ) -> Result<(), Error> {
        let child = self.child();
        let mut wanted: Vec<PersonId> = child.network.iter().map(|tie| tie.adult).collect();
        let foster_parents: Vec<PersonId> = child
            .ties
            .iter()
            .filter(|tie| is_foster(tie))
            .flat_map(|tie| match self.graph.person(tie.other) {
                Some(parent) => parent.record_ids().collect(),
                None => vec![tie.other],
            })
            .collect();
        let own: Vec<PersonId> = child.record_ids().collect();
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
                    Subject::Person(id) if !own.contains(&id) => Some(id),
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
        for sibling in &mut siblings {
            *sibling = self.person_id(*sibling);
        }
        siblings.sort_unstable();
        siblings.dedup();
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
                        self.graph.place_of(own.other) == self.graph.place_of(theirs.other)
                            && !is_before(own, theirs)
                            && !is_before(theirs, own)
                    })
            })
    }

    /// Who lives with those found, and the partners of network adults: for cautions.
    pub(super) fn read_households(
        &mut self,
        snapshot: &Snapshot<'_>,
        permit: &Permit,
    ) -> Result<(), Error> {
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

    /// The nations of the child and ancestors, whom they offered, and, where the order asks, everybody's nations.
    pub(super) fn read_nations(
        &mut self,
        snapshot: &Snapshot<'_>,
        permit: &Permit,
    ) -> Result<(), Error> {
        let named = std::mem::take(&mut self.named_nations);
        self.read_nation_records(snapshot, permit, named)?;
        let holdings = || self.order.tiers.iter().flat_map(|tier| &tier.holds);
        let asks_who_was_offered = holdings().any(|holding| {
            holding.who == Who::OfferedByNation
                || holding.nation == Some(NationTest::OfferedByNation)
        });
        let asks_about_peoples =
            holdings().any(|holding| holding.nation == Some(NationTest::SamePeople));
        if asks_who_was_offered {
            let offered: Vec<PersonId> = self
                .own_nations
                .iter()
                .filter_map(|nation| self.nations.get(nation))
                .flat_map(|(_, nation)| nation.offered_people.iter().copied())
                .collect();
            self.offered = offered.iter().copied().collect();
            self.read_missing(snapshot, permit, offered)?;
        }
        if asks_about_peoples {
            let everybodys = self
                .graph
                .people()
                .flat_map(|(_, node)| node.nations.iter().map(|(nation, _)| *nation))
                .collect();
            self.read_nation_records(snapshot, permit, everybodys)?;
        }
        Ok(())
    }

    /// Reads the records of nations that were not read before.
    pub fn read_nation_records(
        &mut self,
        snapshot: &Snapshot<'_>,
        permit: &Permit,
        mut ids: Vec<NationId>,
    ) -> Result<(), Error> {
        ids.retain(|id| !self.nations.contains_key(id));
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(());
        }
        let records = snapshot.nations(&ids, permit.visibility())?;
        self.nations.extend(
            ids.into_iter()
                .zip(records)
                .filter_map(|(id, record)| Some((id, record?))),
        );
        Ok(())
    }

    /// The records that may be of the same person as one of those found: their names and cautions are shown.
    pub(super) fn read_other_records(
        &mut self,
        snapshot: &Snapshot<'_>,
        permit: &Permit,
    ) -> Result<(), Error> {
        let mut wanted = Vec::new();
        for (_, node) in self
            .graph
            .people()
            .filter(|(_, node)| !node.links.is_empty())
        {
            let likely = likely_links(node, &self.weights.same_person, &self.severed);
            wanted.extend(likely.into_iter().map(|(other, _)| other));
        }
        self.read_missing(snapshot, permit, wanted)
    }

    pub(super) fn read_places(
        &mut self,
        snapshot: &Snapshot<'_>,
        permit: &Permit,
    ) -> Result<(), Error> {
        let mut ids: Vec<PlaceId> = self
            .graph
            .people()
            .filter_map(|(_, node)| node.place)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let is_compared = self.child().place.is_some() || !self.important.is_empty();
        if is_compared && !ids.is_empty() {
            let places = snapshot.places(&ids, permit.visibility())?;
            self.places = ids
                .into_iter()
                .zip(places)
                .filter_map(|(id, place)| Some((id, place?.1)))
                .collect();
        }
        Ok(())
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
            for node in joined_nodes(snapshot, permit, &missing, &self.severed)? {
                self.graph.insert(node);
            }
        }
        Ok(())
    }
}

fn is_foster(tie: &NodeTie) -> bool {
    let foster = ParentNature::Foster;
    matches!(tie.kind, NodeTieKind::Parent { nature, .. } if nature == foster)
}

/// Whether one tie had surely ended before the other began.
fn is_before(one: &NodeTie, other: &NodeTie) -> bool {
    matches!((one.to, other.from), (Some(to), Some(from)) if to.before(from) == Truth::Yes)
}
