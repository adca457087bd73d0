//! People by what is known of them: a text as typed, or fields, or both. Ranked by how probably each is the person meant,
//! with the reasons. The beginning of a name is enough where nothing else is given.

mod among;
mod explain;
mod question;

use super::relations::summary;
use super::same_person::each_person_once;
use crate::access::Permit;
use crate::error::Error;
use crate::lookup::question::marks;
use crate::lookup::{Columns, Found, Question, Search};
use crate::model::ids::{CaseId, ExternalId, PersonId};
use crate::model::lead::PersonSummary;
use crate::model::neighborhood::Node;
use crate::model::partial_date::{Day, PartialDate};
use crate::model::person::Gender;
use crate::model::statement::Fact;
use crate::names::normalize::fold;
use crate::names::tokens::NameTokens;
use crate::store::{Snapshot, Store};
pub use explain::SearchReason;
use rustc_hash::FxHashMap;

/// What is known of somebody. At least a text, a name, a birth date, a relative or a case.
#[derive(Clone, Debug, Default)]
pub struct SearchPeople {
    /// As typed: "Marg Josef 1961 Alert Bay", "josef, marg", "Mar".
    pub text: String,
    pub name: SearchedName,
    pub birth: Option<PartialDate>,
    pub gender: Gender,
    /// Places lived or born in, by name; those that nobody has recorded are passed over.
    pub places: Vec<String>,
    pub nations: Vec<String>,
    /// Only relatives of this person, and people tied to them.
    pub relative_of: Option<PersonId>,
    /// Only people mentioned in this case.
    pub mentioned_in: Option<CaseId>,
}

/// A name by its parts; any may be empty.
#[derive(Clone, Debug, Default)]
pub struct SearchedName {
    pub full: String,
    pub given: String,
    pub family: String,
    /// Another family name, as before a marriage.
    pub birth_family: String,
    /// Other whole names.
    pub others: Vec<String>,
}

/// How many, and as of when.
#[derive(Clone, Copy, Debug)]
pub struct SearchScope {
    /// At most this many, 1 to 1000.
    pub limit: usize,
    /// Who has died is told as of this day.
    pub today: Day,
}

/// Somebody found.
#[derive(Clone, Debug)]
pub struct FoundPerson {
    pub person: PersonSummary,
    pub external_id: Option<ExternalId>,
    /// How probably this is the person meant, from 0 to 1.
    pub probability: f64,
    /// The recorded name that matched.
    pub matched_name: String,
    pub reasons: Vec<SearchReason>,
}

/// The most that can be asked for.
pub const MOST: usize = 1000;
/// A person may have several names that begin alike.
const NAMES_PER_PERSON: usize = 4;
/// Stands for what is compared outside the index.
const NO_SECTION: u16 = u16::MAX;

/// People by probability, then by name.
pub fn search_people(
    store: &Store,
    permit: &Permit,
    asked: &SearchPeople,
    scope: SearchScope,
) -> Result<Vec<FoundPerson>, Error> {
    if !(1..=MOST).contains(&scope.limit) {
        let reason = format!("must be 1 to {MOST}, not {}", scope.limit);
        return Err(Error::invalid("limit", reason));
    }
    let snapshot = permit.snapshot(store)?;
    let read = question::read(&snapshot, permit, asked)?;
    let found = match among::named(&snapshot, permit, asked)? {
        Some(people) => among_people(&snapshot, permit, &read, &people, scope.limit)?,
        None => everywhere(&snapshot, permit, asked, &read, scope.limit)?,
    };
    shown(&snapshot, permit, &read, found, scope.today)
}

fn everywhere(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    asked: &SearchPeople,
    question: &Question,
    limit: usize,
) -> Result<Vec<Found>, Error> {
    if question.names.is_empty() && question.birth.is_none() {
        return Err(Error::invalid(
            "query",
            "say which name to look for, or a birth date",
        ));
    }
    let mut search = Search::new(question, snapshot.numbers().end);
    if !asked.text.trim().is_empty() {
        let beginning = fold(&asked.text);
        let most = limit.saturating_mul(NAMES_PER_PERSON);
        let named = snapshot.people_named(&beginning, most, permit.visibility())?;
        let people: Vec<PersonId> = named.iter().map(|found| found.person).collect();
        let nodes = snapshot.nodes(&people, permit.visibility())?;
        for (position, (found, node)) in named.iter().zip(nodes).enumerate() {
            if let Some(node) = node {
                let same = fold(&node.name) == found.folded;
                let name = if same { &node.name } else { &found.folded };
                take_node(&mut search, &node, (position, name), &beginning);
            }
        }
    }
    snapshot.search(&mut search, permit.visibility())?;
    Ok(search.finish(limit))
}

fn among_people(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &Question,
    people: &[PersonId],
    limit: usize,
) -> Result<Vec<Found>, Error> {
    let mut search = Search::new(question, people.len() as u64);
    let nodes = snapshot.nodes(people, permit.visibility())?;
    for node in nodes.iter().flatten().filter(|node| node.named) {
        let names = names_of(snapshot, permit, node)?;
        for (position, name) in names.iter().enumerate() {
            take_node(&mut search, node, (position, name), "");
        }
    }
    Ok(search.finish(limit))
}

/// Compares somebody by one of their names, told apart by its position, and what their record shows in brief.
fn take_node(
    search: &mut Search<'_>,
    node: &Node,
    (position, name): (usize, &str),
    beginning: &str,
) {
    // "joseph mary" is also looked up as the beginning of a name with the family name first.
    let tokens = NameTokens::of_text(name);
    let (given, family) = crate::lookup::keys::joined(&tokens);
    let mut columns = Columns {
        ordinal: (position % 256) as u8,
        gender: node.gender,
        marks: marks(name),
        given: &given,
        family: &family,
        ..Columns::default()
    };
    let birth = node.birth.and_then(crate::lookup::BirthColumn::of);
    birth
        .into_iter()
        .for_each(|birth| columns.births.add(birth));
    node.place
        .into_iter()
        .for_each(|place| columns.places.add(place.0));
    for (nation, _) in &node.nations {
        columns.nations.add(nation.0);
    }
    let mut bytes = Vec::new();
    columns.encode(&mut bytes);
    search.take_beginning(node.id.0, NO_SECTION, &bytes, beginning);
}

/// All names of a person that the caller may see.
fn names_of(snapshot: &Snapshot<'_>, permit: &Permit, node: &Node) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for record in node.record_ids() {
        let subject = crate::model::ids::Subject::Person(record);
        let stated = snapshot.statements(subject, permit.visibility(), None)?;
        names.extend(
            stated
                .into_iter()
                .filter_map(|(_, statement)| match statement.fact {
                    Fact::Name(name) => Some(name.full),
                    _ => None,
                }),
        );
    }
    Ok(names)
}

fn shown(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &Question,
    found: Vec<Found>,
    today: Day,
) -> Result<Vec<FoundPerson>, Error> {
    let people: Vec<PersonId> = found.iter().map(|found| PersonId(found.person)).collect();
    let nodes = each_person_once(snapshot, permit, &people)?;
    let mut position_of: FxHashMap<PersonId, usize> = FxHashMap::default();
    for (position, node) in nodes.iter().enumerate() {
        position_of.extend(node.record_ids().map(|record| (record, position)));
    }
    let mut shown = Vec::with_capacity(found.len());
    for found in found {
        // The likeliest of a person's records stands for them; the others say nothing more.
        let Some(position) = position_of.get(&PersonId(found.person)).copied() else {
            continue;
        };
        let node = &nodes[position];
        position_of.retain(|_, other| *other != position);
        shown.push(FoundPerson {
            person: summary(node, today),
            external_id: node.external_id.clone(),
            probability: found.probability,
            matched_name: matched_name(snapshot, permit, node, &found)?,
            reasons: explain::reasons(question, &found, node),
        });
    }
    Ok(shown)
}

/// The name as recorded whose words are those found.
fn matched_name(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    node: &Node,
    found: &Found,
) -> Result<String, Error> {
    let folded = crate::names::normalize::join_parts(&found.name.0, &found.name.1);
    let same = |name: &str| {
        let tokens = NameTokens::of_text(name);
        let (given, family) = crate::lookup::keys::joined(&tokens);
        fold(name) == folded || crate::names::normalize::join_parts(&given, &family) == folded
    };
    if same(&node.name) {
        return Ok(node.name.clone());
    }
    let names = names_of(snapshot, permit, node)?;
    Ok(names.into_iter().find(|name| same(name)).unwrap_or(folded))
}
