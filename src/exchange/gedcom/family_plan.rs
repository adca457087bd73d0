//! Which references the records of a file get, and which families its people form: one for each couple and each set of
//! parents of a child, as GEDCOM knows parents by families only.

use super::writer::Version;
use crate::model::ids::{SourceId, SubjectKind};
use crate::model::partial_date::PartialDate;
use crate::model::person::Gender;
use crate::model::statement::{Certainty, Fact, KeptLines, SealClass, Source, Statement};
use crate::model::store_copy::{CopyPart, CopySubject};
use crate::model::tie::{ParentNature, Union, UnionKind, UnionState};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Longer references are replaced, in characters.
const LONGEST_XREF: usize = 20;

/// What is known of a person before the file is written.
#[derive(Debug, Default)]
pub struct Person {
    pub xref: String,
    /// In the file that the person came from.
    pub first_xref: String,
    /// That file.
    pub source: String,
    /// Positions of families in which the person is a partner.
    pub spouse_in: Vec<usize>,
    gender: Gender,
    parents: Vec<Parent>,
    unions: Vec<(Union, Option<PartialDate>, Option<PartialDate>)>,
    kept: Vec<KeptLines>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Parent {
    parent: u64,
    nature: ParentNature,
    certainty: Certainty,
    since: Option<PartialDate>,
}

/// A union as a family says it.
#[derive(Clone, Copy, Debug)]
pub struct FamilyUnion {
    pub kind: UnionKind,
    pub state: UnionState,
    pub since: Option<PartialDate>,
    pub until: Option<PartialDate>,
}

#[derive(Debug, Default)]
pub struct Family {
    pub xref: String,
    pub husband: Option<u64>,
    pub wife: Option<u64>,
    pub unions: Vec<FamilyUnion>,
    /// Source, path and text.
    pub kept: Vec<(String, String, String)>,
    children: Vec<usize>,
}

/// How a child belongs to a family.
#[derive(Clone, Debug)]
pub struct Link {
    pub child: u64,
    pub family: usize,
    /// Nothing where the two parents differ.
    pub nature: Option<ParentNature>,
    pub to_husband: Option<ParentNature>,
    pub to_wife: Option<ParentNature>,
    pub certainty: Certainty,
    pub since: Option<PartialDate>,
}

/// Everything that must be known before the first record is written.
#[derive(Debug)]
pub struct FamilyPlan {
    pub version: Version,
    pub people: BTreeMap<u64, Person>,
    pub families: Vec<Family>,
    pub places: FxHashMap<u64, String>,
    pub sources: FxHashMap<SourceId, Source>,
    /// By source file, the text of each.
    pub kept_heads: Vec<(String, String)>,
    pub kept_records: Vec<(String, String)>,
    /// Kept SOUR records by title and author.
    pub kept_sources: FxHashMap<(String, String), String>,
    pub new_sources: BTreeMap<(String, String), String>,
    /// Sources of what is written; no other is named in the file.
    cited: FxHashSet<SourceId>,
    with_sealed: bool,
    only: Option<FxHashSet<u64>>,
    links: Vec<Link>,
    links_of_child: FxHashMap<u64, Vec<usize>>,
    by_partners: FxHashMap<(u64, u64), usize>,
    taken: FxHashSet<String>,
    /// By source file and reference there.
    names: FxHashMap<(String, String), String>,
    /// People by their reference in this file.
    numbers: FxHashMap<String, u64>,
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
            cited: FxHashSet::default(),
            with_sealed,
            only,
            links: Vec::new(),
            links_of_child: FxHashMap::default(),
            by_partners: FxHashMap::default(),
            taken: ["KINPATH".to_owned(), "VOID".to_owned()]
                .into_iter()
                .collect(),
            names: FxHashMap::default(),
            numbers: FxHashMap::default(),
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
                            self.places.insert(subject.number, place.name.clone());
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
            }
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
        self.form_couples();
        let people: Vec<u64> = self.people.keys().copied().collect();
        for child in people {
            self.place_child(child);
        }
        self.place_kept_lines();
        let mut number = 0;
        for position in 0..self.families.len() {
            if self.families[position].xref.is_empty() {
                self.families[position].xref = free(&mut self.taken, "F", &mut number);
            }
        }
        let mut number = 0;
        let told: Vec<(String, String)> = self
            .sources
            .iter()
            .filter(|(number, _)| self.cited.contains(number))
            .map(|(_, source)| (source.document.clone(), source.asserter.clone()))
            .filter(|key| !key.0.is_empty() && !self.kept_sources.contains_key(key))
            .collect();
        for key in told {
            self.new_sources.insert(key, String::new());
        }
        for xref in self.new_sources.values_mut() {
            *xref = free(&mut self.taken, "S", &mut number);
        }
    }

    pub fn families_of_child(&self, child: u64) -> impl Iterator<Item = (usize, &Link)> {
        let links = self.links_of_child.get(&child).into_iter().flatten();
        links.map(|link| (self.links[*link].family, &self.links[*link]))
    }

    pub fn children_of(&self, family: usize) -> impl Iterator<Item = &Link> {
        self.families[family]
            .children
            .iter()
            .map(|link| &self.links[*link])
    }

    /// The reference in this file of one in a source file.
    pub fn named(&self, source: &str, xref: &str) -> Option<String> {
        self.names
            .get(&(source.to_owned(), xref.to_owned()))
            .cloned()
    }

    /// What stands before the tags of lines kept of a file of the other version, which may mean something else here.
    pub fn prefix(&self, source: &str) -> &'static str {
        let was_7 = self.of_version_7.contains(source);
        if was_7 == (self.version == Version::V7) {
            ""
        } else {
            "_"
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
            xref: self.take_name(&source, &first_xref, &format!("P{number}")),
            first_xref,
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
                }),
                Fact::Union(union) => {
                    let dates = (evidence.valid_from, evidence.valid_to);
                    person.unions.push((*union, dates.0, dates.1));
                }
                Fact::KeptLines(kept) if kept.under.starts_with("FAM @") => {
                    person.kept.push(kept.clone());
                }
                _ => {}
            }
        }
        self.numbers.insert(person.xref.clone(), number);
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
            if let Some((xref, tag)) = first
                .strip_prefix("0 @")
                .and_then(|rest| rest.split_once("@ "))
            {
                let name = self.take_name(&source, xref, &format!("X{}", self.names.len()));
                if tag == "SOUR" && self.prefix(&source).is_empty() {
                    let key = (below(&kept.text, "TITL"), below(&kept.text, "AUTH"));
                    self.kept_sources.insert(key, name);
                }
            }
            self.kept_records.push((source.clone(), kept.text.clone()));
        }
    }

    fn take_name(&mut self, source: &str, xref: &str, otherwise: &str) -> String {
        let is_plain = (1..=LONGEST_XREF).contains(&xref.len())
            && xref
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        let mut name = xref.to_owned();
        if !is_plain || self.taken.contains(xref) {
            name = otherwise.to_owned();
            let mut number = 0;
            while self.taken.contains(&name) {
                number += 1;
                name = format!("{otherwise}_{number}");
            }
        }
        self.taken.insert(name.clone());
        self.names
            .insert((source.to_owned(), xref.to_owned()), name.clone());
        name
    }

    fn form_couples(&mut self) {
        let mut unions = Vec::new();
        for (number, person) in &self.people {
            for (union, since, until) in &person.unions {
                unions.push((*number, *union, *since, *until));
            }
        }
        for (number, union, since, until) in unions {
            if let Some(family) = self.family(number, Some(union.partner.0)) {
                self.families[family].unions.push(FamilyUnion {
                    kind: union.kind,
                    state: union.state,
                    since,
                    until,
                });
            }
        }
    }

    /// The family of one or two people, made if there is none; nothing if nobody of them is written.
    fn family(&mut self, one: u64, other: Option<u64>) -> Option<usize> {
        let mut partners: Vec<u64> = [Some(one), other]
            .into_iter()
            .flatten()
            .filter(|partner| self.people.contains_key(partner))
            .collect();
        partners.sort_unstable();
        partners.dedup();
        let first = *partners.first()?;
        let second = partners.get(1).copied();
        let key = (first, second.unwrap_or_default());
        if let Some(&known) = self.by_partners.get(&key) {
            return Some(known);
        }
        let position = self.families.len();
        let gender = |partner: u64| self.people.get(&partner).map(|person| person.gender);
        let (husband, wife) = match second {
            None if gender(first) == Some(Gender::Female) => (None, Some(first)),
            None => (Some(first), None),
            Some(second) => {
                let is_swapped = gender(first) == Some(Gender::Female)
                    || (gender(second) == Some(Gender::Male)
                        && gender(first) != Some(Gender::Male));
                if is_swapped && gender(second) != Some(Gender::Female) {
                    (Some(second), Some(first))
                } else {
                    (Some(first), Some(second))
                }
            }
        };
        self.families.push(Family {
            husband,
            wife,
            ..Family::default()
        });
        self.by_partners.insert(key, position);
        for partner in [husband, wife].into_iter().flatten() {
            if let Some(person) = self.people.get_mut(&partner) {
                person.spouse_in.push(position);
            }
        }
        Some(position)
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
            let nature_of = |partner: Option<u64>| {
                [Some(first), second]
                    .into_iter()
                    .flatten()
                    .find(|parent| Some(parent.parent) == partner)
                    .map(|parent| parent.nature)
            };
            let same = second.is_none_or(|second| second.nature == first.nature);
            let link = Link {
                child,
                family,
                nature: same.then_some(first.nature),
                to_husband: nature_of(self.families[family].husband),
                to_wife: nature_of(self.families[family].wife),
                certainty: first.certainty,
                since: first.since,
            };
            let position = self.links.len();
            self.links.push(link);
            self.links_of_child.entry(child).or_default().push(position);
            self.families[family].children.push(position);
        }
    }

    /// Lines kept of a family go to the one of the same partners, which gets back its reference.
    fn place_kept_lines(&mut self) {
        let mut kept = Vec::new();
        for person in self.people.values_mut() {
            let source = person.source.clone();
            let lines = std::mem::take(&mut person.kept);
            kept.extend(lines.into_iter().map(|lines| (source.clone(), lines)));
        }
        for (source, lines) in kept {
            let (family, under) = lines.under.split_once('\n').unwrap_or((&lines.under, ""));
            let mut words = family.split(' ').skip(1).map(|word| word.trim_matches('@'));
            let xref = words.next().unwrap_or_default().to_owned();
            let partners: Vec<u64> = words
                .filter_map(|word| self.number_of(&source, word))
                .collect();
            let Some(position) = partners
                .first()
                .and_then(|first| self.family(*first, partners.get(1).copied()))
            else {
                continue;
            };
            if self.families[position].xref.is_empty() {
                let name = self.take_name(&source, &xref, &format!("F{position}"));
                self.families[position].xref = name;
            }
            let text = (source, under.to_owned(), lines.text.clone());
            self.families[position].kept.push(text);
        }
    }

    fn number_of(&self, source: &str, xref: &str) -> Option<u64> {
        let name = self.named(source, xref)?;
        let found = self.numbers.get(&name);
        found.copied()
    }
}

/// The first free reference of this letter.
fn free(taken: &mut FxHashSet<String>, letter: &str, number: &mut usize) -> String {
    loop {
        *number += 1;
        let name = format!("{letter}{number}");
        if taken.insert(name.clone()) {
            return name;
        }
    }
}

/// The value of a line directly below a record.
fn below(text: &str, tag: &str) -> String {
    let head = format!("1 {tag} ");
    text.lines()
        .find_map(|line| line.strip_prefix(&head))
        .unwrap_or_default()
        .trim()
        .to_owned()
}
