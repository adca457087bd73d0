//! A store, its writers, and the rounds of killing and checking.

use super::checks;
use super::commits;
use super::ledger::{Entry, Ledger};
use super::server::{Server, verify};
use super::writer::{self, Attempt, Outcome, Retry, Round, Written};
use super::writes::Write;
use kinpath::exchange::csv::read_folder;
use kinpath::model::ids::Revision;
use kinpath::sample::{CommunityPlan, generate};
use kinpath::store::{ImportRequest, Store, StoreOptions};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// What to try. The seed gives what is written and when the server is killed; which write meets the kill, threads
/// and disk decide.
pub struct Plan {
    pub people: u64,
    pub writers: u64,
    pub seed: u64,
    pub retry: Retry,
}

const EARLIEST_KILL_MILLISECONDS: u64 = 200;
const LATEST_KILL_MILLISECONDS: u64 = 3_000;
/// One restart in this many is killed too, within this time.
const KILLED_RESTARTS_ONE_IN: u32 = 4;
const LATEST_KILL_OF_RESTART_MILLISECONDS: u64 = 120;
const READY_WITHIN: Duration = Duration::from_secs(2);

pub struct Trial {
    plan: Plan,
    folder: TempDir,
    chance: ChaCha8Rng,
    children: Vec<String>,
    ledgers: Vec<Ledger>,
    writes: HashMap<String, Write>,
    numbers: AtomicU64,
    round: u64,
    /// Request ids of the entries that were checked, and the last revision of those.
    checked: HashSet<String>,
    highest: u64,
    checked_to: Revision,
    connections: usize,
    findings: Vec<String>,
}

/// A store with a sample community in this folder, and the ids of its young people.
pub fn sample(folder: &Path, people: u64, seed: u64) -> (Store, Vec<String>) {
    let community = folder.join("community");
    generate(CommunityPlan { people, seed }, &community, &mut |_| {}).expect("a community");
    let read = read_folder(&community, &Default::default()).expect("it can be read");
    let store = Store::create(&folder.join("store"), &StoreOptions::default());
    let store = store.expect("a store");
    let request = ImportRequest::new("sample", "sample");
    store
        .import(&read.bundle, &request, &mut |_| ControlFlow::Continue(()))
        .expect("it is imported");
    (store, young_people(&community))
}

impl Trial {
    /// A sample community in a new store.
    pub fn new(plan: Plan) -> Trial {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, children) = sample(folder.path(), plan.people, plan.seed);
        let checked_to = store.snapshot().expect("a snapshot").revision();
        let ledgers = (0..plan.writers)
            .map(|writer| Ledger::create(folder.path().join(format!("ledger-{writer}.tsv"))))
            .collect();
        println!(
            "seed {}, {} writers, {} people",
            plan.seed, plan.writers, plan.people
        );
        Trial {
            chance: ChaCha8Rng::seed_from_u64(plan.seed),
            children,
            ledgers,
            writes: HashMap::new(),
            numbers: AtomicU64::new(0),
            round: 0,
            checked: HashSet::new(),
            highest: checked_to.sequence,
            checked_to,
            connections: 0,
            findings: Vec::new(),
            plan,
            folder,
        }
    }

    pub fn findings(&self) -> &[String] {
        &self.findings
    }

    /// How many writes were acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.entries().len()
    }

    /// Serves, writes, kills, restarts, sends again what got no answer, and checks this round's writes.
    pub fn kill_and_check(&mut self) {
        self.round += 1;
        let store = self.store();
        let server = Server::start(&store).expect("the server starts");
        let first_ready = server.ready_after;
        let kill_after = Duration::from_millis(
            self.chance
                .random_range(EARLIEST_KILL_MILLISECONDS..LATEST_KILL_MILLISECONDS),
        );
        let attempts = self.write_until_killed(server, kill_after);
        if self.chance.random_range(0..KILLED_RESTARTS_ONE_IN) == 0 {
            let after = self
                .chance
                .random_range(0..LATEST_KILL_OF_RESTART_MILLISECONDS);
            Server::start_and_kill(&store, Duration::from_millis(after));
        }
        let server = Server::start(&store).expect("the server starts again");
        for ready_after in [first_ready, server.ready_after] {
            if ready_after > READY_WITHIN {
                self.find(format!("ready after {ready_after:?} only"));
            }
        }
        let (found, unanswered) = self.check_attempts(&server, &attempts);
        let new = self.new_entries();
        self.check_entries(&server, &new);
        let ready_after = server.ready_after;
        if let Err(wrong) = server.stop() {
            self.find(wrong);
        }
        self.check_store();
        println!(
            "loop {:>3}: killed after {:>4} ms; {} acknowledged, {unanswered} without an answer of which {found} \
             were there; ready again after {} ms; {} findings so far",
            self.round,
            kill_after.as_millis(),
            new.len(),
            ready_after.as_millis(),
            self.findings.len()
        );
    }

    /// Checks every write since the beginning.
    pub fn check_everything(&mut self) {
        let holes: Vec<String> = self
            .ledgers
            .iter()
            .filter_map(|ledger| ledger.entries().err())
            .collect();
        self.findings.extend(holes);
        let server = Server::start(&self.store()).expect("the server starts");
        let entries = self.entries();
        self.check_entries(&server, &entries);
        if let Err(wrong) = server.stop() {
            self.find(wrong);
        }
        println!("all {} acknowledged writes checked", entries.len());
    }

    fn write_until_killed(&mut self, server: Server, kill_after: Duration) -> Vec<Attempt> {
        let killed = AtomicBool::new(false);
        let address = server.address.clone();
        let round = Round {
            address: &address,
            children: &self.children,
            retry: self.plan.retry,
            numbers: &self.numbers,
            killed: &killed,
        };
        let chances: Vec<ChaCha8Rng> = (0..self.plan.writers)
            .map(|writer| {
                let mut chance = ChaCha8Rng::seed_from_u64(self.plan.seed);
                chance.set_stream(self.round * self.plan.writers + writer);
                chance
            })
            .collect();
        let written: Vec<Written> = thread::scope(|scope| {
            let writers: Vec<_> = chances
                .into_iter()
                .zip(&mut self.ledgers)
                .map(|(chance, ledger)| scope.spawn(|| writer::write(&round, chance, ledger)))
                .collect();
            thread::sleep(kill_after);
            killed.store(true, Ordering::SeqCst);
            server.kill();
            let ended = writers.into_iter().map(thread::ScopedJoinHandle::join);
            ended.map(|written| written.expect("a writer")).collect()
        });
        let mut attempts = Vec::new();
        for one in written {
            self.findings.extend(one.findings);
            attempts.extend(one.attempts);
        }
        for attempt in &attempts {
            let id = attempt.write.request.request_id.clone();
            self.writes.insert(id, attempt.write.clone());
        }
        attempts
    }

    /// Checks what was refused, and what got no answer before and after it is sent again. How many of the latter
    /// there were, and how many had been done.
    fn check_attempts(&mut self, server: &Server, attempts: &[Attempt]) -> (usize, usize) {
        let refused = attempts
            .iter()
            .filter(|attempt| matches!(attempt.outcome, Outcome::Refused))
            .map(|attempt| &attempt.write.request.name_as_written);
        let wrong = writer::ask(&server.address, |mut client| async move {
            let mut wrong = Vec::new();
            for name in refused {
                if !checks::people_named(&mut client, name).await.is_empty() {
                    wrong.push(format!("{name} was refused and is there"));
                }
            }
            wrong
        });
        self.findings.extend(wrong);
        let (mut there, mut unanswered) = (0, 0);
        for attempt in attempts {
            if matches!(attempt.outcome, Outcome::Unanswered) {
                let writer = unanswered % self.ledgers.len();
                there += usize::from(self.send_again(server, &attempt.write, writer));
                unanswered += 1;
            }
        }
        (there, unanswered)
    }

    /// Sends a request again that got no answer. Whether it had been done.
    fn send_again(&mut self, server: &Server, write: &Write, writer: usize) -> bool {
        let again = writer::again(write, self.plan.retry, &mut self.chance);
        let (found, wrong, answer) = writer::ask(&server.address, |mut client| {
            let request = again.request.clone();
            async move {
                let (found, wrong) = checks::unanswered(&mut client, write).await;
                let answer = client.record_connection(request).await;
                (found, wrong, writer::outcome(answer))
            }
        });
        self.findings.extend(wrong);
        let name = &again.request.name_as_written;
        match &answer {
            Outcome::Acknowledged(answer) => {
                let person = answer.person.as_ref().map(|person| &person.name);
                if found.is_some() && found.as_ref() != person {
                    self.find(format!("{name} was there and is answered as somebody else"));
                }
                self.ledgers[writer].note(&again.request, answer);
            }
            Outcome::Refused if found.is_none() => {}
            _ => self.find(format!("{name} was sent again and got no answer")),
        }
        let id = again.request.request_id.clone();
        self.writes.insert(id, again);
        found.is_some()
    }

    fn check_entries(&mut self, server: &Server, entries: &[Entry]) {
        const CLIENTS: usize = 4;
        let writes = &self.writes;
        let share = entries.len().div_ceil(CLIENTS).max(1);
        let wrong: Vec<Vec<String>> = thread::scope(|scope| {
            let checking: Vec<_> = entries
                .chunks(share)
                .map(|entries| {
                    scope.spawn(move || {
                        writer::ask(&server.address, |mut client| async move {
                            let mut wrong = Vec::new();
                            for entry in entries {
                                let write = &writes[&entry.request_id];
                                wrong.extend(checks::acknowledged(&mut client, entry, write).await);
                            }
                            wrong
                        })
                    })
                })
                .collect();
            let ended = checking.into_iter().map(thread::ScopedJoinHandle::join);
            ended.map(|wrong| wrong.expect("a check")).collect()
        });
        self.findings.extend(wrong.into_iter().flatten());
    }

    /// The acknowledged writes that were not checked yet. Their revisions must be new, and each its own.
    fn new_entries(&mut self) -> Vec<Entry> {
        let mut new = self.entries();
        new.retain(|entry| self.checked.insert(entry.request_id.clone()));
        let mut revisions = HashSet::new();
        for entry in &new {
            match checks::sequence(&entry.revision) {
                Err(wrong) => self.find(wrong),
                Ok(number) if number <= self.highest || !revisions.insert(number) => {
                    let name = &entry.name;
                    self.find(format!("{name}: revision {number} was there before"));
                }
                Ok(_) => {}
            }
        }
        self.highest = revisions.into_iter().fold(self.highest, u64::max);
        new
    }

    /// `kinpath verify`, and every commit against its audit line.
    fn check_store(&mut self) {
        if let Err(wrong) = verify(&self.store()) {
            self.find(wrong);
        }
        let (connections, wrong) = commits::check(&self.store(), &mut self.checked_to);
        self.connections += connections;
        self.findings.extend(wrong);
        if self.connections != self.checked.len() {
            let (done, told) = (self.connections, self.checked.len());
            self.find(format!("{done} connections recorded, {told} acknowledged"));
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let entries = self
            .ledgers
            .iter()
            .filter_map(|ledger| ledger.entries().ok());
        entries.flatten().collect()
    }

    fn find(&mut self, wrong: String) {
        println!("wrong: {wrong}");
        self.findings.push(wrong);
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// A copy of the store as it is now. No server may run.
    pub fn copy_store(&self) -> PathBuf {
        let copy = self.folder.path().join("copy");
        copy_folder(&self.store(), &copy);
        copy
    }

    /// Puts an earlier copy in the place of the store.
    pub fn put_back(&self, copy: &Path) {
        fs::remove_dir_all(self.store()).expect("removed");
        copy_folder(copy, &self.store());
    }

    /// Puts only the database of an earlier copy back.
    pub fn put_back_database(&self, copy: &Path) {
        let database = self.store().join("db");
        fs::remove_dir_all(&database).expect("removed");
        copy_folder(&copy.join("db"), &database);
    }

    /// What the server says instead of serving.
    pub fn try_to_serve(&self) -> Result<(), String> {
        Server::start(&self.store()).map(|_| ())
    }

    /// Takes a line out of the middle of a ledger.
    pub fn drop_a_ledger_line(&self) {
        let path = self.ledgers[0].path();
        let text = fs::read_to_string(path).expect("a ledger");
        let middle = text.lines().count() / 2;
        let kept = text.lines().enumerate().filter(|(at, _)| *at != middle);
        let kept: Vec<&str> = kept.map(|(_, line)| line).collect();
        fs::write(path, kept.join("\n") + "\n").expect("written");
    }
}

/// External ids of people born from 1990 on.
fn young_people(community: &Path) -> Vec<String> {
    let mut reader = csv::Reader::from_path(community.join("people.csv")).expect("people");
    let headers = reader.headers().expect("headers").clone();
    let column = |name| headers.iter().position(|header| header == name);
    let (id, birth) = (
        column("id").expect("id"),
        column("birth_date").expect("date"),
    );
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.filter(|row| row[birth].get(..3).is_some_and(|decade| decade >= "199"))
        .map(|row| format!("community:{}", &row[id]))
        .collect()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}
