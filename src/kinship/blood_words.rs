//! English words for a number of generations up and down.

use crate::model::person::Gender;

/// The word by gender: female, male, neutral.
fn by_gender(gender: Gender, female: &str, male: &str, neutral: &str) -> String {
    match gender {
        Gender::Female => female,
        Gender::Male => male,
        Gender::Other | Gender::Unknown => neutral,
    }
    .to_owned()
}

/// What somebody is who is reached by going `up` generations and then `down`: (1, 0) "mother", (2, 1) "aunt",
/// (3, 2) "first cousin once removed". Neutral where the gender is unknown. (0, 0) is "the same person".
pub fn blood_word(up: u8, down: u8, gender: Gender) -> String {
    match (up, down) {
        (0, 0) => "the same person".to_owned(),
        (1, 0) => by_gender(gender, "mother", "father", "parent"),
        (0, 1) => by_gender(gender, "daughter", "son", "child"),
        (1, 1) => by_gender(gender, "sister", "brother", "sibling"),
        (_, 0) => great(up - 2) + &by_gender(gender, "grandmother", "grandfather", "grandparent"),
        (0, _) => great(down - 2) + &by_gender(gender, "granddaughter", "grandson", "grandchild"),
        (_, 1) => aunt_or_uncle(up - 2, gender),
        (1, _) => great(down - 2) + &by_gender(gender, "niece", "nephew", "niece or nephew"),
        _ => cousin(up, down),
    }
}

fn great(times: u8) -> String {
    "great-".repeat(usize::from(times))
}

fn aunt_or_uncle(greats: u8, gender: Gender) -> String {
    great(greats) + &by_gender(gender, "aunt", "uncle", "aunt or uncle")
}

fn cousin(up: u8, down: u8) -> String {
    let degree = up.min(down) - 1;
    let cousin = format!("{} cousin", ordinal(degree));
    match up.abs_diff(down) {
        0 => cousin,
        1 => format!("{cousin} once removed"),
        2 => format!("{cousin} twice removed"),
        removed => format!("{cousin} {} times removed", count(removed)),
    }
}

const ORDINALS: [&str; 12] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
];
const COUNTS: [&str; 10] = [
    "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

fn ordinal(number: u8) -> String {
    match ORDINALS.get(usize::from(number).wrapping_sub(1)) {
        Some(word) => (*word).to_owned(),
        None => format!("{number}th"),
    }
}

fn count(number: u8) -> String {
    match COUNTS.get(usize::from(number).wrapping_sub(3)) {
        Some(word) => (*word).to_owned(),
        None => number.to_string(),
    }
}

/// A partner: "husband", "common-law wife", "partner".
pub fn partner_word(kind: crate::model::tie::UnionKind, gender: Gender) -> String {
    use crate::model::tie::UnionKind;
    match kind {
        UnionKind::Married => by_gender(gender, "wife", "husband", "spouse"),
        UnionKind::CommonLaw => by_gender(
            gender,
            "common-law wife",
            "common-law husband",
            "common-law partner",
        ),
        UnionKind::Other => "partner".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_english_speakers() {
        let table = [
            (1, 0, "mother", "parent"),
            (3, 0, "great-grandmother", "great-grandparent"),
            (0, 2, "granddaughter", "grandchild"),
            (0, 4, "great-great-granddaughter", "great-great-grandchild"),
            (1, 1, "sister", "sibling"),
            (2, 1, "aunt", "aunt or uncle"),
            (4, 1, "great-great-aunt", "great-great-aunt or uncle"),
            (1, 2, "niece", "niece or nephew"),
            (1, 3, "great-niece", "great-niece or nephew"),
            (2, 2, "first cousin", "first cousin"),
            (
                3,
                2,
                "first cousin once removed",
                "first cousin once removed",
            ),
            (
                2,
                4,
                "first cousin twice removed",
                "first cousin twice removed",
            ),
            (
                3,
                6,
                "second cousin three times removed",
                "second cousin three times removed",
            ),
            (4, 4, "third cousin", "third cousin"),
        ];
        for (up, down, female, neutral) in table {
            assert_eq!(blood_word(up, down, Gender::Female), female);
            assert_eq!(blood_word(up, down, Gender::Unknown), neutral);
        }
    }
}
