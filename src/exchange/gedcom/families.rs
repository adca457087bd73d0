//! FAM records and what ties people in INDI records: unions, parent ties by nature, adoptions, associates.

use super::associates::read_associates;
use super::kept::{Member, keep_members};
use super::parent_ties::{add_parent, check_circles};
use super::reader::Reading;
use crate::exchange::report::shown;
use crate::model::ids::PersonId;
use crate::model::partial_date::PartialDate;
use crate::model::statement::{Certainty, Fact, SealClass};
use crate::model::tie::{ParentNature, Union, UnionKind, UnionState};
use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::hash::BuildHasher;

/// More partners in one family are taken for a mistake.
const MOST_PARTNERS: usize = 8;

/// A child of a family: said by the child (FAMC), the family (CHIL), or both.
pub struct ChildLink {
    pub child: u32,
    pub family: u32,
    /// The line that said it first.
    pub line: u32,
    /// How the husbands and the wives of the family are parents; birth where nothing is said.
    pub to_husband: Option<ParentNature>,
    pub to_wife: Option<ParentNature>,
    pub certainty: Certainty,
    pub seal: SealClass,
    /// Of an adoption.
    pub since: Option<Box<PartialDate>>,
}

#[derive(Default)]
struct ChildLinks {
    all: Vec<ChildLink>,
    /// Positions in `all`, by child and family.
    positions: HashTable<u32>,
    /// FAMS lines: person, family, line.
    spouses: Vec<(u32, u32, u32)>,
}

impl ChildLinks {
    fn entry(&mut self, child: u64, family: usize, line: usize) -> &mut ChildLink {
        // Lines and people of a file are fewer than a u32 can count.
        let key = (child as u32, family as u32);
        let all = &mut self.all;
        let of = |position: &u32| all.get(*position as usize).map(|at| (at.child, at.family));
        let hash = |position: &u32| FxBuildHasher.hash_one(of(position));
        let wanted = FxBuildHasher.hash_one(Some(key));
        let found = self
            .positions
            .find(wanted, |position| of(position) == Some(key));
        let position = match found.copied() {
            Some(position) => position as usize,
            None => {
                let position = all.len();
                // The table asks for the hashes of those in it only.
                self.positions.insert_unique(wanted, position as u32, hash);
                all.push(ChildLink {
                    child: key.0,
                    family: key.1,
                    line: line as u32,
                    to_husband: None,
                    to_wife: None,
                    certainty: Certainty::Reported,
                    seal: SealClass::Open,
                    since: None,
                });
                position
            }
        };
        &mut self.all[position]
    }
}

#[derive(Clone, Copy)]
pub struct Partner {
    pub person: u32,
    pub is_wife: bool,
}

/// The partners of every family, in the order of the file.
#[derive(Default)]
struct Couples {
    /// The record, and where its partners end; they begin where those of the record before end.
    families: Vec<(u32, u32)>,
    partners: Vec<Partner>,
}

impl Couples {
    fn add(&mut self, family: usize, partners: &[Partner]) {
        self.partners.extend_from_slice(partners);
        self.families
            .push((family as u32, self.partners.len() as u32));
    }

    fn of(&self, family: u32) -> &[Partner] {
        let Ok(at) = self.families.binary_search_by_key(&family, |(of, _)| *of) else {
            return &[];
        };
        let start = at
            .checked_sub(1)
            .map_or(0, |before| self.families[before].1);
        &self.partners[start as usize..self.families[at].1 as usize]
    }
}

pub fn read_families(reading: &mut Reading<'_>) {
    let mut links = ChildLinks::default();
    for record in reading.records_of("INDI") {
        read_child_links(reading, record, &mut links);
        read_associates(reading, record);
    }
    let mut couples = Couples::default();
    for family in reading.records_of("FAM") {
        reading.take(family);
        let couple = read_partners(reading, family);
        read_union(reading, family, &couple);
        read_children(reading, family, &mut links);
        couples.add(family, &couple);
    }
    let ChildLinks {
        all: mut links,
        spouses,
        ..
    } = links;
    // Where several families claim a child, the one recorded first in the file stands and later parents are in dispute.
    links.sort_unstable_by_key(|link| (link.family, link.line));
    let has_children = |family: u32| {
        links
            .binary_search_by_key(&family, |link| link.family)
            .is_ok()
    };
    let without_facts = couples.families.iter().map(|(family, _)| *family);
    let without_facts = without_facts.filter(|family| match couples.of(*family).len() {
        0 => true,
        1 => !has_children(*family),
        _ => false,
    });
    keep_whole(reading, without_facts.map(|family| family as usize));
    for (person, family, line) in spouses {
        let couple = couples.of(family);
        if !couple.iter().any(|partner| partner.person == person) {
            reading.leave(
                line as usize,
                "the family does not name this person as HUSB or WIFE: this is not taken",
            );
        }
    }
    keep_all_members(reading, &couples, &links);
    let mut birth_parents = FxHashMap::default();
    for link in links {
        for partner in couples.of(link.family) {
            add_parent(reading, &link, partner, &mut birth_parents);
        }
    }
    drop((couples, birth_parents));
    reading.parent_ties = FxHashSet::default();
    check_circles(reading);
}

fn keep_all_members(reading: &mut Reading<'_>, couples: &Couples, links: &[ChildLink]) {
    let mut next = 0;
    for family in reading.records_of("FAM") {
        let mut members: Vec<Member> = couples
            .of(family as u32)
            .iter()
            .map(|partner| Member {
                tag: if partner.is_wife { "WIFE" } else { "HUSB" },
                person: partner.person.into(),
                nature: None,
            })
            .collect();
        while let Some(link) = links.get(next).filter(|link| link.family == family as u32) {
            let said = link.to_husband.or(link.to_wife);
            members.push(Member {
                tag: "CHIL",
                person: link.child.into(),
                nature: said.filter(|nature| *nature != ParentNature::Birth),
            });
            next += 1;
        }
        if reading.is_taken(family) {
            keep_members(reading, family, &members);
        }
    }
}

/// Families of which nothing follows (children without a parent, one partner alone) are kept, with what points to them.
fn keep_whole(reading: &mut Reading<'_>, families: impl Iterator<Item = usize>) {
    let mut xrefs = FxHashSet::default();
    for family in families {
        reading.keep_too(family);
        xrefs.insert(reading.tree.line(family).xref);
    }
    if xrefs.is_empty() {
        return;
    }
    for record in reading.records_of("INDI") {
        let lines: Vec<usize> = reading.tree.children(record).collect();
        for line in lines {
            let found = reading.tree.line(line);
            let points = found.pointer().is_some_and(|xref| xrefs.contains(xref));
            if matches!(found.tag, "FAMC" | "FAMS") && points {
                reading.keep_too(line);
            }
        }
    }
}

fn read_child_links(reading: &mut Reading<'_>, record: usize, links: &mut ChildLinks) {
    let Some(child) = reading.person_of(record) else {
        return;
    };
    for line in reading.take_all(record, "FAMS") {
        let spouse =
            family_at(reading, line).map(|family| (child as u32, family as u32, line as u32));
        links.spouses.extend(spouse);
    }
    for line in reading.take_all(record, "FAMC") {
        let Some(family) = family_at(reading, line) else {
            continue;
        };
        let seal = reading.standing(record, record).seal;
        let nature = read_nature(reading, line, "PEDI");
        let certainty = read_status(reading, line);
        let link = links.entry(child, family, line);
        link.to_husband = nature.or(link.to_husband);
        link.to_wife = nature.or(link.to_wife);
        link.seal = link.seal.max(seal);
        if certainty != Certainty::Reported {
            link.certainty = certainty;
        }
    }
    if let Some(birth) = reading.tree.child(record, "BIRT")
        && let Some(line) = reading.take_first(birth, "FAMC")
    {
        let family = family_at(reading, line);
        reading.keep_too(line);
        if let Some(family) = family {
            links.entry(child, family, line);
        }
    }
    read_adoptions(reading, record, child, links);
}

/// `1 ADOP` with `2 FAMC @F1@` and `3 ADOP HUSB`, `WIFE` or `BOTH`. Without a family it is not taken.
fn read_adoptions(reading: &mut Reading<'_>, record: usize, child: u64, links: &mut ChildLinks) {
    let adoptions: Vec<usize> = reading
        .tree
        .children(record)
        .filter(|line| reading.tree.line(*line).tag == "ADOP")
        .collect();
    for adoption in adoptions {
        let Some(line) = reading.take_first(adoption, "FAMC") else {
            continue;
        };
        let Some(family) = family_at(reading, line) else {
            continue;
        };
        let by_whom = reading.take_value(line, "ADOP").to_uppercase();
        let since = reading.take_date(adoption);
        let seal = reading.standing(record, adoption).seal;
        reading.keep_too(adoption);
        let link = links.entry(child, family, line);
        if by_whom != "WIFE" {
            link.to_husband = Some(ParentNature::Adoptive);
        }
        if by_whom != "HUSB" {
            link.to_wife = Some(ParentNature::Adoptive);
        }
        link.since = since.map(Box::new);
        link.seal = link.seal.max(seal);
    }
}

/// The family that a line points to; nothing, with a warning, if there is none.
fn family_at(reading: &mut Reading<'_>, position: usize) -> Option<usize> {
    let line = reading.tree.line(position);
    match line.pointer() {
        Some("VOID") => {
            reading.keep_too(position);
            None
        }
        Some(xref) => {
            let family = reading
                .record(xref)
                .filter(|record| reading.tree.line(*record).tag == "FAM");
            if family.is_none() {
                reading.leave(
                    position,
                    format!("there is no family with the reference @{xref}@"),
                );
            }
            family
        }
        None => {
            reading.leave(
                position,
                format!(
                    "{} is not a reference to a family, like @F1@",
                    shown(line.value)
                ),
            );
            None
        }
    }
}

fn read_nature(reading: &mut Reading<'_>, holder: usize, tag: &str) -> Option<ParentNature> {
    let line = reading.take_first(holder, tag)?;
    let mut value = reading.tree.line(line).value.trim();
    let phrase = reading.tree.child_value(line, "PHRASE");
    if value.eq_ignore_ascii_case("other") && !phrase.is_empty() {
        reading.take_value(line, "PHRASE");
        value = phrase;
    }
    let is_ours = [
        "birth",
        "adopted",
        "foster",
        "step",
        "guardian",
        "customary",
        "presumed",
    ];
    if !is_ours.contains(&value.to_lowercase().as_str()) {
        reading.keep_too(line);
    }
    Some(match value.to_lowercase().as_str() {
        "birth" | "natural" | "biological" => ParentNature::Birth,
        "adopted" | "adoptive" | "adoption" => ParentNature::Adoptive,
        "foster" | "fostered" => ParentNature::Foster,
        "step" | "stepchild" | "stepparent" => ParentNature::Step,
        "guardian" | "guardianship" | "ward" => ParentNature::Guardian,
        "customary" => ParentNature::Customary,
        "unknown" | "private" | "challenged" | "presumed" | "related" => ParentNature::Presumed,
        "" => return None,
        _ => {
            let reason = format!(
                "{} is not a known kind of parent: it is taken as presumed",
                shown(value)
            );
            reading.warn(line, reason);
            ParentNature::Presumed
        }
    })
}

fn read_status(reading: &mut Reading<'_>, link: usize) -> Certainty {
    let Some(line) = reading.take_first(link, "STAT") else {
        return Certainty::Reported;
    };
    let value = reading.tree.line(line).value.trim().to_lowercase();
    match value.as_str() {
        "proven" => Certainty::Confirmed,
        "challenged" => Certainty::Disputed,
        "disproven" => Certainty::Disproved,
        _ => {
            reading.give_back(line);
            Certainty::Reported
        }
    }
}

fn read_partners(reading: &mut Reading<'_>, family: usize) -> Vec<Partner> {
    let mut partners: Vec<Partner> = Vec::new();
    for (tag, is_wife) in [("HUSB", false), ("WIFE", true)] {
        for line in reading.take_all(family, tag) {
            let Some(person) = reading.person_at(line) else {
                continue;
            };
            let person = person as u32;
            if partners.iter().any(|partner| partner.person == person) {
                let itself = reading.tree.line(line).value.trim();
                reading.leave(line, format!("{itself} is tied to itself"));
            } else if partners.len() <= MOST_PARTNERS {
                partners.push(Partner { person, is_wife });
            }
        }
    }
    if partners.len() > MOST_PARTNERS {
        reading.error(
            family,
            format!("the family has more than {MOST_PARTNERS} partners"),
        );
        partners.clear();
    } else if partners.len() > 2 {
        reading.warn(
            family,
            "the family has more than two partners: each two are taken as a couple",
        );
    }
    partners
}

fn read_children(reading: &mut Reading<'_>, family: usize, links: &mut ChildLinks) {
    for line in reading.take_all(family, "CHIL") {
        let Some(child) = reading.person_at(line) else {
            continue;
        };
        let to_husband = read_nature(reading, line, "_FREL");
        let to_wife = read_nature(reading, line, "_MREL");
        let link = links.entry(child, family, line);
        link.to_husband = to_husband.or(link.to_husband);
        link.to_wife = to_wife.or(link.to_wife);
    }
}

/// Two partners are a couple: married if the family has MARR, else of another kind; ended by DIV or ANUL.
fn read_union(reading: &mut Reading<'_>, family: usize, partners: &[Partner]) {
    let is_asserted = |reading: &Reading<'_>, event: usize| {
        !reading
            .tree
            .line(event)
            .value
            .trim()
            .eq_ignore_ascii_case("N")
    };
    if partners.len() < 2 {
        return;
    }
    let marriage = reading
        .take_first(family, "MARR")
        .filter(|event| is_asserted(reading, *event));
    if marriage.is_none()
        && let Some(denied) = reading.tree.child(family, "MARR")
    {
        reading.keep_too(denied);
    }
    let mut since = None;
    let mut kind = UnionKind::Other;
    let mut standing = reading.standing(family, family);
    if let Some(marriage) = marriage {
        since = reading.take_date(marriage);
        standing = reading.standing(family, marriage);
        let written = reading.tree.child_value(marriage, "TYPE").to_lowercase();
        if written == "common law" {
            reading.take_value(marriage, "TYPE");
        } else if let Some(line) = reading.tree.child(marriage, "TYPE") {
            reading.keep_too(line);
        }
        let is_common_law = ["common law", "common-law", "cohabitation"]
            .iter()
            .any(|word| written.contains(word));
        kind = if is_common_law {
            UnionKind::CommonLaw
        } else {
            UnionKind::Married
        };
    }
    let mut state = UnionState::Current;
    let mut until = None;
    for tag in ["DIV", "ANUL", "_SEPR"] {
        let Some(end) = reading.take_first(family, tag) else {
            continue;
        };
        if is_asserted(reading, end) {
            let is_first = state == UnionState::Current;
            state = UnionState::Ended;
            until = until.or(reading.take_date(end));
            if tag == "DIV" && is_first {
                continue;
            }
        }
        reading.keep_too(end);
    }
    for (position, first) in partners.iter().enumerate() {
        for second in &partners[position + 1..] {
            let partner = PersonId(second.person.into());
            let union = Union {
                partner,
                kind,
                state,
            };
            reading.assembly.add_fact(
                first.person.into(),
                Fact::Union(union),
                standing.during(since, until),
            );
        }
    }
}
