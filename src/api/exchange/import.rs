//! An import: the settings, the bytes, then the work and its report.

use super::Outcome;
use super::announcement::{Announcement, read_import_id};
use crate::access::Permit;
use crate::ambient;
use crate::api::deadline::deadline;
use crate::api::service::Service;
use crate::api::v1::import_request::Part;
use crate::api::{convert, status, v1};
use crate::error::Error;
use crate::model::bundle::Severity;
use crate::staging::{Incoming, Staging};
use crate::workflow::{ImportReport, import_files, last_revision};
use pbjson_types::Timestamp;
use prost::Message;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::time::timeout_at;
use tonic::{Request, Status, Streaming};

/// Imports at once: each takes the writer's place, and memory for all that it brings.
const AT_ONCE: usize = 1;

/// People listed in one report who are probably known; the others are counted.
const MOST_LISTED: usize = 1_000;

fn refused(error: &Error) -> Status {
    status::from_error(error)
}

/// The name of an import's work.
fn work_id(import_id: &str) -> String {
    format!("import-{import_id}")
}

impl Service {
    /// Takes an import in: all messages, then the report.
    pub(super) async fn receive(
        &self,
        request: Request<Streaming<v1::ImportRequest>>,
        began: Instant,
    ) -> Result<v1::ImportResponse, Status> {
        let until = deadline(request.metadata(), began, self.limits.exchange.deadline);
        let mut messages = request.into_inner();
        let announced = match self.next(&mut messages, until).await? {
            Some(Part::Settings(settings)) => {
                Announcement::read(&settings).map_err(|error| refused(&error))?
            }
            Some(Part::Chunk(_)) | None => {
                let reason = "needed: the first message says what comes";
                return Err(refused(&Error::invalid("settings", reason)));
            }
        };
        let _place = self.exchange.place().map_err(|error| refused(&error))?;
        let staging = self.exchange.staging().map_err(|error| refused(&error))?;
        let incoming = self.take_up(staging, &announced, until).await?;
        if let Some(report) = incoming.report().map_err(|error| refused(&error))? {
            return decoded(&report).map_err(|error| refused(&error));
        }
        while let Some(part) = self.next(&mut messages, until).await? {
            let Part::Chunk(chunk) = part else {
                let error = Error::invalid("settings", "come once, in the first message");
                return Err(refused(&error));
            };
            self.keep(&incoming, &announced, chunk).await?;
        }
        self.check_whole(&incoming, &announced, until).await?;
        self.work_on(&incoming, &announced, until).await
    }

    /// The next message; an error if it does not come in time.
    async fn next(
        &self,
        messages: &mut Streaming<v1::ImportRequest>,
        until: Instant,
    ) -> Result<Option<Part>, Status> {
        let slowest = Instant::now() + self.limits.slowest_watcher;
        let at = tokio::time::Instant::from_std(until.min(slowest));
        let message = timeout_at(at, messages.message()).await.map_err(|_| {
            refused(&Error::Cancelled {
                reason: "the next message did not come in time: ask GetImport and go on".to_owned(),
            })
        })?;
        // What tonic says of a message that it cannot read is put right on the way out.
        let Some(message) = message? else {
            return Ok(None);
        };
        let part = message
            .part
            .ok_or_else(|| refused(&Error::invalid("chunk", "needed: settings or a chunk")))?;
        Ok(Some(part))
    }

    async fn take_up(
        &self,
        staging: &Staging,
        announced: &Announcement,
        until: Instant,
    ) -> Result<Incoming, Status> {
        let (staging, announced) = (staging.clone(), announced.clone());
        let taken_up = self.offload.run(until, move || {
            staging.sweep(SystemTime::now())?;
            staging.check_size("settings.files", announced.size())?;
            staging.receive(&announced.id, &announced.bytes, announced.size())
        });
        taken_up.await.map_err(|error| refused(&error))
    }

    async fn keep(
        &self,
        incoming: &Incoming,
        announced: &Announcement,
        chunk: v1::ImportChunk,
    ) -> Result<(), Status> {
        let position = announced.position(&chunk.file);
        let file = position.map(|position| announced.files[position].1.clone());
        let file = file.map_err(|error| refused(&error))?;
        let offset = u64::try_from(chunk.offset)
            .map_err(|_| refused(&Error::invalid("chunk.offset", "must not be negative")))?;
        let incoming = incoming.clone();
        let kept = tokio::task::spawn_blocking(move || incoming.add(&file, offset, &chunk.data));
        let kept = kept.await.unwrap_or_else(|_| {
            Err(Error::Internal {
                detail: "keeping a chunk ended abnormally".to_owned(),
            })
        });
        kept.map_err(|error| refused(&error))
    }

    /// Refuses an import of which bytes are missing or other than announced.
    async fn check_whole(
        &self,
        incoming: &Incoming,
        announced: &Announcement,
        until: Instant,
    ) -> Result<(), Status> {
        let (incoming, announced) = (incoming.clone(), announced.clone());
        let checked = self.offload.run(until, move || {
            for (position, (_, file)) in announced.files.iter().enumerate() {
                let field = format!("settings.files[{position}]");
                if !incoming.is_whole(file, &field)? {
                    let reason = format!(
                        "{} of {} bytes were received: go on from there",
                        incoming.received(&file.name)?,
                        file.size
                    );
                    return Err(Error::invalid(field, reason));
                }
            }
            Ok(())
        });
        checked.await.map_err(|error| refused(&error))
    }

    /// Begins the work, or joins it, and waits for its report.
    async fn work_on(
        &self,
        incoming: &Incoming,
        announced: &Announcement,
        until: Instant,
    ) -> Result<v1::ImportResponse, Status> {
        let id = work_id(&announced.id);
        let store = Arc::clone(&self.store);
        let question = announced.question(&incoming.content(), ambient::today());
        let kept = incoming.clone();
        let begun = self
            .exchange
            .work
            .begin(&id, "import", AT_ONCE, "reading", move |running| {
                let permit = Permit::local_operator().until(running.stop.clone());
                let report = import_files(
                    &store,
                    &permit,
                    &question,
                    &running.stop,
                    &mut |step, done, of| {
                        running.step(step, done, of);
                    },
                )?;
                let response = v1::ImportResponse {
                    revision: convert::revision_text(last_revision(&store, &permit)?),
                    report: Some(shown(&report)),
                };
                kept.finish(&response.encode_to_vec())?;
                Ok(Outcome::Imported(Arc::new(response)))
            });
        begun.map_err(|error| refused(&error))?;
        let at = tokio::time::Instant::from_std(until);
        match timeout_at(at, self.exchange.work.wait(&id)).await {
            Ok(Some(Ok(Outcome::Imported(response)))) => Ok((*response).clone()),
            Ok(Some(Err(error))) => Err(refused(&error)),
            Ok(_) => Err(refused(&Error::Internal {
                detail: "an import lost its outcome".to_owned(),
            })),
            Err(_) => Err(refused(&Error::Cancelled {
                reason: "the deadline passed; the import goes on: ask GetImport".to_owned(),
            })),
        }
    }
}

impl super::Exchange {
    /// How far an import has come.
    pub(super) fn show_import(
        &self,
        request: &v1::GetImportRequest,
    ) -> Result<v1::GetImportResponse, Error> {
        let id = read_import_id("request_id", &request.request_id)?;
        let not_found = || Error::NotFound {
            what: "import",
            name: id.clone(),
        };
        let Some(staging) = &self.staging else {
            return Err(not_found());
        };
        let incoming = staging.incoming(&id)?.ok_or_else(not_found)?;
        let expires = incoming.last_change().map(|last| last + staging.keep());
        let mut answer = v1::GetImportResponse {
            expire_time: expires.map(timestamp),
            ..v1::GetImportResponse::default()
        };
        if let Some(report) = incoming.report()? {
            let response = decoded(&report)?;
            answer.state = v1::ImportState::Done.into();
            answer.report = response.report;
            answer.revision = response.revision;
            return Ok(answer);
        }
        let announced = Announcement::kept(&incoming.announced()?.unwrap_or_default())?;
        let mut is_whole = true;
        for (name, file) in &announced.files {
            let received = incoming.received(&file.name)?;
            is_whole &= received == file.size;
            answer.files.push(v1::ReceivedFile {
                name: name.clone(),
                size_bytes: signed(file.size),
                received_bytes: signed(received),
            });
        }
        let running = self.work.told(&work_id(&id));
        let running = running.filter(|told| told.outcome.is_none());
        answer.state = match &running {
            Some(_) => v1::ImportState::Running,
            None if is_whole => v1::ImportState::Received,
            None => v1::ImportState::Receiving,
        }
        .into();
        if let Some(told) = running {
            answer.step = told.step;
            answer.percent = told.percent.into();
        }
        Ok(answer)
    }
}

fn decoded(report: &[u8]) -> Result<v1::ImportResponse, Error> {
    v1::ImportResponse::decode(report).map_err(|why| Error::Corrupt {
        detail: format!("the report of an import cannot be read: {why}"),
    })
}

/// A moment as a message.
pub fn timestamp(at: SystemTime) -> Timestamp {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp {
        seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        nanos: 0,
    }
}

/// A count as a message holds it.
pub fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn shown(report: &ImportReport) -> v1::ImportReport {
    let findings = report.findings.iter().map(|finding| {
        let severity = match finding.severity {
            Severity::Error => v1::FindingSeverity::Error,
            Severity::Warning => v1::FindingSeverity::Warning,
        };
        v1::Finding {
            severity: severity.into(),
            file: finding.origin.file.clone(),
            line: signed(finding.origin.line),
            field: finding.origin.field.clone(),
            reason: finding.reason.clone(),
        }
    });
    let probably_known = report.probably_known.iter().take(MOST_LISTED);
    let probably_known = probably_known.map(convert::probably_known);
    let summary = report.summary.clone().unwrap_or_default();
    v1::ImportReport {
        findings: findings.collect(),
        errors: signed(report.errors),
        warnings: signed(report.warnings),
        rows_read: signed(report.rows_read),
        contents: super::export::counts(&report.contents),
        accepted: report.summary.is_some(),
        new_records: signed(summary.new_subjects),
        known_records: signed(summary.known_subjects),
        new_statements: signed(summary.new_statements),
        changed_statements: signed(summary.changed_statements),
        unchanged_statements: signed(summary.unchanged_statements),
        probably_known: probably_known.collect(),
        probably_known_count: signed(report.probably_known.len() as u64),
        suggested_links: signed(report.links),
        links_not_compared: report.links_not_compared,
    }
}
