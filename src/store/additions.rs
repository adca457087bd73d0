//! Adds to derived records and index entries what new statements say, without reading anybody's history. Only for
//! subjects whose earlier statements all stand as they stood. Adding to a record gives the bytes that making it anew
//! gives, because new statements have the highest numbers and both go through `derive::add_to_person`.

use super::backend::{Deadline, ReadView, Table, get};
use super::derive::{Content, Contribution, add_to_person, contributions_of};
use super::error::StoreError;
use super::history::{self, Version};
use super::index_entries::entries_of_new;
use super::keys;
use super::node_record::{NodeParts, decode_parts, encode_node};
use super::overlay::Overlay;
use super::records::{Header, decode};
use super::search_entries::{search_entries, takes_part};
use super::search_index;
use crate::lookup::keys::KeyMaker;
use crate::model::ids::Subject;
use std::collections::{BTreeMap, BTreeSet};

/// What a commit group did to one subject.
#[derive(Clone, Debug)]
pub struct Change {
    pub subject: Subject,
    /// The group created the subject.
    pub created: bool,
    /// An earlier statement has a new version, so that what is derived must be made anew.
    pub corrects: bool,
    /// In the order of their ids, unless earlier ones are corrected.
    pub added: Vec<Version>,
}

impl Change {
    /// A new subject.
    pub fn creation(subject: Subject) -> Change {
        Change {
            created: true,
            ..Change::addition(subject)
        }
    }

    /// A subject that was known before.
    pub fn addition(subject: Subject) -> Change {
        Change {
            subject,
            created: false,
            corrects: false,
            added: Vec::new(),
        }
    }

    /// Adds what a later transaction did.
    pub fn append(&mut self, later: Change) {
        self.created |= later.created;
        self.corrects |= later.corrects;
        self.added.extend(later.added);
    }

    fn live(&self) -> impl Iterator<Item = &Version> {
        self.added.iter().filter(|version| version.is_live())
    }
}

/// Writes what the changes add, but for records of subjects in `anew`. Returns `anew` with the subjects whose records
/// cannot be added to: all but people, and people whose record is missing or damaged.
pub fn apply(
    overlay: &mut Overlay<'_>,
    changes: &BTreeMap<u64, Change>,
    mut anew: BTreeSet<u64>,
) -> Result<BTreeSet<u64>, StoreError> {
    let mut people: BTreeMap<u64, Vec<Contribution>> = BTreeMap::new();
    let mut maker = KeyMaker::default();
    for (&number, change) in changes.iter().filter(|(_, change)| !change.corrects) {
        for (key, value) in entries_of_new(change.subject, &change.added)? {
            overlay.put(Table::Index, key, value);
        }
        match change.subject {
            Subject::Person(_) => {
                people.entry(number).or_default();
                add_to_search(overlay, change, &mut maker)?;
            }
            _ => _ = anew.insert(number),
        }
        for version in change.live() {
            contributions_of(
                change.subject,
                version,
                &mut |contribution| match contribution.content {
                    Content::Tie(_) | Content::Link(_) => {
                        let contributed = people.entry(contribution.other).or_default();
                        contributed.push(contribution);
                    }
                    Content::Member(_) => _ = anew.insert(contribution.other),
                },
            );
        }
    }
    people.retain(|number, _| !anew.contains(number));
    let records = records_before(overlay, &people, changes)?;
    for (number, contributed) in &people {
        let change = changes.get(number);
        let record = records.get(number).map(Vec::as_slice);
        match added_to(overlay, *number, record, change, contributed)? {
            Added::Record(value) => overlay.put(Table::Nodes, keys::number(*number), value),
            Added::Nothing => {}
            Added::CannotBe => _ = anew.insert(*number),
        }
    }
    Ok(anew)
}

/// The search index compares all that is known together, so that for somebody known before their statements are read; only
/// if what is new has a part in it.
fn add_to_search(
    overlay: &mut Overlay<'_>,
    change: &Change,
    maker: &mut KeyMaker,
) -> Result<(), StoreError> {
    if !change.live().any(|version| takes_part(version.fact())) {
        return Ok(());
    }
    let number = change.subject.number();
    let known = if change.created {
        None
    } else {
        history::read(overlay.base(), number, Deadline::NONE)?
    };
    let before = known
        .as_ref()
        .map_or_else(Vec::new, |known| known.live().collect());
    let old = search_entries(change.subject, before.iter().copied(), maker);
    let new = search_entries(
        change.subject,
        before.into_iter().chain(change.live()),
        maker,
    );
    search_index::update(overlay, number, &old, &new, maker)
}

/// The records of people that the group did not create.
fn records_before(
    overlay: &Overlay<'_>,
    people: &BTreeMap<u64, Vec<Contribution>>,
    changes: &BTreeMap<u64, Change>,
) -> Result<BTreeMap<u64, Vec<u8>>, StoreError> {
    let known_before = |number: &u64| !changes.get(number).is_some_and(|change| change.created);
    let numbers: Vec<u64> = people.keys().copied().filter(known_before).collect();
    let keys: Vec<[u8; 8]> = numbers.iter().map(|number| keys::number(*number)).collect();
    let keys: Vec<&[u8]> = keys.iter().map(<[u8; 8]>::as_slice).collect();
    let mut records = BTreeMap::new();
    overlay.get_many(
        Table::Nodes,
        &keys,
        Deadline::NONE,
        &mut |position, value| {
            records.extend(value.map(|value| (numbers[position], value.to_vec())));
            Ok(())
        },
    )?;
    Ok(records)
}

enum Added {
    Record(Vec<u8>),
    /// Nothing stands of a new person.
    Nothing,
    CannotBe,
}

fn added_to(
    overlay: &Overlay<'_>,
    number: u64,
    record: Option<&[u8]>,
    change: Option<&Change>,
    contributed: &[Contribution],
) -> Result<Added, StoreError> {
    let parts = match record {
        Some(record) => decode_parts(record).ok(),
        None if change.is_some_and(|change| change.created) => new_parts(overlay, number)?,
        None => None,
    };
    let Some(mut parts) = parts else {
        return Ok(Added::CannotBe);
    };
    let own = change.into_iter().flat_map(Change::live);
    add_to_person(&mut parts.sections, own, contributed);
    if parts.sections.is_empty() {
        return Ok(Added::Nothing);
    }
    encode_node(parts.public_id, parts.external_id.as_ref(), &parts.sections).map(Added::Record)
}

/// The record of a new person, still without content.
fn new_parts(overlay: &Overlay<'_>, number: u64) -> Result<Option<NodeParts<'static>>, StoreError> {
    let Some(value) = get(overlay, Table::Statements, &keys::header(number))? else {
        return Ok(None);
    };
    let header: Header = decode(&value)?;
    let public_id = header.public_id();
    let external_id = header.external_ids.into_iter().next();
    Ok(Some(NodeParts {
        public_id,
        external_id: external_id.map(|(_, external_id)| external_id),
        sections: BTreeMap::new(),
    }))
}
