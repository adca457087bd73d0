//! Likely same-person links at each write: whoever is new or changed is compared with those whom the search index holds, by
//! the parameters that come with the program, and what is likely is recorded as undecided links. Verdicts are never
//! touched. Two sides of a sealed adoption are never compared here, whoever writes: `kinpath duplicates` does that for
//! those who are cleared for it.

mod file_people;
mod imported;
mod matcher;
mod records;
mod sample;
mod things;

pub use imported::{
    KnownCandidate, LinksOfImport, ProbablyKnown, probably_known, shown_by, suggest_links_of_import,
};

use matcher::{Likely, Matcher};
use records::{RecordKey, Records};
pub use things::NamesOfThings;

use super::same_person::{Suggested, Suggestion, replace_suggestions};
use crate::access::Permit;
use crate::error::Error;
use crate::linkage::FieldEvidence;
use crate::model::ids::{PersonId, Subject};
use crate::model::neighborhood::Node;
use crate::model::same_person::{EvidenceWeight, LinkReason, Pair, Probability, Verdict};
use crate::model::statement::Fact;
use crate::model::visibility::Visibility;
use crate::store::{Committed, Snapshot, Store, Transaction};
use rustc_hash::FxHashSet;

/// People of whom a transaction says something that is compared.
pub struct Touched(Vec<Subject>);

impl Touched {
    pub fn by(transaction: &Transaction) -> Touched {
        let mut touched = Vec::new();
        for (subject, draft) in &transaction.statements {
            if !matches!(subject, Subject::Person(_)) || !says_who(&draft.fact) {
                continue;
            }
            let other = draft.fact.other_person().map(Subject::Person);
            for end in std::iter::once(*subject).chain(other) {
                if !touched.contains(&end) {
                    touched.push(end);
                }
            }
        }
        Touched(touched)
    }

    /// The same people as they were committed.
    fn people(&self, committed: &Committed) -> Vec<PersonId> {
        let made = |subject: &Subject| {
            let new = committed.subjects.iter().enumerate();
            let mut new = new.filter(|(position, (made, _))| {
                Transaction::new_subject_at(made.kind(), *position) == *subject
            });
            new.next().map_or(*subject, |(_, (made, _))| *made)
        };
        let subjects = self.0.iter().map(made);
        subjects
            .filter_map(|subject| match subject {
                Subject::Person(person) => Some(person),
                _ => None,
            })
            .collect()
    }
}

/// Whether a fact is compared.
fn says_who(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Name(_)
            | Fact::Gender(_)
            | Fact::Birth { .. }
            | Fact::Death(_)
            | Fact::Residence(_)
            | Fact::Membership(_)
            | Fact::Parent(_)
            | Fact::Union(_)
    )
}

/// Suggests links for those whom a commit touched. What was committed stands whatever comes of this: a failure is logged, and
/// `kinpath duplicates --record` finds what was missed.
pub fn suggest_after(store: &Store, permit: &Permit, touched: &Touched, committed: &Committed) {
    let people = touched.people(committed);
    if people.is_empty() {
        return;
    }
    // It ends with the caller's time, so that nothing goes on when a server stops.
    if let Err(error) = suggest_links(store, permit, &people) {
        tracing::warn!(%error, "same-person links of what was just written could not be suggested");
    }
}

/// Brings the suggested links of some people up to date.
pub fn suggest_links(
    store: &Store,
    permit: &Permit,
    people: &[PersonId],
) -> Result<Suggested, Error> {
    let permit = permit.clone().limited_to(Visibility::open_only());
    let snapshot = permit.snapshot(store)?;
    let matcher = Matcher::of(store, &snapshot)?;
    let edition = matcher.parameters.edition.as_str();
    let records = Records::of(&snapshot, None);
    let mut links = Links::default();
    for (position, person) in people.iter().enumerate() {
        permit.go_on_at(position)?;
        links.add(&matcher, &records, *person)?;
    }
    drop(records);
    drop(snapshot);
    if links.found.is_empty() && links.gone.is_empty() {
        return Ok(Suggested::default());
    }
    replace_suggestions(store, &permit, edition, &links.found, &links.gone)
}

/// Links that should stand, and those that should not stand any longer.
#[derive(Default)]
struct Links {
    found: Vec<Suggestion>,
    gone: Vec<Pair>,
    seen: FxHashSet<Pair>,
}

impl Links {
    fn add(
        &mut self,
        matcher: &Matcher,
        records: &Records<'_>,
        person: PersonId,
    ) -> Result<(), Error> {
        let suggested = suggested_already(records.snapshot, person)?;
        let also: Vec<RecordKey> = (suggested.iter().copied())
            .map(RecordKey::of_person)
            .collect();
        let likely = matcher.likely(records, RecordKey::of_person(person), &also)?;
        for likely in likely {
            let Some(other) = likely.other.person() else {
                continue;
            };
            if self.seen.insert(Pair::of(person, other)) {
                self.found.extend(suggestion(person, other, &likely));
            }
        }
        for other in suggested {
            let pair = Pair::of(person, other);
            if self.seen.insert(pair) {
                self.gone.push(pair);
            }
        }
        Ok(())
    }

    /// Leaves out pairs that were recorded already.
    fn leave_out(&mut self, recorded: &FxHashSet<Pair>) {
        let is_left = |pair: &Pair| !recorded.contains(pair);
        (self.found).retain(|found| is_left(&Pair::of(found.one, found.other)));
        self.gone.retain(is_left);
    }

    /// Adds others; what either found stands.
    fn append(&mut self, others: Links) {
        for suggestion in others.found {
            let pair = Pair::of(suggestion.one, suggestion.other);
            self.gone.retain(|gone| *gone != pair);
            if self.seen.insert(pair) {
                self.found.push(suggestion);
            }
        }
        for pair in others.gone {
            if self.seen.insert(pair) {
                self.gone.push(pair);
            }
        }
    }
}

/// With whom a person has suggested links that nobody has decided.
fn suggested_already(snapshot: &Snapshot<'_>, person: PersonId) -> Result<Vec<PersonId>, Error> {
    let mut nodes = snapshot.nodes(&[person], &Visibility::open_only())?;
    let links = |node: Node| node.links;
    let links = nodes.pop().flatten().map(links).unwrap_or_default();
    Ok(links
        .into_iter()
        .filter(|link| link.verdict == Verdict::Undecided && link.probability.is_some())
        .map(|link| link.other)
        .collect())
}

fn suggestion(one: PersonId, other: PersonId, likely: &Likely) -> Option<Suggestion> {
    Some(Suggestion {
        one,
        other,
        probability: Probability::new(likely.probability)?,
        reasons: likely.reasons.iter().map(link_reason).collect(),
    })
}

/// A reason as it is kept with a link.
pub fn link_reason(evidence: &FieldEvidence) -> LinkReason {
    let agreement = evidence.words.split(':').next().unwrap_or_default();
    LinkReason {
        field: evidence.field.clone(),
        agreement: agreement.to_owned(),
        weight: EvidenceWeight::of_bits(evidence.weight),
        words: evidence.words.clone(),
    }
}
