//! What was not understood: listed with its lines, and kept with the person or, where it belongs to nobody, with a
//! household that stands for the file, so that an export gives it back.

use super::evidence::seal_of;
use super::lines::Line;
use super::reader::Reading;
use crate::exchange::assembly::Standing;
use crate::model::ids::SubjectKind;
use crate::model::statement::{Certainty, Fact, KeptLines, SealClass, Source};
use crate::model::tie::ParentNature;
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
const KNOWN: [&str; 23] = [
    "HEAD", "SUBM", "SUBN", "SOUR", "REPO", "NOTE", "SNOTE", "OBJE", "CHAN", "CREA", "RIN", "REFN",
    "_UID", "UID", "EXID", "AFN", "RFN", "NCHI", "DATE", "NPFX", "NSFX", "SPFX", "SURN",
];
/// Of these lines a path tells the value, as there may be several below one line.
const WITH_VALUE: [&str; 8] = [
    "NAME", "FAMC", "FAMS", "ASSO", "SOUR", "HUSB", "WIFE", "CHIL",
];
/// Of these one stands below a line: the kept one takes the place of that which a fact becomes.
pub const SINGLE: [&str; 8] = [
    "DATE", "TYPE", "PEDI", "SEX", "RESN", "STAT", "RELA", "ROLE",
];
/// What is put behind the tag of such a line.
pub const REPLACES: char = '!';
/// How the path of the members of a family begins.
pub const MEMBERS: &str = "MEMBERS";
/// The tag of a kept value that belongs to the line named by the path.
pub const OWN_VALUE: &str = "=";

/// Lists and keeps every line that was not taken.
pub fn keep_what_was_not_taken(reading: &mut Reading<'_>) {
    let mut listed = Listed::default();
    let owners = family_owners(reading);
    let mut file = None;
    let mut of_nobody = Open::default();
    let mut next = 0;
    while next < reading.tree.len() {
        let record = next;
        next = reading.tree.subtree(record).end;
        let line = reading.tree.line(record);
        if line.tag == "TRLR" {
            continue;
        }
        let person = (line.tag == "INDI")
            .then(|| reading.person_of(record))
            .flatten();
        let owner = match person {
            Some(person) => Some(person),
            None => owner_of_family(&owners, record),
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
                if reading.is_unused(record) {
                    listed.note(reading, line.tag.to_owned(), record);
                }
                let seal = seal_below(reading, record);
                let is_full = of_nobody.lines.text.len() > LONGEST_TEXT;
                if of_nobody.seal != seal || is_full {
                    keep_of_nobody(reading, &mut file, &mut of_nobody);
                }
                of_nobody.seal = seal;
                append(reading, record, &mut of_nobody.lines.text);
            }
        }
    }
    keep_of_nobody(reading, &mut file, &mut of_nobody);
    listed.tell(reading);
}

/// Keeps records that belong to nobody, one after the other, with the household that stands for the file.
fn keep_of_nobody(reading: &mut Reading<'_>, file: &mut Option<u64>, open: &mut Open) {
    if open.lines.text.is_empty() {
        return;
    }
    let assembly = &mut reading.assembly;
    let holder =
        *file.get_or_insert_with(|| assembly.add_subject(SubjectKind::Household, FILE_XREF));
    let source = assembly.source(Source {
        document: reading.file.clone(),
        ..Source::default()
    });
    let standing = Standing {
        source,
        certainty: Certainty::Reported,
        seal: open.seal,
    };
    let lines = std::mem::take(&mut open.lines);
    assembly.add_fact(holder, Fact::KeptLines(lines), standing.always());
}

/// Whom the lines of each family are kept with: a partner, else a child. Records and people, in rising order.
fn family_owners(reading: &Reading<'_>) -> Vec<(u32, u32)> {
    let owner = |family: usize| {
        ["HUSB", "WIFE", "CHIL"].into_iter().find_map(|tag| {
            let line = reading.tree.child(family, tag)?;
            let xref = reading.tree.line(line).pointer()?;
            reading.person_of(reading.record(xref)?)
        })
    };
    let families = reading.records_of("FAM").into_iter();
    let owners = families.filter_map(|family| Some((family as u32, owner(family)? as u32)));
    owners.collect()
}

fn owner_of_family(owners: &[(u32, u32)], record: usize) -> Option<u64> {
    let found = owners.binary_search_by_key(&record, |(family, _)| *family as usize);
    found.ok().map(|position| u64::from(owners[position].1))
}

/// A family as a path names it.
fn named_family(reading: &Reading<'_>, record: usize) -> String {
    match reading.tree.line(record) {
        line if line.xref.is_empty() => format!("FAM @line-{}@", line.number),
        line => format!("FAM @{}@", line.xref),
    }
}

/// Keeps who is in a family in which place, so that an export forms the same families: GEDCOM can have several of the
/// same people, and facts tell people's ties only.
pub fn keep_members(reading: &mut Reading<'_>, record: usize, members: &[Member]) {
    let Some(first) = members.first() else {
        return;
    };
    let mut text = String::new();
    for member in members {
        let xref = reading.assembly.xref(member.person);
        text.push_str(&format!("0 {} @{xref}@\n", member.tag));
        if let Some(nature) = member.nature {
            text.push_str(&format!("1 PEDI {}\n", nature.word()));
        }
    }
    let family = named_family(reading, record);
    let kept = KeptLines {
        under: family.replacen("FAM", MEMBERS, 1),
        text,
    };
    let evidence = reading.standing(record, record).always();
    let fact = Fact::KeptLines(kept);
    reading.assembly.add_fact(first.person, fact, evidence);
}

/// Somebody in a family.
pub struct Member {
    /// HUSB, WIFE or CHIL.
    pub tag: &'static str,
    pub person: u64,
    /// Of a child that is not simply born into the family.
    pub nature: Option<ParentNature>,
}

/// A line between a record and the present one.
struct Step<'t> {
    /// As a path names it.
    name: String,
    tag: &'t str,
    /// The end of its subtree.
    end: usize,
    seal: SealClass,
}

/// Lines that stand under the same one, in the making.
#[derive(Default)]
struct Open {
    lines: KeptLines,
    seal: SealClass,
}

/// Keeps each whole subtree below a record that begins with a line that an export does not make anew.
fn keep_below(
    reading: &mut Reading<'_>,
    record: usize,
    owner: u64,
    above: &str,
    listed: &mut Listed,
) {
    let mut path: Vec<Step<'_>> = Vec::new();
    // How many lines there were of each name directly below the record.
    let mut seen = FxHashMap::default();
    let mut open = Open::default();
    let record_seal = reading.standing(record, record).seal;
    let mut position = record + 1;
    let end = reading.tree.subtree(record).end;
    while position < end {
        while path.last().is_some_and(|step| step.end <= position) {
            path.pop();
        }
        let line = reading.tree.line(position);
        let subtree_end = reading.tree.subtree(position).end;
        let above_seal = path.last().map_or(record_seal, |step| step.seal);
        let seal = above_seal.max(seal_below(reading, position));
        let is_step = reading.is_taken(position) && path.len() < DEEPEST_PATH;
        if !is_step && reading.is_taken(position) {
            position = subtree_end;
            continue;
        }
        let mut name = String::new();
        if is_step {
            let mut elsewhere = FxHashMap::default();
            let counts = if path.is_empty() {
                &mut seen
            } else {
                &mut elsewhere
            };
            name = named(reading, position, counts);
        } else if reading.is_unused(position) {
            let tags = path.iter().map(|step| step.tag);
            let record_tag = reading.tree.line(record).tag;
            let key = [record_tag].into_iter().chain(tags).chain([line.tag]);
            listed.note(reading, key.collect::<Vec<&str>>().join("."), position);
        }
        let own_value = is_step && has_own_value(line);
        if is_step {
            let (tag, end) = (line.tag, subtree_end);
            path.push(Step {
                name,
                tag,
                end,
                seal,
            });
            position += 1;
            if !own_value {
                continue;
            }
        }
        let parts = (!above.is_empty()).then_some(above);
        let parts = parts
            .into_iter()
            .chain(path.iter().map(|step| step.name.as_str()));
        let under = parts.collect::<Vec<&str>>().join("\n");
        let is_full = open.lines.text.len() > LONGEST_TEXT;
        if open.lines.under != under || open.seal != seal || is_full {
            keep(reading, record, owner, &mut open);
            (open.lines.under, open.seal) = (under, seal);
        }
        if is_step {
            append_own_value(reading, position - 1, &mut open.lines.text);
        } else {
            append(reading, position, &mut open.lines.text);
            position = subtree_end;
        }
    }
    keep(reading, record, owner, &mut open);
}

/// The seal of a line that says itself how it is restricted.
fn seal_below(reading: &Reading<'_>, position: usize) -> SealClass {
    if reading.tree.subtree(position).len() == 1 {
        return SealClass::Open;
    }
    seal_of(reading.tree.child_value(position, "RESN"))
}

/// True for an event or residence with words of its own, which no fact holds.
fn has_own_value(line: Line<'_>) -> bool {
    let is_event = matches!(line.tag, "BIRT" | "DEAT" | "RESI" | "MARR" | "DIV" | "ADOP");
    is_event && !matches!(line.value.trim(), "" | "Y" | "y")
}

fn append_own_value(reading: &Reading<'_>, position: usize, text: &mut String) {
    let mut level = 0;
    let mut tag = OWN_VALUE;
    for line in [position]
        .into_iter()
        .chain(reading.tree.children(position))
    {
        let found = reading.tree.line(line);
        if line != position {
            match found.tag {
                "CONT" | "" => tag = "CONT",
                "CONC" => tag = "CONC",
                _ => continue,
            }
        }
        text.push_str(&format!("{level} {tag} {}\n", found.value));
        level = 1;
    }
}

/// A line as a path names it: the tag, `#2` behind the second of its kind, and the value where it matters.
fn named(reading: &Reading<'_>, position: usize, seen: &mut FxHashMap<String, usize>) -> String {
    let tag = reading.tree.line(position).tag;
    let mut value = String::new();
    if WITH_VALUE.contains(&tag) {
        value = reading.written_value(position);
    }
    let name = format!("{tag} {value}").trim_end().to_owned();
    let nth = seen.entry(name.clone()).or_insert(0);
    *nth += 1;
    if *nth == 1 {
        return name;
    }
    format!("{tag}#{nth} {value}").trim_end().to_owned()
}

/// Adds a subtree to a text, with levels that begin at 0.
fn append(reading: &Reading<'_>, position: usize, text: &mut String) {
    let first = reading.tree.line(position).level;
    let mut level = first;
    for text_line in reading.tree.subtree(position) {
        let line = reading.tree.line(text_line);
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
        if text_line == position && reading.is_kept_too(position) && SINGLE.contains(&tag) {
            text.push(REPLACES);
        }
        if !line.value.is_empty() {
            text.push(' ');
            text.push_str(line.value);
        }
        text.push('\n');
    }
}

/// Adds what was collected as a fact, and empties it.
fn keep(reading: &mut Reading<'_>, record: usize, owner: u64, open: &mut Open) {
    if open.lines.text.is_empty() {
        return;
    }
    let standing = Standing {
        seal: open.seal,
        ..reading.standing(record, record)
    };
    let kept = KeptLines {
        under: std::mem::take(&mut open.lines.under),
        text: std::mem::take(&mut open.lines.text),
    };
    reading
        .assembly
        .add_fact(owner, Fact::KeptLines(kept), standing.always());
}

/// Kinds of lines that were not understood, each with where it stands, in the order of the file.
#[derive(Default)]
struct Listed {
    order: Vec<String>,
    lines: FxHashMap<String, Lines>,
}

/// The first lines of one kind, and how many there are.
#[derive(Default)]
struct Lines {
    first: Vec<usize>,
    count: usize,
}

impl Listed {
    fn note(&mut self, reading: &Reading<'_>, key: String, position: usize) {
        if KNOWN.contains(&reading.tree.line(position).tag) {
            return;
        }
        let lines = self.lines.entry(key.clone()).or_default();
        if lines.count == 0 {
            self.order.push(key);
        }
        lines.count += 1;
        if lines.first.len() <= MORE_LINES {
            lines.first.push(position);
        }
    }

    fn tell(mut self, reading: &mut Reading<'_>) {
        for key in self.order {
            let lines = self.lines.remove(&key).unwrap_or_default();
            let Some(&first) = lines.first.first() else {
                continue;
            };
            let more = lines.first[1..]
                .iter()
                .take(MORE_LINES)
                .map(|line| reading.tree.line(*line).number.to_string());
            let more = more.collect::<Vec<String>>().join(", ");
            let reason = match lines.count {
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
