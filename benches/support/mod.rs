//! What the benches share: a sample community for a size, a store that holds it, CPU time, percentiles.

#![allow(dead_code, reason = "each bench uses a part")]

use kinpath::exchange::csv::read_folder;
use kinpath::model::ids::{PersonId, Subject};
use kinpath::model::partial_date::Day;
use kinpath::model::visibility::Visibility;
use kinpath::sample::{CommunityPlan, generate};
use kinpath::store::{ImportRequest, Store, StoreOptions};
use rustix::time::{ClockId, clock_gettime};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

const SEED: u64 = 20_261_121;

/// The sizes named on the command line, or these.
pub fn sizes(by_default: &[u64]) -> Vec<u64> {
    let named: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|word| word.replace('_', "").parse().ok())
        .collect();
    if named.is_empty() {
        by_default.to_vec()
    } else {
        named
    }
}

/// The day that the sample communities end on.
pub fn today() -> Day {
    Day::from_ymd(2026, 11, 1).expect("a day of the calendar")
}

/// Where the benches keep their files; `KINPATH_BENCH_DIR` or the system's folder for temporary files.
pub fn bench_folder() -> PathBuf {
    let base = std::env::var_os("KINPATH_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    base.join("kinpath-bench")
}

/// A sample community of this size, generated unless it is there from an earlier run.
pub fn community(people: u64) -> PathBuf {
    let folder = bench_folder().join(format!("community-{people}"));
    if !folder.join("people.csv").exists() {
        generate(CommunityPlan { people, seed: SEED }, &folder, &mut |_| {}).expect("a community");
    }
    folder
}

/// A new store that holds a community.
pub fn imported(folder: &Path) -> Store {
    let data = fresh_folder("store");
    let store = Store::create(&data, &StoreOptions::default()).expect("a new store");
    import(&store, folder);
    store
}

/// Imports a community into a store.
pub fn import(store: &Store, folder: &Path) {
    let read = read_folder(folder, &Default::default()).expect("the community can be read");
    assert_eq!(read.errors, 0, "{:?}", read.findings.first());
    let request = ImportRequest::new("bench", "bench");
    store
        .import(&read.bundle, &request, &mut |_| ControlFlow::Continue(()))
        .expect("imported");
}

/// An empty folder of this name; what an earlier run left there is removed.
pub fn fresh_folder(name: &str) -> PathBuf {
    let folder = bench_folder().join(format!("{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.parent().expect("has a parent")).expect("a folder");
    folder
}

/// Puts a store's keys beside a copy of it.
pub fn bring_keys(store: &Store, copy: &Path) {
    let keys = store.key_file().expect("a store on disk");
    std::fs::copy(keys, copy.with_extension("key")).expect("the keys");
}

/// Up to so many children with a case, spread evenly.
pub fn children(store: &Store, most: usize) -> Vec<PersonId> {
    let snapshot = store.snapshot().expect("a snapshot");
    let cases = snapshot.all_cases().expect("cases");
    let read = snapshot.cases(&cases, &Visibility::all()).expect("cases");
    let children: Vec<PersonId> = read
        .into_iter()
        .flatten()
        .map(|(_, case)| case.child)
        .collect();
    let step = (children.len() / most).max(1);
    children.into_iter().step_by(step).take(most).collect()
}

/// Up to so many people, spread evenly.
pub fn people(store: &Store, most: usize) -> Vec<PersonId> {
    let snapshot = store.snapshot().expect("a snapshot");
    let numbers = snapshot.numbers();
    let step = ((numbers.end as usize) / most).max(1);
    // Numbers are of all kinds of subjects.
    let is_person = |person: &PersonId| {
        let subject = Subject::Person(*person);
        let stated = snapshot.statements(subject, &Visibility::all(), None);
        !stated.expect("statements").is_empty()
    };
    let people = numbers.step_by(step).map(PersonId).filter(is_person);
    people.take(most).collect()
}

/// A number that no person's is greater than.
pub fn greatest_number(store: &Store) -> u64 {
    store.snapshot().expect("a snapshot").numbers().end
}

/// CPU seconds used so far by this thread.
pub fn thread_cpu() -> f64 {
    seconds(ClockId::ThreadCPUTime)
}

/// CPU seconds used so far by this process.
pub fn process_cpu() -> f64 {
    seconds(ClockId::ProcessCPUTime)
}

fn seconds(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The value below which so many percent lie.
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let position = (percent / 100.0 * (sorted.len() as f64 - 1.0)).round() as usize;
    sorted.get(position).copied().unwrap_or(f64::NAN)
}

pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    percentile(&values.into_iter().collect::<Vec<f64>>(), 50.0)
}

/// Bytes in a folder and the folders in it.
pub fn bytes_in(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_in(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

/// The greatest memory this process had since [`forget_peak_memory`], in MiB.
pub fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or_default() >> 10
}

/// Lets [`peak_memory`] begin anew.
pub fn forget_peak_memory() {
    // Where that is not allowed, the peak is of the whole run: too high, never too low.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// "min 1.2, median 1.3" with so many decimals.
pub fn spread(values: &[f64], decimals: usize) -> String {
    let (least, middle) = (percentile(values, 0.0), percentile(values, 50.0));
    format!("min {least:.decimals$}, median {middle:.decimals$}")
}

/// How busy the machine is: its load average over a minute.
pub fn load() -> String {
    let loads = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    loads.split(' ').next().unwrap_or_default().to_owned()
}
