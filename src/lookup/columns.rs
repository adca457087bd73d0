//! What stands beside each key of the search index: enough of one name of one person to compare it with a question, in few
//! bytes. Text is folded; numbers are those of the store.

use super::birth::BirthColumn;
use crate::model::person::Gender;

/// One name of a person with what else is compared.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Columns<'a> {
    /// Which of the person's names, in the order recorded.
    pub ordinal: u8,
    pub gender: Gender,
    /// Tells names apart that differ in marks alone: a checksum of the written form.
    pub marks: u8,
    /// Folded words with single spaces between.
    pub given: &'a str,
    pub family: &'a str,
    pub births: Numbers<BirthColumn>,
    /// Numbers of places lived in or born in.
    pub places: Numbers<u64>,
    pub nations: Numbers<u64>,
}

/// How many values of each kind are kept.
pub const MOST: usize = 4;

/// A few values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers<T> {
    held: [Option<T>; MOST],
}

impl<T: Copy> Default for Numbers<T> {
    fn default() -> Numbers<T> {
        Numbers { held: [None; MOST] }
    }
}

impl<T: Copy + PartialEq> Numbers<T> {
    /// Adds a value unless it is there already or there is no room.
    pub fn add(&mut self, value: T) {
        if self.iter().any(|held| held == value) {
            return;
        }
        if let Some(place) = self.held.iter_mut().find(|place| place.is_none()) {
            *place = Some(value);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.held.iter().map_while(|held| *held)
    }

    pub fn is_empty(&self) -> bool {
        self.held[0].is_none()
    }

    fn len(&self) -> u8 {
        self.iter().count() as u8
    }
}

const GENDERS: [Gender; 4] = [Gender::Unknown, Gender::Female, Gender::Male, Gender::Other];
/// Longer parts of names are cut for comparison.
const LONGEST: usize = 120;

impl<'a> Columns<'a> {
    /// Appends the bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let gender = GENDERS.iter().position(|g| *g == self.gender).unwrap_or(0) as u8;
        let counts = self.births.len() | (self.places.len() << 3);
        out.extend_from_slice(&[self.ordinal, self.marks, counts]);
        out.push(gender | (self.nations.len() << 3));
        for text in [self.given, self.family] {
            let text = cut(text);
            out.push(text.len() as u8);
            out.extend_from_slice(text.as_bytes());
        }
        for birth in self.births.iter() {
            out.extend_from_slice(&birth.first_year.to_le_bytes());
            out.push(birth.width() as u8);
            out.extend_from_slice(&[birth.month, birth.day]);
        }
        for number in self.places.iter().chain(self.nations.iter()) {
            put_number(out, number);
        }
    }

    /// Reads what [`Columns::encode`] wrote; nothing if it is not that.
    pub fn decode(bytes: &'a [u8]) -> Option<Columns<'a>> {
        let ([ordinal, marks, counts, gender], mut rest) = bytes.split_first_chunk::<4>()?;
        let rest = &mut rest;
        let mut columns = Columns {
            ordinal: *ordinal,
            marks: *marks,
            gender: *GENDERS.get(usize::from(gender & 7))?,
            given: take_text(rest)?,
            family: take_text(rest)?,
            ..Columns::default()
        };
        for _ in 0..counts & 7 {
            columns.births.add(take_birth(rest)?);
        }
        for _ in 0..counts >> 3 {
            columns.places.add(take_number(rest)?);
        }
        for _ in 0..gender >> 3 {
            columns.nations.add(take_number(rest)?);
        }
        rest.is_empty().then_some(columns)
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn take_text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let (length, after) = rest.split_first()?;
    let (text, after) = after.split_at_checked(usize::from(*length))?;
    *rest = after;
    std::str::from_utf8(text).ok()
}

fn take_birth(rest: &mut &[u8]) -> Option<BirthColumn> {
    let ([y0, y1, width, month, day], after) = rest.split_first_chunk::<5>()?;
    *rest = after;
    let first_year = i16::from_le_bytes([*y0, *y1]);
    Some(BirthColumn {
        first_year,
        last_year: first_year.checked_add(i16::from(*width))?,
        month: *month,
        day: *day,
    })
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
pub fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number off the front.
pub fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_bytes_on_disk_do_not_change() {
        let mut columns = Columns {
            given: "marg",
            family: "josef",
            gender: Gender::Female,
            ..Columns::default()
        };
        columns.births.add(BirthColumn {
            first_year: 1961,
            last_year: 1961,
            month: 3,
            day: 12,
        });
        columns.places.add(300);
        let mut bytes = Vec::new();
        columns.encode(&mut bytes);
        let expected = [
            &[0, 0, 9, 1, 4][..],
            b"marg",
            &[5],
            b"josef",
            &[0xa9, 7, 0, 3, 12, 0xac, 2],
        ];
        assert_eq!(bytes, expected.concat());
    }

    proptest! {
        #[test]
        fn columns_read_back(
            given in "[a-zé ]{0,20}", family in "\\PC{0,9}", ordinal in any::<u8>(), marks in any::<u8>(), gender in 0..4usize,
            births in proptest::collection::vec((0..3000i16, 0..25i16, 0..13u8, 0..32u8), 0..5),
            places in proptest::collection::vec(any::<u64>(), 0..5), nations in proptest::collection::vec(any::<u64>(), 0..5),
        ) {
            let mut columns = Columns { ordinal, marks, gender: GENDERS[gender], given: &given, family: &family, ..Columns::default() };
            for (first_year, width, month, day) in births {
                columns.births.add(BirthColumn { first_year, last_year: first_year + width, month, day });
            }
            places.into_iter().for_each(|place| columns.places.add(place));
            nations.into_iter().for_each(|nation| columns.nations.add(nation));
            let mut bytes = Vec::new();
            columns.encode(&mut bytes);
            prop_assert_eq!(Columns::decode(&bytes), Some(columns));
            prop_assert_eq!(Columns::decode(&bytes[..bytes.len() - 1]), None);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = Columns::decode(&bytes);
        }
    }
}
