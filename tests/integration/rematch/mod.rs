//! The nightly run: the same answers as FindFamily, whole after every break, and changes that are right.

mod digest;
mod events;
mod killing;
mod live;
mod nights;
mod runs;

use kinpath::access::Permit;
use kinpath::exchange::csv::read_folder;
use kinpath::model::ids::PersonId;
use kinpath::model::partial_date::Day;
use kinpath::model::rematch::{ChildList, Run, RunNumber};
use kinpath::sample::{CommunityPlan, generate};
use kinpath::store::{ImportRequest, Store};
use kinpath::workflow::{Rematch, rematch};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

/// 21 November 2026.
const FIRST_NIGHT: Day = Day(20_778);

fn how(as_of: Day) -> Rematch {
    Rematch {
        as_of,
        now: i64::from(as_of.0) * 86_400,
        threads: 2,
        ranks_moved: 3,
        keep: 400,
        children_a_part: 2,
    }
}

fn run(store: &Store, as_of: Day) -> Run {
    rematch(store, &Permit::system("test"), &how(as_of), &mut |_| {}).expect("the run is done")
}

/// Takes a sample community of so many people into a store.
fn fill(store: &Store, folder: &Path, people: u64) {
    let plan = CommunityPlan { people, seed: 7 };
    generate(plan, folder, &mut |_| {}).expect("a community");
    bring(store, folder);
}

fn bring(store: &Store, folder: &Path) {
    let read = read_folder(folder, &Default::default()).expect("it can be read");
    assert_eq!(read.errors, 0, "{:?}", read.findings.first());
    let request = ImportRequest::new("sample", "test");
    store
        .import(&read.bundle, &request, &mut |_| ControlFlow::Continue(()))
        .expect("imported");
}

/// Every child's list as of a run.
fn lists(store: &Store, run: RunNumber) -> BTreeMap<PersonId, ChildList> {
    let snapshot = store.snapshot().expect("a snapshot");
    let outcomes = snapshot.rematch_outcomes(run).expect("outcomes");
    outcomes
        .into_values()
        .map(|outcome| {
            let list = snapshot.rematch_list(outcome.child, run).expect("read");
            (outcome.child, list.expect("a list").1)
        })
        .collect()
}
