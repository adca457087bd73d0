//! Whether two records are one person: proposed, decided, undone, listed. There is one link for two records; each
//! decision is a further version of it, so that nothing is lost.

mod shown;
mod sides;
mod suggested;

pub use shown::{
    ShownLink, links_of_person, links_of_verdict, same_person_link, same_person_links_of_commit,
};
pub use sides::{apart_by_adoption, are_apart};
pub use suggested::{Suggested, Suggestion, record_suggestions, replace_suggestions};

use super::correct_statement::{Target, correct_statement};
use super::read_kin::until_links_are_sound;
use super::relations::capitalised;
use super::write::{StatementInput, Write, Written, add, commit};
use crate::access::Permit;
use crate::error::Error;
use crate::kinship::link_check::LinkCheck;
use crate::kinship::same_person::joined_with;
use crate::model::ids::{PersonId, Revision, StewardId, Subject};
use crate::model::neighborhood::Node;
use crate::model::same_person::{EvidenceWeight, LinkReason, Pair, SamePersonLink, Verdict};
use crate::model::statement::{Certainty, Fact, SealClass, Source, Statement};
use crate::model::visibility::Visibility;
use crate::store::{Snapshot, StatementDraft, Store};
use std::collections::BTreeMap;

/// What somebody decides about two records.
#[derive(Clone, Debug)]
pub struct Decision {
    pub one: PersonId,
    pub other: PersonId,
    pub verdict: Verdict,
    /// Why, in their words.
    pub reason: String,
    /// Who decides, and on what.
    pub source: Source,
    /// The link as it was when it was read; not compared if empty.
    pub etag: String,
}

/// How often a write is tried anew because something else about the two was written meanwhile.
const TRIES: usize = 8;

/// Records that two records may be one person, in the opinion of somebody. `Error::AlreadyExists` if there is a link.
pub fn propose_same_person(
    store: &Store,
    permit: &Permit,
    write: &Write,
    proposal: &Decision,
) -> Result<Option<Written>, Error> {
    let snapshot = permit.snapshot(store)?;
    if let Some((_, _, statement)) =
        link_of(&snapshot, permit.visibility(), proposal.one, proposal.other)?
    {
        return Err(Error::AlreadyExists {
            what: "same-person link",
            name: store.public_id_of_statement(statement.id)?.to_string(),
        });
    }
    add_link(store, permit, write, proposal)
}

/// Decides, or takes a decision back (undecided). Where nobody has proposed the link it is recorded with the decision.
pub fn decide_same_person(
    store: &Store,
    permit: &Permit,
    write: &Write,
    decision: &Decision,
) -> Result<Option<Written>, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        match try_to_decide(store, permit, write, decision) {
            Err(Error::Conflict { .. }) if tries < TRIES && decision.etag.is_empty() => {}
            result => return result,
        }
    }
}

fn try_to_decide(
    store: &Store,
    permit: &Permit,
    write: &Write,
    decision: &Decision,
) -> Result<Option<Written>, Error> {
    let snapshot = permit.snapshot(store)?;
    let Some((subject, _, statement)) =
        link_of(&snapshot, permit.visibility(), decision.one, decision.other)?
    else {
        if decision.etag.is_empty() {
            return add_link(store, permit, write, decision);
        }
        let what = "same-person link".to_owned();
        return Err(Error::Conflict { what });
    };
    let seal = check(&snapshot, permit, decision)?;
    let target = Target {
        subject,
        statement: store.public_id_of_statement(statement.id)?,
        etag: decision.etag.clone(),
    };
    correct_statement(store, permit, write, &target, &|present| {
        let Some(recorded) = present.statements.first() else {
            return Err(Error::Internal {
                detail: "a link has no version".to_owned(),
            });
        };
        let Fact::SamePerson(link) = &recorded.statement.fact else {
            return Err(Error::invalid("link", "is no same-person link"));
        };
        let evidence = recorded.statement.evidence;
        let mut draft = StatementDraft::new(
            Fact::SamePerson(SamePersonLink {
                verdict: decision.verdict,
                verdict_reason: decision.reason.clone(),
                ..link.clone()
            }),
            decision.source.clone(),
        );
        draft.valid_from = evidence.valid_from;
        draft.valid_to = evidence.valid_to;
        draft.certainty = certainty_of(decision.verdict);
        // What was sealed stays sealed.
        draft.seal = seal.max(evidence.seal);
        Ok(StatementInput { draft, place: None })
    })
}

fn certainty_of(verdict: Verdict) -> Certainty {
    match verdict {
        Verdict::Undecided => Certainty::Reported,
        Verdict::Same | Verdict::Different => Certainty::Confirmed,
    }
}

fn add_link(
    store: &Store,
    permit: &Permit,
    write: &Write,
    decision: &Decision,
) -> Result<Option<Written>, Error> {
    let snapshot = permit.snapshot(store)?;
    let seal = check(&snapshot, permit, decision)?;
    let is_open = decision.verdict == Verdict::Undecided;
    let told = LinkReason {
        field: "told".to_owned(),
        agreement: String::new(),
        weight: EvidenceWeight::default(),
        words: decision.reason.clone(),
    };
    let fact = Fact::SamePerson(SamePersonLink {
        other: decision.other,
        probability: None,
        reasons: Some(told)
            .filter(|told| is_open && !told.words.is_empty())
            .into_iter()
            .collect(),
        parameters: String::new(),
        verdict: decision.verdict,
        verdict_reason: if is_open {
            String::new()
        } else {
            decision.reason.clone()
        },
    });
    let mut draft = StatementDraft::new(fact, decision.source.clone());
    draft.certainty = certainty_of(decision.verdict);
    draft.seal = seal;
    let mut transaction = permit.transaction("decide_same_person");
    // Nobody may link the two between this reading and the commit: there is one link for two records.
    let subjects = [decision.one, decision.other].map(Subject::Person);
    for subject in subjects {
        let etag = snapshot.etag(subject)?.unwrap_or_default();
        transaction.unchanged.push((subject, etag));
    }
    let input = StatementInput { draft, place: None };
    add(&mut transaction, &snapshot, permit, subjects[0], input)?;
    commit(store, permit, write, transaction)
}

/// Refuses what cannot be. Tells how the link must be sealed.
fn check(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    decision: &Decision,
) -> Result<SealClass, Error> {
    let Decision { one, other, .. } = *decision;
    for (person, field) in [(one, "one"), (other, "other")] {
        if snapshot.nodes(&[person], permit.visibility())?[0].is_none() {
            return Err(Error::NotFound {
                what: "person",
                name: field.to_owned(),
            });
        }
    }
    if one == other {
        return Err(Error::invalid(
            "other",
            "a record is always the same person as itself",
        ));
    }
    let is_apart = apart_by_adoption(snapshot, Pair::of(one, other))?;
    if is_apart && !is_cleared(permit.visibility()) {
        return Err(Error::Denied {
            reason: "whether these two records are one person is decided by a supervisor"
                .to_owned(),
        });
    }
    match decision.verdict {
        Verdict::Undecided => {}
        Verdict::Same => check_can_be_one(snapshot, permit, Pair::of(one, other))?,
        Verdict::Different => check_are_not_joined(snapshot, permit, Pair::of(one, other))?,
    }
    Ok(if is_apart {
        SealClass::Adoption
    } else {
        SealClass::Open
    })
}

/// Whether a caller may see what joins the record before an adoption with the record after it.
pub fn is_cleared(visibility: &Visibility) -> bool {
    visibility.sees(StewardId::AGENCY, SealClass::Adoption)
}

/// Two records are not said to be one person if somebody would then be their own ancestor or partner, or a parent born
/// after the child, or if another verdict keeps them apart.
fn check_can_be_one(snapshot: &Snapshot<'_>, permit: &Permit, pair: Pair) -> Result<(), Error> {
    let mut check = LinkCheck::supposing(pair);
    loop {
        let wanted = check.wanted();
        if wanted.is_empty() {
            break;
        }
        let nodes = snapshot.nodes(&wanted, permit.visibility())?;
        check.supply(nodes.into_iter().flatten());
    }
    let contradiction = check.finish().into_iter().find(|found| found.pair == pair);
    match contradiction {
        None => Ok(()),
        Some(contradiction) => {
            let because = capitalised(&contradiction.because);
            let reason = format!("they cannot be one person. {because}.");
            Err(Error::invalid("verdict", reason))
        }
    }
}

/// Two records that other verdicts join are not said to be two people: one of those must be undone first.
fn check_are_not_joined(snapshot: &Snapshot<'_>, permit: &Permit, pair: Pair) -> Result<(), Error> {
    let [one, other] = pair.ends();
    let mut seen: Vec<Node> = Vec::new();
    let mut next = vec![one];
    while !next.is_empty() {
        let nodes = snapshot.nodes(&next, permit.visibility())?;
        next.clear();
        for node in nodes.into_iter().flatten() {
            let others = joined_with(&node).filter(|other| Pair::of(node.id, *other) != pair);
            next.extend(others.filter(|other| seen.iter().all(|node| node.id != *other)));
            seen.push(node);
        }
        next.sort_unstable();
        next.dedup();
    }
    if seen.iter().all(|node| node.id != other) {
        return Ok(());
    }
    let names: Vec<&str> = seen
        .iter()
        .filter(|node| node.id != one && node.id != other)
        .map(|node| node.name.as_str())
        .collect();
    let reason = format!(
        "both were decided to be the same person as {}: take one of those verdicts back first",
        names.join(", ")
    );
    Err(Error::invalid("verdict", reason))
}

/// The link between two records; of several the one that counts. With the person of whom it is said.
pub fn link_of(
    snapshot: &Snapshot<'_>,
    visibility: &Visibility,
    one: PersonId,
    other: PersonId,
) -> Result<Option<(Subject, Revision, Statement)>, Error> {
    let mut found: Option<(Subject, Revision, Statement)> = None;
    let rank = |statement: &Statement| match &statement.fact {
        Fact::SamePerson(link) => Some((link.verdict, link.probability)),
        _ => None,
    };
    for (subject, end) in [(one, other), (other, one)] {
        let subject = Subject::Person(subject);
        for (revision, statement) in snapshot.statements(subject, visibility, None)? {
            let is_it = matches!(&statement.fact, Fact::SamePerson(link) if link.other == end);
            let counts_more =
                |known: &(Subject, Revision, Statement)| rank(&known.2) < rank(&statement);
            if is_it && found.as_ref().is_none_or(counts_more) {
                found = Some((subject, revision, statement));
            }
        }
    }
    Ok(found)
}

/// Without links that would tell both sides of a sealed adoption, for those who may not know of it, and without links
/// to people who are not there for the caller. Other statements are left as they are.
pub fn without_hidden(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    links: Vec<(Subject, Revision, Statement)>,
) -> Result<Vec<(Subject, Revision, Statement)>, Error> {
    let mut shown = Vec::with_capacity(links.len());
    for (subject, revision, statement) in links {
        let (Subject::Person(one), Fact::SamePerson(link)) = (subject, &statement.fact) else {
            shown.push((subject, revision, statement));
            continue;
        };
        let other = link.other;
        let ends = snapshot.nodes(&[one, other], permit.visibility())?;
        let is_hidden = ends.iter().any(Option::is_none)
            || (!is_cleared(permit.visibility())
                && apart_by_adoption(snapshot, Pair::of(one, other))?);
        if !is_hidden {
            shown.push((subject, revision, statement));
        }
    }
    Ok(shown)
}

/// A person with all their records, for a view: verdicts that contradict what else is recorded join nothing.
pub fn joined_person(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    person: PersonId,
) -> Result<Option<Node>, Error> {
    let mut nodes = until_links_are_sound(snapshot, permit, &[person])?;
    Ok(nodes.pop())
}

/// The people of whom these are records, each once, in the order of their first record.
pub fn each_person_once(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    records: &[PersonId],
) -> Result<Vec<Node>, Error> {
    let mut nodes = until_links_are_sound(snapshot, permit, records)?;
    let positions: BTreeMap<PersonId, usize> = records
        .iter()
        .enumerate()
        .map(|(position, record)| (*record, position))
        .collect();
    nodes.sort_by_key(|node| {
        let of_records = node.record_ids();
        of_records.filter_map(|record| positions.get(&record)).min()
    });
    Ok(nodes)
}
