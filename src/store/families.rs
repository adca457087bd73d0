//! Waiting families. All profiles are kept decoded in memory until one changes, so that a question does not pay for
//! reading thousands.

use super::error::StoreError;
use super::index_keys::{self, IndexKey};
use super::other_records::Document;
use super::recording::ALL_FAMILIES;
use super::snapshot::Snapshot;
use crate::model::ids::{PublicId, Revision, SubjectKind, WaitingFamilyId};
use crate::model::statement::Fact;
use crate::model::visibility::Visibility;
use crate::model::waiting_family::WaitingFamily;
use std::sync::{Arc, Mutex, PoisonError};

/// Every waiting family that a caller may see, by name.
pub type WaitingFamilies = Arc<Vec<(WaitingFamilyId, PublicId, WaitingFamily)>>;

/// What was read last, and for which revision of the families. One list for callers who see everything, and the
/// documents for all others.
#[derive(Default)]
pub struct FamilyCache(Mutex<Option<Cached>>);

#[derive(Clone)]
struct Cached {
    revision: Revision,
    documents: Arc<Vec<(WaitingFamilyId, Document)>>,
    lists: Vec<(Visibility, WaitingFamilies)>,
}

/// Callers' lists kept besides the documents.
const LISTS: usize = 16;

impl Snapshot<'_> {
    /// All waiting families that the caller may see, by name.
    pub fn all_waiting_families(
        &self,
        visibility: &Visibility,
    ) -> Result<WaitingFamilies, StoreError> {
        if let Some(read) = &self.read {
            read.note([ALL_FAMILIES]);
        }
        let cached = match self.families.held(self.state.families) {
            Some(cached) => cached,
            None => self.families.hold(Cached {
                revision: self.state.families,
                documents: Arc::new(match &self.read {
                    Some(read) => read.unnoted(|| self.family_documents())?,
                    None => self.family_documents()?,
                }),
                lists: Vec::new(),
            }),
        };
        let known = cached.lists.iter().find(|(seen, _)| seen == visibility);
        if let Some((_, list)) = known {
            return Ok(list.clone());
        }
        let list = Arc::new(visible(&cached.documents, visibility));
        let mut lists = cached.lists.clone();
        lists.truncate(LISTS - 1);
        lists.insert(0, (visibility.clone(), list.clone()));
        self.families.hold(Cached { lists, ..cached });
        Ok(list)
    }

    fn family_documents(&self) -> Result<Vec<(WaitingFamilyId, Document)>, StoreError> {
        let range = index_keys::of_kind(SubjectKind::WaitingFamily);
        let numbers = self.index(&range, |key, _| match key {
            IndexKey::OfKind { number, .. } => Ok(Some(number)),
            _ => Ok(None),
        })?;
        let documents = self.documents(&numbers)?;
        let found = numbers.into_iter().zip(documents);
        Ok(found
            .filter_map(|(number, document)| Some((WaitingFamilyId(number), document?)))
            .collect())
    }
}

impl FamilyCache {
    fn held(&self, revision: Revision) -> Option<Cached> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone().filter(|cached| cached.revision == revision)
    }

    /// Keeps what was read, unless something newer is held.
    fn hold(&self, cached: Cached) -> Cached {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held
            .as_ref()
            .is_none_or(|old| old.revision <= cached.revision)
        {
            *held = Some(cached.clone());
        }
        cached
    }
}

fn visible(
    documents: &[(WaitingFamilyId, Document)],
    visibility: &Visibility,
) -> Vec<(WaitingFamilyId, PublicId, WaitingFamily)> {
    let seen =
        documents
            .iter()
            .filter_map(|(id, document)| match document.seen_by(visibility)? {
                Fact::WaitingFamily(family) => Some((*id, document.public_id, (**family).clone())),
                _ => None,
            });
    let mut families: Vec<(WaitingFamilyId, PublicId, WaitingFamily)> = seen.collect();
    families.sort_by(|one, other| (&one.2.name, one.1).cmp(&(&other.2.name, other.1)));
    families
}
