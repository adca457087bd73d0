//! FAM records and what ties people in INDI records: unions, parent ties by nature, adoptions, associates.

use super::kept::{Member, keep_members};
use super::reader::Reading;
use super::versions::ROLES;
use crate::exchange::assembly::Standing;
use crate::exchange::family_check::{AgeConflict, BirthTie, age_conflict, own_ancestors};
use crate::exchange::report::shown;
use crate::model::ids::PersonId;
use crate::model::partial_date::PartialDate;
use crate::model::statement::{Certainty, Fact, SealClass};
use crate::model::tie::{
    KinBasis, LegalState, NetworkTie, ParentNature, ParentTie, StatedKin, Union, UnionKind,
    UnionState,
};
use crate::names::kin_words::read_kin_word;
use crate::names::network_roles::{network_role, role_word};
use rustc_hash::{FxHashMap, FxHashSet};

/// More partners in one family are taken for a mistake.
const MOST_PARTNERS: usize = 8;

/// A child of a family: said by the child (FAMC), the family (CHIL), or both.
struct ChildLink {
    child: u64,
    family: usize,
    /// The line that said it first.
    line: usize,
    /// How the husbands and the wives of the family are parents; birth where nothing is said.
    to_husband: Option<ParentNature>,
    to_wife: Option<ParentNature>,
    certainty: Certainty,
    seal: SealClass,
    since: Option<PartialDate>,
}

#[derive(Default)]
struct ChildLinks {
    all: Vec<ChildLink>,
    positions: FxHashMap<(u64, usize), usize>,
    /// FAMS lines: person, family, line.
    spouses: Vec<(u64, usize, usize)>,
}

impl ChildLinks {
    fn entry(&mut self, child: u64, family: usize, line: usize) -> &mut ChildLink {
        let position = *self.positions.entry((child, family)).or_insert_with(|| {
            self.all.push(ChildLink {
                child,
                family,
                line,
                to_husband: None,
                to_wife: None,
                certainty: Certainty::Reported,
                seal: SealClass::Open,
                since: None,
            });
            self.all.len() - 1
        });
        &mut self.all[position]
    }
}

struct Partner {
    person: u64,
    is_wife: bool,
}

pub fn read_families(reading: &mut Reading<'_>) {
    let mut links = ChildLinks::default();
    for record in reading.records_of("INDI") {
        read_child_links(reading, record, &mut links);
        read_associates(reading, record);
    }
    let mut partners: FxHashMap<usize, Vec<Partner>> = FxHashMap::default();
    let mut without_facts = Vec::new();
    for family in reading.records_of("FAM") {
        reading.take(family);
        let couple = read_partners(reading, family);
        read_union(reading, family, &couple);
        read_children(reading, family, &mut links);
        partners.insert(family, couple);
    }
    let with_children: FxHashSet<usize> = links.all.iter().map(|link| link.family).collect();
    for family in reading.records_of("FAM") {
        let count = partners.get(&family).map_or(0, Vec::len);
        if count == 0 || (count == 1 && !with_children.contains(&family)) {
            without_facts.push(family);
        }
    }
    keep_whole(reading, &without_facts);
    for (person, family, line) in links.spouses {
        let couple = partners.get(&family).map(Vec::as_slice).unwrap_or_default();
        if !couple.iter().any(|partner| partner.person == person) {
            reading.leave(
                line,
                "the family does not name this person as HUSB or WIFE: this is not taken",
            );
        }
    }
    // Where several families claim a child, the one recorded first in the file stands and later parents are in dispute.
    links.all.sort_by_key(|link| (link.family, link.line));
    keep_all_members(reading, &partners, &links.all);
    let mut birth_parents = FxHashMap::default();
    for link in links.all {
        for partner in partners
            .get(&link.family)
            .map(Vec::as_slice)
            .unwrap_or_default()
        {
            add_parent(reading, &link, partner, &mut birth_parents);
        }
    }
    check_circles(reading);
}

fn keep_all_members(
    reading: &mut Reading<'_>,
    partners: &FxHashMap<usize, Vec<Partner>>,
    links: &[ChildLink],
) {
    let mut next = 0;
    for family in reading.records_of("FAM") {
        let couple = partners.get(&family).map(Vec::as_slice).unwrap_or_default();
        let mut members: Vec<Member> = couple
            .iter()
            .map(|partner| Member {
                tag: if partner.is_wife { "WIFE" } else { "HUSB" },
                person: partner.person,
                nature: None,
            })
            .collect();
        while let Some(link) = links.get(next).filter(|link| link.family == family) {
            let said = link.to_husband.or(link.to_wife);
            members.push(Member {
                tag: "CHIL",
                person: link.child,
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
fn keep_whole(reading: &mut Reading<'_>, families: &[usize]) {
    let mut xrefs = FxHashSet::default();
    for &family in families {
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
        let spouse = family_at(reading, line).map(|family| (child, family, line));
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
        link.since = since;
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
            let partner = PersonId(second.person);
            let union = Union {
                partner,
                kind,
                state,
            };
            reading.assembly.add_fact(
                first.person,
                Fact::Union(union),
                standing.during(since, until),
            );
        }
    }
}

fn add_parent(
    reading: &mut Reading<'_>,
    link: &ChildLink,
    partner: &Partner,
    birth_parents: &mut FxHashMap<u64, u32>,
) {
    let said = if partner.is_wife {
        link.to_wife
    } else {
        link.to_husband
    };
    let nature = said.unwrap_or(ParentNature::Birth);
    if partner.person == link.child {
        reading.warn(link.line, "a person is their own parent: this is not taken");
        return;
    }
    if !reading
        .parent_ties
        .insert((link.child, partner.person, nature))
    {
        return;
    }
    let mut certainty = link.certainty;
    if nature == ParentNature::Birth && certainty < Certainty::Disputed {
        let known = birth_parents.entry(link.child).or_insert(0);
        *known += 1;
        if *known > 2 {
            certainty = Certainty::Disputed;
            reading.warn(
                link.line,
                "a third birth parent is recorded: kept as disputed",
            );
        }
    }
    let of_family = reading.standing(link.family, link.family);
    let standing = Standing {
        certainty,
        seal: link.seal.max(of_family.seal),
        ..of_family
    };
    let tie = ParentTie {
        parent: PersonId(partner.person),
        nature,
        legal_state: LegalState::Unknown,
        legal_date: None,
        court: String::new(),
    };
    let since = link.since.filter(|_| nature == ParentNature::Adoptive);
    reading
        .assembly
        .add_fact(link.child, Fact::Parent(tie), standing.during(since, None));
    if nature == ParentNature::Birth && certainty != Certainty::Disproved {
        warn_about_ages(reading, link, partner.person);
        if let (Ok(child), Ok(parent)) = (link.child.try_into(), partner.person.try_into()) {
            let line = link.line.try_into().unwrap_or(u32::MAX);
            reading.birth_ties.push(BirthTie {
                child,
                parent,
                line,
            });
        }
    }
}

fn warn_about_ages(reading: &mut Reading<'_>, link: &ChildLink, parent: u64) {
    let births = (
        reading.births.get(&parent).copied(),
        reading.births.get(&link.child).copied(),
    );
    let Some(conflict) = age_conflict(births.0, births.1) else {
        return;
    };
    let told = match conflict {
        AgeConflict::BornBeforeParent => "the child is older than the parent".to_owned(),
        AgeConflict::ParentTooYoung { at_most } => {
            format!("the parent was at most {at_most} years old")
        }
        AgeConflict::ParentVeryOld { at_least } => {
            format!("the parent was at least {at_least} years old")
        }
    };
    let born = |date: Option<PartialDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let reason = format!(
        "{told}: {} (born {}) and the birth parent {} (born {})",
        shown(reading.assembly.xref(link.child)),
        born(births.1),
        shown(reading.assembly.xref(parent)),
        born(births.0)
    );
    reading.warn(link.line, reason);
}

fn check_circles(reading: &mut Reading<'_>) {
    let ties = std::mem::take(&mut reading.birth_ties);
    for found in own_ancestors(&ties) {
        let chain: Vec<&str> = found
            .chain
            .iter()
            .map(|person| reading.assembly.xref((*person).into()))
            .collect();
        let chain = chain.join(" → ");
        let reason = format!(
            "a person would be their own ancestor, each arrow leading to a birth parent: {chain}"
        );
        reading.warn(ties[found.closing_tie].line as usize, reason);
    }
}

/// GEDCOM 7's fixed words in plain ones.
fn role_of_enumeration(word: &str) -> &str {
    let known = ROLES.iter().find(|(fixed, _)| *fixed == word);
    match known {
        Some((_, plain)) => plain,
        None if word == "OTHER" => "",
        None => word,
    }
}

/// The words of RELA, or of GEDCOM 7's ROLE: a fixed word, or a phrase for others. Words that an export would not
/// write again are kept.
fn read_role<'t>(reading: &mut Reading<'t>, associate: usize) -> &'t str {
    if let Some(line) = reading.take_first(associate, "ROLE") {
        reading.keep_too(line);
        let phrase = reading.tree.child_value(line, "PHRASE");
        if !phrase.is_empty() {
            return phrase;
        }
        return role_of_enumeration(reading.tree.line(line).value.trim());
    }
    let Some(line) = reading.take_first(associate, "RELA") else {
        return "";
    };
    let role = reading.tree.line(line).value.trim();
    let stored = network_role(role).map_or_else(|| role_word(role), |known| known.word.clone());
    if stored.replace('_', " ") != role {
        reading.keep_too(line);
    }
    role
}

/// ASSO: the associate is the RELA of this person. A word of kinship becomes stated kin, anything else a network tie.
fn read_associates(reading: &mut Reading<'_>, record: usize) {
    let Some(person) = reading.person_of(record) else {
        return;
    };
    for line in reading.take_all(record, "ASSO") {
        let Some(associate) = reading.person_at(line) else {
            continue;
        };
        let standing = reading.standing(record, line);
        let role = read_role(reading, line);
        if associate == person {
            reading.warn(
                line,
                "a person is associated with themselves: this is not taken",
            );
            reading.keep_too(line);
            continue;
        }
        let fact = match read_kin_word(role) {
            Some(kin) => Fact::StatedKin(StatedKin {
                kin: PersonId(associate),
                term: kin.term,
                as_told: role.to_owned(),
                side: kin.side,
                basis: KinBasis::Told,
            }),
            None => Fact::Network(NetworkTie {
                adult: PersonId(associate),
                role: network_role(role)
                    .map_or_else(|| role_word(role), |known| known.word.clone()),
                paid: None,
            }),
        };
        reading.assembly.add_fact(person, fact, standing.always());
    }
}
