//! Kills the server under its writers and holds what it left against the list that the writers kept.
//!
//! The short form runs with the tests; `scripts/kill_test.sh` sets `KINPATH_KILL_LOOPS`, `KINPATH_KILL_WRITERS` and
//! `KINPATH_KILL_SEED` for longer ones. kill -9 cannot show a missing fsync: `syncs.rs` counts those.

mod checks;
mod commits;
mod deadlines;
mod duplicates;
mod imports;
mod ledger;
pub mod server;
mod syncs;
mod trial;
mod writer;
mod writes;

use trial::{Plan, Trial};
use writer::Retry;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| {
        let number = text.parse();
        number.unwrap_or_else(|_| panic!("{name} must be a number, not \"{text}\""))
    })
}

fn plan(retry: Retry) -> Plan {
    Plan {
        people: setting("KINPATH_KILL_PEOPLE", 1_000),
        writers: setting("KINPATH_KILL_WRITERS", 8),
        seed: setting("KINPATH_KILL_SEED", 1),
        retry,
    }
}

#[test]
fn killed_servers_lose_nothing_double_nothing_and_leave_nothing_half_written() {
    let mut trial = Trial::new(plan(Retry::WithTheSameId));
    for _ in 0..setting("KINPATH_KILL_LOOPS", 3) {
        trial.kill_and_check();
    }
    trial.check_everything();
    let (findings, written) = (trial.findings(), trial.acknowledged());
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert!(written > 0, "nothing was written");
}

#[test]
fn the_check_notices_writes_sent_again_under_a_new_request_id() {
    let mut trial = Trial::new(plan(Retry::WithANewId));
    trial.kill_and_check();
    let findings = trial.findings();
    assert!(
        findings.iter().any(|finding| finding.contains("2 times")),
        "{findings:?}"
    );
}

#[test]
fn the_check_notices_lost_writes() {
    let mut trial = Trial::new(plan(Retry::WithTheSameId));
    trial.kill_and_check();
    let (before, earlier) = (trial.acknowledged(), trial.copy_store());
    trial.kill_and_check();
    assert!(trial.findings().is_empty(), "{:?}", trial.findings());
    trial.put_back(&earlier);
    trial.check_everything();
    let lost = trial
        .findings()
        .iter()
        .filter(|finding| finding.contains("lost"))
        .count();
    assert_eq!(lost, trial.acknowledged() - before);
}

#[test]
fn a_store_whose_end_is_missing_is_not_served() {
    let mut trial = Trial::new(plan(Retry::WithTheSameId));
    let earlier = trial.copy_store();
    trial.kill_and_check();
    trial.put_back_database(&earlier);
    let refused = trial.try_to_serve().expect_err("the end is missing");
    assert!(refused.contains("acknowledged"), "{refused}");
}

#[test]
fn the_check_notices_a_line_missing_from_the_ledger() {
    let mut trial = Trial::new(plan(Retry::WithTheSameId));
    trial.kill_and_check();
    trial.drop_a_ledger_line();
    trial.check_everything();
    let findings = trial.findings();
    assert!(
        findings.iter().any(|finding| finding.contains("line")),
        "{findings:?}"
    );
}
