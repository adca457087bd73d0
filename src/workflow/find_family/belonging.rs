//! How each person found belongs to the child: as kin, by the network, or both.

use super::gather::Gathered;
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::family_graph::is_over;
use crate::kinship::route::{Joint, Route, Shape, StepKind};
use crate::kinship::same_person::in_order;
use crate::model::case::OutreachTarget;
use crate::model::ids::{ExternalId, NationId, PersonId, PublicId};
use crate::model::lead::Line;
use crate::model::nation::MembershipState;
use crate::model::neighborhood::{Node, NodeNetworkTie, NodeTieKind};
use crate::model::same_person::Pair;
use crate::model::statement::Certainty;
use crate::model::tie::{KinBasis, ParentNature};
use crate::names::network_roles::network_role;
use crate::placement::candidate::{Candidate, KinshipBrief, NetworkBrief};
use crate::placement::order::Attribute;
use crate::workflow::relations::nearness;
use rustc_hash::{FxHashMap, FxHashSet};

/// One person with all their ways of belonging.
pub struct Belonging<'a> {
    pub node: &'a Node,
    /// Nearest first. Only such as rest on no undecided same-person link.
    pub ways: Vec<Way<'a>>,
    /// Those that hold only if records are one person's, nearest first.
    pub probable: Vec<Way<'a>>,
    pub network: Vec<&'a NodeNetworkTie>,
    /// Lived with the same foster parents.
    pub foster_sibling: bool,
    /// Offered or approved by one of the child's nations.
    pub offered: bool,
}

/// One way of being kin.
pub struct Way<'a> {
    pub route: &'a Route,
    pub shape: Shape,
}

/// Everybody found but the child.
pub fn people<'a>(gathered: &'a Gathered, permit: &Permit) -> Result<Vec<Belonging<'a>>, Error> {
    let mut found = Found {
        gathered,
        people: Vec::with_capacity(gathered.kin.len()),
        positions: FxHashMap::default(),
    };
    for (position, kin) in gathered.kin.iter().enumerate() {
        permit.go_on_at(position)?;
        if let Some(person) = found.person(gathered.graph.id(kin.place)) {
            let ways = kin.routes.iter().map(|route| Way {
                route,
                shape: route.shape(&gathered.graph),
            });
            let (mut probable, mut ways): (Vec<_>, Vec<_>) =
                ways.partition(|way| way.route.is_probable());
            // Of ways of like nearness the surer, then what is not over, then the mother's side: never the one entered first.
            let by_nearness = |one: &Way<'_>, other: &Way<'_>| {
                let sureness = |way: &Way<'_>| certainty(gathered, way);
                nearness(&one.shape)
                    .cmp(&nearness(&other.shape))
                    .then_with(|| sureness(other).total_cmp(&sureness(one)))
                    .then_with(|| is_former(gathered, one).cmp(&is_former(gathered, other)))
                    .then_with(|| one.shape.side.cmp(&other.shape.side))
                    .then_with(|| people_on(gathered, one).cmp(people_on(gathered, other)))
                    .then_with(|| kinds_on(one).cmp(kinds_on(other)))
            };
            ways.sort_by(by_nearness);
            probable.sort_by(by_nearness);
            (person.ways, person.probable) = (ways, probable);
        }
    }
    for tie in gathered
        .child()
        .network
        .iter()
        .filter(|tie| tie.certainty != Certainty::Disproved)
    {
        if let Some(person) = found.person(tie.adult) {
            person.network.push(tie);
        }
    }
    for &id in &gathered.foster_siblings {
        if let Some(person) = found.person(id) {
            person.foster_sibling = true;
        }
    }
    for &id in gathered.offered() {
        if id != gathered.child().id
            && let Some(person) = found.person(id)
        {
            person.offered = true;
        }
    }
    if !gathered.child().records.is_empty() {
        // Two records of the child tell of them in no order: those who cared for the child first.
        for person in &mut found.people {
            person.network.sort_by_key(|tie| {
                let cares = network_role(&tie.role).is_some_and(|role| role.is_caring);
                (!cares, tie.role.as_str())
            });
        }
    }
    Ok(found.of_one_record_each())
}

struct Found<'a> {
    gathered: &'a Gathered,
    people: Vec<Belonging<'a>>,
    positions: FxHashMap<PersonId, usize>,
}

impl<'a> Found<'a> {
    /// The people without those who are reached only over links and are, in all likelihood, somebody found with more
    /// certainty: they are one lead, with both names. Whoever is found without any link stays.
    fn of_one_record_each(self) -> Vec<Belonging<'a>> {
        if self.people.iter().all(|person| !person.is_probable()) {
            return self.people;
        }
        let mut order: Vec<usize> = (0..self.people.len()).collect();
        order.sort_by_cached_key(|&index| {
            let person = &self.people[index];
            let nearest = person.probable.first();
            let crossings = nearest.map(|way| way.route.crossings.len());
            let nearness = nearest.map(|way| nearness(&way.shape));
            (
                person.is_probable(),
                crossings,
                nearness,
                in_order(person.node),
            )
        });
        let mut pairs = FxHashSet::default();
        for node in self.people.iter().map(|person| person.node) {
            let others = self.gathered.other_records(node).into_iter();
            pairs.extend(others.map(|other| Pair::of(node.id, other.id)));
        }
        let mut kept = vec![self.gathered.child().id];
        for index in order {
            let person = &self.people[index];
            let id = person.node.id;
            let is_second = person.is_probable()
                && kept
                    .iter()
                    .any(|other| pairs.contains(&Pair::of(*other, id)));
            if !is_second {
                kept.push(id);
            }
        }
        let kept: FxHashSet<PersonId> = kept.into_iter().collect();
        let mut people = self.people;
        people.retain(|person| kept.contains(&person.node.id));
        people
    }

    /// The entry of a person, made if need be; nothing if the person is not there for the caller.
    fn person(&mut self, id: PersonId) -> Option<&mut Belonging<'a>> {
        let place = self.gathered.graph.place_of(id)?;
        let node = self.gathered.graph.node(place)?;
        let people = &mut self.people;
        let position = *self.positions.entry(node.id).or_insert_with(|| {
            people.push(Belonging {
                node,
                ways: Vec::new(),
                probable: Vec::new(),
                network: Vec::new(),
                foster_sibling: false,
                offered: false,
            });
            people.len() - 1
        });
        self.people.get_mut(position)
    }
}

impl<'a> Belonging<'a> {
    /// Whether they belong only if records are one person's.
    pub fn is_probable(&self) -> bool {
        self.ways.is_empty() && self.network.is_empty() && !self.foster_sibling && !self.offered
    }

    /// What placement looks at, by these of their ways.
    pub fn candidate<'b>(
        &'b self,
        gathered: &'b Gathered,
        heritage: &Heritage,
        ways: &[Way<'a>],
    ) -> Candidate<'b> {
        Candidate {
            node: self.node,
            kinship: ways.first().map(|way| brief(gathered, way)),
            network: self.network_brief(gathered),
            holds_a_sibling: ways.iter().any(|way| is_parent_of_sibling(&way.shape)),
            named_by_child_or_custom: ways.iter().any(|way| is_named_or_custom(gathered, way)),
            rights_ended: ways.iter().any(rights_ended),
            eldest_child_born: self.eldest_child_born(gathered),
            outreach: gathered.outreach(OutreachTarget::Person(self.node.id)),
            distance: gathered.distance(self.node),
            offered_by_nation: self.offered,
            same_nation: gathered.uses(Attribute::Nation)
                && self.node.nations.iter().any(|(nation, state)| {
                    *state != MembershipState::NotAMember && heritage.nations.contains(nation)
                }),
            same_language: gathered.uses(Attribute::Language)
                && self
                    .node
                    .languages
                    .iter()
                    .any(|language| heritage.languages.contains(language)),
        }
    }

    fn network_brief(&self, gathered: &Gathered) -> Option<NetworkBrief> {
        let scale = &gathered.weights.certainty;
        let worth = |certainty| match certainty {
            Certainty::Confirmed => scale.confirmed,
            Certainty::Reported => scale.reported,
            Certainty::Disputed | Certainty::Disproved => scale.disputed,
        };
        let by_tie = |tie: &&NodeNetworkTie| NetworkBrief {
            certainty: worth(tie.certainty),
            caring: network_role(&tie.role).is_some_and(|role| role.is_caring),
        };
        let best = self
            .network
            .iter()
            .map(by_tie)
            .reduce(|one, other| NetworkBrief {
                certainty: one.certainty.max(other.certainty),
                caring: one.caring || other.caring,
            });
        best.or_else(|| {
            self.foster_sibling.then_some(NetworkBrief {
                certainty: scale.confirmed,
                caring: false,
            })
        })
    }

    /// The birth date that is surely the earliest among their children's, as far as they were read.
    fn eldest_child_born(
        &self,
        gathered: &Gathered,
    ) -> Option<crate::model::partial_date::PartialDate> {
        let births = self.node.ties.iter().filter_map(|tie| match tie.kind {
            NodeTieKind::Child {
                nature: ParentNature::Birth,
                ..
            } => gathered.graph.person(tie.other)?.birth,
            _ => None,
        });
        births.min_by_key(|birth| birth.possible_days().1.map_or(i32::MAX, |day| day.0))
    }
}

/// The child's own nations and languages, to which continuity is measured.
pub struct Heritage {
    nations: FxHashSet<NationId>,
    languages: FxHashSet<String>,
}

impl Heritage {
    pub fn of(child: &Node) -> Heritage {
        let nations = child
            .nations
            .iter()
            .filter(|(_, state)| *state != MembershipState::NotAMember);
        Heritage {
            nations: nations.map(|(nation, _)| *nation).collect(),
            languages: child.languages.iter().cloned().collect(),
        }
    }
}

/// How sure a way is, 0 to 1.
fn certainty(gathered: &Gathered, way: &Way<'_>) -> f64 {
    let weights = gathered.weights;
    way.route
        .certainty(&gathered.graph, &weights.certainty, &weights.same_person)
}

fn brief(gathered: &Gathered, way: &Way<'_>) -> KinshipBrief {
    let ties = || {
        way.route
            .steps
            .iter()
            .map(|step| gathered.graph.tie(step.tie))
    };
    KinshipBrief {
        degree: way.shape.civil_degree(),
        // Two parents of a child are no couple, but kin through them are not kin by descent either.
        unions: way.shape.joints.len() as u8,
        line: way.shape.line(),
        certainty: certainty(gathered, way),
        disputed: ties().any(|tie| tie.certainty == Certainty::Disputed),
        former: is_former(gathered, way),
    }
}

/// Parent of any kind, or guardian, of a brother or sister, and not of the child.
pub fn is_parent_of_sibling(shape: &Shape) -> bool {
    shape.joints == [Joint::Coparent]
        && (shape.stretches[0].up, shape.stretches[0].down) == (1, 1)
        && (shape.stretches[1].up, shape.stretches[1].down) == (1, 0)
}

pub fn is_named_or_custom(gathered: &Gathered, way: &Way<'_>) -> bool {
    let [step] = way.route.steps[..] else {
        return false;
    };
    match gathered.graph.tie(step.tie).kind {
        NodeTieKind::Kin { basis, .. } => {
            matches!(basis, KinBasis::NamedByChild | KinBasis::Custom)
        }
        NodeTieKind::Parent { nature, .. } => nature == ParentNature::Customary,
        _ => false,
    }
}

/// Kin by the nation's law or custom.
pub fn is_by_custom(gathered: &Gathered, way: &Way<'_>) -> bool {
    let [step] = way.route.steps[..] else {
        return false;
    };
    match gathered.graph.tie(step.tie).kind {
        NodeTieKind::Kin { basis, .. } => basis == KinBasis::Custom,
        NodeTieKind::Parent { nature, .. } => nature == ParentNature::Customary,
        _ => false,
    }
}

/// A birth parent of the child whose rights have ended.
fn rights_ended(way: &Way<'_>) -> bool {
    match way.route.steps[..] {
        [step] => {
            matches!(step.kind, StepKind::Parent { legal_state, .. } if legal_state.is_ended())
        }
        _ => false,
    }
}

/// The people on a way, by what does not depend on the order of entry.
fn people_on<'a>(
    gathered: &'a Gathered,
    way: &'a Way<'_>,
) -> impl Iterator<Item = (Option<&'a ExternalId>, PublicId)> {
    let steps = way.route.steps.iter();
    steps.filter_map(|step| {
        let node = gathered.graph.node(step.to)?;
        Some((node.external_id.as_ref(), node.public_id))
    })
}

/// What each on a way is to the one before: two ties may join the same two people.
fn kinds_on<'a>(way: &'a Way<'_>) -> impl Iterator<Item = StepKind> + 'a {
    way.route.steps.iter().map(|step| step.kind)
}

/// Whether a way runs through a couple, foster home or guardianship that is no more.
pub fn is_former(gathered: &Gathered, way: &Way<'_>) -> bool {
    let parted = way.shape.joints.iter().any(|joint| match joint {
        Joint::Union { ended, .. } | Joint::Step { ended } => *ended,
        Joint::Coparent => false,
    });
    parted
        || (is_foster_kin(&way.shape)
            && way
                .route
                .steps
                .iter()
                .any(|step| is_over(gathered.graph.tie(step.tie).to, gathered.as_of)))
}

/// Whether a way of being kin runs through a foster home or guardian.
pub fn is_foster_kin(shape: &Shape) -> bool {
    matches!(shape.line(), Line::Foster | Line::Guardian)
}
