//! Places that matter to the child beyond where anybody lives: the school, communities, the nations' territories. A
//! territory is the place recorded with the nation, else the centre that the reference list has for its number.

use super::Gathered;
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{NationId, PlaceId, Subject};
use crate::model::partial_date::{Day, PartialDate};
use crate::model::person::{Coordinates, PlaceMeaning};
use crate::model::statement::{Evidence, Fact};
use crate::names::nations::nation_of_number;
use crate::placement::candidate::Distance;
use crate::placement::order::Attribute;
use crate::store::Snapshot;
use std::collections::BTreeSet;

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceOfTheChild {
    pub meaning: PlaceMeaning,
    /// "the child's school", "the territory of Tla'amin".
    pub words: String,
    pub place: Option<PlaceId>,
    pub centre: Option<Coordinates>,
}

impl PlaceOfTheChild {
    /// How far a place with this centre is; nothing where a centre is not known.
    pub(super) fn distance(&self, place: PlaceId, centre: Option<Coordinates>) -> Option<Distance> {
        if self.place == Some(place) {
            return Some(Distance::SamePlace);
        }
        let kilometres = self.centre?.kilometres_to(centre?);
        Some(Distance::of_kilometres(kilometres))
    }
}

impl Gathered {
    /// Reads them. Nothing of a child whose address is protected.
    pub(super) fn read_important_places(
        &mut self,
        snapshot: &Snapshot<'_>,
        permit: &Permit,
    ) -> Result<(), Error> {
        if self.has_protected_address() {
            return Ok(());
        }
        let records: Vec<_> = self.child().record_ids().collect();
        let mut found = Vec::new();
        for record in records {
            let places = places_of(snapshot, permit, Subject::Person(record), self.as_of)?;
            found.extend(places.into_iter().map(|(place, meaning)| PlaceOfTheChild {
                meaning,
                words: format!("the child's {}", meaning.word()),
                place: Some(place),
                centre: None,
            }));
        }
        if self.uses(Attribute::Nation) {
            self.add_territories(snapshot, permit, &mut found)?;
        }
        let ids: Vec<PlaceId> = found.iter().filter_map(|own| own.place).collect();
        if !ids.is_empty() {
            let mut read = snapshot.places(&ids, permit.visibility())?.into_iter();
            for own in found.iter_mut().filter(|own| own.place.is_some()) {
                let place = read.next().flatten();
                own.centre = place.and_then(|(_, place)| place.centre);
            }
        }
        self.important = found;
        Ok(())
    }

    fn add_territories(
        &self,
        snapshot: &Snapshot<'_>,
        permit: &Permit,
        found: &mut Vec<PlaceOfTheChild>,
    ) -> Result<(), Error> {
        let nations: BTreeSet<NationId> = self.own_nations.iter().copied().collect();
        for nation in nations {
            let Some((_, record)) = self.nations.get(&nation) else {
                continue;
            };
            let words = format!("the territory of {}", record.name);
            let recorded = places_of(snapshot, permit, Subject::Nation(nation), self.as_of)?;
            let listed = nation_of_number(&record.number).and_then(|listed| listed.centre);
            let of_territory = |place, centre| PlaceOfTheChild {
                meaning: PlaceMeaning::Territory,
                words: words.clone(),
                place,
                centre,
            };
            match recorded.is_empty() {
                true => found.extend(listed.map(|centre| of_territory(None, Some(centre)))),
                false => {
                    let recorded = recorded.into_iter();
                    found.extend(recorded.map(|(place, _)| of_territory(Some(place), None)));
                }
            }
        }
        Ok(())
    }
}

/// The places that matter to a subject on a day, in the order of entry, each once.
fn places_of(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    subject: Subject,
    as_of: Day,
) -> Result<Vec<(PlaceId, PlaceMeaning)>, Error> {
    let mut places = Vec::new();
    for (_, statement) in snapshot.statements(subject, permit.visibility(), None)? {
        if let Fact::ImportantPlace(important) = statement.fact
            && is_valid(&statement.evidence, as_of)
            && !places.contains(&(important.place, important.meaning))
        {
            places.push((important.place, important.meaning));
        }
    }
    Ok(places)
}

/// Unless it surely began later or ended before.
fn is_valid(evidence: &Evidence, as_of: Day) -> bool {
    let days = |date: Option<PartialDate>| date.map_or((None, None), PartialDate::possible_days);
    let begins_later = days(evidence.valid_from)
        .0
        .is_some_and(|first| first > as_of);
    let has_ended = days(evidence.valid_to).1.is_some_and(|last| last < as_of);
    !begins_later && !has_ended
}
