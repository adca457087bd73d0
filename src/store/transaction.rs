//! What a writer hands in: new subjects and statements that are committed together or not at all.

use crate::model::audit::AuditEntry;
use crate::model::ids::{
    ExternalId, PublicId, Revision, StatementId, StewardId, Subject, SubjectKind,
};
use crate::model::partial_date::PartialDate;
use crate::model::statement::{Certainty, Fact, SealClass, Source};

/// Numbers from here on stand for the new subjects of one transaction.
const FIRST_LOCAL: u64 = 1 << 63;

/// One atomic write.
pub struct Transaction {
    /// Who does it.
    pub actor: String,
    /// The entry of the call; made of actor and action if there is none.
    pub entry: Option<AuditEntry>,
    /// What is done, as a short word: "record_connection".
    pub action: String,
    /// Makes a repeat harmless.
    pub request: Option<RequestId>,
    /// Subjects that must be as they were when their etag was read.
    pub unchanged: Vec<(Subject, String)>,
    pub new_subjects: Vec<NewSubject>,
    pub statements: Vec<(Subject, StatementDraft)>,
    /// Makes the answer that a repeat of the request gets again.
    pub answer: AnswerBuilder,
}

/// Makes the answer to keep from what was committed. May be called again if a commit is tried again.
pub type AnswerBuilder = Box<dyn Fn(&Committed) -> Vec<u8> + Send>;

/// A caller's name for a request, and the hash of what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId {
    pub id: String,
    pub payload: [u8; 32],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubject {
    pub kind: SubjectKind,
    /// With the agency whose external id it is.
    pub external_id: Option<(StewardId, ExternalId)>,
}

/// A statement to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct StatementDraft {
    /// The statement of which this is a new version; nothing for a new statement.
    pub id: Option<StatementId>,
    pub fact: Fact,
    pub source: Source,
    pub valid_from: Option<PartialDate>,
    pub valid_to: Option<PartialDate>,
    pub certainty: Certainty,
    pub seal: SealClass,
    pub steward: StewardId,
    /// This version withdraws the statement.
    pub retracted: bool,
}

/// What a commit made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    pub revision: Revision,
    /// The new subjects, in the order of [`Transaction::new_subjects`].
    pub subjects: Vec<(Subject, PublicId)>,
    /// In the order of [`Transaction::statements`].
    pub statements: Vec<StatementId>,
    pub answer: Vec<u8>,
    /// The request had been committed before; nothing was done.
    pub replayed: bool,
}

impl Transaction {
    /// A transaction without content.
    pub fn new(actor: impl Into<String>, action: impl Into<String>) -> Transaction {
        Transaction {
            actor: actor.into(),
            entry: None,
            action: action.into(),
            request: None,
            unchanged: Vec::new(),
            new_subjects: Vec::new(),
            statements: Vec::new(),
            answer: Box::new(|_| Vec::new()),
        }
    }

    /// The entry that the record gets of it.
    pub fn audit_entry(&self) -> AuditEntry {
        self.entry.clone().unwrap_or_else(|| AuditEntry {
            actor: self.actor.clone(),
            method: self.action.clone(),
            ..AuditEntry::default()
        })
    }

    /// Adds a new subject. What is returned stands for it in this transaction, in facts too.
    pub fn add_subject(
        &mut self,
        kind: SubjectKind,
        external_id: Option<(StewardId, ExternalId)>,
    ) -> Subject {
        let number = FIRST_LOCAL + self.new_subjects.len() as u64;
        self.new_subjects.push(NewSubject { kind, external_id });
        kind.subject(number)
    }

    /// What stands for the new subject at a position, before it is added.
    pub fn new_subject_at(kind: SubjectKind, position: usize) -> Subject {
        kind.subject(FIRST_LOCAL + position as u64)
    }

    /// Whether a subject is new in its transaction, and no subject of the store yet.
    pub fn is_new(subject: Subject) -> bool {
        local_position(subject).is_some()
    }

    /// Adds a statement about a subject.
    pub fn add_statement(&mut self, subject: Subject, draft: StatementDraft) {
        self.statements.push((subject, draft));
    }
}

impl StatementDraft {
    /// A new, open, reported statement of the agency, without dates.
    pub fn new(fact: Fact, source: Source) -> StatementDraft {
        StatementDraft {
            id: None,
            fact,
            source,
            valid_from: None,
            valid_to: None,
            certainty: Certainty::Reported,
            seal: SealClass::Open,
            steward: StewardId::AGENCY,
            retracted: false,
        }
    }
}

/// The position of a local subject in its transaction; nothing for a subject of the store.
pub(super) fn local_position(subject: Subject) -> Option<usize> {
    let position = subject.number().checked_sub(FIRST_LOCAL)?;
    usize::try_from(position).ok()
}
