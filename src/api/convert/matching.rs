//! Matches of children and waiting families.

use super::lead::{cited, order_used, score, waiting_family};
use super::person::person_summary;
use super::revision_text;
use crate::api::v1;
use crate::model::lead::{LeadTarget, PersonSummary, Score};
use crate::model::partial_date::Day;
use crate::placement::matching::{Change, No};
use crate::workflow::{
    ChildMatch, ChildrenMatched, FamiliesMatched, MatchView, ShownMatch, SiblingHome, SiblingPlan,
    SiblingSplit, Slate, SlateAim, SlateOutcome, SlateRow,
};

/// Everything but the page and its token.
pub fn families_matched(answer: &FamiliesMatched) -> v1::MatchWaitingFamiliesResponse {
    let plan = answer.plan.as_ref();
    v1::MatchWaitingFamiliesResponse {
        children: people(&answer.children, answer.as_of),
        as_of: answer.as_of.to_string(),
        revision: revision_text(answer.revision),
        order: Some(order_used(&answer.order)),
        closed_because: answer.closed_because.clone(),
        table_version: answer.table_version.clone(),
        notes: answer.notes.clone(),
        wishes: answer.wishes.clone(),
        open_count: answer.open,
        near_miss_count: answer.near_misses,
        excluded_count: answer.excluded,
        matches: Vec::new(),
        sibling_plan: plan.map(|plan| sibling_plan(plan, answer.as_of)),
        next_page_token: String::new(),
    }
}

/// Everything but the page and its token.
pub fn children_matched(answer: &ChildrenMatched) -> v1::MatchWaitingChildrenResponse {
    v1::MatchWaitingChildrenResponse {
        waiting_family: summary_of(&answer.family),
        as_of: answer.as_of.to_string(),
        revision: revision_text(answer.revision),
        table_version: answer.table_version.clone(),
        open_count: answer.open,
        near_miss_count: answer.near_misses,
        excluded_count: answer.excluded,
        closed_count: answer.closed,
        not_looked_at_count: answer.not_looked_at,
        children: Vec::new(),
        next_page_token: String::new(),
    }
}

/// One child with how the family fits.
pub fn child_match(matched: &ChildMatch, on: Day) -> v1::ChildMatch {
    v1::ChildMatch {
        children: people(&matched.children, on),
        order: matched.order.clone(),
        family_match: Some(family_match(&matched.found)),
    }
}

/// One family with its reasons.
pub fn family_match(shown: &ShownMatch) -> v1::FamilyMatch {
    let found = &shown.found;
    let status = match (found.nos.is_empty(), found.questions.is_empty()) {
        (false, _) => v1::MatchStatus::Excluded,
        (true, false) => v1::MatchStatus::NeedsReview,
        (true, true) => v1::MatchStatus::Open,
    };
    v1::FamilyMatch {
        waiting_family: summary_of(&shown.family),
        rank: shown.rank,
        status: status.into(),
        score: Some(score(&Score {
            total: found.brief.score,
            parts: found.parts.clone(),
        })),
        completeness: found.brief.completeness,
        questions: found.questions.clone(),
        unanswered: found.unanswered.clone(),
        obstacles: found.nos.iter().map(obstacle).collect(),
        near_miss: found.is_near_miss(),
        would_admit: found.would_admit(),
        attachment: shown.attachment.clone(),
    }
}

fn obstacle(no: &No) -> v1::MatchObstacle {
    let changes: Vec<String> = no.changes.iter().map(Change::words).collect();
    v1::MatchObstacle {
        rule: no.rule.clone(),
        words: no.words.clone(),
        would_admit: changes.join("; "),
    }
}

fn sibling_plan(plan: &SiblingPlan, on: Day) -> v1::SiblingPlan {
    let splits = plan.splits.iter();
    v1::SiblingPlan {
        together_count: plan.together,
        together_if: plan.together_if.iter().map(family_match).collect(),
        splits: splits.map(|split| sibling_split(split, on)).collect(),
        if_separated: cited(&plan.if_separated),
        no_splits_because: plan.no_splits_because.clone(),
    }
}

fn sibling_split(split: &SiblingSplit, on: Day) -> v1::SiblingSplit {
    let count = |pairs: usize| u32::try_from(pairs).unwrap_or(u32::MAX);
    let homes = split.homes.iter();
    v1::SiblingSplit {
        homes: homes.map(|home| sibling_home(home, on)).collect(),
        unplaced: people(&split.unplaced, on),
        pairs_together: count(split.pairs_together),
        pairs_near: count(split.pairs_near),
    }
}

fn sibling_home(home: &SiblingHome, on: Day) -> v1::SiblingHome {
    v1::SiblingHome {
        waiting_family: summary_of(&home.family),
        children: people(&home.children, on),
        score: home.score,
        needs_review: home.needs_review,
        not_all_because: home.not_all_because.iter().map(obstacle).collect(),
    }
}

/// The first message of a slate.
pub fn slate_head(slate: &Slate) -> v1::SlateHead {
    let count = |wanted: v1::SlateOutcome| {
        let rows = slate.rows.iter();
        let found = rows.filter(|row| outcome(&row.outcome) == wanted).count();
        u32::try_from(found).unwrap_or(u32::MAX)
    };
    v1::SlateHead {
        as_of: slate.as_of.to_string(),
        revision: revision_text(slate.revision),
        table_version: slate.table_version.clone(),
        aim: match slate.aim {
            SlateAim::GreatestTotal => v1::SlateAim::GreatestTotal,
            SlateAim::Stable => v1::SlateAim::Stable,
        }
        .into(),
        passing_over_because: slate.passing_over_because.clone(),
        proposed_count: count(v1::SlateOutcome::Proposed),
        better_placed_elsewhere_count: count(v1::SlateOutcome::BetterPlacedElsewhere),
        no_family_count: count(v1::SlateOutcome::NoFamily),
        off_count: count(v1::SlateOutcome::Off),
    }
}

fn outcome(outcome: &SlateOutcome) -> v1::SlateOutcome {
    match outcome {
        SlateOutcome::Proposed { .. } => v1::SlateOutcome::Proposed,
        SlateOutcome::BetterPlacedElsewhere => v1::SlateOutcome::BetterPlacedElsewhere,
        SlateOutcome::NoFamily => v1::SlateOutcome::NoFamily,
        SlateOutcome::Off(_) => v1::SlateOutcome::Off,
    }
}

/// A child or group on a slate.
pub fn slate_row(row: &SlateRow, on: Day) -> v1::SlateRow {
    let mut told = v1::SlateRow {
        children: people(&row.children, on),
        worker: row.worker.clone(),
        order: row.order.clone(),
        outcome: outcome(&row.outcome).into(),
        open_count: row.open,
        why: row.why(),
        ..v1::SlateRow::default()
    };
    if let SlateOutcome::Proposed {
        family,
        score,
        rank,
        needs_review,
    } = &row.outcome
    {
        told.waiting_family = summary_of(family);
        told.score = *score;
        told.rank = *rank;
        told.needs_review = *needs_review;
    }
    told
}

fn people(people: &[PersonSummary], on: Day) -> Vec<v1::PersonSummary> {
    let people = people.iter();
    people.map(|person| person_summary(person, on)).collect()
}

fn summary_of(target: &LeadTarget) -> Option<v1::WaitingFamilySummary> {
    match target {
        LeadTarget::WaitingFamily {
            public_id, name, ..
        } => Some(waiting_family(*public_id, name)),
        LeadTarget::Person(_) => None,
    }
}

impl From<v1::SlateAim> for SlateAim {
    fn from(aim: v1::SlateAim) -> SlateAim {
        match aim {
            v1::SlateAim::Unspecified | v1::SlateAim::GreatestTotal => SlateAim::GreatestTotal,
            v1::SlateAim::Stable => SlateAim::Stable,
        }
    }
}

impl From<v1::MatchView> for MatchView {
    fn from(view: v1::MatchView) -> MatchView {
        match view {
            v1::MatchView::Unspecified | v1::MatchView::Open => MatchView::Open,
            v1::MatchView::NearMisses => MatchView::NearMisses,
            v1::MatchView::Excluded => MatchView::Excluded,
        }
    }
}
