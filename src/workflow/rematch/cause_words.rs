//! A cause in words: what was recorded, or which date has come.

use super::told::ToldCause;
use crate::access::Permit;
use crate::error::Error;
use crate::model::case::OutreachTarget;
use crate::model::ids::{PersonId, Subject};
use crate::model::partial_date::{Day, PartialDate};
use crate::model::rematch::{Cause, DateKind};
use crate::model::statement::{Fact, Source, Statement};
use crate::model::tie::UnionState;
use crate::store::Snapshot;
use crate::workflow::record_connection::NAME_UNKNOWN;
use crate::workflow::statement_words::Names;

/// The words, from what was known at a moment.
pub fn words_of(moment: &Snapshot<'_>, permit: &Permit, cause: &Cause) -> Result<ToldCause, Error> {
    let (subject, statement, revision, date) = match cause {
        Cause::Policy { name, version } => {
            let words = match name.as_str() {
                "weights" => format!("the weights are in version {version} now"),
                _ => format!("placement order {name} is in version {version} now"),
            };
            return Ok(ToldCause { words, about: None });
        }
        Cause::Statement {
            subject,
            statement,
            revision,
        } => (*subject, *statement, Some(*revision), None),
        Cause::Date {
            what,
            subject,
            statement,
            day,
        } => (*subject, *statement, None, Some((*what, *day))),
    };
    let versions = moment.statement_versions(subject, permit.visibility())?;
    let of_statement = versions.iter().filter(|(_, known)| known.id == statement);
    let version = match revision {
        Some(made) => of_statement.into_iter().find(|(at, _)| *at == made),
        None => of_statement.into_iter().next_back(),
    };
    let ids = moment.identities(&[subject])?;
    let about = ids.into_iter().flatten().next();
    let about = about.map(|ids| (subject, ids.public_id));
    let Some((_, said)) = version else {
        let words = "a statement that is not there any more".to_owned();
        return Ok(ToldCause { words, about });
    };
    let words = match date {
        None => recorded(moment, permit, subject, said)?,
        Some((what, day)) => came(moment, permit, subject, said, what, day)?,
    };
    Ok(ToldCause { words, about })
}

/// "Shay Alderman: Francis Alderman is the birth parent (file 2019-114, p. 9)".
fn recorded(
    moment: &Snapshot<'_>,
    permit: &Permit,
    subject: Subject,
    said: &Statement,
) -> Result<String, Error> {
    let withdrawn = if said.retracted { "withdrawn: " } else { "" };
    let fact = said_in_words(moment, permit, subject, &said.fact)?;
    let sources = moment.sources(&[said.evidence.source])?;
    let source = sources.into_iter().flatten().next();
    Ok(format!("{withdrawn}{fact}{}", source_words(source)))
}

fn source_words(source: Option<Source>) -> String {
    let Some(source) = source else {
        return String::new();
    };
    let page = match source.page.as_str() {
        "" => String::new(),
        page => format!(", {page}"),
    };
    match source.document.as_str() {
        "" => String::new(),
        document => format!(" ({document}{page})"),
    }
}

fn came(
    moment: &Snapshot<'_>,
    permit: &Permit,
    subject: Subject,
    said: &Statement,
    what: DateKind,
    day: Day,
) -> Result<String, Error> {
    let on = PartialDate::from_day(day).in_words();
    if let (
        DateKind::Birthday,
        Fact::Birth {
            date: Some(date), ..
        },
    ) = (what, &said.fact)
    {
        let name = name_of(moment, permit, subject)?;
        let age = date.age_on(day);
        return Ok(match (age.least, age.greatest) {
            (Some(least), Some(greatest)) if least == greatest => {
                format!("{name} turned {least} on {on}")
            }
            _ => format!("{name} may have had a birthday on {on}"),
        });
    }
    let fact = said_in_words(moment, permit, subject, &said.fact)?;
    Ok(match what {
        DateKind::Birthday => format!("{fact}: a birthday, {on}"),
        DateKind::Begins => format!("from {on}: {fact}"),
        DateKind::Ends => format!("over since {on}: {fact}"),
        DateKind::Expires => format!("ends, {on}: {fact}"),
        DateKind::AskAgain => format!("the time to ask again has come, {on}: {fact}"),
        DateKind::Dated => format!("{on}: {fact}"),
    })
}

fn said_in_words(
    moment: &Snapshot<'_>,
    permit: &Permit,
    subject: Subject,
    fact: &Fact,
) -> Result<String, Error> {
    let mut people: Vec<PersonId> = Vec::new();
    let mut whom = None;
    if let Fact::Outreach(outreach) = fact
        && let OutreachTarget::Person(person) = outreach.whom
    {
        people.push(person);
        whom = Some(person);
    }
    if let Fact::Case(case) = fact {
        people.push(case.child);
    }
    let names = Names::read(moment, permit, people, std::iter::once(fact))?;
    let (kind, words) = names.fact(fact);
    let of = match (fact, whom) {
        (_, Some(person)) => names.person(person).to_owned(),
        (Fact::Case(case), _) => names.person(case.child).to_owned(),
        _ => name_of(moment, permit, subject)?,
    };
    let of = if of.is_empty() { kind.to_owned() } else { of };
    if let Some(words) = tie_in_words(&names, &of, fact) {
        return Ok(words);
    }
    Ok(match fact {
        Fact::Case(case) if !case.active => format!("{of}: the case was closed"),
        Fact::Case(_) => format!("{of}: the case ({words})"),
        Fact::Outreach(_) | Fact::Inquiry(_) | Fact::Contact(_) | Fact::Name(_) => {
            format!("{of}: {kind}: {words}")
        }
        Fact::Caution(_) | Fact::Screening(_) => format!("{of}: {kind}: {words}"),
        _ => format!("{of}: {words}"),
    })
}

/// A tie as whoever recorded it would say it; nothing for other facts.
fn tie_in_words(names: &Names, of: &str, fact: &Fact) -> Option<String> {
    let (of, _) = spoken(of);
    let recorded = |other: PersonId, role: &str| {
        let (other, is_named) = spoken(names.person(other));
        match is_named {
            true => format!("{other} was recorded as {role}"),
            false => format!("{other} was recorded, name not yet known, as {role}"),
        }
    };
    Some(match fact {
        Fact::Parent(tie) => {
            let nature = tie.nature.word();
            recorded(tie.parent, &format!("{nature} parent of {of}"))
        }
        Fact::Union(tie) if tie.state == UnionState::Ended => {
            recorded(tie.partner, &format!("former partner of {of}"))
        }
        Fact::Union(tie) => recorded(tie.partner, &format!("partner of {of}")),
        Fact::StatedKin(tie) => recorded(tie.kin, &format!("\"{}\" of {of}", tie.as_told)),
        Fact::Network(tie) => {
            let role = tie.role.replace('_', " ");
            recorded(tie.adult, &format!("{role} of {of}"))
        }
        _ => return None,
    })
}

/// A name without the words for one that is not known, and whether it is known.
fn spoken(name: &str) -> (&str, bool) {
    match name.strip_suffix(NAME_UNKNOWN) {
        Some(how) => (how, false),
        None => (name, true),
    }
}

fn name_of(moment: &Snapshot<'_>, permit: &Permit, subject: Subject) -> Result<String, Error> {
    let Subject::Person(person) = subject else {
        return Ok(String::new());
    };
    let nodes = moment.nodes(&[person], permit.visibility())?;
    let node = nodes.into_iter().flatten().next();
    Ok(node.map_or_else(String::new, |node| node.name))
}
