//! A subject as its statements tell it: the header and every version of every statement, in the order of commits.

use super::backend::{Deadline, GO_ON, Order, ReadView, Table};
use super::error::StoreError;
use super::keys;
use super::records::{self, Header};
use super::sections::Section;
use crate::model::ids::{Revision, StatementId, Subject};
use crate::model::statement::{Certainty, Fact, Statement};
use crate::model::visibility::Visibility;
use std::collections::{BTreeMap, BTreeSet};

/// One version of a statement and the commit that made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub revision: Revision,
    pub statement: Statement,
}

impl Version {
    /// It stands and may be used: neither withdrawn nor known to be wrong.
    pub fn is_live(&self) -> bool {
        !self.statement.retracted && self.statement.evidence.certainty != Certainty::Disproved
    }

    pub fn id(&self) -> StatementId {
        self.statement.id
    }

    pub fn fact(&self) -> &Fact {
        &self.statement.fact
    }
}

/// Everything stored of one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    pub subject: Subject,
    pub header: Header,
    pub versions: Vec<Version>,
}

impl History {
    /// The last version of every statement by id, withdrawn ones too.
    pub fn latest(&self) -> Vec<&Version> {
        let in_order = self
            .versions
            .windows(2)
            .all(|pair| pair[0].id() < pair[1].id());
        if in_order {
            return self.versions.iter().collect();
        }
        let by_id: BTreeMap<StatementId, &Version> = self
            .versions
            .iter()
            .map(|version| (version.id(), version))
            .collect();
        by_id.into_values().collect()
    }

    /// The last version of every statement that may be used, by id.
    pub fn live(&self) -> impl Iterator<Item = &Version> {
        self.latest()
            .into_iter()
            .filter(|version| version.is_live())
    }

    /// The same subject without the statements that the caller may not see. A statement whose last version is hidden is
    /// hidden in all its versions: what is sealed today was not sealed yesterday.
    pub fn visible_to(mut self, visibility: &Visibility) -> History {
        let seen =
            |version: &Version| Section::of(&version.statement.evidence).visible_to(visibility);
        let hidden: BTreeSet<StatementId> = self
            .latest()
            .into_iter()
            .filter(|version| !seen(version))
            .map(Version::id)
            .collect();
        self.versions
            .retain(|version| seen(version) && !hidden.contains(&version.id()));
        self
    }

    /// The same subject as it was known at a revision.
    pub fn known_on(mut self, revision: Revision) -> History {
        self.versions.retain(|version| version.revision <= revision);
        self
    }
}

/// Reads one subject; nothing if there is none of this number.
pub fn read(
    view: &dyn ReadView,
    number: u64,
    deadline: Deadline,
) -> Result<Option<History>, StoreError> {
    let mut found = None;
    read_range(
        view,
        number,
        number.saturating_add(1),
        deadline,
        &mut |history| {
            found = Some(history);
            Ok(())
        },
    )?;
    Ok(found)
}

/// Visits the subjects numbered from `first` up to but without `end`.
pub fn read_range(
    view: &dyn ReadView,
    first: u64,
    end: u64,
    deadline: Deadline,
    visit: &mut dyn FnMut(History) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut open: Option<History> = None;
    let range = keys::blocks(first, end);
    view.scan(
        Table::Statements,
        &range,
        Order::Ascending,
        deadline,
        &mut |key, value| {
            let (number, revision) = keys::parse_block(key)
                .ok_or_else(|| StoreError::damaged("unreadable key in statements"))?;
            if revision == Revision::default() {
                let header: Header = records::decode(value)?;
                let begun = History {
                    subject: header.kind.subject(number),
                    header,
                    versions: Vec::new(),
                };
                if let Some(done) = open.replace(begun) {
                    visit(done)?;
                }
                return GO_ON;
            }
            let history = open
                .as_mut()
                .filter(|history| history.subject.number() == number)
                .ok_or_else(|| StoreError::damaged(format!("subject {number} has no header")))?;
            let statements = records::decode_block(value)?.into_iter();
            history.versions.extend(statements.map(|statement| Version {
                revision,
                statement,
            }));
            GO_ON
        },
    )?;
    open.map_or(Ok(()), visit)
}
