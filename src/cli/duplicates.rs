//! `duplicates`: writes the pairs of records that probably speak of one person. What pairs are
//! likely is noted portion by portion beside the file asked for, so that work that was cut off goes on where it stopped;
//! then third records are heard and all is written.

use super::arguments::Global;
use super::maintenance::{open, say};
use super::progress;
use super::stop::Stop;
use crate::access::Permit;
use crate::error::Error;
use crate::linkage::{Link, Parameters, completed, shipped};
use crate::model::same_person::{EvidenceWeight, LinkReason, Probability};
use crate::model::visibility::Visibility;
use crate::store::Store;
use crate::workflow::{
    Duplicate, GroupedPeople, Heard, PeopleToLink, Suggested, Suggestion, record_suggestions,
};
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::ops::Range;
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

/// A pair as it is written.
#[derive(Serialize)]
struct Found {
    a: String,
    b: String,
    probability: f64,
    reasons: Vec<Reason>,
    /// Pairs of one person have the same: the public id of its first record.
    person: String,
}

#[derive(Serialize)]
struct Reason {
    field: String,
    bits: f64,
    words: String,
}

impl Found {
    fn of(duplicate: &Duplicate) -> Found {
        let reasons = duplicate.reasons.iter().map(|reason| Reason {
            field: reason.field.clone(),
            bits: (reason.weight * 100.0).round() / 100.0,
            words: reason.words.clone(),
        });
        Found {
            a: duplicate.a.clone(),
            b: duplicate.b.clone(),
            probability: (duplicate.probability * 1e6).round() / 1e6,
            reasons: reasons.collect(),
            person: String::new(),
        }
    }
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
        "{} {} {}",
        people.revision,
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
    find_portions(&people, &work, &parts, &notes).map_err(unwritable)?;
    let steps = progress::steps();
    steps.set_message("hearing third records");
    let links = read_links(&parts).map_err(unwritable)?;
    let heard = people.heard(links);
    steps.finish_and_clear();
    let written = write_all(&people, &heard, command).map_err(unwritable)?;
    if command.record {
        let suggested = record(&store, &permit, &people, &parameters, &heard, command.least)?;
        say(&format!(
            "links: {} recorded, {} scored anew, {} left as they were",
            suggested.recorded, suggested.replaced, suggested.left
        ))?;
    }
    fs::remove_file(&parts)
        .and_then(|()| fs::remove_file(&notes))
        .map_err(unwritable)?;
    say(&format!(
        "{}: {written} pairs among {} people; about {:.0} pairs of records are one person",
        command.out.display(),
        people.len(),
        heard.expected
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

/// Compares everybody, portion by portion; goes on where the same work was cut off, or begins.
fn find_portions(
    people: &GroupedPeople,
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
        let mut kept = Vec::new();
        for link in people.links(progress.next..end) {
            kept.extend(link.a.to_le_bytes());
            kept.extend(link.b.to_le_bytes());
            kept.extend(link.odds.to_le_bytes());
        }
        file.write_all(&kept)?;
        file.sync_data()?;
        progress.next = end;
        progress.bytes += kept.len() as u64;
        let noting = beside(notes, "new");
        fs::write(&noting, serde_json::to_string(&progress)?)?;
        fs::rename(&noting, notes)?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// The links of all portions.
fn read_links(parts: &Path) -> std::io::Result<Vec<Link>> {
    let bytes = fs::read(parts)?;
    let (links, _) = bytes.as_chunks::<12>();
    let link = |[a0, a1, a2, a3, b0, b1, b2, b3, o0, o1, o2, o3]: &[u8; 12]| Link {
        a: u32::from_le_bytes([*a0, *a1, *a2, *a3]),
        b: u32::from_le_bytes([*b0, *b1, *b2, *b3]),
        odds: f32::from_le_bytes([*o0, *o1, *o2, *o3]),
    };
    Ok(links.iter().map(link).collect())
}

/// Links recorded in one commit.
const LINKS_OF_A_COMMIT: usize = 500;

/// Records the pairs of one person as links.
fn record(
    store: &Store,
    permit: &Permit,
    people: &GroupedPeople,
    parameters: &Parameters,
    heard: &Heard,
    least: f64,
) -> Result<Suggested, Error> {
    let edition = if parameters.edition.is_empty() {
        parameters.provenance.as_str()
    } else {
        parameters.edition.as_str()
    };
    let mut all = Suggested::default();
    let mut suggestions = Vec::new();
    for range in ranges(heard.links.len()) {
        let found = people.described(heard, range, least);
        suggestions.extend(found.iter().filter_map(|found| suggestion(people, found)));
    }
    for portion in suggestions.chunks(LINKS_OF_A_COMMIT) {
        let suggested = record_suggestions(store, permit, edition, portion)?;
        all.recorded += suggested.recorded;
        all.replaced += suggested.replaced;
        all.left += suggested.left;
    }
    Ok(all)
}

fn suggestion(people: &GroupedPeople, found: &Duplicate) -> Option<Suggestion> {
    let reasons = found.reasons.iter().map(|reason| LinkReason {
        field: reason.field.clone(),
        agreement: reason
            .words
            .split(':')
            .next()
            .unwrap_or_default()
            .to_owned(),
        weight: EvidenceWeight::of_bits(reason.weight),
        words: reason.words.clone(),
    });
    Some(Suggestion {
        one: people.person(found.link.a),
        other: people.person(found.link.b),
        probability: Probability::new(found.probability)?,
        reasons: reasons.collect(),
    })
}

/// Pairs described at a time.
const DESCRIBED: usize = 65_536;

fn ranges(count: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..count).step_by(DESCRIBED);
    starts.map(move |start| start..count.min(start + DESCRIBED))
}

/// Writes the pairs in the form asked for, each with the person that it belongs to.
fn write_all(
    people: &GroupedPeople,
    heard: &Heard,
    command: &Duplicates,
) -> std::io::Result<usize> {
    let likely = heard.links.iter().copied();
    let likely: Vec<Link> = likely
        .filter(|link| link.probability() >= command.least)
        .collect();
    let persons = people.people_found(&likely, heard.expected);
    let done = beside(&command.out, "new");
    let mut out = BufWriter::new(File::create(&done)?);
    if command.format == Form::Csv {
        writeln!(out, "a,b,probability,person,reasons")?;
    }
    let bar = progress::bar("pairs", heard.links.len() as u64);
    for range in ranges(heard.links.len()) {
        bar.set_position(range.start as u64);
        let found = people.described(heard, range, command.least);
        let lines: std::io::Result<Vec<Vec<u8>>> = found
            .par_iter()
            .map(|found| line(people, &persons, found, command.format))
            .collect();
        lines?.iter().try_for_each(|line| out.write_all(line))?;
    }
    bar.finish_and_clear();
    out.flush()?;
    fs::rename(&done, &command.out)?;
    Ok(likely.len())
}

fn line(
    people: &GroupedPeople,
    persons: &[u32],
    duplicate: &Duplicate,
    form: Form,
) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut found = Found::of(duplicate);
    // Pairs that are kept apart, as others contradict them, belong to nobody.
    let ends = [duplicate.link.a, duplicate.link.b].map(|place| persons[place as usize]);
    if ends[0] == ends[1] {
        found.person = people.public_id(ends[0]);
    }
    match form {
        Form::Jsonl => {
            serde_json::to_writer(&mut line, &found)?;
            writeln!(line)?;
        }
        Form::Csv => {
            let reasons = found
                .reasons
                .iter()
                .map(|reason| format!("{} {:+}: {}", reason.field, reason.bits, reason.words));
            let reasons = reasons.collect::<Vec<_>>().join("; ").replace('"', "\"\"");
            writeln!(
                line,
                "{},{},{},{},\"{reasons}\"",
                found.a, found.b, found.probability, found.person
            )?;
        }
    }
    Ok(line)
}
