//! Measures a bundle: how many people, ties and cases, and how many people lie within a child's reach. Reads the
//! files back and walks over plain arrays, without the service's own engines.

use super::bundle_graph::{Graph, each_row, related};
use super::error::SampleError;
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

const SAMPLE: usize = 1_000;

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

/// A part of a whole; 0 of nothing.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
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
