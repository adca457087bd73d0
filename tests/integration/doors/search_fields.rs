//! The fields of `kinpath search` on the command line: each of them alone picks out the person meant, and together they do.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

const PEOPLE: &str = "\
id,full_name,given_names,family_name,birth_family_name,gender,birth_date,places,source
marg,Margaret Josef,Margaret,Josef,Quillan,female,1961-03-12,Alert Bay,file 1
anne,Anne Josef,Anne,Josef,,female,1985,Bella Coola,file 1
paul,Paul Ferrier,Paul,Ferrier,,male,1961-03-12,Port Hardy,file 1
rosa,Rosa Ferrier,Rosa,Ferrier,,female,1990-07-30,Port Hardy,file 1
";
const TIES: &str = "kind,from,to,nature,source\nparent,marg,rosa,birth,file 1\n";

fn kinpath(data: &Path, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinpath"));
    command.arg("--data").arg(data).args(words);
    let done = command.output().expect("it runs");
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{words:?}: {told}");
    String::from_utf8(done.stdout).expect("text")
}

/// The names of those found, the likeliest first.
fn found(data: &Path, words: &[&str]) -> Vec<String> {
    let answer = kinpath(data, &[&["search", "--json"], words].concat());
    let mut names = Vec::new();
    for page in answer.lines() {
        let page: Value = serde_json::from_str(page).expect("JSON");
        for found in page["found"].as_array().into_iter().flatten() {
            let name = found["person"]["displayName"].as_str();
            names.push(name.unwrap_or_else(|| panic!("{found}")).to_owned());
        }
    }
    names
}

#[test]
fn each_field_of_a_search_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("bundle");
    std::fs::create_dir(&bundle).expect("a folder");
    std::fs::write(bundle.join("people.csv"), PEOPLE).expect("a file");
    std::fs::write(bundle.join("ties.csv"), TIES).expect("a file");
    let data = folder.path().join("store");
    kinpath(&data, &["import", bundle.to_str().expect("a path")]);
    let first = |words: &[&str]| found(&data, words).into_iter().next().unwrap_or_default();

    assert_eq!(
        first(&["--given", "Marg", "--family", "Josef"]),
        "Margaret Josef"
    );
    assert_eq!(
        first(&["--family", "Josef", "--born", "1961"]),
        "Margaret Josef"
    );
    assert_eq!(
        first(&["--family", "Josef", "--born", "1985~"]),
        "Anne Josef"
    );
    assert_eq!(
        first(&["--family", "Josef", "--place", "Bella Coola"]),
        "Anne Josef"
    );
    assert_eq!(
        first(&["--family", "Ferrier", "--born", "1961-03-12"]),
        "Paul Ferrier"
    );
    assert_eq!(
        first(&["--given", "Margaret", "--birth-family", "Quillan"]),
        "Margaret Josef"
    );
    assert_eq!(
        found(&data, &["Ferrier", "--relative-of", "Margaret Josef"]),
        ["Rosa Ferrier"]
    );
    assert_eq!(
        found(&data, &["--family", "Ferrier", "--limit", "1"]).len(),
        1
    );
}
