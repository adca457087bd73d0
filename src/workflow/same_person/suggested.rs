//! Links that Kinpath suggests: undecided, with probability and reasons, one for two records. What a human has said of two
//! records is never touched, nor suggested again.

use super::{apart_by_adoption, certainty_of, is_cleared, link_of};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PersonId, StatementId, Subject};
use crate::model::same_person::{LinkReason, Pair, Probability, SamePersonLink, Verdict};
use crate::model::statement::{Fact, SealClass, Source, Statement};
use crate::model::visibility::Visibility;
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
    /// Undecided ones that were withdrawn, as they do not score any longer.
    pub withdrawn: u64,
}

impl Suggested {
    pub fn add(&mut self, more: Suggested) {
        self.recorded += more.recorded;
        self.replaced += more.replaced;
        self.left += more.left;
        self.withdrawn += more.withdrawn;
    }
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
    replace_suggestions(store, permit, parameters, suggestions, &[])
}

/// The same; withdraws in the same commit what these parameters suggested earlier of the pairs `gone` and nobody has
/// decided.
pub fn replace_suggestions(
    store: &Store,
    permit: &Permit,
    parameters: &str,
    suggestions: &[Suggestion],
    gone: &[Pair],
) -> Result<Suggested, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        match try_to_record(store, permit, parameters, suggestions, gone) {
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
    gone: &[Pair],
) -> Result<Suggested, Error> {
    let snapshot = permit.snapshot(store)?;
    let mut transaction = permit.transaction("suggest_same_person");
    let mut suggested = Suggested::default();
    for suggestion in suggestions {
        let pair = Pair::of(suggestion.one, suggestion.other);
        let known = known_link(&snapshot, pair)?;
        match draft(&snapshot, permit, parameters, suggestion, known.as_ref())? {
            None => suggested.left += 1,
            Some((subject, draft)) => {
                match draft.id {
                    None => suggested.recorded += 1,
                    Some(_) => suggested.replaced += 1,
                }
                must_stay_as_read(&mut transaction, &snapshot, pair)?;
                transaction.add_statement(subject, draft);
            }
        }
    }
    for pair in gone {
        let known = known_link(&snapshot, *pair)?;
        if let Some((subject, draft)) = withdrawal(permit, parameters, known.as_ref()) {
            suggested.withdrawn += 1;
            must_stay_as_read(&mut transaction, &snapshot, *pair)?;
            transaction.add_statement(subject, draft);
        }
    }
    if !transaction.statements.is_empty() {
        permit.commit(store, transaction)?;
    }
    Ok(suggested)
}

/// A link as it stands, whoever may see it: what a caller may not see is not suggested once more.
fn known_link(snapshot: &Snapshot<'_>, pair: Pair) -> Result<Option<(Subject, Statement)>, Error> {
    let [one, other] = pair.ends();
    let known = link_of(snapshot, &Visibility::all(), one, other)?;
    Ok(known.map(|(subject, _, statement)| (subject, statement)))
}

/// Nobody may link or part the two between this reading and the commit.
fn must_stay_as_read(
    transaction: &mut Transaction,
    snapshot: &Snapshot<'_>,
    pair: Pair,
) -> Result<(), Error> {
    for end in pair.ends().map(Subject::Person) {
        if transaction.unchanged.iter().all(|(known, _)| *known != end) {
            let etag = snapshot.etag(end)?.unwrap_or_default();
            transaction.unchanged.push((end, etag));
        }
    }
    Ok(())
}

fn source_of(parameters: &str) -> Source {
    Source {
        document: format!("Kinpath, parameters {parameters}"),
        ..Source::default()
    }
}

/// Withdraws a link that these parameters suggested and nobody has decided; nothing for others.
fn withdrawal(
    permit: &Permit,
    parameters: &str,
    known: Option<&(Subject, Statement)>,
) -> Option<(Subject, StatementDraft)> {
    let (subject, statement) = known?;
    let evidence = statement.evidence;
    let Fact::SamePerson(link) = &statement.fact else {
        return None;
    };
    let is_ours = is_suggested(link) && link.parameters == parameters;
    if !is_ours || !permit.visibility().sees(evidence.steward, evidence.seal) {
        return None;
    }
    let mut draft = StatementDraft::new(statement.fact.clone(), source_of(parameters));
    draft.certainty = evidence.certainty;
    draft.seal = evidence.seal;
    draft.id = Some(statement.id);
    draft.retracted = true;
    Some((*subject, draft))
}

/// A link without a score was told by a human.
fn is_suggested(link: &SamePersonLink) -> bool {
    link.verdict == Verdict::Undecided && link.probability.is_some()
}

/// A new version says something new: other reasons, or a probability that differs by this much.
const NEWS: f64 = 0.02;

fn is_news(old: &SamePersonLink, new: &SamePersonLink) -> bool {
    let value = |link: &SamePersonLink| link.probability.map_or(0.0, Probability::value);
    let reasons = |link: &SamePersonLink| -> Vec<(String, String)> {
        let pairs = link.reasons.iter();
        pairs
            .map(|reason| (reason.field.clone(), reason.words.clone()))
            .collect()
    };
    old.parameters != new.parameters
        || (value(old) - value(new)).abs() >= NEWS
        || reasons(old) != reasons(new)
}

/// The statement to be made; nothing if there is none to make.
fn draft(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    parameters: &str,
    suggestion: &Suggestion,
    known: Option<&(Subject, Statement)>,
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
        let evidence = statement.evidence;
        link.other = old.other;
        let may_change =
            is_suggested(old) && permit.visibility().sees(evidence.steward, evidence.seal);
        if !may_change || !is_news(old, &link) {
            return Ok(None);
        }
        (subject, id) = (*of, Some(statement.id));
        seal = seal.max(evidence.seal);
    }
    let source = source_of(parameters);
    let mut draft = StatementDraft::new(Fact::SamePerson(link), source);
    draft.certainty = certainty_of(Verdict::Undecided);
    draft.seal = seal;
    draft.id = id;
    Ok(Some((subject, draft)))
}
