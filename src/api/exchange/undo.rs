//! Taking an import back: it goes on without its caller, who asks again after a break.

use super::Outcome;
use super::import::signed;
use crate::api::answers::write_of;
use crate::api::deadline::deadline;
use crate::api::service::Service;
use crate::api::{convert, status, v1};
use crate::error::Error;
use crate::store::UndoSummary;
use crate::workflow::undo_import;
use std::sync::Arc;
use std::time::Instant;
use tokio::time::timeout_at;
use tonic::{Request, Status};

/// Imports taken back at once: each takes the writer's place.
const AT_ONCE: usize = 1;

/// The longest id of an import, in bytes: a file's name and a checksum at most.
const LONGEST_ID: usize = 300;

/// The id of an import: from a request or, with a file's name in it, from the command line.
fn read_id(id: &str) -> Result<String, Error> {
    let id = convert::text("import_id", id)?;
    if id.is_empty() || id.len() > LONGEST_ID {
        let reason = "needed: the `request_id` of an import, or the id that `kinpath import` told";
        return Err(Error::invalid("import_id", reason));
    }
    Ok(id.to_owned())
}

impl Service {
    /// Begins to take an import back, or joins what takes it back, and waits for the end.
    pub(super) async fn undo(
        &self,
        request: Request<v1::UndoImportRequest>,
        began: Instant,
    ) -> Result<v1::UndoImportResponse, Status> {
        let until = deadline(request.metadata(), began, self.limits.exchange.deadline);
        let undone = self.undone(request.into_inner(), until).await?;
        Ok(v1::UndoImportResponse {
            undone: Some(undone_import(&undone)),
            revision: convert::revision_text(undone.revision),
        })
    }

    async fn undone(
        &self,
        request: v1::UndoImportRequest,
        until: Instant,
    ) -> Result<UndoSummary, Status> {
        let refused = |error: Error| status::from_error(&error);
        let import_id = read_id(&request.import_id).map_err(refused)?;
        let write = write_of(&request, &request.request_id, request.validate_only);
        let write = write.map_err(refused)?;
        let store = Arc::clone(&self.store);
        let asking = self.answers().asking("UndoImport", &request);
        let permit = asking.permit;
        // That it was asked is written first; each commit of it has an entry of its own.
        let entry = permit.entry("undo_import");
        self.record(entry).await.map_err(refused)?;
        if write.validate_only {
            let work = move || undo_import(&store, &permit, &import_id, &write);
            return self.offload.run(until, work).await.map_err(refused);
        }
        let id = format!("undo-{}-{import_id}", request.request_id.trim());
        let work = &self.exchange.work;
        let begun = work.begin(&id, "undo_import", AT_ONCE, "statements", move |_| {
            undo_import(&store, &permit, &import_id, &write).map(Outcome::Undone)
        });
        begun.map_err(refused)?;
        let at = tokio::time::Instant::from_std(until);
        match timeout_at(at, work.wait(&id)).await {
            Ok(Some(Ok(Outcome::Undone(undone)))) => Ok(undone),
            Ok(Some(Err(error))) => Err(status::from_error(&error)),
            Ok(_) => Err(refused(Error::Internal {
                detail: "taking an import back lost its outcome".to_owned(),
            })),
            Err(_) => Err(refused(Error::Cancelled {
                reason: "the deadline passed; it goes on: send the same request again".to_owned(),
            })),
        }
    }
}

/// What taking an import back did, as a message.
pub fn undone_import(undone: &UndoSummary) -> v1::UndoneImport {
    v1::UndoneImport {
        withdrawn_statements: signed(undone.withdrawn),
        restored_statements: signed(undone.restored),
        left_statements: signed(undone.left),
    }
}
