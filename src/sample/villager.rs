//! One village as simulated: its people, couples and ties, as they are in truth. What of it gets into the files
//! is decided when it is written (`record`).

use super::names::AncestryId;
use crate::model::partial_date::Day;
use crate::model::tie::{LegalState, ParentNature, UnionKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    Female,
    Male,
    Other,
}

/// What a person is to the village.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Born here, or married in: simulated with a whole life.
    Family,
    /// Comes from the village before, where the record stands.
    Visitor,
    /// Known as a carer, a waiting parent, a teacher or the like; no kin are recorded.
    Contact,
}

/// Position of a person in [`Village::people`].
pub type Place = usize;

#[derive(Clone, Debug)]
pub struct Villager {
    /// The number in the person's id; given before the village is written.
    pub number: u64,
    pub standing: Standing,
    pub sex: Sex,
    pub born: Day,
    pub died: Option<Day>,
    /// 0 for the founders.
    pub generation: u8,
    pub mother: Option<Place>,
    pub father: Option<Place>,
    pub ancestry: AncestryId,
    /// Numbers of the nations of the mother's and the father's side, without repetition.
    pub nations: [Option<u32>; 2],
    pub given: String,
    pub middle: String,
    pub family: String,
    /// The family name after marriage, where it changed.
    pub married_family: String,
    /// How many children this line has, against the average.
    pub fertility: f64,
    /// A man may form a union from this day on.
    pub free_from: Day,
    /// Leaves to find a partner in the next village.
    pub marries_out: bool,
    pub record: Recorded,
}

/// How a person's parents stand in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub mother: bool,
    pub father: bool,
    pub father_is_presumed: bool,
    /// The birth ties are sealed by an adoption.
    pub sealed: bool,
    /// The legal state of the birth ties.
    pub legal_state: LegalState,
}

impl Recorded {
    pub const WHOLE: Recorded = Recorded {
        mother: true,
        father: true,
        father_is_presumed: false,
        sealed: false,
        legal_state: LegalState::Unknown,
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoupleEnd {
    Together,
    Separated(Day),
    Widowed(Day),
}

#[derive(Clone, Copy, Debug)]
pub struct Couple {
    /// The woman, where there is one.
    pub first: Place,
    pub second: Place,
    pub kind: UnionKind,
    pub from: Day,
    pub end: CoupleEnd,
}

/// A parent tie other than by birth.
#[derive(Clone, Copy, Debug)]
pub struct Care {
    pub parent: Place,
    pub child: Place,
    pub nature: ParentNature,
    pub legal_state: LegalState,
    pub from: Day,
    pub to: Option<Day>,
}

/// A village being made.
#[derive(Default)]
pub struct Village {
    pub people: Vec<Villager>,
    pub couples: Vec<Couple>,
    pub care: Vec<Care>,
    /// Children of each person by birth; filled once the births are over.
    pub children: Vec<Vec<Place>>,
}

impl Villager {
    pub fn is_alive_on(&self, day: Day) -> bool {
        self.born <= day && self.died.is_none_or(|died| died > day)
    }

    pub fn full_name(&self) -> String {
        let family = self.present_family();
        if family.is_empty() {
            return self.given.clone();
        }
        if self.middle.is_empty() {
            return format!("{} {family}", self.given);
        }
        format!("{} {} {family}", self.given, self.middle)
    }

    pub fn present_family(&self) -> &str {
        if self.married_family.is_empty() {
            &self.family
        } else {
            &self.married_family
        }
    }

    pub fn has_nation(&self) -> bool {
        self.nations[0].is_some()
    }

    /// The id in the files.
    pub fn id(&self) -> String {
        person_id(self.number)
    }
}

/// The id of the person with this number: `p000123`.
pub fn person_id(number: u64) -> String {
    format!("p{number:06}")
}

impl Village {
    /// Fills [`Village::children`] from the parents.
    pub fn list_children(&mut self) {
        self.children = vec![Vec::new(); self.people.len()];
        for (place, person) in self.people.iter().enumerate() {
            for parent in [person.mother, person.father].into_iter().flatten() {
                self.children[parent].push(place);
            }
        }
    }

    /// The parents by birth that are on record and not sealed: those whom open rows may speak of.
    pub fn open_parents(&self, place: Place) -> impl Iterator<Item = Place> {
        let sealed = self.people[place].record.sealed;
        self.recorded_parents(place).filter(move |_| !sealed)
    }

    /// The parents by birth that are on record, sealed or not.
    pub fn recorded_parents(&self, place: Place) -> impl Iterator<Item = Place> {
        let person = &self.people[place];
        let mother = person.mother.filter(|_| person.record.mother);
        let father = person.father.filter(|_| person.record.father);
        mother.into_iter().chain(father)
    }

    /// The children on whose open record this parent stands.
    pub fn open_children(&self, place: Place) -> impl Iterator<Item = Place> {
        self.children
            .get(place)
            .into_iter()
            .flatten()
            .copied()
            .filter(move |child| self.open_parents(*child).any(|parent| parent == place))
    }
}
