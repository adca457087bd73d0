//! Waiting families. All profiles are kept decoded in memory, with their columns of numbers, so that a question does not pay
//! for reading thousands. What a commit changed is read anew and nothing else.

use super::backend::Table;
use super::error::StoreError;
use super::index_keys::{self, IndexKey};
use super::keys;
use super::node_record::decode_node;
use super::other_records::Document;
use super::snapshot::Snapshot;
use crate::lookup::FamilyColumns;
use crate::model::ids::{
    PersonId, PlaceId, PublicId, Revision, Subject, SubjectKind, WaitingFamilyId,
};
use crate::model::partial_date::Day;
use crate::model::person::{CautionKind, Coordinates, Direction, Place};
use crate::model::statement::Fact;
use crate::model::visibility::Visibility;
use crate::model::waiting_family::WaitingFamily;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// A waiting family with its ids.
pub type FamilyEntry = (WaitingFamilyId, PublicId, WaitingFamily);

/// Every waiting family that a caller may see.
pub type WaitingFamilies = Arc<FamilyList>;

/// Waiting families in the order in which they were read, which does not change while they are kept; their positions are
/// those of the columns.
#[derive(Clone, Default)]
pub struct FamilyList {
    entries: Vec<Arc<FamilyEntry>>,
    positions: FxHashMap<WaitingFamilyId, u32>,
    /// Positions in the order of names, then of public ids.
    by_name: Vec<u32>,
    pub columns: FamilyColumns,
    /// The records of the columns' places; nothing where the caller may not see one.
    pub places: Vec<Option<Place>>,
    /// Their centres as points on a sphere, where known.
    pub centres: Vec<Option<Direction>>,
    /// Families of whom a member's address is, or ever was, protected.
    pub protected: Arc<FxHashSet<u32>>,
}

impl FamilyList {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &FamilyEntry> {
        let positions = self.by_name.iter();
        positions.map(|&position| &*self.entries[position as usize])
    }

    /// All positions, by name.
    pub fn by_name(&self) -> &[u32] {
        &self.by_name
    }

    /// The family at a position.
    pub fn entry(&self, position: u32) -> &FamilyEntry {
        &self.entries[position as usize]
    }

    /// All profiles, in the order of positions.
    pub fn profiles(&self) -> Vec<&WaitingFamily> {
        self.entries.iter().map(|entry| &entry.2).collect()
    }

    /// Where a family stands.
    pub fn position_of(&self, family: WaitingFamilyId) -> Option<u32> {
        self.positions.get(&family).copied()
    }

    fn name_key(&self, position: u32) -> (&str, PublicId) {
        let (_, public_id, family) = self.entry(position);
        (&family.name, *public_id)
    }

    /// Where a family stands, or would stand, among the names.
    fn place_by_name(&self, position: u32) -> usize {
        let key = self.name_key(position);
        self.by_name
            .partition_point(|&other| self.name_key(other) < key)
    }

    fn put(&mut self, entry: FamilyEntry) {
        let position = match self.position_of(entry.0) {
            Some(position) => {
                let at = self.place_by_name(position);
                self.by_name.remove(at);
                let slot = &mut self.entries[position as usize];
                self.columns.replace(position as usize, &slot.2, &entry.2);
                *slot = Arc::new(entry);
                position
            }
            None => self.add(entry),
        };
        let at = self.place_by_name(position);
        self.by_name.insert(at, position);
    }

    /// Adds one at the end, without its place among the names.
    fn add(&mut self, entry: FamilyEntry) -> u32 {
        let position = self.entries.len() as u32;
        self.positions.insert(entry.0, position);
        self.columns.push(&entry.2);
        self.entries.push(Arc::new(entry));
        position
    }
}

/// What was read last, and for which revision of the families. Lists for some callers, and the documents for all others.
#[derive(Default)]
pub struct FamilyCache(Mutex<Option<Cached>>);

type Documents = Vec<(WaitingFamilyId, Arc<Document>)>;

#[derive(Clone)]
struct Cached {
    revision: Revision,
    documents: Arc<Documents>,
    lists: Vec<(Visibility, WaitingFamilies)>,
}

/// Callers' lists kept besides the documents.
const LISTS: usize = 16;

/// Of more commits, or more families changed, everything is read anew.
const MOST_COMMITS: usize = 4096;
const MOST_CHANGED: usize = 1024;

/// What commits changed since the lists were made.
#[derive(Default)]
struct Changed {
    families: FxHashSet<WaitingFamilyId>,
    places: FxHashSet<PlaceId>,
    people: FxHashSet<PersonId>,
}

impl Snapshot<'_> {
    /// All waiting families that the caller may see.
    pub fn all_waiting_families(
        &self,
        visibility: &Visibility,
    ) -> Result<WaitingFamilies, StoreError> {
        let cached = match self.families.held(self.state.families) {
            Some(cached) => cached,
            None => {
                let cached = match self.brought_up_to_date()? {
                    Some(cached) => cached,
                    None => Cached {
                        revision: self.state.families,
                        documents: Arc::new(self.family_documents()?),
                        lists: Vec::new(),
                    },
                };
                self.families.hold(cached)
            }
        };
        let known = cached.lists.iter().find(|(seen, _)| seen == visibility);
        if let Some((_, list)) = known {
            return Ok(list.clone());
        }
        let list = Arc::new(self.visible_families(&cached.documents, visibility)?);
        let mut lists = cached.lists.clone();
        lists.truncate(LISTS - 1);
        lists.insert(0, (visibility.clone(), list.clone()));
        self.families.hold(Cached { lists, ..cached });
        Ok(list)
    }

    /// What is held, with what changed since; nothing if it must be read anew.
    fn brought_up_to_date(&self) -> Result<Option<Cached>, StoreError> {
        let Some(old) = self.families.held_before(self.state.families) else {
            return Ok(None);
        };
        let events = self.changes(old.revision, MOST_COMMITS)?;
        if old.revision.epoch != self.state.families.epoch || events.len() == MOST_COMMITS {
            return Ok(None);
        }
        let mut changed = Changed::default();
        for subject in events.iter().flat_map(|event| &event.subjects) {
            match *subject {
                Subject::WaitingFamily(id) => _ = changed.families.insert(id),
                Subject::Place(id) => _ = changed.places.insert(id),
                Subject::Person(id) => _ = changed.people.insert(id),
                _ => {}
            }
        }
        if changed.families.len() > MOST_CHANGED {
            return Ok(None);
        }
        let mut numbers: Vec<u64> = changed.families.iter().map(|id| id.0).collect();
        numbers.sort_unstable();
        let read = self.documents(&numbers)?;
        let mut documents = (*old.documents).clone();
        let mut fresh = Vec::with_capacity(numbers.len());
        for (number, document) in numbers.into_iter().zip(read) {
            let id = WaitingFamilyId(number);
            let Some(document) = document.map(Arc::new) else {
                return Ok(None);
            };
            match documents.iter_mut().find(|(known, _)| *known == id) {
                Some((_, known)) => *known = document.clone(),
                None => documents.push((id, document.clone())),
            }
            fresh.push((id, document));
        }
        let mut lists = Vec::with_capacity(old.lists.len());
        for (visibility, list) in old.lists {
            if let Some(list) = self.changed_list(&list, &visibility, &fresh, &changed)? {
                lists.push((visibility, Arc::new(list)));
            }
        }
        Ok(Some(Cached {
            revision: self.state.families,
            documents: Arc::new(documents),
            lists,
        }))
    }

    /// A caller's list with what changed; nothing if a family of it is there no longer.
    fn changed_list(
        &self,
        list: &FamilyList,
        visibility: &Visibility,
        fresh: &Documents,
        changed: &Changed,
    ) -> Result<Option<FamilyList>, StoreError> {
        let mut list = list.clone();
        for (id, document) in fresh {
            match entry_of(*id, document, visibility) {
                Some(entry) => list.put(entry),
                None if list.position_of(*id).is_some() => return Ok(None),
                None => {}
            }
        }
        let families = changed.families.iter();
        let mut positions: Vec<u32> = families.filter_map(|id| list.position_of(*id)).collect();
        for person in &changed.people {
            positions.extend(list.columns.families_of(*person));
        }
        self.read_protection(&mut list, &positions, visibility)?;
        let known = list.columns.places.iter().zip(&list.places);
        let mut anew: Vec<usize> = known
            .enumerate()
            .filter(|(_, (place, _))| changed.places.contains(place))
            .map(|(position, _)| position)
            .collect();
        anew.extend(list.places.len()..list.columns.places.len());
        self.read_family_places(&mut list, &anew, visibility)?;
        Ok(Some(list))
    }

    fn family_documents(&self) -> Result<Documents, StoreError> {
        let range = index_keys::of_kind(SubjectKind::WaitingFamily);
        let numbers = self.index(&range, |key, _| match key {
            IndexKey::OfKind { number, .. } => Ok(Some(number)),
            _ => Ok(None),
        })?;
        let documents = self.documents(&numbers)?;
        let found = numbers.into_iter().zip(documents);
        Ok(found
            .filter_map(|(number, document)| Some((WaitingFamilyId(number), Arc::new(document?))))
            .collect())
    }

    fn visible_families(
        &self,
        documents: &Documents,
        visibility: &Visibility,
    ) -> Result<FamilyList, StoreError> {
        let mut list = FamilyList::default();
        for (id, document) in documents {
            if let Some(entry) = entry_of(*id, document, visibility) {
                list.add(entry);
            }
        }
        let mut by_name: Vec<u32> = (0..list.len() as u32).collect();
        by_name.sort_by(|&one, &other| list.name_key(one).cmp(&list.name_key(other)));
        list.by_name = by_name;
        let everybody: Vec<u32> = (0..list.len() as u32).collect();
        self.read_protection(&mut list, &everybody, visibility)?;
        let places: Vec<usize> = (0..list.columns.places.len()).collect();
        self.read_family_places(&mut list, &places, visibility)?;
        Ok(list)
    }

    /// Reads the places at these positions.
    fn read_family_places(
        &self,
        list: &mut FamilyList,
        positions: &[usize],
        visibility: &Visibility,
    ) -> Result<(), StoreError> {
        let places = &list.columns.places;
        let ids: Vec<PlaceId> = positions.iter().map(|&at| places[at]).collect();
        list.places.resize(places.len(), None);
        list.centres.resize(places.len(), None);
        for (&position, place) in positions.iter().zip(self.places(&ids, visibility)?) {
            list.places[position] = place.map(|(_, place)| place);
            let place = list.places[position].as_ref();
            let centre = place.and_then(|place| place.centre);
            list.centres[position] = centre.map(Coordinates::direction);
        }
        Ok(())
    }

    /// Finds out of whom a member's address is protected. A protection that ended counts on: what a family says of
    /// itself today may still give away where they hid.
    fn read_protection(
        &self,
        list: &mut FamilyList,
        positions: &[u32],
        visibility: &Visibility,
    ) -> Result<(), StoreError> {
        let mut members = Vec::new();
        let mut protected = (*list.protected).clone();
        for &position in positions {
            protected.remove(&position);
            let of_family = list.entry(position).2.members.iter();
            members.extend(of_family.map(|member| (position, *member)));
        }
        let keys: Vec<[u8; 8]> = members
            .iter()
            .map(|(_, member)| keys::number(member.0))
            .collect();
        let read = self.values(Table::Nodes, &keys, |position, value| {
            let node = decode_node(members[position].1, value, visibility, Day(i32::MIN))?;
            Ok(node.map(|node| node.cautions.contains(CautionKind::ProtectedAddress)))
        })?;
        for ((position, _), is_protected) in members.iter().zip(read) {
            if is_protected == Some(true) {
                protected.insert(*position);
            }
        }
        list.protected = Arc::new(protected);
        Ok(())
    }
}

impl FamilyCache {
    fn held(&self, revision: Revision) -> Option<Cached> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone().filter(|cached| cached.revision == revision)
    }

    /// What is held of an earlier revision.
    fn held_before(&self, revision: Revision) -> Option<Cached> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone().filter(|cached| cached.revision < revision)
    }

    /// Keeps what was read, unless something newer is held.
    fn hold(&self, cached: Cached) -> Cached {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held
            .as_ref()
            .is_none_or(|old| old.revision <= cached.revision)
        {
            *held = Some(cached.clone());
        }
        cached
    }
}

fn entry_of(
    id: WaitingFamilyId,
    document: &Document,
    visibility: &Visibility,
) -> Option<FamilyEntry> {
    match document.seen_by(visibility)? {
        Fact::WaitingFamily(family) => Some((id, document.public_id, (**family).clone())),
        _ => None,
    }
}
