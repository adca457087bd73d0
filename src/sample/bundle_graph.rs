//! A bundle read back into plain arrays (some 60 bytes a person), and the walk that counts who lies within reach.

use super::error::SampleError;
use super::shape::CommunityShape;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::Path;

/// Civil degree up to which kin count as within reach.
const REACH: u8 = 6;
/// Numbers in ids are below this; anything else is taken for a name.
const MOST_PEOPLE: usize = 1 << 28;

#[derive(Default)]
pub(super) struct Graph {
    /// Position of people by id, for ids that are not a plain number.
    named: FxHashMap<String, u32>,
    numbered: Vec<u32>,
    pub(super) of_nation: Vec<bool>,
    /// (child, parent, from the father) and the like, sorted before use.
    pub(super) parents: Vec<(u32, u32)>,
    pub(super) children: Vec<(u32, u32)>,
    pub(super) partners: Vec<(u32, u32)>,
    pub(super) female: Vec<bool>,
    pub(super) network: FxHashMap<u32, u64>,
    pub(super) nations: FxHashMap<String, u64>,
    nation_names: FxHashMap<String, String>,
}

const ABSENT: u32 = u32::MAX;

impl Graph {
    fn find(&self, id: &str) -> Option<u32> {
        match plain_number(id) {
            Some(number) => self
                .numbered
                .get(number)
                .copied()
                .filter(|place| *place != ABSENT),
            None => self.named.get(id).copied(),
        }
    }

    pub(super) fn read_people(
        &mut self,
        folder: &Path,
        shape: &mut CommunityShape,
    ) -> Result<(), SampleError> {
        each_row(folder, "nations", &["id", "name"], |fields| {
            self.nation_names
                .insert(fields[1].to_string(), fields[0].to_string());
            Ok(())
        })?;
        each_row(folder, "people", &["id", "gender", "nations"], |fields| {
            let place = shape.people as u32;
            shape.people += 1;
            match plain_number(fields[0]) {
                Some(number) => {
                    if self.numbered.len() <= number {
                        self.numbered.resize(number + 1, ABSENT);
                    }
                    self.numbered[number] = place;
                }
                None => {
                    self.named.insert(fields[0].to_string(), place);
                }
            }
            self.female.push(fields[1] == "female");
            self.of_nation.push(!fields[2].is_empty());
            for cell in fields[2].split(';').filter(|cell| !cell.is_empty()) {
                let name = cell.split('=').next().unwrap_or(cell);
                let id = self
                    .nation_names
                    .get(name)
                    .cloned()
                    .unwrap_or_else(|| name.to_string());
                *self.nations.entry(id).or_default() += 1;
            }
            Ok(())
        })
    }

    pub(super) fn read_ties(
        &mut self,
        folder: &Path,
        shape: &mut CommunityShape,
    ) -> Result<(), SampleError> {
        let columns = ["kind", "from", "to", "nature", "sealed"];
        each_row(folder, "ties", &columns, |fields| {
            let [kind, from_id, to_id, nature, sealed] = fields[..] else {
                return Ok(());
            };
            shape.ties += 1;
            shape.sealed_ties += u64::from(!sealed.is_empty());
            let named = if kind == "parent" {
                format!("parent ({nature})")
            } else {
                kind.to_string()
            };
            *shape.ties_by_kind.entry(named).or_default() += 1;
            let unknown =
                |id: &str| SampleError::malformed("ties.csv", format!("no person \"{id}\""));
            let from = self.find(from_id).ok_or_else(|| unknown(from_id))?;
            match kind {
                "membership" => {
                    self.of_nation[from as usize] = true;
                    *self.nations.entry(to_id.to_string()).or_default() += 1;
                    return Ok(());
                }
                "household" => return Ok(()),
                _ => {}
            }
            let to = self.find(to_id).ok_or_else(|| unknown(to_id))?;
            match (kind, nature) {
                ("parent", "birth" | "adoptive" | "") => {
                    self.parents.push((to, from));
                    self.children.push((from, to));
                }
                ("union", _) => {
                    self.partners.push((from, to));
                    self.partners.push((to, from));
                }
                ("network", _) => *self.network.entry(from).or_default() += 1,
                _ => {}
            }
            Ok(())
        })
    }

    /// The children of the cases.
    pub(super) fn read_cases(
        &self,
        folder: &Path,
        shape: &mut CommunityShape,
    ) -> Result<Vec<u32>, SampleError> {
        let mut children = Vec::new();
        let mut in_groups = 0;
        each_row(folder, "cases", &["child", "siblings_in_care"], |fields| {
            let unknown =
                || SampleError::malformed("cases.csv", format!("no person \"{}\"", fields[0]));
            children.push(self.find(fields[0]).ok_or_else(unknown)?);
            in_groups += u64::from(!fields[1].is_empty());
            Ok(())
        })?;
        shape.cases = children.len() as u64;
        shape.in_sibling_groups = super::shape::share(in_groups, shape.cases);
        Ok(children)
    }

    pub(super) fn sort(&mut self) {
        for list in [&mut self.parents, &mut self.children, &mut self.partners] {
            list.sort_unstable();
            list.dedup();
        }
    }

    /// Everyone within reach of these, found by going up, then down, then across to partners.
    pub(super) fn reach(&self, child: u32) -> FxHashSet<u32> {
        let mut nearest: FxHashMap<u32, u8> = FxHashMap::default();
        let mut level = vec![child];
        for up in 0..=REACH {
            for ancestor in &level {
                self.descend(*ancestor, up, &mut nearest);
            }
            let mut above: Vec<u32> = level
                .iter()
                .flat_map(|place| related(&self.parents, *place))
                .collect();
            above.sort_unstable();
            above.dedup();
            level = above;
        }
        let mut found: FxHashSet<u32> = nearest.keys().copied().collect();
        for kin in nearest.keys() {
            found.extend(related(&self.partners, *kin));
        }
        found.remove(&child);
        found
    }

    fn descend(&self, from: u32, degree: u8, nearest: &mut FxHashMap<u32, u8>) {
        let mut waiting = vec![(from, degree)];
        while let Some((place, degree)) = waiting.pop() {
            let known = nearest.entry(place).or_insert(u8::MAX);
            if degree >= *known {
                continue;
            }
            *known = degree;
            if degree < REACH {
                waiting.extend(related(&self.children, place).map(|child| (child, degree + 1)));
            }
        }
    }
}

/// The second members of the pairs that begin with `place`, in a sorted list.
pub(super) fn related(pairs: &[(u32, u32)], place: u32) -> impl Iterator<Item = u32> {
    let start = pairs.partition_point(|(first, _)| *first < place);
    pairs[start..]
        .iter()
        .take_while(move |(first, _)| *first == place)
        .map(|(_, second)| *second)
}

/// The number of an id such as `p000123`.
fn plain_number(id: &str) -> Option<usize> {
    let number: usize = id.strip_prefix('p')?.parse().ok()?;
    (number < MOST_PEOPLE).then_some(number)
}

/// Calls `take` with the named columns of each row; a file that is absent has no rows.
pub(super) fn each_row(
    folder: &Path,
    name: &str,
    columns: &[&str],
    mut take: impl FnMut(&[&str]) -> Result<(), SampleError>,
) -> Result<(), SampleError> {
    let path = folder.join(format!("{name}.csv"));
    if name != "people" && !path.exists() {
        return Ok(());
    }
    let failed = |source| SampleError::Csv {
        path: path.clone(),
        source,
    };
    let mut reader = csv::Reader::from_path(&path).map_err(failed)?;
    let header = reader.headers().map_err(failed)?.clone();
    let positions: Vec<Option<usize>> = columns
        .iter()
        .map(|column| header.iter().position(|name| name == *column))
        .collect();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(failed)? {
        let fields: Vec<&str> = positions
            .iter()
            .map(|position| {
                position
                    .and_then(|position| record.get(position))
                    .unwrap_or("")
            })
            .collect();
        take(&fields)?;
    }
    Ok(())
}
