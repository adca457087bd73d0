//! Everything recorded of one person, each statement with its source.

use super::relations::{Sources, summary};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{ExternalId, HouseholdId, NationId, PersonId, PlaceId, Revision, Subject};
use crate::model::lead::PersonSummary;
use crate::model::neighborhood::{Node, NodeTie, NodeTieKind};
use crate::model::partial_date::{Day, PartialDate};
use crate::model::statement::{Certainty, Fact, SealClass, Source, Statement};
use crate::model::tie::{ParentNature, UnionState};
use crate::store::{Snapshot, Store};
use std::collections::BTreeMap;

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
    let snapshot = store.snapshot()?.as_of(today);
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
    let names = Names::read(&snapshot, permit, &node, &own)?;
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

/// The names of everybody and everything that the statements speak of.
struct Names {
    people: BTreeMap<PersonId, String>,
    places: BTreeMap<PlaceId, String>,
    nations: BTreeMap<NationId, String>,
}

impl Names {
    fn read(
        snapshot: &Snapshot<'_>,
        permit: &Permit,
        node: &Node,
        own: &[(Revision, Statement)],
    ) -> Result<Names, Error> {
        let mut people: Vec<PersonId> = node.ties.iter().map(|tie| tie.other).collect();
        let mut places: Vec<PlaceId> = Vec::new();
        let mut nations: Vec<NationId> = Vec::new();
        for (_, statement) in own {
            people.extend(statement.fact.other_person());
            match &statement.fact {
                Fact::Birth { place, .. } => places.extend(place),
                Fact::Death(death) => places.extend(death.place),
                Fact::Residence(residence) => places.push(residence.place),
                Fact::Membership(membership) => nations.push(membership.nation),
                _ => {}
            }
        }
        let visibility = permit.visibility();
        let nodes = snapshot.nodes(&people, visibility)?;
        let read_places = snapshot.places(&places, visibility)?;
        let read_nations = snapshot.nations(&nations, visibility)?;
        Ok(Names {
            people: nodes
                .into_iter()
                .flatten()
                .map(|node| (node.id, node.name))
                .collect(),
            places: places
                .into_iter()
                .zip(read_places)
                .filter_map(|(id, place)| Some((id, place?.1.name)))
                .collect(),
            nations: nations
                .into_iter()
                .zip(read_nations)
                .filter_map(|(id, nation)| Some((id, nation?.1.name)))
                .collect(),
        })
    }

    fn person(&self, id: PersonId) -> &str {
        self.people
            .get(&id)
            .map_or("somebody you may not see", String::as_str)
    }

    fn place(&self, id: Option<PlaceId>) -> String {
        id.and_then(|id| self.places.get(&id))
            .map_or(String::new(), |name| format!(" in {name}"))
    }

    /// The kind of a fact and what it says.
    fn fact(&self, fact: &Fact) -> (&'static str, String) {
        match fact {
            Fact::Name(name) => ("name", format!("{} ({})", name.full, name.kind.word())),
            Fact::Unnamed(description) => ("name", format!("not yet named: {description}")),
            Fact::Gender(gender) => ("gender", gender.word().to_owned()),
            Fact::Birth { date, place } => (
                "birth",
                format!("born{}{}", dated(*date), self.place(*place)),
            ),
            Fact::Death(death) if death.dead => (
                "death",
                format!("died{}{}", dated(death.date), self.place(death.place)),
            ),
            Fact::Death(_) => ("death", "said to be alive".to_owned()),
            Fact::Residence(residence) => (
                "residence",
                format!("lived{}", self.place(Some(residence.place))),
            ),
            Fact::Contact(contact) => ("contact", contact.value.clone()),
            Fact::Language(language) => ("language", language.clone()),
            Fact::Caution(caution) => (
                "caution",
                noted(&caution.kind.word().replace('_', " "), &caution.note),
            ),
            Fact::Screening(screening) => {
                let until = screening
                    .expires
                    .map_or(String::new(), |date| format!(", until {}", date.in_words()));
                (
                    "screening",
                    format!(
                        "{}: {}{}{until}",
                        screening.kind,
                        screening.result.word(),
                        dated(screening.date)
                    ),
                )
            }
            Fact::Membership(tie) => {
                let nation = self
                    .nations
                    .get(&tie.nation)
                    .map_or("a nation you may not see", String::as_str);
                (
                    "membership",
                    noted(
                        &format!("{nation}: {}", tie.state.word().replace('_', " ")),
                        &tie.confirmed_by,
                    ),
                )
            }
            Fact::HouseholdMember(tie) => ("household", household(tie.household)),
            Fact::Parent(tie) => {
                let legal = match tie.legal_state.word() {
                    "" => String::new(),
                    state => format!(
                        "; rights {}{}",
                        state.replace('_', " "),
                        dated(tie.legal_date)
                    ),
                };
                (
                    "parent",
                    format!(
                        "{} is the {} parent{legal}",
                        self.person(tie.parent),
                        tie.nature.word()
                    ),
                )
            }
            Fact::Union(tie) => {
                let ended = if tie.state == UnionState::Ended {
                    " (ended)"
                } else {
                    ""
                };
                (
                    "union",
                    format!(
                        "{} with {}{ended}",
                        tie.kind.word().replace('_', "-"),
                        self.person(tie.partner)
                    ),
                )
            }
            Fact::StatedKin(tie) => (
                "stated kin",
                format!("{} is \"{}\"", self.person(tie.kin), tie.as_told),
            ),
            Fact::Network(tie) => (
                "network",
                format!("{}: {}", tie.role.replace('_', " "), self.person(tie.adult)),
            ),
            Fact::Place(place) => ("place", place.name.clone()),
            Fact::Nation(nation) => ("nation", nation.name.clone()),
            Fact::Household { name } => ("household", name.clone()),
            Fact::Case(case) => ("case", case.legal_status.replace('_', " ")),
            Fact::Inquiry(inquiry) => ("inquiry", inquiry.answer.word().replace('_', " ")),
            Fact::Outreach(outreach) => ("outreach", outreach.state.word().replace('_', " ")),
            Fact::WaitingFamily(family) => ("waiting family", family.name.clone()),
            Fact::Note(note) => ("note", note.clone()),
            Fact::KeptLines(kept) => ("lines of the file", kept.text.clone()),
        }
    }

    /// A tie that stands with the other end; nothing for ties that stand here.
    fn tie(&self, tie: &NodeTie) -> Option<(&'static str, String)> {
        let other = self.person(tie.other);
        match tie.kind {
            NodeTieKind::Child { nature, .. } => {
                let nature = if nature == ParentNature::Birth {
                    String::new()
                } else {
                    format!(" ({})", nature.word())
                };
                Some(("child", format!("{other} is a child{nature}")))
            }
            NodeTieKind::KinOf { .. } => {
                Some(("stated kin", format!("stated to be kin of {other}")))
            }
            NodeTieKind::Partner { state, .. } => {
                let ended = if state == UnionState::Ended {
                    " (ended)"
                } else {
                    ""
                };
                Some(("union", format!("couple with {other}{ended}")))
            }
            NodeTieKind::Parent { .. } | NodeTieKind::Kin { .. } => None,
        }
    }
}

fn household(id: HouseholdId) -> String {
    format!("member of household {}", id.0)
}

fn dated(date: Option<PartialDate>) -> String {
    date.map_or(String::new(), |date| format!(" {}", date.in_words()))
}

fn noted(words: &str, note: &str) -> String {
    if note.is_empty() {
        words.to_owned()
    } else {
        format!("{words} ({note})")
    }
}
