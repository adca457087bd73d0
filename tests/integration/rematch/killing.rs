//! kill -9 at random moments of a run: gone on with, it ends with byte for byte what an undisturbed one leaves. A dozen
//! moments with the tests; `KINPATH_REMATCH_KILLS` sets more.

use super::events::Events;
use super::{FIRST_NIGHT, fill, run};
use kinpath::model::partial_date::Day;
use kinpath::store::{Store, StoreOptions, restore};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

fn night(data: &Path, as_of: Day) -> Child {
    Command::new(env!("CARGO_BIN_EXE_kinpath"))
        .arg("--data")
        .arg(data)
        .args(["rematch", "run", "--children-a-part", "1", "--as-of"])
        .arg(as_of.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts")
}

fn is_done(data: &Path) -> bool {
    let store = Store::open(data, &StoreOptions::default()).expect("it opens");
    let runs = store.snapshot().expect("one").rematch_runs(None, 9);
    let runs = runs.expect("runs");
    runs.len() == 2 && runs[0].ended.is_some()
}

fn digest(data: &Path) -> [u8; 32] {
    let store = Store::open(data, &StoreOptions::default()).expect("it opens");
    let report = store.verify(&mut |_| {}).expect("verified");
    assert!(report.is_clean(), "{:?}", report.findings);
    let snapshot = store.snapshot().expect("a snapshot");
    snapshot.rematch_digest().expect("read")
}

#[test]
fn killed_at_any_moment_a_run_ends_as_if_undisturbed() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = StoreOptions::default();
    let (first, backup) = (folder.path().join("first"), folder.path().join("backup"));
    let next = Day(FIRST_NIGHT.0 + 1);
    {
        let store = Store::create(&first, &options).expect("a store");
        fill(&store, &folder.path().join("sample"), 1_000);
        run(&store, FIRST_NIGHT);
        Events::new(&store, 17).happen(&store, 15, next);
        store.backup(&backup).expect("backed up");
    }
    let began = Instant::now();
    let ended = night(&first, next).wait().expect("it ends");
    assert!(ended.success());
    let whole = began.elapsed();
    let expected = digest(&first);

    let mut chance = ChaCha8Rng::seed_from_u64(setting("KINPATH_REMATCH_SEED", 1));
    let (wanted, mut kills, mut rounds) = (setting("KINPATH_REMATCH_KILLS", 12), 0, 0);
    while kills < wanted {
        rounds += 1;
        let data = folder.path().join(format!("killed-{rounds}"));
        restore(&backup, &data).expect("restored");
        let key = data.with_extension("key");
        std::fs::copy(first.with_extension("key"), key).expect("the keys");
        // Several times in one run, then to its end.
        for _ in 0..4 {
            let mut running = night(&data, next);
            let share = chance.random_range(0.0..1.1);
            thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * share));
            let had_ended = running.try_wait().expect("a process").is_some();
            running.kill().expect("killed");
            running.wait().expect("it ends");
            kills += u64::from(!had_ended);
            if is_done(&data) {
                break;
            }
        }
        // One more would be another night.
        if !is_done(&data) {
            assert!(night(&data, next).wait().expect("it ends").success());
        }
        assert_eq!(digest(&data), expected, "round {rounds}, {kills} kills");
        std::fs::remove_dir_all(&data).expect("removed");
    }
    println!("{kills} kills in {rounds} runs");
}
