//! Files in and out through the live server: in pieces, broken off, gone on with, repeated, refused.

use super::live::{channel, limits, with_store};
use kinpath::access::Permit;
use kinpath::api::v1;
use kinpath::api::v1::export_response::Part;
use kinpath::api::v1::import_request::Part as Sent;
use kinpath::sample::{CommunityPlan, generate};
use kinpath::store::{Store, StoreOptions};
use kinpath::workflow::{export_bundle, export_store};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;

type Exchange = v1::exchange_service_client::ExchangeServiceClient<Channel>;
type Files = BTreeMap<String, Vec<u8>>;

const CSV: v1::ExchangeFormat = v1::ExchangeFormat::Csv;
const JSON_LINES: v1::ExchangeFormat = v1::ExchangeFormat::JsonLines;

fn new_store(folder: &Path) -> Arc<Store> {
    Arc::new(Store::create(folder, &StoreOptions::default()).unwrap())
}

/// The files of a community as a bundle.
fn community(folder: &Path) -> Files {
    let plan = CommunityPlan {
        people: 300,
        seed: 3,
    };
    generate(plan, folder, &mut |_| {}).unwrap();
    let mut files = Files::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".csv") {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}

fn settings(id: &str, format: v1::ExchangeFormat, files: &Files) -> v1::ImportSettings {
    let files = files.iter().map(|(name, bytes)| v1::ExchangeFile {
        name: name.clone(),
        size_bytes: bytes.len() as i64,
        sha256: Sha256::digest(bytes).to_vec(),
    });
    v1::ImportSettings {
        request_id: id.to_owned(),
        format: format.into(),
        source_name: "sample".to_owned(),
        files: files.collect(),
        ..v1::ImportSettings::default()
    }
}

/// The bytes of files, from what is kept of each on, at most so many messages.
fn chunks(files: &Files, kept: &BTreeMap<String, usize>, most: usize) -> Vec<v1::ImportRequest> {
    const PIECE: usize = 10_000;
    let mut messages = Vec::new();
    for (name, bytes) in files {
        let mut offset = kept.get(name).copied().unwrap_or(0);
        while offset < bytes.len() {
            let end = bytes.len().min(offset + PIECE);
            messages.push(v1::ImportRequest {
                part: Some(Sent::Chunk(v1::ImportChunk {
                    file: name.clone(),
                    offset: offset as i64,
                    data: bytes[offset..end].to_vec(),
                })),
            });
            offset = end;
        }
    }
    messages.truncate(most);
    messages
}

async fn import(
    exchange: &mut Exchange,
    settings: &v1::ImportSettings,
    chunks: Vec<v1::ImportRequest>,
) -> Result<v1::ImportResponse, Status> {
    let first = v1::ImportRequest {
        part: Some(Sent::Settings(settings.clone())),
    };
    let messages: Vec<_> = std::iter::once(first).chain(chunks).collect();
    let answer = exchange.import(tokio_stream::iter(messages)).await;
    answer.map(tonic::Response::into_inner)
}

async fn progress(exchange: &mut Exchange, id: &str) -> v1::GetImportResponse {
    let request = v1::GetImportRequest {
        request_id: id.to_owned(),
    };
    exchange.get_import(request).await.unwrap().into_inner()
}

fn all(files: &Files) -> Vec<v1::ImportRequest> {
    chunks(files, &BTreeMap::new(), usize::MAX)
}

fn reason(status: &Status) -> String {
    let details = status.get_details_error_info();
    details.map(|info| info.reason).unwrap_or_default()
}

fn field(status: &Status) -> String {
    let bad = status.get_details_bad_request();
    bad.map(|bad| bad.field_violations[0].field.clone())
        .unwrap_or_default()
}

#[test]
fn an_import_goes_on_after_a_break_and_is_done_once() {
    let folder = tempfile::tempdir().unwrap();
    let files = community(&folder.path().join("sample"));
    let store = new_store(&folder.path().join("data"));
    with_store(Arc::clone(&store), limits(), |address| async move {
        let mut exchange = Exchange::new(channel(&address).await);
        let settings = settings("one", CSV, &files);
        let unknown = exchange.get_import(v1::GetImportRequest {
            request_id: "one".to_owned(),
        });
        assert_eq!(unknown.await.unwrap_err().code(), Code::NotFound);

        let broken = import(
            &mut exchange,
            &settings,
            chunks(&files, &BTreeMap::new(), 4),
        );
        let broken = broken.await.unwrap_err();
        assert_eq!(broken.code(), Code::InvalidArgument);
        assert!(field(&broken).starts_with("settings.files["), "{broken:?}");
        assert_eq!(store.snapshot().unwrap().revision().sequence, 0);

        let known = progress(&mut exchange, "one").await;
        assert_eq!(known.state(), v1::ImportState::Receiving);
        assert!(known.expire_time.is_some());
        let kept: BTreeMap<String, usize> = known
            .files
            .iter()
            .map(|file| (file.name.clone(), file.received_bytes as usize))
            .collect();
        let total: usize = kept.values().sum();
        assert!(total > 0 && total < files.values().map(Vec::len).sum());
        let rest = chunks(&files, &kept, usize::MAX);
        let done = import(&mut exchange, &settings, rest).await.unwrap();
        let report = done.report.clone().unwrap();
        assert_eq!((report.errors, report.accepted), (0, true));
        assert!(report.new_records > 300 && report.new_statements > 2_000);
        let people = report.contents.iter().find(|count| count.what == "people");
        assert!(people.unwrap().count >= 300);

        // Again, with the bytes or without: the same report, nothing new.
        let revision = store.snapshot().unwrap().revision();
        for messages in [all(&files), Vec::new()] {
            let again = import(&mut exchange, &settings, messages).await.unwrap();
            assert_eq!(again, done);
        }
        assert_eq!(store.snapshot().unwrap().revision(), revision);
        let known = progress(&mut exchange, "one").await;
        assert_eq!(known.state(), v1::ImportState::Done);
        assert_eq!(known.report, done.report);

        // The same id for something else.
        let mut other = settings.clone();
        other.accept_valid_rows = true;
        let reused = import(&mut exchange, &other, Vec::new()).await.unwrap_err();
        assert_eq!(
            (reused.code(), reason(&reused).as_str()),
            (Code::InvalidArgument, "REQUEST_ID_REUSED")
        );

        // The same files under another id: everything is known.
        let second = super::transfers::settings("two", CSV, &files);
        let second = import(&mut exchange, &second, all(&files)).await.unwrap();
        let report = second.report.unwrap();
        assert_eq!((report.new_records, report.new_statements), (0, 0));
    });
}

#[test]
fn bad_input_and_trials_change_nothing_and_tell_all() {
    let folder = tempfile::tempdir().unwrap();
    let files = community(&folder.path().join("sample"));
    let served = new_store(&folder.path().join("data"));
    let store = Arc::clone(&served);
    with_store(Arc::clone(&served), limits(), |address| async move {
        let mut exchange = Exchange::new(channel(&address).await);
        let mut bad = files.clone();
        let ties = bad.get_mut("ties.csv").unwrap();
        let header = ties.iter().position(|byte| *byte == b'\n').unwrap();
        let columns = ties[..header].split(|byte| *byte == b',').count();
        let row = format!("parent,nobody,nobody else{}\n", ",".repeat(columns - 3));
        ties.extend_from_slice(row.as_bytes());
        let line = ties.iter().filter(|byte| **byte == b'\n').count() as i64;
        let wrong = settings("bad", CSV, &bad);
        let refused = import(&mut exchange, &wrong, all(&bad)).await.unwrap();
        let report = refused.report.clone().unwrap();
        assert!(report.errors >= 1 && !report.accepted);
        let finding = &report.findings[0];
        assert_eq!(
            (finding.file.as_str(), finding.line, finding.severity()),
            ("ties.csv", line, v1::FindingSeverity::Error)
        );
        let again = import(&mut exchange, &wrong, Vec::new()).await.unwrap();
        assert_eq!(again, refused);

        let mut trial = settings("trial", CSV, &files);
        trial.validate_only = true;
        let tried = import(&mut exchange, &trial, all(&files)).await.unwrap();
        let tried = tried.report.unwrap();
        assert!(tried.accepted);
        assert_eq!(store.snapshot().unwrap().revision().sequence, 0);
        let real = settings("real", CSV, &files);
        let real = import(&mut exchange, &real, all(&files)).await.unwrap();
        // The trial told exactly what was done then.
        assert_eq!(real.report.unwrap(), tried);
        trial.request_id = "second-trial".to_owned();
        let second = import(&mut exchange, &trial, all(&files)).await.unwrap();
        let second = second.report.unwrap();
        assert_eq!((second.new_records, second.new_statements), (0, 0));
        assert_eq!(second.known_records, tried.new_records);

        // Other bytes than announced.
        let other = settings("other", CSV, &files);
        let swapped = import(&mut exchange, &other, {
            let mut swapped = files.clone();
            let people = swapped.get_mut("people.csv").unwrap();
            let last = people.len() - 2;
            people[last] ^= 1;
            all(&swapped)
        });
        let swapped = swapped.await.unwrap_err();
        assert_eq!(swapped.code(), Code::InvalidArgument);
        assert!(field(&swapped).starts_with("settings.files["));
    });
    assert!(served.verify(&mut |_| {}).unwrap().is_clean());
}

#[test]
fn an_import_is_taken_back_once_and_tells_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let files = community(&folder.path().join("sample"));
    let served = new_store(&folder.path().join("data"));
    let store = Arc::clone(&served);
    with_store(Arc::clone(&served), limits(), |address| async move {
        let mut exchange = Exchange::new(channel(&address).await);
        let one = settings("one", CSV, &files);
        import(&mut exchange, &one, all(&files)).await.unwrap();
        let before = store.snapshot().unwrap().revision();
        let mut request = v1::UndoImportRequest {
            import_id: "one".to_owned(),
            validate_only: true,
            ..v1::UndoImportRequest::default()
        };
        let tried = exchange.undo_import(request.clone()).await.unwrap();
        let tried = tried.into_inner().undone.unwrap();
        assert!(tried.withdrawn_statements > 2_000, "{tried:?}");
        assert_eq!(store.snapshot().unwrap().revision(), before);

        request.validate_only = false;
        request.request_id = "back".to_owned();
        let done = exchange.undo_import(request.clone()).await.unwrap();
        let done = done.into_inner();
        assert_eq!(done.undone, Some(tried));
        let after = store.snapshot().unwrap().revision();
        assert!(after > before);
        let again = exchange.undo_import(request.clone()).await.unwrap();
        assert_eq!(again.into_inner(), done);
        assert_eq!(store.snapshot().unwrap().revision(), after);

        // The same id for another import, and another request for the same.
        let mut other = request.clone();
        other.import_id = "two".to_owned();
        let files_again = settings("two", CSV, &files);
        import(&mut exchange, &files_again, all(&files))
            .await
            .unwrap();
        let reused = exchange.undo_import(other).await.unwrap_err();
        assert_eq!(reason(&reused), "REQUEST_ID_REUSED");
        request.request_id = "back-again".to_owned();
        let refused = exchange.undo_import(request).await.unwrap_err();
        assert_eq!(field(&refused), "import_id");
    });
    assert!(served.verify(&mut |_| {}).unwrap().is_clean());
}

#[test]
fn bad_streams_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = new_store(&folder.path().join("data"));
    let files = Files::from([("people.csv".to_owned(), b"id\na\n".to_vec())]);
    with_store(store, limits(), |address| async move {
        let mut exchange = Exchange::new(channel(&address).await);
        let good = settings("one", CSV, &files);
        let chunk = |file: &str, offset: i64, data: &[u8]| v1::ImportRequest {
            part: Some(Sent::Chunk(v1::ImportChunk {
                file: file.to_owned(),
                offset,
                data: data.to_vec(),
            })),
        };
        let second = v1::ImportRequest {
            part: Some(Sent::Settings(good.clone())),
        };
        for (messages, wanted) in [
            (vec![second], "settings"),
            (vec![chunk("../people.csv", 0, b"x")], "chunk.file"),
            (vec![chunk("people.csv", -1, b"x")], "chunk.offset"),
            (vec![chunk("people.csv", 3, b"x")], "chunk.offset"),
            (vec![chunk("people.csv", 0, b"0123456789")], "chunk.data"),
            (vec![v1::ImportRequest::default()], "chunk"),
        ] {
            let refused = import(&mut exchange, &good, messages).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument, "{wanted}");
            assert_eq!(field(&refused), wanted);
        }
        let headless = exchange.import(tokio_stream::iter([chunk("people.csv", 0, b"x")]));
        assert_eq!(field(&headless.await.unwrap_err()), "settings");
    });
}

/// Everything that an export sends from a token on, and after how many bytes each token stands.
async fn export(
    exchange: &mut Exchange,
    request: &v1::ExportRequest,
) -> Result<(Files, v1::ExportComplete, Vec<(usize, String)>), Status> {
    let mut stream = exchange.export(request.clone()).await?.into_inner();
    let (mut files, mut tokens, mut total) = (Files::new(), Vec::new(), 0);
    while let Some(message) = stream.message().await? {
        match message.part {
            Some(Part::Chunk(chunk)) => {
                total += chunk.data.len();
                files.entry(chunk.file).or_default().extend(&chunk.data[..]);
            }
            Some(Part::Complete(complete)) => return Ok((files, complete, tokens)),
            None => {}
        }
        tokens.push((total, message.resume_token));
    }
    panic!("the stream ended before its last message");
}

fn asked(format: v1::ExchangeFormat) -> v1::ExportRequest {
    v1::ExportRequest {
        format: format.into(),
        ..v1::ExportRequest::default()
    }
}

fn joined(files: &Files) -> Vec<u8> {
    files.values().flatten().copied().collect()
}

#[test]
fn an_export_goes_on_with_exactly_the_bytes_that_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let files = community(&folder.path().join("sample"));
    let data = folder.path().join("data");
    let store = new_store(&data);
    let bundle = folder.path().join("bundle");
    with_store(Arc::clone(&store), limits(), |address| async move {
        let mut exchange = Exchange::new(channel(&address).await);
        let brought = settings("one", CSV, &files);
        import(&mut exchange, &brought, all(&files)).await.unwrap();
        for format in [JSON_LINES, CSV, v1::ExchangeFormat::Gedcom7] {
            let request = asked(format);
            let (files, complete, tokens) = export(&mut exchange, &request).await.unwrap();
            for file in &complete.files {
                let bytes = &files[&file.name];
                assert_eq!(bytes.len() as i64, file.size_bytes);
                assert_eq!(Sha256::digest(bytes)[..], file.sha256[..]);
            }
            assert_eq!(files.len(), complete.files.len());
            // The store has changed by the time that the others go on.
            for (position, (sent, token)) in tokens.iter().enumerate().step_by(3) {
                let later = v1::ExportRequest {
                    resume_token: token.clone(),
                    ..request.clone()
                };
                let (rest, end, _) = export(&mut exchange, &later).await.unwrap();
                assert_eq!(end, complete);
                assert!(joined(&rest) == joined(&files)[*sent..], "{position}");
            }
            let mut other = asked(if format == CSV { JSON_LINES } else { CSV });
            other.resume_token = tokens[0].1.clone();
            let refused = export(&mut exchange, &other).await.unwrap_err();
            assert_eq!(field(&refused), "resume_token");
            // The files are no longer kept.
            fs::remove_dir_all(data.join("exchange/exports")).unwrap();
            let gone = v1::ExportRequest {
                resume_token: tokens[0].1.clone(),
                ..request
            };
            let gone = export(&mut exchange, &gone).await.unwrap_err();
            assert_eq!(
                (gone.code(), reason(&gone).as_str()),
                (Code::OutOfRange, "RELIST")
            );
        }

        // The same bytes as from the command line.
        let (files, _, _) = export(&mut exchange, &asked(CSV)).await.unwrap();
        export_bundle(&store, &Permit::local_operator(), &bundle).unwrap();
        for (name, bytes) in files {
            assert!(fs::read(bundle.join(&name)).unwrap() == bytes, "{name}");
        }
    });
}

#[test]
fn a_whole_store_moves_through_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let files = community(&folder.path().join("sample"));
    let (one, two) = (
        new_store(&folder.path().join("one")),
        new_store(&folder.path().join("two")),
    );
    let mut whole = Files::new();
    with_store(Arc::clone(&one), limits(), |address| {
        let whole = &mut whole;
        async move {
            let mut exchange = Exchange::new(channel(&address).await);
            let brought = settings("one", CSV, &files);
            import(&mut exchange, &brought, all(&files)).await.unwrap();
            *whole = export(&mut exchange, &asked(JSON_LINES)).await.unwrap().0;
        }
    });
    let text = whole.values().next().unwrap().clone();
    let lines = text.iter().filter(|byte| **byte == b'\n').count();
    with_store(Arc::clone(&two), limits(), |address| async move {
        let mut exchange = Exchange::new(channel(&address).await);
        let cut = Files::from([("a.jsonl".to_owned(), text[..text.len() / 2].to_vec())]);
        let refused = settings("cut", JSON_LINES, &cut);
        let refused = import(&mut exchange, &refused, all(&cut)).await.unwrap();
        let report = refused.report.unwrap();
        assert!(!report.accepted && report.findings[0].line > 1);
        let mut moved = settings("trial", JSON_LINES, &whole);
        moved.validate_only = true;
        let tried = import(&mut exchange, &moved, all(&whole)).await.unwrap();
        let tried = tried.report.unwrap();
        assert_eq!((tried.accepted, tried.rows_read), (true, lines as i64));
        moved.validate_only = false;
        moved.request_id = "real".to_owned();
        let done = import(&mut exchange, &moved, all(&whole)).await.unwrap();
        assert_eq!(done.report.unwrap(), tried);
        moved.request_id = "again".to_owned();
        let full = import(&mut exchange, &moved, all(&whole)).await.unwrap();
        assert!(!full.report.unwrap().accepted, "the store is not empty");
    });
    let lines_of = |store: &Store| {
        let mut lines = Vec::new();
        export_store(store, &Permit::local_operator(), &mut lines).unwrap();
        lines
    };
    assert!(lines_of(&one) == lines_of(&two));
    assert!(two.verify(&mut |_| {}).unwrap().is_clean());
    drop(two);
    let reopened = Store::open(&folder.path().join("two"), &StoreOptions::default()).unwrap();
    assert!(reopened.verify(&mut |_| {}).unwrap().is_clean());
    assert!(lines_of(&one) == lines_of(&reopened));
}

#[test]
fn the_report_tells_who_is_probably_known_already() {
    let folder = tempfile::tempdir().unwrap();
    let store = new_store(&folder.path().join("data"));
    let people = |rows: &str| {
        let text = format!("id,full_name,birth_date,places,source\n{rows}");
        Files::from([("people.csv".to_owned(), text.into_bytes())])
    };
    let ours =
        people("1,Margaret Joseph,1961-03-12,Alert Bay,file 1\n2,Al Pete,1950,Hope,file 1\n");
    let theirs = people("9,Marg Josef,1961-03-12,Alert Bay,file 2\n8,Una Dick,1999,Hope,file 2\n");
    with_store(Arc::clone(&store), limits(), |address| async move {
        let mut exchange = Exchange::new(channel(&address).await);
        let first = settings("first", CSV, &ours);
        let first = import(&mut exchange, &first, all(&ours)).await.unwrap();
        let first = first.report.unwrap();
        assert_eq!((first.probably_known_count, first.suggested_links), (0, 0));

        let mut second = settings("trial", CSV, &theirs);
        second.source_name = "theirs".to_owned();
        second.validate_only = true;
        let tried = import(&mut exchange, &second, all(&theirs)).await.unwrap();
        let tried = tried.report.unwrap();
        second.request_id = "real".to_owned();
        second.validate_only = false;
        let done = import(&mut exchange, &second, all(&theirs)).await.unwrap();
        let done = done.report.unwrap();
        assert_eq!((tried.suggested_links, done.suggested_links), (0, 1));
        for report in [&tried, &done] {
            assert_eq!(report.probably_known_count, 1);
            let known = &report.probably_known[0];
            assert_eq!(
                (known.external_id.as_str(), known.display_name.as_str()),
                ("theirs:9", "Marg Josef")
            );
            let candidate = &known.candidates[0];
            assert_eq!(candidate.display_name, "Margaret Joseph");
            assert!(candidate.name.starts_with("people/"));
            assert!(candidate.probability() >= 0.5 && !candidate.reasons.is_empty());
        }
    });
    assert!(store.verify(&mut |_| {}).unwrap().is_clean());
}
