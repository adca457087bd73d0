//! Question: how many durable commits does the store make, and how long does one take, against what the disk allows?
//!
//! Held to: with 16 writers at least 50 % of a bare RocksDB loop that syncs as many batches of as many bytes, in turns
//! with it in one run; 99 of 100 commits within 3 fsyncs.
//!
//! A commit is of the size of a connection: a person with two parents who are recorded already, ten statements. The bare
//! loop's batches have as many bytes as the store's log grew by for each group. An fsync is the median of one such batch,
//! appended to RocksDB's log and synced, without waiting for other writers; for comparison also a plain file's.
//! Whole connections (`record_connection`, which reads before it commits) are told besides. Ties are spread over all people:
//! what is new is added to the records of both ends, so that the number of earlier ties costs little.
//!
//! `cargo bench --bench commits -- [people …]`, by default 10000.

#[path = "support/mod.rs"]
mod support;

use kinpath::access::Permit;
use kinpath::model::ids::{PersonId, SubjectKind};
use kinpath::model::partial_date::PartialDate;
use kinpath::model::person::{Contact, ContactKind, Gender, Name, NameKind};
use kinpath::model::statement::{Certainty, Fact, Source};
use kinpath::model::tie::{LegalState, ParentNature, ParentTie, Side};
use kinpath::store::{StatementDraft, Store, Transaction};
use kinpath::workflow::{RecordConnection, record_connection};
use rocksdb::{DB, DBRecoveryMode, Options, WriteBatch, WriteOptions};
use std::fs::{File, read_dir};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;
use support::{median, percentile, spread};

const WRITERS: usize = 16;
const COMMITS_A_WRITER: usize = 100;
static REQUESTS: AtomicU64 = AtomicU64::new(0);
const ROUNDS: usize = 5;
/// Keys that one commit writes, about: block, header, records, index entries, audit entry, change event, counters.
const KEYS_A_COMMIT: usize = 20;

fn main() {
    for people in support::sizes(&[10_000]) {
        let folder = support::community(people);
        let store = support::imported(&folder);
        let store_folder = support::bench_folder().join(format!("store-{}", std::process::id()));
        let parents = support::people(&store, 1_000);
        println!(
            "{people} people, {WRITERS} writers, load {}",
            support::load()
        );
        let commit = |writer: usize, count: usize| {
            let parent = |nth: usize| parents[(writer * 61 + count * 7 + nth) % parents.len()];
            let transaction = connection(writer, count, [parent(0), parent(1)]);
            store.commit(transaction).expect("committed");
        };
        compare("commits", &store, &store_folder, &commit);
        let permit = Permit::system("bench");
        let connect = |writer: usize, count: usize| {
            let child = parents[(writer * 61 + count * 7) % parents.len()];
            let request = found(writer, count, child);
            record_connection(&store, &permit, &request).expect("recorded");
        };
        compare("whole connections", &store, &store_folder, &connect);
        drop(store);
        let _ = std::fs::remove_dir_all(store_folder);
    }
}

/// Writers in turns with a bare loop of as many bytes and batches.
fn compare(what: &str, store: &Store, folder: &Path, write: &(dyn Fn(usize, usize) + Sync)) {
    let bare_folder = support::fresh_folder("bare");
    let bare = bare_database(&bare_folder);
    let file_path = support::fresh_folder("file");
    let mut file = File::create(&file_path).expect("a file");
    let (mut rates, mut shares, mut tails, mut fsyncs, mut plain) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut sizes, mut groupings) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (log, before) = (log_bytes(folder), store.counters());
        let begun = Instant::now();
        let latencies = write_with_all(write);
        let seconds = begun.elapsed().as_secs_f64();
        let after = store.counters();
        let groups = after.groups - before.groups;
        let bytes = (log_bytes(folder) - log) as usize / groups as usize;
        let commits = (after.commits - before.commits) as f64;
        assert!(after.syncs - before.syncs >= groups);

        let keys = KEYS_A_COMMIT * commits as usize / groups as usize;
        let synced = bare_loop(&bare, groups, bytes, keys);
        let bare_seconds: f64 = synced.iter().sum();
        let fsync = median(synced);
        rates.push(commits / seconds);
        shares.push(100.0 * bare_seconds / seconds);
        tails.push(percentile(&latencies, 99.0) / fsync);
        fsyncs.push(fsync * 1e3);
        plain.push(plain_fsync(&mut file, bytes) * 1e3);
        sizes.push(bytes as f64);
        groupings.push(commits / groups as f64);
    }
    println!("{what}");
    println!("  a second               {}", spread(&rates, 0));
    println!(
        "  of the bare loop       {} % (held to 50)",
        spread(&shares, 0)
    );
    println!("  p99, in fsyncs         {} (held to 3)", spread(&tails, 1));
    println!(
        "  an fsync               {} ms; of a plain file {} ms",
        spread(&fsyncs, 2),
        spread(&plain, 2)
    );
    println!(
        "  a group                {} commits, {} bytes",
        spread(&groupings, 1),
        spread(&sizes, 0)
    );
    drop(bare);
    let _ = std::fs::remove_dir_all(bare_folder);
    let _ = std::fs::remove_file(file_path);
}

/// Seconds that each write took.
fn write_with_all(write: &(dyn Fn(usize, usize) + Sync)) -> Vec<f64> {
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn(move || {
                    let one = |count| {
                        let begun = Instant::now();
                        write(writer, count);
                        begun.elapsed().as_secs_f64()
                    };
                    (0..COMMITS_A_WRITER).map(one).collect::<Vec<f64>>()
                })
            })
            .collect();
        let ended = writers.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended
            .flat_map(|latencies| latencies.expect("a writer"))
            .collect()
    })
}

/// A database with the log options of the store.
fn bare_database(folder: &Path) -> DB {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    DB::open(&options, folder).expect("a database")
}

/// Seconds that each batch took.
fn bare_loop(database: &DB, batches: u64, bytes: usize, keys: usize) -> Vec<f64> {
    let mut synced = WriteOptions::default();
    synced.set_sync(true);
    const KEY_BYTES: usize = 16;
    let value = vec![b'v'; (bytes / keys.max(1)).saturating_sub(KEY_BYTES)];
    let mut key: u128 = 0;
    let mut write = |_| {
        let begun = Instant::now();
        let mut batch = WriteBatch::default();
        for _ in 0..keys {
            key = key.wrapping_add(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
            batch.put(key.to_be_bytes(), &value);
        }
        database.write_opt(batch, &synced).expect("written");
        begun.elapsed().as_secs_f64()
    };
    (0..batches).map(&mut write).collect()
}

/// Seconds to append so many bytes to a file and sync it.
fn plain_fsync(file: &mut File, bytes: usize) -> f64 {
    let piece = vec![b'f'; bytes];
    median((0..50).map(|_| {
        let begun = Instant::now();
        file.write_all(&piece)
            .and_then(|()| file.sync_data())
            .expect("synced");
        begun.elapsed().as_secs_f64()
    }))
}

/// Bytes in the store's log files.
fn log_bytes(folder: &Path) -> u64 {
    let files = read_dir(folder.join("db")).expect("a database").flatten();
    files
        .filter(|file| {
            file.path()
                .extension()
                .is_some_and(|extension| extension == "log")
        })
        .map(|file| file.metadata().map_or(0, |metadata| metadata.len()))
        .sum()
}

fn letter() -> Source {
    Source {
        document: "letter from the aunt".to_owned(),
        page: "p. 2".to_owned(),
        ..Source::default()
    }
}

fn connection(writer: usize, count: usize, parents: [PersonId; 2]) -> Transaction {
    let mut transaction = Transaction::new("bench", "record_connection");
    let person = transaction.add_subject(SubjectKind::Person, None);
    let contact = |kind, value: &str| {
        Fact::Contact(Contact {
            kind,
            value: value.to_owned(),
        })
    };
    let parent = |parent| {
        Fact::Parent(ParentTie {
            parent,
            nature: ParentNature::Birth,
            legal_state: LegalState::Unknown,
            legal_date: None,
            court: String::new(),
        })
    };
    let name = |kind, full: String| {
        Fact::Name(Name {
            kind,
            full,
            given: String::new(),
            family: String::new(),
        })
    };
    let facts = [
        name(NameKind::Used, format!("Vera {writer} {count}")),
        name(NameKind::Birth, format!("Vera Born {writer} {count}")),
        Fact::Gender(Gender::Female),
        Fact::Birth {
            date: "1971~".parse::<PartialDate>().ok(),
            place: None,
        },
        contact(ContactKind::Phone, "250-555-0100"),
        contact(ContactKind::Email, "vera@example.org"),
        Fact::Language("English".to_owned()),
        Fact::Note("Wants to be asked again in spring.".to_owned()),
        parent(parents[0]),
        parent(parents[1]),
    ];
    for fact in facts {
        transaction.add_statement(person, StatementDraft::new(fact, letter()));
    }
    transaction
}

fn found(writer: usize, count: usize, child: PersonId) -> RecordConnection {
    RecordConnection {
        child,
        relation: "coach".to_owned(),
        side: Side::Unknown,
        name: format!("Vera {writer} {count}"),
        gender: Gender::Female,
        birth: "1971~".parse::<PartialDate>().ok(),
        dead: None,
        place: "Port Hallow".to_owned(),
        nation: String::new(),
        phone: "250-555-0100".to_owned(),
        email: "vera@example.org".to_owned(),
        note: "Wants to be asked again in spring.".to_owned(),
        certainty: Certainty::Reported,
        source: letter(),
        choice: String::new(),
        request_id: format!("{}", REQUESTS.fetch_add(1, Ordering::Relaxed)),
        validate_only: false,
        today: support::today(),
    }
}
