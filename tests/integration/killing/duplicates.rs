//! Finding duplicates is long work: cut off by kill -9 it goes on where it stopped, and ends with the very file that work
//! never cut off would have written.

use super::trial::sample;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Enough for several portions.
const PEOPLE: u64 = 1_500;

fn start(store: &Path, out: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinpath"));
    command.arg("--data").arg(store).arg("duplicates");
    command.arg("--out").arg(out).args(["--least", "0.01"]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.spawn().expect("it starts")
}

fn finish(store: &Path, out: &Path) -> Vec<u8> {
    let ended = start(store, out).wait().expect("it ends");
    assert!(ended.success());
    std::fs::read(out).expect("the file")
}

fn beside(out: &Path, ending: &str) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Kills it as soon as it has noted progress. What it noted; nothing where it was done before.
fn kill_in_the_middle(store: &Path, out: &Path) -> Option<String> {
    let notes = beside(out, ".progress");
    let mut child = start(store, out);
    while !notes.exists() && child.try_wait().expect("its state").is_none() {
        std::thread::yield_now();
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    std::fs::read_to_string(notes).ok()
}

#[test]
fn finding_duplicates_goes_on_after_a_kill_and_ends_with_the_same_file() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(sample(folder.path(), PEOPLE, 3));
    let store = folder.path().join("store");
    let whole = finish(&store, &folder.path().join("whole.csv"));
    assert!(whole.iter().filter(|byte| **byte == b'\n').count() > 10);
    let mut cut_off = 0;
    for round in 0..5 {
        let out = folder.path().join(format!("cut-{round}.csv"));
        if let Some(noted) = kill_in_the_middle(&store, &out) {
            let noted: serde_json::Value = serde_json::from_str(&noted).expect("notes");
            assert!(noted["next"].as_u64().expect("a number") > 0);
            cut_off += 1;
            // A line cut short by the kill, behind what was noted.
            let parts = beside(&out, ".part");
            let mut lines = std::fs::read(&parts).expect("portions");
            lines.extend_from_slice(b"{\"found\":{\"a\":");
            std::fs::write(&parts, lines).expect("portions");
        }
        if out.exists() {
            continue;
        }
        assert_eq!(finish(&store, &out), whole);
        assert!(!beside(&out, ".part").exists() && !beside(&out, ".progress").exists());
    }
    assert!(cut_off > 0, "it was never cut off");
}
