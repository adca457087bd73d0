//! An export: the files are made by work of its own, then sent piece by piece. The token tells which export and how far.

use super::Outcome;
use super::announcement::Form;
use super::import::signed;
use crate::ambient;
use crate::api::answers::Answers;
use crate::api::changes::{Watched, Watcher, watching};
use crate::api::disclosure::Disclosed;
use crate::api::page_token::{Position, Question};
use crate::api::service::Service;
use crate::api::v1::export_response::Part;
use crate::api::walk::WalkError;
use crate::api::{convert, status, v1};
use crate::error::Error;
use crate::exchange::gedcom::Version;
use crate::model::audit::Shown;
use crate::staging::{NamedFile, Outgoing};
use crate::workflow::{ExportFiles, ExportGedcom, FilesWritten, export_files};
use prost::Message;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::sync::OwnedSemaphorePermit;
use tonic::{Request, Response, Status};

/// Exports that are made at once.
const AT_ONCE: usize = 2;
/// Bytes of one message.
const PIECE: usize = 64 << 10;
/// How much larger than the store its files may be.
const LARGER: u64 = 4;
const MOST_PEOPLE: usize = 1000;
const DEFAULT_DEGREE: u8 = 6;
const GREATEST_DEGREE: u32 = 12;

/// An export that begins to be sent. Whom its files show is recorded when they are made.
struct Begun(Sending, Option<ExportFiles>);

impl Disclosed for Begun {
    fn disclose(&self, _: &mut Shown) -> Result<(), WalkError> {
        Ok(())
    }
}

/// An export that is sent, and from where on.
struct Sending {
    id: u64,
    outgoing: Outgoing,
    /// Makes the tokens.
    question: Question,
    file: usize,
    offset: u64,
    _place: OwnedSemaphorePermit,
}

impl Sending {
    fn token(&self) -> String {
        self.question
            .token([self.id, self.file as u64, self.offset])
    }

    fn message(&self, part: Option<Part>, revision: &str) -> v1::ExportResponse {
        v1::ExportResponse {
            part,
            resume_token: self.token(),
            revision: revision.to_owned(),
        }
    }
}

fn work_id(id: u64) -> String {
    format!("export-{id:016x}")
}

/// A number that nobody can guess.
fn new_id() -> u64 {
    let text = ambient::random_id().replace('-', "");
    u64::from_str_radix(&text[16..], 16).unwrap_or_default()
}

impl Answers {
    /// What an export asks for, and where it goes on; nothing for a new one.
    fn read_export(
        &self,
        request: &v1::ExportRequest,
    ) -> Result<(ExportFiles, Question, Option<Position>), Error> {
        self.fresh(&request.at_least_revision)?;
        let form = Form::read("format", request.format)?;
        let version = match form {
            Form::Gedcom5 => Some(Version::V5),
            Form::Gedcom7 => Some(Version::V7),
            Form::JsonLines | Form::Csv => None,
        };
        let is_part = !request.people.is_empty() || request.degree != 0 || request.with_sealed;
        if version.is_none() && is_part {
            let field = match request {
                _ if !request.people.is_empty() => "people",
                _ if request.degree != 0 => "degree",
                _ => "with_sealed",
            };
            return Err(Error::invalid(field, "goes with GEDCOM only"));
        }
        let as_of = self.day(&request.as_of)?;
        let files = match (version, form) {
            (Some(version), _) => ExportFiles::Gedcom(self.read_extract(request, version, as_of)?),
            (None, Form::Csv) => ExportFiles::Bundle,
            (None, _) => ExportFiles::WholeStore,
        };
        let question = self.question(&[
            "export",
            &request.format.to_string(),
            &request.people.join("\n"),
            &request.degree.to_string(),
            &request.with_sealed.to_string(),
            &request.as_of,
        ])?;
        let from = question.position("resume_token", &request.resume_token)?;
        Ok((files, question, from))
    }

    fn read_extract(
        &self,
        request: &v1::ExportRequest,
        version: Version,
        as_of: crate::model::partial_date::Day,
    ) -> Result<ExportGedcom, Error> {
        if request.people.len() > MOST_PEOPLE {
            return Err(Error::invalid("people", "at most 1000"));
        }
        let degree = match request.degree {
            0 => DEFAULT_DEGREE,
            degree if degree > GREATEST_DEGREE => {
                return Err(Error::invalid("degree", "must be 1 to 12"));
            }
            degree => u8::try_from(degree).unwrap_or(DEFAULT_DEGREE),
        };
        let mut people = Vec::with_capacity(request.people.len());
        for (position, person) in request.people.iter().enumerate() {
            people.push(self.person(&format!("people[{position}]"), person)?);
        }
        Ok(ExportGedcom {
            version,
            people,
            degree,
            with_sealed: request.with_sealed,
            as_of,
        })
    }
}

impl Service {
    /// Begins an export, or goes on with one.
    pub(super) async fn begin_export(
        &self,
        request: Request<v1::ExportRequest>,
    ) -> Result<Response<Watched<v1::ExportResponse>>, Status> {
        let exchange = self.exchange.clone();
        let begun = self
            .answer("Export", request, move |answers, request| {
                let (files, question, from) = answers.read_export(request)?;
                let staging = exchange.staging()?;
                let (id, file, offset) = match from {
                    Some([id, file, offset]) => (id, file, offset),
                    None => {
                        staging.sweep(SystemTime::now())?;
                        staging.make_room(answers.store.approximate_size() * LARGER)?;
                        (new_id(), 0, 0)
                    }
                };
                let outgoing = match from {
                    Some(_) => staging.outgoing(id),
                    None => staging.give(id)?,
                };
                let sending = Sending {
                    id,
                    outgoing,
                    question,
                    file: usize::try_from(file).unwrap_or(usize::MAX),
                    offset,
                    _place: exchange.place()?,
                };
                Ok(Begun(sending, from.is_none().then_some(files)))
            })
            .await?;
        let Begun(sending, files) = begun.into_inner();
        if let Some(files) = files {
            let made = self.make_files(&sending, files);
            made.map_err(|error| status::from_error(&error))?;
        }
        let (watcher, watched) = watching();
        let service = self.clone();
        tokio::spawn(async move {
            let mut sending = sending;
            if let Err(error) = service.send_export(&mut sending, &watcher).await {
                watcher.end(status::from_error(&error));
            }
        });
        Ok(Response::new(watched))
    }

    /// Begins to make the files.
    fn make_files(&self, sending: &Sending, files: ExportFiles) -> Result<(), Error> {
        let store = Arc::clone(&self.store);
        let outgoing = sending.outgoing.clone();
        let permit = self.answers().permit;
        let work = &self.exchange.work;
        let id = work_id(sending.id);
        work.begin(&id, "export", AT_ONCE, "writing", move |running| {
            let permit = permit.until(running.stop.clone());
            let made = export_files(&store, &permit, &files, &outgoing.content())
                .and_then(|written| Ok((outgoing.files()?, written)))
                .and_then(|(files, written)| outgoing.finish(&summary(&files, &written)));
            if made.is_err() {
                // What was made so far is of no use; the error is what counts.
                let _ = outgoing.discard();
            }
            made.map(|()| Outcome::Exported)
        })
    }

    /// Sends everything from the place on at which the client is, until it goes or falls behind.
    async fn send_export(
        &self,
        sending: &mut Sending,
        watcher: &Watcher<v1::ExportResponse>,
    ) -> Result<(), Arc<Error>> {
        let id = work_id(sending.id);
        loop {
            let made = tokio::time::timeout(self.limits.heartbeat, self.exchange.work.wait(&id));
            match made.await {
                Ok(Some(Err(error))) => return Err(error),
                Ok(_) => break,
                Err(_) if !self.send(watcher, sending.message(None, "")).await => return Ok(()),
                Err(_) => {}
            }
        }
        let outgoing = sending.outgoing.clone();
        let summary = on_a_thread(move || outgoing.summary()).await?;
        let summary = summary.ok_or_else(|| Error::OutOfRange {
            field: "resume_token".to_owned(),
            reason: "these files are no longer kept: start anew, without a token".to_owned(),
        })?;
        let summary = v1::ExportResponse::decode(&summary[..]).map_err(|why| Error::Corrupt {
            detail: format!("the summary of an export cannot be read: {why}"),
        })?;
        let Some(Part::Complete(complete)) = &summary.part else {
            return Err(Arc::new(Error::Corrupt {
                detail: "the summary of an export is not one".to_owned(),
            }));
        };
        for file in complete.files.iter().skip(sending.file) {
            loop {
                let (outgoing, name, offset) =
                    (sending.outgoing.clone(), file.name.clone(), sending.offset);
                let data = on_a_thread(move || outgoing.read(&name, offset, PIECE)).await?;
                if data.is_empty() && (sending.offset > 0 || file.size_bytes > 0) {
                    break;
                }
                let is_empty = data.is_empty();
                let chunk = v1::ExportChunk {
                    file: file.name.clone(),
                    offset: signed(sending.offset),
                    data,
                };
                sending.offset += chunk.data.len() as u64;
                let message = sending.message(Some(Part::Chunk(chunk)), &summary.revision);
                if !self.send(watcher, message).await {
                    return Ok(());
                }
                if is_empty {
                    break;
                }
            }
            sending.file += 1;
            sending.offset = 0;
        }
        let message = sending.message(summary.part.clone(), &summary.revision);
        self.send(watcher, message).await;
        Ok(())
    }
}

/// Reads files where that holds nobody up.
async fn on_a_thread<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or_else(|_| {
        Err(Error::Internal {
            detail: "reading a file ended abnormally".to_owned(),
        })
    })
}

/// The last message of an export, as it is kept.
fn summary(files: &[NamedFile], written: &FilesWritten) -> Vec<u8> {
    let files = files.iter().map(|file| v1::ExchangeFile {
        name: file.name.clone(),
        size_bytes: signed(file.size),
        sha256: file.sha256.to_vec(),
    });
    let complete = v1::ExportComplete {
        files: files.collect(),
        contents: counts(&written.contents),
        left_out: counts(&written.left_out),
    };
    v1::ExportResponse {
        part: Some(Part::Complete(complete)),
        resume_token: String::new(),
        revision: convert::revision_text(written.revision),
    }
    .encode_to_vec()
}

/// Counts as messages.
pub fn counts(counts: &BTreeMap<&'static str, u64>) -> Vec<v1::Count> {
    let counts = counts.iter().map(|(what, count)| v1::Count {
        what: (*what).to_owned(),
        count: signed(*count),
    });
    counts.collect()
}
