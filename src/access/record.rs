//! The entry of one call in the record of access. It is opened with the permit; a write closes it in its commit, a read
//! with what its answer shows. An answer is released only when the entry is on disk.

use super::permit::Permit;
use crate::error::Error;
use crate::model::audit::{AskedField, AuditEntry, AuditOutcome, SeenLevel, Shown};
use crate::model::ids::{PublicId, SubjectKind};
use crate::store::Committed;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a call asked: field names, ids and keyed hashes.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub method: String,
    pub fields: Vec<AskedField>,
    /// What for, as the request says.
    pub purpose: String,
    /// The case that the request names, by its resource name.
    pub case: String,
    /// The records that the request names by their ids.
    pub named: Vec<PublicId>,
}

/// What one call has asked, shown and written so far.
#[derive(Debug, Default)]
pub(super) struct CallRecord {
    asked: Asked,
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    shown: Shown,
    /// An entry of the call is in a commit, which made these records.
    written: Option<Vec<PublicId>>,
}

impl CallRecord {
    pub fn of(asked: Asked) -> CallRecord {
        CallRecord {
            asked,
            noted: Mutex::default(),
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn entry(&self, action: &str) -> AuditEntry {
        let asked = &self.asked;
        AuditEntry {
            method: if asked.method.is_empty() {
                action.to_owned()
            } else {
                asked.method.clone()
            },
            purpose: asked.purpose.clone(),
            case: asked.case.clone(),
            asked: asked.fields.clone(),
            ..AuditEntry::default()
        }
    }

    pub fn shows(&self, shown: &Shown) {
        self.noted().shown.merge(shown);
    }

    pub fn wrote(&self, committed: &Committed) {
        let made = committed.subjects.iter().map(|(_, id)| *id);
        self.noted().written.get_or_insert_default().extend(made);
    }
}

/// An answer that may be shown once its entry is written.
pub struct Released<Answer> {
    /// What is to be written first; nothing where the commit of the call holds it already, or nothing is shown.
    pub entry: Option<AuditEntry>,
    pub result: Result<Answer, Error>,
}

/// Closes the entry of a call: what its answer shows, or its error.
pub fn release<Answer>(
    permit: &Permit,
    result: Result<(Answer, Shown), Error>,
) -> Released<Answer> {
    let record = permit.record();
    let (mut shown, written) = {
        let noted = record.noted();
        (noted.shown.clone(), noted.written.clone())
    };
    match result {
        Ok((answer, of_answer)) => {
            shown.merge(&of_answer);
            let is_told = written.is_some_and(|mut known| {
                known.extend(&record.asked.named);
                !shown.shows_others_than(&known)
            });
            let entry = (!is_told).then(|| permit.entry("read").showing(&shown));
            Released {
                entry,
                result: Ok(answer),
            }
        }
        Err(error) => {
            let outcome = outcome_of(&error, &mut shown);
            let entry = outcome.map(|outcome| {
                let entry = permit.entry("read").showing(&shown);
                AuditEntry { outcome, ..entry }
            });
            Released {
                entry,
                result: Err(error),
            }
        }
    }
}

/// Why a call is refused whose entry cannot be written.
pub fn unrecorded() -> Error {
    Error::Unavailable {
        reason: "the record of access cannot be written, so nothing is shown".to_owned(),
    }
}

/// What an error tells of the store; nothing if it tells of the request only.
fn outcome_of(error: &Error, shown: &mut Shown) -> Option<AuditOutcome> {
    match error {
        Error::Ambiguous { choices, .. } => {
            for choice in choices {
                if let Some(person) = person_named(&choice.value) {
                    shown.add(SubjectKind::Person, person, SeenLevel::Identifying);
                }
            }
            Some(AuditOutcome::Ambiguous)
        }
        Error::NotFound { .. } | Error::AlreadyExists { .. } => Some(AuditOutcome::NotFound),
        Error::Denied { .. } => Some(AuditOutcome::Denied),
        _ => None,
    }
}

fn person_named(name: &str) -> Option<PublicId> {
    name.strip_prefix("people/")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Choice;

    fn permit() -> Permit {
        let asked = Asked {
            method: "GetPerson".to_owned(),
            named: vec![PublicId(1)],
            ..Asked::default()
        };
        Permit::local_operator().asking(asked)
    }

    fn shown(ids: &[u128]) -> Shown {
        let mut shown = Shown::default();
        for id in ids {
            shown.add(SubjectKind::Person, PublicId(*id), SeenLevel::Identifying);
        }
        shown
    }

    fn committed(made: u128) -> Committed {
        Committed {
            revision: crate::model::ids::Revision::default(),
            subjects: vec![(SubjectKind::Person.subject(1), PublicId(made))],
            statements: Vec::new(),
            answer: Vec::new(),
            replayed: false,
        }
    }

    #[test]
    fn a_read_says_whom_it_shows() {
        let permit = permit();
        permit.shows(&shown(&[2]));
        let released = release(&permit, Ok(((), shown(&[1]))));
        let entry = released.entry.expect("an entry");
        assert_eq!(entry.method, "GetPerson");
        assert_eq!(entry.actor, "local operator");
        for id in [1, 2] {
            let level = entry.level_of(PublicId(id));
            assert_eq!(level, Some(SeenLevel::Identifying));
        }
    }

    #[test]
    fn a_write_is_told_by_its_commit_unless_it_shows_others() {
        let permit = permit();
        permit.record().wrote(&committed(7));
        assert!(release(&permit, Ok(((), shown(&[1, 7])))).entry.is_none());
        let entry = release(&permit, Ok(((), shown(&[1, 8])))).entry;
        assert!(entry.is_some_and(|entry| entry.level_of(PublicId(8)).is_some()));
    }

    #[test]
    fn an_error_that_shows_somebody_is_told() {
        let person = PublicId(5);
        let choice = Choice {
            value: format!("people/{person}"),
            label: String::new(),
        };
        let error = Error::Ambiguous {
            field: "child".to_owned(),
            choices: vec![choice],
        };
        let entry = release::<()>(&permit(), Err(error))
            .entry
            .expect("an entry");
        assert_eq!(entry.outcome, AuditOutcome::Ambiguous);
        assert!(entry.level_of(person).is_some());
        let wrong = Err(Error::invalid("child", "needed"));
        assert!(release::<()>(&permit(), wrong).entry.is_none());
    }
}
