//! Measures a bundle: how many people, ties and cases, and how many people lie within a child's reach. Reads the
//! files back and walks over plain arrays (some 60 bytes a person), without the service's own engines.

use super::error::SampleError;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// What a bundle is like. Shares run from 0 to 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CommunityShape {
    pub people: u64,
    pub ties: u64,
    /// By the kind column of `ties.csv`; parent ties by nature too, as "parent (adoptive)".
    pub ties_by_kind: BTreeMap<String, u64>,
    pub sealed_ties: u64,
    pub cases: u64,
    /// Cases walked: all, or 1,000 spread evenly over the file.
    pub sampled_cases: u64,
    /// Distinct people within the sixth civil degree of the child by birth and adoption, with their partners.
    pub median_reach: u64,
    pub p99_reach: u64,
    pub max_reach: u64,
    /// Sampled children with a father on file.
    pub with_father: f64,
    /// Of the kin that lie within reach of the children's mothers and fathers, the fathers' share.
    pub paternal_kin_share: f64,
    /// Sampled children with a half-brother or half-sister on file.
    pub with_half_siblings: f64,
    /// Sampled children of a nation.
    pub of_nation: f64,
    /// Cases with brothers or sisters in care.
    pub in_sibling_groups: f64,
    /// People with a second record (`truth/duplicates.csv`), against all people.
    pub duplicates: u64,
    /// Network ties of the adult who has most, and members of the nation that has most.
    pub largest_network: u64,
    pub largest_nation: u64,
}

impl fmt::Display for CommunityShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "people            {}", self.people)?;
        writeln!(f, "ties              {}", self.ties)?;
        for (kind, count) in &self.ties_by_kind {
            writeln!(f, "  {kind:<24} {count}")?;
        }
        writeln!(f, "sealed ties       {}", self.sealed_ties)?;
        writeln!(f, "second records    {}", self.duplicates)?;
        writeln!(f, "children in care  {}", self.cases)?;
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        writeln!(f, "  of a nation              {}", percent(self.of_nation))?;
        writeln!(
            f,
            "  brothers, sisters too    {}",
            percent(self.in_sibling_groups)
        )?;
        writeln!(
            f,
            "  father on file           {}",
            percent(self.with_father)
        )?;
        writeln!(
            f,
            "  kin on the father's side {}",
            percent(self.paternal_kin_share)
        )?;
        writeln!(
            f,
            "  half-siblings            {}",
            percent(self.with_half_siblings)
        )?;
        writeln!(
            f,
            "people in reach   median {}, p99 {}, most {} (of {} children)",
            self.median_reach, self.p99_reach, self.max_reach, self.sampled_cases
        )?;
        writeln!(f, "largest network   {} children", self.largest_network)?;
        write!(f, "largest nation    {} members", self.largest_nation)
    }
}

/// Civil degree up to which kin count as within reach.
const REACH: u8 = 6;
const SAMPLE: usize = 1_000;
/// Numbers in ids are below this; anything else is taken for a name.
const MOST_PEOPLE: usize = 1 << 28;

/// Reads the bundle in the folder and measures it.
pub fn measure_shape(folder: &Path) -> Result<CommunityShape, SampleError> {
    let mut shape = CommunityShape::default();
    let mut graph = Graph::default();
    graph.read_people(folder, &mut shape)?;
    graph.read_ties(folder, &mut shape)?;
    let children = graph.read_cases(folder, &mut shape)?;
    shape.duplicates = count_rows(folder)?;
    shape.largest_network = graph.network.values().copied().max().unwrap_or(0);
    shape.largest_nation = graph.nations.values().copied().max().unwrap_or(0);
    graph.sort();
    walk_sample(&graph, &children, &mut shape);
    Ok(shape)
}

#[derive(Default)]
struct Graph {
    /// Position of people by id, for ids that are not a plain number.
    named: FxHashMap<String, u32>,
    numbered: Vec<u32>,
    of_nation: Vec<bool>,
    /// (child, parent, from the father) and the like, sorted before use.
    parents: Vec<(u32, u32)>,
    children: Vec<(u32, u32)>,
    partners: Vec<(u32, u32)>,
    female: Vec<bool>,
    network: FxHashMap<u32, u64>,
    nations: FxHashMap<String, u64>,
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

    fn read_people(
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

    fn read_ties(&mut self, folder: &Path, shape: &mut CommunityShape) -> Result<(), SampleError> {
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
    fn read_cases(
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
        shape.in_sibling_groups = share(in_groups, shape.cases);
        Ok(children)
    }

    fn sort(&mut self) {
        for list in [&mut self.parents, &mut self.children, &mut self.partners] {
            list.sort_unstable();
            list.dedup();
        }
    }

    /// Everyone within reach of these, found by going up, then down, then across to partners.
    fn reach(&self, child: u32) -> FxHashSet<u32> {
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
fn related(pairs: &[(u32, u32)], place: u32) -> impl Iterator<Item = u32> {
    let start = pairs.partition_point(|(first, _)| *first < place);
    pairs[start..]
        .iter()
        .take_while(move |(first, _)| *first == place)
        .map(|(_, second)| *second)
}

fn walk_sample(graph: &Graph, children: &[u32], shape: &mut CommunityShape) {
    let step = children.len().div_ceil(SAMPLE).max(1);
    let mut reaches: Vec<u64> = Vec::new();
    let (mut fathers, mut half, mut of_nation) = (0, 0, 0);
    let (mut maternal, mut paternal) = (0u64, 0u64);
    for child in children.iter().copied().step_by(step) {
        reaches.push(graph.reach(child).len() as u64);
        of_nation += u64::from(graph.of_nation[child as usize]);
        half += u64::from(has_half_sibling(graph, child));
        for parent in related(&graph.parents, child) {
            let kin = graph.reach(parent).len() as u64;
            if graph.female[parent as usize] {
                maternal += kin;
            } else {
                fathers += 1;
                paternal += kin;
            }
        }
    }
    shape.sampled_cases = reaches.len() as u64;
    shape.with_father = share(fathers, shape.sampled_cases);
    shape.with_half_siblings = share(half, shape.sampled_cases);
    shape.of_nation = share(of_nation, shape.sampled_cases);
    shape.paternal_kin_share = share(paternal, maternal + paternal);
    reaches.sort_unstable();
    let at = |share: f64| {
        let position = (reaches.len() as f64 * share) as usize;
        reaches
            .get(position.min(reaches.len().saturating_sub(1)))
            .copied()
            .unwrap_or(0)
    };
    shape.median_reach = at(0.5);
    shape.p99_reach = at(0.99);
    shape.max_reach = at(1.0);
}

/// Whether a child of one of the parents is on file with another second parent.
fn has_half_sibling(graph: &Graph, child: u32) -> bool {
    let own: Vec<u32> = related(&graph.parents, child).collect();
    own.iter().any(|parent| {
        related(&graph.children, *parent)
            .filter(|other| *other != child)
            .any(|other| {
                own.len() > 1
                    && related(&graph.parents, other)
                        .any(|other_parent| !own.contains(&other_parent))
            })
    })
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// The number of an id such as `p000123`.
fn plain_number(id: &str) -> Option<usize> {
    let number: usize = id.strip_prefix('p')?.parse().ok()?;
    (number < MOST_PEOPLE).then_some(number)
}

fn count_rows(folder: &Path) -> Result<u64, SampleError> {
    let mut rows = 0;
    let truth = folder.join("truth");
    if truth.join("duplicates.csv").exists() {
        each_row(&truth, "duplicates", &["record"], |_| {
            rows += 1;
            Ok(())
        })?;
    }
    Ok(rows)
}

/// Calls `take` with the named columns of each row; a file that is absent has no rows.
fn each_row(
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
