//! Statements as recorded, with their ids, sources and words: of a person or case, of one id, every version of one, and
//! the ties of somebody from both ends.

use super::relations::Sources;
use super::same_person::without_hidden;
use super::statement_words::Names;
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PersonId, PlaceId, PublicId, Revision, StatementId, Subject};
use crate::model::statement::{Fact, Source, Statement};
use crate::store::{Page, Snapshot, Store, TieKind, Tied};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// One version of a statement.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub subject: Subject,
    pub id: PublicId,
    pub statement: Statement,
    pub source: Source,
    /// "name", "birth", "parent", …
    pub kind: &'static str,
    /// "Mary Joseph is the birth parent".
    pub words: String,
    pub recorded_in: Revision,
    /// Changes with every version.
    pub etag: String,
}

/// Statements, and the ids and names of what they speak of, as far as the caller may see it.
#[derive(Clone, Debug)]
pub struct Recordings {
    pub statements: Vec<Recorded>,
    pub ids: BTreeMap<Subject, PublicId>,
    pub places: BTreeMap<PlaceId, String>,
}

/// The statements about a subject that stand and are wanted, in the order of entry, after the one with this number, at
/// most `limit`.
pub fn list_statements(
    store: &Store,
    permit: &Permit,
    subject: Subject,
    known_on: Option<Revision>,
    wanted: &dyn Fn(&Fact) -> bool,
    (after, limit): (u64, usize),
) -> Result<Recordings, Error> {
    let snapshot = permit.snapshot(store)?;
    let standing = snapshot.statements(subject, permit.visibility(), known_on)?;
    let page = standing
        .into_iter()
        .filter(|(_, statement)| statement.id.0 > after && wanted(&statement.fact))
        .take(limit)
        .map(|(revision, statement)| (subject, revision, statement))
        .collect();
    show(store, &snapshot, permit, page)
}

/// The versions of these statements that a commit made, in the order asked for.
pub fn statements_of_commit(
    store: &Store,
    permit: &Permit,
    subject: Subject,
    revision: Revision,
    ids: &[StatementId],
) -> Result<Recordings, Error> {
    let snapshot = permit.snapshot(store)?;
    let versions = snapshot.statement_versions(subject, permit.visibility())?;
    let made = ids.iter().filter_map(|id| {
        let version = versions
            .iter()
            .find(|(made_in, statement)| *made_in == revision && statement.id == *id)?;
        Some((subject, version.0, version.1.clone()))
    });
    show(store, &snapshot, permit, made.collect())
}

/// Every version of one statement, oldest first; `Error::NotFound` if the caller sees none.
pub fn statement_versions(
    store: &Store,
    permit: &Permit,
    subject: Subject,
    id: PublicId,
) -> Result<Recordings, Error> {
    let snapshot = permit.snapshot(store)?;
    let versions = versions_of(store, &snapshot, permit, subject, id)?;
    let named = versions
        .into_iter()
        .map(|(revision, statement)| (subject, revision, statement))
        .collect();
    show(store, &snapshot, permit, named)
}

/// The versions of the statement with a public id; never empty.
pub(super) fn versions_of(
    store: &Store,
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    subject: Subject,
    id: PublicId,
) -> Result<Vec<(Revision, Statement)>, Error> {
    let versions = snapshot.statement_versions(subject, permit.visibility())?;
    let all: BTreeSet<StatementId> = versions.iter().map(|(_, version)| version.id).collect();
    for number in all {
        if store.public_id_of_statement(number)? == id {
            let its = versions.into_iter();
            return Ok(its.filter(|(_, version)| version.id == number).collect());
        }
    }
    Err(Error::NotFound {
        what: "statement",
        name: id.to_string(),
    })
}

/// Where a list of ties goes on: the stage (0 for own ties, then one for each kind), subject and statement.
pub type TiePosition = [u64; 3];

/// The kinds of ties that stand with the other end.
const FROM_OTHER_END: [TieKind; 9] = [
    TieKind::Parent,
    TieKind::FosterParent,
    TieKind::Guardian,
    TieKind::Union,
    TieKind::StatedKin,
    TieKind::Network,
    TieKind::Membership,
    TieKind::Household,
    TieKind::SamePerson,
];

/// One page of the ties of a person, nation or household, and where the next begins.
pub fn list_ties(
    store: &Store,
    permit: &Permit,
    of: Subject,
    from: TiePosition,
    limit: usize,
) -> Result<(Recordings, Option<TiePosition>), Error> {
    let snapshot = permit.snapshot(store)?;
    let visibility = permit.visibility();
    let mut found: Vec<(Subject, Revision, Statement)> = Vec::new();
    let mut position = from;
    if position[0] == 0 {
        let own = snapshot.statements(of, visibility, None)?;
        for (revision, statement) in own {
            if found.len() <= limit && statement.id.0 > position[2] && is_tie(&statement.fact) {
                found.push((of, revision, statement));
            }
        }
    }
    let first = usize::try_from(position[0].saturating_sub(1)).unwrap_or(usize::MAX);
    for (stage, kind) in FROM_OTHER_END.iter().enumerate().skip(first) {
        if found.len() > limit {
            break;
        }
        let is_begun = position[0] == stage as u64 + 1;
        let page = Page {
            after: is_begun.then(|| Tied {
                subject: kind.subject_kind().subject(position[1]),
                statement: StatementId(position[2]),
                open: false,
            }),
            limit: limit + 1 - found.len(),
        };
        for tied in snapshot.tied_to(of, *kind, page, visibility)? {
            let statements = snapshot.statements(tied.subject, visibility, None)?;
            let it = statements
                .into_iter()
                .find(|(_, statement)| statement.id == tied.statement);
            found.extend(it.map(|(revision, statement)| (tied.subject, revision, statement)));
        }
    }
    let more = found.len() > limit;
    found.truncate(limit);
    if let Some((subject, _, statement)) = found.last() {
        let stage = if *subject == of {
            0
        } else {
            let kind = TieKind::of(&statement.fact);
            let stage = FROM_OTHER_END.iter().position(|one| Some(*one) == kind);
            stage.map_or(0, |stage| stage as u64 + 1)
        };
        position = [stage, subject.number(), statement.id.0];
    }
    let shown = show(store, &snapshot, permit, found)?;
    Ok((shown, more.then_some(position)))
}

fn is_tie(fact: &Fact) -> bool {
    TieKind::of(fact).is_some_and(|kind| FROM_OTHER_END.contains(&kind))
}

/// Statements with everything that shows them.
pub(super) fn show(
    store: &Store,
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    statements: Vec<(Subject, Revision, Statement)>,
) -> Result<Recordings, Error> {
    let statements = without_hidden(snapshot, permit, statements)?;
    let mut spoken_of: BTreeSet<Subject> = BTreeSet::new();
    for (subject, _, statement) in &statements {
        spoken_of.insert(*subject);
        statement.fact.clone().map_subjects(&mut |named| {
            spoken_of.insert(named);
            named
        });
    }
    let people: Vec<PersonId> = spoken_of.iter().filter_map(person_of).collect();
    let facts = statements.iter().map(|(_, _, statement)| &statement.fact);
    let names = Names::read(snapshot, permit, people, facts)?;
    let wanted = statements
        .iter()
        .map(|(_, _, statement)| statement.evidence.source);
    let sources = Sources::read(snapshot, wanted.collect())?;
    let ids = ids_of(snapshot, permit, spoken_of)?;
    let places: Vec<PlaceId> = ids
        .keys()
        .filter_map(|subject| match subject {
            Subject::Place(place) => Some(*place),
            _ => None,
        })
        .collect();
    let read_places = snapshot.places(&places, permit.visibility())?;
    let mut shown = Vec::with_capacity(statements.len());
    for (subject, revision, statement) in statements {
        let id = store.public_id_of_statement(statement.id)?;
        let (kind, words) = names.fact(&statement.fact);
        shown.push(Recorded {
            subject,
            id,
            source: sources.get(statement.evidence.source),
            kind,
            words,
            recorded_in: revision,
            etag: etag(id, revision),
            statement,
        });
    }
    Ok(Recordings {
        statements: shown,
        ids,
        places: places
            .into_iter()
            .zip(read_places)
            .filter_map(|(id, place)| Some((id, place?.1.name)))
            .collect(),
    })
}

fn person_of(subject: &Subject) -> Option<PersonId> {
    match subject {
        Subject::Person(person) => Some(*person),
        _ => None,
    }
}

/// The public ids of subjects, without the people whom the caller may not see.
fn ids_of(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    subjects: BTreeSet<Subject>,
) -> Result<BTreeMap<Subject, PublicId>, Error> {
    let people: Vec<PersonId> = subjects.iter().filter_map(person_of).collect();
    let nodes = snapshot.nodes(&people, permit.visibility())?;
    let visible: BTreeSet<PersonId> = nodes.iter().flatten().map(|node| node.id).collect();
    let subjects: Vec<Subject> = subjects
        .into_iter()
        .filter(|subject| person_of(subject).is_none_or(|person| visible.contains(&person)))
        .collect();
    let identities = snapshot.identities(&subjects)?;
    Ok(subjects
        .into_iter()
        .zip(identities)
        .filter_map(|(subject, identities)| Some((subject, identities?.public_id)))
        .collect())
}

/// What changes with every version of a statement, and says nothing about it.
fn etag(id: PublicId, revision: Revision) -> String {
    let mut hash = Sha256::new();
    hash.update(id.0.to_be_bytes());
    hash.update(revision.epoch.to_be_bytes());
    hash.update(revision.sequence.to_be_bytes());
    let hash = hash.finalize();
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
