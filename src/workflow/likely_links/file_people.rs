//! The people of a file that is not imported yet, with their ties to one another and to people whom the store knows by the
//! same external ids.

use super::records::{Compared, FileRecords, RecordKey, Ties, add_own, is_compared, things_of};
use crate::error::Error;
use crate::model::bundle::{BundleContent, BundleFact};
use crate::model::ids::{ExternalId, PersonId, StewardId, Subject, SubjectKind};
use crate::model::statement::{Evidence, Fact};
use crate::model::visibility::Visibility;
use crate::store::{Snapshot, StoreError};
use rustc_hash::FxHashMap;

pub struct FilePeople<'b> {
    bundle: &'b dyn BundleContent,
    /// By position: the record that stands for it; nothing for what is no person.
    keys: Vec<Option<RecordKey>>,
    /// The ties of each record, from whichever end they are told.
    ties: FxHashMap<RecordKey, Vec<FileTie>>,
}

#[derive(Clone, Copy)]
struct FileTie {
    other: RecordKey,
    kind: TieOfFile,
    evidence: Evidence,
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
        known: &[Option<PersonId>],
    ) -> Result<FilePeople<'b>, Error> {
        let keys: Vec<Option<RecordKey>> = known
            .iter()
            .enumerate()
            .map(|(position, known)| match known {
                _ if bundle.kind(position) != Some(SubjectKind::Person) => None,
                Some(person) => Some(RecordKey::of_person(*person)),
                None => Some(RecordKey::in_file(position)),
            })
            .collect();
        let mut people = FilePeople {
            bundle,
            keys,
            ties: FxHashMap::default(),
        };
        for position in 0..bundle.len() {
            for fact in bundle.facts(position).map_err(StoreError::from)?.iter() {
                people.note(position, fact);
            }
        }
        Ok(people)
    }

    /// Facts of a file name others by their position.
    fn key_of(&self, local: u64) -> Option<RecordKey> {
        let position = usize::try_from(local).ok()?;
        self.keys.get(position).copied().flatten()
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
            self.ties.entry(from).or_default().push(FileTie {
                other: to,
                kind,
                evidence: fact.evidence,
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
        let all = self.ties.get(&RecordKey::in_file(position));
        for tie in all
            .into_iter()
            .flatten()
            .filter(|tie| is_compared(&tie.evidence))
        {
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
        let ties = self.ties.get(&key).into_iter().flatten();
        ties.filter(|tie| seen.sees(tie.evidence.steward, tie.evidence.seal))
            .map(|tie| tie.other)
            .collect()
    }
}
