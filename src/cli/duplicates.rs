//! `duplicates`: writes the pairs of records that probably speak of one person. Found pairs are written portion by
//! portion beside the file asked for, so that work that was cut off goes on where it stopped.

use super::arguments::Global;
use super::maintenance::{open, say};
use super::progress;
use super::stop::Stop;
use crate::access::Permit;
use crate::error::Error;
use crate::linkage::{Parameters, completed, shipped};
use crate::model::same_person::{EvidenceWeight, LinkReason, Probability};
use crate::model::visibility::Visibility;
use crate::store::Store;
use crate::workflow::{
    Duplicate, GroupedPeople, PeopleToLink, Suggested, Suggestion, record_suggestions,
};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct Duplicates {
    /// The file to write; it must not exist
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    pub format: Form,
    /// What was learnt, by `kinpath linkage learn`; else the parameters that come with Kinpath
    #[arg(long, value_name = "FILE")]
    pub parameters: Option<PathBuf>,
    /// Pairs less probable than this are left out
    #[arg(long, default_value_t = 0.5)]
    pub least: f64,
    /// As somebody sees it who is cleared for no seal: nothing sealed is compared, and no record on one side of a
    /// sealed adoption with one of the other side
    #[arg(long)]
    pub open_only: bool,
    /// Record the pairs too, as links that nobody has decided yet; what somebody has said of two records stays
    #[arg(long)]
    pub record: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Columns a, b, probability, person, reasons
    Csv,
    /// One pair a line, as JSON
    Jsonl,
}

/// A pair as kept while the work goes on.
#[derive(Serialize, Deserialize)]
struct Found {
    a: String,
    b: String,
    probability: f64,
    reasons: Vec<Reason>,
    /// Pairs of one person have the same: the public id of its first record.
    #[serde(default)]
    person: String,
}

#[derive(Serialize, Deserialize)]
struct Reason {
    field: String,
    bits: f64,
    words: String,
}

/// How far the work is.
#[derive(Serialize, Deserialize)]
struct Progress {
    /// Of the revision, the parameters and the flags: other work begins anew.
    work: String,
    /// The first record that is not done.
    next: usize,
    /// How much of the portions is whole, in bytes.
    bytes: u64,
}

/// Records done between two notes of progress, at least and at most.
const PORTION: (usize, usize) = (256, 16_384);

/// Finds and writes them.
pub fn find(global: &Global, command: &Duplicates) -> Result<(), Stop> {
    if !(0.01..=1.0).contains(&command.least) {
        return Err(Stop::Usage("--least lies between 0.01 and 1".to_owned()));
    }
    let parameters = parameters(command)?;
    let text = parameters
        .to_toml()
        .map_err(|why| Error::Internal { detail: why })?;
    if command.out.exists() {
        return Err(Error::invalid("out", format!("{} exists", command.out.display())).into());
    }
    let store = open(global)?;
    let mut permit = Permit::local_operator();
    if command.open_only {
        permit = permit.limited_to(Visibility::open_only());
    }
    let steps = progress::steps();
    steps.set_message("reading");
    let people = PeopleToLink::read(&store, &permit)?;
    let work = format!(
        "{} {} {} {}",
        people.revision,
        command.least,
        command.open_only,
        digest(&text)
    );
    steps.set_message("making keys");
    let people = people.grouped(&parameters)?;
    steps.finish_and_clear();
    let parts = beside(&command.out, "part");
    let notes = beside(&command.out, "progress");
    let unwritable =
        |why: std::io::Error| Error::invalid("out", format!("{}: {why}", command.out.display()));
    find_portions(&people, command.least, &work, &parts, &notes).map_err(unwritable)?;
    let written = write_all(&people, command, &parts).map_err(unwritable)?;
    if command.record {
        let suggested = record(&store, &permit, &people, &parameters, &parts)?;
        say(&format!(
            "links: {} recorded, {} scored anew, {} left as they were",
            suggested.recorded, suggested.replaced, suggested.left
        ))?;
    }
    fs::remove_file(&parts)
        .and_then(|()| fs::remove_file(&notes))
        .map_err(unwritable)?;
    say(&format!(
        "{}: {written} pairs among {} people",
        command.out.display(),
        people.len()
    ))
}

fn parameters(command: &Duplicates) -> Result<Parameters, Error> {
    let Some(file) = &command.parameters else {
        return shipped().cloned().ok_or_else(|| Error::Internal {
            detail: "the parameters that come with Kinpath are not of its form".to_owned(),
        });
    };
    let wrong = |why: String| Error::invalid("parameters", format!("{}: {why}", file.display()));
    let text = fs::read_to_string(file).map_err(|why| wrong(why.to_string()))?;
    Parameters::from_toml(&text).map(completed).map_err(wrong)
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn beside(out: &Path, ending: &str) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

/// Goes on where the same work was cut off, or begins.
fn find_portions(
    people: &GroupedPeople,
    least: f64,
    work: &str,
    parts: &Path,
    notes: &Path,
) -> std::io::Result<()> {
    let noted = fs::read_to_string(notes)
        .ok()
        .and_then(|text| serde_json::from_str::<Progress>(&text).ok());
    let noted = noted.filter(|noted| noted.work == work && parts.exists());
    let mut progress = noted.unwrap_or(Progress {
        work: work.to_owned(),
        next: 0,
        bytes: 0,
    });
    let mut file = OpenOptions::new().create(true).append(true).open(parts)?;
    file.set_len(progress.bytes)?;
    let bar = progress::bar("people", people.len() as u64);
    let portion = (people.len() / 16).clamp(PORTION.0, PORTION.1);
    while progress.next < people.len() {
        bar.set_position(progress.next as u64);
        let end = (progress.next + portion).min(people.len());
        let mut lines = Vec::new();
        for duplicate in people.duplicates(progress.next..end, least) {
            serde_json::to_writer(&mut lines, &Kept::of(&duplicate))?;
            lines.push(b'\n');
        }
        file.write_all(&lines)?;
        file.sync_data()?;
        progress.next = end;
        progress.bytes += lines.len() as u64;
        let noting = beside(notes, "new");
        fs::write(&noting, serde_json::to_string(&progress)?)?;
        fs::rename(&noting, notes)?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// A line of the portions: the pair, and what clusters need of it.
#[derive(Serialize, Deserialize)]
struct Kept {
    found: Found,
    link: crate::linkage::Link,
}

impl Kept {
    fn of(duplicate: &Duplicate) -> Kept {
        let reasons = duplicate.reasons.iter().map(|reason| Reason {
            field: reason.field.clone(),
            bits: (reason.weight * 100.0).round() / 100.0,
            words: reason.words.clone(),
        });
        let found = Found {
            a: duplicate.a.clone(),
            b: duplicate.b.clone(),
            probability: (duplicate.probability * 1e6).round() / 1e6,
            reasons: reasons.collect(),
            person: String::new(),
        };
        Kept {
            found,
            link: duplicate.link,
        }
    }
}

/// Links recorded in one commit.
const LINKS_OF_A_COMMIT: usize = 500;

/// Records the pairs of one person as links.
fn record(
    store: &Store,
    permit: &Permit,
    people: &GroupedPeople,
    parameters: &Parameters,
    parts: &Path,
) -> Result<Suggested, Error> {
    let unreadable = |why: std::io::Error| Error::invalid("out", why.to_string());
    let mut suggestions = Vec::new();
    for line in BufReader::new(File::open(parts).map_err(unreadable)?).lines() {
        let line = line.map_err(unreadable)?;
        let kept: Kept = serde_json::from_str(&line).map_err(|why| unreadable(why.into()))?;
        suggestions.extend(suggestion(people, &kept));
    }
    let edition = if parameters.edition.is_empty() {
        parameters.provenance.as_str()
    } else {
        parameters.edition.as_str()
    };
    let mut all = Suggested::default();
    for portion in suggestions.chunks(LINKS_OF_A_COMMIT) {
        let suggested = record_suggestions(store, permit, edition, portion)?;
        all.recorded += suggested.recorded;
        all.replaced += suggested.replaced;
        all.left += suggested.left;
    }
    Ok(all)
}

fn suggestion(people: &GroupedPeople, kept: &Kept) -> Option<Suggestion> {
    let reasons = kept.found.reasons.iter().map(|reason| LinkReason {
        field: reason.field.clone(),
        agreement: reason
            .words
            .split(':')
            .next()
            .unwrap_or_default()
            .to_owned(),
        weight: EvidenceWeight::of_bits(reason.bits),
        words: reason.words.clone(),
    });
    Some(Suggestion {
        one: people.person(kept.link.a),
        other: people.person(kept.link.b),
        probability: Probability::new(kept.found.probability)?,
        reasons: reasons.collect(),
    })
}

/// Writes the pairs in the form asked for, each with the person that it belongs to.
fn write_all(people: &GroupedPeople, command: &Duplicates, parts: &Path) -> std::io::Result<u64> {
    let lines = || Ok::<_, std::io::Error>(BufReader::new(File::open(parts)?).lines());
    let mut links = Vec::new();
    for line in lines()? {
        links.push(serde_json::from_str::<Kept>(&line?)?.link);
    }
    let persons = people.people_found(&links);
    let done = beside(&command.out, "new");
    let mut out = BufWriter::new(File::create(&done)?);
    if command.format == Form::Csv {
        writeln!(out, "a,b,probability,person,reasons")?;
    }
    for line in lines()? {
        let kept: Kept = serde_json::from_str(&line?)?;
        let mut found = kept.found;
        // Pairs that are kept apart, as others contradict them, belong to nobody.
        if persons[kept.link.a as usize] == persons[kept.link.b as usize] {
            found.person = people.public_id(persons[kept.link.a as usize]).to_owned();
        }
        match command.format {
            Form::Jsonl => {
                serde_json::to_writer(&mut out, &found)?;
                writeln!(out)?;
            }
            Form::Csv => {
                let reasons = found
                    .reasons
                    .iter()
                    .map(|reason| format!("{} {:+}: {}", reason.field, reason.bits, reason.words));
                let reasons = reasons.collect::<Vec<_>>().join("; ").replace('"', "\"\"");
                writeln!(
                    out,
                    "{},{},{},{},\"{reasons}\"",
                    found.a, found.b, found.probability, found.person
                )?;
            }
        }
    }
    out.flush()?;
    fs::rename(&done, &command.out)?;
    Ok(links.len() as u64)
}
