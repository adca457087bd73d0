//! A module uses only modules of rows below its own. Cargo does not check this inside a crate; this test reads every
//! path that begins with `crate::` (or climbs to the crate's root with `super::`) and fails on any other edge.
//! It also holds that protobuf stays in `api`, async in the doors and RocksDB in `store`.

use std::fs;
use std::path::{Path, PathBuf};

/// The rows, lowest first. Modules of one row do not see each other.
const ROWS: &[&[&str]] = &[
    &["model", "error"],
    &["names"],
    &["lookup"],
    &[
        "kinship",
        "linkage",
        "placement",
        "genogram",
        "exchange",
        "sample",
        "staging",
        "store",
    ],
    &["access"],
    &["workflow"],
    &["pace"],
    &["ambient", "long_work", "offload"],
    &["metrics", "traces"],
    &["api", "console"],
    &["config", "operations"],
    &["server"],
    &["cli"],
    &["main"],
];

/// Edges inside a row that are meant.
const SIDEWAYS: &[(&str, &str)] = &[("genogram", "kinship")];

/// Crates that only some modules may see, by the beginning of their name.
const CRATES: &[(&str, &[&str])] = &[
    ("tonic", &["api"]),
    ("prost", &["api"]),
    ("pbjson", &["api"]),
    (
        "tokio",
        &[
            "api",
            "cli",
            "console",
            "long_work",
            "offload",
            "operations",
            "server",
        ],
    ),
    ("hyper", &["api"]),
    ("http_body", &["api"]),
    ("prometheus_client", &["metrics"]),
    ("opentelemetry", &["traces"]),
    ("rocksdb", &["store"]),
    ("clap", &["cli", "main"]),
    ("petgraph", &["kinship"]),
];

fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

/// What is wrong with one module using another; nothing if it may.
fn wrong_edge(from: &str, to: &str) -> Option<String> {
    if from == to || SIDEWAYS.contains(&(from, to)) {
        return None;
    }
    match (row(from), row(to)) {
        (None, _) => Some(format!("{from} stands in no row of tests/architecture.rs")),
        (_, None) => Some(format!("{to} stands in no row of tests/architecture.rs")),
        (Some(above), Some(below)) if above > below => None,
        _ => Some(format!("{from} must not use {to}")),
    }
}

/// What is wrong in the text of one file of this module. `depth` is 1 for `src/x.rs` and `src/x/mod.rs`.
fn wrong_in_text(module: &str, depth: usize, text: &str) -> Vec<String> {
    let code = without_comments(text);
    let mut wrong = Vec::new();
    for target in crate_paths(&code) {
        wrong.extend(wrong_edge(module, &target));
    }
    for target in paths_after(&code, &"super::".repeat(depth)) {
        if row(&target).is_some() {
            wrong.extend(wrong_edge(module, &target));
        }
    }
    for name in names(&code) {
        for (prefix, allowed) in CRATES {
            let is_path =
                name.1 && (name.0 == *prefix || name.0.starts_with(&format!("{prefix}_")));
            if is_path && !allowed.contains(&module) {
                wrong.push(format!("{module} must not see the crate {}", name.0));
            }
        }
    }
    wrong
}

fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// The top modules named by `crate::x` and `crate::{x::…, y}`. Items of the crate's root do not exist here.
fn crate_paths(code: &str) -> Vec<String> {
    paths_after(code, "crate::")
}

fn paths_after(code: &str, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (position, _) in code.match_indices(prefix) {
        let before = code[..position].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
            continue;
        }
        let rest = &code[position + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group_members(group)),
            None => found.push(identifier(rest)),
        }
    }
    found.retain(|name| !name.is_empty() && name != "super" && name != "self");
    found
}

/// The first identifier of each member of a `{…}` group, whose opening brace is already gone.
fn group_members(group: &str) -> Vec<String> {
    let mut members = Vec::new();
    let mut depth = 0;
    let mut begins = true;
    for (position, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if c.is_whitespace() => {}
            _ if begins => {
                members.push(identifier(&group[position..]));
                begins = false;
            }
            _ => {}
        }
    }
    members
}

fn identifier(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// Every identifier that does not follow `::`, and whether `::` follows it.
fn names(code: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut rest = code;
    let mut after_path = false;
    while let Some(character) = rest.chars().next() {
        let name = identifier(rest);
        if name.is_empty() {
            after_path = rest.starts_with("::");
            let step = if after_path { 2 } else { character.len_utf8() };
            rest = &rest[step..];
            continue;
        }
        rest = &rest[name.len()..];
        if !after_path {
            found.push((name, rest.starts_with("::")));
        }
        after_path = false;
    }
    found
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The top module of a file under `src`, and how many `super` lead from it to the crate's root.
fn place(file: &Path) -> (String, usize) {
    let mut parts: Vec<String> = file
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    (parts[0].clone(), parts.len())
}

#[test]
fn every_module_uses_only_rows_below_its_own() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut files = 0;
    for file in rust_files(&source) {
        let inside = file.strip_prefix(&source).expect("it lies in src");
        let (module, depth) = place(inside);
        if module == "lib" {
            continue;
        }
        files += 1;
        let text = fs::read_to_string(&file).expect("the file can be read");
        for what in wrong_in_text(&module, depth, &text) {
            wrong.push(format!("{}: {what}", inside.display()));
        }
    }
    assert!(files > 20, "only {files} files were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn made_up_forbidden_edges_are_caught() {
    let caught = |module: &str, depth: usize, text: &str| wrong_in_text(module, depth, text).len();
    assert_eq!(caught("kinship", 2, "use crate::store::Store;"), 1);
    assert_eq!(
        caught("model", 2, "fn f() { crate::workflow::find_family() }"),
        1
    );
    assert_eq!(
        caught(
            "workflow",
            2,
            "use crate::{model::ids, api::{v1, Client}, access};"
        ),
        1
    );
    assert_eq!(caught("store", 2, "use super::super::kinship::Path;"), 1);
    assert_eq!(caught("placement", 2, "let x = tokio::spawn(f);"), 1);
    assert_eq!(caught("cli", 2, "use tonic::Status;"), 1);
    assert_eq!(caught("workflow", 2, "use tonic_types::ErrorDetails;"), 1);
    assert_eq!(caught("workflow", 2, "use crate::newcomer::Thing;"), 1);
}

#[test]
fn edges_that_are_meant_pass() {
    let caught = |module: &str, depth: usize, text: &str| wrong_in_text(module, depth, text).len();
    assert_eq!(
        caught(
            "workflow",
            2,
            "use crate::{\n    access::Permit,\n    model::{ids, tie},\n};"
        ),
        0
    );
    assert_eq!(caught("genogram", 2, "use crate::kinship::naming;"), 0);
    assert_eq!(caught("kinship", 2, "// use crate::store::Store;"), 0);
    assert_eq!(
        caught("api", 2, "use super::store_words; use crate::api::v1;"),
        0
    );
    assert_eq!(caught("api", 3, "use super::super::status;"), 0);
}
