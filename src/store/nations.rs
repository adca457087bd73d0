//! Nations, by number and by any of their names.

use super::error::StoreError;
use super::index_keys::{self, IndexKey};
use super::snapshot::Snapshot;
use crate::model::ids::{NationId, PublicId, SubjectKind};
use crate::model::nation::Nation;
use crate::model::statement::Fact;
use crate::model::visibility::Visibility;
use crate::names::normalize::fold;

impl Snapshot<'_> {
    /// Nations with their public ids, in the order asked for, in one read.
    pub fn nations(
        &self,
        ids: &[NationId],
        visibility: &Visibility,
    ) -> Result<Vec<Option<(PublicId, Nation)>>, StoreError> {
        let numbers: Vec<u64> = ids.iter().map(|id| id.0).collect();
        let documents = self.documents(&numbers)?.into_iter();
        Ok(documents
            .map(|document| {
                let document = document?;
                match document.seen_by(visibility)? {
                    Fact::Nation(nation) => Some((document.public_id, (**nation).clone())),
                    _ => None,
                }
            })
            .collect())
    }

    /// All nations that there are, by number, whoever may see them.
    pub fn all_nations(&self) -> Result<Vec<NationId>, StoreError> {
        self.index(
            &index_keys::of_kind(SubjectKind::Nation),
            |key, _| match key {
                IndexKey::OfKind { number, .. } => Ok(Some(NationId(number))),
                _ => Ok(None),
            },
        )
    }

    /// Nations one of whose names is this, without regard to case and marks.
    pub fn nations_named(
        &self,
        name: &str,
        visibility: &Visibility,
    ) -> Result<Vec<NationId>, StoreError> {
        let range = index_keys::nation_names(&fold(name));
        let mut found = self.index(&range, |key, _| match key {
            IndexKey::NationName {
                nation, section, ..
            } if section.visible_to(visibility) => Ok(Some(NationId(nation))),
            _ => Ok(None),
        })?;
        found.dedup();
        Ok(found)
    }
}
