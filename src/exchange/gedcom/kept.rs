//! What was not understood: listed with its lines, and kept with the person or, where it belongs to nobody, with a
//! household that stands for the file, so that an export gives it back.

use super::lines::Line;
use super::reader::Reading;
use crate::exchange::assembly::Standing;
use crate::model::ids::SubjectKind;
use crate::model::statement::{Certainty, Fact, KeptLines, SealClass, Source};
use rustc_hash::FxHashMap;

/// How many further lines a finding about unknown tags lists.
const MORE_LINES: usize = 10;
/// Lines that stand under the same one are kept together up to about this many bytes.
const LONGEST_TEXT: usize = 32 * 1024;
/// Lines deeper than this are kept with those above them.
const DEEPEST_PATH: usize = 6;
/// The reference of the household that stands for the file.
pub const FILE_XREF: &str = "file";
/// Kept without a word: they are understood, and say nothing of people, or more than we can hold.
const KNOWN: [&str; 31] = [
    "CHR", "BAPM", "BURI", "CREM", "HEAD", "SUBM", "SUBN", "SOUR", "REPO", "NOTE", "SNOTE", "OBJE",
    "CHAN", "CREA", "RIN", "REFN", "_UID", "UID", "EXID", "AFN", "RFN", "NCHI", "DATE", "TYPE",
    "NPFX", "NSFX", "SPFX", "GIVN", "SURN", "RESN", "SEX",
];

/// Lists and keeps every line that was not taken.
pub fn keep_what_was_not_taken(reading: &mut Reading<'_>) {
    let mut listed = Listed::default();
    let mut owners = family_owners(reading);
    let mut file = None;
    let records: Vec<usize> = reading.tree.records().collect();
    for record in records {
        let line = reading.tree.line(record);
        if line.tag == "TRLR" {
            continue;
        }
        let person = (line.tag == "INDI")
            .then(|| reading.people.get(line.xref).copied())
            .flatten();
        let owner = match person {
            Some(person) => Some(person),
            None => owners.remove(&record),
        };
        match owner {
            Some(owner) if reading.is_taken(record) => {
                let above = match person {
                    Some(_) => String::new(),
                    None => named_family(reading, record),
                };
                keep_below(reading, record, owner, &above, &mut listed);
            }
            _ => {
                listed.note(reading, line.tag.to_owned(), record);
                let holder = *file.get_or_insert_with(|| {
                    reading
                        .assembly
                        .add_subject(SubjectKind::Household, FILE_XREF)
                });
                let mut lines = KeptLines {
                    under: String::new(),
                    text: String::new(),
                };
                append(reading, record, &mut lines.text);
                let source = reading.assembly.source(Source {
                    document: reading.file.clone(),
                    ..Source::default()
                });
                let standing = Standing {
                    source,
                    certainty: Certainty::Reported,
                    seal: SealClass::Open,
                };
                let fact = Fact::KeptLines(lines);
                reading.assembly.add_fact(holder, fact, standing.always());
            }
        }
    }
    listed.tell(reading);
}

/// Whom the lines of each family are kept with: a partner, else a child.
fn family_owners(reading: &Reading<'_>) -> FxHashMap<usize, u64> {
    let mut owners = FxHashMap::default();
    for family in reading.records_of("FAM") {
        let member = ["HUSB", "WIFE", "CHIL"].into_iter().find_map(|tag| {
            let line = reading.tree.child(family, tag)?;
            let xref = reading.tree.line(line).pointer()?;
            reading.people.get(xref).copied()
        });
        owners.extend(member.map(|member| (family, member)));
    }
    owners
}

/// A family as a path names it: its reference, then those of its partners.
fn named_family(reading: &Reading<'_>, record: usize) -> String {
    let mut name = format!("FAM @{}@", reading.tree.line(record).xref);
    for child in reading.tree.children(record) {
        let line = reading.tree.line(child);
        if matches!(line.tag, "HUSB" | "WIFE") && line.pointer().is_some() {
            name.push(' ');
            name.push_str(line.value.trim());
        }
    }
    name
}

/// Keeps each whole subtree below a record that begins with a line not taken.
fn keep_below(
    reading: &mut Reading<'_>,
    record: usize,
    owner: u64,
    above: &str,
    listed: &mut Listed,
) {
    // The lines between the record and the present one: how each is named, its tag, and where its subtree ends.
    let mut path: Vec<(String, &str, usize)> = Vec::new();
    // How many lines without a value there were of each tag directly below the record.
    let mut seen = FxHashMap::default();
    let mut open = KeptLines {
        under: String::new(),
        text: String::new(),
    };
    let mut position = record + 1;
    let end = reading.tree.subtree(record).end;
    while position < end {
        while path.last().is_some_and(|(_, _, end)| *end <= position) {
            path.pop();
        }
        let line = reading.tree.line(position);
        let subtree_end = reading.tree.subtree(position).end;
        if reading.is_taken(position) && path.len() < DEEPEST_PATH {
            let mut elsewhere = FxHashMap::default();
            let counts = if path.is_empty() {
                &mut seen
            } else {
                &mut elsewhere
            };
            path.push((named(line, counts), line.tag, subtree_end));
            position += 1;
            continue;
        }
        if reading.is_taken(position) {
            position = subtree_end;
            continue;
        }
        let record_tag = reading.tree.line(record).tag;
        let tags: Vec<&str> = path.iter().map(|(_, tag, _)| *tag).collect();
        let key = [&[record_tag], tags.as_slice(), &[line.tag]]
            .concat()
            .join(".");
        listed.note(reading, key, position);
        let parts = (!above.is_empty()).then_some(above);
        let parts = parts
            .into_iter()
            .chain(path.iter().map(|(name, _, _)| name.as_str()));
        let under = parts.collect::<Vec<&str>>().join("\n");
        if open.under != under || open.text.len() > LONGEST_TEXT {
            keep(reading, record, owner, &mut open);
            open.under = under;
        }
        append(reading, position, &mut open.text);
        position = subtree_end;
    }
    keep(reading, record, owner, &mut open);
}

/// A line as a path names it: tag and value, and for the second of its kind `#2` behind the tag.
fn named(line: Line<'_>, seen: &mut FxHashMap<String, usize>) -> String {
    const LONGEST_VALUE: usize = 200;
    let value: String = line.value.trim().chars().take(LONGEST_VALUE).collect();
    let nth = seen.entry(line.tag.to_owned()).or_insert(0);
    *nth += usize::from(value.is_empty());
    let mark = if value.is_empty() && *nth > 1 {
        format!("#{nth}")
    } else {
        String::new()
    };
    format!("{}{mark} {value}", line.tag).trim_end().to_owned()
}

/// Adds a subtree to a text, with levels that begin at 0.
fn append(reading: &Reading<'_>, position: usize, text: &mut String) {
    let first = reading.tree.line(position).level;
    let mut level = first;
    for line in reading.tree.subtree(position) {
        let line = reading.tree.line(line);
        let (depth, tag) = if line.tag.is_empty() {
            (level - first + 1, "CONT")
        } else {
            level = line.level.max(first);
            (level - first, line.tag)
        };
        text.push_str(&depth.to_string());
        if !line.xref.is_empty() {
            text.push_str(&format!(" @{}@", line.xref));
        }
        text.push(' ');
        text.push_str(tag);
        if !line.value.is_empty() {
            text.push(' ');
            text.push_str(line.value);
        }
        text.push('\n');
    }
}

/// Adds what was collected as a fact, and empties it.
fn keep(reading: &mut Reading<'_>, record: usize, owner: u64, lines: &mut KeptLines) {
    if lines.text.is_empty() {
        return;
    }
    let standing = reading.standing(record, record);
    let kept = KeptLines {
        under: std::mem::take(&mut lines.under),
        text: std::mem::take(&mut lines.text),
    };
    reading
        .assembly
        .add_fact(owner, Fact::KeptLines(kept), standing.always());
}

/// Kinds of lines that were not understood, each with where it stands, in the order of the file.
#[derive(Default)]
struct Listed {
    order: Vec<String>,
    lines: FxHashMap<String, Vec<usize>>,
}

impl Listed {
    fn note(&mut self, reading: &Reading<'_>, key: String, position: usize) {
        if KNOWN.contains(&reading.tree.line(position).tag) {
            return;
        }
        let lines = self.lines.entry(key.clone()).or_default();
        if lines.is_empty() {
            self.order.push(key);
        }
        lines.push(position);
    }

    fn tell(mut self, reading: &mut Reading<'_>) {
        for key in self.order {
            let lines = self.lines.remove(&key).unwrap_or_default();
            let Some(&first) = lines.first() else {
                continue;
            };
            let more = lines[1..]
                .iter()
                .take(MORE_LINES)
                .map(|line| reading.tree.line(*line).number.to_string());
            let more = more.collect::<Vec<String>>().join(", ");
            let reason = match lines.len() {
                1 => format!("{key} is not understood: it is kept as written"),
                count if count <= MORE_LINES + 1 => {
                    format!("{key} is not understood: it is kept as written; also in lines {more}")
                }
                count => format!(
                    "{key} is not understood: it is kept as written; {count} times, also in lines {more}, …"
                ),
            };
            reading.warn(first, reason);
        }
    }
}
