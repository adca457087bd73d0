//! People by name: exact or by the beginning of a name.

use super::relations::summary;
use super::same_person::each_person_once;
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::PersonId;
use crate::model::lead::PersonSummary;
use crate::model::partial_date::Day;
use crate::names::normalize::fold;
use crate::store::Store;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub struct SearchPeople {
    pub name: String,
    /// At most this many, 1 to 1000.
    pub limit: usize,
    /// Who has died is told as of this day.
    pub today: Day,
}

/// The most that can be asked for.
pub const MOST: usize = 1000;
/// A person may have several names that begin alike.
const NAMES_PER_PERSON: usize = 4;

/// People one of whose names, folded, begins with the text; whole matches first, then by name.
pub fn search_people(
    store: &Store,
    permit: &Permit,
    question: &SearchPeople,
) -> Result<Vec<PersonSummary>, Error> {
    if question.name.trim().is_empty() {
        return Err(Error::invalid("name", "say which name to look for"));
    }
    if !(1..=MOST).contains(&question.limit) {
        return Err(Error::invalid(
            "limit",
            format!("must be 1 to {MOST}, not {}", question.limit),
        ));
    }
    let snapshot = permit.snapshot(store)?;
    let folded = fold(&question.name);
    let named = snapshot.people_named(
        &folded,
        question.limit.saturating_mul(NAMES_PER_PERSON),
        permit.visibility(),
    )?;
    let mut best: BTreeMap<PersonId, (bool, String)> = BTreeMap::new();
    for found in named {
        let rank = (found.folded != folded, found.folded);
        let known = best.entry(found.person).or_insert_with(|| rank.clone());
        if rank < *known {
            *known = rank;
        }
    }
    let mut ranked: Vec<((bool, String), PersonId)> = best
        .into_iter()
        .map(|(person, rank)| (rank, person))
        .collect();
    ranked.sort();
    ranked.truncate(question.limit);
    let people: Vec<PersonId> = ranked.into_iter().map(|(_, person)| person).collect();
    let found = each_person_once(&snapshot, permit, &people)?;
    Ok(found
        .iter()
        .map(|node| summary(node, question.today))
        .collect())
}
