//! What linkage compares of records: of people in the store, and of people in a file that is not imported yet. Only what is
//! open to everybody: a link and its reasons are shown to whoever sees the two records.

use super::things::{NamesOfThings, things_of};
use crate::error::Error;
use crate::linkage::PersonFacts;
use crate::model::ids::{PersonId, Subject};
use crate::model::neighborhood::{Node, NodeTieKind};
use crate::model::statement::{Certainty, Evidence, Fact, SealClass};
use crate::model::visibility::Visibility;
use crate::store::Snapshot;

/// A record: the number of a person in the store, or the position in a file, marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey(u64);

const IN_FILE: u64 = 1 << 63;

impl RecordKey {
    pub fn of_person(person: PersonId) -> RecordKey {
        RecordKey(person.0)
    }

    pub fn in_file(position: usize) -> RecordKey {
        RecordKey(IN_FILE | position as u64)
    }

    /// Nothing for a record of a file.
    pub fn person(self) -> Option<PersonId> {
        (self.0 & IN_FILE == 0).then_some(PersonId(self.0))
    }

    /// Nothing for a record of the store.
    pub fn position(self) -> Option<usize> {
        let position = (self.0 & IN_FILE != 0).then_some(self.0 & !IN_FILE);
        position.and_then(|position| usize::try_from(position).ok())
    }
}

/// One record as it is compared.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    pub facts: PersonFacts,
    /// Numbers of places and nations, as far as they are in the store.
    pub places: Vec<u64>,
    pub nations: Vec<u64>,
}

/// Whom a record is tied to.
#[derive(Clone, Debug, Default)]
pub struct Ties {
    pub parents: Vec<RecordKey>,
    pub children: Vec<RecordKey>,
    pub partners: Vec<RecordKey>,
}

/// Whether something takes part in comparing.
pub fn is_compared(evidence: &Evidence) -> bool {
    evidence.seal == SealClass::Open && evidence.certainty != Certainty::Disproved
}

/// Reads records of one moment, remembering the names of places and nations.
pub struct Records<'a> {
    pub snapshot: &'a Snapshot<'a>,
    pub file: Option<&'a dyn FileRecords>,
    things: NamesOfThings<'a>,
}

/// Records of a file, by position.
pub trait FileRecords: Sync {
    fn compared(&self, position: usize) -> Result<Compared, Error>;
    /// Whom it is tied to by open ties.
    fn ties(&self, position: usize) -> Ties;
    /// Whom the file ties a record of it, or of the store, to; sealed ties too where `seen` holds them.
    fn neighbours(&self, key: RecordKey, seen: &Visibility) -> Vec<RecordKey>;
}

impl<'a> Records<'a> {
    pub fn of(snapshot: &'a Snapshot<'a>, file: Option<&'a dyn FileRecords>) -> Records<'a> {
        Records {
            snapshot,
            file,
            things: NamesOfThings::of(snapshot, Visibility::open_only()),
        }
    }

    pub fn compared(&self, key: RecordKey) -> Result<Compared, Error> {
        if let (Some(position), Some(file)) = (key.position(), self.file) {
            return file.compared(position);
        }
        let Some(person) = key.person() else {
            return Ok(Compared::default());
        };
        let subject = Subject::Person(person);
        let stated = self
            .snapshot
            .statements(subject, &Visibility::open_only(), None)?;
        let mut compared = Compared::default();
        for (_, statement) in stated {
            if is_compared(&statement.evidence) {
                self.add(&mut compared, &statement.fact)?;
            }
        }
        Ok(compared)
    }

    fn add(&self, compared: &mut Compared, fact: &Fact) -> Result<(), Error> {
        let (place, nation) = things_of(fact);
        compared.places.extend(place.map(|place| place.0));
        compared.nations.extend(nation.map(|nation| nation.0));
        self.things.add(&mut compared.facts, fact)
    }

    /// The ties of records, in the order asked for.
    pub fn ties(&self, keys: &[RecordKey]) -> Result<Vec<Ties>, Error> {
        let people: Vec<PersonId> = keys.iter().filter_map(|key| key.person()).collect();
        let nodes = self.snapshot.nodes(&people, &Visibility::open_only())?;
        let mut nodes = nodes.into_iter();
        let ties = keys.iter().map(|key| match (key.position(), self.file) {
            (Some(position), Some(file)) => file.ties(position),
            _ => nodes.next().flatten().map(ties_of).unwrap_or_default(),
        });
        Ok(ties.collect())
    }

    /// Whom each record is tied to, as far as `seen` goes; in the order asked for.
    pub fn neighbours(
        &self,
        keys: &[RecordKey],
        seen: &Visibility,
    ) -> Result<Vec<Vec<RecordKey>>, Error> {
        let people: Vec<PersonId> = keys.iter().filter_map(|key| key.person()).collect();
        let mut nodes = self.snapshot.nodes(&people, seen)?.into_iter();
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            let mut near = Vec::new();
            if key.person().is_some()
                && let Some(node) = nodes.next().flatten()
            {
                let ties = node.ties.iter().map(|tie| tie.other);
                let links = node.links.iter().map(|link| link.other);
                near.extend(ties.chain(links).map(RecordKey::of_person));
            }
            if let Some(file) = self.file {
                near.extend(file.neighbours(*key, seen));
            }
            found.push(near);
        }
        Ok(found)
    }
}

fn ties_of(node: Node) -> Ties {
    let mut ties = Ties::default();
    let counts = |tie: &&crate::model::neighborhood::NodeTie| tie.certainty != Certainty::Disproved;
    for tie in node.ties.iter().filter(counts) {
        let list = match tie.kind {
            NodeTieKind::Parent { .. } => &mut ties.parents,
            NodeTieKind::Child { .. } => &mut ties.children,
            NodeTieKind::Partner { .. } => &mut ties.partners,
            NodeTieKind::Kin { .. } | NodeTieKind::KinOf { .. } => continue,
        };
        let other = RecordKey::of_person(tie.other);
        if !list.contains(&other) {
            list.push(other);
        }
    }
    ties
}
