//! Five generations of one village: who is born, who lives with whom, who parts, who dies. Parents are at least
//! 16 at a birth, nobody is born after a parent's death, and no couple shares a grandparent.

use super::dates::{TODAY, later, span, year_of, years, years_between};
use super::dice::Dice;
use super::names::NameLists;
use super::newcomers::{Origin, newcomer};
use super::villager::{Couple, CoupleEnd, Place, Sex, Standing, Village, Villager};
use crate::model::partial_date::Day;
use crate::model::tie::UnionKind;

/// What one village is to be like.
pub struct Setting<'a> {
    pub lists: &'a NameLists,
    /// No more people are born than this.
    pub most_people: usize,
    pub founders: usize,
    /// Children a woman has, against the average of all villages.
    pub fertility: f64,
    /// Share of the founders who are of a nation.
    pub nation_share: f64,
    /// The nation most are of, and the one that some are of.
    pub nations: [u32; 2],
}

/// Mean number of children of a woman by generation, before what comes of later unions.
const CHILDREN: [f64; 6] = [3.3, 3.0, 2.5, 2.15, 1.9, 1.5];
/// Share of unions that end by separation.
const SEPARATIONS: [f64; 6] = [0.06, 0.15, 0.30, 0.40, 0.40, 0.40];
const FIRST_POOL_YEAR: i32 = 1880;
const POOL_YEARS: usize = 150;

/// Simulates the village. `visitors` come from the village before and may marry here.
pub fn live(setting: &Setting, visitors: Vec<Villager>, dice: &mut Dice) -> Village {
    let mut lives = Lives {
        setting,
        village: Village::default(),
        single_men: vec![Vec::new(); POOL_YEARS],
        dice,
    };
    for visitor in visitors {
        lives.add(visitor);
    }
    lives.found();
    let mut next = 0;
    // Daughters stand behind their mothers, so one pass in order meets every woman once, after her own birth.
    while next < lives.village.people.len() {
        let person = &lives.village.people[next];
        let takes_part = person.standing == Standing::Family && !person.marries_out;
        if takes_part && person.sex == Sex::Female && person.free_from < TODAY {
            lives.live_as_woman(next);
        }
        next += 1;
    }
    lives.village.list_children();
    lives.village
}

pub(super) struct Lives<'a, 'b> {
    pub(super) setting: &'a Setting<'b>,
    pub(super) village: Village,
    /// Men without a partner, by year of birth.
    single_men: Vec<Vec<Place>>,
    pub(super) dice: &'a mut Dice,
}

impl Lives<'_, '_> {
    fn found(&mut self) {
        for position in 0..self.setting.founders {
            let sex = if position % 2 == 0 {
                Sex::Female
            } else {
                Sex::Male
            };
            let born = Day(TODAY.0 - years(121.0) + span(self.dice, 0.0, 17.0));
            let founder = self.newcomer(sex, born, 0, None);
            self.add(founder);
        }
    }

    pub(super) fn add(&mut self, person: Villager) -> Place {
        let place = self.village.people.len();
        let waits = person.sex == Sex::Male
            && (person.standing == Standing::Visitor || !person.marries_out);
        let year = (year_of(person.born) - FIRST_POOL_YEAR) as usize;
        if let Some(pool) = self.single_men.get_mut(year).filter(|_| waits) {
            pool.push(place);
        }
        self.village.people.push(person);
        place
    }

    /// Somebody without recorded parents; `of_nation` is left to chance where not given.
    pub(super) fn newcomer(
        &mut self,
        sex: Sex,
        born: Day,
        generation: u8,
        of_nation: Option<bool>,
    ) -> Villager {
        let share = self.setting.nation_share;
        let of_nation = of_nation.unwrap_or_else(|| self.dice.chance(share));
        let [main, other] = self.setting.nations;
        let nation = if self.dice.chance(0.85) { main } else { other };
        let origin = Origin {
            sex,
            born,
            generation,
            nation: of_nation.then_some(nation),
            fertility: self.setting.fertility * (1.0 + self.dice.bell() * 0.25),
        };
        newcomer(self.setting.lists, &origin, self.dice)
    }

    fn live_as_woman(&mut self, woman: Place) {
        let (born, generation, fertility) = {
            let person = &self.village.people[woman];
            (
                person.born,
                usize::from(person.generation),
                person.fertility,
            )
        };
        let mean = CHILDREN[generation.min(5)] * fertility;
        let mut wanted = self.dice.count(mean);
        let mut day = later(born, span(self.dice, 17.0, 28.0));
        if self.dice.chance(0.10) {
            self.births_outside_union(woman, day, wanted.min(3));
            day = later(day, span(self.dice, 2.0, 9.0));
            wanted = wanted.saturating_sub(2);
        }
        if self.dice.chance(0.09) {
            return;
        }
        for _ in 0..4 {
            let Some((end, children_left)) = self.live_in_union(woman, day, wanted) else {
                return;
            };
            if !self.dice.chance(0.68) {
                return;
            }
            day = later(end, span(self.dice, 0.4, 4.0));
            let wish = if self.dice.chance(0.6) { 1 } else { 0 };
            wanted = children_left.max(wish);
        }
    }

    /// One union and its births. Gives the day on which it ended and how many children were still wanted, or
    /// nothing where no union came about or it lasts.
    fn live_in_union(&mut self, woman: Place, wish_day: Day, wanted: u32) -> Option<(Day, u32)> {
        let generation = usize::from(self.village.people[woman].generation).min(5);
        let partner = self.find_partner(woman, wish_day)?;
        let from = self.first_day(woman, partner, wish_day)?;
        let first_death = [woman, partner]
            .into_iter()
            .filter_map(|place| self.village.people[place].died)
            .min();
        let separates = self.dice.chance(SEPARATIONS[generation]);
        let parting = later(from, span(self.dice, 0.8, 14.0));
        let end = match first_death {
            _ if separates && parting < TODAY && first_death.is_none_or(|day| parting < day) => {
                CoupleEnd::Separated(parting)
            }
            Some(day) if day <= TODAY => CoupleEnd::Widowed(day),
            _ => CoupleEnd::Together,
        };
        let married = self
            .dice
            .chance([0.97, 0.93, 0.75, 0.50, 0.35, 0.3][generation]);
        let kind = if married {
            UnionKind::Married
        } else {
            UnionKind::CommonLaw
        };
        self.village.couples.push(Couple {
            first: woman,
            second: partner,
            kind,
            from,
            end,
        });
        if married {
            self.take_married_name(woman, partner, generation);
        }
        let last = match end {
            CoupleEnd::Together => TODAY,
            CoupleEnd::Separated(day) | CoupleEnd::Widowed(day) => day,
        };
        let children_left = if self.village.people[partner].sex == Sex::Male {
            self.births_in_union(woman, partner, from, last, wanted)
        } else {
            wanted
        };
        match end {
            CoupleEnd::Together => None,
            CoupleEnd::Widowed(day) if self.village.people[woman].is_alive_on(day) => {
                Some((day, children_left))
            }
            CoupleEnd::Widowed(day) => {
                self.set_free(partner, day);
                None
            }
            CoupleEnd::Separated(day) => {
                self.set_free(partner, day);
                Some((day, children_left))
            }
        }
    }

    /// The earliest day on which both may live together; nothing where that never comes.
    fn first_day(&mut self, woman: Place, partner: Place, wish_day: Day) -> Option<Day> {
        let earliest = wish_day.max(self.village.people[partner].free_from);
        let alive = |place: Place| self.village.people[place].is_alive_on(earliest);
        let possible = earliest < TODAY
            && alive(woman)
            && alive(partner)
            && years_between(self.village.people[woman].born, earliest) < 58;
        if !possible {
            self.return_to_pool(partner);
            return None;
        }
        Some(earliest)
    }

    pub(super) fn find_partner(&mut self, woman: Place, day: Day) -> Option<Place> {
        if day >= TODAY || !self.village.people[woman].is_alive_on(day) {
            return None;
        }
        let generation = self.village.people[woman].generation;
        if generation >= 2 && self.dice.chance(0.02) {
            return self.outside_partner(woman, Sex::Female);
        }
        let woman_year = year_of(self.village.people[woman].born);
        for _ in 0..14 {
            let older_by = (2.5 + self.dice.bell() * 4.0).round() as i32;
            let year = woman_year - older_by - FIRST_POOL_YEAR;
            let Some(pool) = usize::try_from(year)
                .ok()
                .and_then(|year| self.single_men.get_mut(year))
            else {
                continue;
            };
            if pool.is_empty() {
                continue;
            }
            let position = self.dice.position(pool.len());
            let man = pool[position];
            if self.suits(woman, man, day) {
                self.single_men[year as usize].swap_remove(position);
                return Some(man);
            }
        }
        if generation == 0 || self.dice.chance(0.75) {
            return self.outside_partner(woman, Sex::Male);
        }
        None
    }

    fn suits(&mut self, woman: Place, man: Place, day: Day) -> bool {
        let (her, him) = (&self.village.people[woman], &self.village.people[man]);
        let from = day.max(him.free_from);
        if !him.is_alive_on(from) || from > later(day, years(2.0)) {
            return false;
        }
        let different = her.has_nation() != him.has_nation();
        if share_grandparent(&self.village, woman, man) {
            return false;
        }
        !(different && self.dice.chance(0.6))
    }

    /// Somebody from elsewhere, without known kin; nobody once the village is full.
    fn outside_partner(&mut self, woman: Place, sex: Sex) -> Option<Place> {
        if !self.has_room() {
            return None;
        }
        let her = &self.village.people[woman];
        let (generation, of_nation) = (her.generation, her.has_nation());
        let age_gap = if sex == Sex::Male {
            span(self.dice, -2.0, 6.0)
        } else {
            0
        };
        let born = later(her.born, -age_gap);
        let same = if self.dice.chance(0.6) {
            of_nation
        } else {
            false
        };
        let mut partner = self.newcomer(sex, born, generation, Some(same));
        // Already taken: neither waits for a partner nor lives a woman's life of her own.
        partner.free_from = if sex == Sex::Male {
            later(born, years(17.0))
        } else {
            TODAY
        };
        let place = self.village.people.len();
        self.village.people.push(partner);
        Some(place)
    }

    pub(super) fn has_room(&self) -> bool {
        self.village.people.len() < self.setting.most_people
    }

    fn set_free(&mut self, man: Place, day: Day) {
        let person = &mut self.village.people[man];
        if person.sex != Sex::Male {
            return;
        }
        person.free_from = later(day, years(0.7));
        if self.dice.chance(0.75) {
            self.return_to_pool(man);
        }
    }

    fn return_to_pool(&mut self, man: Place) {
        let person = &self.village.people[man];
        let year = (year_of(person.born) - FIRST_POOL_YEAR) as usize;
        if person.sex != Sex::Male || !person.is_alive_on(person.free_from) {
            return;
        }
        if let Some(pool) = self.single_men.get_mut(year) {
            pool.push(man);
        }
    }

    fn take_married_name(&mut self, woman: Place, partner: Place, generation: usize) {
        let takes = self
            .dice
            .chance([0.97, 0.95, 0.8, 0.6, 0.5, 0.5][generation]);
        let his = self.village.people[partner].family.clone();
        let her = &mut self.village.people[woman];
        if takes && !his.is_empty() && !her.family.is_empty() && his != her.family {
            her.married_family = his;
        }
    }
}

/// Whether two people have a parent or grandparent in common, or one is the other's parent.
fn share_grandparent(village: &Village, a: Place, b: Place) -> bool {
    let above = |place: Place| {
        let mut found = vec![place];
        for _ in 0..2 {
            let parents: Vec<Place> = found
                .iter()
                .flat_map(|place| {
                    let person = &village.people[*place];
                    [person.mother, person.father].into_iter().flatten()
                })
                .collect();
            found.extend(parents);
        }
        found
    };
    let of_a = above(a);
    above(b).iter().any(|place| of_a.contains(place))
}
