//! ExchangeService: files in and out. What is transferred is kept on disk until it is done, so that both ways go on
//! after a break; the work itself goes on without its caller. No snapshot of the store is held while a client reads.

mod announcement;
mod export;
mod import;
mod undo;

pub use announcement::plain_name;
pub use export::counts;
pub use import::{signed, timestamp};
pub use undo::undone_import;

use super::service::Service;
use super::v1;
use super::v1::exchange_service_server::ExchangeService;
use crate::error::Error;
use crate::long_work::LongWork;
use crate::model::ids::Revision;
use crate::model::rematch::RunNumber;
use crate::staging::Staging;
use crate::store::{Store, UndoSummary, VerifyReport};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::{Request, Response, Status, Streaming};

/// How files are transferred.
#[derive(Clone, Debug)]
pub struct ExchangeLimits {
    /// Bytes that may be kept for all transfers together.
    pub bytes: u64,
    /// How long a transfer is kept after its last change.
    pub keep: Duration,
    /// Transfers at the same time.
    pub at_once: usize,
    /// The longest that one call may take.
    pub deadline: Duration,
    /// Where backups may be made; nowhere if not set.
    pub backup_folder: Option<PathBuf>,
}

impl Default for ExchangeLimits {
    fn default() -> ExchangeLimits {
        ExchangeLimits {
            bytes: 64 << 30,
            keep: Duration::from_secs(24 * 3600),
            at_once: 16,
            deadline: Duration::from_secs(6 * 3600),
            backup_folder: None,
        }
    }
}

/// What came of long work.
#[derive(Clone, Debug)]
pub enum Outcome {
    Imported(Arc<v1::ImportResponse>),
    Undone(UndoSummary),
    Exported,
    Rematched(RunNumber),
    Verified(Arc<VerifyReport>),
    BackedUp {
        revision: Revision,
        /// Inside the folder of backups.
        folder: String,
    },
}

/// What the transfers and the long work of one server share.
#[derive(Clone)]
pub struct Exchange {
    /// Nothing where the store has no folder.
    staging: Option<Staging>,
    pub(super) work: LongWork<Outcome>,
    transfers: Arc<Semaphore>,
    backup_folder: Option<PathBuf>,
    /// When the server began.
    pub(super) started: SystemTime,
}

impl Exchange {
    /// Transfers of this store; what was kept for long enough is removed.
    pub fn new(store: &Store, limits: &ExchangeLimits) -> Exchange {
        let folder = store.data_folder().map(|data| data.join("exchange"));
        let staging = folder.map(|folder| Staging::new(folder, limits.bytes, limits.keep));
        if let Some(Err(error)) = staging
            .as_ref()
            .map(|staging| staging.sweep(SystemTime::now()))
        {
            tracing::warn!(%error, "old transfers were not removed");
        }
        Exchange {
            staging,
            work: LongWork::default(),
            transfers: Arc::new(Semaphore::new(limits.at_once)),
            backup_folder: limits.backup_folder.clone(),
            started: SystemTime::now(),
        }
    }

    /// Where backups may be made.
    pub(super) fn backups(&self) -> Option<&Path> {
        self.backup_folder.as_deref()
    }

    fn staging(&self) -> Result<&Staging, Error> {
        self.staging.as_ref().ok_or_else(|| Error::Unavailable {
            reason: "this store is held in memory and keeps no files".to_owned(),
        })
    }

    fn place(&self) -> Result<OwnedSemaphorePermit, Error> {
        let place = Arc::clone(&self.transfers).try_acquire_owned();
        place.map_err(|_| Error::Unavailable {
            reason: "too many files are being transferred".to_owned(),
        })
    }
}

#[tonic::async_trait]
impl ExchangeService for Service {
    type ExportStream = super::changes::Watched<v1::ExportResponse>;

    async fn import(
        &self,
        request: Request<Streaming<v1::ImportRequest>>,
    ) -> Result<Response<v1::ImportResponse>, Status> {
        let began = Instant::now();
        let result = match self.receive(request, began).await {
            Ok(report) => self.recorded("Import", report).await,
            refused => refused,
        };
        self.told("Import", began, result)
    }

    async fn get_import(
        &self,
        request: Request<v1::GetImportRequest>,
    ) -> Result<Response<v1::GetImportResponse>, Status> {
        let exchange = self.exchange.clone();
        self.answer("GetImport", request, move |_, request| {
            exchange.show_import(request)
        })
        .await
    }

    async fn undo_import(
        &self,
        request: Request<v1::UndoImportRequest>,
    ) -> Result<Response<v1::UndoImportResponse>, Status> {
        let began = Instant::now();
        let result = self.undo(request, began).await;
        self.told("UndoImport", began, result)
    }

    async fn export(
        &self,
        request: Request<v1::ExportRequest>,
    ) -> Result<Response<Self::ExportStream>, Status> {
        self.begin_export(request).await
    }
}
