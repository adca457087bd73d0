//! Writes one village's people, couples, parents and memberships, as incompletely as files are kept: vague dates,
//! missing parents, people not yet named, names as used.

use super::bundle_files::{BundleFile, BundleFiles, TieRow};
use super::dates::{self, year_of};
use super::dice::Dice;
use super::error::SampleError;
use super::names::NameLists;
use super::surroundings::{PlaceLists, Towns, nation_id};
use super::villager::{CoupleEnd, Place, Standing, Village, Villager};
use crate::model::nation::MembershipState;
use crate::model::partial_date::Day;
use crate::model::tie::{ParentNature, UnionKind};

/// What the record of one village is written with.
pub struct Recorder<'a> {
    pub files: &'a mut BundleFiles,
    pub village: &'a Village,
    pub towns: &'a Towns,
    pub lists: &'a NameLists,
    pub places: &'a PlaceLists,
    /// The village's number.
    pub number: u64,
    pub dice: &'a mut Dice,
    /// Members written, by [main nation, other nations].
    pub members: Vec<(u32, u64)>,
}

const ASSERTERS: [&str; 12] = [
    "mother",
    "maternal grandmother",
    "social worker",
    "birth registration",
    "school counsellor",
    "band representative",
    "maternal aunt",
    "public health nurse",
    "father",
    "child",
    "former foster parent",
    "",
];

/// How many people one case file is about.
const PEOPLE_IN_A_FILE: u64 = 48;

impl Recorder<'_> {
    /// Writes the people in the order given, then all ties between them.
    pub fn write(&mut self, order: &[Place]) -> Result<(), SampleError> {
        for place in order {
            let row = self.person_row(*place);
            self.files.person(&row)?;
        }
        self.write_couples()?;
        for place in order {
            self.write_birth_parents(*place)?;
            self.write_memberships(*place)?;
        }
        self.write_care()
    }

    /// The source cell for what a file says of this person: some page, written in the person's lifetime or later.
    pub fn source(&self, place: Place) -> String {
        let person = &self.village.people[place];
        let (opened, number) = case_file(person.number);
        let page = person.number % 12 + 1;
        let month = (person.number / PEOPLE_IN_A_FILE + page / 4) % 10 + 1;
        let asserter = ASSERTERS[((number + page) % ASSERTERS.len() as u64) as usize];
        let year = opened.max(year_of(person.born) + 1).min(2026);
        format!("file {opened}-{number}|p. {page}|{year}-{month:02}|{asserter}")
    }

    /// The source cell for work on the case of this person: the file, without page and date.
    pub fn case_source(&self, place: Place) -> String {
        let (opened, number) = case_file(self.village.people[place].number);
        format!("file {opened}-{number}|||social worker")
    }

    fn write_memberships(&mut self, place: Place) -> Result<(), SampleError> {
        let village = self.village;
        let person = &village.people[place];
        if stands_in_own_row(person) || person.generation == 0 {
            return Ok(());
        }
        let source = self.source(place);
        for nation in person.nations.into_iter().flatten() {
            let state = self.membership_state();
            let confirmer = match state {
                MembershipState::ConfirmedByNation => "membership clerk",
                MembershipState::Member => "status card seen",
                _ => "",
            };
            self.files.tie(&TieRow {
                kind: "membership",
                from: &person.id(),
                to: &nation_id(nation),
                nature: state.word(),
                role: confirmer,
                source: &source,
                ..TieRow::default()
            })?;
            self.count_member(nation);
        }
        Ok(())
    }

    fn write_couples(&mut self) -> Result<(), SampleError> {
        let village = self.village;
        for couple in &village.couples {
            let (first, second) = (
                &village.people[couple.first],
                &village.people[couple.second],
            );
            if self.dice.chance(0.04) {
                continue;
            }
            let (to, legal_state) = match couple.end {
                CoupleEnd::Together => (String::new(), ""),
                CoupleEnd::Separated(day) if self.dice.chance(0.8) => {
                    (self.year_or_day(day), "ended")
                }
                CoupleEnd::Separated(_) => (String::new(), "ended"),
                CoupleEnd::Widowed(day) => (self.year_or_day(day), "widowed"),
            };
            let from = self.year_or_day(couple.from);
            let nature = match couple.kind {
                UnionKind::Married => "married",
                UnionKind::CommonLaw => "common_law",
                UnionKind::Other => "other",
            };
            self.files.tie(&TieRow {
                kind: "union",
                from: &first.id(),
                to: &second.id(),
                nature,
                legal_state,
                from_date: &from,
                to_date: &to,
                source: &self.source(couple.first),
                ..TieRow::default()
            })?;
        }
        Ok(())
    }

    fn year_or_day(&mut self, day: Day) -> String {
        if self.dice.chance(0.4) {
            dates::exact(day)
        } else {
            format!("{:04}", year_of(day))
        }
    }

    fn write_birth_parents(&mut self, place: Place) -> Result<(), SampleError> {
        let village = self.village;
        let child = &village.people[place];
        if child.standing == Standing::Visitor {
            return Ok(());
        }
        let source = self.source(place);
        for parent in village.recorded_parents(place) {
            let is_father = Some(parent) == child.father;
            let presumed = is_father && child.record.father_is_presumed;
            let certainty = self.dice.weighted(
                "confirmed",
                &[("reported", 30), ("", 14), ("disputed", 1)],
                55,
            );
            self.files.tie(&TieRow {
                kind: "parent",
                from: &village.people[parent].id(),
                to: &child.id(),
                nature: if presumed { "presumed" } else { "birth" },
                legal_state: if presumed {
                    "never_established"
                } else {
                    child.record.legal_state.word()
                },
                certainty: if presumed { "reported" } else { certainty },
                sealed: if child.record.sealed { "adoption" } else { "" },
                source: &source,
                ..TieRow::default()
            })?;
        }
        Ok(())
    }

    fn write_care(&mut self) -> Result<(), SampleError> {
        let village = self.village;
        for care in &village.care {
            let from = dates::exact(care.from);
            let to = care.to.map(dates::exact).unwrap_or_default();
            let confirmed = care.nature == ParentNature::Adoptive;
            self.files.tie(&TieRow {
                kind: "parent",
                from: &village.people[care.parent].id(),
                to: &village.people[care.child].id(),
                nature: care.nature.word(),
                legal_state: care.legal_state.word(),
                from_date: &from,
                to_date: &to,
                certainty: if confirmed { "confirmed" } else { "" },
                source: &self.source(care.child),
                ..TieRow::default()
            })?;
        }
        Ok(())
    }

    /// Writes a row of one of the smaller files.
    pub fn row(&mut self, file: BundleFile, fields: &[&str]) -> Result<(), SampleError> {
        self.files.row(file, fields.iter().copied())
    }
}

/// Whether a person's memberships stand in the person's own row instead of among the ties.
pub(super) fn stands_in_own_row(person: &Villager) -> bool {
    person.number % 10 < 3
}

/// The year in which the file was opened that speaks of the person with this number, and the file's number.
fn case_file(person: u64) -> (i32, u64) {
    let file = person / PEOPLE_IN_A_FILE;
    (2011 + (file * 7 % 15) as i32, file * 61 % 8_900 + 100)
}
