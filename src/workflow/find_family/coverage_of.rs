//! Hands the family found to the coverage engine.

use super::belonging::{Belonging, is_foster_kin, is_parent_of_sibling};
use super::gather::Gathered;
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::naming::name;
use crate::kinship::route::Shape;
use crate::model::coverage::Coverage;
use crate::model::lead::Sibship;
use crate::model::neighborhood::{Node, Vital};
use crate::model::partial_date::Truth;
use crate::model::person::CautionKind;
use crate::model::tie::Side;
use crate::placement::coverage::{FamilyKnown, KnownRelative, coverage};

/// The coverage of the child's family.
pub fn coverage_of(
    gathered: &Gathered,
    permit: &Permit,
    people: &[Belonging<'_>],
) -> Result<Coverage, Error> {
    let mut relatives = Vec::new();
    let mut closed_sides = Vec::new();
    let mut connections = 0;
    let (mut network_named, mut network_unnamed) = (0, 0);
    let mut has_half_siblings = false;
    for (position, person) in people.iter().enumerate() {
        permit.go_on_at(position)?;
        if person.is_probable() || !is_born(gathered, person) {
            continue;
        }
        let alive = is_alive(gathered, person);
        connections += u32::from(alive && person.node.named);
        if !person.network.is_empty() {
            network_named += u32::from(person.node.named);
            network_unnamed += u32::from(!person.node.named);
        }
        let Some(way) = person.ways.first() else {
            continue;
        };
        let shape = &way.shape;
        let is_parent = shape.joints.is_empty() && (shape.up(), shape.down()) == (1, 0);
        if is_parent
            && person
                .node
                .cautions
                .contains(CautionKind::FamilyViolenceException)
        {
            closed_sides.push(shape.side);
        }
        if is_foster_kin(shape) || (!shape.joints.is_empty() && !is_parent_of_sibling(shape)) {
            continue;
        }
        has_half_siblings |=
            (shape.up(), shape.down()) == (1, 1) && shape.sibship() == Sibship::Half;
        let words = match shape.up() + shape.down() {
            0..=4 => name(&gathered.graph, way.route, shape).words,
            // Too far to be counted in a row or asked first; the words are not shown.
            _ => String::new(),
        };
        let mut relative = known_relative(gathered, person.node, shape, alive, words);
        if !relative.parent_of_sibling {
            relative.side = side_of_all_ways(person, relative.side);
        }
        relatives.push(relative);
    }
    Ok(coverage(&FamilyKnown {
        relatives: &relatives,
        inquiries: &gathered.inquiries,
        network_named,
        network_unnamed,
        connections,
        has_half_siblings,
        closed_sides: &closed_sides,
    }))
}

/// Where a person is as near on the other side too, both: an ancestor of both parents, a cousin twice over.
fn side_of_all_ways(person: &Belonging<'_>, nearest: Side) -> Side {
    let generations = |shape: &Shape| (shape.up(), shape.down());
    let first = person.ways.first().map(|way| generations(&way.shape));
    let on_other_side = person.ways.iter().any(|way| {
        way.shape.joints.is_empty()
            && Some(generations(&way.shape)) == first
            && matches!(
                (nearest, way.shape.side),
                (Side::Maternal, Side::Paternal) | (Side::Paternal, Side::Maternal)
            )
    });
    if on_other_side { Side::Both } else { nearest }
}

fn known_relative(
    gathered: &Gathered,
    node: &Node,
    shape: &Shape,
    alive: bool,
    words: String,
) -> KnownRelative {
    let of_age = node
        .birth
        .map(|birth| birth.is_aged_at_least(gathered.order.age_of_majority, gathered.as_of));
    let senior = shape.up() > shape.down();
    let has_no_contact = node.cautions.contains(CautionKind::NoContact);
    let is_excepted = node.cautions.contains(CautionKind::FamilyViolenceException);
    let parent_of_sibling = is_parent_of_sibling(shape);
    KnownRelative {
        id: node.id,
        name: node.name.clone(),
        up: if parent_of_sibling { 0 } else { shape.up() },
        down: if parent_of_sibling { 0 } else { shape.down() },
        side: if parent_of_sibling {
            // They hold a sibling; of the child's own mother's or father's kin they need know nothing.
            Side::Unknown
        } else if shape.side == Side::Unknown && (shape.up(), shape.down()) == (1, 1) {
            Side::Both
        } else {
            shape.side
        },
        named: node.named,
        // Of somebody of an older generation whose age is not known we take it that they are grown up.
        adult: of_age == Some(Truth::Yes) || (senior && of_age != Some(Truth::No)),
        may_be_asked: alive && !words.is_empty() && !has_no_contact && !is_excepted,
        reachable: node.reachable,
        parent_of_sibling,
        words,
    }
}

fn is_born(gathered: &Gathered, person: &Belonging<'_>) -> bool {
    let birth = person.node.birth;
    birth.is_none_or(|birth| birth.on_or_before(gathered.as_of) != Truth::No)
}

fn is_alive(gathered: &Gathered, person: &Belonging<'_>) -> bool {
    match person.node.death {
        Vital::Dead(None) => false,
        Vital::Dead(Some(date)) => date.on_or_before(gathered.as_of) == Truth::No,
        Vital::Alive | Vital::NotSaid => true,
    }
}
