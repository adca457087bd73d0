//! Which children fit a waiting family: the same question as for a child, put to one family for every child in care.

use super::match_families::{ShownMatch, as_search, is_held, shown, tiers_of};
use super::prepare::{Matching, needs_of, table};
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::same_person::Severed;
use crate::model::case::Case;
use crate::model::ids::{PersonId, PublicId, Revision, WaitingFamilyId};
use crate::model::lead::{LeadTarget, PersonSummary};
use crate::model::partial_date::Day;
use crate::placement::matching::{Bound, Brief, Question, Surroundings};
use crate::store::{FamilyList, Snapshot, Store};
use crate::workflow::find_family::belonging;
use crate::workflow::find_family::gather::gather;
use crate::workflow::find_family::target;
use crate::workflow::joined::joined_nodes;
use rustc_hash::FxHashSet;

/// The question.
#[derive(Clone, Debug)]
pub struct MatchWaitingChildren {
    pub family: WaitingFamilyId,
    pub as_of: Day,
    /// Whether to list children whom one rule excludes and no other, too.
    pub near_misses: bool,
    pub offset: usize,
    pub limit: usize,
}

/// A child, with those to be placed together, and how the family fits.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildMatch {
    pub children: Vec<PersonSummary>,
    /// The placement order used.
    pub order: String,
    pub found: ShownMatch,
}

/// The answer. Brothers and sisters who are to be placed together count once.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildrenMatched {
    pub family: LeadTarget,
    pub as_of: Day,
    pub revision: Revision,
    pub table_version: String,
    pub open: u32,
    /// Counted where they are asked for.
    pub near_misses: u32,
    pub excluded: u32,
    /// Children whose order does not open the tier.
    pub closed: u32,
    /// Children whom the case alone does not exclude, and who were not looked at: so many others fit better by it.
    pub not_looked_at: u32,
    /// One page.
    pub children: Vec<ChildMatch>,
}

impl ChildrenMatched {
    /// How many children the list holds in all.
    pub fn listed(&self) -> u32 {
        self.open + self.near_misses
    }
}

/// At most so many children are looked at whole, with kin, places and order: those whom the case alone fits best. The others
/// are counted as not looked at.
const MOST_LOOKED_AT: usize = 1000;

/// Cases read together.
const CASES_TOGETHER: usize = 1024;

/// Answers the question whole, or fails.
pub fn match_waiting_children(
    store: &Store,
    permit: &Permit,
    question: &MatchWaitingChildren,
) -> Result<ChildrenMatched, Error> {
    let snapshot = permit.snapshot(store)?.as_of(question.as_of);
    let families = snapshot.all_waiting_families(permit.visibility())?;
    let position = families.position_of(question.family);
    let position = position.ok_or_else(|| Error::NotFound {
        what: "waiting family",
        name: "as named".to_owned(),
    })?;
    let mut answer = ChildrenMatched {
        family: target(families.entry(position)),
        as_of: question.as_of,
        revision: snapshot.revision(),
        table_version: table()?.version.clone(),
        open: 0,
        near_misses: 0,
        excluded: 0,
        closed: 0,
        not_looked_at: 0,
        children: Vec::new(),
    };
    let mut worth_a_look: Vec<(PersonId, Brief)> = Vec::new();
    for children in children_in_care(&snapshot, permit)?.chunks(CASES_TOGETHER) {
        permit.go_on()?;
        for (child, brief) in roughly(&snapshot, permit, &families, position, question, children)? {
            match brief.nos > u8::from(question.near_misses) {
                true => answer.excluded += 1,
                false => worth_a_look.push((child, brief)),
            }
        }
    }
    if worth_a_look.len() > MOST_LOOKED_AT {
        // Among those that fit alike the first entered, as in any other list without names.
        worth_a_look.sort_by(|(child, one), (other_child, other)| {
            let by_nos = one.nos.cmp(&other.nos);
            by_nos
                .then_with(|| one.by_fit(other))
                .then_with(|| child.cmp(other_child))
        });
        let beyond = worth_a_look.len() - MOST_LOOKED_AT;
        answer.not_looked_at = u32::try_from(beyond).unwrap_or(u32::MAX);
        worth_a_look.truncate(MOST_LOOKED_AT);
    }
    let mut groups = FxHashSet::default();
    for (child, _) in worth_a_look {
        permit.go_on()?;
        exactly(&snapshot, permit, question, child, &mut groups, &mut answer)?;
    }
    in_order(&mut answer.children);
    let page = answer.children.into_iter().skip(question.offset);
    answer.children = page.take(question.limit).collect();
    Ok(answer)
}

/// Those whom nothing excludes first, then by fit.
fn in_order(children: &mut [ChildMatch]) {
    let key = |matched: &ChildMatch| matched.children.first().map(|child| child.public_id);
    children.sort_by(|one, other| {
        let (brief, other_brief) = (&one.found.found.brief, &other.found.found.brief);
        (brief.nos.cmp(&other_brief.nos))
            .then_with(|| brief.by_fit(other_brief))
            .then_with(|| key(one).cmp(&key(other)))
    });
    for (matched, rank) in children.iter_mut().zip(1..) {
        matched.found.rank = rank;
    }
}

/// The children of all open cases, in the order of entry.
pub fn children_in_care(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
) -> Result<Vec<(PersonId, Case)>, Error> {
    let mut found = Vec::new();
    for ids in snapshot.all_cases()?.chunks(CASES_TOGETHER) {
        permit.go_on()?;
        let cases = snapshot.cases(ids, permit.visibility())?.into_iter();
        let open = cases.flatten().filter(|(_, case)| case.active);
        found.extend(open.map(|(_, case)| (case.child, case)));
    }
    Ok(found)
}

/// For each child, how the family fits by what the case alone says, without kin, places and what only some orders look at: at
/// least so many rules exclude. Most children need no more.
fn roughly(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    families: &FamilyList,
    position: u32,
    question: &MatchWaitingChildren,
    children: &[(PersonId, Case)],
) -> Result<Vec<(PersonId, Brief)>, Error> {
    let table = table()?;
    let around = Surroundings::default();
    let ids: Vec<PersonId> = children.iter().map(|(child, _)| *child).collect();
    let nodes = snapshot.nodes(&ids, permit.visibility())?;
    let mut found = Vec::with_capacity(children.len());
    for ((child, case), node) in children.iter().zip(nodes) {
        // A child whom the caller may not see is not there.
        let Some(node) = node else {
            continue;
        };
        if !node.links.is_empty() {
            // Who else's record this is may change what is known: only the whole question tells.
            let unknown = Brief {
                score: 100.0,
                ..Brief::default()
            };
            found.push((*child, unknown));
            continue;
        }
        let mut needs = vec![needs_of(&node, Some(case))];
        let siblings = &case.siblings_in_care;
        for sibling in joined_nodes(snapshot, permit, siblings, &Severed::default())? {
            needs.push(needs_of(&sibling, None));
        }
        let asked = Question::new(table, needs, question.as_of, &|_| false);
        let bound = Bound::new(&asked, &families.columns, &around, table.freshness);
        found.push((*child, bound.brief(position)));
    }
    Ok(found)
}

/// The whole question for one child.
fn exactly(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    question: &MatchWaitingChildren,
    child: PersonId,
    groups: &mut FxHashSet<Vec<PublicId>>,
    answer: &mut ChildrenMatched,
) -> Result<(), Error> {
    let search = as_search(child, question.as_of, None);
    let gathered = match gather(snapshot, permit, &search) {
        Ok(gathered) => gathered,
        Err(Error::NotFound { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    let (tiers, closed) = tiers_of(&gathered);
    if !closed.is_empty() {
        answer.closed += 1;
        return Ok(());
    }
    let people = belonging::people(&gathered, permit)?;
    let matching = Matching::prepare(snapshot, permit, &gathered, &people)?;
    let mut group: Vec<PublicId> = matching.shown.iter().map(|one| one.public_id).collect();
    group.sort_unstable();
    let position = matching.families.position_of(question.family);
    let Some(position) = position.filter(|_| groups.insert(group)) else {
        return Ok(());
    };
    let is_held = is_held(snapshot, permit, &gathered, &tiers, &matching, position)?;
    let found = shown(&matching, position, 0);
    match found.found.nos.len() {
        0 if is_held => answer.open += 1,
        1 if is_held && question.near_misses => {
            answer.near_misses += 1;
            answer.excluded += 1;
        }
        _ => {
            answer.excluded += 1;
            return Ok(());
        }
    }
    answer.children.push(ChildMatch {
        children: matching.shown,
        order: gathered.order.id.clone(),
        found,
    });
    Ok(())
}
