//! Links that Kinpath suggests: undecided, with probability and reasons, one for two records. What a human has said of two
//! records is never touched, nor suggested again.

use super::{apart_by_adoption, certainty_of, is_cleared, link_of};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PersonId, StatementId, Subject};
use crate::model::same_person::{LinkReason, Pair, Probability, SamePersonLink, Verdict};
use crate::model::statement::{Fact, SealClass, Source, Statement};
use crate::store::{Snapshot, StatementDraft, Store, Transaction};

/// Two records that are probably one person.
#[derive(Clone, Debug)]
pub struct Suggestion {
    pub one: PersonId,
    pub other: PersonId,
    pub probability: Probability,
    /// The strongest first.
    pub reasons: Vec<LinkReason>,
}

/// What became of suggestions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Suggested {
    pub recorded: u64,
    /// Undecided ones that now have another probability.
    pub replaced: u64,
    /// Those of which somebody has said something, or that stand as they are.
    pub left: u64,
}

/// How often suggestions are looked at anew because something else was written meanwhile.
const TRIES: usize = 8;

/// Records suggestions in one commit; `parameters` names what scored them. Two sides of a sealed adoption are linked only
/// by somebody cleared for it, and the link is sealed as the adoption is.
pub fn record_suggestions(
    store: &Store,
    permit: &Permit,
    parameters: &str,
    suggestions: &[Suggestion],
) -> Result<Suggested, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        match try_to_record(store, permit, parameters, suggestions) {
            Err(Error::Conflict { .. }) if tries < TRIES => {}
            result => return result,
        }
    }
}

fn try_to_record(
    store: &Store,
    permit: &Permit,
    parameters: &str,
    suggestions: &[Suggestion],
) -> Result<Suggested, Error> {
    let snapshot = permit.snapshot(store)?;
    let mut transaction = Transaction::new(permit.actor(), "suggest_same_person");
    let mut suggested = Suggested::default();
    for suggestion in suggestions {
        let known = link_of(&snapshot, permit, suggestion.one, suggestion.other)?;
        let of = known
            .as_ref()
            .map(|(subject, _, statement)| (*subject, statement));
        match draft(&snapshot, permit, parameters, suggestion, of)? {
            None => suggested.left += 1,
            Some((subject, draft)) => {
                match draft.id {
                    None => suggested.recorded += 1,
                    Some(_) => suggested.replaced += 1,
                }
                // Nobody may link or part the two between this reading and the commit.
                for end in [suggestion.one, suggestion.other].map(Subject::Person) {
                    if transaction.unchanged.iter().all(|(known, _)| *known != end) {
                        let etag = snapshot.etag(end)?.unwrap_or_default();
                        transaction.unchanged.push((end, etag));
                    }
                }
                transaction.add_statement(subject, draft);
            }
        }
    }
    if !transaction.statements.is_empty() {
        store.commit(transaction)?;
    }
    Ok(suggested)
}

/// The statement to be made; nothing if there is none to make.
fn draft(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    parameters: &str,
    suggestion: &Suggestion,
    known: Option<(Subject, &Statement)>,
) -> Result<Option<(Subject, StatementDraft)>, Error> {
    let is_apart = apart_by_adoption(snapshot, Pair::of(suggestion.one, suggestion.other))?;
    if is_apart && !is_cleared(permit.visibility()) {
        return Ok(None);
    }
    let mut seal = if is_apart {
        SealClass::Adoption
    } else {
        SealClass::Open
    };
    let mut link = SamePersonLink {
        other: suggestion.other,
        probability: Some(suggestion.probability),
        reasons: suggestion.reasons.clone(),
        parameters: parameters.to_owned(),
        verdict: Verdict::Undecided,
        verdict_reason: String::new(),
    };
    let mut subject = Subject::Person(suggestion.one);
    let mut id: Option<StatementId> = None;
    if let Some((of, statement)) = known {
        let Fact::SamePerson(old) = &statement.fact else {
            return Ok(None);
        };
        // A link without a score was told by a human.
        let is_ours = old.verdict == Verdict::Undecided && old.probability.is_some();
        link.other = old.other;
        if !is_ours || *old == link {
            return Ok(None);
        }
        (subject, id) = (of, Some(statement.id));
        seal = seal.max(statement.evidence.seal);
    }
    let source = Source {
        document: format!("Kinpath, parameters {parameters}"),
        ..Source::default()
    };
    let mut draft = StatementDraft::new(Fact::SamePerson(link), source);
    draft.certainty = certainty_of(Verdict::Undecided);
    draft.seal = seal;
    draft.id = id;
    Ok(Some((subject, draft)))
}
