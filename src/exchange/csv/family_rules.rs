//! Rules that a row of `ties.csv` cannot be judged by alone: ages of parents and children, own ancestors.

use super::cells::origin;
use super::reading::Reading;
use super::table::Row;
use super::ties::FILE;
use crate::exchange::family_check::{AgeConflict, age_conflict, own_ancestors};
use crate::exchange::report::shown;
use crate::model::bundle::Origin;
use crate::model::ids::PersonId;
use crate::model::statement::Fact;
use crate::model::tie::ParentNature;
use rustc_hash::FxHashMap;

/// False, with a finding, if the parent cannot be one by birth.
pub fn check_ages(reading: &mut Reading, row: Row<'_>, child: u32, parent: u32) -> bool {
    let births = (
        reading.birth_of(parent.into()),
        reading.birth_of(child.into()),
    );
    let Some(conflict) = age_conflict(births.0, births.1) else {
        return true;
    };
    let (Some(parent_born), Some(child_born)) = births else {
        return true;
    };
    let who = format!(
        "{} (born {child_born}) and the birth parent {} (born {parent_born})",
        shown(reading.id_of(child.into())),
        shown(reading.id_of(parent.into()))
    );
    let place = origin(&row, "from");
    let (reason, is_possible) = match conflict {
        AgeConflict::BornBeforeParent => {
            (format!("the child is older than the parent: {who}"), false)
        }
        AgeConflict::ParentTooYoung { at_most } => (
            format!("the parent was at most {at_most} years old: {who}"),
            false,
        ),
        AgeConflict::ParentVeryOld { at_least } => (
            format!("the parent was at least {at_least} years old: {who}"),
            true,
        ),
    };
    if is_possible || were_written_by_a_store(reading, child.into(), parent.into()) {
        reading.findings.warning(place, reason);
        return true;
    }
    reading.findings.error(place, reason);
    false
}

/// Both carry public ids: a store held their tie, whatever is wrong with it, so it is taken back as it was.
pub fn were_written_by_a_store(reading: &Reading, one: u64, other: u64) -> bool {
    reading.assembly.has_public_id(one) && reading.assembly.has_public_id(other)
}

/// Checks that need all ties: nobody may be their own ancestor by birth; more than two birth parents are doubted.
pub fn check_families(reading: &mut Reading) {
    let ties = std::mem::take(&mut reading.birth_ties);
    for found in own_ancestors(&ties) {
        let closing = ties[found.closing_tie];
        let chain: Vec<&str> = found
            .chain
            .iter()
            .map(|person| reading.id_of(u64::from(*person)))
            .collect();
        let chain = chain.join(" → ");
        let reason = format!(
            "a person would be their own ancestor, each arrow leading to a birth parent: {chain}"
        );
        if were_written_by_a_store(reading, closing.child.into(), closing.parent.into()) {
            reading.findings.warning(tie_origin(closing.line), reason);
            continue;
        }
        reading.findings.error(tie_origin(closing.line), reason);
        reading.assembly.remove_facts(closing.child.into(), |fact| {
            matches!(fact, Fact::Parent(tie) if tie.nature == ParentNature::Birth
                && tie.parent == PersonId(closing.parent.into()))
        });
    }
    let mut parents: FxHashMap<u32, u32> = FxHashMap::default();
    for tie in &ties {
        let count = parents.entry(tie.child).or_default();
        *count += 1;
        if *count == 3 {
            let reason = format!(
                "{} has more than two birth parents",
                shown(reading.id_of(tie.child.into()))
            );
            reading.findings.warning(tie_origin(tie.line), reason);
        }
    }
}

fn tie_origin(line: u32) -> Origin {
    Origin {
        file: FILE.to_owned(),
        line: line.into(),
        field: "from".to_owned(),
    }
}
