//! One child's list: what FindFamily answers, in numbers. No word is made and no source is read for it, but for those whose
//! answer is asked for to be told.

use crate::access::Permit;
use crate::error::Error;
use crate::model::case::{OutreachState, OutreachTarget, Purpose};
use crate::model::coverage::Coverage;
use crate::model::ids::{PersonId, WaitingFamilyId};
use crate::model::lead::{FamilyAnswer, NationLead, OutreachBrief};
use crate::model::partial_date::Day;
use crate::model::rematch::{ChildList, ListedExclusion, ListedLead, Target};
use crate::placement::matching::Brief;
use crate::placement::order::{Tier, Who};
use crate::store::Snapshot;
use crate::workflow::find_family::belonging::{self, Belonging};
use crate::workflow::find_family::cautions::cautions;
use crate::workflow::find_family::coverage_of::coverage_of;
use crate::workflow::find_family::gather::{Gathered, gather};
use crate::workflow::find_family::nations::nations;
use crate::workflow::find_family::show::questions_of_lead;
use crate::workflow::find_family::tiers::{self, Assigned, RankedLead};
use crate::workflow::find_family::waiting::open_families;
use crate::workflow::find_family::{FindFamily, Words, answer_from, find_family_on};
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
    /// Where it was wanted.
    pub told: Option<Told>,
}

/// A child's answer, to be explained.
pub struct Told {
    /// Without words of families.
    pub answer: FamilyAnswer,
    /// Families that one rule alone leaves out.
    pub near: Vec<WaitingFamilyId>,
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

/// Matches one child at a moment, which must be as of the date. `tells` says of a list whether the answer is wanted in words
/// too.
pub fn match_child(
    moment: &Snapshot<'_>,
    permit: &Permit,
    child: PersonId,
    as_of: Day,
    tells: &dyn Fn(&ChildList) -> Result<bool, Error>,
) -> Result<Matched, Error> {
    let (snapshot, read) = permit.recording(moment)?;
    let question = question(child, as_of);
    let gathered = gather(&snapshot, permit, &question)?;
    let people = belonging::people(&gathered, permit)?;
    let assigned = tiers::assign(&gathered, permit, &people, PURPOSE)?;
    let mut words = BTreeMap::new();
    let list = list_of(&snapshot, permit, &gathered, &assigned, &mut words)?;
    let read = read.numbers();
    let told = match tells(&list)? {
        true => {
            let words = Words::OfPeople;
            let (answer, near) =
                answer_from(&snapshot, permit, &gathered, &assigned, &question, words)?;
            Some(Told { answer, near })
        }
        false => None,
    };
    Ok(Matched {
        list,
        read,
        words,
        told,
    })
}

fn list_of(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    assigned: &Assigned<'_>,
    words: &mut BTreeMap<u32, String>,
) -> Result<ChildList, Error> {
    let coverage = coverage_of(gathered, permit, assigned.people)?;
    let order = gathered.order;
    let mut list = ChildList {
        waits: true,
        order: named(&format!("{} {}", order.id, order.version), words),
        coverage: of_coverage(&coverage),
        leads: Vec::new(),
        excluded: excluded(assigned, words),
    };
    for tier in &order.tiers {
        let of_tier = leads_of_tier(snapshot, permit, gathered, assigned, tier)?;
        list.leads.extend(of_tier);
    }
    let mut seen = BTreeSet::new();
    // Several tiers may look to the nations of a child.
    list.leads.retain(|lead| seen.insert(lead.target));
    Ok(list)
}

/// The answer to the same question in words, but of families, and the numbers of the subjects read for it.
pub fn tell_child(
    moment: &Snapshot<'_>,
    permit: &Permit,
    child: PersonId,
    as_of: Day,
) -> Result<(Told, Vec<u64>), Error> {
    let (snapshot, read) = permit.recording(moment)?;
    let question = question(child, as_of);
    let (answer, near) = find_family_on(&snapshot, permit, &question, Words::OfPeople)?;
    Ok((Told { answer, near }, read.numbers()))
}

/// The answer to the same question in words, also of the families open to the child.
pub fn tell_all(
    moment: &Snapshot<'_>,
    permit: &Permit,
    child: PersonId,
    as_of: Day,
) -> Result<FamilyAnswer, Error> {
    let question = question(child, as_of);
    Ok(find_family_on(moment, permit, &question, Words::WithoutFamiliesLeftOut)?.0)
}

/// The leads of a tier in the order of the answer: nations, people, families.
fn leads_of_tier(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    assigned: &Assigned<'_>,
    tier: &Tier,
) -> Result<Vec<ListedLead>, Error> {
    let number = u8::try_from(tier.number).unwrap_or(u8::MAX);
    let mut leads = Vec::new();
    if tier.holds_any(Who::Nations) {
        let nations = nations(gathered, assigned.people).into_iter();
        leads.extend(nations.map(|nation| of_nation(&nation, number)));
    }
    let ranked = assigned.leads[tier.number as usize - 1].iter();
    leads.extend(ranked.map(|lead| {
        let person = &assigned.people[lead.position];
        of_person(gathered, person, lead, number)
    }));
    if tier.holds_any(Who::WaitingFamilies) {
        let people = assigned.people;
        let open = open_families(snapshot, permit, gathered, people, tier, PURPOSE)?;
        let open = open.into_iter();
        leads.extend(open.map(|(id, brief)| of_family(gathered, id, &brief, number)));
    }
    Ok(leads)
}

fn excluded(assigned: &Assigned<'_>, words: &mut BTreeMap<u32, String>) -> Vec<ListedExclusion> {
    let excluded = assigned.excluded.iter().map(|left_out| ListedExclusion {
        person: assigned.people[left_out.position].node.id,
        tier: u8::try_from(left_out.tier).unwrap_or(u8::MAX),
        rule: named(left_out.rule, words),
        connection: left_out.connection,
    });
    let mut excluded: Vec<ListedExclusion> = excluded.collect();
    excluded.sort_unstable_by_key(|left_out| left_out.person);
    excluded
}

/// A score in hundredths of a point.
fn hundredths(score: f64) -> i32 {
    (score * 100.0).round() as i32
}

fn of_person(
    gathered: &Gathered,
    person: &Belonging<'_>,
    ranked: &RankedLead,
    tier: u8,
) -> ListedLead {
    let cautions = cautions(gathered, person.node);
    ListedLead {
        target: Target::Person(person.node.id),
        tier,
        score: hundredths(ranked.total),
        needs_review: !questions_of_lead(gathered, person, ranked).is_empty(),
        outreach: of_outreach(gathered.outreach(OutreachTarget::Person(person.node.id))),
        cautions: match cautions.is_empty() {
            true => 0,
            false => crc32fast::hash(cautions.join("\n").as_bytes()),
        },
    }
}

fn of_family(gathered: &Gathered, id: WaitingFamilyId, brief: &Brief, tier: u8) -> ListedLead {
    ListedLead {
        target: Target::WaitingFamily(id),
        tier,
        score: hundredths(brief.score),
        needs_review: brief.reviews > 0,
        outreach: of_outreach(gathered.outreach(OutreachTarget::WaitingFamily(id))),
        cautions: 0,
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
