//! Looking among a few people only: the relatives of somebody, or those mentioned in a case.

use super::SearchPeople;
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{CaseId, PersonId, Subject};
use crate::model::reach::Reach;
use crate::model::same_person::LinkPolicy;
use crate::placement::ranking::weights;
use crate::store::Snapshot;
use crate::workflow::read_kin::{Question, walk_kin};
use std::collections::BTreeSet;

/// Relatives are looked for up to second cousins.
const DEGREE: u8 = 6;

/// The people to look among; nothing for everybody.
pub fn named(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    asked: &SearchPeople,
) -> Result<Option<Vec<PersonId>>, Error> {
    let mut among: Option<BTreeSet<PersonId>> = None;
    if let Some(person) = asked.relative_of {
        among = Some(relatives(snapshot, permit, person)?);
    }
    if let Some(case) = asked.mentioned_in {
        let mentioned = mentioned(snapshot, permit, case)?;
        among = Some(match among {
            Some(relatives) => relatives.intersection(&mentioned).copied().collect(),
            None => mentioned,
        });
    }
    Ok(among.map(|people| people.into_iter().collect()))
}

fn relatives(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    person: PersonId,
) -> Result<BTreeSet<PersonId>, Error> {
    let weights = weights().map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    let walk = Question {
        start: person,
        as_of: snapshot.today(),
        reach: Reach::everything(DEGREE),
        scale: weights.certainty,
        links: LinkPolicy::DECIDED_ONLY,
    };
    let walked = walk_kin(snapshot, permit, &walk)?.found;
    let kin = walked
        .kin
        .iter()
        .filter_map(|kin| walked.graph.node(kin.place));
    let mut people: BTreeSet<PersonId> = kin.map(|node| node.id).collect();
    people.extend(tied(snapshot, permit, person)?);
    people.remove(&person);
    Ok(people)
}

/// Everybody whom a case names, the child, and whom the child's own record names.
fn mentioned(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    case: CaseId,
) -> Result<BTreeSet<PersonId>, Error> {
    let mut people = BTreeSet::new();
    let stated = snapshot.statements(Subject::Case(case), permit.visibility(), None)?;
    for (_, statement) in stated {
        let mut fact = statement.fact;
        fact.map_subjects(&mut |subject| {
            if let Subject::Person(person) = subject {
                people.insert(person);
            }
            subject
        });
    }
    let read = snapshot.cases(&[case], permit.visibility())?;
    for (_, case) in read.into_iter().flatten() {
        people.extend(tied(snapshot, permit, case.child)?);
    }
    Ok(people)
}

/// Whom a record ties to a person, either way.
fn tied(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    person: PersonId,
) -> Result<Vec<PersonId>, Error> {
    let nodes = snapshot.nodes(&[person], permit.visibility())?;
    let node = nodes.into_iter().flatten().next();
    Ok(node.map_or_else(Vec::new, |node| {
        let ties = node.ties.iter().map(|tie| tie.other);
        ties.chain(node.network.iter().map(|tie| tie.adult))
            .collect()
    }))
}
