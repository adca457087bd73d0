//! Which same-person links cannot be true: they would make somebody their own ancestor or their own partner, or a parent
//! born after the child. The check sees single records, whatever a verdict has joined. It does no reading: it says whom
//! it wants to see and is handed their nodes.

use super::family_graph::ParentClass;
use super::same_person::{in_order, links_by_other};
use crate::model::ids::PersonId;
use crate::model::neighborhood::{Node, NodeTieKind};
use crate::model::partial_date::Truth;
use crate::model::same_person::{Pair, Probability, Verdict};
use crate::model::statement::Certainty;
use rustc_hash::{FxHashMap, FxHashSet};

/// How many generations of ancestors are looked at, and how many records in all.
const GENERATIONS: u8 = 16;
const MOST_RECORDS: usize = 4_096;

/// A check under way.
pub struct LinkCheck {
    /// A link that is not recorded, or not as a verdict, and is checked beside all others.
    supposed: Option<Pair>,
    links: Vec<Pair>,
    records: FxHashMap<PersonId, Node>,
    asked: FxHashSet<PersonId>,
    /// Whom to read next, with the generations climbed to them; children of linked records are not climbed from.
    next: Vec<(PersonId, Option<u8>)>,
    climbing: FxHashMap<PersonId, u8>,
}

/// A link that cannot be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    pub pair: Pair,
    /// "then they would be their own ancestor".
    pub because: String,
    /// For people. Empty for an undecided link that a verdict about their other records settles: nothing to report.
    pub words: String,
}

impl LinkCheck {
    /// Checks these links, and all verdicts that join records met on the way.
    pub fn new(links: impl IntoIterator<Item = Pair>) -> LinkCheck {
        let links: Vec<Pair> = links.into_iter().collect();
        let ends = links.iter().flat_map(|pair| pair.ends());
        LinkCheck {
            supposed: None,
            next: ends.map(|end| (end, Some(0))).collect(),
            links,
            records: FxHashMap::default(),
            asked: FxHashSet::default(),
            climbing: FxHashMap::default(),
        }
    }

    /// Checks whether two records can be one person beside all that is decided.
    pub fn supposing(pair: Pair) -> LinkCheck {
        LinkCheck {
            supposed: Some(pair),
            ..LinkCheck::new([pair])
        }
    }

    /// Whose records the check wants to see next. Empty when it has seen enough; then [`LinkCheck::finish`] it.
    pub fn wanted(&mut self) -> Vec<PersonId> {
        let mut wanted = Vec::new();
        for (person, generations) in std::mem::take(&mut self.next) {
            if let Some(generations) = generations {
                let height = self.climbing.entry(person).or_insert(generations);
                *height = generations.min(*height);
            }
            if self.asked.len() < MOST_RECORDS && self.asked.insert(person) {
                wanted.push(person);
            }
        }
        wanted
    }

    /// Takes the records asked for. Those who are not there for the caller are left out.
    pub fn supply(&mut self, nodes: impl IntoIterator<Item = Node>) {
        for node in nodes {
            if let Some(&generations) = self.climbing.get(&node.id) {
                self.note_relatives(&node, generations);
            }
            self.records.insert(node.id, node);
        }
    }

    fn note_relatives(&mut self, node: &Node, generations: u8) {
        for tie in &node.ties {
            match tie.kind {
                NodeTieKind::Parent { .. } if generations < GENERATIONS => {
                    self.next.push((tie.other, Some(generations + 1)));
                }
                NodeTieKind::Child { .. } if generations == 0 => self.next.push((tie.other, None)),
                _ => {}
            }
        }
        for link in links_by_other(node) {
            if link.verdict == Verdict::Same {
                let pair = Pair::of(node.id, link.other);
                if !self.links.contains(&pair) {
                    self.links.push(pair);
                }
                self.next.push((link.other, Some(generations)));
            }
        }
    }

    /// The links that cannot be true beside those that stand before them: verdicts first, then the likeliest.
    pub fn finish(self) -> Vec<Contradiction> {
        let mut links: Vec<(Verdict, Option<Probability>, Pair)> = Vec::new();
        for pair in &self.links {
            if let Some((verdict, probability)) = self.link(*pair) {
                links.push((verdict, probability, *pair));
            }
        }
        links.sort_by_cached_key(|(verdict, probability, pair)| {
            let mut ids = pair.ends().map(|end| self.records.get(&end).map(in_order));
            let place = match verdict {
                _ if self.supposed == Some(*pair) => 2,
                Verdict::Same => 0,
                _ => 1,
            };
            let order = std::cmp::Reverse(*probability);
            ids.sort();
            (place, order, ids)
        });
        let mut people = People::default();
        let mut found = Vec::new();
        for (verdict, probability, pair) in links {
            let [one, other] = pair.ends();
            if people.of(one) == people.of(other) {
                continue;
            }
            match self.fault(&people, one, other) {
                None => people.join(one, other),
                Some(fault) => {
                    let because = because(&fault);
                    let is_settled = verdict != Verdict::Same && matches!(fault, Fault::KeptApart);
                    let words = match is_settled {
                        true => String::new(),
                        false => self.words(pair, verdict, probability, &because),
                    };
                    found.push(Contradiction {
                        pair,
                        because,
                        words,
                    });
                }
            }
        }
        found
    }

    fn link(&self, pair: Pair) -> Option<(Verdict, Option<Probability>)> {
        let [one, other] = pair.ends();
        self.records.get(&other)?;
        let record = self.records.get(&one)?;
        if self.supposed == Some(pair) {
            return Some((Verdict::Undecided, None));
        }
        let links = links_by_other(record);
        let link = links.iter().find(|link| link.other == other)?;
        Some((link.verdict, link.probability))
    }

    /// Why two people, each of one or more records, cannot be one.
    fn fault(&self, people: &People, one: PersonId, other: PersonId) -> Option<Fault> {
        let (first, second) = (people.records(one), people.records(other));
        if self.are_kept_apart(&first, &second) {
            return Some(Fault::KeptApart);
        }
        let is_tied = |from: &[PersonId], to: &[PersonId]| {
            self.ties(from, |kind| matches!(kind, NodeTieKind::Partner { .. }))
                .any(|partner| to.contains(&partner))
        };
        if is_tied(&first, &second) || is_tied(&second, &first) {
            return Some(Fault::OwnPartner);
        }
        if self.is_ancestor(people, &first, &second) || self.is_ancestor(people, &second, &first) {
            return Some(Fault::OwnAncestor);
        }
        let faults = [
            self.late_parent(&first, &second),
            self.late_parent(&second, &first),
        ];
        faults.into_iter().flatten().min()
    }

    fn are_kept_apart(&self, first: &[PersonId], second: &[PersonId]) -> bool {
        let nodes = first.iter().filter_map(|record| self.records.get(record));
        nodes.into_iter().any(|node| {
            links_by_other(node).iter().any(|link| {
                link.verdict == Verdict::Different
                    && second.contains(&link.other)
                    && self.supposed != Some(Pair::of(node.id, link.other))
            })
        })
    }

    /// The other ends of the ties of a kind of some records.
    fn ties<'c>(
        &'c self,
        records: &'c [PersonId],
        is_wanted: impl Fn(NodeTieKind) -> bool + 'c,
    ) -> impl Iterator<Item = PersonId> + 'c {
        let nodes = records.iter().filter_map(|record| self.records.get(record));
        nodes
            .flat_map(|node| &node.ties)
            .filter(move |tie| tie.certainty != Certainty::Disproved && is_wanted(tie.kind))
            .map(|tie| tie.other)
    }

    /// Whether one of the first is an ancestor of the second.
    fn is_ancestor(&self, people: &People, first: &[PersonId], second: &[PersonId]) -> bool {
        let mut seen: FxHashSet<PersonId> = second.iter().copied().collect();
        let mut stack: Vec<PersonId> = second.to_vec();
        while let Some(record) = stack.pop() {
            let of = [record];
            for parent in self.ties(&of, is_lineage) {
                for record in people.records(parent) {
                    if first.contains(&record) {
                        return true;
                    }
                    if seen.insert(record) {
                        stack.push(record);
                    }
                }
            }
        }
        false
    }

    /// A child of the first born before the second, or a parent of the first born after them; of several the first in
    /// words, so that the order of entry does not matter.
    fn late_parent(&self, first: &[PersonId], second: &[PersonId]) -> Option<Fault> {
        let born = |record: &PersonId| self.records.get(record).and_then(|node| node.birth);
        let name = |record: &PersonId| {
            let node = self.records.get(record);
            node.map_or_else(String::new, |node| node.name.clone())
        };
        let (mut children, mut parents) = (Vec::new(), Vec::new());
        for birth in second.iter().filter_map(born) {
            let late = self
                .ties(first, is_birth_child)
                .filter(|child| born(child).is_some_and(|child| child.before(birth) == Truth::Yes));
            children.extend(late.map(|child| name(&child)));
            let late = self.ties(first, is_birth_parent).filter(|parent| {
                born(parent).is_some_and(|parent| birth.before(parent) == Truth::Yes)
            });
            parents.extend(late.map(|parent| name(&parent)));
        }
        let child = children.into_iter().min().map(Fault::BornAfterChild);
        child.or_else(|| parents.into_iter().min().map(Fault::BornBeforeParent))
    }

    fn words(
        &self,
        pair: Pair,
        verdict: Verdict,
        probability: Option<Probability>,
        because: &str,
    ) -> String {
        let mut names = pair.ends().map(|end| {
            let node = self.records.get(&end);
            node.map_or_else(String::new, |node| node.name.clone())
        });
        names.sort();
        let [one, other] = names;
        match verdict {
            Verdict::Same => format!(
                "It was decided that {one} and {other} are one person, but {because}. They are taken as two: check the verdict."
            ),
            Verdict::Undecided | Verdict::Different => {
                let probability =
                    probability.map_or(String::new(), |known| format!(" ({})", known.in_words()));
                format!(
                    "{one} and {other} may be one person{probability}, but {because}. This link is not followed."
                )
            }
        }
    }
}

fn because(fault: &Fault) -> String {
    match fault {
        Fault::KeptApart => "another verdict keeps them apart".to_owned(),
        Fault::OwnAncestor => "then they would be their own ancestor".to_owned(),
        Fault::OwnPartner => "then they would be their own partner".to_owned(),
        Fault::BornAfterChild(child) => {
            format!("then they would be born after {child}, whose parent they are")
        }
        Fault::BornBeforeParent(parent) => {
            format!("then they would be born before {parent}, who is recorded as a parent")
        }
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// A verdict says that they are two.
    KeptApart,
    OwnAncestor,
    OwnPartner,
    BornAfterChild(String),
    BornBeforeParent(String),
}

fn is_birth_child(kind: NodeTieKind) -> bool {
    matches!(kind, NodeTieKind::Child { nature, .. } if ParentClass::of(nature) == ParentClass::Birth)
}

fn is_birth_parent(kind: NodeTieKind) -> bool {
    matches!(kind, NodeTieKind::Parent { nature, .. } if ParentClass::of(nature) == ParentClass::Birth)
}

fn is_lineage(kind: NodeTieKind) -> bool {
    matches!(kind, NodeTieKind::Parent { nature, .. } if ParentClass::of(nature).is_lineage())
}

/// Records brought together so far.
#[derive(Default)]
struct People {
    groups: Vec<Vec<PersonId>>,
}

impl People {
    /// Which group a record is in, if any; a record by itself is its own.
    fn of(&self, record: PersonId) -> Result<usize, PersonId> {
        let holds = |group: &Vec<PersonId>| group.contains(&record);
        self.groups.iter().position(holds).ok_or(record)
    }

    fn records(&self, record: PersonId) -> Vec<PersonId> {
        match self.of(record) {
            Ok(group) => self.groups[group].clone(),
            Err(alone) => vec![alone],
        }
    }

    fn join(&mut self, one: PersonId, other: PersonId) {
        let mut joined = self.records(one);
        joined.extend(self.records(other));
        self.groups
            .retain(|group| !group.contains(&one) && !group.contains(&other));
        self.groups.push(joined);
    }
}
