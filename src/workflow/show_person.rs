//! Everything recorded of one person, each statement with its source.

use super::relations::{Sources, summary};
use super::statement_words::Names;
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{ExternalId, PersonId, Revision, Subject};
use crate::model::lead::PersonSummary;
use crate::model::neighborhood::{Node, NodeTie};
use crate::model::partial_date::{Day, PartialDate};
use crate::model::statement::{Certainty, SealClass, Source, Statement};
use crate::store::{Snapshot, Store};

/// One statement in words.
#[derive(Clone, Debug)]
pub struct ShownStatement {
    /// "name", "birth", "parent", "union", …
    pub kind: String,
    /// "Mary Joseph is the (birth) mother".
    pub words: String,
    pub certainty: Certainty,
    pub valid_from: Option<PartialDate>,
    pub valid_to: Option<PartialDate>,
    pub seal: SealClass,
    pub source: Source,
    pub recorded_in: Revision,
}

#[derive(Clone, Debug)]
pub struct PersonRecord {
    pub person: PersonSummary,
    pub external_ids: Vec<ExternalId>,
    pub statements: Vec<ShownStatement>,
    /// How many of them stand with this person; they come first. The others stand with the other end of a tie.
    pub own_count: usize,
    /// Changes with every change of the record.
    pub etag: String,
}

/// Everything the caller may see of a person; `known_on` asks for what was known after that revision.
pub fn show_person(
    store: &Store,
    permit: &Permit,
    person: PersonId,
    known_on: Option<Revision>,
    today: Day,
) -> Result<PersonRecord, Error> {
    let snapshot = permit.snapshot(store)?.as_of(today);
    let visibility = permit.visibility();
    let nodes = match known_on {
        Some(revision) => snapshot.nodes_known_on(&[person], revision, visibility)?,
        None => snapshot.nodes(&[person], visibility)?,
    };
    let absent = || Error::NotFound {
        what: "person",
        name: "as named".to_owned(),
    };
    let node = nodes.into_iter().next().flatten().ok_or_else(absent)?;
    let subject = Subject::Person(person);
    let own = snapshot.statements(subject, visibility, known_on)?;
    let people = node.ties.iter().map(|tie| tie.other).collect();
    let facts = own.iter().map(|(_, statement)| &statement.fact);
    let names = Names::read(&snapshot, permit, people, facts)?;
    let mut wanted: Vec<_> = own
        .iter()
        .map(|(_, statement)| statement.evidence.source)
        .collect();
    wanted.extend(node.ties.iter().map(|tie| tie.source));
    let sources = Sources::read(&snapshot, wanted)?;
    let mut statements: Vec<ShownStatement> = own
        .iter()
        .map(|(revision, statement)| {
            shown(*revision, statement, names.fact(&statement.fact), &sources)
        })
        .collect();
    statements.extend(from_other_end(
        &snapshot, permit, &node, &own, &names, &sources,
    )?);
    let identities = snapshot
        .identities(&[subject])?
        .into_iter()
        .next()
        .flatten();
    Ok(PersonRecord {
        person: summary(&node, today),
        external_ids: identities.map_or_else(Vec::new, |identities| identities.external_ids),
        statements,
        own_count: own.len(),
        etag: snapshot.etag(subject)?.unwrap_or_default(),
    })
}

fn shown(
    revision: Revision,
    statement: &Statement,
    (kind, words): (&str, String),
    sources: &Sources,
) -> ShownStatement {
    let evidence = &statement.evidence;
    ShownStatement {
        kind: kind.to_owned(),
        words,
        certainty: evidence.certainty,
        valid_from: evidence.valid_from,
        valid_to: evidence.valid_to,
        seal: evidence.seal,
        source: sources.get(evidence.source),
        recorded_in: revision,
    }
}

/// Ties that stand with their other end: children, and people whose kin this person is.
fn from_other_end(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    node: &Node,
    own: &[(Revision, Statement)],
    names: &Names,
    sources: &Sources,
) -> Result<Vec<ShownStatement>, Error> {
    let stands_here = |tie: &&NodeTie| {
        own.iter()
            .any(|(_, statement)| statement.id == tie.statement)
    };
    let mut shown = Vec::new();
    for tie in node.ties.iter().filter(|tie| !stands_here(tie)) {
        let Some((kind, words)) = names.tie(tie) else {
            continue;
        };
        let there = snapshot.statements(Subject::Person(tie.other), permit.visibility(), None)?;
        let Some((revision, statement)) = there
            .iter()
            .find(|(_, statement)| statement.id == tie.statement)
        else {
            continue;
        };
        shown.push(self::shown(*revision, statement, (kind, words), sources));
    }
    Ok(shown)
}
