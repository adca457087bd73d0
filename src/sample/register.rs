//! An invented register of people, of whom some are entered a second time with one kind of damage each: the kinds of
//! mistake that keep a relative's two records apart. Siblings share family name, place and years.

use super::dice::Dice;
use super::error::SampleError;
use super::historical::{Words, joined, mistyped, respelt};
use crate::model::partial_date::Day;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RegisterEntry {
    pub id: String,
    /// Entries with the same number are one person.
    pub person: String,
    pub given: String,
    pub family: String,
    pub born: String,
    pub place: String,
    pub sex: String,
    /// What was done to a second entry; empty for a first.
    pub damage: &'static str,
}

/// The kinds of damage, all equally likely.
pub const DAMAGES: [&str; 13] = [
    "typo1",
    "typo2",
    "sound_alike",
    "nickname",
    "swapped_names",
    "day_month_swapped",
    "maiden_name",
    "initial",
    "year_only_typo",
    "no_date_typo",
    "no_place_no_date",
    "compound",
    "wrong_date_sound_alike",
];

/// Writes so many entries, of which a share of 0.3 is second ones.
pub fn register(
    entries: usize,
    seed: u64,
    each: &mut dyn FnMut(&RegisterEntry),
) -> Result<(), SampleError> {
    let words = Words::built_in()?;
    let mut dice = Dice::new(seed, 7002);
    let firsts = entries - entries * 3 / 10;
    let towns: Vec<String> = (0..800)
        .map(|_| joined(&words.place_start, &words.place_end, &mut dice))
        .collect();
    let mut seconds_left = entries - firsts;
    let mut family = Family::new(&words, &towns, &mut dice);
    for number in 0..firsts {
        if dice.chance(0.4) {
            family = Family::new(&words, &towns, &mut dice);
        }
        let person = family.member(&words, &towns, number, &mut dice);
        each(&person);
        let left = firsts - number;
        if dice.chance(seconds_left as f64 / left as f64) {
            seconds_left -= 1;
            each(&damaged(&words, &person, &towns, &mut dice));
        }
    }
    Ok(())
}

/// Brothers and sisters.
struct Family {
    name: String,
    town: String,
    year: i32,
}

impl Family {
    fn new(words: &Words, towns: &[String], dice: &mut Dice) -> Family {
        Family {
            name: family_name(words, dice),
            town: towns[(dice.share().powf(2.0) * towns.len() as f64) as usize].clone(),
            year: dice.between(1920, 2008),
        }
    }

    fn member(
        &self,
        words: &Words,
        towns: &[String],
        number: usize,
        dice: &mut Dice,
    ) -> RegisterEntry {
        let male = dice.chance(0.5);
        let lists = if male { &words.male } else { &words.female };
        let given = match dice.chance(0.6) {
            true => lists[(dice.share().powf(1.8) * lists.len() as f64) as usize][0].clone(),
            false => {
                let endings = if male {
                    ["o", "ard", "us", "el"]
                } else {
                    ["a", "ine", "elle", "y"]
                };
                let start = &words.surname_start[dice.position(words.surname_start.len())];
                let middle = ["", "an", "er", "in", "ol"][dice.position(5)];
                format!("{start}{middle}{}", dice.pick(&endings))
            }
        };
        let born = Day::from_ymd(
            self.year + dice.between(0, 14),
            dice.between(1, 12) as u8,
            dice.between(1, 28) as u8,
        );
        let place = if dice.chance(0.85) {
            &self.town
        } else {
            &towns[dice.position(towns.len())]
        };
        RegisterEntry {
            id: format!("r{number}"),
            person: number.to_string(),
            given,
            family: self.name.clone(),
            born: born.map(date_text).unwrap_or_default(),
            place: place.clone(),
            sex: if male { "m" } else { "f" }.to_owned(),
            damage: "",
        }
    }
}

fn family_name(words: &Words, dice: &mut Dice) -> String {
    if dice.chance(0.2) {
        return words.surname_common
            [(dice.share().powf(1.5) * words.surname_common.len() as f64) as usize]
            .clone();
    }
    let skewed = |list: &[String], dice: &mut Dice| {
        list[(dice.share().powf(1.5) * list.len() as f64) as usize].clone()
    };
    let middle = ["", "", "", "er", "ing", "en", "el", "a"][dice.position(8)];
    format!(
        "{}{middle}{}",
        skewed(&words.surname_start, dice),
        skewed(&words.surname_end, dice)
    )
}

fn date_text(day: Day) -> String {
    let (year, month, day) = day.ymd();
    format!("{year:04}-{month:02}-{day:02}")
}

fn damaged(
    words: &Words,
    person: &RegisterEntry,
    towns: &[String],
    dice: &mut Dice,
) -> RegisterEntry {
    let mut entry = person.clone();
    entry.id = format!("{}b", person.id);
    let kind = dice.position(DAMAGES.len());
    entry.damage = DAMAGES[kind];
    let year = || person.born.get(..4).unwrap_or_default().to_owned();
    match entry.damage {
        "typo1" => entry.family = mistyped(&person.family, dice),
        "typo2" => {
            entry.family = mistyped(&person.family, dice);
            entry.given = mistyped(&person.given, dice);
        }
        "sound_alike" => entry.family = respelt(&person.family, dice),
        "nickname" => {
            let mut known = words.male.iter().chain(&words.female);
            entry.given = match known.find(|forms| forms[0] == person.given) {
                Some(forms) => forms[1 + dice.position(forms.len() - 1)].clone(),
                None => person.given.chars().take(4).collect(),
            };
        }
        "swapped_names" => std::mem::swap(&mut entry.given, &mut entry.family),
        "day_month_swapped" => {
            let (month, day) = (&person.born[5..7], &person.born[8..10]);
            if day <= "12" {
                entry.born = format!("{}-{day}-{month}", year());
            }
        }
        "maiden_name" => entry.family = family_name(words, dice),
        "initial" => entry.given.truncate(1),
        "year_only_typo" => {
            entry.born = year();
            entry.family = mistyped(&person.family, dice);
        }
        "no_date_typo" => {
            entry.born.clear();
            entry.family = mistyped(&person.family, dice);
        }
        "no_place_no_date" => {
            entry.born.clear();
            entry.place.clear();
        }
        "compound" => entry.family = format!("{} {}", person.family, family_name(words, dice)),
        _ => {
            entry.family = respelt(&person.family, dice);
            let shifted = year().parse::<i32>().unwrap_or(1950) + dice.between(-3, 3);
            entry.born = format!(
                "{shifted:04}-{:02}-{:02}",
                dice.between(1, 12),
                dice.between(1, 28)
            );
        }
    }
    if dice.chance(0.3) {
        entry.place.clone_from(&towns[dice.position(towns.len())]);
    }
    if dice.chance(0.2) {
        entry.sex.clear();
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_ten_entries_are_second_ones() {
        let mut entries = Vec::new();
        register(2000, 1, &mut |entry| entries.push(entry.clone())).expect("a register");
        assert_eq!(entries.len(), 2000);
        assert_eq!(
            entries
                .iter()
                .filter(|entry| !entry.damage.is_empty())
                .count(),
            600
        );
    }
}
