//! Derived records of what is not a person, beside the node records: a household's members, and the document of a place,
//! nation, case or waiting family as it stands. In sections, like node records.

use super::error::StoreError;
use super::records::{append, finish, from_payload, front, payload};
use super::sections::{Section, read_section, write_section};
use crate::model::ids::{PersonId, PublicId, Revision, StatementId};
use crate::model::statement::Fact;
use crate::model::visibility::Visibility;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The record with its sections.
pub fn encode_sections<T: Serialize>(
    public_id: PublicId,
    sections: &BTreeMap<Section, T>,
) -> Result<Vec<u8>, StoreError> {
    let mut value = front();
    value.extend_from_slice(&public_id.0.to_be_bytes());
    for (section, content) in sections {
        let content = append(Vec::new(), content)?;
        write_section(&mut value, *section, &content)?;
    }
    Ok(finish(value))
}

/// The members of a household whom the caller may see, each once, by number; nothing if no section is visible.
pub fn decode_members(
    value: &[u8],
    visibility: &Visibility,
) -> Result<Option<Vec<PersonId>>, StoreError> {
    let (_, sections) = decode_sections::<Vec<PersonId>>(value)?;
    let mut seen = false;
    let mut members = Vec::new();
    for (section, part) in sections {
        if section.visible_to(visibility) {
            seen = true;
            members.extend(part);
        }
    }
    members.sort_unstable();
    members.dedup();
    Ok(seen.then_some(members))
}

/// A document with its section, so that a cache can be filtered.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub public_id: PublicId,
    /// The version that stands in each section.
    pub versions: Vec<(Section, Standing<Fact>)>,
}

/// The version of a document that stands, with what orders it among sections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing<F> {
    pub revision: Revision,
    pub statement: StatementId,
    pub fact: F,
}

impl Document {
    pub fn decode(value: &[u8]) -> Result<Document, StoreError> {
        let (public_id, versions) = decode_sections(value)?;
        Ok(Document {
            public_id,
            versions,
        })
    }

    /// The latest version that the caller may see.
    pub fn seen_by(&self, visibility: &Visibility) -> Option<&Fact> {
        self.versions
            .iter()
            .filter(|(section, _)| section.visible_to(visibility))
            .map(|(_, standing)| standing)
            .max_by_key(|standing| (standing.revision, standing.statement))
            .map(|standing| &standing.fact)
    }
}

type Sections<T> = Vec<(Section, T)>;

fn decode_sections<T: DeserializeOwned>(
    value: &[u8],
) -> Result<(PublicId, Sections<T>), StoreError> {
    let (public_id, mut rest) = payload(value)?
        .split_first_chunk::<16>()
        .ok_or_else(|| StoreError::damaged("a derived record is cut off"))?;
    let mut sections = Vec::new();
    while let Some((section, content)) = read_section(&mut rest)? {
        sections.push((section, from_payload(content)?));
    }
    Ok((PublicId(u128::from_be_bytes(*public_id)), sections))
}
