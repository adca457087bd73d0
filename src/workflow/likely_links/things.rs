//! Names of places and nations by number, looked up once each, also where many ask at once.

use crate::error::Error;
use crate::linkage::PersonFacts;
use crate::model::ids::{NationId, PlaceId};
use crate::model::statement::Fact;
use crate::model::visibility::Visibility;
use crate::store::Snapshot;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, PoisonError};

/// The names known so far.
pub struct NamesOfThings<'a> {
    snapshot: &'a Snapshot<'a>,
    visibility: Visibility,
    places: Known<PlaceId>,
    nations: Known<NationId>,
}

type Known<Id> = Mutex<FxHashMap<Id, Option<String>>>;

impl<'a> NamesOfThings<'a> {
    pub fn of(snapshot: &'a Snapshot<'a>, visibility: Visibility) -> NamesOfThings<'a> {
        NamesOfThings {
            snapshot,
            visibility,
            places: Known::default(),
            nations: Known::default(),
        }
    }

    /// Adds what a fact says, as far as it is compared.
    pub fn add(&self, facts: &mut PersonFacts, fact: &Fact) -> Result<(), Error> {
        let (place, nation) = things_of(fact);
        if let Some(place) = place {
            facts.places.extend(self.place(place)?);
        }
        if let Some(nation) = nation {
            facts.nations.extend(self.nation(nation)?);
        }
        add_own(facts, fact);
        Ok(())
    }

    fn place(&self, id: PlaceId) -> Result<Option<String>, Error> {
        known(&self.places, id, || {
            let mut read = self.snapshot.places(&[id], &self.visibility)?;
            Ok(read.pop().flatten().map(|(_, place)| place.name))
        })
    }

    fn nation(&self, id: NationId) -> Result<Option<String>, Error> {
        known(&self.nations, id, || {
            let mut read = self.snapshot.nations(&[id], &self.visibility)?;
            Ok(read.pop().flatten().map(|(_, nation)| nation.name))
        })
    }
}

fn known<Id: Copy + Eq + std::hash::Hash>(
    names: &Known<Id>,
    id: Id,
    look_up: impl FnOnce() -> Result<Option<String>, Error>,
) -> Result<Option<String>, Error> {
    let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
    match names.entry(id) {
        Entry::Occupied(known) => Ok(known.get().clone()),
        Entry::Vacant(place) => Ok(place.insert(look_up()?).clone()),
    }
}

/// The place and the nation that a fact speaks of, as far as they are compared.
pub fn things_of(fact: &Fact) -> (Option<PlaceId>, Option<NationId>) {
    match fact {
        Fact::Birth { place, .. } => (*place, None),
        Fact::Residence(residence) => (Some(residence.place), None),
        Fact::Membership(membership) => (None, Some(membership.nation)),
        _ => (None, None),
    }
}

/// What a fact says by itself.
pub fn add_own(facts: &mut PersonFacts, fact: &Fact) {
    match fact {
        Fact::Name(name) => facts.names.push(name.clone()),
        Fact::Gender(gender) => facts.gender = *gender,
        Fact::Birth { date, .. } => facts.births.extend(*date),
        Fact::Death(death) => facts.deaths.extend(death.date.filter(|_| death.dead)),
        _ => {}
    }
}
