//! Question: how long do an import and `verify` take, how much memory and disk do they need, and what do corrections add?
//!
//! Held to: 1M people with their ties imported within 60 s, and verified within 60 s.
//!
//! Corrections are new versions of each person's statement of birth, five times over, 1,000 to a transaction. They are
//! measured up to 100k people. "Rows alone" is the CSV reader without any check: what reading costs at least.
//!
//! `cargo bench --bench import -- [people …]`, by default 10000 100000 1000000; three rounds up to 100k, then one.

#[path = "support/mod.rs"]
mod support;

use kinpath::exchange::csv::read_folder;
use kinpath::model::ids::{PersonId, Subject};
use kinpath::model::statement::{Fact, Source};
use kinpath::model::visibility::Visibility;
use kinpath::store::{ImportRequest, StatementDraft, Store, StoreOptions, Transaction};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;
use support::{bytes_in, community, forget_peak_memory, peak_memory, spread};

const SMALL: u64 = 100_000;
const CORRECTIONS: usize = 5;
const A_TRANSACTION: usize = 1_000;

/// Seconds, MiB and bytes of one round.
#[derive(Default)]
struct Round {
    rows: f64,
    reading: f64,
    statements: f64,
    records: f64,
    rest: f64,
    verify: f64,
    memory: u64,
    verify_memory: u64,
    bytes: u64,
}

impl Round {
    fn committing(&self) -> f64 {
        self.statements + self.records + self.rest
    }
}

fn main() {
    for people in support::sizes(&[10_000, 100_000, 1_000_000]) {
        let folder = community(people);
        let rounds = if people <= SMALL { 3 } else { 1 };
        let data = support::fresh_folder("import");
        let measured: Vec<Round> = (0..rounds)
            .map(|_| {
                let _ = std::fs::remove_dir_all(&data);
                round(&folder, &data)
            })
            .collect();
        report(people, &measured);
        if people <= SMALL {
            correct_everybody(people, &data);
        }
        let _ = std::fs::remove_dir_all(&data);
    }
}

fn round(folder: &Path, data: &Path) -> Round {
    let mut round = Round::default();
    let begun = Instant::now();
    rows_alone(folder);
    round.rows = begun.elapsed().as_secs_f64();

    forget_peak_memory();
    let begun = Instant::now();
    let read = read_folder(folder, &Default::default()).expect("the community can be read");
    assert_eq!(read.errors, 0, "{:?}", read.findings.first());
    round.reading = begun.elapsed().as_secs_f64();

    let store = Store::create(data, &StoreOptions::default()).expect("a new store");
    let (begun, mut statements, mut records) = (Instant::now(), 0.0, 0.0);
    store
        .import(
            &read.bundle,
            &ImportRequest::new("bench", "bench"),
            &mut |progress| {
                let now = begun.elapsed().as_secs_f64();
                match progress.step {
                    "statements" => statements = now,
                    "records" => records = now,
                    _ => {}
                }
                ControlFlow::Continue(())
            },
        )
        .expect("imported");
    let whole = begun.elapsed().as_secs_f64();
    round.statements = statements;
    round.records = records - statements;
    round.rest = whole - records;
    round.memory = peak_memory();
    drop(read);

    forget_peak_memory();
    let begun = Instant::now();
    let report = store.verify(&mut |_| {}).expect("verified");
    assert!(report.is_clean(), "{:?}", report.findings.first());
    round.verify = begun.elapsed().as_secs_f64();
    round.verify_memory = peak_memory();
    drop(store);
    round.bytes = bytes_in(data);
    round
}

fn rows_alone(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("a community").flatten() {
        if entry
            .path()
            .extension()
            .is_none_or(|extension| extension != "csv")
        {
            continue;
        }
        let mut reader = csv::Reader::from_path(entry.path()).expect("a file");
        let mut row = csv::StringRecord::new();
        while reader.read_record(&mut row).expect("a row") {}
    }
}

fn report(people: u64, rounds: &[Round]) {
    let of = |part: fn(&Round) -> f64| spread(&rounds.iter().map(part).collect::<Vec<f64>>(), 2);
    println!(
        "{people} people, rounds {}, load {}",
        rounds.len(),
        support::load()
    );
    println!(
        "  import, all          {} s (held to 60 at 1M)",
        of(|r| r.reading + r.committing())
    );
    println!(
        "    reading, checking  {} s, of which rows alone {} s",
        of(|r| r.reading),
        of(|r| r.rows)
    );
    println!("    statements         {} s", of(|r| r.statements));
    println!("    records, indexes   {} s", of(|r| r.records));
    println!("    events, journal    {} s", of(|r| r.rest));
    println!(
        "  verify               {} s (held to 60 at 1M)",
        of(|r| r.verify)
    );
    let last = &rounds[rounds.len() - 1];
    println!(
        "  peak memory          import {} MiB, verify {} MiB",
        last.memory, last.verify_memory
    );
    println!(
        "  on disk              {} bytes a person",
        last.bytes / people
    );
}

fn correct_everybody(people: u64, data: &Path) {
    let store = Store::open(data, &StoreOptions::default()).expect("the store");
    let begun = Instant::now();
    let mut corrected = 0;
    for _ in 0..CORRECTIONS {
        corrected += correct_once(&store);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let report = store.verify(&mut |_| {}).expect("verified");
    assert!(report.is_clean(), "{:?}", report.findings.first());
    drop(store);
    let closed = bytes_in(data);
    // Opening writes what stood in the log only into tables.
    let store = Store::open(data, &StoreOptions::default()).expect("the store");
    let in_tables = store.approximate_size();
    println!(
        "  {CORRECTIONS} corrections each   {corrected} versions in {seconds:.1} s; on disk {} bytes a person with \
         the log, {} in tables",
        closed / people,
        in_tables / people
    );
}

/// Says of everybody anew when they were born. Returns of how many.
fn correct_once(store: &Store) -> usize {
    let people: Vec<u64> = store.snapshot().expect("a snapshot").numbers().collect();
    let mut corrected = 0;
    for some in people.chunks(A_TRANSACTION) {
        let snapshot = store.snapshot().expect("a snapshot");
        let mut transaction = Transaction::new("bench", "correct");
        for &number in some {
            let subject = Subject::Person(PersonId(number));
            let stated = snapshot.statements(subject, &Visibility::all(), None);
            let birth = stated
                .expect("statements")
                .into_iter()
                .find(|(_, statement)| matches!(statement.fact, Fact::Birth { .. }));
            let Some((_, birth)) = birth else { continue };
            let source = Source {
                document: "letter from the registry".to_owned(),
                ..Source::default()
            };
            let mut draft = StatementDraft::new(birth.fact, source);
            draft.id = Some(birth.id);
            draft.certainty = birth.evidence.certainty;
            draft.seal = birth.evidence.seal;
            transaction.add_statement(subject, draft);
            corrected += 1;
        }
        drop(snapshot);
        if !transaction.statements.is_empty() {
            store.commit(transaction).expect("committed");
        }
    }
    corrected
}
