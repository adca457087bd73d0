//! Links as they are shown: of two records, of one person, of everybody, the likeliest first.

use super::{joined_person, link_of, without_hidden};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PersonId, PublicId, Revision, Subject};
use crate::model::lead::PersonSummary;
use crate::model::partial_date::Day;
use crate::model::same_person::{Pair, SamePersonLink, Verdict};
use crate::model::statement::{Fact, Source, Statement};
use crate::store::{LinkPosition, Snapshot, Store};
use crate::workflow::read_statements::{show, statements_of_commit};
use crate::workflow::relations::summary;
use crate::workflow::write::Written;

/// One version of a link.
#[derive(Clone, Debug)]
pub struct ShownLink {
    /// The record of which it is said.
    pub one: PersonSummary,
    pub other: PersonSummary,
    pub link: SamePersonLink,
    pub source: Source,
    pub statement: PublicId,
    pub words: String,
    pub recorded_in: Revision,
    pub etag: String,
}

/// The link between two records; nothing if there is none for the caller.
pub fn same_person_link(
    store: &Store,
    permit: &Permit,
    one: PersonId,
    other: PersonId,
    today: Day,
) -> Result<Option<ShownLink>, Error> {
    let snapshot = permit.snapshot(store)?.as_of(today);
    let link = link_of(&snapshot, permit.visibility(), one, other)?;
    let shown = shown(store, &snapshot, permit, link.into_iter().collect(), today)?;
    Ok(shown.into_iter().next())
}

/// The link as a commit left it.
pub fn same_person_links_of_commit(
    store: &Store,
    permit: &Permit,
    ends: [PersonId; 2],
    written: &Written,
    today: Day,
) -> Result<Option<ShownLink>, Error> {
    let snapshot = permit.snapshot(store)?.as_of(today);
    for end in ends {
        let subject = Subject::Person(end);
        let made = statements_of_commit(
            store,
            permit,
            subject,
            written.revision,
            &written.statements,
        )?;
        let made = made.statements.into_iter();
        let made = made.map(|made| (made.subject, made.recorded_in, made.statement));
        let mut links = shown(store, &snapshot, permit, made.collect(), today)?;
        if let Some(link) = links.pop() {
            return Ok(Some(link));
        }
    }
    Ok(None)
}

/// The links of one person, whatever was decided, the likeliest first; of all records of the person.
pub fn links_of_person(
    store: &Store,
    permit: &Permit,
    person: PersonId,
    today: Day,
) -> Result<Vec<ShownLink>, Error> {
    let snapshot = permit.snapshot(store)?.as_of(today);
    let Some(node) = joined_person(&snapshot, permit, person)? else {
        return Err(Error::NotFound {
            what: "person",
            name: "person".to_owned(),
        });
    };
    let records: Vec<PersonId> = node.record_ids().collect();
    let mut links = Vec::new();
    for record in snapshot.nodes(&records, permit.visibility())? {
        let record = record.into_iter();
        links.extend(
            record.flat_map(|node| node.links.into_iter().map(move |link| (node.id, link))),
        );
    }
    links.sort_by_key(|(_, link)| (std::cmp::Reverse(link.probability), link.statement));
    let mut pairs: Vec<Pair> = Vec::with_capacity(links.len());
    for (record, link) in links {
        let pair = Pair::of(record, link.other);
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    let mut found = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let [one, other] = pair.ends();
        found.extend(link_of(&snapshot, permit.visibility(), one, other)?);
    }
    shown(store, &snapshot, permit, found, today)
}

/// The links of a verdict in the whole store, the likeliest first, of the page after a position with at most so many;
/// and where to go on, if there are more.
pub fn links_of_verdict(
    store: &Store,
    permit: &Permit,
    verdict: Verdict,
    (after, limit): (Option<LinkPosition>, usize),
    today: Day,
) -> Result<(Vec<ShownLink>, Option<LinkPosition>), Error> {
    let snapshot = permit.snapshot(store)?.as_of(today);
    let visibility = permit.visibility();
    let mut positions = snapshot.same_person_links(verdict, after, limit + 1, visibility)?;
    let more = positions.len() > limit;
    positions.truncate(limit);
    let mut found = Vec::with_capacity(positions.len());
    for position in &positions {
        let subject = Subject::Person(position.subject);
        let said = snapshot.statements(subject, visibility, None)?;
        let it = said
            .into_iter()
            .find(|(_, statement)| statement.id == position.statement);
        found.extend(it.map(|(revision, statement)| (subject, revision, statement)));
    }
    let next = positions.last().copied().filter(|_| more);
    Ok((shown(store, &snapshot, permit, found, today)?, next))
}

/// Links with the two records in brief.
fn shown(
    store: &Store,
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    links: Vec<(Subject, Revision, Statement)>,
    today: Day,
) -> Result<Vec<ShownLink>, Error> {
    let links = without_hidden(snapshot, permit, links)?;
    let mut shown = Vec::with_capacity(links.len());
    for recorded in show(store, snapshot, permit, links)?.statements {
        let (Subject::Person(one), Fact::SamePerson(link)) =
            (recorded.subject, recorded.statement.fact)
        else {
            continue;
        };
        let ends = snapshot.nodes(&[one, link.other], permit.visibility())?;
        let [Some(one), Some(other)] = &ends[..] else {
            continue;
        };
        shown.push(ShownLink {
            one: summary(one, today),
            other: summary(other, today),
            link,
            source: recorded.source,
            statement: recorded.id,
            words: recorded.words,
            recorded_in: recorded.recorded_in,
            etag: recorded.etag,
        });
    }
    Ok(shown)
}
