//! Families as their file had them, as far as the statements still say so; the other couples and parents in new ones.

use super::family_plan::{Family, FamilyPlan, FamilyUnion, Link, Parent, Seat};
use super::kept::MEMBERS;
use crate::model::person::Gender;
use crate::model::statement::KeptLines;
use crate::model::tie::ParentNature;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, VecDeque};

impl FamilyPlan {
    /// Families as their file had them, as far as the unions of their partners stand.
    pub(super) fn form_families_as_kept(&mut self) {
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

    pub(super) fn form_couples(&mut self) {
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
    pub(super) fn place_child(&mut self, child: u64) {
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
    pub(super) fn place_kept_lines(&mut self) {
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
