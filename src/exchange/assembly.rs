//! Builds a bundle subject by subject: places and sources once each, facts in the order in which they come.

use crate::model::bundle::{Bundle, BundleFact, BundleSubject};
use crate::model::ids::{ExternalId, PlaceId, PublicId, SourceId, StewardId, SubjectKind};
use crate::model::partial_date::PartialDate;
use crate::model::person::{Coordinates, Place};
use crate::model::statement::{Certainty, Evidence, Fact, SealClass, Source};
use crate::names::normalize::fold;
use rustc_hash::FxHashMap;

/// A bundle in the making. Numbers are positions, as in [`Bundle`].
#[derive(Debug)]
pub struct Assembly {
    source_name: String,
    bundle: Bundle,
    sources: FxHashMap<Source, u64>,
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
            source_name: source_name.to_owned(),
            bundle: Bundle::default(),
            sources: FxHashMap::default(),
            places_by_name: FxHashMap::default(),
            places_by_text: FxHashMap::default(),
        }
    }

    /// Adds a subject and returns its number.
    pub fn add_subject(&mut self, kind: SubjectKind, xref: &str) -> u64 {
        self.bundle.subjects.push(BundleSubject {
            kind,
            external_id: ExternalId {
                source: self.source_name.clone(),
                xref: xref.to_owned(),
            },
            public_id: None,
            facts: Vec::new(),
        });
        self.bundle.subjects.len() as u64 - 1
    }

    /// Gives a subject the public id that it has already.
    pub fn set_public_id(&mut self, subject: u64, id: PublicId) {
        if let Some(subject) = self.bundle.subjects.get_mut(subject as usize) {
            subject.public_id = Some(id);
        }
    }

    /// Whether a subject came with a public id: it was written by a store.
    pub fn has_public_id(&self, subject: u64) -> bool {
        let subject = self.bundle.subjects.get(subject as usize);
        subject.is_some_and(|subject| subject.public_id.is_some())
    }

    /// Adds a fact to a subject; a number that was never given out is ignored.
    pub fn add_fact(&mut self, subject: u64, fact: Fact, evidence: Evidence) {
        if let Some(subject) = self.bundle.subjects.get_mut(subject as usize) {
            let facts = &mut subject.facts;
            // Doubling would leave a million half-empty lists; growing by a quarter keeps the cost a push constant too.
            if facts.len() == facts.capacity() {
                facts.reserve_exact(1.max(facts.len() / 4));
            }
            facts.push(BundleFact { fact, evidence });
        }
    }

    /// Takes facts away again.
    pub fn remove_facts(&mut self, subject: u64, is_unwanted: impl Fn(&Fact) -> bool) {
        if let Some(subject) = self.bundle.subjects.get_mut(subject as usize) {
            subject.facts.retain(|fact| !is_unwanted(&fact.fact));
        }
    }

    /// The facts of a subject, to complete what later rows told.
    pub fn facts_mut(&mut self, subject: u64) -> &mut [BundleFact] {
        self.bundle
            .subjects
            .get_mut(subject as usize)
            .map_or(&mut [], |subject| subject.facts.as_mut_slice())
    }

    /// The number of a source; equal sources share one.
    pub fn source(&mut self, source: Source) -> SourceId {
        if let Some(&number) = self.sources.get(&source) {
            return SourceId(number);
        }
        let number = self.bundle.sources.len() as u64;
        self.bundle.sources.push(source.clone());
        self.sources.insert(source, number);
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
        for fact in self.facts_mut(place.0) {
            if let Fact::Place(place) = &mut fact.fact
                && place.centre.is_none()
            {
                place.centre = Some(centre);
            }
        }
    }

    /// How many subjects there are.
    pub fn subject_count(&self) -> usize {
        self.bundle.subjects.len()
    }

    /// The reference that the file gave to a subject; empty for a number that was never given out.
    pub fn xref(&self, subject: u64) -> &str {
        self.bundle
            .subjects
            .get(subject as usize)
            .map_or("", |subject| subject.external_id.xref.as_str())
    }

    /// The bundle as far as it is built.
    pub fn into_bundle(self) -> Bundle {
        self.bundle
    }
}
