//! Everything that one answer needs, read from one snapshot: kin, network, households, case, outreach, places.

use super::FindFamily;
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::family_graph::{FamilyGraph, ParentClass, Place};
use crate::kinship::route::StepKind;
use crate::kinship::same_person::{Severed, in_order, likely_links};
use crate::kinship::walk::{Kin, Walked};
use crate::model::case::{Case, Inquiry, Outreach, OutreachTarget};
use crate::model::ids::{CaseId, HouseholdId, NationId, PersonId, PlaceId, PublicId, Subject};
use crate::model::lead::OutreachBrief;
use crate::model::nation::{MembershipState, Nation};
use crate::model::neighborhood::{Node, NodeTie, NodeTieKind};
use crate::model::partial_date::{Day, Truth};
use crate::model::person::{CautionKind, Coordinates, Place as PlaceRecord};
use crate::model::tie::ParentNature;
use crate::placement::candidate::Distance;
use crate::placement::order::{
    Attribute, Chosen, IndigenousStatus, KindOfPlacement, NationTest, PlacementOrder, Situation,
    Who, orders,
};
use crate::placement::ranking::{Weights, weights};
use crate::store::{Page, Snapshot, TieKind};
use crate::workflow::joined::joined_nodes;
use crate::workflow::read_kin::{Question, walk_kin};
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
    outreach: FxHashMap<OutreachTarget, Vec<OutreachBrief>>,
    households: FxHashMap<HouseholdId, Vec<PersonId>>,
    /// Children who live or lived with the same foster parents.
    pub foster_siblings: Vec<PersonId>,
    places: FxHashMap<PlaceId, PlaceRecord>,
    nations: FxHashMap<NationId, (PublicId, Nation)>,
    /// The nations to which the child, or an ancestor, belongs or may belong.
    own_nations: FxHashSet<NationId>,
    /// The same with those of which they are said to be no members.
    named_nations: Vec<NationId>,
    /// People whom one of these nations has offered or approved.
    offered: FxHashSet<PersonId>,
    /// Same-person links that contradict the records, and what is said of them.
    pub severed: Severed,
    pub link_reports: Vec<String>,
}

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
        nations: FxHashMap::default(),
        offered: FxHashSet::default(),
        severed: sound.severed,
        link_reports: sound.reports,
    };
    gathered.read_network(snapshot, permit)?;
    gathered.read_nations(snapshot, permit)?;
    gathered.read_other_records(snapshot, permit)?;
    gathered.read_households(snapshot, permit)?;
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
    let kind = match case.map(|case| case.primary_goal.as_str()) {
        Some("adoption") => KindOfPlacement::Adoption,
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
fn lineage(walked: &Walked, child: PersonId) -> impl Iterator<Item = &Node> {
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

/// The latest outreach to each target for each purpose.
pub fn latest_outreach(outreach: Vec<Outreach>) -> FxHashMap<OutreachTarget, Vec<OutreachBrief>> {
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

    /// The centre of a place that was read.
    pub fn centre(&self, place: PlaceId) -> Option<Coordinates> {
        self.places.get(&place).and_then(|place| place.centre)
    }

    /// The network's adults, and the children who lived with the same foster parents.
    fn read_network(&mut self, snapshot: &Snapshot<'_>, permit: &Permit) -> Result<(), Error> {
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

    /// The nations of the child and ancestors, whom they offered, and, where the order asks, everybody's nations.
    fn read_nations(&mut self, snapshot: &Snapshot<'_>, permit: &Permit) -> Result<(), Error> {
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

    /// The records that may be of the same person as one of those found: their names and cautions are shown.
    fn read_other_records(
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
    fn person_id(&self, record: PersonId) -> PersonId {
        self.graph.person(record).map_or(record, |node| node.id)
    }

    /// Whoever a case speaks of is the person found, whichever of their records it names.
    fn settle_ids(&mut self, mut outreach: Vec<Outreach>) {
        for entry in &mut outreach {
            if let OutreachTarget::Person(person) = &mut entry.whom {
                *person = self.person_id(*person);
            }
        }
        self.outreach = latest_outreach(outreach);
        let mut inquiries = std::mem::take(&mut self.inquiries);
        for inquiry in &mut inquiries {
            inquiry.asked = inquiry.asked.map(|asked| self.person_id(asked));
        }
        self.inquiries = inquiries;
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
