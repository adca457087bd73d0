//! Births in a simulated life: inside a union and outside, what a child takes from its parents, and how the birth
//! stands in the record.

use super::dates::{TODAY, later, span, year_of, years_between};
use super::lives::Lives;
use super::villager::{Place, Recorded, Sex, Villager};
use crate::model::partial_date::Day;

/// Share of births whose father is not on file, for recent generations and for earlier ones.
const FATHERS_MISSING_NOW: f64 = 0.26;
const FATHERS_MISSING_THEN: f64 = 0.13;
/// Share of men of the parents' and grandparents' age of whose parents nothing is on file.
const MENS_PARENTS_MISSING: f64 = 0.15;

impl Lives<'_, '_> {
    pub(super) fn births_in_union(
        &mut self,
        woman: Place,
        man: Place,
        from: Day,
        last: Day,
        wanted: u32,
    ) -> u32 {
        let mut left = wanted;
        let mut day = later(from, span(self.dice, 0.5, 2.2));
        while left > 0 && day < last {
            if !self.birth(woman, Some(man), day) {
                return 0;
            }
            left -= 1;
            day = later(day, span(self.dice, 1.2, 3.8));
        }
        left
    }

    pub(super) fn births_outside_union(&mut self, woman: Place, from: Day, wanted: u32) {
        let mut day = later(from, span(self.dice, 0.0, 2.0));
        for _ in 0..wanted {
            let father = if self.dice.chance(0.55) {
                self.find_partner(woman, day)
            } else {
                None
            };
            let man = father.filter(|man| self.village.people[*man].sex == Sex::Male);
            if !self.birth(woman, man, day) {
                return;
            }
            day = later(day, span(self.dice, 1.2, 4.0));
        }
    }

    /// A child is born, if both parents' ages and lives allow it and the village has room.
    fn birth(&mut self, woman: Place, man: Option<Place>, day: Day) -> bool {
        let mother = &self.village.people[woman];
        let mother_can = mother.is_alive_on(day)
            && years_between(mother.born, day) >= 16
            && years_between(mother.born, day) < 45;
        let father_can = man.is_none_or(|man| {
            let father = &self.village.people[man];
            years_between(father.born, day) >= 16 && father.is_alive_on(day)
        });
        if !(mother_can && father_can && self.has_room() && day < TODAY) {
            return false;
        }
        let child = self.child_of(woman, man, day);
        self.add(child);
        true
    }

    fn child_of(&mut self, woman: Place, man: Option<Place>, day: Day) -> Villager {
        let sex = self
            .dice
            .weighted(Sex::Female, &[(Sex::Male, 498), (Sex::Other, 6)], 496);
        let mother = self.village.people[woman].clone();
        let father = man.map(|man| self.village.people[man].clone());
        let generation = mother.generation.saturating_add(1);
        let mut child = self.newcomer(sex, day, generation, Some(mother.has_nation()));
        child.mother = Some(woman);
        child.father = man;
        child.nations = [mother.nations[0], None];
        child.ancestry = mother.ancestry;
        child.family = mother.family.clone();
        if let Some(father) = father {
            let side = father.nations[0].filter(|nation| Some(*nation) != mother.nations[0]);
            let [first, second] = &mut child.nations;
            if first.is_none() {
                *first = side;
            } else {
                *second = side;
            }
            if self.dice.chance(0.85) && !father.family.is_empty() {
                child.family = father.family;
                child.ancestry = father.ancestry;
            }
        }
        child.given = self
            .setting
            .lists
            .given(child.ancestry, sex, year_of(day), self.dice);
        child.fertility = mother.fertility * 0.65
            + self.setting.fertility * 0.35 * (1.0 + self.dice.bell() * 0.6);
        child.marries_out =
            (1..=3).contains(&generation) && sex == Sex::Male && self.dice.chance(0.05);
        child.record = self.how_recorded(generation, sex, man.is_some());
        child
    }

    /// Fathers, and the parents of men, are left out of files more often than mothers.
    fn how_recorded(&mut self, generation: u8, sex: Sex, has_father: bool) -> Recorded {
        let missing_father = if generation >= 3 {
            FATHERS_MISSING_NOW
        } else {
            FATHERS_MISSING_THEN
        };
        let mut record = Recorded::WHOLE;
        record.father = has_father && !self.dice.chance(missing_father);
        record.father_is_presumed = generation >= 3 && self.dice.chance(0.06);
        record.mother = !self.dice.chance(0.02);
        if sex == Sex::Male
            && (2..=3).contains(&generation)
            && self.dice.chance(MENS_PARENTS_MISSING)
        {
            record.mother = false;
            record.father = false;
        }
        record
    }
}
