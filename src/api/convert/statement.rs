//! Statements as messages and as what is to be written.

use super::fact::{Locals, fact, name_of, read_fact};
use super::person::{date, read_date, read_source, source};
use super::request::revision_text;
use super::words::read;
use crate::api::answers::Answers;
use crate::api::v1;
use crate::error::Error;
use crate::store::StatementDraft;
use crate::workflow::{Recorded, Recordings, StatementInput};

/// A statement as recorded.
pub fn statement(recordings: &Recordings, recorded: &Recorded) -> v1::Statement {
    let evidence = &recorded.statement.evidence;
    let subject = name_of(recordings, recorded.subject);
    v1::Statement {
        kind: recorded.kind.to_owned(),
        words: recorded.words.clone(),
        certainty: v1::Certainty::from(evidence.certainty).into(),
        valid_from: evidence.valid_from.map(date),
        valid_to: evidence.valid_to.map(date),
        seal: v1::SealClass::from(evidence.seal).into(),
        source: source(&recorded.source),
        recorded_in: revision_text(recorded.recorded_in),
        name: format!("{subject}/statements/{}", recorded.id),
        fact: fact(recordings, &recorded.statement.fact),
        etag: recorded.etag.clone(),
        retracted: recorded.statement.retracted,
        subject,
    }
}

/// A statement of a request, as it is to be written.
pub fn read_statement(
    answers: &Answers,
    locals: &Locals,
    field: &str,
    message: &v1::Statement,
) -> Result<StatementInput, Error> {
    let at = |name: &str| format!("{field}.{name}");
    let (fact, place) = read_fact(answers, locals, &at("fact"), message.fact.as_ref())?;
    let mut draft = StatementDraft::new(fact, read_source(&at("source"), message.source.clone())?);
    draft.certainty = read::<v1::Certainty, _>(&at("certainty"), message.certainty)?;
    draft.seal = read::<v1::SealClass, _>(&at("seal"), message.seal)?;
    draft.valid_from = read_date(&at("valid_from"), message.valid_from.clone())?;
    draft.valid_to = read_date(&at("valid_to"), message.valid_to.clone())?;
    let first = draft.valid_from.and_then(|from| from.possible_days().0);
    let last = draft.valid_to.and_then(|to| to.possible_days().1);
    if let (Some(first), Some(last)) = (first, last)
        && first > last
    {
        return Err(Error::invalid(at("valid_to"), "lies before `valid_from`"));
    }
    Ok(StatementInput { draft, place })
}
