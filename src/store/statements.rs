//! Statements and their sources.

use super::backend::Table;
use super::error::StoreError;
use super::history::Version;
use super::keys;
use super::records::decode;
use super::snapshot::Snapshot;
use crate::model::ids::{Revision, SourceId, Subject};
use crate::model::statement::{Source, Statement};
use crate::model::visibility::Visibility;

/// A subject and the versions of its statements, each with the commit that made it.
pub type SubjectVersions = (Subject, Vec<(Revision, Statement)>);

impl Snapshot<'_> {
    /// The statements about a subject that the caller may see and that stand, by id, each with the commit that made
    /// this version; `known_on` asks for what stood after that revision. Ties stand with their first end only.
    pub fn statements(
        &self,
        subject: Subject,
        visibility: &Visibility,
        known_on: Option<Revision>,
    ) -> Result<Vec<(Revision, Statement)>, StoreError> {
        let Some(history) = self.history(subject.number())? else {
            return Ok(Vec::new());
        };
        if history.subject != subject {
            return Ok(Vec::new());
        }
        let mut history = history.visible_to(visibility);
        if let Some(revision) = known_on {
            history = history.known_on(revision);
        }
        let latest = history.latest().into_iter();
        Ok(latest
            .filter(|version| !version.statement.retracted)
            .map(|version| (version.revision, version.statement.clone()))
            .collect())
    }

    /// Every version of every statement about a subject that the caller may see, in the order of commits.
    pub fn statement_versions(
        &self,
        subject: Subject,
        visibility: &Visibility,
    ) -> Result<Vec<(Revision, Statement)>, StoreError> {
        let history = self.history(subject.number())?;
        let versions = history
            .filter(|history| history.subject == subject)
            .map(|history| history.visible_to(visibility).versions)
            .unwrap_or_default();
        let pair = |version: Version| (version.revision, version.statement);
        Ok(versions.into_iter().map(pair).collect())
    }

    /// The subject of a number with every version that the caller may see, in the order of commits; nothing if there is none.
    pub fn versions_numbered(
        &self,
        number: u64,
        visibility: &Visibility,
    ) -> Result<Option<SubjectVersions>, StoreError> {
        let Some(history) = self.history(number)? else {
            return Ok(None);
        };
        let subject = history.subject;
        let versions = history.visible_to(visibility).versions.into_iter();
        let pairs = versions.map(|version| (version.revision, version.statement));
        Ok(Some((subject, pairs.collect())))
    }

    /// Sources by number, in the order asked for.
    pub fn sources(&self, ids: &[SourceId]) -> Result<Vec<Option<Source>>, StoreError> {
        let keys: Vec<[u8; 8]> = ids.iter().map(|id| keys::number(id.0)).collect();
        self.values(Table::Sources, &keys, |_, value| decode(value).map(Some))
    }
}
