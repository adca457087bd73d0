//! Checks one transaction and lays its writes over those of its group. A transaction that fails leaves nothing behind.

use super::additions::Change;
use super::backend::{Deadline, Order, ReadView, STOP, Table, get};
use super::closing::{Closing, close_commit, next_revision};
use super::error::StoreError;
use super::history::{self, Version};
use super::index_keys::IndexKey;
use super::keys;
use super::open::Shared;
use super::overlay::Overlay;
use super::public_ids::PublicIds;
use super::records::{
    self, Header, RequestRecord, State, decode, encode, encode_block, source_hash,
};
use super::transaction::{
    Committed, NewSubject, RequestId, StatementDraft, Transaction, local_position,
};
use crate::model::ids::{PublicId, Revision, SourceId, StatementId, Subject, SubjectKind};
use crate::model::person::PlaceMeaning;
use crate::model::statement::{Evidence, Fact, Source, Statement};
use sha2::{Digest, Sha256};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// One commit group under construction.
pub struct Staging<'a> {
    pub overlay: Overlay<'a>,
    pub state: State,
    pub public_ids: &'a PublicIds,
    pub now: i64,
    /// What the group did, by subject.
    pub changes: BTreeMap<u64, Change>,
    /// The source asked for last: the statements of a transaction often share one.
    last_source: Option<(Source, SourceId)>,
    /// Whether the group changed something on which what is kept of waiting families rests.
    moves_families: bool,
}

impl<'a> Staging<'a> {
    pub fn new(shared: &'a Shared, view: &'a dyn ReadView, state: State) -> Staging<'a> {
        Staging {
            overlay: Overlay::new(view),
            state,
            public_ids: &shared.public_ids,
            now: (shared.clock)(),
            changes: BTreeMap::new(),
            last_source: None,
            moves_families: false,
        }
    }

    /// Reads at once what staging these transactions will ask for.
    pub fn fetch(&mut self, transactions: &[Transaction]) -> Result<(), StoreError> {
        let mut requests = BTreeSet::new();
        let mut headers = BTreeSet::new();
        let mut sources = BTreeSet::new();
        for transaction in transactions {
            let request = transaction.request.as_ref();
            requests.extend(request.map(|request| request_key(&transaction.actor, &request.id)));
            let mut last = None;
            for (subject, draft) in &transaction.statements {
                let others = draft.fact.other_subjects();
                let named = others.iter().chain([subject]);
                headers.extend(
                    named
                        .filter(|subject| local_position(**subject).is_none())
                        .map(|subject| keys::header(subject.number())),
                );
                if last != Some(&draft.source) {
                    sources.insert(IndexKey::Source(source_hash(&draft.source)?).encode());
                }
                last = Some(&draft.source);
            }
        }
        self.overlay.fetch(Table::Requests, &requests)?;
        self.overlay.fetch(Table::Statements, &headers)?;
        self.overlay.fetch(Table::Index, &sources)
    }

    /// Adds one transaction to the group, or nothing of it.
    pub fn stage(&mut self, transaction: &Transaction) -> Result<Committed, StoreError> {
        let state = self.state.clone();
        match self.apply(transaction) {
            Ok((committed, changes)) => {
                self.overlay.keep();
                for (number, change) in changes {
                    match self.changes.entry(number) {
                        Entry::Vacant(place) => _ = place.insert(change),
                        Entry::Occupied(mut earlier) => earlier.get_mut().append(change),
                    }
                }
                Ok(committed)
            }
            Err(error) => {
                self.overlay.drop_open();
                self.state = state;
                self.last_source = None;
                Err(error)
            }
        }
    }

    fn apply(
        &mut self,
        transaction: &Transaction,
    ) -> Result<(Committed, BTreeMap<u64, Change>), StoreError> {
        let request_key = transaction
            .request
            .as_ref()
            .map(|request| request_key(&transaction.actor, &request.id));
        if let (Some(request), Some(key)) = (&transaction.request, &request_key)
            && let Some(done) = committed_before(&self.overlay, request, key)?
        {
            return Ok((done, BTreeMap::new()));
        }
        self.check_unchanged(&transaction.unchanged)?;
        let revision = next_revision(&self.state);
        let subjects = self.add_subjects(&transaction.new_subjects, revision)?;
        let (statements, changes) =
            self.add_statements(&transaction.statements, &subjects, revision)?;
        let mut committed = Committed {
            revision,
            subjects,
            statements,
            answer: Vec::new(),
            replayed: false,
        };
        committed.answer = (transaction.answer)(&committed);
        let touched: BTreeSet<Subject> = changes.values().map(|change| change.subject).collect();
        self.close(transaction, &committed, &touched)?;
        if let (Some(request), Some(key)) = (&transaction.request, request_key) {
            self.remember(request, key, &committed)?;
        }
        Ok((committed, changes))
    }

    fn remember(
        &mut self,
        request: &RequestId,
        key: [u8; 32],
        committed: &Committed,
    ) -> Result<(), StoreError> {
        let record = RequestRecord {
            payload: request.payload,
            revision: committed.revision,
            committed_at: self.state.committed_at,
            subjects: committed
                .subjects
                .iter()
                .map(|(subject, id)| (*subject, id.0.to_be_bytes()))
                .collect(),
            statements: committed.statements.clone(),
            answer: committed.answer.clone(),
        };
        self.overlay.put(Table::Requests, key, encode(&record)?);
        Ok(())
    }

    fn check_unchanged(&self, unchanged: &[(Subject, String)]) -> Result<(), StoreError> {
        for (subject, expected) in unchanged {
            if etag(&self.overlay, *subject)?.as_ref() != Some(expected) {
                return Err(StoreError::Conflict { subject: *subject });
            }
        }
        Ok(())
    }

    fn add_subjects(
        &mut self,
        new: &[NewSubject],
        revision: Revision,
    ) -> Result<Vec<(Subject, PublicId)>, StoreError> {
        let mut subjects = Vec::with_capacity(new.len());
        for subject in new {
            let number = self.state.next_subject;
            self.state.next_subject += 1;
            let public_id = self.public_ids.of_new(subject)?;
            let external_ids: Vec<_> = subject.external_id.iter().cloned().collect();
            let header = Header::new(subject.kind, public_id, external_ids, revision);
            self.claim_identities(subject, &header, number)?;
            self.overlay
                .put(Table::Statements, keys::header(number), encode(&header)?);
            subjects.push((subject.kind.subject(number), public_id));
        }
        Ok(subjects)
    }

    /// Later transactions of the group must see that the ids are taken.
    fn claim_identities(
        &mut self,
        subject: &NewSubject,
        header: &Header,
        number: u64,
    ) -> Result<(), StoreError> {
        let history = history::History {
            subject: subject.kind.subject(number),
            header: header.clone(),
            versions: Vec::new(),
        };
        for (key, value) in super::index_entries::index_entries(&history)? {
            if let Some((_, external_id)) = &subject.external_id
                && get(&self.overlay, Table::Index, &key)?.is_some()
            {
                let external_id = external_id.clone();
                return Err(StoreError::ExternalIdInUse { external_id });
            }
            self.overlay.put(Table::Index, key, value);
        }
        Ok(())
    }

    fn add_statements(
        &mut self,
        drafts: &[(Subject, StatementDraft)],
        new: &[(Subject, PublicId)],
        revision: Revision,
    ) -> Result<(Vec<StatementId>, BTreeMap<u64, Change>), StoreError> {
        let mut ids = Vec::with_capacity(drafts.len());
        let mut changes: BTreeMap<u64, Change> = BTreeMap::new();
        for (subject, _) in new {
            changes.insert(subject.number(), Change::creation(*subject));
        }
        for (subject, draft) in drafts {
            let subject = resolve(*subject, new)?;
            let statement = self.statement(subject, draft, new)?;
            let change = changes
                .entry(subject.number())
                .or_insert_with(|| Change::addition(subject));
            if change.added.iter().any(|other| other.id() == statement.id) {
                return Err(StoreError::invalid(
                    "statement",
                    "stands twice in one commit",
                ));
            }
            ids.push(statement.id);
            // New places and people are in no family's profile yet.
            let corrected = draft.id.is_some()
                && matches!(subject.kind(), SubjectKind::Person | SubjectKind::Place);
            self.moves_families |= corrected || matches!(statement.fact, Fact::Caution(_));
            change.corrects |= draft.id.is_some();
            change.added.push(Version {
                revision,
                statement,
            });
        }
        for (number, change) in &changes {
            if change.added.is_empty() {
                continue;
            }
            let key = keys::block(*number, revision);
            let statements = change.added.iter().map(|version| &version.statement);
            self.overlay
                .put(Table::Statements, key, encode_block(statements)?);
        }
        Ok((ids, changes))
    }

    fn statement(
        &mut self,
        subject: Subject,
        draft: &StatementDraft,
        new: &[(Subject, PublicId)],
    ) -> Result<Statement, StoreError> {
        let mut fact = draft.fact.clone();
        let mut missing = None;
        fact.map_subjects(&mut |named| match resolve(named, new) {
            Ok(named) => named,
            Err(error) => {
                missing = Some(error);
                named
            }
        });
        if let Some(error) = missing {
            return Err(error);
        }
        if !fits(subject.kind(), &fact) {
            let reason = format!("does not speak of a {}", subject.kind().word());
            return Err(StoreError::invalid("fact", reason));
        }
        self.check_exist(subject, &mut fact)?;
        let id = self.statement_id(subject, draft.id)?;
        let evidence = Evidence {
            source: self.intern(&draft.source)?,
            valid_from: draft.valid_from,
            valid_to: draft.valid_to,
            certainty: draft.certainty,
            seal: draft.seal,
            steward: draft.steward,
        };
        Ok(Statement {
            id,
            fact,
            evidence,
            retracted: draft.retracted,
        })
    }

    /// The subject and all that the fact names must be in the store.
    fn check_exist(&self, subject: Subject, fact: &mut Fact) -> Result<(), StoreError> {
        let mut named = vec![subject];
        fact.map_subjects(&mut |other| {
            named.push(other);
            other
        });
        for subject in named {
            let header = get(
                &self.overlay,
                Table::Statements,
                &keys::header(subject.number()),
            )?;
            let known = match header {
                Some(value) => decode::<Header>(&value)?.kind == subject.kind(),
                None => false,
            };
            if !known {
                return Err(StoreError::UnknownSubject { subject });
            }
        }
        Ok(())
    }

    fn statement_id(
        &mut self,
        subject: Subject,
        wanted: Option<StatementId>,
    ) -> Result<StatementId, StoreError> {
        let Some(id) = wanted else {
            let id = StatementId(self.state.next_statement);
            self.state.next_statement += 1;
            return Ok(id);
        };
        let history = history::read(&self.overlay, subject.number(), Deadline::NONE)?;
        let known = history.is_some_and(|history| history.versions.iter().any(|v| v.id() == id));
        if !known {
            return Err(StoreError::invalid(
                "statement",
                "is not one of this subject",
            ));
        }
        Ok(id)
    }

    /// The number of a source; the same document, page, date and asserter have one.
    pub fn intern(&mut self, source: &Source) -> Result<SourceId, StoreError> {
        if let Some((last, id)) = &self.last_source
            && last == source
        {
            return Ok(*id);
        }
        let id = self.source_id(source)?;
        self.last_source = Some((source.clone(), id));
        Ok(id)
    }

    fn source_id(&mut self, source: &Source) -> Result<SourceId, StoreError> {
        let key = IndexKey::Source(source_hash(source)?).encode();
        if let Some(value) = get(&self.overlay, Table::Index, &key)? {
            return Ok(SourceId(decode(&value)?));
        }
        let id = self.state.next_source;
        self.state.next_source += 1;
        self.overlay.put(Table::Index, key, encode(&id)?);
        self.overlay
            .put(Table::Sources, keys::number(id), encode(source)?);
        Ok(SourceId(id))
    }

    /// Writes the change event and the audit entry, and moves the head.
    fn close(
        &mut self,
        transaction: &Transaction,
        committed: &Committed,
        touched: &BTreeSet<Subject>,
    ) -> Result<(), StoreError> {
        let subjects: Vec<Subject> = touched.iter().copied().collect();
        let statements = committed.statements.len() as u64;
        close_commit(
            &mut self.state,
            &mut self.overlay,
            Closing {
                entry: transaction.audit_entry(),
                action: &transaction.action,
                now: self.now,
                statements,
                subjects,
                moves_families: self.moves_families,
            },
        )
    }
}

/// The etag of a subject; nothing if it does not exist.
pub fn etag(view: &dyn ReadView, subject: Subject) -> Result<Option<String>, StoreError> {
    let mut etag = None;
    let range = keys::blocks_of(subject.number());
    view.scan(
        Table::Statements,
        &range,
        Order::Descending,
        Deadline::NONE,
        &mut |key, value| {
            etag = keys::parse_block(key).map(|(_, revision)| records::etag(revision, value));
            STOP
        },
    )?;
    Ok(etag)
}

/// What a request committed; nothing if it was not committed yet.
pub fn committed_before(
    view: &dyn ReadView,
    request: &RequestId,
    key: &[u8; 32],
) -> Result<Option<Committed>, StoreError> {
    let Some(value) = get(view, Table::Requests, key)? else {
        return Ok(None);
    };
    let record: RequestRecord = decode(&value)?;
    if record.payload != request.payload {
        return Err(StoreError::RequestIdReused);
    }
    let subjects = record.subjects.into_iter();
    Ok(Some(Committed {
        revision: record.revision,
        subjects: subjects
            .map(|(subject, id)| (subject, PublicId(u128::from_be_bytes(id))))
            .collect(),
        statements: record.statements,
        answer: record.answer,
        replayed: true,
    }))
}

/// Request ids are names that an actor chose for themselves.
pub fn request_key(actor: &str, id: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((actor.len() as u64).to_be_bytes());
    hash.update(actor.as_bytes());
    hash.update(id.as_bytes());
    hash.finalize().into()
}

/// The subject in the store that a subject of the transaction stands for.
fn resolve(subject: Subject, new: &[(Subject, PublicId)]) -> Result<Subject, StoreError> {
    let Some(position) = local_position(subject) else {
        return Ok(subject);
    };
    match new.get(position) {
        Some((known, _)) if known.kind() == subject.kind() => Ok(*known),
        _ => Err(StoreError::UnknownSubject { subject }),
    }
}

/// Whether a fact may be said of this kind of subject.
pub fn fits(kind: SubjectKind, fact: &Fact) -> bool {
    match fact {
        Fact::Place(_) => kind == SubjectKind::Place,
        Fact::Nation(_) => kind == SubjectKind::Nation,
        Fact::Household { .. } => kind == SubjectKind::Household,
        Fact::Case(_) | Fact::Inquiry(_) | Fact::Outreach(_) => kind == SubjectKind::Case,
        Fact::WaitingFamily(_) => kind == SubjectKind::WaitingFamily,
        Fact::KeptLines(_) => matches!(kind, SubjectKind::Person | SubjectKind::Household),
        Fact::ImportantPlace(important) => match important.meaning {
            PlaceMeaning::Territory => kind == SubjectKind::Nation,
            PlaceMeaning::School | PlaceMeaning::Community => kind == SubjectKind::Person,
        },
        _ => kind == SubjectKind::Person,
    }
}
