//! Brothers and sisters: the homes that take all, or what stands in the way, the best splits, and what the law asks for.

use super::match_families::{ShownMatch, shown};
use super::prepare::Matching;
use super::sorted::Sorted;
use crate::access::Permit;
use crate::error::Error;
use crate::model::lead::{CitedWords, LeadTarget, PersonSummary};
use crate::placement::candidate::{Distance, DistanceBands};
use crate::placement::matching::{
    MOST_CHILDREN, No, Question, Split, best, best_splits, choices, separation_texts,
};
use crate::workflow::find_family::gather::Gathered;
use crate::workflow::find_family::target;

/// Homes for brothers and sisters.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SiblingPlan {
    /// How many homes take them all.
    pub together: u32,
    /// Where none does: the homes nearest to it.
    pub together_if: Vec<ShownMatch>,
    pub splits: Vec<SiblingSplit>,
    pub if_separated: Vec<CitedWords>,
    pub no_splits_because: String,
}

/// Brothers and sisters in several homes.
#[derive(Clone, Debug, PartialEq)]
pub struct SiblingSplit {
    pub homes: Vec<SiblingHome>,
    pub unplaced: Vec<PersonSummary>,
    pub pairs_together: usize,
    pub pairs_near: usize,
}

/// One home of a split.
#[derive(Clone, Debug, PartialEq)]
pub struct SiblingHome {
    pub family: LeadTarget,
    pub children: Vec<PersonSummary>,
    pub score: f64,
    pub needs_review: bool,
    /// What stands in the way of all of them living there.
    pub not_all_because: Vec<No>,
}

/// Splits shown.
const SPLITS: usize = 3;
/// Homes shown that would take all if one thing changed.
const NEAREST: usize = 5;

/// Looks for homes for all of them, and for the best splits where there is none.
pub fn sibling_plan(
    permit: &Permit,
    gathered: &Gathered,
    matching: &Matching,
    sorted: &Sorted,
    held: Option<&[bool]>,
) -> Result<SiblingPlan, Error> {
    let together = u32::try_from(sorted.open.len()).unwrap_or(u32::MAX);
    let mut plan = SiblingPlan {
        together,
        ..SiblingPlan::default()
    };
    if together > 0 {
        return Ok(plan);
    }
    let nearest = sorted.nearest(matching).into_iter().take(NEAREST).zip(1..);
    plan.together_if = nearest
        .map(|(position, rank)| shown(matching, position, rank))
        .collect();
    let texts = separation_texts(&gathered.order.id);
    plan.if_separated = texts.map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    let children = matching.children.len();
    if children > MOST_CHILDREN {
        plan.no_splits_because = format!(
            "Splits are looked for among at most {MOST_CHILDREN} children; here are {children}. Ask for smaller groups, as those who are closest to each other."
        );
        return Ok(plan);
    }
    let splits = splits(permit, gathered, matching, sorted, held)?;
    plan.splits = splits
        .iter()
        .map(|split| shown_split(gathered, matching, split))
        .collect();
    Ok(plan)
}

fn splits(
    permit: &Permit,
    gathered: &Gathered,
    matching: &Matching,
    sorted: &Sorted,
    held: Option<&[bool]>,
) -> Result<Vec<Split>, Error> {
    let children = matching.children.len();
    let ties = |one: u32, other: u32| sorted.ties(&matching.families, one, other);
    let mut stopped = None;
    let mut open = |set: u32| {
        if stopped.is_none() {
            stopped = permit.go_on().err();
        }
        if stopped.is_some() {
            return Vec::new();
        }
        let question = for_some(gathered, matching, |child| set & (1 << child) != 0);
        let bound = matching.bind(&question);
        let nos = bound.nos();
        let positions: Vec<u32> = (0..nos.len())
            .filter(|&at| nos[at] == 0 && held.is_none_or(|held| held[at]))
            .map(|at| at as u32)
            .collect();
        let best = best(bound.briefs(&positions), choices(children), &ties);
        best.into_iter()
            .map(|brief| (brief.position as usize, brief.score))
            .collect()
    };
    let bands = DistanceBands::default();
    let centre = |family: usize| {
        let place = matching.families.columns.place[family];
        let is_protected = matching.around.protected.contains(&(family as u32));
        let centre = matching.families.centres.get(place as usize);
        centre.copied().flatten().filter(|_| !is_protected)
    };
    let near = |one: usize, other: usize| match (centre(one), centre(other)) {
        (Some(one), Some(other)) => bands.between(one, other) <= Distance::Within100,
        _ => false,
    };
    let splits = best_splits(children, SPLITS, &mut open, &near);
    match stopped {
        Some(error) => Err(error),
        None => Ok(splits),
    }
}

/// The question for some of the children.
fn for_some(gathered: &Gathered, matching: &Matching, is_one: impl Fn(usize) -> bool) -> Question {
    let children = matching.children.iter().enumerate();
    let some = children
        .filter(|(position, _)| is_one(*position))
        .map(|(_, child)| child.clone())
        .collect();
    Question::new(matching.table, some, gathered.as_of, &|attribute| {
        gathered.uses(attribute)
    })
}

fn shown_split(gathered: &Gathered, matching: &Matching, split: &Split) -> SiblingSplit {
    let people = |children: &[usize]| -> Vec<PersonSummary> {
        let children = children.iter();
        children
            .map(|&child| matching.shown[child].clone())
            .collect()
    };
    let homes = split.homes.iter().map(|home| {
        let position = home.family as u32;
        let entry = matching.families.entry(position);
        let question = for_some(gathered, matching, |child| home.children.contains(&child));
        let all = matching.bound();
        SiblingHome {
            family: target(entry),
            children: people(&home.children),
            score: home.score,
            needs_review: matching.bind(&question).brief(position).reviews > 0,
            not_all_because: all.explain(matching.table, position, &entry.2).nos,
        }
    });
    SiblingSplit {
        homes: homes.collect(),
        unplaced: people(&split.unplaced),
        pairs_together: split.pairs_together,
        pairs_near: split.pairs_near,
    }
}
