//! The tier of approved and waiting families: whether the child's legal status opens it, and who is in it.

use super::FindFamily;
use super::belonging::Belonging;
use super::gather::Gathered;
use super::tiers::is_for_child;
use crate::access::Permit;
use crate::error::Error;
use crate::model::absence::{Change, ChangeKind, NearMiss};
use crate::model::case::{OutreachTarget, Purpose};
use crate::model::ids::{PersonId, PublicId, WaitingFamilyId};
use crate::model::lead::{Excluded, Lead, LeadStatus, LeadTarget, Score, ScorePart};
use crate::model::neighborhood::Node;
use crate::model::partial_date::PartialDate;
use crate::model::waiting_family::WaitingFamily;
use crate::placement::matching::{Brief, Change as WhatHelps, FamilyMatch, No, best};
use crate::placement::order::{Attribute, NationTest, Tier, Who};
use crate::placement::pathways::as_word;
use crate::store::{FamilyEntry, Snapshot};
use crate::workflow::matching::{Matching, Sorted};

/// Families found, or why the tier is closed.
pub struct WaitingTier {
    pub leads: Vec<Lead>,
    pub total: u32,
    pub excluded: ExcludedFamilies,
    pub empty_because: String,
}

/// Families that a rule excludes, by name. What is shown of them is worked out only for those on the page.
#[derive(Default)]
pub struct ExcludedFamilies {
    tier: u32,
    /// The families with how they stand; nothing where the tier is closed.
    found: Option<(Matching, Sorted)>,
}

impl ExcludedFamilies {
    fn positions(&self) -> &[u32] {
        let found = self.found.as_ref();
        found.map_or(&[], |(_, sorted)| &sorted.excluded)
    }

    /// Those that one rule alone excludes.
    pub fn near_ids(&self) -> Vec<WaitingFamilyId> {
        let found = self.found.iter();
        found
            .flat_map(|(matching, sorted)| {
                let near = sorted.near.iter();
                near.map(|&position| matching.families.entry(position).0)
            })
            .collect()
    }

    pub fn len(&self) -> usize {
        self.positions().len()
    }

    /// Whether the family at this position is among them.
    pub fn holds(&self, position: u32) -> bool {
        self.positions().contains(&position)
    }

    /// One page of them.
    pub fn page(&self, offset: usize, limit: usize) -> Vec<Excluded> {
        let Some((matching, sorted)) = &self.found else {
            return Vec::new();
        };
        let page = sorted.excluded.iter().skip(offset).take(limit);
        page.map(|&position| self.shown(matching, position).0)
            .collect()
    }

    /// The nearest of those whom one rule excludes and no other: the fewest steps from a yes first, then the best fit.
    pub fn near_misses(&self, most: usize) -> Vec<NearMiss> {
        let Some((matching, sorted)) = &self.found else {
            return Vec::new();
        };
        let nearest = sorted.nearest(matching).into_iter().take(most);
        nearest
            .map(|position| {
                let (excluded, found) = self.shown(matching, position);
                let change = Change {
                    kind: found.nos.first().map_or(ChangeKind::Answer, kind_of_change),
                    words: excluded.would_admit.clone(),
                    from: None,
                };
                NearMiss { excluded, change }
            })
            .collect()
    }

    fn shown(&self, matching: &Matching, position: u32) -> (Excluded, FamilyMatch) {
        let entry = matching.families.entry(position);
        let found = matching.bound().explain(matching.table, position, &entry.2);
        let first = found.nos.first();
        let excluded = Excluded {
            target: target(entry),
            tier: self.tier,
            relation: "waiting family".to_owned(),
            rule: first.map_or_else(String::new, |no| no.rule.clone()),
            reason: first.map_or_else(String::new, |no| no.words.clone()),
            connection: false,
            near_miss: found.is_near_miss(),
            would_admit: found.would_admit(),
        };
        (excluded, found)
    }
}

/// An approval and a child's consent are for others to decide; the rest is an answer of the family.
pub fn kind_of_change(no: &No) -> ChangeKind {
    let is_decision = |change: &WhatHelps| {
        matches!(
            change,
            WhatHelps::Approved(_) | WhatHelps::ApprovalBeyond(_) | WhatHelps::ChildConsents(_)
        )
    };
    match no.changes.iter().any(is_decision) {
        true => ChangeKind::Decision,
        false => ChangeKind::Answer,
    }
}

/// Order without names: who was approved first, then whose approval ends first, then public ids.
pub fn by_waiting((_, public_id, family): &FamilyEntry) -> (i32, i32, PublicId) {
    let day = |date: Option<PartialDate>| {
        date.and_then(|date| date.possible_days().0)
            .map_or(i32::MAX, |day| day.0)
    };
    (
        day(family.approved_on),
        day(family.approval_expires),
        *public_id,
    )
}

/// A family as whom an answer is about.
pub fn target((id, public_id, family): &FamilyEntry) -> LeadTarget {
    LeadTarget::WaitingFamily {
        id: *id,
        public_id: *public_id,
        name: family.name.clone(),
    }
}

impl WaitingTier {
    fn closed(reason: String) -> WaitingTier {
        WaitingTier {
            leads: Vec::new(),
            total: 0,
            excluded: ExcludedFamilies::default(),
            empty_because: reason,
        }
    }
}

/// The question put to the families, and which of them the tier holds: all where nothing is given.
struct Opened {
    matching: Matching,
    held: Option<Vec<bool>>,
}

/// What matching needs, or why the tier is closed.
fn opened(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    people: &[Belonging<'_>],
    tier: &Tier,
    purpose: Purpose,
) -> Result<Result<Opened, String>, Error> {
    if purpose != Purpose::Placement {
        let reason = "Waiting families are looked at for placement only.";
        return Ok(Err(reason.to_owned()));
    }
    if !is_for_child(gathered, tier) {
        return Ok(Err(String::new()));
    }
    if let Some(reason) = closed_by_status(gathered, tier) {
        return Ok(Err(reason));
    }
    let matching = Matching::prepare(snapshot, permit, gathered, people)?;
    permit.go_on()?;
    let profiles = || matching.families.profiles();
    let held = families_of_tier(snapshot, permit, gathered, tier, &profiles)?;
    Ok(Ok(Opened { matching, held }))
}

/// The families of the tier that are open to the child, in numbers, the best first: those of [`waiting_tier`].
pub fn open_families(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    people: &[Belonging<'_>],
    tier: &Tier,
    purpose: Purpose,
) -> Result<Vec<(WaitingFamilyId, Brief)>, Error> {
    let opened = opened(snapshot, permit, gathered, people, tier, purpose)?;
    let Ok(Opened { matching, held }) = opened else {
        return Ok(Vec::new());
    };
    let bound = matching.bound();
    let mut open = bound.open();
    open.retain(|&position| held.as_ref().is_none_or(|held| held[position as usize]));
    let sorted = Sorted::none(gathered.uses(Attribute::Name));
    let ties = |one: u32, other: u32| sorted.ties(&matching.families, one, other);
    let found = best(bound.briefs(&open), usize::MAX, &ties).into_iter();
    Ok(found
        .map(|brief| (matching.families.entry(brief.position).0, brief))
        .collect())
}

/// Works out the tier.
pub fn waiting_tier(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    people: &[Belonging<'_>],
    tier: &Tier,
    question: &FindFamily,
) -> Result<WaitingTier, Error> {
    let purpose = question.purpose;
    let Opened {
        matching,
        held: in_tier,
    } = match opened(snapshot, permit, gathered, people, tier, purpose)? {
        Ok(opened) => opened,
        Err(reason) => return Ok(WaitingTier::closed(reason)),
    };
    let found = Sorted::of(
        &matching,
        in_tier.as_deref(),
        gathered.uses(Attribute::Name),
    );
    permit.go_on()?;
    let total = found.open.len() as u32;
    let leads = leads(
        gathered,
        &matching,
        found.best(&matching, question.leads_per_tier),
    );
    let empty_because = match (total, found.excluded.len()) {
        (0, 0) if !matching.families.is_empty() => {
            "Of the waiting families recorded, none is known to be of this tier: nobody in them is recorded as it asks, of the nation or offered by it."
                .to_owned()
        }
        (0, 0) => "No waiting family is recorded.".to_owned(),
        (0, left_out) => {
            format!(
                "None of the {left_out} families recorded is open to this child; each is listed with its reason."
            )
        }
        _ => String::new(),
    };
    let excluded = ExcludedFamilies {
        tier: tier.number,
        found: Some((matching, found)),
    };
    Ok(WaitingTier {
        leads,
        total,
        excluded,
        empty_because,
    })
}

fn leads(gathered: &Gathered, matching: &Matching, positions: Vec<u32>) -> Vec<Lead> {
    let bound = matching.bound();
    let ranked = positions.into_iter().zip(1..);
    ranked
        .map(|(position, rank)| {
            let entry = matching.families.entry(position);
            let found = bound.explain(matching.table, position, &entry.2);
            Lead {
                rank,
                ..family_lead(gathered, entry, found)
            }
        })
        .collect()
}

/// Which families a tier holds where the order asks about their nations: those that no earlier tier holds. Nothing where it
/// asks nothing: then one tier holds them all.
pub fn families_of_tier<'f>(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    tier: &Tier,
    profiles: &dyn Fn() -> Vec<&'f WaitingFamily>,
) -> Result<Option<Vec<bool>>, Error> {
    let tests_of = |tier: &Tier| -> Vec<Option<NationTest>> {
        tier.holds
            .iter()
            .filter(|holding| holding.who == Who::WaitingFamilies)
            .map(|holding| holding.nation)
            .collect()
    };
    let tiers = || {
        gathered
            .order
            .tiers
            .iter()
            .filter(|tier| is_for_child(gathered, tier))
    };
    if tiers().flat_map(tests_of).all(|test| test.is_none()) {
        return Ok(None);
    }
    let profiles = profiles();
    let members: Vec<PersonId> = profiles
        .iter()
        .flat_map(|family| family.members.iter().copied())
        .collect();
    let nodes = snapshot.nodes(&members, permit.visibility())?;
    let mut next = nodes.iter();
    let mut held = Vec::with_capacity(profiles.len());
    for family in profiles {
        let people: Vec<&Node> = next.by_ref().take(family.members.len()).flatten().collect();
        let first = tiers().find(|tier| {
            tests_of(tier)
                .into_iter()
                .any(|test| test.is_none_or(|test| gathered.meets(test, &people)))
        });
        held.push(first.is_some_and(|first| first.number == tier.number));
    }
    Ok(Some(held))
}

/// Only matching with waiting families needs the legal status that the order names. Unknown needs review.
pub fn closed_by_status(gathered: &Gathered, tier: &Tier) -> Option<String> {
    if tier.needs_legal_status.is_empty() {
        return None;
    }
    let needed = &tier.needs_legal_status_words;
    let status = gathered
        .case
        .as_ref()
        .map_or("", |(_, case)| case.legal_status.as_str());
    if status.is_empty() {
        return Some(format!(
            "Needs review: the child's legal status is not recorded. This tier opens with {needed}."
        ));
    }
    let open = tier
        .needs_legal_status
        .iter()
        .any(|needed| *needed == as_word(status));
    let words = status.replace('_', " ");
    (!open).then(|| {
        format!("Not open yet: this tier needs {needed}; the legal status recorded is \"{words}\".")
    })
}

fn family_lead(gathered: &Gathered, entry: &FamilyEntry, found: FamilyMatch) -> Lead {
    let (id, _, family) = entry;
    let screening = family
        .approval_expires
        .map_or("expiry of approval not recorded".to_owned(), |expires| {
            format!("approved until {}", expires.in_words())
        });
    let unconfirmed = family.last_confirmed.is_none();
    let completeness = completeness(&found);
    let mut parts = found.parts;
    parts.push(completeness);
    Lead {
        target: target(entry),
        rank: 0,
        relation: "approved waiting family".to_owned(),
        kinship: None,
        path: Vec::new(),
        other_ways: Vec::new(),
        score: Score {
            total: found.brief.score,
            parts,
        },
        status: match found.questions.is_empty() {
            true => LeadStatus::Open,
            false => LeadStatus::NeedsReview,
        },
        questions: found.questions,
        cautions: Vec::new(),
        outreach: gathered
            .outreach(OutreachTarget::WaitingFamily(*id))
            .to_vec(),
        screening,
        unknown: unconfirmed
            .then(|| "when their availability was last confirmed".to_owned())
            .into_iter()
            .collect(),
        also_recorded_as: Vec::new(),
        if_words: String::new(),
    }
}

/// How much of what counts was answered, as a part of the score without points.
fn completeness(found: &FamilyMatch) -> ScorePart {
    let percent = (100.0 * found.brief.completeness).round();
    let reason = match found.unanswered.is_empty() {
        true => format!("{percent} % of what counts is known"),
        false => format!(
            "{percent} % of what counts is known; not known: {}",
            found.unanswered.join("; ")
        ),
    };
    ScorePart {
        name: "completeness".to_owned(),
        points: 0.0,
        reason,
    }
}
