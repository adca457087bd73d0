//! Statements in words: what a fact says, with the names of everybody and everything that it speaks of.

use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{HouseholdId, NationId, PersonId, PlaceId};
use crate::model::neighborhood::{NodeTie, NodeTieKind};
use crate::model::partial_date::PartialDate;
use crate::model::same_person::{Probability, SamePersonLink, Verdict};
use crate::model::statement::Fact;
use crate::model::tie::{ParentNature, UnionState};
use crate::store::Snapshot;
use std::collections::BTreeMap;

/// The names of everybody and everything that the statements speak of.
pub struct Names {
    people: BTreeMap<PersonId, String>,
    places: BTreeMap<PlaceId, String>,
    nations: BTreeMap<NationId, String>,
}

impl Names {
    /// Reads the names of these people and of whatever the facts speak of.
    pub fn read<'a>(
        snapshot: &Snapshot<'_>,
        permit: &Permit,
        mut people: Vec<PersonId>,
        facts: impl Iterator<Item = &'a Fact>,
    ) -> Result<Names, Error> {
        let mut places: Vec<PlaceId> = Vec::new();
        let mut nations: Vec<NationId> = Vec::new();
        for fact in facts {
            people.extend(fact.other_person());
            match fact {
                Fact::Birth { place, .. } => places.extend(place),
                Fact::Death(death) => places.extend(death.place),
                Fact::Residence(residence) => places.push(residence.place),
                Fact::ImportantPlace(important) => places.push(important.place),
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

    pub fn person(&self, id: PersonId) -> &str {
        self.people
            .get(&id)
            .map_or("somebody you may not see", String::as_str)
    }

    fn place(&self, id: Option<PlaceId>) -> String {
        id.and_then(|id| self.places.get(&id))
            .map_or(String::new(), |name| format!(" in {name}"))
    }

    /// The kind of a fact and what it says.
    pub fn fact(&self, fact: &Fact) -> (&'static str, String) {
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
            Fact::ImportantPlace(important) => (
                "place that matters",
                format!(
                    "{}{}",
                    important.meaning.word(),
                    self.place(Some(important.place))
                ),
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
            Fact::SamePerson(link) => ("same person", same_person(link, self.person(link.other))),
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
    pub fn tie(&self, tie: &NodeTie) -> Option<(&'static str, String)> {
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

/// "may be the same person as Margaret Joseph (93 %: Josef and Joseph sound alike)".
pub fn same_person(link: &SamePersonLink, other: &str) -> String {
    let verdict = match link.verdict {
        Verdict::Undecided => "may be the same person as",
        Verdict::Same => "is the same person as",
        Verdict::Different => "is not the same person as",
    };
    let why: Vec<&str> = match link.verdict_reason.as_str() {
        "" => link
            .reasons
            .iter()
            .map(|reason| reason.words.as_str())
            .collect(),
        reason => vec![reason],
    };
    let probability = link.probability.map(Probability::in_words);
    match (probability, why.join("; ")) {
        (None, why) => noted(&format!("{verdict} {other}"), &why),
        (Some(probability), why) if why.is_empty() => format!("{verdict} {other} ({probability})"),
        (Some(probability), why) => format!("{verdict} {other} ({probability}: {why})"),
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
