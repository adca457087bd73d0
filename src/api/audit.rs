//! AuditService: the record of access, for auditors.

use super::answers::Answers;
use super::convert;
use super::convert::resource_name;
use super::exchange::signed;
use super::service::Service;
use super::statements::page_size;
use super::v1;
use super::v1::audit_service_server::AuditService;
use crate::error::Error;
use crate::model::audit::{AskedValue, AuditOutcome, SeenLevel};
use crate::model::ids::{CaseId, Revision, SubjectKind};
use crate::store::ListedEntry;
use crate::workflow::{AuditAnswer, ListAudit, audit_head, list_audit_entries};
use pbjson_types::Timestamp;
use tonic::{Request, Response, Status};

impl Answers {
    /// One page of entries.
    pub(in crate::api) fn list_audit_entries(
        &self,
        request: &v1::ListAuditEntriesRequest,
    ) -> Result<v1::ListAuditEntriesResponse, Error> {
        let given = |field: &str, text: &str| -> Result<Option<String>, Error> {
            let text = convert::text(field, text)?;
            Ok((!text.is_empty()).then(|| text.to_owned()))
        };
        let person = match given("person", &request.person)? {
            Some(person) => Some(self.person("person", &person)?),
            None => None,
        };
        let case = match given("case", &request.case)? {
            Some(case) => Some(self.resource(SubjectKind::Case, "case", &case)?),
            None => None,
        };
        let (from, until) = (&request.start_time, &request.end_time);
        let mut question = ListAudit {
            person,
            actor: given("actor", &request.actor)?,
            case: case.map(|case| CaseId(case.number())),
            method: given("method", &request.method)?,
            from: from.as_ref().map(|time| time.seconds),
            until: until.as_ref().map(|time| time.seconds),
            after: Revision::default(),
            limit: page_size(request.page_size)?,
        };
        let paging = self.question(&["audit", &format!("{question:?}")])?;
        let after = paging.position("page_token", &request.page_token)?;
        if let Some([epoch, sequence, _]) = after {
            question.after = Revision {
                epoch: u32::try_from(epoch).unwrap_or(u32::MAX),
                sequence,
            };
        }
        let case_name = |id| resource_name(SubjectKind::Case, id);
        let answer = list_audit_entries(&self.store, &self.permit, &question, &case_name)?;
        let entries = answer.entries.iter();
        Ok(v1::ListAuditEntriesResponse {
            entries: entries.map(|listed| shown(&answer, listed)).collect(),
            next_page_token: answer.more_after.map_or_else(String::new, |after| {
                paging.token([u64::from(after.epoch), after.sequence, 0])
            }),
        })
    }

    /// The end of the record.
    pub(in crate::api) fn get_audit_head(
        &self,
        _: &v1::GetAuditHeadRequest,
    ) -> Result<v1::GetAuditHeadResponse, Error> {
        let signed_head = audit_head(&self.store, &self.permit)?;
        let head = signed_head.head;
        Ok(v1::GetAuditHeadResponse {
            sequence: signed(head.sequence),
            time: (head.sequence > 0).then_some(time(head.at)),
            hash: head.hash.to_vec(),
            line: signed_head.to_string(),
        })
    }
}

fn time(seconds: i64) -> Timestamp {
    Timestamp { seconds, nanos: 0 }
}

fn shown(answer: &AuditAnswer, listed: &ListedEntry) -> v1::AuditEntry {
    let entry = listed.entry.clone();
    let changed = entry.changed.as_ref();
    let asked = entry.asked.into_iter().map(|asked| {
        let (name, hash) = match asked.value {
            AskedValue::Name(name) => (name, Vec::new()),
            AskedValue::Hash(hash) => (String::new(), hash.to_vec()),
        };
        v1::AskedField {
            field: asked.field,
            name,
            hash,
        }
    });
    let seen = entry.seen.iter().map(|seen| v1::SeenRecords {
        level: v1::SeenLevel::from(seen.level).into(),
        names: seen.ids().map(|id| resource_name(seen.kind, id)).collect(),
    });
    let overrides = entry.overrides.into_iter().map(|one| v1::AuditOverride {
        what: one.what,
        reason: one.reason,
    });
    let subjects = changed.into_iter().flat_map(|changed| &changed.subjects);
    v1::AuditEntry {
        sequence: signed(listed.place.sequence),
        time: Some(time(entry.at)),
        actor: entry.actor,
        on_behalf_of: entry.on_behalf_of,
        roles: entry.roles,
        purpose: entry.purpose,
        case: entry.case,
        order: entry.order,
        method: entry.method,
        outcome: v1::AuditOutcome::from(entry.outcome).into(),
        asked: asked.collect(),
        seen: seen.collect(),
        everybody: signed(entry.everybody.unwrap_or_default()),
        revision: changed.map_or_else(String::new, |changed| {
            convert::revision_text(changed.revision)
        }),
        changed: subjects
            .filter_map(|subject| {
                let id = answer.ids.get(subject)?;
                Some(resource_name(subject.kind(), *id))
            })
            .collect(),
        changed_count: changed.map_or(0, |changed| signed(changed.records)),
        statements: changed.map_or(0, |changed| signed(changed.statements)),
        overrides: overrides.collect(),
        hash: listed.hash.to_vec(),
    }
}

impl From<SeenLevel> for v1::SeenLevel {
    fn from(level: SeenLevel) -> Self {
        match level {
            SeenLevel::Existence => Self::Existence,
            SeenLevel::NonIdentifying => Self::NonIdentifying,
            SeenLevel::Identifying => Self::Identifying,
            SeenLevel::Contactable => Self::Contactable,
        }
    }
}

impl From<AuditOutcome> for v1::AuditOutcome {
    fn from(outcome: AuditOutcome) -> Self {
        match outcome {
            AuditOutcome::Answered => Self::Answered,
            AuditOutcome::Ambiguous => Self::Ambiguous,
            AuditOutcome::NotFound => Self::NotFound,
            AuditOutcome::Denied => Self::Denied,
        }
    }
}

#[tonic::async_trait]
impl AuditService for Service {
    async fn list_audit_entries(
        &self,
        request: Request<v1::ListAuditEntriesRequest>,
    ) -> Result<Response<v1::ListAuditEntriesResponse>, Status> {
        self.answer("ListAuditEntries", request, |answers, request| {
            answers.list_audit_entries(request)
        })
        .await
    }

    async fn get_audit_head(
        &self,
        request: Request<v1::GetAuditHeadRequest>,
    ) -> Result<Response<v1::GetAuditHeadResponse>, Status> {
        self.answer("GetAuditHead", request, |answers, request| {
            answers.get_audit_head(request)
        })
        .await
    }
}
