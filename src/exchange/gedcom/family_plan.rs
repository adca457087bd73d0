//! Which references the records of a file get, and which families its people form: one for each couple and each set of
//! parents of a child, as GEDCOM knows parents by families only.

use super::evidence::{document_of, shortened};
use super::kept::MEMBERS;
use super::nodes::{Node, Reading, parse_kept};
use super::writer::Version;
use crate::model::ids::{SourceId, SubjectKind};
use crate::model::partial_date::PartialDate;
use crate::model::person::{Gender, Place};
use crate::model::statement::{Certainty, Fact, KeptLines, SealClass, Source, Statement};
use crate::model::store_copy::{CopyPart, CopySubject};
use crate::model::tie::{ParentNature, UnionKind, UnionState};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Longer references are replaced, in characters.
const LONGEST_XREF: usize = 20;

/// What is known of a person before the file is written.
#[derive(Debug, Default)]
pub struct Person {
    pub xref: String,
    /// The file that the person came from.
    pub source: String,
    /// Positions of families in which the person is a partner.
    pub spouse_in: Vec<usize>,
    pub(super) gender: Gender,
    pub(super) parents: Vec<Parent>,
    pub(super) unions: Vec<(u64, FamilyUnion)>,
    pub(super) kept: Vec<KeptLines>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parent {
    pub parent: u64,
    pub nature: ParentNature,
    pub certainty: Certainty,
    pub since: Option<PartialDate>,
    pub source: SourceId,
    pub seal: SealClass,
}

/// A union as a family says it.
#[derive(Clone, Copy, Debug)]
pub struct FamilyUnion {
    pub kind: UnionKind,
    pub state: UnionState,
    pub since: Option<PartialDate>,
    pub until: Option<PartialDate>,
    pub source: SourceId,
    pub seal: SealClass,
}

#[derive(Debug, Default)]
pub struct Family {
    pub xref: String,
    /// Each with HUSB or WIFE.
    pub partners: Vec<(&'static str, u64)>,
    pub unions: Vec<FamilyUnion>,
    /// Of the file that it came from, the path and text.
    pub kept: Vec<(String, String, String)>,
    pub source: String,
    pub(super) children: Vec<(usize, usize)>,
}

/// How a child belongs to a family.
#[derive(Clone, Debug)]
pub struct Link {
    pub child: u64,
    pub family: usize,
    /// Nothing where the parents differ.
    pub nature: Option<ParentNature>,
    pub to_husband: Option<ParentNature>,
    pub to_wife: Option<ParentNature>,
    pub certainty: Certainty,
    pub since: Option<PartialDate>,
    pub source: SourceId,
    pub seal: SealClass,
}

/// A record that belongs to nobody.
#[derive(Debug)]
pub struct KeptRecord {
    /// The file that it came from.
    pub source: String,
    pub text: String,
    /// Its reference in this file; empty for none.
    pub xref: String,
}

/// A place that a file gave a child in a family.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    pub family: usize,
    pub order: usize,
    pub nature: Option<ParentNature>,
}

/// Everything that must be known before the first record is written.
#[derive(Debug)]
pub struct FamilyPlan {
    pub version: Version,
    pub people: BTreeMap<u64, Person>,
    pub families: Vec<Family>,
    pub places: FxHashMap<u64, Place>,
    pub sources: FxHashMap<SourceId, Source>,
    /// By source file, the text of each.
    pub kept_heads: Vec<(String, String)>,
    pub kept_records: Vec<KeptRecord>,
    /// Kept SOUR records by title and author.
    pub kept_sources: FxHashMap<(String, String), String>,
    pub new_sources: BTreeMap<(String, String), String>,
    sources_in_words: FxHashSet<(String, String)>,
    /// Title and author by reference.
    pub sources_by_xref: FxHashMap<String, (String, String)>,
    /// References of those of them that are cited.
    pub used_sources: RefCell<FxHashSet<String>>,
    /// Records that lines below people and families become, and their references between @ signs.
    pub made_records: RefCell<Vec<Node>>,
    pub made_names: RefCell<FxHashSet<String>>,
    /// Extension tags that the head's SCHMA explains.
    pub declared: FxHashSet<String>,
    /// Sources of what is written; no other is named in the file.
    cited: FxHashSet<SourceId>,
    with_sealed: bool,
    only: Option<FxHashSet<u64>>,
    pub(super) links: Vec<Link>,
    pub(super) links_of_child: FxHashMap<u64, Vec<usize>>,
    pub(super) by_partners: FxHashMap<(u64, u64), usize>,
    /// Families by source file and reference there.
    pub(super) by_first_name: FxHashMap<(String, String), usize>,
    pub(super) seats: FxHashMap<u64, Vec<Seat>>,
    /// References given out, with the tag of their record.
    taken: FxHashMap<String, &'static str>,
    /// By source file and reference there.
    names: FxHashMap<(String, String), String>,
    /// Source files of GEDCOM 7.
    of_version_7: FxHashSet<String>,
}

impl FamilyPlan {
    /// `only`: the people to be written, by number; nothing for all.
    pub fn new(version: Version, only: Option<FxHashSet<u64>>, with_sealed: bool) -> FamilyPlan {
        FamilyPlan {
            version,
            people: BTreeMap::new(),
            families: Vec::new(),
            places: FxHashMap::default(),
            sources: FxHashMap::default(),
            kept_heads: Vec::new(),
            kept_records: Vec::new(),
            kept_sources: FxHashMap::default(),
            new_sources: BTreeMap::new(),
            sources_in_words: FxHashSet::default(),
            sources_by_xref: FxHashMap::default(),
            used_sources: RefCell::default(),
            made_records: RefCell::default(),
            made_names: RefCell::default(),
            declared: FxHashSet::default(),
            cited: FxHashSet::default(),
            with_sealed,
            only,
            links: Vec::new(),
            links_of_child: FxHashMap::default(),
            by_partners: FxHashMap::default(),
            by_first_name: FxHashMap::default(),
            seats: FxHashMap::default(),
            taken: [("KINPATH", "SUBM"), ("VOID", "")]
                .into_iter()
                .map(|(name, tag)| (name.to_owned(), tag))
                .collect(),
            names: FxHashMap::default(),
            of_version_7: FxHashSet::default(),
        }
    }

    /// Sealed statements are written only if that was asked for.
    pub fn is_shown(&self, statement: &Statement) -> bool {
        self.with_sealed || statement.evidence.seal == SealClass::Open
    }

    /// Takes note of one part of the store.
    pub fn note(&mut self, part: &CopyPart) {
        match part {
            CopyPart::Source(source) => {
                self.sources.insert(source.number, source.source.clone());
            }
            CopyPart::Subject(subject) => match subject.kind {
                SubjectKind::Person => {
                    self.note_cited(subject);
                    self.note_person(subject);
                }
                SubjectKind::Place => {
                    for statement in subject.standing() {
                        if let Fact::Place(place) = &statement.fact {
                            self.places.insert(subject.number, place.clone());
                        }
                    }
                }
                SubjectKind::Household => self.note_file(subject),
                _ => {}
            },
            CopyPart::Store(_) | CopyPart::Commit(_) | CopyPart::Import(_) => {}
        }
    }

    /// Takes note of the sources of what will be written of a person.
    fn note_cited(&mut self, subject: &CopySubject) {
        if self
            .only
            .as_ref()
            .is_some_and(|only| !only.contains(&subject.number))
        {
            return;
        }
        for statement in subject.standing() {
            if self.is_shown(statement) {
                self.cited.insert(statement.evidence.source);
                if let Fact::KeptLines(lines) = &statement.fact {
                    self.note_sources_in_words(&lines.text);
                }
            }
        }
    }

    /// 7.0 has no sources in words: those of kept lines get records.
    fn note_sources_in_words(&mut self, text: &str) {
        let is_in_words = |line: &str| {
            let words = line.split_once(" SOUR ");
            words.is_some_and(|(_, value)| !value.starts_with('@') || value.starts_with("@@"))
        };
        if self.version == Version::V5 || !text.lines().any(is_in_words) {
            return;
        }
        let reading = Reading {
            from: Version::V5,
            to: Version::V5,
            name: &|_| None,
        };
        let nodes = parse_kept(text, &[], &reading);
        let mut open: Vec<&Node> = nodes.iter().collect();
        while let Some(node) = open.pop() {
            if node.tag == "SOUR" && !node.is_pointer && node.xref.is_empty() {
                let key = (shortened(&node.value), String::new());
                self.sources_in_words.insert(key);
            }
            open.extend(&node.children);
        }
    }

    /// Forms the families. To be called once everything was noted.
    pub fn settle(&mut self) {
        if self.only.is_some() {
            // What a file said of no person in particular is not part of an extract.
            self.kept_heads.clear();
            self.kept_records.clear();
            self.kept_sources.clear();
        }
        self.name_kept_records();
        self.form_families_as_kept();
        self.form_couples();
        let people: Vec<u64> = self.people.keys().copied().collect();
        for child in people {
            self.place_child(child);
        }
        self.place_kept_lines();
        let mut number = 0;
        for position in 0..self.families.len() {
            self.families[position].children.sort_unstable();
            if self.families[position].xref.is_empty() {
                self.families[position].xref = free(&mut self.taken, "FAM", &mut number);
            }
        }
        let mut number = 0;
        let told: Vec<(String, String)> = self
            .sources
            .iter()
            .filter(|(number, _)| self.cited.contains(number))
            .map(|(_, source)| (source.document.clone(), source.asserter.clone()))
            .chain(std::mem::take(&mut self.sources_in_words))
            .filter(|key| !key.0.is_empty() && !self.kept_sources.contains_key(key))
            .collect();
        for key in told {
            self.new_sources.insert(key, String::new());
        }
        for xref in self.new_sources.values_mut() {
            *xref = free(&mut self.taken, "SOUR", &mut number);
        }
        let new = self.new_sources.iter();
        let new = new.map(|(key, xref)| (xref.clone(), key.clone()));
        self.sources_by_xref.extend(new);
    }

    /// What a reference of this file, between @ signs, leads to: the tag of its record.
    pub fn tag_of(&self, pointer: &str) -> Option<&'static str> {
        let name = pointer.strip_prefix('@')?.strip_suffix('@')?;
        self.taken
            .get(name)
            .copied()
            .filter(|tag| !tag.is_empty() && (name != "KINPATH" || self.version == Version::V5))
    }

    pub fn families_of_child(&self, child: u64) -> impl Iterator<Item = (usize, &Link)> {
        let links = self.links_of_child.get(&child).into_iter().flatten();
        links.map(|link| (self.links[*link].family, &self.links[*link]))
    }

    pub fn children_of(&self, family: usize) -> impl Iterator<Item = &Link> {
        self.families[family]
            .children
            .iter()
            .map(|(_, link)| &self.links[*link])
    }

    /// The reference in this file of one in a source file.
    pub fn named(&self, source: &str, xref: &str) -> Option<String> {
        self.names
            .get(&(source.to_owned(), xref.to_owned()))
            .cloned()
    }

    /// What a source file was written in.
    pub fn written_in(&self, source: &str) -> Version {
        if self.of_version_7.contains(source) {
            Version::V7
        } else {
            Version::V5
        }
    }

    fn note_person(&mut self, subject: &CopySubject) {
        let number = subject.number;
        if self
            .only
            .as_ref()
            .is_some_and(|only| !only.contains(&number))
        {
            return;
        }
        let (source, first_xref) = subject
            .external_ids
            .first()
            .map(|(_, id)| (id.source.clone(), id.xref.clone()))
            .unwrap_or_default();
        let mut person = Person {
            xref: self.take_name(&source, &first_xref, &format!("P{number}"), "INDI"),
            source,
            ..Person::default()
        };
        for statement in subject.standing() {
            if !self.is_shown(statement) {
                continue;
            }
            let evidence = &statement.evidence;
            match &statement.fact {
                Fact::Gender(gender) => person.gender = *gender,
                Fact::Parent(tie) => person.parents.push(Parent {
                    parent: tie.parent.0,
                    nature: tie.nature,
                    certainty: evidence.certainty,
                    since: evidence.valid_from,
                    source: evidence.source,
                    seal: evidence.seal,
                }),
                Fact::Union(union) => {
                    let said = FamilyUnion {
                        kind: union.kind,
                        state: union.state,
                        since: evidence.valid_from,
                        until: evidence.valid_to,
                        source: evidence.source,
                        seal: evidence.seal,
                    };
                    person.unions.push((union.partner.0, said));
                }
                Fact::KeptLines(kept) if is_of_family(kept) => {
                    person.kept.push(kept.clone());
                }
                _ => {}
            }
        }
        self.people.insert(number, person);
    }

    /// The records of a source file that belong to nobody.
    fn note_file(&mut self, subject: &CopySubject) {
        let Some((_, id)) = subject.external_ids.first() else {
            return;
        };
        let source = id.source.clone();
        for statement in subject.standing() {
            let Fact::KeptLines(kept) = &statement.fact else {
                continue;
            };
            for text in records_in(&kept.text) {
                self.note_kept_record(&source, text);
            }
        }
    }

    fn note_kept_record(&mut self, source: &str, text: &str) {
        let first = text.lines().next().unwrap_or_default();
        if first == "0 HEAD" || first.starts_with("0 HEAD ") {
            if text.contains("\n2 VERS 7") {
                self.of_version_7.insert(source.to_owned());
            }
            self.kept_heads.push((source.to_owned(), text.to_owned()));
        } else if first != "0 @KINPATH@ SUBM" {
            // That one is ours, of an earlier export, and is written anew.
            self.kept_records.push(KeptRecord {
                source: source.to_owned(),
                text: text.to_owned(),
                xref: String::new(),
            });
        }
    }

    /// Gives the records of nobody their references, and finds the sources among them. To be done once it is known
    /// which files are of which version.
    fn name_kept_records(&mut self) {
        let mut unnamed = 0;
        let mut records = std::mem::take(&mut self.kept_records);
        for kept in &mut records {
            let reading = Reading {
                from: self.written_in(&kept.source),
                to: self.version,
                name: &|xref| Some(xref.to_owned()),
            };
            let Some(record) = parse_kept(&kept.text, &[], &reading).into_iter().next() else {
                continue;
            };
            if record.xref.is_empty() && record.tag.starts_with('_') {
                continue;
            }
            unnamed += 1;
            let tag = record_tag(&record.tag);
            let otherwise = format!("X{unnamed}");
            kept.xref = self.take_name(&kept.source, &record.xref, &otherwise, tag);
            if record.tag == "SOUR" {
                let told = ["TITL", "ABBR", "AUTH"];
                let told = told.map(|tag| record.child_text(tag).unwrap_or_default().to_owned());
                let key = document_of(&told);
                self.sources_by_xref.insert(kept.xref.clone(), key.clone());
                self.kept_sources.entry(key).or_insert(kept.xref.clone());
            }
        }
        self.kept_records = records;
    }

    pub(super) fn take_name(
        &mut self,
        source: &str,
        xref: &str,
        otherwise: &str,
        tag: &'static str,
    ) -> String {
        let is_plain = (1..=LONGEST_XREF).contains(&xref.len())
            && xref
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        let mut name = xref.to_owned();
        if !is_plain || self.taken.contains_key(xref) {
            name = otherwise.to_owned();
            let mut number = 0;
            while self.taken.contains_key(&name) {
                number += 1;
                name = format!("{otherwise}_{number}");
            }
        }
        self.taken.insert(name.clone(), tag);
        self.names
            .entry((source.to_owned(), xref.to_owned()))
            .or_insert_with(|| name.clone());
        name
    }
}

/// True for lines that do not stand in a person's own record.
pub fn is_of_family(lines: &KeptLines) -> bool {
    lines.under.starts_with(MEMBERS) || lines.under.starts_with("FAM @")
}

/// The tag of a record as the grammar knows it.
fn record_tag(tag: &str) -> &'static str {
    const TAGS: [&str; 7] = ["OBJE", "REPO", "SNOTE", "NOTE", "SOUR", "SUBM", "FAM"];
    let known = TAGS.into_iter().find(|known| *known == tag);
    known.unwrap_or("extension")
}

/// The first free reference of a record with this tag: its first letter and a number.
fn free(
    taken: &mut FxHashMap<String, &'static str>,
    tag: &'static str,
    number: &mut usize,
) -> String {
    loop {
        *number += 1;
        let name = format!("{}{number}", &tag[..1]);
        if !taken.contains_key(&name) {
            taken.insert(name.clone(), tag);
            return name;
        }
    }
}

/// The records in a kept text, each from a line of level 0 to the next.
fn records_in(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.find("\n0 ").map_or(rest.len(), |at| at + 1);
        let (record, after) = rest.split_at(end);
        rest = after;
        (!record.is_empty()).then_some(record)
    })
}
