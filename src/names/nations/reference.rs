//! The reference list: bands and peoples of Canada from `data/nations`, read once. Peoples come first, then nations in
//! the order of their numbers, then names known elsewhere, which are there so that they are not taken for others.

use super::index::{CommonWords, NameIndex, NameKind};
use super::spelling::Spelling;
use crate::model::nation::NationLevel;
use crate::model::person::Coordinates;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use std::sync::OnceLock;

const NATIONS: &str = include_str!("../../../data/nations/nations.csv");
const NAMES: &str = include_str!("../../../data/nations/names.csv");
const MORE_NAMES: &str = include_str!("../../../data/nations/more_names.csv");
const PEOPLES: &str = include_str!("../../../data/nations/peoples.toml");
const ELSEWHERE: &str = include_str!("../../../data/nations/elsewhere.csv");
/// A word in the names of this many nations tells little.
const FREQUENT: usize = 4;

/// A band, community or people of the reference list.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceNation {
    /// The band number, or a word where there is none: "554", "secwepemc".
    pub id: String,
    /// The band number of the federal department; empty for a people and where none was given.
    pub number: String,
    pub name: String,
    pub level: NationLevel,
    /// Two letters: "BC".
    pub region: String,
    /// The peoples that it belongs to, as positions in the list.
    pub peoples: Vec<usize>,
    pub languages: Vec<String>,
    pub centre: Option<Coordinates>,
    /// Every name with its kind, the current one among them.
    pub names: Vec<(String, NameKind)>,
    /// What it is, for a name that is known elsewhere and is none of the list.
    pub elsewhere: String,
}

/// The list, and its names ready to be asked.
#[derive(Debug, Default)]
pub struct Reference {
    pub nations: Vec<ReferenceNation>,
    pub index: NameIndex,
    by_number: FxHashMap<String, usize>,
}

/// The reference list; a test proves that it can be read, so the empty default is never met.
pub fn reference() -> &'static Reference {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    REFERENCE.get_or_init(|| read().unwrap_or_default())
}

/// Every nation and people of the list.
pub fn reference_nations() -> impl Iterator<Item = &'static ReferenceNation> {
    let nations = reference().nations.iter();
    nations.filter(|nation| nation.elsewhere.is_empty())
}

/// The nation at a position of the list.
pub fn reference_nation(position: usize) -> Option<&'static ReferenceNation> {
    reference().nations.get(position)
}

/// Words that do little to tell one nation from another, in the names of the list.
pub fn common_words() -> &'static CommonWords {
    reference().index.common_words()
}

/// The nation with this band number.
pub fn nation_of_number(number: &str) -> Option<&'static ReferenceNation> {
    let number = number.trim().trim_start_matches('0');
    reference_nation(*reference().by_number.get(number)?)
}

impl ReferenceNation {
    /// The peoples that it belongs to.
    pub fn peoples(&self) -> impl Iterator<Item = &'static ReferenceNation> {
        self.peoples
            .iter()
            .filter_map(|position| reference_nation(*position))
    }
}

#[derive(Deserialize)]
struct NationRow {
    id: String,
    number: String,
    name: String,
    region: String,
    peoples: String,
    languages: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
}

#[derive(Deserialize)]
struct NameRow {
    id: String,
    name: String,
    kind: String,
}

#[derive(Deserialize)]
struct ElsewhereRow {
    name: String,
    what: String,
}

#[derive(Deserialize)]
struct PeoplesFile {
    people: Vec<PeopleRow>,
}

#[derive(Deserialize)]
struct PeopleRow {
    id: String,
    name: String,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    listed_as: Vec<String>,
    #[serde(default)]
    region: String,
    part_of: Option<String>,
}

fn read() -> Result<Reference, String> {
    let peoples: PeoplesFile = toml::from_str(PEOPLES).map_err(|why| why.to_string())?;
    let bands: Vec<NationRow> = rows(NATIONS)?;
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    let ids = peoples
        .people
        .iter()
        .map(|people| &people.id)
        .chain(bands.iter().map(|row| &row.id));
    for (position, id) in ids.enumerate() {
        if places.insert(id, position).is_some() {
            return Err(format!("{id} stands twice"));
        }
    }
    let place = |id: &str| places.get(id).copied().ok_or(format!("there is no {id}"));
    let mut nations = Vec::new();
    for people in &peoples.people {
        nations.push(people_of(people, &place)?);
    }
    for row in &bands {
        nations.push(nation_of(row, &place)?);
    }
    for row in rows_of_names()? {
        let kind = match row.kind.as_str() {
            "current" => NameKind::Current,
            "former" => NameKind::Former,
            "other" => NameKind::Other,
            unknown => return Err(format!("kind {unknown}")),
        };
        nations[place(&row.id)?].names.push((row.name, kind));
    }
    let common = words_in_common(&peoples, &nations);
    nations.extend(
        rows::<ElsewhereRow>(ELSEWHERE)?
            .into_iter()
            .map(known_elsewhere),
    );
    Ok(indexed(nations, common))
}

fn indexed(nations: Vec<ReferenceNation>, common: CommonWords) -> Reference {
    let mut index = NameIndex::new(common);
    let mut by_number = FxHashMap::default();
    for (position, nation) in nations.iter().enumerate() {
        for (name, kind) in &nation.names {
            index.add(position as u32, name, *kind);
        }
        if !nation.number.is_empty() {
            by_number.insert(nation.number.clone(), position);
        }
    }
    Reference {
        nations,
        index,
        by_number,
    }
}

fn rows<Row: for<'de> Deserialize<'de>>(text: &str) -> Result<Vec<Row>, String> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|why| why.to_string())
}

fn rows_of_names() -> Result<Vec<NameRow>, String> {
    let mut names = rows(NAMES)?;
    names.extend(rows::<NameRow>(MORE_NAMES)?);
    Ok(names)
}

fn list(cell: &str) -> Vec<String> {
    cell.split(';')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn people_of(
    row: &PeopleRow,
    place: &impl Fn(&str) -> Result<usize, String>,
) -> Result<ReferenceNation, String> {
    let mut names = vec![(row.name.clone(), NameKind::Current)];
    names.extend(row.also.iter().map(|name| (name.clone(), NameKind::Other)));
    Ok(ReferenceNation {
        id: row.id.clone(),
        number: String::new(),
        name: row.name.clone(),
        level: NationLevel::People,
        region: row.region.clone(),
        peoples: row
            .part_of
            .iter()
            .map(|id| place(id))
            .collect::<Result<_, _>>()?,
        languages: Vec::new(),
        centre: None,
        names,
        elsewhere: String::new(),
    })
}

fn nation_of(
    row: &NationRow,
    place: &impl Fn(&str) -> Result<usize, String>,
) -> Result<ReferenceNation, String> {
    let peoples = list(&row.peoples);
    let centre = row.latitude.zip(row.longitude);
    Ok(ReferenceNation {
        id: row.id.clone(),
        number: row.number.clone(),
        name: row.name.clone(),
        level: NationLevel::Community,
        region: row.region.clone(),
        peoples: peoples
            .iter()
            .map(|id| place(id))
            .collect::<Result<_, _>>()?,
        languages: list(&row.languages),
        centre: centre.map(|(latitude, longitude)| Coordinates {
            latitude,
            longitude,
        }),
        names: Vec::new(),
        elsewhere: String::new(),
    })
}

fn known_elsewhere(row: ElsewhereRow) -> ReferenceNation {
    ReferenceNation {
        id: String::new(),
        number: String::new(),
        names: vec![(row.name.clone(), NameKind::Other)],
        name: row.name,
        level: NationLevel::Community,
        region: String::new(),
        peoples: Vec::new(),
        languages: Vec::new(),
        centre: None,
        elsewhere: row.what,
    }
}

/// Words of many nations' names, and words that name a people.
fn words_in_common(peoples: &PeoplesFile, nations: &[ReferenceNation]) -> CommonWords {
    let mut nations_by_word: FxHashMap<String, usize> = FxHashMap::default();
    for nation in nations {
        let words: FxHashSet<String> = nation
            .names
            .iter()
            .flat_map(|(name, _)| Spelling::of(name).own_words)
            .collect();
        for word in words {
            *nations_by_word.entry(word).or_default() += 1;
        }
    }
    let is_frequent = |entry: &(String, usize)| entry.1 >= FREQUENT;
    CommonWords {
        frequent: nations_by_word
            .into_iter()
            .filter(is_frequent)
            .map(|(word, _)| word)
            .collect(),
        of_peoples: peoples
            .people
            .iter()
            .flat_map(|people| &people.listed_as)
            // The word in brackets, "Dunne-zaa (Beaver)", is one that other names have too.
            .filter_map(|listed| listed.split('(').next())
            .flat_map(|listed| Spelling::of(listed).own_words)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read_and_is_whole() {
        let read = read();
        let Ok(list) = read else {
            panic!("{:?}", read.err());
        };
        let bands = list
            .nations
            .iter()
            .filter(|nation| !nation.number.is_empty());
        assert_eq!(bands.count(), 636);
        for nation in list.nations.iter().filter(|one| one.elsewhere.is_empty()) {
            assert!(!nation.names.is_empty(), "{} has no name", nation.id);
            let current = |name: &(String, NameKind)| name.1 == NameKind::Current;
            assert!(
                nation.names.iter().filter(|name| current(name)).count() <= 1,
                "{} has two current names",
                nation.id
            );
        }
    }
}
