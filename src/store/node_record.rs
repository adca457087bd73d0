//! The node record of a person: public id and first external id, then sections. A section holds what stems from the
//! statements of one steward and seal class, each value with what it takes to choose among sections.

use super::error::StoreError;
use super::records::{append, finish, from_payload, front, payload};
use super::sections::{Section, read_section, write_section};
use crate::model::ids::{
    ExternalId, HouseholdId, NationId, PersonId, PlaceId, PublicId, StatementId,
};
use crate::model::nation::MembershipState;
use crate::model::neighborhood::{
    JoinedRecord, Node, NodeLink, NodeNetworkTie, NodeTie, ScreeningBrief, Vital,
};
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::person::{CautionKind, CautionSet, Gender};
use crate::model::visibility::Visibility;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A value with its place among others of its kind: the highest weight wins, among equals the later statement.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weighed<T> {
    pub weight: i32,
    pub statement: StatementId,
    pub value: T,
}

impl<T> Weighed<T> {
    /// Keeps the better of two.
    pub fn offer(self, place: &mut Option<Weighed<T>>) {
        let wins = place
            .as_ref()
            .is_none_or(|held| (self.weight, self.statement) > (held.weight, held.statement));
        if wins {
            *place = Some(self);
        }
    }
}

/// A name to show. The lowest rank wins, among equals the earlier statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NameBrief<'a> {
    pub rank: u8,
    pub statement: StatementId,
    /// False for how somebody not yet named is spoken of.
    pub named: bool,
    #[serde(borrow)]
    pub text: Cow<'a, str>,
}

impl<'a> NameBrief<'a> {
    /// Keeps the better of two.
    pub fn offer(self, place: &mut Option<NameBrief<'a>>) {
        let wins = place
            .as_ref()
            .is_none_or(|held| (self.rank, self.statement) < (held.rank, held.statement));
        if wins {
            *place = Some(self);
        }
    }
}

/// What one section holds of a person.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct NodeSection<'a> {
    #[serde(borrow)]
    pub name: Option<NameBrief<'a>>,
    pub gender: Option<Weighed<Gender>>,
    pub birth: Option<Weighed<PartialDate>>,
    pub death: Option<Weighed<Vital>>,
    pub place: Option<Weighed<PlaceId>>,
    pub screening: Option<Weighed<ScreeningBrief>>,
    /// With the end of its validity.
    pub cautions: Vec<(CautionKind, Option<PartialDate>)>,
    pub reachable: bool,
    pub nations: Vec<(StatementId, NationId, MembershipState)>,
    #[serde(borrow)]
    pub languages: Vec<(StatementId, Cow<'a, str>)>,
    pub households: Vec<HouseholdId>,
    pub ties: Vec<NodeTie>,
    pub network: Vec<NodeNetworkTie>,
    /// Stands behind all else, and only where there is one: a record without links has the bytes that it always had.
    #[serde(skip)]
    pub links: Vec<NodeLink>,
}

impl<'a> NodeSection<'a> {
    fn encode(&self) -> Result<Vec<u8>, StoreError> {
        let content = append(Vec::with_capacity(128), self)?;
        match self.links.is_empty() {
            true => Ok(content),
            false => append(content, &self.links),
        }
    }

    fn decode(content: &'a [u8]) -> Result<NodeSection<'a>, StoreError> {
        let (mut section, rest): (NodeSection<'a>, _) = postcard::take_from_bytes(content)
            .map_err(|error| StoreError::damaged(format!("unreadable record: {error}")))?;
        if !rest.is_empty() {
            section.links = from_payload(rest)?;
        }
        Ok(section)
    }
}

const PUBLIC_ID_BYTES: usize = 16;

/// The record of a person.
pub fn encode_node(
    public_id: PublicId,
    external_id: Option<&ExternalId>,
    sections: &BTreeMap<Section, NodeSection<'_>>,
) -> Result<Vec<u8>, StoreError> {
    let mut value = front();
    value.extend_from_slice(&public_id.0.to_be_bytes());
    value = append(value, &external_id)?;
    for (section, content) in sections {
        write_section(&mut value, *section, &content.encode()?)?;
    }
    Ok(finish(value))
}

/// A record taken apart, to add to it.
pub struct NodeParts<'a> {
    pub public_id: PublicId,
    pub external_id: Option<ExternalId>,
    pub sections: BTreeMap<Section, NodeSection<'a>>,
}

/// The whole record.
pub fn decode_parts(value: &[u8]) -> Result<NodeParts<'_>, StoreError> {
    let (public_id, external_id, mut rest) = decode_front(value)?;
    let mut sections = BTreeMap::new();
    while let Some((section, content)) = read_section(&mut rest)? {
        sections.insert(section, NodeSection::decode(content)?);
    }
    Ok(NodeParts {
        public_id,
        external_id,
        sections,
    })
}

/// Public id, first external id, and the sections still as bytes.
fn decode_front(value: &[u8]) -> Result<(PublicId, Option<ExternalId>, &[u8]), StoreError> {
    let cut_off = || StoreError::damaged("a node record is cut off");
    let (public_id, rest) = payload(value)?
        .split_first_chunk::<PUBLIC_ID_BYTES>()
        .ok_or_else(cut_off)?;
    let (external_id, rest) = postcard::take_from_bytes::<Option<(&str, &str)>>(rest)
        .map_err(|error| StoreError::damaged(format!("unreadable node record: {error}")))?;
    let external_id = external_id.map(|(source, xref)| ExternalId {
        source: source.to_owned(),
        xref: xref.to_owned(),
    });
    let public_id = PublicId(u128::from_be_bytes(*public_id));
    Ok((public_id, external_id, rest))
}

/// The person as far as the caller may see them; nothing if no section is visible. `day` tells which cautions have ended.
pub fn decode_node(
    id: PersonId,
    value: &[u8],
    visibility: &Visibility,
    day: Day,
) -> Result<Option<Node>, StoreError> {
    let (public_id, external_id, rest) = decode_front(value)?;
    let section = visible_part(rest, visibility)?;
    Ok(section.map(|section| node(id, public_id, external_id, section, day)))
}

/// One person of several records that a verdict joined, the first of which gives the ids. Values are chosen as within
/// one record; where nothing tells, the earlier record's counts. Nothing if none of the records is visible.
pub fn decode_joined(
    records: &[(PersonId, Vec<u8>)],
    visibility: &Visibility,
    day: Day,
) -> Result<Option<Node>, StoreError> {
    let mut whole: Option<(PersonId, PublicId, Option<ExternalId>, NodeSection<'_>)> = None;
    let mut joined = Vec::with_capacity(records.len());
    for (id, value) in records {
        let (public_id, external_id, rest) = decode_front(value)?;
        let Some(section) = visible_part(rest, visibility)? else {
            continue;
        };
        joined.push(JoinedRecord {
            id: *id,
            public_id,
            name: section
                .name
                .as_ref()
                .map_or_else(String::new, |name| name.text.to_string()),
            birth: section.birth.as_ref().map(|birth| birth.value),
        });
        whole = Some(match whole {
            None => (*id, public_id, external_id, section),
            Some((first, public_id, external_id, before)) => {
                (first, public_id, external_id, join(before, section))
            }
        });
    }
    let is_several = joined.len() > 1;
    let whole = whole.map(|(id, public_id, external_id, section)| {
        let mut node = node(id, public_id, external_id, section, day);
        if is_several {
            let of_its_own = |other: PersonId| joined.iter().any(|record| record.id == other);
            node.ties.retain(|tie| !of_its_own(tie.other));
            node.links.retain(|link| !of_its_own(link.other));
            node.records = joined;
        }
        node
    });
    Ok(whole)
}

/// The sections that the caller may see, as one.
fn visible_part<'a>(
    mut rest: &'a [u8],
    visibility: &Visibility,
) -> Result<Option<NodeSection<'a>>, StoreError> {
    let mut merged: Option<NodeSection<'_>> = None;
    while let Some((section, content)) = read_section(&mut rest)? {
        if !section.visible_to(visibility) {
            continue;
        }
        let content = NodeSection::decode(content)?;
        merged = Some(match merged {
            Some(before) => merge(before, content),
            None => content,
        });
    }
    Ok(merged)
}

/// Adds a later record of the same person: of a value that both have, the earlier record's counts unless the later's
/// weighs more, so that nothing depends on what was entered first.
fn join<'a>(mut into: NodeSection<'a>, mut from: NodeSection<'a>) -> NodeSection<'a> {
    let keeps_name = match (&into.name, &from.name) {
        (Some(held), Some(name)) => held.rank <= name.rank,
        (held, _) => held.is_some(),
    };
    if keeps_name {
        from.name = None;
    } else {
        into.name = None;
    }
    choose(&mut into.gender, &mut from.gender);
    let is_closer = match (&into.birth, &from.birth) {
        (Some(held), Some(other)) => {
            held.weight == other.weight && width(other.value) < width(held.value)
        }
        _ => false,
    };
    if is_closer {
        into.birth = None;
    }
    choose(&mut into.birth, &mut from.birth);
    choose(&mut into.death, &mut from.death);
    choose(&mut into.place, &mut from.place);
    choose(&mut into.screening, &mut from.screening);
    merge(into, from)
}

/// How many days a date leaves open: of two as sure the more exact counts.
fn width(date: PartialDate) -> i64 {
    match date.possible_days() {
        (Some(first), Some(last)) => i64::from(last.0) - i64::from(first.0),
        _ => i64::MAX,
    }
}

/// Leaves one of two.
fn choose<T>(earlier: &mut Option<Weighed<T>>, later: &mut Option<Weighed<T>>) {
    if let (Some(held), Some(other)) = (&earlier, &later) {
        if held.weight >= other.weight {
            *later = None;
        } else {
            *earlier = None;
        }
    }
}

fn merge<'a>(mut into: NodeSection<'a>, from: NodeSection<'a>) -> NodeSection<'a> {
    if let Some(name) = from.name {
        name.offer(&mut into.name);
    }
    offer(from.gender, &mut into.gender);
    offer(from.birth, &mut into.birth);
    offer(from.death, &mut into.death);
    offer(from.place, &mut into.place);
    offer(from.screening, &mut into.screening);
    into.cautions.extend(from.cautions);
    into.reachable |= from.reachable;
    into.nations.extend(from.nations);
    into.nations.sort_by_key(|(statement, ..)| *statement);
    into.languages.extend(from.languages);
    into.languages.sort_by_key(|(statement, _)| *statement);
    into.households.extend(from.households);
    into.households.sort_unstable();
    into.ties.extend(from.ties);
    into.ties.sort_by_key(|tie| tie.statement);
    into.network.extend(from.network);
    into.network.sort_by_key(|tie| tie.statement);
    into.links.extend(from.links);
    into.links.sort_by_key(|link| link.statement);
    into
}

fn offer<T>(from: Option<Weighed<T>>, into: &mut Option<Weighed<T>>) {
    if let Some(weighed) = from {
        weighed.offer(into);
    }
}

fn node(
    id: PersonId,
    public_id: PublicId,
    external_id: Option<ExternalId>,
    section: NodeSection<'_>,
    day: Day,
) -> Node {
    let (name, named) = section.name.map_or((String::new(), false), |name| {
        (name.text.into_owned(), name.named)
    });
    Node {
        id,
        public_id,
        external_id,
        name,
        named,
        gender: section
            .gender
            .map_or(Gender::Unknown, |gender| gender.value),
        birth: section.birth.map(|birth| birth.value),
        death: section.death.map_or(Vital::NotSaid, |death| death.value),
        place: section.place.map(|place| place.value),
        cautions: cautions_in_force(&section.cautions, day),
        reachable: section.reachable,
        screening: section.screening.map(|screening| screening.value),
        nations: section
            .nations
            .into_iter()
            .map(|(_, nation, state)| (nation, state))
            .collect(),
        languages: languages(section.languages),
        households: without_repeats(section.households),
        ties: section.ties,
        network: section.network,
        links: section.links,
        records: Vec::new(),
    }
}

/// Only a caution that has surely ended is left out.
fn cautions_in_force(cautions: &[(CautionKind, Option<PartialDate>)], day: Day) -> CautionSet {
    let mut set = CautionSet::default();
    for (kind, until) in cautions {
        let ended = until.map_or(Truth::No, |until| until.before(PartialDate::from_day(day)));
        if ended != Truth::Yes {
            set.insert(*kind);
        }
    }
    set
}

fn languages(stated: Vec<(StatementId, Cow<'_, str>)>) -> Vec<String> {
    let mut languages: Vec<String> = Vec::with_capacity(stated.len());
    for (_, language) in stated {
        if !languages.iter().any(|known| *known == language) {
            languages.push(language.into_owned());
        }
    }
    languages
}

fn without_repeats(mut households: Vec<HouseholdId>) -> Vec<HouseholdId> {
    households.dedup();
    households
}
