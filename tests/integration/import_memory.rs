//! What an import of a GEDCOM file takes in memory: the greatest resident set of the program itself, as the kernel counts
//! it, less that of the import of a file without people. At most twenty times the file's size; a store may hold 96 MiB beside.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// About how long each file is, in bytes. Some megabytes more or less of a run do not matter beside this.
const SIZE: usize = 4_000_000;
const MOST_TIMES: u64 = 20;
/// What a store holds however small the file is, in bytes: entries of a stretch of 32,768 subjects, once
/// more while they are sealed, unwritten changes.
const STORE_BASE: u64 = 96 << 20;
/// Files that are stored too; the others are like one of these to the store.
const STORED: [&str; 2] = ["bare people", "families"];

fn file(records: impl Iterator<Item = String>) -> String {
    let mut text = String::from("0 HEAD\n1 GEDC\n2 VERS 5.5.1\n1 CHAR UTF-8\n");
    for record in records {
        text.push_str(&record);
        if text.len() > SIZE {
            break;
        }
    }
    text.push_str("0 TRLR\n");
    text
}

fn family(number: usize) -> String {
    let people = number * 12..number * 12 + 12;
    let mut text: String = people.clone().map(|n| format!("0 @I{n}@ INDI\n")).collect();
    text.push_str(&format!("0 @F{number}@ FAM\n"));
    for (place, person) in people.enumerate() {
        let tag = ["HUSB", "WIFE"].get(place).copied().unwrap_or("CHIL");
        text.push_str(&format!("1 {tag} @I{person}@\n"));
    }
    text
}

fn named(n: usize) -> String {
    let (given, surname, year) = (n / 7 % 1000, n % 997, 1900 + n % 100);
    format!("0 @I{n}@ INDI\n1 NAME Ann{given} /Lee{surname}/\n1 SEX F\n1 BIRT\n2 DATE {year}\n")
}

fn deep(n: usize) -> String {
    let lines = (2..5_000).map(|level| format!("{level} NOTE x\n"));
    format!("0 @I{n}@ INDI\n1 _A\n{}", lines.collect::<String>())
}

fn files() -> Vec<(&'static str, String)> {
    vec![
        (
            "bare people",
            file((0..).map(|n| format!("0 @I{n}@ INDI\n"))),
        ),
        ("named people", file((0..).map(named))),
        ("families", file((0..).map(family))),
        (
            "notes",
            file((0..).map(|n| format!("0 @I{n}@ INDI\n1 NOTE n {n}\n2 CONT y\n"))),
        ),
        (
            "notes of their own",
            file((0..).map(|n| format!("0 @N{n}@ NOTE n {n}\n1 CONT y\n"))),
        ),
        ("deep nesting", file((0..).map(deep))),
    ]
}

/// The greatest resident set of an import, in KiB.
fn peak(folder: &Path, name: &str, text: &str, is_dry: bool) -> u64 {
    let path = folder.join("tree.ged");
    fs::write(&path, text).unwrap();
    let data = folder.join(format!("{name} {is_dry}"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinpath"));
    command.arg("--data").arg(&data).arg("import").arg(&path);
    if is_dry {
        command.arg("--dry-run");
    }
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = quiet.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let told = fs::read_to_string(&status).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse().ok());
        peak = kilobytes.unwrap_or(0).max(peak);
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success(), "{name}: {ended}");
            assert!(peak > 0, "{name}: nothing was measured");
            return peak;
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

#[test]
fn an_import_takes_at_most_twenty_times_the_size_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = Vec::new();
    for is_dry in [true, false] {
        let empty = peak(folder.path(), "empty", &file(std::iter::empty()), is_dry);
        let files = files().into_iter();
        for (name, text) in files.filter(|(name, _)| is_dry || STORED.contains(name)) {
            let taken = peak(folder.path(), name, &text, is_dry).saturating_sub(empty) * 1024;
            let base = if is_dry { 0 } else { STORE_BASE };
            let most = base + MOST_TIMES * text.len() as u64;
            told.push((name, is_dry, taken, most));
        }
    }
    let is_within = told.iter().all(|(_, _, taken, most)| taken <= most);
    assert!(is_within, "file, checked only, bytes, most: {told:?}");
}
