//! What an answer shows of whom, and what a request asks, read from the messages themselves: no method can show somebody
//! without its entry in the record of access naming them.

use super::answers::Answers;
use super::convert::collection;
use super::held_messages::HeldMessages;
use super::mask;
use super::walk::{Visit, WalkError, walk};
use crate::access::{Asked, Released, release, unrecorded};
use crate::error::Error;
use crate::model::audit::{AskedField, AskedValue, AuditEntry, HASH_BYTES, SeenLevel, Shown};
use crate::model::ids::{PublicId, SubjectKind};
use pbjson_types::FieldMask;
use prost::Name;
use serde::Serialize;
use std::fmt;

/// An answer that can tell whom it shows.
pub trait Disclosed {
    fn disclose(&self, shown: &mut Shown) -> Result<(), WalkError>;
}

impl<T: Serialize> Disclosed for T {
    fn disclose(&self, shown: &mut Shown) -> Result<(), WalkError> {
        walk(self, &mut Showing::into(shown))
    }
}

impl<M: Serialize> Disclosed for HeldMessages<M> {
    fn disclose(&self, shown: &mut Shown) -> Result<(), WalkError> {
        let mut messages = self.messages().iter();
        messages.try_for_each(|message| walk(message, &mut Showing::into(shown)))
    }
}

/// What a stream needs to begin. It shows nobody by itself: each message that follows is recorded before it is sent.
pub struct Begun<T>(pub T);

impl<T> Disclosed for Begun<T> {
    fn disclose(&self, _: &mut Shown) -> Result<(), WalkError> {
        Ok(())
    }
}

impl Answers {
    /// Answers for one call, whose entry is open.
    pub(super) fn asking(mut self, method: &str, asked: &impl Serialize) -> Answers {
        let store = self.store.clone();
        let hash = |value: &[u8]| store.audit_hash(value);
        let asked = asked_by(method, asked, &hash);
        self.permit = self.permit.asking(asked);
        self
    }

    /// Closes the entry of the call with what its answer shows.
    pub(super) fn release<Answer: Disclosed>(
        &self,
        result: Result<Answer, Error>,
    ) -> Released<Answer> {
        let result = result.and_then(|answer| {
            let mut shown = Shown::default();
            answer.disclose(&mut shown).map_err(unreadable)?;
            Ok((answer, shown))
        });
        release(&self.permit, result)
    }

    /// One call from its request to its answer, which is given out once the entry is on disk.
    pub(super) fn recorded<Question: Serialize, Answer: Disclosed>(
        &self,
        method: &str,
        asked: &Question,
        work: impl FnOnce(&Answers, &Question) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let answers = self.clone().asking(method, asked);
        let released = answers.release(work(&answers, asked));
        if let Some(entry) = released.entry {
            self.store.record(entry).map_err(|_| unrecorded())?;
        }
        released.result
    }

    /// The entry of a call that shows this, for answers that are not given by [`Answers::recorded`].
    pub(super) fn entry_of(
        &self,
        method: &str,
        shows: &impl Disclosed,
    ) -> Result<AuditEntry, Error> {
        let mut shown = Shown::default();
        shows.disclose(&mut shown).map_err(unreadable)?;
        Ok(self.permit.entry(method).showing(&shown))
    }

    /// The message with only the fields of the mask. Whom the whole message shows is noted: a name without its id is
    /// shown all the same.
    pub(super) fn masked<M: Name + Default + Serialize>(
        &self,
        message: M,
        mask: Option<&FieldMask>,
    ) -> Result<M, Error> {
        if mask.is_some() {
            let mut shown = Shown::default();
            message.disclose(&mut shown).map_err(unreadable)?;
            self.permit.shows(&shown);
        }
        mask::only(message, mask)
    }
}

fn unreadable(error: WalkError) -> Error {
    Error::Internal {
        detail: error.to_string(),
    }
}

/// Kinds of records whose showing is recorded, and of those that a request may name.
const SHOWN_KINDS: [SubjectKind; 4] = [
    SubjectKind::Person,
    SubjectKind::WaitingFamily,
    SubjectKind::Household,
    SubjectKind::Case,
];

/// The record that a resource name is of; a part of the record (a statement, a version) stands for it.
fn record_of(name: &str) -> Option<(SubjectKind, PublicId)> {
    let (prefix, rest) = name.split_once('/')?;
    let kind = SHOWN_KINDS
        .into_iter()
        .find(|kind| collection(*kind) == prefix)?;
    let id = rest.split('/').next()?;
    Some((kind, id.parse().ok()?))
}

/// Fields that say who somebody is.
const IDENTIFYING: [&str; 4] = ["displayName", "birth", "fact", "words"];
/// Fields that hold the record that a message is of.
const OF_WHOM: [&str; 3] = ["name", "target", "subject"];
/// Messages that say how to reach somebody.
const REACHING: [&str; 2] = ["kinpath.v1.Contact", "kinpath.v1.Residence"];
const ORDER: &str = "kinpath.v1.OrderUsed";

/// Notes whom a message shows.
struct Showing<'s> {
    shown: &'s mut Shown,
    /// The messages around the present place, outermost first.
    around: Vec<Around>,
    field: &'static str,
}

#[derive(Default)]
struct Around {
    message: &'static str,
    of_whom: Option<(SubjectKind, PublicId)>,
    level: SeenLevel,
    /// Of an order: its id and version.
    words: [String; 2],
}

impl Showing<'_> {
    fn into(shown: &mut Shown) -> Showing<'_> {
        Showing {
            shown,
            around: Vec::new(),
            field: "",
        }
    }
}

impl Visit for Showing<'_> {
    fn enter(&mut self, message: &'static str) {
        let level = if REACHING.contains(&message) {
            SeenLevel::Contactable
        } else {
            SeenLevel::NonIdentifying
        };
        self.around.push(Around {
            message,
            level,
            ..Around::default()
        });
    }

    fn leave(&mut self) {
        let Some(ended) = self.around.pop() else {
            return;
        };
        if ended.message == ORDER {
            self.shown.order = ended.words.join(" ");
        }
        match ended.of_whom {
            Some((kind, id)) => self.shown.add(kind, id, ended.level),
            None => {
                // What is said in a part is said of whom the whole is of.
                if let Some(whole) = self.around.last_mut() {
                    whole.level = whole.level.max(ended.level);
                }
            }
        }
        if let Some(whole) = self.around.last_mut()
            && whole.of_whom.is_none()
            && is_summary(ended.message)
        {
            whole.of_whom = ended.of_whom;
        }
    }

    fn field(&mut self, name: &'static str) {
        self.field = name;
        if IDENTIFYING.contains(&name)
            && let Some(message) = self.around.last_mut()
        {
            message.level = message.level.max(SeenLevel::Identifying);
        }
    }

    fn text(&mut self, text: &str) {
        let Some(message) = self.around.last_mut() else {
            return;
        };
        if message.message == ORDER {
            match self.field {
                "id" => text.clone_into(&mut message.words[0]),
                "version" => text.clone_into(&mut message.words[1]),
                _ => {}
            }
        }
        let Some(record) = record_of(text) else {
            return;
        };
        if OF_WHOM.contains(&self.field) {
            message.of_whom = message.of_whom.or(Some(record));
        }
        self.shown.add(record.0, record.1, SeenLevel::Existence);
    }
}

/// A summary says of whom the message around it is.
fn is_summary(message: &str) -> bool {
    message.ends_with("Summary")
}

/// Fields of one request that are noted; of a longer one, the rest is left out.
const MOST_FIELDS: usize = 64;

/// What a request asks.
fn asked_by(
    method: &str,
    request: &impl Serialize,
    hash: &dyn Fn(&[u8]) -> [u8; HASH_BYTES],
) -> Asked {
    let mut asking = Asking {
        asked: Asked {
            method: method.to_owned(),
            ..Asked::default()
        },
        path: Vec::new(),
        hash,
    };
    if walk(request, &mut asking).is_err() {
        // The work refuses it; what came before is told.
        asking.path = vec!["unreadable"];
        asking.note(AskedValue::Hash(hash(&[])));
    }
    asking.asked
}

/// Notes what a request asks.
struct Asking<'h> {
    asked: Asked,
    path: Vec<&'static str>,
    hash: &'h dyn Fn(&[u8]) -> [u8; HASH_BYTES],
}

impl Asking<'_> {
    fn note(&mut self, value: AskedValue) {
        if self.asked.fields.len() < MOST_FIELDS {
            let field = self.path.join(".");
            self.asked.fields.push(AskedField { field, value });
        }
    }
}

impl Visit for Asking<'_> {
    fn field(&mut self, name: &'static str) {
        self.path.push(name);
    }

    fn field_ends(&mut self) {
        self.path.pop();
    }

    fn text(&mut self, text: &str) {
        match (self.path.as_slice(), record_of(text)) {
            (path, Some((kind, id))) => {
                let name = format!("{}/{id}", collection(kind));
                if kind == SubjectKind::Case && path == ["case"] {
                    self.asked.case.clone_from(&name);
                }
                self.asked.named.push(id);
                self.note(AskedValue::Name(name));
            }
            (["purpose"], None) => {
                let word = text.strip_prefix("PURPOSE_").unwrap_or(text);
                self.asked.purpose = word.to_lowercase();
            }
            // Of no meaning to an auditor, and never the same twice.
            (["requestId" | "pageToken" | "excludedPageToken"], None) => {}
            (_, None) => self.note(AskedValue::Hash((self.hash)(text.trim().as_bytes()))),
        }
    }

    fn scalar(&mut self, value: &dyn fmt::Display) {
        self.note(AskedValue::Hash((self.hash)(value.to_string().as_bytes())));
    }
}
