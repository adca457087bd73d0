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
use std::collections::{BTreeMap, VecDeque};

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
    gender: Gender,
    parents: Vec<Parent>,
    unions: Vec<(u64, FamilyUnion)>,
    kept: Vec<KeptLines>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Parent {
    parent: u64,
    nature: ParentNature,
    certainty: Certainty,
    since: Option<PartialDate>,
    source: SourceId,
    seal: SealClass,
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
    children: Vec<(usize, usize)>,
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
struct Seat {
    family: usize,
    order: usize,
    nature: Option<ParentNature>,
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
    links: Vec<Link>,
    links_of_child: FxHashMap<u64, Vec<usize>>,
    by_partners: FxHashMap<(u64, u64), usize>,
    /// Families by source file and reference there.
    by_first_name: FxHashMap<(String, String), usize>,
    seats: FxHashMap<u64, Vec<Seat>>,
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
            let first = kept.text.lines().next().unwrap_or_default();
            if first == "0 HEAD" || first.starts_with("0 HEAD ") {
                if kept.text.contains("\n2 VERS 7") {
                    self.of_version_7.insert(source.clone());
                }
                self.kept_heads.push((source.clone(), kept.text.clone()));
                continue;
            }
            if first == "0 @KINPATH@ SUBM" {
                // Ours, of an earlier export; it is written anew.
                continue;
            }
            self.kept_records.push(KeptRecord {
                source: source.clone(),
                text: kept.text.clone(),
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

    fn take_name(
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

    /// Families as their file had them, as far as the unions of their partners stand.
    fn form_families_as_kept(&mut self) {
        let numbers: FxHashMap<&str, u64> = self
            .people
            .iter()
            .map(|(number, person)| (person.xref.as_str(), *number))
            .collect();
        let mut kept = Vec::new();
        for person in self.people.values() {
            for lines in person.kept.iter().filter(|lines| is_of_members(lines)) {
                let number_of = |xref: &str| {
                    let name = self.named(&person.source, xref)?;
                    numbers.get(name.as_str()).copied()
                };
                kept.push((person.source.clone(), members(lines, number_of)));
            }
        }
        let mut unions = self.unions_by_couple();
        for (source, members) in kept {
            let partners = members.partners;
            let Some(said) = take_unions(&mut unions, &partners) else {
                continue;
            };
            if partners.is_empty() {
                continue;
            }
            let position = self.families.len();
            let name = self.take_name(&source, &members.xref, &format!("F{position}"), "FAM");
            self.add_family(name, &partners);
            self.families[position].unions.extend(said);
            self.families[position].source = source.clone();
            self.by_first_name.insert((source, members.xref), position);
            for (order, (child, nature)) in members.children.into_iter().enumerate() {
                let seat = Seat {
                    family: position,
                    order,
                    nature,
                };
                self.seats.entry(child).or_default().push(seat);
            }
        }
        for person in self.people.values_mut() {
            person.unions.clear();
        }
        let mut left: Vec<((u64, u64), FamilyUnion)> = Vec::new();
        for (couple, unions) in unions {
            left.extend(unions.into_iter().map(|(_, union)| (couple, union)));
        }
        for ((first, second), union) in left {
            if let Some(person) = self.people.get_mut(&first) {
                person.unions.push((second, union));
            }
        }
    }

    /// The unions of each couple, lower number first, in the order in which they were said.
    fn unions_by_couple(&self) -> Unions {
        let mut unions = Unions::new();
        for (number, person) in &self.people {
            for (partner, union) in &person.unions {
                let couple = (*number.min(partner), *number.max(partner));
                unions
                    .entry(couple)
                    .or_default()
                    .push_back((*number, *union));
            }
        }
        unions
    }

    fn form_couples(&mut self) {
        let mut unions = Vec::new();
        for (number, person) in &self.people {
            for (partner, union) in &person.unions {
                unions.push((*number, *partner, *union));
            }
        }
        for (number, partner, union) in unions {
            let known = self.couple(number, partner);
            let free = known.filter(|family| self.families[*family].unions.is_empty());
            let family = match free {
                Some(family) => Some(family),
                None => self.new_family(number, Some(partner)),
            };
            if let Some(family) = family {
                self.families[family].unions.push(union);
            }
        }
    }

    fn couple(&self, one: u64, other: u64) -> Option<usize> {
        let key = (one.min(other), one.max(other));
        self.by_partners.get(&key).copied()
    }

    /// The family of one or two people, made if there is none; nothing if nobody of them is written.
    fn family(&mut self, one: u64, other: Option<u64>) -> Option<usize> {
        let mut partners = self.written(one, other);
        let first = partners.next()?;
        let key = (first, partners.next().unwrap_or_default());
        drop(partners);
        match self.by_partners.get(&key) {
            Some(&known) => Some(known),
            None => self.new_family(one, other),
        }
    }

    /// Those of a couple who are written, lower number first.
    fn written(&self, one: u64, other: Option<u64>) -> impl Iterator<Item = u64> {
        let mut partners: Vec<u64> = [Some(one), other]
            .into_iter()
            .flatten()
            .filter(|partner| self.people.contains_key(partner))
            .collect();
        partners.sort_unstable();
        partners.dedup();
        partners.into_iter()
    }

    fn new_family(&mut self, one: u64, other: Option<u64>) -> Option<usize> {
        let mut partners = self.written(one, other);
        let first = partners.next()?;
        let second = partners.next();
        drop(partners);
        let gender = |partner: u64| self.people.get(&partner).map(|person| person.gender);
        let partners = match second {
            None if gender(first) == Some(Gender::Female) => vec![("WIFE", first)],
            None => vec![("HUSB", first)],
            Some(second) => {
                let is_swapped = gender(first) == Some(Gender::Female)
                    || (gender(second) == Some(Gender::Male)
                        && gender(first) != Some(Gender::Male));
                if is_swapped && gender(second) != Some(Gender::Female) {
                    vec![("HUSB", second), ("WIFE", first)]
                } else {
                    vec![("HUSB", first), ("WIFE", second)]
                }
            }
        };
        Some(self.add_family(String::new(), &partners))
    }

    fn add_family(&mut self, xref: String, partners: &[(&'static str, u64)]) -> usize {
        let position = self.families.len();
        self.families.push(Family {
            xref,
            partners: partners.to_vec(),
            ..Family::default()
        });
        let mut numbers: Vec<u64> = partners.iter().map(|(_, number)| *number).collect();
        numbers.sort_unstable();
        if let [first, rest @ ..] = numbers.as_slice()
            && rest.len() < 2
        {
            let key = (*first, rest.first().copied().unwrap_or_default());
            self.by_partners.entry(key).or_insert(position);
        }
        for partner in numbers {
            if let Some(person) = self.people.get_mut(&partner) {
                person.spouse_in.push(position);
            }
        }
        position
    }

    fn is_couple(&self, one: u64, other: u64) -> bool {
        self.by_partners
            .contains_key(&(one.min(other), one.max(other)))
    }

    /// Puts a child into families: parents of one nature two by two, couples first; two of different natures together
    /// if they are a couple.
    fn place_child(&mut self, child: u64) {
        let mut left = match self.people.get(&child) {
            Some(person) => person.parents.clone(),
            None => return,
        };
        left.retain(|parent| self.people.contains_key(&parent.parent) && parent.parent != child);
        self.seat_child(child, &mut left);
        while let Some(first) = left.first().copied() {
            left.remove(0);
            let alike = |other: &Parent| {
                other.nature == first.nature
                    && other.certainty == first.certainty
                    && other.since == first.since
                    && other.parent != first.parent
            };
            let second = left
                .iter()
                .position(|other| alike(other) && self.is_couple(first.parent, other.parent))
                .or_else(|| left.iter().position(alike))
                .or_else(|| {
                    left.iter().position(|other| {
                        other.certainty == first.certainty
                            && other.parent != first.parent
                            && first.since.is_none()
                            && other.since.is_none()
                            && self.is_couple(first.parent, other.parent)
                    })
                })
                .map(|position| left.remove(position));
            let Some(family) = self.family(first.parent, second.map(|second| second.parent)) else {
                continue;
            };
            let parents: Vec<Parent> = [Some(first), second].into_iter().flatten().collect();
            self.link(child, family, usize::MAX, &parents);
        }
    }

    /// Puts a child into the families in which its file had it, as far as their partners are its parents. Takes those
    /// parents off the list.
    fn seat_child(&mut self, child: u64, left: &mut Vec<Parent>) {
        let all = left.clone();
        for seat in self.seats.remove(&child).unwrap_or_default() {
            let said = seat.nature.unwrap_or(ParentNature::Birth);
            let mut parents = Vec::new();
            let mut positions = Vec::new();
            for (_, partner) in &self.families[seat.family].partners {
                let find = |list: &[Parent], nature: Option<ParentNature>| {
                    list.iter().position(|parent| {
                        parent.parent == *partner && nature.is_none_or(|is| parent.nature == is)
                    })
                };
                let position = find(left, Some(said)).or_else(|| find(left, None));
                parents.extend(match position {
                    Some(position) => Some(left[position]),
                    None => find(&all, Some(said))
                        .or_else(|| find(&all, None))
                        .map(|position| all[position]),
                });
                positions.extend(position);
            }
            if parents.is_empty() || parents.len() < self.families[seat.family].partners.len() {
                continue;
            }
            // Of a parent told already by another family nothing new is said here.
            let told = parents.iter().position(|parent| left.contains(parent));
            parents.swap(0, told.unwrap_or_default());
            self.link(child, seat.family, seat.order, &parents);
            positions.sort_unstable();
            for position in positions.into_iter().rev() {
                left.remove(position);
            }
        }
    }

    fn link(&mut self, child: u64, family: usize, order: usize, parents: &[Parent]) {
        let Some(first) = parents.first() else {
            return;
        };
        let partners = &self.families[family].partners;
        let nature_of = |tag: &str| {
            let mut of_tag = partners.iter().filter(|(is, _)| *is == tag);
            of_tag.find_map(|(_, partner)| {
                let parent = parents.iter().find(|parent| parent.parent == *partner);
                parent.map(|parent| parent.nature)
            })
        };
        let same = parents.iter().all(|parent| parent.nature == first.nature);
        let link = Link {
            child,
            family,
            nature: same.then_some(first.nature),
            to_husband: nature_of("HUSB"),
            to_wife: nature_of("WIFE"),
            certainty: first.certainty,
            since: parents.iter().find_map(|parent| parent.since),
            source: first.source,
            seal: first.seal,
        };
        let position = self.links.len();
        self.links.push(link);
        self.links_of_child.entry(child).or_default().push(position);
        self.families[family].children.push((order, position));
    }

    /// Lines kept of a family go back to it.
    fn place_kept_lines(&mut self) {
        for person in self.people.values_mut() {
            for lines in std::mem::take(&mut person.kept) {
                let (family, under) = lines.under.split_once('\n').unwrap_or((&lines.under, ""));
                let xref = family.trim_start_matches("FAM ").trim_matches('@');
                let key = (person.source.clone(), xref.to_owned());
                let Some(&position) = self.by_first_name.get(&key) else {
                    continue;
                };
                let text = (key.0, under.to_owned(), lines.text);
                self.families[position].kept.push(text);
            }
        }
    }
}

type Unions = BTreeMap<(u64, u64), VecDeque<(u64, FamilyUnion)>>;

/// One union of each two partners, that of the first two first; nothing if one is missing.
fn take_unions(unions: &mut Unions, partners: &[(&str, u64)]) -> Option<Vec<FamilyUnion>> {
    let mut couples = Vec::new();
    for (position, (_, first)) in partners.iter().enumerate() {
        for (_, second) in &partners[position + 1..] {
            couples.push((*first.min(second), *first.max(second)));
        }
    }
    if couples
        .iter()
        .any(|couple| unions.get(couple).is_none_or(VecDeque::is_empty))
    {
        return None;
    }
    let taken = couples.iter().filter_map(|couple| {
        let (_, union) = unions.get_mut(couple)?.pop_front()?;
        Some(union)
    });
    Some(
        taken
            .collect::<Vec<FamilyUnion>>()
            .into_iter()
            .take(1)
            .collect(),
    )
}

/// The members of a family as they were kept.
struct Members {
    xref: String,
    partners: Vec<(&'static str, u64)>,
    children: Vec<(u64, Option<ParentNature>)>,
}

fn members(lines: &KeptLines, number_of: impl Fn(&str) -> Option<u64>) -> Members {
    let name = lines.under.split_once(' ').unwrap_or_default().1;
    let mut members = Members {
        xref: name.trim_matches('@').to_owned(),
        partners: Vec::new(),
        children: Vec::new(),
    };
    let mut is_child = false;
    for line in lines.text.lines() {
        let (head, value) = line.rsplit_once(' ').unwrap_or_default();
        if head == "1 PEDI" {
            let nature = ParentNature::ALL
                .into_iter()
                .find(|nature| nature.word() == value);
            if let Some(last) = members.children.last_mut().filter(|_| is_child) {
                last.1 = nature;
            }
            continue;
        }
        let number = number_of(value.trim_matches('@'));
        is_child = head == "0 CHIL" && number.is_some();
        let Some(number) = number else {
            continue;
        };
        match head {
            "0 HUSB" => members.partners.push(("HUSB", number)),
            "0 WIFE" => members.partners.push(("WIFE", number)),
            _ => members.children.push((number, None)),
        }
    }
    members
}

fn is_of_members(lines: &KeptLines) -> bool {
    lines.under.starts_with(MEMBERS)
}

/// True for lines that do not stand in a person's own record.
pub fn is_of_family(lines: &KeptLines) -> bool {
    is_of_members(lines) || lines.under.starts_with("FAM @")
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
