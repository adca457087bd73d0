//! OperationsService: how the server is, and its long work.

use super::answers::{Answers, read_request_id};
use super::exchange::{Exchange, Outcome, counts, plain_name, signed, timestamp, undone_import};
use super::rematch::run_name as rematch_name;
use super::service::Service;
use super::statements::page_size;
use super::v1::operation::Result as Became;
use super::v1::operations_service_server::OperationsService;
use super::{convert, status, v1};
use crate::error::Error;
use crate::long_work::Told;
use crate::workflow::{StoreStatus, backup_store, store_status, verify_store};
use pbjson_types::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;
use tonic::{Request, Response, Status};
use tonic_types::StatusExt;

const PREFIX: &str = "operations/";

impl Answers {
    fn status(&self, exchange: &Exchange) -> Result<v1::GetStatusResponse, Error> {
        let told = store_status(&self.store, &self.permit, exchange.backups())?;
        Ok(shown_status(&told, exchange.started))
    }

    fn list_operations(
        &self,
        exchange: &Exchange,
        request: &v1::ListOperationsRequest,
    ) -> Result<v1::ListOperationsResponse, Error> {
        let size = page_size(request.page_size)?;
        let paging = self.question(&["operations"])?;
        let from = paging.position("page_token", &request.page_token)?;
        let first = from.map_or(0, |[first, _, _]| {
            usize::try_from(first).unwrap_or(usize::MAX)
        });
        let all = exchange.work.all();
        let last = first.saturating_add(size).min(all.len());
        let page = all.get(first..last).unwrap_or_default();
        Ok(v1::ListOperationsResponse {
            operations: page.iter().map(shown).collect(),
            next_page_token: if last < all.len() {
                paging.token([last as u64, 0, 0])
            } else {
                String::new()
            },
        })
    }
}

impl Exchange {
    /// A piece of work by its name.
    fn operation(&self, name: &str) -> Result<Told<Outcome>, Error> {
        let id = name.strip_prefix(PREFIX).filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| Error::invalid("name", "needed: `operations/{id}`"))?;
        let told = self.work.told(id);
        told.ok_or_else(|| Error::NotFound {
            what: "operation",
            name: name.chars().take(100).collect(),
        })
    }

    fn shown(&self, id: &str) -> Result<v1::Operation, Error> {
        let told = self.work.told(id);
        told.as_ref().map(shown).ok_or_else(|| Error::Internal {
            detail: "work that was begun is gone".to_owned(),
        })
    }
}

impl Service {
    /// Begins to check the store. Sent again, the request finds what it began.
    fn start_verify(&self, request: &v1::StartVerifyRequest) -> Result<v1::Operation, Error> {
        let id = format!("verify-{}", read_request_id(&request.request_id, false)?);
        if let Some(told) = self.exchange.work.told(&id) {
            return Ok(shown(&told));
        }
        let store = Arc::clone(&self.store);
        let permit = self.answers().permit;
        self.exchange
            .work
            .begin(&id, "verify", 1, "", move |running| {
                let mut step = |step: &'static str| running.step(step, 0, 0);
                let report = verify_store(&store, &permit, &running.stop, &mut step)?;
                Ok(Outcome::Verified(Arc::new(report)))
            })?;
        self.exchange.shown(&id)
    }

    /// Begins to copy the store. Sent again, the request finds what it began.
    fn start_backup(&self, request: &v1::StartBackupRequest) -> Result<v1::Operation, Error> {
        let id = format!("backup-{}", read_request_id(&request.request_id, false)?);
        let folder = plain_name("folder", &request.folder)?;
        if let Some(told) = self.exchange.work.told(&id) {
            return if told.step == folder {
                Ok(shown(&told))
            } else {
                Err(Error::RequestIdReused)
            };
        }
        let backups = self.exchange.backups().ok_or_else(|| {
            let reason = "this server makes no backups: its setting `backup_folder` is not set";
            Error::invalid("folder", reason)
        })?;
        let to = backups.join(&folder);
        // Also a link, which would lead elsewhere.
        if to.symlink_metadata().is_ok() {
            return Err(Error::AlreadyExists {
                what: "backup",
                name: folder,
            });
        }
        let store = Arc::clone(&self.store);
        let permit = self.answers().permit;
        // The folder as its step tells two requests of one id apart.
        let step = folder.clone();
        self.exchange
            .work
            .begin(&id, "backup", 1, &step, move |_| {
                let revision = backup_store(&store, &permit, &to)?;
                Ok(Outcome::BackedUp { revision, folder })
            })?;
        self.exchange.shown(&id)
    }
}

/// A piece of work as a message.
pub(super) fn shown(told: &Told<Outcome>) -> v1::Operation {
    let mut operation = v1::Operation {
        name: format!("{PREFIX}{}", told.id),
        kind: told.kind.to_owned(),
        state: v1::OperationState::Running.into(),
        start_time: Some(timestamp(told.began)),
        end_time: told.ended.map(timestamp),
        step: told.step.clone(),
        percent: told.percent.into(),
        ..v1::Operation::default()
    };
    match &told.outcome {
        None => {}
        Some(Ok(outcome)) => {
            operation.set_state(v1::OperationState::Done);
            operation.result = result(outcome);
        }
        Some(Err(error)) => {
            operation.set_state(match **error {
                Error::Cancelled { .. } => v1::OperationState::Cancelled,
                _ => v1::OperationState::Failed,
            });
            let status = status::from_error(error);
            let info = status.get_details_error_info();
            operation.error_reason = info.map(|info| info.reason).unwrap_or_default();
            operation.error_message = status.message().to_owned();
        }
    }
    operation
}

fn result(outcome: &Outcome) -> Option<Became> {
    match outcome {
        Outcome::Imported(response) => response.report.clone().map(Became::ImportReport),
        Outcome::Undone(undone) => Some(Became::UndoneImport(undone_import(undone))),
        Outcome::Exported => None,
        Outcome::Rematched(run) => Some(Became::RematchRun(rematch_name(*run))),
        Outcome::BackedUp { revision, folder } => Some(Became::Backup(v1::BackupResult {
            revision: convert::revision_text(*revision),
            folder: folder.clone(),
        })),
        Outcome::Verified(report) => {
            let contents = BTreeMap::from([
                ("commits", report.commits),
                ("index entries", report.index_entries),
                ("records", report.records),
                ("sources", report.sources),
                ("subjects", report.subjects),
                ("versions of statements", report.statements),
            ]);
            let findings = report.findings.iter();
            Some(Became::Verify(v1::VerifyResult {
                revision: convert::revision_text(report.revision),
                clean: report.is_clean(),
                wrong: signed(report.wrong),
                findings: findings
                    .map(|finding| format!("{}: {}", finding.table, finding.detail))
                    .collect(),
                contents: counts(&contents),
            }))
        }
    }
}

fn shown_status(told: &StoreStatus, started: SystemTime) -> v1::GetStatusResponse {
    v1::GetStatusResponse {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        store_format: i32::try_from(told.format).unwrap_or(i32::MAX),
        revision: convert::revision_text(told.revision),
        last_commit_time: told
            .last_commit
            .map(|seconds| Timestamp { seconds, nanos: 0 }),
        records: signed(told.records),
        statements: signed(told.statements),
        store_bytes: signed(told.bytes),
        free_bytes: told.free_bytes.map(signed),
        read_only: told.is_read_only,
        start_time: Some(timestamp(started)),
        last_backup_time: told.last_backup.map(timestamp),
    }
}

#[tonic::async_trait]
impl OperationsService for Service {
    async fn get_status(
        &self,
        request: Request<v1::GetStatusRequest>,
    ) -> Result<Response<v1::GetStatusResponse>, Status> {
        let exchange = self.exchange.clone();
        self.answer("GetStatus", request, move |answers, _| {
            answers.status(&exchange)
        })
        .await
    }

    async fn start_verify(
        &self,
        request: Request<v1::StartVerifyRequest>,
    ) -> Result<Response<v1::StartVerifyResponse>, Status> {
        let service = self.clone();
        self.answer("StartVerify", request, move |_, request| {
            let operation = Some(service.start_verify(request)?);
            Ok(v1::StartVerifyResponse { operation })
        })
        .await
    }

    async fn start_backup(
        &self,
        request: Request<v1::StartBackupRequest>,
    ) -> Result<Response<v1::StartBackupResponse>, Status> {
        let service = self.clone();
        self.answer("StartBackup", request, move |_, request| {
            let operation = Some(service.start_backup(request)?);
            Ok(v1::StartBackupResponse { operation })
        })
        .await
    }

    async fn get_operation(
        &self,
        request: Request<v1::GetOperationRequest>,
    ) -> Result<Response<v1::GetOperationResponse>, Status> {
        let exchange = self.exchange.clone();
        self.answer("GetOperation", request, move |_, request| {
            let operation = Some(shown(&exchange.operation(&request.name)?));
            Ok(v1::GetOperationResponse { operation })
        })
        .await
    }

    async fn list_operations(
        &self,
        request: Request<v1::ListOperationsRequest>,
    ) -> Result<Response<v1::ListOperationsResponse>, Status> {
        let exchange = self.exchange.clone();
        self.answer("ListOperations", request, move |answers, request| {
            answers.list_operations(&exchange, request)
        })
        .await
    }

    async fn cancel_operation(
        &self,
        request: Request<v1::CancelOperationRequest>,
    ) -> Result<Response<v1::CancelOperationResponse>, Status> {
        let exchange = self.exchange.clone();
        self.answer("CancelOperation", request, move |_, request| {
            let told = exchange.operation(&request.name)?;
            exchange.work.cancel(&told.id);
            let operation = Some(exchange.shown(&told.id)?);
            Ok(v1::CancelOperationResponse { operation })
        })
        .await
    }
}
