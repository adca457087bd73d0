//! The row of one person: the name as used, vague dates, places lived, and people who are spoken of without a name.

use super::bundle_files::PersonRow;
use super::dates::{self, TODAY, later, span, year_of, years_between};
use super::record::{Recorder, stands_in_own_row};
use super::villager::{Place, Sex, Standing, Villager};
use crate::model::nation::MembershipState;

impl Recorder<'_> {
    pub(super) fn person_row(&mut self, place: Place) -> PersonRow {
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
        if year_of(person.born) >= 1970 || self.dice.chance(0.4) {
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
        if let Some(child) = self.village.open_children(place).next() {
            let word = if female { "mother" } else { "father" };
            return format!(
                "{word} of {}, name not known",
                self.village.people[child].full_name()
            );
        }
        let sibling = self
            .village
            .open_parents(place)
            .flat_map(|parent| self.village.open_children(parent))
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
        let mut since = "..".to_string();
        let mut lived: Vec<String> = Vec::new();
        for _ in 0..self.dice.between(0, 2) {
            let next = self.another_town();
            if day >= end {
                break;
            }
            if next != here {
                let year = year_of(day).to_string();
                lived.push(format!("{here}@{since}/{year}"));
                here = next;
                since = year;
            }
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

    pub(super) fn membership_state(&mut self) -> MembershipState {
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

    pub(super) fn count_member(&mut self, nation: u32) {
        match self.members.iter_mut().find(|(known, _)| *known == nation) {
            Some((_, members)) => *members += 1,
            None => self.members.push((nation, 1)),
        }
    }
}

/// The word of the gender column.
pub(super) fn gender_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other => "other",
    }
}
