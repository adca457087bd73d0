//! The nation of a person found, as told: one recorded already, one of the reference list, or the text as written.
//! What is not certain comes back as choices.

use crate::access::Permit;
use crate::error::{Choice, Error};
use crate::exchange::nation_names::{nation_as_written, told_nation};
use crate::model::ids::{NationId, PublicId, Subject};
use crate::model::nation::Nation;
use crate::store::Snapshot;
use crate::workflow::resolve_nation::{NationAnswer, ResolveNation, nations_meant};

/// Before a nation's name in a choice: it is to be recorded as it stands.
const AS_WRITTEN: &str = "as written: ";
/// From this certainty on a recorded nation is taken.
const CERTAIN: f64 = 0.9;
/// How many candidates of each kind are offered.
const OFFERED: usize = 4;

/// The nation meant.
#[derive(Clone, Debug, PartialEq)]
pub enum MeantNation {
    /// Recorded already, with its name and what is to be told of how it was understood.
    Recorded(NationId, String, Option<String>),
    /// To be recorded, with what is to be told.
    New(Box<Nation>, String),
}

/// What the text means: a resource name, a name, a band number, or a choice offered before.
pub fn read_nation(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    text: &str,
) -> Result<MeantNation, Error> {
    if let Some(found) = by_public_id(snapshot, permit, text)? {
        return Ok(found);
    }
    let (text, is_chosen) = match text.strip_prefix(AS_WRITTEN) {
        Some(rest) => (rest.trim(), true),
        None => (text, false),
    };
    let named = snapshot.nations_named(text, permit.visibility())?;
    if let [one] = named.as_slice() {
        return recorded(snapshot, permit, *one, None);
    }
    if is_chosen {
        let told = format!("The nation \"{text}\" is recorded as written");
        return Ok(MeantNation::New(Box::new(nation_as_written(text)), told));
    }
    let question = ResolveNation {
        text: text.to_owned(),
        ..ResolveNation::default()
    };
    let answer = nations_meant(snapshot, permit, &question)?;
    let mut certain = answer
        .recorded
        .iter()
        .filter(|nation| nation.certainty >= CERTAIN);
    if let (Some(one), None) = (certain.next(), certain.next()) {
        let told = format!(
            "\"{text}\" is taken as {}, which is recorded: it {}",
            one.nation.name,
            one.reasons.join("; ")
        );
        return recorded(snapshot, permit, one.id, Some(told));
    }
    let told = told_nation(text);
    if told.reference.is_some() && answer.recorded.iter().all(|one| one.certainty < CERTAIN) {
        return Ok(MeantNation::New(Box::new(told.nation), told.report));
    }
    Err(Error::Ambiguous {
        field: "nation".to_owned(),
        choices: choices(&answer, text),
    })
}

fn by_public_id(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    text: &str,
) -> Result<Option<MeantNation>, Error> {
    let Some(id) = text.strip_prefix("nations/") else {
        return Ok(None);
    };
    let subject = match id.parse::<PublicId>() {
        Ok(id) => snapshot.subject_of_public_id(id)?,
        Err(_) => None,
    };
    match subject {
        Some(Subject::Nation(nation)) => recorded(snapshot, permit, nation, None).map(Some),
        _ => Err(unknown(text)),
    }
}

fn recorded(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    id: NationId,
    told: Option<String>,
) -> Result<MeantNation, Error> {
    let found = snapshot.nations(&[id], permit.visibility())?;
    let (_, nation) = found
        .into_iter()
        .flatten()
        .next()
        .ok_or_else(|| unknown("as named"))?;
    Ok(MeantNation::Recorded(id, nation.name, told))
}

fn unknown(name: &str) -> Error {
    Error::NotFound {
        what: "nation",
        name: name.to_owned(),
    }
}

/// Recorded nations, nations of the list, and the text as it stands.
fn choices(answer: &NationAnswer, text: &str) -> Vec<Choice> {
    let percent = |certainty: f64| (certainty * 100.0).round();
    let mut choices: Vec<Choice> = answer
        .recorded
        .iter()
        .take(OFFERED)
        .map(|one| Choice {
            value: format!("nations/{}", one.public_id),
            label: format!(
                "{}, recorded here (certainty {} %)",
                one.nation.name,
                percent(one.certainty)
            ),
        })
        .collect();
    let listed = answer.reference.candidates.iter().take(OFFERED);
    choices.extend(listed.map(|one| {
        let number = &one.nation.number;
        let value = if number.is_empty() {
            one.nation.name.clone()
        } else {
            format!("band {number}")
        };
        Choice {
            value,
            label: format!(
                "{}, of the reference list (certainty {} %)",
                one.nation.name,
                percent(one.certainty)
            ),
        }
    }));
    choices.push(Choice {
        value: format!("{AS_WRITTEN}{text}"),
        label: "another nation, recorded as it is written".to_owned(),
    });
    choices
}
