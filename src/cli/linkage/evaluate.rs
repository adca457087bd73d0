//! `linkage evaluate`: learns, links, and measures against the truth.

use super::arguments::Evaluate;
use super::measure::{ClusterQuality, Cost, Measured};
use super::show;
use super::spent::{cpu_seconds, peak_mebibytes};
use super::table_file::{Records, read};
use super::truth::Truth;
use crate::cli::arguments::Global;
use crate::cli::maintenance::say;
use crate::cli::progress;
use crate::cli::stop::Stop;
use crate::error::Error;
use crate::linkage::{
    Clusters, Groups, Judged, Link, Linked, Parameters, Plan, Quality, Table, WordParts,
    frequencies, hear, join, learn, link, prepare, quality, widen,
};
use rustc_hash::FxHashMap;
use std::path::Path;

/// Links of less than this probability are not kept.
const LEAST: f64 = 0.001;

/// Measures and tells.
pub fn evaluate(global: &Global, command: &Evaluate) -> Result<(), Stop> {
    let steps = progress::steps();
    steps.set_message("reading");
    let started = cpu_seconds();
    let mut records = read(command)?;
    let truth = Truth::read(command, &records)?;
    let read = cpu_seconds();
    steps.set_message("learning");
    let parameters = parameters(command, &mut records)?;
    let learnt = cpu_seconds();
    steps.set_message("linking");
    let table = &records.table;
    let model = parameters.model(table);
    let groups = Groups::of(table, &parameters.templates, &WordParts::of(&table.names));
    let keyed = cpu_seconds();
    let mut linked = link(table, &groups, &model, LEAST);
    widen(table, &model, &mut linked);
    let linking = cpu_seconds();
    steps.set_message("clustering");
    let expected = parameters.matches_per_record * table.len() as f64;
    let apart = |a: u32, b: u32| table.keeps_apart(a as usize, b as usize);
    // Pairs within a file come on top of those that are expected between two.
    let together = if table.two_sided { f64::MAX } else { expected };
    let clusters = join(table.len(), &linked.links, together, apart);
    let own_pairs = pair_quality(&linked.links, &truth);
    linked.links = hear(table, &linked, &clusters, expected);
    let clusters = join(table.len(), &linked.links, together, apart);
    let done = cpu_seconds();
    steps.finish_and_clear();
    let measured = Measured {
        records: table.len(),
        true_pairs: truth.pairs.len(),
        pairs_scored: linked.compared,
        blocking_recall: blocking_recall(&truth, &groups, &linked),
        expected_pairs: expected,
        own_pairs,
        pairs: pair_quality(&linked.links, &truth),
        clusters: cluster_quality(table, &clusters, &truth),
        cpu_seconds: Cost {
            reading: read - started,
            learning: learnt - read,
            keys: keyed - learnt,
            linking: linking - keyed,
            clustering: done - linking,
            total: done - started,
        },
        peak_mebibytes: peak_mebibytes(),
    };
    if let Some(file) = &command.links {
        write_links(file, &records, &linked.links)?;
    }
    if global.json {
        let line = serde_json::to_string(&measured).map_err(|why| Error::Internal {
            detail: why.to_string(),
        })?;
        return say(&line);
    }
    say(&measured.text())?;
    if command.levels {
        say(&format!("\n{}", show::levels(&parameters)))?;
    }
    for ids in &command.show {
        say(&format!("\n{}", show::pair(ids, &records, &model)?))?;
    }
    Ok(())
}

/// What was learnt before, or from these records; saved if so asked.
fn parameters(command: &Evaluate, records: &mut Records) -> Result<Parameters, Error> {
    if let Some(file) = &command.parameters {
        let wrong =
            |why: String| Error::invalid("parameters", format!("{}: {why}", file.display()));
        let text = std::fs::read_to_string(file).map_err(|why| wrong(why.to_string()))?;
        let parameters = Parameters::from_toml(&text).map_err(wrong)?;
        if parameters.fields != records.table.fields {
            return Err(wrong("it was learnt for other kinds of columns".to_owned()));
        }
        prepare(&mut records.table, &parameters);
        return Ok(parameters);
    }
    let provenance = format!("learnt from {}", command.file.display());
    let mut learnt = learn(&mut records.table, Plan::default(), &provenance)
        .map_err(|why| Error::invalid("file", why.to_string()))?;
    if let Some(file) = &command.save {
        learnt.frequencies = frequencies(&records.table, 2);
        let wrong = |why: String| Error::invalid("save", format!("{}: {why}", file.display()));
        let text = learnt.to_toml().map_err(wrong)?;
        std::fs::write(file, text).map_err(|why| wrong(why.to_string()))?;
    }
    Ok(learnt)
}

/// Share of the true pairs that were compared: by a key, or as they have a fellow in common.
fn blocking_recall(truth: &Truth, groups: &Groups, linked: &Linked) -> f64 {
    let by_keys = |a: u32, b: u32| groups.share(a as usize, b as usize);
    let found = truth.pairs.iter().filter(|(a, b)| by_keys(*a, *b));
    let further = linked.links.iter();
    let further = further.filter(|link| truth.holds(link.a, link.b) && !by_keys(link.a, link.b));
    (found.count() + further.count()) as f64 / truth.pairs.len().max(1) as f64
}

fn pair_quality(links: &[Link], truth: &Truth) -> Quality {
    let judge = |link: &Link| Judged {
        probability: link.probability(),
        is_match: truth.holds(link.a, link.b),
    };
    let mut judged: Vec<Judged> = links.iter().map(judge).collect();
    quality(&mut judged, truth.pairs.len() as u64)
}

fn cluster_quality(table: &Table, clusters: &Clusters, truth: &Truth) -> ClusterQuality {
    let together =
        |pair: &&(u32, u32)| clusters.of[pair.0 as usize] == clusters.of[pair.1 as usize];
    let right = truth.pairs.iter().filter(together).count() as f64;
    let mut sizes: FxHashMap<u32, [u64; 2]> = FxHashMap::default();
    for (cluster, side) in clusters.of.iter().zip(&table.sides) {
        sizes.entry(*cluster).or_default()[usize::from(*side != 0)] += 1;
    }
    let pairs_of = |[one, other]: &[u64; 2]| match table.two_sided {
        true => one * other,
        false => one * (one - 1) / 2,
    };
    let pairs: u64 = sizes.values().map(pairs_of).sum();
    let precision = if pairs == 0 {
        1.0
    } else {
        right / pairs as f64
    };
    let recall = right / truth.pairs.len().max(1) as f64;
    let f1 = if right == 0.0 {
        0.0
    } else {
        2.0 * precision * recall / (precision + recall)
    };
    ClusterQuality {
        precision,
        recall,
        f1,
        clusters: sizes.len(),
        pairs,
    }
}

fn write_links(file: &Path, records: &Records, links: &[Link]) -> Result<(), Error> {
    let wrong = |why: csv::Error| Error::invalid("links", format!("{}: {why}", file.display()));
    let mut writer = csv::Writer::from_path(file).map_err(wrong)?;
    writer
        .write_record(["a", "b", "probability"])
        .map_err(wrong)?;
    let id = |place: u32| records.ids[records.table.came[place as usize] as usize].as_str();
    for link in links.iter().filter(|link| link.odds >= 0.0) {
        let probability = format!("{:.4}", link.probability());
        writer
            .write_record([id(link.a), id(link.b), &probability])
            .map_err(wrong)?;
    }
    writer
        .flush()
        .map_err(|why| Error::invalid("links", why.to_string()))
}
