//! Which index entries a subject's statements stand for.

use super::error::StoreError;
use super::history::{History, Version};
use super::index_keys::{IndexKey, kind_byte, kind_of_byte};
use super::records::{TieEntry, decode, encode};
use super::sections::Section;
use super::tie_kind::TieKind;
use crate::model::ids::{Subject, SubjectKind};
use crate::model::statement::Fact;
use crate::names::normalize::fold;
use std::collections::BTreeMap;

/// The index entries of one subject, by key.
pub fn index_entries(history: &History) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, StoreError> {
    let mut entries = BTreeMap::new();
    add_identities(history, &mut entries)?;
    for version in history.live() {
        add_names(history.subject, version, &mut entries)?;
    }
    add_ties(history, &mut entries)?;
    Ok(entries)
}

/// The subject that an entry of a public or external id stands for.
pub fn decode_subject(value: &[u8]) -> Result<Subject, StoreError> {
    let (kind, number): (u8, u64) = decode(value)?;
    let kind = kind_of_byte(kind)
        .ok_or_else(|| StoreError::damaged(format!("there is no kind of subject {kind}")))?;
    Ok(kind.subject(number))
}

/// Whether all subjects of a kind can be listed. People and households are too many.
pub fn is_listed(kind: SubjectKind) -> bool {
    !matches!(kind, SubjectKind::Person | SubjectKind::Household)
}

type Entries = BTreeMap<Vec<u8>, Vec<u8>>;

fn add_identities(history: &History, entries: &mut Entries) -> Result<(), StoreError> {
    let kind = history.subject.kind();
    let number = history.subject.number();
    let subject = encode(&(kind_byte(kind), number))?;
    for (steward, external_id) in &history.header.external_ids {
        let key = IndexKey::ExternalId {
            steward: *steward,
            kind,
            external_id: external_id.clone(),
        };
        entries.insert(key.encode(), subject.clone());
    }
    if is_listed(kind) {
        entries.insert(IndexKey::OfKind { kind, number }.encode(), encode(&())?);
    }
    let public_id = IndexKey::PublicId(history.header.public_id());
    entries.insert(public_id.encode(), subject);
    Ok(())
}

fn add_names(subject: Subject, version: &Version, entries: &mut Entries) -> Result<(), StoreError> {
    let section = Section::of(&version.statement.evidence);
    match (subject, version.fact()) {
        (Subject::Person(person), Fact::Name(name)) => {
            let key = IndexKey::PersonName {
                folded: fold(&name.full),
                person: person.0,
                section,
            };
            entries.insert(key.encode(), encode(&())?);
        }
        (Subject::Place(place), Fact::Place(content)) => {
            let key = IndexKey::PlaceName {
                folded: fold(&content.name),
                region: fold(&content.region),
                place: place.0,
                section,
            };
            entries.insert(key.encode(), encode(&())?);
        }
        (Subject::Nation(nation), Fact::Nation(content)) => {
            let names = std::iter::once(&content.name).chain(&content.other_names);
            for name in names {
                let key = IndexKey::NationName {
                    folded: fold(name),
                    nation: nation.0,
                    section,
                };
                entries.insert(key.encode(), encode(&())?);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Every tie that any version made, so that the past can be asked for too.
fn add_ties(history: &History, entries: &mut Entries) -> Result<(), StoreError> {
    let latest = history.latest();
    if latest.len() < history.versions.len() {
        let now: BTreeMap<_, _> = latest
            .iter()
            .map(|version| (version.id(), *version))
            .collect();
        for version in &history.versions {
            if let Some(latest) = now.get(&version.id()) {
                let past = TieEntry {
                    live: false,
                    ..tie_entry(latest)
                };
                add_ties_of(history.subject, version, past, entries)?;
            }
        }
    }
    for version in latest {
        add_ties_of(history.subject, version, tie_entry(version), entries)?;
    }
    Ok(())
}

fn tie_entry(latest: &Version) -> TieEntry {
    TieEntry {
        section: Section::of(&latest.statement.evidence),
        live: latest.is_live(),
        open: latest.statement.evidence.valid_to.is_none(),
    }
}

fn add_ties_of(
    subject: Subject,
    version: &Version,
    entry: TieEntry,
    entries: &mut Entries,
) -> Result<(), StoreError> {
    let Some(kind) = TieKind::of(version.fact()) else {
        return Ok(());
    };
    for other in version.fact().other_subjects() {
        let key = IndexKey::Tie {
            other: other.number(),
            kind,
            subject: subject.number(),
            statement: version.id(),
        };
        entries.insert(key.encode(), encode(&entry)?);
    }
    Ok(())
}
