//! How good links are, measured against the truth: precision, recall and F1 by threshold, and whether a probability
//! of 0.7 is right seven times in ten.

use serde::Serialize;

/// A scored pair and whether it is one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    pub probability: f64,
    pub is_match: bool,
}

/// Quality at one threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AtThreshold {
    pub threshold: f64,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub links: u64,
}

/// Pairs whose probability lies in one tenth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CalibrationBin {
    pub from: f64,
    pub to: f64,
    pub pairs: u64,
    pub mean_probability: f64,
    pub share_right: f64,
}

/// How good links are.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quality {
    pub best: AtThreshold,
    /// At the lowest threshold that is right 99 times in a hundred.
    pub at_precision_99: Option<AtThreshold>,
    pub by_threshold: Vec<AtThreshold>,
    pub calibration: Vec<CalibrationBin>,
    /// Mean distance of probability and share right over pairs in tenths from 0.01 to 1, by number of pairs.
    pub calibration_error: f64,
    /// The same over the tenths from 0.1 to 0.9.
    pub calibration_error_middle: f64,
}

/// Measures judged pairs against the number of all true ones, found or not.
pub fn quality(judged: &mut [Judged], true_pairs: u64) -> Quality {
    judged.sort_unstable_by(|a, b| b.probability.total_cmp(&a.probability));
    let thresholds = [
        0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999,
    ];
    let mut by_threshold = Vec::new();
    for threshold in thresholds {
        let count = judged.partition_point(|pair| pair.probability >= threshold);
        let right = judged[..count].iter().filter(|pair| pair.is_match).count();
        by_threshold.push(at(threshold, right as u64, count as u64, true_pairs));
    }
    let mut best = at(1.0, 0, 0, true_pairs);
    let mut at_precision_99 = None;
    let mut right = 0;
    for (place, pair) in judged.iter().enumerate() {
        right += u64::from(pair.is_match);
        let last_of_kind = judged
            .get(place + 1)
            .is_none_or(|next| next.probability < pair.probability);
        if last_of_kind {
            let here = at(pair.probability, right, place as u64 + 1, true_pairs);
            if here.f1 > best.f1 {
                best = here;
            }
            if here.precision >= 0.99 {
                at_precision_99 = Some(here);
            }
        }
    }
    let calibration = calibration(judged);
    let error = |bins: &[CalibrationBin]| {
        let pairs: u64 = bins.iter().map(|bin| bin.pairs).sum();
        let off: f64 = bins
            .iter()
            .map(|bin| (bin.mean_probability - bin.share_right).abs() * bin.pairs as f64)
            .sum();
        if pairs == 0 { 0.0 } else { off / pairs as f64 }
    };
    Quality {
        best,
        at_precision_99,
        by_threshold,
        calibration_error: error(&calibration),
        calibration_error_middle: error(&calibration[1..9]),
        calibration,
    }
}

fn at(threshold: f64, right: u64, links: u64, true_pairs: u64) -> AtThreshold {
    let share = |part: u64, whole: u64| {
        if whole == 0 {
            0.0
        } else {
            part as f64 / whole as f64
        }
    };
    let precision = if links == 0 { 1.0 } else { share(right, links) };
    let recall = share(right, true_pairs);
    let f1 = if precision + recall > 0.0 {
        2.0 * precision * recall / (precision + recall)
    } else {
        0.0
    };
    AtThreshold {
        threshold,
        precision,
        recall,
        f1,
        links,
    }
}

fn calibration(judged: &[Judged]) -> Vec<CalibrationBin> {
    let mut bins = Vec::new();
    for tenth in 0..10 {
        let (from, to) = (f64::from(tenth) / 10.0, f64::from(tenth + 1) / 10.0);
        let from = if tenth == 0 { 0.01 } else { from };
        let inside = judged
            .iter()
            .filter(|pair| pair.probability >= from && (pair.probability < to || tenth == 9));
        let (mut pairs, mut sum, mut right) = (0, 0.0, 0.0);
        for pair in inside {
            pairs += 1;
            sum += pair.probability;
            right += f64::from(u8::from(pair.is_match));
        }
        let many = (pairs as f64).max(1.0);
        bins.push(CalibrationBin {
            from,
            to,
            pairs,
            mean_probability: sum / many,
            share_right: right / many,
        });
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_counts_what_was_missed() {
        let judge = |probability, is_match| Judged {
            probability,
            is_match,
        };
        let mut judged = vec![
            judge(0.9, true),
            judge(0.8, true),
            judge(0.7, false),
            judge(0.2, true),
        ];
        let quality = quality(&mut judged, 4);
        assert_eq!(quality.best.links, 4);
        assert!((quality.best.precision - 0.75).abs() < 1e-12);
        assert!((quality.best.recall - 0.75).abs() < 1e-12);
        let half = quality
            .by_threshold
            .iter()
            .find(|at| at.threshold == 0.8)
            .expect("the threshold");
        assert!((half.precision - 1.0).abs() < 1e-12);
        assert!((half.recall - 0.5).abs() < 1e-12);
    }
}
