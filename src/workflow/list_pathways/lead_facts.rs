//! What the records say of the lead: relation, sibling held, checks, approval, willingness.

use super::{Lead, is_kin_way};
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::naming::name;
use crate::model::case::{OutreachTarget, Purpose};
use crate::model::ids::{NationId, Subject};
use crate::model::nation::MembershipState;
use crate::model::neighborhood::Node;
use crate::model::partial_date::{PartialDate, Truth};
use crate::model::person::CautionKind;
use crate::model::statement::{Certainty, Fact};
use crate::names::network_roles::network_role;
use crate::placement::pathways::{ApprovalFact, LeadFacts, RelationFact, ScreeningFact};
use crate::store::Snapshot;
use crate::workflow::find_family::belonging::{
    Belonging, Way, is_by_custom, is_former, is_parent_of_sibling,
};
use crate::workflow::find_family::gather::Gathered;

/// Everything that the rules ask of the lead.
pub fn lead_facts(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    lead: &Lead,
    belonging: &[&Belonging<'_>],
    nation_is_used: bool,
) -> Result<LeadFacts, Error> {
    let ways = || belonging.iter().flat_map(|person| &person.ways);
    Ok(LeadFacts {
        name: lead.name.clone(),
        relation: relation(gathered, belonging),
        kin_by_custom: ways().any(|way| is_by_custom(gathered, way)),
        sibling_held: ways()
            .find(|way| is_parent_of_sibling(&way.shape))
            .and_then(|way| sibling_of(gathered, way)),
        same_nation: match nation_is_used {
            true => same_nation(gathered, lead),
            false => Truth::Unknown,
        },
        screenings: screenings(snapshot, permit, lead)?,
        approvals: lead
            .families
            .iter()
            .map(|(_, family)| ApprovalFact {
                family: family.name.clone(),
                approval: family.approval,
                expires: family.approval_expires,
            })
            .collect(),
        bar: bar(lead),
        willing: willing(gathered, lead),
    })
}

/// What the lead is to the child, for the head of the answer.
pub fn relation_words(gathered: &Gathered, belonging: &[&Belonging<'_>]) -> String {
    if let Some(relation) = relation(gathered, belonging) {
        return relation.words;
    }
    let ways = belonging.iter().flat_map(|person| &person.ways);
    if let Some(way) = ways.into_iter().next() {
        return name(&gathered.graph, way.route, &way.shape).words;
    }
    let roles = belonging.iter().flat_map(|person| &person.network);
    let titles: Vec<String> = roles
        .map(|tie| {
            network_role(&tie.role)
                .map_or_else(|| tie.role.replace('_', " "), |role| role.title.clone())
        })
        .collect();
    titles.join(", ")
}

/// The nearest way of being kin that nothing is said against, else the nearest.
fn relation(gathered: &Gathered, belonging: &[&Belonging<'_>]) -> Option<RelationFact> {
    let ways: Vec<&Way<'_>> = belonging
        .iter()
        .flat_map(|person| &person.ways)
        .filter(|way| is_kin_way(way))
        .collect();
    let sure = ways.iter().find(|way| doubt(gathered, way).is_empty());
    let Some(way) = sure.or(ways.first()) else {
        return probable_relation(gathered, belonging);
    };
    Some(RelationFact {
        words: name(&gathered.graph, way.route, &way.shape).words,
        doubt: doubt(gathered, way).to_owned(),
    })
}

/// A relation that holds only if records are one person's.
fn probable_relation(gathered: &Gathered, belonging: &[&Belonging<'_>]) -> Option<RelationFact> {
    let mut probable = belonging.iter().flat_map(|person| &person.probable);
    let way = probable.find(|way| is_kin_way(way))?;
    Some(RelationFact {
        words: name(&gathered.graph, way.route, &way.shape).words,
        doubt: "only if two records on the path are one person's".to_owned(),
    })
}

fn doubt(gathered: &Gathered, way: &Way<'_>) -> &'static str {
    let mut steps = way.route.steps.iter();
    let is_disputed =
        steps.any(|step| gathered.graph.tie(step.tie).certainty == Certainty::Disputed);
    if is_disputed {
        "somebody disputes a step of the path"
    } else if is_former(gathered, way) {
        "through a couple that has parted: does it count?"
    } else {
        ""
    }
}

/// The sibling on a way that leads to the parent or guardian of one.
fn sibling_of(gathered: &Gathered, way: &Way<'_>) -> Option<String> {
    let steps = &way.route.steps;
    let before = steps.len().checked_sub(2)?;
    let node = gathered.graph.node(steps.get(before)?.to)?;
    Some(node.name.clone())
}

fn same_nation(gathered: &Gathered, lead: &Lead) -> Truth {
    let own = gathered.child().nations.iter();
    let own: Vec<NationId> = own
        .filter(|(_, state)| *state != MembershipState::NotAMember)
        .map(|(nation, _)| *nation)
        .collect();
    let states: Vec<MembershipState> = lead
        .members
        .iter()
        .flat_map(|member| &member.nations)
        .filter(|(nation, _)| own.contains(nation))
        .map(|(_, state)| *state)
        .collect();
    let surely = |state: &MembershipState| {
        matches!(
            state,
            MembershipState::Member
                | MembershipState::Entitled
                | MembershipState::ConfirmedByNation
        )
    };
    if states.iter().any(surely) {
        Truth::Yes
    } else if !states.is_empty()
        && states
            .iter()
            .all(|state| *state == MembershipState::NotAMember)
        && lead.members.len() == 1
    {
        Truth::No
    } else {
        Truth::Unknown
    }
}

/// The last screening of each kind of each member.
fn screenings(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    lead: &Lead,
) -> Result<Vec<ScreeningFact>, Error> {
    let mut found = Vec::new();
    for member in &lead.members {
        found.extend(last_screenings(snapshot, permit, member)?);
    }
    Ok(found)
}

/// The last screening of each kind of one person, by all records that are theirs.
pub fn last_screenings(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    person: &Node,
) -> Result<Vec<ScreeningFact>, Error> {
    let day = |date: Option<PartialDate>| date.and_then(|date| date.possible_days().1);
    let mut last: Vec<ScreeningFact> = Vec::new();
    let mut said = Vec::new();
    for record in person.record_ids() {
        said.extend(snapshot.statements(Subject::Person(record), permit.visibility(), None)?);
    }
    for (_, statement) in said {
        let Fact::Screening(screening) = statement.fact else {
            continue;
        };
        if statement.evidence.certainty == Certainty::Disproved {
            continue;
        }
        let fact = ScreeningFact {
            who: person.name.clone(),
            kind: screening.kind,
            result: screening.result,
            date: screening.date,
            expires: screening.expires,
        };
        match last.iter_mut().find(|known| known.kind == fact.kind) {
            Some(known) if day(fact.date) >= day(known.date) => *known = fact,
            Some(_) => {}
            None => last.push(fact),
        }
    }
    Ok(last)
}

fn bar(lead: &Lead) -> Option<String> {
    let has = |kind: CautionKind| {
        let barred = lead.members.iter().find(|one| one.cautions.contains(kind));
        barred.map(|member| member.name.clone())
    };
    let barred = has(CautionKind::BarredFromPlacement)
        .map(|name| format!("{name} is barred from having a child placed with them"));
    barred.or_else(|| {
        has(CautionKind::NoContact)
            .map(|name| format!("a no-contact order or declaration is in force for {name}"))
    })
}

/// The last answer about a placement: of the family, or of the person.
fn willing(gathered: &Gathered, lead: &Lead) -> Option<crate::model::case::OutreachState> {
    let families = lead.families.iter();
    let people = lead.members.iter();
    let targets = people
        .map(|member| OutreachTarget::Person(member.id))
        .chain(families.map(|(id, _)| OutreachTarget::WaitingFamily(*id)));
    let briefs = targets.flat_map(|target| gathered.outreach(target).iter());
    let last = briefs
        .filter(|brief| brief.purpose == Purpose::Placement)
        .max_by_key(|brief| brief.date.and_then(|date| date.possible_days().1));
    last.map(|brief| brief.state)
}
