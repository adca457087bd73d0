//! What `linkage evaluate` found, as text and as JSON.

use crate::linkage::{AtThreshold, Quality};
use serde::Serialize;

/// The whole measurement.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    pub records: usize,
    pub true_pairs: usize,
    /// Pairs that were compared.
    pub pairs_scored: u64,
    /// Share of the true pairs among them.
    pub blocking_recall: f64,
    /// Pairs of one person that the model expects, learnt without the truth.
    pub expected_pairs: f64,
    /// Each pair by what its own two records tell.
    pub own_pairs: Quality,
    /// With what third records say of it.
    pub pairs: Quality,
    pub clusters: ClusterQuality,
    pub cpu_seconds: Cost,
    pub peak_mebibytes: Option<u64>,
}

/// Pairs that stand together in a cluster.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterQuality {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub clusters: usize,
    pub pairs: u64,
}

/// Seconds of processor time.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    pub reading: f64,
    pub learning: f64,
    pub keys: f64,
    pub linking: f64,
    pub clustering: f64,
    pub total: f64,
}

impl Measured {
    /// For people.
    pub fn text(&self) -> String {
        let mut lines = vec![
            format!("records            {}", self.records),
            format!("true pairs         {}", self.true_pairs),
            format!(
                "expected pairs     {:.0} (learnt, without the truth)",
                self.expected_pairs
            ),
            format!("pairs scored       {}", self.pairs_scored),
            format!("blocking recall    {:.4}", self.blocking_recall),
            String::new(),
            format!(
                "best F1            {:.4} at {:.4}",
                self.pairs.best.f1, self.pairs.best.threshold
            ),
            format!(
                "  by itself        {:.4} (each pair without third records; calibration error {:.4} between 0.1 and 0.9)",
                self.own_pairs.best.f1, self.own_pairs.calibration_error_middle
            ),
            format!("clusters F1        {:.4}", self.clusters.f1),
        ];
        if let Some(at) = &self.pairs.at_precision_99 {
            lines.push(format!(
                "recall at P >= .99 {:.4} at {:.4}",
                at.recall, at.threshold
            ));
        }
        lines.push(String::new());
        lines.push("threshold  precision  recall     F1         links".to_owned());
        let row = |name: String, at: &AtThreshold| {
            format!(
                "{name:<10} {:<10.4} {:<10.4} {:<10.4} {}",
                at.precision, at.recall, at.f1, at.links
            )
        };
        for at in &self.pairs.by_threshold {
            lines.push(row(at.threshold.to_string(), at));
        }
        lines.push(row("best".to_owned(), &self.pairs.best));
        let clusters = &self.clusters;
        lines.push(format!(
            "{:<10} {:<10.4} {:<10.4} {:<10.4} {} ({} clusters)",
            "clusters",
            clusters.precision,
            clusters.recall,
            clusters.f1,
            clusters.pairs,
            clusters.clusters
        ));
        lines.push(String::new());
        lines.push("probability  pairs      mean       right".to_owned());
        for bin in &self.pairs.calibration {
            lines.push(format!(
                "{:<4} to {:<4} {:<10} {:<10.3} {:.3}",
                bin.from, bin.to, bin.pairs, bin.mean_probability, bin.share_right
            ));
        }
        lines.push(format!(
            "calibration error {:.4}; between 0.1 and 0.9 {:.4}",
            self.pairs.calibration_error, self.pairs.calibration_error_middle
        ));
        lines.push(String::new());
        let cost = &self.cpu_seconds;
        lines.push(format!(
            "CPU seconds {:.2}: reading {:.2}, learning {:.2}, keys {:.2}, linking {:.2}, clustering {:.2}",
            cost.total, cost.reading, cost.learning, cost.keys, cost.linking, cost.clustering
        ));
        if let Some(peak) = self.peak_mebibytes {
            lines.push(format!("peak memory {peak} MiB"));
        }
        lines.join("\n")
    }
}
