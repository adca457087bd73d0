//! What statements mean for derived records: a person's part of their own node record, what a tie puts into the record
//! of its other end, and the records made of both. Pure: from histories to bytes, no clock and no store.

use super::error::StoreError;
use super::history::{History, Version};
use super::node_record::{NameBrief, NodeSection, Weighed, encode_node};
use super::other_records::{Standing, encode_sections};
use super::sections::Section;
use super::tie_kind::TieKind;
use crate::model::ids::{PersonId, Subject, SubjectKind};
use crate::model::neighborhood::{
    NodeLink, NodeNetworkTie, NodeTie, NodeTieKind, ScreeningBrief, Vital,
};
use crate::model::partial_date::PartialDate;
use crate::model::person::NameKind;
use crate::model::same_person::SamePersonLink;
use crate::model::statement::{Certainty, Fact};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What a statement puts into the record of another subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    /// The subject whose record it goes into.
    pub other: u64,
    pub section: Section,
    pub content: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Tie(NodeTie),
    Link(NodeLink),
    Member(PersonId),
}

/// What the statements of one subject put into the records of others.
pub fn contributions(history: &History, add: &mut dyn FnMut(Contribution)) {
    for version in history.live() {
        contributions_of(history.subject, version, add);
    }
}

/// What one live statement puts into the records of others.
pub fn contributions_of(subject: Subject, version: &Version, add: &mut dyn FnMut(Contribution)) {
    let Subject::Person(person) = subject else {
        return;
    };
    let content = match version.fact() {
        Fact::HouseholdMember(_) if version.statement.evidence.valid_to.is_none() => {
            Content::Member(person)
        }
        Fact::Parent(_) | Fact::Union(_) | Fact::StatedKin(_) => {
            match tie_at_other_end(person, version) {
                Some(tie) => Content::Tie(tie),
                None => return,
            }
        }
        Fact::SamePerson(link) => Content::Link(node_link(version, link, person)),
        _ => return,
    };
    for other in version.fact().other_subjects() {
        add(Contribution {
            other: other.number(),
            section: Section::of(&version.statement.evidence),
            content: content.clone(),
        });
    }
}

/// The derived record of a subject, from its own statements and what others put into it. Nothing for a subject of
/// whom nothing stands.
pub fn record(
    history: &History,
    contributed: &[Contribution],
) -> Result<Option<Vec<u8>>, StoreError> {
    match history.subject.kind() {
        SubjectKind::Person => person_record(history, contributed),
        SubjectKind::Household => household_record(history, contributed),
        SubjectKind::Nation
        | SubjectKind::Place
        | SubjectKind::Case
        | SubjectKind::WaitingFamily => document_record(history),
    }
}

fn person_record(
    history: &History,
    contributed: &[Contribution],
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut sections = BTreeMap::new();
    add_to_person(&mut sections, history.live(), contributed);
    if sections.is_empty() {
        return Ok(None);
    }
    let header = &history.header;
    let external_id = header.external_ids.first().map(|(_, id)| id);
    encode_node(header.public_id(), external_id, &sections).map(Some)
}

/// Adds live statements of a person, and what others put into the record, to sections that hold earlier statements.
pub fn add_to_person<'h>(
    sections: &mut BTreeMap<Section, NodeSection<'h>>,
    own: impl IntoIterator<Item = &'h Version>,
    contributed: &[Contribution],
) {
    for version in own {
        let section = Section::of(&version.statement.evidence);
        add_own(sections.entry(section).or_default(), version);
    }
    for contribution in contributed {
        if matches!(contribution.content, Content::Member(_)) {
            continue;
        }
        let section = sections.entry(contribution.section).or_default();
        match &contribution.content {
            Content::Tie(tie) => section.ties.push(*tie),
            Content::Link(link) => section.links.push(*link),
            Content::Member(_) => {}
        }
    }
    for section in sections.values_mut() {
        section.ties.sort_by_key(|tie| (tie.statement, tie.other));
        section
            .links
            .sort_by_key(|link| (link.statement, link.other));
        section.households.sort_unstable();
    }
}

fn add_own<'h>(section: &mut NodeSection<'h>, version: &'h Version) {
    let evidence = &version.statement.evidence;
    let statement = version.id();
    match version.fact() {
        Fact::Name(name) => {
            name_brief(version, name_rank(name.kind), &name.full, true).offer(&mut section.name);
        }
        Fact::Unnamed(words) => {
            name_brief(version, u8::MAX, words, false).offer(&mut section.name);
        }
        Fact::Gender(gender) => by_certainty(version, *gender).offer(&mut section.gender),
        Fact::Birth { date, .. } => {
            if let Some(date) = date {
                by_certainty(version, *date).offer(&mut section.birth);
            }
        }
        Fact::Death(death) => {
            let vital = if death.dead {
                Vital::Dead(death.date)
            } else {
                Vital::Alive
            };
            by_certainty(version, vital).offer(&mut section.death);
        }
        Fact::Residence(residence) => Weighed {
            weight: evidence.valid_to.map_or(i32::MAX, last_day),
            statement,
            value: residence.place,
        }
        .offer(&mut section.place),
        Fact::Contact(_) => section.reachable |= evidence.valid_to.is_none(),
        Fact::Language(language) => {
            section
                .languages
                .push((statement, Cow::Borrowed(language.as_str())));
        }
        Fact::Caution(caution) => section.cautions.push((caution.kind, evidence.valid_to)),
        Fact::Screening(screening) => Weighed {
            weight: screening.date.map_or(i32::MIN, last_day),
            statement,
            value: ScreeningBrief {
                result: screening.result,
                expires: screening.expires,
            },
        }
        .offer(&mut section.screening),
        Fact::Parent(_) | Fact::Union(_) | Fact::StatedKin(_) => {
            section.ties.extend(own_tie(version));
        }
        Fact::SamePerson(link) => section.links.push(node_link(version, link, link.other)),
        Fact::Network(tie) => section.network.push(NodeNetworkTie {
            adult: tie.adult,
            role: tie.role.clone(),
            paid: tie.paid,
            certainty: evidence.certainty,
            from: evidence.valid_from,
            to: evidence.valid_to,
            statement,
            source: evidence.source,
        }),
        Fact::Membership(tie) => section.nations.push((statement, tie.nation, tie.state)),
        Fact::HouseholdMember(tie) => {
            if evidence.valid_to.is_none() {
                section.households.push(tie.household);
            }
        }
        Fact::Place(_)
        | Fact::Nation(_)
        | Fact::Household { .. }
        | Fact::Case(_)
        | Fact::Inquiry(_)
        | Fact::Outreach(_)
        | Fact::Note(_)
        | Fact::ImportantPlace(_)
        | Fact::KeptLines(_)
        | Fact::WaitingFamily(_) => {}
    }
}

fn name_brief<'h>(version: &'h Version, rank: u8, text: &'h str, named: bool) -> NameBrief<'h> {
    NameBrief {
        rank,
        statement: version.id(),
        named,
        text: Cow::Borrowed(text),
    }
}

/// Which kind of name is shown first.
fn name_rank(kind: NameKind) -> u8 {
    match kind {
        NameKind::Used => 0,
        NameKind::Legal => 1,
        NameKind::Birth => 2,
        NameKind::Traditional => 3,
        NameKind::Previous => 4,
        NameKind::Alias => 5,
    }
}

/// Of two that say differently the surer counts, then the later.
fn by_certainty<T>(version: &Version, value: T) -> Weighed<T> {
    let weight = match version.statement.evidence.certainty {
        Certainty::Confirmed => 3,
        Certainty::Reported => 2,
        Certainty::Disputed => 1,
        Certainty::Disproved => 0,
    };
    Weighed {
        weight,
        statement: version.id(),
        value,
    }
}

fn last_day(date: PartialDate) -> i32 {
    date.possible_days().1.map_or(i32::MAX - 1, |day| day.0)
}

/// The tie as its own subject sees it.
fn own_tie(version: &Version) -> Option<NodeTie> {
    let kind = match version.fact() {
        Fact::Parent(tie) => NodeTieKind::Parent {
            nature: tie.nature,
            legal_state: tie.legal_state,
        },
        Fact::Union(union) => NodeTieKind::Partner {
            kind: union.kind,
            state: union.state,
        },
        Fact::StatedKin(kin) => NodeTieKind::Kin {
            term: kin.term,
            side: kin.side,
            basis: kin.basis,
        },
        _ => return None,
    };
    Some(node_tie(version, version.fact().other_person()?, kind))
}

/// The tie as its other end sees it; nothing for foster parents and guardians, who may have very many.
fn tie_at_other_end(subject: PersonId, version: &Version) -> Option<NodeTie> {
    let kind = match version.fact() {
        Fact::Parent(tie) if TieKind::of(version.fact()) == Some(TieKind::Parent) => {
            NodeTieKind::Child {
                nature: tie.nature,
                legal_state: tie.legal_state,
            }
        }
        Fact::Union(union) => NodeTieKind::Partner {
            kind: union.kind,
            state: union.state,
        },
        Fact::StatedKin(kin) => NodeTieKind::KinOf {
            term: kin.term,
            side: kin.side,
            basis: kin.basis,
        },
        _ => return None,
    };
    Some(node_tie(version, subject, kind))
}

fn node_tie(version: &Version, other: PersonId, kind: NodeTieKind) -> NodeTie {
    let evidence = &version.statement.evidence;
    NodeTie {
        other,
        kind,
        certainty: evidence.certainty,
        from: evidence.valid_from,
        to: evidence.valid_to,
        statement: version.id(),
        source: evidence.source,
    }
}

/// A same-person link as the end sees it whose other end is named.
fn node_link(version: &Version, link: &SamePersonLink, other: PersonId) -> NodeLink {
    let evidence = &version.statement.evidence;
    NodeLink {
        other,
        probability: link.probability,
        verdict: link.verdict,
        certainty: evidence.certainty,
        statement: version.id(),
        source: evidence.source,
    }
}

fn household_record(
    history: &History,
    contributed: &[Contribution],
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut sections: BTreeMap<Section, Vec<PersonId>> = BTreeMap::new();
    for version in history.live() {
        sections
            .entry(Section::of(&version.statement.evidence))
            .or_default();
    }
    for contribution in contributed {
        if let Content::Member(person) = contribution.content {
            sections
                .entry(contribution.section)
                .or_default()
                .push(person);
        }
    }
    if sections.is_empty() {
        return Ok(None);
    }
    for members in sections.values_mut() {
        members.sort_unstable();
        members.dedup();
    }
    encode_sections(history.header.public_id(), &sections).map(Some)
}

fn document_record(history: &History) -> Result<Option<Vec<u8>>, StoreError> {
    let mut sections: BTreeMap<Section, Standing<&Fact>> = BTreeMap::new();
    for version in history.live().filter(|version| is_document(version.fact())) {
        let standing = Standing {
            revision: version.revision,
            statement: version.id(),
            fact: version.fact(),
        };
        let section = Section::of(&version.statement.evidence);
        let held = sections.entry(section).or_insert_with(|| standing.clone());
        if (standing.revision, standing.statement) > (held.revision, held.statement) {
            *held = standing;
        }
    }
    if sections.is_empty() {
        return Ok(None);
    }
    encode_sections(history.header.public_id(), &sections).map(Some)
}

fn is_document(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Nation(_) | Fact::Place(_) | Fact::Case(_) | Fact::WaitingFamily(_)
    )
}
