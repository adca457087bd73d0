//! People who enter the record without known parents: founders, partners from outside, and the contacts of a
//! village (teachers, coaches, foster carers, waiting parents).

use super::dates::{TODAY, later, span, year_of, years};
use super::dice::Dice;
use super::names::NameLists;
use super::villager::{Couple, CoupleEnd, Place, Recorded, Sex, Standing, Village, Villager};
use crate::model::partial_date::Day;
use crate::model::tie::UnionKind;

/// What is settled about a newcomer; the rest is chance.
pub struct Origin {
    pub sex: Sex,
    pub born: Day,
    pub generation: u8,
    pub nation: Option<u32>,
    pub fertility: f64,
}

/// Somebody without recorded parents.
pub fn newcomer(lists: &NameLists, origin: &Origin, dice: &mut Dice) -> Villager {
    let ancestry = if origin.nation.is_some() {
        lists.nation_ancestry(dice)
    } else {
        lists.settler_ancestry(dice)
    };
    let birth_year = year_of(origin.born);
    let mut person = Villager {
        number: 0,
        standing: Standing::Family,
        sex: origin.sex,
        born: origin.born,
        died: death(origin.born, origin.generation, dice),
        generation: origin.generation,
        mother: None,
        father: None,
        ancestry,
        nations: [origin.nation, None],
        given: lists.given(ancestry, origin.sex, birth_year, dice),
        middle: String::new(),
        family: lists.family(ancestry, dice),
        married_family: String::new(),
        fertility: origin.fertility,
        free_from: later(origin.born, years(17.0)),
        marries_out: false,
        record: Recorded::WHOLE,
    };
    if dice.chance(0.35) {
        person.middle = lists.given(ancestry, origin.sex, birth_year - 20, dice);
    }
    if origin.generation <= 2 && lists.has_single_names(ancestry) && dice.chance(0.12) {
        person.middle.clear();
        person.family.clear();
    }
    person
}

/// The day of death, if it has come: few children, some adults early, most in old age.
fn death(born: Day, generation: u8, dice: &mut Dice) -> Option<Day> {
    let roll = dice.share();
    let infant = if generation <= 1 { 0.04 } else { 0.006 };
    let age = if roll < infant {
        dice.share() * 3.0
    } else if roll < infant + 0.08 {
        18.0 + dice.share() * 42.0
    } else {
        79.0 + dice.bell() * 11.0
    };
    let died = later(born, years(age).max(1));
    (died <= TODAY).then_some(died)
}

/// Adults of a village who are known for what they do, not as kin.
#[derive(Default)]
pub struct Contacts {
    pub teachers: Vec<Place>,
    /// Everyone else, with the network role and how it is paid.
    pub others: Vec<(Place, &'static str, &'static str)>,
    pub foster_couples: Vec<[Place; 2]>,
    pub waiting_couples: Vec<[Place; 2]>,
    /// The village's elders, and their nation's.
    pub elders: Vec<Place>,
}

/// Network roles (words of `data/network_roles.toml`) with how they are paid.
pub const ROLES: [(&str, &str); 16] = [
    ("teacher", "paid"),
    ("coach", "unpaid"),
    ("neighbour", "unpaid"),
    ("counsellor", "paid"),
    ("elder", ""),
    ("education_assistant", "paid"),
    ("friends_family", "unpaid"),
    ("music_teacher", "paid"),
    ("faith_leader", ""),
    ("family_friend", "unpaid"),
    ("mentor", "unpaid"),
    ("godparent", "unpaid"),
    ("youth_worker", "paid"),
    ("respite_carer", "paid"),
    ("group_home_worker", "paid"),
    ("babysitter", "unpaid"),
];

/// How many contacts a village gets.
pub struct ContactNumbers {
    pub singles: usize,
    pub foster_couples: usize,
    pub waiting_couples: usize,
}

/// Adds contacts to the village.
pub fn add_contacts(
    village: &mut Village,
    lists: &NameLists,
    numbers: &ContactNumbers,
    nation: u32,
    dice: &mut Dice,
) -> Contacts {
    let mut contacts = Contacts::default();
    for position in 0..numbers.singles {
        let (role, paid) = ROLES[position % ROLES.len()];
        let of_nation = role == "elder" || dice.chance(0.2);
        let place = add_contact(village, lists, of_nation.then_some(nation), None, dice);
        match role {
            "teacher" => contacts.teachers.push(place),
            "elder" => contacts.elders.push(place),
            _ => {}
        }
        if role != "teacher" {
            contacts.others.push((place, role, paid));
        }
    }
    for _ in 0..numbers.foster_couples {
        let of_nation = dice.chance(0.4).then_some(nation);
        contacts
            .foster_couples
            .push(add_couple(village, lists, of_nation, dice));
    }
    for _ in 0..numbers.waiting_couples {
        let of_nation = dice.chance(0.2).then_some(nation);
        contacts
            .waiting_couples
            .push(add_couple(village, lists, of_nation, dice));
    }
    contacts
}

fn add_contact(
    village: &mut Village,
    lists: &NameLists,
    nation: Option<u32>,
    sex: Option<Sex>,
    dice: &mut Dice,
) -> Place {
    let chance_sex = if dice.chance(0.6) {
        Sex::Female
    } else {
        Sex::Male
    };
    // Partners in a couple are carers of children of any age.
    let youngest = if sex.is_some() { 40.0 } else { 26.0 };
    let origin = Origin {
        sex: sex.unwrap_or(chance_sex),
        born: Day(TODAY.0 - span(dice, youngest, 66.0)),
        generation: 3,
        nation,
        fertility: 1.0,
    };
    let mut person = newcomer(lists, &origin, dice);
    person.standing = Standing::Contact;
    person.died = None;
    village.people.push(person);
    village.children.push(Vec::new());
    village.people.len() - 1
}

fn add_couple(
    village: &mut Village,
    lists: &NameLists,
    nation: Option<u32>,
    dice: &mut Dice,
) -> [Place; 2] {
    let first = add_contact(village, lists, nation, Some(Sex::Female), dice);
    let sex = if dice.chance(0.06) {
        Sex::Female
    } else {
        Sex::Male
    };
    let second = add_contact(village, lists, nation, Some(sex), dice);
    let age = -span(dice, -3.0, 5.0);
    village.people[second].born = later(village.people[first].born, age);
    let married_name = village.people[second].family.clone();
    village.people[first].married_family = married_name;
    village.couples.push(Couple {
        first,
        second,
        kind: if dice.chance(0.7) {
            UnionKind::Married
        } else {
            UnionKind::CommonLaw
        },
        from: later(
            village.people[first].born.max(village.people[second].born),
            years(23.0),
        ),
        end: CoupleEnd::Together,
    });
    [first, second]
}
