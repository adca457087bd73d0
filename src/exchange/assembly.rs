//! Builds a bundle subject by subject: places and sources once each, facts in the order in which they come.

use crate::model::bundle::BundleContent;
use crate::model::ids::{PlaceId, PublicId, SourceId, StewardId, SubjectKind};
use crate::model::packed_bundle::PackedBundle;
use crate::model::partial_date::PartialDate;
use crate::model::person::{Coordinates, Place};
use crate::model::statement::{Certainty, Evidence, Fact, SealClass, Source};
use crate::names::normalize::fold;
use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher;

/// A bundle in the making. Numbers are positions, as in [`PackedBundle`].
#[derive(Debug)]
pub struct Assembly {
    bundle: PackedBundle,
    /// Numbers of the sources.
    sources: HashTable<u64>,
    places_by_name: FxHashMap<String, u64>,
    /// The same, by the text as written: saves folding it again.
    places_by_text: FxHashMap<String, u64>,
}

/// The parts of a fact's evidence that differ within one row.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub source: SourceId,
    pub certainty: Certainty,
    pub seal: SealClass,
}

impl Standing {
    /// Evidence without bounds of validity.
    pub fn always(self) -> Evidence {
        self.during(None, None)
    }

    /// Evidence of something true from one date until another.
    pub fn during(self, from: Option<PartialDate>, to: Option<PartialDate>) -> Evidence {
        Evidence {
            source: self.source,
            valid_from: from,
            valid_to: to,
            certainty: self.certainty,
            seal: self.seal,
            steward: StewardId::AGENCY,
        }
    }
}

impl Assembly {
    /// `source_name` is the first part of every external id: the folder's name, the file's stem.
    pub fn new(source_name: &str) -> Assembly {
        Assembly {
            bundle: PackedBundle::new(source_name),
            sources: HashTable::new(),
            places_by_name: FxHashMap::default(),
            places_by_text: FxHashMap::default(),
        }
    }

    /// Adds a subject and returns its number.
    pub fn add_subject(&mut self, kind: SubjectKind, xref: &str) -> u64 {
        self.bundle.add_subject(kind, xref)
    }

    /// Gives a subject the public id that it has already.
    pub fn set_public_id(&mut self, subject: u64, id: PublicId) {
        self.bundle.set_public_id(subject, id);
    }

    /// Whether a subject came with a public id: it was written by a store.
    pub fn has_public_id(&self, subject: u64) -> bool {
        self.bundle.public_id(subject as usize).is_some()
    }

    /// Adds a fact to a subject; a number that was never given out is ignored.
    pub fn add_fact(&mut self, subject: u64, fact: Fact, evidence: Evidence) {
        self.bundle.add_fact(subject, &fact, &evidence);
    }

    /// Takes facts away again.
    pub fn remove_facts(&mut self, subject: u64, is_unwanted: impl Fn(&Fact) -> bool) {
        let Ok(facts) = self.bundle.facts(subject as usize) else {
            return;
        };
        let mut facts = facts.into_owned();
        facts.retain(|fact| !is_unwanted(&fact.fact));
        self.bundle.set_facts(subject, &facts);
    }

    /// Completes the facts of a subject by what later rows told. `change` is true for a fact that it changed.
    pub fn change_facts(&mut self, subject: u64, mut change: impl FnMut(&mut Fact) -> bool) {
        let Ok(facts) = self.bundle.facts(subject as usize) else {
            return;
        };
        let mut facts = facts.into_owned();
        let mut is_changed = false;
        for fact in &mut facts {
            is_changed |= change(&mut fact.fact);
        }
        if is_changed {
            self.bundle.set_facts(subject, &facts);
        }
    }

    /// The number of a source; equal sources share one.
    pub fn source(&mut self, source: Source) -> SourceId {
        let hash = FxBuildHasher.hash_one(Some(&source));
        let held = |number: &u64| self.bundle.sources().get(*number as usize);
        let found = self
            .sources
            .find(hash, |number| held(number) == Some(&source));
        if let Some(&number) = found {
            return SourceId(number);
        }
        let number = self.bundle.add_source(source);
        let held = self.bundle.sources();
        let hash_of = |number: &u64| FxBuildHasher.hash_one(held.get(*number as usize));
        self.sources.insert_unique(hash, number, hash_of);
        SourceId(number)
    }

    /// The place of this name, made without coordinates if it is new. The name must not be empty.
    pub fn place(&mut self, text: &str, standing: Standing) -> PlaceId {
        if let Some(&number) = self.places_by_text.get(text) {
            return PlaceId(number);
        }
        let number = match self.places_by_name.get(&fold(text)) {
            Some(&number) => number,
            None => self.add_place(
                Place {
                    name: text.to_owned(),
                    region: String::new(),
                    centre: None,
                },
                standing,
            ),
        };
        self.places_by_text.insert(text.to_owned(), number);
        PlaceId(number)
    }

    /// Adds a described place. It is found by its name, if that is still free, and by "name, region"; where both are
    /// taken the older number is returned and the new description is not kept.
    pub fn add_place(&mut self, place: Place, standing: Standing) -> u64 {
        let name = fold(&place.name);
        let with_region = if place.region.is_empty() {
            name.clone()
        } else {
            fold(&format!("{} {}", place.name, place.region))
        };
        if let Some(&number) = self.places_by_name.get(&with_region) {
            return number;
        }
        let key = if self.places_by_name.contains_key(&name) {
            &with_region
        } else {
            &name
        };
        let number = self.add_subject(SubjectKind::Place, &format!("place/{key}"));
        self.places_by_name.entry(name).or_insert(number);
        self.places_by_name.insert(with_region, number);
        let evidence = Evidence {
            seal: SealClass::Open,
            ..standing.always()
        };
        self.add_fact(number, Fact::Place(place), evidence);
        number
    }

    /// Sets a place's centre if it has none yet.
    pub fn set_centre(&mut self, place: PlaceId, centre: Coordinates) {
        self.change_facts(place.0, |fact| match fact {
            Fact::Place(place) if place.centre.is_none() => {
                place.centre = Some(centre);
                true
            }
            _ => false,
        });
    }

    /// How many subjects there are.
    pub fn subject_count(&self) -> usize {
        self.bundle.len()
    }

    /// The reference that the file gave to a subject; empty for a number that was never given out.
    pub fn xref(&self, subject: u64) -> &str {
        self.bundle.xref(subject)
    }

    /// The bundle as far as it is built.
    pub fn into_bundle(self) -> PackedBundle {
        self.bundle
    }
}
