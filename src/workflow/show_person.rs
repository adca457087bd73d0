//! Everything recorded of one person, each statement with its source.

use super::relations::{Sources, summary};
use super::same_person::{joined_person, without_hidden};
use super::statement_words::{Names, same_person};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{ExternalId, PersonId, Revision, Subject};
use crate::model::lead::PersonSummary;
use crate::model::neighborhood::{Node, NodeTie};
use crate::model::partial_date::{Day, PartialDate};
use crate::model::statement::{Certainty, Fact, SealClass, Source, Statement};
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
    /// The person's other records, where a verdict joined several: what they say is shown too.
    pub other_records: Vec<PersonId>,
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
    let own: Vec<(Subject, Revision, Statement)> = own
        .into_iter()
        .map(|(revision, statement)| (subject, revision, statement))
        .collect();
    let own: Vec<(Revision, Statement)> = without_hidden(&snapshot, permit, own)?
        .into_iter()
        .map(|(_, revision, statement)| (revision, statement))
        .collect();
    let joined = match known_on {
        Some(_) => None,
        None => joined_person(&snapshot, permit, person)?,
    };
    let linked = node.links.iter().map(|link| link.other);
    let people = node
        .ties
        .iter()
        .map(|tie| tie.other)
        .chain(linked)
        .collect();
    let facts = own.iter().map(|(_, statement)| &statement.fact);
    let names = Names::read(&snapshot, permit, people, facts)?;
    let mut wanted: Vec<_> = own
        .iter()
        .map(|(_, statement)| statement.evidence.source)
        .collect();
    wanted.extend(node.ties.iter().map(|tie| tie.source));
    wanted.extend(node.links.iter().map(|link| link.source));
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
    let shown_as = joined.as_ref().unwrap_or(&node);
    let others = shown_as.record_ids().filter(|record| *record != person);
    let other_records: Vec<PersonId> = others.collect();
    let subjects: Vec<Subject> = std::iter::once(person)
        .chain(other_records.iter().copied())
        .map(Subject::Person)
        .collect();
    let identities = snapshot.identities(&subjects)?.into_iter().flatten();
    Ok(PersonRecord {
        person: summary(shown_as, today),
        external_ids: identities
            .flat_map(|identities| identities.external_ids)
            .collect(),
        other_records,
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

/// Ties and links that stand with their other end: children, people whose kin this person is, records that may be theirs.
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
    let stand_there = node.links.iter().filter(|link| {
        let own = own.iter();
        own.into_iter()
            .all(|(_, statement)| statement.id != link.statement)
    });
    for link in stand_there {
        let there = Subject::Person(link.other);
        let said = snapshot.statements(there, permit.visibility(), None)?;
        let it = said
            .into_iter()
            .find(|(_, statement)| statement.id == link.statement)
            .map(|(revision, statement)| (there, revision, statement));
        for (_, revision, statement) in without_hidden(snapshot, permit, it.into_iter().collect())?
        {
            if let Fact::SamePerson(said) = &statement.fact {
                let words = same_person(said, names.person(link.other));
                let said = ("same person", words);
                shown.push(self::shown(revision, &statement, said, sources));
            }
        }
    }
    Ok(shown)
}
