//! The child's nations, on either side: one lead each, its designated representative.

use super::belonging::Belonging;
use super::gather::Gathered;
use crate::model::case::OutreachTarget;
use crate::model::ids::NationId;
use crate::model::ids::PublicId;
use crate::model::lead::{Line, NationLead};
use crate::model::nation::{MembershipState, Nation};
use crate::model::tie::Side;

/// How a nation is the child's.
struct Link {
    nation: NationId,
    state: MembershipState,
    /// "the child", or the ancestor in words with the name.
    through: String,
    side: Side,
    /// Generations between the child and the one through whom.
    up: u8,
}

/// The nations of the child and of the child's ancestors, nearest first.
pub fn nations(gathered: &Gathered, people: &[Belonging<'_>]) -> Vec<NationLead> {
    let links = links(gathered, people).into_iter();
    let leads = links.filter_map(|link| {
        let (public_id, nation) = gathered.nation(link.nation)?;
        Some(lead(gathered, link, *public_id, nation.clone()))
    });
    leads.collect()
}

fn links(gathered: &Gathered, people: &[Belonging<'_>]) -> Vec<Link> {
    let own = gathered
        .child()
        .nations
        .iter()
        .map(|&(nation, state)| Link {
            nation,
            state,
            through: "the child".to_owned(),
            side: Side::Unknown,
            up: 0,
        });
    let mut links: Vec<Link> = own.collect();
    for person in people {
        let Some(way) = person.ways.first() else {
            continue;
        };
        let by_descent = matches!(
            way.shape.line(),
            Line::Blood | Line::Adoption | Line::Custom
        );
        if way.shape.down() > 0 || !by_descent {
            continue;
        }
        let words = crate::kinship::naming::name(&gathered.graph, way.route, &way.shape).words;
        links.extend(person.node.nations.iter().map(|&(nation, state)| Link {
            nation,
            state,
            through: format!("{} ({words})", person.node.name),
            side: way.shape.side,
            up: way.shape.up(),
        }));
    }
    links.sort_by(|one, other| {
        (one.nation, one.up, &one.through).cmp(&(other.nation, other.up, &other.through))
    });
    let mut merged: Vec<Link> = Vec::new();
    for link in links {
        match merged
            .last_mut()
            .filter(|known| known.nation == link.nation)
        {
            Some(known) => known.side = both(known.side, link.side),
            None => merged.push(link),
        }
    }
    merged.sort_by(|one, other| {
        (one.up, one.state, &one.through).cmp(&(other.up, other.state, &other.through))
    });
    merged
}

fn both(known: Side, more: Side) -> Side {
    match (known, more) {
        (Side::Unknown, side) | (side, Side::Unknown) => side,
        (one, other) if one == other => one,
        _ => Side::Both,
    }
}

fn lead(gathered: &Gathered, link: Link, public_id: PublicId, nation: Nation) -> NationLead {
    let mut questions = Vec::new();
    match link.state {
        MembershipState::Member | MembershipState::ConfirmedByNation => {}
        MembershipState::Entitled => {
            questions.push("entitled, not registered: what does the nation say?".to_owned());
        }
        MembershipState::Claimed => {
            questions.push("claimed: has the nation been asked to confirm?".to_owned());
        }
        MembershipState::AskedAwaitingAnswer => {
            questions.push("the nation was asked and has not answered yet".to_owned());
        }
        MembershipState::NotAMember => {
            questions.push(
                "recorded as not a member: does the nation see the child as theirs all the same?"
                    .to_owned(),
            );
        }
    }
    if nation.designated_representative.is_empty() {
        questions.push("who is the designated representative? Not recorded".to_owned());
    }
    NationLead {
        id: link.nation,
        public_id,
        name: nation.name,
        other_names: nation.other_names,
        membership: link.state,
        confirmed_by: String::new(),
        through: link.through,
        side: link.side,
        designated_representative: nation.designated_representative,
        agencies: nation.agencies,
        outreach: gathered
            .outreach(OutreachTarget::Nation(link.nation))
            .to_vec(),
        questions,
    }
}
