//! A slate: over all waiting children at once, which waiting family each could have. It only proposes. Every child's order and
//! hard rules hold, brothers and sisters who are to be placed together go to one family, and a family takes the children of
//! one placement.

use super::match_children::children_in_care;
use super::match_families::{as_search, held_by, tiers_of};
use super::prepare::{Matching, table};
use super::sorted::Sorted;
use crate::access::Permit;
use crate::error::Error;
use crate::model::case::{Case, OutreachState, OutreachTarget, Purpose};
use crate::model::ids::{PersonId, PublicId, Revision};
use crate::model::lead::{LeadTarget, PersonSummary};
use crate::model::partial_date::{Day, PartialDate};
use crate::names::normalize::fold;
use crate::placement::order::{Attribute, EarlierTiers, Tier};
use crate::placement::slate::{Offers, greatest_total, stable};
use crate::store::{Snapshot, Store, WaitingFamilies};
use crate::workflow::find_family::belonging::{self, Belonging};
use crate::workflow::find_family::gather::{Gathered, gather};
use crate::workflow::find_family::{is_for_child, target, tiers};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// What a slate is to be the best in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SlateAim {
    /// The sum of the scores, each child counted.
    #[default]
    GreatestTotal,
    /// No children and family would both rather have each other.
    Stable,
}

/// The question.
#[derive(Clone, Debug)]
pub struct ProposeSlate {
    pub as_of: Day,
    pub aim: SlateAim,
    /// Show the children of this worker only, whatever the case of the name; all are placed. Empty: show all.
    pub worker: String,
    /// Why leads of earlier tiers keep nobody off the slate. Empty: they do.
    pub passing_over_because: String,
    /// So many children are matched at once.
    pub threads: usize,
}

/// The proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Slate {
    pub as_of: Day,
    pub revision: Revision,
    pub table_version: String,
    pub aim: SlateAim,
    pub passing_over_because: String,
    /// Those who waited longest first.
    pub rows: Vec<SlateRow>,
}

/// One child, or brothers and sisters who are to be placed together.
#[derive(Clone, Debug, PartialEq)]
pub struct SlateRow {
    pub children: Vec<PersonSummary>,
    pub worker: String,
    /// The id of the placement order used.
    pub order: String,
    /// How many families are open to them.
    pub open: u32,
    pub outcome: SlateOutcome,
}

/// What the slate says of them.
#[derive(Clone, Debug, PartialEq)]
pub enum SlateOutcome {
    Proposed {
        family: LeadTarget,
        /// 0 to 100, as for the children alone.
        score: f64,
        /// Its place among the families open to them; those before it are better placed with other children.
        rank: u32,
        needs_review: bool,
    },
    /// Families are open to them, and each is better placed with other children.
    BetterPlacedElsewhere,
    /// No family is open to them.
    NoFamily,
    /// They are not on the slate: why.
    Off(String),
}

impl SlateRow {
    /// Why not the first of the families open to them, or why none. Says nothing of other children.
    pub fn why(&self) -> String {
        match &self.outcome {
            SlateOutcome::Proposed { rank: 0 | 1, .. } => String::new(),
            SlateOutcome::Proposed { rank: 2, .. } => {
                "the family that fits better is better placed with other children".to_owned()
            }
            SlateOutcome::Proposed { rank, .. } => format!(
                "the {} families that fit better are better placed with other children",
                rank - 1
            ),
            SlateOutcome::BetterPlacedElsewhere if self.open == 1 => {
                "the one family that is open to them is better placed with other children"
                    .to_owned()
            }
            SlateOutcome::BetterPlacedElsewhere => format!(
                "the {} families that are open to them are all better placed with other children",
                self.open
            ),
            SlateOutcome::NoFamily => "no family is open to them".to_owned(),
            SlateOutcome::Off(why) => why.clone(),
        }
    }
}

/// One ten-thousandth of a point of a score.
const STEPS_A_POINT: f64 = 10_000.0;

/// Answers the question whole, or fails.
pub fn propose_slate(
    store: &Store,
    permit: &Permit,
    question: &ProposeSlate,
) -> Result<Slate, Error> {
    let snapshot = permit.snapshot(store)?.as_of(question.as_of);
    let families = snapshot.all_waiting_families(permit.visibility())?;
    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(question.threads.max(1))
        .build()
        .map_err(|error| Error::Unavailable {
            reason: format!("no threads for matching ({error})"),
        })?;
    let cases = children_in_care(&snapshot, permit)?;
    let groups: Vec<Option<Group>> = threads.install(|| {
        cases
            .par_iter()
            .map(|(child, case)| Group::of(&snapshot, permit, question, *child, case))
            .collect::<Result<_, Error>>()
    })?;
    let groups = each_once(groups.into_iter().flatten().collect());
    let mut offers = Offers::default();
    for group in &groups {
        // A sum counts each child; a family that chooses looks at how well a placement fits.
        let times = match question.aim {
            SlateAim::GreatestTotal => group.children.len() as i64,
            SlateAim::Stable => 1,
        };
        let open = group.offers.iter();
        offers.add(open.map(|offer| (offer.family, offer.worth * times)));
    }
    let placed = match question.aim {
        SlateAim::GreatestTotal => greatest_total(&offers, || permit.go_on())?,
        SlateAim::Stable => stable(&offers),
    };
    let worker = fold(&question.worker);
    let rows = groups.into_iter().zip(placed);
    Ok(Slate {
        as_of: question.as_of,
        revision: snapshot.revision(),
        table_version: table()?.version.clone(),
        aim: question.aim,
        passing_over_because: question.passing_over_because.clone(),
        rows: rows
            .filter(|(group, _)| worker.is_empty() || fold(&group.worker) == worker)
            .map(|(group, family)| group.into_row(&families, family))
            .collect(),
    })
}

/// A family that is open to a group.
struct Offer {
    family: u32,
    needs_review: bool,
    /// What the placement of one child is worth: its score in steps, and one for a home.
    worth: i64,
}

/// Children who are to be placed together.
struct Group {
    children: Vec<PersonSummary>,
    waits_since: Option<PartialDate>,
    worker: String,
    order: String,
    off: Option<String>,
    /// In the order in which the families suit them.
    offers: Vec<Offer>,
}

impl Group {
    /// A child's group; nothing where the child is not there for the caller.
    fn of(
        snapshot: &Snapshot<'_>,
        permit: &Permit,
        question: &ProposeSlate,
        child: PersonId,
        case: &Case,
    ) -> Result<Option<Group>, Error> {
        permit.go_on()?;
        let search = as_search(child, question.as_of, None);
        let gathered = match gather(snapshot, permit, &search) {
            Ok(gathered) => gathered,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let people = belonging::people(&gathered, permit)?;
        let matching = Matching::prepare(snapshot, permit, &gathered, &people)?;
        let (open_tiers, closed) = tiers_of(&gathered);
        let off = match closed.is_empty() {
            false => Some(closed),
            true if question.passing_over_because.is_empty() => {
                earlier_leads(&gathered, permit, &people, open_tiers.first().copied())?
            }
            true => None,
        };
        let mut offers = Vec::new();
        if off.is_none() {
            let held = held_by(snapshot, permit, &gathered, &open_tiers, &matching)?;
            let by_name = gathered.uses(Attribute::Name);
            let sorted = Sorted::of(&matching, held.as_deref(), by_name);
            offers = offers_of(&matching, &sorted);
        }
        Ok(Some(Group {
            children: matching.shown,
            waits_since: case.in_care_since,
            worker: case.worker.clone(),
            order: gathered.order.id.clone(),
            off,
            offers,
        }))
    }

    fn ids(&self) -> Vec<PublicId> {
        let mut ids: Vec<PublicId> = self.children.iter().map(|child| child.public_id).collect();
        ids.sort_unstable();
        ids
    }

    fn into_row(self, families: &WaitingFamilies, family: Option<u32>) -> SlateRow {
        let mut offers = self.offers.iter().zip(1..);
        let proposed = offers.find(|(offer, _)| Some(offer.family) == family);
        let outcome = match (self.off, proposed) {
            (Some(why), _) => SlateOutcome::Off(why),
            (None, Some((offer, rank))) => SlateOutcome::Proposed {
                family: target(families.entry(offer.family)),
                score: (offer.worth - 1) as f64 / STEPS_A_POINT,
                rank,
                needs_review: offer.needs_review,
            },
            (None, None) if self.offers.is_empty() => SlateOutcome::NoFamily,
            (None, None) => SlateOutcome::BetterPlacedElsewhere,
        };
        SlateRow {
            open: u32::try_from(self.offers.len()).unwrap_or(u32::MAX),
            children: self.children,
            worker: self.worker,
            order: self.order,
            outcome,
        }
    }
}

/// The open families, best first. A family that scores nothing is still a home.
fn offers_of(matching: &Matching, sorted: &Sorted) -> Vec<Offer> {
    let briefs: FxHashMap<u32, _> = sorted.open.iter().map(|at| (at.position, at)).collect();
    let best = sorted.best(matching, usize::MAX).into_iter();
    let known = best.filter_map(|position| briefs.get(&position).copied());
    known
        .map(|brief| Offer {
            family: brief.position,
            needs_review: brief.reviews > 0,
            worth: (brief.score * STEPS_A_POINT).round() as i64 + 1,
        })
        .collect()
}

/// Why people of earlier tiers keep a child off the slate: under some orders as long as any of them could be asked, under
/// every order while somebody is being asked or is willing.
fn earlier_leads(
    gathered: &Gathered,
    permit: &Permit,
    people: &[Belonging<'_>],
    of_families: Option<&Tier>,
) -> Result<Option<String>, Error> {
    let assigned = tiers::assign(gathered, permit, people, Purpose::Placement)?;
    let earlier = gathered.order.tiers.iter().zip(&assigned.leads);
    let mut earlier = earlier
        .take_while(|(tier, _)| of_families.is_none_or(|families| tier.number < families.number))
        .filter(|(tier, _)| is_for_child(gathered, tier));
    let is_under_way = |position: usize| {
        let node = people[position].node;
        let outreach = node
            .record_ids()
            .flat_map(|record| gathered.outreach(OutreachTarget::Person(record)).iter());
        outreach
            .filter(|brief| brief.purpose == Purpose::Placement)
            .any(|brief| {
                matches!(
                    brief.state,
                    OutreachState::Planned | OutreachState::Contacted | OutreachState::Willing
                )
            })
    };
    let mut counts = |only_under_way: bool| {
        let count = |position| !only_under_way || is_under_way(position);
        earlier.find_map(|(tier, leads)| {
            let leads = leads.iter().filter(|lead| count(lead.position)).count();
            (leads > 0).then_some((tier, leads))
        })
    };
    let (found, how) = match gathered.order.earlier_tiers {
        EarlierTiers::ExhaustedOrReason => (counts(false), "who could still be asked"),
        EarlierTiers::LookedAtFirst => (counts(true), "willing or being asked"),
    };
    Ok(found.map(|(tier, leads)| {
        let number = tier.number;
        format!(
            "earlier tiers come first: {leads} {how} in tier {number} ({})",
            tier.title
        )
    }))
}

/// Children of one group stand once, those who have waited longest first. Where the cases of brothers and sisters do not
/// agree on who belongs together, the first group stands, and the other is put off until they do.
fn each_once(mut groups: Vec<Group>) -> Vec<Group> {
    groups.sort_by_cached_key(|group| {
        let since = group.waits_since.map(|date| date.possible_days().0);
        (since.is_none(), since, group.ids())
    });
    let mut taken: FxHashMap<PublicId, usize> = FxHashMap::default();
    let mut kept: Vec<Group> = Vec::with_capacity(groups.len());
    for mut group in groups {
        let ids = group.ids();
        let before = ids.iter().find_map(|id| taken.get(id).copied());
        if before.is_some_and(|before| kept[before].ids() == ids) {
            continue;
        }
        let is_put_off = before.is_some();
        if is_put_off {
            group.offers.clear();
            group.off = Some(
                "the cases of these brothers and sisters do not agree on who is to be placed together: mend the cases"
                    .to_owned(),
            );
        }
        if !is_put_off {
            taken.extend(ids.into_iter().map(|id| (id, kept.len())));
        }
        kept.push(group);
    }
    kept
}
