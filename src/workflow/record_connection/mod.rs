//! A specialist found somebody: one call makes the person, the placeholder parents needed, the ties and the evidence.

mod nation;
mod plan;
mod reading;

use super::likely_links::{Touched, suggest_after};
use crate::access::Permit;
use crate::error::Error;
use crate::model::ids::{PersonId, PublicId, Revision};
use crate::model::lead::PersonSummary;
use crate::model::partial_date::{Day, PartialDate};
use crate::model::person::Gender;
use crate::model::statement::{Certainty, Source};
use crate::model::tie::Side;
use crate::store::{Committed, RequestId, Store, Transaction};
pub(super) use plan::NAME_UNKNOWN;
use plan::Plan;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct RecordConnection {
    /// The child of the case.
    pub child: PersonId,
    /// "mother's brother", "maternal aunt", "auntie", "teacher".
    pub relation: String,
    pub side: Side,
    /// The name as written; empty for somebody not yet named.
    pub name: String,
    pub gender: Gender,
    pub birth: Option<PartialDate>,
    pub dead: Option<bool>,
    pub place: String,
    /// The nation that the person belongs to, by any of its names; may be empty.
    pub nation: String,
    pub phone: String,
    pub email: String,
    pub note: String,
    pub certainty: Certainty,
    pub source: Source,
    /// Where the words were ambiguous before: the chosen reading.
    pub choice: String,
    /// Same id and payload: same answer.
    #[serde(skip)]
    pub request_id: String,
    /// Check and tell how it would be understood, without recording it.
    pub validate_only: bool,
    #[serde(skip)]
    pub today: Day,
}

/// One thing that was recorded, in words: "Rose Adams is recorded as a child of Mary Adams (reported)".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    pub words: String,
}

/// How Kinpath understood it.
#[derive(Clone, Debug)]
pub struct RecordedConnection {
    /// The person recorded; absent with `validate_only`.
    pub person: Option<PersonSummary>,
    /// What they are to the child: "maternal uncle".
    pub relation: String,
    pub conclusions: Vec<Conclusion>,
    /// People made only to hold the path: "mother's father, name unknown".
    pub placeholders: Vec<PersonSummary>,
    pub revision: Revision,
}

/// How often a connection is planned anew because somebody else entered something for the same child meanwhile.
const TRIES: usize = 8;

/// Records it in one commit. Ambiguous words are `Error::Ambiguous` with the choices.
pub fn record_connection(
    store: &Store,
    permit: &Permit,
    request: &RecordConnection,
) -> Result<RecordedConnection, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        match try_to_record(store, permit, request) {
            Err(Error::Conflict { .. }) if tries < TRIES => {}
            result => return result,
        }
    }
}

fn try_to_record(
    store: &Store,
    permit: &Permit,
    request: &RecordConnection,
) -> Result<RecordedConnection, Error> {
    let snapshot = permit.snapshot(store)?.as_of(request.today);
    let request_id = request_of(request)?;
    // A request sent again must not be planned anew: its first commit has changed what the words mean.
    if let Some(id) = request_id.as_ref().filter(|_| !request.validate_only)
        && let Some(answer) = snapshot.answer_kept(permit.actor(), id)?
    {
        return stored_answer(&answer);
    }
    let plan = plan::plan(&snapshot, permit, request)?;
    if request.validate_only {
        return Ok(RecordedConnection {
            person: None,
            relation: plan.relation,
            conclusions: plan.conclusions,
            placeholders: Vec::new(),
            revision: snapshot.revision(),
        });
    }
    let transaction = transaction(request_id, plan);
    let touched = Touched::by(&transaction);
    let committed = permit.commit(store, transaction)?;
    suggest_after(store, permit, &touched, &committed);
    stored_answer(&committed.answer)
}

fn request_of(request: &RecordConnection) -> Result<Option<RequestId>, Error> {
    if request.request_id.is_empty() {
        return Ok(None);
    }
    let payload = postcard::to_stdvec(request).map_err(|error| Error::Internal {
        detail: error.to_string(),
    })?;
    Ok(Some(RequestId {
        id: request.request_id.clone(),
        payload: Sha256::digest(&payload).into(),
    }))
}

fn transaction(request_id: Option<RequestId>, plan: Plan) -> Transaction {
    let mut transaction = plan.transaction;
    transaction.request = request_id;
    let (relation, conclusions, people) = (plan.relation, plan.conclusions, plan.people);
    transaction.answer = Box::new(move |committed| {
        let answer = StoredAnswer {
            relation: relation.clone(),
            conclusions: conclusions.clone(),
            people: people
                .iter()
                .map(|person| person.stored(committed))
                .collect(),
            revision: committed.revision,
        };
        // A value of our own plain types always has a byte form.
        postcard::to_stdvec(&answer).unwrap_or_default()
    });
    transaction
}

/// The answer as kept with the request id.
#[derive(Serialize, Deserialize)]
struct StoredAnswer {
    relation: String,
    conclusions: Vec<Conclusion>,
    /// The person recorded, then the placeholders.
    people: Vec<StoredPerson>,
    revision: Revision,
}

#[derive(Serialize, Deserialize)]
struct StoredPerson {
    id: PersonId,
    public_id: PublicId,
    name: String,
    named: bool,
    gender: Gender,
    birth: Option<PartialDate>,
    dead: bool,
}

/// A person of the plan: one already recorded, or the position of a new subject.
#[derive(Clone, Debug)]
pub(super) struct PlannedPerson {
    /// Position among the transaction's new subjects; nothing for somebody recorded already.
    pub position: Option<usize>,
    pub known: Option<(PersonId, PublicId)>,
    pub name: String,
    pub named: bool,
    pub gender: Gender,
    pub birth: Option<PartialDate>,
    pub dead: bool,
}

impl PlannedPerson {
    fn stored(&self, committed: &Committed) -> StoredPerson {
        let made = self
            .position
            .and_then(|position| committed.subjects.get(position));
        let (id, public_id) = match (made, self.known) {
            (Some((subject, public_id)), _) => (PersonId(subject.number()), *public_id),
            (None, Some(known)) => known,
            (None, None) => (PersonId(0), PublicId(0)),
        };
        StoredPerson {
            id,
            public_id,
            name: self.name.clone(),
            named: self.named,
            gender: self.gender,
            birth: self.birth,
            dead: self.dead,
        }
    }
}

fn stored_answer(bytes: &[u8]) -> Result<RecordedConnection, Error> {
    let answer: StoredAnswer = postcard::from_bytes(bytes).map_err(|error| Error::Corrupt {
        detail: format!("kept answer: {error}"),
    })?;
    let mut people = answer.people.into_iter().map(|person| PersonSummary {
        id: person.id,
        public_id: person.public_id,
        name: person.name,
        named: person.named,
        gender: person.gender,
        birth: person.birth,
        dead: person.dead,
        death: None,
        also_recorded_as: Vec::new(),
    });
    Ok(RecordedConnection {
        person: people.next(),
        relation: answer.relation,
        conclusions: answer.conclusions,
        placeholders: people.collect(),
        revision: answer.revision,
    })
}
