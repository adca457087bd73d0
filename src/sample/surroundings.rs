//! Invented towns and nations, named from the parts in `data/samples/places.toml`. Neighbouring villages lie
//! beside each other on the map.

use super::bundle_files::{BundleFiles, NationRow};
use super::dice::Dice;
use super::error::SampleError;
use serde::Deserialize;

/// The parts that towns and nations are named from.
#[derive(Deserialize)]
pub struct PlaceLists {
    regions: Vec<String>,
    cities: Vec<String>,
    prefixes: Vec<String>,
    town_start: Vec<String>,
    town_end: Vec<String>,
    nation_start: Vec<String>,
    nation_end: Vec<String>,
    nation_kind: Vec<String>,
    former_names: Vec<String>,
    peoples: Vec<String>,
    languages: Vec<String>,
}

/// Towns in which the people of one village live.
pub struct Towns {
    pub near: [String; 3],
    pub cities: Vec<String>,
    pub region: String,
}

const SOURCE: &str = "invented";
/// Towns stand in rows of this many villages, a third of a degree apart.
const VILLAGES_IN_A_ROW: u64 = 48;

impl PlaceLists {
    /// The lists built into the program.
    pub fn built_in() -> Result<PlaceLists, SampleError> {
        toml::from_str(include_str!("../../data/samples/places.toml"))
            .map_err(|error| SampleError::malformed("data/samples/places.toml", error))
    }

    /// Writes the cities, peoples and languages that all villages share.
    pub fn write_shared(&self, files: &mut BundleFiles) -> Result<(), SampleError> {
        for (position, city) in self.cities.iter().enumerate() {
            let shift = position as f64;
            let latitude = format!("{:.4}", 48.9 + shift * 0.83);
            let longitude = format!("{:.4}", -127.4 + shift * 2.1);
            let region = nth(&self.regions, position as u64);
            files.place(city, region, &latitude, &longitude, SOURCE)?;
        }
        for (position, language) in self.languages.iter().enumerate() {
            files.nation(&NationRow {
                id: format!("language-{}", position + 1),
                name: format!("{language} (invented)"),
                level: "language",
                ..NationRow::default()
            })?;
            files.nation(&NationRow {
                id: format!("people-{}", position + 1),
                name: format!("{} (invented)", nth(&self.peoples, position as u64)),
                level: "people",
                part_of: format!("language-{}", position + 1),
                languages: language.clone(),
                ..NationRow::default()
            })?;
        }
        Ok(())
    }

    /// Names the towns of the village with this number and writes them.
    pub fn write_towns(
        &self,
        files: &mut BundleFiles,
        village: u64,
        dice: &mut Dice,
    ) -> Result<Towns, SampleError> {
        let row = village / VILLAGES_IN_A_ROW;
        let in_row = village % VILLAGES_IN_A_ROW;
        let column = if row.is_multiple_of(2) {
            in_row
        } else {
            VILLAGES_IN_A_ROW - 1 - in_row
        };
        let region = nth(&self.regions, village / 24).to_string();
        let near = [0, 1, 2].map(|town| self.town_name(village * 3 + town));
        for name in &near {
            let latitude = 49.0 + (row % 40) as f64 * 0.23 + dice.share() * 0.15;
            let longitude = -128.0 + column as f64 * 0.31 + dice.share() * 0.2;
            let (latitude, longitude) = (format!("{latitude:.4}"), format!("{longitude:.4}"));
            files.place(name, &region, &latitude, &longitude, SOURCE)?;
        }
        Ok(Towns {
            near,
            cities: self.cities.clone(),
            region,
        })
    }

    /// A different name for every number; the numbers are spread over the lists by a step without common divisor.
    fn town_name(&self, number: u64) -> String {
        let (starts, ends) = (self.town_start.len() as u64, self.town_end.len() as u64);
        let plain = starts * ends;
        let spread = (number % plain * 7919 + 311) % plain;
        let prefix = nth(&self.prefixes, number / plain);
        let start = nth(&self.town_start, spread % starts);
        let end = nth(&self.town_end, spread / starts);
        let round = number / plain / self.prefixes.len().max(1) as u64;
        let suffix = if round == 0 {
            String::new()
        } else {
            format!(" {}", round + 1)
        };
        format!("{prefix}{start}{end}{suffix}")
    }

    /// The name of the community with this number.
    pub fn nation_name(&self, number: u32) -> String {
        let number = u64::from(number);
        let starts = self.nation_start.len() as u64;
        let start = nth(&self.nation_start, number);
        let end = nth(&self.nation_end, number / starts + number);
        let kind = nth(&self.nation_kind, number / 2);
        let round = number / (starts * self.nation_end.len() as u64);
        let suffix = if round == 0 {
            String::new()
        } else {
            format!(" {}", round + 1)
        };
        format!("{start} {end} {kind}{suffix} (invented)")
    }

    /// Writes the community with this number.
    pub fn write_nation(
        &self,
        files: &mut BundleFiles,
        number: u32,
        offered: String,
        dice: &mut Dice,
    ) -> Result<(), SampleError> {
        let people = u64::from(number) / 7 % self.peoples.len().max(1) as u64;
        let name = self.nation_name(number);
        let plain = without_remark(&name);
        let former = if dice.chance(0.5) {
            format!(
                "{} {}",
                nth(&self.former_names, u64::from(number)),
                number + 1
            )
        } else {
            String::new()
        };
        let phone = dice.between(100, 199);
        let known = dice.chance(0.85);
        files.nation(&NationRow {
            id: nation_id(number),
            other_names: former,
            level: "community",
            part_of: format!("people-{}", people + 1),
            languages: nth(&self.languages, people).to_string(),
            number: format!("X-{}", 9000 + number),
            agencies: format!(
                "{} Child and Family Agency (invented)",
                nth(&self.peoples, people)
            ),
            designated_representative: if known {
                format!("Designated representative, {plain}, 250-555-0{phone}")
            } else {
                String::new()
            },
            governing_body: format!("Chief and council of {plain}"),
            offered_people: offered,
            source: "invented list of nations||2026-01-15|".to_string(),
            name,
        })
    }
}

/// The id of the community with this number.
pub fn nation_id(number: u32) -> String {
    format!("nation-{}", number + 1)
}

fn without_remark(name: &str) -> &str {
    name.strip_suffix(" (invented)").unwrap_or(name)
}

/// The word at this number, going round.
fn nth(words: &[String], number: u64) -> &str {
    let position = number % words.len().max(1) as u64;
    words.get(position as usize).map_or("", String::as_str)
}
