//! Waiting families as columns of numbers, one cell a family, so that a child is compared with tens of thousands of them
//! without reading a word. Only what a family said goes in; what it means for a child is `placement::matching`'s to say.

use crate::model::ids::{PersonId, PlaceId};
use crate::model::partial_date::PartialDate;
use crate::model::waiting_family::{Acceptance, ApprovalState, WaitingFamily};
use crate::names::normalize::fold;
use rustc_hash::FxHashMap;

/// What stands in a cell of numbers where nothing was answered.
pub const NOT_ANSWERED: u8 = u8::MAX;
/// What stands in the column of places where none is recorded.
pub const NO_PLACE: u32 = u32::MAX;
/// Levels of a need: 0 to 3.
const LEVELS: u8 = 4;

/// What a family says to a category of need at one level: two bits of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Nothing = 0,
    Accepts = 1,
    WouldConsider = 2,
    Declines = 3,
}

impl Said {
    /// What a cell says at a level.
    pub fn at(cell: u8, level: u8) -> Said {
        match said_bits(cell, level) {
            1 => Said::Accepts,
            2 => Said::WouldConsider,
            3 => Said::Declines,
            _ => Said::Nothing,
        }
    }
}

/// The two bits of a level, as a position among the four answers.
pub fn said_bits(cell: u8, level: u8) -> usize {
    usize::from(cell >> (2 * level.min(LEVELS - 1)) & 3)
}

/// A category as it is compared: folded, with low lines.
pub fn category_key(category: &str) -> String {
    fold(category).replace([' ', '-'], "_")
}

/// Days that a date may be, as numbers: the whole of time where nothing is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub first: i32,
    pub last: i32,
}

impl Days {
    fn of(date: Option<PartialDate>) -> Days {
        let (first, last) = date.map_or((None, None), PartialDate::possible_days);
        Days {
            first: first.map_or(i32::MIN, |day| day.0),
            last: last.map_or(i32::MAX, |day| day.0),
        }
    }
}

/// Where the approval stands, as a number.
pub mod approval {
    pub const NOT_RECORDED: u8 = 0;
    pub const APPROVED: u8 = 1;
    pub const IN_STUDY: u8 = 2;
    pub const WITHDRAWN: u8 = 3;
}

/// The columns. A family keeps its position for good.
#[derive(Clone, Debug, Default)]
pub struct FamilyColumns {
    pub approval: Vec<u8>,
    pub approved_on: Vec<Days>,
    pub expires: Vec<Days>,
    pub capacity: Vec<u8>,
    pub age_from: Vec<u8>,
    pub age_to: Vec<u8>,
    /// 0 no, 1 yes, or not answered.
    pub on_hold: Vec<u8>,
    /// The day; `i32::MIN` where it was never confirmed.
    pub confirmed: Vec<i32>,
    /// Position in `places`.
    pub place: Vec<u32>,
    pub places: Vec<PlaceId>,
    place_positions: FxHashMap<PlaceId, u32>,
    pub names_languages: Vec<bool>,
    /// By category: every family's cell.
    answers: FxHashMap<String, Vec<u8>>,
    /// By language.
    speaks: FxHashMap<String, Vec<u8>>,
    members: FxHashMap<PersonId, Vec<u32>>,
}

impl FamilyColumns {
    /// The columns of these families, in their order.
    pub fn of<'a>(families: impl Iterator<Item = &'a WaitingFamily>) -> FamilyColumns {
        let mut columns = FamilyColumns::default();
        for family in families {
            columns.push(family);
        }
        columns
    }

    pub fn len(&self) -> usize {
        self.approval.len()
    }

    pub fn is_empty(&self) -> bool {
        self.approval.is_empty()
    }

    /// What all families say of a category; nothing if none ever did.
    pub fn answers(&self, key: &str) -> Option<&[u8]> {
        self.answers.get(key).map(Vec::as_slice)
    }

    /// Who speaks a language, 1 or 0; nothing if nobody does.
    pub fn speaks(&self, language: &str) -> Option<&[u8]> {
        self.speaks.get(&fold(language)).map(Vec::as_slice)
    }

    /// The families of which somebody is a member.
    pub fn families_of(&self, person: PersonId) -> &[u32] {
        self.members.get(&person).map_or(&[], Vec::as_slice)
    }

    /// Adds a family at the end.
    pub fn push(&mut self, family: &WaitingFamily) {
        let position = self.len();
        self.approval.push(0);
        self.approved_on.push(Days::of(None));
        self.expires.push(Days::of(None));
        for column in [
            &mut self.capacity,
            &mut self.age_from,
            &mut self.age_to,
            &mut self.on_hold,
        ] {
            column.push(NOT_ANSWERED);
        }
        self.confirmed.push(i32::MIN);
        self.place.push(NO_PLACE);
        self.names_languages.push(false);
        let worded = self.answers.values_mut().chain(self.speaks.values_mut());
        for column in worded {
            column.push(0);
        }
        self.set(position, family);
    }

    /// Puts another profile in a family's place.
    pub fn replace(&mut self, position: usize, old: &WaitingFamily, new: &WaitingFamily) {
        for (category, ..) in &old.accepts {
            if let Some(column) = self.answers.get_mut(&category_key(category)) {
                column[position] = 0;
            }
        }
        for language in &old.languages {
            if let Some(column) = self.speaks.get_mut(&fold(language)) {
                column[position] = 0;
            }
        }
        for member in &old.members {
            if let Some(families) = self.members.get_mut(member) {
                families.retain(|known| *known as usize != position);
            }
        }
        self.set(position, new);
    }

    fn set(&mut self, position: usize, family: &WaitingFamily) {
        let small = |number: Option<u8>| number.map_or(NOT_ANSWERED, |n| n.min(NOT_ANSWERED - 1));
        self.approval[position] = match family.approval {
            None => approval::NOT_RECORDED,
            Some(ApprovalState::Approved) => approval::APPROVED,
            Some(ApprovalState::InStudy) => approval::IN_STUDY,
            Some(ApprovalState::Withdrawn) => approval::WITHDRAWN,
        };
        self.approved_on[position] = Days::of(family.approved_on);
        self.expires[position] = Days::of(family.approval_expires);
        self.capacity[position] = small(family.capacity);
        self.age_from[position] = small(family.age_from);
        self.age_to[position] = small(family.age_to);
        self.on_hold[position] = family.on_hold.map_or(NOT_ANSWERED, u8::from);
        let confirmed = family
            .last_confirmed
            .and_then(|date| date.possible_days().1);
        self.confirmed[position] = confirmed.map_or(i32::MIN, |day| day.0);
        self.place[position] = family
            .place
            .map_or(NO_PLACE, |place| self.place_position(place));
        self.names_languages[position] = !family.languages.is_empty();
        let families = self.approval.len();
        for language in &family.languages {
            let column = self.speaks.entry(fold(language));
            column.or_insert_with(|| vec![0; families])[position] = 1;
        }
        self.set_answers(position, family);
        for member in &family.members {
            let of_member = self.members.entry(*member).or_default();
            if !of_member.contains(&(position as u32)) {
                of_member.push(position as u32);
            }
        }
    }

    fn set_answers(&mut self, position: usize, family: &WaitingFamily) {
        let families = self.approval.len();
        let mut seen: Vec<String> = Vec::new();
        for (category, ..) in &family.accepts {
            let key = category_key(category);
            if seen.contains(&key) {
                continue;
            }
            let of_category = family
                .accepts
                .iter()
                .filter(|(other, ..)| category_key(other) == key)
                .map(|(_, level, answer)| (*level, *answer));
            let cell = cell(of_category);
            let column = self.answers.entry(key.clone());
            column.or_insert_with(|| vec![0; families])[position] = cell;
            seen.push(key);
        }
    }

    fn place_position(&mut self, place: PlaceId) -> u32 {
        let places = &mut self.places;
        *self.place_positions.entry(place).or_insert_with(|| {
            places.push(place);
            places.len() as u32 - 1
        })
    }
}

/// What a family's answers to one category say at each level. Accepting a level accepts those below it; declining one
/// declines those above it. Where both were said, the kinder answer counts.
pub fn cell(answers: impl Iterator<Item = (u8, Acceptance)>) -> u8 {
    let mut said = [Said::Nothing; LEVELS as usize];
    for (at, answer) in answers {
        for level in 0..LEVELS {
            let now = match answer {
                Acceptance::Accept if at >= level => Said::Accepts,
                Acceptance::WouldConsider if at >= level => Said::WouldConsider,
                Acceptance::Decline if at <= level => Said::Declines,
                _ => continue,
            };
            let known = &mut said[usize::from(level)];
            *known = match (*known, now) {
                (Said::Nothing, now) => now,
                (Said::Accepts, _) | (_, Said::Accepts) => Said::Accepts,
                (Said::WouldConsider, _) | (_, Said::WouldConsider) => Said::WouldConsider,
                (Said::Declines, now) => now,
            };
        }
    }
    said.iter()
        .rev()
        .fold(0, |cell, &said| cell << 2 | said as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family(accepts: &[(&str, u8, Acceptance)], languages: &[&str]) -> WaitingFamily {
        WaitingFamily {
            name: "Ash".to_owned(),
            members: vec![PersonId(7)],
            approval: Some(ApprovalState::Approved),
            approved_on: None,
            approval_expires: None,
            capacity: Some(2),
            age_from: Some(0),
            age_to: None,
            on_hold: Some(false),
            place: Some(PlaceId(3)),
            languages: languages.iter().map(|&word| word.to_owned()).collect(),
            accepts: accepts
                .iter()
                .map(|&(category, level, answer)| (category.to_owned(), level, answer))
                .collect(),
            last_confirmed: None,
        }
    }

    #[test]
    fn answers_reach_down_and_refusals_up() {
        let both = [(1, Acceptance::Accept), (3, Acceptance::Decline)];
        let cell = cell(both.into_iter());
        assert_eq!(Said::at(cell, 0), Said::Accepts);
        assert_eq!(Said::at(cell, 1), Said::Accepts);
        assert_eq!(Said::at(cell, 2), Said::Nothing);
        assert_eq!(Said::at(cell, 3), Said::Declines);
    }

    #[test]
    fn a_replaced_family_leaves_nothing_behind() {
        let old = family(&[("Medical needs", 2, Acceptance::Accept)], &["Cree"]);
        let new = family(&[("autism", 1, Acceptance::Decline)], &["French"]);
        let mut columns = FamilyColumns::of([&old, &old].into_iter());
        columns.replace(1, &old, &new);
        let medical = columns.answers("medical_needs").expect("a column");
        assert_eq!(Said::at(medical[0], 2), Said::Accepts);
        assert_eq!(Said::at(medical[1], 2), Said::Nothing);
        assert_eq!(columns.speaks("cree"), Some(&[1, 0][..]));
        assert_eq!(columns.speaks("French"), Some(&[0, 1][..]));
        assert_eq!(columns.families_of(PersonId(7)), [0, 1]);
        assert_eq!(columns.age_to[0], NOT_ANSWERED);
    }
}
