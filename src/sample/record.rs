//! Writes one village's people, couples, parents and memberships, as incompletely as files are kept: vague dates,
//! missing parents, people not yet named, names as used.

use super::bundle_files::{BundleFile, BundleFiles, PersonRow, TieRow};
use super::dates::{self, TODAY, later, span, year_of, years_between};
use super::dice::Dice;
use super::error::SampleError;
use super::names::NameLists;
use super::surroundings::{PlaceLists, Towns, nation_id};
use super::villager::{CoupleEnd, Place, Sex, Standing, Village, Villager};
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
const PEOPLE_IN_A_FILE: usize = 48;

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

    /// The source cell for what a file says of this person.
    pub fn source(&self, place: Place) -> String {
        let file = place / PEOPLE_IN_A_FILE;
        let year = 2011 + (self.number as usize * 7 + file * 5) % 15;
        let page = place % 12 + 1;
        let number = (self.number as usize * 61 + file) % 900 + 100;
        let month = (file + page / 4) % 12 + 1;
        let asserter = ASSERTERS[(file + page) % ASSERTERS.len()];
        format!("file {year}-{number}|p. {page}|{year}-{month:02}|{asserter}")
    }

    fn person_row(&mut self, place: Place) -> PersonRow {
        let village = self.village;
        let person = &village.people[place];
        let unnamed = self.stays_unnamed(place);
        let mut row = PersonRow {
            id: person.id(),
            gender: gender_word(person.sex),
            birth_date: dates::remembered(person.born, self.dice),
            source: self.source(place),
            ..PersonRow::default()
        };
        self.add_death(person, &mut row);
        if unnamed {
            row.description = self.how_spoken_of(place);
            row.certainty = "reported";
            return row;
        }
        row.full_name = person.full_name();
        self.add_names(person, &mut row);
        self.add_places(place, &mut row);
        self.add_contact_points(person, &mut row);
        if person.born > TODAY.min(Day(0)) || self.dice.chance(0.4) {
            row.languages = self.lists.languages(person.ancestry).join(";");
        }
        self.add_nation_cell(person, &mut row);
        row
    }

    fn stays_unnamed(&mut self, place: Place) -> bool {
        let village = self.village;
        let person = &village.people[place];
        let elder = person.standing == Standing::Family && person.generation <= 3;
        let share = if person.sex == Sex::Male {
            0.035
        } else {
            0.015
        };
        elder && years_between(person.born, TODAY) > 20 && self.dice.chance(share)
    }

    /// "father of Rose Adams, name not known".
    fn how_spoken_of(&self, place: Place) -> String {
        let female = self.village.people[place].sex == Sex::Female;
        if let Some(child) = self.village.recorded_children(place).next() {
            let word = if female { "mother" } else { "father" };
            return format!(
                "{word} of {}, name not known",
                self.village.people[child].full_name()
            );
        }
        let sibling = self
            .village
            .recorded_parents(place)
            .flat_map(|parent| self.village.recorded_children(parent))
            .find(|sibling| *sibling != place);
        let word = if female { "sister" } else { "brother" };
        match sibling {
            Some(sibling) => {
                let name = self.village.people[sibling].full_name();
                format!("{word} of {name}, name not known")
            }
            None if female => "former partner (a woman), name not known".to_string(),
            None => "former partner (a man), name not known".to_string(),
        }
    }

    fn add_names(&mut self, person: &Villager, row: &mut PersonRow) {
        if !self.dice.chance(0.12) {
            row.given_names = person.given.clone();
            if !person.middle.is_empty() {
                row.given_names = format!("{} {}", person.given, person.middle);
            }
            row.family_name = person.present_family().to_string();
        }
        if !person.married_family.is_empty() && self.dice.chance(0.7) {
            row.birth_family_name = person.family.clone();
        }
        let mut aliases = Vec::new();
        if self.dice.chance(0.18) {
            let used = self.lists.damaged(&person.given, self.dice);
            let kind = ["used=", "alias=", "used=", "alias="];
            let family = person.present_family();
            let kind = self.dice.pick(&kind);
            aliases.push(format!("{kind}{used} {family}").trim().to_string());
        }
        if person.has_nation() && person.generation <= 2 && self.dice.chance(0.06) {
            aliases.push(format!("traditional={}", self.lists.traditional(self.dice)));
        }
        row.aliases = aliases.join(";");
    }

    fn add_death(&mut self, person: &Villager, row: &mut PersonRow) {
        let Some(died) = person.died else {
            if self.dice.chance(0.6) {
                row.deceased = "no";
            }
            return;
        };
        row.deceased = "yes";
        if self.dice.chance(0.85) {
            row.death_date = if self.dice.chance(0.6) {
                dates::exact(died)
            } else {
                format!("{:04}", year_of(died))
            };
        }
    }

    fn add_places(&mut self, place: Place, row: &mut PersonRow) {
        let person = &self.village.people[place];
        let family = person.mother.unwrap_or(place);
        let home = self.towns.near[family % 3].as_str();
        if self.dice.chance(0.7) {
            row.birth_place = home.to_string();
        }
        if self.dice.chance(0.15) {
            return;
        }
        let mut day = later(person.born, span(self.dice, 1.0, 25.0));
        let end = person.died.unwrap_or(TODAY);
        let mut here = home.to_string();
        let mut lived: Vec<String> = Vec::new();
        for _ in 0..self.dice.between(0, 2) {
            if day >= end {
                break;
            }
            lived.push(format!("{here}@../{}", year_of(day)));
            here = self.another_town();
            day = later(day, span(self.dice, 2.0, 20.0));
        }
        lived.push(here);
        row.places = lived.join(";");
    }

    fn another_town(&mut self) -> String {
        if self.dice.chance(0.3) {
            let position = self.dice.position(self.towns.cities.len());
            return self.towns.cities.get(position).cloned().unwrap_or_default();
        }
        self.towns.near[self.dice.position(3)].clone()
    }

    fn add_contact_points(&mut self, person: &Villager, row: &mut PersonRow) {
        if person.died.is_some() || years_between(person.born, TODAY) < 19 {
            return;
        }
        if self.dice.chance(0.35) {
            let area = self.dice.word(&["250", "604", "778", "236"]);
            row.phones = format!("{area}-555-01{:02}", self.dice.between(0, 99));
        }
        if self.dice.chance(0.12) {
            row.emails = format!("{}@example.org", person.id());
        }
    }

    /// Three memberships in ten stand in the person's own row, by the nation's name.
    fn add_nation_cell(&mut self, person: &Villager, row: &mut PersonRow) {
        if stands_in_own_row(person) && person.generation > 0 {
            for nation in person.nations.into_iter().flatten() {
                let state = self.membership_state();
                let name = self.places.nation_name(nation);
                if !row.nations.is_empty() {
                    row.nations.push(';');
                }
                row.nations.push_str(&format!("{name}={}", state.word()));
                self.count_member(nation);
            }
        }
    }

    fn membership_state(&mut self) -> MembershipState {
        self.dice.weighted(
            MembershipState::Member,
            &[
                (MembershipState::Claimed, 16),
                (MembershipState::ConfirmedByNation, 12),
                (MembershipState::Entitled, 11),
                (MembershipState::AskedAwaitingAnswer, 4),
                (MembershipState::NotAMember, 2),
            ],
            55,
        )
    }

    fn count_member(&mut self, nation: u32) {
        match self.members.iter_mut().find(|(known, _)| *known == nation) {
            Some((_, members)) => *members += 1,
            None => self.members.push((nation, 1)),
        }
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

fn stands_in_own_row(person: &Villager) -> bool {
    person.number % 10 < 3
}

fn gender_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other => "other",
    }
}
