//! Imports that are cut off by kill -9, while their bytes come, while they are committed and while likely links are
//! suggested: done again they leave the very store that an import never cut off leaves.

use super::server::{Server, verify};
use kinpath::api::v1;
use kinpath::api::v1::import_request::Part;
use kinpath::model::ids::Revision;
use kinpath::store::{Store, StoreOptions};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tonic::Status;
use tonic::transport::Channel;

type Exchange = v1::exchange_service_client::ExchangeServiceClient<Channel>;

/// More than are linked in one commit.
const FAMILIES: usize = 200;
const PIECE: usize = 4_096;
/// Kills tried until one meets the suggesting of links.
const MOST_KILLS: u32 = 16;
const GIVEN: [&str; 8] = [
    "Ada", "Bela", "Cora", "Dora", "Edna", "Fern", "Gwen", "Hope",
];

/// Families of three. Those of two marks are the same people under other numbers.
fn tree(mark: &str) -> String {
    let mut text = String::from("0 HEAD\n1 GEDC\n2 VERS 5.5.1\n1 CHAR UTF-8\n");
    for family in 0..FAMILIES {
        let letter = |place: usize| char::from(b'a' + (family / place % 26) as u8);
        let surname = format!("{}ar{}en{}", letter(1), letter(26), letter(7));
        for (member, year) in [(0, 1930), (1, 1932), (2, 1960)] {
            let given = GIVEN[(family + member * 3) % GIVEN.len()];
            let (day, year) = (1 + family % 28, year + family % 20);
            text.push_str(&format!(
                "0 @{mark}{family}M{member}@ INDI\n1 NAME {given} /{surname}/\n1 BIRT\n2 DATE {day} MAY {year}\n"
            ));
        }
        text.push_str(&format!(
            "0 @{mark}{family}@ FAM\n1 HUSB @{mark}{family}M0@\n1 WIFE @{mark}{family}M1@\n1 CHIL @{mark}{family}M2@\n"
        ));
    }
    text.push_str("0 TRLR\n");
    text
}

/// A store that holds the first tree, and the second tree as a file.
struct Scene {
    folder: tempfile::TempDir,
    second: PathBuf,
    copies: usize,
}

impl Scene {
    fn new() -> Scene {
        let folder = tempfile::tempdir().expect("a folder");
        let [first, second] = ["first", "second"].map(|name| {
            let path = folder.path().join(format!("{name}.ged"));
            fs::write(&path, tree(&name[..1].to_uppercase())).expect("a file");
            path
        });
        finish(&folder.path().join("base"), &first);
        Scene {
            folder,
            second,
            copies: 0,
        }
    }

    /// A copy of the store, which gives the same ids to the same people.
    fn copy(&mut self) -> PathBuf {
        self.copies += 1;
        let copy = self.folder.path().join(format!("copy-{}", self.copies));
        let base = self.folder.path().join("base");
        copy_folder(&base, &copy);
        let keys = copy.with_extension("key");
        fs::copy(base.with_extension("key"), keys).expect("the keys");
        copy
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

fn kinpath(store: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinpath"));
    command.arg("--data").arg(store).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn start(store: &Path, file: &Path) -> Child {
    let mut command = kinpath(store);
    command.arg("import").arg(file).spawn().expect("it starts")
}

fn finish(store: &Path, file: &Path) {
    let ended = start(store, file).wait().expect("it ends");
    assert!(ended.success(), "{ended}");
}

/// All that stands in a store, file by file.
fn content(store: &Path) -> BTreeMap<String, Vec<u8>> {
    assert_eq!(verify(store), Ok(()));
    let out = store.with_extension("csv");
    let mut command = kinpath(store);
    command.args(["export", "--format", "csv", "--out"]);
    let ended = command.arg(&out).status().expect("it ends");
    assert!(ended.success(), "{ended}");
    let files = fs::read_dir(out).expect("a folder").flatten();
    files
        .map(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            (name, fs::read(file.path()).expect("a file"))
        })
        .collect()
}

/// Whether the second tree is in, and how many links were suggested in all.
fn state(store: &Path) -> (bool, u64) {
    let store = Store::open(store, &StoreOptions::default()).expect("the store opens");
    let snapshot = store.snapshot().expect("a snapshot");
    let lines = snapshot.audit(Revision::default(), usize::MAX);
    let lines = lines.expect("the audit trail");
    let suggested = |action: &str| action == "suggest_same_person";
    let links = lines.iter().filter(|line| suggested(&line.action));
    let is_in = snapshot.numbers().end > 3 * FAMILIES as u64 * 2
        && store.unfinished_imports().expect("imports").is_empty();
    (is_in, links.map(|line| line.statements).sum())
}

#[test]
fn an_import_killed_while_it_suggests_links_gives_the_same_links_when_done_again() {
    let mut scene = Scene::new();
    let whole = scene.copy();
    let begun = Instant::now();
    finish(&whole, &scene.second);
    let (mut early, mut late) = (Duration::ZERO, begun.elapsed());
    let (is_in, links) = state(&whole);
    assert!(is_in && links > FAMILIES as u64 * 2, "{links} links");
    let expected = content(&whole);
    for _ in 0..MOST_KILLS {
        let store = scene.copy();
        let wait = (early + late) / 2;
        let mut child = start(&store, &scene.second);
        std::thread::sleep(wait);
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        let (is_in, found) = state(&store);
        finish(&store, &scene.second);
        assert!(content(&store) == expected, "killed after {wait:?}");
        match (is_in, found == links) {
            (true, false) => return,
            (false, _) => early = wait,
            (true, true) => late = wait,
        }
        if late.saturating_sub(early) < Duration::from_millis(2) {
            (early, late) = (Duration::ZERO, begun.elapsed().min(late * 2));
        }
    }
    panic!("no kill met the suggesting of links");
}

/// An import through the API, message by message.
struct Sender {
    bytes: Vec<u8>,
    settings: v1::ImportSettings,
}

impl Sender {
    fn new(file: &Path) -> Sender {
        let bytes = fs::read(file).expect("a file");
        let settings = v1::ImportSettings {
            request_id: "second-tree".to_owned(),
            format: v1::ExchangeFormat::Gedcom5.into(),
            source_name: "second".to_owned(),
            files: vec![v1::ExchangeFile {
                name: "second.ged".to_owned(),
                size_bytes: bytes.len() as i64,
                sha256: Sha256::digest(&bytes).to_vec(),
            }],
            ..v1::ImportSettings::default()
        };
        Sender { bytes, settings }
    }

    /// The settings, and the bytes of a stretch.
    fn messages(&self, from: usize, until: usize) -> Vec<v1::ImportRequest> {
        let first = Part::Settings(self.settings.clone());
        let offsets = (from..until).step_by(PIECE);
        let chunks = offsets.map(|offset| {
            Part::Chunk(v1::ImportChunk {
                file: "second.ged".to_owned(),
                offset: offset as i64,
                data: self.bytes[offset..until.min(offset + PIECE)].to_vec(),
            })
        });
        let parts = std::iter::once(first).chain(chunks);
        parts
            .map(|part| v1::ImportRequest { part: Some(part) })
            .collect()
    }

    async fn told(&self, exchange: &mut Exchange) -> Result<v1::GetImportResponse, Status> {
        let request_id = self.settings.request_id.clone();
        let told = exchange.get_import(v1::GetImportRequest { request_id });
        Ok(told.await?.into_inner())
    }

    /// Sends what is missing and waits for the report.
    async fn resume(&self, exchange: &mut Exchange) -> v1::ImportReport {
        let kept = match self.told(exchange).await {
            Ok(told) => told.files.first().map_or(0, |file| file.received_bytes),
            Err(_) => 0,
        };
        let messages = self.messages(kept as usize, self.bytes.len());
        let answer = exchange.import(tokio_stream::iter(messages)).await;
        answer.expect("a report").into_inner().report.expect("it")
    }
}

async fn connected(server: &Server) -> Exchange {
    let address = format!("http://{}", server.address);
    let connected = Exchange::connect(address).await;
    connected.expect("a connection")
}

/// When the server is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// While bytes are still to come.
    Receiving,
    /// As soon as it does what it tells by this word.
    Step(&'static str),
}

/// Begins an import and kills the server at a moment.
async fn begin_and_kill(store: &Path, sender: &Sender, moment: Moment) {
    let server = Server::start(store).expect("it serves");
    let mut exchange = connected(&server).await;
    let sent = match moment {
        Moment::Receiving => sender.bytes.len() / 2,
        Moment::Step(_) => sender.bytes.len(),
    };
    let (messages, stream) = tokio::sync::mpsc::unbounded_channel();
    for message in sender.messages(0, sent) {
        messages.send(message).expect("it is sent");
    }
    let is_open = matches!(moment, Moment::Receiving).then(|| messages.clone());
    drop(messages);
    let mut caller = exchange.clone();
    let stream = tokio_stream::wrappers::UnboundedReceiverStream::new(stream);
    let call = tokio::spawn(async move { caller.import(stream).await.is_ok() });
    loop {
        if let Ok(told) = sender.told(&mut exchange).await {
            let received = told.files.first().map_or(0, |file| file.received_bytes);
            let is_now = match moment {
                Moment::Receiving => received > 0,
                Moment::Step(step) => told.step == step,
            };
            if is_now || told.state() == v1::ImportState::Done {
                break;
            }
        }
        tokio::task::yield_now().await;
    }
    server.kill();
    drop(is_open);
    // It was answered, or the connection broke.
    let _ = call.await;
}

#[test]
fn an_import_through_the_api_goes_on_after_kills() {
    let mut scene = Scene::new();
    let sender = Sender::new(&scene.second);
    let runtime = Runtime::new().expect("a runtime");
    let resume = |store: &Path| {
        let server = Server::start(store).expect("it serves");
        let (told, report) = runtime.block_on(async {
            let mut exchange = connected(&server).await;
            let told = sender.told(&mut exchange).await.ok();
            (told, sender.resume(&mut exchange).await)
        });
        assert_eq!(server.stop(), Ok(()));
        assert!(report.accepted && report.errors == 0, "{report:?}");
        told
    };
    let whole = scene.copy();
    assert_eq!(resume(&whole), None);
    let expected = content(&whole);
    let mut states = Vec::new();
    for moment in [
        Moment::Receiving,
        Moment::Step("reading"),
        Moment::Step("statements"),
        Moment::Step("likely links"),
    ] {
        let store = scene.copy();
        runtime.block_on(begin_and_kill(&store, &sender, moment));
        let told = resume(&store).expect("what came is kept");
        states.push(told.state());
        assert!(content(&store) == expected, "{moment:?}");
    }
    assert_eq!(states[0], v1::ImportState::Receiving);
    let cut_off = |state: &&v1::ImportState| **state == v1::ImportState::Received;
    let cut_off = states[1..].iter().filter(cut_off).count();
    assert!(cut_off > 0, "no kill met the work: {states:?}");
}
