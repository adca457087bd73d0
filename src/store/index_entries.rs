//! Which index entries a subject's statements stand for.

use super::error::StoreError;
use super::history::{History, Version};
use super::index_keys::{IndexKey, kind_byte, kind_of_byte};
use super::records::{TieEntry, decode, encode};
use super::same_person::LinkPosition;
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
        add_contents(history.subject, version, &mut entries)?;
    }
    add_ties(history, &mut entries)?;
    Ok(entries)
}

/// The index entries that new statements add to those of their subject.
pub fn entries_of_new(
    subject: Subject,
    added: &[Version],
) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, StoreError> {
    let mut entries = BTreeMap::new();
    for version in added {
        if version.is_live() {
            add_contents(subject, version, &mut entries)?;
        }
        add_ties_of(subject, version, tie_entry(version), &mut entries)?;
    }
    Ok(entries)
}

/// The subject that an entry of a public or external id stands for.
pub fn decode_subject(value: &[u8]) -> Result<Subject, StoreError> {
    let (kind, number): (u8, u64) = decode(value)?;
    let kind = kind_of_byte(kind)
        .ok_or_else(|| StoreError::damaged(format!("there is no kind of subject {kind}")))?;
    Ok(kind.subject(number))
}

/// Whether all subjects of a kind can be listed. People are too many.
pub fn is_listed(kind: SubjectKind) -> bool {
    kind != SubjectKind::Person
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

/// "joseph mary" for "mary joseph", so that people are found by the beginning of their family name too. The family
/// name is the part recorded as such, else the last word; nothing for a name of one word.
fn family_first(folded: &str, family: &str) -> Option<String> {
    let (rest, family) = match folded.strip_suffix(family) {
        Some(rest) if !family.is_empty() && rest.ends_with(' ') => (rest.trim_end(), family),
        _ => folded.rsplit_once(' ')?,
    };
    (!rest.is_empty()).then(|| format!("{family} {rest}"))
}

/// Names and same-person links.
fn add_contents(
    subject: Subject,
    version: &Version,
    entries: &mut Entries,
) -> Result<(), StoreError> {
    let section = Section::of(&version.statement.evidence);
    match (subject, version.fact()) {
        (Subject::Person(person), Fact::Name(name)) => {
            let folded = fold(&name.full);
            let family_first = family_first(&folded, &fold(&name.family));
            for folded in std::iter::once(folded).chain(family_first) {
                let key = IndexKey::PersonName {
                    folded,
                    person: person.0,
                    section,
                };
                entries.insert(key.encode(), encode(&())?);
            }
        }
        (Subject::Person(person), Fact::SamePerson(link)) => {
            let key = IndexKey::SamePerson {
                verdict: link.verdict,
                position: LinkPosition::new(link.probability, person, version.id()),
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

#[cfg(test)]
mod tests {
    use super::family_first;

    #[test]
    fn a_family_name_is_found_first_or_last() {
        let table = [
            ("mary joseph", "", Some("joseph mary")),
            (
                "mary ann van der berg",
                "van der berg",
                Some("van der berg mary ann"),
            ),
            ("prince", "", None),
            ("joseph", "joseph", None),
        ];
        for (folded, family, expected) in table {
            assert_eq!(family_first(folded, family).as_deref(), expected);
        }
    }
}
