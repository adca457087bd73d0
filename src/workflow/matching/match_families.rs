//! Which waiting families fit a child, and the brothers and sisters who are to be placed together.

use super::prepare::Matching;
use super::sibling_plan::{SiblingPlan, sibling_plan};
use super::sorted::Sorted;
use crate::access::Permit;
use crate::error::Error;
use crate::model::case::Purpose;
use crate::model::ids::{PersonId, Revision};
use crate::model::lead::{LeadTarget, OrderUsed, PersonSummary};
use crate::model::partial_date::Day;
use crate::placement::matching::FamilyMatch;
use crate::placement::order::{Attribute, Tier, Who};
use crate::store::{Snapshot, Store};
use crate::workflow::find_family::FindFamily;
use crate::workflow::find_family::belonging;
use crate::workflow::find_family::gather::{Gathered, gather};
use crate::workflow::find_family::{
    closed_by_status, families_of_tier, is_for_child, order_used, target,
};

/// Which families to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MatchView {
    #[default]
    Open,
    NearMisses,
    Excluded,
}

/// The question.
#[derive(Clone, Debug)]
pub struct MatchWaitingFamilies {
    pub child: PersonId,
    pub as_of: Day,
    /// The placement order's id; nothing means the one that the case or the rules name.
    pub order: Option<String>,
    pub view: MatchView,
    pub offset: usize,
    pub limit: usize,
    /// Whether to look for homes for brothers and sisters.
    pub sibling_plan: bool,
}

/// One family with its reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownMatch {
    pub family: LeadTarget,
    /// 1 is the first of the list.
    pub rank: u32,
    pub found: FamilyMatch,
    /// Whom of the family the child knows; empty if nobody is recorded.
    pub attachment: String,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct FamiliesMatched {
    pub children: Vec<PersonSummary>,
    pub as_of: Day,
    pub revision: Revision,
    pub order: OrderUsed,
    /// Why the tier is closed; empty if it is open.
    pub closed_because: String,
    pub table_version: String,
    pub notes: Vec<String>,
    pub wishes: Vec<String>,
    pub open: u32,
    pub near_misses: u32,
    pub excluded: u32,
    /// One page of the view.
    pub matches: Vec<ShownMatch>,
    pub plan: Option<SiblingPlan>,
}

impl FamiliesMatched {
    /// How many families the view holds in all.
    pub fn of_view(&self, view: MatchView) -> u32 {
        match view {
            MatchView::Open => self.open,
            MatchView::NearMisses => self.near_misses,
            MatchView::Excluded => self.excluded,
        }
    }
}

/// Answers the question whole, or fails.
pub fn match_waiting_families(
    store: &Store,
    permit: &Permit,
    question: &MatchWaitingFamilies,
) -> Result<FamiliesMatched, Error> {
    let snapshot = permit.snapshot(store)?.as_of(question.as_of);
    let search = as_search(question.child, question.as_of, question.order.clone());
    let gathered = gather(&snapshot, permit, &search)?;
    let people = belonging::people(&gathered, permit)?;
    let matching = Matching::prepare(&snapshot, permit, &gathered, &people)?;
    permit.go_on()?;
    let (tiers, closed_because) = tiers_of(&gathered);
    let held = held_by(&snapshot, permit, &gathered, &tiers, &matching)?;
    let by_name = gathered.uses(Attribute::Name);
    // Where the tier is closed nobody is looked at, and nobody is counted.
    let sorted = match closed_because.is_empty() {
        true => Sorted::of(&matching, held.as_deref(), by_name),
        false => Sorted::none(by_name),
    };
    permit.go_on()?;
    let first = u32::try_from(question.offset).unwrap_or(u32::MAX);
    let matches = page(&matching, &sorted, question)
        .into_iter()
        .zip(first.saturating_add(1)..)
        .map(|(position, rank)| shown(&matching, position, rank))
        .collect();
    let wants_plan =
        question.sibling_plan && closed_because.is_empty() && matching.children.len() > 1;
    let plan = match wants_plan {
        true => {
            let held = held.as_deref();
            Some(sibling_plan(permit, &gathered, &matching, &sorted, held)?)
        }
        false => None,
    };
    let case = gathered.case.as_ref().map(|(_, case)| case);
    let count = |families: usize| u32::try_from(families).unwrap_or(u32::MAX);
    Ok(FamiliesMatched {
        as_of: question.as_of,
        revision: snapshot.revision(),
        order: order_used(&gathered.chosen),
        closed_because,
        table_version: matching.table.version.clone(),
        notes: matching.question.notes.clone(),
        wishes: case.map_or_else(Vec::new, |case| case.wishes.clone()),
        open: count(sorted.open.len()),
        near_misses: count(sorted.near.len()),
        excluded: count(sorted.excluded.len()),
        matches,
        plan,
        children: matching.shown,
    })
}

/// The search whose surroundings are looked at.
pub fn as_search(child: PersonId, as_of: Day, order: Option<String>) -> FindFamily {
    FindFamily {
        child,
        purpose: Purpose::Placement,
        as_of,
        order,
        leads_per_tier: 0,
        excluded_offset: 0,
        excluded_limit: 0,
    }
}

/// The tiers of waiting families that are open to the child, or why none is.
pub fn tiers_of(gathered: &Gathered) -> (Vec<&'static Tier>, String) {
    let tiers = gathered.order.tiers.iter();
    let of_families: Vec<&Tier> = tiers
        .filter(|tier| tier.holds_any(Who::WaitingFamilies) && is_for_child(gathered, tier))
        .collect();
    if of_families.is_empty() {
        let none = "No tier of this order holds waiting families.".to_owned();
        return (of_families, none);
    }
    let mut closed = String::new();
    let mut open = Vec::new();
    for tier in of_families {
        match closed_by_status(gathered, tier) {
            None => open.push(tier),
            Some(reason) if closed.is_empty() => closed = reason,
            Some(_) => {}
        }
    }
    match open.is_empty() {
        true => (open, closed),
        false => (open, String::new()),
    }
}

/// Which families the open tiers hold; nothing where they hold all.
pub fn held_by(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    tiers: &[&Tier],
    matching: &Matching,
) -> Result<Option<Vec<bool>>, Error> {
    let profiles = || matching.families.profiles();
    let mut all: Option<Vec<bool>> = None;
    for tier in tiers {
        let held = families_of_tier(snapshot, permit, gathered, tier, &profiles)?;
        let Some(held) = held else {
            return Ok(None);
        };
        match &mut all {
            None => all = Some(held),
            Some(all) => {
                for (known, more) in all.iter_mut().zip(held) {
                    *known |= more;
                }
            }
        }
    }
    Ok(all)
}

/// Whether the open tiers hold one family.
pub fn is_held(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    tiers: &[&Tier],
    matching: &Matching,
    position: u32,
) -> Result<bool, Error> {
    let profile = || vec![&matching.families.entry(position).2];
    for tier in tiers {
        let held = families_of_tier(snapshot, permit, gathered, tier, &profile)?;
        if held.is_none_or(|held| held.contains(&true)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One family, with the words for all children together.
pub fn shown(matching: &Matching, position: u32, rank: u32) -> ShownMatch {
    let entry = matching.families.entry(position);
    let attached = matching.around.attached.get(&position);
    ShownMatch {
        family: target(entry),
        rank,
        found: matching.bound().explain(matching.table, position, &entry.2),
        attachment: attached.cloned().unwrap_or_default(),
    }
}

fn page(matching: &Matching, sorted: &Sorted, question: &MatchWaitingFamilies) -> Vec<u32> {
    let last = question.offset.saturating_add(question.limit);
    let all = match question.view {
        MatchView::Open => sorted.best(matching, last),
        MatchView::NearMisses => sorted.nearest(matching),
        MatchView::Excluded => sorted.excluded.clone(),
    };
    let page = all.into_iter().skip(question.offset);
    page.take(question.limit).collect()
}
