//! How subjects are named in a written bundle: by their reference where it is free, else by their public id; places by
//! name, each name once.

use super::reading::fault_of_id;
use crate::model::ids::{SourceId, SubjectKind};
use crate::model::person::Place;
use crate::model::statement::{Fact, Source};
use crate::model::store_copy::{CopyPart, CopySubject};
use crate::names::normalize::fold;
use rustc_hash::{FxHashMap, FxHashSet};

/// What must be known of the whole store before its first row is written.
#[derive(Debug, Default)]
pub struct Names {
    /// By number; a place's is how cells name it.
    ids: Vec<Option<String>>,
    taken: FxHashSet<String>,
    sources: FxHashMap<SourceId, Source>,
    places_by_name: FxHashMap<String, u64>,
    /// Places that were the first of their name and region.
    described: FxHashSet<u64>,
}

impl Names {
    /// Takes note of one part of the store.
    pub fn note(&mut self, part: &CopyPart) {
        match part {
            CopyPart::Source(source) => {
                self.sources.insert(source.number, source.source.clone());
            }
            CopyPart::Subject(subject) => self.note_subject(subject),
            CopyPart::Store(_) | CopyPart::Commit(_) | CopyPart::Import(_) => {}
        }
    }

    /// How cells name a subject; empty for one that is not there.
    pub fn of(&self, number: u64) -> &str {
        self.ids
            .get(number as usize)
            .and_then(Option::as_deref)
            .unwrap_or_default()
    }

    pub fn source(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(&id)
    }

    /// Whether a place's row is to be written.
    pub fn is_described(&self, place: u64) -> bool {
        self.described.contains(&place)
    }

    fn note_subject(&mut self, subject: &CopySubject) {
        let name = if subject.kind == SubjectKind::Place {
            match self.place_name(subject) {
                Some(name) => name,
                None => return,
            }
        } else {
            let wanted = subject.external_ids.first().map(|(_, id)| id.xref.trim());
            let id = wanted
                .filter(|id| !id.is_empty() && fault_of_id(id).is_none())
                .filter(|id| !self.taken.contains(*id))
                .unwrap_or(&subject.public_id)
                .to_owned();
            self.taken.insert(id.clone());
            id
        };
        let position = subject.number as usize;
        if self.ids.len() <= position {
            self.ids.resize(position + 1, None);
        }
        self.ids[position] = Some(name);
    }

    /// As in reading: the first place of a name has it alone, later ones with their region.
    fn place_name(&mut self, subject: &CopySubject) -> Option<String> {
        let place = place_of(subject)?;
        let name = place.name.trim().to_owned();
        let with_region = match place.region.trim() {
            "" => name.clone(),
            region => format!("{name} {region}"),
        };
        if !self.places_by_name.contains_key(&fold(&with_region)) {
            self.described.insert(subject.number);
            self.places_by_name
                .entry(fold(&name))
                .or_insert(subject.number);
            self.places_by_name
                .insert(fold(&with_region), subject.number);
        }
        let named = self.places_by_name.get(&fold(&with_region));
        Some(if self.places_by_name.get(&fold(&name)) == named {
            name
        } else {
            with_region
        })
    }
}

/// What stands of a place.
pub fn place_of(subject: &CopySubject) -> Option<&Place> {
    subject
        .standing()
        .into_iter()
        .filter_map(|statement| match &statement.fact {
            Fact::Place(place) => Some(place),
            _ => None,
        })
        .next_back()
}
