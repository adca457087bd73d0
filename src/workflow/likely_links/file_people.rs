//! The people of a file that is not imported yet, with their ties to one another and to people whom the store knows by the
//! same external ids.

use super::records::{Compared, FileRecords, RecordKey, Ties, is_compared};
use super::things::{add_own, things_of};
use crate::error::Error;
use crate::model::bundle::{BundleContent, BundleFact};
use crate::model::ids::{ExternalId, PersonId, StewardId, Subject, SubjectKind};
use crate::model::statement::{Fact, SealClass};
use crate::model::visibility::Visibility;
use crate::store::{Snapshot, StoreError};

pub struct FilePeople<'b> {
    bundle: &'b dyn BundleContent,
    known: &'b [Option<PersonId>],
    /// The ties of each record, from whichever end they are told; those of one record stand together, as they came.
    ties: Vec<FileTie>,
}

/// A tie as small as it can be held: a file may have very many.
#[derive(Clone, Copy)]
struct FileTie {
    of: RecordKey,
    other: RecordKey,
    steward: StewardId,
    seal: SealClass,
    kind: TieOfFile,
    is_compared: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TieOfFile {
    Parent,
    Child,
    Partner,
    Other,
}

/// External ids that are looked up at once.
const ASKED_AT_ONCE: usize = 8_192;

/// The numbers of the people of a bundle, by position; nothing for those whom the store does not know.
pub fn known_people(
    snapshot: &Snapshot<'_>,
    bundle: &dyn BundleContent,
) -> Result<Vec<Option<PersonId>>, Error> {
    let mut known = vec![None; bundle.len()];
    let is_person = |position: &usize| bundle.kind(*position) == Some(SubjectKind::Person);
    let people: Vec<usize> = (0..bundle.len()).filter(is_person).collect();
    for people in people.chunks(ASKED_AT_ONCE) {
        let ids: Vec<ExternalId> = people.iter().map(|at| bundle.external_id(*at)).collect();
        let found =
            snapshot.subjects_of_external_ids(StewardId::AGENCY, SubjectKind::Person, &ids)?;
        for (position, subject) in people.iter().zip(found) {
            if let Some(Subject::Person(person)) = subject {
                known[*position] = Some(person);
            }
        }
    }
    Ok(known)
}

impl<'b> FilePeople<'b> {
    pub fn of(
        bundle: &'b dyn BundleContent,
        known: &'b [Option<PersonId>],
    ) -> Result<FilePeople<'b>, Error> {
        let mut people = FilePeople {
            bundle,
            known,
            ties: Vec::new(),
        };
        for position in 0..bundle.len() {
            for fact in bundle.facts(position).map_err(StoreError::from)?.iter() {
                people.note(position, fact);
            }
        }
        people.ties.sort_by_key(|tie| tie.of);
        Ok(people)
    }

    /// The record that stands for a position, by which facts of a file name others; nothing for what is no person.
    fn key_of(&self, local: u64) -> Option<RecordKey> {
        let position = usize::try_from(local).ok()?;
        let known = self.known.get(position)?;
        if self.bundle.kind(position) != Some(SubjectKind::Person) {
            return None;
        }
        let in_file = RecordKey::in_file(position);
        Some(known.map_or(in_file, RecordKey::of_person))
    }

    fn ties_of(&self, key: RecordKey) -> &[FileTie] {
        let start = self.ties.partition_point(|tie| tie.of < key);
        let own = &self.ties[start..];
        &own[..own.partition_point(|tie| tie.of == key)]
    }

    fn note(&mut self, position: usize, fact: &BundleFact) {
        let (there, back) = match &fact.fact {
            Fact::Parent(_) => (TieOfFile::Parent, TieOfFile::Child),
            Fact::Union(_) => (TieOfFile::Partner, TieOfFile::Partner),
            Fact::StatedKin(_) | Fact::SamePerson(_) => (TieOfFile::Other, TieOfFile::Other),
            _ => return,
        };
        let other = fact
            .fact
            .other_person()
            .and_then(|other| self.key_of(other.0));
        let (Some(one), Some(other)) = (self.key_of(position as u64), other) else {
            return;
        };
        for (from, to, kind) in [(one, other, there), (other, one, back)] {
            self.ties.push(FileTie {
                of: from,
                other: to,
                steward: fact.evidence.steward,
                seal: fact.evidence.seal,
                kind,
                is_compared: is_compared(&fact.evidence),
            });
        }
    }

    fn name_of_thing(&self, local: u64) -> Result<Option<String>, Error> {
        let position = usize::try_from(local).unwrap_or(usize::MAX);
        if position >= self.bundle.len() {
            return Ok(None);
        }
        let facts = self.bundle.facts(position).map_err(StoreError::from)?;
        Ok(facts.iter().find_map(|fact| match &fact.fact {
            Fact::Place(place) => Some(place.name.clone()),
            Fact::Nation(nation) => Some(nation.name.clone()),
            _ => None,
        }))
    }
}

impl FileRecords for FilePeople<'_> {
    fn compared(&self, position: usize) -> Result<Compared, Error> {
        let mut compared = Compared::default();
        let facts = self.bundle.facts(position).map_err(StoreError::from)?;
        for fact in facts.iter().filter(|fact| is_compared(&fact.evidence)) {
            add_own(&mut compared.facts, &fact.fact);
            let (place, nation) = things_of(&fact.fact);
            if let Some(place) = place {
                compared.facts.places.extend(self.name_of_thing(place.0)?);
            }
            if let Some(nation) = nation {
                compared.facts.nations.extend(self.name_of_thing(nation.0)?);
            }
        }
        Ok(compared)
    }

    fn ties(&self, position: usize) -> Ties {
        let mut ties = Ties::default();
        let all = self.ties_of(RecordKey::in_file(position));
        for tie in all.iter().filter(|tie| tie.is_compared) {
            let list = match tie.kind {
                TieOfFile::Parent => &mut ties.parents,
                TieOfFile::Child => &mut ties.children,
                TieOfFile::Partner => &mut ties.partners,
                TieOfFile::Other => continue,
            };
            if !list.contains(&tie.other) {
                list.push(tie.other);
            }
        }
        ties
    }

    fn neighbours(&self, key: RecordKey, seen: &Visibility) -> Vec<RecordKey> {
        let ties = self.ties_of(key).iter();
        ties.filter(|tie| seen.sees(tie.steward, tie.seal))
            .map(|tie| tie.other)
            .collect()
    }
}
