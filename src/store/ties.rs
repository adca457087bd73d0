//! Ties from the side of their other end: a teacher's pupils, a nation's members, a person's foster children. Paged,
//! because there may be thousands.

use super::backend::{GO_ON, Order, STOP, Table};
use super::error::StoreError;
use super::index_keys::{self, IndexKey};
use super::records::{TieEntry, decode};
use super::snapshot::Snapshot;
use super::tie_kind::TieKind;
use crate::model::ids::{PersonId, StatementId, Subject};
use crate::model::visibility::Visibility;

/// A subject whose statement ties it to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tied {
    pub subject: Subject,
    pub statement: StatementId,
    /// No end is recorded.
    pub open: bool,
}

/// Which part of a long list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The last entry of the page before; nothing for the first page.
    pub after: Option<Tied>,
    pub limit: usize,
}

impl Page {
    pub fn first(limit: usize) -> Page {
        Page { after: None, limit }
    }
}

impl Snapshot<'_> {
    /// Who is tied to a subject in one way, by number: one page of what the caller may see.
    pub fn tied_to(
        &self,
        other: Subject,
        kind: TieKind,
        page: Page,
        visibility: &Visibility,
    ) -> Result<Vec<Tied>, StoreError> {
        let mut found = Vec::new();
        if page.limit == 0 {
            return Ok(found);
        }
        let mut range = index_keys::ties(other.number(), kind);
        if let Some(last) = page.after {
            let key = IndexKey::Tie {
                other: other.number(),
                kind,
                subject: last.subject.number(),
                statement: StatementId(last.statement.0.saturating_add(1)),
            };
            range.start = key.encode();
        }
        self.view.scan(
            Table::Index,
            &range,
            Order::Ascending,
            self.deadline,
            &mut |key, value| {
                let entry: TieEntry = decode(value)?;
                if entry.live && entry.section.visible_to(visibility) {
                    found.push(tied(key, kind, entry)?);
                }
                if found.len() == page.limit {
                    STOP
                } else {
                    GO_ON
                }
            },
        )?;
        Ok(found)
    }

    /// The present foster children of each person, in the order asked for.
    pub fn foster_children(
        &self,
        people: &[PersonId],
        visibility: &Visibility,
    ) -> Result<Vec<Vec<PersonId>>, StoreError> {
        people
            .iter()
            .map(|person| {
                let everyone = Page::first(usize::MAX);
                let other = Subject::Person(*person);
                let tied = self.tied_to(other, TieKind::FosterParent, everyone, visibility)?;
                let mut children: Vec<PersonId> = tied
                    .iter()
                    .filter(|tied| tied.open)
                    .filter_map(|tied| super::tie_kind::person_of(tied.subject))
                    .collect();
                children.dedup();
                Ok(children)
            })
            .collect()
    }
}

fn tied(key: &[u8], kind: TieKind, entry: TieEntry) -> Result<Tied, StoreError> {
    match IndexKey::decode(key) {
        Some(IndexKey::Tie {
            subject, statement, ..
        }) => Ok(Tied {
            subject: kind.subject_kind().subject(subject),
            statement,
            open: entry.open,
        }),
        _ => Err(StoreError::damaged("unreadable tie in the index")),
    }
}
