//! Which records are one person, as the files tell: by a column, a pattern of the id, or a file of pairs.

use super::arguments::Evaluate;
use super::table_file::Records;
use crate::error::Error;
use crate::linkage::Table;
use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::Path;

/// The true pairs, by the places of the records in the settled table, the smaller first.
pub struct Truth {
    pub pairs: FxHashSet<(u32, u32)>,
}

impl Truth {
    pub fn read(command: &Evaluate, records: &Records) -> Result<Truth, Error> {
        let truth = match (
            &command.truth_column,
            &command.truth_pattern,
            &command.truth_pairs,
        ) {
            (Some(_), ..) => Truth::of_people(&records.table, &records.truth),
            (_, Some(pattern), _) => {
                let wrong = |why: String| Error::invalid("truth-pattern", why);
                let pattern = Regex::new(pattern).map_err(|why| wrong(why.to_string()))?;
                if command.id.is_none() {
                    return Err(wrong(
                        "a pattern reads ids: say which column holds them with --id".to_owned(),
                    ));
                }
                let mut people = Vec::new();
                for id in &records.ids {
                    let found = pattern
                        .captures(id)
                        .and_then(|found| found.get(1).or_else(|| found.get(0)));
                    let Some(found) = found else {
                        return Err(wrong(format!("the id \"{id}\" does not fit the pattern")));
                    };
                    people.push(found.as_str().to_owned());
                }
                Truth::of_people(&records.table, &people)
            }
            (_, _, Some(file)) => Truth::of_pairs(file, records)?,
            _ => {
                return Err(Error::invalid(
                    "truth",
                    "there is nothing to measure against: give --truth-column, --truth-pattern or --truth-pairs",
                ));
            }
        };
        if truth.pairs.is_empty() {
            return Err(Error::invalid(
                "truth",
                "by this truth no two records are one person",
            ));
        }
        Ok(truth)
    }

    /// Records with the same text are one person; those with none are nobody's.
    fn of_people(table: &Table, people: &[String]) -> Truth {
        let mut members: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for place in 0..table.len() {
            let person = people[table.came[place] as usize].as_str();
            if !person.is_empty() {
                members.entry(person).or_default().push(place as u32);
            }
        }
        let mut pairs = FxHashSet::default();
        for members in members.values() {
            for (number, a) in members.iter().enumerate() {
                for b in &members[number + 1..] {
                    if table.may_pair(*a as usize, *b as usize) {
                        pairs.insert((*a, *b));
                    }
                }
            }
        }
        Truth { pairs }
    }

    fn of_pairs(file: &Path, records: &Records) -> Result<Truth, Error> {
        let wrong =
            |why: String| Error::invalid("truth-pairs", format!("{}: {why}", file.display()));
        let mut places: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for (place, came) in records.table.came.iter().enumerate() {
            let id = records.ids[*came as usize].as_str();
            places.entry(id).or_default().push(place as u32);
        }
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(true)
            .from_path(file)
            .map_err(|why| wrong(why.to_string()))?;
        let mut pairs = FxHashSet::default();
        for row in reader.records() {
            let row = row.map_err(|why| wrong(why.to_string()))?;
            let find = |column: usize| {
                let id = row.get(column).unwrap_or_default();
                places
                    .get(id)
                    .ok_or_else(|| wrong(format!("no record has the id \"{id}\"")))
            };
            for a in find(0)? {
                for b in find(1)? {
                    if records.table.may_pair(*a as usize, *b as usize) {
                        pairs.insert((*a.min(b), *a.max(b)));
                    }
                }
            }
        }
        Ok(Truth { pairs })
    }

    pub fn holds(&self, a: u32, b: u32) -> bool {
        self.pairs.contains(&(a.min(b), a.max(b)))
    }
}
