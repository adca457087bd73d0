//! People: node records, households, names.

use super::backend::{GO_ON, Order, STOP, Table};
use super::derive::{Contribution, contributions, record};
use super::error::StoreError;
use super::history::{self, History};
use super::index_keys::{self, IndexKey};
use super::keys;
use super::node_record::{decode_joined, decode_node};
use super::other_records::decode_members;
use super::snapshot::Snapshot;
use super::tie_kind::TieKind;
use crate::model::ids::{HouseholdId, PersonId, Revision};
use crate::model::neighborhood::Node;
use crate::model::visibility::Visibility;
use crate::names::normalize::fold;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// A person found by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPerson {
    pub person: PersonId,
    /// The name that was found, folded.
    pub folded: String,
}

impl Snapshot<'_> {
    /// The nodes of people, in the order asked for, in one read. Nothing where there is no such person for the caller.
    pub fn nodes(
        &self,
        people: &[PersonId],
        visibility: &Visibility,
    ) -> Result<Vec<Option<Node>>, StoreError> {
        let keys: Vec<[u8; 8]> = people.iter().map(|person| keys::number(person.0)).collect();
        self.values(Table::Nodes, &keys, |position, value| {
            decode_node(people[position], value, visibility, self.day)
        })
    }

    /// One node for each group of records that a verdict joined, the ids of the first record standing for all. Nothing
    /// where none of a group is there for the caller.
    pub fn joined_nodes(
        &self,
        groups: &[Vec<PersonId>],
        visibility: &Visibility,
    ) -> Result<Vec<Option<Node>>, StoreError> {
        let all: Vec<PersonId> = groups.iter().flatten().copied().collect();
        let keys: Vec<[u8; 8]> = all.iter().map(|person| keys::number(person.0)).collect();
        let values = self.values(Table::Nodes, &keys, |_, value| Ok(Some(value.to_vec())))?;
        let mut records = all.into_iter().zip(values);
        let mut nodes = Vec::with_capacity(groups.len());
        for group in groups {
            let of_group: Vec<(PersonId, Vec<u8>)> = records
                .by_ref()
                .take(group.len())
                .filter_map(|(person, value)| Some((person, value?)))
                .collect();
            nodes.push(decode_joined(&of_group, visibility, self.day)?);
        }
        Ok(nodes)
    }

    /// The nodes of people as they were known at a revision, derived from statements. Whoever may not see a statement
    /// now does not see it in the past either.
    pub fn nodes_known_on(
        &self,
        people: &[PersonId],
        revision: Revision,
        visibility: &Visibility,
    ) -> Result<Vec<Option<Node>>, StoreError> {
        let mut histories = PastHistories::default();
        let mut nodes = Vec::with_capacity(people.len());
        for person in people {
            nodes.push(self.node_known_on(*person, revision, visibility, &mut histories)?);
        }
        Ok(nodes)
    }

    fn node_known_on(
        &self,
        person: PersonId,
        revision: Revision,
        visibility: &Visibility,
        histories: &mut PastHistories,
    ) -> Result<Option<Node>, StoreError> {
        let Some(own) = histories.get(self, person.0, revision, visibility)? else {
            return Ok(None);
        };
        let own = own.clone();
        let mut contributed: Vec<Contribution> = Vec::new();
        for subject in self.ever_tied(person)? {
            if let Some(tied) = histories.get(self, subject, revision, visibility)? {
                contributions(tied, &mut |contribution| {
                    if contribution.other == person.0 {
                        contributed.push(contribution);
                    }
                });
            }
        }
        match record(&own, &contributed)? {
            Some(value) => decode_node(person, &value, visibility, self.day),
            None => Ok(None),
        }
    }

    /// Everybody who was ever said to be tied to a person in a way that shows at both ends.
    fn ever_tied(&self, person: PersonId) -> Result<BTreeSet<u64>, StoreError> {
        let mut subjects = BTreeSet::new();
        for kind in TieKind::WALKED_BOTH_WAYS {
            subjects.extend(
                self.index(&index_keys::ties(person.0, kind), |key, _| match key {
                    IndexKey::Tie { subject, .. } => Ok(Some(subject)),
                    _ => Ok(None),
                })?,
            );
        }
        Ok(subjects)
    }

    /// The present members of households, in the order asked for, in one read. Empty where the caller sees none.
    pub fn household_members(
        &self,
        households: &[HouseholdId],
        visibility: &Visibility,
    ) -> Result<Vec<Vec<PersonId>>, StoreError> {
        let keys: Vec<[u8; 8]> = households.iter().map(|id| keys::number(id.0)).collect();
        let members = self.values(Table::Nodes, &keys, |_, value| {
            decode_members(value, visibility)
        })?;
        Ok(members.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// People one of whose names begins with the text, by folded name, each name once; at most `limit`.
    pub fn people_named(
        &self,
        beginning: &str,
        limit: usize,
        visibility: &Visibility,
    ) -> Result<Vec<NamedPerson>, StoreError> {
        let mut found: Vec<NamedPerson> = Vec::new();
        if limit == 0 {
            return Ok(found);
        }
        let range = index_keys::person_names(&fold(beginning));
        self.view.scan(
            Table::Index,
            &range,
            Order::Ascending,
            self.deadline,
            &mut |key, _| {
                let Some(IndexKey::PersonName {
                    folded,
                    person,
                    section,
                }) = IndexKey::decode(key)
                else {
                    return Err(StoreError::damaged("unreadable name in the index"));
                };
                let named = NamedPerson {
                    person: PersonId(person),
                    folded,
                };
                if section.visible_to(visibility) && found.last() != Some(&named) {
                    found.push(named);
                }
                if found.len() == limit { STOP } else { GO_ON }
            },
        )?;
        Ok(found)
    }
}

/// Histories of one moment in the past, without what the caller may not see.
#[derive(Default)]
struct PastHistories(HashMap<u64, Option<History>>);

impl PastHistories {
    fn get(
        &mut self,
        snapshot: &Snapshot<'_>,
        number: u64,
        revision: Revision,
        visibility: &Visibility,
    ) -> Result<Option<&History>, StoreError> {
        let known = match self.0.entry(number) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let read = history::read(&*snapshot.view, number, snapshot.deadline)?;
                place.insert(read.map(|history| history.visible_to(visibility).known_on(revision)))
            }
        };
        Ok(known.as_ref())
    }
}
