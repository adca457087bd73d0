//! A whole store as plain values, in the order in which it is written out: head, sources, commits, imports, subjects.
//! Numbers are those of the store, so that a store made of them has the same statements, ids, revisions and times.

use super::ids::{ExternalId, Revision, SourceId, StatementId, StewardId, Subject, SubjectKind};
use super::statement::{Source, Statement};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One piece of a whole store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CopyPart {
    /// Comes first, once.
    Store(CopyHead),
    /// By number, ascending.
    Source(CopySource),
    /// By revision, ascending, without gaps.
    Commit(CopyCommit),
    Import(CopyImport),
    /// By number, ascending.
    Subject(CopySubject),
}

/// The counters of a store and its last commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CopyHead {
    pub revision: Revision,
    /// Seconds since 1970-01-01 UTC.
    pub committed_at: i64,
    pub next_subject: u64,
    pub next_statement: u64,
    pub next_source: u64,
    /// The last commit that touched a waiting family.
    pub families: Revision,
    /// SHA-256 of the last audit entry, in hexadecimal figures; the entries are chained.
    pub audit_hash: String,
    /// What public ids of imported records are made with, in hexadecimal figures, so that both stores give later
    /// imports the same ones.
    pub public_id_key: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CopySource {
    pub number: SourceId,
    pub source: Source,
}

/// One commit: when, by whom, about what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CopyCommit {
    pub revision: Revision,
    /// Seconds since 1970-01-01 UTC.
    pub committed_at: i64,
    pub actor: String,
    pub action: String,
    pub statements: u64,
    pub subjects: Vec<Subject>,
}

/// An import that is done or taken back, so that a repeat changes nothing and it can still be taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CopyImport {
    pub import_id: String,
    /// SHA-256 of what it brought, in hexadecimal figures.
    pub digest: String,
    pub undone: bool,
    pub loads: Vec<CopyLoad>,
    /// First and last revision of each stretch of its commits.
    pub revisions: Vec<(Revision, Revision)>,
}

/// Numbers that an import gave out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CopyLoad {
    pub first_subject: u64,
    pub subjects: u64,
    pub first_statement: u64,
    pub first_source: u64,
    pub sources: u64,
    pub loaded: u64,
}

/// A subject with every version of every statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CopySubject {
    pub number: u64,
    pub kind: SubjectKind,
    /// As shown outside: 26 characters.
    pub public_id: String,
    pub external_ids: Vec<(StewardId, ExternalId)>,
    pub created: Revision,
    /// What each commit said, in the order of commits.
    pub commits: Vec<CopyBlock>,
}

/// What one commit said of a subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CopyBlock {
    pub revision: Revision,
    pub statements: Vec<Statement>,
}

impl CopySubject {
    /// The last version of every statement that is not withdrawn, by id.
    pub fn standing(&self) -> Vec<&Statement> {
        let mut latest: BTreeMap<StatementId, &Statement> = BTreeMap::new();
        for statement in self.commits.iter().flat_map(|block| &block.statements) {
            latest.insert(statement.id, statement);
        }
        latest
            .into_values()
            .filter(|statement| !statement.retracted)
            .collect()
    }
}
