//! Invented historical people, each written down up to twenty times and ever more carelessly: names in other forms,
//! cut short or mistyped, dates moved, places replaced, half of the fields empty. The shape follows what is published
//! about the set of historical people that record-linkage tools measure themselves on: about ten records a person,
//! fathers and sons of one name in one place, ranks where a family name should stand.

use super::dice::Dice;
use super::error::SampleError;
use crate::model::partial_date::Day;
use serde::Deserialize;

/// How careless the records are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carelessness {
    /// Chance of damage to a field of the first and of the last record written of a person (0 to 1).
    pub damaged: (f64, f64),
    /// Chance that a field is empty, likewise.
    pub missing: (f64, f64),
    /// Chance that a person belongs to a family of which another one is written about too.
    pub related: f64,
}

impl Carelessness {
    /// From 0 (tidy) over 1 (as in the published set) to 2 (hopeless).
    pub fn of_level(level: f64) -> Carelessness {
        Carelessness {
            damaged: ((0.1 * level).min(0.5), (0.6 * level).min(0.95)),
            missing: (0.0, (0.5 * level).min(0.8)),
            related: 0.22,
        }
    }
}

/// One record, with the person whom it describes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HistoricalRecord {
    pub id: String,
    pub cluster: String,
    pub full_name: String,
    pub first_name: String,
    pub surname: String,
    pub born: String,
    pub birth_place: String,
    pub postcode: String,
    pub gender: String,
    pub occupation: String,
}

#[derive(Deserialize)]
pub(super) struct Words {
    pub(super) male: Vec<Vec<String>>,
    pub(super) female: Vec<Vec<String>>,
    pub(super) surname_common: Vec<String>,
    pub(super) surname_start: Vec<String>,
    pub(super) surname_end: Vec<String>,
    place_common: Vec<String>,
    pub(super) place_start: Vec<String>,
    pub(super) place_end: Vec<String>,
    ranks: Vec<String>,
    occupations: Vec<String>,
}

impl Words {
    pub(super) fn built_in() -> Result<Words, SampleError> {
        toml::from_str(include_str!("../../data/samples/historical.toml"))
            .map_err(|error| SampleError::malformed("data/samples/historical.toml", error))
    }
}

/// A person as they were.
#[derive(Clone)]
struct Person {
    /// Whole names; the first is the usual one.
    names: Vec<Vec<String>>,
    born: Day,
    town: usize,
    homes: Vec<String>,
    gender: &'static str,
    occupations: Vec<String>,
}

/// Writes the records of this many people.
pub fn historical_people(
    people: usize,
    seed: u64,
    carelessness: Carelessness,
) -> Result<Vec<HistoricalRecord>, SampleError> {
    let words = Words::built_in()?;
    let mut dice = Dice::new(seed, 7001);
    let towns = Towns::new(&words, &mut dice, 60 + people / 8);
    let mut records = Vec::new();
    let mut before: Option<Person> = None;
    for number in 0..people {
        let relative = before
            .as_ref()
            .filter(|_| dice.chance(carelessness.related));
        let person = make_person(&words, &towns, &mut dice, relative);
        // Two in three people have many records, the others few.
        let copies = match dice.position(3) {
            0 => dice.between(1, 6),
            _ => dice.between(6, 19),
        };
        for copy in 0..copies {
            let progress = f64::from(copy) / f64::from(copies.max(2) - 1);
            let mut record =
                write_record(&words, &towns, &person, progress, carelessness, &mut dice);
            record.cluster = format!("Q{}", 100_000 + number * 7);
            record.id = format!("{}-{}", record.cluster, copy + 1);
            records.push(record);
        }
        before = Some(person);
    }
    Ok(records)
}

/// Towns with their neighbours and postcodes.
struct Towns {
    names: Vec<String>,
    wards: Vec<Vec<String>>,
    areas: Vec<String>,
}

impl Towns {
    fn new(words: &Words, dice: &mut Dice, count: usize) -> Towns {
        let mut towns = Towns {
            names: words.place_common.clone(),
            wards: Vec::new(),
            areas: Vec::new(),
        };
        while towns.names.len() < count {
            towns
                .names
                .push(joined(&words.place_start, &words.place_end, dice));
        }
        for name in &towns.names {
            let first: String = name.chars().take(1).collect();
            let second = name.chars().nth(2).unwrap_or('x');
            towns
                .areas
                .push(format!("{first}{second}{}", dice.between(1, 40)));
            let mut wards = vec![format!("{name} central")];
            for _ in 0..3 {
                wards.push(joined(&words.place_start, &words.place_end, dice));
            }
            towns.wards.push(wards);
        }
        towns
    }

    /// London and the like are likelier.
    fn any(&self, dice: &mut Dice) -> usize {
        (dice.share().powf(2.0) * self.names.len() as f64) as usize
    }

    fn postcode(&self, town: usize, dice: &mut Dice) -> String {
        let letters: Vec<char> = "abdefghjlnpqrstuwxyz".chars().collect();
        let unit: String = (0..2)
            .map(|_| letters[dice.position(letters.len())])
            .collect();
        format!("{} {}{unit}", self.areas[town], dice.between(1, 9))
    }
}

pub(super) fn joined(starts: &[String], ends: &[String], dice: &mut Dice) -> String {
    let start = &starts[dice.position(starts.len())];
    format!("{start}{}", ends[dice.position(ends.len())])
}

fn any_of<'a>(words: &'a [String], dice: &mut Dice) -> &'a str {
    words
        .get(dice.position(words.len()))
        .map_or("", String::as_str)
}

fn make_person(words: &Words, towns: &Towns, dice: &mut Dice, relative: Option<&Person>) -> Person {
    let male = dice.chance(0.87);
    let given = if male { &words.male } else { &words.female };
    let mut name: Vec<String> = vec![common(given, dice)[0].clone()];
    while name.len() < 4 && dice.chance(0.45) {
        name.push(match dice.chance(0.3) {
            true => joined(&words.surname_start, &words.surname_end, dice),
            false => common(given, dice)[0].clone(),
        });
    }
    let (family, town, near) = match relative {
        Some(relative) => (
            relative.names[0].last().cloned().unwrap_or_default(),
            relative.town,
            dice.chance(0.1).then(|| relative.homes[0].clone()),
        ),
        None if dice.chance(0.12) => (
            any_of(&words.surname_common, dice).to_owned(),
            towns.any(dice),
            None,
        ),
        None => (
            joined(&words.surname_start, &words.surname_end, dice),
            towns.any(dice),
            None,
        ),
    };
    if let Some(relative) = relative
        && dice.chance(0.35)
    {
        name[0].clone_from(&relative.names[0][0]);
    }
    name.push(family.clone());
    let mut names = vec![name.clone()];
    if dice.chance(0.05) {
        let rank = any_of(&words.ranks, dice);
        let mut titled = vec!["sir".to_owned()];
        titled.extend(name.iter().cloned());
        titled.extend(rank.split(' ').map(str::to_owned));
        names[0] = titled.clone();
        let seat = towns.names[town].clone();
        names.push(vec![name[0].clone(), "lord".to_owned(), seat]);
        names.push(name.clone());
    }
    if dice.chance(0.4) {
        names.push(vec![name[0].clone(), family]);
    }
    if !male && dice.chance(0.4) {
        let married = joined(&words.surname_start, &words.surname_end, dice);
        names.push(vec![name[0].clone(), married]);
    }
    let year = 1600 + (dice.share().powf(0.4) * 330.0) as i32;
    let (month, day) = if dice.chance(0.5) {
        (1, 1)
    } else {
        (dice.between(1, 12), dice.between(1, 28))
    };
    let mut homes = vec![near.unwrap_or_else(|| towns.postcode(town, dice))];
    for _ in 0..3 {
        let moved = if dice.chance(0.6) {
            town
        } else {
            towns.any(dice)
        };
        homes.push(towns.postcode(moved, dice));
    }
    let occupations = (0..dice.between(1, 3))
        .map(|_| {
            words.occupations[(dice.share().powf(2.0) * words.occupations.len() as f64) as usize]
                .clone()
        })
        .collect();
    Person {
        names,
        born: Day::from_ymd(year, month as u8, day as u8).unwrap_or(Day(0)),
        town,
        homes,
        gender: if male { "male" } else { "female" },
        occupations,
    }
}

fn common<'a>(names: &'a [Vec<String>], dice: &mut Dice) -> &'a [String] {
    &names[(dice.share().powf(1.6) * names.len() as f64) as usize]
}

fn write_record(
    words: &Words,
    towns: &Towns,
    person: &Person,
    progress: f64,
    carelessness: Carelessness,
    dice: &mut Dice,
) -> HistoricalRecord {
    let at = |(low, high): (f64, f64)| low + (high - low) * progress;
    let (damaged, missing) = (at(carelessness.damaged), at(carelessness.missing));
    let mut name = person.names[0].clone();
    if dice.chance((damaged * 1.3).min(1.0)) {
        name = other_name(words, person, dice);
    }
    if dice.chance(missing) {
        name = shortened(&name, dice);
    }
    let mut record = HistoricalRecord {
        full_name: name.join(" "),
        first_name: name.first().cloned().unwrap_or_default(),
        surname: if name.len() > 1 {
            name[name.len() - 1].clone()
        } else {
            String::new()
        },
        ..HistoricalRecord::default()
    };
    if !dice.chance(missing) {
        record.born = written_date(person.born, damaged, dice);
    }
    if !dice.chance(missing * 0.6) {
        record.birth_place = match dice.chance(damaged) {
            true => any_of(&towns.wards[person.town], dice).to_owned(),
            false => towns.names[person.town].clone(),
        };
    }
    if !dice.chance(missing) {
        record.postcode = match dice.chance(damaged) {
            true if dice.chance(0.15) => mistyped(&person.homes[0], dice),
            true => any_of(&person.homes, dice).to_owned(),
            false => person.homes[0].clone(),
        };
    }
    if !dice.chance(missing) {
        record.gender = if dice.chance(0.01) {
            "female"
        } else {
            person.gender
        }
        .to_owned();
    }
    if !dice.chance((missing * 2.0).min(0.95)) {
        record.occupation = match dice.chance(damaged) {
            true => any_of(&person.occupations, dice).to_owned(),
            false => person.occupations[0].clone(),
        };
    }
    record
}

/// Another whole name, other forms of each part, or a mistake in typing: 5, 4 and 1 in ten.
fn other_name(words: &Words, person: &Person, dice: &mut Dice) -> Vec<String> {
    match dice.position(10) {
        0..=4 => person.names[dice.position(person.names.len())].clone(),
        5..=8 => {
            let forms = |part: &String, dice: &mut Dice| {
                let known = words.male.iter().chain(&words.female);
                let mut found = known.filter(|forms| forms[0] == *part);
                match found.next() {
                    Some(forms) => any_of(forms, dice).to_owned(),
                    None if dice.chance(0.3) && part.len() > 4 => respelt(part, dice),
                    None => part.clone(),
                }
            };
            person.names[0]
                .iter()
                .map(|part| forms(part, dice))
                .collect()
        }
        _ => {
            let mut name = person.names[0].clone();
            let place = dice.position(name.len());
            name[place] = mistyped(&name[place], dice);
            name
        }
    }
}

/// First and last part each stay with even chances, and so does each part between them; something always stays.
fn shortened(name: &[String], dice: &mut Dice) -> Vec<String> {
    let kept: Vec<String> = name.iter().filter(|_| dice.chance(0.5)).cloned().collect();
    if kept.is_empty() {
        vec![name[dice.position(name.len())].clone()]
    } else {
        kept
    }
}

/// A spelling that sounds alike.
pub(super) fn respelt(word: &str, dice: &mut Dice) -> String {
    let changes = [
        ("ey", "y"),
        ("c", "k"),
        ("i", "y"),
        ("ll", "l"),
        ("t", "tt"),
        ("s", "z"),
        ("o", "oe"),
        ("ck", "k"),
        ("y", "ie"),
        ("f", "ph"),
        ("w", "wh"),
    ];
    let (from, to) = changes[dice.position(changes.len())];
    word.replacen(from, to, 1)
}

/// One letter dropped, doubled, swapped with the next or hit beside its key.
pub(super) fn mistyped(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 2 {
        return word.to_owned();
    }
    let place = dice.position(letters.len());
    match dice.position(4) {
        0 => {
            letters.remove(place);
        }
        1 => letters.insert(place, letters[place]),
        2 => letters.swap(place.max(1), place.max(1) - 1),
        _ => letters[place] = char::from(b'a' + dice.position(26) as u8),
    }
    letters.into_iter().collect()
}

fn written_date(born: Day, damaged: f64, dice: &mut Dice) -> String {
    let (mut year, mut month, mut day) = born.ymd();
    if dice.chance(damaged) {
        match dice.position(10) {
            0..=3 => (year, month, day) = Day(born.0 + dice.between(-30, 30)).ymd(),
            4..=6 => (month, day) = (1, 1),
            7 => year += dice.between(-2, 2),
            8 => day = dice.between(1, 28) as u8,
            _ => year += 10 * dice.between(-1, 1),
        }
    }
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_writes_the_same_records() {
        let once = historical_people(50, 3, Carelessness::of_level(1.0)).expect("records");
        let again = historical_people(50, 3, Carelessness::of_level(1.0)).expect("records");
        assert_eq!(once, again);
        let other = historical_people(50, 4, Carelessness::of_level(1.0)).expect("records");
        assert_ne!(once, other);
    }

    #[test]
    fn later_records_are_emptier() {
        let records = historical_people(400, 1, Carelessness::of_level(1.0)).expect("records");
        let share = |column: fn(&HistoricalRecord) -> &str| {
            records
                .iter()
                .filter(|record| column(record).is_empty())
                .count() as f64
                / records.len() as f64
        };
        assert!((0.15..0.35).contains(&share(|record| &record.born)));
        assert!((0.4..0.6).contains(&share(|record| &record.occupation)));
        assert_eq!(share(|record| &record.full_name), 0.0);
    }
}
