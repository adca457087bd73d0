//! One child's list: what FindFamily answers, without the words.

use crate::access::Permit;
use crate::error::Error;
use crate::model::case::{OutreachState, Purpose};
use crate::model::coverage::Coverage;
use crate::model::ids::PersonId;
use crate::model::lead::{FamilyAnswer, Lead, LeadStatus, LeadTarget, NationLead, OutreachBrief};
use crate::model::partial_date::Day;
use crate::model::rematch::{ChildList, ListedExclusion, ListedLead, Target};
use crate::store::Snapshot;
use crate::workflow::find_family::{FindFamily, LeftOut, find_family_on};
use std::collections::{BTreeMap, BTreeSet};

/// What lists are for.
const PURPOSE: Purpose = Purpose::Placement;

/// One child matched.
pub struct Matched {
    pub list: ChildList,
    /// The numbers of the subjects read, in order.
    pub read: Vec<u64>,
    /// The short words that the list names by their CRC-32.
    pub words: BTreeMap<u32, String>,
    pub answer: FamilyAnswer,
}

/// The question that a run asks for each child.
pub fn question(child: PersonId, as_of: Day) -> FindFamily {
    FindFamily {
        child,
        purpose: PURPOSE,
        as_of,
        order: None,
        leads_per_tier: usize::MAX,
        excluded_offset: 0,
        excluded_limit: usize::MAX,
    }
}

/// Matches one child at a moment, which must be as of the date.
pub fn match_child(
    moment: &Snapshot<'_>,
    permit: &Permit,
    child: PersonId,
    as_of: Day,
) -> Result<Matched, Error> {
    let (snapshot, read) = permit.recording(moment)?;
    let question = question(child, as_of);
    let answer = find_family_on(&snapshot, permit, &question, LeftOut::PeopleOnly)?;
    let mut words = BTreeMap::new();
    let list = list_of(&answer, &mut words);
    Ok(Matched {
        list,
        read: read.numbers(),
        words,
        answer,
    })
}

/// An answer in numbers.
fn list_of(answer: &FamilyAnswer, words: &mut BTreeMap<u32, String>) -> ChildList {
    let mut leads = Vec::new();
    for tier in &answer.tiers {
        let number = u8::try_from(tier.number).unwrap_or(u8::MAX);
        leads.extend(tier.nations.iter().map(|nation| of_nation(nation, number)));
        leads.extend(tier.leads.iter().map(|lead| of_lead(lead, number)));
    }
    let excluded = answer.excluded.iter().filter_map(|left_out| {
        let LeadTarget::Person(person) = &left_out.target else {
            return None;
        };
        Some(ListedExclusion {
            person: person.id,
            tier: u8::try_from(left_out.tier).unwrap_or(u8::MAX),
            rule: named(&left_out.rule, words),
            connection: left_out.connection,
        })
    });
    let mut seen = BTreeSet::new();
    // Several tiers may look to the nations of a child.
    leads.retain(|lead: &ListedLead| seen.insert(lead.target));
    let mut excluded: Vec<ListedExclusion> = excluded.collect();
    excluded.sort_unstable_by_key(|left_out| left_out.person);
    let order = format!("{} {}", answer.order.id, answer.order.version);
    ChildList {
        waits: true,
        order: named(&order, words),
        coverage: of_coverage(&answer.coverage),
        leads,
        excluded,
    }
}

fn of_lead(lead: &Lead, tier: u8) -> ListedLead {
    let target = match &lead.target {
        LeadTarget::Person(person) => Target::Person(person.id),
        LeadTarget::WaitingFamily { id, .. } => Target::WaitingFamily(*id),
    };
    ListedLead {
        target,
        tier,
        score: (lead.score.total * 100.0).round() as i32,
        needs_review: lead.status == LeadStatus::NeedsReview,
        outreach: of_outreach(&lead.outreach),
        cautions: match lead.cautions.is_empty() {
            true => 0,
            false => crc32fast::hash(lead.cautions.join("\n").as_bytes()),
        },
    }
}

fn of_nation(nation: &NationLead, tier: u8) -> ListedLead {
    ListedLead {
        target: Target::Nation(nation.id),
        tier,
        score: 0,
        needs_review: !nation.questions.is_empty(),
        outreach: of_outreach(&nation.outreach),
        cautions: 0,
    }
}

fn of_outreach(outreach: &[OutreachBrief]) -> u8 {
    let latest = outreach.iter().find(|brief| brief.purpose == PURPOSE);
    let position = latest.and_then(|brief| {
        OutreachState::ALL
            .iter()
            .position(|state| *state == brief.state)
    });
    position.map_or(0, |position| position as u8 + 1)
}

fn of_coverage(coverage: &Coverage) -> u32 {
    let rows = coverage.rows.iter().map(|row| {
        format!(
            "{} {} {} {} {:?}\n",
            row.side.word(),
            row.about.word(),
            row.named,
            row.unnamed,
            row.asked
        )
    });
    let missing = coverage.missing_from_notice.join("\n");
    let text: String = rows.chain([missing]).collect();
    crc32fast::hash(text.as_bytes())
}

fn named(word: &str, words: &mut BTreeMap<u32, String>) -> u32 {
    let checksum = crc32fast::hash(word.as_bytes());
    words.entry(checksum).or_insert_with(|| word.to_owned());
    checksum
}
