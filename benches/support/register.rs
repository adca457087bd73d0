//! A register of invented people with names as common as in the published table, and questions about them, each damaged in
//! one of the ways in which people misremember. Everything is made from a seed.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write as _;
use std::path::Path;

/// Somebody in the register.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub id: String,
    pub given: String,
    pub second: String,
    pub family: String,
    pub birth_family: String,
    pub gender: &'static str,
    /// Year, month, day.
    pub born: (u16, u8, u8),
    pub place: String,
}

/// A question about one entry, by columns of people.csv.
#[derive(Clone, Debug, Default)]
pub struct Query {
    pub kind: &'static str,
    pub truth: String,
    pub given: String,
    pub family: String,
    pub birth: String,
    pub place: String,
}

/// The ways of damage.
pub const KINDS: [&str; 13] = [
    "typo1",
    "typo2",
    "phonetic",
    "nickname",
    "swapped",
    "maiden",
    "initial",
    "compound",
    "day_month",
    "year_typo",
    "no_date",
    "no_date_typo",
    "off_phonetic",
];

const FREQUENCIES: &str = include_str!("../../data/names/frequencies.tsv");
const NICKNAMES: &str = include_str!("../../data/names/nicknames.toml");
const PLACES: usize = 400;
/// Share of people whose family name is in no table.
const RARE: f64 = 0.10;

/// Names with running sums of how common they are.
struct Names(Vec<(String, f64)>);

impl Names {
    fn of(kind: &str) -> Names {
        let mut sum = 0.0;
        let mut names = Vec::new();
        for line in FREQUENCIES.lines() {
            let mut cells = line.split('\t');
            if cells.next() != Some(kind) {
                continue;
            }
            let share: f64 = cells.next().and_then(|n| n.parse().ok()).expect("a number");
            for name in cells.next().expect("names").split(' ') {
                sum += share;
                names.push((name.to_owned(), sum));
            }
        }
        Names(names)
    }

    fn draw(&self, dice: &mut ChaCha8Rng) -> String {
        let total = self.0.last().expect("names").1;
        let at = dice.random_range(0.0..total);
        let found = self.0.partition_point(|(_, sum)| *sum <= at);
        titled(&self.0[found].0)
    }
}

fn titled(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn made_up(dice: &mut ChaCha8Rng) -> String {
    const STARTS: [&str; 20] = [
        "B", "Br", "D", "F", "G", "H", "J", "K", "Kl", "L", "M", "N", "P", "R", "S", "Sch", "St",
        "T", "V", "W",
    ];
    const VOWELS: [&str; 8] = ["a", "e", "i", "o", "u", "ei", "ou", "ie"];
    const MIDDLES: [&str; 12] = [
        "l", "ll", "n", "r", "rs", "tt", "m", "nd", "sk", "b", "ng", "ck",
    ];
    const ENDS: [&str; 12] = [
        "er", "son", "ski", "mann", "ley", "ton", "as", "ov", "ini", "ez", "and", "y",
    ];
    let mut pick = |list: &[&'static str]| list[dice.random_range(0..list.len())];
    [
        pick(&STARTS),
        pick(&VOWELS),
        pick(&MIDDLES),
        pick(&VOWELS),
        pick(&MIDDLES),
        pick(&ENDS),
    ]
    .concat()
}

/// So many people.
pub fn register(people: u64, seed: u64) -> Vec<Entry> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let (given, family) = (Names::of("given"), Names::of("family"));
    let places: Vec<String> = (0..PLACES)
        .map(|_| format!("{} Creek", made_up(&mut dice)))
        .collect();
    let family_name = |dice: &mut ChaCha8Rng| {
        if dice.random_bool(RARE) {
            made_up(dice)
        } else {
            family.draw(dice)
        }
    };
    (0..people)
        .map(|number| {
            let dice = &mut dice;
            let mut entry = Entry {
                id: format!("r{number:07}"),
                given: given.draw(dice),
                family: family_name(dice),
                gender: if dice.random_bool(0.5) {
                    "female"
                } else {
                    "male"
                },
                born: (
                    dice.random_range(1930..2016),
                    dice.random_range(1..=12),
                    dice.random_range(1..=28),
                ),
                place: places[(dice.random::<f64>().powi(2) * PLACES as f64) as usize].clone(),
                ..Entry::default()
            };
            if dice.random_bool(0.4) {
                entry.second = given.draw(dice);
            }
            if entry.gender == "female" && dice.random_bool(0.35) {
                entry.birth_family = family_name(dice);
            }
            if dice.random_bool(0.03) {
                entry.family = format!("{}-{}", entry.family, family_name(dice));
            }
            entry
        })
        .collect()
}

/// Writes the register as a CSV bundle.
pub fn write(entries: &[Entry], folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let mut text = String::from(
        "id,full_name,given_names,family_name,birth_family_name,gender,birth_date,places\n",
    );
    for entry in entries {
        let given = format!("{} {}", entry.given, entry.second);
        let given = given.trim();
        let (year, month, day) = entry.born;
        writeln!(
            text,
            "{},{given} {},{given},{},{},{},{year}-{month:02}-{day:02},{}",
            entry.id, entry.family, entry.family, entry.birth_family, entry.gender, entry.place
        )
        .expect("written");
    }
    std::fs::write(folder.join("people.csv"), text).expect("written");
}

/// So many questions of each kind.
pub fn queries(entries: &[Entry], each: usize, seed: u64) -> Vec<Query> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let nicknames: std::collections::BTreeMap<String, Vec<String>> =
        toml::from_str(NICKNAMES).expect("nicknames");
    let mut queries = Vec::new();
    for kind in KINDS {
        let mut made = 0;
        while made < each {
            let entry = &entries[dice.random_range(0..entries.len())];
            if let Some(query) = damaged(kind, entry, &nicknames, &mut dice) {
                queries.push(query);
                made += 1;
            }
        }
    }
    queries
}

fn damaged(
    kind: &'static str,
    entry: &Entry,
    nicknames: &std::collections::BTreeMap<String, Vec<String>>,
    dice: &mut ChaCha8Rng,
) -> Option<Query> {
    let (year, month, day) = entry.born;
    let mut query = Query {
        kind,
        truth: entry.id.clone(),
        given: entry.given.clone(),
        family: entry.family.clone(),
        birth: format!("{year}-{month:02}-{day:02}"),
        place: if dice.random_bool(0.5) {
            entry.place.clone()
        } else {
            String::new()
        },
    };
    match kind {
        "typo1" => query.family = slip(&query.family, dice),
        "typo2" => {
            query.family = slip(&query.family, dice);
            query.given = slip(&query.given, dice);
        }
        "phonetic" => query.family = respelt(&query.family, dice)?,
        "nickname" => {
            let forms = nicknames.get(&entry.given.to_lowercase())?;
            query.given = titled(&forms[dice.random_range(0..forms.len())]);
        }
        "swapped" => std::mem::swap(&mut query.given, &mut query.family),
        "maiden" => {
            if entry.birth_family.is_empty() {
                return None;
            }
            query.family = entry.birth_family.clone();
        }
        "initial" => query.given = query.given.chars().take(1).collect(),
        "compound" => {
            let (first, second) = entry.family.split_once('-')?;
            query.family = if dice.random_bool(0.5) { first } else { second }.to_owned();
        }
        "day_month" => {
            if day > 12 || day == month {
                return None;
            }
            query.birth = format!("{year}-{day:02}-{month:02}");
        }
        "year_typo" => {
            query.family = slip(&query.family, dice);
            query.birth = year.to_string();
        }
        "no_date" => {
            query.birth.clear();
            query.place = entry.place.clone();
        }
        "no_date_typo" => {
            query.family = slip(&query.family, dice);
            query.birth.clear();
            query.place = entry.place.clone();
        }
        _ => {
            query.family = respelt(&query.family, dice)?;
            query.birth = format!(
                "{}-{:02}-{:02}",
                i32::from(year) + [-1, 1, 2, -2, 10, -10][dice.random_range(0..6)],
                dice.random_range(1..=12),
                dice.random_range(1..=28)
            );
            query.place = entry.place.clone();
        }
    }
    Some(query)
}

/// One letter left out, doubled, exchanged with the next, or another in its place.
fn slip(name: &str, dice: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = dice.random_range(0..letters.len());
    let other = char::from(b'a' + dice.random_range(0..26u8));
    match dice.random_range(0..4) {
        0 if letters.len() > 3 => _ = letters.remove(at),
        1 => letters.insert(at, other),
        2 if at + 1 < letters.len() && letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        _ => letters[at] = other,
    }
    letters.into_iter().collect()
}

/// Spelt by ear; nothing where no rule fits.
fn respelt(name: &str, dice: &mut ChaCha8Rng) -> Option<String> {
    const RULES: [(&str, &str); 22] = [
        ("ph", "f"),
        ("f", "ph"),
        ("ck", "k"),
        ("c", "k"),
        ("k", "c"),
        ("y", "ie"),
        ("ie", "y"),
        ("z", "s"),
        ("s", "z"),
        ("ee", "ea"),
        ("ea", "ee"),
        ("ll", "l"),
        ("l", "ll"),
        ("tt", "t"),
        ("nn", "n"),
        ("ou", "u"),
        ("sch", "sh"),
        ("th", "t"),
        ("w", "v"),
        ("ei", "ie"),
        ("er", "ar"),
        ("gh", "g"),
    ];
    let lower = name.to_lowercase();
    let fitting: Vec<&(&str, &str)> = RULES
        .iter()
        .filter(|(from, _)| lower.contains(from))
        .collect();
    let (from, to) = fitting.get(dice.random_range(0..fitting.len().max(1)))?;
    Some(titled(&lower.replacen(from, to, 1)))
}
