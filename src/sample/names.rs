//! Names for invented people, drawn from `data/samples/names.toml`, and the ways in which names get damaged when
//! they are written down: misspelt, shortened, without accents.

use super::dice::Dice;
use super::error::SampleError;
use super::villager::Sex;
use serde::Deserialize;

/// The lists that names are drawn from.
#[derive(Deserialize)]
pub struct NameLists {
    ancestry: Vec<Ancestry>,
    traditional: Traditional,
    nicknames: Nicknames,
}

/// Names of one community of origin.
#[derive(Deserialize)]
struct Ancestry {
    word: String,
    weight: u32,
    languages: Vec<String>,
    female_old: Vec<String>,
    female_new: Vec<String>,
    male_old: Vec<String>,
    male_new: Vec<String>,
    family: Vec<String>,
    family_start: Vec<String>,
    family_end: Vec<String>,
}

#[derive(Deserialize)]
struct Traditional {
    start: Vec<String>,
    middle: Vec<String>,
    end: Vec<String>,
}

#[derive(Deserialize)]
struct Nicknames {
    pairs: Vec<(String, String)>,
}

/// Position of an ancestry in the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AncestryId(u8);

impl NameLists {
    /// The lists built into the program.
    pub fn built_in() -> Result<NameLists, SampleError> {
        let lists: NameLists = toml::from_str(include_str!("../../data/samples/names.toml"))
            .map_err(|error| SampleError::malformed("data/samples/names.toml", error))?;
        Ok(lists)
    }

    /// An ancestry by weight, for people who are not of a nation.
    pub fn settler_ancestry(&self, dice: &mut Dice) -> AncestryId {
        let total: u32 = self.ancestry.iter().map(|ancestry| ancestry.weight).sum();
        let mut left = (dice.share() * f64::from(total)) as u32;
        for (position, ancestry) in self.ancestry.iter().enumerate() {
            if left < ancestry.weight {
                return AncestryId(position as u8);
            }
            left -= ancestry.weight;
        }
        AncestryId(0)
    }

    /// The ancestry of a nation's member: names of the first nations list, at times of the Métis one.
    pub fn nation_ancestry(&self, dice: &mut Dice) -> AncestryId {
        let wanted = if dice.chance(0.25) {
            "metis_french"
        } else {
            "first_nations"
        };
        let position = self
            .ancestry
            .iter()
            .position(|ancestry| ancestry.word == wanted);
        AncestryId(position.unwrap_or(0) as u8)
    }

    pub fn languages(&self, ancestry: AncestryId) -> &[String] {
        self.of(ancestry)
            .map_or(&[], |ancestry| ancestry.languages.as_slice())
    }

    /// A first name fit for the birth year.
    pub fn given(
        &self,
        ancestry: AncestryId,
        sex: Sex,
        birth_year: i32,
        dice: &mut Dice,
    ) -> String {
        let Some(names) = self.of(ancestry) else {
            return String::new();
        };
        let new = birth_year > 1960 + dice.between(0, 25);
        let female = match sex {
            Sex::Female => true,
            Sex::Male => false,
            Sex::Other => dice.chance(0.5),
        };
        let list = match (female, new) {
            (true, false) => &names.female_old,
            (true, true) => &names.female_new,
            (false, false) => &names.male_old,
            (false, true) => &names.male_new,
        };
        dice.common_word(list).to_string()
    }

    /// A family name: a common one, one made of parts, or two joined.
    pub fn family(&self, ancestry: AncestryId, dice: &mut Dice) -> String {
        let Some(names) = self.of(ancestry) else {
            return String::new();
        };
        let roll = dice.share();
        if roll < 0.5 {
            return dice.common_word(&names.family).to_string();
        }
        if roll < 0.53 {
            let first = dice.common_word(&names.family);
            let second = dice.common_word(&names.family);
            return format!("{first}-{second}");
        }
        let start = dice.common_word(&names.family_start);
        let end = dice.common_word(&names.family_end);
        format!("{start}{end}")
    }

    /// Whether people of this ancestry at times have one name only.
    pub fn has_single_names(&self, ancestry: AncestryId) -> bool {
        self.of(ancestry)
            .is_some_and(|ancestry| ancestry.word == "south_asian")
    }

    /// A name of invented syllables, for the kind "traditional".
    pub fn traditional(&self, dice: &mut Dice) -> String {
        let parts = &self.traditional;
        let start = dice.common_word(&parts.start);
        let middle = dice.common_word(&parts.middle);
        let end = dice.common_word(&parts.end);
        format!("{start}{middle}{end}")
    }

    /// A usual short form of a first name, if there is one.
    pub fn nickname(&self, given: &str) -> Option<&str> {
        self.nicknames
            .pairs
            .iter()
            .find(|(whole, _)| whole == given)
            .map(|(_, short)| short.as_str())
    }

    /// The first name as somebody else wrote it down: a nickname, without accents, or misspelt.
    pub fn damaged(&self, name: &str, dice: &mut Dice) -> String {
        if let Some(nickname) = self.nickname(name).filter(|_| dice.chance(0.6)) {
            return nickname.to_string();
        }
        let plain = without_accents(name);
        if plain != name && dice.chance(0.7) {
            return plain;
        }
        misspelt(name, dice)
    }

    fn of(&self, ancestry: AncestryId) -> Option<&Ancestry> {
        self.ancestry.get(usize::from(ancestry.0))
    }
}

/// The name without diacritics.
pub fn without_accents(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    name.nfd()
        .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter))
        .collect()
}

/// One small slip: two letters swapped, one left out, doubled, or a usual sound-alike exchanged.
pub fn misspelt(name: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if letters.len() < 3 {
        return format!("{name}e");
    }
    let place = 1 + dice.position(letters.len() - 2);
    match dice.between(0, 4) {
        0 => letters.swap(place, place + 1),
        1 => {
            letters.remove(place);
        }
        2 => letters.insert(place, letters[place]),
        3 => return sound_alike(name),
        _ => letters.push('e'),
    }
    letters.into_iter().collect()
}

fn sound_alike(name: &str) -> String {
    for (from, to) in [
        ("ph", "f"),
        ("ck", "k"),
        ("y", "ie"),
        ("c", "k"),
        ("z", "s"),
        ("ea", "ee"),
    ] {
        if name.contains(from) {
            return name.replacen(from, to, 1);
        }
    }
    format!("{name}e")
}
