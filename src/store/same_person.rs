//! Same-person links of the whole store, by verdict and likelihood.

use super::backend::{GO_ON, Order, STOP, Table};
use super::error::StoreError;
use super::index_keys::{self, IndexKey};
use super::snapshot::Snapshot;
use crate::model::ids::{PersonId, StatementId};
use crate::model::same_person::{Probability, Verdict};
use crate::model::visibility::Visibility;

/// Where a link stands in the list of its verdict: the likeliest first, those without a score last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkPosition {
    /// Millionths short of certain; one more than those for a link without a score.
    pub unlikeliness: u32,
    /// The person of whom the link is said.
    pub subject: PersonId,
    pub statement: StatementId,
}

impl LinkPosition {
    pub fn new(
        probability: Option<Probability>,
        subject: PersonId,
        statement: StatementId,
    ) -> LinkPosition {
        let certain = Probability::CERTAIN.millionths();
        let unlikeliness = probability.map_or(certain + 1, |known| certain - known.millionths());
        LinkPosition {
            unlikeliness,
            subject,
            statement,
        }
    }
}

impl Snapshot<'_> {
    /// The links of a verdict that stand behind a position: one page of what the caller may see.
    pub fn same_person_links(
        &self,
        verdict: Verdict,
        after: Option<LinkPosition>,
        limit: usize,
        visibility: &Visibility,
    ) -> Result<Vec<LinkPosition>, StoreError> {
        let mut found = Vec::new();
        if limit == 0 {
            return Ok(found);
        }
        self.view.scan(
            Table::Index,
            &index_keys::same_person_links(verdict, after),
            Order::Ascending,
            self.deadline,
            &mut |key, _| {
                let Some(IndexKey::SamePerson {
                    position, section, ..
                }) = IndexKey::decode(key)
                else {
                    return Err(StoreError::damaged("unreadable link in the index"));
                };
                if section.visible_to(visibility) && after != Some(position) {
                    found.push(position);
                }
                if found.len() == limit { STOP } else { GO_ON }
            },
        )?;
        Ok(found)
    }
}
