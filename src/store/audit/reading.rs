//! Entries of the record, for auditors.

use super::chain::split;
use crate::model::audit::AuditEntry;
use crate::model::ids::{PublicId, Revision, Subject};
use crate::store::backend::{Order, STOP, Table};
use crate::store::error::StoreError;
use crate::store::keys;
use crate::store::records::decode;
use crate::store::snapshot::Snapshot;
use std::ops::ControlFlow;

/// Which entries are asked for; what is not set does not matter.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Somebody who was shown or changed.
    pub person: Option<(Subject, PublicId)>,
    pub actor: Option<String>,
    /// A case, by its resource name: named in the request, or changed.
    pub case: Option<(Subject, String)>,
    pub method: Option<String>,
    /// Seconds since 1970-01-01 UTC, from and up to but without.
    pub from: Option<i64>,
    pub until: Option<i64>,
}

/// An entry and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEntry {
    pub place: Revision,
    pub hash: [u8; 32],
    pub entry: AuditEntry,
}

/// Some entries, and whether there are more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditPage {
    pub entries: Vec<ListedEntry>,
    /// Where the next page begins: after this place; nothing at the end.
    pub more_after: Option<Revision>,
}

impl AuditFilter {
    fn lets_through(&self, entry: &AuditEntry) -> bool {
        let names = |subject: &Subject| {
            let changed = entry.changed.as_ref();
            changed.is_some_and(|changed| changed.subjects.contains(subject))
        };
        let person = (self.person.as_ref())
            .is_none_or(|(subject, id)| entry.level_of(*id).is_some() || names(subject));
        let case = (self.case.as_ref())
            .is_none_or(|(subject, name)| entry.case == *name || names(subject));
        let same = |asked: &Option<String>, is: &str| asked.as_ref().is_none_or(|it| it == is);
        person
            && case
            && same(&self.actor, &entry.actor)
            && same(&self.method, &entry.method)
            && self.from.is_none_or(|from| entry.at >= from)
    }

    fn is_past(&self, entry: &AuditEntry) -> bool {
        self.until.is_some_and(|until| entry.at >= until)
    }
}

impl Snapshot<'_> {
    /// Entries of the record after a place, oldest first, at most `limit`.
    pub fn audit_entries(
        &self,
        filter: &AuditFilter,
        after: Revision,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        let mut page = AuditPage::default();
        let mut range = keys::everything();
        range.start = keys::revision(after).to_vec();
        range.start.push(0);
        self.view.scan(
            Table::Access,
            &range,
            Order::Ascending,
            self.deadline,
            &mut |key, value| {
                let place = keys::parse_revision(key)
                    .ok_or_else(|| StoreError::damaged("unreadable key in the record of access"))?;
                let (hash, body) = split(value)?;
                let entry: AuditEntry = decode(body)?;
                if filter.is_past(&entry) {
                    return STOP;
                }
                if !filter.lets_through(&entry) {
                    return Ok(ControlFlow::Continue(()));
                }
                if page.entries.len() == limit {
                    page.more_after = page.entries.last().map(|last| last.place);
                    return STOP;
                }
                page.entries.push(ListedEntry {
                    place,
                    hash: *hash,
                    entry,
                });
                Ok(ControlFlow::Continue(()))
            },
        )?;
        Ok(page)
    }
}
