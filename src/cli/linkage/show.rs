//! Why two records are linked or not, and what was learnt, for people to judge.

use super::table_file::Records;
use crate::error::Error;
use crate::linkage::{Model, Parameters, explain};

/// The reasons for one pair, as `ID,ID`, the weightiest first.
pub fn pair(ids: &str, records: &Records, model: &Model) -> Result<String, Error> {
    let wrong = |why: String| Error::invalid("show", why);
    let Some((one, other)) = ids.split_once(',') else {
        return Err(wrong(format!("\"{ids}\" is not ID,ID")));
    };
    let place = |id: &str| {
        let came = &records.table.came;
        let found = came
            .iter()
            .position(|came| records.ids[*came as usize] == id.trim());
        found.ok_or_else(|| wrong(format!("no record has the id \"{}\"", id.trim())))
    };
    let score = explain(&records.table, model, place(one)?, place(other)?);
    let mut lines = vec![
        format!("{ids}: probability {:.4}", score.probability),
        format!("{:>8.2}  beforehand", score.beforehand),
    ];
    for reason in &score.reasons {
        lines.push(format!(
            "{:>8.2}  {}: {}",
            reason.weight, reason.field, reason.words
        ));
    }
    lines.push(format!("{:>8.2}  in all, in bits", score.weight));
    Ok(lines.join("\n"))
}

/// What was learnt of each level.
pub fn levels(parameters: &Parameters) -> String {
    let mut lines = Vec::new();
    for learnt in &parameters.comparisons {
        lines.push(learnt.comparison.words(&parameters.fields));
        for (words, chances) in learnt
            .comparison
            .level_words()
            .iter()
            .zip(&learnt.levels)
            .skip(1)
        {
            lines.push(format!(
                "{:>8.2}  m {:.5}  u {:.7}  relatives {:.5}  {words}",
                chances.weight(),
                chances.m,
                chances.u,
                chances.r
            ));
        }
    }
    lines.join("\n")
}
