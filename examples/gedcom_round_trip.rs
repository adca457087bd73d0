//! Takes every GEDCOM file of a folder in, out (5.5.1 and 7.0) and in again, and tells where the second graph or the
//! second export differs from the first. Usage: gedcom_round_trip FOLDER [FOLDER FOR THE EXPORTS]

use kinpath::access::Permit;
use kinpath::exchange::gedcom::{Version, read_bytes, read_file};
use kinpath::exchange::report::{ReadBundle, ReadOptions};
use kinpath::model::bundle::{Bundle, BundleContent, BundleSubject};
use kinpath::model::ids::{SourceId, Subject, SubjectKind};
use kinpath::model::partial_date::Day;
use kinpath::model::statement::{Fact, Source};
use kinpath::store::{ImportRequest, Store, StoreOptions};
use kinpath::workflow::{ExportGedcom, export_gedcom};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

type Failure = Box<dyn std::error::Error>;

/// How many differences of one file are shown.
const MOST_SHOWN: usize = 12;

fn main() -> ExitCode {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let Some(folder) = folders.first() else {
        eprintln!("usage: gedcom_round_trip FOLDER [FOLDER FOR THE EXPORTS]");
        return ExitCode::from(2);
    };
    let mut files = Vec::new();
    find_files(folder, &mut files);
    files.sort();
    if files.is_empty() {
        println!("absent: there is no GEDCOM file in {}", folder.display());
        return ExitCode::SUCCESS;
    }
    let (mut taken, mut same) = (0, 0);
    for path in &files {
        match go_round(path, folders.get(1).map(PathBuf::as_path)) {
            Ok(Round::Refused(reason)) => println!("refused   {}: {reason}", path.display()),
            Ok(Round::Taken(differences)) => {
                taken += 1;
                same += usize::from(differences.is_empty());
                let word = if differences.is_empty() {
                    "same"
                } else {
                    "DIFFERENT"
                };
                println!("{word:9} {}", path.display());
                for difference in differences.iter().take(MOST_SHOWN) {
                    println!("    {difference}");
                }
            }
            Err(failure) => println!("FAILED    {}: {failure}", path.display()),
        }
    }
    let count = files.len();
    println!("{count} files, {taken} taken, {same} the same after both rounds");
    ExitCode::from(u8::from(same < taken))
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        if path.is_dir() {
            find_files(&path, files);
        } else if ending == "ged" || ending == "gdz" {
            files.push(path);
        }
    }
}

enum Round {
    Refused(String),
    Taken(Vec<String>),
}

fn go_round(path: &Path, exports: Option<&Path>) -> Result<Round, Failure> {
    let first = match read_file(path, &ReadOptions::default()) {
        Ok(read) if read.errors == 0 => read,
        Ok(read) => return Ok(Round::Refused(first_finding(&read))),
        Err(error) => return Ok(Round::Refused(error.to_string())),
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{stem}.ged");
    let store = stored(&first.bundle)?;
    let mut differences = Vec::new();
    if brought(&store, &first.bundle, "again")? != 0 {
        differences.push("importing it again changes something".to_owned());
    }
    for (version, word) in [(Version::V5, "5"), (Version::V7, "7")] {
        let text = written(&store, version)?;
        if let Some(folder) = exports {
            std::fs::create_dir_all(folder)?;
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            std::fs::write(folder.join(format!("{stem}.{ending}.{word}.ged")), &text)?;
        }
        let second = read_bytes(&name, text.as_bytes(), &ReadOptions::default());
        if second.errors > 0 {
            differences.push(format!("{word}: {}", first_finding(&second)));
            continue;
        }
        let found = compared(&first.bundle.unpacked()?, &second.bundle.unpacked()?);
        differences.extend(found.into_iter().map(|found| format!("{word}: {found}")));
        let again = written(&stored(&second.bundle)?, version)?;
        if let Some((one, two)) = text
            .lines()
            .zip(again.lines())
            .find(|(one, two)| one != two)
        {
            differences.push(format!("{word}: written again: {two:?} for {one:?}"));
        } else if text.len() != again.len() {
            let (one, two) = (text.lines().count(), again.lines().count());
            differences.push(format!("{word}: written again: {two} lines for {one}"));
        }
    }
    Ok(Round::Taken(differences))
}

fn first_finding(read: &ReadBundle) -> String {
    let first = read.findings.first();
    first.map_or_else(String::new, |first| {
        format!("line {}: {}", first.origin.line, first.reason)
    })
}

fn stored(bundle: &dyn BundleContent) -> Result<Store, Failure> {
    let store = Store::in_memory(&StoreOptions::default())?;
    brought(&store, bundle, "first")?;
    Ok(store)
}

fn brought(store: &Store, bundle: &dyn BundleContent, id: &str) -> Result<u64, Failure> {
    let request = ImportRequest::new(id, "round trip");
    let done = store.import(bundle, &request, &mut |_| ControlFlow::Continue(()))?;
    Ok(done.new_statements + done.changed_statements)
}

fn written(store: &Store, version: Version) -> Result<String, Failure> {
    let question = ExportGedcom {
        version,
        people: Vec::new(),
        degree: 6,
        with_sealed: true,
        as_of: Day(20_000),
    };
    let mut out = Vec::new();
    export_gedcom(store, &Permit::local_operator(), &question, &mut out)?;
    Ok(String::from_utf8(out)?)
}

/// People in the order of the file with what is said of each: facts as text, other people by their place in that order.
fn told(bundle: &Bundle) -> Vec<(String, Vec<String>)> {
    let mut places: BTreeMap<u64, u64> = BTreeMap::new();
    for (number, subject) in bundle.subjects.iter().enumerate() {
        if subject.kind == SubjectKind::Person {
            places.insert(number as u64, places.len() as u64);
        }
    }
    let people = bundle
        .subjects
        .iter()
        .filter(|subject| subject.kind == SubjectKind::Person);
    people
        .map(|person| {
            (
                person.external_id.xref.clone(),
                facts_of(bundle, person, &places),
            )
        })
        .collect()
}

fn facts_of(bundle: &Bundle, person: &BundleSubject, places: &BTreeMap<u64, u64>) -> Vec<String> {
    let mut facts = Vec::new();
    for held in &person.facts {
        if matches!(held.fact, Fact::KeptLines(_)) {
            continue;
        }
        let mut fact = held.fact.clone();
        let mut place_names = Vec::new();
        fact.map_subjects(&mut |subject| match subject {
            Subject::Person(person) => {
                let place = places.get(&person.0).copied().unwrap_or(u64::MAX);
                Subject::Person(kinpath::model::ids::PersonId(place))
            }
            Subject::Place(place) => {
                for fact in bundle
                    .subjects
                    .get(place.0 as usize)
                    .into_iter()
                    .flat_map(|place| &place.facts)
                {
                    if let Fact::Place(place) = &fact.fact {
                        place_names.push(place.clone());
                    }
                }
                Subject::Place(kinpath::model::ids::PlaceId(0))
            }
            other => other,
        });
        let source = bundle
            .sources
            .get(held.evidence.source.0 as usize)
            .cloned()
            .unwrap_or_default();
        // The file itself, as which record, is told anew by each file.
        let document = source.document.to_lowercase();
        let is_file = document.ends_with(".ged") || document.ends_with(".gdz");
        let source = if is_file { Source::default() } else { source };
        let mut evidence = held.evidence;
        evidence.source = SourceId(0);
        facts.push(format!("{fact:?} {place_names:?} {evidence:?} {source:?}"));
    }
    facts.sort();
    facts
}

fn compared(first: &Bundle, second: &Bundle) -> Vec<String> {
    let (first, second) = (told(first), told(second));
    let mut differences = Vec::new();
    if first.len() != second.len() {
        differences.push(format!("{} people for {}", second.len(), first.len()));
    }
    for ((xref, one), (_, two)) in first.iter().zip(&second) {
        let lost = one.iter().filter(|fact| !two.contains(fact));
        differences.extend(lost.map(|fact| format!("{xref} lost {fact}")));
        let added = two.iter().filter(|fact| !one.contains(fact));
        differences.extend(added.map(|fact| format!("{xref} got {fact}")));
        if one.len() != two.len() {
            differences.push(format!("{xref}: {} facts for {}", two.len(), one.len()));
        }
    }
    differences
}
