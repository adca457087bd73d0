//! Who could belong to this child, in the prescribed order: gather, sort into tiers, rank, explain.

pub(super) mod belonging;
pub(super) mod cautions;
pub(super) mod coverage_of;
pub(super) mod gather;
pub(super) mod nations;
mod near_misses;
mod other_records;
pub(super) mod show;
pub(super) mod tiers;
pub(super) mod waiting;

pub(super) use show::ways_in_words;
pub(super) use tiers::is_for_child;
pub(super) use waiting::{by_waiting, closed_by_status, families_of_tier, target};

use crate::access::Permit;
use crate::error::Error;
use crate::kinship::contradictions::contradictions;
use crate::model::case::Purpose;
use crate::model::ids::{PersonId, WaitingFamilyId};
use crate::model::lead::{CitedWords, FamilyAnswer, OrderUsed};
use crate::model::partial_date::Day;
use crate::placement::order::{Chosen, Duty};
use crate::store::{Snapshot, Store};

/// The question.
#[derive(Clone, Debug)]
pub struct FindFamily {
    pub child: PersonId,
    pub purpose: Purpose,
    /// The date the answer is for: ages, ends of ties and ask-again dates are taken on this day.
    pub as_of: Day,
    /// The placement order's id; nothing means the case's, else the default.
    pub order: Option<String>,
    /// At most this many leads of each tier are returned (all are counted).
    pub leads_per_tier: usize,
    /// Which of the excluded to return.
    pub excluded_offset: usize,
    pub excluded_limit: usize,
}

/// Answers the question whole, or fails.
pub fn find_family(
    store: &Store,
    permit: &Permit,
    question: &FindFamily,
) -> Result<FamilyAnswer, Error> {
    let snapshot = permit.snapshot(store)?.as_of(question.as_of);
    Ok(find_family_on(&snapshot, permit, question, Words::OfAll)?.0)
}

/// The same, with the waiting families that one rule alone excludes, the nearest first, among the near misses.
pub fn find_family_and_nearest(
    store: &Store,
    permit: &Permit,
    question: &FindFamily,
) -> Result<FamilyAnswer, Error> {
    let snapshot = permit.snapshot(store)?.as_of(question.as_of);
    Ok(find_family_on(&snapshot, permit, question, Words::OfAllAndNearest)?.0)
}

/// At most so many waiting families are told as near misses: as many as one would call.
const MOST_NEAR_FAMILIES: usize = 20;

/// Of which waiting families words are worked out. There may be as many as the store has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Of all on the page.
    OfAll,
    /// Of all on the page, and of the nearest of those left out once more, apart.
    OfAllAndNearest,
    /// Not of those left out: they are counted.
    WithoutFamiliesLeftOut,
    /// Of none: they are counted.
    OfPeople,
}

/// The same from a snapshot at hand, which must be as of the question's date; and the waiting families that one rule alone
/// leaves out.
pub(super) fn find_family_on(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &FindFamily,
    words: Words,
) -> Result<(FamilyAnswer, Vec<WaitingFamilyId>), Error> {
    let gathered = gather::gather(snapshot, permit, question)?;
    let people = belonging::people(&gathered, permit)?;
    let assigned = tiers::assign(&gathered, permit, &people, question.purpose)?;
    answer_from(snapshot, permit, &gathered, &assigned, question, words)
}

/// The same from what was gathered and assigned for this question.
pub(super) fn answer_from(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &gather::Gathered,
    assigned: &tiers::Assigned<'_>,
    question: &FindFamily,
    words: Words,
) -> Result<(FamilyAnswer, Vec<WaitingFamilyId>), Error> {
    let shown = show::Shown::load(snapshot, permit, gathered, assigned, question, words)?;
    let tiers = gathered
        .order
        .tiers
        .iter()
        .map(|tier| shown.tier(snapshot, permit, gathered, assigned, tier, question))
        .collect::<Result<Vec<_>, Error>>()?;
    let families: Vec<_> = tiers.iter().map(|shown| &shown.excluded_families).collect();
    permit.go_on()?;
    let near: Vec<WaitingFamilyId> = families.iter().flat_map(|one| one.near_ids()).collect();
    let page = match words {
        Words::OfAll | Words::OfAllAndNearest => question.clone(),
        Words::WithoutFamiliesLeftOut | Words::OfPeople => FindFamily {
            excluded_limit: question.excluded_limit.min(assigned.excluded.len()),
            ..question.clone()
        },
    };
    let mut near_misses = near_misses::near_misses(gathered, permit, assigned, question.purpose)?;
    if words == Words::OfAllAndNearest {
        let of_tiers = families.iter();
        near_misses.extend(of_tiers.flat_map(|of_tier| of_tier.near_misses(MOST_NEAR_FAMILIES)));
    }
    let (excluded, excluded_total) = shown.excluded(gathered, assigned, &families, &page);
    let answer = FamilyAnswer {
        child: super::relations::summary(gathered.child(), question.as_of),
        purpose: question.purpose,
        as_of: question.as_of,
        revision: snapshot.revision(),
        order: order_used(&gathered.chosen),
        tiers: tiers.into_iter().map(|answer| answer.tier).collect(),
        excluded,
        excluded_total,
        near_misses,
        weights_version: gathered.weights.version.clone(),
        coverage: coverage_of::coverage_of(gathered, permit, assigned.people)?,
        contradictions: [
            contradictions(&gathered.graph),
            gathered.link_reports.clone(),
        ]
        .concat(),
        people_read: gathered.graph.people_read() as u32,
    };
    Ok((answer, near))
}

/// The order as told in the answer.
pub(super) fn order_used(chosen: &Chosen<'_>) -> OrderUsed {
    let duties = |duties: &[Duty]| {
        duties
            .iter()
            .map(|duty| CitedWords {
                words: duty.words.clone(),
                citation: duty.citation.clone(),
            })
            .collect()
    };
    let order = chosen.order;
    OrderUsed {
        id: order.id.clone(),
        version: order.version.clone(),
        title: order.title.clone(),
        citation: order.citation.clone(),
        because: chosen.because.clone(),
        earlier_tiers: order.earlier_tiers.words().to_owned(),
        consider: duties(&order.consider),
        document: duties(&order.document),
        not_used: chosen
            .not_used
            .iter()
            .map(|(rule, citation)| CitedWords {
                words: rule.words.clone(),
                citation: citation.clone(),
            })
            .collect(),
        notes: chosen.notes.clone(),
    }
}
