//! What happens in a scenario after the first answer: verdicts on records, and further entries.

use super::expectation::Expectation;
use super::family_lines::verdict_line;
use super::world::World;
use kinpath::access::Permit;
use kinpath::model::ids::Subject;
use kinpath::model::person::{Contact, ContactKind, Name, NameKind};
use kinpath::model::same_person::Verdict;
use kinpath::model::statement::{Fact, Source};
use kinpath::store::StatementDraft;
use kinpath::workflow::{Decision, StatementInput, Write, decide_same_person, record_statements};
use serde::Deserialize;

/// Decisions and entries, in their order, then what is expected.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SceneStep {
    /// "Marg Josef is not Margaret Joseph: they have other mothers". "may be" takes a decision back.
    #[serde(default)]
    decide: Vec<String>,
    /// Words of the reason for which each decision must be refused.
    refused: Option<String>,
    /// "Marg Josef: phone", "Marg Josef: also called Margie".
    #[serde(default)]
    record: Vec<String>,
    pub expect: Option<Expectation>,
    /// "at first", or "without links": the whole answer, word for word.
    pub same_answer_as: Option<String>,
}

impl SceneStep {
    pub fn take(&self, world: &World) -> Result<(), String> {
        for line in &self.decide {
            let outcome = decide(world, line)?;
            match (&self.refused, outcome) {
                (None, Ok(())) => {}
                (Some(reason), Err(error)) if error.contains(reason.as_str()) => {}
                (Some(reason), outcome) => {
                    return Err(format!(
                        "\"{line}\" should be refused for \"{reason}\": {outcome:?}"
                    ));
                }
                (None, Err(error)) => return Err(format!("\"{line}\": {error}")),
            }
        }
        self.record.iter().try_for_each(|line| record(world, line))
    }
}

fn worker() -> Source {
    Source {
        asserter: "the worker".to_owned(),
        ..Source::default()
    }
}

fn decide(world: &World, line: &str) -> Result<Result<(), String>, String> {
    let (pair, reason) = line.split_once(": ").unwrap_or((line, ""));
    let (one, verdict, other) = verdict_line(pair)?;
    let decision = Decision {
        one: world.person(one)?,
        other: world.person(other)?,
        verdict: Verdict::from_word(verdict).ok_or("no verdict")?,
        reason: reason.to_owned(),
        source: worker(),
        etag: String::new(),
    };
    let permit = Permit::local_operator();
    let decided = decide_same_person(&world.store, &permit, &Write::default(), &decision);
    Ok(decided.map(|_| ()).map_err(|error| error.to_string()))
}

fn record(world: &World, line: &str) -> Result<(), String> {
    let (who, what) = line.split_once(": ").ok_or("an entry is \"who: what\"")?;
    let fact = match what {
        "phone" => Fact::Contact(Contact {
            kind: ContactKind::Phone,
            value: "250-555-0101".to_owned(),
        }),
        _ => Fact::Name(Name {
            kind: NameKind::Alias,
            full: what
                .strip_prefix("also called ")
                .ok_or_else(|| format!("\"{what}\" is not understood"))?
                .to_owned(),
            given: String::new(),
            family: String::new(),
        }),
    };
    let input = StatementInput {
        draft: StatementDraft::new(fact, worker()),
        place: None,
    };
    let permit = Permit::local_operator();
    let subject = Subject::Person(world.person(who)?);
    record_statements(
        &world.store,
        &permit,
        &Write::default(),
        subject,
        vec![input],
    )
    .map(|_| ())
    .map_err(|error| error.to_string())
}
