//! The family graph: people read so far and the walkable ties between them, as a petgraph graph.
//! Whatever a caller may not see was never put in.

use crate::model::ids::PersonId;
use crate::model::neighborhood::{Node, NodeLink, NodeTie, NodeTieKind};
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::statement::Certainty;
use crate::model::tie::ParentNature;
use petgraph::algo::TarjanScc;
use petgraph::graph::{DiGraph, EdgeIndex, EdgeReference, NodeIndex};
use petgraph::visit::{EdgeFiltered, EdgeRef};
use rustc_hash::FxHashMap;

/// A person's place in the graph.
pub type Place = NodeIndex<u32>;
/// A tie's place in the graph, seen from its first end.
pub type TieIndex = EdgeIndex<u32>;

/// People and ties. Each tie stands twice, once from each end (foster and guardian ties once, from the child).
pub struct FamilyGraph {
    graph: DiGraph<Slot, NodeTie, u32>,
    places: FxHashMap<PersonId, Place>,
    /// Places given to records before it was known that they are one person's, with the place of that person.
    aliases: FxHashMap<Place, Place>,
    as_of: Day,
}

/// A person named by a tie; read or not yet read, or not there for the caller.
struct Slot {
    id: PersonId,
    node: Option<Node>,
}

impl FamilyGraph {
    /// An empty graph for questions about this day.
    pub fn new(as_of: Day) -> FamilyGraph {
        FamilyGraph {
            graph: DiGraph::with_capacity(256, 1024),
            places: FxHashMap::default(),
            aliases: FxHashMap::default(),
            as_of,
        }
    }

    /// The day the questions are about.
    pub fn as_of(&self) -> Day {
        self.as_of
    }

    /// Puts a person in, with the ties that hold on the day. A person who is in already is left as is. Whoever kept
    /// places of people not yet read must ask [`FamilyGraph::settled`] for them: two of them may be one person.
    pub fn insert(&mut self, node: Node) {
        let place = match node.records.is_empty() {
            true => self.place_or_new(node.id),
            false => self.join_places(&node),
        };
        if self.graph[place].node.is_some() {
            return;
        }
        for tie in &node.ties {
            if holds(tie, self.as_of) {
                let other = self.place_or_new(tie.other);
                self.graph.add_edge(place, other, *tie);
            }
        }
        self.graph[place].node = Some(node);
    }

    /// One place for all records of a person: the first that any of them has.
    fn join_places(&mut self, node: &Node) -> Place {
        let known = || {
            node.records
                .iter()
                .filter_map(|record| self.place_of(record.id))
        };
        let place = known().min();
        let others: Vec<Place> = known().filter(|other| Some(*other) != place).collect();
        let place = place.unwrap_or_else(|| self.place_or_new(node.id));
        for other in others {
            self.aliases.insert(other, place);
        }
        for record in &node.records {
            self.places.insert(record.id, place);
        }
        self.graph[place].id = node.id;
        place
    }

    /// Whether records were joined of whom several had a place.
    pub fn has_aliases(&self) -> bool {
        !self.aliases.is_empty()
    }

    /// The place of the person whom a place stands for.
    pub fn settled(&self, place: Place) -> Place {
        if self.aliases.is_empty() {
            return place;
        }
        self.aliases.get(&place).copied().unwrap_or(place)
    }

    /// The link by which one person may be another, as the first of them has it.
    pub fn link(&self, from: Place, to: Place) -> Option<&NodeLink> {
        let links = self.node(from)?.links.iter();
        links
            .filter(|link| self.place_of(link.other) == Some(to))
            .max_by_key(|link| (link.verdict, link.probability))
    }

    /// Where a person stands, whether or not anything named them before.
    pub fn place_or_new(&mut self, id: PersonId) -> Place {
        let graph = &mut self.graph;
        *self
            .places
            .entry(id)
            .or_insert_with(|| graph.add_node(Slot { id, node: None }))
    }

    /// Where a person stands, if anything names them.
    pub fn place_of(&self, id: PersonId) -> Option<Place> {
        self.places.get(&id).copied()
    }

    /// The person at a place, if read and visible.
    pub fn node(&self, place: Place) -> Option<&Node> {
        self.graph[place].node.as_ref()
    }

    /// The person with this number, if read and visible.
    pub fn person(&self, id: PersonId) -> Option<&Node> {
        self.place_of(id).and_then(|place| self.node(place))
    }

    pub fn id(&self, place: Place) -> PersonId {
        self.graph[place].id
    }

    pub fn tie(&self, index: TieIndex) -> &NodeTie {
        &self.graph[index]
    }

    /// The ties of a person with where they lead, in the order in which they were recorded.
    pub fn ties(&self, place: Place) -> impl Iterator<Item = (TieIndex, Place, &NodeTie)> {
        // petgraph lists the newest edge first; the walk takes them as they come and orders its answer by content.
        self.graph
            .edges(place)
            .map(|edge| (edge.id(), self.settled(edge.target()), edge.weight()))
    }

    /// The parents of a person through these natures.
    pub fn parents(&self, place: Place, class: ParentClass) -> impl Iterator<Item = Place> {
        self.ties(place)
            .filter_map(move |(_, target, tie)| match tie.kind {
                NodeTieKind::Parent { nature, .. } if ParentClass::of(nature) == class => {
                    Some(target)
                }
                _ => None,
            })
    }

    /// Whether `parent` is recorded as a parent of `child` other than by a union (step, foster and guardian apart).
    pub fn is_parent(&self, child: Place, parent: Place) -> bool {
        self.ties(child).any(|(_, target, tie)| match tie.kind {
            NodeTieKind::Parent { nature, .. } => {
                target == parent && ParentClass::of(nature).is_lineage()
            }
            _ => false,
        })
    }

    /// Whether two people are, or were, a couple.
    pub fn are_partners(&self, one: Place, other: Place) -> bool {
        self.ties(one).any(|(_, target, tie)| {
            target == other && matches!(tie.kind, NodeTieKind::Partner { .. })
        })
    }

    /// Whether the person has a parent of this class.
    pub fn has_parent(&self, place: Place, class: ParentClass) -> bool {
        self.parents(place, class).next().is_some()
    }

    /// How many people were read.
    pub fn people_read(&self) -> usize {
        self.graph
            .node_weights()
            .filter(|slot| slot.node.is_some())
            .count()
    }

    /// Everybody read.
    pub fn people(&self) -> impl Iterator<Item = (Place, &Node)> {
        self.graph
            .node_indices()
            .filter_map(|place| self.node(place).map(|node| (place, node)))
    }

    /// People who are recorded as their own ancestors, by birth or adoption: the circles, each with everybody on it.
    pub fn ancestor_circles(&self) -> Vec<Vec<PersonId>> {
        let mut circles = Vec::new();
        if self.has_aliases() {
            let ancestry = self.ancestry();
            TarjanScc::new().run(&ancestry, |circle: &[Place]| {
                if circle.len() > 1 {
                    circles.push(circle.iter().map(|&vertex| ancestry[vertex]).collect());
                }
            });
            return circles;
        }
        let lineage =
            EdgeFiltered::from_fn(&self.graph, |edge: EdgeReference<'_, NodeTie, u32>| {
                is_lineage_parent(edge.weight())
            });
        TarjanScc::new().run(&lineage, |circle: &[Place]| {
            if circle.len() > 1 {
                circles.push(circle.iter().map(|&vertex| self.id(vertex)).collect());
            }
        });
        circles
    }

    /// The graph of child → parent by birth or adoption, with one vertex for all records of a person.
    fn ancestry(&self) -> DiGraph<PersonId, (), u32> {
        let mut ancestry: DiGraph<PersonId, (), u32> =
            self.graph.filter_map(|_, slot| Some(slot.id), |_, _| None);
        for child in self.graph.node_indices() {
            for (_, parent, tie) in self.ties(child) {
                if is_lineage_parent(tie) {
                    ancestry.add_edge(child, parent, ());
                }
            }
        }
        ancestry
    }
}

/// Natures of parent tie that together make one set of parents: a child has birth parents and may have adoptive
/// parents besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParentClass {
    /// By birth, established or presumed.
    Birth,
    /// By adoption or a nation's custom.
    Adoption,
    Step,
    Foster,
    Guardian,
}

impl ParentClass {
    pub fn of(nature: ParentNature) -> ParentClass {
        match nature {
            ParentNature::Birth | ParentNature::Presumed => ParentClass::Birth,
            ParentNature::Adoptive | ParentNature::Customary => ParentClass::Adoption,
            ParentNature::Step => ParentClass::Step,
            ParentNature::Foster => ParentClass::Foster,
            ParentNature::Guardian => ParentClass::Guardian,
        }
    }

    /// Whether kin runs on through it as through one's own parents.
    pub fn is_lineage(self) -> bool {
        matches!(self, ParentClass::Birth | ParentClass::Adoption)
    }
}

fn is_lineage_parent(tie: &NodeTie) -> bool {
    matches!(tie.kind, NodeTieKind::Parent { nature, .. } if ParentClass::of(nature).is_lineage())
}

/// Whether a tie is used on this day: not disproved, and not surely begun later.
fn holds(tie: &NodeTie, as_of: Day) -> bool {
    tie.certainty != Certainty::Disproved && tie.from.is_none_or(|from| starts_by(from, as_of))
}

fn starts_by(from: PartialDate, as_of: Day) -> bool {
    from.on_or_before(as_of) != Truth::No
        || from.possible_days().0.is_none_or(|first| first <= as_of)
}

/// Whether a tie was over on this day.
pub fn is_over(to: Option<PartialDate>, as_of: Day) -> bool {
    to.is_some_and(|to| to.on_or_before(as_of) == Truth::Yes)
}
