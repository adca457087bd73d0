//! Places, by number and by name.

use super::error::StoreError;
use super::index_keys::{self, IndexKey};
use super::snapshot::Snapshot;
use crate::model::ids::{PlaceId, PublicId};
use crate::model::person::Place;
use crate::model::statement::Fact;
use crate::model::visibility::Visibility;
use crate::names::normalize::fold;

impl Snapshot<'_> {
    /// Places with their public ids, in the order asked for, in one read.
    pub fn places(
        &self,
        ids: &[PlaceId],
        visibility: &Visibility,
    ) -> Result<Vec<Option<(PublicId, Place)>>, StoreError> {
        let numbers: Vec<u64> = ids.iter().map(|id| id.0).collect();
        let documents = self.documents(&numbers)?.into_iter();
        Ok(documents
            .map(|document| {
                let document = document?;
                match document.seen_by(visibility)? {
                    Fact::Place(place) => Some((document.public_id, place.clone())),
                    _ => None,
                }
            })
            .collect())
    }

    /// Places of this name, without regard to case and marks; in one region, or in any (nothing).
    pub fn places_named(
        &self,
        name: &str,
        region: Option<&str>,
        visibility: &Visibility,
    ) -> Result<Vec<PlaceId>, StoreError> {
        let wanted = region.map(fold);
        let range = index_keys::place_names(&fold(name));
        let mut found = self.index(&range, |key, _| match key {
            IndexKey::PlaceName {
                region,
                place,
                section,
                ..
            } if section.visible_to(visibility)
                && wanted.as_ref().is_none_or(|wanted| *wanted == region) =>
            {
                Ok(Some(PlaceId(place)))
            }
            _ => Ok(None),
        })?;
        found.dedup();
        Ok(found)
    }
}
