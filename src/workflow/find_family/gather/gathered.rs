//! What was read for one question, and what is asked of it.

use super::important_places::PlaceOfTheChild;
use crate::kinship::family_graph::{FamilyGraph, Place};
use crate::kinship::same_person::{Severed, in_order, likely_links};
use crate::kinship::walk::Kin;
use crate::model::case::{Case, Inquiry, OutreachTarget};
use crate::model::ids::{CaseId, HouseholdId, NationId, PersonId, PlaceId, PublicId};
use crate::model::lead::OutreachBrief;
use crate::model::nation::{MembershipState, Nation};
use crate::model::neighborhood::Node;
use crate::model::partial_date::Day;
use crate::model::person::{CautionKind, Coordinates, Place as PlaceRecord};
use crate::placement::candidate::Distance;
use crate::placement::order::{Attribute, Chosen, IndigenousStatus, NationTest, PlacementOrder};
use crate::placement::ranking::Weights;
use rustc_hash::{FxHashMap, FxHashSet};

/// What was read for one question.
pub struct Gathered {
    pub as_of: Day,
    pub order: &'static PlacementOrder,
    /// Why this order, what it may not look at, what must be asked.
    pub chosen: Chosen<'static>,
    pub indigenous: IndigenousStatus,
    pub weights: &'static Weights,
    pub graph: FamilyGraph,
    pub start: Place,
    pub kin: Vec<Kin>,
    /// The child's case; of several that of the record asked for.
    pub case: Option<(CaseId, Case)>,
    pub inquiries: Vec<Inquiry>,
    pub(super) outreach: FxHashMap<OutreachTarget, Vec<OutreachBrief>>,
    pub(super) households: FxHashMap<HouseholdId, Vec<PersonId>>,
    /// Children who live or lived with the same foster parents.
    pub foster_siblings: Vec<PersonId>,
    pub(super) places: FxHashMap<PlaceId, PlaceRecord>,
    /// Where the child learns and belongs, and the territories of the child's nations.
    pub important: Vec<PlaceOfTheChild>,
    pub(super) nations: FxHashMap<NationId, (PublicId, Nation)>,
    /// The nations to which the child, or an ancestor, belongs or may belong.
    pub(super) own_nations: FxHashSet<NationId>,
    /// The same with those of which they are said to be no members.
    pub(super) named_nations: Vec<NationId>,
    /// People whom one of these nations has offered or approved.
    pub(super) offered: FxHashSet<PersonId>,
    /// Same-person links that contradict the records, and what is said of them.
    pub severed: Severed,
    pub link_reports: Vec<String>,
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

    /// The centre of a place that was read.
    pub fn centre(&self, place: PlaceId) -> Option<Coordinates> {
        self.places.get(&place).and_then(|place| place.centre)
    }

    /// Whether where the child lives, learns or belongs may not be told.
    pub fn has_protected_address(&self) -> bool {
        let cautions = self.child().cautions;
        cautions.contains(CautionKind::ProtectedAddress)
    }

    /// How far a person lives from the nearest place that matters to the child, and from which; of those as near, the
    /// child's own. Nothing where a centre is not known or an address is protected.
    pub fn distance(&self, person: &Node) -> Option<(Distance, &str)> {
        let is_protected = person.cautions.contains(CautionKind::ProtectedAddress);
        if is_protected || self.has_protected_address() {
            return None;
        }
        let place = person.place?;
        let centre = self.centre(place);
        let from_home = self.child().place.and_then(|own| match own == place {
            true => Some(Distance::SamePlace),
            false => {
                let kilometres = self.centre(own)?.kilometres_to(centre?);
                Some(Distance::of_kilometres(kilometres))
            }
        });
        let from_home = from_home.map(|distance| (distance, "the child"));
        let others = self.important.iter().filter_map(|own| {
            let distance = own.distance(place, centre)?;
            Some((distance, own.words.as_str()))
        });
        let all = from_home.into_iter().chain(others);
        all.min_by_key(|(distance, _)| *distance)
    }

    /// The record of a nation that was read.
    pub fn nation(&self, id: NationId) -> Option<&(PublicId, Nation)> {
        self.nations.get(&id)
    }

    /// Who was offered or approved by one of the child's nations.
    pub fn offered(&self) -> &FxHashSet<PersonId> {
        &self.offered
    }

    /// Whether the order lets an attribute count.
    pub fn uses(&self, attribute: Attribute) -> bool {
        let needs = self
            .case
            .as_ref()
            .map_or(&[][..], |(_, case)| &case.needs[..]);
        self.chosen.uses(attribute, needs)
    }

    /// Whether somebody, or one of a household, meets what a tier asks about nations.
    pub fn meets(&self, test: NationTest, people: &[&Node]) -> bool {
        let belongs = |accept: &dyn Fn(NationId) -> bool| {
            people
                .iter()
                .flat_map(|node| &node.nations)
                .any(|(nation, state)| *state != MembershipState::NotAMember && accept(*nation))
        };
        let same_community = |nation: NationId| self.own_nations.contains(&nation);
        match test {
            NationTest::SameCommunity => belongs(&same_community),
            NationTest::SamePeople => {
                belongs(&|nation| same_community(nation) || self.is_of_own_people(nation))
            }
            NationTest::AnyNation => belongs(&|_| true),
            NationTest::OfferedByNation => {
                people.iter().any(|node| self.offered.contains(&node.id))
            }
        }
    }

    /// Whether a nation is the people of one of the child's, or another community of it.
    fn is_of_own_people(&self, nation: NationId) -> bool {
        let people_of = |id: NationId| self.nations.get(&id).and_then(|(_, nation)| nation.part_of);
        let own_people = || {
            self.own_nations
                .iter()
                .flat_map(|&own| [Some(own), people_of(own)])
                .flatten()
        };
        own_people().any(|people| people == nation || people_of(nation) == Some(people))
    }

    /// The records that may be of the same person as this one, the likeliest first.
    pub fn other_records<'g>(&'g self, node: &'g Node) -> Vec<&'g Node> {
        if node.links.is_empty() {
            return Vec::new();
        }
        let likely = likely_links(node, &self.weights.same_person, &self.severed);
        let found = likely.into_iter();
        let mut found: Vec<(f64, &Node)> = found
            .filter_map(|(other, worth)| Some((worth, self.graph.person(other)?)))
            .collect();
        found.sort_by(|(one_worth, one), (other_worth, other)| {
            let by_worth = other_worth.total_cmp(one_worth);
            by_worth.then_with(|| in_order(one).cmp(&in_order(other)))
        });
        let mut others: Vec<&Node> = found.into_iter().map(|(_, other)| other).collect();
        let mut seen = FxHashSet::from_iter([node.id]);
        others.retain(|other| seen.insert(other.id));
        others
    }

    /// The id of the person whose record this is.
    pub(super) fn person_id(&self, record: PersonId) -> PersonId {
        self.graph.person(record).map_or(record, |node| node.id)
    }
}
