//! Parent ties of the children of families, and what is doubtful about them.

use super::families::{ChildLink, Partner};
use super::reader::Reading;
use crate::exchange::assembly::Standing;
use crate::exchange::family_check::{AgeConflict, BirthTie, age_conflict, own_ancestors};
use crate::exchange::report::shown;
use crate::model::ids::PersonId;
use crate::model::partial_date::PartialDate;
use crate::model::statement::{Certainty, Fact};
use crate::model::tie::{LegalState, ParentNature, ParentTie};
use rustc_hash::FxHashMap;

pub fn add_parent(
    reading: &mut Reading<'_>,
    link: &ChildLink,
    partner: &Partner,
    birth_parents: &mut FxHashMap<u32, u8>,
) {
    let said = if partner.is_wife {
        link.to_wife
    } else {
        link.to_husband
    };
    let nature = said.unwrap_or(ParentNature::Birth);
    if partner.person == link.child {
        reading.warn(
            link.line as usize,
            "a person is their own parent: this is not taken",
        );
        return;
    }
    if !reading
        .parent_ties
        .insert((link.child, partner.person, nature))
    {
        return;
    }
    let mut certainty = link.certainty;
    if nature == ParentNature::Birth && certainty < Certainty::Disputed {
        let known = birth_parents.entry(link.child).or_insert(0);
        *known = known.saturating_add(1);
        if *known > 2 {
            certainty = Certainty::Disputed;
            reading.warn(
                link.line as usize,
                "a third birth parent is recorded: kept as disputed",
            );
        }
    }
    let of_family = reading.standing(link.family as usize, link.family as usize);
    let standing = Standing {
        certainty,
        seal: link.seal.max(of_family.seal),
        ..of_family
    };
    let tie = ParentTie {
        parent: PersonId(partner.person.into()),
        nature,
        legal_state: LegalState::Unknown,
        legal_date: None,
        court: String::new(),
    };
    let since = link.since.as_deref().copied();
    let since = since.filter(|_| nature == ParentNature::Adoptive);
    reading.assembly.add_fact(
        link.child.into(),
        Fact::Parent(tie),
        standing.during(since, None),
    );
    if nature == ParentNature::Birth && certainty != Certainty::Disproved {
        warn_about_ages(reading, link, partner.person.into());
        reading.birth_ties.push(BirthTie {
            child: link.child,
            parent: partner.person,
            line: link.line,
        });
    }
}

fn warn_about_ages(reading: &mut Reading<'_>, link: &ChildLink, parent: u64) {
    let births = (
        reading.birth_of(parent),
        reading.birth_of(link.child.into()),
    );
    let Some(conflict) = age_conflict(births.0, births.1) else {
        return;
    };
    let told = match conflict {
        AgeConflict::BornBeforeParent => "the child is older than the parent".to_owned(),
        AgeConflict::ParentTooYoung { at_most } => {
            format!("the parent was at most {at_most} years old")
        }
        AgeConflict::ParentVeryOld { at_least } => {
            format!("the parent was at least {at_least} years old")
        }
    };
    let born = |date: Option<PartialDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let reason = format!(
        "{told}: {} (born {}) and the birth parent {} (born {})",
        shown(reading.assembly.xref(link.child.into())),
        born(births.1),
        shown(reading.assembly.xref(parent)),
        born(births.0)
    );
    reading.warn(link.line as usize, reason);
}

pub fn check_circles(reading: &mut Reading<'_>) {
    let ties = std::mem::take(&mut reading.birth_ties);
    for found in own_ancestors(&ties) {
        let chain: Vec<&str> = found
            .chain
            .iter()
            .map(|person| reading.assembly.xref((*person).into()))
            .collect();
        let chain = chain.join(" → ");
        let reason = format!(
            "a person would be their own ancestor, each arrow leading to a birth parent: {chain}"
        );
        reading.warn(ties[found.closing_tie].line as usize, reason);
    }
}
